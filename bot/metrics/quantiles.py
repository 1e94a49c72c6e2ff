"""Medians and other quantiles in plain SQL, for not every engine has them: by rank, interpolated linearly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.tables import per

MEDIAN: Mapping[str, float] = {"value": 0.5}


def quantiles(frame: ir.Table, by: tuple[str, ...], column: str, at: Mapping[str, float] = MEDIAN) -> ir.Table:
    """One row a segment: the quantiles by name, `mean`, and `n`, the rows that have a value.

    A quantile q lies at rank q·(n - 1), counted from 0, between its neighbours: type 7 of Hyndman and Fan (1996),
    the default of R, NumPy and pandas.
    """
    rows = frame.filter(frame[column].notnull())
    amount = rows[column].cast("float64")
    rows = rows.select(*by, amount=amount)
    group = list(by)
    ranked = rows.mutate(
        rank=ibis.row_number().over(group_by=group, order_by=rows.amount),
        many=rows.count().over(ibis.window(group_by=group)),
    )
    marks: dict[str, ir.Value] = {}
    for name, share in at.items():
        place = cast(Any, ranked.many - 1).cast("float64") * share
        marks[f"{name}_below"] = ranked.amount.max(where=ranked["rank"] == place.floor())
        marks[f"{name}_above"] = ranked.amount.max(where=ranked["rank"] == place.ceil())
        marks[f"{name}_way"] = (place - place.floor()).max()
    found = per(ranked, by).agg(n=ranked.count(), mean=ranked.amount.mean(), **marks)
    return cast(
        ir.Table,
        found.select(
            *by,
            **{
                name: found[f"{name}_below"] + (found[f"{name}_above"] - found[f"{name}_below"]) * found[f"{name}_way"]
                for name in at
            },
            n=found.n,
            mean=found["mean"],
        ),
    )
