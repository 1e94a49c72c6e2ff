"""What the chat completions of OpenAI's API refuse, and in which words.

Taken from its reference (platform.openai.com/docs/api-reference/chat/create), its guide to strict schemas
(platform.openai.com/docs/guides/structured-outputs#supported-schemas), and refusals that users of it have reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

NUMBER, WHOLE, TRUTH, TEXT, OBJECT, ARRAY = "a decimal", "an integer", "a boolean", "a string", "an object", "an array"
KINDS = {
    "messages": ARRAY, "model": TEXT, "temperature": NUMBER, "top_p": NUMBER, "presence_penalty": NUMBER,
    "frequency_penalty": NUMBER, "max_tokens": WHOLE, "max_completion_tokens": WHOLE, "n": WHOLE, "seed": WHOLE,
    "top_logprobs": WHOLE, "stream": TRUTH, "store": TRUTH, "logprobs": TRUTH, "parallel_tool_calls": TRUTH,
    "user": TEXT, "reasoning_effort": TEXT, "verbosity": TEXT, "service_tier": TEXT, "safety_identifier": TEXT,
    "prompt_cache_key": TEXT, "tools": ARRAY, "tool_choice": "a string or an object", "response_format": OBJECT,
    "stream_options": OBJECT, "metadata": OBJECT, "logit_bias": OBJECT, "prediction": OBJECT,
    "stop": "a string or an array",
}  # fmt: skip
"""Parameter → what it has to be; no other parameter is known."""
BOUNDS = {"temperature": (0, 2), "top_p": (0, 1), "presence_penalty": (-2, 2), "frequency_penalty": (-2, 2)}
ROLES = ("system", "assistant", "user", "function", "tool", "developer")
FIELDS = {
    "system": {"role", "content", "name"}, "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "tool_calls", "refusal", "audio", "function_call"},
    "tool": {"role", "content", "tool_call_id"}, "function": {"role", "content", "name"},
}  # fmt: skip
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]+")
LONGEST_NAME, LONGEST_DESCRIPTION, MOST_TOOLS, LONGEST_CALL_ID = 64, 1024, 128, 40
UNSUPPORTED = {
    "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "patternProperties",
    "default",
}  # fmt: skip
"""Keywords of JSON Schema that strict mode does not permit."""
MOST_PROPERTIES, MOST_ENUM_VALUES, DEEPEST = 5000, 1000, 10


class Refusal(Exception):
    """A status of 400, with what the API says."""

    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


def check(body: Any, *, reasoning: bool = False) -> None:
    """Raise Refusal for the first thing the API would not take; `reasoning` as its newest models do."""
    if not isinstance(body, dict):
        raise Refusal("We could not parse the JSON body of your request.")
    for name in ("model", "messages"):
        if name not in body:
            raise Refusal(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    for name, value in body.items():
        _parameter(name, value)
    _messages(body["messages"])
    _tools(body)
    _format(body)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise Refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise Refusal("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
    if reasoning:
        _reasoning(body)


def _parameter(name: str, value: Any) -> None:
    if name not in KINDS:
        raise Refusal(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    if value is None:
        if name in {"messages", "model", "tools", "tool_choice", "response_format"}:
            _wrong_kind(name, KINDS[name], value)
        return
    _kind(name, KINDS[name], value)
    low, high = BOUNDS.get(name, (float("-inf"), float("inf")))
    if name in BOUNDS and value < low:
        message = f"Invalid '{name}': decimal below minimum value. Expected a value >= {low}, but got {value} instead."
        raise Refusal(message, name, "decimal_below_min_value")
    if name in BOUNDS and value > high:
        message = f"Invalid '{name}': decimal above maximum value. Expected a value <= {high}, but got {value} instead."
        raise Refusal(message, name, "decimal_above_max_value")
    if name in {"max_tokens", "max_completion_tokens", "n"} and value < 1:
        message = f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead."
        raise Refusal(message, name, "integer_below_min_value")
    if name == "reasoning_effort":
        _one_of(value, EFFORTS, name)


def _messages(messages: list[Any]) -> None:
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array."
        raise Refusal(message, "messages", "empty_array")
    open_calls: list[str] = []
    called_at = 0
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        _kind(where, OBJECT, message)
        if "role" not in message:
            raise Refusal(f"Missing required parameter: '{where}.role'.", f"{where}.role", "missing_required_parameter")
        role = message["role"]
        _one_of(role, ROLES, f"{where}.role")
        for name in message:
            if name not in FIELDS[role]:
                raise Refusal(f"Unknown parameter: '{where}.{name}'.", f"{where}.{name}", "unknown_parameter")
        _content(where, role, message)
        if role == "tool":
            if message["tool_call_id"] not in open_calls:
                raise Refusal(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                    "'tool_calls'.",
                    f"messages.[{number}].role",
                )
            open_calls.remove(message["tool_call_id"])
            continue
        _answered(open_calls, called_at)
        if message.get("tool_calls") is not None:
            open_calls, called_at = _calls(where, message["tool_calls"]), number
    _answered(open_calls, called_at)


def _answered(open_calls: list[str], called_at: int) -> None:
    if open_calls:
        raise Refusal(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            "'tool_call_id'. The following tool_call_ids did not have response messages: " + ", ".join(open_calls),
            f"messages.[{called_at + 1}].role",
        )


def _content(where: str, role: str, message: Mapping[str, Any]) -> None:
    content = message.get("content")
    if role == "tool":
        if "tool_call_id" not in message:
            at = f"{where}.tool_call_id"
            raise Refusal(f"Missing required parameter: '{at}'.", at, "missing_required_parameter")
        _kind(f"{where}.tool_call_id", TEXT, message["tool_call_id"])
    if content is None:
        if role == "assistant" and (message.get("tool_calls") or message.get("refusal")):
            return
        raise Refusal(
            "Invalid value for 'content': expected a string, got null.", f"{where.replace('[', '.[')}.content"
        )
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        kinds = "one of a string or array of objects"
        _wrong_kind(f"{where}.content", kinds, content)
    allowed = ("text", "refusal") if role == "assistant" else ("text", "image_url", "input_audio", "file")
    for number, part in enumerate(content):
        at = f"{where}.content[{number}]"
        _kind(at, OBJECT, part)
        _one_of(part.get("type"), allowed if role in {"assistant", "user"} else ("text",), f"{at}.type")
        if part["type"] == "text":
            _kind(f"{at}.text", TEXT, part.get("text"))


def _calls(where: str, calls: Any) -> list[str]:
    _kind(f"{where}.tool_calls", ARRAY, calls)
    if not calls:
        raise Refusal(
            f"Invalid '{where}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty "
            "array instead.",
            f"{where}.tool_calls",
            "empty_array",
        )
    ids = []
    for number, one in enumerate(calls):
        at = f"{where}.tool_calls[{number}]"
        _kind(at, OBJECT, one)
        _one_of(one.get("type"), ("function",), f"{at}.type")
        _kind(f"{at}.id", TEXT, one.get("id"))
        if len(one["id"]) > LONGEST_CALL_ID:
            _too_long(f"{at}.id", LONGEST_CALL_ID, one["id"])
        _kind(f"{at}.function", OBJECT, one.get("function"))
        _tool_name(f"{at}.function.name", one["function"].get("name"))
        _kind(f"{at}.function.arguments", TEXT, one["function"].get("arguments"))
        ids.append(one["id"])
    return ids


def _tools(body: Mapping[str, Any]) -> None:
    tools = body.get("tools")
    if tools is None:
        for name in ("tool_choice", "parallel_tool_calls"):
            if body.get(name) is not None:
                message = f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                raise Refusal(message, name)
        return
    if not tools:
        message = "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array."
        raise Refusal(message, "tools", "empty_array")
    if len(tools) > MOST_TOOLS:
        message = f"Invalid 'tools': array too long. Expected an array with maximum length {MOST_TOOLS}."
        raise Refusal(message, "tools", "array_above_max_length")
    for number, tool in enumerate(tools):
        _tool(f"tools[{number}]", tool)
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        _one_of(choice, ("none", "auto", "required"), "tool_choice")
    elif choice is not None:
        _one_of(choice.get("type"), ("function", "allowed_tools"), "tool_choice.type")
        if choice["type"] == "function" and choice.get("function", {}).get("name") not in names(body):
            raise Refusal("Invalid value for 'tool_choice': no such function in 'tools'.", "tool_choice")


def names(body: Mapping[str, Any]) -> list[str]:
    """The names of the tools a request offers."""
    return [tool["function"]["name"] for tool in body.get("tools") or ()]


def _tool(at: str, tool: Any) -> None:
    _kind(at, OBJECT, tool)
    _one_of(tool.get("type"), ("function",), f"{at}.type")
    _known_keys(at, tool, {"type", "function"})
    function = tool.get("function")
    _kind(f"{at}.function", OBJECT, function)
    _known_keys(f"{at}.function", function, {"name", "description", "parameters", "strict"})
    _tool_name(f"{at}.function.name", function.get("name"))
    if (description := function.get("description")) is not None:
        _kind(f"{at}.function.description", TEXT, description)
        if len(description) > LONGEST_DESCRIPTION:
            _too_long(f"{at}.function.description", LONGEST_DESCRIPTION, description)
    if function.get("strict") is not None:
        _kind(f"{at}.function.strict", TRUTH, function["strict"])
    parameters = function.get("parameters")
    if parameters is None:
        return
    param = f"{at}.function.parameters"
    _kind(param, OBJECT, parameters)
    fault = next(schema_faults(parameters, strict=bool(function.get("strict"))), None)
    if fault:
        message = f"Invalid schema for function '{function['name']}': {fault}"
        raise Refusal(message, param, "invalid_function_parameters")


def _format(body: Mapping[str, Any]) -> None:
    wanted = body.get("response_format")
    if wanted is None:
        return
    _one_of(wanted.get("type"), ("json_object", "json_schema", "text"), "response_format.type")
    if wanted["type"] == "json_object" and "json" not in str(body["messages"]).lower():
        raise Refusal(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            "messages",
        )
    if wanted["type"] != "json_schema":
        return
    at = "response_format.json_schema"
    _kind(at, OBJECT, wanted.get("json_schema"))
    named = wanted["json_schema"]
    _known_keys(at, named, {"name", "description", "schema", "strict"})
    _tool_name(f"{at}.name", named.get("name"))
    fault = next(schema_faults(named.get("schema", {}), strict=bool(named.get("strict"))), None)
    if fault:
        message = f"Invalid schema for response_format '{named['name']}': {fault}"
        raise Refusal(message, "response_format")


def schema_faults(schema: Mapping[str, Any], *, strict: bool) -> Iterator[str]:
    """What the API says of a schema of arguments, the first fault first."""
    if schema.get("type") != "object":
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema.get('type')}\"'."
    if strict and "anyOf" in schema:
        yield "schema must have type 'object' and not have 'anyOf' at the top level."
    if not strict:
        yield from _unknown_required(schema)
        return
    every = list(_walk(schema, ()))
    for place, one in every:
        yield from _strict_faults(place, one, schema)
    if sum(len(one.get("properties", ())) for _, one in every) > MOST_PROPERTIES:
        yield f"schema has more than {MOST_PROPERTIES} object properties."
    if sum(len(one.get("enum", ())) for _, one in every) > MOST_ENUM_VALUES:
        yield f"schema has more than {MOST_ENUM_VALUES} enum values."
    if any(sum(part == "properties" for part in place) > DEEPEST for place, _ in every):
        yield f"schema is nested more than {DEEPEST} levels deep."


def _strict_faults(place: tuple[str, ...], one: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[str]:
    context = f"In context=({', '.join(map(repr, place))}{',' if len(place) == 1 else ''}),"
    for keyword in sorted(UNSUPPORTED & set(one)):
        yield f"{context} '{keyword}' is not permitted."
    if "$ref" in one:
        if len(one) > 1:
            yield f"{context} $ref cannot have keywords {set(one) - {'$ref'}}."
        if one["$ref"].removeprefix("#/$defs/") not in root.get("$defs", {}) and one["$ref"] != "#":
            yield f"{context} reference to component '{one['$ref']}' which was not found in the schema."
        return
    if not {"type", "anyOf", "enum", "const"} & set(one):
        yield f"{context} schema must have a 'type' key."
    kinds = one.get("type", ())
    if kinds == "array" and "items" not in one:
        yield f"{context} array schema missing items."
    if kinds == "object" or "object" in kinds:
        if one.get("additionalProperties") is not False:
            yield f"{context} 'additionalProperties' is required to be supplied and to be false."
        properties, required = set(one.get("properties", ())), set(one.get("required", ()))
        for name in sorted(properties - required):
            yield (
                f"{context} 'required' is required to be supplied and to be an array including every key in "
                f"properties. Missing '{name}'."
            )
        for name in sorted(required - properties):
            yield f"{context} 'required' must be an array that includes every key in `properties`. Extra '{name}'."


def _unknown_required(schema: Mapping[str, Any]) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in schema.get("properties", {}):
            yield f"In context=(), 'required' names '{name}', which is no property."


def _walk(schema: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every schema within a schema, with its place."""
    yield place, schema
    for group in ("properties", "$defs"):
        for name, one in schema.get(group, {}).items():
            yield from _walk(one, (*place, group, name))
    if isinstance(schema.get("items"), dict):
        yield from _walk(schema["items"], (*place, "items"))
    for number, one in enumerate(schema.get("anyOf", ())):
        yield from _walk(one, (*place, "anyOf", str(number)))


def _reasoning(body: Mapping[str, Any]) -> None:
    """What models that reason refuse besides."""
    model = body["model"]
    if body.get("temperature") not in {None, 1}:
        message = (
            f"Unsupported value: 'temperature' does not support {body['temperature']} with this model. "
            "Only the default (1) value is supported."
        )
        raise Refusal(message, "temperature", "unsupported_value")
    if body.get("max_tokens") is not None:
        message = (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        )
        raise Refusal(message, "max_tokens", "unsupported_parameter")
    if body.get("tools") and body.get("reasoning_effort") != "none":
        raise Refusal(
            f"Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use "
            "function tools, use /v1/responses or set reasoning_effort to 'none'.",
            "reasoning_effort",
        )


def _tool_name(at: str, name: Any) -> None:
    if name is None:
        raise Refusal(f"Missing required parameter: '{at}'.", at, "missing_required_parameter")
    _kind(at, TEXT, name)
    if not TOOL_NAME.fullmatch(name):
        message = (
            f"Invalid '{at}': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'."
        )
        raise Refusal(message, at, "invalid_value")
    if len(name) > LONGEST_NAME:
        _too_long(at, LONGEST_NAME, name)


def _known_keys(at: str, value: Mapping[str, Any], known: set[str]) -> None:
    for name in value:
        if name not in known:
            raise Refusal(f"Unknown parameter: '{at}.{name}'.", f"{at}.{name}", "unknown_parameter")


def _one_of(value: Any, allowed: tuple[str, ...], at: str) -> None:
    if value not in allowed:
        listed = ", ".join(f"'{one}'" for one in allowed)
        raise Refusal(f"Invalid value: '{value}'. Supported values are: {listed}.", at, "invalid_value")


def _too_long(at: str, longest: int, value: str) -> None:
    message = (
        f"Invalid '{at}': string too long. Expected a string with maximum length {longest}, but got a string with "
        f"length {len(value)} instead."
    )
    raise Refusal(message, at, "string_above_max_length")


def _kind(at: str, kind: str, value: Any) -> None:
    truth = isinstance(value, bool)
    fits = {
        NUMBER: isinstance(value, int | float) and not truth,
        WHOLE: isinstance(value, int) and not truth,
        TRUTH: truth,
        TEXT: isinstance(value, str),
        OBJECT: isinstance(value, dict),
        ARRAY: isinstance(value, list),
        "a string or an object": isinstance(value, str | dict),
        "a string or an array": isinstance(value, str | list),
    }
    if not fits[kind]:
        _wrong_kind(at, kind, value)


def _wrong_kind(at: str, kind: str, value: Any) -> None:
    was = {dict: OBJECT, list: ARRAY, str: TEXT, bool: TRUTH, int: WHOLE, float: NUMBER, type(None): "null"}[
        type(value)
    ]
    raise Refusal(f"Invalid type for '{at}': expected {kind}, but got {was} instead.", at, "invalid_type")
