"""Long work shown as tasks, in a message that streams and that the answer then fills.

Slack begins some twenty streams a minute, ends each after about five minutes, and lets no message be changed while it
streams. So only what takes long is streamed, it is ended before Slack does, and always before the answer goes in. Each
task is named by its question: what a process that died has begun, or a call whose answer was lost, is found again.

Sources: docs.slack.dev/reference/methods/chat.startStream, chat.appendStream and chat.stopStream; the five minutes:
slackapi/python-slack-sdk issue 1859.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.heard import Heard
from bot.slack.reach import hurried
from bot.slack.reasons import UNREACHED, reason
from bot.slack.sparing import SPARED_SECONDS, Spared, Sparing

LOG = logging.getLogger(__name__)
LONGEST = 240.0
"""Seconds after which a stream is ended: Slack would, a minute later, and show the message as broken."""
OVER = ("message_not_in_streaming_state", "stopped_by_user", "message_not_found")
"""How Slack says that there is nothing to end."""


@dataclass(frozen=True, slots=True)
class Task:
    """A step of the work as its asker sees it; `more` is a sentence beside it."""

    name: str
    title: str
    done: bool
    more: str = ""


class Streams:
    """Begins streams, as long as Slack takes any."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self.client, self.clock, self.sparing = hurried(client, SPARED_SECONDS), clock, Sparing(clock)

    def of(self, heard: Heard) -> Stream:
        """The stream of one question, not begun yet."""
        return Stream(self, heard)


class Stream:
    """One message of tasks. `ts` is empty until it is there."""

    def __init__(self, streams: Streams, heard: Heard) -> None:
        self._streams, self._heard = streams, heard
        self.ts = ""
        self.lost = False
        """Whether it may have begun without our knowing where."""
        self._over = False
        self._since = 0.0
        self._shown: dict[str, Mapping[str, Any]] = {}

    def show(self, tasks: Sequence[Task]) -> bool:
        """Shows the tasks; False where it does not go on, so that something else has to tell."""
        if self._over or self.lost:
            return False
        chunks = {one.name: self._chunk(one) for one in tasks}
        new = [chunk for name, chunk in chunks.items() if self._shown.get(name) != chunk]
        try:
            if not self.ts:
                self._begin(new)
            elif self._streams.clock() - self._since > LONGEST:
                self._over = True
                self._call("chat_stopStream", ts=self.ts)
            elif new:
                self._call("chat_appendStream", ts=self.ts, chunks=new)
            self._shown |= chunks
        except Spared:
            self._over = not self.ts
        except SlackApiError as error:
            LOG.info("no stream: %s", reason(error))
            self._over = True
            self.lost = not self.ts and reason(error).startswith("http_")
        except UNREACHED as error:
            LOG.info("no stream: %s", error)
            self._over = True
            self.lost = not self.ts
        return not self._over

    def left_in(self, messages: Iterator[Mapping[str, Any]]) -> str:
        """The ts of a message that was begun for this question; empty where there is none."""
        for message in messages:
            cards = [block for block in message.get("blocks") or () if block.get("type") == "task_card"]
            if any(str(card.get("task_id")).startswith(self._prefix) for card in cards):
                return str(message["ts"])
        return ""

    def _begin(self, chunks: Sequence[Mapping[str, Any]]) -> None:
        heard = self._heard
        begun = self._call(
            "chat_startStream", thread_ts=heard.thread, recipient_user_id=heard.user, recipient_team_id=heard.team,
            chunks=chunks,
        )  # fmt: skip
        self.ts, self._since = str(begun["ts"]), self._streams.clock()

    def _call(self, name: str, **arguments: Any) -> Any:
        method = getattr(self._streams.client, name)
        return self._streams.sparing.call(method, channel=self._heard.channel, **arguments)

    @property
    def _prefix(self) -> str:
        return f"{self._heard.key}/"

    def _chunk(self, task: Task) -> dict[str, Any]:
        status = "complete" if task.done else "in_progress"
        more = {"details": task.more} if task.more else {}
        return {
            "type": "task_update",
            "id": f"{self._prefix}{task.name}",
            "title": task.title,
            "status": status,
            **more,
        }
