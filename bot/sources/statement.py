"""An expression as SQL: compiled fast, and small enough to run fast.

A question may be made of a thousand Ibis nodes that share their frames. Ibis writes what several parts use as one
common table expression, but not where that is a `drop`: it would be written out, and computed, once for each of them.
And merging nested selects looks at the whole graph for every pair: most of the time to compile, for engines that
merge them anyhow. As nothing is merged, an order holds only where `order_by` (and `limit`) come last.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.patterns import replace
from ibis.expr.rewrites import p

from bot.sources.dialects import compiler_of

ibis.options.sql.fuse_selects = False


@replace(p.DropColumns)  # type: ignore[untyped-decorator]  # Ibis has no types here
def _kept_columns(_: Any, **_kwargs: Any) -> ops.Project:
    """A drop as the projection of what stays."""
    return ops.Project(_.parent, _.values)


def statement(expression: ir.Expr, dialect: str) -> str:
    """The query as a person would read it, in the source's own dialect."""
    whole = expression.as_table().op().replace(_kept_columns)
    compiler = compiler_of(dialect)
    return str(compiler.to_sqlglot(whole.to_expr().unbind()).sql(dialect=compiler.dialect, pretty=True))
