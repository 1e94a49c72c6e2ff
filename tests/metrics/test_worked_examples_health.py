"""The worked example of the health score, its missing components and its bands, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.errors import BadData, BadQuestion
from bot.metrics.health import cut_points
from bot.settings import read_workspace
from bot.sources.demo import FOLDER, ensure
from bot.types import Evidence, Intent, Query, Rights
from bot.wiring import company_of
from tests.metrics.by_hand import AS_OF, Hand
from tests.metrics.conftest import OCTOBER
from tests.metrics.second import MONTH, QUARTER
from tests.metrics.second.health import banded
from tests.metrics.test_worked_examples import stretch

Laid = Callable[..., Analyst]


def told(analyst: Analyst, *by: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, "health_score", OCTOBER, by=by))


def customer(account: str, active_days: int, used: int, score: float | None) -> dict[str, list[dict[str, Any]]]:
    """A customer with so many active days in October, so many of the two features used, and one NPS answer."""
    days = [datetime(2026, 10, 31, 10) - timedelta(days=back) for back in range(active_days)]
    opened = [("opened", day, True) for day in days]
    opened += [(f"feature {n}", datetime(2026, 9, 1), False) for n in range(used)]
    return {
        "subscriptions": [stretch(account, datetime(2026, 1, 1)) | {"plan_id": "pro"}],
        "events": [
            {"user_id": f"u-{account}", "account_id": account, "name": name, "occurred_at": at, "is_active_event": use}
            for name, at, use in opened
        ],
        "survey_answers": [
            {"answer_id": f"n-{account}", "type": "nps", "user_id": f"u-{account}", "account_id": account,
             "answered_at": datetime(2026, 8, 1), "score": score}
        ] * (score is not None),
        "tickets": [], "features": [],
    }  # fmt: skip


def company(*customers: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Their rows together, with two features of the plan and one of another, and a ticket of long ago."""
    tables = {name: [row for one in customers for row in one[name]] for name in customers[0]}
    tables["features"] = [
        {"feature_id": f"f{n}", "core_event": f"feature {n}", "entitled_plans": "free, pro" if n < 2 else "business"}
        for n in range(3)
    ]
    tables["tickets"].append(
        {"ticket_id": "t0", "account_id": "a1", "user_id": None, "created_at": datetime(2026, 2, 1),
         "solved_at": datetime(2026, 2, 2)}
    )  # fmt: skip
    return {name: rows for name, rows in tables.items() if rows}


def test_70_use_50_adoption_100_support_and_80_sentiment_are_72_and_a_half(laid: Laid) -> None:
    evidence = told(laid(company(customer("a1", 14, 1, 8.0))))
    row = evidence.rows[0]
    assert [row[name] for name in ("usage", "adoption", "support", "sentiment")] == pytest.approx([70, 50, 100, 80])
    assert (row["value"], row["n"], row["complete"]) == (pytest.approx(72.5), 1, 1)
    assert not evidence.caveats


def test_a_missing_component_gives_its_weight_to_the_others_and_it_is_said(laid: Laid) -> None:
    """Without an answer: (0.40·70 + 0.25·50 + 0.20·100) / 0.85 = 71.18; the mean of both is 71.84."""
    analyst = laid(company(customer("a1", 14, 1, 8.0), customer("a2", 14, 1, None)))
    evidence = told(analyst)
    assert evidence.rows[0]["value"] == pytest.approx((72.5 + 60.5 / 0.85) / 2)
    assert [(note.key, note.values) for note in evidence.caveats] == [("health_components_missing", {"n": 1, "of": 2})]
    people = {
        row["account_id"]: row for row in list_people(analyst, Query(Intent.LIST_PEOPLE, "health_score", OCTOBER)).rows
    }
    assert (people["a2"]["health"], people["a2"]["components"], people["a2"]["sentiment"]) == (
        pytest.approx(60.5 / 0.85), 3, None,
    )  # fmt: skip


def test_tickets_take_off_and_use_is_never_more_than_full(laid: Laid) -> None:
    """28 active days are full use; one open ticket and two recent ones: 100 - 25 - 20 = 55."""
    rows = company(customer("a1", 28, 2, 10.0))
    rows["tickets"] += [
        {"ticket_id": f"t{n}", "account_id": "a1", "user_id": None, "created_at": datetime(2026, 10, 20),
         "solved_at": datetime(2026, 10, 21) if n < 3 else None}
        for n in range(1, 4)
    ]  # fmt: skip
    row = told(laid(rows)).rows[0]
    assert [row[name] for name in ("usage", "adoption", "support", "sentiment")] == pytest.approx([100, 100, 55, 100])
    assert row["value"] == pytest.approx(40 + 25 + 11 + 15)


def test_with_no_component_at_all_the_missing_table_is_named(laid: Laid) -> None:
    with pytest.raises(BadData):
        told(laid({"subscriptions": [stretch("a1", datetime(2026, 1, 1))]}))


def test_bands_of_few_customers_are_told_unchecked(laid: Laid) -> None:
    evidence = told(laid(company(customer("a1", 14, 1, 8.0), customer("a2", 0, 0, 0.0))), "band")
    assert [(row["band"], row["n"], row["from_score"], row["to_score"]) for row in evidence.rows] == [
        ("red", 1, 0, 50), ("yellow", 1, 50, 75), ("green", 0, 75, 100),
    ]  # fmt: skip
    assert "health_bands_unchecked" in {note.key for note in evidence.caveats}


def test_a_band_is_no_filter_for_it_is_found_from_all_customers(laid: Laid) -> None:
    analyst = laid(company(customer("a1", 14, 1, 8.0)))
    with pytest.raises(BadQuestion):
        measure(analyst, Query(Intent.VALUE, "health_score", OCTOBER, filters=(("band", ("red",)),)))


def test_cut_points_lie_where_those_who_left_change() -> None:
    """Half leave below 30, a tenth up to 70, one in a hundred above: 30 and 70 are found again."""
    judged = dict.fromkeys(range(20), 100)
    churned = {one: 50 if one < 6 else 10 if one < 14 else 1 for one in range(20)}
    assert cut_points(judged, churned) == (30, 70)


def test_no_cut_points_are_found_where_health_says_nothing() -> None:
    assert cut_points(dict.fromkeys(range(20), 100), {one: one for one in range(20)}) is None
    assert cut_points(dict.fromkeys(range(20), 100), {0: 19}) is None


@pytest.fixture(scope="module")
def demo() -> tuple[Analyst, Hand]:
    ensure(FOLDER)
    workspace = read_workspace(Path(__file__).parents[2] / "workspace.toml")
    return Analyst(company_of(workspace), Rights(), AS_OF), Hand.over(FOLDER)


@pytest.mark.parametrize("window", [MONTH, QUARTER])
def test_the_bands_of_the_demo_equal_those_of_every_pair_tried_in_sql(demo: tuple[Analyst, Hand], window: Any) -> None:
    analyst, hand = demo
    found = measure(analyst, Query(Intent.VALUE, "health_score", window, by=("band",)))
    names = ("value", "n", "judged", "churned", "from_score", "to_score")
    told_bands = {(row["band"],): tuple(float(row[name] or 0) for name in names) for row in found.rows}
    assert told_bands == {key: pytest.approx(row) for key, row in banded(hand, window, (), "true").items()}
    shares = [row["churn"] for row in found.rows]
    assert shares[0] > shares[1] > shares[2] or "health_bands_unchecked" in {note.key for note in found.caveats}
