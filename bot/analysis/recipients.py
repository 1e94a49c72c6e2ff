"""The people behind a list of accounts: one contact each, with what the rules of a draft must know.

The contact of an account is, among those whose address is a person's (else any): a billing or admin
user first, then whoever was active last, then the lowest id. Everything is aggregated where the data
lies: one query picks the contacts, one more per subject adds to them, and only columns that a rule
or a text uses are read. A table the company has not mapped leaves its columns empty, and
`Recipients.unchecked` names the rules that could therefore not be checked.

Times count back from the end of the as-of day, so that what happened today counts as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bot.analysis.recipient_queries import Queries
from bot.errors import BadData
from bot.sources.company import Company
from bot.types import instant

NEEDED: dict[str, tuple[tuple[str, str | None], ...]] = {
    "SUP-01": (("consents", None), ("suppressions", None), ("message_events", None)),
    "SUP-02": (("suppressions", None), ("message_events", None)),
    "SUP-03": (("suppressions", None), ("message_events", None)),
    "SUP-04": (("tickets", None),),
    "SUP-05": (("accounts", "has_incident"),),
    "SUP-06": (("accounts", "has_dispute"),),
    "SUP-07": (("subscriptions", None),),
    "SUP-08": (("sends", None),),
    "SUP-09": (("events", None), ("sessions", None)),
    "SUP-10": (("subscriptions", None),),
    "SUP-13": (("survey_answers", None),),
    "SUP-15": (("assignments", None), ("sends", "holdout")),
    "SUP-16": (("users", "is_role_address"),),
    "SUP-19": (("subscriptions", None),),
}
"""Rule → the tables or columns of which at least one must be mapped to check it."""


@dataclass(frozen=True)
class Recipients:
    """One row a person (columns: `COLUMNS`), the size of their base, and what stayed unchecked."""

    people: pd.DataFrame
    base: int
    """Accounts there are in all, tests left out."""
    unchecked: tuple[str, ...]
    """Ids of rules that no mapped table can answer."""


COLUMNS: dict[str, Any] = {
    "account_id": "", "user_id": "", "company": None, "first_name": None, "language": None, "country": None,
    "plan": None, "plan_id": None, "is_role_address": False, "is_test": False, "birth_year": float("nan"),
    "incident": False, "dispute": False, "status": "never", "since": pd.NaT, "churned_on": pd.NaT,
    "reason": None, "trial_ended_on": pd.NaT, "cancelling": False, "past_due": False, "paused": False,
    "last_active_on": pd.NaT, "account_active_on": pd.NaT, "last_contact_on": pd.NaT, "opted_out": False,
    "complained": False, "bounced": False, "consent": None, "consent_basis": None, "open_tickets": 0,
    "solved_tickets_7": 0, "tickets_30": 0, "messages_1": 0, "messages_7": 0, "messages_30": 0,
    "surveys_90": 0, "nps_30": float("nan"), "held_out": False, "asked_for": "",
}  # fmt: skip
"""Column → what stands there when nothing is known. The instants are naive UTC timestamps.

status is customer, former, trial (never paid, tried), or never (never paid). consent is granted,
denied, withdrawn or expired; last_contact_on is the last thing the person did: a use, a click, a
reply, an order, or their own sign-up; an open is none."""


def recipients(company: Company, accounts: Sequence[str], as_of: date) -> Recipients:
    """The contacts of the accounts, with all a draft's rules and texts need.

    Raises BadData("missing_table") when the company has no users to write to.
    """
    for name in ("accounts", "users"):
        if not company.has(name):
            raise BadData("missing_table", table=name)
    queries = Queries(company, as_of)
    frame = queries.contacts(sorted(set(accounts)))
    for part in (
        queries.standing(), queries.subscriptions(), queries.tickets(), queries.orders(), queries.requests(),
        queries.arms("account_id"), queries.consents(), queries.suppressions(), queries.events(),
        queries.sends(), queries.surveys(), queries.scores(), queries.arms("user_id"),
    ):  # fmt: skip
        if part is not None:
            key = "account_id" if "account_id" in part else "user_id"
            frame = frame.merge(part, on=key, how="left", validate="many_to_one")
    unchecked = tuple(rule for rule, sources in NEEDED.items() if not any(company.has(*source) for source in sources))
    return Recipients(_settled(frame), queries.base(), unchecked)


def shipped(company: Company, as_of: date) -> pd.DataFrame:
    """What was released up to the as-of day and may be told: name, released_at, audience and tag (may be null)."""
    if not company.has("releases"):
        return pd.DataFrame(
            {"name": [], "released_at": pd.Series([], dtype="datetime64[us]"), "audience": [], "tag": []}
        )
    rows = company.tables["releases"]
    end = instant(as_of, company.definitions.zone)
    rows = rows.filter(rows.announceable & (rows.released_at < end) & rows.name.notnull())
    return company.run(
        rows.select("name", "released_at", "audience", tag=rows.benefit_tag).order_by("released_at", "name")
    )


def approved(company: Company) -> pd.DataFrame:
    """The catalogue of offers: offer_id, type, terms, eligible_rule, valid_from, valid_to, countries."""
    columns = ["offer_id", "type", "terms", "eligible_rule", "valid_from", "valid_to", "countries"]
    if not company.has("offers"):
        return pd.DataFrame({name: [] for name in columns})
    return company.run(company.tables["offers"].select(*columns).order_by("offer_id"))


def _settled(frame: pd.DataFrame) -> pd.DataFrame:
    """The merged frame in the form `COLUMNS` promises: no gaps but those that mean unknown."""
    yes = _flags(frame)
    tried = yes("tried")
    status = _column(frame, "status")
    frame["status"] = status.where(status.notna(), tried.map({True: "trial", False: "never"}))
    again = (_column(frame, "consent") == "granted") & (_column(frame, "consent_basis") == "consent")
    left = _moment(frame, "unsubscribed_at")
    renewed = again & (_moment(frame, "consented_at") > left)
    refused = _column(frame, "consent").isin(["denied", "withdrawn"])
    frame["opted_out"] = refused | yes("suppressed_before") | (left.notna() & ~renewed)
    frame["complained"] = yes("complained_before") | yes("complained_after")
    frame["bounced"] = yes("bounced_before") | yes("bounced_after")
    frame["held_out"] = yes("held_account_id") | yes("held_user_id") | yes("kept_back")
    did = [_moment(frame, name) for name in ("last_active_on", "clicked_at", "ordered_at", "created_at")]
    frame["last_contact_on"] = pd.concat(did, axis=1).max(axis=1)
    for name, nothing in COLUMNS.items():
        column = _column(frame, name)
        if isinstance(nothing, bool):
            frame[name] = yes(name)
        elif isinstance(nothing, int):
            frame[name] = pd.to_numeric(column).fillna(0).astype("int64")
        elif isinstance(nothing, float):
            frame[name] = pd.to_numeric(column).astype("float64")
        elif nothing is pd.NaT:
            frame[name] = _moment(frame, name)
        else:
            frame[name] = column.astype("object").where(column.notna(), nothing)
    return frame[list(COLUMNS)].reset_index(drop=True)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="object", name=name)


def _moment(frame: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_datetime(_column(frame, name)).astype("datetime64[us]")


def _flags(frame: pd.DataFrame) -> Callable[[str], pd.Series]:
    """A column of 0, 1, True, False and nothing as plain booleans."""
    return lambda name: _column(frame, name).map(lambda value: bool(value == 1)).astype("bool")
