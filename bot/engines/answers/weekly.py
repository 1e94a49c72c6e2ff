"""The week: the last complete week against the week before and the four weeks before, in under a screen.

A day is told against the seven days before in the same way, a month against the six months before. Leadership,
marketing and customer success get the same figures in another order and length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt
from typing import Any, Literal

from bot.analysis.compare import compared
from bot.analysis.explain import Explanation, split_change
from bot.analysis.intervals import Z, difference
from bot.analysis.measure import measure
from bot.analysis.windows import default_window, months_later
from bot.engines.answers import actions
from bot.engines.answers.noted import name_noted
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of, scope
from bot.engines.answers.track import records
from bot.engines.understanding.offered import ACTIONS
from bot.errors import ForPerson, NotAllowed
from bot.metrics import catalogue
from bot.playbook import Signal
from bot.types import Evidence, Grain, Intent, Query, Unit, Window

METRICS = ("churned_customers", "new_customers", "mrr", "active_users", "nps")
FOR_WHOM = ("country", "plan", "platform", "size")
BASE: Mapping[Grain, int] = {Grain.DAY: 7, Grain.WEEK: 4, Grain.MONTH: 6}
"""Days, weeks or months before that tell what is usual."""
TOTAL = "total"
"""The row of a figure that has several by type."""
TENTHS_BELOW = 100
"""Averages under this are told with a decimal."""


@dataclass(frozen=True)
class Telling:
    """What readers are told: which figures, how many changes and actions at most, and whether the figures come last."""

    metrics: tuple[str, ...] = METRICS
    changes: int = 3
    actions: int = 3
    figures_last: bool = False
    people_first: bool = False
    """Whom to look at is offered before why."""


TELLINGS: Mapping[str | None, Telling] = {
    None: Telling(),
    "leadership": Telling(("mrr", "churned_customers", "new_customers"), changes=2, actions=1),
    "marketing": Telling(("new_customers", "active_users", "churned_customers", "nps", "mrr"), figures_last=True),
    "success": Telling(
        ("value_at_risk", "open_tickets", "churned_customers", "nps", "active_users"), people_first=True
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Week:
    """One metric's week, day or month: `moved` is +1, -1 or 0 where the difference from the base can be chance."""

    evidence: Evidence
    usual: Evidence
    """Those before, told for one of them."""
    now: Mapping[str, Any]
    before: Mapping[str, Any]
    moved: int

    @property
    def base(self) -> float:
        return float(self.usual.rows[0]["value"])


def weekly(desk: Desk, query: Query) -> Part:
    """A line per metric, what moved and for whom, the play that fits, and the actions worth most."""
    if query.subject == ACTIONS:
        return _only_actions(desk, query)
    desk.analyst.check_dimensions(query)
    telling, last = TELLINGS.get(query.subject, TELLINGS[None]), _last(desk, query)
    part = Part(queries=[replace(query, window=last)])
    part.say(f"weekly_header_{last.grain}" if last.grain is not Grain.WEEK else "weekly_header", window=last)
    weeks = [week for name in telling.metrics if (week := _week(desk, query, name, last)) is not None]
    if weeks and (query.filters or query.exclude):
        scope(part, weeks[0].evidence)
    for week in weeks:
        part.keep(week.evidence, week.usual)
    if not telling.figures_last:
        _lines(part, weeks, desk)
    moved = [week for week in weeks if week.moved]
    part.say("weekly_changed" if moved else "weekly_nothing")
    for week in moved[: telling.changes]:
        _changed(desk, part, week, last)
    name_noted(desk, part, last, dict(query.filters).get("country", ()))
    for week in moved:
        if not part.citations and catalogue()[week.evidence.query.metric or ""].good != _way(week):
            _do(desk, part, week)
    if not (query.filters or query.exclude):
        actions.told(desk, part, telling.actions)
    if telling.figures_last:
        _lines(part, weeks, desk)
    first = [desk.language.say("follow_why"), desk.language.say("follow_who_slipping")]
    part.follow_ups = [*(reversed(first) if telling.people_first else first), *part.follow_ups]
    return part


def _last(desk: Desk, query: Query) -> Window:
    """The last complete week, or the day or month that is asked for."""
    definitions, asked = desk.analyst.company.definitions, query.window
    if asked is not None and asked.complete and asked.grain in (Grain.DAY, Grain.MONTH):
        return asked
    return default_window(Grain.WEEK, desk.analyst.as_of, definitions.zone, definitions.week_start)


def _start(window: Window, back: int) -> date:
    """The first day of the day, week or month so many before."""
    if window.grain is Grain.MONTH:
        return months_later(window.start, -back)
    return window.start - timedelta(days=back * (7 if window.grain is Grain.WEEK else 1))


def _only_actions(desk: Desk, query: Query) -> Part:
    """What is worth most to do, without the figures of the week. Raises NotAllowed for those who may not draft."""
    if not desk.analyst.rights.drafts:
        raise NotAllowed("drafts_not_allowed")
    part = Part(queries=[query])
    actions.told(desk, part)
    return part


def _week(desk: Desk, asked: Query, name: str, last: Window) -> Week | None:
    """The metric in the last week and those before, of those that are asked about; None where the company cannot
    measure it or had nothing to measure."""
    many = BASE[last.grain]
    try:
        span = replace(last, start=_start(last, many))
        query = Query(Intent.WEEKLY, name, span, filters=asked.filters, exclude=asked.exclude)
        evidence = measure(desk.analyst, query, id=desk.next_id())
    except ForPerson:
        return None
    rows = tuple(row for row in evidence.rows if row.get("type", TOTAL) == TOTAL)
    evidence = replace(evidence, rows=rows)
    if len(rows) < many + 1 or rows[-1]["value"] is None or rows[-2]["value"] is None:
        return None
    now, before, earlier = rows[-1], rows[-2], rows[:-1]
    if "whole" in now:
        whole = sum(row["whole"] for row in earlier)
        if not whole or not now["whole"]:
            return None
        share = sum(row["part"] for row in earlier) / whole
        scale = 100 if evidence.unit is Unit.POINTS else 1
        usual = _usual(desk, evidence, last, scale * share)
        return Week(evidence, usual, now, before, _moved_share(evidence, now, share, whole))
    values = [float(row["value"]) for row in earlier]
    usual = _usual(desk, evidence, last, sum(values) / len(values))
    return Week(evidence, usual, now, before, _moved_level(evidence, now["value"], values))


def _usual(desk: Desk, evidence: Evidence, last: Window, base: float) -> Evidence:
    """The mean of those before as a measurement of its own, so that what is said of it has a receipt."""
    many = BASE[last.grain]
    window = replace(last, start=_start(last, many), end=last.start)
    return replace(
        evidence, id=desk.next_id(), role="baseline", query=replace(evidence.query, window=window),
        columns=("value", "n"), rows=({"value": base, "n": many},), caveats=(),
    )  # fmt: skip


def _moved_share(evidence: Evidence, now: Mapping[str, Any], share: float, whole: float) -> int:
    if evidence.unit is Unit.POINTS:
        low, high = now["interval"]
        return 0 if low <= 100 * share <= high else 1 if now["value"] > 100 * share else -1
    low, high = difference(now["part"], now["whole"], share * whole, whole)
    return 0 if low <= 0 <= high else 1 if low > 0 else -1


def _moved_level(evidence: Evidence, now: float, earlier: list[float]) -> int:
    """Beyond chance: a count by its Poisson spread or that of those before, whichever is wider; money by the latter."""
    base = sum(earlier) / len(earlier)
    spread = sqrt(sum((one - base) ** 2 for one in earlier) / (len(earlier) - 1))
    if evidence.unit is Unit.COUNT:
        spread = max(spread, sqrt(base))
    gap = now - base
    return 0 if abs(gap) <= Z * spread * sqrt(1 + 1 / len(earlier)) else 1 if gap > 0 else -1


def _lines(part: Part, weeks: Sequence[Week], desk: Desk) -> None:
    for week in weeks:
        _line(part, week, desk)


def _line(part: Part, week: Week, desk: Desk) -> None:
    grain = week.evidence.query.window.grain if week.evidence.query.window else Grain.WEEK
    then = desk.language.say(f"weekly_then_{grain}")
    values: dict[str, Any] = {
        "metric": week.evidence.query.metric,
        "value": week.now["value"],
        "before": week.before["value"],
        "base": round(week.base, 1) if abs(week.base) < TENTHS_BELOW else round(week.base),
        "unit": week.evidence.unit.value,
        "currency": week.evidence.currency,
        "then": then,
        "usually": desk.language.say(f"weekly_usually_{grain}"),
    }
    small = desk.analyst.company.definitions.small_sample
    if "whole" in week.now and week.now["whole"] < small:
        part.say(
            "weekly_counts_line", week.evidence, metric=values["metric"], part=week.now["part"],
            whole=week.now["whole"], before=week.before["part"], whole_before=week.before["whole"], then=then,
        )  # fmt: skip
        return
    part.say("weekly_money_line" if week.evidence.unit is Unit.MONEY else "weekly_line", week.evidence, **values)


def _way(week: Week) -> Literal["up", "down"]:
    return "up" if week.moved > 0 else "down"


def _changed(desk: Desk, part: Part, week: Week, last: Window) -> None:
    """One thing that moved: which way, and for whom most."""
    name = week.evidence.query.metric or ""
    found = None if catalogue()[name].keys else _for_whom(desk, week, last)
    against = desk.language.say(f"weekly_against_{last.grain}")
    values = {"metric": name, "unit": week.evidence.unit.value, "currency": week.evidence.currency, "against": against}
    gap = week.now["value"] - week.base
    if found is None or found.driver is None:
        part.say(f"weekly_moved_{_way(week)}", week.evidence, change=gap, **values)
    else:
        driver = found.driver
        evidence = next(one for one in found.drivers if one.query.by == (driver[0],))
        part.keep(replace(evidence, id=desk.next_id()))
        label = label_of(desk, driver[0], driver[1].segment)
        key = f"weekly_moved_{_way(week)}_for"
        part.say(key, week.evidence, change=gap, dimension=driver[0], label=label, **values)


def _for_whom(desk: Desk, week: Week, last: Window) -> Explanation | None:
    """The segment that holds most of the change against the one before, where that goes the same way."""
    before = replace(last, start=_start(last, 1), end=last.start)
    query = replace(week.evidence.query, intent=Intent.WHY, window=last)
    found = split_change(
        desk.analyst,
        compared(
            replace(week.evidence, rows=(week.now,), query=query),
            replace(week.evidence, rows=(week.before,), query=replace(query, window=before), role="baseline"),
        ),
        FOR_WHOM,
    )
    same_way = (week.now["value"] - week.before["value"]) * week.moved > 0
    return found if same_way else None


def _do(desk: Desk, part: Part, week: Week) -> None:
    """The play that answers a change for the worse."""
    book, signals = desk.playbook(), [Signal(week.evidence.query.metric or "", _way(week))]
    known = records(desk, (fit.play for fit in book.fits(signals)))
    play = book.fitting(signals, desk.language.code, known)
    if play is not None:
        citation = play.cite("steps", desk.language.code)
        part.citations.append(citation)
        part.say("weekly_do", title=citation.title, section=citation.section)
