"""What a button carries: the words of a follow-up, or the Query of a choice, as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.documents import query_document
from bot.slack import limits
from bot.types import Choice

MOST_WORDS = 500
"""Characters of a question that a button repeats where it knows it by its id."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A button's load; `query` is JSON text, empty for a follow-up."""

    text: str
    query: str = ""
    alone: str = ""
    """The id of a kept answer, of which more may be shown to one person alone."""
    share: str = ""
    """The id of a kept answer that one person alone was shown, to be shown where it was asked."""


def for_text(text: str) -> str | None:
    """The value of a button that asks this; None when it does not fit."""
    return _fitting({"ask": text})


def for_choice(choice: Choice) -> str | None:
    """The value of a button that chooses this reading; None when it does not fit."""
    return _fitting({"ask": choice.label, "query": query_document(choice.query)})


def for_again(text: str, query: str) -> str | None:
    """The value of a button that asks again what was asked; `query` is JSON text, empty for mere words."""
    return _fitting({"ask": text, **({"query": json.loads(query)} if query else {})})


def for_alone(text: str, answer: str) -> str | None:
    """The value of a button that asks for the whole of an answer, by its id, for oneself; the words may be cut."""
    return _fitting({"ask": limits.shortened(text, MOST_WORDS), "alone": answer})


def for_share(text: str, answer: str) -> str | None:
    """The value of a button that shows an answer, by its id, to everybody where it was asked; the words may be cut."""
    return _fitting({"ask": limits.shortened(text, MOST_WORDS), "share": answer})


def _fitting(load: Mapping[str, Any]) -> str | None:
    value = json.dumps(load, ensure_ascii=False, separators=(",", ":"))
    return value if len(value) <= limits.BUTTON_VALUE else None


def read(value: str) -> Carried | None:
    """What a pressed button carries, or None for a button that is not of this kind."""
    try:
        load = json.loads(value)
    except json.JSONDecodeError:
        return None
    if not isinstance(load, dict) or not isinstance(load.get("ask"), str):
        return None
    query = load.get("query")
    ids = (str(load.get(name) or "") for name in ("alone", "share"))
    return Carried(load["ask"], json.dumps(query) if isinstance(query, dict) else "", *ids)
