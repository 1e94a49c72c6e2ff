"""Lifetimes: the worked examples of the definitions, and the edges that each convention settles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Evidence, Intent, Query, Window

Laid = Callable[..., Analyst]
AS_OF = date(2026, 11, 2)


def paid(account: str, begins: datetime, ends: datetime | None = None, **more: Any) -> dict[str, Any]:
    """One stretch of an account's only subscription, paid unless it says otherwise."""
    return {
        "subscription_id": f"S-{account}", "account_id": account, "valid_from": begins, "valid_to": ends,
        "status": "active", "mrr": 100.0, **more,
    }  # fmt: skip


def ten() -> list[dict[str, Any]]:
    """(month, 1 = churned): (1,1) (2,1) (2,0) (3,1) (4,0) (5,1) (6,0) four times."""
    old = datetime(2026, 1, 2)
    gone = [paid(f"L{month}", old, datetime(2026, 1 + month, 2)) for month in (1, 2, 3, 5)]
    here = {"C2": 9, "C4": 7, "C6a": 5, "C6b": 5, "C6c": 5, "C6d": 5}
    return gone + [paid(name, datetime(2026, month, 2)) for name, month in here.items()]


def asked(analyst: Analyst, metric: str, window: Window | None = None, **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, window, variant=tuple(variant.items())))


def test_the_curve_of_ten_customers(laid: Laid) -> None:
    """S = 0.900, 0.800, 0.686, 0.549 at 1, 2, 3, 5; Greenwood 0.095, 0.126, 0.1515, 0.172; the median not reached."""
    analyst = laid({"subscriptions": ten()})
    at = {row["age"]: row for row in asked(analyst, "survival_curve").rows}
    assert [round(at[age]["value"], 3) for age in (1, 2, 3, 5)] == [0.9, 0.8, 0.686, 0.549]
    assert [at[age]["error"] for age in (1, 2, 3, 5)] == pytest.approx([0.095, 0.126, 0.1515, 0.172], abs=5e-4)
    assert [at[age]["at_risk"] for age in range(7)] == [10, 10, 9, 7, 6, 5, 4]
    assert [at[age]["firm"] for age in range(7)] == [True, True, False, False, False, False, False]


def test_the_median_of_ten_customers_is_not_reached_and_says_so(laid: Laid) -> None:
    found = asked(laid({"subscriptions": ten()}), "median_lifetime")
    assert found.rows[0]["value"] is None
    note = next(one for one in found.caveats if one.key == "median_not_reached")
    assert note.values == {"share": pytest.approx(0.549, abs=5e-4), "age": 6}


def test_one_of_ten_leaves_in_the_first_month(laid: Laid) -> None:
    row = asked(laid({"subscriptions": ten()}), "churn_hazard_by_tenure").rows[0]
    assert (row["age"], row["part"], row["whole"]) == (1, 1, 10)


def test_who_already_paid_when_the_history_begins_enters_late(laid: Laid) -> None:
    """O signed up in May and is seen from 2 August on, three months old: at risk in months 4 to 6, not before."""
    begins = datetime(2026, 8, 2)
    rows = [paid("O", begins), paid("N", begins), paid("M", datetime(2026, 9, 2), datetime(2026, 10, 2))]
    signed = {"O": datetime(2026, 5, 2), "N": begins, "M": datetime(2026, 8, 20)}
    accounts = [{"account_id": name, "signup_at": moment} for name, moment in signed.items()]
    found = asked(laid({"subscriptions": rows, "accounts": accounts}), "survival_curve")
    assert [(row["age"], row["at_risk"], row["left"]) for row in found.rows] == [
        (0, 2, 0), (1, 2, 1), (2, 1, 0), (3, 1, 0), (4, 1, 0), (5, 1, 0), (6, 1, 0),
    ]  # fmt: skip
    assert next(one for one in found.caveats if one.key == "entered_late").values == {"n": 1}


def test_a_month_that_was_not_over_by_as_of_is_no_month_at_risk(laid: Laid) -> None:
    """Began on 10 September: by 2 November one month is over, and leaving in the second is not yet asked after."""
    rows = [paid("A", datetime(2026, 9, 10), datetime(2026, 10, 25)), paid("B", datetime(2026, 9, 10))]
    found = asked(laid({"subscriptions": rows}), "survival_curve")
    assert [(row["age"], row["at_risk"], row["left"]) for row in found.rows] == [(0, 2, 0), (1, 2, 0)]


def test_a_month_from_the_last_of_january_ends_with_february(laid: Laid) -> None:
    """From 31 January to 28 February is one month; to 1 March is the second."""
    first = datetime(2026, 1, 31)
    rows = [paid("A", first, datetime(2026, 2, 28)), paid("B", first, datetime(2026, 3, 1)), paid("C", first)]
    left = {row["age"]: row["left"] for row in asked(laid({"subscriptions": rows}), "survival_curve").rows}
    assert (left[1], left[2]) == (1, 1)


def test_a_return_begins_a_lifetime_of_its_own_and_a_pause_ends_none(laid: Laid) -> None:
    """R left after two months and is back for three; P paused for a month and went on."""
    rows = [
        paid("R", datetime(2026, 3, 2), datetime(2026, 5, 2)), paid("R", datetime(2026, 8, 2)),
        paid("P", datetime(2026, 3, 2), datetime(2026, 5, 2)),
        paid("P", datetime(2026, 5, 2), datetime(2026, 6, 2), status="paused", mrr=0.0),
        paid("P", datetime(2026, 6, 2)),
    ]  # fmt: skip
    analyst = laid({"subscriptions": rows})
    first, each = (asked(analyst, "survival_curve", spells=spells).rows for spells in ("first", "each"))
    assert [row["at_risk"] for row in first] == [2, 2, 2, 1, 1, 1, 1, 1, 1]
    assert [row["at_risk"] for row in each] == [3, 3, 3, 2, 1, 1, 1, 1, 1]
    assert [row["left"] for row in each] == [0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_segments_that_leave_alike_do_not_differ_and_others_do(laid: Laid) -> None:
    """Twenty customers of one plan leave in the second month, twenty of the other stay."""
    first = datetime(2026, 3, 2)
    rows = [paid(f"A{one}", first, datetime(2026, 5, 2), plan_id="a") for one in range(20)]
    rows += [paid(f"B{one}", first, plan_id="b") | {"valid_to": None} for one in range(20)]
    analyst = laid({"subscriptions": rows})
    found = measure(analyst, Query(Intent.BREAKDOWN, "survival_curve", by=("plan",)))
    assert found.rows[0]["p"] < 1e-8
    assert "log_rank_differs" in {note.key for note in found.caveats}


def test_nobody_gives_a_curve_without_rows(laid: Laid) -> None:
    rows = [paid("T", datetime(2026, 3, 2), status="trial", mrr=0.0)]
    found = asked(laid({"subscriptions": rows}), "survival_curve")
    assert [row["value"] for row in found.rows] == [None]
