"""The stages of a customer's life that texts speak to, each told from the data. ADD A STAGE: one entry of `STAGES`.

A stage that is not here, or that a company's data cannot tell, fits nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bot.drafting.aim import Facts, Test, reason_family

EARLY = "STG-02"
EARLY_DAYS = (3, 14)
"""Early inactivity: silent for so many days at least, and at most."""
RENEWAL_DAYS = 90
"""How long before the end of a paid term its renewal is a matter to write about."""


def just_cancelled(f: Facts) -> pd.Series:
    """People who have asked to leave, or left within two weeks."""
    return f.people.cancelling | (f.status("former") & (f.people.churned_on >= f.limit("just_cancelled")))


def first_steps(f: Facts) -> pd.Series:
    """New people in whose account nobody has reached a first result."""
    return f.new() & ~f.people.activated


def _early_silence(f: Facts) -> pd.Series:
    last = f.people[["last_active_on", "account_active_on", "signed_up_on"]].max(axis=1)
    silent, most = EARLY_DAYS
    return f.new() & (last < f.day(silent)) & (last >= f.day(most))


def _fading(f: Facts) -> pd.Series:
    """Use that has fallen, or a term that ends soon: both ask for a check-in and a look at the value."""
    ends = f.people.term_ends_on
    return f.status("customer") & (f.sign("fading") | ((ends >= f.day(0)) & (ends <= f.day(-RENEWAL_DAYS))))


def _vip_at_risk(f: Facts) -> pd.Series:
    return f.status("customer") & f.sign("vip") & (f.sign("at_risk") | (f.people.tickets_30 > 0))


def _unpaid(f: Facts) -> pd.Series:
    left = f.status("former") & (f.people.unpaid | (reason_family(f.people.reason) == "payment failure"))
    return f.people.past_due | left


def _left_for(*reasons: str) -> Test:
    return lambda f: f.status("former") & reason_family(f.people.reason).isin(reasons)


def _customer_with(sign: str) -> Test:
    return lambda f: f.status("customer") & f.sign(sign)


STAGES: Mapping[str, Test] = {
    "STG-01": first_steps,
    EARLY: _early_silence,
    "STG-03": lambda f: f.status("trial") & (f.people.trial_ended_on < f.day(0)),
    "STG-04": _customer_with("narrow"),
    "STG-05": _fading,
    "STG-06": lambda f: f.status("customer") & f.unused_for(f.aim.definitions.inactive_days),
    "STG-07": _vip_at_risk,
    "STG-08": lambda f: f.people.open_tickets > 0,
    "STG-09": lambda f: f.status("customer") & f.people.cancelling,
    "STG-10": just_cancelled,
    "STG-11": _left_for("price"),
    "STG-12": _left_for("missing feature"),
    "STG-13": _left_for("bug", "service"),
    "STG-14": _unpaid,
    "STG-15": _customer_with("one_order"),
    "STG-16": _customer_with("overdue"),
    "STG-17": lambda f: f.status("customer") & f.unused_for(f.aim.definitions.dormant_days),
    "STG-18": _customer_with("devoted"),
    "STG-19": _customer_with("unused_deliveries"),
    "customer": lambda f: f.status("customer"),
    "former": lambda f: f.status("former"),
}
"""Stage → who stands in it."""


def in_stage(f: Facts) -> pd.Series:
    """People who stand in the stage that the text is for, and whom its kind may go to."""
    test = STAGES.get(f.aim.stage)
    return f.nobody() if test is None else test(f) & f.status(*f.aim.kind.to)
