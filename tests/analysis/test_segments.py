"""Who is in a segment, each against SQL written by hand, and what holds for every segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import ibis
import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import accounts_of, list_people
from bot.errors import BadData, BadQuestion
from bot.language import available, load
from bot.metrics import catalogue
from bot.metrics.membership import ready, with_membership
from bot.metrics.segments import SEGMENTS
from bot.metrics.tables import everybody
from bot.types import Definitions, Intent, Query, RowFilter
from tests.analysis.segments_by_hand import BANDS, RULES
from tests.metrics.by_hand import AS_OF, Hand, Rules
from tests.metrics.second import MONTH

SELDOM = {"awareness", "acquisition", "never_formed_habit", "failed_payment", "delivered_but_unused"}
"""Segments in which nobody may be from one country, or, on the day of the demo company, nobody at all."""


@pytest.mark.slow
@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_segment_holds_the_accounts_of_its_sql(
    analyst: Analyst, hand: Hand, sql: duckdb.DuckDBPyConnection, segment: str
) -> None:
    spells = hand.spells(Rules())
    rows = sql.execute(
        f"WITH spells AS (FROM {spells}) SELECT DISTINCT who, country FROM (SELECT who {RULES[segment]}) "
        f"JOIN known ON account_id = who ORDER BY who"
    ).fetchall()
    found = accounts_of(analyst, Query(Intent.SEGMENT, subject=segment))
    assert list(found) == [who for who, _ in rows]
    assert found or segment in SELDOM
    french = accounts_of(analyst, Query(Intent.SEGMENT, subject=segment, filters=(("country", ("FR",)),)))
    assert list(french) == [who for who, country in rows if country == "FR"]
    assert french or segment in SELDOM


def test_every_segment_has_a_second_answer_a_name_and_a_rule_in_every_language() -> None:
    assert set(RULES) == set(SEGMENTS)
    for code in available():
        language = load(code)
        assert set(SEGMENTS) == set(language.data["names"]["segments"])
        assert set(SEGMENTS) <= set(language.data["hears"]["segments"])
        assert all(language.rule(name) or code == "en" for name in SEGMENTS)
    assert all(one.rule.endswith(".") for one in SEGMENTS.values())


@pytest.mark.slow
@pytest.mark.parametrize("segment", list(SEGMENTS)[::4])
def test_an_account_is_listed_once_and_only_by_whoever_may_see_it(analyst: Analyst, segment: str) -> None:
    spain = replace(analyst, rights=replace(analyst.rights, row_filters=(RowFilter("country", ("ES",)),)))
    rows = list_people(spain, Query(Intent.SEGMENT, subject=segment)).rows
    assert {row["country"] for row in rows} <= {"ES"}
    assert len({row["account_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("band", BANDS)
def test_a_band_is_that_of_its_sql(analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, band: str) -> None:
    tables = analyst.tables(Query(Intent.VALUE))
    accounts = everybody(tables)["accounts"].select("account_id")
    frame = analyst.company.run(with_membership(tables, accounts, (band,), AS_OF))
    found = dict(zip(frame.account_id, frame[band], strict=True))
    expected = dict(sql.execute(BANDS[band]).fetchall())
    assert {who: found[who] for who in expected} == expected
    tests = {who for (who,) in sql.execute("SELECT account_id FROM accounts WHERE is_test").fetchall()}
    others = {value for who, value in found.items() if who not in expected and who not in tests}
    assert others == {"0" if band == "purchase_frequency_band" else "unknown"}


def test_a_rate_by_segment_asks_who_was_in_it_when_the_period_began(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand
) -> None:
    rows = hand.accounts(MONTH.start, MONTH.end)
    start = f"TIMESTAMP '{MONTH.start}'"
    scores = f"""SELECT who FROM (SELECT who, arg_max(score, (answered_at, answer_id)) AS score FROM survey_answers
        JOIN lives ON id = account_id WHERE type = 'nps' AND answered_at < {start}
        AND answered_at >= {start} - INTERVAL 90 DAY GROUP BY who) WHERE score >= 9"""
    at_risk, lost = sql.execute(
        f"SELECT count(*), count(*) FILTER (NOT kept1) FROM ({rows}) WHERE paid0 AND who IN ({scores})"
    ).fetchall()[0]
    query = Query(Intent.VALUE, "churn_rate", MONTH, filters=(("segment", ("promoters",)),))
    row = measure(analyst, query).rows[0]
    assert (row["part"], row["whole"]) == (lost, at_risk)
    assert lost


def test_several_segments_are_any_of_them_and_nobody_counts_twice(analyst: Analyst) -> None:
    def churn(**asked: Any) -> tuple[int, int]:
        row = measure(analyst, Query(Intent.VALUE, "churn_rate", MONTH, **asked)).rows[0]
        return row["part"], row["whole"]

    either, neither = (("segment", ("long_term", "vip")),), churn(exclude=(("segment", ("long_term", "vip")),))
    both = churn(filters=either)
    all_of_them = churn()
    assert (both[0] + neither[0], both[1] + neither[1]) == all_of_them
    split = measure(analyst, Query(Intent.BREAKDOWN, "churn_rate", MONTH, filters=either, by=("segment",)))
    wholes = {row["segment"]: row["whole"] for row in split.rows}
    assert set(wholes) == {"long_term", "vip"}
    assert max(wholes.values()) < both[1] < sum(wholes.values())
    assert {note.key for note in split.caveats} >= {"accounts_in_several_segments", "segments_at_start"}


OFFERED = [name for name, one in catalogue().items() if "segment" in one.by]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if at % 12 else []) for at, name in enumerate(OFFERED)]
)
def test_a_metric_that_offers_the_filter_by_segment_applies_it(analyst: Analyst, name: str) -> None:
    metric = catalogue()[name]
    if analyst.missing(metric):
        return  # no figure, no filter
    tables = analyst.tables(Query(Intent.VALUE, filters=(("segment", ("delivered_but_unused",)),)))
    assert "deliveries" in analyst.company.sql(metric(tables, MONTH))


def test_where_country_is_a_breakdown_so_are_market_and_segment() -> None:
    for metric in catalogue().values():
        if "country" in metric.by:  # a metric with segments of its own, as RFM has, takes none of ours
            assert {"market", "segment"} <= {*metric.by, *metric.keys}, metric.name


def test_a_segment_that_does_not_exist_is_no_filter(analyst: Analyst) -> None:
    with pytest.raises(BadQuestion, match="unknown_value"):
        measure(analyst, Query(Intent.VALUE, "churn_rate", MONTH, filters=(("segment", ("nobody",)),)))


ACCOUNTS = [{"account_id": name, "name": name, "country": "FR"} for name in ("P", "Q", "S")]
PLANS = [
    {"plan_id": "daily", "name": "Daily", "interval": "month"},
    {"plan_id": "calm", "name": "Calm", "interval": "month"},
]
LIVES = [
    {"subscription_id": name, "account_id": name, "plan_id": plan, "status": "active", "mrr": 10.0,
     "valid_from": "2026-01-01", "valid_to": None}
    for name, plan in (("P", "daily"), ("Q", "calm"), ("S", "calm"))
]  # fmt: skip
SEEN = [
    {"account_id": "P", "name": "did", "occurred_at": "2026-10-20 08:00"},
    {"account_id": "Q", "name": "did", "occurred_at": "2026-10-20 08:00"},
    {"account_id": "S", "name": "did", "occurred_at": "2026-09-20 08:00"},
]
SMALL = {"accounts": ACCOUNTS, "plans": PLANS, "subscriptions": LIVES, "events": SEEN}


def members(analyst: Analyst, segment: str) -> set[str]:
    return set(accounts_of(analyst, Query(Intent.SEGMENT, subject=segment)))


def test_a_plan_may_have_its_own_threshold_of_inactivity(laid: Callable[..., Analyst]) -> None:
    assert members(laid(SMALL), "slipping_away") == {"S"}
    strict = laid(SMALL, inactive_days_by_plan=(("Daily", 7),))
    assert members(strict, "slipping_away") == {"P", "S"}


def test_a_stage_may_be_the_companys_own(laid: Callable[..., Analyst]) -> None:
    own = laid(SMALL, stages=(("engagement", ("slipping_away",)),))
    assert members(own, "engagement") == {"S"}
    with pytest.raises(BadData, match="stage_unknown_segment"):
        members(laid(SMALL, stages=(("engagement", ("nobody", "retention")),)), "engagement")


def test_a_rule_says_what_it_was_told_without_and_one_that_lacks_all_says_what_is_missing(
    laid: Callable[..., Analyst],
) -> None:
    analyst = laid(SMALL)
    notes = list_people(analyst, Query(Intent.SEGMENT, subject="failed_payment")).caveats
    assert [(note.key, note.values["missing"]) for note in notes] == [("segment_without", ["payments"])]
    with pytest.raises(BadData, match=r"segment_unavailable.*help_events"):
        members(analyst, "hunters")
    with pytest.raises(BadData, match=r"segment_unavailable.*error_events"):
        members(analyst, "struggling")


def test_a_spike_of_errors_is_seen_where_the_error_events_are_known(laid: Callable[..., Analyst]) -> None:
    errors = [
        {"account_id": who, "name": "crash", "occurred_at": f"2026-{day} 10:00"}
        for who, days in {
            "P": ("10-27", "10-28", "11-01"),  # three in a week, none before: a spike
            "Q": ("10-27", "10-28"),  # two are none
            "S": ("10-05", "10-06", "10-13", "10-14", "10-20", "10-21", "10-27", "10-28", "10-30"),  # 3 of 1.5 a week
        }.items()
        for day in days
    ]
    analyst = laid({**SMALL, "events": [*SEEN, *errors]}, error_events=("crash",))
    assert members(analyst, "struggling") == {"P"}


@pytest.mark.parametrize("segment", list(SEGMENTS)[::4])
def test_an_empty_company_has_nobody_in_any_segment(analyst: Analyst, segment: str) -> None:
    tables = analyst.tables(Query(Intent.SEGMENT))
    nobody = {name: table.filter(ibis.literal(False)) for name, table in tables.tables.items()}
    assert analyst.company.run(SEGMENTS[segment](replace(tables, tables=nobody, frames={}), AS_OF)).empty


@pytest.mark.slow
def test_what_a_company_has_tables_for_can_be_told_and_nothing_else(laid: Callable[..., Analyst]) -> None:
    for tables in ({"accounts": ACCOUNTS}, {"accounts": ACCOUNTS, "subscriptions": LIVES}, SMALL):
        company = laid(tables)
        t = company.tables(Query(Intent.SEGMENT))
        for name in ready(t):
            company.company.run(SEGMENTS[name](t, AS_OF))
    assert {"vip", "new", "at_risk", "retention"} <= set(ready(t))


def test_the_thresholds_of_the_demo_are_the_defaults(analyst: Analyst) -> None:
    definitions, usual = analyst.company.definitions, Definitions()
    for name in ("vip_share", "loyal_orders", "habit_days", "power_days", "order_value_bands", "stages"):
        assert getattr(definitions, name) == getattr(usual, name)
