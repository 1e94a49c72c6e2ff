"""Like with like: those who were treated and those who were not, compared within the same month and country."""

from __future__ import annotations

import ibis.expr.types as ir

from bot.metrics.dimensions import ACCOUNT_COLUMNS
from bot.metrics.expressions import ratio
from bot.metrics.tables import UNKNOWN, Tables

ALIKE = ("country",)
"""Dimensions in which two accounts must be equal to be compared, where the company's data has them."""


def with_strata(t: Tables, frame: ir.Table) -> ir.Table:
    """Add the column `stratum` to a frame with account_id and `month`: the month, and the country where it is known."""
    stratum = frame.month.cast("string")
    for name in ALIKE:
        column = ACCOUNT_COLUMNS[name]
        if t.has("accounts", column):
            known = t["accounts"].select(like_id="account_id", like_value=column)
            frame = frame.left_join(known, frame.account_id == known.like_id)
            stratum = frame.month.cast("string") + "|" + frame.like_value.fill_null(UNKNOWN)
    return frame.mutate(stratum=stratum)


def like_for_like(frame: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """The treated against the others of the same strata, one row a segment.

    In: one row per account with stratum, treated (1 or 0), amount and base (what the amount is divided by).
    Out: part (the treated: amount per base), whole (the others, each stratum weighted by the base of the treated in
    it), difference, n (the treated compared), others, and alone (the treated whose stratum has no others: left out).
    """
    yes, no = frame.treated == 1, frame.treated == 0
    cells = frame.group_by([*by, "stratum"]).agg(
        amount=frame.amount.sum(where=yes).fill_null(0),
        base=frame.base.sum(where=yes).fill_null(0),
        n=frame.account_id.nunique(where=yes),
        other_amount=frame.amount.sum(where=no).fill_null(0),
        other_base=frame.base.sum(where=no).fill_null(0),
        others=frame.account_id.nunique(where=no),
    )
    cells = cells.mutate(both=(cells.base > 0) & (cells.other_base > 0))
    expected = ratio(cells.other_amount, cells.other_base) * cells.base.cast("float64")
    cells = cells.mutate(expected=expected)
    groups = cells.group_by(list(by)) if by else cells
    sums = groups.agg(
        amount=cells.amount.sum(where=cells.both),
        expected=cells.expected.sum(where=cells.both),
        base=cells.base.sum(where=cells.both),
        n=cells.n.sum(where=cells.both),
        others=cells.others.sum(where=cells.both),
        alone=cells.n.sum(where=~cells.both).fill_null(0),
    )
    sums = sums.filter(sums.n > 0)
    part, whole = ratio(sums.amount, sums.base), ratio(sums.expected, sums.base)
    return sums.select(*by, "n", "others", "alone", part=part, whole=whole, difference=part - whole)
