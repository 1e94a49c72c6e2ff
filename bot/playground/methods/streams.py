"""chat.startStream, appendStream, stopStream: a message that grows in its thread, for some minutes at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground import limits
from bot.playground.blocks import faults
from bot.playground.methods.agent import SESSION
from bot.playground.methods.contract import STREAMING, Method, required, structured
from bot.playground.workspace import Channel, Json, Refused, Workspace

CHUNKS = {
    "markdown_text": (("text",), ()),
    "task_update": (("id", "title", "status"), ("details", "output", "sources")),
}
"""Kind of chunk → the fields it needs, and those it may have. Of Slack's, those that the app may come to send."""
STATES = ("pending", "in_progress", "complete", "error")


def _start(slack: Workspace, args: Json) -> Json:
    channel, thread = slack.joined(required(args, "channel")), required(args, "thread_ts")
    if channel.kind != "im":
        for name in ("recipient_user_id", "recipient_team_id"):
            if not args.get(name):
                raise Refused(f"missing_{name}")
    if thread not in channel.messages:
        raise Refused("thread_not_found")
    grown = _grown({"text": "", "blocks": []}, args)
    message = slack.say(channel, slack.bot_user, grown["text"], thread, blocks=grown["blocks"])
    message |= {"streaming_state": STREAMING, "began": slack.clock.now()}
    if slack.agent:
        session = slack.sessions.get((channel.id, thread), {"title": "", "by": args.get("recipient_user_id")})
        slack.sessions[channel.id, thread] = session | {"status": "processing"}
    return {"channel": channel.id, "ts": message["ts"]}


def _append(slack: Workspace, args: Json) -> Json:
    channel, message = _open(slack, args)
    message |= _grown(message, args)
    return {"channel": channel.id, "ts": message["ts"]}


def _stop(slack: Workspace, args: Json) -> Json:
    channel, message = _open(slack, args)
    status = args.get("session_status", "active")
    if status not in SESSION:
        raise Refused("invalid_arguments")
    grown = _grown(message, args)
    more = structured(args, "blocks", "invalid_blocks_format") or []
    if wrong := faults(more):
        raise Refused("invalid_blocks", errors=wrong)
    message |= {**grown, "blocks": [*grown["blocks"], *more], "streaming_state": "completed"}
    if metadata := structured(args, "metadata"):
        message["metadata"] = metadata
    session = slack.sessions.get((channel.id, message["thread_ts"]))
    if session is not None:
        session["status"] = status
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _open(slack: Workspace, args: Json) -> tuple[Channel, Json]:
    """A stream that has not ended: by a call, by a person, or because it took too long."""
    channel = slack.joined(required(args, "channel"))
    message = channel.messages.get(required(args, "ts"))
    if message is None:
        raise Refused("message_not_found")
    if message.get("streaming_state") == "stopped":
        raise Refused("stopped_by_user")
    if message.get("streaming_state") != STREAMING:
        raise Refused("message_not_in_streaming_state")
    if slack.clock.now() - message["began"] > limits.STREAM_SECONDS:
        message["streaming_state"] = "errored"
        raise Refused("message_not_in_streaming_state")
    return channel, message


def _grown(message: Json, args: Json) -> Json:
    """The text and the tasks of a message after these chunks."""
    chunks = structured(args, "chunks", "invalid_chunks") or []
    if not isinstance(chunks, list) or any(list(_wrong(one)) for one in chunks):
        raise Refused("invalid_chunks")
    said = [args.get("markdown_text") or "", *(one["text"] for one in chunks if one["type"] == "markdown_text")]
    tasks = {block["task_id"]: block for block in message["blocks"] if block["type"] == "task_card"}
    tasks |= {one["id"]: _card(one) for one in chunks if one["type"] == "task_update"}
    others = [block for block in message["blocks"] if block["type"] != "task_card"]
    text = message["text"] + "".join(said)
    if len(text) > limits.MARKDOWN_TEXT:
        raise Refused("msg_too_long")
    return {"text": text, "blocks": [*tasks.values(), *others]}


def _wrong(chunk: Any) -> Iterator[str]:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind not in CHUNKS:
        yield "type"
        return
    needed, more = CHUNKS[kind]
    yield from set(chunk) - {"type", *needed, *more}
    yield from (name for name in needed if not isinstance(chunk.get(name), str) or not chunk[name])
    if kind == "task_update" and chunk.get("status") not in STATES:
        yield "status"


def _card(chunk: Json) -> Json:
    """The task as the message shows it."""
    card = {"type": "task_card", "task_id": chunk["id"], "title": chunk["title"], "status": chunk["status"]}
    if not chunk.get("details"):
        return card
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": chunk["details"]}]}
    return {**card, "details": {"type": "rich_text", "elements": [words]}}


METHODS = {
    "chat.startStream": Method(_start, "chat:write", 2),
    "chat.appendStream": Method(_append, "chat:write", 4),
    "chat.stopStream": Method(_stop, "chat:write", 2),
}
