"""Which window and which baseline a question means, from the periods it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from bot.engines.heard import Heard
from bot.errors import BadQuestion
from bot.language import Calendar, Period
from bot.types import Grain, Intent, Metric, Note, Query, Window

STEPS = {Grain.DAY: 30, Grain.WEEK: 12, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 2}
"""How many complete steps a trend shows when no period is named."""
Baseline: TypeAlias = Literal["previous", "last_year"] | Window | None
COMPARED = (Intent.WHY, Intent.PREMISE, Intent.COMPARE)


def timing(heard: Heard, query: Query, metric: Metric | None, when: Calendar) -> tuple[Query, list[Note]]:
    """The query with its window and baseline, and what had to be read into the words.

    No period named leaves the window None: measuring takes the metric's own default and says so.
    """
    notes = [
        Note("assumed_vague_period", {"words": _words(heard, period), "window": period.window})
        for period in heard.periods
        if period.vague
    ]
    window, baseline = _windows(heard, query, when)
    if window is None and heard.metric_window is not None:
        window = _last(heard.metric_window, when)
    if window is None and heard.rhythm is not None and query.intent is not Intent.TREND and not heard.filters:
        window = _last(heard.rhythm, when)
    segments = query.intent is Intent.COMPARE and bool(query.by)
    if query.intent in COMPARED and baseline is None and not (segments and _named_baseline(heard) is None):
        baseline = _named_baseline(heard) or "previous"
    query = replace(query, window=window, baseline=baseline)
    level = metric is not None and metric.window is Grain.DAY
    if query.intent is Intent.VALUE and _many(window) and (level or heard.rhythm is not None):
        query = replace(query, intent=Intent.TREND)
    return (_stepped(heard, query, when), notes) if query.intent is Intent.TREND else (query, notes)


def _words(heard: Heard, period: Period) -> str:
    return " ".join(token.text for token in heard.tokens[period.start : period.end])


def _named_baseline(heard: Heard) -> Literal["previous", "last_year"] | None:
    if "last_year" in heard.compare:
        return "last_year"
    return "previous" if "previous" in heard.compare else None


def _windows(heard: Heard, query: Query, when: Calendar) -> tuple[Window | None, Baseline]:
    """Window and baseline; what stands after "versus" is what is compared with."""
    periods, named = heard.periods, _named_baseline(heard)
    if not periods:
        return None, named
    segments = any(len(passing) > 1 for _, passing in query.filters)
    if named is not None or segments or (heard.versus is None and len(periods) == 1):
        return periods[0].window, named
    if heard.versus is None:
        first, second = sorted((periods[0].window, periods[1].window), key=lambda one: one.start)
        return (second, first) if query.intent in COMPARED else (periods[0].window, None)
    after = [period for period in periods if period.start >= heard.versus]
    before = [period for period in periods if period.start < heard.versus]
    against = after[0] if after else None
    main = before[0] if before else after[1] if len(after) > 1 else None
    if against is None:
        return (main.window if main else None), None
    if main is None:
        return _against_alone(against, when)
    return main.window, _relation(main, against)


def _relation(main: Period, against: Period) -> Baseline:
    """What "against" is to the main period.

    "This month against last month" means the same days before; named periods mean themselves.
    """
    if against.window == main.window:
        return "previous"
    if against.form == "last_unit" and main.form in ("this_unit", "last_unit"):
        if against.window.grain is main.window.grain and main.form == "this_unit":
            return "previous"
        if against.window.grain is Grain.YEAR:
            return "last_year"
    if against.form == "last_unit" and against.window.grain is Grain.YEAR and main.window.grain is not Grain.YEAR:
        return "last_year"
    return against.window


def _against_alone(against: Period, when: Calendar) -> tuple[Window | None, Baseline]:
    """ "How is churn compared to last month?": the unit that runs now, against the same days before."""
    if against.form == "last_unit" and against.window.grain is Grain.YEAR:
        return None, "last_year"
    if against.form != "last_unit":
        return None, against.window
    try:
        running = when.window("", when.unit(when.as_of, against.window.grain), against.window.grain)
    except BadQuestion:
        return against.window, "previous"
    return running, "previous"


def _last(unit: Grain, when: Calendar) -> Window:
    """The last complete unit; for a year its twelve months."""
    if unit is Grain.YEAR:
        return when.window("", when.back(12, Grain.MONTH), name="last_n_months")
    return when.window("", when.back(1, unit), unit)


def _many(window: Window | None) -> bool:
    return window is not None and window.days > 31 and window.name not in ("month", "quarter", "to_date")


def _stepped(heard: Heard, query: Query, when: Calendar) -> Query:
    """A trend's window spans its steps, and its grain is the step."""
    window = query.window
    step = heard.step or heard.rhythm or _step_of(window)
    if window is None or window.days <= _days(step):
        start, end = when.back(STEPS[step], step)
        window = when.window("", (start, end), name=f"last_n_{step}s")
    return replace(query, window=replace(window, grain=step), baseline=None)


def _step_of(window: Window | None) -> Grain:
    if window is None or window.days > 62:
        return Grain.MONTH
    return Grain.WEEK if window.days > 14 else Grain.DAY


def _days(step: Grain) -> int:
    return {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31, Grain.QUARTER: 92, Grain.YEAR: 366}[step]
