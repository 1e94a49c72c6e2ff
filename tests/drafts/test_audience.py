"""Who may get a draft: each rule by itself, their order, and what holds of every population."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.recipients import Recipients
from bot.drafting import Policy
from bot.drafting.audience import SCREENS, STAGES, Aim, Screened, screen
from bot.types import Definitions
from tests.drafts.conftest import AS_OF, made_people

Screen = Callable[..., Screened]
DAY = pd.Timestamp(AS_OF)


def ago(days: int) -> pd.Timestamp:
    return DAY - pd.Timedelta(days=days)


@pytest.fixture(scope="module")
def screened(policy: Policy, releases: pd.DataFrame) -> Screen:
    """Screen people for a draft type and a stage, written in English and French unless said otherwise."""

    def run(
        recipients: Recipients,
        kind: str = "DT12",
        stage: str = "STG-06",
        written: tuple[str, ...] = ("en", "fr"),
        as_of: date = AS_OF,
    ) -> Screened:
        aim = Aim(policy.kinds[kind], stage, as_of, Definitions(), policy, releases)
        return screen(recipients, aim, written)

    return run


FORMER = {"status": "former", "churned_on": ago(60), "reason": "missing_feature", "last_contact_on": ago(70)}
ONE_RULE: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("SUP-01", {"opted_out": True}, {}),
    ("SUP-02", {"complained": True}, {}),
    ("SUP-03", {"bounced": True}, {}),
    ("SUP-04", {"open_tickets": 1}, {}),
    ("SUP-04", {"solved_tickets_7": 1}, {}),
    ("SUP-04", {"tickets_30": 2}, {}),
    ("SUP-05", {"incident": True}, {}),
    ("SUP-06", {"dispute": True}, {}),
    ("SUP-07", {"past_due": True}, {}),
    ("FRQ-01", {"messages_1": 1, "messages_7": 1, "messages_30": 1}, {}),
    ("FRQ-01", {"messages_7": 2, "messages_30": 2}, {}),
    ("FRQ-01", {"messages_30": 4}, {}),
    ("SUP-09", {"last_active_on": ago(3)}, {}),
    ("SUP-09", {"account_active_on": ago(3)}, {}),
    ("LEG-12", {**FORMER, "country": "CA", "churned_on": ago(731), "consent_basis": "contract"}, {"kind": "DT22"}),
    ("LEG-12", {"status": "trial", "country": "CA", "trial_ended_on": ago(240), "consent": None},
     {"kind": "DT21", "stage": "STG-03"}),
    ("LEG-13", {**FORMER, "country": "FR", "language": "fr", "churned_on": ago(400), "last_contact_on": ago(1155)},
     {"kind": "DT22", "stage": "STG-12"}),
    ("FRQ-12", {**FORMER, "churned_on": ago(790)}, {"kind": "DT22", "stage": "STG-12"}),
    ("FRQ-12", {"last_contact_on": ago(731), "last_active_on": ago(731), "account_active_on": ago(731)}, {}),
    ("FRQ-12", {"last_contact_on": pd.NaT}, {}),
    ("FRQ-11", {"last_contact_on": ago(200), "last_active_on": ago(200), "account_active_on": ago(200)}, {}),
    ("SUP-11", {"cancelling": True}, {}),
    ("SUP-11", {**FORMER, "churned_on": ago(3)}, {"kind": "DT22", "stage": "STG-12"}),
    ("SUP-12", {**FORMER, "reason": "closed business"}, {"kind": "DT22", "stage": "STG-12"}),
    ("SUP-15", {"held_out": True}, {}),
    ("SUP-16", {"is_role_address": True}, {}),
    ("SUP-16", {"is_test": True}, {}),
    ("SUP-17", {"birth_year": 2009.0}, {}),
    ("SUP-19", {"paused": True}, {}),
    ("FRQ-10", {"surveys_90": 1}, {"kind": "DT18", "stage": "STG-06"}),
    ("LEG-01", {"country": None}, {}),
    ("LEG-01", {"country": "??"}, {}),
    ("LEG-02", {"country": "PL", "consent_basis": "soft_opt_in"}, {}),
    ("LEG-02", {"country": "FR", "consent": None}, {}),
    ("LEG-02", {"country": "FR", "consent_basis": "legitimate_interest"}, {}),
    ("LEG-02", {"country": "DE", "consent": "expired"}, {}),
    ("LEG-02", {"country": "IT", "consent": None}, {}),
    ("LEG-02", {"country": "JP", "consent_basis": "soft_opt_in"}, {}),
    ("STG", {**FORMER}, {}),
    ("STG", {"status": "trial", "trial_ended_on": ago(20)}, {}),
    ("STG", {**FORMER, "reason": "price"}, {"kind": "DT22", "stage": "STG-12"}),
    ("CON-07", {"last_active_on": ago(31), "account_active_on": ago(31), "plan_id": "pro", "plan": "Pro"}, {}),
    ("LOC-01", {"language": "pl"}, {}),
    ("LOC-01", {"language": None, "country": "PL"}, {}),
]  # fmt: skip
"""The rule, the person it holds back, and the draft where it is not the usual one."""


@pytest.mark.parametrize(("rule", "person", "draft"), ONE_RULE, ids=lambda value: str(value)[:40])
def test_each_rule_holds_back_the_person_it_is_about(
    rule: str, person: dict[str, Any], draft: dict[str, str], screened: Screen
) -> None:
    assert screened(made_people(person), **draft).counts == {rule: 1}


def test_every_rule_that_can_fire_is_tried_here() -> None:
    """What hangs on the text (a fact that it states, an offer, a favour it asks) is tried in test_draft."""
    assert set(SCREENS) - {rule for rule, *_ in ONE_RULE} == {"SUP-13", "FACT", "OFF-02"}


ALLOWED: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}),
    ({"tickets_30": 1, "messages_7": 1, "messages_30": 3}, {}),
    ({"country": "US", "consent": None}, {}),
    ({"country": "FR", "language": "fr", "consent_basis": "soft_opt_in"}, {}),
    ({"country": "CA", "consent": None}, {}),
    ({"language": None, "country": "FR"}, {}),
    ({**FORMER}, {"kind": "DT22", "stage": "STG-12"}),
    ({"cancelling": True}, {"kind": "DT39", "stage": "STG-10"}),
    ({**FORMER, "churned_on": ago(3)}, {"kind": "DT39", "stage": "STG-10"}),
    ({"status": "trial", "country": "CA", "trial_ended_on": ago(100), "consent": None, "last_contact_on": ago(100)},
     {"kind": "DT21", "stage": "STG-03"}),
    ({"last_contact_on": ago(200), "last_active_on": ago(200), "account_active_on": ago(200)},
     {"kind": "DT18", "stage": "STG-17"}),
]  # fmt: skip


@pytest.mark.parametrize(("person", "draft"), ALLOWED, ids=lambda value: str(value)[:40])
def test_whom_no_rule_is_about_may_get_it(person: dict[str, Any], draft: dict[str, str], screened: Screen) -> None:
    assert screened(made_people(person), **draft).counts == {}


def test_a_person_counts_once_under_the_first_rule(screened: Screen) -> None:
    outcome = screened(made_people({"opted_out": True, "open_tickets": 2, "country": None}, {"open_tickets": 1}, {}))
    assert outcome.counts == {"SUP-01": 1, "SUP-04": 1}
    assert outcome.languages == {"en": 1}


def test_people_of_another_language_wait_for_another_draft(screened: Screen) -> None:
    french = {"language": "fr", "country": "FR"}
    outcome = screened(made_people({}, french, french, {"language": "es", "country": "ES"}))
    assert outcome.languages == {"fr": 2, "en": 1}
    assert outcome.counts == {"LOC-01": 1}
    assert list(outcome.remaining("fr").user_id) == ["U1", "U2"]


def test_those_who_left_over_a_year_ago_are_counted_for_a_person_to_decide(screened: Screen) -> None:
    outcome = screened(made_people({**FORMER, "churned_on": ago(400)}, {**FORMER}), kind="DT22", stage="STG-12")
    assert outcome.late == 1
    assert outcome.counts == {}


def test_trials_beside_lapsed_customers_are_a_mixture(screened: Screen) -> None:
    trial = {"status": "trial", "trial_ended_on": ago(20), "since": pd.NaT}
    assert screened(made_people(trial, FORMER)).mixed
    assert screened(made_people(trial, {})).mixed
    new = {"since": ago(20), "last_active_on": ago(1), "account_active_on": ago(1)}
    assert not screened(made_people(trial, new)).mixed
    assert not screened(made_people(FORMER, {})).mixed


def test_news_are_those_released_since_and_for_the_plan(screened: Screen) -> None:
    business = {"plan": "Business", "plan_id": "business"}
    outcome = screened(made_people({}, business, {"last_active_on": pd.Timestamp("2025-01-01")}))
    assert list(outcome.people.news) == [
        ("Calendar sync",),
        ("Business forms", "Calendar sync"),
        ("Calendar sync", "Timesheets"),
    ]


def test_you_asked_goes_only_to_those_who_did(screened: Screen) -> None:
    """Among former customers for whom a feature was missing, those whose own wish was shipped since."""
    others = made_people(FORMER, {**FORMER, "asked_for": "dark_mode"}, {**FORMER, "asked_for": ""})
    outcome = screened(others, kind="DT22", stage="STG-12")
    assert list(outcome.reasons) == ["", "CON-07", "CON-07"]
    assert outcome.people.news[0] == ("Calendar sync",)


def test_a_stage_that_nobody_can_compute_fits_nobody(screened: Screen) -> None:
    assert "STG-07" not in STAGES
    assert screened(made_people({}), stage="STG-07").counts == {"STG": 1}


days = st.integers(min_value=0, max_value=1500).map(ago)
person = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["customer", "former", "trial", "never"]),
        "country": st.sampled_from(["US", "CA", "FR", "ES", "PL", "DE", "IT", "JP", "", "XX", "fr", None]),
        "language": st.sampled_from(["en", "fr", "es", "pl", "de", "", None]),
        "consent": st.sampled_from(["granted", "denied", "withdrawn", "expired", None]),
        "consent_basis": st.sampled_from(["consent", "soft_opt_in", "contract", None]),
        "reason": st.sampled_from(["price", "missing_feature", "bug", "closed business", None]),
        "churned_on": days,
        "last_active_on": days,
        "last_contact_on": days,
        "trial_ended_on": days,
        "open_tickets": st.integers(0, 2),
        "messages_1": st.integers(0, 2),
        "messages_30": st.integers(0, 6),
        "opted_out": st.booleans(),
        "complained": st.booleans(),
        "held_out": st.booleans(),
    },
)


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(person, min_size=1, max_size=40),
    draft=st.sampled_from(
        [("DT12", "STG-06"), ("DT19", "STG-05"), ("DT22", "STG-12"), ("DT01", "STG-01"), ("DT39", "STG-10")]
    ),
)
def test_nobody_remains_whom_the_rules_protect(
    rows: list[dict[str, Any]], draft: tuple[str, str], screened: Screen
) -> None:
    """Open ticket, opt-out, complaint, a message yesterday, two years of silence, an unknown country: never."""
    outcome = screened(made_people(*rows), *draft)
    left = outcome.people[outcome.reasons == ""]
    assert len(outcome.people) == len(left) + sum(outcome.counts.values())
    assert len(left) == sum(outcome.languages.values())
    for row in left.to_dict("records"):
        assert not (row["open_tickets"])
        assert not (row["opted_out"])
        assert not (row["complained"])
        assert not (row["held_out"])
        assert row["messages_1"] == 0
        assert row["messages_30"] < 4
        assert row["last_contact_on"] >= ago(730)
        assert not (row["status"] == "former" and row["churned_on"] < ago(730))
        assert row["country"] in {"US", "CA", "FR", "ES", "PL", "DE", "IT", "JP"}
        assert row["language"] in {"en", "fr"}
        if row["country"] in {"PL", "DE", "JP"}:
            assert row["consent"] == "granted"
            assert row["consent_basis"] in ("consent", None)
        if row["country"] in {"FR", "ES", "IT"}:
            assert row["consent"] == "granted"
