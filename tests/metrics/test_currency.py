"""Amounts in other currencies: one constant rate, and a refusal where there is none, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bot.analysis.measure import Analyst
from bot.errors import BadData
from bot.metrics.currency import converted
from bot.types import Intent, Query

Laid = Callable[..., Analyst]


def orders(*amounts: tuple[float, str | None]) -> list[dict[str, Any]]:
    return [
        {"order_id": f"O{at}", "customer_id": "C", "occurred_at": datetime(2026, 10, 1), "net_amount": amount,
         "currency": currency}
        for at, (amount, currency) in enumerate(amounts)
    ]  # fmt: skip


def rate(currency: str, units: float, report: str | None = None) -> dict[str, Any]:
    return {"currency": currency, "rate": units, "report": report}


def told(analyst: Analyst) -> list[float]:
    t = analyst.tables(Query(Intent.VALUE, "mrr"))
    rows = analyst.company.run(converted(t, "orders", t["orders"], "net_amount").order_by("order_id"))
    return list(rows["net_amount"])


def test_amounts_are_told_in_the_currency_of_the_company(laid: Laid) -> None:
    """100 EUR at 1.1 are 110; an amount that names no currency is the company's; codes are read as people write."""
    found = laid({
        "orders": orders((100, "EUR"), (7, "USD"), (5, None), (10, " pln"), (3, "")),
        "exchange_rates": [rate("EUR", 1.1), rate("PLN", 0.25), rate("EUR", 9.9, "old")],
    })  # fmt: skip
    assert told(found) == pytest.approx([110, 7, 5, 2.5, 3])


def test_rates_in_another_unit_are_brought_to_the_currency_of_the_company(laid: Laid) -> None:
    """Told in dollars, a euro is 1.10 and a zloty 0.25: for a company in euros a zloty is 0.25/1.1."""
    rates = [rate("USD", 1.0), rate("EUR", 1.1), rate("PLN", 0.25)]
    assert told(laid({"orders": orders((10, "EUR"), (44, "PLN")), "exchange_rates": rates}, currency="EUR")) == (
        pytest.approx([10, 10])
    )


@pytest.mark.parametrize(
    "rates",
    [[], [rate("PLN", 0.25)], [rate("EUR", 1.1), rate("EUR", 1.2)], [rate("EUR", 0.0)], [rate("EUR", 1.1, "old")]],
    ids=["no table", "another", "two", "nought", "of one report"],
)
def test_unlike_amounts_are_never_added_where_the_rate_is_not_known(laid: Laid, rates: list[dict[str, Any]]) -> None:
    tables = {"orders": orders((100, "EUR"), (7, "USD"))} | ({"exchange_rates": rates} if rates else {})
    with pytest.raises(BadData) as refused:
        told(laid(tables))
    assert refused.value.key == "unknown_currency"
    assert refused.value.values == {"table": "orders", "currencies": ["EUR"], "currency": "USD"}
