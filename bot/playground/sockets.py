"""Delivery to the app: Socket Mode's connections, envelopes, acknowledgements, retries; or requests to its address.

Each envelope goes to one connection. One that is not acknowledged in time is a failure; an
event is then sent again with its attempt number and reason, anything else is lost, as in Slack.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from bot.playground import limits
from bot.playground.posting import Post, Reply
from bot.playground.workspace import Json, Refused

PING_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the workspace waits, in seconds; Slack's own by default."""

    ack: float = limits.ACK_SECONDS
    retries: tuple[float, ...] = limits.RETRY_SECONDS


@dataclass(slots=True)
class Delivery:
    """One envelope on its way, and what became of it."""

    kind: Literal["events_api", "slash_commands", "interactive"]
    payload: Json
    attempt: int = 0
    reason: str = ""
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    connection: int | None = None
    acked_after: float | None = None
    response: Json | None = None
    state: Literal["sent", "acked", "failed"] = "sent"
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class Sockets:
    """The app's connections; `answered(delivery)` is called with each acknowledgement."""

    def __init__(self, pace: Pace, answered: Callable[[Delivery], None]) -> None:
        self.pace = pace
        self.deliveries: list[Delivery] = []
        self.stray: list[Json] = []
        self.post: Post | None = None
        """How the app is reached once it has said at which address; until then by its sockets."""
        self._answered = answered
        self._tickets: set[str] = set()
        self._open: dict[int, web.WebSocketResponse] = {}
        self._wires: dict[int, asyncio.Transport] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = 0

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    @property
    def reached(self) -> bool:
        """Whether there is a way to the app at all."""
        return self.post is not None or bool(self._open)

    def ticket(self) -> str:
        """What the URL of apps.connections.open carries; good for one connection."""
        if len(self._open) >= limits.CONNECTIONS:
            raise Refused("too_many_websockets")
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its ticket to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404, text="invalid or used ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._numbers += 1
        number = self._numbers
        self._open[number] = socket
        if request.transport is not None:
            self._wires[number] = request.transport
        hello = {"type": "hello", "num_connections": len(self._open), "connection_info": {"app_id": "A0APP"}}
        await socket.send_json(hello)
        beat = asyncio.get_running_loop().create_task(self._beat(socket))
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._hear(number, json.loads(frame.data))
        finally:
            beat.cancel()
            self._open.pop(number, None)
            self._wires.pop(number, None)
        return socket

    @staticmethod
    async def _beat(socket: web.WebSocketResponse) -> None:
        """Slack pings its sockets; a client that hears nothing waits long for its own end."""
        with contextlib.suppress(ConnectionError):
            while not socket.closed:
                await asyncio.sleep(PING_SECONDS)
                await socket.ping()

    def _hear(self, number: int, said: Json) -> None:
        for delivery in self.deliveries:
            if delivery.envelope_id == said.get("envelope_id") and delivery.connection == number:
                break
        else:
            self.stray.append(said)
            return
        if delivery.state != "sent":
            self.stray.append(said)
            return
        delivery.state = "acked"
        delivery.heard.set()
        delivery.response = said.get("payload")
        self._answered(delivery)

    def send(self, kind: Literal["events_api", "slash_commands", "interactive"], payload: Json) -> Delivery:
        """Sends an envelope to one connection, and again as Slack would."""
        return self._start(Delivery(kind, payload))

    def _start(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        task = asyncio.get_running_loop().create_task(self._carry(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def _carry(self, delivery: Delivery) -> None:
        loop = asyncio.get_running_loop()
        sent = loop.time()
        if self.post is not None:
            reply = await self.post.send(delivery)
            self._replied(delivery, reply)
            reason, final = reply.failed, reply.final
        else:
            reason, final = await self._enveloped(delivery), False
        if delivery.state == "acked":
            delivery.acked_after = loop.time() - sent
            return
        delivery.state = "failed"
        if delivery.kind == "events_api" and delivery.attempt < len(self.pace.retries) and not final:
            await asyncio.sleep(self.pace.retries[delivery.attempt])
            self._start(Delivery(delivery.kind, delivery.payload, delivery.attempt + 1, reason))

    def _replied(self, delivery: Delivery, reply: Reply) -> None:
        """The answer to a request is its acknowledgement, and the only one."""
        if not reply.failed:
            delivery.state, delivery.response = "acked", reply.said
            delivery.heard.set()
            self._answered(delivery)

    async def _enveloped(self, delivery: Delivery) -> str:
        """Sends an envelope and waits until it is acknowledged, or for as long as Slack does; why it was not, if so."""
        if self._open:
            delivery.connection = random.choice(list(self._open))  # noqa: S311  which socket is no secret
            envelope = {
                "envelope_id": delivery.envelope_id,
                "type": delivery.kind,
                "accepts_response_payload": delivery.kind != "events_api",
                "payload": delivery.payload,
            }
            if delivery.kind == "events_api":
                envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
            try:
                await self._open[delivery.connection].send_json(envelope)
            except (ConnectionError, RuntimeError):
                delivery.state = "failed"
        if delivery.state == "sent":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(delivery.heard.wait(), self.pace.ack)
        return "timeout" if delivery.connection is not None else "connection_failed"

    async def refresh(self) -> None:
        """Asks every connection to reconnect, as Slack does every few hours, then closes it."""
        for socket in list(self._open.values()):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            await socket.close()

    async def drop(self) -> None:
        """Cuts every connection without a word."""
        for wire in list(self._wires.values()):
            wire.abort()

    async def close(self) -> None:
        """Ends every delivery and connection."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for socket in list(self._open.values()):
            await socket.close()
        if self.post is not None:
            await self.post.close()


def event_payload(event: Json, *, team: str, app: str, bot_user: str, external: bool, now: float) -> Json:
    """The envelope's payload around one event."""
    authorization: dict[str, Any] = {
        "enterprise_id": None,
        "team_id": team,
        "user_id": bot_user,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "verification",
        "team_id": team,
        "context_team_id": team,
        "api_app_id": app,
        "type": "event_callback",
        "event": event,
        "event_id": f"Ev{uuid.uuid4().hex[:9].upper()}",
        "event_time": int(now),
        "authorizations": [authorization],
        "is_ext_shared_channel": external,
        "event_context": uuid.uuid4().hex,
    }
