"""What is projected and learned is the same on PostgreSQL: the demo company, with the use of one account in twenty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bot.analysis.measure import Analyst
from bot.analysis.project import history
from bot.analysis.project_orders import ordered
from bot.analysis.risk import _past, learn
from bot.sources import Company
from bot.sources.demo import FOLDER, ensure
from bot.sources.embedded import Embedded
from bot.sources.mapping import mapping
from bot.types import Intent, Query, Rights
from tests.metrics.by_hand import AS_OF
from tests.metrics.conftest import laid_in_postgres
from tests.postgres import database

pytestmark = pytest.mark.postgres

WATCHED = "user_id IN (SELECT user_id FROM users WHERE hash(account_id) % 20 = 0)"
LARGE = ("events", "sessions", "message_events", "sends", "consents")


@pytest.fixture(scope="module")
def both(demo: Company) -> Iterator[tuple[Analyst, Analyst]]:
    """The company in DuckDB, and in a PostgreSQL database of its own."""
    source = Embedded(copy_selects=False)
    files = {file.stem: file for file in ensure(FOLDER).glob("*.parquet")}
    for name, file in sorted(files.items(), key=lambda one: one[0] in LARGE):
        where = WATCHED if name in LARGE else "true"
        source.database.execute(f"CREATE TABLE \"{name}\" AS FROM '{file}' WHERE {where}")
    company = Company(source, mapping(source, {}), demo.definitions, AS_OF)
    with database() as url:
        here = Analyst(company, Rights(), AS_OF, learner=learn)
        yield here, replace(here, company=laid_in_postgres(company, url))


def test_the_months_that_a_projection_stands_on(both: tuple[Analyst, Analyst]) -> None:
    here, there = (history(one, Query(Intent.PROJECT, "mrr"))[0] for one in both)
    assert here.months == there.months
    for table in ("customers", "mrr", "stayed", "kept", "churned", "came", "came_mrr"):
        assert np.abs(getattr(here, table)).sum() > 0, table
        np.testing.assert_allclose(getattr(there, table), getattr(here, table), rtol=1e-9, err_msg=table)


def test_what_buyers_are_expected_to_spend(both: tuple[Analyst, Analyst]) -> None:
    here, there = (ordered(one, Query(Intent.PROJECT, "clv_predicted")) for one in both)
    assert here.n == there.n
    assert there.whole == pytest.approx(here.whole, rel=1e-6)


def test_the_rows_that_a_churn_risk_is_learned_from(both: tuple[Analyst, Analyst]) -> None:
    here, there = (_past(one, 90).rows for one in both)
    rows = [frame.sort_values(["account_id", "told_at"]).reset_index(drop=True) for frame in (here, there)]
    assert len(rows[0]) > 1000
    pd.testing.assert_frame_equal(rows[1][rows[0].columns], rows[0], check_dtype=False, rtol=1e-9)
