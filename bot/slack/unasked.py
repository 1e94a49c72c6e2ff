"""What is told although nobody asked just now: summaries and alerts, posted once, and answered under from then on; and
held against the data for some weeks, as a promise to say what is restated of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.documents import query_document
from bot.slack.heard import Heard
from bot.slack.limits import Message
from bot.slack.reasons import reason
from bot.slack.replies import Replies
from bot.slack.shelves import Records
from bot.types import Answer

SHUT = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action", "cannot_dm_bot", "user_not_found")
"""Slack's words for a place in which the bot can no longer post."""


def speak(
    replies: Replies,
    records: Records,
    heard: Heard,
    answer: Answer,
    message: Message,
    *,
    since: datetime,
    again: bool,
    now: datetime,
    stated: Mapping[str, Any] | None = None,
    data: str = "",
) -> str:
    """Posts an answer as `Replies.post` does; what is said under it is for the bot. Its ts, empty where it is shut.

    `stated` is what is held against the data from the next day on, `data` the data set that the answer is from.
    """
    try:
        ts = replies.post(heard, message, since, again=again)
    except SlackApiError as error:
        if reason(error) not in SHUT:
            raise
        return ""
    where = heard.team, heard.channel, ts
    if records.threads.recall(*where) is None:
        query = query_document(answer.queries[0]) if answer.queries else None
        records.threads.remember(*where, query=query, language=answer.language, now=now, data=data)
    if stated is not None:
        hold(records, heard, ts, stated, answer.language, now, data)
    return ts


def hold(
    records: Records, heard: Heard, thread: str, stated: Mapping[str, Any], language: str, now: datetime, data: str
) -> None:
    """Promises, once for each post, to say in its thread what is restated of it by its data set, from the next day
    on."""
    records.promises.make(
        f"stated/{heard.key}", channel=heard.channel, thread=thread, asker=heard.user,
        document={"stated": dict(stated), "language": language, "data": data},
        due=now.date() + timedelta(days=1), now=now,
    )  # fmt: skip
