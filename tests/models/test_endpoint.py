"""The scripted model refuses what the real API refuses, in its words and form, and streams as it streams."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.models.endpoint import Asked, ScriptedModel
from tests.models.turns import Reply, Turn, call, decline, say, together

PLAIN: dict[str, Any] = {"model": "scripted", "messages": [{"role": "user", "content": "Why?"}]}
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "measure",
        "description": "Measures.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {
                "metric": {"type": "string", "enum": ["mrr", "nps"]},
                "by": {"type": ["array", "null"], "items": {"$ref": "#/$defs/dimension"}},
            },
            "required": ["metric", "by"],
            "additionalProperties": False,
            "$defs": {"dimension": {"type": "string", "enum": ["plan", "country"]}},
        },
    },
}
ASKED = {"id": "call_1", "type": "function", "function": {"name": "measure", "arguments": "{}"}}
CALLED: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [ASKED]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "69 of 630"}


def post(
    model: ScriptedModel, body: Any, path: str = "/v1/chat/completions", **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer, by a client that checks nothing."""
    sent = {"Authorization": f"Bearer {model.key}", "Content-Type": "application/json"} | headers
    connection = HTTPConnection(urlsplit(model.endpoint.url).netloc, timeout=10)
    connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), sent)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def with_tool(**changed: Any) -> dict[str, Any]:
    return {**PLAIN, "tools": [{"type": "function", "function": {**TOOL["function"], **changed}}]}


def with_schema(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    schema = copy.deepcopy(TOOL["function"]["parameters"])
    change(schema)
    return with_tool(parameters=schema)


def talk(*messages: Any) -> dict[str, Any]:
    return {**PLAIN, "messages": list(messages)}


ME = PLAIN["messages"][0]


@pytest.mark.parametrize(
    "body",
    [
        PLAIN,
        {**PLAIN, "tools": [TOOL], "tool_choice": "auto", "parallel_tool_calls": False, "temperature": 0},
        {**PLAIN, "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "measure"}}},
        with_tool(strict=False, parameters={"type": "object", "properties": {}}),
        talk({"role": "system", "content": "Be brief."}, ME, CALLED, RESULT),
        talk(ME, CALLED, RESULT, {"role": "assistant", "content": "69."}, ME),
        talk({"role": "user", "content": [{"type": "text", "text": "Why?"}]}),
        {**PLAIN, "max_completion_tokens": 5, "stop": ["."], "seed": 7, "temperature": None},
        {**PLAIN, "response_format": {"type": "json_schema", "json_schema": {
            "name": "plan", "strict": True, "schema": TOOL["function"]["parameters"]}}},
    ],
)  # fmt: skip
def test_what_the_api_takes_is_taken(body: dict[str, Any]) -> None:
    with ScriptedModel([say("Here.")]) as model:
        status, _, text = post(model, body)
    assert (status, model.refusals) == (200, [])
    assert json.loads(text)["choices"][0]["message"]["content"] == "Here."


@pytest.mark.parametrize(
    ("body", "param", "code", "words"),
    [
        (b"{", None, None, "could not parse"),
        ([], None, None, "could not parse"),
        ({"model": "scripted"}, "messages", "missing_required_parameter", "'messages'"),
        ({"messages": [ME]}, "model", "missing_required_parameter", "'model'"),
        ({**PLAIN, "tone": "kind"}, "tone", "unknown_parameter", "'tone'"),
        ({**PLAIN, "temperature": "0"}, "temperature", "invalid_type", "expected a decimal, but got a string"),
        ({**PLAIN, "temperature": True}, "temperature", "invalid_type", "got a boolean"),
        ({**PLAIN, "temperature": 2.5}, "temperature", "decimal_above_max_value", "<= 2"),
        ({**PLAIN, "top_p": -1}, "top_p", "decimal_below_min_value", ">= 0"),
        ({**PLAIN, "max_completion_tokens": 0}, "max_completion_tokens", "integer_below_min_value", ">= 1"),
        ({**PLAIN, "max_tokens": 9, "max_completion_tokens": 9}, None, None, "at the same time"),
        ({**PLAIN, "stream": "yes"}, "stream", "invalid_type", "a boolean"),
        ({**PLAIN, "stream_options": {"include_usage": True}}, "stream_options", None, "when 'stream' is enabled"),
        ({**PLAIN, "tools": None}, "tools", "invalid_type", "null"),
        (talk(), "messages", "empty_array", "empty array"),
        (talk("Why?"), "messages[0]", "invalid_type", "expected an object, but got a string"),
        (talk({"content": "Why?"}), "messages[0].role", "missing_required_parameter", "messages[0].role"),
        (talk({"role": "robot", "content": "x"}), "messages[0].role", "invalid_value", "'developer'"),
        (talk({"role": "user", "content": "x", "mood": "good"}), "messages[0].mood", "unknown_parameter", "mood"),
        (talk({"role": "user", "content": None}), "messages.[0].content", None, "got null"),
        (talk({"role": "user", "content": 5}), "messages[0].content", "invalid_type", "array of objects"),
        (talk({"role": "user", "content": [{"type": "sound"}]}), "messages[0].content[0].type", "invalid_value",
         "'text'"),
        (talk(ME, {"role": "assistant", "content": None}), "messages.[1].content", None, "got null"),
        (talk(ME, RESULT), "messages.[1].role", None, "must be a response to a preceeding message"),
        (talk(ME, CALLED), "messages.[2].role", None, "did not have response messages: call_1"),
        (talk(ME, CALLED, ME), "messages.[2].role", None, "did not have response messages: call_1"),
        (talk(ME, CALLED, RESULT, RESULT), "messages.[3].role", None, "must be a response"),
        (talk(ME, CALLED, RESULT, ME, RESULT), "messages.[4].role", None, "must be a response"),
        (
            talk(ME, {**CALLED, "tool_calls": [ASKED, {**ASKED, "id": "call_2"}]}, RESULT),
            "messages.[2].role", None, "messages: call_2",
        ),
        (talk(ME, CALLED, {"role": "tool", "content": "69"}), "messages[2].tool_call_id",
         "missing_required_parameter", "tool_call_id"),
        (talk(ME, {**CALLED, "tool_calls": []}), "messages.[1].content", None, "got null"),
        (talk(ME, {**CALLED, "content": "", "tool_calls": []}), "messages[1].tool_calls", "empty_array",
         "minimum length 1"),
        (talk(ME, {**CALLED, "tool_calls": [{**ASKED, "id": "x" * 41}]}), "messages[1].tool_calls[0].id",
         "string_above_max_length", "length 40"),
        (talk(ME, {**CALLED, "tool_calls": [{**ASKED, "function": {"name": "measure", "arguments": {}}}]}),
         "messages[1].tool_calls[0].function.arguments", "invalid_type", "expected a string, but got an object"),
        ({**PLAIN, "tools": []}, "tools", "empty_array", "empty array"),
        ({**PLAIN, "tools": [TOOL] * 129}, "tools", "array_above_max_length", "128"),
        ({**PLAIN, "tool_choice": "auto"}, "tool_choice", None, "when 'tools' are specified"),
        ({**PLAIN, "parallel_tool_calls": True}, "parallel_tool_calls", None, "when 'tools' are specified"),
        ({**PLAIN, "tools": [TOOL], "tool_choice": "must"}, "tool_choice", "invalid_value", "'required'"),
        ({**PLAIN, "tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "x"}}}, "tool_choice",
         None, "no such function"),
        ({**PLAIN, "tools": [{"type": "sql"}]}, "tools[0].type", "invalid_value", "'function'"),
        (with_tool(name="measure it"), "tools[0].function.name", "invalid_value", "^[a-zA-Z0-9_-]+$"),
        (with_tool(name="m" * 65), "tools[0].function.name", "string_above_max_length", "64"),
        (with_tool(description="x" * 1025), "tools[0].function.description", "string_above_max_length", "1024"),
        (with_tool(returns="text"), "tools[0].function.returns", "unknown_parameter", "returns"),
        (with_tool(strict="yes"), "tools[0].function.strict", "invalid_type", "a boolean"),
        ({**PLAIN, "response_format": {"type": "json_object"}}, "messages", None, "the word 'json'"),
    ],
)  # fmt: skip
def test_what_the_api_does_not_take_is_refused_in_its_words(
    body: Any, param: str | None, code: str | None, words: str
) -> None:
    with ScriptedModel([]) as model:
        status, _, text = post(model, body)
    error = json.loads(text)["error"]
    assert (status, error["type"], error["param"], error["code"]) == (400, "invalid_request_error", param, code)
    assert words in error["message"]
    assert (len(model.refusals), model.requests) == (1, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda it: it.pop("additionalProperties"),
            "'additionalProperties' is required to be supplied and to be false",
        ),
        (lambda it: it.update(additionalProperties=True), "In context=(), 'additionalProperties' is required"),
        (lambda it: it["required"].remove("by"), "Missing 'by'"),
        (lambda it: it["required"].append("size"), "Extra 'size'"),
        (lambda it: it.update(type="array"), "'type: \"array\"'"),
        (lambda it: it.update(anyOf=[]), "not have 'anyOf' at the top level"),
        (lambda it: it["properties"]["metric"].update(default="mrr"), "'default' is not permitted"),
        (lambda it: it["properties"].update(metric={"oneOf": []}), "'oneOf' is not permitted"),
        (
            lambda it: it["properties"].update(metric={}),
            "In context=('properties', 'metric'), schema must have a 'type'",
        ),
        (lambda it: it["properties"].update(metric={"type": "array"}), "array schema missing items"),
        (lambda it: it["properties"].update(metric={"type": "object"}), "('properties', 'metric'), 'additionalProp"),
        (lambda it: it["properties"].update(metric={"$ref": "#/$defs/x"}), "which was not found"),
        (lambda it: it["properties"]["by"]["items"].update(description="x"), "$ref cannot have keywords"),
        (lambda it: it["properties"]["metric"].update(enum=[str(one) for one in range(999)]), "1000 enum values"),
    ],
)
def test_strict_mode_takes_closed_schemas_alone(change: Callable[[dict[str, Any]], Any], words: str) -> None:
    """The same schemas pass without it, unless they are no object at all."""
    with ScriptedModel([say("Here.")]) as model:
        status, _, text = post(model, with_schema(change))
        error = json.loads(text)["error"]
        assert (status, error["param"], error["code"]) == (
            400, "tools[0].function.parameters", "invalid_function_parameters",
        )  # fmt: skip
        assert error["message"].startswith("Invalid schema for function 'measure': ")
        assert words in error["message"]
        lenient = with_schema(change)
        lenient["tools"][0]["function"]["strict"] = False
        unfit = any(one in words for one in ('array"', "Extra"))
        assert post(model, lenient)[0] == (400 if unfit else 200)


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/v1/chat/completions", {"Authorization": "Bearer sk-wrong"}, 401, "invalid_api_key"),
        ("/v1/chat/completions", {"Authorization": "Basic YTpi"}, 401, None),
        ("/v1/chat/completions", {"Content-Type": "text/plain"}, 400, None),
        ("/v1/completions", {}, 404, None),
        ("/chat/completions", {}, 404, None),
    ],
)
def test_a_wrong_key_kind_or_path_is_refused(path: str, headers: dict[str, str], status: int, code: str | None) -> None:
    with ScriptedModel([]) as model:
        found, _, text = post(model, PLAIN, path, **headers)
    assert (found, json.loads(text)["error"]["code"]) == (status, code)


def test_another_model_does_not_exist() -> None:
    with ScriptedModel([]) as model:
        status, _, text = post(model, {**PLAIN, "model": "gpt-none"})
    assert (status, json.loads(text)["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    "turn", [say("C’était « 4,6 % »."), decline(), together(say("So:"), call("a", {"x": [1]}), call("b", "{"))]
)
def test_a_stream_adds_up_to_the_reply_that_comes_whole(turn: Reply) -> None:
    """Chunks of one id, a finish reason in the last that has a choice, then the usage, then [DONE]."""
    with ScriptedModel([turn, turn]) as model:
        whole = json.loads(post(model, PLAIN)[2])
        streamed = {**PLAIN, "stream": True, "stream_options": {"include_usage": True}}
        _, headers, text = post(model, streamed)
    assert headers["content-type"].startswith("text/event-stream")
    events = text.strip().split("\n\n")
    assert events[-1] == "data: [DONE]"
    chunks = [json.loads(one.removeprefix("data: ")) for one in events[:-1]]
    assert len({one["id"] for one in chunks}) == 1
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], whole["usage"])
    assert {one["usage"] is None for one in chunks[:-1]} == {True}
    finishes = [one["choices"][0]["finish_reason"] for one in chunks[:-1]]
    assert (set(finishes[:-1]), finishes[-1]) == ({None}, whole["choices"][0]["finish_reason"])
    deltas = [one["choices"][0]["delta"] for one in chunks[:-1]]
    message = whole["choices"][0]["message"]
    for name in ("content", "refusal"):
        assert "".join(one.get(name) or "" for one in deltas) == (message[name] or "")
    calls = [one["function"]["arguments"] for one in message.get("tool_calls", ())]
    written = [""] * len(calls)
    for one in (part for delta in deltas for part in delta.get("tool_calls", ())):
        written[one["index"]] += one["function"]["arguments"]
    assert written == calls


def test_a_stream_counts_its_tokens_only_if_it_is_asked_to() -> None:
    with ScriptedModel([say("Here.")]) as model:
        assert "usage" not in post(model, {**PLAIN, "stream": True})[2]


def test_a_script_may_be_a_function_of_what_was_asked_and_seen() -> None:
    """A model that is wrong every second time is one line."""

    def half_wrong(asked: Asked) -> Turn:
        return say(f"{asked.results[-1]} for {asked.question}" if len(model.requests) % 2 else "70 of 630")

    with ScriptedModel(half_wrong) as model:
        said = [json.loads(post(model, talk(ME, CALLED, RESULT))[2])["choices"][0]["message"]["content"] for _ in "ab"]
    assert said == ["69 of 630 for Why?", "70 of 630"]


def test_asking_for_more_than_the_script_has_fails_the_test() -> None:
    model = ScriptedModel([say("x")])

    def ask_twice() -> None:
        with model:
            assert [post(model, PLAIN)[0] for _ in "ab"] == [200, 500]

    with pytest.raises(AssertionError, match="request 2 of a script of 1 turns"):
        ask_twice()


def test_a_script_that_fails_fails_the_test() -> None:
    model = ScriptedModel(lambda asked: {}["x"])

    def ask() -> None:
        with model:
            assert post(model, PLAIN)[0] == 500

    with pytest.raises(AssertionError, match="KeyError"):
        ask()
