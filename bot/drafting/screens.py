"""The rules that hold a person back, by id, in the order in which they are tried. ADD A RULE: one entry of `SCREENS`.

A service message is owed to the customer: it needs no basis of marketing and counts in no cap, so that only the
rules marked `service` are tried on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from bot.drafting.aim import Aim, Facts, Test, reason_family
from bot.drafting.stages import EARLY, EARLY_DAYS, first_steps, in_stage, just_cancelled

NEVER_AGAIN = ("closed business", "business closed", "deceased", "never contact", "abuse", "fraud")
ADULT = 18
SUPPORT = "STG-08"
"""The stage of open issues: what support itself has to say of them."""
STOP_CLOSES_ALL = ("US",)
"""Countries in which a stop on one channel closes all of them for marketing."""
SEQUENCES = {"win_back": ("win_backs_60", "win_back"), "bring_back": ("re_engagements_30", "re_engagement")}
"""Objective → the messages of its sequences that a person got, and the limits of these."""


@dataclass(frozen=True)
class Screen:
    """One rule: whom it holds back, for which drafts it is tried, and whether service messages heed it."""

    test: Test
    when: Callable[[Aim], bool] = lambda _: True
    service: bool = False

    def tried(self, aim: Aim) -> bool:
        """Whether the rule is about such a draft."""
        return self.when(aim) and (self.service or not aim.kind.service)


def _tickets(f: Facts) -> pd.Series:
    """An open ticket, one solved this week, or several this month; of a VIP even one, but for a personal word."""
    p = f.people
    waiting = (p.open_tickets > 0) | (p.solved_tickets_7 > 0)
    if f.aim.kind.personal:
        return waiting | ((p.tickets_30 > 1) & ~f.sign("vip"))
    return waiting | (p.tickets_30 > 1) | ((p.tickets_30 > 0) & f.sign("vip"))


def _too_often(f: Facts) -> pd.Series:
    caps: Mapping[str, int] = f.aim.policy.channels["frequency"]
    p = f.people
    often: pd.Series = p.messages_1 >= caps["day"]
    return often | (p.messages_7 >= caps["week"]) | (p.messages_30 >= caps["month"])


def _too_soon(f: Facts) -> pd.Series:
    hours = f.aim.policy.caps["gap_hours"].get(f.way.word)
    if hours is None:
        return f.nobody()
    earliest = f.day(0) if f.aim.send_at is None else pd.Timestamp(f.aim.send_at)
    soon: pd.Series = f.people.channel_last_on > earliest - timedelta(hours=hours)
    return soon


def _channel_full(f: Facts) -> pd.Series:
    caps: Mapping[str, int] = f.aim.policy.caps["most"].get(f.way.word, {})
    full: pd.Series = f.people.channel_30 >= f.limits("calls_30")
    for column, cap in ((f.people.channel_7, caps.get("week")), (f.people.channel_30, caps.get("month"))):
        if cap is not None:
            full = full | (column >= cap)
    return full


def _sequence_over(f: Facts) -> pd.Series:
    column, name = SEQUENCES[f.aim.kind.objective]
    got: pd.Series = f.people[column]
    most = int(f.aim.policy.caps["sequence"][name]["messages"])
    return got >= most


def _oversold(f: Facts) -> pd.Series:
    over: pd.Series = f.people.touches_90.map(lambda touches: f.aim.policy.oversells(touches.split()))
    return over.astype("bool")


def _active_again(f: Facts) -> pd.Series:
    """Not silent for as long as the text takes for silence: days where they are new, weeks where they are not."""
    return ~f.unused_for(EARLY_DAYS[0] if f.aim.stage == EARLY else f.aim.definitions.inactive_days)


def _canada(f: Facts) -> pd.Series:
    """A relation is no consent for ever; an express consent is."""
    former = f.status("former") & f.over(f.people.churned_on, "former_days")
    trial = f.status("trial") & f.over(f.people.trial_ended_on, "trial_days")
    return (former | trial) & ~f.consented("consent")


def _gone(f: Facts) -> pd.Series:
    """Left, or silent, too long ago; of unknown date counts as too long."""
    limit = f.limit("gone")
    left = f.status("former") & ~(f.people.churned_on >= limit)
    return left | ~(f.people.last_contact_on >= limit)


def _silent(f: Facts) -> pd.Series:
    return ~f.status("former") & ~(f.people.last_contact_on >= f.limit("sunset"))


def _no_basis(f: Facts) -> pd.Series:
    soft = f.basis("soft_opt_in") & ~f.consented("consent", "soft_opt_in")
    return soft | (f.basis("consent") & ~f.consented("consent"))


def _protected(f: Facts) -> pd.Series:
    return (f.people.birth_year > f.aim.as_of.year - ADULT - 1) | f.people.vulnerable


def _hours(*groups: str, country: str | None = None) -> Test:
    """People for whom it would come outside their hours, by the rule of a group of channels in a country."""

    def test(f: Facts) -> pd.Series:
        if f.way.law not in groups:
            return f.nobody()
        return f.closed if country is None else f.closed & (f.people.country == country)

    return test


SCREENS: Mapping[str, Screen] = {
    "SUP-01": Screen(lambda f: f.people.opted_out),
    "LEG-04": Screen(lambda f: f.people.stopped & f.people.country.isin(STOP_CLOSES_ALL)),
    "SUP-02": Screen(lambda f: f.people.complained),
    "SUP-18": Screen(lambda f: f.people.restricted, service=True),
    "SUP-03": Screen(lambda f: f.people.bounced, service=True),
    "CHN-02": Screen(lambda f: ~f.people.reachable, service=True),
    "SUP-04": Screen(_tickets, when=lambda aim: not (aim.kind.service and aim.stage == SUPPORT), service=True),
    "SUP-05": Screen(lambda f: f.people.incident | f.since(f.people.incident_solved_on, "incident"), service=True),
    "SUP-06": Screen(lambda f: f.people.dispute | f.since(f.people.dispute_settled_on, "dispute"), service=True),
    "SUP-07": Screen(lambda f: f.people.past_due),
    "FRQ-05": Screen(Facts.had),
    "FRQ-01": Screen(_too_often),
    "FRQ-02": Screen(_too_soon),
    "FRQ-03": Screen(_channel_full),
    "FRQ-06": Screen(_sequence_over, when=lambda aim: aim.kind.objective in SEQUENCES),
    "FRQ-09": Screen(
        lambda f: f.people.win_backs_365 >= f.aim.policy.caps["sequence"]["win_back"]["a_year"],
        when=lambda aim: aim.kind.objective == "win_back",
    ),
    "FRQ-15": Screen(_oversold, when=lambda aim: aim.kind.sells),
    "SUP-09": Screen(_active_again, when=lambda aim: aim.kind.inactive),
    "LEG-12": Screen(_canada),
    "LEG-13": Screen(lambda f: f.status("former") & f.over(f.people.last_contact_on, "last_contact_days")),
    "FRQ-12": Screen(_gone),
    "FRQ-11": Screen(_silent, when=lambda aim: not aim.kind.last_choice),
    "SUP-11": Screen(just_cancelled, when=lambda aim: not aim.kind.farewell),
    "SUP-12": Screen(lambda f: f.status("former") & reason_family(f.people.reason).isin(NEVER_AGAIN), service=True),
    "SUP-13": Screen(lambda f: f.people.nps_30 <= 6, when=lambda aim: aim.kind.ask),
    "STG-01-ASK": Screen(first_steps, when=lambda aim: aim.kind.ask),
    "SUP-14": Screen(lambda f: f.people.in_talks),
    "SUP-15": Screen(lambda f: f.people.held_out),
    "SUP-16": Screen(lambda f: f.people.is_test | f.people.is_role_address, service=True),
    "SUP-16-RIVAL": Screen(Facts.competing, when=lambda aim: bool(aim.competitors)),
    "SUP-17": Screen(_protected, service=True),
    "LEG-19": Screen(lambda f: f.people.birth_year.isna(), when=lambda aim: aim.for_children),
    "SUP-19": Screen(lambda f: f.people.paused),
    "SUP-20": Screen(Facts.in_crisis),
    "FRQ-10": Screen(lambda f: f.people.surveys_90 > 0, when=lambda aim: aim.kind.survey),
    "LEG-01": Screen(lambda f: f.people.country.isna(), service=True),
    "CHN-01": Screen(lambda f: f.basis("closed")),
    "LEG-02": Screen(_no_basis),
    "STG": Screen(lambda f: ~in_stage(f), service=True),
    "FACT": Screen(lambda f: f.without(*f.aim.needs), when=lambda aim: bool(aim.needs), service=True),
    "OFF-02": Screen(lambda f: ~f.people.country.isin(f.aim.countries), when=lambda aim: bool(aim.countries)),
    "CON-07": Screen(lambda f: f.people.news.str.len() == 0, when=lambda aim: aim.kind.news),
    "LEG-16": Screen(_hours("sms", "push", "whatsapp", country="US")),
    "LEG-18": Screen(_hours("phone")),
    "FRQ-13": Screen(_hours("email", "sms", "push", "whatsapp")),
    "LOC-01": Screen(lambda f: ~f.people.language.isin(f.written), service=True),
}
"""Rule id → who it holds back, in the order in which they are tried."""
