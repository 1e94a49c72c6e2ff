"""What was told of CDNOW's next half year, half a year before, beside what came."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from bot.analysis.measure import Analyst
from bot.analysis.project_orders import ordered
from bot.settings import read_workspace
from bot.types import Intent, Query, Rights, Window
from bot.wiring import company_of

pytestmark = pytest.mark.real


def test_half_a_year_of_orders_of_cdnow_is_told_to_a_tenth() -> None:
    """On 1 January 1998: the revenue of January to June from the 23,570 buyers of the first quarter of 1997."""
    company = company_of(read_workspace(Path(__file__).parent / "cdnow" / "workspace.toml"))
    analyst = Analyst(company, Rights(), date(1998, 1, 1))
    half = Window(date(1998, 1, 1), date(1998, 7, 1))
    found = ordered(analyst, Query(Intent.PROJECT, "mrr", half, subject="revenue"))
    assert sum(row["value"] for row in found.rows) == pytest.approx(found.whole["value"])
    assert found.n == 23570
    rows = pd.read_parquet(Path(os.environ["MAINSTAY_DATA"]) / "cdnow" / "cdnow_master.parquet")
    days = pd.to_datetime(rows["order_date"].astype(str))
    came = float(rows["amount"][(days >= "1998-01-01") & (days < "1998-07-01")].sum())
    assert found.whole["value"] == pytest.approx(came, rel=0.1)
    assert found.whole["low"] < found.whole["value"] < found.whole["high"]
