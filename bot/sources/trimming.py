"""Text without the blanks around it, at little cost: DuckDB looks for them before it trims, once where it can.

To trim a value costs ten times as much as to see that nothing is to be trimmed, and a view does it in every query.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlglot
from sqlglot import exp

BLANKS = frozenset(" \t\n\r\v\f")
"""What Ibis trims: each sorts before "!"."""


def trimmed_where_needed(statement: str, clean: Collection[str] = ()) -> str:
    """The same SELECT of DuckDB, with `nullif(trim(column, blanks), '')` worked out only for values that it changes.

    What is selected under a name of `clean` is known to need no trimming, and stays as it is.
    """

    def looked_at_first(node: exp.Expression) -> exp.Expression:
        text = _trimmed(node)
        if text is None:
            return node
        if node.parent is not None and node.parent.alias in clean:
            return text.copy()
        return exp.Case(ifs=[exp.If(this=_is_clean(text), true=text.copy())], default=node.copy())

    return sqlglot.parse_one(statement, dialect="duckdb").transform(looked_at_first, copy=False).sql("duckdb")


def looks_for_blanks(statement: str) -> str | None:
    """One row that says of each name under which trimmed text is selected whether any value of it must be trimmed.

    None where nothing is trimmed.
    """
    tree = sqlglot.parse_one(statement, dialect="duckdb")
    assert isinstance(tree, exp.Select)
    texts = {one.alias: _trimmed(one.this) for one in tree.expressions if isinstance(one, exp.Alias)}
    dirty = [
        exp.alias_(exp.func("coalesce", exp.LogicalOr(this=exp.not_(_is_clean(text))), exp.false()), name, quoted=True)
        for name, text in texts.items()
        if text is not None
    ]
    return tree.select(*dirty, append=False, copy=False).sql("duckdb") if dirty else None


def _trimmed(node: exp.Expression) -> exp.Column | None:
    """The column that is trimmed here, as casting.fitted writes it; None for anything else."""
    trim = node.this if isinstance(node, exp.Nullif) else None
    if not isinstance(trim, exp.Trim) or not isinstance(trim.this, exp.Column):
        return None
    # A SELECT of the company may trim other signs, at one end, or to another null.
    blanks = trim.expression
    if not isinstance(blanks, exp.Literal) or set(blanks.this) != BLANKS or trim.args.get("position"):
        return None
    return trim.this if node.expression == exp.Literal.string("") else None


def _is_clean(text: exp.Column) -> exp.Condition:
    """Whether there is nothing to trim; null where there is no text."""
    # Every blank sorts before all other signs that text begins with; "!" is the first of those.
    first = exp.GTE(this=text.copy(), expression=exp.Literal.string("!"))
    ends = [
        exp.Anonymous(this="SUFFIX", expressions=[text.copy(), exp.Literal.string(blank)]) for blank in sorted(BLANKS)
    ]
    return exp.and_(first, *(exp.Not(this=one) for one in ends), copy=False)
