"""What people see while the bot is at work, the title of a thread, and the button that stops the work."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from slack_sdk import WebClient

from bot.language import available, load
from bot.playground.methods import METHODS, Method
from bot.playground.workspace import Refused
from bot.progress import safe_point, step
from bot.slack import telling
from bot.slack.heard import Heard
from bot.slack.reach import hurried
from bot.slack.telling import Teller, Telling
from bot.types import Question
from tests.slack.town import said

EN, FR, PL = load("en"), load("fr"), load("pl")


class Work:
    """Work that goes on until it is told to end, or is stopped at one of its safe points."""

    def __init__(self, *steps: str) -> None:
        self.steps, self.begun, self.ended = steps, threading.Event(), threading.Event()
        self.reached_the_end = False

    def __call__(self, question: Question):
        for one in self.steps:
            step(one, 5)
        self.begun.set()
        until = time.monotonic() + 10
        while not self.ended.wait(0.01) and time.monotonic() < until:
            safe_point()
        self.reached_the_end = True
        return said(f"Answer to: {question.text}")


@pytest.fixture
def at_once(monkeypatch):
    """Nobody waits in a test."""
    monkeypatch.setattr(telling, "AT_ONCE", 0.0)
    monkeypatch.setattr(telling, "LONG", 0.05)
    monkeypatch.setattr(telling, "PAUSE", 0.05)


def session(town, channel, root):
    return town.slack._do(lambda: dict(town.slack.space.sessions.get((channel, root), {})))


def status(town, channel, root):
    return town.slack._do(lambda: dict(town.slack.space.statuses.get((channel, root), {})))


def until(town, look: Callable):
    return town.slack.wait_for(look)


def test_a_quick_answer_is_posted_at_once_and_names_its_thread(town):
    root = town.slack.tell(town.ana, "what was churn last month?")
    direct = town.slack.direct(town.ana)
    town.answer(direct)
    kept = until(town, lambda: session(town, direct, root))
    assert kept == {"status": "active", "title": "what was churn last month?", "by": town.ana}
    posts = [c for c in town.slack.calls("chat.postMessage") if c.args["channel"] == direct]
    assert [c.args["text"] for c in posts] == ["Answer to: what was churn last month?"]


def test_a_long_question_is_shortened_to_a_title_that_slack_takes(town):
    root = town.slack.tell(town.ana, "what was churn " + "and then " * 60)
    direct = town.slack.direct(town.ana)
    town.answer(direct)
    title = until(town, lambda: session(town, direct, root))["title"]
    assert 70 < len(title) <= 80
    assert title.endswith("…")


def test_long_work_is_told_in_the_language_of_its_asker_and_the_status_ends_with_it(town, service, at_once):
    work = service.answers["pourquoi le churn a-t-il augmenté ?"] = Work("step_read", "step_split")
    direct = town.slack.direct(town.bruno)
    root = town.slack.tell(town.bruno, "pourquoi le churn a-t-il augmenté ?")
    assert work.begun.wait(5)
    assert until(town, lambda: session(town, direct, root))["status"] == "processing"
    (tasks,) = until(town, lambda: town.slack.messages(direct, by_app=True))
    said = [FR.say("step_read", many=5, done=0), FR.say("step_split")]
    assert [(one["title"], one["status"]) for one in tasks["blocks"]] == [
        (said[0], "complete"),
        (said[1], "in_progress"),
    ]
    assert tasks["thread_ts"] == root
    work.ended.set()
    answer = until(
        town, lambda: [m for m in town.slack.messages(direct, by_app=True) if m["text"].startswith("Answer")]
    )
    assert [one["ts"] for one in answer] == [tasks["ts"]]
    assert "task_card" not in {block["type"] for block in answer[0]["blocks"]}
    assert session(town, direct, root)["status"] == "active"
    assert status(town, direct, root) == {}


def test_a_mention_in_a_channel_shows_its_status_beside_the_thread(town, service, at_once):
    work = service.answers["churn?"] = Work()
    root = town.slack.mention(town.ana, town.channel, "churn?")
    loading = until(town, lambda: status(town, town.channel, root).get("loading_messages"))
    assert loading == [EN.say(f"slack_loading_{one}") for one in ("read", "measure", "check")]
    work.ended.set()
    town.answer()


def test_where_slack_refuses_every_status_a_message_tells_and_becomes_the_answer(town, service, at_once, monkeypatch):
    monkeypatch.setattr(town.slack.space, "agent", False)
    work = service.answers["churn?"] = Work("step_learn")

    def refuse(*_):
        raise Refused("not_allowed")

    monkeypatch.setitem(METHODS, "assistant.threads.setStatus", Method(refuse, "chat:write", 4))
    town.slack.mention(town.ana, town.channel, "churn?")
    (note,) = until(town, lambda: town.slack.messages(town.channel, by_app=True))
    until(town, lambda: town.slack.messages(town.channel, by_app=True)[0]["text"] == EN.say("step_learn"))
    work.ended.set()
    until(town, lambda: town.slack.messages(town.channel, by_app=True)[0]["text"] == "Answer to: churn?")
    (answer,) = town.slack.messages(town.channel, by_app=True)
    assert answer["ts"] == note["ts"]


def test_a_slack_that_sets_no_status_loses_no_answer(town, service, at_once):
    for method in ("agents.sessions.setStatus", "assistant.threads.setStatus"):
        town.slack.fail(method, 503, times=2)
    work = service.answers["churn?"] = Work()
    town.slack.mention(town.ana, town.channel, "churn?")
    assert work.begun.wait(5)
    until(town, lambda: [c for c in town.slack.calls("assistant.threads.setStatus") if not c.ok])
    work.ended.set()
    assert town.answer()["text"] == "Answer to: churn?"
    until(town, lambda: not town.slack._server.troubles["agents.sessions.setStatus"])
    town.slack._server.troubles["assistant.threads.setStatus"].clear()


def test_a_slack_that_takes_no_status_for_now_is_left_alone_until_it_does(town):
    at = [0.0]
    teller = Teller(hurried(WebClient(token=town.slack.bot_token, base_url=town.slack.api_url), 3), lambda: at[0])
    root = town.slack.tell(town.ana, "churn?")
    direct = town.slack.direct(town.ana)
    town.answer(direct)
    town.quiet()
    heard = Heard("E", root, "direct", team="T0HOME", channel=direct, user=town.ana, text="churn?", thread=root)
    before = len(town.slack.calls("agents.sessions.setStatus"))
    town.slack.fail("agents.sessions.setStatus", 429, retry_after=30)
    assert all(teller.session(heard, status) for status in ("processing", "active"))
    assert len(town.slack.calls("agents.sessions.setStatus")) == before + 1
    at[0] = 31.0
    assert teller.session(heard, "active")
    assert [one.ok for one in town.slack.calls("agents.sessions.setStatus")[before:]] == [False, True]


def test_the_status_ends_also_where_the_work_fails(town, service, at_once):
    gate = threading.Event()

    def fails(_question):
        gate.wait(5)
        raise RuntimeError("secret")

    service.answers["boom"] = fails
    root = town.slack.mention(town.ana, town.channel, "boom")
    until(town, lambda: session(town, town.channel, root).get("status") == "processing")
    gate.set()
    assert town.answer()["text"] == EN.say("slack_failed")
    until(town, lambda: session(town, town.channel, root)["status"] == "active")
    assert status(town, town.channel, root) == {}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_stop_button_ends_the_work_with_one_kind_sentence(town, service, records, at_once, language):
    text, person = {
        "en": ("why did churn go up last month?", town.ana),
        "fr": ("pourquoi le churn a-t-il augmenté le mois dernier ?", town.bruno),
    }[language]
    work = service.answers[text] = Work("step_split")
    direct = town.slack.direct(person)
    root = town.slack.tell(person, text)
    until(town, lambda: session(town, direct, root).get("status") == "processing")
    town.slack.stop(person, direct, root)
    assert town.answer(direct)["text"] == load(language).say("slack_stopped")
    until(town, lambda: session(town, direct, root)["status"] == "active")
    assert not work.reached_the_end
    town.quiet(0.2)
    assert len(town.answers(direct)) == 1
    until(town, lambda: records.inbox.unfinished(datetime.now(UTC).replace(tzinfo=None)) == [])
    town.slack.tell(person, "churn?", thread=root)
    assert town.answer(direct, number=2)["text"] == "Answer to: churn?"


def test_a_stop_ends_the_tasks_too_and_its_sentence_takes_their_place(town, service, at_once):
    work = service.answers["churn?"] = Work("step_split")
    direct = town.slack.direct(town.ana)
    root = town.slack.tell(town.ana, "churn?")
    assert work.begun.wait(5)
    (tasks,) = until(town, lambda: town.slack.messages(direct, by_app=True))
    town.slack.stop(town.ana, direct, root)
    answer = until(town, lambda: [m for m in town.answers(direct) if m["text"]])
    assert [(one["ts"], one["text"]) for one in answer] == [(tasks["ts"], EN.say("slack_stopped"))]
    event = town.slack.deliveries("agent_session_stopped")[-1].payload["event"]
    assert event["streaming_message_ts"] == [tasks["ts"]]


def test_work_that_ends_before_it_meets_a_safe_point_is_stopped_too(town, service, at_once):
    gate = threading.Event()

    def deaf(_question):
        gate.wait(5)
        return said("too late")

    service.answers["churn?"] = deaf
    direct = town.slack.direct(town.ana)
    root = town.slack.tell(town.ana, "churn?")
    until(town, lambda: session(town, direct, root).get("status") == "processing")
    town.slack.stop(town.ana, direct, root)
    until(town, lambda: town.slack.deliveries("agent_session_stopped")[-1].state == "acked")
    gate.set()
    assert town.answer(direct)["text"] == EN.say("slack_stopped")


def test_a_stop_after_the_answer_does_nothing_and_the_next_question_is_answered(town, service, bot):
    direct = town.slack.direct(town.ana)
    root = town.slack.tell(town.ana, "churn?")
    town.answer(direct)
    until(town, lambda: session(town, direct, root).get("status") == "active")
    with pytest.raises(Refused, match="nothing_to_stop"):
        town.slack.stop(town.ana, direct, root)
    event = {"type": "agent_session_stopped", "channel": direct, "thread_ts": root, "user": town.ana,
             "streaming_message_ts": [], "event_ts": "1.5"}  # fmt: skip
    town.slack._do(lambda: town.slack.space.tell("agent_session_stopped", event, town.slack.space.channels[direct]))
    until(town, lambda: town.slack.deliveries("agent_session_stopped")[-1].state == "acked")
    town.slack.tell(town.ana, "and by plan?", thread=root)
    assert town.answer(direct, number=2)["text"] == "Answer to: and by plan?"


def test_the_stop_of_one_thread_leaves_the_others_alone(town, service, at_once):
    one, other = Work(), Work()
    service.answers |= {"one?": one, "other?": other}
    direct = town.slack.direct(town.ana)
    root, beside = town.slack.tell(town.ana, "one?"), town.slack.tell(town.ana, "other?")
    assert one.begun.wait(5)
    assert other.begun.wait(5)
    until(town, lambda: session(town, direct, root).get("status") == "processing")
    town.slack.stop(town.ana, direct, root)
    assert town.answer(direct)["thread_ts"] == root
    other.ended.set()
    last = town.answer(direct, number=2)
    assert (last["thread_ts"], last["text"]) == (beside, "Answer to: other?")


class Silent:
    """A Slack that takes everything, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[dict] = []

    def agents_sessions_setStatus(self, **args):  # noqa: N802  Slack's name
        self.told.append(args)

    assistant_threads_setStatus = agents_sessions_setStatus  # noqa: N815  Slack's name


@pytest.mark.parametrize("code", sorted(available()))
def test_the_usual_time_is_learned_from_work_of_the_same_kind_and_told_when_it_is_long(code):
    language, teller, now = load(code), Teller(Silent()), [0.0]
    for seconds in (11.0, 9.0, 30.0):
        assert teller.usual("step_split") is None
        teller.learn(["step_split"], seconds)
        teller.learn(["step_read"], 1.0)
    assert (teller.usual("step_split"), teller.usual("step_read"), teller.usual("step_learn")) == (10, None, None)
    heard = Heard("e", "1.1", "direct", "T", "D", "U", "why?", thread="1.1")
    one = Telling(teller, heard, None, language, threading.Event(), lambda: now[0])
    one._hear("step_split", 0, 5)
    assert one._lines() == (language.say("step_split"), language.say("slack_usually", n=10))
    one._hear("step_learn", 0, 5)
    assert one._lines() == (language.say("step_learn"),)
    assert "10" in language.say("slack_usually", n=10)
