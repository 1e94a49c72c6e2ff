"""The worked examples of support, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.types import Evidence, Intent, Query
from tests.metrics.conftest import OCTOBER
from tests.metrics.test_worked_examples import stretch

Laid = Callable[..., Analyst]


def ticket(number: int, created: datetime, **more: Any) -> dict[str, Any]:
    return {
        "ticket_id": f"t{number:04}", "account_id": f"a{number}", "user_id": None, "created_at": created,
        "first_reply_at": None, "solved_at": None, "reopened": False, "category": "bug", "priority": "normal",
        "status": "open", "channel": "email", **more,
    }  # fmt: skip


def told(analyst: Analyst, metric: str, *by: str, **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, OCTOBER, by=by, variant=tuple(variant.items())))


def test_380_tickets_of_1250_customers_are_30_for_each_hundred(laid: Laid) -> None:
    """1,200 pay at the start and 1,300 at the end, 1,250 on average: 30.4 tickets a hundred."""
    began, middle = datetime(2026, 1, 1), datetime(2026, 10, 15)
    paying = [stretch(f"a{one}", began if one < 1200 else middle) for one in range(1300)]
    asked = [ticket(one, middle, account_id=f"a{one % 95}") for one in range(380)]
    analyst = laid({"subscriptions": paying, "tickets": asked})
    row = told(analyst, "tickets_per_100_customers").rows[0]
    assert (row["part"], row["n"], row["value"]) == (380, 1250, pytest.approx(30.4))
    touched = told(analyst, "contact_rate").rows[0]
    assert (touched["part"], touched["whole"]) == (95, 1300)


def test_each_category_has_all_customers_under_it(laid: Laid) -> None:
    began, middle = datetime(2026, 1, 1), datetime(2026, 10, 15)
    paying = [stretch(f"a{one}", began) for one in range(10)]
    kinds = ["bug", "bug", "billing", None]
    asked = [ticket(one, middle, category=kind, account_id=f"a{one // 2}") for one, kind in enumerate(kinds)]
    analyst = laid({"subscriptions": paying, "tickets": asked})
    rows = {row["category"]: (row["part"], row["whole"]) for row in told(analyst, "contact_rate", "category").rows}
    assert rows == {"bug": (1, 10), "billing": (1, 10), "unknown": (1, 10)}
    rates = told(analyst, "tickets_per_100_customers", "category").rows
    assert {row["category"]: (row["part"], row["n"]) for row in rates} == {
        "bug": (2, 10),
        "billing": (1, 10),
        "unknown": (1, 10),
    }
    one = Query(Intent.VALUE, "contact_rate", OCTOBER, filters=(("category", ("bug",)),))
    assert [(row["part"], row["whole"]) for row in measure(analyst, one).rows] == [(1, 10)]


def test_merged_spam_and_our_own_tickets_are_no_calls(laid: Laid) -> None:
    day = datetime(2026, 10, 15)
    rows = [
        ticket(1, day), ticket(2, day, status="Merged"), ticket(3, day, category="spam"),
        ticket(4, day, channel="outbound"),
        ticket(5, day, status=None, category=None, channel=None), ticket(6, datetime(2026, 11, 1)),
    ]  # fmt: skip
    assert [(row["value"], row["n"]) for row in told(laid({"tickets": rows}), "ticket_volume").rows] == [(2, 2)]


def hours(begins: datetime, ends: datetime, zone: str) -> float:
    """Business hours between two instants (naive UTC), counted minute by minute on the wall clock."""
    minutes, at = 0, begins
    while at < ends:
        there = at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
        minutes += there.weekday() < 5 and 9 <= there.hour < 17
        at += timedelta(minutes=1)
    return minutes / 60


PAIRS = [
    (datetime(2026, 10, 5, 10), datetime(2026, 10, 5, 12)),  # within a day
    (datetime(2026, 10, 2, 20), datetime(2026, 10, 5, 6)),  # a weekend, from after to before work
    (datetime(2026, 10, 3, 1), datetime(2026, 10, 3, 23)),  # all on a Saturday
    (datetime(2026, 10, 9, 15, 30), datetime(2026, 10, 26, 9, 15)),  # weeks, over the end of summer time
    (datetime(2026, 10, 23, 14), datetime(2026, 10, 25, 2)),  # into the hour that comes twice
]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/New_York"])
def test_business_hours_are_those_on_the_wall_clock_of_the_zone(laid: Laid, zone: str) -> None:
    rows = [
        ticket(n, begins, first_reply_at=ends, account_id=f"a{n}", category=f"c{n}")
        for n, (begins, ends) in enumerate(PAIRS)
    ]
    analyst = laid({"tickets": rows}, zone=zone)
    found = {row["category"]: row["value"] for row in told(analyst, "first_response_time", "category").rows}
    expected = {f"c{n}": hours(begins, ends, zone) for n, (begins, ends) in enumerate(PAIRS)}
    if zone != "UTC":  # the wall clock, not the instants: a night that is an hour longer has no business hour more
        assert expected["c3"] == hours(PAIRS[3][0], PAIRS[3][1], zone)
    assert found == pytest.approx(expected)
    clock = {
        row["category"]: row["value"] for row in told(analyst, "first_response_time", "category", hours="calendar").rows
    }
    assert clock == pytest.approx({f"c{n}": (b - a).total_seconds() / 3600 for n, (a, b) in enumerate(PAIRS)})


def test_a_company_sets_its_own_business_hours(laid: Laid) -> None:
    """Open Sunday to Thursday from 8 to 20: Thursday 19:00 to Sunday 10:00 is one hour and two."""
    rows = [ticket(1, datetime(2026, 10, 8, 19), solved_at=datetime(2026, 10, 11, 10))]
    analyst = laid({"tickets": rows}, work_days=(6, 0, 1, 2, 3), work_from=8, work_to=20)
    assert told(analyst, "resolution_time").rows[0]["value"] == pytest.approx(3)


def test_an_answer_before_the_question_and_no_answer_are_in_no_median(laid: Laid) -> None:
    noon = datetime(2026, 10, 7, 12)
    rows = [
        ticket(1, noon, first_reply_at=noon - timedelta(hours=5)),
        ticket(2, noon),
        ticket(3, noon, first_reply_at=noon),
    ]
    row = told(laid({"tickets": rows}), "first_response_time").rows[0]
    assert (row["value"], row["n"]) == (0, 1)


def test_a_later_ticket_of_the_same_person_within_seven_days_was_a_further_contact(laid: Laid) -> None:
    monday = datetime(2026, 10, 5, 12)
    rows = [
        ticket(1, monday, solved_at=monday, user_id="u1", account_id="a1"),
        ticket(2, monday + timedelta(days=7, seconds=-1), user_id="u1", account_id="a1"),
        ticket(3, monday, solved_at=monday, user_id="u2", account_id="a1"),
        ticket(4, monday + timedelta(days=7), user_id="u2", account_id="a1"),
        ticket(5, monday, solved_at=monday, user_id="u3", account_id="a1", reopened=True),
        ticket(6, monday - timedelta(days=1), solved_at=monday, user_id="u4", account_id="a1"),
    ]  # fmt: skip
    analyst = laid({"tickets": rows})
    row = told(analyst, "first_contact_resolution").rows[0]
    assert (row["part"], row["whole"]) == (2, 4)
    assert [(row["part"], row["whole"]) for row in told(analyst, "reopen_rate").rows] == [(1, 4)]


def test_the_people_behind_open_tickets_have_their_oldest_and_their_highest_priority(laid: Laid) -> None:
    first, second = datetime(2026, 9, 20), datetime(2026, 10, 20)
    rows = [
        ticket(1, first, account_id="a1", priority="low"), ticket(2, second, account_id="a1", priority="urgent"),
        ticket(3, second, account_id="a2", solved_at=datetime(2026, 11, 5)),
        ticket(4, second, account_id="a3", solved_at=datetime(2026, 10, 21)),
        ticket(5, second, account_id="a4", status="closed"),
    ]  # fmt: skip
    analyst = laid(
        {"tickets": rows, "subscriptions": [stretch("a2", first, mrr=70.0)]}, as_of=datetime(2026, 11, 1).date()
    )
    assert [
        (row["value"], row["n"], row["oldest_days"], row["urgent"]) for row in told(analyst, "open_tickets").rows
    ] == [(3, 2, 42, 1)]
    people = list_people(analyst, Query(Intent.LIST_PEOPLE, "open_tickets", OCTOBER)).rows
    columns = ("account_id", "open_tickets", "oldest_ticket_at", "priority", "recent_tickets", "mrr")
    assert [tuple(row[name] for name in columns) for row in people] == [
        ("a2", 1, second.date(), "normal", 1, 70), ("a1", 2, first.date(), "urgent", 1, 0),
    ]  # fmt: skip


def test_who_asked_twice_within_thirty_days_is_listed(laid: Laid) -> None:
    rows = [
        ticket(1, datetime(2026, 10, 1, 23), account_id="a1"), ticket(2, datetime(2026, 10, 20), account_id="a1"),
        ticket(3, datetime(2026, 10, 2), account_id="a2"), ticket(4, datetime(2026, 10, 31), account_id="a2"),
    ]  # fmt: skip
    analyst = laid({"tickets": rows})
    assert [(row["value"], row["n"], row["tickets"]) for row in told(analyst, "repeated_contacts").rows] == [(1, 2, 3)]
    people = list_people(analyst, Query(Intent.LIST_PEOPLE, "repeated_contacts", OCTOBER)).rows
    assert [(row["account_id"], row["tickets"]) for row in people] == [("a2", 2)]
