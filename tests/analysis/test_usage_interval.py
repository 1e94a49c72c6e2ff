"""The natural usage interval and the active event, proposed from invented habits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst
from bot.analysis.people import list_people
from bot.analysis.usage_interval import Candidate, usage
from bot.health import usage_lines
from bot.language import load
from bot.types import Definitions, Intent, Query, Rights
from tests.metrics.conftest import laid_in_duckdb

AS_OF = date(2026, 11, 2)


def over(events: list[dict[str, Any]], **more: Any) -> Analyst:
    return Analyst(laid_in_duckdb({"events": events, **more}, Definitions(), AS_OF), Rights(), AS_OF)


def habit(every: int, people: int = 40, name: str = "worked", **more: Any) -> list[dict[str, Any]]:
    """So many people, each active every so many days of the last 112."""
    noon = datetime(2026, 11, 1, 12)
    return [
        {"user_id": f"{name}{one}", "account_id": "A", "name": name, "occurred_at": noon - timedelta(days=day), **more}
        for one in range(people)
        for day in range(one % 3, 111, every)
    ]


@pytest.mark.parametrize(
    ("every", "interval", "days"), [(1, "daily", 7), (2, "daily", 7), (7, "weekly", 30), (28, "monthly", 60)]
)
def test_the_interval_follows_the_median_gap_between_active_days(every: int, interval: str, days: int) -> None:
    found = usage(over(habit(every)))
    assert found is not None
    assert (found.interval, found.gap, found.retained, found.inactive_days) == (interval, every, 40, days)


def test_people_who_tried_it_once_say_nothing_of_the_habit() -> None:
    """A hundred newcomers came on two days running; forty people come every week."""
    tried = [
        {"user_id": f"T{one}", "account_id": "A", "name": "looked", "occurred_at": datetime(2026, 10, 20 + day)}
        for one in range(100) for day in (0, 1)
    ]  # fmt: skip
    found = usage(over([*habit(7), *tried]))
    assert found is not None
    assert (found.interval, found.retained) == ("weekly", 40)


def test_too_few_people_give_no_proposal() -> None:
    assert usage(over(habit(7, people=29))) is None


def test_the_event_proposed_is_the_one_whose_people_do_it_again() -> None:
    """Everybody is sent a message each week; 30 people of 40 who reported in one month did so in the next."""
    noon = datetime(2026, 11, 1, 12)
    reports = [
        {"user_id": f"worked{one}", "account_id": "A", "name": "reported", "occurred_at": noon - timedelta(days=ago)}
        for one in range(40) for ago in ((40, 10) if one < 30 else (40,))
    ]  # fmt: skip
    once = [
        {"user_id": f"worked{one}", "account_id": "A", "name": "imported", "occurred_at": noon - timedelta(days=35)}
        for one in range(40)
    ]
    rare = [
        {"user_id": f"worked{one}", "account_id": "A", "name": "odd", "occurred_at": noon - timedelta(days=ago)}
        for one in range(5) for ago in (40, 10)
    ]  # fmt: skip
    found = usage(over([*habit(14), *reports, *once, *rare]))
    assert found is not None
    assert found.candidates == (
        Candidate("worked", 40, 40), Candidate("reported", 40, 30), Candidate("imported", 40, 0),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_check_proposes_and_does_not_decide(language: str) -> None:
    """Where the company names its active events only the interval is told."""
    found, settled = usage(over(habit(1))), usage(over(habit(1, is_active_event=True)))
    assert found is not None
    assert settled is not None
    lines = list(usage_lines(found, load(language)))
    assert len(lines) == 3
    assert "worked" in lines[-1]
    assert len(list(usage_lines(settled, load(language)))) == 2


def test_a_list_of_inactive_customers_says_what_it_took_for_activity() -> None:
    contracts = [
        {"subscription_id": "S", "account_id": "A", "valid_from": datetime(2026, 1, 1), "valid_to": None,
         "status": "active", "mrr": 10.0}
    ]  # fmt: skip
    events = [{"user_id": "U", "account_id": "A", "name": "seen", "occurred_at": datetime(2026, 9, 20)}]
    for assumed in (True, False):
        rows = events if assumed else [{**events[0], "is_active_event": True}]
        listed = list_people(over(rows, subscriptions=contracts), Query(Intent.SEGMENT, subject="slipping_away"))
        assert [row["account_id"] for row in listed.rows] == ["A"]
        assert ("every_event_counts" in [note.key for note in listed.caveats]) is assumed
