"""The worked examples of the definitions for use, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Evidence, Intent, Query, Window
from tests.metrics.conftest import OCTOBER

Laid = Callable[..., Analyst]
Row = Mapping[str, Any]


def event(user: str, moment: datetime, name: str = "opened", account: str = "A", **more: Any) -> Row:
    """One meaningful action."""
    return {"user_id": user, "account_id": account, "name": name, "occurred_at": moment, **more}


def on_days(user: str, days: Iterable[date], **more: Any) -> list[Row]:
    """One action at noon of each day."""
    return [event(user, datetime(day.year, day.month, day.day, 12), **more) for day in days]


def stretch(account: str, begins: datetime, ends: datetime | None = None, plan: str = "basic", **more: Any) -> Row:
    """One paid stretch of an account's only subscription."""
    return {
        "subscription_id": f"S-{account}", "account_id": account, "valid_from": begins, "valid_to": ends,
        "status": "active", "plan_id": plan, "mrr": 100.0, **more,
    }  # fmt: skip


def ask(analyst: Analyst, metric: str, window: Window = OCTOBER, **variant: str) -> Evidence:
    """The metric over October 2026, or the window given."""
    return measure(analyst, Query(Intent.VALUE, metric, window, variant=tuple(sorted(variant.items()))))


LAST = date(2026, 10, 31)


def test_five_days_after_a_usual_thirteen_is_fading(laid: Laid) -> None:
    """5 active days now, 14, 12 and 13 before: the mean is 13, the ratio 0.38; a year of use lies before that."""
    days = [
        LAST - timedelta(days=ago) for ago in (0, 3, 9, 20, 27, *range(28, 42), *range(56, 68), *range(84, 97), 300)
    ]
    analyst = laid({"events": on_days("U", days), "subscriptions": [stretch("A", datetime(2026, 1, 1))]})
    row = ask(analyst, "engagement_trend").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (5, 13, pytest.approx(0.3846, abs=1e-4))
    assert (row["accounts"], row["fading"]) == (1, 1)


def test_a_drop_from_less_than_four_days_is_not_fading_and_new_accounts_have_no_trend(laid: Laid) -> None:
    """A falls from 10 / 3 days to 1; B began 55 days before the end and has none."""
    few = [LAST - timedelta(days=ago) for ago in (2, *range(30, 40), 200)]
    fresh = [LAST - timedelta(days=ago) for ago in range(10, 56)]
    rows = [*on_days("U", few), *on_days("W", fresh, account="B")]
    contracts = [stretch("A", datetime(2026, 1, 1)), stretch("B", datetime(2026, 9, 1))]
    row = ask(laid({"events": rows, "subscriptions": contracts}), "engagement_trend").rows[0]
    assert (row["part"], row["whole"], row["accounts"], row["fading"]) == (1, pytest.approx(10 / 3), 1, 0)


def test_an_account_fades_by_the_sum_over_its_members(laid: Laid) -> None:
    """One of two members stops, the other goes on: 14 of a usual 28 is half, and half is not yet fading."""
    stays = [LAST - timedelta(days=2 * ago) for ago in range(56)]
    stops = [LAST - timedelta(days=2 * ago) for ago in range(14, 56)]
    rows = [*on_days("U", stays), *on_days("W", stops), *on_days("U", [LAST - timedelta(days=200)])]
    row = ask(laid({"events": rows, "subscriptions": [stretch("A", datetime(2026, 1, 1))]}), "engagement_trend").rows[0]
    assert (row["part"], row["whole"], row["fading"]) == (14, 28, 0)


def test_a_line_that_rises_by_one_day_a_week_has_that_slope(laid: Laid) -> None:
    """One active member-day in the first of sixteen weeks, two in the second, sixteen in the last: slope 1 of 8.5."""
    first = LAST - timedelta(days=111)
    rows = [
        row
        for week in range(16)
        for member in range(week + 1)
        for row in on_days(f"U{member}", [first + timedelta(days=7 * week + member % 7)])
    ]
    row = ask(laid({"events": rows, "subscriptions": [stretch("A", datetime(2026, 1, 1))]}), "engagement_trend",
              method="slope").rows[0]  # fmt: skip
    assert (row["part"], row["whole"]) == (pytest.approx(1), 8.5)
