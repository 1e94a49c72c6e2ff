"""Questions over real sockets: every way in, one answer each, and none for those who may not ask."""

import threading
from datetime import timedelta

import pytest

from bot.errors import NotAllowed
from bot.language import load
from bot.slack.conversation import utc
from bot.slack.manifest import SHORTCUT
from bot.slack.reach import LOOKS
from bot.types import Note, Outcome, Place
from tests.slack.town import said

EN, FR = load("en"), load("fr")


def test_a_mention_is_answered_in_its_thread(town, service):
    root = town.slack.mention(town.ana, town.channel, "what was churn last month?")
    answer = town.answer()
    assert answer["text"] == "Answer to: what was churn last month?"
    assert answer["thread_ts"] == root
    question, thread = service.asked[0]
    assert question.text == "what was churn last month?"
    assert (question.place, question.asker) == (Place.PUBLIC, town.ana)
    assert question.rights.role == "viewer"
    assert thread == f"T0HOME/{town.channel}/{root}"


def test_a_direct_message_needs_no_mention(town, service):
    direct = town.slack.direct(town.bruno)
    root = town.slack.tell(town.bruno, "quel est notre taux de churn ?")
    assert town.answer(direct)["thread_ts"] == root
    assert service.asked[0][0].place is Place.DM
    assert service.asked[0][0].language == "fr"


def test_an_answer_is_posted_once_and_never_changed(town):
    town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    posts = [c for c in town.slack.calls("chat.postMessage") if c.args["channel"] == town.channel]
    assert [c.args["text"] for c in posts] == ["Answer to: churn?"]
    assert [c for c in town.slack.calls("chat.update") if c.args["channel"] == town.channel] == []


def asked_beside(town, text):
    """A question that is answered in direct messages, where no thread stands that could show a status."""
    hidden = town.slack.channel("board", "private", members=[town.ana], joined=False)
    town.slack.shortcut(town.ana, hidden, town.slack.post(town.ana, hidden, text), SHORTCUT)
    return town.slack.direct(town.ana)


def test_without_a_thread_a_message_says_that_there_is_work_and_becomes_the_answer(town):
    direct = asked_beside(town, "pourquoi le churn a-t-il augmenté ?")
    assert "Answer to" in town.answer(direct)["text"]
    posts = [c for c in town.slack.calls("chat.postMessage") if c.args["channel"] == direct]
    assert [c.args["text"] for c in posts] == [FR.say("slack_working_on", text="pourquoi le churn a-t-il augmenté ?")]
    assert len(town.slack.messages(direct, by_app=True)) == 1


def test_a_follow_up_in_the_thread_needs_no_mention(town, service):
    root = town.slack.mention(town.ana, town.channel, "what was churn last month?")
    town.answer()
    town.slack.post(town.bruno, town.channel, "and by country?", thread=root)
    assert town.answer(number=2)["text"] == "Answer to: and by country?"
    (_, first), (_, second) = service.asked
    assert first == second


def test_what_is_not_in_a_thread_of_the_bots_is_dropped(town, service):
    root = town.slack.post(town.ana, town.channel, "lunch?")
    town.slack.post(town.bruno, town.channel, "yes, at noon", thread=root)
    town.quiet()
    assert service.asked == []
    assert service.admitted == []
    states = {d.state for d in town.slack.deliveries("message") if d.payload["event"]["channel"] == town.channel}
    assert states == {"acked"}


def test_people_may_talk_to_each_other_in_a_thread_of_the_bots(town, service):
    root = town.slack.mention(town.ana, town.channel, "what was churn last month?")
    town.answer()
    town.slack.post(town.ana, town.channel, f"<@{town.bruno}> what do you think?", thread=root)
    town.quiet()
    assert len(service.asked) == 1


def test_a_mention_in_a_thread_of_others_is_answered_and_makes_it_the_bots(town):
    root = town.slack.post(town.ana, town.channel, "look at this")
    town.slack.mention(town.bruno, town.channel, "what was churn?", thread=root)
    town.answer()
    town.slack.post(town.ana, town.channel, "and revenue?", thread=root)
    assert town.answer(number=2)["thread_ts"] == root


def test_a_mention_that_comes_as_two_events_is_answered_once(town, service):
    root = town.slack.mention(town.ana, town.channel, "what was churn last month?")
    town.answer()
    town.slack.mention(town.ana, town.channel, "and by plan?", thread=root)
    town.answer(number=2)
    town.quiet()
    assert [q.text for q, _ in service.asked] == ["what was churn last month?", "and by plan?"]
    assert len(town.answers()) == 2


def test_an_event_delivered_three_times_is_answered_once(town, service):
    town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    delivery = [d for d in town.slack.deliveries("app_mention") if d.payload["event"]["channel"] == town.channel][-1]
    town.slack.deliver_again(delivery)
    town.slack.deliver_again(delivery)
    town.quiet()
    again = [d for d in town.slack.deliveries() if d.payload.get("event_id") == delivery.payload["event_id"]]
    assert [d.state for d in again] == ["acked"] * 3
    assert len(service.asked) == 1
    assert len(town.answers()) == 1


def test_the_bot_does_not_answer_itself_nor_an_edit(town, service):
    root = town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    town.slack.post(town.slack.space.bot_user, town.channel, "as I said", thread=root)
    town.quiet()
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "who",
    [
        {"guest": "multi"},
        {"guest": "single"},
        {"stranger": True},
        {"deleted": True},
        {"bot": True},
    ],
    ids=["multi-channel guest", "single-channel guest", "stranger", "deactivated", "bot"],
)
def test_who_may_not_ask_is_told_so_alone_and_nothing_runs(town, service, who):
    person = town.slack.person("Gus", **who)
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(person))
    town.slack.mention(person, town.channel, "what was churn last month?")
    assert town.whisper(person)["text"] == EN.say("slack_unseen_place")
    assert service.asked == []
    assert town.slack.messages(town.channel, by_app=True) == []


def test_a_refusal_without_a_sentence_is_still_told(town, service, monkeypatch):
    def refuse(*_):
        raise NotAllowed("a_key_that_no_language_has")

    monkeypatch.setattr(service, "admit", refuse)
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.whisper(town.ana)["text"] == EN.say("slack_failed")


def test_words_that_give_nothing_away_are_read_in_the_language_of_the_thread(town, service):
    root = town.slack.mention(town.ana, town.channel, "quel est notre taux de churn pour les clients annuels ?")
    town.answer()
    town.slack.post(town.ana, town.channel, "MRR ?", thread=root)
    town.answer(number=2)
    assert [q.language for q, _ in service.asked] == ["fr", "fr"]


def test_a_refusal_speaks_the_language_of_the_person(town, service):
    guest = town.slack.person("Gaëlle", locale="fr-FR", guest="multi")
    town.slack.tell(guest, "MRR ?")
    assert town.answer(town.slack.direct(guest))["text"] == FR.say("slack_unseen_place")
    assert service.asked == []


def test_a_channel_shared_with_another_company_gets_no_answer(town, service):
    shared = town.slack.channel("partners", members=[town.ana], external=True)
    town.slack.mention(town.ana, shared, "what was churn last month?")
    town.whisper(town.ana)
    assert service.admitted[0][1] is Place.EXTERNAL
    assert service.asked == []
    assert town.slack.messages(shared, by_app=True) == []


def test_a_guest_who_follows_up_in_a_thread_is_refused_alone(town, service):
    root = town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.post(guest, town.channel, "and by name?", thread=root)
    assert town.whisper(guest)["thread_ts"] == root
    assert len(service.asked) == 1


def test_rights_are_asked_for_with_all_that_slack_knows(town, service):
    lena = town.slack.person("Lena", locale="fr-FR", email="lena@example.com", groups=["S1"])
    mo = town.slack.person("Mo", email="mo@example.com", email_confirmed=False)
    town.slack.advance(400)
    town.slack.tell(lena, "churn")
    town.answer(town.slack.direct(lena))
    town.slack.tell(mo, "churn")
    town.answer(town.slack.direct(mo))
    (first, _, _), (second, _, _) = service.admitted
    assert (first.email, first.language, first.team) == ("lena@example.com", "fr", "T0HOME")
    assert second.email is None


def test_a_private_channel_and_a_group_message_are_private_places(town, service):
    for kind in ("private", "mpim"):
        channel = town.slack.channel("board", kind, [town.ana])
        town.slack.mention(town.ana, channel, "churn?")
        town.answer(channel)
    assert [place for _, place, _ in service.admitted if place is not Place.DM] == [Place.PRIVATE, Place.PRIVATE]


def test_a_look_up_that_fails_once_is_repeated(town):
    new = town.slack.person("Nia")
    town.slack.fail("users.info", 503)
    town.slack.tell(new, "churn?")
    assert town.answer(town.slack.direct(new))["text"] == "Answer to: churn?"


def test_who_cannot_be_looked_up_gets_no_figures_and_waits(town, service, records):
    new = town.slack.person("Nia")
    town.slack.fail("users.info", 503, times=LOOKS + 1)
    ts = town.slack.tell(new, "churn?")
    assert town.answer(town.slack.direct(new))["text"] == EN.say("slack_unavailable")
    assert service.asked == []
    assert ts in [one.ts for one in records.inbox.unfinished(utc() + timedelta(minutes=1))]


def test_a_direct_message_costs_no_look_up_of_its_place(town):
    town.slack.tell(town.ana, "churn?")
    direct = town.slack.direct(town.ana)
    town.answer(direct)
    assert direct not in [call.args["channel"] for call in town.slack.calls("conversations.info")]


def test_an_answer_without_records_is_told_and_stays_owed(town, service, records):
    lost = Note("records_unavailable", {"where": "here"})
    service.answers["mrr?"] = said("The records do not answer.", outcome=Outcome.REFUSE, error=lost)
    ts = town.slack.mention(town.ana, town.channel, "mrr?")
    assert town.answer()["text"] == "The records do not answer."
    assert ts in [one.ts for one in records.inbox.unfinished(utc() + timedelta(minutes=1))]


def test_who_has_lost_a_question_to_another_worker_says_nothing(town, service, records):
    def taken(question):
        later = utc() + timedelta(hours=1)
        event = next(one.event for one in records.inbox.unfinished(later) if question.id.endswith(one.ts))
        other = records.inbox.claim(later, "another", timedelta(0), event)
        records.inbox.finish(other.id, "another", utc())
        return said("mine?")

    service.answers["whose?"] = taken
    town.slack.mention(town.ana, town.channel, "whose?")
    town.slack.wait_for(lambda: service.asked)
    town.quiet()
    assert town.answers() == []


def test_a_crash_ends_in_an_honest_sentence_and_the_next_question_works(town, service):
    service.answers["boom"] = RuntimeError("connection string: secret")
    root = town.slack.mention(town.ana, town.channel, "boom")
    assert town.answer()["text"] == EN.say("slack_failed")
    town.slack.post(town.ana, town.channel, "and churn?", thread=root)
    assert town.answer(number=2)["text"] == "Answer to: and churn?"


def test_slow_answers_never_delay_an_acknowledgement(town, service):
    gate = threading.Event()

    def slow(_question):
        gate.wait(10)
        return said("at last")

    service.answers["slow"] = slow
    direct = town.slack.direct(town.ana)
    for _ in range(10):
        town.slack.tell(town.ana, "slow")
    town.slack.advance(10)
    command = town.slack.command(town.ana, town.channel, "/retention churn")
    mine = [d for d in town.slack.deliveries() if d.payload.get("event", {}).get("channel") == direct]
    town.slack.wait_for(lambda: all(d.state != "sent" for d in [*mine, command]))
    assert len(mine) >= 10
    assert {d.state for d in [*mine, command]} == {"acked"}
    assert max(d.acked_after for d in [*mine, command]) < 2
    assert town.answers(direct) == []
    gate.set()
    town.slack.advance(60)
    town.slack.wait_for(lambda: len(town.answers(direct)) == 10, seconds=20)


def test_too_fast_is_waited_out_and_nothing_is_said_twice(town):
    town.slack.fail("chat.postMessage", 429, retry_after=1)
    town.slack.fail("chat.update", 429, retry_after=1)
    direct = asked_beside(town, "churn?")
    assert town.answer(direct)["text"] == "Asked: churn?\n\nAnswer to: churn?"
    assert len(town.slack.messages(direct, by_app=True)) == 1


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(town):
    town.slack.fail("chat.postMessage", 500, after=True)
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer()["text"] == "Answer to: churn?"
    assert len(town.slack.messages(town.channel, by_app=True)) == 1


def test_a_post_that_did_not_happen_is_made(town):
    town.slack.fail("chat.postMessage", 502)
    town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    assert len(town.slack.messages(town.channel, by_app=True)) == 1


def test_an_update_is_repeated_until_slack_takes_it(town):
    town.slack.fail("chat.update", 503, times=2)
    assert "Answer to: churn?" in town.answer(asked_beside(town, "churn?"))["text"]


def test_a_cut_connection_is_made_again_and_the_event_comes_through(town):
    town.slack.refresh_sockets()
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer()["text"] == "Answer to: churn?"


def test_questions_to_start_from_stand_above_the_messages_in_the_persons_language(town):
    town.slack.open_home(town.bruno)
    direct = town.slack.direct(town.bruno)
    shown = town.slack.wait_for(lambda: town.slack.space.prompts.get((direct, "")))
    assert shown["prompts"][0] == {
        "title": FR.say("slack_prompt_churn_title"),
        "message": FR.say("slack_prompt_churn"),
    }


def test_a_guest_is_offered_no_questions(town, service):
    guest = town.slack.person("Gus", guest="single")
    town.slack.open_home(guest)
    town.slack.wait_for(lambda: service.admitted)
    town.quiet(0.2)
    assert (town.slack.direct(guest), "") not in town.slack.space.prompts


def test_a_question_that_is_too_long_is_told_so_to_its_asker_and_nothing_runs(town, service):
    words = "why did churn go up? " * 100
    town.slack.mention(town.ana, town.channel, words)
    assert town.whisper(town.ana)["text"] == EN.say("question_too_long", n=len(words.strip()), most=2_000)
    town.slack.command(town.ana, town.channel, f"/retention {words}")
    assert town.whisper(town.ana, number=2)["text"] == EN.say("question_too_long", n=len(words.strip()), most=2_000)
    assert service.asked == []
