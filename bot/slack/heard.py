"""What the bot has to answer, told from Slack's payloads without reading more than it must.

A message in a channel counts only inside a thread of the bot's; anything else there is
dropped before its text is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from bot.slack import buttons
from bot.slack.files import pictured

PLAIN_SUBTYPES = (None, "thread_broadcast", "file_share")


@dataclass(frozen=True, slots=True)
class Heard:
    """One question as it came.

    `event` is the id of this delivery's event, `ts` the same for all events about one message.
    `thread` is the ts under which the answer goes; an ephemeral answer has a `response_url` instead.
    """

    event: str
    ts: str
    kind: Literal[
        "mention", "direct", "file", "follow_up", "command", "button", "alone", "share", "shortcut", "schedule",
        "alert", "owners", "owner", "stop", "step", "form",
    ]  # fmt: skip
    team: str
    channel: str
    user: str
    text: str
    thread: str = ""
    response_url: str = ""
    query: str = ""
    """The Query behind a pressed choice, as JSON text."""
    external: bool = False
    """Slack says that people of another company read along."""
    foreign: bool = False
    """The writer belongs to another workspace, by the event's own word."""
    files: Sequence[Mapping[str, Any]] = ()
    """What a direct message carries: name, size and address of each file."""
    answer: str = ""
    """The id of the answer that its asker wants anew: all that they may see of it in their direct messages, or what
    everybody may see of it where it was asked."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What a step of a workflow was given, or what a modal carries and says."""
    data: str = ""
    """The data set that something to be told unasked is from; empty for the main one."""

    def __post_init__(self) -> None:
        """Raises TypeError, or ValueError for broken letters, where a payload was not as Slack says."""
        words = (self.event, self.ts, self.team, self.channel, self.user, self.text, self.thread)
        "".join(words).encode()

    @property
    def key(self) -> str:
        """What names this question, in the message metadata of its answer too."""
        return f"{self.team}/{self.channel}/{self.ts}"

    @property
    def conversation(self) -> tuple[str, str, str]:
        """Whose memory this belongs to: a thread's, or one person's commands in one channel."""
        return (self.team, self.channel, self.thread or self.user)

    def as_row(self) -> dict[str, Any]:
        """All of it as plain values, from which `Heard(**row)` makes the same again."""
        return asdict(self)


def message(body: Mapping[str, Any], bot_user: str, ours: Callable[[str, str, str], bool]) -> Heard | None:
    """The question in an `app_mention` or `message` event, or None when it is not for the bot.

    `ours(team, channel, thread_ts)` tells whether the bot takes part in a thread.
    """
    event = body["event"]
    if event.get("bot_id") or not event.get("user") or event.get("subtype") not in PLAIN_SUBTYPES:
        return None
    team, channel, ts = body["team_id"], event["channel"], event["ts"]
    thread = event.get("thread_ts", ts)
    kind: Literal["mention", "direct", "file", "follow_up"]
    files = _files(event) if event.get("channel_type") == "im" else ()
    if event["type"] == "app_mention":
        kind = "mention"
    elif event.get("channel_type") == "im":
        kind = "file" if files else "direct"
    elif "thread_ts" in event and (event.get("parent_user_id") == bot_user or ours(team, channel, thread)):
        kind = "follow_up"
    else:
        return None
    text = str(event.get("text", ""))
    if kind == "follow_up" and _to_somebody_else(text, bot_user):
        return None
    home = {None, "", team}
    return Heard(
        event=body["event_id"],
        ts=ts,
        kind=kind,
        team=team,
        channel=channel,
        user=event["user"],
        text=plain(text, bot_user),
        thread=thread,
        external=bool(body.get("is_ext_shared_channel")),
        foreign=not {event.get("user_team"), event.get("source_team")} <= home,
        files=files,
    )


def _files(event: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """The files that are to be read; a picture beside a question is none of them."""
    told = ("name", "size", "url_private_download")
    files = tuple({name: one.get(name) for name in told} for one in event.get("files", ()))
    wanted = not str(event.get("text") or "").strip() or any(not pictured(str(one["name"])) for one in files)
    return files if wanted else ()


def command(body: Mapping[str, Any]) -> Heard:
    """The question behind a slash command; its trigger id is unique to this one typing."""
    return Heard(
        event=body["trigger_id"],
        ts=body["trigger_id"],
        kind="command",
        team=body["team_id"],
        channel=body["channel_id"],
        user=body["user_id"],
        text=plain(str(body.get("text", "")), ""),
        response_url=body["response_url"],
    )


def pressed(body: Mapping[str, Any]) -> Heard | None:
    """The question behind a pressed button: under its message, or as ephemeral as that was."""
    action = body["actions"][0]
    carried = buttons.read(action.get("value", ""))
    if carried is None:
        return None
    where = _of_view(body) if "view" in body else _of_message(body)
    if where is None:
        return None
    # An answer is shared once in a place, however often the button is pressed.
    again = carried.share or action["action_ts"]
    press = f"{where['at']}/{body['user']['id']}/{again}"
    return Heard(
        event=press,
        ts=press,
        kind="alone" if carried.alone else "share" if carried.share else "button",
        team=body["team"]["id"],
        channel=where["channel"],
        user=body["user"]["id"],
        text=carried.text,
        thread=where["thread"],
        response_url=where["response_url"],
        query=carried.query,
        answer=carried.alone or carried.share,
        foreign=body["user"].get("team_id", body["team"]["id"]) != body["team"]["id"],
    )


def shortcut(body: Mapping[str, Any], bot_user: str) -> Heard:
    """The question that somebody's message is, for whoever chose the shortcut on it; the bot's own are none."""
    message, user = body["message"], body["user"]
    own = message.get("user") == bot_user
    words = re.sub(r"<@\w+(?:\|[^>]*)?>", " ", "" if own else str(message.get("text") or ""))
    chosen = f"{body['message_ts']}/{user['id']}/{body['action_ts']}"
    return Heard(
        event=body["trigger_id"],
        ts=chosen,
        kind="shortcut",
        team=body["team"]["id"],
        channel=body["channel"]["id"],
        user=user["id"],
        text=plain(words, ""),
        thread=str(message.get("thread_ts") or body["message_ts"]),
        response_url=body["response_url"],
        foreign=user.get("team_id", body["team"]["id"]) != body["team"]["id"],
    )


def stopped(body: Mapping[str, Any]) -> Heard:
    """The press of the stop button beside a thread."""
    event = body["event"]
    return Heard(
        event=body["event_id"],
        ts=f"stop/{event['event_ts']}",
        kind="stop",
        team=body["team_id"],
        channel=event["channel"],
        user=event["user"],
        text="",
        thread=event.get("thread_ts", ""),
    )


def executed(body: Mapping[str, Any]) -> Heard:
    """The run of a step in somebody's workflow, under its own name; nobody is known to have asked."""
    event = body["event"]
    run = event["function_execution_id"]
    return Heard(
        event=run,
        ts=f"step/{run}",
        kind="step",
        team=body["team_id"],
        channel=event["workflow_execution_id"],
        user="",
        text=event["function"]["callback_id"],
        inputs=dict(event.get("inputs") or {}),
    )


def formed(body: Mapping[str, Any], **more: Any) -> Heard:
    """What is to be made in a modal that carries its channel: once for what was clicked on, however often that is.

    `text` says what was clicked, and is empty for a form that was filled in; `more` joins what the modal says.
    """
    view, user = body["view"], body["user"]
    action: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
    clicked = f"{view['id']}/{view.get('hash')}"
    return Heard(
        event=clicked,
        ts=clicked,
        kind="form",
        team=body["team"]["id"],
        channel=str(json.loads(view["private_metadata"])["channel"]),
        user=user["id"],
        text=str(action.get("action_id") or ""),
        query=str(action.get("value") or ""),
        foreign=user.get("team_id", body["team"]["id"]) != body["team"]["id"],
        inputs={
            "view": str(view["id"]), "hash": str(view.get("hash") or ""), "carried": view["private_metadata"],
            "values": (view.get("state") or {}).get("values") or {}, **more,
        },
    )  # fmt: skip


def _of_message(body: Mapping[str, Any]) -> dict[str, str]:
    at = body["container"]
    ephemeral = bool(at.get("is_ephemeral"))
    return {
        "at": at["message_ts"],
        "channel": at["channel_id"],
        "thread": "" if ephemeral else str(at.get("thread_ts") or at["message_ts"]),
        "response_url": body["response_url"] if ephemeral else "",
    }


def _of_view(body: Mapping[str, Any]) -> dict[str, str] | None:
    """A modal stands nowhere itself: it carries where the answer stands that it was opened from."""
    try:
        origin = json.loads(body["view"].get("private_metadata") or "{}")
        return {"at": body["view"]["id"], **{name: str(origin[name]) for name in ("channel", "thread", "response_url")}}
    except (json.JSONDecodeError, KeyError):
        return None


def plain(text: str, bot_user: str) -> str:
    """A message's text as typed: the bot's name gone, links and escapes read back."""
    if bot_user:
        text = text.replace(f"<@{bot_user}>", " ")
    text = re.sub(r"<(?:https?|mailto):[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<((?:https?|mailto):[^>]*)>", r"\1", text)
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return " ".join(text.encode(errors="replace").decode().split())  # half of an emoji is no letter


def _to_somebody_else(text: str, bot_user: str) -> bool:
    """People talk to each other in a thread of the bot's too: a name that is not its own says so."""
    named = set(re.findall(r"<@(\w+)(?:\|[^>]*)?>", text))
    return bool(named) and bot_user not in named
