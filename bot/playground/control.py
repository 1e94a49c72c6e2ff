"""`Slack`: starts the workspace in a thread of its own, and acts for its people.

with Slack(manifest) as slack:
    ana = slack.person("Ana")
    town = slack.channel("retention", members=[ana])
    slack.mention(ana, town, "what was churn last month?")
    answer = slack.wait_for(lambda: slack.messages(town, by_app=True))
"""

from __future__ import annotations

import asyncio
import copy
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from bot.playground.acts import Acts, path_of
from bot.playground.oauth import CLIENT_ID, CLIENT_SECRET
from bot.playground.page import Opening, Page
from bot.playground.posting import SIGNING_SECRET, Post, Reply
from bot.playground.server import APP_TOKEN, BOT_TOKEN, Call, Server, Trouble, Weather
from bot.playground.sockets import Delivery, Pace, Sockets
from bot.playground.workspace import Clock, Ephemeral, Json, Kind, Person, Refused, Workspace

T = TypeVar("T")


class Slack:
    """One local Slack with one app installed from `manifest`.

    `pace` shortens its patience for tests, `weather` lets some of the app's calls fail.
    """

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(
        self, manifest: Mapping[str, Any], pace: Pace | None = None, port: int = 0, weather: Weather | None = None
    ) -> None:
        subscribed = frozenset(manifest["settings"]["event_subscriptions"]["bot_events"])
        self.clock = Clock()
        self.space = Workspace(manifest, self.clock)
        self._sockets = Sockets(pace or Pace(), self._answered, self.clock.now)
        self._acts = Acts(self.space, self._sockets, subscribed)
        self.space.tell = self._acts.tell
        self._teams = {self.space.team: self._acts}
        self._manifest = manifest
        self._page = Page(self._acts)
        self._server = Server(self.space, self._sockets, self._page, weather or Weather())
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="playground", daemon=True)

    # --- life ----------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread.start()
        self._await(self._server.start(self._port))
        self.space.url = self.url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._await(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    @property
    def url(self) -> str:
        """The address of the workspace's server."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def api_url(self) -> str:
        """Where a client finds the Web API."""
        return f"{self.url}/api/"

    def _await(self, job: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(timeout=10)

    def _do(self, job: Callable[[], T]) -> T:
        """Runs a piece of work where the workspace lives."""

        async def run() -> T:
            result = job()
            self._page.changed()
            return result

        result: T = self._await(run())
        return result

    def _answered(self, delivery: Delivery) -> None:
        team = delivery.payload.get("team_id") or delivery.payload["team"]["id"]
        self._teams[team].answered(delivery)
        self._page.changed()

    # --- people and places ------------------------------------------------------------------------

    def person(
        self,
        name: str,
        *,
        locale: str = "en-US",
        email: str = "",
        email_confirmed: bool = True,
        guest: Literal["", "multi", "single"] = "",
        stranger: bool = False,
        bot: bool = False,
        deleted: bool = False,
        title: str = "",
        zone: str = "Etc/UTC",
        groups: Iterable[str] = (),
    ) -> str:
        """Adds a person; returns their id."""

        def add() -> str:
            team = "T0OUTSIDE" if stranger else self.space.team
            person = Person(
                self.space.fresh("U"),
                name,
                team,
                locale,
                email,
                email_confirmed,
                guest,
                stranger,
                bot,
                deleted,
                title,
                zone,
            )
            for group in groups:
                self.space.groups.setdefault(group, set()).add(person.id)
            return self.space.add_person(person).id

        return self._do(add)

    def change(self, person: str, **fields: Any) -> None:
        """Changes what the workspace knows of a person, such as `deleted=True`, and tells the app of it."""

        def edit() -> None:
            for name, value in fields.items():
                setattr(self.space.people[person], name, value)
            self._acts.changed(person)

        self._do(edit)

    def channel(
        self,
        name: str,
        kind: Kind = "public",
        members: Iterable[str] = (),
        *,
        joined: bool = True,
        external: bool = False,
    ) -> str:
        """Adds a channel, with the app in it unless `joined` is False; returns its id."""
        inside = {*members, self.space.bot_user} if joined else set(members)
        return self._do(lambda: self.space.add_channel(name, kind, inside, external).id)

    def direct(self, person: str) -> str:
        """The id of a person's direct conversation with the app."""
        return self._do(lambda: self.space.direct(person).id)

    def another(self, team: str, name: str) -> Slack:
        """Another workspace of the same Slack; the app has yet to be installed in it."""
        other = copy.copy(self)
        number = len(self._teams)
        other.space = Workspace(self._manifest, self.clock, team, name, number)
        other.space.url = self.url
        acts = Acts(other.space, self._sockets, self._acts.subscribed)
        other.space.tell = acts.tell
        other.__dict__["_acts"] = acts

        def add() -> None:
            self._teams[team] = acts
            self._server.spaces.append(other.space)

        self._do(add)
        return other

    def allow(self, person: str, authorize_url: str, seconds: int | None = None) -> str:
        """A person presses Allow where the app sent them; the code for the app, whose token holds so many seconds.

        Refused where the app is another one, or asks for scopes that its manifest does not name.
        """
        asked = parse_qs(urlsplit(authorize_url).query)
        if asked.get("client_id") != [CLIENT_ID]:
            raise Refused("invalid_client_id")
        if not {one for names in asked.get("scope", ()) for one in names.split(",")} <= self.space.scopes:
            raise Refused("invalid_scope")

        def give() -> str:
            self._server.tokens.rotating = seconds
            return self._server.tokens.allow(self.space, person)

        return self._do(give)

    def uninstall(self, event: Literal["app_uninstalled", "tokens_revoked"] = "app_uninstalled") -> None:
        """An admin removes the app from the workspace, or its tokens; the app hears of it."""

        def remove() -> None:
            self._server.tokens.revoke(self.space)
            told: Json = {"type": event}
            if event == "tokens_revoked":
                told["tokens"] = {"oauth": [], "bot": [self.space.bot_user]}
            self._acts.tell(event, told, None)

        self._do(remove)

    def request_url(self, url: str) -> None:
        """From now on the app is told over HTTP at this address; Refused where nothing there says a challenge back."""

        async def change() -> None:
            post = Post(url, self._sockets.pace.ack)
            try:
                await post.verify()
            except Refused:
                await post.close()
                raise
            before, self._sockets.post = self._sockets.post, post
            if before is not None:
                await before.close()

        self._await(change())

    # --- acting for people -------------------------------------------------------------------------

    def post(self, person: str, channel: str, text: str, thread: str | None = None) -> str:
        """Posts as a person; returns the message's ts."""
        ts: str = self._do(lambda: self.space.say(self.space.channels[channel], person, text, thread))["ts"]
        return ts

    def mention(self, person: str, channel: str, text: str, thread: str | None = None) -> str:
        """Posts to the app by its name; returns the message's ts."""
        return self.post(person, channel, f"<@{self.space.bot_user}> {text}", thread)

    def tell(self, person: str, text: str, thread: str | None = None) -> str:
        """Writes to the app in a direct message."""
        return self.post(person, self.direct(person), text, thread)

    def edit(self, person: str, channel: str, ts: str, text: str) -> None:
        """Changes the words of a person's own message."""
        self._do(lambda: self.space.edit(self.space.channels[channel], ts, {"text": text}, person))

    def delete(self, person: str, channel: str, ts: str) -> None:
        """Takes a person's own message away."""
        self._do(lambda: self.space.delete(self.space.channels[channel], ts, person))

    def expel(self, channel: str) -> None:
        """Removes the app from a channel."""
        self._do(lambda: self.space.channels[channel].members.discard(self.space.bot_user))

    def share(self, person: str, channel: str, name: str, data: bytes, text: str = "") -> str:
        """Shares a file as a person; returns the ts of its message."""
        ts: str = self._do(lambda: self.space.share(self.space.channels[channel], person, name, data, text))["ts"]
        return ts

    def command(self, person: str, channel: str, line: str) -> Delivery:
        """Types a slash command, `/name text`."""
        return self._do(lambda: self._acts.command(person, channel, line))

    def shortcut(self, person: str, channel: str, ts: str, callback: str) -> Delivery:
        """Chooses a message shortcut of the app on the message with this ts."""
        return self._do(lambda: self._acts.shortcut(person, channel, ts, callback))

    def press(self, person: str, message: Mapping[str, Any], label: str, channel: str) -> Delivery:
        """Presses the button with this label on a message, also an ephemeral one."""
        path = path_of(message, label)
        return self._do(lambda: self._acts.press(person, message, path, {}, channel))

    def stop(self, person: str, channel: str, thread: str) -> None:
        """Presses the stop button beside a thread."""
        self._do(lambda: self._acts.stop(person, channel, thread))

    def run_step(self, callback: str, **inputs: Any) -> str:
        """Lets a workflow come to a step of the app's; returns the id of the run."""
        return self._do(lambda: self._acts.run_step(callback, inputs))

    def run_of(self, id: str) -> Json:
        """What became of a run: its state, and its outputs or its error."""
        return self._do(lambda: copy.deepcopy(self.space.executions[id]))

    def press_in_view(self, person: str, view: Mapping[str, Any], label: str) -> Delivery:
        """Presses the button with this label in a modal or on the app's home."""
        path = path_of(view, label)
        return self._do(lambda: self._acts.press_in_view(person, view, path, {}, {}))

    def submit(self, person: str, view: Mapping[str, Any], values: Mapping[str, Any]) -> Delivery:
        """Submits a modal with the state of its inputs."""
        return self._do(lambda: self._acts.submit(person, view, values))

    def open_home(self, person: str, tab: Literal["home", "messages"] = "messages") -> None:
        """Opens the app's page in the sidebar."""
        self._do(lambda: self._acts.visit(person, tab))

    def open_page_on(self, opening: Opening) -> None:
        """What the page shows first."""

        def set_opening() -> None:
            self._page.opening = opening

        self._do(set_opening)

    def trigger(self, person: str) -> str:
        """A fresh trigger id, as an interaction of this person would carry."""
        return self._do(lambda: self.space.open_trigger(person))

    # --- making it hard ------------------------------------------------------------------------------

    def deliver_again(self, delivery: Delivery) -> None:
        """Sends an event once more as a retry, whether or not it was acknowledged."""

        def send() -> None:
            again = Delivery(delivery.kind, delivery.payload, delivery.attempt + 1, "timeout")
            self._sockets._start(again)  # noqa: SLF001  the same family: control drives its sockets

        self._do(send)

    def forge(self, delivery: Delivery, *, secret: str = SIGNING_SECRET, age: float = 0.0) -> Reply:
        """Sends a delivery once more to the app's address, signed with this secret so many seconds ago."""
        post = self._sockets.post
        assert post is not None, "the app has no address"
        reply: Reply = self._await(post.send(delivery, secret, age))
        return reply

    def fail(
        self, method: str, status: int = 500, *, times: int = 1, retry_after: int = 1, after: bool = False
    ) -> None:
        """The next calls of a method (or "response_url") fail; with `after` they take effect all the same."""
        trouble = Trouble(status, retry_after, after)
        self._do(lambda: self._server.troubles[method].extend([trouble] * times))

    def drop_sockets(self) -> None:
        """Cuts every socket without a word."""
        self._await(self._sockets.drop())

    def refresh_sockets(self) -> None:
        """Asks the app to reconnect, as Slack does every few hours."""
        self._await(self._sockets.refresh())

    def advance(self, seconds: float) -> None:
        """Moves the workspace's clock ahead."""
        self.clock.advance(seconds)

    # --- looking ---------------------------------------------------------------------------------------

    def messages(self, channel: str, thread: str | None = None, by_app: bool = False) -> list[Json]:
        """The messages of a channel, or of one thread in it, oldest first."""

        def look() -> list[Json]:
            place = self.space.channels[channel]
            found = list(place.messages.values()) if thread is None else place.thread(thread)
            return copy.deepcopy([m for m in found if not by_app or m["user"] == self.space.bot_user])

        return self._do(look)

    def ephemerals(self, person: str, shown: bool = True) -> list[Json]:
        """What one person alone was shown."""

        def look() -> list[Json]:
            mine: list[Ephemeral] = [e for e in self.space.ephemerals if e.user == person and e.shown is shown]
            return copy.deepcopy([e.message for e in mine])

        return self._do(look)

    def modal(self, person: str) -> Json | None:
        """The modal that a person sees, the topmost of its stack."""

        def look() -> Json | None:
            stack = self.space.modals.get(person)
            return copy.deepcopy(self.space.views[stack[-1]]) if stack else None

        return self._do(look)

    def file(self, id: str) -> bytes:
        """The bytes of an uploaded file."""
        return self._do(lambda: self.space.files[id].data)

    def calls(self, method: str | None = None) -> list[Call]:
        """The calls of the Web API so far, oldest first."""
        return self._do(lambda: [c for c in self._server.calls if method in (None, c.method)])

    def deliveries(self, event_type: str | None = None) -> list[Delivery]:
        """The envelopes sent so far; `event_type` picks events, such as "app_mention"."""

        def look() -> list[Delivery]:
            return [
                d
                for d in self._sockets.deliveries
                if event_type is None or d.payload.get("event", {}).get("type") == event_type
            ]

        return self._do(look)

    def stray_acks(self) -> list[Json]:
        """Acknowledgements that came late, twice, or for nothing."""
        return self._do(lambda: list(self._sockets.stray))

    @property
    def connections(self) -> int:
        """How many sockets of the app are open."""
        return self._do(lambda: self._sockets.connections)

    def wait_for(self, look: Callable[[], T], seconds: float = 20.0) -> T:
        """Looks again and again until the result is true; says so when it never was."""
        until = time.monotonic() + seconds
        while True:
            result = look()
            if result:
                return result
            if time.monotonic() > until:
                raise TimeoutError(f"not seen within {seconds:g} s: {result!r}")
            time.sleep(0.01)
