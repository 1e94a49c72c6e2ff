"""Every metric of the catalogue on the demo company, on Spark: DuckDB's numbers, to one in 10⁹."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.analysis.measure import Analyst
from bot.analysis.risk import learn
from bot.metrics import catalogue
from bot.settings import read_workspace
from bot.sources import Company, open_company
from bot.sources.demo import FOLDER, ensure
from bot.types import Rights
from bot.wiring import company_of
from tests.metrics.agree import apart, told
from tests.metrics.by_hand import AS_OF

pytestmark = [pytest.mark.engines, pytest.mark.spark]
SECONDS = 600.0
"""A machine of two cores is no cluster: the numbers are looked at here, and not the time."""


@pytest.fixture(scope="module")
def here() -> Analyst:
    company = company_of(read_workspace(Path(__file__).parents[2] / "workspace.toml"), AS_OF)
    return Analyst(company, Rights(), AS_OF, learner=learn)


def there(here: Analyst, company: Company) -> Analyst:
    company.seconds = SECONDS
    return replace(here, company=company)


@pytest.fixture(scope="module")
def on_spark(here: Analyst) -> Analyst:
    url = f"spark:{ensure(FOLDER)}"
    return there(here, open_company(url, {}, Path(), here.company.definitions, AS_OF))


@pytest.mark.parametrize("metric", catalogue())
def test_a_metric_of_the_demo_company_is_the_same_on_spark(here: Analyst, on_spark: Analyst, metric: str) -> None:
    assert apart(told(here, metric), told(on_spark, metric)) == ""
