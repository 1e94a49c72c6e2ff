"""Approve, edit, reject, snooze in Slack, over real sockets: a form for each, done by whoever may, and told to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from bot.errors import BadQuestion, NotAllowed
from bot.language import available, load
from bot.slack.blocks import DEEDS, build
from bot.slack.decisions import Told, editable, form
from bot.types import Answer, Audience, Deed, Draft, Intent, Note, Outcome, Question, Variant
from tests.slack.town import said

EN, FR = load("en"), load("fr")
TEXTS = (
    Variant(
        "A", {"subject": "What is new", "preheader": "A short list", "body": "Hello {first_name|there},\n\n{link}"}
    ),
    Variant(
        "B", {"subject": "New for you", "preheader": "A short list", "body": "Hello {first_name|there},\n\n{link}"}
    ),
)
DRAFT = Draft(
    "d-1", "DT12", "DT12", "reactivate-inactive", "STG-06", "en", "email", Audience(Note("rule"), 9, {}, 9),
    "objective", "active_users", TEXTS, "subject", {}, (), (), Note("plan_single"), state="ready",
)  # fmt: skip
SHOWN = said("Draft: …", intent=Intent.DRAFT, drafts=(DRAFT,))


@dataclass
class Clerk:
    """Stands for what decides on drafts: remembers what it was asked to do, and refuses what it is told to."""

    done: list[tuple[Question, Deed]] = field(default_factory=list)
    refuses: Exception | None = None

    def decide(self, question: Question, deed: Deed, language: object) -> Answer:
        if self.refuses:
            raise self.refuses
        self.done.append((question, deed))
        return Answer(Outcome.ANSWER, Intent.DRAFT, "en", f"Done: {deed.verb} by {deed.by}")

    def texts(self, draft: str) -> tuple[Variant, ...]:
        if draft != DRAFT.id:
            raise BadQuestion("no_such_draft", id=draft, near=["d-1"])
        return TEXTS


@pytest.fixture
def clerk(service):
    service.decided = Clerk()
    service.answers["draft"] = SHOWN
    return service.decided


def opened(town, verb, person=None):
    """The form behind one of the buttons of a draft."""
    town.slack.mention(town.ana, town.channel, "draft")
    town.slack.press(person or town.ana, town.answer(), EN.say(f"slack_draft_{verb}"), town.channel)
    return town.slack.wait_for(lambda: town.slack.modal(person or town.ana))


def test_approving_asks_once_more_and_is_done_in_the_persons_name(town, clerk):
    view = opened(town, "approve")
    assert view["title"]["text"] == EN.say("slack_draft_title_approve")
    town.slack.submit(town.ana, view, {"confirm": {"confirm": {"type": "checkboxes", "selected_options": []}}})
    assert town.whisper(town.ana)["text"] == "Done: approve by ana@example.com"
    ((question, deed),) = clerk.done
    assert (deed, question.asker) == (Deed("approve", "d-1", "ana@example.com", confirmed=False), town.ana)


def test_points_that_are_held_are_taken_on_by_a_tick(town, clerk):
    view = opened(town, "approve")
    ticked = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    town.slack.submit(town.ana, view, {"confirm": {"confirm": ticked}})
    town.whisper(town.ana)
    assert clerk.done[0][1].confirmed


def test_a_rejection_carries_its_reason(town, clerk):
    view = opened(town, "reject")
    town.slack.submit(town.ana, view, {"reason": {"reason": {"type": "plain_text_input", "value": "too early"}}})
    town.whisper(town.ana)
    assert clerk.done[0][1] == Deed("reject", "d-1", "ana@example.com", reason="too early")


def test_a_snooze_carries_its_day(town, clerk):
    view = opened(town, "snooze")
    town.slack.submit(town.ana, view, {"until": {"until": {"type": "datepicker", "selected_date": "2026-12-01"}}})
    town.whisper(town.ana)
    assert clerk.done[0][1] == Deed("snooze", "d-1", "ana@example.com", until=date(2026, 12, 1))


def test_an_edit_shows_the_texts_and_changes_only_what_was_changed(town, clerk):
    view = opened(town, "edit")
    shown = {block["block_id"]: block["element"]["initial_value"] for block in view["blocks"]}
    assert list(shown) == ["A/subject", "A/preheader", "A/body", "B/subject"]
    kept = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in shown.items()}
    kept["B/subject"]["B/subject"]["value"] = "New for your team"
    town.slack.submit(town.ana, view, kept)
    town.whisper(town.ana)
    assert [deed for _, deed in clerk.done] == [
        Deed("edit", "d-1", "ana@example.com", part="subject", text="New for your team", variant="B")
    ]


def test_an_edit_of_nothing_says_so(town, clerk):
    view = opened(town, "edit")
    same = {b["block_id"]: {b["block_id"]: {"value": b["element"]["initial_value"]}} for b in view["blocks"]}
    town.slack.submit(town.ana, view, same)
    assert town.whisper(town.ana)["text"] == EN.say("slack_draft_unchanged")
    assert clerk.done == []


def test_who_may_not_decide_is_told_so_and_nothing_is_done(town, clerk):
    clerk.refuses = NotAllowed("decisions_not_allowed")
    view = opened(town, "approve")
    town.slack.submit(town.ana, view, {})
    assert town.whisper(town.ana)["text"] == EN.say("decisions_not_allowed")


def test_a_guest_decides_nothing(town, clerk):
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    view = opened(town, "approve", guest)
    town.slack.submit(guest, view, {})
    town.whisper(guest)
    assert clerk.done == []


def test_a_fault_of_ours_is_an_honest_sentence(town, clerk):
    clerk.refuses = RuntimeError("a bug")
    view = opened(town, "reject")
    town.slack.submit(town.ana, view, {"reason": {"reason": {"value": "too early"}}})
    assert town.whisper(town.ana)["text"] == EN.say("slack_failed")


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("verb", DEEDS)
def test_a_form_keeps_slacks_limits_in_each_language(code, verb):
    view = form(load(code), Told(verb, "d-1", code, "C1", ""), TEXTS if verb == "edit" else ())
    assert max(len(view[name]["text"]) for name in ("title", "submit", "close")) <= 24
    assert all(len(block["label"]["text"]) <= 2_000 for block in view["blocks"] if "label" in block)
    assert len(view["private_metadata"]) <= 3_000


def test_a_text_too_long_for_a_form_is_left_out_of_it():
    long = TEXTS[0].but("body", "x" * 3_001)
    assert [part for _, part, _ in editable((long,))] == ["subject", "preheader"]


def test_only_a_message_with_a_draft_has_the_buttons():
    with_draft, without = build(SHOWN, FR), build(said("3 of 8"), FR)
    labels = [
        one["text"]["text"] for block in with_draft.blocks if block["type"] == "actions" for one in block["elements"]
    ]
    assert labels == [FR.say(f"slack_draft_{deed}") for deed in DEEDS]
    assert not [block for block in without.blocks if block["type"] == "actions"]
