"""Profile: which account is meant, and what is known of it, a line a field with its source and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.analysis import profile as accounts
from bot.analysis.measure import Analyst
from bot.engines.answers.part import Desk, Part
from bot.engines.understanding.reading import Reading
from bot.language import Language
from bot.types import Choice, Clarify, Evidence, Intent, Query

MOST_CHOICES = 5
NAMED = ("country", "language", "segment")
"""Fields whose values have names in every language."""


def named(analyst: Analyst, language: Language, reading: Reading) -> Reading:
    """The reading with its account found by id or name; several that fit are asked back."""
    if reading.intent is not Intent.PROFILE or len(reading.queries) != 1:
        return reading
    query = reading.queries[0]
    matches = accounts.found(analyst, query.subject or "")
    if len(matches) == 1:
        return replace(reading, queries=(replace(query, subject=matches[0].account_id),))
    choices = tuple(
        Choice(f"{one.name} ({one.account_id})", replace(query, subject=one.account_id))
        for one in matches[:MOST_CHOICES]
    )
    question = language.say("ask_account", n=len(matches), words=query.subject)
    return replace(reading, queries=(), clarify=Clarify(question, choices))


def profile(desk: Desk, query: Query) -> Part:
    """One account on one screen."""
    evidence = accounts.profile(desk.analyst, query.subject or "", id=desk.next_id())
    part = Part(queries=[evidence.query])
    part.keep(evidence)
    name = next(row["told"] for row in evidence.rows if row["field"] == "name")
    part.say("profile_header", evidence, name=name, id=query.subject, day=evidence.query.window.start)  # type: ignore[union-attr]  # a profile has its day
    for field in accounts.FIELDS:
        rows = [row for row in evidence.rows if row["field"] == field]
        if rows:
            _line(desk.language, part, evidence, field, rows)
    ahead = accounts.next_steps(desk.analyst, query.subject or "", id=desk.next_id())
    if ahead is not None:
        part.keep(ahead)
        for row in ahead.rows:
            part.say(f"profile_step_{row['step']}", ahead, **row)
    if desk.analyst.rights.drafts:
        part.follow_ups = [desk.language.say("follow_draft_account", id=query.subject)]
    return part


def _line(language: Language, part: Part, evidence: Evidence, field: str, rows: list[Mapping[str, Any]]) -> None:
    told = [text for row in rows if (text := _told(language, evidence, field, row))]
    days = [_day(row["on"]) for row in rows if row["on"] is not None]
    key = "profile_line_dated" if days else "profile_line"
    values: dict[str, Any] = {
        "label": language.value_name("field", field), "told": "; ".join(told), "source": rows[0]["source"],
    }  # fmt: skip
    if days:
        values["day"] = max(days)
    if not told:
        key = "profile_line_day" if days else "profile_line_bare"
    part.say(key, evidence, **values)


def _told(language: Language, evidence: Evidence, field: str, row: Mapping[str, Any]) -> str:
    text = row["told"]
    if row["amount"] is not None:
        key = "profile_amount" if text is None else f"profile_{field}"
        return language.say(key, amount=row["amount"], currency=evidence.currency, n=int(text or 0))
    if text is None:
        return ""
    if field == "usage_trend":
        return language.say("profile_usage", share=int(text) / 100)
    if field == "left":
        return language.say("person_reason", reason=language.value_name("reason", text))
    return language.value_name(field, text) if field in NAMED else str(text)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
