"""The check counts what is odd, truly, and finds nothing odd in data that is clean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.sources import Company, open_company
from bot.sources.canonical import TABLES
from bot.sources.check import Report, examine
from bot.types import Definitions

NOW = datetime(2024, 6, 15, 12)
ORDERS = ("order_id", "customer_id", "occurred_at", "net_amount")


def counted(report: Report) -> set[tuple[str, str, str | None, int]]:
    return {(odd.key, odd.table, odd.column, odd.count) for odd in report.oddities}


def test_every_kind_of_source_has_the_same_oddities(report: Report) -> None:
    """Counted by hand on the dirty company of conftest.py."""
    assert counted(report) == {
        ("misfit", "accounts", "signup_at", 1),  # 31/02/2024
        ("misfit", "accounts", "is_test", 1),  # maybe
        ("unknown_words", "subscriptions", "status", 1),  # Active
        ("negative_amounts", "subscriptions", "mrr", 1),  # -100 cents
        ("out_of_order", "subscriptions", "valid_to", 1),  # s3 ends before it begins
        ("orphans", "subscriptions", "account_id", 1),  # account 9
        ("overlapping_stretches", "subscriptions", None, 1),  # s2, from 20 February to 1 March
        ("nobody", "orders", "customer_id", 1),  # the first o4
        ("misfit", "orders", "occurred_at", 1),  # 30 February
        ("misfit", "orders", "net_amount", 1),  # abc
        ("blank_required", "orders", "net_amount", 1),  # o5
        ("zero_amounts", "orders", "net_amount", 1),  # o3
        ("misfit", "orders", "items", 1),  # 2.5 pieces
        ("in_future", "orders", "occurred_at", 1),  # 2031
        ("duplicate_keys", "orders", "order_id", 1),  # o4
        ("last_month_incomplete", "orders", "occurred_at", 3),
        ("same_day_orders", "orders", None, 1),  # o1 and o2, both of 1 March in Paris
        ("equal_rows", "events", None, 2000 - 29),  # 29 days
    }


def test_an_oddity_shows_an_example_and_what_else_its_sentence_needs(report: Report) -> None:
    odd = {(odd.key, odd.table, odd.column): (odd.example, odd.other) for odd in report.oddities}
    assert odd["misfit", "orders", "net_amount"] == ("abc", None)
    assert odd["misfit", "accounts", "signup_at"] == ("31/02/2024", None)
    assert odd["unknown_words", "subscriptions", "status"] == ("Active", None)
    assert odd["orphans", "subscriptions", "account_id"] == ("9", "accounts")
    assert odd["out_of_order", "subscriptions", "valid_to"] == ("s3", "valid_from")


def test_the_report_names_what_is_mapped_and_what_is_missing(report: Report) -> None:
    accounts = next(table for table in report.tables if table.name == "accounts")
    assert (accounts.rows, accounts.mapped) == (4, ("account_id", "name", "country", "signup_at", "is_test"))
    assert set(accounts.mapped) | set(accounts.missing) == set(TABLES["accounts"].names)
    assert set(report.missing) == set(TABLES) - {"accounts", "subscriptions", "orders", "events"}
    orders = next(table for table in report.tables if table.name == "orders")
    assert (orders.first, orders.last) == (datetime(2024, 3, 1, 10), datetime(2024, 3, 3, 8, 15, 30))


def test_the_report_tells_the_raw_tables_before_any_mapping(report: Report) -> None:
    raw = {source.name: source for source in report.sources}
    assert set(raw) == {"crm", "subs", "orders", "events"}
    assert (raw["crm"].rows, raw["crm"].blanks) == (4, {"land": 1, "registered": 1})
    assert raw["orders"].blanks == {"customer_id": 1, "net_amount": 1, "items": 1}
    assert all(source.equal_rows == 0 for source in raw.values())


def test_the_finger_count_company_has_no_oddity_but_its_planted_ones() -> None:
    """One order is refunded to nothing, orders and events stop within a month, one payment is older than its account,
    and some of those who acted or were written to are not among the users."""
    folder = Path(__file__).parents[1] / "finger_count"
    company = open_company("files:data", {}, folder, Definitions(), date(2026, 11, 2))
    assert counted(examine(company, datetime(2026, 11, 2, 9))) == {
        ("zero_amounts", "orders", "net_amount", 1),
        ("last_month_incomplete", "events", "occurred_at", 1),
        ("last_month_incomplete", "orders", "occurred_at", 25),
        ("orphans", "events", "user_id", 16),
        ("orphans", "sends", "user_id", 4),
        ("orphans", "message_events", "user_id", 6),
        ("before_signup", "payments", "account_id", 1),
    }


def daily(laid: Callable[..., Company], counts: list[int], last: date, **extra: object) -> Company:
    """One order a customer, so many a day, the last day last."""
    rows = []
    for back, count in enumerate(reversed(counts)):
        day = last - timedelta(days=back)
        rows += [(f"{day}-{n}", f"c{day}{n}", f"{day} 12:00:00", "5") for n in range(count)]
    return laid({"orders": (ORDERS, rows)}, **extra)


@pytest.mark.parametrize(("recent", "collapsed"), [(10, False), (6, False), (4, True)])
def test_a_volume_that_halves_within_a_week_has_collapsed(
    laid: Callable[..., Company], recent: int, collapsed: bool
) -> None:
    company = daily(laid, [10] * 30 + [recent] * 7, date(2024, 5, 31))
    found = [odd for odd in examine(company, NOW).oddities if odd.key == "volume_collapsed"]
    assert bool(found) == collapsed
    if found:
        assert (found[0].count, found[0].other) == (recent, "10")


def test_a_month_that_ends_on_its_last_day_is_complete(laid: Callable[..., Company]) -> None:
    company = daily(laid, [1] * 40, date(2024, 5, 31))
    assert not [odd for odd in examine(company, NOW).oddities if odd.key == "last_month_incomplete"]


def test_a_weekday_on_which_nothing_ever_happens_is_told(laid: Callable[..., Company]) -> None:
    counts = [0 if (date(2024, 5, 31) - timedelta(days=back)).weekday() == 5 else 2 for back in range(80)]
    company = daily(laid, counts[::-1], date(2024, 5, 31))
    silent = [odd.other for odd in examine(company, NOW).oddities if odd.key == "silent_weekday"]
    assert silent == ["5"]


@pytest.mark.parametrize(
    ("now", "stale"),
    [
        (datetime(2024, 6, 2, 23), False),
        (datetime(2024, 6, 3, 1), True),
    ],
)
def test_a_load_is_stale_after_the_hours_of_the_definitions(
    laid: Callable[..., Company], now: datetime, stale: bool
) -> None:
    """Counted from the end of the last day with data, here 31 May."""
    report = examine(daily(laid, [1] * 3, date(2024, 5, 31)), now)
    assert (report.last, report.stale) == (date(2024, 5, 31), stale)


def test_data_with_a_pinned_day_is_never_stale_and_what_lies_behind_it_is_told(laid: Callable[..., Company]) -> None:
    company = daily(laid, [1] * 10, date(2024, 5, 31), as_of=date(2024, 5, 30))
    report = examine(company, NOW)
    assert (report.pinned, report.stale) == (True, False)
    assert ("after_as_of", "orders", "occurred_at", 2) in counted(report)


def test_dates_that_could_be_read_two_ways_are_told_and_not_guessed(laid: Callable[..., Company]) -> None:
    """Nothing in the column proves whether days or months come first; only 5/5 reads one way."""
    company = laid({"orders": (ORDERS, [("1", "c", "03/04/2024", "1"), ("2", "d", "05/05/2024", "1")])})
    assert ("ambiguous_dates", "orders", "occurred_at", 1) in counted(examine(company, NOW))


def test_parallel_subscriptions_and_answers_of_payers_who_left_are_counted(laid: Callable[..., Company]) -> None:
    company = laid(
        {
            "subscriptions": (
                ("subscription_id", "account_id", "valid_from", "valid_to", "status", "mrr"),
                [
                    ("s1", "a", "2024-01-01", None, "active", "5"),
                    ("s2", "a", "2024-02-01", None, "active", "5"),
                    ("s3", "b", "2024-01-01", "2024-03-01", "active", "5"),
                    ("s4", "b", "2024-01-01", None, "trial", "0"),
                ],
            ),
            "survey_answers": (
                ("answer_id", "account_id", "type", "answered_at", "score"),
                [
                    ("n1", "a", "churn", "2024-02-01", None),
                    ("n2", "b", "churn", "2024-03-01", None),
                    ("n3", "a", "nps", "2024-02-01", "11"),
                ],
            ),
        }
    )
    found = counted(examine(company, NOW))
    assert ("parallel_subscriptions", "subscriptions", None, 1) in found
    assert ("paying_though_left", "survey_answers", "account_id", 1) in found
    assert ("score_out_of_range", "survey_answers", "score", 1) in found
