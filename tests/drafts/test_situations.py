"""Situations that a marketer would meet, each with the verdict it must have, whatever else the rules are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from bot.drafting import Policy
from bot.drafting.audience import Aim, Screened, screen
from bot.types import Definitions
from tests.drafts.conftest import AS_OF, made_people


def ago(days: int) -> pd.Timestamp:
    return pd.Timestamp(AS_OF) - pd.Timedelta(days=days)


LEFT = {"status": "former", "churned_on": ago(60), "reason": "price", "last_contact_on": ago(70)}
FRENCH = {"country": "FR", "language": "fr", "zone": "Europe/Paris", "region": "Bretagne"}

SITUATIONS: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "a lapsed customer with two open tickets, asked to come back": (
        "SUP-04", "DT12", "STG-06", {"open_tickets": 2}, {}),
    "a Canadian eight months after a trial": (
        "LEG-12", "DT21", "STG-03", {"status": "trial", "since": pd.NaT, "country": "CA", "trial_ended_on": ago(243),
                                     "last_contact_on": ago(100), "consent": None}, {}),
    "a Frenchwoman who clicked last three years and two months ago, and opened last week": (
        "LEG-13", "DT23", "STG-11", {**LEFT, **FRENCH, "churned_on": ago(300), "last_contact_on": ago(1155)}, {}),
    "a text to Florida at half past eight in the evening": (
        "LEG-16", "DT12", "STG-06", {"region": "Florida"},
        {"channel": "sms", "send_at": datetime(2026, 11, 11, 1, 30)}),
    "a customer who left 26 months ago": (
        "FRQ-12", "DT23", "STG-11", {**LEFT, "churned_on": ago(791)}, {}),
    "a fifth message in thirty days": (
        "FRQ-01", "DT12", "STG-06", {"messages_30": 4, "messages_7": 1}, {}),
    "an offer to somebody who cancelled yesterday": (
        "SUP-11", "DT23", "STG-11", {**LEFT, "churned_on": ago(1)}, {}),
    "a WhatsApp template to a number in New York": (
        "CHN-01", "DT12", "STG-06", {"number_country": "US"}, {"channel": "whatsapp"}),
    "a referral asked of somebody who gave a four last week": (
        "SUP-13", "DT31", "STG-18", {"nps_30": 4.0, "activated": True}, {}),
    "an invitation of team mates in the first session": (
        "STG-01-ASK", "DT09", "STG-04", {"since": ago(0), "signed_up_on": ago(0), "last_active_on": ago(0)}, {}),
    "a Polish company contact who never consented": (
        "LEG-02", "DT12", "STG-06", {"country": "PL", "consent": None}, {}),
    "a man whose country nobody knows": (
        "LEG-01", "DT12", "STG-06", {"country": None}, {}),
    "a push to somebody who allowed emails only": (
        "LEG-02", "DT12", "STG-06", {**FRENCH, "consent": None}, {"channel": "push"}),
    "an American who wrote STOP to a text, by email": (
        "LEG-04", "DT12", "STG-06", {"stopped": True}, {}),
}  # fmt: skip


@pytest.fixture
def verdict(policy: Policy, releases: pd.DataFrame) -> Any:
    def found(kind: str, stage: str, *people: dict[str, Any], channel: str = "email", **more: Any) -> Screened:
        aim = replace(Aim(policy.kinds[kind], stage, AS_OF, Definitions(), policy, releases), **more)
        return screen(made_people(*people, channel=channel), aim, ("en", "fr", "pl"))

    return found


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nobody_gets_a_draft_in_such_a_situation(situation: str, verdict: Any) -> None:
    rule, kind, stage, person, draft = SITUATIONS[situation]
    assert verdict(kind, stage, person, **draft).counts == {rule: 1}


def test_trials_and_lapsed_customers_are_two_audiences(verdict: Any) -> None:
    trial = {"status": "trial", "trial_ended_on": ago(20), "since": pd.NaT}
    assert verdict("DT12", "STG-06", trial, {}).mixed


def test_the_farewell_is_what_somebody_who_cancelled_yesterday_may_get(verdict: Any) -> None:
    assert verdict("DT39", "STG-10", {**LEFT, "churned_on": ago(1), "last_contact_on": ago(1)}).counts == {}


def test_a_most_valuable_customer_whose_three_tickets_are_solved_gets_a_personal_word_or_nothing(verdict: Any) -> None:
    """The personal draft is then held for the person who signs it; no other kind reaches them."""
    person = {"vip": True, "at_risk": True, "tickets_30": 3}
    assert verdict("DT19", "STG-07", person).counts == {}
    assert verdict("DT12", "STG-06", person).counts == {"SUP-04": 1}
    assert verdict("DT19", "STG-07", {**person, "solved_tickets_7": 1}).counts == {"SUP-04": 1}
