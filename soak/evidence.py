"""What came of the questions and the summaries: as the workspace shows it, and as the records hold it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bot.playground import Slack
from bot.playground.server import Call
from bot.playground.sockets import Delivery
from soak.load import Town


@dataclass(frozen=True)
class Evidence:
    """Texts are those of the app's messages; times are the workspace's, in seconds; a key names a question."""

    answers: Mapping[str, Sequence[str]]
    """Key → the texts of the messages that are its answer."""
    others: Sequence[str]
    """What the app said that answers nothing."""
    answered: Mapping[str, float]
    """Key → when its answer took its final form."""
    acked: Mapping[str, float]
    """Key → when it was first acknowledged; whoever is missing was not accepted."""
    acks: Sequence[float]
    """How long each acknowledgement of a question took, in seconds."""
    kept: Mapping[str, str]
    """Key → its state in the records' inbox."""
    receipts: frozenset[str]
    """The keys whose answers the records hold."""
    postings: Sequence[tuple[int, str]] = field(default_factory=tuple)
    """(schedule, how it ended) of every due time that was claimed."""
    too_fast: Mapping[str, int] = field(default_factory=dict)
    """Method of Slack's → how many calls were more than its tier allows."""


def gathered(slack: Slack, town: Town, records: str) -> Evidence:
    """What there is now; `records` is the URL of their database."""
    places = [*town.channels, *map(slack.direct, town.people)]
    answers, others, placed = _said(one for place in places for one in slack.messages(place, by_app=True))
    heard = [one for one in slack.deliveries() if _is_question(one, slack)]
    acked: dict[str, float] = {}
    for one in heard:
        if one.acked_at is not None:
            key = _key(one)
            acked[key] = min(acked.get(key, one.acked_at), one.acked_at)
    with psycopg.connect(records) as connection:
        kept = connection.execute("SELECT team || '/' || channel || '/' || ts, state FROM inbox").fetchall()
        receipts = connection.execute("SELECT id FROM answers").fetchall()
        postings = connection.execute("SELECT schedule, state FROM postings").fetchall()
    return Evidence(
        answers, others, _finished(slack.calls(), placed), acked, [one.acked_after for one in heard if one.acked_after],
        dict(kept), frozenset(row[0] for row in receipts), postings,
        Counter(one.method for one in slack.calls() if one.error == "ratelimited"),
    )  # fmt: skip


WAITING = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'waiting')
     + (SELECT count(*) FROM postings WHERE state = 'open')
     + (SELECT count(*) FROM schedules WHERE state = 'active' AND due <= now() AT TIME ZONE 'UTC')
"""


def waiting(records: str) -> int:
    """How many accepted questions have no answer yet, and how many summaries are due."""
    with psycopg.connect(records) as connection:
        found = connection.execute(WAITING).fetchone()
    return int(found[0]) if found else 0


def undelivered(slack: Slack) -> int:
    """How many questions Slack is still to deliver, or to deliver again."""
    heard = [one for one in slack.deliveries() if _is_question(one, slack)]
    state: dict[str, bool] = {}
    for one in heard:
        state[_key(one)] = state.get(_key(one), False) or one.state == "acked"
    return len(state) - sum(state.values())


def _said(messages: Iterable[Mapping[str, Any]]) -> tuple[dict[str, list[str]], list[str], dict[str, str]]:
    """Key → the texts of its answers; what answers nothing; ts of a message → key."""
    answers: defaultdict[str, list[str]] = defaultdict(list)
    others, placed = [], {}
    for message in messages:
        marks = _marks(message)
        if marks.get("part") == 0:
            answers[marks["key"]].append(message["text"])
            placed[message["ts"]] = marks["key"]
        elif not marks and not message.get("files"):
            others.append(message["text"])
    return answers, others, placed


def _finished(calls: Iterable[Call], placed: Mapping[str, str]) -> dict[str, float]:
    """Key → when the last call gave its answer a form."""
    done: dict[str, float] = {}
    for one in calls:
        posted = one.method == "chat.postMessage" and _marks(one.args).get("part") == 0
        key = _marks(one.args)["key"] if posted else placed.get(str(one.args.get("ts")))
        if key and one.ok and one.method in ("chat.postMessage", "chat.update"):
            done[key] = one.at
    return done


def _marks(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """What names an answer in the metadata of its message."""
    given = message.get("metadata") or {}
    payload = json.loads(given) if isinstance(given, str) else given
    return dict(payload.get("event_payload", {}))


def _is_question(one: Delivery, slack: Slack) -> bool:
    """Whether it is a direct message or a mention: the message event beside a mention asks for nothing."""
    event = one.payload.get("event", {})
    asks = event.get("type") == "app_mention" or event.get("channel_type") == "im"
    return asks and event.get("user") not in (None, slack.space.bot_user)


def _key(one: Delivery) -> str:
    event = one.payload["event"]
    return f"{one.payload['team_id']}/{event['channel']}/{event['ts']}"
