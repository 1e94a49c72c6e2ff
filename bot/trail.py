"""The log: a line an event, and in each line the question that it is about, from Slack's event to the query.

At a terminal the lines are for reading; anywhere else each is one JSON object. Whatever a line holds passes the filter
of `discreet` first.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars

from bot import discreet

OURS = "bot"
"""The loggers of the program itself."""


@contextmanager
def about(question: str) -> Iterator[None]:
    """Every line of this thread is about this question, until the end."""
    with bound_contextvars(question=question):
        yield


class Lines(logging.Formatter):
    """What the logging module heard, in the form of all other lines."""

    def __init__(self, *, plain: bool) -> None:
        super().__init__()
        self._plain = plain

    def format(self, record: logging.LogRecord) -> str:
        """One line; the record has passed the filter already."""
        event: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            **get_contextvars(),
        }
        if record.exc_text:
            event["exception"] = record.exc_text
        return readable(event) if self._plain else json.dumps(event, ensure_ascii=False)


def readable(event: Mapping[str, Any]) -> str:
    """A line for the eyes of a person; a traceback stands under it."""
    rest = dict(event)
    begin = f"{rest.pop('timestamp')} [{rest.pop('level')}] {rest.pop('event')}"
    trace = rest.pop("exception", "")
    return " ".join([begin, *(f"{name}={value}" for name, value in rest.items())]) + (f"\n{trace}" if trace else "")


def keep(stream: TextIO, *, plain: bool) -> None:
    """Sends every log of the program to a stream: warnings and worse, until `aloud`."""

    def render(_logger: Any, _method: str, event: Mapping[str, Any]) -> str:
        return readable(event) if plain else json.dumps(dict(event), ensure_ascii=False)

    structlog.configure(
        # Tracebacks without local variables: those hold customers' data.
        processors=[
            _loud_enough,
            merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            discreet.in_events,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(plain=plain))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def aloud() -> None:
    """From now on what our own rooms do is told too; of the packages still warnings and worse alone."""
    logging.getLogger(OURS).setLevel(logging.INFO)


def mark() -> str:
    """The question that this thread is at work on, as a comment of SQL: a database's own log then names it too."""
    question = re.sub(r"[^\w./-]", "", str(get_contextvars().get("question", "")))
    return f"/* question {question} */ " if question else ""


def _loud_enough(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if not logging.getLogger(OURS).isEnabledFor(logging.getLevelName(method.replace("exception", "error").upper())):
        raise structlog.DropEvent
    return event
