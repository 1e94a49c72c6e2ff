"""What a text may say of a person: each fact against SQL written by hand on the demo, and against small tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from bot.analysis.recipient_facts import FACTS, suits
from bot.analysis.recipients import COLUMNS, recipients
from bot.sources import Company, open_company
from bot.sources.demo import FOLDER
from bot.types import Definitions
from tests.drafts.conftest import AS_OF

Read = Callable[..., Any]
ALL = tuple(column for columns, _ in FACTS for column in columns)
END = "TIMESTAMP '2026-11-11'"


@pytest.fixture(scope="module")
def sql(demo: Company) -> duckdb.DuckDBPyConnection:
    assert demo.has("accounts")
    connection = duckdb.connect()
    for path in FOLDER.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')")
    return connection


@pytest.fixture(scope="module")
def people(demo: Company, sql: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The contacts of a thousand accounts, with every fact; `contact` in SQL says who they are."""
    found = recipients(demo, [f"A{n:04}" for n in range(1, 1001)], AS_OF, "email", ALL).people
    sql.register("contact", found[["account_id", "user_id", "plan_id", "language"]])
    return found


def told(people: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    known = people[people[column].notna()]
    return dict(zip(known[key], known[column], strict=True))


BY_HAND = {
    "tier": ("account_id", f"""
        SELECT member_id, arg_max(tier, occurred_at) FROM loyalty_ledger JOIN contact ON member_id = account_id
        WHERE occurred_at < {END} AND tier IS NOT NULL GROUP BY 1"""),
    "points": ("account_id", f"""
        SELECT member_id, sum(points) FROM loyalty_ledger JOIN contact ON member_id = account_id
        WHERE occurred_at < {END} GROUP BY 1"""),
    "topic": ("user_id", f"""
        SELECT user_id, arg_max(value, occurred_at) FROM preferences JOIN contact USING (user_id)
        WHERE name = 'topic' AND basis = 'stated' AND occurred_at < {END} GROUP BY 1"""),
    "event": ("user_id", """
        SELECT user_id, name FROM contact JOIN gatherings g ON g.language = contact.language
        WHERE starts_at = TIMESTAMP '2026-11-17 15:00:00'"""),
    "wish": ("account_id", f"""
        SELECT account_id, arg_max(r.name, r.released_at || r.name) FROM contact
        JOIN (SELECT coalesce(f.account_id, u.account_id) AS account_id, feature_tag, min(occurred_at) AS asked_at
              FROM feature_requests f LEFT JOIN users u USING (user_id) WHERE occurred_at < {END} GROUP BY 1, 2)
        USING (account_id) JOIN releases r ON r.benefit_tag = feature_tag
        WHERE announceable AND released_at > asked_at AND released_at < TIMESTAMP '2026-11-10'
          AND (audience = 'all' OR list_contains(string_split(audience, ','), plan_id)) GROUP BY 1"""),
    "last_item": ("account_id", f"""
        SELECT account_id, arg_max(p.name, (o.occurred_at, i.net_amount, -i.line_id::INT)) FROM contact
        JOIN orders o ON o.customer_id = account_id JOIN order_items i USING (order_id)
        JOIN products p USING (product_id)
        WHERE o.occurred_at < {END} AND o.net_amount > 0 AND coalesce(i.refund, 0) = 0 AND i.net_amount > 0
        GROUP BY 1"""),
    "recommended": ("account_id", f"""
        WITH had AS (
            SELECT DISTINCT o.customer_id AS account_id, i.product_id FROM orders o JOIN order_items i USING (order_id)
            WHERE o.occurred_at < {END} AND o.net_amount > 0 AND coalesce(i.refund, 0) = 0 AND i.net_amount > 0
        ), beside AS (
            SELECT c.account_id, p.name, (
                SELECT max(n) FROM (
                    SELECT count(*) AS n FROM had own JOIN had theirs USING (product_id)
                    JOIN had other ON other.account_id = theirs.account_id AND other.product_id = p.product_id
                    WHERE own.account_id = c.account_id GROUP BY own.product_id)) AS buyers
            FROM contact c JOIN users u USING (user_id) JOIN accounts a ON a.account_id = c.account_id
            JOIN products p ON p.countries IS NULL
              OR list_contains(string_split(p.countries, ','), coalesce(u.country, a.country))
            WHERE (c.account_id, p.product_id) NOT IN (FROM had))
        SELECT account_id, arg_min(name, (-buyers, name)) FROM beside WHERE buyers >= 5 GROUP BY 1"""),
    "next_feature": ("user_id", f"""
        SELECT user_id, arg_min(name, (NOT is_key)::VARCHAR || (tier <> 'basic')::VARCHAR || name)
        FROM contact, features WHERE list_contains(string_split(entitled_plans, ','), plan_id) AND NOT EXISTS (
            FROM events e WHERE e.user_id = contact.user_id AND e.name = core_event AND e.occurred_at < {END})
        GROUP BY 1"""),
    "active_hour": ("user_id", f"""
        SELECT user_id, arg_max(hour, n * 100 - hour) FROM (
            SELECT e.user_id, hour(timezone(u.timezone, timezone('UTC', e.occurred_at))) AS hour, count(*) AS n
            FROM events e JOIN users u USING (user_id) JOIN contact USING (user_id)
            WHERE e.occurred_at >= TIMESTAMP '2026-08-12' AND e.occurred_at < {END} AND coalesce(is_active_event, true)
            GROUP BY 1, 2) GROUP BY 1"""),
    "milestone": ("user_id", f"""
        SELECT user_id, arg_max(milestone_id, occurred_at::VARCHAR || milestone_id) FROM (
            SELECT c.user_id, m.milestone_id, m.times, m.within_days, e.occurred_at, u.created_at,
                row_number() OVER (PARTITION BY c.user_id, m.milestone_id ORDER BY e.occurred_at) AS nth
            FROM contact c JOIN users u USING (user_id) JOIN events e ON e.user_id = c.user_id
            JOIN milestones m ON m.event_name = e.name WHERE e.occurred_at < {END})
        WHERE nth = coalesce(times, 1)
          AND coalesce(occurred_at < created_at + to_days(within_days + 1), true) GROUP BY 1"""),
}  # fmt: skip
"""Fact → whose it is, and who has which value."""


@pytest.mark.slow
@pytest.mark.parametrize("column", BY_HAND)
def test_a_fact_of_the_demo_is_what_sql_by_hand_says(
    column: str, people: pd.DataFrame, sql: duckdb.DuckDBPyConnection
) -> None:
    key, query = BY_HAND[column]
    expected = {str(owner): value for owner, value in sql.execute(query).fetchall() if value is not None}
    assert len(expected) > 20
    assert told(people, key, column) == expected


def test_a_recap_holds_the_three_things_done_most_in_ninety_days(
    people: pd.DataFrame, sql: duckdb.DuckDBPyConnection
) -> None:
    rows = sql.execute(f"""
        SELECT account_id, f.name, count(*) AS n FROM contact JOIN events e USING (account_id)
        JOIN features f ON f.core_event = e.name
        WHERE e.occurred_at >= TIMESTAMP '2026-08-12' AND e.occurred_at < {END}
        GROUP BY 1, 2 ORDER BY 1, n DESC, 2""").fetchall()
    expected: dict[str, list[tuple[str, int]]] = {}
    for account, name, times in rows:
        expected.setdefault(account, []).append((name, times))
    assert len(expected) > 100
    assert {account: list(recap) for account, recap in zip(people.account_id, people.recap, strict=True) if recap} == {
        account: counted[:3] for account, counted in expected.items()
    }


def test_an_event_has_its_moment_and_the_zone_it_is_told_in(people: pd.DataFrame) -> None:
    invited = people[people.event.notna()]
    assert set(invited.event_at) == {pd.Timestamp("2026-11-17 15:00:00")}
    french = invited[invited.language == "fr"]
    assert set(french.event_zone) == {"Europe/Paris"}
    assert {"Europe/Paris", "Indian/Reunion"} <= set(french.zone)
    assert set(people.event.isna()[people.language == "de"]) == {True}


@pytest.mark.slow
def test_nothing_is_read_that_no_text_asks_for(demo: Company) -> None:
    found = recipients(demo, ["A0001"], AS_OF, "email", ("first_name", "tier", "no such thing")).people
    assert list(found.columns) == [*COLUMNS, "points", "tier"]


TINY = {
    "accounts": "account_id,name,country,language,industry\nA1,Brook,US,en,retail\nA2,Atelier,FR,fr,\n",
    "users": "user_id,account_id,first_name\nU1,A1,Anna\nU2,A2,Chloé\n",
}


def tiny(folder: Path, **tables: str) -> pd.DataFrame:
    for name, rows in {**TINY, **tables}.items():
        (folder / f"{name}.csv").write_text(rows, encoding="utf-8")
    there = open_company(f"files:{folder}", {}, folder, Definitions())
    return recipients(there, ["A1", "A2"], AS_OF, "email", ALL).people


def test_what_is_not_known_is_empty(tmp_path: Path) -> None:
    found = tiny(tmp_path)
    assert set(found.recap) == {()}
    for column in set(ALL) - {"recap"}:
        assert list(found[column].isna()) == [True, True], column


def test_what_is_to_come_is_told_when_it_may_be(tmp_path: Path) -> None:
    releases = (
        "release_id,name,released_at,announceable,audience\nR1,Old,2026-11-01 10:00:00,true,all\n"
        "R2,Secret,2026-11-20 10:00:00,false,all\nR3,For business,2026-11-21 10:00:00,true,business\n"
        "R4,For all,2026-12-01 10:00:00,true,\nR5,Later,2026-12-02 10:00:00,true,\n"
    )
    assert list(tiny(tmp_path, releases=releases).upcoming) == ["For all", "For all"]


def test_an_event_is_for_a_language_and_a_trade(tmp_path: Path) -> None:
    gatherings = (
        "gathering_id,name,starts_at,timezone,language,industry\nG0,Past,2026-11-01 10:00:00,UTC,,\n"
        "G1,For banks,2026-11-12 10:00:00,UTC,en,banking\nG2,For shops,2026-11-13 10:00:00,UTC,en,retail\n"
        "G3,Pour tous,2026-11-14 10:00:00,,fr,\n"
    )
    found = tiny(tmp_path, gatherings=gatherings)
    assert list(found.event) == ["For shops", "Pour tous"]
    assert list(found.event_zone) == ["UTC", None]


def test_a_liking_is_told_only_if_stated(tmp_path: Path) -> None:
    preferences = (
        "user_id,name,value,basis,occurred_at\nU1,tool,Trello,stated,2026-01-01 10:00:00\n"
        "U1,tool,Asana,stated,2026-02-01 10:00:00\nU1,topic,planning,inferred,2026-02-01 10:00:00\n"
        "U2,tool,Jira,inferred,2026-02-01 10:00:00\n"
    )
    found = tiny(tmp_path, preferences=preferences)
    assert list(found.tool) == ["Asana", None]
    assert list(found.topic.isna()) == [True, True]


def test_what_was_given_back_is_not_spoken_of(tmp_path: Path) -> None:
    found = tiny(
        tmp_path,
        orders="order_id,customer_id,occurred_at,net_amount,refund\nO1,A1,2026-01-01 10:00:00,20,\n"
        "O2,A1,2026-03-01 10:00:00,5,15\nO3,A2,2026-03-01 10:00:00,0,9\n",
        order_items="order_id,line_id,product_id,quantity,net_amount,refund\nO1,1,P1,1,20,\nO2,1,P2,1,0,15\n"
        "O2,2,P3,-1,-5,\n"
        "O3,1,P1,1,0,9\n",
        products="product_id,name\nP1,Planner\nP2,Poster\nP3,Pen\n",
    )
    assert list(found.last_item) == ["Planner", None]


def test_what_others_bought_beside_it_is_recommended_where_it_is_sold_and_not_by_chance(tmp_path: Path) -> None:
    """Five bought the planner with the poster and with the pen, four with the pin; two have the planner alone."""
    carts = {f"B{n}": ["P1", "P2", "P3", *(["P4"] if n < 4 else [])] for n in range(5)} | {"A1": ["P1"], "A2": ["P1"]}
    orders = [f"O-{buyer},{buyer},2026-01-01 10:00:00,20," for buyer in carts]
    lines = [f"O-{buyer},{item},{item},1,5," for buyer, items in carts.items() for item in items]
    found = tiny(
        tmp_path,
        orders="\n".join(["order_id,customer_id,occurred_at,net_amount,refund", *orders]) + "\n",
        order_items="\n".join(["order_id,line_id,product_id,quantity,net_amount,refund", *lines]) + "\n",
        products='product_id,name,countries\nP1,Planner,\nP2,Poster,\nP3,Pen,"CA, US"\nP4,A pin,\n',
    )
    assert list(found.recommended) == ["Pen", "Poster"]


@pytest.mark.parametrize(
    ("audience", "fits"),
    [(None, True), ("", True), ("all", True), ("pro, business", True), ("PRO-ANNUAL", True), ("business", False)],
)
def test_a_release_suits_the_plans_it_names(audience: str | None, *, fits: bool) -> None:
    assert suits(audience, "Pro", "pro-annual") == fits
