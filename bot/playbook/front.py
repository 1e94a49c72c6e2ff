"""What is wrong with a play's front matter, each fault in one line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

VOCABULARY = {
    "stage": ("any", "awareness", "acquisition", "onboarding", "engagement", "retention", "advocacy"),
    "campaign": (
        "any",
        "onboarding",
        "engagement",
        "churn_prevention",
        "reactivation",
        "referral",
        "loyalty",
    ),
    "lever": ("value", "personalisation", "engagement"),
    "chapter": (
        "foundations",
        "campaigns",
        "strategies",
        "practices",
        "success",
        "relationship",
        "targeting",
        "channels",
        "measurement",
        "challenges",
    ),
}
"""The keys that hold one word of a fixed list."""
ASKED_AS = 8
"""So many phrases of a person looking for the play at least, each a row of the index."""

_ROWS = ("signals", "sources")
_LISTS = ("metrics", "segments", "draft_types", "campaign_types", *_ROWS)
_TEXT_KEYS = {"id", "title", "language", "asked_as"}
_OPTIONAL = {"campaign_types"}
_SOURCE_KEYS = {"title", "year", "url", "claim", "status"}


def key_faults(front: Mapping[str, Any], name: str, language: str, *, facts: bool) -> Iterator[str]:
    """The keys every file has; `facts` for the original, which holds a play's facts as well."""
    keys = _TEXT_KEYS | ({"date", *VOCABULARY, *_LISTS} - _OPTIONAL if facts else set())
    if lacking := sorted(keys - set(front)):
        yield f"lacks {', '.join(lacking)}"
    if unknown := sorted(str(key) for key in set(front) - keys - (_OPTIONAL if facts else set())):
        yield f"unknown key {', '.join(unknown)}"
    if front.get("id") != name:
        yield f"its id is {front.get('id')}, not the name of the file"
    if front.get("language") != language:
        yield f"its language is {front.get('language')}, not that of its folder"
    asked = front.get("asked_as", [])
    if not isinstance(asked, list) or not all(isinstance(phrase, str) for phrase in asked):
        yield "asked_as must be a list of phrases"
    elif not ASKED_AS <= len(asked) == len(set(asked)) or front.get("title") in asked:
        yield f"asked_as needs {ASKED_AS} different phrases or more, none of them the title"


def fact_faults(front: Mapping[str, Any], metrics: Collection[str] | None) -> Iterator[str]:
    """The facts of a play; `metrics` are the names that may be mentioned (None: any)."""
    for key, allowed in VOCABULARY.items():
        if key in front and front[key] not in allowed:
            yield f"{key} {front[key]} is none of {', '.join(allowed)}"
    if "date" in front and not isinstance(front["date"], date):
        yield "date must be written as 2026-11-21"
    if shapeless := [key for key in _LISTS if key in front and not isinstance(front[key], list)]:
        yield f"{', '.join(shapeless)} must be a list"
    elif not all(isinstance(row, dict) for key in _ROWS for row in front.get(key, [])):
        yield f"each row of {', '.join(_ROWS)} must be a set of keys"
    else:
        yield from _signal_faults(front, metrics)
        yield from _type_faults(front)
        yield from _source_faults(front)


def _signal_faults(front: Mapping[str, Any], metrics: Collection[str] | None) -> Iterator[str]:
    signals = front.get("signals", [])
    for signal in signals:
        if "metric" not in signal or signal.get("direction") not in {"up", "down"}:
            yield f"a signal needs a metric and a direction, up or down: {signal}"
    named = {str(name) for name in (*front.get("metrics", []), *(signal.get("metric") for signal in signals))}
    if metrics is not None and (unknown := sorted(named - set(metrics))):
        yield f"unknown metric {', '.join(unknown)}"


def _type_faults(front: Mapping[str, Any]) -> Iterator[str]:
    types = [str(name) for name in front.get("draft_types", [])]
    if wrong := [name for name in types if not re.fullmatch(r"DT(0[1-9]|[123]\d|4[01])", name)]:
        yield f"unknown draft type {', '.join(wrong)}"


def _source_faults(front: Mapping[str, Any]) -> Iterator[str]:
    for source in front.get("sources", []):
        if not source.get("title") or set(source) - _SOURCE_KEYS:
            yield f"a source needs a title, and may have {', '.join(sorted(_SOURCE_KEYS))}: {source}"
        elif source.get("claim") and not source.get("status"):
            yield f"claim {source['claim']} is named without its status"
