"""How many queries a question costs: one a metric, however many segments and periods it has."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.service import Service
from bot.types import Grain, Intent, Query, Question, Rights, Window
from bot.wiring import service_of

FINGER_COUNT = Path(__file__).parents[1] / "finger_count" / "workspace.toml"
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, "UTC", "month")
HALF_YEAR = Window(date(2026, 5, 1), date(2026, 11, 1), Grain.MONTH, "UTC", "last_n_months")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> tuple[Service, list[str]]:
    """A service, and the statements that its data was asked since."""
    service = service_of(FINGER_COUNT)
    connection, said = service.company.connection, []
    run = connection.run

    def told(expression: Any, statement: str, seconds: float) -> Any:
        said.append(statement)
        return run(expression, statement, seconds)

    monkeypatch.setattr(connection, "run", told)
    return service, said


@pytest.mark.parametrize("metric", ["churn_rate", "active_users"])
@pytest.mark.parametrize(("window", "by"), [(OCTOBER, ("country",)), (HALF_YEAR, ()), (HALF_YEAR, ("country",))])
def test_a_breakdown_and_a_trend_are_one_query(
    counted: tuple[Service, list[str]], metric: str, window: Window, by: tuple[str, ...]
) -> None:
    service, said = counted
    analyst = Analyst(service.company, Rights(), service.company.as_of(service.now().date()))
    measure(analyst, Query(Intent.VALUE, metric, OCTOBER))  # what is looked up once for each version of the data
    said.clear()
    assert len(measure(analyst, Query(Intent.VALUE, metric, window, by=by)).rows) > 1
    assert len(said) == 1


@pytest.mark.slow
def test_the_week_asks_nothing_twice(counted: tuple[Service, list[str]]) -> None:
    service, said = counted
    service.weekly(Question("", service.now(), Rights()))
    assert 0 < len(said) == len(set(said))
