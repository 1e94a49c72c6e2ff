"""The people behind a list of accounts: one contact each, with what the rules of a draft must know.

They are read for one channel: its consent, its stops, its addresses, how often it was used. The contact of an
account is, among those whose address is a person's (else any): a billing or admin user first, then whoever was
active last, then the lowest id. Everything is aggregated where the data lies: one query picks the contacts, one
more per subject adds to them, and only columns that a rule or a text uses are read. A table the company has not
mapped leaves its columns empty, and `Recipients.unchecked` names the rules that could therefore not be checked.

Times count back from the end of the as-of day, so that what happened today counts as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from bot.analysis.reach import CHANNELS, Way
from bot.analysis.recipient_facts import add_facts
from bot.analysis.recipient_messages import parts, received
from bot.analysis.recipient_queries import Queries
from bot.errors import BadData, BadQuestion
from bot.metrics.segments import SEGMENTS
from bot.metrics.tables import Tables
from bot.sources.company import Company
from bot.types import instant

NEEDED: dict[str, tuple[tuple[str, str | None], ...]] = {
    "SUP-01": (("consents", None), ("suppressions", None), ("message_events", None)),
    "SUP-02": (("suppressions", None), ("message_events", None)),
    "SUP-03": (("suppressions", None), ("message_events", None), ("contact_points", None)),
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
    "FRQ-06": (("campaigns", "type"),),
    "FRQ-09": (("campaigns", "type"),),
    "FRQ-15": (("campaigns", "type"),),
}
"""Rule → the tables or columns of which at least one must be mapped to check it."""

OPTIONAL: dict[str, tuple[tuple[str, str | None], ...]] = {
    "SUP-14": (("accounts", "in_talks"),),
    "SUP-18": (("users", "is_restricted"),),
    "SUP-20": (("users", "region"), ("accounts", "region")),
}
"""Rules that a company without these columns has no use for: they are neither passed nor held."""

SIGNS: dict[str, tuple[str, ...]] = {
    "narrow": ("narrow_users", "shallow_users"),
    "fading": ("fading", "early_signal", "at_risk"),
    "at_risk": ("at_risk",),
    "vip": ("vip",),
    "one_order": ("one_time_buyers",),
    "overdue": ("past_usual_purchase_interval",),
    "unused_deliveries": ("delivered_but_unused",),
    "devoted": ("promoters", "loyal"),
}
"""Sign of a stage → the segments of which an account is in at least one."""


@dataclass(frozen=True)
class Recipients:
    """One row a person (columns: `COLUMNS`), the size of their base, and what stayed unchecked."""

    people: pd.DataFrame
    base: int
    """Accounts there are in all, tests left out."""
    unchecked: tuple[str, ...]
    """Ids of rules that no mapped table can answer."""
    channel: str = "email"
    unasked: tuple[str, ...] = ()
    """Ids of rules that the company has no columns for, and need not have (`OPTIONAL`)."""
    look: Callable[[str], frozenset[str]] = lambda _: frozenset()
    """Sign (`SIGNS`) → the accounts that show it; asked for when a stage needs it."""
    add: Callable[[pd.DataFrame, Collection[str]], pd.DataFrame] = lambda people, _: people
    """(people, columns of facts) → the people with them."""

    def telling(self, wanted: Collection[str]) -> Recipients:
        """The same people with the facts of these columns, which are read only now."""
        lacking = [name for name in wanted if name not in self.people]
        return replace(self, people=self.add(self.people, lacking)) if lacking else self

    def sign(self, name: str) -> pd.Series:
        """Whether each person's account shows a sign: from the column of its name, else looked up."""
        column: pd.Series = self.people[name] if name in self.people else self.people.account_id.isin(self.look(name))
        return column.astype("bool")


COLUMNS: dict[str, Any] = {
    "account_id": "", "user_id": "", "company": None, "first_name": None, "language": None, "country": None,
    "region": None, "zone": None, "owner": None, "platform": None, "number_country": None, "number_area": None,
    "plan": None, "plan_id": None, "is_role_address": False, "is_test": False, "birth_year": float("nan"),
    "vulnerable": False, "restricted": False, "in_talks": False, "incident": False, "dispute": False, "status": "never",
    "signed_up_on": pd.NaT, "since": pd.NaT, "churned_on": pd.NaT, "term_ends_on": pd.NaT, "activated": False,
    "incident_solved_on": pd.NaT, "dispute_settled_on": pd.NaT, "unpaid": False, "reason": None,
    "trial_ended_on": pd.NaT, "cancelling": False, "past_due": False,
    "paused": False, "last_active_on": pd.NaT, "account_active_on": pd.NaT, "last_contact_on": pd.NaT,
    "opted_out": False, "stopped": False, "complained": False, "bounced": False, "reachable": True,
    "consent": None, "consent_basis": None, "open_tickets": 0, "solved_tickets_7": 0, "tickets_30": 0,
    "messages_1": 0, "messages_7": 0, "messages_30": 0, "channel_7": 0, "channel_30": 0,
    "channel_last_on": pd.NaT, "re_engagements_30": 0, "win_backs_60": 0, "win_backs_365": 0, "received": "",
    "touches_90": "", "surveys_90": 0, "nps_30": float("nan"), "held_out": False, "asked_for": "",
}  # fmt: skip
"""Column → what stands there when nothing is known. The instants are naive UTC timestamps.

status is customer, former, trial (never paid, tried), or never (never paid); who bought and never subscribed is a
customer. consent is granted, denied, withdrawn or expired, on the channel.
last_contact_on is the last thing the person did: a use, a click, a reply, an order, or their own sign-up; an open is
none. opted_out is a stop on the channel, stopped one on any channel that no new consent to this one followed.
touches_90 has a word a marketing message of the last 90 days: the type of its campaign (`untold` where it has none).
number_country is that of the contact point, number_area the area code of an American one. activated,
unpaid (left by a failed payment) and term_ends_on are of the account."""


def recipients(
    company: Company,
    accounts: Sequence[str],
    as_of: date,
    channel: str = "email",
    wanted: Collection[str] = (),
) -> Recipients:
    """The contacts of the accounts, with all that the rules of a draft on the channel need, and what texts ask for.

    `wanted` are columns of facts (see `recipient_facts`); what stands there anyway may be among them. Raises
    BadData("missing_table") when the company has no users to write to, BadQuestion("no_such_channel") for a channel
    that reaches no person.
    """
    if channel not in CHANNELS:
        raise BadQuestion("no_such_channel", channel=channel, near=tuple(CHANNELS))
    for name in ("accounts", "users"):
        if not company.has(name):
            raise BadData("missing_table", table=name)
    queries, way = Queries(company, as_of), CHANNELS[channel]
    frame = queries.contacts(sorted(set(accounts)))
    for part in (
        queries.standing(), queries.subscriptions(), queries.tickets(), queries.orders(), queries.requests(),
        queries.begun(), queries.arms("account_id"), *parts(queries, way), received(queries), queries.surveys(),
        queries.scores(), queries.arms("user_id"),
    ):  # fmt: skip
        if part is not None:
            key = "account_id" if "account_id" in part else "user_id"
            frame = frame.merge(part, on=key, how="left", validate="many_to_one")
    seen_from = queries.ago(company.definitions.inactive_days)
    frame = _settled(frame, way, seen_from)
    own = frame[["industry", "created_at"]]  # what facts are found by, and no rule or text tells

    def add(people: pd.DataFrame, facts: Collection[str]) -> pd.DataFrame:
        return add_facts(queries, people.join(own), facts).drop(columns=list(own))

    unchecked = tuple(rule for rule, sources in NEEDED.items() if not any(company.has(*source) for source in sources))
    unasked = tuple(rule for rule, sources in OPTIONAL.items() if not any(company.has(*source) for source in sources))
    people = frame.drop(columns=list(own))
    found = Recipients(people, queries.base(), unchecked, channel, unasked, _looker(company, as_of), add)
    return found.telling(wanted)


def _looker(company: Company, as_of: date) -> Callable[[str], frozenset[str]]:
    """Sign → the accounts that show it; each is asked for once. What the data cannot tell, nobody shows."""
    known: dict[str, frozenset[str]] = {}
    t = Tables(company.tables, company.definitions, as_of, company.has)

    def look(sign: str) -> frozenset[str]:
        if sign not in known:
            segments = [SEGMENTS[name] for name in SIGNS[sign]]
            found = [segment(t, as_of).select("account_id") for segment in segments if not segment.missing(t)]
            known[sign] = frozenset(str(one) for rows in found for one in company.run(rows).account_id)
        return known[sign]

    return look


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
    """The catalogue of offers: offer_id, type, terms, eligible_rule, valid_from, valid_to, countries; usual_price,
    offer_price and lowest_price (of the thirty days before it began) in the company's currency."""
    columns = ["offer_id", "type", "terms", "eligible_rule", "valid_from", "valid_to", "countries"]
    columns += ["usual_price", "offer_price", "lowest_price"]
    if not company.has("offers"):
        return pd.DataFrame({name: [] for name in columns})
    return company.run(company.tables["offers"].select(*columns).order_by("offer_id"))


def _settled(frame: pd.DataFrame, way: Way, seen_from: datetime) -> pd.DataFrame:
    """The merged frame in the form `COLUMNS` promises: no gaps but those that mean unknown."""
    yes = _flags(frame)
    _name_status(frame)
    _close(frame)
    frame["complained"] = yes("complained_before") | yes("complained_after")
    frame["held_out"] = yes("held_account_id") | yes("held_user_id") | yes("kept_back")
    did = [_moment(frame, name) for name in ("last_active_on", "clicked_at", "ordered_at", "created_at")]
    frame["last_contact_on"] = pd.concat(did, axis=1).max(axis=1)
    frame["signed_up_on"] = _moment(frame, "created_at")
    point, valid = _column(frame, "point_valid"), yes("point_valid")
    dead = pd.concat([_moment(frame, "bounced_at"), _moment(frame, "bounce_listed_at")], axis=1).max(axis=1)
    renewed = valid & (_moment(frame, "point_at") > dead)
    frame["bounced"] = (dead.notna() & ~renewed) | (point.notna() & ~valid)
    known = point.notna() if way.points and way.needed else pd.Series(data=True, index=frame.index)
    frame["reachable"] = _moment(frame, "last_active_on") >= seen_from if way.in_product else known
    number = _column(frame, "number_country")
    frame["number_country"] = number.where(number.notna(), _column(frame, "phone_country")) if way.points else None
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
    return frame[[*COLUMNS, "industry", "created_at"]].reset_index(drop=True)


def _name_status(frame: pd.DataFrame) -> None:
    """Who has no standing by a subscription is a customer by an order, else tried, else did neither."""
    status, bought = _column(frame, "status"), _moment(frame, "first_order_at")
    tried = _flags(frame)("tried").map({True: "trial", False: "never"})
    frame["since"] = _moment(frame, "since").where(status.notna(), bought)
    frame["status"] = status.where(status.notna(), tried.where(bought.isna(), "customer"))


def _close(frame: pd.DataFrame) -> None:
    """Stops on the channel, and on any: for ever, until the person consents anew to this channel."""
    yes = _flags(frame)
    consented = (_column(frame, "consent") == "granted") & (_column(frame, "consent_basis") == "consent")
    anew = _moment(frame, "consented_at").where(consented)

    def holds(*names: str) -> pd.Series:
        stop = pd.concat([_moment(frame, name) for name in names], axis=1).max(axis=1)
        return stop.notna() & ~(anew > stop)

    refused = _column(frame, "consent").isin(["denied", "withdrawn"])
    frame["opted_out"] = refused | yes("suppressed_before") | holds("unsubscribed_at", "stop_ran_out_at")
    frame["stopped"] = holds("withdrawn_at", "stop_listed_at", "unsubscribed_anywhere_at")


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="object", name=name)


def _moment(frame: pd.DataFrame, name: str) -> pd.Series:
    return pd.to_datetime(_column(frame, name)).astype("datetime64[us]")


def _flags(frame: pd.DataFrame) -> Callable[[str], pd.Series]:
    """A column of 0, 1, True, False and nothing as plain booleans."""
    return lambda name: _column(frame, name).map(lambda value: bool(value == 1)).astype("bool")
