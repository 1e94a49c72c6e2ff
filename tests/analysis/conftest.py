"""The demo company, as analysis sees it on its day."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bot.analysis.measure import Analyst
from bot.settings import read_workspace
from bot.sources import Company
from bot.sources.demo import FOLDER, ensure
from bot.types import Rights
from bot.wiring import company_of
from tests.metrics.by_hand import AS_OF, Hand
from tests.metrics.conftest import laid  # noqa: F401 - a fixture: small companies, on each engine


@pytest.fixture(scope="session")
def demo() -> Company:
    return company_of(read_workspace(Path(__file__).parents[2] / "workspace.toml"))


@pytest.fixture(scope="session")
def analyst(demo: Company) -> Analyst:
    return Analyst(demo, Rights(), AS_OF)


@pytest.fixture(scope="session")
def hand() -> Hand:
    return Hand.over(ensure(FOLDER))


@pytest.fixture(scope="session")
def sql(hand: Hand) -> duckdb.DuckDBPyConnection:
    """The demo's files under their own names, for SQL written by hand; `lives` and `known` as by_hand says."""
    return hand.connection
