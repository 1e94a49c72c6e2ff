"""Retention by day: the golden cohort of 2026-10-01, and the worked examples of the definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Grain, Intent, Query, Window
from tests.metrics.conftest import Measure

Laid = Callable[..., Analyst]
FIRST = Window(date(2026, 10, 1), date(2026, 10, 2), Grain.DAY)

COHORT: list[tuple[str, dict[str, str], int]] = [
    ("n_day_retention", {"n": "1"}, 3),
    ("n_day_retention", {"n": "7"}, 2),
    ("n_day_retention", {"n": "1", "day_type": "24h"}, 2),
    ("n_day_retention", {"n": "7", "day_type": "24h"}, 0),
    ("n_day_retention", {"n": "1", "entry": "recurring"}, 3),
    ("unbounded_retention", {"n": "7"}, 3),
    ("unbounded_retention", {"n": "7", "day_type": "24h"}, 1),
    ("n_day_retention", {"n": "1", "steps": "week"}, 3),
    ("n_day_retention", {"n": "2", "steps": "week"}, 0),
    ("n_day_retention", {"n": "3", "steps": "week"}, 1),
]


@pytest.mark.parametrize(("metric", "variant", "came"), COHORT)
def test_the_golden_cohort_returns_as_fingers_count(
    told: Measure, metric: str, variant: dict[str, str], came: int
) -> None:
    row = told(metric, FIRST, **variant).rows[0]
    assert (row["part"], row["whole"]) == (came, 5)


@pytest.mark.parametrize(("day_type", "came"), [("calendar", [3, 3, 1]), ("24h", [2, 3, 1])])
def test_the_golden_cohort_returns_in_each_bracket(told: Measure, day_type: str, came: list[int]) -> None:
    rows = told("bracket_retention", FIRST, day_type=day_type).rows
    assert [(row["bracket"], row["part"], row["whole"]) for row in rows] == [
        (name, part, 5) for name, part in zip(("1-3", "4-7", "8-30"), came, strict=True)
    ]


def test_whoever_has_not_lived_through_the_day_is_not_asked_after(told: Measure) -> None:
    """As of 2 November the people of 1 October have lived through day 31, and through no day 32."""
    assert [told("n_day_retention", FIRST, n=n).rows[0]["whole"] for n in ("31", "32")] == [5, 0]


def test_those_who_may_still_return_are_counted_beside_the_share(told: Measure) -> None:
    """Day 1 of the cohort ended 31 days before as-of, day 7 only 25."""
    assert [told("unbounded_retention", FIRST, n=n).rows[0]["immature"] for n in ("1", "7")] == [0, 5]


def person(name: str, signup: datetime) -> dict[str, Any]:
    return {"user_id": name, "account_id": name, "created_at": signup}


def deed(name: str, moment: datetime) -> dict[str, Any]:
    return {"event_id": f"{name}{moment}", "user_id": name, "account_id": name, "name": "did", "occurred_at": moment}


@pytest.mark.parametrize(("day_type", "came"), [("calendar", 1), ("24h", 0)])
def test_a_return_soon_after_midnight_is_day_one_by_calendar_only(laid: Laid, day_type: str, came: int) -> None:
    """Signed up at 23:30, back 45 minutes later: day 1 by calendar, day 0 by hours."""
    signup = datetime(2026, 10, 1, 23, 30)
    analyst = laid({"users": [person("U", signup)], "events": [deed("U", signup + timedelta(minutes=45))]})
    found = measure(analyst, Query(Intent.VALUE, "n_day_retention", FIRST, variant=(("day_type", day_type),)))
    assert (found.rows[0]["part"], found.rows[0]["whole"]) == (came, 1)


def test_the_same_return_is_day_zero_where_it_is_still_the_day_before(laid: Laid) -> None:
    """23:30 and 00:15 in UTC are 19:30 and 20:15 of one day in New York."""
    signup = datetime(2026, 10, 1, 23, 30)
    analyst = laid(
        {"users": [person("U", signup)], "events": [deed("U", signup + timedelta(minutes=45))]}, zone="America/New_York"
    )
    found = measure(analyst, Query(Intent.VALUE, "n_day_retention", FIRST))
    assert (found.rows[0]["part"], found.rows[0]["whole"]) == (0, 1)


@pytest.mark.parametrize(("week_start", "came"), [(0, 0), (6, 1)])
def test_the_week_begins_on_the_day_that_the_company_says(laid: Laid, week_start: int, came: int) -> None:
    """Saturday to Sunday lies within one week from Monday on, and in two from Sunday on."""
    signup, again = datetime(2026, 10, 3, 12), datetime(2026, 10, 4, 12)
    analyst = laid({"users": [person("U", signup)], "events": [deed("U", again)]}, week_start=week_start)
    variant = (("n", "1"), ("steps", "week"))
    october = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
    found = measure(analyst, Query(Intent.VALUE, "n_day_retention", october, variant=variant))
    assert (found.rows[0]["part"], found.rows[0]["whole"]) == (came, 1)


def test_three_of_four_hundred_people_come_again_this_week(laid: Laid) -> None:
    """400 active last week, 300 of them again this week, and 50 new ones: 75 %."""
    last, this = datetime(2026, 10, 21, 9), datetime(2026, 10, 28, 9)
    events = [deed(f"u{one}", last) for one in range(400)] + [deed(f"u{one}", this) for one in range(100, 450)]
    analyst = laid({"events": events})
    week = Window(date(2026, 10, 26), date(2026, 11, 2), Grain.WEEK)
    row = measure(analyst, Query(Intent.VALUE, "rolling_retention", week)).rows[0]
    assert (row["part"], row["whole"]) == (300, 400)


@pytest.mark.parametrize("day_type", ["calendar", "24h"])
def test_coming_on_a_day_or_later_is_never_rarer_than_on_it_and_never_grows(told: Measure, day_type: str) -> None:
    later = [told("unbounded_retention", FIRST, n=n, day_type=day_type).rows[0]["part"] for n in ("1", "7", "30")]
    on = [told("n_day_retention", FIRST, n=n, day_type=day_type).rows[0]["part"] for n in ("1", "7", "30")]
    assert all(one <= more for one, more in zip(on, later, strict=True))
    assert later == sorted(later, reverse=True)
