"""Every query that leaves for the engine while metrics are measured, with the rows that came back."""

from __future__ import annotations

from copy import copy
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from bot.sources import Company


class Listening:
    """A connection that hands everything on, and remembers what was asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.asked: list[tuple[ir.Expr, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def run(self, expression: ir.Expr, statement: str, seconds: float) -> pd.DataFrame:
        found: pd.DataFrame = self._connection.run(expression, statement, seconds)
        self.asked.append((expression, len(found)))
        return found


def listened(company: Company) -> tuple[Company, Listening]:
    """The same company, and what hears its queries."""
    mine = copy(company)
    ear = Listening(company.connection)
    mine.connection = ear
    return mine, ear
