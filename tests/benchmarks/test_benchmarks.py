"""Each benchmark runs, on little; none is held to a time."""

from pathlib import Path

import pytest

from benchmarks.answering import answering, questions, understanding
from benchmarks.figures import percentile
from benchmarks.importing import importing
from benchmarks.searching import searching
from benchmarks.starting import starting
from bot.service import Service
from bot.wiring import service_of

FINGER_COUNT = Path(__file__).parents[1] / "finger_count" / "workspace.toml"


@pytest.fixture(scope="module")
def service() -> Service:
    return service_of(FINGER_COUNT)


@pytest.mark.slow
def test_processes_are_started_and_timed() -> None:
    (figure,) = starting(times=1, commands=[["--help"]])
    assert float(figure.value) > 0
    assert figure.unit == "s"


def test_questions_are_understood_and_answered(service: Service) -> None:
    asked = questions(service)[:3]
    assert all(float(one.value) > 0 for one in understanding(service, asked) + answering(service, asked))


@pytest.mark.slow
def test_the_index_is_built_and_searched() -> None:
    built, search = searching(limit=2)
    assert float(built.value) > 0
    assert float(search.value) > 0


def test_imports_are_counted_by_package() -> None:
    everything, *parts = importing(most=40)
    assert float(everything.value) > 0
    assert {"bot", "pandas", "ibis"} <= {one.what.split()[-1] for one in parts}


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0, 0.5, 0.51, 0.99)] == [1, 2, 3, 4]
