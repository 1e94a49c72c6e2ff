"""What is shown small beside a number, because it changes how the number reads: churn with new customers and CSAT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.analysis.measure import measure
from bot.engines.answers.part import Desk, Part
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Evidence, Intent, Query, Shape, Unit

MOST = 3
PLAIN = (Shape.SHARE, Shape.RATIO, Shape.LEVEL)


def beside(desk: Desk, part: Part, query: Query) -> None:
    """One line with the metric's companions over the same days and customers; those that cannot be told stay away."""
    facts: list[str] = []
    found: list[Evidence] = []
    for name in catalogue()[query.metric or ""].companions:
        evidence = _measured(desk, query, name)
        if evidence is None or len(facts) == MOST:
            continue
        fact = _fact(desk, evidence, evidence.rows[0])
        if fact and evidence.query.window != query.window:
            fact = desk.language.say("beside_when", fact=fact, window=evidence.query.window)
        if fact:
            facts.append(fact)
            found.append(evidence)
    if facts:
        part.evidence.extend(found)
        part.say("beside", *found, facts=" · ".join(facts))


def _measured(desk: Desk, query: Query, name: str) -> Evidence | None:
    metric = catalogue().get(name)
    named = {dimension for dimension, _ in (*query.filters, *query.exclude)}
    if metric is None or metric.shape not in PLAIN or metric.keys or not named <= set(metric.by):
        return None
    # A level is of one day, a rate of one day says nothing: beside a level each keeps its own default window.
    window = None if query.window is not None and query.window.days == 1 else query.window
    asked = Query(Intent.VALUE, name, window, filters=query.filters, exclude=query.exclude)
    try:
        evidence = measure(desk.analyst, asked, id=desk.next_id(), role="companion")
    except ForPerson:
        return None
    return evidence if len(evidence.rows) == 1 else None


def _fact(desk: Desk, evidence: Evidence, row: Mapping[str, Any]) -> str | None:
    shared = {"metric": evidence.query.metric, "unit": evidence.unit.value, "currency": evidence.currency}
    if row["value"] is None:
        return None
    small = desk.analyst.company.definitions.small_sample
    if evidence.unit is Unit.SHARE and evidence.parts != "money" and row["whole"] < small:
        return desk.language.say("beside_counts", part=row["part"], whole=row["whole"], **shared)
    if evidence.unit is Unit.POINTS and row["whole"] < small:
        return None
    return desk.language.say("beside_figure", value=row["value"], **shared)
