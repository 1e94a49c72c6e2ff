"""What would be: customers, revenue and lifetime value with one rate changed, beside what they would be anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.analysis.project import Outlook, evidence, outlook
from bot.analysis.what_if import LEVERS, SHARES, Effect, Supposed, beside, effects, readings
from bot.analysis.windows import months_later
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.project import method, tested
from bot.engines.answers.shapes import scope
from bot.errors import BadData, BadQuestion
from bot.metrics.lifetime_value import margin_of
from bot.types import Evidence, Note, Query, Unit

METRIC = "sensitivity"
"""The catalogue's name for what a change of a rate is worth."""
EVERY = 3
"""Months from one line of the course to the next."""


def what_if(desk: Desk, query: Query) -> Part:
    """Each reading of what is supposed, with its effect and interval over the horizon; then the base it stands on."""
    if query.metric not in LEVERS or not query.amounts:
        raise BadQuestion("what_if_needs")
    lever = query.metric
    found = outlook(desk.analyst, query, "mrr")
    query = replace(query, window=replace(found.window, start=found.past.months[-1]))
    part = Part(queries=[query])
    possible, left_out = readings(found.past, found.known, lever, query.amounts[0], query.claim)
    if not possible or (lever in SHARES and not found.known.churn):
        raise BadData("what_if_impossible", metric=lever)
    if len(possible) > 1:
        part.say("what_if_two_readings", amount=query.amounts[0].value)
    for number, supposed in enumerate(possible):
        _reading(desk, part, query, supposed, found)
        if not number:
            scope(part, part.evidence[0])
    if left_out:
        part.say("what_if_no_points", metric=lever)
    method(desk, part, query, found)
    tested(desk, part, query, found)
    part.say("what_if_no_cause")
    if desk.analyst.company.definitions.margin is None:
        part.caveats.append(Note("margin_unknown"))
    return part


def _reading(desk: Desk, part: Part, query: Query, supposed: Supposed, found: Outlook) -> None:
    """One reading: the rate as it would be, what it changes, and the course of it."""

    def kept(rows: list[dict[str, Any]], unit: Unit, metric: str = METRIC) -> Evidence:
        one = evidence(desk.analyst, replace(query, metric=metric), rows, unit, found.sql)
        one = replace(one, id=desk.next_id())
        part.keep(one)
        return one

    lever = query.metric or ""
    unit = Unit.SHARE if lever in SHARES else Unit.MONEY if lever == "arpa" else Unit.COUNT
    rate = kept([{"value": supposed.after, "base": supposed.before}], unit, lever)
    part.say(
        f"what_if_{supposed.reading}", rate, metric=lever, value=supposed.after, base=supposed.before,
        unit=unit.value, currency=rate.currency, change=supposed.after - supposed.before,
        share=supposed.after / supposed.before - 1 if supposed.before else 0.0,
    )  # fmt: skip
    margin, basis = margin_of(desk.analyst.company.definitions)
    told = effects(found.past, found.known, found.months, supposed.change, margin if basis == "margin" else None)
    counted = kept([_row(told[0])], Unit.COUNT)
    money = kept([_row(one) for one in told[1:]], Unit.MONEY)
    month = months_later(found.past.months[-1], found.months - 1)
    for one in told:
        if one.figure == "clv" and not one.change:
            continue  # more customers make none of them worth more
        held = counted if one is told[0] else money
        part.say(
            f"what_if_{one.figure}", held, month=month, months=found.months, value=one.value, base=one.base,
            change=one.change, low=one.low, high=one.high, currency=held.currency, basis=basis,
        )  # fmt: skip
    course = beside(found.past, found.known, found.months, supposed.change)
    days = [months_later(found.past.months[-1], number) for number in range(found.months)]
    rows = [{"period": day.isoformat(), **row} for day, row in zip(days, course, strict=True)]
    monthly = kept(rows, Unit.MONEY)
    for number, (day, row) in enumerate(zip(days, course, strict=True), 1):
        if number % EVERY == 0 and number < found.months:
            values = {**row, "customers": round(row["customers"])}
            part.say("what_if_line", monthly, month=day, currency=monthly.currency, **values)


def _row(one: Effect) -> dict[str, Any]:
    return {
        "type": one.figure, "value": one.value, "base": one.base, "change": one.change, "low": one.low,
        "high": one.high,
    }  # fmt: skip
