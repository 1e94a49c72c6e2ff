"""The worked examples of the definitions for coming, going and staying away, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from bot.analysis.measure import Analyst
from bot.analysis.people import list_people
from bot.types import Grain, Intent, Query, Window
from tests.metrics.conftest import OCTOBER
from tests.metrics.test_worked_examples_engagement import ask, event, on_days, stretch

Laid = Callable[..., Analyst]


def test_the_active_are_new_current_and_resurrected(laid: Laid) -> None:
    """In tenths: 5 new, 30 current, 2 resurrected are 37 active; 6 dormant; the pulse is 7 / 6 = 1.17."""
    groups = {
        "new": (5, [date(2026, 10, 1), date(2026, 10, 31)]),
        "current": (30, [date(2026, 9, 1), date(2026, 10, 9)]),
        "back": (2, [date(2026, 8, 31), date(2026, 10, 1)]),
        "dormant": (6, [date(2026, 9, 30)]),
        "long_gone": (3, [date(2026, 8, 31)]),
    }
    deeds = [
        row for name, (many, days) in groups.items() for one in range(many) for row in on_days(f"{name}{one}", days)
    ]
    rows = ask(laid({"events": deeds}), "lifecycle_counts").rows
    assert {row["type"]: row["value"] for row in rows} == {"new": 5, "current": 30, "resurrected": 2, "dormant": 6}
    assert all((row["n"], row["pulse"]) == (37, pytest.approx(7 / 6)) for row in rows)


def test_the_week_before_a_week_is_as_many_days(laid: Laid) -> None:
    """Active on 11 October and on 12: the weeks of the 5th and of the 12th."""
    week = Window(date(2026, 10, 12), date(2026, 10, 19))
    rows = ask(laid({"events": on_days("U", [date(2026, 10, 11), date(2026, 10, 12)])}), "lifecycle_counts", week).rows
    assert {row["type"]: row["value"] for row in rows} == {"new": 0, "current": 1, "resurrected": 0, "dormant": 0}


def test_before_a_week_that_still_runs_stands_the_whole_week_before(laid: Laid) -> None:
    """On Monday 26 October: who came on Tuesday the 20th and on Monday is here as before, though not on Sunday."""
    week = Window(date(2026, 10, 26), date(2026, 10, 27), Grain.WEEK, complete=False)
    deeds = on_days("U", [date(2026, 10, 20), date(2026, 10, 26)])
    rows = ask(laid({"events": deeds}), "lifecycle_counts", week).rows
    assert {row["type"]: row["value"] for row in rows} == {"new": 0, "current": 1, "resurrected": 0, "dormant": 0}
    (row,) = ask(laid({"events": deeds}), "rolling_retention", week).rows
    assert (row["part"], row["whole"]) == (1, 1)


def test_each_state_begins_on_its_day(laid: Laid) -> None:
    """As of 2 November: 14 days without activity are active, 15 fading, 30 slipping away, 90 dormant, 180 gone."""
    ages = (0, 14, 15, 29, 30, 89, 90, 179, 180, None)
    deeds = [
        event("U", datetime(2026, 10, 31, 23, 59) - timedelta(days=age), account=f"A{age}")
        for age in ages if age is not None
    ]  # fmt: skip
    contracts = [stretch(f"A{age}", datetime(2026, 1, 1)) for age in ages]
    analyst = laid({"events": deeds, "subscriptions": contracts})
    rows = ask(analyst, "inactivity_state").rows
    assert {row["state"]: (row["part"], row["whole"]) for row in rows} == {
        "active": (2, 10), "fading": (2, 10), "slipping_away": (2, 10), "dormant": (2, 10), "gone": (1, 10),
        "never_active": (1, 10),
    }  # fmt: skip
    row = ask(analyst, "days_inactive").rows[0]
    assert (row["value"], row["n"], row["inactive"]) == (30, 9, 5)


def test_a_plan_may_have_its_own_threshold(laid: Laid) -> None:
    """Seven days for the daily planner, thirty for the rest; both were last used ten days ago."""
    analyst = laid(
        {
            "events": [
                event("U", datetime(2026, 10, 21), account="A"),
                event("V", datetime(2026, 10, 21), account="B"),
            ],
            "subscriptions": [stretch("A", datetime(2026, 1, 1), plan="daily"), stretch("B", datetime(2026, 1, 1))],
        },
        inactive_days_by_plan=(("daily", 7),),
    )
    found = list_people(analyst, Query(Intent.LIST_PEOPLE, "inactivity_state", OCTOBER)).rows
    assert {row["account_id"]: row["state"] for row in found} == {"A": "slipping_away", "B": "active"}


def test_an_account_is_as_lately_active_as_its_latest_user(laid: Laid) -> None:
    """One of three people was active yesterday, one 40 days ago, one never: 0 days, and two of three are inactive."""
    analyst = laid(
        {
            "events": [event("U", datetime(2026, 10, 31)), event("V", datetime(2026, 9, 21))],
            "users": [{"user_id": one, "account_id": "A"} for one in ("U", "V", "W")],
            "subscriptions": [stretch("A", datetime(2026, 1, 1))],
        }
    )
    assert ask(analyst, "days_inactive").rows[0]["value"] == 0
    assert ask(analyst, "days_inactive", entity="user").rows[0]["value"] == 20
    row = list_people(analyst, Query(Intent.LIST_PEOPLE, "days_inactive", OCTOBER)).rows[0]
    assert (row["days_inactive"], row["people"], row["people_inactive"]) == (0, 3, 2)
