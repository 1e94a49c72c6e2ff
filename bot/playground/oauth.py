"""OAuth: codes, tokens that may run out, refresh tokens of one use, and which workspace a token is for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from bot.playground.methods.contract import required
from bot.playground.workspace import Clock, Json, Refused, Workspace

CLIENT_ID = "1000.2000"
CLIENT_SECRET = "playground-client-secret"  # noqa: S105  a local double has nothing to guard
CODE_SECONDS = 600.0
TOKEN_SECONDS = 43_200
"""Twelve hours, where tokens rotate."""


@dataclass(slots=True)
class Code:
    """What the app exchanges for a token, once."""

    space: Workspace
    user: str
    at: float


@dataclass(slots=True)
class Token:
    """A bot's token; `until` is None for one that does not run out."""

    space: Workspace
    until: float | None = None
    revoked: bool = False


class Tokens:
    """Every token that was given out, of all workspaces."""

    def __init__(self, clock: Clock) -> None:
        self.rotating: int | None = None
        """How many seconds the next tokens are good for; None where they do not run out."""
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}
        self._refresh: dict[str, Workspace] = {}

    def give(self, token: str, space: Workspace) -> None:
        """A token that an admin copies from the app's page."""
        self._tokens[token] = Token(space)

    def allow(self, space: Workspace, user: str) -> str:
        """An admin presses Allow; the code that their browser is sent back with."""
        code = secrets.token_hex(8)
        self._codes[code] = Code(space, user, self._clock.now())
        return code

    def space_of(self, token: str) -> Workspace:
        """The workspace that a token is for; Refused for one that is not, or no longer, good."""
        found = self._tokens.get(token)
        if found is None:
            raise Refused("invalid_auth")
        if found.revoked:
            raise Refused("token_revoked")
        if found.until is not None and self._clock.now() >= found.until:
            raise Refused("token_expired")
        return found.space

    def revoke(self, space: Workspace) -> None:
        """No token of a workspace is good any more."""
        for token in self._tokens.values():
            token.revoked |= token.space is space
        self._refresh = {name: one for name, one in self._refresh.items() if one is not space}

    def access(self, args: Json) -> Json:
        """oauth.v2.access: a code or a refresh token, each good once, for a token."""
        if args.get("client_id") != CLIENT_ID:
            raise Refused("invalid_client_id")
        if args.get("client_secret") != CLIENT_SECRET:
            raise Refused("bad_client_secret")
        user = ""
        if args.get("grant_type") == "refresh_token":
            space = self._refresh.pop(required(args, "refresh_token"), None)
            if space is None:
                raise Refused("invalid_refresh_token")
            life = TOKEN_SECONDS
        else:
            code = self._codes.pop(required(args, "code"), None)
            if code is None or self._clock.now() - code.at > CODE_SECONDS:
                raise Refused("invalid_code")
            space, user, life = code.space, code.user, self.rotating or 0
        return self._given(space, user, life)

    def _given(self, space: Workspace, user: str, life: int) -> Json:
        token = f"xoxb-{space.team}-{secrets.token_hex(8)}"
        self._tokens[token] = Token(space, self._clock.now() + life if life else None)
        more: Json = {}
        if life:
            refresh = f"xoxe-1-{secrets.token_hex(8)}"
            self._refresh[refresh] = space
            more = {"refresh_token": refresh, "expires_in": life}
        return {
            "access_token": token, "token_type": "bot", "scope": ",".join(sorted(space.scopes)),
            "bot_user_id": space.bot_user, "app_id": space.app_id, "team": {"id": space.team, "name": space.name},
            "enterprise": None, "is_enterprise_install": False,
            **({"authed_user": {"id": user}} if user else {}), **more,
        }  # fmt: skip
