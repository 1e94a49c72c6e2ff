"""Delivery over HTTP: each thing the app is told is a request to its address, signed with the secret they share."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.playground.workspace import Json, Refused

if TYPE_CHECKING:
    from bot.playground.sockets import Delivery

SIGNING_SECRET = "playground-signing-secret"  # noqa: S105  a local double has nothing to guard
FORM = "application/x-www-form-urlencoded"
MOST_OF_AN_ANSWER = 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    """How the app answered a request; `failed` is Slack's word for one that counts as not delivered, or empty."""

    status: int = 0
    body: str = ""
    kind: str = ""
    failed: str = ""
    final: bool = False
    """Whether the app asked for no retry."""

    @property
    def said(self) -> Json:
        """What an acknowledgement carries: a JSON object, or a text."""
        if self.kind != "application/json":
            return {"text": self.body} if self.body else {}
        try:
            said = json.loads(self.body)
        except json.JSONDecodeError:
            return {}
        return dict(said) if isinstance(said, Mapping) else {}


class Post:
    """Signs and sends; `url` is where the app said that it listens."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._session = ClientSession(timeout=ClientTimeout(total=seconds))

    async def verify(self) -> None:
        """Asks the address to say a challenge back, as Slack does before it takes one. Refused where it does not."""
        asked = {"token": "verification", "type": "url_verification", "challenge": hashlib.sha256().hexdigest()}
        reply = await self._sent(json.dumps(asked), "application/json", {})
        given = reply.said.get("challenge", reply.said.get("text"))
        if reply.failed or given != asked["challenge"]:
            raise Refused("url_not_verified", status=reply.status)

    async def send(self, delivery: Delivery, secret: str = SIGNING_SECRET, age: float = 0.0) -> Reply:
        """One delivery: events as JSON, a command as a form, an interaction as a form that holds JSON."""
        again: dict[str, str] = {}
        if delivery.attempt:
            again = {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}
        match delivery.kind:
            case "events_api":
                body, kind = json.dumps(delivery.payload), "application/json"
            case "slash_commands":
                body, kind = urlencode(delivery.payload), FORM
            case "interactive":
                body, kind = urlencode({"payload": json.dumps(delivery.payload)}), FORM
        return await self._sent(body, kind, again, secret, age)

    async def close(self) -> None:
        """Sends no more."""
        await self._session.close()

    async def _sent(
        self, body: str, kind: str, more: Mapping[str, str], secret: str = SIGNING_SECRET, age: float = 0.0
    ) -> Reply:
        # The app tells a request's age by its own clock, which is not moved ahead with the workspace's.
        headers = {
            "Content-Type": kind,
            "User-Agent": "Slackbot 1.0",
            **signed(body, secret, time.time() - age),
            **more,
        }
        try:
            async with self._session.post(
                self._url, data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                text = (await answer.content.read(MOST_OF_AN_ANSWER)).decode(errors="replace")
                failed = "" if answer.ok and answer.status < 300 else "http_error"
                final = answer.headers.get("X-Slack-No-Retry") == "1"
                return Reply(answer.status, text, answer.content_type, failed, final)
        except TimeoutError:
            return Reply(failed="http_timeout")
        except (ClientError, OSError):
            return Reply(failed="connection_failed")


def signed(body: str, secret: str, at: float) -> dict[str, str]:
    """The headers that show who sent a body, and when."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
