"""The page's own door: what one person sees, told anew whenever it changes, and what they do there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground import limits
from bot.playground.acts import Acts
from bot.playground.sockets import Delivery
from bot.playground.workspace import Channel, Json, Refused

FOLDER = Path(__file__).parent / "page"
SETTLING_SECONDS = 0.02
"""Changes that come this close together are told at once."""
MOST_NOTICES = 3
UNSEEN = ("metadata",)
OWN = {"127.0.0.1", "localhost"}


@dataclass(frozen=True, slots=True)
class Opening:
    """What the page shows first: as whom, where, and texts that one click sends there."""

    person: str = ""
    channel: str = ""
    thread: str = ""
    starters: Sequence[Mapping[str, str]] = ()
    """Each a `title` to click on and a `text` to send; `text` may be a slash command."""


@dataclass(slots=True)
class Viewer:
    """One open page: whose eyes it sees with, and what it was told last."""

    socket: web.WebSocketResponse
    person: str
    told: Json = field(default_factory=dict)


class Page:
    """Serves the page and keeps every open one up to date."""

    def __init__(self, acts: Acts) -> None:
        self.opening = Opening()
        self._acts = acts
        self._space = acts.space
        self._space.noticed = self.changed
        self._viewers: list[Viewer] = []
        self._notices: dict[str, list[str]] = {}
        self._telling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self, router: web.UrlDispatcher) -> None:
        """The page's addresses."""
        router.add_get("/", self._index)
        router.add_get("/page/live", self._live)
        router.add_post("/page/act", self._act)
        router.add_post("/page/file", self._share)
        router.add_get("/page/{name}", self._file)

    def changed(self) -> None:
        """Something may look different now; must be called in the server's loop."""
        if self._viewers and (self._telling is None or self._telling.done()):
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def close(self) -> None:
        """Ends every open page's connection."""
        for task in [*self._tasks, *([self._telling] if self._telling else [])]:
            task.cancel()
        for viewer in list(self._viewers):
            await viewer.socket.close()

    # --- files ---------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.StreamResponse:
        _same_site(request)
        return web.FileResponse(FOLDER / "index.html", headers={"Cache-Control": "no-cache"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = {path.name: path for path in FOLDER.iterdir()}.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.FileResponse(found, headers={"Cache-Control": "no-cache"})

    # --- telling -------------------------------------------------------------------------------

    async def _live(self, request: web.Request) -> web.StreamResponse:
        _same_site(request)
        person = request.query.get("as") or self.opening.person
        if person not in self._space.people:
            person = next(iter(self._accounts()), "")
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        viewer = Viewer(socket, person)
        self._viewers.append(viewer)
        try:
            await self._tell_one(viewer)
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    break
        finally:
            self._viewers.remove(viewer)
        return socket

    async def _tell(self) -> None:
        await asyncio.sleep(SETTLING_SECONDS)
        self._telling = None
        for viewer in list(self._viewers):
            await self._tell_one(viewer)

    async def _tell_one(self, viewer: Viewer) -> None:
        """Sends what is new: whole channels and views, each only when it differs from the last time."""
        seen = self.seen(viewer.person)
        news: Json = {name: value for name, value in seen.items() if viewer.told.get(name) != value}
        viewer.told = seen
        if news:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await viewer.socket.send_json(news)

    def seen(self, person: str) -> Json:
        """All that one person sees; messages by channel under `messages/ID`."""
        space = self._space
        channels = [c for c in space.channels.values() if person in c.members]
        views = [space.views[name] for name in space.modals.get(person, ()) if name in space.views]
        return {
            "me": person,
            "opening": asdict(self.opening),
            "app": {
                "user": space.bot_user,
                "name": space.about["name"],
                "about": space.about.get("description", ""),
                "colour": space.about.get("background_color", "#4a154b"),
                "home": space.home_enabled,
                "commands": [
                    {"command": c["command"], "about": c.get("description", ""), "hint": c.get("usage_hint", "")}
                    for c in space.commands.values()
                ],
                "shortcuts": [{"id": id, "name": one["name"]} for id, one in space.shortcuts.items()],
                "connected": self._acts.sockets.reached,
            },
            "accounts": self._accounts(),
            "people": {
                one.id: {"name": one.name, "title": one.title, "guest": one.guest, "bot": one.bot}
                for one in space.people.values()
            },
            "channels": [self._channel(channel) for channel in channels],
            "statuses": {f"{c}/{ts}": status for (c, ts), status in space.statuses.items()},
            "working": [f"{c}/{ts}" for (c, ts), one in space.sessions.items() if one["status"] == "processing"],
            "prompts": {c: prompts for (c, ts), prompts in space.prompts.items() if not ts},
            "views": [{**_shown(view), "wrong": dict(space.wrong.get(view["id"], {}))} for view in views],
            "home": _shown(space.homes[person]) if person in space.homes else None,
            "notices": list(self._notices.get(person, ())),
            **{f"messages/{channel.id}": self._messages(channel, person) for channel in channels},
        }

    def _accounts(self) -> list[str]:
        """The people that can be played: everyone of flesh and blood."""
        return [one.id for one in self._space.people.values() if not one.bot and not one.deleted]

    def _channel(self, channel: Channel) -> Json:
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "external": channel.external,
            "members": sorted(channel.members),
        }

    def _messages(self, channel: Channel, person: str) -> list[Json]:
        public = [_shown(message) for message in channel.messages.values()]
        alone = [
            {**_shown(whispered.message), "ephemeral": True}
            for whispered in self._space.ephemerals
            if whispered.channel == channel.id and whispered.user == person and whispered.shown
        ]
        return sorted([*public, *alone], key=lambda message: tuple(int(part) for part in message["ts"].split(".")))

    # --- doing ---------------------------------------------------------------------------------

    async def _act(self, request: web.Request) -> web.Response:
        _same_site(request)
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        body = await request.json()
        try:
            done = self._done(str(body["as"]), str(body["do"]), body)
        except Refused as refused:
            return web.json_response({"ok": False, "error": refused.code, **refused.more})
        except (KeyError, LookupError, TypeError, ValueError):
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        finally:
            self.changed()
        return web.json_response({"ok": True, **done})

    async def _share(self, request: web.Request) -> web.Response:
        """A file dropped on a direct conversation: its bytes are the body, the query says whose, where and its name."""
        _same_site(request)
        if request.content_type != "application/octet-stream":
            raise web.HTTPUnsupportedMediaType
        try:
            message = self._shared(request.query, await _bytes(request))
        except Refused as refused:
            return web.json_response({"ok": False, "error": refused.code})
        self.changed()
        return web.json_response({"ok": True, "ts": message["ts"]})

    def _shared(self, told: Mapping[str, str], data: bytes) -> Json:
        person, name = told.get("as", ""), Path(told.get("name", "")).name
        if person not in self._accounts():
            raise Refused("user_not_found")
        place = self._place(person, {"channel": told.get("channel", "")})
        if place.kind != "im" or not name:
            raise Refused("file_not_here")
        return self._space.share(place, person, name, data)

    def _done(self, person: str, what: str, body: Json) -> Json:
        if person not in self._accounts():
            raise Refused("user_not_found")
        match what:
            case "say":
                return self._say(person, body)
            case "command":
                self._command(person, body)
            case "shortcut":
                place = self._place(person, body).id
                self._watch(self._acts.shortcut(person, place, str(body["ts"]), str(body["shortcut"])), person)
            case "press":
                self._press(person, body)
            case "submit":
                view = self._view(person, str(body["view"]))
                self._watch(self._acts.submit(person, view, dict(body.get("values") or {})), person)
            case "close":
                self._acts.close(person, self._view(person, str(body["view"])))
            case "stop":
                self._acts.stop(person, self._place(person, body).id, str(body["thread"]))
            case "visit":
                self._acts.visit(person, "home" if body.get("tab") == "home" else "messages")
            case "dismiss":
                self._notices.pop(person, None)
            case _:
                raise Refused("unknown_act")
        return {}

    def _say(self, person: str, body: Json) -> Json:
        text = str(body["text"]).strip()
        if not text:
            raise Refused("no_text")
        return {"ts": self._space.say(self._place(person, body), person, text, body.get("thread") or None)["ts"]}

    def _command(self, person: str, body: Json) -> None:
        line = str(body["text"]).strip()
        name = line.partition(" ")[0]
        if body.get("thread"):
            raise Refused("not_supported_in_threads", command=name)
        self._watch(self._acts.command(person, self._place(person, body).id, line), person, name)

    def _press(self, person: str, body: Json) -> None:
        chosen = dict(body.get("chosen") or {})
        if "view" in body:
            view, values = self._view(person, str(body["view"])), dict(body.get("values") or {})
            self._watch(self._acts.press_in_view(person, view, body["path"], chosen, values), person)
            return
        place = self._place(person, body)
        message = self._message(person, place, str(body["ts"]))
        self._watch(self._acts.press(person, message, body["path"], chosen, place.id), person)

    def _place(self, person: str, body: Json) -> Channel:
        channel = self._space.channels.get(str(body["channel"]))
        if channel is None or person not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def _message(self, person: str, place: Channel, ts: str) -> Json:
        for whispered in self._space.ephemerals:
            if whispered.user == person and whispered.message["ts"] == ts:
                return whispered.message
        if ts not in place.messages:
            raise Refused("message_not_found")
        return place.messages[ts]

    def _view(self, person: str, name: str) -> Json:
        home = self._space.homes.get(person)
        if home is not None and home["id"] == name:
            return home
        if name not in self._space.modals.get(person, ()):
            raise Refused("not_found")
        return self._space.views[name]

    def _watch(self, delivery: Delivery, person: str, what: str = "") -> None:
        """Says so where the app does not answer in time, as Slack does."""
        task = asyncio.get_running_loop().create_task(self._wait(delivery, person, what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wait(self, delivery: Delivery, person: str, what: str) -> None:
        name = self._space.about["name"]
        if self._acts.sockets.reached:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(delivery.heard.wait(), self._acts.sockets.pace.ack)
                return
            notice = f"{what or name} failed because the app did not respond in time."
        else:
            notice = f"{what or name} failed because the app is not connected."
        self._notices[person] = [*self._notices.get(person, ()), notice][-MOST_NOTICES:]
        self.changed()


def _shown(kept: Mapping[str, Any]) -> Json:
    return {name: value for name, value in kept.items() if name not in UNSEEN}


async def _bytes(request: web.Request) -> bytes:
    """The body, as far as it may go."""
    data = bytearray()
    async for chunk in request.content.iter_chunked(2**16):
        data += chunk
        if len(data) > limits.FILE_BYTES:
            raise Refused("file_too_large")
    return bytes(data)


def _same_site(request: web.Request) -> None:
    """Only this page may speak to this server: no other site, and no other name for this machine."""
    origin = request.headers.get("Origin")
    if request.url.host not in OWN or (origin and origin != f"{request.scheme}://{request.host}"):
        raise web.HTTPForbidden
