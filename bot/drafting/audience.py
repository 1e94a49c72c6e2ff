"""Who of the chosen people may get the draft, and for which first reason each of the others may not.

The reasons are rule ids, tried in the order of `SCREENS`; a person counts once, under the first that
holds, so that before = all reasons + other languages + after. A reason that cannot be checked for
want of data is not passed in silence: see `Recipients.unchecked`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from babel import Locale

from bot.analysis.recipient_facts import suits
from bot.analysis.recipients import Recipients
from bot.drafting.aim import Aim, Facts
from bot.drafting.policy import Policy
from bot.drafting.screens import SCREENS
from bot.drafting.stages import STAGES, in_stage

__all__ = ["SCREENS", "STAGES", "Aim", "Screened", "everybody", "screen"]

YOU_ASKED = ("STG-12",)
"""Stages whose texts say that a wish was granted."""

_TERRITORIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha())


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
    tried: tuple[str, ...] = ()
    """The rules that are about such a draft."""

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


def everybody(recipients: Recipients, aim: Aim) -> Screened:
    """The people whom a page or a post is meant for: anybody may see it, and nobody is written to."""
    people = recipients.people.copy()
    people["language"] = _language(people, aim.policy)
    reasons = pd.Series("", index=people.index, dtype="object")
    return Screened(people, reasons, mixed=False, late=0, in_stage=len(people))


def screen(recipients: Recipients, aim: Aim, written: Collection[str]) -> Screened:
    """Try every rule on every person; `written` are the languages in which the text exists."""
    people = recipients.people.copy()
    people["country"], people["number_country"] = _country(people.country), _country(people.number_country)
    people["language"] = _language(people, aim.policy)
    people["news"] = _news(people, aim.releases, asked=aim.stage in YOU_ASKED)
    facts = Facts(people, aim, recipients, frozenset(written))
    tried = {rule: one for rule, one in SCREENS.items() if one.tried(aim)}
    hits = [one.test(facts).to_numpy(dtype=bool) for one in tried.values()]
    reasons = pd.Series(np.select(hits, list(tried), default=""), index=people.index, dtype="object")
    late = facts.left_before(aim.policy.days("former_hold")) & (reasons == "")
    return Screened(people, reasons, _mixed(facts), int(late.sum()), int(in_stage(facts).sum()), tuple(tried))


def _country(column: pd.Series) -> pd.Series:
    """Real ISO codes in capitals; anything else is no country."""
    codes = column.fillna("").astype("str").str.strip().str.upper()
    return codes.astype("object").where(codes.isin(_TERRITORIES), None)


def _language(people: pd.DataFrame, policy: Policy) -> pd.Series:
    """The stated language, else the usual one of the country; never guessed from a name."""
    stated = people.language.fillna("").astype("str").str.lower().str.slice(0, 2)
    usual = people.country.map({code: policy.country(code).language for code in people.country.dropna().unique()})
    chosen = stated.astype("object").where(stated.str.len() == 2, usual)
    return chosen.fillna("")


def _news(people: pd.DataFrame, releases: pd.DataFrame, *, asked: bool) -> pd.Series:
    """What was released since each person was last active or left, and is for their plan; newest first.

    With `asked` only what answers a request of theirs: nobody hears "you asked" who did not.
    """
    rows = [
        (str(name), released, audience, str(tag))
        for name, released, audience, tag in releases[["name", "released_at", "audience", "tag"]]
        .fillna({"audience": "", "tag": ""})
        .sort_values("released_at", ascending=False)
        .itertuples(index=False)
    ]
    known = people[["last_active_on", "churned_on"]].max(axis=1).fillna(people.last_contact_on)
    found = [
        tuple(
            name
            for name, released, audience, tag in rows
            if released > last and suits(audience, plan, code) and (not asked or tag in wishes.split("\n"))
        )
        for last, plan, code, wishes in zip(known, people.plan, people.plan_id, people.asked_for, strict=True)
    ]
    return pd.Series(found, index=people.index, dtype="object")


def _mixed(f: Facts) -> bool:
    tried = f.status("trial")
    idle = f.status("customer") & f.unused_for(f.aim.definitions.inactive_days) & ~f.new()
    return bool(tried.any() and (f.status("former") | idle).any())
