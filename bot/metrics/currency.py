"""One currency: every amount is told in the company's own, at one constant rate, so that no rate is ever churn (G17).

Amounts of subscriptions are in the company's currency by definition of the table. Tables with a column `currency`
(payments, invoices, orders, spend) come through here before anything is added up.
"""

from __future__ import annotations

from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.tables import Tables


def converted(t: Tables, name: str, rows: ir.Table, *columns: str) -> ir.Table:
    """Rows of the table `name` with these money columns in the company's currency; an empty currency is the company's.

    Raises BadData where the table holds a currency that has no rate: unlike amounts are never added.
    """
    rates = t.rates(name)
    if unknown := sorted(currency for currency, rate in rates.items() if rate is None):
        raise BadData("unknown_currency", table=name, currencies=unknown, currency=t.definitions.currency)
    foreign = {currency: rate for currency, rate in rates.items() if rate not in (None, 1.0)}
    if not foreign:
        return rows
    cases = [(rows.currency == currency, ibis.literal(rate, "float64")) for currency, rate in sorted(foreign.items())]
    factor = cast(Any, ibis.cases(*cases, else_=ibis.literal(1.0, "float64")))
    return rows.mutate(**{column: cast(Any, rows[column]).cast("float64") * factor for column in columns})
