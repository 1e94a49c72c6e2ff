"""Behaviours compared: who is in which group, how months are weighed, and what is said beside the difference."""

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
SPRING = Window(date(2026, 1, 1), date(2026, 6, 1), Grain.RANGE)


def company() -> dict[str, list[dict[str, Any]]]:
    """January: 20 did it, of whom 2 leave in April, and 20 did not, of whom 8 do; in February 10 did not, 5 leave.

    One more did it only on the 40th day, and one was lost before the landmark.
    """
    january, february, april = datetime(2026, 1, 5), datetime(2026, 2, 5), datetime(2026, 4, 2)
    rows = [paid(f"D{one}", january, april if one < 2 else None) for one in range(20)]
    rows += [paid(f"N{one}", january, april if one < 8 else None) for one in range(19)] + [paid("LATE", january)]
    rows += [paid(f"F{one}", february, april if one < 5 else None) for one in range(10)]
    rows += [paid("GONE", january, datetime(2026, 1, 20))]
    deeds = [(f"D{one}", january + timedelta(days=3)) for one in range(20)] + [("LATE", january + timedelta(days=40))]
    events = [
        {"event_id": f"e{who}", "user_id": who, "account_id": who, "name": "imported", "occurred_at": moment}
        for who, moment in deeds
    ]
    return {"subscriptions": rows, "events": events}


def asked(analyst: Analyst, **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, "compare_behaviour", SPRING, variant=tuple(sorted(variant.items()))))


def test_those_who_did_are_held_against_the_others_of_their_own_month(laid: Laid) -> None:
    """18 of 20 against 12 of 20 of the same January: 30 points; February has nobody who did and does not count."""
    found = asked(laid(company()), did="imported")
    row = next(one for one in found.rows if one["sign"] == "retention")
    assert (row["value"], row["before"], row["n"], row["others"]) == (pytest.approx(0.9), pytest.approx(0.6), 20, 30)
    half = 1.96 * (0.9 * 0.1 / 20 + 0.6 * 0.4 / 20) ** 0.5
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((0.3 - half, 0.3 + half))
    churn = next(one for one in found.rows if one["sign"] == "churn")
    assert churn["difference"] == pytest.approx(-0.3)


def test_it_is_called_an_association_of_survivors_and_the_test_is_named(laid: Laid) -> None:
    found = asked(laid(company()), did="imported")
    notes = {note.key: note.values for note in found.caveats}
    assert "association_only" in notes
    assert notes["survivors_only"] == {"day": 30, "n": 1}
    assert notes["test_would_settle"]["n"] == next(row["needed"] for row in found.rows if row["sign"] == "retention")


def test_what_nobody_ever_did_is_refused_and_not_counted_as_nothing(laid: Laid) -> None:
    with pytest.raises(BadQuestion):
        asked(laid(company()), did="never_heard_of")
