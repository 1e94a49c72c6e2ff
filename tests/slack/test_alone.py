"""What a shared place may not show goes to the asker's own direct messages, once, and to nobody who may not see it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.engines.answers.alone import fuller
from bot.language import available, load
from bot.slack import blocks
from bot.types import (
    Answer,
    Defaults,
    Evidence,
    Intent,
    Note,
    Outcome,
    Place,
    Query,
    Question,
    Rights,
    RowFilter,
    Shape,
    Unit,
)
from tests.slack.town import NOW, Script, said

EN = load("en")
FULL = EN.say("slack_alone_button")
ANALYST = Rights(role="analyst")
VIEWER = Rights(role="viewer", person_level=False, drafts=False, smallest_cell=5)


def refused(key, **values):
    return Answer(Outcome.REFUSE, Intent.OFF_TOPIC, "en", "no", error=Note(key, values))


def asked(own=ANALYST, here=VIEWER):
    return Question("churn?", NOW, here, Place.PUBLIC, alone=own)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("people_not_allowed", {}),
        ("drafts_not_allowed", {}),
        ("too_few_to_show", {"smallest": 5}),
        ("metric_not_allowed", {"metric": "mrr"}),
        ("dimension_not_allowed", {"dimension": "plan"}),
        ("outside_rights", {}),
        ("account_outside", {}),
    ],
)
def test_a_refusal_by_the_place_has_more_and_one_by_the_role_has_not(key, values):
    here = replace(
        VIEWER, metrics=frozenset(), dimensions=frozenset(), row_filters=(RowFilter("country", ("ES",)),)
    )  # fmt: skip
    assert fuller(refused(key, **values), asked(here=here))
    assert not fuller(refused(key, **values), asked(own=None, here=here))
    assert not fuller(refused(key, **values), asked(own=replace(here, role="nearly the same"), here=here))


def test_a_refusal_for_another_reason_has_no_more():
    assert not fuller(refused("unknown_metric"), asked())


def evidence(**more):
    query = Query(Intent.BREAKDOWN, "churn_rate")
    return Evidence("e1", query, "main", Unit.SHARE, "down", Shape.SHARE, 1, (), (), NOW.date(), **more)


def test_hidden_segments_and_rows_left_out_are_more_elsewhere():
    hidden = said("x", evidence=(evidence(caveats=(Note("small_cells_hidden", {"n": 2, "smallest": 5}),)),))
    assert fuller(hidden, asked())
    assert not fuller(hidden, asked(own=replace(ANALYST, smallest_cell=5)))
    spain = (RowFilter("country", ("ES",)),)
    cut = said("x", evidence=(evidence(rights=spain),))
    assert fuller(cut, asked())
    assert not fuller(cut, asked(own=replace(ANALYST, row_filters=spain)))
    assert not fuller(said("x", evidence=(evidence(),)), asked())


def test_the_week_has_its_actions_only_where_drafts_may_be_seen():
    week = said("x", intent=Intent.WEEKLY, evidence=(evidence(),))
    assert fuller(week, asked())
    assert not fuller(week, asked(own=replace(VIEWER, person_level=True)))


@pytest.mark.parametrize("intent", [Intent.WEEKLY, Intent.WHY])
def test_an_answer_that_skips_what_its_readers_may_not_see_has_more_elsewhere(intent):
    week = said("x", intent=intent, evidence=(evidence(),))
    few = replace(ANALYST, metrics=frozenset({"churn_rate"}))
    assert fuller(week, asked(here=few))
    assert fuller(week, asked(here=replace(ANALYST, dimensions=frozenset({"plan"}))))
    assert not fuller(week, asked(own=few, here=few))


@pytest.mark.parametrize("code", sorted(available()))
def test_the_button_speaks_the_language_of_the_answer(code):
    message = blocks.build(replace(said("x"), fuller=True), load(code), key="k", text_of="churn?")
    labels = [e["text"]["text"] for b in message.blocks if b["type"] == "actions" for e in b["elements"]]
    assert labels == [load(code).say("slack_alone_button")]


def labels(message):
    return [e["text"]["text"] for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


def more_of_it(service: Script, *people: str) -> None:
    service.answers["who left?"] = replace(said("Names are not shown here."), fuller=True)
    service.own.update(dict.fromkeys(people, ANALYST))


def test_the_full_answer_goes_to_the_direct_messages_of_whoever_presses(town, service):
    more_of_it(service, town.ana)
    root = town.slack.mention(town.ana, town.channel, "who left?")
    answer = town.answer()
    assert service.asked[0][0].alone == ANALYST
    assert FULL in labels(answer)
    town.slack.press(town.ana, answer, FULL, town.channel)
    direct = town.slack.direct(town.ana)
    full = town.answer(direct)
    assert full["text"] == "Asked: who left?\n\nFor analyst: who left?"
    assert "thread_ts" not in full
    assert town.whisper(town.ana)["text"] == EN.say("slack_alone_sent")
    (answer_id, question, thread) = service.again_asked[0]
    assert answer_id == f"T0HOME/{town.channel}/{root}"
    assert (question.place, question.rights, question.alone) == (Place.DM, ANALYST, None)
    assert thread == f"T0HOME/{direct}/{full['ts']}"
    assert len(town.answers()) == 1
    # Others who press get what they may see, in their own direct messages.
    town.slack.press(town.bruno, answer, FULL, town.channel)
    assert town.answer(town.slack.direct(town.bruno))["text"].endswith("For viewer: who left?")
    assert len(town.answers(direct)) == 1


def test_the_talk_goes_on_under_the_full_answer(town, service):
    more_of_it(service, town.ana)
    town.slack.mention(town.ana, town.channel, "who left?")
    town.slack.press(town.ana, town.answer(), FULL, town.channel)
    direct = town.slack.direct(town.ana)
    full = town.answer(direct)
    town.slack.tell(town.ana, "and by plan?", thread=full["ts"])
    town.answer(direct, number=2)
    assert service.asked[-1][1] == service.again_asked[0][2]


def test_a_lost_answer_to_the_press_is_found_in_the_direct_messages_and_not_repeated(town, service):
    more_of_it(service, town.ana)
    town.slack.mention(town.ana, town.channel, "who left?")
    answer = town.answer()
    town.slack.fail("chat.postMessage", 500, after=True)
    town.slack.press(town.ana, answer, FULL, town.channel)
    direct = town.slack.direct(town.ana)
    assert town.answer(direct)["text"].endswith("For analyst: who left?")
    assert len(town.slack.messages(direct, by_app=True)) == 1


def test_a_press_that_another_process_left_is_answered_in_its_own_message(town, service, records):
    more_of_it(service, town.ana)
    from bot.slack.heard import Heard

    long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    what = Heard(
        event="Ev-press", ts="1.1/U/2", kind="alone", team="T0HOME", channel=town.channel, user=town.ana,
        text="who left?", thread="1.1", answer="T0HOME/C/1.0",
    )  # fmt: skip
    direct = town.slack.direct(town.ana)
    begun = WebClient(token=town.slack.bot_token, base_url=town.slack.api_url).chat_postMessage(
        channel=direct,
        text=EN.say("slack_working"),
        metadata={"event_type": "mainstay_answer", "event_payload": {"key": f"T0HOME/{direct}/1.1/U/2", "part": 0}},
    )
    records.inbox.accept(
        event=what.event, team=what.team, channel=what.channel, ts=what.ts, payload=what.as_row(), now=long_ago
    )
    records.inbox.claim(long_ago, "a worker that died", timedelta(minutes=1), what.event)
    answer = town.slack.wait_for(lambda: town.answers(direct), seconds=15)[0]  # the sweep comes every five seconds
    assert answer["ts"] == begun["ts"]
    assert len(town.slack.messages(direct, by_app=True)) == 1


def test_a_guest_who_presses_gets_nothing_and_no_conversation(town, service):
    more_of_it(service, town.ana)
    town.slack.mention(town.ana, town.channel, "who left?")
    answer = town.answer()
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.press(guest, answer, FULL, town.channel)
    assert town.whisper(guest)["text"] == EN.say("slack_unseen_place")
    assert service.again_asked == []
    opened = [call for call in town.slack.calls("conversations.open") if call.args["users"] == guest]
    assert opened == []


def test_who_reads_a_public_channel_from_outside_gets_the_answer_without_the_note(town, service):
    more_of_it(service, town.ana)
    town.slack.mention(town.ana, town.channel, "who left?")
    reader = town.slack.person("Rita")
    town.slack.press(reader, town.answer(), FULL, town.channel)
    assert town.answer(town.slack.direct(reader))["text"].endswith("For viewer: who left?")
    assert town.whispers(reader) == []


def test_the_full_answer_is_about_what_its_channel_is_about(town, service):
    more_of_it(service, town.ana)
    service.about[town.channel] = Defaults((("country", ("ES",)),), language="es")
    town.slack.mention(town.ana, town.channel, "who left?")
    town.slack.press(town.ana, town.answer(), FULL, town.channel)
    town.answer(town.slack.direct(town.ana))
    assert service.asked[0][0].defaults == service.again_asked[0][1].defaults == service.about[town.channel]
    town.slack.tell(town.ana, "and by plan?")
    town.answer(town.slack.direct(town.ana), number=2)
    assert service.asked[1][0].defaults == Defaults()


def test_an_ephemeral_answer_has_the_button_too(town, service):
    more_of_it(service, town.ana)
    town.slack.command(town.ana, town.channel, "/retention who left?")
    whisper = town.whisper(town.ana)
    town.slack.press(town.ana, whisper, FULL, town.channel)
    assert town.answer(town.slack.direct(town.ana))["text"].endswith("For analyst: who left?")


def test_in_a_direct_message_there_is_nothing_more_to_send(town, service):
    service.own[town.ana] = ANALYST
    town.slack.tell(town.ana, "churn?")
    assert FULL not in labels(town.answer(town.slack.direct(town.ana)))
    assert service.asked[0][0].alone is None
