"""A log that was cut is told from a quiet week, a season and a small company."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.sources.volume import Cut, cut

AS_OF = date(2026, 11, 10)


def days(*stretches: tuple[int, int]) -> dict[date, int]:
    """(days, rows a day), the latest stretch last, up to the day before as-of."""
    counts = [rows for length, rows in stretches for _ in range(length)]
    return {AS_OF - timedelta(days=back): rows for back, rows in enumerate(reversed(counts), 1) if rows}


def test_a_trickle_to_the_end_is_a_cut_from_its_first_day() -> None:
    found = cut(days((100, 50), (60, 1)), AS_OF)
    assert found == Cut(AS_OF - timedelta(days=60), pytest.approx(50, rel=0.1), pytest.approx(1))


@pytest.mark.parametrize("quiet", [40, 41, 45, 46, 59, 100, 300])
def test_the_day_of_the_cut_is_found_wherever_it_falls_in_a_week(quiet: int) -> None:
    found = cut(days((100, 50), (quiet, 2)), AS_OF)
    assert found is not None
    assert found.day == AS_OF - timedelta(days=quiet)


NO_CUTS = {
    "a level volume": days((200, 50)),
    "a quiet month that ended": days((100, 50), (40, 1), (20, 50)),
    "a fall by half": days((100, 50), (60, 25)),
    "three quiet weeks": days((100, 50), (21, 1)),
    "a small company": days((100, 3), (60, 0)),
    "a young company": days((20, 50), (60, 1)),
    "nothing": {},
    "a slow decline": days(*((7, rows) for rows in range(60, 10, -2))),
}


@pytest.mark.parametrize("name", NO_CUTS)
def test_what_is_no_cut(name: str) -> None:
    assert cut(NO_CUTS[name], AS_OF) is None


def test_rows_after_the_as_of_day_say_nothing() -> None:
    later = {AS_OF + timedelta(days=ahead): 50 for ahead in range(60)}
    assert cut(days((100, 50), (60, 1)) | later, AS_OF) == cut(days((100, 50), (60, 1)), AS_OF)
