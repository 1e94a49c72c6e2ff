"""Bolt: what Slack sends is kept, acknowledged at once, and handed to workers of our own.

Bolt's own threads never wait for an answer, so that an acknowledgement never does either.
"""

from __future__ import annotations

import logging
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot import errors
from bot.language import load
from bot.slack.blocks import said_of
from bot.slack.claims import Claims
from bot.slack.clock import Clock
from bot.slack.commands import load_commands
from bot.slack.conversation import Conversation, utc
from bot.slack.counter import Counter
from bot.slack.decisions import Decisions
from bot.slack.desk import Desk
from bot.slack.desks import ACK_SECONDS, Desks, Furnished, One, Several
from bot.slack.files import Files
from bot.slack.finals import Finals
from bot.slack.gauges import Gauges, RateLimited, Uncounted, pausing
from bot.slack.homes import Homes
from bot.slack.installations import ByTeam, Installations, Kept
from bot.slack.keeping import Keeping
from bot.slack.listener import Listener
from bot.slack.making import Making
from bot.slack.manifest import COMMAND, SHORTCUT
from bot.slack.marks import Marks
from bot.slack.modals import Modals
from bot.slack.people import People
from bot.slack.ports import Draw, Service, TryFile
from bot.slack.reach import hurried, known, repeating
from bot.slack.replies import Replies
from bot.slack.shelves import Records
from bot.slack.sparing import SPARED_SECONDS
from bot.slack.steps import Steps
from bot.slack.stops import Stops
from bot.slack.telling import Teller
from bot.slack.transports import Requests, SocketMode, Transport
from bot.slack.turnstile import Turnstile
from bot.slack.unserved import unserved
from bot.slack.watch import Watch
from bot.slack.workbench import Workbench
from bot.types import USUAL_RATE, Rate

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

LOG = logging.getLogger(__name__)
MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What reading a payload fails with that lacks something, or has something else in its place."""
LISTENERS = 16
PAGE_SECONDS = 3
"""How long the page of an installation waits for the desk that is being made."""
UNCOUNTED = Uncounted()
TIMEOUT_SECONDS = 20
MOST_WAITS = 40
"""How often a call waits as long as Slack asks: a channel takes one message a second, and a restart may owe many."""


def open_bot(
    service: Service,
    records: Records,
    *,
    bot_token: str,
    try_file: TryFile,
    app_token: str | None = None,
    signing_secret: str = "",
    listen: tuple[str, int] = ("127.0.0.1", 0),
    paths: Mapping[str, WSGIApplication] | None = None,
    draw: Draw | None = None,
    api_url: str | None = None,
    language: str = "en",
    rate: Rate = USUAL_RATE,
    clock: Callable[[], datetime] = utc,
    gauges: Gauges = UNCOUNTED,
) -> SlackBot:
    """The Slack app, not yet connected: by Socket Mode with an app token, else by requests to `listen` (host, port).

    `signing_secret` is what those requests are signed with, `paths` what else is served there, in Socket Mode too;
    `try_file` takes files that people share with the bot, `draw` makes pictures of answers; `api_url` is another Slack
    than the real one; `language` the company's; `rate` how fast people may ask; `clock` tells this instant, naive UTC;
    `gauges` count the work.

    BadWorkspace when Slack does not know the bot token, Unavailable when it does not answer.
    """
    client = client_of(bot_token, api_url, gauges)
    me = known(client)
    desk = desk_of(
        me, Furnished(service, records, language, rate, try_file), client, draw=draw, clock=clock, gauges=gauges,
    )  # fmt: skip
    mine = AuthorizeResult.from_auth_test_response(bot_token=bot_token, auth_test_response=me)
    app = App(
        client=client_of(None, api_url),
        signing_secret=signing_secret,
        authorize=ByTeam(lambda _: mine),  # said to Bolt, which else looks for an app of OAuth in the environment
        listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack"),
    )
    transport: Transport = (
        SocketMode(app, app_token, repeating(client_of(app_token, api_url)), Listener(listen, paths) if paths else None)
        if app_token
        else Requests(app, listen, paths or {})
    )
    return SlackBot(app, transport, One(desk), gauges)


def open_bots(
    kept: Kept,
    furnish: Callable[[str], Furnished],
    *,
    client_id: str,
    client_secret: str,
    signing_secret: str,
    listen: tuple[str, int],
    draw: Draw | None = None,
    api_url: str | None = None,
    paths: Mapping[str, WSGIApplication] | None = None,
    clock: Callable[[], datetime] = utc,
    gauges: Gauges = UNCOUNTED,
) -> SlackBot:
    """The Slack app of several workspaces, by requests to `listen`, where admins also install it; else as `open_bot`.

    `kept` holds the installations; `furnish` takes a team's id and gives what its desk works with, and raises
    BadWorkspace for a team without settings.
    """
    client = client_of(None, api_url, gauges)
    installations = Installations(kept, client_id, client_secret, client)

    def make(team: str, own: WebClient) -> Desk:
        me = known(own)  # for a team whose token is no good nothing is opened
        return desk_of(me, furnish(team), own, draw=draw, clock=clock, gauges=gauges)

    desks = Several(installations, make, client)
    executor = ThreadPoolExecutor(LISTENERS, thread_name_prefix="slack")

    def installed(team: str) -> str:
        words = load("en")
        try:
            executor.submit(desks.of, team).result(PAGE_SECONDS)
        except TimeoutError:
            LOG.info("the desk of %s takes its time", team)
        except errors.ForPerson as refusal:
            return words.say("slack_installed_only", why=said_of(refusal, words))
        return words.say("slack_installed")

    flow = installations.flow(installed)
    app = App(
        client=client,
        signing_secret=signing_secret,
        authorize=ByTeam(installations.of),
        oauth_flow=flow,
        listener_executor=executor,
    )
    return SlackBot(app, Requests(app, listen, paths or {}, flow), desks, gauges)


def desk_of(
    me: SlackResponse,
    has: Furnished,
    client: WebClient,
    *,
    draw: Draw | None,
    clock: Callable[[], datetime],
    gauges: Gauges,
) -> Desk:
    """The desk of the workspace whose token the client has; `me` is what Slack says of that token."""
    service, records, language = has.service, has.records, has.language
    people = People(client, me["team_id"])
    counter = Counter(service, people, client, language)
    claims, replies = Claims(records.inbox, clock), Replies(client, pausing(gauges))
    modals = Modals(service, people, client)
    workbench = Workbench(service, people, modals, client, language)
    making = Making(service, records, claims, people, modals, replies, client, clock)
    marks, decisions = Marks(service, people, client), Decisions(service, people, client, workbench.decided)
    summaries = Clock(service, records, people, replies)
    homes = Homes(service, people, client, language)
    watch = Watch(service, records, people, replies, clock)
    finals = Finals(service, records, people, client, replies, me["team_id"], clock)
    stops = Stops(records.inbox, clock)
    conversation = Conversation(
        service,
        records,
        claims,
        people,
        replies,
        Teller(hurried(client, SPARED_SECONDS)),
        stops,
        load_commands(),
        Files(client, service.document_kinds),
        has.try_file,
        Turnstile(records, has.rate, clock),
        default=language,
        draw=draw,
        clock=clock,
        gauges=gauges,
    )
    steps = Steps(service, records.inbox, client, language, clock)
    keeping = Keeping(records, service.sets, clock)
    return Desk(
        claims,
        conversation,
        stops,
        steps,
        counter,
        marks,
        decisions,
        workbench,
        making,
        summaries,
        watch,
        finals,
        homes,
        keeping,
        me["user_id"],
    )


def client_of(token: str | None, api_url: str | None, gauges: Gauges = UNCOUNTED) -> WebClient:
    """A client that waits when it is told to, and repeats nothing that may have happened."""
    return WebClient(
        token=token,
        base_url=f"{(api_url or WebClient.BASE_URL).rstrip('/')}/",
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[RateLimited(MOST_WAITS, gauges)],
    )


def ids_of(address: str, bot_token: str, api_url: str | None = None) -> list[str]:
    """The ids of whoever has this e-mail address in Slack; none where Slack does not know it, or does not answer."""
    return People(client_of(bot_token, api_url), "").named(address)


class SlackBot:
    """The app and its way in. `start` blocks until the process is told to end; `connect` does not."""

    def __init__(self, app: App, transport: Transport, desks: Desks, gauges: Gauges = UNCOUNTED) -> None:
        self.transport = transport
        self._desks = desks
        listen(app, desks, gauges)

    def working(self) -> bool:
        """Whether what looks for work to do is still at it."""
        return self._desks.working()

    def start(self, ready: Callable[[], None]) -> None:
        """Connects, says so by `ready`, and serves until the process is told to end, by Ctrl-C or SIGTERM."""
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.default_int_handler)  # also where the shell that started it ignores them
        with suppress(KeyboardInterrupt), self:
            ready()
            threading.Event().wait()

    def connect(self) -> None:
        """Connects and returns."""
        self._desks.open()
        try:
            self.transport.open()
        except BaseException:
            self._desks.close()
            raise

    def close(self) -> None:
        """Takes in no more, then lets the answers in the making go out."""
        self.transport.close()
        self._desks.close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def listen(app: App, desks: Desks, gauges: Gauges) -> None:
    """What the app listens to. A middleware keeps each event before Bolt acknowledges it."""

    def keep(body: dict[str, Any], context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:  # noqa: A002  Bolt's name
        began = time.perf_counter()
        team = context.team_id or ""
        if desks.heard(team, body):
            return BoltResponse(status=200)
        try:
            desk = desks.of(team, ACK_SECONDS)
        except errors.BadWorkspace as refusal:
            return unserved(context, body, refusal)
        take_in(desk, body)
        response = next()
        gauges.acknowledged(time.perf_counter() - began)
        return response

    def acknowledge(ack: Callable[[], BoltResponse]) -> None:
        ack()

    def acknowledge_form(ack: Callable[..., BoltResponse], body: dict[str, Any], context: BoltContext) -> None:
        ack(**desks.of(context.team_id or "").in_place(body))

    app.middleware(keep)
    app.event(re.compile(r".*"))(acknowledge)
    app.command(COMMAND)(acknowledge)
    app.shortcut(SHORTCUT)(acknowledge)
    app.action(re.compile(r".*"))(acknowledge)
    app.view(re.compile(r".*"))(acknowledge_form)


def take_in(desk: Desk, body: Mapping[str, Any]) -> None:
    """Hands a payload to whom it is for. One that cannot be read is dropped: it would be no better for coming again."""
    events = {
        "message": desk.message,
        "app_mention": desk.message,
        "app_home_opened": desk.opened,
        "user_change": desk.changed,
        "agent_session_stopped": desk.stopped,
        "function_executed": desk.executed,
    }
    interactions = {
        "block_actions": desk.pressed,
        "message_action": desk.shortcut,
        "view_submission": desk.submitted,
    }
    try:
        event = body.get("event", {}).get("type")
        take = desk.command if body.get("command") else events.get(event) or interactions.get(str(body.get("type")))
        if take is not None:
            take(body)
    except MALFORMED:
        LOG.exception("a payload was dropped that is not as Slack says")
