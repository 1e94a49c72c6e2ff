"""A draft that a form asks for is shown once, whichever process lives to show it; and, where its form was closed, as a
direct message."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.engines.answers.sentences import sentences
from bot.language import available, load
from bot.slack import draft_views
from bot.slack.blocks import FILES, build, in_slack
from bot.slack.conversation import utc
from bot.types import Answer, Finding, Intent, Note, Outcome
from tests.slack.test_drafting import DRAFT, EN, Room, form_of, picked, pressed, room, shown
from tests.slack.town import start

__all__ = ["room"]
LEASE = timedelta(seconds=0.2)


class Killed(BaseException):
    """Ends a worker where a killed process would: nothing after it is done, and nobody is told."""


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """What a worker left is free again at once."""
    monkeypatch.setattr("bot.slack.claims.LEASE", LEASE)
    monkeypatch.setattr("bot.slack.desk.SWEEP_SECONDS", 0.2)


def dying(room: Room, name: str, monkeypatch, *, after: bool = False) -> threading.Event:
    """The first call of this ends its worker, `after` it was done; set once it has."""
    real, died = getattr(room, name), threading.Event()

    def once(*given, **named):
        made = real(*given, **named) if after or died.is_set() else None
        if not died.is_set():
            died.set()
            raise Killed
        return made

    monkeypatch.setattr(room, name, once)
    return died


def left(records, view) -> list[str]:
    """What the records still hold of a modal that nobody has filled."""
    later = utc() + timedelta(days=1)
    return [one.event for one in records.inbox.unfinished(later) if one.event.startswith(view["id"])]


def closed(town, view) -> None:
    town.slack._do(lambda: town.slack.space.close_view(view["id"]))


def given(town) -> list[dict]:
    """The direct messages that the person has of the bot."""
    return town.slack.messages(town.slack.direct(town.ana), by_app=True)


def test_the_next_process_shows_the_draft_in_the_modal_of_one_that_died(town, room, service, records, monkeypatch):
    died = dying(room, "texts", monkeypatch)  # asked after the draft was made, before it is shown
    view = form_of(town, town.ana)
    town.slack.submit(town.ana, view, picked(who="dormant"))
    assert died.wait(5)
    shown(town, town.ana, EN.say("slack_compose_writing"))
    with start(service, records, town.slack):
        made = shown(town, town.ana, "Draft for dormant")
    assert made["id"] == view["id"]
    town.slack.wait_for(lambda: not left(records, view))
    assert given(town) == []


def test_a_form_that_was_closed_meanwhile_has_its_draft_sent_once_with_its_buttons(
    town, room, service, records, monkeypatch
):
    died = dying(room, "texts", monkeypatch)
    view = form_of(town, town.ana)
    town.slack.submit(town.ana, view, picked(who="dormant"))
    assert died.wait(5)
    closed(town, view)
    with start(service, records, town.slack):
        (message,) = town.slack.wait_for(lambda: given(town), 10)
        town.slack.wait_for(lambda: not left(records, view))
    assert EN.say("slack_compose_closed") in message["text"]
    assert "Draft for dormant" in message["text"]
    labels = [
        one["text"]["text"] for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]
    ]
    assert labels == [EN.say(f"slack_draft_{deed}") for deed in ("approve", "edit", "reject", "snooze")]
    town.quiet()
    assert len(given(town)) == 1


def test_a_draft_whose_form_is_closed_while_it_is_written_comes_as_a_message(town, room, records):
    room.gate = threading.Event()
    view = form_of(town, town.ana)
    town.slack.submit(town.ana, view, picked(who="dormant"))
    shown(town, town.ana, EN.say("slack_compose_writing"))
    closed(town, view)
    room.gate.set()
    (message,) = town.slack.wait_for(lambda: given(town), 10)
    assert "Draft for dormant" in message["text"]


def test_what_was_shortened_before_the_process_died_is_not_shortened_again(town, room, service, records, monkeypatch):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")
    died = dying(room, "shorter", monkeypatch, after=True)
    pressed(town, town.ana, made, "slack_compose_shorter")
    assert died.wait(5)
    with start(service, records, town.slack):
        shown(town, town.ana, "The draft d-1 as it is")
    assert room.deeds == ["shorter d-1 by ana@example.com"]


def test_a_slack_that_is_away_when_the_draft_is_ready_shows_it_later(town, room, records):
    view = form_of(town, town.ana)
    room.gate = threading.Event()
    town.slack.submit(town.ana, view, picked(who="dormant"))
    shown(town, town.ana, EN.say("slack_compose_writing"))
    town.slack.fail("views.update")
    room.gate.set()
    shown(town, town.ana, "Draft for dormant")
    town.slack.wait_for(lambda: not left(records, view))


def test_an_approval_under_a_message_leads_to_the_files_by_a_button(town, room, service):
    service.answers["draft"] = Answer(Outcome.ANSWER, Intent.DRAFT, "en", "Draft: …", drafts=(DRAFT,))
    town.slack.mention(town.ana, town.channel, "draft")
    answer = town.answer()
    town.slack.press(town.ana, answer, EN.say("slack_draft_approve"), town.channel)
    asked = town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and v["callback_id"] == "draft_" and v)
    town.slack.submit(town.ana, asked, {})
    told = town.whisper(town.ana)
    assert told["blocks"][-1]["elements"][0]["action_id"] == FILES
    town.slack.press(town.ana, told, EN.say("slack_compose_export"), town.channel)
    view = shown(town, town.ana, EN.say("slack_compose_which_tool"))
    assert view["blocks"][-1]["block_id"] == draft_views.EXPORT


@pytest.mark.parametrize("code", available())
def test_an_approved_campaign_has_the_button_that_its_sentence_names(code):
    language = load(code)
    answer = sentences(language, [Note("walk_approved", {"name": "win_back", "draft": "d-1"})])
    message = build(answer, language)
    assert "python" not in message.text
    (pressed,) = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    assert (pressed["action_id"], pressed["value"]) == (FILES, f"{code} d-1")
    assert pressed["text"]["text"] in message.text


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize(
    ("key", "values", "label"),
    [
        ("draft_then_export", {"campaign": "c-1"}, "slack_compose_export"),
        ("walk_approved", {"name": "win_back", "draft": "d-1"}, "slack_compose_export"),
        ("draft_held_now", {"id": "d-1", "by": "ana"}, "slack_draft_approve"),
    ],
)
def test_what_is_said_of_a_decision_names_a_button_and_no_command(code, key, values, label):
    language = load(code)
    typed = language.say(key, **values)
    answer = Answer(Outcome.ANSWER, Intent.DRAFT, code, f"Done.\n{typed}", findings=(Finding(key, values),))
    said = in_slack(answer, language)
    assert "python" in typed or "--confirm" in typed
    assert "python" not in said
    assert "--" not in said
    assert language.say(label) in said
