"""What the client makes of each thing a model's service does: asked again or not, raised as what, what stays untold."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from structlog.testing import capture_logs

from bot.errors import ModelFailed
from bot.language import available, load
from bot.models.chat import open_chat
from bot.types import Endpoint, Limits
from tests.models.endpoint import Asked, Script, ScriptedModel
from tests.models.turns import (
    Refused,
    Turn,
    call,
    cut,
    decline,
    empty,
    error_in_stream,
    fail,
    filtered,
    gone,
    hang,
    out_of_quota,
    page,
    rate_limited,
    say,
    silent,
    together,
    too_long,
    trickle,
    uncounted,
    unfinished,
)

MEASURE = {
    "type": "function",
    "function": {
        "name": "measure",
        "parameters": {
            "type": "object",
            "properties": {"metric": {"type": "string"}},
            "required": ["metric"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
ROOT = Path(__file__).parents[2]
SECRET = "sk-this-must-never-be-told"


@dataclass
class Heard:
    """What came of asking once: a message or a failure, the pauses between the tries (none is slept), the requests."""

    message: AIMessage | None
    failed: str | None
    pauses: list[float]
    requests: list[Asked] = field(default_factory=list)


def invoked(chat: Any) -> AIMessage:
    return chat.invoke("Why?")


def streamed(chat: Any) -> AIMessage:
    chunks = list(chat.stream("Why?"))
    return sum(chunks[1:], start=chunks[0])


WAYS = (invoked, streamed)


def heard(
    script: Script,
    way: Callable[[Any], AIMessage] = invoked,
    *,
    seconds: float = 20.0,
    reasoning: bool = False,
    tools: bool = True,
) -> Heard:
    """Ask a scripted model."""
    pauses: list[float] = []
    with ScriptedModel(script, reasoning=reasoning) as model:
        chat = open_chat(model.endpoint, Limits(seconds=seconds))
        chat.pause = pauses.append
        try:
            message, failed = way(chat.bind_tools([MEASURE]) if tools else chat), None
        except ModelFailed as fault:
            message, failed = None, fault.key
    return Heard(message, failed, pauses, model.requests)


# What comes through


@pytest.mark.parametrize("way", WAYS)
def test_a_text_comes_as_it_was_said_with_its_cost(way: Callable[[Any], AIMessage]) -> None:
    got = heard([say("C’était 4,6 % — « annuel ».")], way)
    assert got.message is not None
    assert got.message.text == "C’était 4,6 % — « annuel »."
    usage = got.message.usage_metadata
    assert usage is not None
    assert usage["input_tokens"] > 10
    assert usage["output_tokens"] > 1


@pytest.mark.parametrize("way", WAYS)
def test_several_calls_of_tools_come_in_their_order_each_with_an_id_of_its_own(way: Callable[[Any], AIMessage]) -> None:
    got = heard([together(call("measure", {"metric": "mrr"}), call("measure", {"metric": "nps — «é»"}))], way)
    assert got.message is not None
    assert [(one["name"], one["args"]) for one in got.message.tool_calls] == [
        ("measure", {"metric": "mrr"}),
        ("measure", {"metric": "nps — «é»"}),
    ]
    assert len({one["id"] for one in got.message.tool_calls}) == 2


def test_arguments_that_are_no_json_come_as_such_for_the_agent_to_answer() -> None:
    got = heard([call("measure", '{"metric": "mrr", "country": ["ES"')])
    assert got.message is not None
    assert got.message.tool_calls == []
    assert [one["args"] for one in got.message.invalid_tool_calls] == ['{"metric": "mrr", "country": ["ES"']


def test_arguments_that_break_off_in_a_stream_are_not_closed_by_guessing() -> None:
    """LangChain would close the brackets: half a filter would become a whole one, and a number of something else."""
    got = heard([call("measure", '{"metric": "mrr", "country": ["ES"')], streamed)
    assert (got.message, got.failed) == (None, "model_unreadable")


def test_a_server_that_does_not_count_tokens_is_understood() -> None:
    got = heard([uncounted(say("Four."))])
    assert got.message is not None
    assert (got.message.text, got.message.usage_metadata) == ("Four.", None)


def test_a_conversation_with_a_tool_is_one_that_the_api_takes() -> None:
    """Call, result, text: the server refuses a result without its call, and a call without its result."""

    def talk(chat: Any) -> AIMessage:
        messages: list[Any] = [HumanMessage("Why?")]
        first = chat.invoke(messages)
        results = [ToolMessage("69 of 630", tool_call_id=one["id"]) for one in first.tool_calls]
        return chat.invoke([*messages, first, *results])

    got = heard([together(say("One moment."), call("measure", {"metric": "churn_rate"})), say("69 of 630.")], talk)
    assert got.message is not None
    assert got.message.text == "69 of 630."
    assert got.requests[1].results == ["69 of 630"]
    assert (got.requests[0].step, got.requests[1].step, got.requests[1].question) == (0, 1, "Why?")


def test_a_call_left_without_its_result_is_a_request_refused_and_not_repeated() -> None:
    def talk(chat: Any) -> AIMessage:
        first = chat.invoke("Why?")
        return chat.invoke([HumanMessage("Why?"), first, HumanMessage("And now?")])

    got = heard([call("measure", {"metric": "churn_rate"})], talk)
    assert (got.failed, len(got.requests), got.pauses) == ("model_request_refused", 1, [])


# What a model declines, breaks off or leaves out


@pytest.mark.parametrize(
    ("turn", "way", "reason"),
    [
        (decline(), invoked, "model_refused"),
        (decline(), streamed, "model_empty"),  # LangChain passes no refusal on from a stream
        *product([filtered(), filtered("I")], WAYS, ["model_refused"]),
        *product([too_long(), too_long('{"name": "mea')], WAYS, ["model_cut"]),
        *product([silent(), say(" \n")], WAYS, ["model_empty"]),
        (empty(), invoked, "model_empty"),
        (empty(), streamed, "model_cut"),
        (unfinished(), streamed, "model_cut"),
        (cut(), streamed, "model_cut"),
        (error_in_stream(), invoked, "model_unreadable"),
        (error_in_stream(), streamed, "model_error"),
        *product([page()], WAYS, ["model_unreadable"]),
    ],
)
def test_what_is_no_whole_reply_is_raised_by_its_kind_and_not_asked_again(
    turn: Turn, way: Callable[[Any], AIMessage], reason: str
) -> None:
    got = heard([turn], way)
    assert (got.message, got.failed, len(got.requests), got.pauses) == (None, reason, 1, [])


# What another try may mend


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", [fail(500), fail(503), rate_limited(), gone()])
def test_what_may_pass_is_asked_again_twice_with_growing_pauses(fault: Turn, way: Callable[[Any], AIMessage]) -> None:
    got = heard([fault, fault, say("Here.")], way)
    assert got.message is not None
    assert (got.message.text, got.pauses) == ("Here.", [0.5, 1.0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [(fail(500), "model_error"), (rate_limited(), "model_rate_limited"), (gone(), "model_unreachable")],
)
def test_the_third_failure_is_the_last(fault: Turn, reason: str, way: Callable[[Any], AIMessage]) -> None:
    got = heard([fault] * 3, way)
    assert (got.failed, len(got.requests)) == (reason, 3)


def test_a_reply_that_breaks_off_before_anybody_has_heard_of_it_is_asked_for_again() -> None:
    got = heard([cut(), say("Here.")])
    assert got.message is not None
    assert (got.message.text, got.pauses) == ("Here.", [0.5])


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("7", 7.0), ("1.5", 1.5), ("0", 0.0), ("soon", 0.5), ("-3", 0.5), ("nan", 0.5), ("inf", 0.5)],
)
def test_a_pause_is_as_long_as_the_service_asks(asked: str, pause: float) -> None:
    assert heard([rate_limited(asked), say("Here.")]).pauses == [pause]


@pytest.mark.parametrize("header", [("Retry-After", "Mon, 02 Nov 2026 12:00:09 GMT"), ("retry-after-ms", "9000")])
def test_a_pause_may_be_told_as_an_instant_or_in_milliseconds(header: tuple[str, str]) -> None:
    dated = replace(rate_limited(), headers=(("Date", "Mon, 02 Nov 2026 12:00:00 GMT"), header))
    assert heard([dated, say("Here.")]).pauses == [9.0]


def test_a_pause_longer_than_the_time_that_is_left_is_not_made() -> None:
    got = heard([rate_limited("30")], seconds=20)
    assert (got.failed, got.pauses, len(got.requests)) == ("model_rate_limited", [], 1)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (out_of_quota(), "model_quota"),
        (Refused(403, "Country not supported."), "model_key_refused"),
        (Refused(404, "The model does not exist.", code="model_not_found"), "model_unknown"),
        (
            Refused(400, "This model's maximum context length is 8192.", code="context_length_exceeded"),
            "model_too_long",
        ),
        (Refused(400, "The prompt was filtered.", code="content_filter"), "model_refused"),
        (Refused(413, "Request too large."), "model_too_long"),
        (Refused(400, "registry.ollama.ai/library/gemma3:4b does not support tools"), "model_without_tools"),
        (Refused(400, '"auto" tool choice requires --enable-auto-tool-choice to be set'), "model_without_tools"),
        (Refused(500, "tools param requires --jinja flag"), "model_without_tools"),
        (Refused(404, "No endpoints found that support tool use."), "model_without_tools"),
        (Refused(400, "Unknown parameter: 'tools'.", param="tools"), "model_without_tools"),
        (Refused(422, "Unprocessable."), "model_request_refused"),
        (Refused(500, "No.", headers=(("x-should-retry", "false"),)), "model_error"),
    ],
)
def test_what_another_try_would_not_mend_is_asked_once(turn: Turn, reason: str) -> None:
    got = heard([turn])
    assert (got.failed, len(got.requests), got.pauses) == (reason, 1, [])


# Time


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("turn", [hang(), trickle()])
def test_a_service_that_gives_nothing_or_blanks_alone_is_left_when_the_time_is_up(
    turn: Turn, way: Callable[[Any], AIMessage]
) -> None:
    """Were the time between two bytes all that is bounded, the blanks would keep the question for ever."""
    got = heard([turn], way, seconds=0.4)
    assert (got.failed, len(got.requests)) == ("model_timeout", 1)


def test_the_time_that_is_bound_to_a_call_takes_the_place_of_the_limit() -> None:
    got = heard([hang()], lambda chat: chat.bind(timeout=0.4).invoke("Why?"), seconds=600, tools=False)
    assert got.failed == "model_timeout"


def test_a_call_whose_time_is_over_before_it_begins_is_a_time_out() -> None:
    got = heard([hang()], lambda chat: chat.bind(timeout=-1.0).invoke("Why?"), tools=False)
    assert got.failed == "model_timeout"


def test_nobody_listening_is_told_as_unreachable() -> None:
    chat = open_chat(Endpoint("http://127.0.0.1:1/v1", "any"), Limits())
    chat.pause = [].append  # type: ignore[attr-defined] # ours has it
    with pytest.raises(ModelFailed) as fault:
        chat.invoke("Why?")
    assert fault.value.key == "model_unreachable"


# What is sent


def test_a_request_is_plain_chat_completions_with_nothing_left_to_chance() -> None:
    asked = heard([say("Here.")]).requests[0]
    assert {name: asked.body.get(name) for name in ("temperature", "max_completion_tokens", "stream", "n")} == {
        "temperature": 0.0,
        "max_completion_tokens": 4096,
        "stream": False,
        "n": None,
    }
    assert asked.tools == ["measure"]


def test_a_stream_asks_for_its_count_of_tokens() -> None:
    asked = heard([say("Here.")], streamed).requests[0]
    assert (asked.streamed, asked.body["stream_options"]) == (True, {"include_usage": True})


@pytest.mark.parametrize("way", WAYS)
def test_a_reasoning_model_is_asked_as_it_wants_to_be_and_from_then_on_at_once(way: Callable[[Any], AIMessage]) -> None:
    """It refuses a temperature, and tools without `reasoning_effort: none`."""

    def twice(chat: Any) -> AIMessage:
        way(chat)
        return way(chat)

    with ScriptedModel([say("One."), say("Two.")], reasoning=True) as model:
        chat = open_chat(model.endpoint, Limits()).bind_tools([MEASURE])
        assert twice(chat).text == "Two."
    assert [one.param for one in model.refusals] == ["temperature", "reasoning_effort"]
    assert [(one.body.get("temperature"), one.body["reasoning_effort"]) for one in model.requests] == [
        (None, "none")
    ] * 2


def test_a_question_refused_what_another_has_just_learned_to_leave_out_is_asked_again_too() -> None:
    """Two that were sent together are both refused; the second finds the setting changed already."""
    refusal = Refused(400, "Unsupported value.", code="unsupported_value", param="temperature")

    def after_another(chat: Any) -> AIMessage:
        chat.temperature = None
        return chat.invoke("Why?")

    got = heard([refusal, say("Here.")], after_another, tools=False)
    assert (got.failed, len(got.requests)) == (None, 2)


def test_a_setting_refused_in_every_form_is_given_in_once() -> None:
    refusal = Refused(400, "Unsupported value.", code="unsupported_value", param="reasoning_effort")
    got = heard([refusal, refusal])
    assert (got.failed, len(got.requests)) == ("model_request_refused", 2)


def test_an_endpoint_without_a_key_is_asked_without_ours() -> None:
    with ScriptedModel([say("Here.")], key="none") as model:
        chat = open_chat(Endpoint(model.endpoint.url, model.name), Limits())
        assert chat.invoke("Why?").text == "Here."


def test_what_the_environment_says_of_another_openai_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings have read it, or have not: the client reads it no second time."""
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    assert heard([say("Here.")]).failed is None


# The key


@pytest.mark.parametrize("way", WAYS)
def test_the_key_is_in_no_message_no_log_and_no_repr(
    way: Callable[[Any], AIMessage], caplog: pytest.LogCaptureFixture
) -> None:
    """The server repeats the refused key in its error, as some do; the client's own log is at its loudest."""
    caplog.set_level(logging.DEBUG)
    with ScriptedModel([], key="sk-another") as model, capture_logs() as logs:
        endpoint = Endpoint(model.endpoint.url, model.name, SECRET)
        chat = open_chat(endpoint, Limits())
        with pytest.raises(ModelFailed) as fault:
            way(chat)
    assert SECRET in model.refusals[0].message
    assert fault.value.key == "model_key_refused"
    assert [one["why"] for one in logs] == ["model_key_refused"]
    told = [repr(fault.value), str(fault.value), repr(endpoint), repr(chat), str(chat), json.dumps(logs), caplog.text]
    chain = fault.value.__cause__ or fault.value.__context__
    assert [one for one in told if SECRET in one or "sk-this" in one] == []
    assert chain is None, "a log of the exception would print the endpoint's words too"


# Sentences


def test_every_reason_is_named_by_the_error_and_has_its_sentence_in_every_language() -> None:
    raised = {
        key
        for path in (ROOT / "bot" / "models").glob("*.py")
        for key in re.findall(r'"(model_\w+)"', path.read_text(encoding="utf-8"))
    }
    assert set(re.findall(r"model_\w+", ModelFailed.__doc__ or "")) == raised
    assert len(raised) == 14
    for code in available():
        assert len({load(code).say(key) for key in raised}) == 14
