"""Figures are sums made where the data lies: what leaves the engine for one of the demo company is a few rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.analysis.measure import Analyst
from bot.analysis.risk import learn
from bot.metrics import catalogue
from bot.settings import read_workspace
from bot.types import Rights
from bot.wiring import company_of
from tests.metrics.agree import told
from tests.metrics.by_hand import AS_OF
from tests.metrics.listening import Listening, listened

pytestmark = pytest.mark.slow
MOST = 1_000
"""Rows of a query: a row for each day of two years is fewer, and one for each customer would be more."""
FITTED = {"churn_risk"}
"""Metrics for which a model is fitted: it learns from people, one by one."""


@pytest.fixture(scope="module")
def heard() -> tuple[Analyst, Listening]:
    company, ear = listened(company_of(read_workspace(Path(__file__).parents[2] / "workspace.toml"), AS_OF))
    return Analyst(company, Rights(), AS_OF, learner=learn), ear


@pytest.mark.parametrize("metric", sorted(set(catalogue()) - FITTED))
def test_only_a_few_rows_leave_the_engine_for_a_figure(heard: tuple[Analyst, Listening], metric: str) -> None:
    analyst, ear = heard
    ear.asked.clear()
    told(analyst, metric)
    assert [rows for _, rows in ear.asked if rows > MOST] == []
