"""What a button carries: the words of a follow-up, or the Query of a choice, as JSON text.

A Query is written with its fields that differ from a fresh one, windows with ISO days,
filters as dimension → values, so that it fits into a button's value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from bot.slack import limits
from bot.types import Choice, Query, Window


@dataclass(frozen=True, slots=True)
class Carried:
    """A button's load; `query` is JSON text, empty for a follow-up."""

    text: str
    query: str = ""


def query_values(query: Query) -> dict[str, Any]:
    """A Query as plain JSON values, without what is as in a fresh one."""
    fresh = Query(intent=query.intent)
    values: dict[str, Any] = {"intent": query.intent.value}
    for field in fields(Query):
        value = getattr(query, field.name)
        if field.name != "intent" and value != getattr(fresh, field.name):
            values[field.name] = _plain(field.name, value)
    return values


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Window):
        return {f.name: _plain(f.name, getattr(value, f.name)) for f in fields(Window)}
    if isinstance(value, date):
        return value.isoformat()
    if name in ("filters", "exclude"):
        return {dimension: list(values) for dimension, values in value}
    if name == "variant":
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def for_text(text: str) -> str | None:
    """The value of a button that asks this; None when it does not fit."""
    return _fitting({"ask": text})


def for_choice(choice: Choice) -> str | None:
    """The value of a button that chooses this reading; None when it does not fit."""
    return _fitting({"ask": choice.label, "query": query_values(choice.query)})


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
    return Carried(load["ask"], json.dumps(query) if isinstance(query, dict) else "")
