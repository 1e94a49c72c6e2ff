"""A draft made in a modal, over real sockets: the form, the draft in its place, and what can be done about it."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest

from bot.errors import BadQuestion, NotAllowed
from bot.language import available, load
from bot.playground.blocks import faults
from bot.slack import draft_views
from bot.slack.blocks import build
from bot.types import (
    TONES,
    Answer,
    Audience,
    Choices,
    Composition,
    Draft,
    Intent,
    Note,
    Outcome,
    Query,
    Standing,
    Variant,
)
from tests.slack.town import NOW, said

EN, FR = load("en"), load("fr")
TEXTS = (Variant("A", {"subject": "What is new", "body": "Hello,\n\n{link}"}),)
DRAFT = Draft(
    "d-1", "DT12", "DT12", "reactivate-inactive", "STG-06", "en", "email", Audience(Note("rule"), 9, {}, 9),
    "objective", "active_users", TEXTS, "subject", {}, (("full", "Hello Ana"), ("empty", "Hello you")), (),
    Note("plan_single"), state="ready",
)  # fmt: skip
CHOICES = Choices(
    ("slipping_away", "dormant"), (("win-back", "Win back"),), ("email", "sms"), available(), ("discount",),
    (("braze", "Braze"), ("neutral", "Neutral")), persons=True,
)  # fmt: skip


@dataclass
class Room:
    """Stands for what makes and decides on drafts: remembers what it was asked, and refuses what it is told to."""

    wanted: list[Composition] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)
    deeds: list[str] = field(default_factory=list)
    refuses: Exception | None = None
    forbids: Exception | None = None
    gate: threading.Event | None = None
    kept: tuple[Variant, ...] = TEXTS

    def choices(self, question, language, answer=""):
        if self.forbids:
            raise self.forbids
        return replace(CHOICES, chosen=Composition(answer=answer))

    def query(self, question, wanted):
        self.wanted.append(wanted)
        if self.refuses:
            raise self.refuses
        return Query(Intent.DRAFT, subject=wanted.segment, language=wanted.language or None)

    def message(self, wanted):
        return wanted.message or None

    def another(self, draft, wanted):
        return replace(wanted, message="DT19")

    def shorter(self, question, draft, by, language):
        self.deeds.append(f"shorter {draft} by {by}")
        return self.shown(question, draft, language)

    def shown(self, question, draft, language):
        if draft != DRAFT.id:
            raise BadQuestion("no_such_draft", id=draft, near=["d-1"])
        return Answer(Outcome.ANSWER, Intent.DRAFT, language.code, f"The draft {draft} as it is", drafts=(DRAFT,))

    def draft(self, question, query, play, draft_type, channel, tone=""):
        if self.gate:
            assert self.gate.wait(5)
        self.tones.append(tone)
        text = f"Draft for {query.subject}: {draft_type or 'the first text'}"
        return Answer(Outcome.ANSWER, Intent.DRAFT, "en", text, drafts=(DRAFT,))

    def decide(self, question, deed, language):
        self.deeds.append(deed.verb)
        return Answer(Outcome.ANSWER, Intent.DRAFT, "en", f"Done: {deed.verb} by {deed.by}")

    def texts(self, draft):
        return self.kept

    def history(self, draft):
        return [SimpleNamespace(verb=one, by="ana@example.com") for one in self.deeds]

    def export(self, question, order, language):
        order.folder.mkdir()
        (order.folder / "people.csv").write_text("U1")
        self.deeds.append(f"export for {order.tool}")
        return Answer(Outcome.ANSWER, Intent.DRAFT, "en", f"Written into {order.folder}\nNothing has been sent.")


@pytest.fixture
def room(service):
    made = Room()
    service.composer = service.decided = made
    service.draft, service.export = made.draft, made.export
    yield made
    for name in ("composer", "draft", "export"):
        delattr(service, name)


def form_of(town, person, line="/retention draft"):
    town.slack.command(person, town.channel, line)
    return town.slack.wait_for(lambda: (view := town.slack.modal(person)) and "submit" in view and view)


def picked(**chosen):
    return {
        name: {name: {"type": "static_select", "selected_option": {"value": value}}} for name, value in chosen.items()
    }


def shown(town, person, words):
    """The modal, once these words stand in it."""
    return town.slack.wait_for(
        lambda: (v := town.slack.modal(person)) and words in json.dumps(v["blocks"], ensure_ascii=False) and v, 8
    )


def pressed(town, person, view, key, language=EN):
    return town.slack.press_in_view(person, view, language.say(key))


def test_the_command_opens_a_form_and_the_draft_takes_its_place(town, room):
    view = form_of(town, town.ana)
    assert [block["block_id"] for block in view["blocks"]] == ["who", "person", *draft_views.CHOSEN]
    town.slack.submit(town.ana, view, picked(who="slipping_away", play="win-back", tone="warm", language="fr"))
    made = shown(town, town.ana, "Draft for slipping_away")
    text = json.dumps(made["blocks"], ensure_ascii=False)
    assert EN.say("slack_compose_preview_full") in text
    assert "Hello Ana" in text
    assert room.tones == ["warm"]
    assert room.wanted == [Composition(segment="slipping_away", play="win-back", tone="warm", language="fr")]
    assert EN.say("assumed_draft", words="warm") in text  # our own text stands as it is written
    assert town.answers() == []


def test_in_french_the_form_and_the_buttons_are_french(town, room):
    view = form_of(town, town.bruno, "/retention brouillon")
    assert view["submit"]["text"] == "Rédiger le brouillon"
    town.slack.submit(town.bruno, view, picked(who="dormant"))
    made = shown(town, town.bruno, "Draft for dormant")
    labels = [
        one["text"]["text"] for block in made["blocks"] if block["type"] == "actions" for one in block["elements"]
    ]
    assert labels[:3] == ["Régénérer", "Raccourcir", "Autre variante"]


def test_the_word_with_more_behind_it_is_a_question_as_ever(town, room, service):
    town.slack.command(town.ana, town.channel, "/retention draft an email for VIPs")
    assert "Answer to" in town.whisper(town.ana)["text"]
    assert town.slack.modal(town.ana) is None


def test_the_button_under_an_answer_chooses_its_people(town, room, service):
    service.answers["who?"] = said("9 customers", follow_ups=(EN.say("follow_draft"),))
    town.slack.mention(town.ana, town.channel, "who?")
    answer = town.answer()
    town.slack.press(town.ana, answer, EN.say("slack_compose_button"), town.channel)
    view = town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and "submit" in v and v)
    first = view["blocks"][0]["element"]
    assert first["initial_option"]["text"]["text"] == EN.say("slack_compose_those")
    town.slack.submit(town.ana, view, picked(who=first["initial_option"]["value"]))
    shown(town, town.ana, "Draft for")
    (wanted,) = room.wanted
    assert wanted.answer.startswith(f"{town.slack.space.team}/{town.channel}/")


def test_only_an_answer_that_offers_a_draft_has_the_button():
    with_offer = build(said("9", follow_ups=(FR.say("follow_draft_inactive"),), language="fr"), FR, key="k")
    assert FR.say("slack_compose_button") in json.dumps(with_offer.blocks, ensure_ascii=False)
    assert EN.say("slack_compose_button") not in json.dumps(build(said("9"), EN, key="k").blocks)


def test_a_form_that_is_sent_twice_makes_one_draft(town, room):
    room.gate = threading.Event()
    view = form_of(town, town.ana)
    town.slack.submit(town.ana, view, picked(who="dormant"))
    town.slack.submit(town.ana, view, picked(who="dormant"))
    room.gate.set()
    shown(town, town.ana, "Draft for dormant")
    town.quiet()
    assert room.tones == [""]


def test_what_the_form_says_wrongly_is_told_on_the_form_with_all_that_was_chosen(town, room):
    room.refuses = BadQuestion("compose_both")
    view = form_of(town, town.ana)
    values = picked(who="dormant", channel="sms")
    values["person"] = {"person": {"type": "plain_text_input", "value": "A0613"}}
    town.slack.submit(town.ana, view, values)
    again = shown(town, town.ana, EN.say("compose_both"))
    chosen = {block["block_id"]: block["element"] for block in again["blocks"][1:]}
    assert chosen["who"]["initial_option"]["value"] == "dormant"
    assert chosen["person"]["initial_value"] == "A0613"
    assert chosen["channel"]["initial_option"]["value"] == "sms"
    assert again["submit"]


def test_who_may_not_draft_gets_no_form(town, room):
    room.forbids = NotAllowed("drafts_not_allowed")
    town.slack.command(town.ana, town.channel, "/retention draft")
    assert "submit" not in shown(town, town.ana, EN.say("drafts_not_allowed"))


def test_a_guest_gets_no_form(town, room):
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.command(guest, town.channel, "/retention draft")
    view = shown(town, guest, EN.say("slack_unseen_place"))
    assert "submit" not in view


@pytest.mark.parametrize(("person", "line", "language"), [("ana", "draft", EN), ("bruno", "brouillon", FR)])
def test_a_trigger_that_came_too_late_is_a_kind_sentence(town, room, monkeypatch, person, line, language):
    who = getattr(town, person)
    monkeypatch.setattr("bot.playground.limits.TRIGGER_SECONDS", -1.0)
    town.slack.command(who, town.channel, f"/retention {line}")
    assert town.whisper(who)["text"] == language.say("slack_compose_expired")


def test_regenerating_and_another_variant_change_the_draft_once_for_two_clicks(town, room):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")
    room.gate = threading.Event()
    pressed(town, town.ana, made, "slack_compose_other")
    shown(town, town.ana, EN.say("slack_compose_writing"))
    pressed(town, town.ana, made, "slack_compose_other")
    room.gate.set()
    other = shown(town, town.ana, "Draft for dormant: DT19")
    town.quiet()
    assert len(room.tones) == 2
    pressed(town, town.ana, other, "slack_compose_again")
    town.slack.wait_for(lambda: len(room.tones) == 3)
    shown(town, town.ana, "Draft for dormant: DT19")


def test_shortening_is_an_edit_in_ones_own_name(town, room):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")
    pressed(town, town.ana, made, "slack_compose_shorter")
    shown(town, town.ana, "The draft d-1 as it is")
    assert room.deeds == ["shorter d-1 by ana@example.com"]


def test_a_draft_that_was_changed_before_is_shown_as_it_is_kept(town, room):
    room.kept = (TEXTS[0].but("subject", "Edited"),)
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    view = shown(town, town.ana, "The draft d-1 as it is")
    assert EN.say("slack_compose_edited") in json.dumps(view["blocks"], ensure_ascii=False)


def test_a_press_on_a_draft_that_is_gone_is_told(town, room, monkeypatch):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")

    def gone(*_):
        raise BadQuestion("no_such_draft", id="d-1", near=["d-2"])

    monkeypatch.setattr(room, "shorter", gone)
    monkeypatch.setattr(room, "shown", gone)
    pressed(town, town.ana, made, "slack_compose_shorter")
    shown(town, town.ana, "There is no draft")


def test_approving_in_the_modal_ends_with_the_files_in_ones_direct_messages(town, room):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")
    pressed(town, town.ana, made, "slack_draft_approve")
    asked = town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and v["callback_id"] == "draft_" and v)
    town.slack.submit(town.ana, asked, {})
    done = shown(town, town.ana, "Done: approve by ana@example.com")
    tools = done["blocks"][-1]["elements"][0]
    assert [one["value"] for one in tools["options"]] == ["neutral", "braze"]
    pressed(town, town.ana, done, "slack_compose_export")
    told = shown(town, town.ana, "d-1-neutral.zip")
    assert "Written into" not in json.dumps(told["blocks"])
    direct = town.slack.direct(town.ana)
    (message,) = town.slack.wait_for(lambda: town.slack.messages(direct, by_app=True))
    packed = zipfile.ZipFile(io.BytesIO(town.slack.file(message["files"][0]["id"])))
    assert packed.namelist() == ["people.csv"]
    assert town.answers() == []


def test_a_rejection_in_the_modal_is_told_there(town, room):
    town.slack.submit(town.ana, form_of(town, town.ana), picked(who="dormant"))
    made = shown(town, town.ana, "Draft for dormant")
    pressed(town, town.ana, made, "slack_draft_reject")
    asked = town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and v["callback_id"] == "draft_" and v)
    town.slack.submit(town.ana, asked, {"reason": {"reason": {"type": "plain_text_input", "value": "too early"}}})
    done = shown(town, town.ana, "Done: reject by ana@example.com")
    assert not [block for block in done["blocks"] if block["type"] == "actions"]


@pytest.mark.parametrize("code", available())
def test_every_view_keeps_slacks_limits_in_each_language(code):
    language = load(code)
    many = replace(
        CHOICES, segments=tuple(f"group {n}" * 20 for n in range(120)), plays=(("p", "long " * 40),),
        chosen=Composition(answer="a" * 60, tone=TONES[0]),
    )  # fmt: skip
    long = said("x" * 9_000, drafts=(replace(DRAFT, previews=(("full", "y" * 5_000),)),))
    carried = draft_views.metadata({"channel": "C", "thread": "", "response_url": "u" * 90, "language": code})
    views = [
        draft_views.form(language, many, carried, "note"),
        draft_views.drafted(language, long, carried, "note"),
        draft_views.settled(language, "note", carried, CHOICES.tools, "d-1"),
        draft_views.waiting(language, "slack_compose_loading", carried),
    ]
    for view in views:
        assert faults(view["blocks"], "modal") == []
        told = [view[name]["text"] for name in ("title", "submit", "close") if name in view]
        assert max(map(len, told)) <= 24


def test_a_draft_that_waits_is_opened_from_the_home_and_decided_on(town, room, service, monkeypatch):
    kept = {"id": DRAFT.id, "title": "Win back", "language": "en", "n": 9, "day": NOW.date()}
    waits = Note("drafts_listed_ready", kept)
    monkeypatch.setattr(service, "standing", lambda question, *, measured=False: Standing("Fern", drafts=(waits,)))
    town.slack.direct(town.ana)
    town.slack.open_home(town.ana, "home")
    label = EN.say("slack_home_open")
    home = town.slack.wait_for(lambda: (v := town.slack.space.homes.get(town.ana)) and label in str(v) and v)
    town.slack.press_in_view(town.ana, home, label)
    view = shown(town, town.ana, "The draft d-1 as it is")
    text = json.dumps(view["blocks"], ensure_ascii=False)
    assert EN.say("slack_compose_shorter") in text
    assert EN.say("slack_compose_again") not in text  # nobody filled in a form from which it could be made anew
    pressed(town, town.ana, view, "slack_draft_approve")
    asked = town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and v["id"] != view["id"] and v)
    town.slack.submit(town.ana, asked, {})
    assert "approve" in town.slack.wait_for(lambda: room.deeds)
