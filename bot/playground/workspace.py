"""What the workspace remembers: people, channels, messages, views, and what the app left behind.

It refuses with Slack's own error codes (`Refused`) and tells the app what happened through `tell`.
All of it lives in one thread, the server's.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from bot.playground import limits

Json: TypeAlias = dict[str, Any]
Kind: TypeAlias = Literal["public", "private", "im", "mpim"]

CHANNEL_TYPES: Mapping[Kind, str] = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
SCOPE_FAMILY: Mapping[Kind, str] = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


IDS = 1_000_000
"""How many ids each workspace has for itself."""
OF_A_VIEW = ("id", "team_id", "app_id", "bot_id", "user", "root_view_id", "previous_view_id", "state")
"""What of a view stays whatever it shows."""


class Refused(Exception):
    """An `ok: false` answer: Slack's error code, and what else the answer carries."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class Clock:
    """The workspace's time in seconds since 1970: real, and movable ahead by hand."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """The time, moved ahead as far as asked."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Moves the time ahead."""
        self._ahead += seconds


@dataclass(slots=True)
class Person:
    """A member, guest, outsider or bot of the workspace."""

    id: str
    name: str
    team: str
    locale: str = "en-US"
    email: str = ""
    email_confirmed: bool = True
    guest: Literal["", "multi", "single"] = ""
    stranger: bool = False
    bot: bool = False
    deleted: bool = False
    title: str = ""
    """What they do in the company."""
    zone: str = "Etc/UTC"
    """Their time zone, an IANA name."""

    def seen(self, with_locale: bool, with_email: bool) -> Json:
        """The user object of users.info."""
        user: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.name.lower(),
            "real_name": self.name,
            "deleted": self.deleted,
            "is_bot": self.bot,
            "is_restricted": bool(self.guest),
            "is_ultra_restricted": self.guest == "single",
            "is_email_confirmed": self.email_confirmed,
            "tz": self.zone,
            "profile": {"real_name": self.name, "display_name": self.name, "title": self.title},
        }
        if self.stranger:
            user["is_stranger"] = True
        if with_locale:
            user["locale"] = self.locale
        if with_email and self.email:
            user["profile"]["email"] = self.email
        return user


@dataclass(slots=True)
class Channel:
    """A conversation with its members and its messages by ts, in order."""

    id: str
    name: str
    kind: Kind
    members: set[str]
    external: bool = False
    messages: dict[str, Json] = field(default_factory=dict)

    def thread(self, root: str) -> list[Json]:
        """A thread's root and replies, oldest first."""
        return [m for m in self.messages.values() if m.get("thread_ts", m["ts"]) == root]

    def seen(self) -> Json:
        """The channel object of conversations.info."""
        info: Json = {
            "id": self.id,
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_private": self.kind != "public",
            "is_shared": self.external,
            "is_ext_shared": self.external,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "is_archived": False,
        }
        return info if self.kind == "im" else {**info, "name": self.name}


@dataclass(slots=True)
class Ephemeral:
    """A message that one person sees; `shown` is False where Slack swallows it (an inactive thread)."""

    channel: str
    user: str
    message: Json
    shown: bool = True


@dataclass(slots=True)
class ResponseUrl:
    """A one-command or one-click address to answer to."""

    channel: str
    user: str
    opened: float
    message_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


@dataclass(slots=True)
class File:
    """A file on its way: announced with its length, then uploaded, then shared."""

    id: str
    name: str
    length: int
    title: str = ""
    alt: str = ""
    data: bytes = b""
    shared: bool = False

    @property
    def kind(self) -> str:
        """What sort of file it is, told from its name."""
        return guess_type(self.name)[0] or "application/octet-stream"

    def seen(self, server: str) -> Json:
        """The file object of a message; `server` is where the app downloads it, with its token."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": self.length,
            "filetype": self.name.rpartition(".")[2].lower(),
            "mimetype": self.kind,
            **({"alt_txt": self.alt} if self.alt else {}),
            "url_private": f"/files/{self.id}/{self.name}",
            "url_private_download": f"{server}/files-pri/{self.id}/download/{quote(self.name, safe='')}",
        }


@dataclass(slots=True)
class Trigger:
    """Leave to open one modal, soon."""

    user: str
    opened: float
    used: bool = False


class Workspace:
    """One workspace with one app installed from its manifest."""

    app_id = "A0APP"

    def __init__(
        self, manifest: Mapping[str, Any], clock: Clock, team: str = "T0HOME", name: str = "Playground", number: int = 0
    ) -> None:
        """`number` tells it from the other workspaces of one Slack, in which no two things have the same id."""
        self.clock = clock
        self.team, self.name = team, name
        self.bot_user, self.bot_id = f"U{number}APP", f"B{number}APP"
        self.scopes = frozenset(manifest["oauth_config"]["scopes"]["bot"])
        self.about = manifest["display_information"]
        self.commands = {c["command"]: c for c in manifest["features"].get("slash_commands", ())}
        shortcuts = manifest["features"].get("shortcuts", ())
        self.shortcuts = {one["callback_id"]: one for one in shortcuts if one["type"] == "message"}
        remote = manifest["settings"].get("org_deploy_enabled") and manifest["settings"].get("function_runtime")
        self.functions: Mapping[str, Any] = manifest.get("functions", {}) if remote == "remote" else {}
        home = manifest["features"].get("app_home", {})
        self.home_enabled = bool(home.get("home_tab_enabled"))
        self.agent = "agent_view" in manifest["features"]
        self.stoppable = "agent_session_stopped" in manifest["settings"]["event_subscriptions"]["bot_events"]
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, set[str]] = {}
        self.ephemerals: list[Ephemeral] = []
        self.views: dict[str, Json] = {}
        self.modals: dict[str, list[str]] = {}
        self.wrong: dict[str, Json] = {}
        self.homes: dict[str, Json] = {}
        self.files: dict[str, File] = {}
        self.prompts: dict[tuple[str, str], Json] = {}
        self.statuses: dict[tuple[str, str], Json] = {}
        self.sessions: dict[tuple[str, str], Json] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.executions: dict[str, Json] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.url = ""
        """The address of the server, once it listens."""
        self.noticed: Callable[[], None] = lambda: None
        """Called when something changes by itself, later than the call that began it."""
        self.tell: Callable[[str, Json, Channel | None], None] = lambda *_: None
        """Hands an event to the app's side; its name is the subscription it falls under ("message.channels")."""
        self._count = itertools.count(number * IDS + 1)
        self.add_person(Person(self.bot_user, self.about["name"], self.team, bot=True))

    # --- people and places ---------------------------------------------------------------------

    def fresh(self, prefix: str) -> str:
        """An id that nothing else has."""
        return f"{prefix}{next(self._count):08d}"

    def add_person(self, person: Person) -> Person:
        """Lets a person in."""
        self.people[person.id] = person
        return person

    def add_channel(self, name: str, kind: Kind, members: Iterable[str], external: bool = False) -> Channel:
        """Makes a channel."""
        prefix = {"im": "D", "private": "G"}.get(kind, "C")
        channel = Channel(self.fresh(prefix), name, kind, set(members), external)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """The direct conversation of the app with one person, made when first needed."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == {user, self.bot_user}:
                return channel
        return self.add_channel("", "im", {user, self.bot_user})

    def visible(self, channel_id: str) -> Channel:
        """A channel that the app may know of; a private one it is not in does not exist for it."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.kind != "public" and self.bot_user not in channel.members):
            raise Refused("channel_not_found")
        return channel

    def joined(self, channel_id: str) -> Channel:
        """A channel that the app is a member of."""
        channel = self.visible(channel_id)
        if self.bot_user not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def need(self, scope: str) -> None:
        """Refuses a call whose scope the manifest does not ask for."""
        if scope not in self.scopes:
            raise Refused("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    # --- messages ------------------------------------------------------------------------------

    def stamp(self) -> str:
        """A ts that no other message of this workspace has."""
        return f"{int(self.clock.now())}.{next(self._count):06d}"

    def say(self, channel: Channel, user: str, text: str, thread: str | None = None, **more: Any) -> Json:
        """Keeps a message and tells the app of it."""
        message: Json = {"type": "message", "user": user, "text": text, "ts": self.stamp(), "team": self.team}
        if user == self.bot_user:
            message |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if thread is not None:
            root = channel.messages.get(thread)
            if root is None:
                raise Refused("thread_not_found")
            message["thread_ts"] = root.get("thread_ts", thread)
            message["parent_user_id"] = channel.messages[str(message["thread_ts"])]["user"]
        message |= {k: v for k, v in more.items() if v}
        channel.messages[message["ts"]] = message
        self.statuses.pop((channel.id, str(message.get("thread_ts", message["ts"]))), None)
        self._announce(channel, message)
        return message

    def share(self, channel: Channel, user: str, name: str, data: bytes, text: str = "") -> Json:
        """A person's file, with a message that carries it."""
        if not data:
            raise Refused("file_is_empty")
        if len(data) > limits.FILE_BYTES:
            raise Refused("file_too_large")
        file = File(self.fresh("F"), name, len(data), data=data, shared=True)
        self.files[file.id] = file
        return self.say(channel, user, text, files=[file.seen(self.url)], subtype="file_share")

    def _announce(self, channel: Channel, message: Json) -> None:
        person = self.people[message["user"]]
        event = {**message, "channel": channel.id, "event_ts": message["ts"]}
        event.pop("metadata", None)
        if person.stranger:
            event |= {"user_team": person.team, "source_team": person.team}
            event["user_profile"] = {
                "team": person.team,
                "is_restricted": False,
                "is_ultra_restricted": False,
            }
        unread = message.get("subtype") == "file_share" and "files:read" not in self.scopes
        if self.bot_user not in channel.members or unread:
            return
        kind = CHANNEL_TYPES[channel.kind]
        plural = {"channel": "channels", "group": "groups"}.get(kind, kind)
        self.tell(f"message.{plural}", {**event, "channel_type": kind}, channel)
        if f"<@{self.bot_user}>" in message["text"] and channel.kind != "im" and person.id != self.bot_user:
            mention = {k: v for k, v in event.items() if k != "parent_user_id"}
            self.tell("app_mention", {**mention, "type": "app_mention"}, channel)

    def edit(self, channel: Channel, ts: str, change: Mapping[str, Any], by: str) -> Json:
        """Changes a message of somebody's own, and tells of the change as Slack does."""
        before = channel.messages.get(ts)
        if before is None:
            raise Refused("message_not_found")
        if before["user"] != by:
            raise Refused("cant_update_message")
        after = {**before, **change, "edited": {"user": by, "ts": self.stamp()}}
        channel.messages[ts] = after
        self._tell_of(channel, "message_changed", after["edited"]["ts"], message=after, previous_message=before)
        return after

    def delete(self, channel: Channel, ts: str, by: str) -> None:
        """Takes a message of somebody's own away, and tells of it as Slack does."""
        before = channel.messages.get(ts)
        if before is None:
            raise Refused("message_not_found")
        if before["user"] != by:
            raise Refused("cant_delete_message")
        del channel.messages[ts]
        self._tell_of(channel, "message_deleted", self.stamp(), deleted_ts=ts, previous_message=before)

    def _tell_of(self, channel: Channel, subtype: str, ts: str, **more: Any) -> None:
        """What happened to a message that was there."""
        if self.bot_user in channel.members:
            kind = CHANNEL_TYPES[channel.kind]
            plural = {"channel": "channels", "group": "groups"}.get(kind, kind)
            event = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "channel_type": kind}
            self.tell(f"message.{plural}", {**event, "ts": ts, "event_ts": ts, **more}, channel)

    def whisper(self, channel: Channel, user: str, message: Json, thread: str | None = None) -> Json:
        """Keeps a message for one person's eyes; in a thread without replies Slack shows it to nobody."""
        kept = {"type": "message", "user": self.bot_user, "ts": self.stamp(), **message}
        if thread is not None:
            kept["thread_ts"] = thread
        shown = thread is None or len(channel.thread(thread)) > 1
        self.ephemerals.append(Ephemeral(channel.id, user, kept, shown))
        return kept

    # --- views ---------------------------------------------------------------------------------

    def change_view(self, id: str, view: Json) -> Json:
        """Puts new content into a view that stays the same one; nothing of the old content is left."""
        self.wrong.pop(id, None)
        same = {name: value for name, value in self.views[id].items() if name in OF_A_VIEW}
        self.views[id] = {**same, **named(view), "hash": self.fresh("h")}
        return self.views[id]

    def close_view(self, id: str) -> None:
        """Takes a modal off its stack; what it lay on shows again."""
        self.views.pop(id, None)
        self.wrong.pop(id, None)
        for stack in self.modals.values():
            if id in stack:
                stack.remove(id)

    # --- tickets -------------------------------------------------------------------------------

    def open_trigger(self, user: str) -> str:
        """A trigger id for one interaction of a person."""
        name = f"{self.fresh('7')}.{self.team}.trigger"
        self.triggers[name] = Trigger(user, self.clock.now())
        return name

    def use_trigger(self, name: Any) -> str:
        """The person behind a trigger, once and soon."""
        trigger = self.triggers.get(name)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock.now() - trigger.opened > limits.TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def open_response_url(self, channel: str, user: str, message_ts: str | None = None, ephemeral: bool = False) -> str:
        """The name of a fresh response URL."""
        name = self.fresh("R")
        self.response_urls[name] = ResponseUrl(channel, user, self.clock.now(), message_ts, ephemeral)
        return name

    def use_response_url(self, name: str) -> ResponseUrl:
        """Counts one use of a response URL, within its number and time."""
        url = self.response_urls.get(name)
        if url is None:
            raise Refused("no_such_url")
        if self.clock.now() - url.opened > limits.RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if url.uses >= limits.RESPONSE_URL_USES:
            raise Refused("used_url")
        url.uses += 1
        return url


def named(view: Json) -> Json:
    """The view with an id for every block, as Slack gives them."""
    blocks = [{"block_id": f"b{at}", **block} for at, block in enumerate(view["blocks"])]
    return {**view, "blocks": blocks}
