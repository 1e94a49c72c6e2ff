"""Who of the chosen people may get the draft, and for which first reason each of the others may not.

The reasons are rule ids, tried in the order of `SCREENS`; a person counts once, under the first that
holds, so that before = all reasons + other languages + after. A reason that cannot be checked for
want of data is not passed in silence: see `Recipients.unchecked`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from babel import Locale

from bot.analysis.recipients import Recipients
from bot.drafting.policy import Kind, Law, Policy
from bot.types import Definitions

NEVER_AGAIN = ("closed business", "business closed", "deceased", "never contact", "abuse", "fraud")
PLAN_FOR_ALL = ("", "all", "everyone", "everybody")
ADULT = 18
YOU_ASKED = ("STG-12",)
"""Stages whose texts say that a wish was granted."""

_TERRITORIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


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


@dataclass(frozen=True)
class Screened:
    """The outcome: one rule id a person (empty = may get it), and the people with what was found."""

    people: pd.DataFrame
    """The recipients with `language` settled and `news`, the names released since they were last active."""
    reasons: pd.Series
    mixed: bool
    """True where people who never paid stand beside people who lapsed: no text suits both."""
    late: int
    """Remaining people who left so long ago that a person must decide."""
    in_stage: int
    """People who stand in the stage the text is for, whatever else holds them back."""

    def remaining(self, language: str) -> pd.DataFrame:
        """The people who may get it and read this language."""
        return self.people[(self.reasons == "") & (self.people.language == language)]

    @property
    def languages(self) -> dict[str, int]:
        """Remaining people by language, most first."""
        counts = self.people.language[self.reasons == ""].value_counts().sort_index()
        return {str(code): int(n) for code, n in counts.sort_values(ascending=False, kind="stable").items()}

    @property
    def counts(self) -> dict[str, int]:
        """People held back by first reason, in the order in which the rules were tried."""
        found = self.reasons.value_counts()
        return {rule: int(found[rule]) for rule in SCREENS if found.get(rule, 0)}


def screen(recipients: Recipients, aim: Aim, written: Collection[str]) -> Screened:
    """Try every rule on every person; `written` are the languages in which the text exists."""
    people = recipients.people.copy()
    people["country"] = _country(people.country)
    laws = {code: aim.policy.law(code) for code in people.country.dropna().unique()}
    people["language"] = _language(people, laws)
    people["news"] = _news(people, aim.releases, asked=aim.stage in YOU_ASKED)
    facts = _Facts(people, aim, laws, frozenset(written))
    hits = [test(facts).to_numpy(dtype=bool) for test in SCREENS.values()]
    reasons = pd.Series(np.select(hits, list(SCREENS), default=""), index=people.index, dtype="object")
    late = facts.left_before(aim.policy.days("former_hold")) & (reasons == "")
    return Screened(people, reasons, _mixed(facts), int(late.sum()), int((~_other_stage(facts)).sum()))


def reason_family(reason: pd.Series) -> pd.Series:
    """Reasons to leave in the words of the canonical list: lower case, spaces for underscores."""
    return reason.fillna("").astype("str").str.lower().str.replace("_", " ", regex=False)


@dataclass(frozen=True)
class _Facts:
    """The people and the day, with the comparisons that several rules share."""

    people: pd.DataFrame
    aim: Aim
    laws: Mapping[str, Law]
    written: frozenset[str]

    def day(self, days: int) -> pd.Timestamp:
        return pd.Timestamp(self.aim.as_of - timedelta(days=days))

    def limit(self, name: str) -> pd.Timestamp:
        return self.day(self.aim.policy.days(name))

    def status(self, *names: str) -> pd.Series:
        return self.people.status.isin(names)

    def left_before(self, days: int) -> pd.Series:
        return self.status("former") & (self.people.churned_on < self.day(days))

    def unused_for(self, days: int) -> pd.Series:
        """Neither they nor anybody of their account used the product in these days."""
        p = self.people
        last = p[["last_active_on", "account_active_on"]].max(axis=1)
        return last.isna() | (last < self.day(days))

    def consented(self, *bases: str) -> pd.Series:
        """A recorded consent that holds; one without a basis is a plain consent."""
        p = self.people
        return (p.consent == "granted") & p.consent_basis.fillna("consent").isin(bases)

    def basis(self, name: str) -> pd.Series:
        """People whose country asks for this basis of people of their standing."""
        asked = [
            code is not None and getattr(self.laws[code], status) == name
            for code, status in zip(self.people.country, self.people.status, strict=True)
        ]
        return pd.Series(asked, index=self.people.index, dtype="bool")

    def without(self, *columns: str) -> pd.Series:
        """People of whom one of these is not known."""
        lacking = _nobody(self)
        for column in columns:
            known = self.people[column] if column in self.people else pd.Series(None, self.people.index, dtype="object")
            lacking |= known.isna() | known.map(lambda value: isinstance(value, str | tuple | list) and not value)
        return lacking

    def over(self, since: pd.Series, field: str) -> pd.Series:
        """People whose country's limit in days has run out since then; an unknown date counts as over."""
        limits = self.people.country.map(
            {code: getattr(law, field) for code, law in self.laws.items() if getattr(law, field) is not None}
        ).astype("float64")
        age = (pd.Timestamp(self.aim.as_of) - since).dt.days
        over: pd.Series = limits.notna() & (age.isna() | (age > limits))
        return over


def _too_often(f: _Facts) -> pd.Series:
    caps: Mapping[str, int] = f.aim.policy.channels["frequency"]
    p = f.people
    often: pd.Series = p.messages_1 >= caps["day"]
    return often | (p.messages_7 >= caps["week"]) | (p.messages_30 >= caps["month"])


def _canada(f: _Facts) -> pd.Series:
    """A relation is no consent for ever; an express consent is."""
    former = f.status("former") & f.over(f.people.churned_on, "former_days")
    trial = f.status("trial") & f.over(f.people.trial_ended_on, "trial_days")
    return (former | trial) & ~f.consented("consent")


def _gone(f: _Facts) -> pd.Series:
    """Left, or silent, too long ago; of unknown date counts as too long."""
    limit = f.limit("gone")
    left = f.status("former") & ~(f.people.churned_on >= limit)
    return left | ~(f.people.last_contact_on >= limit)


def _silent(f: _Facts) -> pd.Series:
    if f.aim.kind.last_choice:
        return _nobody(f)
    return ~f.status("former") & ~(f.people.last_contact_on >= f.limit("sunset"))


def _just_cancelled(f: _Facts) -> pd.Series:
    return f.people.cancelling | (f.status("former") & (f.people.churned_on >= f.limit("just_cancelled")))


def _no_basis(f: _Facts) -> pd.Series:
    soft = f.basis("soft_opt_in") & ~f.consented("consent", "soft_opt_in")
    return soft | (f.basis("consent") & ~f.consented("consent"))


def _minor(f: _Facts) -> pd.Series:
    return f.people.birth_year > f.aim.as_of.year - ADULT - 1


def _other_stage(f: _Facts) -> pd.Series:
    fits = STAGES.get(f.aim.stage, _nobody)(f)
    return ~(fits & f.status(*f.aim.kind.to))


def _when(condition: Callable[[_Facts], bool], test: Callable[[_Facts], pd.Series]) -> Callable[[_Facts], pd.Series]:
    """A rule that holds for some kinds of draft only."""
    return lambda f: test(f) if condition(f) else _nobody(f)


def _nobody(f: _Facts) -> pd.Series:
    return pd.Series(data=False, index=f.people.index, dtype="bool")


SCREENS: Mapping[str, Callable[[_Facts], pd.Series]] = {
    "SUP-01": lambda f: f.people.opted_out,
    "SUP-02": lambda f: f.people.complained,
    "SUP-03": lambda f: f.people.bounced,
    "SUP-04": lambda f: (f.people.open_tickets > 0) | (f.people.solved_tickets_7 > 0) | (f.people.tickets_30 > 1),
    "SUP-05": lambda f: f.people.incident,
    "SUP-06": lambda f: f.people.dispute,
    "SUP-07": lambda f: f.people.past_due,
    "FRQ-01": _too_often,
    "SUP-09": _when(lambda f: f.aim.kind.inactive, lambda f: ~f.unused_for(f.aim.definitions.inactive_days)),
    "LEG-12": _canada,
    "LEG-13": lambda f: f.status("former") & f.over(f.people.last_contact_on, "last_contact_days"),
    "FRQ-12": _gone,
    "FRQ-11": _silent,
    "SUP-11": _when(lambda f: not f.aim.kind.farewell, _just_cancelled),
    "SUP-12": lambda f: f.status("former") & reason_family(f.people.reason).isin(NEVER_AGAIN),
    "SUP-13": _when(lambda f: f.aim.kind.ask, lambda f: f.people.nps_30 <= 6),
    "SUP-15": lambda f: f.people.held_out,
    "SUP-16": lambda f: f.people.is_test | f.people.is_role_address,
    "SUP-17": _minor,
    "SUP-19": lambda f: f.people.paused,
    "FRQ-10": _when(lambda f: f.aim.kind.survey, lambda f: f.people.surveys_90 > 0),
    "LEG-01": lambda f: f.people.country.isna(),
    "LEG-02": _no_basis,
    "STG": _other_stage,
    "FACT": lambda f: f.without(*f.aim.needs),
    "OFF-02": _when(lambda f: bool(f.aim.countries), lambda f: ~f.people.country.isin(f.aim.countries)),
    "CON-07": _when(lambda f: f.aim.kind.news, lambda f: f.people.news.str.len() == 0),
    "LOC-01": lambda f: ~f.people.language.isin(f.written),
}
"""Rule id → who it holds back, in the order in which they are tried."""

STAGES: Mapping[str, Callable[[_Facts], pd.Series]] = {
    "STG-01": lambda f: f.status("trial", "never") | (f.people.since >= f.limit("new")),
    "STG-02": lambda f: (f.status("trial", "never") | (f.people.since >= f.limit("new"))) & f.unused_for(3),
    "STG-03": lambda f: f.status("trial") & (f.people.trial_ended_on < f.day(0)),
    "STG-04": lambda f: f.status("customer"),
    "STG-05": lambda f: f.status("customer"),
    "STG-06": lambda f: f.status("customer") & f.unused_for(f.aim.definitions.inactive_days),
    "STG-10": _just_cancelled,
    "STG-11": lambda f: f.status("former") & (reason_family(f.people.reason) == "price"),
    "STG-12": lambda f: f.status("former") & (reason_family(f.people.reason) == "missing feature"),
    "STG-13": lambda f: f.status("former") & reason_family(f.people.reason).isin(["bug", "service"]),
    "STG-17": lambda f: f.status("customer") & f.unused_for(f.aim.definitions.dormant_days),
    "STG-18": lambda f: f.status("customer"),
    "former": lambda f: f.status("former"),
}
"""Stage → who stands in it, told from the data; a stage that is not here fits nobody."""


def _country(column: pd.Series) -> pd.Series:
    """Real ISO codes in capitals; anything else is no country."""
    codes = column.fillna("").astype("str").str.strip().str.upper()
    return codes.astype("object").where(codes.isin(_TERRITORIES), None)


def _language(people: pd.DataFrame, laws: Mapping[str, Law]) -> pd.Series:
    """The stated language, else the usual one of the country; never guessed from a name."""
    stated = people.language.fillna("").astype("str").str.lower().str.slice(0, 2)
    usual = people.country.map({code: law.language for code, law in laws.items()})
    chosen = stated.astype("object").where(stated.str.len() == 2, usual)
    return chosen.fillna("")


def _news(people: pd.DataFrame, releases: pd.DataFrame, *, asked: bool) -> pd.Series:
    """What was released since each person was last active or left, and is for their plan; newest first.

    With `asked` only what answers a request of theirs: nobody hears "you asked" who did not.
    """
    rows = [
        (str(name), released, [part.strip().lower() for part in audience.split(",")], str(tag))
        for name, released, audience, tag in releases[["name", "released_at", "audience", "tag"]]
        .fillna({"audience": "", "tag": ""})
        .sort_values("released_at", ascending=False)
        .itertuples(index=False)
    ]
    known = people[["last_active_on", "churned_on"]].max(axis=1).fillna(people.last_contact_on)
    found = [
        tuple(
            name
            for name, released, plans, tag in rows
            if released > last
            and (plans[0] in PLAN_FOR_ALL or not {str(plan).lower(), str(code).lower()}.isdisjoint(plans))
            and (not asked or tag in wishes.split("\n"))
        )
        for last, plan, code, wishes in zip(known, people.plan, people.plan_id, people.asked_for, strict=True)
    ]
    return pd.Series(found, index=people.index, dtype="object")


def _mixed(f: _Facts) -> bool:
    tried = f.status("trial")
    idle = f.status("customer") & f.unused_for(f.aim.definitions.inactive_days) & (f.people.since < f.limit("new"))
    return bool(tried.any() and (f.status("former") | idle).any())
