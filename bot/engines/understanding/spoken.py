"""The language of messages as a group of those who get them: "open rate of French-language emails"."""

from __future__ import annotations

from collections.abc import Collection

from bot.engines.understanding.heard import Heard
from bot.types import Metric

DIMENSION = "language"
OF_MESSAGES = "message_channel"
"""What only figures of messages are told by; beside others "in French" says how to answer."""


def spoken(heard: Heard, metric: Metric | None, present: Collection[str]) -> None:
    """Makes a filter of a language that is named beside a figure of messages."""
    if metric is None or not {DIMENSION, OF_MESSAGES} <= set(metric.by):
        return
    if heard.wish is None or heard.wish not in present:
        return
    if DIMENSION not in heard.filters and DIMENSION not in heard.exclude:
        heard.filters[DIMENSION] = [heard.wish]
