"""Reads tool calls that a small model wrote as text: JSON in the content, in a fence, or in <tool_call> tags.

Only what names one of our tools is a call; its arguments are checked like those of any other call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import uuid4

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import tool_call

NAMES = ("name", "tool", "tool_name", "function", "action")
ARGUMENTS = ("arguments", "parameters", "args", "input", "action_input")
NESTED = ("tool_calls", "tool_call", "function", "calls")
THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
MOST_CALLS = 8
UNREADABLE = "unreadable"
"""Stands where the arguments should be, so that checking them says what is wrong."""


class LenientReader(AgentMiddleware[Any, Any, Any]):
    """Turns calls that were written as text, or whose JSON is broken, into calls."""

    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self._names = names

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        response = handler(request)
        return ModelResponse([self._read(one) for one in response.result], response.structured_response)

    def _read(self, message: BaseMessage) -> BaseMessage:
        if not isinstance(message, AIMessage) or message.tool_calls:
            return message
        found = [(one["name"] or "", _arguments(one["args"])) for one in message.invalid_tool_calls]
        found = found or list(written(message.text, self._names))
        if not found:
            return message
        calls = [tool_call(name=name, args=args, id=f"call_{uuid4().hex}") for name, args in found[:MOST_CALLS]]
        return message.model_copy(update={"content": "", "tool_calls": calls, "invalid_tool_calls": []})


def written(text: str, names: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The calls in a text, (name, arguments) each."""
    for found in objects(THOUGHT.sub("", text)):
        yield from _calls(found, names)


def prose_of(message: BaseMessage) -> str:
    """What a message says, without what a model wrote down while it thought."""
    return THOUGHT.sub("", message.text).strip()


def objects(text: str) -> Iterator[Any]:
    """Every JSON object or list of the text that is in no other."""
    decoder, at = json.JSONDecoder(), 0
    while (start := re.compile(r"[{\[]").search(text, at)) is not None:
        try:
            found, at = decoder.raw_decode(text, start.start())
        except ValueError:
            at = start.end()
        else:
            yield found


def _calls(found: Any, names: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, list):
        for one in found:
            yield from _calls(one, names)
    if not isinstance(found, Mapping):
        return
    name = next((found[key] for key in NAMES if isinstance(found.get(key), str)), None)
    if name in names:
        yield str(name), _arguments(next((found[key] for key in ARGUMENTS if key in found), {}))
        return
    for key in NESTED:
        yield from _calls(found.get(key), names)


def _arguments(given: Any) -> dict[str, Any]:
    """Arguments as an object, also where they are the text of one."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return {UNREADABLE: given}
    return dict(given) if isinstance(given, Mapping) else {UNREADABLE: given}
