"""Arms are told by a hash: the same today and tomorrow, in Python and in SQL, and as many as planned."""

import math

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.analysis.experiment import sample_ratio
from bot.analysis.sample_size import split
from bot.drafting.arms import Draw, draw, hashed

UNITS = [f"A{number:05}" for number in range(4_000)] + ["ąęł", "O'Brien", "", "名"]


def counted(made: Draw, units: list[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for unit in units:
        key = (made.arm(unit), made.variant(unit))
        found[key] = found.get(key, 0) + 1
    return found


@given(some.sets(some.text(some.characters(codec="utf-8")), min_size=2, max_size=60), some.text(min_size=1, max_size=9))
def test_exactly_the_planned_number_is_held_out(units: set[str], salt: str) -> None:
    held = split(len(units)).held
    made = draw(units, salt, held)
    assert sum(made.arm(unit) == "holdout" for unit in units) == held


def test_an_arm_depends_on_the_person_and_the_campaign_and_on_nothing_else() -> None:
    made = draw(UNITS, "dt22-2026-11-10", 400)
    assert [made.arm(unit) for unit in reversed(UNITS)] == [made.arm(unit) for unit in UNITS][::-1]
    assert draw(reversed(UNITS), "dt22-2026-11-10", 400) == made
    held = {unit for unit in UNITS if made.arm(unit) == "holdout"}
    later = draw(UNITS, "dt22-2027-02-10", 400)
    other = {unit for unit in UNITS if later.arm(unit) == "holdout"}
    assert len(held) == len(other) == 400
    assert abs(len(held & other) - 40) < 4 * math.sqrt(36)  # one in ten of a tenth: no more than chance


def test_both_texts_are_as_likely_and_none_is_for_those_held_out() -> None:
    found = counted(draw(UNITS, "salt", 400, ("A", "B")), UNITS)
    assert set(found) == {("holdout", ""), ("treatment", "A"), ("treatment", "B")}
    assert sample_ratio(found["treatment", "A"], found["treatment", "B"], 0.5) > 0.01


def test_three_texts_share_the_treated_in_thirds() -> None:
    found = counted(draw(UNITS, "salt", 0, ("A", "B", "C")), UNITS)
    assert set(found) == {("treatment", "A"), ("treatment", "B"), ("treatment", "C")}
    assert min(found.values()) > 1_200


def test_a_known_hash_pins_the_rule() -> None:
    """md5 of "salt:A1", as md5sum gives it: a change of the rule would move people between the arms."""
    assert hashed("salt", "A1") == "693068accd45c22cb060ed9bef8ac8e0"


def expected(made: Draw) -> list[tuple[str, str, str]]:
    return sorted((unit, made.arm(unit), made.variant(unit)) for unit in UNITS)


@pytest.mark.parametrize(("held", "variants"), [(400, ("A", "B")), (0, ("A",)), (1, ("A", "B", "C"))])
def test_duckdb_tells_the_same_arms(held: int, variants: tuple[str, ...]) -> None:
    made = draw(UNITS, "dt22-fr-2026-11-10-3f2a1c", held, variants)
    with duckdb.connect() as there:
        there.execute("CREATE TABLE people (account_id VARCHAR)")
        there.executemany("INSERT INTO people VALUES (?)", [[unit] for unit in UNITS])
        assert sorted(there.execute(made.sql("people", "account_id")).fetchall()) == expected(made)


@pytest.mark.postgres
def test_postgresql_tells_the_same_arms(postgres_url: str) -> None:
    import psycopg

    made = draw(UNITS, "dt22-fr-2026-11-10-3f2a1c", 400, ("A", "B"))
    with psycopg.connect(postgres_url) as there:
        there.execute("CREATE TEMPORARY TABLE people (account_id text)")
        with there.cursor().copy("COPY people FROM STDIN") as rows:
            for unit in UNITS:
                rows.write_row([unit])
        assert sorted(there.execute(made.sql("people", "account_id")).fetchall()) == expected(made)
