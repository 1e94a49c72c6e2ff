"""What will be: a figure month by month, with its interval, how it was reckoned, and how well that did before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bot.analysis.outlast import outlasting
from bot.analysis.project import UNITS, Outlook, evidence, history, horizon, months_between, outlook
from bot.analysis.project_orders import ordered
from bot.analysis.projection import HELD_OUT, LEVELS, BackTest
from bot.analysis.windows import months_later
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.errors import BadQuestion
from bot.metrics.buyers import HELD_WEEKS, Tested
from bot.types import Evidence, Query, Unit, Window

RETENTION = ("retention_rate", "survival_curve")
"""Asked of the future, both mean: of those who begin, who will still be here."""
OWN_NAMES = ("customers", "revenue")
"""Figures that are asked for beside MRR and are no metrics of the catalogue."""
MOST_LINES = 14


def project(desk: Desk, query: Query) -> Part:
    """The figure at its horizon, month by month, the method with its rates, and the back-test."""
    figure = query.subject or query.metric or ""
    company = desk.analyst.company
    if figure == "revenue" and not company.has("subscriptions") and company.has("orders"):
        return _of_orders(desk, query)
    if query.metric in RETENTION:
        return _retention(desk, query)
    if figure not in UNITS:
        raise BadQuestion("project_unknown", metric=query.metric, near=["mrr", "churn_rate", "survival_curve"])
    found = outlook(desk.analyst, query, figure)
    asked = replace(query, window=found.window)
    part = Part(queries=[asked])
    each = replace(evidence(desk.analyst, asked, _rows(found), UNITS[figure], found.sql), id=desk.next_id())
    part.keep(each)
    _headline(desk, part, asked, found, each)
    scope(part, each)
    lines = list(each.rows) if len(each.rows) <= MOST_LINES else [row for n, row in enumerate(each.rows) if n % 3 == 2]
    for row in lines if len(lines) > 1 else ():
        low, high = row["interval"]
        part.say(
            f"project_line_{_kind(figure)}", each, month=date.fromisoformat(row["period"]),
            value=row.get("value", row.get(figure)), low=low, high=high, currency=each.currency,
        )  # fmt: skip
    method(desk, part, asked, found)
    tested(desk, part, asked, found)
    part.follow_ups = [desk.language.say("follow_what_if")]
    return part


def _kind(figure: str) -> str:
    return {Unit.MONEY: "money", Unit.SHARE: "share"}.get(UNITS[figure], "count")


def _rows(found: Outlook) -> list[dict[str, Any]]:
    """One row a month. What is no metric of the catalogue has a column of its own name instead of `value`."""
    name = found.figure if found.figure in OWN_NAMES else "value"
    return [{"period": row.pop("period"), name: row.pop("value"), **row} for row in found.each()]


def _headline(desk: Desk, part: Part, query: Query, found: Outlook, each: Evidence) -> None:
    """The figure as one: the last level, or the sum or mean share of the months asked for."""
    figure, kind = found.figure, _kind(found.figure)
    row, held = {**each.rows[-1]}, each
    if figure not in LEVELS:
        whole = found.whole()
        total = whole.pop("value")
        rows = [{"total" if figure in OWN_NAMES else "value": total, **whole}]
        held = replace(evidence(desk.analyst, query, rows, UNITS[figure], found.sql), id=desk.next_id())
        part.keep(held)
        row = {**held.rows[0], "value": total}
    low, high = row["interval"]
    part.say(
        f"project_{figure}" if figure in OWN_NAMES else f"project_{'level' if figure in LEVELS else 'over'}_{kind}",
        held, metric=query.metric, month=months_later(found.window.end, -1), window=found.window,
        value=row.get("value", row.get(figure)), low=low, high=high, low_80=row["low_80"], high_80=row["high_80"],
        currency=held.currency,
    )  # fmt: skip


def method(desk: Desk, part: Part, query: Query, found: Outlook) -> None:
    """How it was reckoned: the company's own rates, and what is taken for granted."""
    known = found.known
    row = {
        "customers": float(found.past.customers[-1].sum()), "mrr": float(found.past.mrr[-1].sum()),
        "churn": known.churn, "new_a_month": known.new.mean, "new_mrr": known.brings.mean,
        "growth": known.growth.mean - 1, "months": known.months,
    }  # fmt: skip
    asked = replace(query, metric="mrr", window=_past_window(found, known.months))
    base = evidence(desk.analyst, asked, [{"value": row["mrr"], **row}], Unit.MONEY, found.sql, role="driver")
    base = replace(base, id=desk.next_id())
    part.keep(base)
    part.say("project_now", base, day=found.past.months[-1], n=round(row["customers"]), mrr=row["mrr"],
        currency=base.currency)  # fmt: skip
    part.say(
        "project_method", base, months=known.months, churn=known.churn, new=round(known.new.mean, 1),
        brings=known.brings.mean, growth=known.growth.mean - 1, currency=base.currency,
    )  # fmt: skip
    part.say("project_assumes", base, months=known.months)
    if found.months > found.past.over:
        part.say("project_longer_than_past", base, ahead=found.months, past=found.past.over)


def _past_window(found: Outlook, months: int) -> Window:
    last = found.past.months[-1]
    return replace(found.window, start=months_later(last, -months), end=last, name="range")


def tested(desk: Desk, part: Part, query: Query, found: Outlook) -> None:
    """How far off the same method would have been over the last months."""
    test = found.tested()
    if test is None:
        part.say("project_untested", months=found.past.over)
        return
    asked = replace(query, window=_past_window(found, HELD_OUT))
    rows: list[dict[str, Any]] = [dict(row) for row in test.rows]
    kept = evidence(desk.analyst, asked, rows, UNITS[found.figure], found.sql, role="driver")
    kept = replace(kept, id=desk.next_id())
    part.keep(kept)
    said(part, kept, test, UNITS[found.figure])


def said(part: Part, kept: Evidence, test: BackTest, unit: Unit) -> None:
    """The back-test in a sentence: shares by points, all else by a share of what came."""
    values = {
        "held_out": len(test.rows), "inside": test.inside, "told": test.told, "actual": test.actual,
        "unit": unit.value, "currency": kept.currency,
    }  # fmt: skip
    if unit is Unit.SHARE:
        part.say("project_tested_points", kept, off=test.told - test.actual, **values)
    elif test.actual:
        kind = "money" if unit is Unit.MONEY else "count"
        part.say(f"project_tested_{kind}", kept, off=abs(test.told / test.actual - 1), **values)
    if test.inside < len(test.rows) / 2:
        part.say("project_failed", kept, held_out=len(test.rows))


def _of_orders(desk: Desk, query: Query) -> Part:
    """What the buyers so far are expected to spend, where nobody subscribes."""
    found = ordered(desk.analyst, query)
    asked = replace(query, metric="clv_predicted", variant=(("ltv_method", "bgnbd"),), window=found.window)
    part = Part(queries=[asked])
    rows = [{"period": row["period"], "revenue": row["value"], **{k: row[k] for k in ("low", "high")}}
            for row in found.rows]  # fmt: skip
    test = (
        {f"tested_{name}": getattr(found.tested, name) for name in Tested.__dataclass_fields__} if found.tested else {}
    )
    whole = {"total": found.whole["value"], "low": found.whole["low"], "high": found.whole["high"], **test}
    each, one = (
        replace(evidence(desk.analyst, asked, those, Unit.MONEY, found.sql), id=desk.next_id())
        for those in (rows, [whole])
    )
    part.keep(each, one)
    low, high = one.rows[0]["interval"]
    part.say(
        "project_orders", one, window=found.window, value=found.whole["value"], low=low, high=high, n=found.n,
        currency=one.currency,
    )  # fmt: skip
    scope(part, each)
    for row in each.rows if len(each.rows) > 1 else ():
        low, high = row["interval"]
        part.say(
            "project_line_money", each, month=date.fromisoformat(row["period"]), value=row["revenue"], low=low,
            high=high, currency=each.currency,
        )  # fmt: skip
    part.say("project_orders_method", each)
    if found.tested is None:
        part.say("clv_untested", one, weeks=HELD_WEEKS)
    else:
        key = "clv_tested" if found.tested.lift is not None else "clv_tested_without_lift"
        part.say(key, one, weeks=HELD_WEEKS, currency=one.currency, **test)
    return part


def _retention(desk: Desk, query: Query) -> Part:
    """Of customers who begin now, the share expected to be here after each month."""
    past, _ = history(desk.analyst, query)
    window = horizon(past.months[-1], query.window, desk.analyst.company.definitions.zone)
    months = max(1, months_between(past.months[-1], window.end))
    found = outlasting(desk.analyst, query, months)
    asked = replace(query, metric="survival_curve", window=window)
    part = Part(queries=[asked])
    curve = found.curve
    rows = [dict(row) for row in found.rows]
    kept = evidence(desk.analyst, replace(asked, window=curve.query.window), rows, Unit.SHARE, curve.sql)
    kept = replace(kept, id=desk.next_id())
    part.keep(kept)
    last = kept.rows[-1]
    low, high = last["interval"]
    part.say("project_retention", kept, age=months, value=last["value"], low=low, high=high)
    scope(part, kept)
    step = 1 if months <= 12 else 3
    for row in kept.rows[1:-1]:
        if row["age"] % step == 0:
            below, above = row["interval"]
            part.say("project_line_age", kept, age=row["age"], value=row["value"], low=below, high=above)
    key = f"project_beyond_{found.beyond}" if found.beyond else "project_by_curve"
    part.say(key, kept, seen=found.seen, n=round(kept.rows[0]["at_risk"] or 0))
    churn = outlook(desk.analyst, replace(query, metric="churn_rate"), "churn_rate")
    tested(desk, part, replace(asked, metric="churn_rate"), churn)
    part.follow_ups = [desk.language.say("follow_what_if")]
    return part
