"""Value, trend, breakdown, ranking, comparison: numbers as findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.analysis.compare import Comparison, compare
from bot.analysis.measure import measure
from bot.analysis.split import AVERAGED, WHOLES
from bot.analysis.windows import is_trend, months_later, steps
from bot.engines.answers import risk
from bot.engines.answers.benchmarks import beside_others, suited
from bot.engines.answers.companions import beside
from bot.engines.answers.noted import name_noted
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import SHOWN, label_of, scope
from bot.errors import ForPerson, NotAllowed
from bot.metrics import catalogue
from bot.types import Evidence, Grain, Intent, Query, Shape, Unit, Window

MOST_LINES = 12
"""Lines of a breakdown in prose; the table beside it has them all."""


def value(desk: Desk, query: Query) -> Part:
    """One number with its counts, and its change against the baseline."""
    query = desk.analyst.settled(suited(desk, query))
    metric = catalogue()[query.metric or ""]
    if metric.name == "benchmark_compare":
        return beside_others(desk, query)
    if metric.shape in SHOWN:
        return SHOWN[metric.shape](desk, query)
    if query.by or metric.keys:
        return breakdown(desk, query)
    if query.window is not None and is_trend(query.window):
        return trend(desk, query)
    part = Part(queries=[query])
    if desk.analyst.company.definitions.snapshot:
        evidence = measure(desk.analyst, query, id=desk.next_id())
        part.keep(evidence)
        _headline(desk, part, evidence, query)
        return part
    try:
        found = compare(desk.analyst, query)
    except ForPerson:  # the period before lies outside the data: the number alone
        evidence = measure(desk.analyst, query, id=desk.next_id())
        part.keep(evidence)
        _headline(desk, part, evidence, query)
        return part
    found = numbered(desk, found)
    part.queries = [found.main.query]
    part.keep(found.main, found.baseline)
    _headline(desk, part, found.main, query)
    change(desk, part, found)
    averaged(part, found)
    if query.intent is Intent.VALUE:
        beside(desk, part, found.main.query)
    part.follow_ups = [desk.language.say("follow_why"), *_by_offers(desk, query)]
    return part


def averaged(part: Part, found: Comparison) -> None:
    """That a baseline of several steps is told for one of them."""
    if len(found.against) < 2:
        return
    sums = found.baseline.shape is Shape.LEVEL and found.baseline.unit not in AVERAGED
    key = f"why_{'average' if sums else 'together'}_{found.against[0].grain.value}s"
    part.say(key, found.baseline, n=len(found.against))


def numbered(desk: Desk, found: Comparison) -> Comparison:
    """The comparison with evidence ids that are unique in this answer."""
    return replace(
        found,
        main=replace(found.main, id=desk.next_id()),
        baseline=replace(found.baseline, id=desk.next_id()),
    )


def _untold(rows: Sequence[Mapping[str, Any]]) -> str:
    """The sentence for no value: an empty base is named only where it was counted and is empty."""
    empty = bool(rows) and all(row.get("whole", row.get("n")) == 0 for row in rows)
    return "value_none" if empty else "value_undefined"


def _shown(evidence: Evidence) -> None:
    """Raises NotAllowed where every row is of too few customers to be shown: "none" would be untrue."""
    for note in evidence.caveats:
        if note.key == "small_cells_hidden" and not evidence.rows:
            raise NotAllowed("too_few_to_show", smallest=note.values["smallest"])


def _headline(desk: Desk, part: Part, evidence: Evidence, query: Query) -> None:
    row = evidence.rows[0]
    small = desk.analyst.company.definitions.small_sample
    shared = {"metric": query.metric, "window": evidence.query.window, "currency": evidence.currency}
    if row["value"] is None:
        part.say(_untold([row]), evidence, **shared)
    elif evidence.unit is Unit.POINTS:
        key = "value_nps_small" if row["whole"] < small else "value_nps"
        part.say(
            key, evidence, value=row["value"], interval=row["interval"], unit="points", n=row["whole"],
            promoters=row["promoters"], detractors=row["detractors"], **shared,
        )  # fmt: skip
    elif "whole" not in row:
        _level(part, evidence, row, shared)
    elif evidence.unit is not Unit.SHARE:
        counted = "money" if evidence.unit is Unit.MONEY else "number"
        part.say(
            f"value_per_{counted}", evidence, value=row["value"], part=row["part"], whole=row["whole"],
            unit=evidence.unit.value, **shared,
        )  # fmt: skip
    elif "interval" not in row:
        key = "value_money_share" if evidence.parts == "money" else "value_average"
        part.say(key, evidence, share=row["value"], part=row["part"], whole=row["whole"], **shared)
    else:
        key = "value_share"
        if row["whole"] < small:
            key = "value_share_small_rate" if query.names_rate else "value_share_small"
        part.say(
            key, evidence, share=row["value"], part=row["part"], whole=row["whole"],
            interval=row["interval"], unit="share", **shared,
        )  # fmt: skip
    scope(part, evidence)
    if query.metric == risk.METRIC:
        risk.brief(desk, part, evidence.query)


def _level(part: Part, evidence: Evidence, row: Mapping[str, Any], shared: Mapping[str, Any]) -> None:
    """A figure that is no share: with its interval where it has one, with what it is taken over where that tells."""
    key = "value_level_mrr" if "mrr" in row else "value_level"
    if row.get("interval"):
        key = "value_level_interval"
    elif evidence.unit in (Unit.DAYS, Unit.HOURS, Unit.MONTHS, Unit.SCORE, Unit.RATIO):
        key = "value_level_n"
    part.say(
        key, evidence, value=row["value"], n=row["n"], unit=evidence.unit.value, mrr=row.get("mrr"),
        interval=row.get("interval"), **shared,
    )  # fmt: skip


def change(desk: Desk, part: Part, found: Comparison) -> None:
    """How the main number differs from its baseline, or that it does not clearly."""
    now, then = found.main.rows[0], found.baseline.rows[0]
    if found.change is None:
        return
    shared: dict[str, Any] = {
        "change": found.change,
        "before": then["value"],
        "baseline": found.baseline.query.window,
        "unit": found.main.unit.value,
        "currency": found.main.currency,
    }
    small = desk.analyst.company.definitions.small_sample
    if min(now.get("whole", small), then.get("whole", small)) < small:
        counts = (then["part"], then["whole"])
        part.say(
            "change_small", found.baseline, part=counts[0], whole=counts[1],
            baseline=found.baseline.query.window,
        )  # fmt: skip
    elif found.change == 0 or _reads_alike(desk, now["value"], then["value"], shared):
        part.say("change_same", found.main, found.baseline, **shared)
    elif _reads_alike(desk, found.change, 0, shared):
        part.say("change_little", found.main, found.baseline, **shared)
    elif found.direction == "flat":
        part.say("change_none", found.main, found.baseline, **shared)
    else:
        part.say(f"change_{found.direction}", found.main, found.baseline, **shared)


def _reads_alike(desk: Desk, now: float, then: float, shared: Mapping[str, Any]) -> bool:
    """Whether two figures are the same once they are rounded for reading: a change of nothing is none."""
    first, second = (desk.language.say("cell_figure", **{**shared, "value": one}) for one in (now, then))
    return first == second


def _by_offers(desk: Desk, query: Query) -> list[str]:
    """One breakdown to click on: the first that is open and that the company has."""
    metric = catalogue()[query.metric or ""]
    taken = {*query.by, *(name for name, _ in query.filters)}
    for dimension in ("country", "plan", "platform"):
        if dimension in metric.by and dimension not in taken and desk.analyst.values(dimension):
            return [desk.language.say("follow_by", dimension=dimension)]
    return []


def trend(desk: Desk, query: Query) -> Part:
    """The metric step by step over its window; a cohort table and a bridge have steps of their own."""
    shape = desk.analyst.metric(query.metric).shape
    if shape in SHOWN:
        return SHOWN[shape](desk, query)
    query = stepped(desk, query)
    evidence = measure(desk.analyst, query, id=desk.next_id())
    query = evidence.query
    _shown(evidence)
    part = Part(queries=[query])
    part.keep(evidence)
    shared = {"unit": evidence.unit.value, "currency": evidence.currency}
    part.say("trend_header", evidence, metric=query.metric, window=query.window)
    scope(part, evidence)
    assert query.window is not None
    for row in evidence.rows:
        step = step_window(row["period"], query.window)
        if query.by:
            segment = " · ".join(label_of(desk, dimension, row[dimension]) for dimension in query.by)
            label = desk.language.say("trend_label", step=step, label=segment)
            _line(desk, part, evidence, row, "breakdown", {"label": label, **shared})
        else:
            _line(desk, part, evidence, row, "trend", {"step": step, **shared})
    rows = [row for row in evidence.rows if row["value"] is not None]
    if len(rows) > 1 and not query.by:
        _summary(desk, part, evidence, rows[0], rows[-1])
    name_noted(desk, part, query.window, dict(query.filters).get("country", ()))
    part.follow_ups = [desk.language.say("follow_why"), *_by_offers(desk, query)]
    return part


def stepped(desk: Desk, query: Query) -> Query:
    """A trend's window: as asked, else the last twelve complete months."""
    if query.window is not None and is_trend(query.window):
        return query
    end = desk.analyst.as_of.replace(day=1)
    return replace(query, window=Window(months_later(end, -12), end, Grain.MONTH, name="last_n_months"))


def step_window(period: str, window: Window) -> Window:
    """The window of one step, from the period its row is named by."""
    return next(one for one in steps(window) if one.start.isoformat() == period)


def _line(
    desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any], kind: str, values: dict[str, Any]
) -> None:
    small = desk.analyst.company.definitions.small_sample
    if row["value"] is None:
        part.say(f"{kind}_none_line", evidence, **values)
    elif "whole" in row and evidence.unit is Unit.SHARE and evidence.parts != "money":
        key = f"{kind}_counts_line" if row["whole"] < small else f"{kind}_share_line"
        part.say(key, evidence, share=row["value"], part=row["part"], whole=row["whole"], **values)
    else:
        part.say(f"{kind}_line", evidence, value=row["value"], **values)


def _summary(desk: Desk, part: Part, evidence: Evidence, first: Mapping[str, Any], last: Mapping[str, Any]) -> None:
    small = desk.analyst.company.definitions.small_sample
    if min(first.get("whole", small), last.get("whole", small)) < small:
        return
    change = last["value"] - first["value"]
    overlapping = (
        "interval" in first
        and first["interval"]
        and last["interval"]
        and first["interval"][0] <= last["interval"][1]
        and last["interval"][0] <= first["interval"][1]
    )
    direction = "flat" if overlapping or change == 0 else "up" if change > 0 else "down"
    part.say(
        f"trend_summary_{direction}", evidence, first=first["value"], last=last["value"], change=change,
        unit=evidence.unit.value, currency=evidence.currency,
    )  # fmt: skip


def breakdown(desk: Desk, query: Query) -> Part:
    """The metric per segment, the largest base first; `top` and `bottom` sort by the value."""
    shape = desk.analyst.metric(query.metric).shape
    if shape in SHOWN and query.intent is not Intent.TOP:
        return SHOWN[shape](desk, query)
    evidence = measure(desk.analyst, query, id=desk.next_id())
    query = evidence.query
    part = Part(queries=[query])
    part.keep(evidence)
    metric = catalogue()[query.metric or ""]
    dimensions = tuple(dict.fromkeys((*query.by, *metric.keys)))
    key = "breakdown_header"
    rows = [row for row in evidence.rows if "period" not in row]
    if metric.keys and not query.by:  # parts of one whole: the largest first, unless the metric has an order of its own
        rows.sort(key=lambda row: 0 if metric.finish else -(row.get("part") or row.get("value") or 0))
    else:
        rows.sort(key=lambda row: -(row.get("whole") or row.get("value") or 0))
    if "month" in dimensions:
        rows.sort(key=lambda row: str(row["month"]))
    values: dict[str, Any] = {"metric": query.metric, "window": query.window, "dimensions": dimensions}
    if query.intent is Intent.TOP:
        lowest = query.claim == "down"
        defined = [row for row in rows if row["value"] is not None]
        rows = sorted(defined, key=lambda row: row["value"], reverse=not lowest)[: query.limit or 5]
        key = "bottom_header" if lowest else "top_header"
        values["dimension"] = dimensions[0]
    if not any(row["value"] is not None for row in rows):
        _shown(evidence)
        part.say(_untold(rows), evidence, **values)
        scope(part, evidence)
        return part
    part.say(key, evidence, **values)
    whole = _whole(desk, part, query)
    scope(part, replace(evidence, query=_of_all(query)) if whole else evidence)
    shared = {"unit": evidence.unit.value, "currency": evidence.currency}
    for row in rows[:MOST_LINES]:
        label = " · ".join(label_of(desk, dimension, row[dimension]) for dimension in dimensions)
        if row.get("example"):
            label = desk.language.say("label_with_example", label=label, example=row["example"])
        if whole and row["value"] is not None:
            share = float(row["value"]) / whole
            values = {"label": label, "value": row["value"], "whole": whole, "share": share, **shared}
            part.say("breakdown_part_line", evidence, **values)
        else:
            _line(desk, part, evidence, row, "breakdown", {"label": label, **shared})
    if len(rows) > MOST_LINES:
        part.say("breakdown_more", evidence, n=len(rows) - MOST_LINES)
    if query.metric == "churn_reasons" and rows:
        part.say("reasons_coverage", evidence, part=rows[0]["whole"], whole=rows[0]["churned"])
    part.follow_ups = [desk.language.say("follow_why"), desk.language.say("follow_who")]
    return part


def _whole(desk: Desk, part: Part, query: Query) -> float | None:
    """What the rows of a breakdown are a share of, where that is asked for: all of them, and not only those named."""
    if not (query.names_rate and query.intent is Intent.BREAKDOWN and query.metric in WHOLES):
        return None
    evidence = measure(desk.analyst, _of_all(query), id=desk.next_id(), role="companion")
    part.keep(evidence)
    value = evidence.rows[0]["value"] if evidence.rows else None
    return float(value) if value else None


def _of_all(query: Query) -> Query:
    """The query of all that its rows are parts of."""
    passing = tuple(one for one in query.filters if one[0] not in query.by)
    return replace(query, intent=Intent.VALUE, by=(), filters=passing)
