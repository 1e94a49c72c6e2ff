"""Rights at the root: every table is cut to the accounts a person may see, before any metric runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import ibis
import ibis.expr.types as ir

from bot.errors import NotAllowed
from bot.metrics.dimensions import ACCOUNT_COLUMNS
from bot.metrics.tables import OWNERS
from bot.types import Definitions, RowFilter

PARTS_OF = {"order_items": ("order_id", "orders"), "message_events": ("send_id", "sends")}
"""Table → (key, the table whose rows own its rows), where it names neither an account nor a user."""


class Confined(Mapping[str, ir.Table]):
    """The tables, each with only the rows of accounts that pass every row filter, cut when first asked for.

    Tables that name a user but no account are cut through `users`, lines of an order through the order; those that
    name none of these (plans, features, spend) are the company's own and stay whole.
    """

    def __init__(
        self,
        tables: Mapping[str, ir.Table],
        mapped: Callable[[str, str | None], bool],
        row_filters: tuple[RowFilter, ...],
        definitions: Definitions,
    ) -> None:
        if row_filters and not mapped("accounts", None):
            raise NotAllowed("row_filter_needs_accounts")
        self._tables = tables
        self._mapped = mapped
        self._row_filters = row_filters
        self._definitions = definitions

    @property
    def is_cut(self) -> bool:
        """Whether some accounts may not be seen."""
        return bool(self._row_filters)

    def __getitem__(self, name: str) -> ir.Table:
        table = self._tables[name]
        if not self._row_filters:
            return table
        if name == "accounts":
            passing = table
            for one in self._row_filters:
                passing = passing.filter(_passes(passing, one, self._definitions))
            if not self._mapped("accounts", "merged_into"):
                return passing
            # A merged account is seen by whoever sees the one that it was merged into.
            return table.filter(ibis.coalesce(table.merged_into, table.account_id).isin(passing.account_id))
        owner = next((one for one in ("account_id", *OWNERS) if self._mapped(name, one)), None)
        if owner:
            seen: ir.BooleanValue = table[owner].isin(self["accounts"].account_id)
            if owner == "account_id" and name != "users" and self._of_users(name):
                # A row that names no account is its user's.
                seen = seen | (table.account_id.isnull() & table.user_id.isin(self["users"].user_id))
            return table.filter(seen)
        if self._of_users(name):
            people = self["users"].select(seen_user="user_id")
            return table.semi_join(people, table.user_id == people.seen_user)
        if name in PARTS_OF:
            key, whole = PARTS_OF[name]
            seen_wholes = self[whole].select(seen=key)
            return table.semi_join(seen_wholes, table[key] == seen_wholes.seen)
        if name == "assignments":
            seen = table.unit_id.isin(self["accounts"].account_id)
            if self._mapped("users", "account_id"):
                seen = seen | table.unit_id.isin(self["users"].user_id)
            return table.filter(seen)
        return table

    def _of_users(self, name: str) -> bool:
        return self._mapped(name, "user_id") and self._mapped("users", "account_id")

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def _passes(accounts: ir.Table, one: RowFilter, definitions: Definitions) -> ir.BooleanValue:
    if one.dimension == "market":
        markets = dict(definitions.markets)
        countries = [country for market in one.values for country in markets.get(market, ())]
        return accounts.country.isin(countries)
    if one.dimension not in ACCOUNT_COLUMNS:
        raise NotAllowed("row_filter_unknown", dimension=one.dimension)
    return accounts[ACCOUNT_COLUMNS[one.dimension]].isin(one.values)
