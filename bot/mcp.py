"""An MCP server on standard input and output: other assistants call the bot's tools with the rights of one role.

The protocol is the official SDK's, which is asynchronous; each call is worked on in a thread.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from bot.documents import answer_document
from bot.errors import ForPerson
from bot.language import load
from bot.language.refused import said
from bot.service import Service
from bot.toolbox import METRICS, BadCall
from bot.types import Answer, Place, Question

LOG = logging.getLogger(__name__)
ABOUT = (
    "Churn and retention figures of one company, each with its definition and receipt, guidance from its playbook, and "
    "drafts that a person approves: nothing is sent. What cannot be told is said; do not fill it in. Quote figures as "
    "they are given, with their period and their caveats."
)
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
KEEPING = ("ask", "draft")
"""Tools after which something new may be kept: a draft that waits for a person, a segment under its name."""


class Desk:
    """One role's tools. `clock` tells the instant that a call is asked at, naive UTC."""

    def __init__(self, service: Service, role: str, clock: Callable[[], datetime]) -> None:
        self._service, self._clock = service, clock
        self._rights = service.rights_of(role, Place.DM)

    def tools(self) -> list[Tool]:
        """What may be called."""
        offers = self._service.toolbox.offers(self._rights, self._clock())
        return [
            Tool(
                name=one.name,
                description=one.purpose,
                input_schema=dict(one.schema),
                annotations=ADDS if one.name in KEEPING else READS,
            )
            for one in offers
        ]

    def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """What a call gives, in words and as a document; what is wrong with it is said to the assistant."""
        now = self._clock()
        try:
            if name == METRICS.name:
                metrics = self._service.toolbox.metrics(self._rights, now)
                return _result(json.dumps(metrics, ensure_ascii=False), {"metrics": metrics})
            question = Question("", now, self._rights, Place.DM, id=uuid.uuid4().hex)
            answer = self._service.toolbox.call(name, arguments, question)
        except ForPerson as error:
            return _result(said(load("en"), error.key, error.values), wrong=True)
        except BadCall as error:
            return _result(str(error), wrong=True)
        except Exception:
            LOG.exception("the call of %s failed", name)
            return _result(load("en").say("our_fault"), wrong=True)
        return _result(_told(answer), answer_document(answer))


def _told(answer: Answer) -> str:
    """An answer as text: what is said, the readings to choose from, and what it stands on."""
    choices = [f"{n}. {one.label}" for n, one in enumerate(answer.clarify.choices, 1)] if answer.clarify else []
    return "\n".join([answer.text, *choices, *answer.caveats])


def _result(text: str, document: dict[str, Any] | None = None, *, wrong: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)], structured_content=document, is_error=wrong)


def server_of(desk: Desk) -> Server[Any]:
    """The server that offers a desk's tools."""

    async def listed(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=await anyio.to_thread.run_sync(desk.tools))

    async def called(_: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        return await anyio.to_thread.run_sync(partial(desk.call, params.name, params.arguments or {}))

    return Server("mainstay", title="Mainstay", instructions=ABOUT, on_list_tools=listed, on_call_tool=called)


def serve(service: Service, role: str, clock: Callable[[], datetime]) -> None:
    """Answers on standard input and output until it is closed."""
    server = server_of(Desk(service, role, clock))

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
