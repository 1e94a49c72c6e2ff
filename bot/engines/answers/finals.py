"""When an answer that will still change is final, and how it is told then: what it was, and what it is.

A period that runs is final when it is over, a share whose newest people had too few days when they have had them, a
test when the days of everybody in it are over. A sample that is too small stays so, whatever day it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.analysis.measure import Analyst
from bot.analysis.windows import is_trend, steps
from bot.language import Language
from bot.language.days import Calendar
from bot.types import Answer, Evidence, Final, Finding, Grain, Intent, Outcome, Window

FIGURES = frozenset({
    Intent.VALUE, Intent.VARIANT, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP,
})  # fmt: skip
"""Intents whose answers say one thing that can be said again."""
YOUNG = frozenset({"still_returning", "contacts_may_still_come", "answers_may_still_come"})
"""Caveats of people who have not had all their `days` yet."""
RIPE = "ripe_on"
"""The column of a test that says when the days of everybody in an arm are over."""


def final_of(answer: Answer, analyst: Analyst, today: date) -> Final | None:
    """From when on the answer to one question is final; None where it is, or where no day can be told."""
    asked = answer.queries[0] if len(answer.queries) == 1 else None
    if answer.outcome is not Outcome.ANSWER or asked is None or asked.metric is None or asked.intent not in FIGURES:
        return None
    main = next((one for one in answer.evidence if one.query.metric == asked.metric and one.role == "main"), None)
    if main is None or analyst.company.definitions.snapshot:
        return None
    window = _whole(main.query.window, analyst) if main.query.window else None
    day = max(_days(window, main, answer.evidence), default=None)
    if day is None or day <= analyst.as_of:
        return None
    ripens = any(RIPE in one.columns for one in answer.evidence)
    return Final(
        day, replace(asked, window=window or asked.window), today, analyst.as_of,
        None if ripens else _figure(main, _last_step(main)), main.unit, main.currency, main.version, main.rights,
    )  # fmt: skip


def told(final: Final, answer: Answer, language: Language) -> Answer:
    """The final answer, with what it was before put first."""
    main = next((one for one in answer.evidence if one.query.metric == final.query.metric and one.role == "main"), None)
    now = _figure(main, _last_step(main)) if main is not None else None
    alike = main is not None and (main.version, main.rights, main.unit) == (final.version, final.rights, final.unit)
    first = Finding("final_now", {})
    if main is not None and alike and now is not None and final.value is not None:
        values = {
            "then": final.value, "now": now, "unit": final.unit.value, "currency": final.currency,
            "day": final.as_of - timedelta(days=1),
        }  # fmt: skip
        first = Finding("final_then_now", values, (main.id,))
    text = f"{language.say(first.key, **first.values)}\n{answer.text}"
    return replace(answer, text=text, findings=(first, *answer.findings))


def _whole(window: Window, analyst: Analyst) -> Window:
    """The window to the end of the unit that it was cut in; as it is where it was not cut, or is of no unit."""
    cut = not window.complete or (is_trend(window) and not steps(window)[-1].complete)
    if not cut or window.grain is Grain.RANGE:
        return window
    definitions = analyst.company.definitions
    calendar = Calendar(analyst.as_of, definitions.week_start, definitions.zone)
    _, end = calendar.unit(window.end - timedelta(days=1), window.grain)
    name = window.grain.value if window.name == "to_date" else window.name
    return replace(window, end=end, complete=True, name=name)


def _days(window: Window | None, main: Evidence, evidence: Sequence[Evidence]) -> Iterator[date]:
    """The days from which on each thing that is still open is settled."""
    if window is not None:
        yield window.end
        for note in main.caveats:
            if note.key in YOUNG:
                yield window.end + timedelta(days=int(note.values["days"]))
    for one in evidence:
        yield from (row[RIPE] for row in one.rows if isinstance(row.get(RIPE), date))


def _last_step(evidence: Evidence) -> str | None:
    return evidence.rows[-1].get("period") if evidence.rows else None


def _figure(evidence: Evidence, period: str | None) -> float | None:
    """The one figure of a measurement; of a trend that of a step. None where it has several, or none."""
    rows = [row for row in evidence.rows if row.get("period") == period]
    value = rows[0].get("value") if len(rows) == 1 else None
    return float(value) if isinstance(value, (int, float)) else None
