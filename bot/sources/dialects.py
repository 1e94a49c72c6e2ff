"""What some engines call otherwise: Ibis compiles an expression for each of them, and here it learns the differences.

All compile without a connection. DuckDB and PostgreSQL have one function `timezone(zone, moment)`, which turns
wall-clock time into an instant and an instant into wall-clock time; the others have two, of other names.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import ibis.backends.sql.compilers as known
import ibis.expr.datatypes as dt
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler


class Zoned:
    """A compiler that asks for the engine's own calls where it meets `timezone(zone, moment)`."""

    __slots__ = ()

    def visit_ScalarUDF(self, op: Any, **arguments: Any) -> Any:  # noqa: N802 (Ibis finds it by this name)
        """The call of `timezone`, the only function that an expression names itself."""
        zone, moment = arguments.values()
        return self.opened(zone, moment) if op.dtype.timezone else self.clock(zone, moment)

    def opened(self, zone: Any, wall: Any) -> Any:
        """The instant at which clocks in `zone` show `wall`."""
        raise NotImplementedError

    def clock(self, zone: Any, instant: Any) -> Any:
        """What clocks in `zone` show at an instant."""
        raise NotImplementedError


class Trimmed:
    """A compiler whose engine does not know \\v and \\f in a string, where Ibis's list of blanks has them.

    It would read them as letters, and turn "voluntary" into "oluntary".
    """

    __slots__ = ()

    f: Any

    def visit_Strip(self, op: Any, *, arg: Any) -> Any:  # noqa: ARG002, N802 (Ibis calls it so)
        """The text without blanks at either end, by a pattern."""
        return self.f.regexp_replace(arg, sge.convert(r"^\s+|\s+$"), sge.convert(""))


class JavaPatterns:
    """A compiler whose engine has Java's patterns."""

    __slots__ = ()

    f: Any

    def visit_RegexReplace(self, op: Any, *, arg: Any, pattern: Any, replacement: Any) -> Any:  # noqa: ARG002, N802 (so too)
        r"""Java names a group of the pattern $1, where the other engines name it \1."""
        groups = re.sub(r"\\(\d)", r"$\1", replacement.this)
        return self.f.regexp_replace(arg, pattern, sge.convert(groups))


class SparkDifferences(Zoned, Trimmed, JavaPatterns):
    """What Ibis's compiler for Spark does not do, or does only with a session at hand."""

    __slots__ = ()

    agg: Any

    def opened(self, zone: Any, wall: Any) -> Any:
        """The zone of the session is UTC: its plain timestamp is an instant."""
        return self.f.anon.to_utc_timestamp(wall, zone)

    def clock(self, zone: Any, instant: Any) -> Any:
        """What clocks in `zone` show at an instant."""
        return self.f.anon.from_utc_timestamp(instant, zone)

    def visit_NonNullLiteral(self, op: Any, *, value: Any, dtype: Any) -> Any:  # noqa: N802 (Ibis calls it so)
        """A number with a fraction as it is: Ibis reads an option of it that only a session brings."""
        if dtype.is_floating():
            return None
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)  # type: ignore[misc]  # Ibis's part has it

    def visit_Field(self, op: Any, *, rel: Any, name: Any) -> Any:  # noqa: N802 (so too)
        """A column as it is, for the same reason."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_CountStar(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: ARG002, N802 (Ibis calls it so)
        """Of no rows the count is 0; Ibis's sum over them is nothing."""
        return self.f.count(sge.Star()) if where is None else self.f.count_if(where)

    def visit_BitOr(self, op: Any, *, arg: Any, where: Any) -> Any:  # noqa: ARG002, N802 (Ibis calls it so)
        """Spark has it under the name that Databricks has."""
        return self.agg.bit_or(arg, where=where)

    def visit_ArrayCollect(self, op: Any, *, arg: Any, order_by: Any, **rest: Any) -> Any:  # noqa: N802 (so too)
        """A list is put in order once it is collected: an aggregate of Spark has no order of its own."""
        found = super().visit_ArrayCollect(op, arg=arg, order_by=(), **rest)  # type: ignore[misc]  # Ibis's part has it
        if not order_by:
            return found
        (key,) = op.order_by
        assert key.arg == op.arg
        return self.f.sort_array(found, sge.convert(key.ascending))


class SparkCompiler(SparkDifferences, known.PySparkCompiler):  # type: ignore[misc]  # Ibis has no types here
    """Spark's differences on Spark."""

    __slots__ = ()


class DatabricksCompiler(SparkDifferences, known.DatabricksCompiler):  # type: ignore[misc]  # Ibis has no types here
    """Spark's differences on Databricks."""

    __slots__ = ()


class SnowflakeCompiler(Zoned, Trimmed, known.SnowflakeCompiler):  # type: ignore[misc]  # Ibis has no types here
    """Zones and blanks on Snowflake."""

    __slots__ = ()

    def opened(self, zone: Any, wall: Any) -> Any:
        """Through wall-clock time in UTC, for the call with three arguments gives that."""
        return self.cast(self.f.anon.convert_timezone(zone, sge.convert("UTC"), wall), dt.Timestamp("UTC"))

    def clock(self, zone: Any, instant: Any) -> Any:
        """What clocks in `zone` show at an instant."""
        return self.cast(self.f.anon.convert_timezone(zone, instant), dt.timestamp)


class BigQueryCompiler(Zoned, known.BigQueryCompiler):  # type: ignore[misc]  # Ibis has no types here
    """Zones on BigQuery, whose TIMESTAMP is an instant, and whose DATETIME is wall-clock time."""

    __slots__ = ()

    def opened(self, zone: Any, wall: Any) -> Any:
        """The instant at which clocks in `zone` show `wall`."""
        return self.f.anon.timestamp(wall, zone)

    def clock(self, zone: Any, instant: Any) -> Any:
        """What clocks in `zone` show at an instant."""
        return self.f.anon.datetime(instant, zone)


class TrinoCompiler(Zoned, JavaPatterns, known.TrinoCompiler):  # type: ignore[misc]  # Ibis has no types here
    """Zones and patterns on Trino."""

    __slots__ = ()

    def opened(self, zone: Any, wall: Any) -> Any:
        """The instant at which clocks in `zone` show `wall`."""
        return self.f.anon.with_timezone(wall, zone)

    def clock(self, zone: Any, instant: Any) -> Any:
        """What clocks in `zone` show at an instant."""
        return self.cast(self.f.anon.at_timezone(instant, zone), dt.timestamp)


OWN = {
    "pyspark": SparkCompiler,
    "databricks": DatabricksCompiler,
    "snowflake": SnowflakeCompiler,
    "bigquery": BigQueryCompiler,
    "trino": TrinoCompiler,
}


@cache
def compiler_of(dialect: str) -> Any:
    """Ibis's compiler of a dialect, with the differences that are told here."""
    return OWN[dialect]() if dialect in OWN else getattr(known, dialect).compiler
