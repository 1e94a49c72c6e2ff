"""What a score of risk may know: counted by hand, and nothing of what came after the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import log
from typing import Any

import pandas as pd
import pytest

from bot.analysis.measure import Analyst
from bot.analysis.risk import learn
from bot.metrics.risk_features import Named, known, moments, with_outcome
from bot.types import Intent, Query

DAY = date(2026, 3, 1)
AS_OF = date(2026, 8, 1)
NAMED = Named(uses=(("boards", "board"),), traits=(("region kind", False), ("staff", True)), terms=("yearly",))
Laid = Callable[..., Analyst]


def at(day: int, month: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12)


def tables(*, later: bool) -> dict[str, list[dict[str, Any]]]:
    """Three customers; with `later`, much that happens on the day of the score or after it."""
    subscription = {"subscription_id": "", "account_id": "", "valid_from": at(1, 1), "valid_to": None,
                    "status": "active", "plan_id": "monthly", "mrr": 100.0, "quantity": 4, "term_end": None,
                    "cancel_requested_at": None}  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {
        "accounts": [{"account_id": one, "country": "FR"} for one in ("A", "B", "C", "D")],
        "plans": [
            {"plan_id": "monthly", "name": "Pro", "interval": "month", "interval_count": 1},
            {"plan_id": "yearly", "name": "Pro", "interval": "year", "interval_count": 1},
        ],
        "subscriptions": [
            {**subscription, "subscription_id": "a", "account_id": "A", "valid_to": at(1, 5)},
            {**subscription, "subscription_id": "b", "account_id": "B", "plan_id": "yearly",
             "valid_from": at(10, 6, 2025), "term_end": at(10, 6), "mrr": 50.0},
            {**subscription, "subscription_id": "c", "account_id": "C", "cancel_requested_at": at(20, 2),
             "valid_to": at(20, 3)},
            {**subscription, "subscription_id": "d", "account_id": "D", "valid_from": at(1, 4)},
        ],
        "events": [
            {"account_id": "A", "user_id": user, "name": name, "occurred_at": moment}
            for user, name, moment in (
                ("u1", "board", at(20, 2)), ("u1", "board", at(20, 2)), ("u2", "other", at(25, 2)),
                ("u1", "board", at(10, 1)), ("u1", "board", at(1, 6, 2025)),
            )
        ],
        "tickets": [{"ticket_id": "t", "account_id": "A", "created_at": at(10, 2), "solved_at": at(5, 3), "csat": 5.0}],
        "survey_answers": [
            {"answer_id": "n", "account_id": "B", "type": "nps", "answered_at": at(1, 2), "score": 10.0},
        ],
        "payments": [
            {"payment_id": "p", "account_id": "A", "amount": 1.0, "occurred_at": at(1, 2), "status": "failed"},
        ],
        "traits": [
            {"account_id": "A", "name": "region kind", "value": "town", "number": None, "observed_at": None},
            {"account_id": "A", "name": "staff", "value": None, "number": 12.0, "observed_at": at(1, 2)},
        ],
    }  # fmt: skip
    if later:
        found["events"].append({"account_id": "A", "user_id": "u9", "name": "board", "occurred_at": at(1, 3)})
        found["events"].append({"account_id": "B", "user_id": "u8", "name": "board", "occurred_at": at(2, 4)})
        found["tickets"].append(
            {"ticket_id": "t2", "account_id": "B", "created_at": at(2, 3), "solved_at": None, "csat": 1.0}
        )
        found["survey_answers"].append(
            {"answer_id": "n2", "account_id": "B", "type": "nps", "answered_at": at(2, 3), "score": 0.0}
        )
        found["payments"].append(
            {"payment_id": "p2", "account_id": "B", "amount": 1.0, "occurred_at": at(2, 3), "status": "failed"}
        )
        found["traits"].append(
            {"account_id": "A", "name": "staff", "value": None, "number": 99.0, "observed_at": at(2, 3)}
        )
    return found


def rows(analyst: Analyst) -> pd.DataFrame:
    t = analyst.tables(Query(Intent.VALUE))
    frame = analyst.company.run(with_outcome(t, known(t, moments(t, [DAY]), 90, NAMED)))
    return frame.set_index("account_id").sort_index()


def test_each_feature_is_what_a_hand_counts(laid: Laid) -> None:
    """A: 59 days a customer, active on two of 28 days, one ticket that is open; logarithms of one more."""
    found = rows(laid(tables(later=False), AS_OF))
    assert list(found.index) == ["A", "B", "C"], "who pays on the day"
    told = found.loc["A"]
    expected = {
        "tenure": log(60), "mrr": log(101), "seats": log(5), "active_days": log(3), "people": log(3),
        "trend": log(3) - log(1 / 3 + 1), "quiet_days": log(5), "use_0": log(3), "tickets": log(2), "waiting": log(2),
        "failed": log(2), "trait_1": 12.0, "due": 0.0,
    }  # fmt: skip
    assert {name: float(told[name]) for name in expected} == pytest.approx(expected)
    assert told["trait_0"] == "town"
    assert pd.isna(told["csat"]), "the ticket was rated when it was solved, after the day"
    assert (found.loc["B", "nps"], found.loc["B", "quiet_days"]) == (10.0, pytest.approx(log(113)))
    assert found.loc["B", "renewal"] == pytest.approx(log(102))
    assert found["leaving"].to_dict() == {"A": 0, "B": 0, "C": 1}, "who has asked to leave"
    # The outcome is told at the horizon, or at the end of a longer term and its grace.
    assert found["until"].dt.date.to_dict() == {
        "A": DAY + timedelta(days=90), "B": date(2026, 7, 10), "C": DAY + timedelta(days=90),
    }  # fmt: skip
    assert found["lost"].to_dict() == {"A": 1, "B": 0, "C": 1}
    assert found["of_interval"].to_dict() == {"A": "monthly", "B": "annual", "C": "monthly"}


def test_nothing_of_the_day_or_after_it_changes_a_feature(laid: Laid) -> None:
    before, after = rows(laid(tables(later=False), AS_OF)), rows(laid(tables(later=True), AS_OF))
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.slow
def test_of_few_lost_nothing_is_learned_and_the_plain_score_stays(laid: Laid) -> None:
    """A and C, who was a customer as others are until it asked to leave."""
    analyst = laid(tables(later=False), AS_OF)
    learned = learn(analyst, 90, AS_OF)
    assert learned is not None
    assert (learned.card.used, learned.card.reason, learned.card.lost) == ("rule", "few_lost", 2)
    assert learned.scoring is None
