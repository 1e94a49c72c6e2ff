"""Bolt: what Slack sends is kept, acknowledged at once, and handed to workers of our own.

Bolt's own threads never wait for an answer, so that an acknowledgement never does either.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot import errors
from bot.slack import heard
from bot.slack.clock import Clock
from bot.slack.commands import load_commands
from bot.slack.conversation import Conversation, utc
from bot.slack.counter import Counter
from bot.slack.decisions import Decisions
from bot.slack.files import Files
from bot.slack.finals import Finals
from bot.slack.heard import Heard
from bot.slack.homes import Homes
from bot.slack.manifest import COMMAND, SHORTCUT
from bot.slack.marks import Marks
from bot.slack.people import People
from bot.slack.ports import Service, TryFile
from bot.slack.replies import Replies, reason
from bot.slack.shelves import Records
from bot.slack.turnstile import Turnstile
from bot.slack.watch import Watch
from bot.types import USUAL_RATE, Rate

LOG = logging.getLogger(__name__)
CUT_OFF = (
    "Failed to process a message",
    "Failed to run a request listener: Failed to send a message as the connection is no longer active",
)
"""How the SDK begins to report a message that it cannot read, or cannot acknowledge."""
MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What reading a payload fails with that lacks something, or has something else in its place."""
WORKERS = 8
SWEEP_SECONDS = 5.0
LISTENERS = 16
TIMEOUT_SECONDS = 20
WRONG_TOKEN = ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type")


def open_bot(
    service: Service,
    records: Records,
    *,
    bot_token: str,
    app_token: str,
    try_file: TryFile,
    api_url: str | None = None,
    language: str = "en",
    rate: Rate = USUAL_RATE,
    clock: Callable[[], datetime] = utc,
) -> SlackBot:
    """The Slack app, not yet connected.

    `try_file` reads files that people share with the bot; `api_url` is another Slack than the real one;
    `language` the company's; `rate` how fast people may ask; `clock` tells this instant, naive UTC.

    BadWorkspace when Slack does not know the bot token, Unavailable when it does not answer.
    """
    client, app_client = (_client(token, api_url) for token in (bot_token, app_token))
    try:
        me = client.auth_test()
    except SlackApiError as error:
        if reason(error) in WRONG_TOKEN:
            raise errors.BadWorkspace("slack_wrong_token", name="SLACK_BOT_TOKEN") from error
        raise errors.Unavailable("slack_not_reached") from error
    except OSError as error:
        raise errors.Unavailable("slack_not_reached") from error
    app = App(
        client=client,
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
    )
    people = People(client, me["team_id"])
    counter = Counter(service, people, client, language)
    marks, decisions = Marks(service, people, client), Decisions(service, people, client)
    replies = Replies(client)
    summaries = Clock(service, records, people, replies)
    homes = Homes(service, people, client, language)
    watch = Watch(service, records, people, replies, clock)
    finals = Finals(service, records, people, client, replies, me["team_id"], clock)
    conversation = Conversation(
        service,
        records,
        people,
        replies,
        load_commands(),
        Files(client, service.document_kinds),
        try_file,
        Turnstile(records, rate, clock),
        default=language,
        clock=clock,
    )
    socket = SocketModeHandler(app, app_token, web_client=app_client)
    desk = Desk(conversation, counter, marks, decisions, summaries, watch, finals, homes, me["user_id"])
    return SlackBot(app, socket, desk)


def _client(token: str, api_url: str | None) -> WebClient:
    """A client that waits when it is told to, and repeats nothing that may have happened."""
    return WebClient(
        token=token,
        base_url=f"{(api_url or WebClient.BASE_URL).rstrip('/')}/",
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)],
    )


class Desk:
    """Takes in what was heard: keeps it, and hands it to a worker."""

    def __init__(
        self,
        conversation: Conversation,
        counter: Counter,
        marks: Marks,
        decisions: Decisions,
        summaries: Clock,
        watch: Watch,
        finals: Finals,
        homes: Homes,
        bot_user: str,
    ) -> None:
        self._conversation = conversation
        self._counter = counter
        self._marks = marks
        self._decisions = decisions
        self._summaries = summaries
        self._watch = watch
        self._finals = finals
        self._homes = homes
        self._bot_user = bot_user
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="answer")
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def open(self) -> None:
        """Takes up what an earlier process accepted and left unanswered, now and from time to time, and what is due."""
        self._sweeper.start()
        self._summaries.open()

    def message(self, body: Mapping[str, Any]) -> None:
        """A message or a mention, if it is for the bot."""
        self._take(heard.message(body, self._bot_user, self._conversation.joined))

    def command(self, body: Mapping[str, Any]) -> None:
        """A slash command."""
        self._take(heard.command(body))

    def shortcut(self, body: Mapping[str, Any]) -> None:
        """Somebody's message, to be taken as a question."""
        self._take(heard.shortcut(body, self._bot_user))

    def changed(self, body: Mapping[str, Any]) -> None:
        """A person who is no longer as they were."""
        self._conversation.changed(body["event"]["user"]["id"])

    def pressed(self, body: Mapping[str, Any]) -> None:
        """A pressed button: a question, a receipt to be shown, a mark, a promise, or a decision on a draft."""
        desks = (self._marks, self._decisions, self._finals, self._counter)
        if not any(desk.pressed(body) for desk in desks) and not self._homes.pressed(body, self._take):
            self._take(heard.pressed(body))

    def submitted(self, body: Mapping[str, Any]) -> None:
        """A form that was filled in: why an answer was no good, or what is decided on a draft."""
        if not self._decisions.submitted(body):
            self._marks.submitted(body)

    def opened(self, body: Mapping[str, Any]) -> None:
        """The app was opened: its Home, or above the messages questions to start from, for who may ask any."""
        event = body["event"]
        if event.get("tab") == "messages":
            self._workers.submit(self._conversation.suggest, event["user"], event["channel"])
        elif event.get("tab") == "home":
            self._homes.opened(event["user"], event["channel"])

    def close(self) -> None:
        """Lets the answers that are being written go out; the others wait in the inbox."""
        self._closing.set()
        self._summaries.close()
        self._counter.close()
        self._marks.close()
        self._decisions.close()
        self._finals.close()
        self._homes.close()
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _take(self, what: Heard | None) -> None:
        if what is not None and self._conversation.accept(what):
            self._give(what)

    def _give(self, what: Heard) -> None:
        self._workers.submit(self._watch.judge if what.kind == "alert" else self._conversation.answer, what)

    def _sweep(self) -> None:
        while not self._closing.is_set():
            try:
                for what in (*self._conversation.left_over(), *self._watch.due()):
                    self._give(what)
                self._finals.sweep()
            except Exception:
                LOG.exception("the inbox could not be swept")
            self._closing.wait(SWEEP_SECONDS)


class SlackBot:
    """The app and its connection. `start` blocks until the process ends; `connect` does not."""

    def __init__(self, app: App, handler: SocketModeHandler, desk: Desk) -> None:
        self._handler = handler
        self._desk = desk
        listen(app, desk)

    def start(self) -> None:
        """Connects and serves until the process is told to end."""
        self._desk.open()
        try:
            self._connected(self._handler.start)
        finally:
            self.close()

    def connect(self) -> None:
        """Connects and returns."""
        self._desk.open()
        self._connected(self._handler.connect)

    def close(self) -> None:
        """Disconnects, then lets the answers in the making go out."""
        # A message cut off by the closing connection was not acknowledged and comes again: no fault to report.
        self._handler.client.logger.addFilter(lambda told: not str(told.msg).startswith(CUT_OFF))
        self._handler.close()  # type: ignore[no-untyped-call]  # Bolt does not type it
        self._desk.close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @staticmethod
    def _connected(connect: Callable[[], Any]) -> None:
        try:
            connect()
        except SlackApiError as error:
            if reason(error) in WRONG_TOKEN:
                raise errors.BadWorkspace("slack_wrong_token", name="SLACK_APP_TOKEN") from error
            raise errors.Unavailable("slack_not_reached") from error
        except OSError as error:
            raise errors.Unavailable("slack_not_reached") from error


def listen(app: App, desk: Desk) -> None:
    """What the app listens to. A middleware keeps each event before Bolt acknowledges it."""

    def keep(body: dict[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  Bolt's name
        take_in(desk, body)
        return next()

    def acknowledge(ack: Callable[[], BoltResponse]) -> None:
        ack()

    app.middleware(keep)
    app.event(re.compile(r".*"))(acknowledge)
    app.command(COMMAND)(acknowledge)
    app.shortcut(SHORTCUT)(acknowledge)
    app.action(re.compile(r".*"))(acknowledge)
    app.view(re.compile(r".*"))(acknowledge)


def take_in(desk: Desk, body: Mapping[str, Any]) -> None:
    """Hands a payload to whom it is for. One that cannot be read is dropped: it would be no better for coming again."""
    try:
        _handed(desk, body)
    except MALFORMED:
        LOG.exception("a payload was dropped that is not as Slack says")


def _handed(desk: Desk, body: Mapping[str, Any]) -> None:
    event = body.get("event", {}).get("type")
    if event in ("message", "app_mention"):
        desk.message(body)
    elif event == "app_home_opened":
        desk.opened(body)
    elif event == "user_change":
        desk.changed(body)
    elif body.get("command"):
        desk.command(body)
    elif body.get("type") == "block_actions":
        desk.pressed(body)
    elif body.get("type") == "message_action" and body.get("callback_id") == SHORTCUT:
        desk.shortcut(body)
    elif body.get("type") == "view_submission":
        desk.submitted(body)
