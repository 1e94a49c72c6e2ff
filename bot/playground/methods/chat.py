"""chat.*: posting, changing, deleting, whispering; and what a response URL takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground import limits
from bot.playground.blocks import faults, weight
from bot.playground.methods.contract import STREAMING, Method, required, structured, truth
from bot.playground.workspace import Channel, Json, Refused, ResponseUrl, Workspace


def content(args: Mapping[str, Any], longest: int) -> Json:
    """What a message would show, after every limit on it."""
    blocks = structured(args, "blocks", "invalid_blocks_format")
    text, markdown = args.get("text") or "", args.get("markdown_text") or ""
    if not isinstance(text, str):
        raise Refused("invalid_arguments")
    if markdown and (text or blocks):
        raise Refused("markdown_text_conflict")
    if len(markdown) > limits.MARKDOWN_TEXT or len(text) > longest:
        raise Refused("msg_too_long")
    if not (text or markdown or blocks):
        raise Refused("no_text")
    if blocks:
        wrong = faults(blocks)
        if wrong:
            raise Refused("invalid_blocks", errors=wrong, response_metadata={"messages": wrong})
        if weight(blocks) > limits.MESSAGE_BLOCK_TEXT:
            raise Refused("msg_blocks_too_long")
    return {"text": text or markdown, "blocks": blocks or [], "metadata": structured(args, "metadata")}


def _target(slack: Workspace, args: Json) -> Channel:
    """Where a post goes: a channel, or a person's id for their direct conversation."""
    name = args.get("channel") or ""
    if name in slack.people:
        return slack.direct(name)
    channel = slack.visible(name)
    if slack.bot_user in channel.members:
        return channel
    if channel.kind == "public" and "chat:write.public" in slack.scopes:
        return channel
    raise Refused("not_in_channel")


def _post(slack: Workspace, args: Json) -> Json:
    channel = _target(slack, args)
    shown = content(args, limits.TEXT)
    message = slack.say(channel, slack.bot_user, shown.pop("text"), args.get("thread_ts") or None, **shown)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _update(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel"))
    if channel.messages.get(required(args, "ts"), {}).get("streaming_state") == STREAMING:
        raise Refused("streaming_state_conflict")
    shown = content(args, limits.TEXT_OF_AN_UPDATE)
    if shown["metadata"] is None:
        del shown["metadata"]
    message = slack.edit(channel, required(args, "ts"), shown, slack.bot_user)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


def _delete(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel"))
    ts = required(args, "ts")
    slack.delete(channel, ts, slack.bot_user)
    return {"channel": channel.id, "ts": ts}


def _ephemeral(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel"))
    user = required(args, "user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    shown = content(args, limits.TEXT)
    shown.pop("metadata")
    kept = slack.whisper(channel, user, shown, args.get("thread_ts") or None)
    return {"message_ts": kept["ts"]}


def _permalink(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel"))
    ts = required(args, "message_ts")
    if ts not in channel.messages:
        raise Refused("message_not_found")
    return {
        "channel": channel.id,
        "permalink": f"http://127.0.0.1/archives/{channel.id}/p{ts.replace('.', '')}",
    }


def respond(slack: Workspace, name: str, args: Json) -> None:
    """What a response URL does with its body: ephemeral unless it says otherwise."""
    url: ResponseUrl = slack.use_response_url(name)
    channel = slack.channels[url.channel]
    original = url.message_ts
    if truth(args, "delete_original"):
        if original is None:
            raise Refused("message_not_found")
        _drop(slack, channel, original)
        return
    shown = content(args, limits.TEXT)
    shown.pop("metadata")
    if truth(args, "replace_original") and original is not None:
        _replace(slack, channel, original, shown)
    elif args.get("response_type", "ephemeral") == "in_channel":
        slack.say(channel, slack.bot_user, shown.pop("text"), args.get("thread_ts") or None, **shown)
    else:
        slack.whisper(channel, url.user, shown, args.get("thread_ts") or None)


def _replace(slack: Workspace, channel: Channel, ts: str, shown: Json) -> None:
    for whispered in slack.ephemerals:
        if whispered.message["ts"] == ts:
            whispered.message = {**whispered.message, **shown}
            return
    slack.edit(channel, ts, shown, slack.bot_user)


def _drop(slack: Workspace, channel: Channel, ts: str) -> None:
    kept = [e for e in slack.ephemerals if e.message["ts"] != ts]
    if len(kept) == len(slack.ephemerals):
        channel.messages.pop(ts, None)
    slack.ephemerals[:] = kept


METHODS = {
    "chat.postMessage": Method(_post, "chat:write", None),
    "chat.update": Method(_update, "chat:write", 3),
    "chat.delete": Method(_delete, "chat:write", 3),
    "chat.postEphemeral": Method(_ephemeral, "chat:write", 4),
    "chat.getPermalink": Method(_permalink, None, None),
}
