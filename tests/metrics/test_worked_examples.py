"""The worked examples of the definitions, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.metrics.quantiles import quantiles
from bot.types import Intent, Query
from tests.metrics.conftest import OCTOBER

Laid = Callable[..., Analyst]


def stretch(account: str, begins: datetime, ends: datetime | None = None, mrr: float = 100.0) -> dict[str, object]:
    """One paid stretch of an account's only subscription."""
    return {
        "subscription_id": f"S-{account}", "account_id": account, "valid_from": begins, "valid_to": ends,
        "status": "active", "mrr": mrr,
    }  # fmt: skip


def test_gross_and_net_retention_of_four_customers(laid: Laid) -> None:
    """100, 200, 300, 400 at the start; 150, nothing, 250, 400 at the end: GRR 750/1000, NRR 800/1000."""
    before, middle = datetime(2026, 1, 1), datetime(2026, 10, 15)
    rows = [
        stretch("A", before, middle, 100), stretch("A", middle, None, 150), stretch("B", before, middle, 200),
        stretch("C", before, middle, 300), stretch("C", middle, None, 250), stretch("D", before, None, 400),
    ]  # fmt: skip
    analyst = laid({"subscriptions": rows})
    for metric, part in (("grr", 750), ("nrr", 800)):
        row = measure(analyst, Query(Intent.VALUE, metric, OCTOBER)).rows[0]
        assert (row["part"], row["whole"]) == (part, 1000)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75, 0.9, 1.0])
def test_a_quantile_is_that_of_pandas_in_each_segment(laid: Laid, share: float) -> None:
    amounts = {"FR": [30.0, 132.0, 10.0, 40.0], "ES": [7.0], "US": [1.0, 1.0, 2.0]}
    rows = [
        {"order_id": f"{country}{at}", "customer_id": country, "occurred_at": datetime(2026, 10, 1), "net_amount": one}
        for country, many in amounts.items() for at, one in enumerate(many)
    ]  # fmt: skip
    analyst = laid({"orders": rows})
    orders = analyst.company.tables["orders"]
    found = analyst.company.run(quantiles(orders, ("customer_id",), "net_amount", {"value": share}))
    told = {row["customer_id"]: (row["value"], row["n"]) for row in found.to_dict("records")}
    assert told == {who: (pytest.approx(pd.Series(many).quantile(share)), len(many)) for who, many in amounts.items()}
