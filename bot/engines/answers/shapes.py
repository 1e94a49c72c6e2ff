"""What has more rows than one by its nature: a bridge, a cohort table, a curve, a verdict; and how rows are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.measure import measure
from bot.analysis.windows import is_trend
from bot.engines.answers.part import Desk, Part
from bot.types import Evidence, Grain, Query, Shape, Unit

MOST_LINES = 12
"""Lines in prose; the table beside it has them all."""
MOST_ROWS = 30
MARKS = (1, 3, 6, 12, 24)
"""The ages that are told of each segment; the file has them all."""
BRIDGE = frozenset({"start", "new", "expansion", "reactivation", "resume", "contraction", "pause", "churn", "end"})
"""The parts of a bridge of money, each with a sentence of its own."""


def scope(part: Part, evidence: Evidence) -> None:
    """The filters and the variant that an answer stands under, said right after its number."""
    query = evidence.query
    if query.variant:
        part.say("under_variant", evidence, variant=query.variant)
    if query.filters:
        part.say("only", evidence, filters=query.filters)
    if query.exclude:
        part.say("without", evidence, filters=query.exclude)


def label_of(desk: Desk, dimension: str, value: Any) -> str:
    """A segment as people read it."""
    if value in ("unknown", "other"):
        return desk.language.say(f"{value}_value_label")
    if dimension == "month":
        return desk.language.say("cell_month", value=value)
    return desk.language.value_name(dimension, str(value))


def _begun(desk: Desk, query: Query, header: str) -> tuple[Part, Evidence]:
    """What is measured, and an answer that says so far of what and of whom it is."""
    evidence = measure(desk.analyst, query, id=desk.next_id())
    part = Part(queries=[evidence.query])
    part.keep(evidence)
    part.say(header, evidence, metric=query.metric, window=evidence.query.window)
    scope(part, evidence)
    return part, evidence


def flow(desk: Desk, query: Query) -> Part:
    """The bridge from the start to the end, part by part."""
    if query.window is not None and is_trend(query.window):
        query = replace(query, window=replace(query.window, grain=Grain.RANGE))
    part, evidence = _begun(desk, query, "flow_header")
    for row in evidence.rows[:MOST_ROWS]:
        if row["type"] in ("pause", "resume") and not row["value"]:
            continue
        values = {"value": row["value"], "unit": evidence.unit.value, "currency": evidence.currency}
        if evidence.unit is Unit.MONEY and not query.by and row["type"] in BRIDGE:
            part.say(f"flow_{row['type']}", evidence, n=row["n"], **values)
        elif row["value"] is None:
            part.say("breakdown_none_line", evidence, label=_label(desk, query, row))
        elif row.get("mrr") is not None:
            part.say("flow_line_mrr", evidence, label=_label(desk, query, row), mrr=row["mrr"], **values)
        else:
            part.say("breakdown_line", evidence, label=_label(desk, query, row), **values)
    return part


def grid(desk: Desk, query: Query) -> Part:
    """The cohort table: its average row in words, weighted over the cohorts that reached each age."""
    part, evidence = _begun(desk, query, "grid_header")
    cells: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in evidence.rows:
        if not query.by or row["age"] in MARKS:
            cells.setdefault((_label(desk, query, row), row["age"]), []).append(row)
    for label, age in sorted(cells)[: MOST_LINES if not query.by else MOST_ROWS]:
        rows = cells[label, age]
        counted, whole = sum(row["part"] for row in rows), sum(row["whole"] for row in rows)
        if whole and label:
            part.say("grid_line_of", evidence, label=label, age=age, share=counted / whole, part=counted, whole=whole)
        elif whole:
            values = {"age": age, "share": counted / whole, "part": counted, "whole": whole}
            key = "grid_line_money" if evidence.parts == "money" else "grid_line"
            part.say(key, evidence, currency=evidence.currency, **values)
    return part


def curve(desk: Desk, query: Query) -> Part:
    """Who is still there at each age, and how many are left to tell it from."""
    part, evidence = _begun(desk, query, "curve_header")
    shown = [row for row in evidence.rows if row["age"] in MARKS] if query.by else _spread(evidence.rows)
    for row in shown[:MOST_ROWS]:
        label = _label(desk, query, row)
        values = {"age": row["age"], "share": row["value"], "n": row["at_risk"], "interval": row.get("interval")}
        key = "curve_line" if row.get("interval") else "curve_line_bare"
        if row["value"] is not None:
            part.say(f"{key}_of" if label else key, evidence, label=label, **values)
    return part


def _spread(rows: tuple[Mapping[str, Any], ...]) -> list[Mapping[str, Any]]:
    """As many rows as can be read, evenly over the curve, its last included."""
    if len(rows) <= MOST_LINES:
        return list(rows)
    step = -(-len(rows) // MOST_LINES)
    picked = list(rows[::step])
    return picked if picked[-1] is rows[-1] else [*picked, rows[-1]]


def verdict(desk: Desk, query: Query) -> Part:
    """Several signs and what they say together: each with its value and what it is held against."""
    part, evidence = _begun(desk, query, "verdict_header")
    currency = desk.analyst.company.definitions.currency  # one sign may be an amount where the others are shares
    for row in evidence.rows:
        unit = {"unit": row.get("unit") or evidence.unit.value, "currency": currency}
        label = _label(desk, query, row)
        if row.get("value") is None:
            part.say("breakdown_none_line", evidence, label=label)
        elif row.get("before") is None:
            part.say("breakdown_line", evidence, label=label, value=row["value"], **unit)
        else:
            part.say("verdict_line", evidence, label=label, value=row["value"], before=row["before"], **unit)
    return part


def _label(desk: Desk, query: Query, row: Mapping[str, Any]) -> str:
    """What names a row: its segment, and its part of the shape."""
    names = [name for name in (*query.by, "type", "sign") if name not in ("cohort", "age")]
    named = [name for name in names if row.get(name) is not None]
    return " · ".join(label_of(desk, name, row[name]) for name in dict.fromkeys(named))


SHOWN: Mapping[Shape, Callable[[Desk, Query], Part]] = {
    Shape.FLOW: flow,
    Shape.GRID: grid,
    Shape.CURVE: curve,
    Shape.VERDICT: verdict,
}
"""Shape → how it is shown, where that is not one number."""
