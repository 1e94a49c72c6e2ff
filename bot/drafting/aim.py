"""What a draft intends, and the people as its rules see them: the comparisons that several rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import pandas as pd

from bot.analysis.reach import CHANNELS, Way
from bot.analysis.recipients import Recipients
from bot.drafting.hours import BY_NUMBER, open_at, span, wheres
from bot.drafting.law import Law
from bot.drafting.policy import Kind, Policy
from bot.types import Definitions


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message went before: the campaigns of ours that carried it, and the people whom these wrote to."""

    campaigns: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Aim:
    """What a draft intends, as far as it decides who may get it."""

    kind: Kind
    stage: str
    as_of: date
    definitions: Definitions
    policy: Policy
    releases: pd.DataFrame
    """What may be told: name, released_at, audience, tag (see `recipients.shipped`)."""
    needs: tuple[str, ...] = ()
    """Columns without a value in which nobody can be written to: the text states it."""
    countries: frozenset[str] = frozenset()
    """Where the offer of the text holds; empty for everywhere."""
    sent: Sent = Sent()
    """To whom it went before, so that nobody gets it twice."""
    send_at: datetime | None = None
    """When it is to go out, as naive UTC; without one each person gets it at the first moment that suits."""
    competitors: frozenset[str] = frozenset()
    """Accounts that compete with us, by id or name, in small letters."""
    for_children: bool = False
    """The product is made for children, so that a person of unknown age may be one."""


@dataclass(frozen=True)
class Facts:
    """The people and the day."""

    people: pd.DataFrame
    aim: Aim
    recipients: Recipients
    written: frozenset[str]

    @cached_property
    def way(self) -> Way:
        """How the channel reaches somebody."""
        return CHANNELS[self.recipients.channel]

    @cached_property
    def laws(self) -> Mapping[str, Law]:
        """Country → its rules on the channel, for every country of the people and of their numbers."""
        codes = {*self.people.country.dropna(), *self.people.number_country.dropna()}
        return {code: self.aim.policy.law(code, self.recipients.channel) for code in codes}

    def day(self, days: int) -> pd.Timestamp:
        """The start of the day so many days before the as-of day."""
        return pd.Timestamp(self.aim.as_of - timedelta(days=days))

    def limit(self, name: str) -> pd.Timestamp:
        """The day on which a length of silence of the policy began."""
        return self.day(self.aim.policy.days(name))

    def since(self, when: pd.Series, name: str) -> pd.Series:
        """People for whom it is not yet so long ago, by a length of silence of the policy; nobody of no known day."""
        recent: pd.Series = when >= self.limit(name)
        return recent

    def status(self, *names: str) -> pd.Series:
        """People of one of these standings."""
        return self.people.status.isin(names)

    def sign(self, name: str) -> pd.Series:
        """People whose account shows a sign; see `recipients.SIGNS`."""
        return self.recipients.sign(name)

    def left_before(self, days: int) -> pd.Series:
        """Former customers who left longer ago than this."""
        return self.status("former") & (self.people.churned_on < self.day(days))

    def new(self) -> pd.Series:
        """People who have not paid, or not for long: the first steps may still be spoken of."""
        return self.status("trial", "never") | (self.people.since >= self.limit("new"))

    def unused_for(self, days: int) -> pd.Series:
        """Neither they nor anybody of their account used the product in these days."""
        last = self.people[["last_active_on", "account_active_on"]].max(axis=1)
        return last.isna() | (last < self.day(days))

    def consented(self, *bases: str) -> pd.Series:
        """A recorded consent that holds; one without a basis is a plain consent."""
        p = self.people
        return (p.consent == "granted") & p.consent_basis.fillna("consent").isin(bases)

    def basis(self, name: str) -> pd.Series:
        """People of whose standing their country, or that of their number, asks for this basis."""
        found = self._basis(self.people.country, name)
        return found | self._basis(self.people.number_country, name) if self.way.law in BY_NUMBER else found

    def _basis(self, countries: pd.Series, name: str) -> pd.Series:
        asked = [
            code is not None and getattr(self.laws[code], status) == name
            for code, status in zip(countries, self.people.status, strict=True)
        ]
        return pd.Series(asked, index=self.people.index, dtype="bool")

    def without(self, *columns: str) -> pd.Series:
        """People of whom one of these is not known."""
        lacking = self.nobody()
        for column in columns:
            known = self.people[column] if column in self.people else pd.Series(None, self.people.index, dtype="object")
            lacking |= known.isna() | known.map(lambda value: isinstance(value, str | tuple | list) and not value)
        return lacking

    def limits(self, field: str) -> pd.Series:
        """A number of each person's country, nothing where it has none."""
        known = {code: value for code, law in self.laws.items() if (value := getattr(law, field)) is not None}
        return self.people.country.map(known).astype("float64")

    def over(self, since: pd.Series, field: str) -> pd.Series:
        """People whose country's limit in days has run out since then; an unknown date counts as over."""
        limits = self.limits(field)
        age = (pd.Timestamp(self.aim.as_of) - since).dt.days
        over: pd.Series = limits.notna() & (age.isna() | (age > limits))
        return over

    def in_crisis(self) -> pd.Series:
        """People who live where marketing is to be silent now; the list is kept by people."""
        areas = {code: frozenset(map(str.casefold, self.aim.policy.country(code).crisis)) for code in self.laws}
        regions = self.people.region.fillna("").astype("str").str.strip().str.casefold()
        hit = [
            code is not None and not areas[code].isdisjoint({"*", region} if region else {"*"})
            for code, region in zip(self.people.country, regions, strict=True)
        ]
        return pd.Series(hit, index=self.people.index, dtype="bool")

    def competing(self) -> pd.Series:
        """People of an account that the company named as a competitor's."""
        named = self.aim.competitors
        p = self.people
        return p.account_id.str.casefold().isin(named) | p.company.fillna("").str.casefold().isin(named)

    def had(self) -> pd.Series:
        """People who got this very message: from us, or by a campaign of ours in the company's own data."""
        sent = self.aim.sent
        data = self.people.received.map(lambda ids: not sent.campaigns.isdisjoint(ids.split("\n")))
        got: pd.Series = self.people.user_id.isin(sent.people) | data.astype("bool")
        return got

    @cached_property
    def closed(self) -> pd.Series:
        """People to whom it would come outside their hours: at the moment that is fixed; without one, those who have
        no such hour in the coming days."""
        asked, moment = (
            [*wheres(self.people, self.aim.policy.areas, by_number=self.way.law in BY_NUMBER)],
            self.aim.send_at,
        )
        if moment is None:
            shut = {one: span(one, self.laws, self.day(0).to_pydatetime()) is None for one in set(asked)}
        else:
            shut = {one: not open_at(one, self.laws, moment) for one in set(asked)}
        return pd.Series([shut[one] for one in asked], index=self.people.index, dtype="bool")

    def nobody(self) -> pd.Series:
        """False for everybody."""
        return pd.Series(data=False, index=self.people.index, dtype="bool")


Test = Callable[[Facts], pd.Series]
"""(people) → True for those it is about."""


def reason_family(reason: pd.Series) -> pd.Series:
    """Reasons to leave in the words of the canonical list: lower case, spaces for underscores."""
    return reason.fillna("").astype("str").str.lower().str.replace("_", " ", regex=False)
