"""What an expression becomes as SQL, and that a query which takes too long is ended."""

from __future__ import annotations

import time

import ibis
import pytest

from bot.errors import Unavailable
from bot.sources.embedded import Embedded
from bot.sources.statement import statement

LONG = {
    "a product": "SELECT count(*) FROM range(3000000) a, range(3000000) b WHERE a.range * b.range % 7 = 1",
    "a recursion": "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 2e9) SELECT max(n) FROM r",
    "an unpartitioned rank": """SELECT count(*) FROM (SELECT rank() OVER (ORDER BY hash(range)) AS one,
        row_number() OVER (ORDER BY -range) AS other FROM range(100000000)) WHERE one = other""",
}


@pytest.mark.parametrize("query", LONG.values(), ids=LONG)
def test_a_query_that_takes_too_long_is_ended_soon_after_its_time(query: str) -> None:
    database = Embedded(copy_selects=False)
    begun = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        database.run(ibis.literal(1), query, 0.3)
    assert raised.value.key == "source_timeout"
    assert time.monotonic() - begun < 10
    assert len(database.run(ibis.literal(1), "SELECT 1", 5.0)) == 1


def test_a_frame_that_two_parts_share_is_written_once_also_after_a_drop() -> None:
    table = ibis.table({"a": "int64", "b": "int64", "c": "int64", "d": "int64"}, name="rows_of_all")
    shared = table.group_by("a", "b", "c").agg(n=table.d.sum()).mutate(m=ibis._.n + 1).drop("b")
    both = ibis.union(shared.filter(shared.n > 1).select("a"), shared.filter(shared.m < 1).select("a"))
    assert statement(both, "duckdb").count('"rows_of_all"') == 1
    assert str(ibis.to_sql(both, dialect="duckdb")).count('"rows_of_all"') == 2


def test_an_order_at_the_end_stands_outermost() -> None:
    table = ibis.table({"a": "int64", "b": "int64"}, name="rows_of_all")
    found = statement(table.filter(table.a > 0).select("b").order_by("b").limit(3), "duckdb").splitlines()
    assert "ORDER BY" in found
    assert found[-1].startswith("LIMIT")
