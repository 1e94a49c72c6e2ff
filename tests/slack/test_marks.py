"""Thumbs under answers, over real sockets: kept with the question, asked why, and made a question that is graded."""

import json

import pytest

from bot.documents import answer_document
from bot.errors import BadQuestion, NotAllowed
from bot.evaluation import expectation, graded, question_of
from bot.language import available, load
from bot.playground import Pace, Slack, limits
from bot.records import open_records
from bot.slack.blocks import MARK, build
from bot.slack.marks import form
from bot.types import Answer, Intent, Outcome, Place, Question, Rights
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

EN, FR = load("en"), load("fr")
ADMIN = Rights(role="admin")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The real bot on the finger-count company, with records of its own."""
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('marks')}/records.sqlite") as records:
        yield served(FINGERS, records)


@pytest.fixture(scope="module")
def city(service):
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(service, service.records, slack):
        slack.wait_for(lambda: slack.connections)
        yield slack


@pytest.fixture
def town(city):
    city.advance(61)
    ana, bruno = city.person("Ana"), city.person("Bruno", locale="fr-FR")
    return Town(city, ana, bruno, city.channel("retention", members=[ana, bruno]))


def thumb(town, person, message, way):
    """Presses one of the two buttons under an answer."""
    at = next(n for n, block in enumerate(message["blocks"]) if block["type"] == "context_actions")
    button = message["blocks"][at]["elements"][0][f"{way}_button"]
    path, chosen = ("blocks", at, "elements", 0), {"text": button["text"], "value": button["value"]}
    return town.slack._do(lambda: town.slack._acts.press(person, message, path, chosen, town.channel))


def marks_of(service, person):
    return [one for one in service.marks(ADMIN) if one["answer"]["asked"]["text"] and one["by"] == person]


def test_a_thumbs_up_is_kept_and_thanked_for(town, service):
    town.slack.mention(town.ana, town.channel, "what was our churn rate in October?")
    thumb(town, town.bruno, town.answer(), "positive")
    assert town.whisper(town.bruno)["text"] == EN.say("slack_mark_thanks")
    (mark,) = marks_of(service, town.bruno)
    assert (mark["up"], mark["answer"]["asked"]["text"]) == (True, "what was our churn rate in October?")


def test_a_thumbs_down_asks_why_and_becomes_a_question_of_its_thread(town, service):
    root = town.slack.mention(town.ana, town.channel, "quel était notre taux de churn en octobre ?")
    town.answer()
    town.slack.post(town.ana, town.channel, "et en septembre ?", root)
    answer = town.answer(number=2)
    delivery = thumb(town, town.ana, answer, "negative")
    view = town.slack.wait_for(lambda: town.slack.modal(town.ana))
    town.slack.wait_for(lambda: delivery.acked_after is not None)
    assert view["title"]["text"] == FR.say("slack_mark_title")
    assert [one["reason"] for one in marks_of(service, town.ana)] == [""], "kept before anybody is asked for a reason"
    filled = {
        "reason": {"reason": {"type": "radio_buttons", "selected_option": {"value": "wrong_figure"}}},
        "words": {"words": {"type": "plain_text_input", "value": "finance reports 4"}},
    }
    town.slack.submit(town.ana, view, filled)
    assert town.whisper(town.ana)["text"] == FR.say("slack_mark_noted")
    town.slack.wait_for(lambda: town.slack.modal(town.ana) is None)
    (mark,) = marks_of(service, town.ana)
    question = question_of(mark)
    assert (question["text"], question["thread"], question["language"]) == (
        "et en septembre ?",
        ["quel était notre taux de churn en octobre ?"],
        "fr",
    )
    assert (question["reason"], question["words"], question["expect"]) == ("wrong_figure", "finance reports 4", None)
    assert question["answered"]["metric"] == "churn_rate"
    assert question["answered"]["window"][0] == "2026-09-01"


def test_a_guest_marks_nothing(town, service):
    town.slack.mention(town.ana, town.channel, "what was our churn rate in October?")
    answer = town.answer()
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    for number, way in enumerate(("positive", "negative"), 1):
        thumb(town, guest, answer, way)
        assert town.whisper(guest, number)["text"] == EN.say("refused_guest")
    assert marks_of(service, guest) == []
    assert town.slack.modal(guest) is None


def test_a_thumbs_down_that_nobody_can_be_asked_about_any_more_is_thanked_for_at_once(town, service, monkeypatch):
    town.slack.mention(town.ana, town.channel, "what was our churn rate in October?")
    answer = town.answer()
    monkeypatch.setattr(limits, "TRIGGER_SECONDS", -1)
    thumb(town, town.ana, answer, "negative")
    assert town.whisper(town.ana)["text"] == EN.say("slack_mark_noted")
    assert len(marks_of(service, town.ana)) == 1


def test_a_refusal_can_be_marked_too(town, service):
    town.slack.mention(town.ana, town.channel, "what was our churn on planet Mars?")
    thumb(town, town.ana, town.answer(), "positive")
    town.whisper(town.ana)
    assert marks_of(service, town.ana)[0]["answer"]["outcome"] == "refuse"


def asked(service, text, id, said=()):
    rights = service.rights_of("analyst", Place.DM)
    return service.ask(Question(text, service.now(), rights, id=id, said=said))


@pytest.mark.parametrize(
    "text",
    [
        "what was our churn rate in October?",
        "MRR in October and churn in September",
        "what was our carbon footprint?",
        "what is our retention?",
        "churn in October by country",
    ],
)
def test_what_was_answered_is_told_in_the_words_of_an_expectation(service, text):
    """The answer itself meets it; an answer to another question does not."""
    answer = answer_document(asked(service, text, ""))
    line = {"id": "x", "language": "en", "intent": answer["intent"], "text": text, "expect": expectation(answer)}
    assert graded(line, answer).grade == "right"
    assert graded(line, answer_document(asked(service, "NRR in August by plan", ""))).grade != "right"


def test_a_later_mark_of_the_same_person_comes_in_place_of_the_first(service):
    asked(service, "what was our churn rate in October?", "T/C/9")
    for up, reason in ((True, ""), (False, "unclear")):
        service.mark("T/C/9", up, by="U9", now=service.now(), reason=reason)
    service.mark("T/C/9", True, by="U8", now=service.now())
    found = [(one["by"], one["up"], one["reason"]) for one in service.marks(ADMIN) if one["id"] == "T/C/9"]
    assert sorted(found) == [("U8", True, ""), ("U9", False, "unclear")]


def test_a_click_that_is_kept_after_its_form_leaves_the_reason(service):
    asked(service, "what was our churn rate in October?", "T/C/10")
    service.mark("T/C/10", False, by="U9", now=service.now(), reason="unclear", words="it was nine")
    service.mark("T/C/10", False, by="U9", now=service.now())
    [kept] = [one for one in service.marks(ADMIN) if one["id"] == "T/C/10"]
    assert (kept["reason"], kept["words"]) == ("unclear", "it was nine")


def test_only_kept_answers_are_marked_and_only_admins_read_the_marks(service):
    with pytest.raises(BadQuestion, match="answer_gone"):
        service.mark("T/C/nothing", True, by="U1", now=service.now())
    with pytest.raises(NotAllowed, match="requests_not_allowed"):
        service.marks(Rights())


@pytest.mark.parametrize("code", available())
def test_the_form_keeps_slacks_limits_in_each_language(service, code):
    view = form(load(code), service.reasons, "{}")
    assert max(len(view[name]["text"]) for name in ("title", "submit", "close")) <= 24
    assert all(len(one["text"]["text"]) <= 75 for one in view["blocks"][0]["element"]["options"])


def test_help_has_no_thumbs_and_an_answer_has_them_last():
    answer = Answer(Outcome.ANSWER, Intent.VALUE, "en", "3 of 8")
    (thumbs,) = build(answer, EN, key="T/C/1", marked=True).blocks[-1]["elements"]
    assert (thumbs["type"], thumbs["action_id"]) == ("feedback_buttons", MARK)
    assert json.dumps(build(answer, EN, key="T/C/1").blocks).count("feedback") == 0
