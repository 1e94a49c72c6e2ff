"""Tools for a model whose endpoint takes none: it fills a form that is the schema of our tools and nothing else.

Small models on servers of one's own often come so (Ollama's "does not support tools", vLLM without a parser of calls,
llama.cpp without a template). Such servers hold a reply to a JSON schema while it is written, so that no call can be
malformed; what it asks for is checked like any other call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from threading import Event
from typing import Any

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from bot.engines.agent.prompts import prompts
from bot.engines.agent.schemas import Schema
from bot.engines.agent.tools import Tool
from bot.errors import ModelFailed

CALLS, ANSWER = "calls", "answer"
"""The two fields of the form."""


class StrictForm(AgentMiddleware[Any, Any, Any]):
    """Asks for calls as a form once the endpoint has refused tools; what is learned holds for later questions too."""

    def __init__(self, tools: Sequence[Tool], refused: Event) -> None:
        super().__init__()
        self._tools, self._refused = tools, refused

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        if not self._refused.is_set():
            try:
                return handler(request)
            except ModelFailed as error:
                if error.key != "model_without_tools":
                    raise
            self._refused.set()
        response = handler(self._as_form(request))
        return ModelResponse([_answered(one) for one in response.result], response.structured_response)

    def _as_form(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        form = {"name": "reply", "strict": True, "schema": form_of(self._tools)}
        instructions = request.system_message.text if request.system_message else ""
        return request.override(
            system_message=SystemMessage(f"{instructions}\n\n{prompts()['form'].filled(tools=told(self._tools))}"),
            messages=list(_plain(request.messages)),
            tools=[],
            model_settings={**request.model_settings, "response_format": {"type": "json_schema", "json_schema": form}},
        )


def form_of(tools: Sequence[Tool]) -> Schema:
    """The schema of a reply in OpenAI's strict subset: calls of tools, or an answer."""
    calls = [
        closed({"name": {"type": "string", "enum": [tool.name]}, "arguments": _strictly(tool.schema)}) for tool in tools
    ]
    return closed({CALLS: {"type": "array", "items": {"anyOf": calls}}, ANSWER: {"type": ["string", "null"]}})


def told(tools: Sequence[Tool]) -> str:
    """The tools in words: not every server shows a model the schema that its reply is held to."""
    lines = [f"{tool.name}({', '.join(tool.schema['properties'])}): {tool.told}" for tool in tools]
    meant = {
        f"{name}: {said}"
        for tool in tools
        for name, schema in tool.schema["properties"].items()
        if (said := _said(schema))
    }
    return "\n".join([*lines, "", "Arguments:", *sorted(meant)])


def _said(schema: Schema) -> str:
    """What an argument holds: its description, and the values it may have."""
    known = schema.get("enum") or schema.get("items", {}).get("enum", ())
    return " ".join(filter(None, (schema.get("description"), f"One of: {', '.join(known)}." if known else "")))


def _strictly(schema: Schema) -> Schema:
    """The schema with every property required, null standing for what is left out."""
    if schema["type"] == "array":
        return {**schema, "items": _strictly(schema["items"])}
    if schema["type"] != "object":
        return schema
    required = schema.get("required", ())
    properties = {name: _strictly(one) for name, one in schema["properties"].items()}
    return closed({name: one if name in required else _or_null(one) for name, one in properties.items()})


def _or_null(schema: Schema) -> Schema:
    values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **values, "type": [schema["type"], "null"]}


def closed(properties: Schema) -> Schema:
    """An object of these properties, all required, and no other."""
    return {
        "type": "object", "properties": dict(properties), "required": list(properties), "additionalProperties": False,
    }  # fmt: skip


# ------------------------------------------------------------ the conversation


def _plain(messages: Sequence[AnyMessage]) -> Iterator[AnyMessage]:
    """The conversation as one without tools has it: replies as forms, results as messages."""
    for results, some in groupby(messages, key=lambda one: isinstance(one, ToolMessage)):
        if results:
            yield HumanMessage("\n".join(["Results:", *(f"{one.name}: {one.text}" for one in some)]))
            continue
        for one in some:
            yield AIMessage(_filled(one)) if isinstance(one, AIMessage) else one


def _filled(message: AIMessage) -> str:
    calls = [{"name": one["name"], "arguments": one["args"]} for one in message.tool_calls]
    return json.dumps({CALLS: calls, ANSWER: None if calls else message.text}, ensure_ascii=False)


def _answered(message: BaseMessage) -> BaseMessage:
    """The prose of a form that calls nothing; any other message as it is."""
    try:
        form = json.loads(message.text)
    except ValueError:
        return message
    if not isinstance(form, dict) or form.get(CALLS) or not isinstance(form.get(ANSWER), str):
        return message
    return message.model_copy(update={"content": form[ANSWER]})
