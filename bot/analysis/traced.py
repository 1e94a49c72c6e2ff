"""Who a customer is in the company's data, by an account's or a person's id or by an address: what to look for when
they are to be forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import ibis.expr.types as ir

from bot.sources import Company
from bot.types import Trace

SHORTEST_NAME = 4
"""Letters of a name that is looked for inside of texts."""
SHORT = 2
"""Letters of an id that may be a word, or the code of a country: it is looked for as a whole value only."""


def customer(company: Company, given: str) -> Trace:
    """The customer's trace; without users and accounts where the data knows nobody of this id or address.

    A person who is the only one of their account takes the account with them; an account takes all of its people.
    """
    given = given.strip()
    accounts, users = _accounts(company, given), _users(company, given)
    if accounts:
        users |= _values(company, "users", "user_id", "account_id", accounts)
    else:
        homes = _values(company, "users", "account_id", "user_id", users)
        accounts = {one for one in homes if _values(company, "users", "user_id", "account_id", {one}) <= users}
    names = _values(company, "accounts", "name", "account_id", accounts)
    first = _values(company, "users", "first_name", "user_id", users)
    hashes = _values(company, "users", "email_hash", "user_id", users)
    points = _values(company, "contact_points", "value", "user_id", users)
    ids = {given, *users, *accounts}
    exact = {one for one in ids if one.isdigit() or (one.isalpha() and len(one) <= SHORT)}
    long = {one for one in (*names, *points) if len(one) >= SHORTEST_NAME}
    return Trace(
        users=tuple(sorted(users)),
        accounts=tuple(sorted(accounts)),
        strong=frozenset((ids - exact) | {f"({one})" for one in exact} | hashes | long),
        weak=frozenset(first | (names - long)),
        exact=frozenset(exact),
    )


def _accounts(company: Company, given: str) -> set[str]:
    if not company.has("accounts", "account_id"):
        return set()
    accounts = company.tables["accounts"]
    return _ids(company, accounts.filter(accounts.account_id.lower() == given.lower()), "account_id")


def _users(company: Company, given: str) -> set[str]:
    found: set[str] = set()
    if company.has("users", "user_id"):
        users = company.tables["users"]
        found |= _ids(company, users.filter(users.user_id.lower() == given.lower()), "user_id")
        if company.has("users", "email_hash") and "@" in given:
            hashed = hashlib.sha256(given.lower().encode()).hexdigest()
            found |= _ids(company, users.filter(users.email_hash == hashed), "user_id")
    if company.has("contact_points", "value"):
        points = company.tables["contact_points"]
        found |= _ids(company, points.filter(points.value.lower() == given.lower()), "user_id")
    return found


def _values(company: Company, table: str, column: str, by: str, ids: Iterable[str]) -> set[str]:
    """The values of a column in the rows of these ids; none where the company has no such column."""
    if not (wanted := list(ids)) or not (company.has(table, column) and company.has(table, by)):
        return set()
    rows = company.tables[table]
    return _ids(company, rows.filter(rows[by].isin(wanted)), column)


def _ids(company: Company, rows: ir.Table, column: str) -> set[str]:
    return {str(one) for one in company.run(rows.select(column).distinct())[column].dropna()}
