"""From which day a company's questions are asked, said once for every surface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bot.sources import Company
from bot.types import Definitions

ORDERS = ("order_id", "customer_id", "occurred_at", "net_amount")
SUBSCRIPTIONS = ("subscription_id", "account_id", "valid_from", "valid_to", "status", "mrr", "term_end")
TICKETS = ("ticket_id", "account_id", "created_at")
ANSWERS = ("answer_id", "account_id", "type", "answered_at")

TODAY = date(2024, 6, 15)


def orders(*moments: str) -> dict:
    return {"orders": (ORDERS, [(str(n), "c", moment, "1") for n, moment in enumerate(moments)])}


def subscriptions(*stretches: tuple[str, str | None]) -> dict:
    rows = [(str(n), "c", *stretch, "active", "1", "2099-01-01") for n, stretch in enumerate(stretches)]
    return {"subscriptions": (SUBSCRIPTIONS, rows)}


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (orders("2024-06-10 09:00:00"), date(2024, 6, 11)),
        (orders("2024-06-14 23:59:59"), TODAY),
        (orders("2024-06-15 00:00:01"), TODAY),
        (orders("2024-06-10 09:00:00", "2031-01-01 00:00:00"), date(2024, 6, 11)),
        (orders("2031-01-01 00:00:00"), TODAY),
        (orders("2024-05-01 09:00:00") | subscriptions(("2024-06-01", None)), date(2024, 5, 2)),
        (subscriptions(("2024-06-01", None), ("2024-05-01", "2024-06-03")), date(2024, 6, 4)),
        (subscriptions(("2024-06-01", "2024-12-31")), date(2024, 6, 2)),
        ({"tickets": (TICKETS, [("t", "c", "2024-04-30 12:00:00")])}, date(2024, 5, 1)),
        ({"survey_answers": (ANSWERS, [("a", "c", "nps", "2024-04-29 12:00:00")])}, date(2024, 4, 30)),
        ({"churn_reasons": (("reason_code",), [("price",)])}, TODAY),
    ],
    ids=[
        "day after the last day",
        "yesterday's data",
        "today is never complete",
        "the future shows nothing",
        "only the future",
        "facts before subscriptions",
        "an end in the past counts",
        "an end in the future does not",
        "tickets",
        "answers",
        "no dates at all",
    ],
)
def test_as_of_is_today_or_the_day_after_the_last_day_with_data(
    laid: Callable[..., Company], tables: dict, expected: date
) -> None:
    assert laid(tables).as_of(TODAY) == expected


def test_the_workspace_may_name_the_day_itself(laid: Callable[..., Company]) -> None:
    company = laid(orders("2024-06-10 09:00:00"), as_of=date(2023, 1, 1))
    assert company.as_of(TODAY) == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", date(2024, 6, 11)),
        ("Asia/Tokyo", date(2024, 6, 12)),
        ("America/New_York", date(2024, 6, 11)),
    ],
)
def test_the_last_day_is_a_day_of_the_reporting_zone(laid: Callable[..., Company], zone: str, expected: date) -> None:
    """Half past eleven at night on the 10th in UTC is the 11th in Tokyo."""
    company = laid(orders("2024-06-10 23:30:00"), definitions=Definitions(zone=zone))
    assert company.as_of(TODAY) == expected
