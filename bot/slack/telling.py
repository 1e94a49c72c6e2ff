"""What people see while the bot is at work: Slack's own status in the thread, with the stop button beside it; and where
that takes long, its steps as tasks.

A session says that there is work and can be stopped, and carries the title of the thread; the words beside it say what
is being done, once that takes long, and how long it has taken others. Where Slack shows no status, the message that
the answer will fill says so. None of it may cost an answer: each call is made once, and waits little.

Sources: docs.slack.dev/ai/agent-sessions, /reference/methods/agents.sessions.setStatus and assistant.threads.setStatus.
"""

from __future__ import annotations

import logging
import statistics
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.language import Language
from bot.progress import Stopped, heard_by
from bot.slack.heard import Heard
from bot.slack.limits import shortened
from bot.slack.reasons import UNREACHED, reason
from bot.slack.replies import Reply
from bot.slack.sparing import Spared, Sparing
from bot.slack.streams import Task

LOG = logging.getLogger(__name__)
AT_ONCE, LONG, PAUSE = 0.2, 2.0, 3.0
"""Seconds: before a status shows, before it says what is being done, and between two changes of it."""
RENEWED = 60.0
"""Seconds after which a status is set again: Slack takes it away after two minutes."""
LOADING = ("read", "measure", "check")
REMEMBERED, FEWEST = 20, 3
"""Durations that are kept of one kind of work, and those that tell how long it takes."""
WORTH_TELLING = 5
"""Seconds from which on an expected time is told, and to which it is rounded."""
LONGEST_TITLE = 80
"""Characters of a thread's title: a line of a list. Slack takes 200."""
LATER = ("ratelimited", "http_")
"""How Slack says that it sets no status just now, though it may the next time."""


class Teller:
    """Tells of all work in this process. `client` repeats nothing and waits little."""

    def __init__(self, client: WebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock, self._sparing = client, clock, Sparing(clock)
        self._past: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def of(
        self, heard: Heard, reply: Reply, language: Language, stopped: threading.Event, *, again: bool = False
    ) -> Telling:
        """The telling of one question, not begun yet; `again` says that an earlier try was cut off, whose session may
        still say that there is work."""
        return Telling(self, heard, reply, language, stopped, self._clock, shown=again)

    def usual(self, step: str) -> int | None:
        """Seconds that work with this step usually takes, where that is known and worth telling."""
        past = list(self._past[step])
        usual = statistics.median(past) if len(past) >= FEWEST else 0.0
        return WORTH_TELLING * round(usual / WORTH_TELLING) if usual >= WORTH_TELLING else None

    def learn(self, steps: Iterable[str], seconds: float) -> None:
        """How long work with these steps took in all."""
        for step in steps:
            self._past[step].append(seconds)

    def session(self, heard: Heard, status: str) -> bool:
        """Says in the thread that there is work, or no more; False where Slack knows no such thing there."""
        mine = {} if heard.kind in ("button", "shortcut") else {"initiator_user_id": heard.user}
        title = {"title": shortened(heard.text, LONGEST_TITLE)} if heard.text else {}
        return self._taken(
            self._client.agents_sessions_setStatus,
            channel_id=heard.channel, thread_ts=heard.thread, status=status, **title, **mine,
        )  # fmt: skip

    def words(self, heard: Heard, status: str, loading: Sequence[str] = ()) -> bool:
        """Shows words beside the thread, none where the status is empty; False where Slack shows none there."""
        return self._taken(
            self._client.assistant_threads_setStatus,
            channel_id=heard.channel, thread_ts=heard.thread, status=status, loading_messages=list(loading),
        )  # fmt: skip

    def _taken(self, method: Callable[..., Any], **arguments: Any) -> bool:
        try:
            self._sparing.call(method, **arguments)
        except SlackApiError as error:
            LOG.info("no status: %s", reason(error))
            return reason(error).startswith(LATER)
        except (Spared, *UNREACHED) as error:
            LOG.info("no status: %s", error)
        return True


class Telling:
    """One question's work as its asker sees it."""

    def __init__(
        self,
        teller: Teller,
        heard: Heard,
        reply: Reply,
        language: Language,
        stopped: threading.Event,
        clock: Callable[[], float],
        *,
        shown: bool = False,
    ) -> None:
        self._teller, self._heard, self._reply, self._language = teller, heard, reply, language
        self._stopped, self._clock = stopped, clock
        self._over = threading.Event()
        self._steps: list[str] = []
        self._said: dict[str, str] = {}
        """Step → the latest words of it."""
        self._shown = shown and self._in_thread
        self._in_words = False

    @contextmanager
    def told(self) -> Iterator[None]:
        """While the work goes on, it is told of. Raises Stopped where it was stopped."""
        began = self._clock()
        teller = threading.Thread(target=self._tell, name="teller", daemon=True)
        teller.start()
        try:
            with heard_by(self._hear):
                yield
        finally:
            self._over.set()
            teller.join()
        self._hear("", 0, 0)
        self._teller.learn(dict.fromkeys(self._steps), self._clock() - began)

    def close(self) -> None:
        """The answer is out, or will not come. A thread of direct messages gets its title also where it was quick."""
        if self._in_words:
            self._teller.words(self._heard, "")
        if self._shown or (self._in_thread and self._heard.kind == "direct"):
            self._teller.session(self._heard, "active")

    @property
    def _in_thread(self) -> bool:
        return bool(self._heard.thread) and not self._heard.response_url

    def _hear(self, step: str, done: int, many: int) -> None:
        if self._stopped.is_set():
            raise Stopped
        if step:
            self._said[step] = self._language.say(step, done=done, many=many)
            self._steps.append(step)

    def _tell(self) -> None:
        """Runs beside the work, so that the work never waits for Slack."""
        if self._over.wait(AT_ONCE):
            return
        self._shown = self._in_thread and self._teller.session(self._heard, "processing")
        loading = tuple(self._language.say(f"slack_loading_{one}") for one in LOADING)
        self._show(loading)
        shown, since, pause = loading, self._clock(), LONG
        while not self._over.wait(pause):
            pause = PAUSE
            if self._steps and self._reply.stream(self._tasks()):
                self._shown = self._in_words = False  # the message tells, and its end ends the session
                continue
            lines = self._lines() or loading
            if lines != shown or self._clock() - since > RENEWED:
                self._show(lines)
                shown, since = lines, self._clock()

    def _show(self, lines: Sequence[str]) -> None:
        if self._in_thread and self._teller.words(self._heard, self._language.say("slack_status"), lines):
            self._in_words = True
        elif not self._shown and (self._in_thread or self._steps):
            self._reply.note("\n".join(lines) if self._steps else self._language.say("slack_working"))

    def _tasks(self) -> list[Task]:
        """The steps so far; all but the latest are done."""
        latest = self._steps[-1]
        return [
            Task(step, words, done=step != latest, more=self._usual(step) if step == latest else "")
            for step, words in list(self._said.items())
        ]

    def _lines(self) -> tuple[str, ...]:
        """What is being done, and how long that usually takes."""
        if not self._steps:
            return ()
        latest = self._steps[-1]
        return tuple(filter(None, (self._said[latest], self._usual(latest))))

    def _usual(self, step: str) -> str:
        """How long work with this step usually takes, where that is worth telling."""
        usual = self._teller.usual(step)
        return self._language.say("slack_usually", n=usual) if usual else ""
