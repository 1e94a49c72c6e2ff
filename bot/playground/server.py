"""The HTTP side: tokens, scopes and rates before any method, response URLs, the socket's door."""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import BasicAuth, web

from bot.playground import limits
from bot.playground.methods import METHODS
from bot.playground.methods.chat import respond
from bot.playground.methods.contract import truth
from bot.playground.methods.files import upload
from bot.playground.oauth import Tokens
from bot.playground.page import Page
from bot.playground.sockets import Sockets
from bot.playground.workspace import Json, Refused, Workspace

BOT_TOKEN = "xoxb-playground"  # noqa: S105  a local double has nothing to guard
APP_TOKEN = "xapp-playground"  # noqa: S105  nor has this one
GREETING_SECONDS = 0.2
"""After it a new socket has said hello, and the page may say that the app is connected."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault to come: its status, and whether the call takes effect before its answer is lost."""

    status: int
    retry_after: int = 1
    after: bool = False


@dataclass(frozen=True, slots=True)
class Weather:
    """Which shares of the app's calls fail by chance: too many of them, or Slack's own fault, before or after."""

    limited: float = 0.0
    broken: float = 0.0

    def trouble(self) -> Trouble | None:
        """What befalls the next call; nothing, mostly. Of the broken ones half take effect all the same."""
        chance = random.random()  # noqa: S311  bad weather is no secret
        if chance < self.limited:
            return Trouble(429)
        if chance < self.limited + self.broken:
            return Trouble(503, after=chance < self.limited + self.broken / 2)
        return None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API as it came and as it was answered."""

    method: str
    args: Json
    ok: bool
    error: str
    at: float


class Server:
    """Answers the app's HTTP requests; all its state belongs to the loop it runs in."""

    def __init__(self, slack: Workspace, sockets: Sockets, page: Page, weather: Weather) -> None:
        self.spaces = [slack]
        self.tokens = Tokens(slack.clock)
        self.tokens.give(BOT_TOKEN, slack)
        self.weather = weather
        self._clock = slack.clock
        self.sockets = sockets
        self.page = page
        self.calls: list[Call] = []
        self.troubles: dict[str, deque[Trouble]] = defaultdict(deque)
        self.port = 0
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._bursts: dict[str, tuple[float, float]] = {}
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> None:
        """Listens on 127.0.0.1; port 0 takes a free one."""
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{name}", self._response)
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_get("/files/{id}/{name}", self._download)
        app.router.add_get("/files-pri/{id}/download/{name}", self._download_by_app)
        app.router.add_get("/link", self._link)
        self.page.routes(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        addresses = self._runner.addresses
        self.port = int(addresses[0][1])

    async def stop(self) -> None:
        """Closes every socket and the port."""
        await self.page.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- the Web API ---------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        args = await arguments(request)
        trouble = self._trouble(name)
        if trouble is not None and not trouble.after:
            self._note(name, args, error=f"http {trouble.status}")
            return _broken(trouble)
        try:
            answer = {"ok": True, **self._call(name, args | credentials(request), _token(request, args))}
        except TooFast as fast:
            self._note(name, args, error="ratelimited")
            return _broken(Trouble(429, fast.seconds))
        except Refused as refused:
            answer = {"ok": False, "error": refused.code, **refused.more}
        self._note(name, args, error=str(answer.get("error", "")))
        self.page.changed()
        if trouble is not None:
            return _broken(trouble)
        return web.json_response(answer, headers={"X-OAuth-Scopes": ",".join(sorted(self.spaces[0].scopes))})

    def _trouble(self, name: str) -> Trouble | None:
        """What befalls this call: what was asked for, else what the weather brings."""
        asked = self.troubles[name]
        return asked.popleft() if asked else self.weather.trouble()

    def _note(self, name: str, args: Json, error: str) -> None:
        kept = {k: v for k, v in args.items() if k != "token"}
        self.calls.append(Call(name, kept, not error, error, self._clock.now()))

    def _call(self, name: str, args: Json, token: str) -> Json:
        if name == "oauth.v2.access":
            self._pace(name, 4, args)
            return self.tokens.access(args)
        if not token:
            raise Refused("not_authed")
        space = None if token == APP_TOKEN else self.tokens.space_of(token)
        if name == "apps.connections.open":
            if space is not None:
                raise Refused("not_allowed_token_type")
            self._pace(name, 3, args)
            return {"url": f"ws://127.0.0.1:{self.port}/link?ticket={self.sockets.ticket()}"}
        if name == "auth.revoke" and space is not None:
            self._pace(name, 3, args, space.team)
            if not truth(args, "test"):
                self.tokens.revoke(space)
            return {"revoked": not truth(args, "test")}
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        if space is None:
            raise Refused("not_allowed_token_type")
        self._pace(name, method.tier, args, space.team)
        if method.scope is not None:
            space.need(method.scope)
        return method.call(space, args)

    def _pace(self, name: str, tier: int | None, args: Json, team: str = "") -> None:
        now = self._clock.now()
        if name == "chat.postMessage":
            self._post_pace(str(args.get("channel")), now)
        if tier is None:
            return
        recent = self._recent[f"{name} {team}"]
        while recent and now - recent[0] >= 60:
            recent.popleft()
        if len(recent) >= limits.TIERS[tier]:
            raise TooFast(math.ceil(60 - (now - recent[0])))
        recent.append(now)

    def _post_pace(self, channel: str, now: float) -> None:
        left, since = self._bursts.get(channel, (float(limits.POST_BURST), now))
        left = min(limits.POST_BURST, left + (now - since) * limits.POSTS_A_SECOND)
        if left < 1:
            self._bursts[channel] = (left, now)
            raise TooFast(math.ceil((1 - left) / limits.POSTS_A_SECOND))
        self._bursts[channel] = (left - 1, now)

    # --- response URLs -------------------------------------------------------------------------

    async def _response(self, request: web.Request) -> web.Response:
        args = await arguments(request)
        name = "response_url"
        trouble = self._trouble(name)
        if trouble is not None and not trouble.after:
            self._note(name, args, error=f"http {trouble.status}")
            return _broken(trouble)
        try:
            one = request.match_info["name"]
            respond(next((it for it in self.spaces if one in it.response_urls), self.spaces[0]), one, args)
        except Refused as refused:
            self._note(name, args, error=refused.code)
            gone = refused.code in ("no_such_url", "expired_url", "used_url")
            return web.json_response({"ok": False, "error": refused.code}, status=404 if gone else 400)
        self._note(name, args, error="")
        self.page.changed()
        return web.Response(text="ok") if trouble is None else _broken(trouble)

    # --- files and the socket ------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        data = await request.read()
        try:
            upload(self._with_file(request.match_info["id"]), request.match_info["id"], data)
        except Refused as refused:
            self._note("upload", {"length": len(data)}, error=refused.code)
            return web.json_response({"ok": False, "error": refused.code}, status=400)
        self._note("upload", {"length": len(data)}, error="")
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.Response:
        file = self._with_file(request.match_info["id"]).files.get(request.match_info["id"])
        if file is None or not file.shared:
            raise web.HTTPNotFound
        picture = file.kind == "image/png"  # else nothing of a file is opened by the browser
        return web.Response(
            body=file.data,
            content_type=file.kind if picture else "application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{quote(file.name)}"'},
        )

    async def _download_by_app(self, request: web.Request) -> web.Response:
        """The same for the app, which shows its token in the header."""
        try:
            space = self.tokens.space_of(_token(request, {}))
        except Refused:
            raise web.HTTPForbidden from None
        if "files:read" not in space.scopes or request.match_info["id"] not in space.files:
            raise web.HTTPForbidden
        return await self._download(request)

    def _with_file(self, id: str) -> Workspace:
        return next((space for space in self.spaces if id in space.files), self.spaces[0])

    async def _link(self, request: web.Request) -> web.StreamResponse:
        asyncio.get_running_loop().call_later(GREETING_SECONDS, self.page.changed)
        try:
            return await self.sockets.handle(request)
        finally:
            self.page.changed()


class TooFast(Exception):
    """More calls than the method's tier allows; the seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


async def arguments(request: web.Request) -> Json:
    """Arguments from the query, a form or a JSON body; an empty JSON body holds none."""
    args: Json = dict(request.query)
    if request.method == "GET":
        return args
    if request.content_type == "application/json":
        body = await request.text()
        try:
            given: Any = json.loads(body) if body.strip() else {}
        except json.JSONDecodeError:
            given = {}
        return args | (dict(given) if isinstance(given, Mapping) else {})
    return args | dict(await request.post())


def credentials(request: web.Request) -> Json:
    """The app's id and secret, which OAuth takes as the name and password of a request; none where they are not."""
    try:
        given = BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        return {}
    return {"client_id": given.login, "client_secret": given.password}


def _token(request: web.Request, args: Json) -> str:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip()
    in_json = request.content_type == "application/json" and request.method != "GET"
    return "" if in_json else str(args.get("token", ""))


def _broken(trouble: Trouble) -> web.Response:
    if trouble.status == 429:
        return web.json_response(
            {"ok": False, "error": "ratelimited"},
            status=429,
            headers={"Retry-After": str(trouble.retry_after)},
        )
    return web.Response(status=trouble.status, text="upstream error")
