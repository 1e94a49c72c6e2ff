"""One message a question, and never two.

A visible answer is posted once: after an unclear failure, and where an earlier try was cut off, the thread is searched
for the question's key in the message metadata before anything is posted again. Where no status can say that there is
work, a message does that the answer then fills; it is changed by updates, which may be repeated at will. An ephemeral
answer is given at most once more, and only where Slack said it did not take the first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.slack.heard import Heard
from bot.slack.limits import Message
from bot.slack.reasons import UNREACHED, reason
from bot.slack.streams import OVER, Streams, Task
from bot.types import Picture

LOG = logging.getLogger(__name__)
METADATA = "mainstay_answer"
PAUSES = (0.5, 2.0, 8.0)
"""Seconds before each further try of a call that failed outside our reach."""
NOT_TAKEN = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
USES = 5
"""What a response URL takes: a note that work has begun, the answer, plainer where it has to be, and what follows."""
PAGE = 200
"""Messages of a channel that are looked through at a time."""
CLOCKS_APART = timedelta(hours=1)
"""How far our clock may be from Slack's."""


class Reply(Protocol):
    """Where one question's answer goes."""

    def begin(self, text: str, again: bool) -> bool:
        """Gets ready to answer, and says so where no status can; False when an answer may have been given before and
        may not be again.

        `again` says that an earlier try was cut off.
        """
        ...

    def note(self, text: str) -> None:
        """Says how far the work has come, in the message that the answer will fill; never raises."""
        ...

    def stream(self, tasks: Sequence[Task]) -> bool:
        """Shows the work as tasks in that message; False where it cannot, or no longer. Never raises."""
        ...

    @property
    def root(self) -> str:
        """The message under which a conversation goes on, once it has begun; empty where nothing can stand under it."""
        ...

    def finish(self, message: Message) -> str:
        """Gives the answer; returns the ts of its message, empty for an ephemeral one."""
        ...

    def picture(self, picture: Picture) -> None:
        """Puts a picture under the answer, where a file can stand there."""
        ...

    def decline(self, text: str) -> None:
        """Tells the asker, and nobody else where that can be, why there is no answer."""
        ...


class Replies:
    """Makes the reply that fits a question."""

    def __init__(self, client: WebClient, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._streams = Streams(client)

    def to(self, heard: Heard, *, again: bool = False) -> Reply:
        """A message in the thread, or an ephemeral one to a command and its buttons; `again` as for `post`."""
        if heard.response_url:
            return Whispered(heard, self._sleep)
        return Posted(heard, self._client, self._sleep, self._streams, again=again)

    def post(self, heard: Heard, message: Message, since: datetime | None = None, *, again: bool) -> str:
        """Posts what nobody waits for, with no note before it, once; returns its ts.

        `again` says that an earlier try was cut off: what it may have posted is looked for first, in its thread, or
        without one among the messages of its channel from `since` on, naive UTC.
        """
        return Posted(heard, self._client, self._sleep, self._streams, since=since, again=again).finish(message)

    def suggest(self, channel: str, prompts: Iterable[tuple[str, str]]) -> None:
        """Sets the suggested prompts, as (title, message), of a direct conversation."""
        self._client.assistant_threads_setSuggestedPrompts(
            channel_id=channel, prompts=[{"title": title, "message": text} for title, text in prompts]
        )


class Posted:
    """A message in a thread that everyone there reads."""

    def __init__(
        self,
        heard: Heard,
        client: WebClient,
        sleep: Callable[[float], None],
        streams: Streams,
        *,
        since: datetime | None = None,
        again: bool = False,
    ) -> None:
        self._heard = heard
        self._client = client
        self._sleep = sleep
        self._stream = streams.of(heard)
        self._since = since
        self._ts = ""
        self._noted = ""
        """The message, where it holds a note of ours and no answer."""
        self._tried = again

    def begin(self, text: str, again: bool) -> bool:
        """Finds the message of an earlier try; without a thread, places the one that the answer will fill."""
        self._tried = again
        if not self._heard.thread:
            self._ts = self._noted = self._post(text, part=0)
        elif again:
            self._ts = self._found(self._marks(0), self._heard.thread)
            self._stream.lost = not self._ts
        return True

    def note(self, text: str) -> None:
        """Places that message, or changes it; one of an earlier try may be the answer, and stays as it is."""
        try:
            if not self._ts:
                self._ts = self._noted = self._post(text, part=0)
            elif self._ts == self._noted:
                self._client.chat_update(channel=self._heard.channel, ts=self._ts, text=text)
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("how far the work has come was not told: %s", error)

    def stream(self, tasks: Sequence[Task]) -> bool:
        """Not where there is a message already: only one can be the answer's."""
        return bool(self._heard.thread) and not self._ts and self._stream.show(tasks)

    @property
    def root(self) -> str:
        """The thread's first message, or this one where it begins the thread."""
        return self._heard.thread or self._ts

    def finish(self, message: Message) -> str:
        """Fills the placed message; with fewer blocks, or none, where Slack does not take them."""
        self._end_stream()
        *ways, plain = message.ways()
        for way in ways:
            try:
                self._update(way)
                break
            except SlackApiError as error:
                if reason(error) not in NOT_TAKEN:
                    raise
                LOG.warning("blocks not taken (%s), the answer goes out plainer", reason(error))
        else:
            self._update(plain)
        for number, text in enumerate(message.rest, start=1):
            self._post(text, part=number)
        return self._ts

    def picture(self, picture: Picture) -> None:
        """Uploads it into the thread of the answer, once."""
        if self._tried and self._carried(picture.name):
            return
        self._client.files_upload_v2(
            channel=self._heard.channel,
            thread_ts=self.root,
            filename=picture.name,
            title=picture.title,
            alt_txt=picture.alt,
            content=picture.png,
        )

    def decline(self, text: str) -> None:
        """An ephemeral note in channels; in a direct message, a message."""
        heard = self._heard
        if heard.kind in ("direct", "file"):
            self._ts = self._post(text, part=0)
            if self._tried:  # that may be what an earlier try said
                self._update(Message(text))
            return
        active = heard.kind in ("follow_up", "button", "alone") or heard.thread != heard.ts
        self._again(
            lambda: self._client.chat_postEphemeral(
                channel=heard.channel, user=heard.user, text=text, thread_ts=heard.thread if active else None
            )
        )

    # --- calls ---------------------------------------------------------------------------------

    def _end_stream(self) -> None:
        """The message that streams, or was left streaming, is the one to fill: Slack changes none before it ends."""
        if self._stream.lost:
            self._stream.ts = self._stream.left_in(self._beside(self._heard.thread))
        if self._ts or not self._stream.ts:
            return
        self._ts = self._stream.ts
        stop = partial(self._client.chat_stopStream, channel=self._heard.channel, ts=self._ts, session_status="active")
        try:
            self._again(stop)
        except SlackApiError as error:
            if reason(error) not in OVER:
                raise

    def _update(self, message: Message) -> None:
        blocks = list(message.blocks)
        if not self._ts:
            self._ts = self._post(message.text, part=0, blocks=blocks)
            return
        try:
            self._again(
                lambda: self._client.chat_update(
                    channel=self._heard.channel,
                    ts=self._ts,
                    text=message.text,
                    blocks=blocks,
                    metadata={"event_type": METADATA, "event_payload": self._marks(0)},
                )
            )
        except SlackApiError as error:
            if reason(error) != "message_not_found":
                raise
            self._ts = self._post(message.text, part=0, blocks=blocks, ignoring=self._ts)

    def _post(self, text: str, part: int, blocks: list[dict[str, Any]] | None = None, ignoring: str = "") -> str:
        """Posts one part of the answer once, however often the network fails."""
        marks = self._marks(part)
        thread = self._heard.thread or (self._ts if part else "")
        if self._tried:
            found = self._found(marks, thread, ignoring)
            if found:
                return found
        for pause in (*PAUSES, None):
            try:
                posted = self._client.chat_postMessage(
                    channel=self._heard.channel,
                    thread_ts=thread or None,
                    text=text,
                    blocks=blocks,
                    metadata={"event_type": METADATA, "event_payload": marks},
                    unfurl_links=False,
                    unfurl_media=False,
                )
                return str(posted["ts"])
            except SlackApiError as error:
                if pause is None or not reason(error).startswith("http_5"):
                    raise
            except UNREACHED:
                if pause is None:
                    raise
            self._sleep(pause)
            found = self._found(marks, thread, ignoring)
            if found:
                return found
        raise AssertionError("the last try returns or raises")

    def _marks(self, part: int) -> dict[str, Any]:
        """What names one part of the answer."""
        return {"key": self._heard.key, "part": part}

    def _found(self, marks: dict[str, Any], thread: str, ignoring: str = "") -> str:
        """The ts of this part, where an earlier try did land."""
        for message in self._beside(thread):
            metadata = message.get("metadata") or {}
            ours = metadata.get("event_type") == METADATA and metadata.get("event_payload") == marks
            if ours and message["ts"] != ignoring:
                return str(message["ts"])
        return ""

    def _carried(self, name: str) -> bool:
        """Whether a file of this name stands under the answer already."""
        after = (one for one in self._beside(self.root) if float(one["ts"]) > float(self._ts))
        return any(file.get("name") == name for one in after for file in one.get("files", ()))

    def _beside(self, thread: str) -> Iterator[dict[str, Any]]:
        """The messages among which this one would stand: those of its thread; or those of its channel, the latest page
        where it is not known since when."""
        where: dict[str, Any] = {"channel": self._heard.channel, "include_all_metadata": True}
        if thread:
            found = self._again(lambda: self._client.conversations_replies(ts=thread, limit=1000, **where))
            yield from found["messages"]
            return
        since = self._since
        oldest = {"oldest": str((since - CLOCKS_APART).replace(tzinfo=UTC).timestamp())} if since else {}
        cursor = ""
        while True:
            asked = {**where, **oldest, "cursor": cursor, "limit": PAGE}
            page = self._again(partial(self._client.conversations_history, **asked))
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not (cursor and since):
                return

    def _again(self, call: Callable[[], Any]) -> Any:
        """A call that may be repeated, tried until it is answered."""
        for pause in PAUSES:
            try:
                return call()
            except SlackApiError as error:
                if not reason(error).startswith("http_5"):
                    raise
            except UNREACHED:
                LOG.warning("Slack was not reached, trying again")
            self._sleep(pause)
        return call()


class Whispered:
    """An ephemeral message through a response URL, which takes five within half an hour."""

    def __init__(self, heard: Heard, sleep: Callable[[float], None]) -> None:
        self._hook = WebhookClient(heard.response_url)
        self._sleep = sleep

    def begin(self, text: str, again: bool) -> bool:
        """A note that costs one use; a lost one is not worth another try."""
        if again:
            return False
        try:
            self._hook.send_dict({"response_type": "ephemeral", "text": text})
        except UNREACHED:
            LOG.warning("the note that work has begun did not go out")
        return True

    def note(self, text: str) -> None:
        """Nothing: each costs a use of the address."""

    def stream(self, _: Sequence[Task]) -> bool:
        """Nothing of an ephemeral message streams."""
        return False

    @property
    def root(self) -> str:
        """Nothing stands under an ephemeral message."""
        return ""

    def finish(self, message: Message) -> str:
        """Gives the answer; with fewer blocks, or none, where Slack does not take them."""
        left = USES - 1
        for way in message.ways():
            left -= 1
            if self._send(way):
                break
        for text in message.rest[:left]:
            self._send(Message(text))
        return ""

    def picture(self, picture: Picture) -> None:
        """A file cannot be for one person's eyes in a channel: the table has to do."""

    def decline(self, text: str) -> None:
        """The same way as an answer."""
        self._send(Message(text))

    def _send(self, message: Message) -> bool:
        body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False, "text": message.text}
        if message.blocks:
            body["blocks"] = list(message.blocks)
        for _ in PAUSES:
            answer = self._hook.send_dict(body)
            if answer.status_code != 429:
                break
            self._sleep(float(answer.headers.get("Retry-After", 1)))
        if answer.status_code != 200:
            LOG.warning("a response URL refused the answer: %s %s", answer.status_code, answer.body[:200])
        return answer.status_code == 200
