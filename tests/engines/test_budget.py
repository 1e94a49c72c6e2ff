"""The language model is asked until the day's limit is reached, and then no more, by whoever reached it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.engines.budget import DaysPurse
from bot.records import open_records
from bot.types import Limits, Note, Spent

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
Purses: TypeAlias = Callable[..., DaysPurse]


@pytest.fixture
def purse(tmp_path: Path) -> Iterator[Purses]:
    """The purse of a person, made anew each time as each question does."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield lambda person, day=MONDAY: DaysPurse(records.spending, person, day)


def test_a_person_may_ask_until_a_days_tokens_are_used(purse: Purses) -> None:
    """The limit is reached at its last token, holds for the one who reached it, and for that day alone."""
    limits = Limits(person_tokens=1_000, workspace_tokens=10_000)
    assert purse("ann").used_up(limits) is None
    purse("ann").spend(Spent(999))
    assert purse("ann").used_up(limits) is None
    purse("ann").spend(Spent(1))
    assert purse("ann").used_up(limits) == Note("budget_person")
    assert purse("bob").used_up(limits) is None
    assert purse("ann", TUESDAY).used_up(limits) is None


def test_all_together_may_ask_until_the_workspaces_tokens_are_used(purse: Purses) -> None:
    limits = Limits(person_tokens=1_000, workspace_tokens=1_500)
    purse("ann").spend(Spent(800))
    purse("bob").spend(Spent(699))
    assert purse("eve").used_up(limits) is None
    purse("bob").spend(Spent(1))
    assert purse("eve").used_up(limits) == Note("budget_workspace")
    assert purse("eve", TUESDAY).used_up(limits) is None


def test_money_is_a_limit_of_its_own_where_prices_are_set(purse: Purses) -> None:
    """A million tokens read at 2.50 and 100,000 written at 10.00 a million are 3.50."""
    limits = Limits(price_in=2.5, price_out=10.0, person_money=3.5, person_tokens=10**9, workspace_tokens=10**9)
    assert limits.cost(1_000_000, 100_000) == Spent(1_100_000, 3_500_000)
    purse("ann").spend(limits.cost(1_000_000, 99_999))
    assert purse("ann").used_up(limits) is None
    purse("ann").spend(limits.cost(0, 1))
    assert purse("ann").used_up(limits) == Note("budget_person")


def test_without_prices_no_amount_of_tokens_costs_money() -> None:
    assert Limits().cost(10**9, 10**9) == Spent(2 * 10**9, 0)


def test_one_question_may_use_its_tokens_and_its_money_and_no_more() -> None:
    limits = Limits(tokens=1_000, money=0.01, price_in=1.0, price_out=20.0)
    assert not limits.question_used(limits.cost(999, 0))
    assert limits.question_used(limits.cost(1_000, 0))
    assert not limits.question_used(limits.cost(0, 499))
    assert limits.question_used(limits.cost(0, 500))
