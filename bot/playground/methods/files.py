"""files.*: a file is announced, its bytes go to an address, and then it is shared, in that order."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.playground import limits
from bot.playground.methods.contract import Method, required, structured
from bot.playground.workspace import Channel, File, Json, Refused, Workspace

SHARING_SECONDS = 0.05
"""Sharing is asynchronous: the message comes after the answer, which does not know its ts."""


def _announce(slack: Workspace, args: Json) -> Json:
    name = required(args, "filename")
    try:
        length = int(args.get("length") or 0)
    except ValueError:
        raise Refused("invalid_arguments") from None
    alt = str(args.get("alt_txt") or "")
    if length <= 0 or len(alt) > limits.FILE_ALT:
        raise Refused("invalid_arguments")
    file = File(slack.fresh("F"), name, length, alt=alt)
    slack.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{slack.url}/upload/{file.id}"}


def upload(slack: Workspace, id: str, data: bytes) -> None:
    """Takes the bytes of an announced file, once, and no other number than was said."""
    file = slack.files.get(id)
    if file is None or file.data:
        raise Refused("file_not_found")
    if len(data) != file.length:
        raise Refused("invalid_length")
    file.data = data


def _complete(slack: Workspace, args: Json) -> Json:
    listed = structured(args, "files")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise Refused("invalid_arguments")
    files = [_uploaded(slack, one) for one in listed]
    names = [one for one in [args.get("channel_id"), *str(args.get("channels") or "").split(",")] if one]
    if len(names) > limits.FILE_CHANNELS:
        raise Refused("invalid_arguments")
    places = [slack.joined(name) for name in names]
    thread = args.get("thread_ts") or None
    if thread is not None and any(thread not in place.messages for place in places):
        raise Refused("thread_not_found")
    for file, one in zip(files, listed, strict=True):
        file.shared = True
        file.title = str(one.get("title") or "")
    comment = str(args.get("initial_comment") or "")
    for place in places:
        asyncio.get_running_loop().call_later(SHARING_SECONDS, _share, slack, place, files, comment, thread)
    return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}


def _uploaded(slack: Workspace, listed: dict[str, Any]) -> File:
    file = slack.files.get(str(listed.get("id")))
    if file is None or not file.data or file.shared:
        raise Refused("file_not_found")
    return file


def _share(slack: Workspace, place: Channel, files: list[File], comment: str, thread: str | None) -> None:
    slack.say(place, slack.bot_user, comment, thread, files=[file.seen(slack.url) for file in files])
    slack.noticed()


def _info(slack: Workspace, args: Json) -> Json:
    file = slack.files.get(required(args, "file"))
    if file is None or not file.shared:
        raise Refused("file_not_found")
    return {"file": file.seen(slack.url)}


METHODS = {
    "files.getUploadURLExternal": Method(_announce, "files:write", 4),
    "files.completeUploadExternal": Method(_complete, "files:write", 4),
    "files.info": Method(_info, "files:read", 4),
}
