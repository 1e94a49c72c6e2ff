"""Cohorts: the worked example of the definitions, and what each variant changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.errors import BadQuestion
from bot.types import Evidence, Grain, Intent, Query, Window
from tests.metrics.test_worked_examples_survival import paid

Laid = Callable[..., Analyst]
YEAR = Window(date(2026, 1, 1), date(2026, 11, 2), Grain.RANGE)


def asked(analyst: Analyst, window: Window = YEAR, **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, "cohort_retention", window, variant=tuple(sorted(variant.items()))))


def cells(found: Evidence) -> list[tuple[int, int, float, float]]:
    return [(row["cohort"].month, row["age"], row["part"], row["whole"]) for row in found.rows]


def test_of_a_thousand_who_began_together_the_weak_leave_first(laid: Laid) -> None:
    """631, 468, 382, 326 of 1,000 after years 1 to 4: survival 63.1, 46.8, 38.2, 32.6 %; retention rises to 85.3 %."""
    began, left = datetime(2022, 1, 10), {1: 631, 2: 468, 3: 382, 4: 326}
    ends: list[datetime | None] = []
    for year in (1, 2, 3, 4):
        ends += [datetime(2021 + year, 12, 20)] * ((left[year - 1] if year > 1 else 1000) - left[year])
    ends += [None] * 326
    analyst = laid({"subscriptions": [paid(f"A{one}", began, end) for one, end in enumerate(ends)]})
    found = asked(analyst, Window(date(2022, 1, 1), date(2022, 2, 1), Grain.MONTH))
    part = {row["age"]: row["part"] for row in found.rows}
    assert [part[12 * year] for year in (1, 2, 3, 4)] == [631, 468, 382, 326]
    after = [round(100 * part[12 * year] / part[12 * year - 12], 1) for year in (1, 2, 3, 4)]
    assert after == [63.1, 74.2, 81.6, 85.3]


def life() -> list[dict[str, Any]]:
    """July: A pays 100, from September 150; B pays 100, leaves on 10 August and is back on 5 October."""
    return [
        paid("A", datetime(2026, 7, 10), datetime(2026, 9, 5)), paid("A", datetime(2026, 9, 5), mrr=150.0),
        paid("B", datetime(2026, 7, 20), datetime(2026, 8, 10)), paid("B", datetime(2026, 10, 5)),
    ]  # fmt: skip


def test_who_returns_counts_again_unless_asked_for_those_without_a_break(laid: Laid) -> None:
    analyst = laid({"subscriptions": life()})
    assert cells(asked(analyst)) == [(7, 0, 2, 2), (7, 1, 1, 2), (7, 2, 1, 2), (7, 3, 2, 2)]
    assert cells(asked(analyst, strict="true")) == [(7, 0, 2, 2), (7, 1, 1, 2), (7, 2, 1, 2), (7, 3, 1, 2)]


def test_revenue_may_exceed_what_the_cohort_began_with_and_has_no_interval(laid: Laid) -> None:
    found = asked(laid({"subscriptions": life()}), cells="revenue")
    assert cells(found) == [(7, 0, 200, 200), (7, 1, 100, 200), (7, 2, 150, 200), (7, 3, 250, 200)]
    assert found.currency == "USD"
    assert not any("interval" in row for row in found.rows)


def test_thirty_days_count_from_each_members_own_start(laid: Laid) -> None:
    """A is there after 30, 60 and 90 days; B, begun on 20 July, after none of them but the 90th (18 October)."""
    found = asked(laid({"subscriptions": life()}), steps="30_days")
    assert cells(found) == [(7, 0, 1, 2), (7, 1, 1, 2), (7, 2, 2, 2)]


def test_a_cohort_of_signups_holds_those_who_never_paid(laid: Laid) -> None:
    accounts = [{"account_id": name, "signup_at": datetime(2026, 7, 1)} for name in ("A", "B", "C")]
    found = asked(laid({"subscriptions": life(), "accounts": accounts}), began="signup")
    assert cells(found) == [(7, 0, 2, 3), (7, 1, 1, 3), (7, 2, 1, 3), (7, 3, 2, 3)]


def test_who_pays_at_the_end_of_a_month_is_of_its_cohort_where_entry_recurs(laid: Laid) -> None:
    found = asked(laid({"subscriptions": life()}), entry="recurring")
    assert cells(found)[:4] == [(7, 0, 2, 2), (7, 1, 1, 2), (7, 2, 1, 2), (7, 3, 2, 2)]
    assert cells(found)[4:] == [(8, 0, 1, 1), (8, 1, 1, 1), (8, 2, 1, 1), (9, 0, 1, 1), (9, 1, 1, 1), (10, 0, 2, 2)]


def order(name: str, moment: datetime, amount: float) -> dict[str, Any]:
    return {"order_id": f"{name}{moment}", "customer_id": name, "occurred_at": moment, "net_amount": amount}


def test_buyers_are_followed_by_their_purchases(laid: Laid) -> None:
    """X buys 10 in July and 30 in August, twice; Y buys 20 in July."""
    july, august = datetime(2026, 7, 3), datetime(2026, 8, 3)
    orders = [
        order("X", july, 10), order("X", august, 10), order("X", august + timedelta(days=2), 20), order("Y", july, 20),
    ]  # fmt: skip
    analyst = laid({"subscriptions": [paid("Z", datetime(2026, 1, 1))], "orders": orders})
    assert cells(asked(analyst, basis="orders"))[:3] == [(7, 0, 2, 2), (7, 1, 1, 2), (7, 2, 0, 2)]
    assert cells(asked(analyst, basis="orders", at_least="2"))[:2] == [(7, 0, 0, 2), (7, 1, 1, 2)]
    assert cells(asked(analyst, basis="orders", cells="revenue"))[:2] == [(7, 0, 30, 30), (7, 1, 30, 30)]


def test_weeks_begin_on_the_day_that_the_company_says(laid: Laid) -> None:
    """Saturday 3 October lies in the week of Monday 28 September, or of Sunday 27 September."""
    rows = [paid("A", datetime(2026, 10, 3))]
    starts = [asked(laid({"subscriptions": rows}, week_start=day), steps="week").rows[0]["cohort"] for day in (0, 6)]
    assert starts == [date(2026, 9, 28), date(2026, 9, 27)]


def test_use_has_no_revenue(laid: Laid) -> None:
    events = [{"event_id": "e", "user_id": "U", "account_id": "A", "name": "did", "occurred_at": datetime(2026, 7, 1)}]
    analyst = laid({"subscriptions": life(), "events": events})
    with pytest.raises(BadQuestion):
        asked(analyst, basis="active", cells="revenue")


MOST_MARKED = Window(date(2024, 6, 1), date(2026, 11, 2), Grain.RANGE)
"""Twenty-nine months that are over, and one that is not: as many as one number has bits for."""


@pytest.mark.parametrize("variant", [{}, {"began": "signup"}, {"entry": "recurring"}])
@pytest.mark.parametrize("by", [(), ("country",)])
@pytest.mark.parametrize("window", [YEAR, MOST_MARKED])
def test_months_of_use_as_bits_of_a_number_tell_what_rows_of_months_tell(
    analyst: Analyst, monkeypatch: pytest.MonkeyPatch, variant: dict[str, str], by: tuple[str, ...], window: Window
) -> None:
    query = Query(
        Intent.VALUE, "cohort_retention", window, by=by, variant=tuple(sorted({"basis": "active", **variant}.items()))
    )
    marked = measure(analyst, query).rows
    monkeypatch.setattr("bot.metrics.cohorts.MARKS", 0)
    assert any(row["age"] and row["part"] for row in marked)
    assert measure(analyst, query).rows == marked
