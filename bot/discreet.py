"""What a log never holds: secrets, and what names a person. One filter for all that is logged, put in at the entrance.

Slack's ids of people and channels stay: without them a log is of no use, and outside of Slack they name nobody. The
text of an exception is another program's, and may repeat any value of a row or of a question: what it quotes goes.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

GONE = "…"
LOG = logging.getLogger(__name__)

SECRETS = (
    (re.compile(r"(?<=://)[^/\s@'\"]*:[^/\s'\"]*@"), f"{GONE}@"),  # also a password with an @ in it
    (re.compile(r"https://hooks\.slack\.com/\S+"), f"https://hooks.slack.com/{GONE}"),
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w.-]+", re.IGNORECASE), GONE),
    (re.compile(r"\bsk-[\w-]{8,}"), GONE),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.+/=~-]+", re.IGNORECASE), rf"\1 {GONE}"),
    (
        re.compile(
            r"""((?:\b|_)(?:api[_-]?key|access[_-]?key|token|secret|passw(?:or)?d|pwd|signature|authorization)["']?"""
            r"""\s*[=:]\s*)(?!Bearer |Basic )("[^"]*"|'[^']*'|[^\s&,;'"]+)""",
            re.IGNORECASE,
        ),
        rf"\1{GONE}",
    ),
)
PERSONAL = (
    (re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.\w{2,}"), GONE),
    (re.compile(r"(?<![\w.])(?:\+|00)\d[\d ().-]{6,}\d"), GONE),
    (re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{3,4}(?![\w.-])"), GONE),
    (re.compile(r"(?<![\w.-])0\d(?:[ .-]?\d{2}){4}(?![\w.-])"), GONE),
)
"""Addresses, and telephone numbers as they are written with their country, in threes or in pairs."""
QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|“[^”]*”|«[^»]*»|„[^”]*”""")
PARAMETERS = re.compile(r"\[parameters: .*", re.DOTALL)
SOURCE_LINE = re.compile(r"^(?:\s|Traceback \(most recent call last\):$)")
"""How the lines of a traceback begin that are our code and not a message."""


def masked(text: str) -> str:
    """The text without secrets, addresses and telephone numbers."""
    for pattern, by in (*SECRETS, *PERSONAL):
        text = pattern.sub(by, text)
    return text


def masked_traceback(text: str) -> str:
    """A traceback without what its messages quote: its lines of code hold no value."""
    lines, message = [], False
    every = "Exception Group Traceback" in text  # whose messages are indented like code
    for line in text.splitlines():
        # A message may go on for lines: all after it are its own until the next traceback begins.
        message = not (SOURCE_LINE.match(line) or not line) or (message and not line.startswith("Traceback "))
        lines.append(QUOTED.sub(GONE, PARAMETERS.sub(GONE, line)) if message or every else line)
    return masked("\n".join(lines))


def in_events(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The filter as structlog has them, for after its tracebacks are made."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = masked_traceback(value) if name == "exception" else masked(value)
        elif value is not None and not isinstance(value, (bool, int, float)):
            event[name] = masked(repr(value))
    return event


def install() -> Callable[[], None]:
    """Puts the filter before every handler of every logger, and what nobody caught into the log; gives its undoing."""
    made, uncaught, in_threads = logging.getLogRecordFactory(), sys.excepthook, threading.excepthook

    def discreet(*given: Any, **more: Any) -> logging.LogRecord:
        return _masked(made(*given, **more))

    def undo() -> None:
        logging.setLogRecordFactory(made)
        sys.excepthook, threading.excepthook = uncaught, in_threads

    logging.setLogRecordFactory(discreet)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    return undo


def _masked(record: logging.LogRecord) -> logging.LogRecord:
    try:
        record.msg, record.args = masked(record.getMessage()), ()
    except (TypeError, ValueError):
        record.msg, record.args = GONE, ()  # a message that does not fit its values is a fault, and tells nothing
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = masked_traceback(logging.Formatter().formatException(record.exc_info))
    record.exc_info = None  # whoever formats it anew would have the whole of it
    return record


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    LOG.critical("nobody caught this", exc_info=(kind, error or kind(), trace))
