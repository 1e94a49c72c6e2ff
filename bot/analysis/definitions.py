"""One figure under several definitions, measured side by side: the ground of reconciling and of finding a definition.

A definition is a metric with its variants over one window. Many are fetched in one query, and account by account
where the metric adds up over accounts, so that whom one definition counts and another does not is no second rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.analysis.measure import Analyst, measure
from bot.analysis.rows import plain, row_of, size
from bot.errors import ForPerson, NotAllowed
from bot.metrics import catalogue
from bot.metrics.dimensions import offered
from bot.types import Definitions, Metric, Query, Shape, Unit, Window

Variant = tuple[tuple[str, str], ...]
PLAIN = (Shape.SHARE, Shape.RATIO, Shape.LEVEL)
"""Shapes that are one number, so that two definitions of it have one difference."""
ACCOUNT = "account"
LEAST = 5e-7
"""Under this, two amounts of an account are the same: money is counted in millionths."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric, its variants (those that are not the default) and its days; of a share perhaps its count alone."""

    metric: str
    variant: Variant
    window: Window
    take: Literal["value", "part"] = "value"

    @property
    def written(self) -> str:
        """As the language files write a metric with what its wording fixes: "churn_rate?method=events"."""
        rules = "&".join(f"{name}={value}" for name, value in self.variant)
        return f"{self.metric}?{rules}" if rules else self.metric


@dataclass(frozen=True, slots=True)
class Counted:
    """What a definition gives: `part` of `whole`, or a level (`part`) over its base (`whole`).

    `exact` is the number itself, before any rounding; None where it is not defined.
    """

    definition: Definition
    part: float
    whole: float
    exact: Fraction | None

    @property
    def value(self) -> float | None:
        return None if self.exact is None else float(self.exact)


@dataclass(frozen=True, slots=True)
class PerAccount:
    """What each account adds to part and whole, definition by definition; only accounts that differ somewhere.

    Columns of `frame`: account, and part0, whole0, part1, whole1 … in the order of the definitions. `parts` and
    `wholes` say whether the accounts of all definitions add up to the number: if not, nobody can be named by them.
    """

    frame: pd.DataFrame
    parts: bool
    wholes: bool
    sql: str


def usual(metric: Metric, definitions: Definitions) -> dict[str, str]:
    """Rule → its value where nothing is asked for: the first declared, or the company's own setting."""
    own = {"grace_days": str(definitions.grace_days)}
    return {name: own.get(name, values[0]) for name, values in metric.variants.items()}


def trimmed(metric: Metric, variant: Variant, definitions: Definitions) -> Variant:
    """The variants less those that are the usual way anyway, in one order."""
    default = usual(metric, definitions)
    return tuple(sorted((name, value) for name, value in variant if value != default[name]))


def counted(analyst: Analyst, asked: Query, definitions: Sequence[Definition]) -> list[Counted]:
    """Each definition that the data can tell, under the filters of `asked`, in their order.

    NotAllowed where filters leave fewer people than the asker may see.
    """
    key = analyst.key("definitions", asked.filters, asked.exclude, tuple(definitions))
    found: list[Counted] = analyst.kept.get(key, lambda: _counted(analyst, asked, definitions))
    return found


def _counted(analyst: Analyst, asked: Query, definitions: Sequence[Definition]) -> list[Counted]:
    known = catalogue()
    rows: dict[int, dict[str, Any]] = {}
    parts: list[ir.Table] = []
    tables = analyst.tables(asked)
    for number, one in enumerate(definitions):
        metric = known[one.metric]
        hidden = analyst.rights.metrics is not None and one.metric not in analyst.rights.metrics
        if metric.shape not in PLAIN or metric.keys or hidden or analyst.missing(metric):
            continue
        try:
            if metric.finish:
                rows[number] = dict(measure(analyst, _query(asked, one)).rows[0])
            else:
                parts.append(_sides(metric, metric(tables, one.window, (), **dict(one.variant)), number))
        except ForPerson:  # a variant that this data does not know
            continue
    if parts:
        frame, _ = analyst.company.query(ibis.union(*parts) if len(parts) > 1 else parts[0])
        for record in frame.to_dict("records"):
            number = int(record["number"])
            rows[number] = row_of(known[definitions[number].metric], _named(known[definitions[number].metric], record))
    found = [_told(definitions[number], known[definitions[number].metric], rows[number]) for number in sorted(rows)]
    narrowed = bool(asked.filters or asked.exclude)
    if narrowed and any(size(rows[number]) < analyst.rights.smallest_cell for number in rows):
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
    return found


def _query(asked: Query, one: Definition) -> Query:
    return replace(asked, metric=one.metric, variant=one.variant, window=one.window, by=(), subject=None, amounts=())


def _columns(metric: Metric) -> tuple[str, str]:
    return ("value", "n") if metric.shape is Shape.LEVEL else ("part", "whole")


def _sides(metric: Metric, table: ir.Table, number: int, **more: ir.Value) -> ir.Table:
    """The rows of one definition in columns that all definitions have."""
    first, second = _columns(metric)
    return table.select(
        **more,
        number=ibis.literal(number, "int64"),
        first=table[first].cast("float64"),
        second=table[second].cast("float64"),
    )


def _named(metric: Metric, record: dict[Any, Any]) -> dict[str, Any]:
    first, second = _columns(metric)
    return {first: record["first"], second: record["second"]}


def _told(one: Definition, metric: Metric, row: dict[str, Any]) -> Counted:
    first, second = _columns(metric)
    part, whole = float(row.get(first) or 0), float(row.get(second) or 0)
    if one.take == "part" or metric.shape is Shape.LEVEL:
        told = row[first]
        return Counted(one, part, whole, None if told is None else Fraction(told))
    scale = 100 if metric.unit is Unit.POINTS else 1
    return Counted(one, part, whole, scale * Fraction(part) / Fraction(whole) if whole else None)


def per_account(analyst: Analyst, asked: Query, found: Sequence[Counted]) -> PerAccount | None:
    """What each account adds under each of these definitions; None where some metric cannot be told by account."""
    metrics = [catalogue()[one.definition.metric] for one in found]
    tables = analyst.tables(asked)
    by_account = all("country" in one.by and not one.finish for one in metrics) and offered(tables, ACCOUNT)
    if not by_account:
        return None
    rows = []
    for number, (one, metric) in enumerate(zip(found, metrics, strict=True)):
        table = metric(tables, one.definition.window, (ACCOUNT,), **dict(one.definition.variant))
        rows.append(_sides(metric, table, number, account=table[ACCOUNT].cast("string")))
    each = ibis.union(*rows)
    columns = {}
    for number in range(len(found)):
        mine = each.number == number
        columns[f"part{number}"] = each["first"].sum(where=mine).fill_null(0.0)
        columns[f"whole{number}"] = each.second.sum(where=mine).fill_null(0.0)
    wide = each.group_by("account").agg(**columns)
    differs = [
        (wide[f"{side}{number}"] - wide[f"{side}{number + 1}"]).abs() > LEAST
        for number in range(len(found) - 1)
        for side in ("part", "whole")
    ]
    # Those who are counted alike by all stand in one row, whose account is empty: only their sum is of use.
    marked = wide.mutate(account=reduce(lambda a, b: a | b, differs).ifelse(wide.account, ""))
    frame, sql = analyst.company.query(
        marked.group_by("account").agg(**{name: marked[name].sum() for name in columns}).order_by("account")
    )
    parts, wholes = (
        all(abs(float(frame[f"{side}{number}"].sum()) - getattr(one, side)) < 1e-6 * max(1.0, getattr(one, side))
            for number, one in enumerate(found))
        for side in ("part", "whole")
    )  # fmt: skip
    return PerAccount(frame[frame["account"] != ""].reset_index(drop=True), parts, wholes, sql)


def names_of(analyst: Analyst, asked: Query, accounts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Account → its name and country, as far as the company has them."""
    columns = [name for name in ("name", "country") if analyst.company.has("accounts", name)]
    if not columns or not accounts:
        return {}
    table = analyst.tables(asked)["accounts"]
    frame = analyst.company.run(table.filter(table.account_id.isin(list(accounts))).select("account_id", *columns))
    return {str(row["account_id"]): {name: plain(row[name]) for name in columns} for row in frame.to_dict("records")}
