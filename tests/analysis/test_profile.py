"""One account on one screen: each fact against SQL by hand, and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from bot.analysis.measure import Analyst
from bot.analysis.people import accounts_of
from bot.analysis.profile import FIELDS, found, next_steps, profile
from bot.errors import BadQuestion, NotAllowed
from bot.language import available, load
from bot.metrics.segments import SEGMENTS
from bot.types import Evidence, Intent, Query, RowFilter

ACCOUNT = "A2813"
T = "TIMESTAMP '2026-11-10'"

HAND = {
    "mrr": f"SELECT sum(mrr) FROM subscriptions WHERE account_id = '{ACCOUNT}' AND valid_to IS NULL",
    "paid": f"""SELECT sum((amount - coalesce(refunded_amount, 0)) * rate)
        FROM payments JOIN exchange_rates USING (currency)
        WHERE account_id = '{ACCOUNT}' AND status = 'paid' AND occurred_at < {T}""",
    "orders": f"SELECT sum(net_amount) FROM orders WHERE customer_id = '{ACCOUNT}' AND occurred_at < {T}",
    "members": f"SELECT count(*) FROM users WHERE account_id = '{ACCOUNT}'",
    "tickets_open": f"SELECT count(*) FROM tickets WHERE account_id = '{ACCOUNT}' AND solved_at IS NULL",
    "nps": f"""SELECT arg_max(score, answered_at) FROM survey_answers WHERE account_id = '{ACCOUNT}' AND type = 'nps'
        AND answered_at < {T}""",
    "last_active": f"""SELECT max(occurred_at) FROM events WHERE account_id = '{ACCOUNT}' AND is_active_event
        AND occurred_at < {T}""",
    "customer_since": f"SELECT min(valid_from) FROM subscriptions WHERE account_id = '{ACCOUNT}' AND mrr > 0",
}


@pytest.fixture(scope="module")
def shown(analyst: Analyst) -> Evidence:
    return profile(analyst, ACCOUNT)


def facts(evidence: Evidence, field: str) -> list[dict[str, Any]]:
    return [dict(row) for row in evidence.rows if row["field"] == field]


@pytest.mark.slow
@pytest.mark.parametrize("field", HAND)
def test_a_fact_is_that_of_its_sql(shown: Evidence, sql: duckdb.DuckDBPyConnection, field: str) -> None:
    expected = sql.execute(HAND[field]).fetchall()[0][0]
    row = facts(shown, field)[0]
    if row["amount"] is not None:
        assert row["amount"] == pytest.approx(expected, abs=0.01)
    elif row["told"] is None:
        assert row["on"] == expected.replace(microsecond=row["on"].microsecond)
    else:
        assert float(row["told"]) == float(expected)


def test_the_features_used_and_those_the_plan_has_besides(shown: Evidence, sql: duckdb.DuckDBPyConnection) -> None:
    used = {row["told"] for row in facts(shown, "features_used")}
    assert used == {
        name
        for (name,) in sql.execute(
            f"""SELECT DISTINCT f.name FROM events e JOIN features f ON core_event = e.name
            WHERE account_id = '{ACCOUNT}' AND occurred_at < {T} AND occurred_at >= {T} - INTERVAL 90 DAY"""
        ).fetchall()
    }
    entitled = {
        name
        for (name,) in sql.execute(
            f"""SELECT f.name FROM features f, subscriptions s WHERE s.account_id = '{ACCOUNT}' AND valid_to IS NULL
            AND list_contains(string_split(entitled_plans, ','), plan_id)"""
        ).fetchall()
    }
    assert {row["told"] for row in facts(shown, "features_unused")} == entitled - used


def test_every_field_has_a_source_a_place_and_a_name_in_every_language(shown: Evidence) -> None:
    assert all(row["source"] for row in shown.rows)
    assert {row["field"] for row in shown.rows} <= {"name", *FIELDS}
    for code in available():
        assert set(FIELDS) <= set(load(code).data["names"]["values"]["field"])


def test_the_segments_of_a_profile_are_those_that_list_the_account(analyst: Analyst, shown: Evidence) -> None:
    told = {row["told"] for row in facts(shown, "segment")}
    for name in ("detractors", "long_term", "slipping_away", "vip"):
        members = accounts_of(analyst, Query(Intent.SEGMENT, subject=name))
        assert (name in told) == (ACCOUNT in members)
    assert told <= set(SEGMENTS)


def test_a_role_without_persons_or_with_other_rows_sees_no_profile(analyst: Analyst) -> None:
    figures = replace(analyst, rights=replace(analyst.rights, person_level=False))
    spain = replace(analyst, rights=replace(analyst.rights, row_filters=(RowFilter("country", ("ES",)),)))
    for ask in (found, profile):
        with pytest.raises(NotAllowed, match="people_not_allowed"):
            ask(figures, "A0613")
        with pytest.raises(NotAllowed, match="account_outside"):
            ask(spain, "A0613")  # in France


def test_what_a_role_may_not_see_is_not_in_it(analyst: Analyst) -> None:
    rights = replace(analyst.rights, dimensions=frozenset({"plan"}), metrics=frozenset({"churn_rate"}))
    fields = {row["field"] for row in profile(replace(analyst, rights=rights), ACCOUNT).rows}
    assert not fields & {"country", "owner", "mrr", "paid", "nps", "usage_trend", "segment"}
    assert {"plan", "customer_since", "members"} <= fields


@pytest.mark.parametrize(
    ("words", "account"),
    [
        ("a0613", "A0613"), ("atelier rovadine", "A0613"), ("Bloom", "A0404"),
        ("Robert'); DROP TABLE accounts;--", "A0101"), ("system ignore rules", "A0202"), ("quoted sons b", "A0303"),
    ],
)  # fmt: skip
def test_an_account_is_found_by_its_id_and_by_its_name_whatever_is_in_it(
    analyst: Analyst, words: str, account: str
) -> None:
    assert [one.account_id for one in found(analyst, words)] == [account]


def test_several_that_fit_are_all_told_and_a_misspelt_one_is_offered(analyst: Analyst) -> None:
    assert len(found(analyst, "Rovadine")) > 1
    with pytest.raises(BadQuestion, match=r"unknown_account_near.*Atelier Rovadine \(A0613\)"):
        found(analyst, "Atelier Rovadinne")
    with pytest.raises(BadQuestion, match="unknown_account "):
        found(analyst, "qqqqzzzz")


def test_the_next_steps_come_with_their_evidence_and_only_where_the_metric_may_be_seen(analyst: Analyst) -> None:
    evidence = next_steps(analyst, "A0348")
    assert evidence is not None
    steps = {row["step"]: row for row in evidence.rows}
    assert set(steps) == {"feature", "popular"}
    assert steps["popular"]["because"] == "Occitanie"
    assert steps["feature"]["part"] * steps["feature"]["other_whole"] > (
        steps["feature"]["other_part"] * steps["feature"]["whole"]
    )
    rights = replace(analyst.rights, metrics=frozenset({"churn_rate"}))
    assert next_steps(replace(analyst, rights=rights), "A0348") is None


def test_a_company_with_accounts_alone_has_a_profile_too(laid: Callable[..., Analyst]) -> None:
    analyst = laid({"accounts": [{"account_id": "P", "name": 'Say "hi" 🌻 \'; --'}]})
    assert [(row["field"], row["told"]) for row in profile(analyst, "P").rows] == [("name", 'Say "hi" 🌻 \'; --')]
