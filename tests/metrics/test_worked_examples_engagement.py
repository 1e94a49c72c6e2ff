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


def test_780_of_1000_paying_accounts_with_activity_are_78_percent(laid: Laid) -> None:
    """In tenths: ten accounts pay, eight have activity; a ninth is on trial, a tenth was active before October."""
    contracts = [stretch(f"A{one}", datetime(2026, 1, 1)) for one in range(10)]
    contracts.append(stretch("T", datetime(2026, 10, 5), status="trial", mrr=0.0))
    users = [{"user_id": f"U{one}", "account_id": f"A{one}"} for one in range(10)]
    deeds = [event(f"U{one}", datetime(2026, 10, 1 + one), account=f"A{one}") for one in range(8)]
    deeds += [event("U8", datetime(2026, 9, 30, 23, 59), account="A8"), event("X", datetime(2026, 10, 9), account="T")]
    analyst = laid({"subscriptions": contracts, "users": users, "events": deeds})
    share = ask(analyst, "active_user_share", entity="account").rows[0]
    assert (share["part"], share["whole"]) == (8, 10)
    users_share = ask(analyst, "active_user_share").rows[0]
    assert (users_share["part"], users_share["whole"]) == (8, 10)


def test_a_person_on_two_devices_counts_once_and_the_server_never(laid: Laid) -> None:
    """Two events of one user on two platforms, one background event, one of nobody."""
    moment = datetime(2026, 10, 5)
    deeds = [
        event("U", moment, platform="web", is_active_event=True),
        event("U", moment, platform="ios", is_active_event=True),
        event("V", moment, platform="web", is_active_event=False),
        {**event("", moment, platform="web", is_active_event=True), "user_id": None},
    ]
    row = ask(laid({"events": deeds}), "active_users").rows[0]
    assert row["value"] == 1


def test_an_average_of_80_daily_of_400_monthly_actives_is_20_percent(laid: Laid) -> None:
    """In twentieths, over the 30 days of September: five of twenty people on 20 days and two on the other ten."""
    september = Window(date(2026, 9, 1), date(2026, 10, 1))
    many = [row for day in range(1, 21) for one in range(5) for row in on_days(f"U{one}", [date(2026, 9, day)])]
    few = [row for day in range(21, 31) for one in range(2) for row in on_days(f"U{one}", [date(2026, 9, day)])]
    once = [row for one in range(5, 20) for row in on_days(f"U{one}", [date(2026, 9, 3)])]
    row = ask(laid({"events": many + few + once}), "stickiness", september).rows[0]
    assert (row["part"], row["whole"]) == (pytest.approx((20 * 5 + 10 * 2 + 15) / 30), 20)


def test_the_ratio_of_daily_to_weekly_actives_looks_back_over_the_border_of_the_window(laid: Laid) -> None:
    """Active on 30 September: a weekly active of the first six days of October, and a daily one of none."""
    days = [date(2026, 9, 30), date(2026, 10, 31)]
    row = ask(laid({"events": on_days("U", days)}), "stickiness", form="dau_wau").rows[0]
    assert (row["part"], row["whole"]) == (pytest.approx(1 / 31), pytest.approx(7 / 31))


def test_people_are_spread_over_their_numbers_of_active_days(laid: Laid) -> None:
    """Weekdays only: 1 to 4 October 2026 are a Thursday, a Friday and a weekend."""
    deeds = [*on_days("U", [date(2026, 10, day) for day in range(1, 5)]), *on_days("V", [date(2026, 10, 3)])]
    analyst = laid({"events": deeds})
    row = ask(analyst, "stickiness", form="distribution").rows[0]
    assert (row["part"], row["whole"], row["days_1"], row["days_4_7"]) == (1, 2, 1, 1)
    row = ask(analyst, "stickiness", form="distribution", days="weekdays").rows[0]
    assert (row["part"], row["whole"], row["days_2_3"]) == (1, 1, 1)


def test_3600_sessions_of_450_people_are_8_each(laid: Laid) -> None:
    """In 225ths: one person with 15 sessions, one with one: mean 8, median 8; with three people they part."""
    deeds = [event(user, datetime(2026, 10, 1)) for user in ("U", "V")]
    sessions = [
        {
            "session_id": f"S{number}",
            "user_id": "U" if number < 15 else "V",
            "started_at": datetime(2026, 10, 2, number),
        }
        for number in range(16)
    ]
    row = ask(laid({"events": deeds, "sessions": sessions}), "session_frequency").rows[0]
    assert (row["part"], row["whole"], row["value"], row["median"], row["active_days"]) == (16, 2, 8, 8, 1)
    row = ask(laid({"events": [*deeds, event("W", datetime(2026, 10, 9))], "sessions": sessions}),
              "session_frequency").rows[0]  # fmt: skip
    assert (row["part"], row["whole"], row["median"]) == (16, 3, 1)


def test_a_visit_ends_after_thirty_quiet_minutes_and_is_one_across_midnight(laid: Laid) -> None:
    """23:50 and 00:19 of the next day are one visit, 00:49 the next; one begun on 30 September is not October's."""
    moments = [
        datetime(2026, 10, 5, 23, 50), datetime(2026, 10, 6, 0, 19), datetime(2026, 10, 6, 0, 49),
        datetime(2026, 9, 30, 23, 45), datetime(2026, 10, 1, 0, 5),
    ]  # fmt: skip
    analyst = laid({"events": [event("U", moment) for moment in moments]})
    assert [ask(analyst, "session_frequency").rows[0][name] for name in ("part", "whole", "active_days")] == [2, 1, 3]
    assert ask(analyst, "session_frequency", gap_minutes="31").rows[0]["part"] == 1
