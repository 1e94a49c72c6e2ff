"""Types are pinned: what fits is read one way on every engine, what does not is NULL and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources import TableMap, open_company
from bot.sources.canonical import Column
from bot.sources.casting import Style, fitted, misfit, style
from bot.types import Definitions

INSTANT = Column("when", "instant", "")
DAY = Column("day", "day", "")
MONEY = Column("amount", "money", "")
COUNT = Column("count", "count", "")
FLAG = Column("flag", "flag", "")
TEXT = Column("text", "text", "")

CASES: list[tuple[str | None, Column, Style, str, object]] = [
    ("Yes", FLAG, Style.ISO, "UTC", True),
    ("TRUE", FLAG, Style.ISO, "UTC", True),
    (" 1 ", FLAG, Style.ISO, "UTC", True),
    ("No", FLAG, Style.ISO, "UTC", False),
    ("0", FLAG, Style.ISO, "UTC", False),
    ("maybe", FLAG, Style.ISO, "UTC", None),
    ("", FLAG, Style.ISO, "UTC", None),
    ("1,234.50", MONEY, Style.ISO, "UTC", 1234.5),
    ("-1,234,567.89", MONEY, Style.ISO, "UTC", -1234567.89),
    ("1234.5", MONEY, Style.ISO, "UTC", 1234.5),
    ("+7", MONEY, Style.ISO, "UTC", 7.0),
    ("1.5e3", MONEY, Style.ISO, "UTC", 1500.0),
    ("1.234,50", MONEY, Style.ISO, "UTC", None),
    ("12,34", MONEY, Style.ISO, "UTC", None),
    ("EUR 5", MONEY, Style.ISO, "UTC", None),
    ("nan", MONEY, Style.ISO, "UTC", None),
    ("42", COUNT, Style.ISO, "UTC", 42),
    ("42.0", COUNT, Style.ISO, "UTC", 42),
    ("42.5", COUNT, Style.ISO, "UTC", None),
    ("99999999999999999999", COUNT, Style.ISO, "UTC", None),
    (" a b ", TEXT, Style.ISO, "UTC", "a b"),
    ("   ", TEXT, Style.ISO, "UTC", None),
    ("2024-02-29", DAY, Style.ISO, "UTC", date(2024, 2, 29)),
    ("2023-02-29", DAY, Style.ISO, "UTC", None),
    ("1900-02-29", DAY, Style.ISO, "UTC", None),
    ("2000-02-29", DAY, Style.ISO, "UTC", date(2000, 2, 29)),
    ("2024-04-31", DAY, Style.ISO, "UTC", None),
    ("2024-13-01", DAY, Style.ISO, "UTC", None),
    ("2024-06-01 23:59:59", DAY, Style.ISO, "UTC", date(2024, 6, 1)),
    ("3/4/2024", DAY, Style.DAY_FIRST, "UTC", date(2024, 4, 3)),
    ("3/4/2024", DAY, Style.MONTH_FIRST, "UTC", date(2024, 3, 4)),
    ("03-04-2024", DAY, Style.DAY_FIRST, "UTC", date(2024, 4, 3)),
    ("3.4.2024", DAY, Style.MONTH_FIRST, "UTC", date(2024, 4, 3)),
    ("3/4/2024", DAY, Style.UNSURE, "UTC", None),
    ("4/4/2024", DAY, Style.UNSURE, "UTC", date(2024, 4, 4)),
    ("13/4/2024", DAY, Style.UNSURE, "UTC", date(2024, 4, 13)),
    ("4/13/2024", DAY, Style.UNSURE, "UTC", date(2024, 4, 13)),
    ("2024-04-13", DAY, Style.UNSURE, "UTC", date(2024, 4, 13)),
    ("2024-06-01", INSTANT, Style.ISO, "UTC", datetime(2024, 6, 1)),
    ("2024-06-01", INSTANT, Style.ISO, "America/New_York", datetime(2024, 6, 1, 4)),
    ("2024-10-27", INSTANT, Style.ISO, "Europe/Paris", datetime(2024, 10, 26, 22)),
    ("2024-10-28", INSTANT, Style.ISO, "Europe/Paris", datetime(2024, 10, 27, 23)),
    ("2024-06-01T10:00:00Z", INSTANT, Style.ISO, "Europe/Paris", datetime(2024, 6, 1, 10)),
    ("2024-06-01 10:00", INSTANT, Style.ISO, "Europe/Paris", datetime(2024, 6, 1, 10)),
    ("2024-06-01T10:00:00.250+02:00", INSTANT, Style.ISO, "UTC", datetime(2024, 6, 1, 8, 0, 0, 250000)),
    ("2024-06-01T10:00:00-0530", INSTANT, Style.ISO, "UTC", datetime(2024, 6, 1, 15, 30)),
    ("1/6/2024 10:00", INSTANT, Style.DAY_FIRST, "UTC", datetime(2024, 6, 1, 10)),
    ("6/1/2024 10:00:05", INSTANT, Style.MONTH_FIRST, "UTC", datetime(2024, 6, 1, 10, 0, 5)),
    ("2024-06-01 24:00:00", INSTANT, Style.ISO, "UTC", None),
    ("yesterday", INSTANT, Style.ISO, "UTC", None),
    (None, INSTANT, Style.ISO, "UTC", None),
]

SECONDS = {
    "": timedelta(),
    ":05": timedelta(seconds=5),
    ":05.25": timedelta(seconds=5.25),
    ":05.123456789": timedelta(seconds=5, microseconds=123456),
}
OFFSETS = {
    "": 0,
    "Z": 0,
    " Z": 0,
    "UTC": 0,
    " UTC": 0,
    "+02": -2,
    "+02:00": -2,
    "+0200": -2,
    " +02:00": -2,
    "-05:30": 5.5,
}
CASES += [
    (
        f"2024-06-01{between}10:30{seconds}{offset}",
        INSTANT,
        Style.ISO,
        "UTC",
        datetime(2024, 6, 1, 10, 30) + SECONDS[seconds] + timedelta(hours=OFFSETS[offset]),
    )
    for between in "T "
    for seconds in SECONDS
    for offset in OFFSETS
]


def told(run: Callable[[ibis.Table], pd.DataFrame]) -> list[tuple[object, bool]]:
    """What each case is read as, and whether it counts as a misfit; all in one query."""
    columns: dict[str, ibis.Value] = {}
    for place, (text, column, days, zone, _) in enumerate(CASES):
        raw = ibis.literal(text, "string")
        columns[f"value {place}"] = fitted(raw, column, zone, days)
        columns[f"misfit {place}"] = misfit(raw, columns[f"value {place}"])
    frame = run(ibis.range(1).unnest().name("one").as_table().select(**columns))
    (row,) = frame.to_dict("records")
    return [
        (plain(row[f"value {place}"], case[1]), row[f"misfit {place}"] == True)  # noqa: E712 (NULL is no misfit)
        for place, case in enumerate(CASES)
    ]


def plain(answer: Any, column: Column) -> object:
    if pd.isna(answer):
        return None
    if column.kind == "day":
        return pd.Timestamp(answer).date()
    return pd.Timestamp(answer).to_pydatetime() if column.kind == "instant" else answer


NAMES = [f"{case[0]!r}-{case[1].kind}-{case[2]}-{case[3]}" for case in CASES]


@pytest.fixture(scope="module")
def read() -> list[tuple[object, bool]]:
    return told(ibis.duckdb.connect().execute)


@pytest.mark.parametrize("place", range(len(CASES)), ids=NAMES)
def test_text_is_read_by_our_rules(read: list[tuple[object, bool]], place: int) -> None:
    """A misfit is text that says something and is not read."""
    text, *_, expected = CASES[place]
    assert read[place] == (expected, expected is None and bool((text or "").strip()))


@pytest.mark.postgres
def test_postgresql_reads_every_text_as_duckdb_does(server: str, read: list[tuple[object, bool]]) -> None:
    """The rules are one expression, and the engines agree about it."""
    maps = {"churn_reasons": TableMap(select="SELECT 'x' AS reason_code")}
    company = open_company(server, maps, Path(), Definitions())
    assert dict(zip(NAMES, told(company.run), strict=True)) == dict(zip(NAMES, read, strict=True))


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_every_day_that_exists_is_read_back_in_all_three_styles(day: date) -> None:
    """Python's calendar is the second answer; no leap year is forgotten."""
    forms = [(day.isoformat(), Style.ISO), (f"{day:%d/%m/%Y}", Style.DAY_FIRST), (f"{day:%m/%d/%Y}", Style.MONTH_FIRST)]
    values = [fitted(ibis.literal(text), DAY, "UTC", days).cast("string") for text, days in forms]
    sql = ibis.to_sql(ibis.array(values).name("value").as_table(), dialect="duckdb")
    (found,) = duckdb.execute(sql).fetchone()
    assert found == [day.isoformat()] * 3


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0), Style.ISO),
        ((0, 3, 0, 0), Style.DAY_FIRST),
        ((5, 0, 1, 0), Style.DAY_FIRST),
        ((5, 0, 0, 1), Style.MONTH_FIRST),
        ((5, 0, 1, 1), Style.UNSURE),
        ((5, 0, 0, 0), Style.UNSURE),
    ],
)
def test_a_style_is_proved_by_values_that_read_one_way_alone(counts: tuple[int, ...], expected: Style) -> None:
    """Days over twelve prove it; where nothing does, nothing is guessed."""
    assert style(*counts) is expected


def test_typed_columns_are_taken_as_they_are_and_brought_to_the_pinned_type(tmp_path: Path) -> None:
    """Ids lose the `.0` of a reader that took them for numbers; NaN is nothing; true counts as one."""
    duckdb.execute(f"""COPY (
        SELECT 17.0::DOUBLE AS order_id, 7::INTEGER AS customer_id, TIMESTAMPTZ '2024-06-01 10:00:00+02' AS occurred_at,
               12.50::DECIMAL(9,2) AS net_amount, 'NaN'::DOUBLE AS cost, 3.0::DOUBLE AS items, NULL AS category
        UNION ALL SELECT 18.5, 8, '2024-06-01 00:00:00+00', -1, 2, 3.5, NULL
    ) TO '{tmp_path}/orders.parquet'""")
    company = open_company(f"files:{tmp_path}", {}, Path(), Definitions(zone="Asia/Tokyo"))
    rows = company.rows(company.tables["orders"].order_by("order_id"))
    assert [row["order_id"] for row in rows] == ["17", "18.5"]
    assert [row["customer_id"] for row in rows] == ["7", "8"]
    assert [row["occurred_at"] for row in rows] == [datetime(2024, 6, 1, 8), datetime(2024, 6, 1)]
    assert [row["net_amount"] for row in rows] == [12.5, -1.0]
    assert [row["cost"] for row in rows] == [None, 2.0]
    assert [row["items"] for row in rows] == [3, None]


def test_an_instant_where_a_day_is_wanted_is_the_day_in_the_reporting_zone(tmp_path: Path) -> None:
    """Half past ten at night on the 1st in UTC is the 2nd in Tokyo."""
    duckdb.execute(f"""COPY (
        SELECT 'c' AS change_id, 's' AS subscription_id, 'a' AS account_id, 'skip' AS type,
               TIMESTAMP '2024-06-01 22:30:00' AS occurred_at, TIMESTAMP '2024-06-01 22:30:00' AS effective_on
    ) TO '{tmp_path}/subscription_changes.parquet'""")
    company = open_company(f"files:{tmp_path}", {}, Path(), Definitions(zone="Asia/Tokyo"))
    (row,) = company.rows(company.tables["subscription_changes"])
    assert str(row["effective_on"])[:10] == "2024-06-02"
    assert row["occurred_at"] == datetime(2024, 6, 1, 22, 30)
