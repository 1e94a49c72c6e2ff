"""Shares of one whole: how many of each segment stand under each name, those under which nobody stands too."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir


def shares(frame: ir.Table, by: tuple[str, ...], key: str, names: ir.Table) -> ir.Table:
    """One row per segment and name: part, the rows of the frame under the name, and whole, those of the segment.

    `names` has one row per name in the column `key`.
    """
    wholes = frame.group_by(list(by)).agg(whole=frame.count()) if by else frame.agg(whole=frame.count())
    parts = frame.group_by([*by, key]).agg(part=frame.count())
    joined = wholes.cross_join(names).left_join(parts, [*by, key])
    return joined.select(*by, key, part=joined.part.fill_null(0), whole=joined.whole)


def named(names: Sequence[str], key: str, source: ir.Table) -> ir.Table:
    """One row per name, made from literals; `source` only lends its engine."""
    listed = ibis.array([ibis.literal(name) for name in names])
    # A count is one row also where the source has none.
    return source.agg(rows=source.count()).select(**{key: listed}).select(ibis._[key].unnest().name(key))
