"""How an audience is split for a test; the arithmetic behind it has tests of its own, in tests/analysis."""

from bot.drafting.testplan import plan


def test_a_tenth_is_held_out_and_at_least_one_of_two() -> None:
    assert (plan(20_000, 0.04).held_out, plan(20_000, 0.04).treated) == (2000, 18_000)
    assert plan(2, 0.04).held_out == 1
    assert plan(1, 0.04).detectable is None
    assert plan(0, 0.04).treated == 0


def test_a_small_group_is_said_to_show_nothing_and_a_large_one_something() -> None:
    assert not plan(300, 0.04).worth_it
    assert plan(50_000, 0.04).worth_it
