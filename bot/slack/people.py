"""Who asks and where, as Slack knows them: users.list, users.info and conversations.info, remembered for a while.

What cannot be looked up is not guessed: `Unavailable` when Slack does not answer, `NotAllowed`
for a place that the bot cannot see into.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.slack.reach import repeating
from bot.slack.reasons import reason
from bot.types import Person, Place

T = TypeVar("T")
KEPT_SECONDS = 300.0
MOST_KEPT = 10_000
PAGE = 500
"""People that are looked up with one call."""
USER = re.compile(r"[UW][A-Z0-9]+")
NOBODY = ("users_not_found", "user_not_found", "user_not_visible")
UNSEEN = ("channel_not_found", "missing_scope", "not_in_channel", "method_not_supported_for_channel_type")


class Kept(Generic[T]):
    """Values looked up once and kept for some minutes, unless they are known to have changed."""

    def __init__(self, look: Callable[[str], T], clock: Callable[[], float]) -> None:
        self._look = look
        self._clock = clock
        self._lock = threading.Lock()
        self._values: dict[str, tuple[float, T]] = {}
        self._changed: set[str] = set()
        """What was let go while all were looked up: what is found of it may be of before."""

    def forget(self, key: str) -> None:
        """The next one who asks gets a fresh value."""
        with self._lock:
            self._values.pop(key, None)
            self._changed.add(key)

    def fill(self, look_up: Callable[[], Mapping[str, T]]) -> None:
        """Keeps values that are looked up all at once."""
        with self._lock:
            self._changed.clear()
        began = self._clock()
        values = look_up()
        with self._lock:
            self._values.update((key, (began, one)) for key, one in values.items() if key not in self._changed)

    def get(self, key: str, *, anew: bool = False) -> T:
        """The kept value, or a fresh one; always that if `anew`."""
        with self._lock:
            found = self._values.get(key)
        if not anew and found is not None and self._clock() - found[0] < KEPT_SECONDS:
            return found[1]
        value = self._look(key)
        with self._lock:
            if len(self._values) >= MOST_KEPT:
                self._values.clear()
            self._values[key] = (self._clock(), value)
        return value


class People:
    """Looks up persons and places of one workspace."""

    def __init__(self, client: WebClient, team: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = repeating(client)
        self._team = team
        self._users = Kept(self._user, clock)
        self._channels = Kept(self._channel, clock)
        self._groups = Kept(self._members, clock)

    def meet(self) -> None:
        """Looks up everybody at once, where they are not too many: Slack allows few look-ups of one person a minute.
        Raises Unavailable."""
        self._users.fill(lambda: self._asked(self._everybody))

    def changed(self, user: str) -> None:
        """Slack says that something about a person is no longer as it was: one let go loses access at once."""
        self._users.forget(user)

    def sits_in(self, channel: str) -> bool | None:
        """Whether the bot is a member of a conversation; None where it cannot see it."""
        try:
            return _among(self._channels.get(channel))
        except errors.NotAllowed:
            return None

    def person(self, user: str, foreign: bool = False, *, anew: bool = False) -> Person:
        """A person with all that decides about access; `foreign` is what the event itself says."""
        found = self._users.get(user, anew=anew)
        profile = found.get("profile", {})
        team = str(found.get("team_id", self._team))
        return Person(
            id=user,
            team=team,
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            stranger=bool(found.get("is_stranger")) or foreign or self._elsewhere(team, found),
            bot=bool(found.get("is_bot")),
            deleted=bool(found.get("deleted")),
            email=profile.get("email") if found.get("is_email_confirmed") else None,
            groups=tuple(group for group, users in self._groups.get("").items() if user in users),
            language=str(found["locale"])[:2] if found.get("locale") else None,
            zone=str(found.get("tz") or "") if _is_zone(found.get("tz")) else "",
            name=str(profile.get("display_name") or profile.get("real_name") or ""),
        )

    def _elsewhere(self, team: str, found: dict[str, Any]) -> bool:
        """Another team's person, unless the same enterprise says they belong here too."""
        return team != self._team and self._team not in found.get("enterprise_user", {}).get("teams", ())

    def name(self, user: str) -> str:
        """What a person is called."""
        return str(self._users.get(user).get("real_name") or user)

    def named(self, member: str) -> list[str]:
        """The ids of those whom the workspace file names so: a user id, "group:" and a user group, an address."""
        if member.startswith("group:"):
            return sorted(self._groups.get("").get(member.removeprefix("group:"), ()))
        if "@" not in member:
            return [member]
        try:
            user = self.found(member)
        except errors.Unavailable:
            return []
        return [user] if user else []

    def found(self, name: str) -> str | None:
        """The id of the person of an address, or of that id itself; None where Slack knows none. Raises Unavailable."""
        try:
            if "@" in name:
                found = self._client.users_lookupByEmail(email=name.strip())
            elif USER.fullmatch(name):
                found = self._client.users_info(user=name)
            else:
                return None
            return str(found["user"]["id"])
        except SlackApiError as error:
            if reason(error) in NOBODY:
                return None
            raise errors.Unavailable("slack_unavailable") from error
        except OSError as error:
            raise errors.Unavailable("slack_unavailable") from error

    def direct(self, user: str) -> str:
        """The direct conversation with a person; Unavailable where there can be none."""
        return str(self._asked(lambda: self._client.conversations_open(users=user))["channel"]["id"])

    def inside(self, channel: str) -> bool:
        """Whether the bot is in a channel and can post there, looked up anew."""
        return _among(self._channels.get(channel, anew=True))

    def channel_name(self, channel: str) -> str:
        """The name of a channel with its sign; empty for a direct conversation, which has none."""
        found = self._channels.get(channel)
        return f"#{found['name']}" if found.get("name") else ""

    def place(self, channel: str, external: bool = False, *, anew: bool = False) -> Place:
        """What kind of place a conversation is; NotAllowed when the bot cannot see it."""
        found = self._channels.get(channel, anew=anew)
        shared = ("is_ext_shared", "is_pending_ext_shared")
        if external or any(found.get(name) for name in shared):
            return Place.EXTERNAL
        if found.get("is_im"):
            return Place.DM
        return Place.PRIVATE if found.get("is_private") or found.get("is_mpim") else Place.PUBLIC

    # --- look-ups ------------------------------------------------------------------------------

    def _user(self, user: str) -> dict[str, Any]:
        return dict(self._asked(lambda: self._client.users_info(user=user, include_locale=True))["user"])

    def _everybody(self) -> dict[str, dict[str, Any]]:
        """The members by their id, as many as are kept; who belongs to another team is looked up when they ask."""
        pages = self._client.users_list(limit=PAGE, include_locale=True)
        found: dict[str, dict[str, Any]] = {}
        for page in islice(pages, MOST_KEPT // PAGE):
            found |= {one["id"]: dict(one) for one in page["members"] if one.get("team_id") == self._team}
        return found

    def _channel(self, channel: str) -> dict[str, Any]:
        return dict(self._asked(lambda: self._client.conversations_info(channel=channel))["channel"])

    def _members(self, _: str) -> dict[str, frozenset[str]]:
        found = self._asked(lambda: self._client.usergroups_list(include_users=True))["usergroups"]
        return {group["id"]: frozenset(group.get("users", ())) for group in found}

    @staticmethod
    def _asked(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except SlackApiError as error:
            if reason(error) in UNSEEN:
                raise errors.NotAllowed("slack_unseen_place") from error
            raise errors.Unavailable("slack_unavailable") from error
        except OSError as error:
            raise errors.Unavailable("slack_unavailable") from error


def _among(channel: dict[str, Any]) -> bool:
    """Whether the bot is in a conversation, as Slack describes it."""
    return any(channel.get(name) for name in ("is_member", "is_im", "is_mpim"))


def _is_zone(name: Any) -> bool:
    try:
        return bool(ZoneInfo(str(name)))
    except (KeyError, ValueError, OSError):
        return False
