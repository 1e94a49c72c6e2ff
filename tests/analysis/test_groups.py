"""Segments made from sentences on the demo company: each counted by hand in SQL, under the rights of who asks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import duckdb
import pytest

from bot.analysis.groups import sized
from bot.analysis.measure import Analyst, measure
from bot.analysis.people import accounts_of
from bot.errors import BadData, NotAllowed
from bot.types import Condition, Group, Intent, Query, Rights, RowFilter
from tests.analysis.segments_by_hand import PROMOTERS
from tests.metrics.by_hand import AS_OF, Hand, Rules
from tests.metrics.second import MONTH

STOPPED = (Condition("feature", "custom_reports", least=1), Condition("feature", "custom_reports", most=0, days=30))
ANNUAL = (("country", ("ES", "FR")), ("interval", ("annual",)))


def paying(day: date) -> str:
    """Who pays at the start of a day, with the plan of what they pay most for."""
    at = f"TIMESTAMP '{day}'"
    return f"""(SELECT who, arg_max(plan_id, mrr) AS plan_id FROM spells
        WHERE pays AND begins <= {at} AND {at} < ends GROUP BY who)"""


def by_hand(sql: duckdb.DuckDBPyConnection, hand: Hand, condition: str, day: date = AS_OF) -> list[str]:
    """Paying customers of a day, without test accounts, of whom a condition holds; `moment` is its start."""
    spells = hand.spells(Rules())
    return [who for (who,) in sql.execute(f"""
        WITH spells AS (FROM {spells}), today AS (SELECT TIMESTAMP '{day}' AS moment)
        SELECT who FROM {paying(day)} p JOIN known a ON a.account_id = who JOIN plans USING (plan_id), today
        WHERE {condition} ORDER BY who""").fetchall()]  # fmt: skip


def uses(days: str) -> str:
    return f"""(SELECT who FROM (SELECT who, e.* FROM events e JOIN lives ON id = e.account_id)
        WHERE name = 'custom_report_built' AND occurred_at < moment {days})"""


@pytest.mark.parametrize("day", [AS_OF, date(2026, 10, 10)])
def test_who_stopped_using_a_feature_is_who_did_and_has_not_for_a_month(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, day: date
) -> None:
    condition = f"""a.country IN ('ES', 'FR') AND plans.interval = 'year'
        AND who IN {uses("")} AND who NOT IN {uses("AND occurred_at >= moment - INTERVAL 30 DAY")}"""
    expected = by_hand(sql, hand, condition, day)
    query = Query(Intent.SEGMENT, subject=Group(conditions=STOPPED).text, filters=ANNUAL)
    found = sized(analyst, query, ("e1", "e2"))
    assert found[1] is not None
    told = {one.query.window.start: one.rows[0]["value"] for one in found if one is not None and one.query.window}
    assert told[day] == len(expected) > 3
    if day == AS_OF:
        assert list(accounts_of(analyst, query)) == expected


@pytest.mark.parametrize(
    ("condition", "having"),
    [
        (Condition("tickets", least=3, days=30), "n >= 3"),
        (Condition("tickets", most=1, days=30), "n <= 1"),
        (Condition("tickets", least=1, most=2, days=30), "n BETWEEN 1 AND 2"),
    ],
)
def test_tickets_are_counted_and_none_is_zero(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, condition: Condition, having: str
) -> None:
    expected = by_hand(sql, hand, f"""plans.name = 'Pro' AND (SELECT {having} FROM (SELECT count(*) AS n
        FROM tickets t JOIN lives l ON l.id = t.account_id WHERE l.who = p.who AND created_at < moment
        AND created_at >= moment - INTERVAL 30 DAY))""")  # fmt: skip
    query = Query(Intent.SEGMENT, subject=Group(conditions=(condition,)).text, filters=(("plan", ("Pro",)),))
    assert list(accounts_of(analyst, query)) == expected
    assert expected


@pytest.mark.parametrize(
    ("days", "having"),
    [
        ("2026-04-01/2026-05-01", ">= TIMESTAMP '2026-04-01' AND a.signup_at < TIMESTAMP '2026-05-01'"),
        ("/2026-01-01", "< TIMESTAMP '2026-01-01'"),
    ],
)
def test_who_signed_up_in_some_days_is_told_by_the_account(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, days: str, having: str
) -> None:
    expected = by_hand(sql, hand, f"a.signup_at {having}")
    group = Group(conditions=(Condition("signup", days, least=1),))
    assert list(accounts_of(analyst, Query(Intent.SEGMENT, subject=group.text))) == expected
    assert expected


@pytest.mark.parametrize(("most", "least", "sign"), [(0, None, "<"), (None, 1, ">=")])
def test_how_long_ago_who_signed_up_is_told_by_the_account(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, most: int | None, least: int | None, sign: str
) -> None:
    expected = by_hand(sql, hand, f"a.signup_at {sign} moment - INTERVAL 365 DAY")
    group = Group(conditions=(Condition("signup", least=least, most=most, days=365),))
    assert list(accounts_of(analyst, Query(Intent.SEGMENT, subject=group.text))) == expected
    assert expected


def test_who_was_not_active_had_no_event_that_counts(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand
) -> None:
    expected = by_hand(sql, hand, """NOT EXISTS (SELECT 1 FROM events e JOIN lives l ON l.id = e.account_id
        WHERE l.who = p.who AND coalesce(e.is_active_event, TRUE) AND e.occurred_at < moment
        AND e.occurred_at >= moment - INTERVAL 35 DAY)""")  # fmt: skip
    group = Group(conditions=(Condition("active", most=0, days=35),))
    assert list(accounts_of(analyst, Query(Intent.SEGMENT, subject=group.text))) == expected
    assert expected


@pytest.mark.parametrize(
    ("condition", "having"),
    [
        (Condition("mrr", ">500", least=1), "> 500"),
        (Condition("mrr", ">=500", least=1), ">= 500"),
        (Condition("mrr", "<49.5", least=1), "< 49.5"),
        (Condition("mrr", "<=49.5", least=1), "<= 49.5"),
    ],
)
def test_what_customers_pay_a_month_is_held_against_the_limit(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, condition: Condition, having: str
) -> None:
    paid = "(SELECT sum(mrr) FROM spells s WHERE s.who = p.who AND s.pays AND begins <= moment AND moment < ends)"
    expected = by_hand(sql, hand, f"{paid} {having}")
    query = Query(Intent.SEGMENT, subject=Group(conditions=(condition,)).text)
    assert list(accounts_of(analyst, query)) == expected
    assert expected


SEPTEMBER, OCTOBER = "2026-09-01/2026-10-01", "2026-10-01/2026-11-01"
DONE_IN = {
    "paying": "SELECT who FROM spells WHERE pays AND begins < TIMESTAMP '{last}' AND ends > TIMESTAMP '{first}'",
    "active": """SELECT who FROM events JOIN lives ON id = events.account_id WHERE coalesce(is_active_event, TRUE)
        AND occurred_at >= TIMESTAMP '{first}' AND occurred_at < TIMESTAMP '{last}'""",
}


@pytest.mark.parametrize("what", ["paying", "active"])
def test_what_was_done_in_one_period_and_not_in_another_is_told_of_those_who_left_too(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand, what: str
) -> None:
    did, did_not = (
        DONE_IN[what].format(first=first, last=last)
        for first, last in (("2026-09-01", "2026-10-01"), ("2026-10-01", "2026-11-01"))
    )
    expected = [who for (who,) in sql.execute(f"""
        WITH spells AS (FROM {hand.spells(Rules())}) SELECT account_id FROM known
        WHERE account_id IN ({did}) AND account_id NOT IN ({did_not}) AND merged_into IS NULL
        ORDER BY account_id""").fetchall()]  # fmt: skip
    group = Group(conditions=(Condition(what, SEPTEMBER, least=1), Condition(what, OCTOBER, most=0)))
    assert sorted(accounts_of(analyst, Query(Intent.SEGMENT, subject=group.text))) == expected
    assert expected


def test_periods_that_are_named_hold_on_each_day_and_for_accounts_whose_sign_up_is_unknown(
    laid: Callable[..., Analyst],
) -> None:
    """A ordered in September, B in October too; neither has a day of signing up."""
    bought = [("A", 9), ("B", 9), ("B", 10)]
    analyst = laid(
        {
            "accounts": [{"account_id": "A"}, {"account_id": "B"}],
            "orders": [
                {
                    "order_id": f"O{number}",
                    "customer_id": account,
                    "occurred_at": datetime(2026, month, 5),
                    "net_amount": 10.0,
                }
                for number, (account, month) in enumerate(bought)
            ],
        },
        as_of=date(2026, 11, 2),
    )
    group = Group(conditions=(Condition("orders", SEPTEMBER, least=1), Condition("orders", OCTOBER, most=0)))
    query = Query(Intent.SEGMENT, subject=group.text)
    assert list(accounts_of(analyst, query)) == ["A"]
    assert [one.rows[0]["value"] for one in sized(analyst, query, ("e1", "e2")) if one is not None] == [1, 1]


def test_how_many_people_an_account_has_is_the_number_of_its_users(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand
) -> None:
    users = "(SELECT count(*) FROM users u JOIN lives l ON l.id = u.account_id WHERE l.who = p.who AND {})"
    expected = by_hand(sql, hand, users.format("(created_at IS NULL OR created_at < moment)") + " > 10")
    group = Group(conditions=(Condition("members", least=11),))
    assert list(accounts_of(analyst, Query(Intent.SEGMENT, subject=group.text))) == expected
    assert expected


@pytest.mark.slow
def test_several_segments_hold_together_and_what_is_left_out_is_not_in_it(
    analyst: Analyst, sql: duckdb.DuckDBPyConnection, hand: Hand
) -> None:
    old = "(SELECT min(begins) FROM spells s WHERE s.who = p.who AND s.pays) < moment - INTERVAL 365 DAY"
    expected = by_hand(sql, hand, f"{old} AND who IN {PROMOTERS} AND a.country <> 'FR'")
    group = Group(segments=("long_term", "promoters"), exclude=(("country", ("FR",)),))
    assert list(accounts_of(analyst, Query(Intent.LIST_PEOPLE, subject=group.text))) == expected
    young = Group(segments=("promoters",), exclude=(("segment", ("long_term",)),))
    everyone = accounts_of(analyst, Query(Intent.LIST_PEOPLE, subject="promoters"))
    without = accounts_of(analyst, Query(Intent.LIST_PEOPLE, subject=young.text))
    both = accounts_of(analyst, Query(Intent.LIST_PEOPLE, subject=replace(group, exclude=()).text))
    assert sorted((*without, *both)) == sorted(everyone)
    assert without
    assert both


def test_a_kept_group_is_a_filter_and_a_breakdown_in_it_and_not_in_it(analyst: Analyst) -> None:
    group = Group(
        "Regulars", filters=(("plan", ("Pro", "Business")),), conditions=(Condition("tickets", most=0, days=90),)
    )
    knows = replace(analyst, groups=(group,))

    def churn(by: tuple[str, ...] = (), subject: str | None = None, **asked: object) -> list[tuple[int, int]]:
        query = Query(Intent.VALUE, "churn_rate", MONTH, by=by, subject=subject, **asked)  # type: ignore[arg-type] # fields by name
        return [(row["part"], row["whole"]) for row in measure(knows, query).rows]

    passing = (("segment", ("Regulars",)),)
    inside, outside, whole = churn(filters=passing), churn(exclude=passing), churn()
    rows = measure(knows, Query(Intent.BREAKDOWN, "churn_rate", MONTH, by=("segment",), subject="Regulars")).rows
    assert {row["segment"]: (row["part"], row["whole"]) for row in rows} == {
        "Regulars": inside[0],
        "others": outside[0],
    }
    assert [a + b for a, b in zip(inside[0], outside[0], strict=True)] == list(whole[0])
    assert churn(filters=(("segment", (replace(group, name="").text,)),)) == inside
    assert 0 < inside[0][1] < whole[0][1]


@pytest.mark.slow
def test_another_rule_under_the_same_name_is_told_anew(analyst: Analyst) -> None:
    sizes = []
    for country in ("ES", "FR"):
        knows = replace(analyst, groups=(Group("Ours", filters=(("country", (country,)),)),))
        sizes.append(sized(knows, Query(Intent.SEGMENT, subject="Ours"), ("e1", "e2"))[0].rows[0]["value"])
        rows = measure(knows, Query(Intent.VALUE, "churn_rate", MONTH, filters=(("segment", ("Ours",)),))).rows
        assert rows == measure(analyst, Query(Intent.VALUE, "churn_rate", MONTH, filters=(
            ("segment", (Group(filters=(("country", (country,)),)).text,)),))).rows  # fmt: skip
    assert sizes[0] != sizes[1]


def test_the_rights_of_who_asks_hold_in_a_group(analyst: Analyst) -> None:
    query = Query(Intent.SEGMENT, subject=Group(conditions=STOPPED).text)
    spain = replace(analyst, rights=Rights(row_filters=(RowFilter("country", ("ES",)),)))
    assert sized(spain, query, ("e1", "e2"))[0].rows[0]["value"] == len(
        accounts_of(analyst, replace(query, filters=(("country", ("ES",)),)))
    )
    large = replace(analyst, rights=Rights(smallest_cell=500))
    with pytest.raises(NotAllowed, match="too_few_to_show"):
        sized(large, query, ("e1", "e2"))
    knows = replace(analyst, groups=(Group("Spaniards", filters=(("country", ("ES",)),)),))
    blind = replace(knows, rights=Rights(dimensions=frozenset({"plan", "segment"})))
    with pytest.raises(NotAllowed, match="dimension_not_allowed"):
        measure(blind, Query(Intent.VALUE, "churn_rate", MONTH, filters=(("segment", ("Spaniards",)),)))
    with pytest.raises(NotAllowed, match="dimension_not_allowed"):
        sized(blind, Query(Intent.SEGMENT, subject="Spaniards"), ("e1", "e2"))


def test_a_group_lacks_what_its_conditions_count(analyst: Analyst) -> None:
    without = replace(analyst.tables(Query(Intent.SEGMENT)), mapped=lambda table, _column: table != "tickets")
    segment = analyst.segment(Group(conditions=(Condition("tickets", least=1),)).text)
    assert segment is not None
    with pytest.raises(BadData, match="segment_unavailable"):
        segment(without, AS_OF)
