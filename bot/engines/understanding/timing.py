"""Which window and which baseline a question means, from the periods it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from bot.analysis.windows import before_it, last_year, weeks_before
from bot.engines.understanding.changing import TIMES
from bot.engines.understanding.heard import Heard
from bot.errors import BadQuestion
from bot.language import Calendar, Period
from bot.language.periods import OF_A_YEAR
from bot.types import Grain, Intent, Metric, Note, Query, Window

STEPS = {Grain.DAY: 30, Grain.WEEK: 12, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 2}
"""How many complete steps a trend shows when no period is named."""
Baseline: TypeAlias = Literal["previous", "last_year"] | Window | None
SEVERAL = {"last_n_days": Grain.DAY, "last_n_weeks": Grain.WEEK, "last_n_months": Grain.MONTH}
"""Names of periods of several units → the unit."""
USUAL_MONTHS = 3
"""Months before that say what a month usually is."""
LENGTHS = ("n_units", "over_n", "twelve_months", "ahead", "coming", "hence")
"""Forms of a period that say how long, and not when."""
ALONE = (Intent.VALUE, Intent.BREAKDOWN, Intent.TOP)
PACED = ("purchase_frequency", "session_frequency", "message_pressure", "retention_cost")
"""Figures of one customer over a time: "how many times a year" is no course, but says over how long."""
COMPARED = (Intent.WHY, Intent.PREMISE, Intent.COMPARE)


def timing(heard: Heard, query: Query, metric: Metric | None, when: Calendar) -> tuple[Query, list[Note]]:
    """The query with its window and baseline, and what had to be read into the words.

    No period named leaves the window None: measuring takes the metric's own default and says so.
    """
    if metric is not None and "ltv_method" in metric.variants and (ahead := _horizon(heard)):
        variant = {"ltv_method": "sbg", **dict(query.variant), "horizon_days": str(ahead)}
        return replace(query, variant=tuple(sorted(variant.items()))), []
    notes = [
        Note("assumed_vague_period", {"words": _words(heard, period), "window": period.window})
        for period in heard.periods
        if period.vague
    ]
    window, baseline = _windows(heard, query, when)
    if paced(heard, metric) and query.intent is Intent.VALUE and heard.step is not None:
        return replace(query, window=_last(heard.step, when)), notes
    told_in = metric is not None and metric.unit in TIMES  # "median lifetime, in months"
    if not heard.periods and query.intent in ALONE and not told_in:
        window = _unit_alone(heard, when)
    if "usual" in heard.compare and not isinstance(baseline, Window):
        window, baseline = _against_usual(window or _last(heard.metric_window or Grain.WEEK, when))
    if window is None and heard.metric_window is not None:
        window = _last(heard.metric_window, when)
    if window is None and heard.rhythm is not None and query.intent is not Intent.TREND and not heard.filters:
        window = _last(heard.rhythm, when)
    segments = query.intent is Intent.COMPARE and bool(query.by)
    if query.intent in COMPARED and baseline is None and not (segments and _named_baseline(heard) is None):
        baseline = _named_baseline(heard) or "previous"
    query = replace(query, window=window, baseline=baseline)
    level = metric is not None and metric.window is Grain.DAY
    if query.intent is Intent.VALUE and _many(window) and (level or heard.rhythm or heard.metric_window):
        query = replace(query, intent=Intent.TREND)
    return (_stepped(heard, query, when), notes) if query.intent is Intent.TREND else (query, notes)


def paced(heard: Heard, metric: Metric | None) -> bool:
    """Whether a rhythm says over how long something is counted for one customer, and asks for no course."""
    counted = "how_much" in heard.intents or any((one.kind, one.id) == ("word", "count") for one in heard.spans)
    course = heard.periods or heard.metric_window or "trend" in heard.intents or heard.claims
    return metric is not None and metric.name in PACED and counted and not course


def _horizon(heard: Heard) -> int | None:
    """The days that a value is asked over ("over 24 months"), which lie ahead."""
    only = heard.periods[0] if len(heard.periods) == 1 else None
    return only.window.days if only is not None and only.form in LENGTHS else None


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
    ends = periods[0].ends
    if ends is not None and len(periods) == 1 and named is None and query.intent in COMPARED and not query.by:
        return ends[1], ends[0]  # what changed from July to October
    if named is not None or segments or (heard.versus is None and len(periods) == 1):
        return periods[0].window, named
    if heard.versus is None:
        first, second = sorted(periods[:2], key=lambda one: one.window.start)
        than = _relation(second, first) if first.form == "last_unit" else first.window
        return (second.window, than) if query.intent in COMPARED else (periods[0].window, None)
    after = [one for one in periods if one.start >= heard.versus and not _in_clause(heard, heard.versus, one)]
    before = [period for period in periods if period not in after]
    against = after[0] if after else None
    main = before[0] if before else after[1] if len(after) > 1 else None
    if against is None:
        return (main.window if main else None), None
    if main is None:
        return _against_alone(against, when)
    return main.window, _relation(main, against)


def _unit_alone(heard: Heard, when: Calendar) -> Window | None:
    """The running unit of "churn of the quarter", which nothing else takes up; None where none is named so."""
    units = [(at, one.slots["unit"]) for at, one in enumerate(heard.tokens) if "unit" in one.slots]
    apart = heard.step or heard.rhythm or heard.metric_window or heard.moment or heard.by or heard.compare
    if apart or len(units) != 1 or units[0][1] is Grain.DAY:
        return None
    at, unit = units[0]
    small = heard.language.filler
    if at in heard.explained or at == 0 or heard.tokens[at - 1].folded not in small:
        return None
    return when.window("", when.unit(when.as_of, unit), unit) if when.start(when.as_of, unit) < when.as_of else None


def _in_clause(heard: Heard, versus: int, period: Period) -> bool:
    """Whether others are compared with, and not a time: "more than those who did not come in the last 90 days"."""
    return any((one.kind, one.id) == ("word", "relative") and versus <= one.start < period.start for one in heard.spans)


def _against_usual(window: Window) -> tuple[Window, Baseline]:
    """ "Than usual": against the four weeks before; a month against the three before, what is longer against one."""
    if window.grain in (Grain.DAY, Grain.WEEK):
        return window, weeks_before(window)
    return window, before_it(window, USUAL_MONTHS, Grain.MONTH) if window.grain is Grain.MONTH else "previous"


def _relation(main: Period, against: Period) -> Baseline:
    """What "against" is to the main period.

    "This month against last month" means the same days before; named periods mean themselves.
    """
    if against.window == main.window:  # "Q3 against the last Q3"
        return "last_year" if main.form in OF_A_YEAR else "previous"
    if against.form == "last_unit" and main.form in ("this_unit", "last_unit"):
        if against.window.grain is main.window.grain and main.form == "this_unit":
            return "previous"
        if against.window.grain is Grain.YEAR:
            return "last_year"
    if against.form == "last_unit" and against.window.grain is Grain.YEAR and main.window.grain is not Grain.YEAR:
        return "last_year"
    year = last_year(main.window)
    if (against.window.start, against.window.end) == (year.start, year.end):
        return "last_year"
    return _steps_before(main.window, against.window) or against.window


def _steps_before(main: Window, against: Window) -> Window | None:
    """ "Last week against the last four weeks" means the four weeks before it, week by week."""
    unit = next((one for name, one in SEVERAL.items() if name == against.name), None)
    if unit is None or main.grain not in (Grain.DAY, unit) or main.days > 31 or against.end < main.start:
        return None
    days = {Grain.DAY: 1, Grain.WEEK: 7}.get(unit)
    if days is not None:
        many = against.days // days
        return weeks_before(main, many) if unit is Grain.WEEK else before_it(main, many, Grain.DAY)
    months = (against.end.year - against.start.year) * 12 + against.end.month - against.start.month
    return before_it(main, months, Grain.MONTH) if main.grain is Grain.MONTH else None


def _against_alone(against: Period, when: Calendar) -> tuple[Window | None, Baseline]:
    """ "How is churn compared to last month?": the unit that runs now, against the same days before."""
    if against.form == "last_unit" and against.window.grain is Grain.YEAR:
        return None, "last_year"
    unit = SEVERAL.get(against.window.name)
    if unit is not None and (before := _steps_before(main := _last(unit, when), against.window)) is not None:
        return main, before  # "than in the last four weeks": the last week, against the four before
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
    step = heard.step or heard.rhythm or heard.metric_window or _step_of(window)
    if window is None or window.days <= step.days[1] or heard.steps_back:
        start, end = when.back(heard.steps_back or STEPS[step], step)
        window = when.window("", (start, end), name=f"last_n_{step}s")
    return replace(query, window=replace(window, grain=step), baseline=None)


def _step_of(window: Window | None) -> Grain:
    if window is None or window.days > 62:
        return Grain.MONTH
    return Grain.WEEK if window.days > 14 else Grain.DAY
