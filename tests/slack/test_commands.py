"""The slash command, and the buttons under answers."""

import json

from bot.documents import query_from
from bot.language import load
from bot.types import Choice, Clarify, Intent, Outcome, Place, Query
from tests.slack.town import said

EN, FR = load("en"), load("fr")


def buttons(message):
    return [e["text"]["text"] for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


def test_a_question_after_the_command_is_answered_for_its_asker_alone(town, service):
    delivery = town.slack.command(town.ana, town.channel, "/retention what was churn last month?")
    whisper = town.whisper(town.ana)
    assert "Answer to: what was churn last month?" in whisper["text"]
    assert "Asked: what was churn last month?" in whisper["text"]
    assert town.slack.wait_for(lambda: delivery.acked_after) < 1
    assert town.slack.messages(town.channel) == []
    assert service.asked[0][0].place is Place.PUBLIC


def test_the_commands_of_one_person_in_one_channel_are_one_conversation(town, service):
    town.slack.command(town.ana, town.channel, "/retention churn")
    town.whisper(town.ana)
    town.slack.command(town.ana, town.channel, "/retention and by country?")
    town.whisper(town.ana, number=2)
    (_, first), (_, second) = service.asked
    assert first == second == f"T0HOME/{town.channel}/{town.ana}"


def test_weekly_is_a_command_in_both_languages(town, service):
    service.answers["weekly"] = service.answers["hebdo"] = said("The week")
    town.slack.command(town.ana, town.channel, "/retention weekly")
    assert "The week" in town.whisper(town.ana)["text"]
    town.slack.command(town.bruno, town.channel, "/retention hebdo")
    assert "The week" in town.whisper(town.bruno)["text"]


def test_help_names_the_commands_and_offers_questions_that_work(town, service):
    town.slack.command(town.bruno, town.channel, "/retention aide")
    whisper = town.whisper(town.bruno)
    assert service.asked == []
    assert "`weekly` – " + FR.say("slack_command_weekly") in whisper["text"]
    question = FR.say("slack_prompt_churn")
    town.slack.press(town.bruno, whisper, question, town.channel)
    town.whisper(town.bruno, number=2)
    assert service.asked[0][0].text == question


def test_nothing_after_the_command_or_the_mention_is_help(town, service):
    town.slack.command(town.ana, town.channel, "/retention")
    assert EN.say("slack_help_commands") in town.whisper(town.ana)["text"]
    town.slack.mention(town.ana, town.channel, "")
    assert EN.say("slack_help_commands") in town.answer()["text"]
    assert service.asked == []


def test_a_guest_is_refused_by_the_command_too(town, service):
    guest = town.slack.person("Gus", guest="multi")
    town.slack.command(guest, town.channel, "/retention weekly")
    assert town.whisper(guest)["text"] == EN.say("slack_unseen_place")
    assert service.asked == []


def test_where_the_bot_cannot_see_who_reads_along_it_does_not_answer(town, service):
    hidden = town.slack.channel("hidden", "private", [town.ana], joined=False)
    town.slack.command(town.ana, hidden, "/retention churn")
    assert town.whisper(town.ana)["text"] == EN.say("slack_unseen_place")
    assert service.admitted == []


def test_a_public_channel_needs_no_invitation_for_the_command(town):
    elsewhere = town.slack.channel("elsewhere", members=[town.ana], joined=False)
    town.slack.command(town.ana, elsewhere, "/retention churn")
    assert "Answer to: churn" in town.whisper(town.ana)["text"]


def test_an_ephemeral_answer_uses_its_address_twice_and_survives_being_too_fast(town):
    town.slack.fail("response_url", 429, retry_after=0)
    before = len(town.slack.calls("response_url"))
    town.slack.command(town.ana, town.channel, "/retention churn")
    assert "Answer to: churn" in town.whisper(town.ana)["text"]
    assert len([c for c in town.slack.calls("response_url")[before:] if c.ok]) <= 2


def test_a_follow_up_button_asks_its_words_in_the_same_thread(town, service):
    service.answers["churn?"] = said("8 %", follow_ups=("And by country?", "Why?"))
    root = town.slack.mention(town.ana, town.channel, "churn?")
    answer = town.answer()
    assert buttons(answer) == ["And by country?", "Why?"]
    town.slack.press(town.bruno, answer, "And by country?", town.channel)
    second = town.answer(number=2)
    assert second["thread_ts"] == root
    assert "Answer to: And by country?" in second["text"]
    assert [q.asker for q, _ in service.asked] == [town.ana, town.bruno]
    assert service.asked[0][1] == service.asked[1][1]


def test_a_choice_is_answered_by_its_query(town, service):
    query = Query(intent=Intent.VALUE, metric="churn_rate", filters=(("country", ("ES", "PT")),))
    service.answers["churn?"] = said(
        "Which one?",
        outcome=Outcome.ASK_BACK,
        clarify=Clarify("Which one?", (Choice("Churn rate", query), Choice("MRR churn", query))),
    )
    town.slack.mention(town.ana, town.channel, "churn?")
    answer = town.answer()
    assert buttons(answer) == ["Churn rate", "MRR churn"]
    town.slack.press(town.ana, answer, "Churn rate", town.channel)
    assert "Chosen: churn_rate" in town.answer(number=2)["text"]
    question, chosen, thread = service.chosen[0]
    assert question.text == "Churn rate"
    assert query_from(chosen) == query
    assert thread == f"T0HOME/{town.channel}/{answer['thread_ts']}"


def test_a_guest_gets_nothing_by_pressing_either(town, service):
    service.answers["churn?"] = said("8 %", follow_ups=("Why?",))
    town.slack.mention(town.ana, town.channel, "churn?")
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.press(guest, town.answer(), "Why?", town.channel)
    assert town.whisper(guest)["text"] == EN.say("slack_unseen_place")
    assert len(service.asked) == 1


def test_a_press_delivered_twice_is_answered_once(town, service):
    service.answers["churn?"] = said("8 %", follow_ups=("Why?",))
    town.slack.mention(town.ana, town.channel, "churn?")
    delivery = town.slack.press(town.ana, town.answer(), "Why?", town.channel)
    town.answer(number=2)
    town.slack.deliver_again(delivery)
    town.quiet()
    assert len(service.asked) == 2


def test_the_value_of_a_button_is_json_that_slack_has_room_for(town, service):
    long = "why did it change " * 200
    service.answers["churn?"] = said("8 %", follow_ups=(long, "Why?"))
    town.slack.mention(town.ana, town.channel, "churn?")
    answer = town.answer()
    assert buttons(answer) == ["Why?"]
    assert json.loads(answer["blocks"][-2]["elements"][0]["value"]) == {"ask": "Why?"}


def test_alerts_are_a_command_in_the_words_of_each_language(town, service):
    service.answers["alerts add churn rate above 5%"] = said("Alert 1 is set")
    service.answers["alertes reporter 1 7"] = said("Silence")
    town.slack.command(town.ana, town.channel, "/retention alerts add churn rate above 5%")
    assert "Alert 1 is set" in town.whisper(town.ana)["text"]
    town.slack.command(town.bruno, town.channel, "/retention alertes reporter 1 7")
    assert "Silence" in town.whisper(town.bruno)["text"]
    assert [thread for _, thread in service.asked] == [None, None]
