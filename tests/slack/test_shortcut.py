"""The message shortcut: somebody's message as the question of whoever chooses it."""

import pytest

from bot.language import load
from bot.slack.manifest import SHORTCUT
from bot.types import Place

EN = load("en")


def test_a_message_is_answered_in_its_thread_for_whoever_chose_it(town, service):
    said = town.slack.post(town.bruno, town.channel, "<@U1> what was churn last month &amp; why?")
    delivery = town.slack.shortcut(town.ana, town.channel, said, SHORTCUT)
    answer = town.answer()
    assert answer["thread_ts"] == said
    assert answer["text"].startswith("Asked: what was churn last month &amp; why?")
    assert town.slack.wait_for(lambda: delivery.acked_after) < 1
    question, thread = service.asked[0]
    assert (question.text, question.asker) == ("what was churn last month & why?", town.ana)
    assert question.place is Place.PUBLIC
    assert thread == f"T0HOME/{town.channel}/{said}"


def test_a_reply_is_answered_in_the_thread_where_it_stands(town, service):
    root = town.slack.post(town.bruno, town.channel, "look")
    reply = town.slack.post(town.bruno, town.channel, "what was churn?", thread=root)
    town.slack.shortcut(town.ana, town.channel, reply, SHORTCUT)
    assert town.answer()["thread_ts"] == root


def test_the_language_is_that_of_the_message(town, service):
    said = town.slack.post(town.bruno, town.channel, "quel était notre taux de churn le mois dernier ?")
    town.slack.shortcut(town.ana, town.channel, said, SHORTCUT)
    town.answer()
    assert service.asked[0][0].language == "fr"


def test_where_the_bot_is_no_member_only_the_chooser_is_answered(town, service):
    other = town.slack.channel("sales", members=[town.ana, town.bruno], joined=False)
    said = town.slack.post(town.bruno, other, "what was churn?")
    town.slack.shortcut(town.ana, other, said, SHORTCUT)
    assert "Answer to: what was churn?" in town.whisper(town.ana)["text"]
    assert town.slack.messages(other, by_app=True) == []
    assert service.asked[0][0].place is Place.PUBLIC


def test_where_it_cannot_see_who_reads_along_the_answer_is_a_direct_message(town, service):
    hidden = town.slack.channel("board", "private", members=[town.ana, town.bruno], joined=False)
    said = town.slack.post(town.bruno, hidden, "what was churn?")
    town.slack.shortcut(town.ana, hidden, said, SHORTCUT)
    answer = town.answer(town.slack.direct(town.ana))
    assert answer["text"] == "Asked: what was churn?\n\nAnswer to: what was churn?"
    assert service.asked[0][0].place is Place.DM
    assert town.slack.messages(hidden, by_app=True) == []


@pytest.mark.parametrize("who", [{"guest": "multi"}, {"stranger": True}], ids=["a guest", "an outsider"])
@pytest.mark.parametrize(("kind", "joined"), [("public", True), ("private", False)], ids=["seen", "unseen"])
def test_who_may_not_ask_is_told_so_alone(town, service, who, kind, joined):
    person = town.slack.person("Gus", **who)
    place = town.slack.channel("place", kind, members=[town.ana, person], joined=joined)
    said = town.slack.post(town.ana, place, "what was churn?")
    town.slack.shortcut(person, place, said, SHORTCUT)
    assert town.whisper(person)["text"] == EN.say("slack_unseen_place")
    assert service.asked == []
    assert town.slack.messages(place, by_app=True) == []


def test_a_channel_shared_with_another_company_gets_no_answer(town, service):
    shared = town.slack.channel("partners", members=[town.ana], external=True)
    said = town.slack.post(town.ana, shared, "what was churn?")
    town.slack.shortcut(town.ana, shared, said, SHORTCUT)
    town.whisper(town.ana)
    assert service.admitted[0][1] is Place.EXTERNAL
    assert service.asked == []
    assert town.slack.messages(shared, by_app=True) == []


def test_a_message_without_words_and_one_of_the_bots_hold_no_question(town, service):
    town.slack.mention(town.ana, town.channel, "churn?")
    own = town.answer()["ts"]
    file = town.slack.share(town.bruno, town.channel, "a.png", b"x")
    for number, ts in enumerate((own, file), 1):
        town.slack.shortcut(town.ana, town.channel, ts, SHORTCUT)
        assert town.whisper(town.ana, number)["text"] == EN.say("slack_shortcut_nothing")
    assert len(service.asked) == 1


def test_a_shortcut_delivered_again_is_answered_once(town, service):
    said = town.slack.post(town.bruno, town.channel, "what was churn?")
    delivery = town.slack.shortcut(town.ana, town.channel, said, SHORTCUT)
    town.answer()
    town.slack.deliver_again(delivery)
    town.quiet()
    assert len(service.asked) == 1
    assert len(town.answers()) == 1


def test_a_person_let_go_is_refused_from_the_next_question_on(town, service):
    town.slack.mention(town.ana, town.channel, "churn?")
    town.answer()
    town.slack.change(town.ana, deleted=True)
    town.slack.wait_for(lambda: [d for d in town.slack.deliveries("user_change") if d.state == "acked"])
    town.slack.mention(town.ana, town.channel, "churn again?")
    assert town.whisper(town.ana)["text"] == EN.say("slack_unseen_place")
    assert len(service.asked) == 1
