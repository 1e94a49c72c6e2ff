"""The language model is asked until the day's limit is reached, and then no more, by whoever reached it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.engines.budget import Budget
from bot.records import Records, open_records
from bot.types import Limits, Note, Spent

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as made:
        yield made


@pytest.fixture
def budget(records: Records) -> Callable[[Limits], Budget]:
    return lambda limits: Budget(limits, lambda: records)


def test_a_person_may_ask_until_a_days_tokens_are_used(budget: Callable[[Limits], Budget]) -> None:
    """The limit is reached at its last token, holds for the one who reached it, and for that day alone."""
    held = budget(Limits(person_tokens=1_000, workspace_tokens=10_000))
    assert held.used_up("ann", MONDAY) is None
    held.charge("ann", MONDAY, Spent(999))
    assert held.used_up("ann", MONDAY) is None
    held.charge("ann", MONDAY, Spent(1))
    assert held.used_up("ann", MONDAY) == Note("budget_person")
    assert held.used_up("bob", MONDAY) is None
    assert held.used_up("ann", TUESDAY) is None


def test_all_together_may_ask_until_the_workspaces_tokens_are_used(budget: Callable[[Limits], Budget]) -> None:
    held = budget(Limits(person_tokens=1_000, workspace_tokens=1_500))
    held.charge("ann", MONDAY, Spent(800))
    held.charge("bob", MONDAY, Spent(699))
    assert held.used_up("eve", MONDAY) is None
    held.charge("bob", MONDAY, Spent(1))
    assert held.used_up("eve", MONDAY) == Note("budget_workspace")
    assert held.used_up("eve", TUESDAY) is None


def test_money_is_a_limit_of_its_own_where_prices_are_set(budget: Callable[[Limits], Budget]) -> None:
    """A million tokens read at 2.50 and 100,000 written at 10.00 a million are 3.50."""
    limits = Limits(price_in=2.5, price_out=10.0, person_money=3.5, person_tokens=10**9, workspace_tokens=10**9)
    cost = limits.cost(1_000_000, 100_000)
    assert cost == Spent(1_100_000, 3_500_000)
    held = budget(limits)
    held.charge("ann", MONDAY, limits.cost(1_000_000, 99_999))
    assert held.used_up("ann", MONDAY) is None
    held.charge("ann", MONDAY, limits.cost(0, 1))
    assert held.used_up("ann", MONDAY) == Note("budget_person")


def test_without_prices_no_amount_of_tokens_costs_money() -> None:
    assert Limits().cost(10**9, 10**9) == Spent(2 * 10**9, 0)
    assert Limits(money=0.01).question_used(Limits().cost(59_999, 0)) is False


def test_one_question_may_use_its_tokens_and_its_money_and_no_more() -> None:
    limits = Limits(tokens=1_000, money=0.01, price_in=1.0, price_out=20.0)
    assert not limits.question_used(limits.cost(999, 0))
    assert limits.question_used(limits.cost(1_000, 0))
    assert not limits.question_used(limits.cost(0, 499))
    assert limits.question_used(limits.cost(0, 500))
