"""A company's data, seen through the canonical tables.

Opening one checks the whole mapping and reads no rows; a table is read into shape when it is
first asked for. Everything is read-only.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis.formats.pandas import PandasData

from bot import trail
from bot.progress import safe_point
from bot.sources import casting
from bot.sources.connection import Connection
from bot.sources.mapping import Mapped
from bot.sources.statement import statement
from bot.types import Definitions, instant, local_day

LOG = logging.getLogger(__name__)
FACTS = (("events", "occurred_at"), ("orders", "occurred_at"), ("payments", "occurred_at"), ("sessions", "started_at"))
"""What happened on a day shows that the day was loaded; term ends and open stretches show nothing."""

FALLBACKS = (
    ("subscriptions", "valid_from"),
    ("subscriptions", "valid_to"),
    ("tickets", "created_at"),
    ("survey_answers", "answered_at"),
)
"""Where no fact table is mapped; `valid_to` counts only where it is past."""

DIMENSIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "country": (("accounts", "country"), ("users", "country")),
    "language": (("users", "language"), ("accounts", "language")),
    "size": (("accounts", "size"),),
    "industry": (("accounts", "industry"),),
    "region": (("accounts", "region"), ("users", "region")),
    "channel": (("accounts", "acquisition_channel"),),
    "owner": (("accounts", "owner_id"),),
    "role": (("users", "role"),),
    "platform": (("events", "platform"), ("sessions", "platform")),
    "feature": (("features", "feature_id"),),
    "reason": (("subscriptions", "reason_code"),),
    "end_type": (("subscriptions", "end_type"),),
    "category": (("tickets", "category"), ("orders", "category")),
    "priority": (("tickets", "priority"),),
    "tier": (("loyalty_ledger", "tier"),),
    "campaign": (("campaigns", "campaign_id"),),
    "message_channel": (("sends", "channel"),),
    "offer": (("offers", "offer_id"),),
    "payment_method": (("payments", "payment_method"),),
    "decline_code": (("payments", "decline_code"),),
}
"""Dimension → the columns whose values it can take; `plan` and `interval` have rules of their own."""


class Company:
    """The canonical tables of one company, its definitions, and the one way to run a query."""

    def __init__(
        self,
        connection: Connection,
        mapped: Mapping[str, Mapped],
        definitions: Definitions,
        as_of: date | None = None,
        seconds: float = 30.0,
    ) -> None:
        self.connection = connection
        self.mapped = mapped
        self.definitions = definitions
        self.pinned = as_of
        self.seconds = seconds
        self.tables: Mapping[str, ir.Table] = Tables(self)
        self._styles: dict[str, Mapping[str, casting.Style]] = {}
        self._values: dict[tuple[str, str], tuple[str, ...]] = {}
        self._days: dict[tuple[date, str], date] = {}
        self._first_days: dict[tuple[str, str], date | None] = {}
        self._filled: dict[tuple[str, str], bool] = {}
        self._rates: dict[tuple[str, str], Mapping[str, float | None]] = {}

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the company maps this table, or this column of it."""
        return table in self.mapped and (column is None or column in self.mapped[table].feeds)

    def run(self, expression: ir.Expr) -> pd.DataFrame:
        """The result of a query; any thread may call it. Raises `Unavailable`."""
        return self.query(expression)[0]

    def query(self, expression: ir.Expr) -> tuple[pd.DataFrame, str]:
        """The result, and the query as a person would read it, in the source's own dialect.

        Compiling costs more than running on small data, so both come from one compilation. What
        `to_sql` prints is also right where Ibis's own execution path loses a cast (see metrics.expressions).
        """
        safe_point()
        statement = self.sql(expression)
        began = time.perf_counter()
        found = self.connection.run(expression, trail.mark() + statement, self.seconds)
        digest = hashlib.sha256(statement.encode()).hexdigest()[:12]
        LOG.info("queried in %.0f ms: %d rows, statement %s", 1000 * (time.perf_counter() - began), len(found), digest)
        table = expression.as_table()
        found.columns = pd.Index(table.columns)
        return PandasData.convert_table(found, table.schema()), statement

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The result as plain Python values: None where there is none, instants as `datetime`."""
        return [
            {str(name): plain(value) for name, value in row.items()} for row in self.run(expression).to_dict("records")
        ]

    def first(self, expression: ir.Table) -> dict[str, Any]:
        """The only row of an aggregate."""
        return self.rows(expression)[0]

    def sql(self, expression: ir.Expr) -> str:
        """The query as a person would read it, in the source's own dialect."""
        return statement(expression, self.connection.dialect)

    @property
    def version(self) -> str:
        """Changes when the data does; part of every cache key."""
        return self.connection.version()

    def styles(self, name: str) -> Mapping[str, casting.Style]:
        """Canonical column → how the source writes its days there; only text columns need one."""
        if name not in self._styles:
            mapped = self.mapped[name]
            columns = mapped.text_feeds()
            counted = casting.styles(mapped.raw, columns)
            found: dict[str, casting.Style] = {}
            if counted is not None:
                row = self.first(counted)
                for column in {label.partition(":")[0] for label in row}:
                    found[column] = casting.style(*(row[f"{column}:{what}"] or 0 for what in casting.FORMS))
            self._styles[name] = found
        return self._styles[name]

    def fitted(self, name: str, *, beside: bool = False) -> ir.Table:
        """The canonical table as an expression over the raw one: all columns, pinned types.

        With `beside`, each mapped column's raw value stands beside it as `raw <column>`.
        """
        mapped = self.mapped[name]
        styles = self.styles(name)
        zone = self.definitions.zone
        columns: dict[str, ir.Value] = (
            {f"raw {column}": mapped.raw[source] for column, source in mapped.feeds.items()} if beside else {}
        )
        for column in mapped.table.columns:
            source = mapped.feeds.get(column.name)
            value = (
                ibis.null(column.type)
                if source is None
                else casting.fitted(mapped.raw[source], column, zone, styles.get(column.name, casting.Style.ISO))
            )
            columns[column.name] = value
        return mapped.raw.select(**columns)

    def as_of(self, today: date) -> date:
        """The day from which "last month" is counted: the workspace's own, else from the data.

        The earlier of today and the day after the last complete day of the fact tables, in the
        reporting zone. The last day with data counts as complete unless it is today; rows dated
        after today are left out, for a date in the future shows nothing about the load.
        """
        if self.pinned is not None:
            return self.pinned
        key = (today, self.version)
        if key not in self._days:
            last = self._last_day(FACTS, today) or self._last_day(FALLBACKS, today)
            self._days[key] = today if last is None else min(today, last + timedelta(days=1))
        return self._days[key]

    def _last_day(self, sources: tuple[tuple[str, str], ...], today: date) -> date | None:
        zone = self.definitions.zone
        end = instant(today + timedelta(days=1), zone)
        last: datetime | None = None
        for table, column in sources:
            if self.has(table, column):
                moment = self.tables[table][column]
                past = self.tables[table].filter(moment < ibis.literal(end))
                found = self.first(past.aggregate(last=moment.max()))["last"]
                if found is not None:
                    last = max(last or found, found)
        return None if last is None else local_day(last, zone)

    def first_day(self, table: str, column: str) -> date | None:
        """The first day, in the reporting zone, on which the table has a row; None for an empty one."""
        key = (f"{table}.{column}", self.version)
        if key not in self._first_days:
            rows = self.tables[table]
            found: Any = self.run(rows.aggregate(first=rows[column].min())).iloc[0, 0]
            zone = self.definitions.zone
            self._first_days[key] = None if pd.isna(found) else local_day(found.to_pydatetime(), zone)
        return self._first_days[key]

    def filled(self, table: str, column: str) -> bool:
        """Whether every row of a mapped table has a value in the column; looked at once a version of the data."""
        key = (f"{table}.{column}", self.version)
        if key not in self._filled:
            rows = self.tables[table]
            gaps = self.first(rows.filter(rows[column].isnull()).aggregate(gaps=ibis._.count()))
            self._filled[key] = not gaps["gaps"]
        return self._filled[key]

    def rates(self, table: str) -> Mapping[str, float | None]:
        """Each currency of a table besides the company's own → units of the company's for one of it.

        None where `exchange_rates` has no rate for it, or more than one. Only rates for all reports count.
        """
        key = (table, self.version)
        if key not in self._rates:
            own = self.definitions.currency
            written = self._texts(table, "currency") if self.has(table, "currency") else ()
            foreign = {text: text.strip().upper() for text in written}
            foreign = {text: code for text, code in foreign.items() if code not in ("", own)}
            known = self._known_rates() if foreign else {}
            self._rates[key] = {text: known.get(code) for text, code in foreign.items()}
        return self._rates[key]

    def _known_rates(self) -> dict[str, float | None]:
        if not self.has("exchange_rates"):
            return {}
        found: dict[str, set[float]] = {}
        for row in self.rows(self.tables["exchange_rates"].select("currency", "rate", "report").distinct()):
            if row["currency"] and not row["report"] and (row["rate"] or 0) > 0:
                found.setdefault(row["currency"].strip().upper(), set()).add(row["rate"])
        # Rates told in another unit than the company's currency are brought to it.
        own = found.get(self.definitions.currency, {1.0})
        return {
            code: next(iter(rates)) / next(iter(own)) if len(rates) == len(own) == 1 else None
            for code, rates in found.items()
        }

    def _texts(self, table: str, column: str) -> tuple[str, ...]:
        values = self.tables[table].select(column).distinct()
        return tuple(row[column] for row in self.rows(values) if row[column] is not None)

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values of a dimension that the data holds, sorted, 500 at most; empty if there are none."""
        return self.values_of((dimension,))[dimension]

    def values_of(self, dimensions: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The values of several dimensions, fetched in one query; each as `values` gives it."""
        version, names = self.version, tuple(dimensions)
        unread = [name for name in names if (name, version) not in self._values]
        if unread:
            for name, found in self._read_values(unread).items():
                self._values[name, version] = found
        return {name: self._values[name, version] for name in names}

    def _read_values(self, dimensions: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {name: set() for name in dimensions}
        parts = []
        for name in dimensions:
            for table, column in self._columns(name):
                if self.has(table, column):
                    values = self.tables[table].select(value=column).distinct()
                    values = values.filter(values.value.notnull()).order_by("value").limit(500)
                    parts.append(values.mutate(dimension=ibis.literal(name)))
        if parts:
            fetched = self.run(ibis.union(*parts) if len(parts) > 1 else parts[0])
            for name, value in zip(fetched["dimension"], fetched["value"], strict=True):
                found[name].add(value)
        if "interval" in found:
            found["interval"].update(self._intervals())
        if "market" in found:
            found["market"].update(name for name, _ in self.definitions.markets)
        return {name: tuple(sorted(values)[:500]) for name, values in found.items()}

    def _columns(self, dimension: str) -> tuple[tuple[str, str], ...]:
        """The (table, column) pairs that hold a dimension's values."""
        if dimension == "plan":
            name = "name" if self.has("plans", "name") else "plan_id"
            return (("plans", name),) if self.has("plans") else (("subscriptions", "plan_id"),)
        return DIMENSIONS.get(dimension, ())

    def _intervals(self) -> tuple[str, ...]:
        if not self.has("plans", "interval"):
            return ()
        plans = self.tables["plans"].select("interval", "interval_count").distinct()
        return tuple(
            sorted(
                {
                    interval(row["interval"], row["interval_count"] or 1)
                    for row in self.rows(plans.filter(plans.interval.notnull()))
                }
            )
        )


class Tables(Mapping[str, ir.Table]):
    """The mapped tables; each is brought into shape once, when first asked for."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._kept: dict[str, ir.Table] = {}
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._company.mapped:
            raise KeyError(name)
        with self._lock:
            if name not in self._kept:
                mapped = self._company.mapped[name]
                parsed = any(
                    casting.parses(mapped.raw[source].type(), column) for source, column in mapped.text_feeds().items()
                )
                self._kept[name] = self._company.connection.keep(
                    name, self._company.fitted(name), parsed=parsed, selected=mapped.selected
                )
            return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._company.mapped)

    def __len__(self) -> int:
        return len(self._company.mapped)


def plain(value: Any) -> Any:
    """A Python value for one of pandas or numpy."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def interval(unit: str, units: int) -> str:
    """The dimension `interval` of a term: monthly, quarterly, annual or multi_year, by its months."""
    months = units * (12 if unit.startswith(("year", "annual")) else 1)
    if months < 12:
        return "monthly" if months < 3 else "quarterly"
    return "annual" if months == 12 else "multi_year"
