"""The main metrics against SQL that somebody who knows DuckDB writes by hand for each of them alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.apart import Taken, Way, Work, in_turns
from benchmarks.bounds import Line, at_most
from benchmarks.by_hand import CASES, Case
from benchmarks.figures import spent, timed
from benchmarks.lake import AS_OF, TABLES, in_memory, lake, over_files
from bot.analysis.measure import Analyst
from bot.metrics import catalogue
from bot.sources.embedded import Embedded
from bot.types import Intent, Query, Rights

EVENTS = 10_000_000
MEDIAN, WORST, COUNTED = 1.15, 1.5, 0.1
"""The ratio at most in the middle and at the worst end, of those queries that take at least so many seconds by hand."""


def ours(events: int, case: int, memory: bool = False) -> Work:
    """The metric of the catalogue: compiled, run by DuckDB over the files, or over tables read before, and fetched as
    the rows of an answer."""
    asked = CASES[case]
    company = (in_memory if memory else over_files)(lake(events))
    analyst = Analyst(company, Rights(), AS_OF)
    query = analyst.settled(Query(Intent.VALUE, asked.metric, asked.window, by=asked.by, variant=asked.variant))
    assert query.window is not None
    connection, metric = company.connection, catalogue()[asked.metric]
    assert isinstance(connection, Embedded)

    def work() -> dict[str, Any]:
        found: dict[str, Any] = {}

        def compiled() -> None:
            expression = metric(analyst.tables(query), query.window, query.by, **dict(query.variant))
            found["expression"], found["sql"] = expression, company.sql(expression)

        compiling = timed(compiled)
        cursor = connection.database.cursor()
        running, cores = spent(lambda: found.update(rows=cursor.execute(found["sql"]).to_arrow_table()))
        fetching = timed(lambda: found.update(frame=found["rows"].to_pandas()))
        answer = found["frame"][list(asked.columns)].to_numpy().tolist()
        return {"answer": told(answer), "compile": compiling, "run": running, "cores": cores, "fetch": fetching}

    return work


def by_hand(events: int, case: int) -> Work:
    """The SQL written by hand over the same files."""
    asked = CASES[case]
    database = duckdb.connect()
    over(database, lake(events))
    sql = asked.sql
    for name, day in (("$first", asked.window.first), ("$last", asked.window.last)):
        sql = sql.replace(name, f"TIMESTAMP '{day}'")

    def work() -> dict[str, Any]:
        found: dict[str, Any] = {}
        running, cores = spent(lambda: found.update(rows=database.execute(sql).to_arrow_table()))
        answer = found["rows"].to_pandas().to_numpy().tolist()
        return {"answer": told(answer), "run": running, "cores": cores}

    return work


def over(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """A view of each file."""
    for name in TABLES:
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{folder / name}.parquet')")


def told(rows: list[list[Any]]) -> list[list[str]]:
    """Rows as they are compared: in one order, days and numbers in one form."""
    return sorted([_one(value) for value in row] for row in rows)


def _one(value: Any) -> str:
    if isinstance(value, (int, float)) or hasattr(value, "as_integer_ratio"):
        return f"{float(value):.10g}"
    return str(value)[:10] if hasattr(value, "year") else str(value)


def metrics(events: int = EVENTS, times: int = 5) -> Iterator[Line]:
    """A line for each case, and two for all of them together."""
    ratios = []
    for number, case in enumerate(CASES):
        hand, own = in_turns(
            [Way("benchmarks.metrics:by_hand", (events, number)), Way("benchmarks.metrics:ours", (events, number))],
            times,
        )
        ratio = own.seconds["run"] / hand.seconds["run"]
        if hand.seconds["run"] >= COUNTED:
            ratios.append(ratio)
        yield _line(case, own, hand, ratio)
    note = f"{len(ratios)} of {len(CASES)} take {COUNTED * 1000:.0f} ms or more by hand"
    yield Line("all of them: the middle", at_most(median(ratios or [0]), MEDIAN), note)
    yield Line("all of them: the worst", at_most(max(ratios, default=0), WORST), note)


def _line(case: Case, own: Taken, hand: Taken, ratio: float) -> Line:
    if not equal(case, own.answer, hand.answer):
        raise AssertionError(case.name, own.answer[:3], hand.answer[:3])
    seconds = {name: f"{value * 1000:.0f}" for name, value in own.seconds.items()}
    note = (
        f"{seconds['run']} ms : {hand.seconds['run'] * 1000:.0f} ms by hand; of the cores "
        f"{own.seconds['cores'] / hand.seconds['cores']:.2f} ×; compile {seconds['compile']}, "
        f"fetch {seconds['fetch']} ms; peak {own.mebibytes:.0f} : {hand.mebibytes:.0f} MiB"
    )
    return Line(case.name, at_most(ratio), note)


def equal(case: Case, own: list[list[str]], hand: list[list[str]]) -> bool:
    """Whether both tell the same; a bridge is compared by the moves that there were, for ours also names the others."""
    return own == hand if case.metric != "mrr_movements" else all(row in own for row in hand)
