"""Who may get a draft: each rule by itself, their order, and what holds of every population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.reach import CHANNELS
from bot.analysis.recipients import Recipients
from bot.drafting import Policy
from bot.drafting.aim import Sent
from bot.drafting.audience import SCREENS, STAGES, Aim, Screened, screen
from bot.types import Definitions
from tests.drafts.conftest import AS_OF, made_people

Screen = Callable[..., Screened]
DAY = pd.Timestamp(AS_OF)


def ago(days: float) -> pd.Timestamp:
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
        ask: bool = False,
        service: bool = False,
        channel: str | None = None,
        **more: Any,
    ) -> Screened:
        meant = policy.kinds[kind]
        if ask:
            meant = replace(meant, ask=True)
        if service:
            meant = replace(meant, service=True)
        aim = Aim(meant, stage, as_of, Definitions(), policy, releases)
        recipients = recipients if channel is None else replace(recipients, channel=channel)
        return screen(recipients, replace(aim, **more), written)

    return run


FORMER = {"status": "former", "churned_on": ago(60), "reason": "missing_feature", "last_contact_on": ago(70)}
ONE_RULE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
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
    rule: str, person: dict[str, Any], draft: dict[str, Any], screened: Screen
) -> None:
    assert screened(made_people(person), **draft).counts == {rule: 1}


FRENCH = {"country": "FR", "language": "fr", "zone": "Europe/Paris", "region": "Bretagne"}
BACK = {"kind": "DT22", "stage": "STG-12"}
CALL = {"kind": "DT19", "stage": "customer", "channel": "call"}
SOLD = {"kind": "DT36", "stage": "customer"}
ASKED = {"kind": "DT19", "stage": "customer", "ask": True}
EVENING, MORNING = datetime(2026, 11, 11, 1, 30), datetime(2026, 11, 10, 15, 30)
"""20:30 on 10 November, a Tuesday, and 10:30, both in New York."""

NEAR_MISSES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("LEG-04", {"stopped": True}, {**FRENCH, "stopped": True}, {}),
    ("SUP-05", {"incident_solved_on": ago(3)}, {"incident_solved_on": ago(3.1)}, {}),
    ("SUP-06", {"dispute_settled_on": ago(30)}, {"dispute_settled_on": ago(30.1)}, {}),
    ("SUP-18", {"restricted": True}, {}, {}),
    ("CHN-02", {"reachable": False}, {}, {"channel": "sms"}),
    ("FRQ-05", {"received": "spring\nsummer"}, {"received": "spring-2\nsummer"},
     {"sent": Sent(campaigns=frozenset({"spring"}))}),
    ("FRQ-05", {}, {}, {"sent": Sent(people=frozenset({"U0"}))}),
    ("FRQ-02", {"channel_last_on": ago(0.6)}, {"channel_last_on": ago(0.7)}, {}),
    ("FRQ-02", {"channel_last_on": ago(0.9)}, {"channel_last_on": ago(1.1)}, {"channel": "push"}),
    ("FRQ-03", {"channel_30": 4}, {"channel_30": 3}, {"channel": "sms"}),
    ("FRQ-03", {"channel_7": 2}, {"channel_7": 1}, {"channel": "push"}),
    ("FRQ-03", {**FRENCH, "channel_30": 4}, {**FRENCH, "channel_30": 3}, CALL),
    ("FRQ-06", {"re_engagements_30": 3}, {"re_engagements_30": 2}, {}),
    ("FRQ-06", {**FORMER, "win_backs_60": 4}, {**FORMER, "win_backs_60": 3}, BACK),
    ("FRQ-09", {**FORMER, "win_backs_365": 2}, {**FORMER, "win_backs_365": 1}, BACK),
    ("FRQ-15", {"touches_90": "offer"}, {}, SOLD),
    ("FRQ-15", {"touches_90": "newsletter DT16"}, {"touches_90": "newsletter DT16 untold"}, SOLD),
    ("FRQ-15", {"touches_90": "offer DT37"}, {"touches_90": "DT12"}, SOLD),
    ("SUP-13", {"nps_30": 4.0}, {"nps_30": 7.0}, ASKED),
    ("STG-01-ASK", {"since": ago(20)}, {"since": ago(20), "activated": True}, ASKED),
    ("SUP-09", {"since": ago(20), "last_active_on": ago(2), "account_active_on": ago(2)},
     {"since": ago(20), "last_active_on": ago(5), "account_active_on": ago(5)}, {"kind": "DT02", "stage": "STG-02"}),
    ("SUP-14", {"in_talks": True}, {}, {}),
    ("SUP-16-RIVAL", {"company": "Rival Ltd"}, {"company": "Rivals"}, {"competitors": frozenset({"rival ltd"})}),
    ("SUP-16-RIVAL", {}, {}, {"competitors": frozenset({"a0"})}),
    ("SUP-17", {"vulnerable": True}, {}, {}),
    ("LEG-19", {"birth_year": float("nan")}, {"birth_year": 1980.0}, {"for_children": True}),
    ("CHN-01", {}, {"country": "CA"}, {"channel": "whatsapp"}),
    ("CHN-01", {**FRENCH, "number_country": "US"}, {**FRENCH}, {"channel": "whatsapp"}),
    ("LEG-02", {"consent": None}, {}, {"channel": "sms"}),
    ("LEG-02", {**FRENCH, "consent_basis": "soft_opt_in"}, {**FRENCH}, {"channel": "push"}),
    ("LEG-02", {**FRENCH, "country": "PL", "consent_basis": "soft_opt_in"}, {**FRENCH, "country": "PL"}, {}),
    ("LEG-02", {**FRENCH, **FORMER, "consent": None}, {**FRENCH, **FORMER}, {"kind": "DT22", "stage": "STG-12",
     "channel": "call"}),
    ("LEG-02", {"country": "JP", "consent": None}, {"consent": None}, {"channel": "letter"}),
    ("LEG-16", {"region": "Florida"}, {"region": "Arizona", "zone": "America/Phoenix"},
     {"channel": "sms", "send_at": EVENING}),
    ("LEG-16", {"region": "RI"}, {"region": "Arizona"}, {"channel": "sms", "send_at": datetime(2026, 11, 10, 23, 30)}),
    ("LEG-16", {"region": "Arizona", "zone": "America/Phoenix", "number_area": "401"},
     {"region": "Arizona", "zone": "America/Phoenix", "number_area": "602"},
     {"channel": "sms", "send_at": datetime(2026, 11, 10, 23, 30)}),
    ("LEG-18", {**FRENCH, "consent": None}, {**FRENCH, "country": "PL"},
     {**CALL, "send_at": datetime(2026, 11, 10, 12, 30)}),
    ("FRQ-13", {"zone": None}, {}, {"send_at": MORNING}),
    ("FRQ-13", {**FRENCH}, {**FRENCH, "country": "PL"}, {"channel": "sms", "send_at": datetime(2026, 11, 8, 12, 0)}),
    ("SUP-04", {"tickets_30": 1, "vip": True}, {"tickets_30": 1}, {}),
    ("SUP-04", {"tickets_30": 3}, {"tickets_30": 3, "vip": True}, {"kind": "DT19", "stage": "customer"}),
]  # fmt: skip
"""The rule, somebody it holds back, somebody just beside it who may get the draft, and the draft."""


@pytest.mark.parametrize(("rule", "held", "free", "draft"), NEAR_MISSES, ids=lambda value: str(value)[:40])
def test_each_rule_ends_where_it_ends(
    rule: str, held: dict[str, Any], free: dict[str, Any], draft: dict[str, Any], screened: Screen
) -> None:
    assert list(screened(made_people(held, free), **draft).reasons) == [rule, ""]


def test_every_rule_that_can_fire_is_tried_here() -> None:
    """But for regions in crisis, tried below, and what hangs on the text (a fact, an offer), tried in test_draft."""
    assert set(SCREENS) - {rule for rule, *_ in (*ONE_RULE, *NEAR_MISSES)} == {"SUP-20", "FACT", "OFF-02"}


def test_a_region_in_crisis_is_left_in_peace(policy: Policy, releases: pd.DataFrame) -> None:
    lands = {**policy.countries, "FR": replace(policy.country("FR"), crisis=("La Réunion",)),
             "ES": replace(policy.country("ES"), crisis=("*",))}  # fmt: skip
    aim = Aim(policy.kinds["DT12"], "STG-06", AS_OF, Definitions(), replace(policy, countries=lands), releases)
    people = made_people({**FRENCH, "region": "la réunion"}, FRENCH, {**FRENCH, "region": None}, {"country": "ES"})
    assert list(screen(people, aim, ("en", "fr")).reasons) == ["SUP-20", "", "", "SUP-20"]


OWED: dict[str, list[dict[str, Any]]] = {
    "gets it": [{"consent": None, "country": "PL"}, {"opted_out": True}, {"stopped": True}, {"complained": True},
                {"past_due": True}, {"messages_1": 1, "messages_7": 9}, {"paused": True},
                {"held_out": True}, {"last_contact_on": ago(900)}],
    "is held back": [{"bounced": True}, {"reachable": False}, {"open_tickets": 1}, {"is_test": True},
                     {"is_role_address": True}, {"birth_year": 2012.0}, {"vulnerable": True},
                     {"restricted": True}, {"incident": True}],
}  # fmt: skip


def test_a_service_message_needs_no_consent_but_an_address_and_a_grown_person(screened: Screen) -> None:
    support = {"open_tickets": 1}
    assert list(screened(made_people(support), stage="STG-08", service=True).reasons) == [""]
    assert list(screened(made_people(support), stage="STG-08").reasons) == ["SUP-04"]
    for outcome, people in OWED.items():
        reasons = screened(made_people(*people), stage="customer", service=True).reasons
        assert [bool(reason) for reason in reasons] == [outcome == "is held back"] * len(people)


STANDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("STG-01", {"status": "trial", "since": pd.NaT}, {"status": "trial", "since": pd.NaT, "activated": True}),
    ("STG-01", {"since": ago(20)}, {"since": ago(120)}),
    ("STG-02", {"since": ago(20), "last_active_on": ago(5), "account_active_on": ago(5)},
     {"since": ago(20), "last_active_on": ago(2), "account_active_on": ago(2)}),
    ("STG-02", {"status": "never", "since": pd.NaT, "signed_up_on": ago(6), "last_active_on": pd.NaT,
                "account_active_on": pd.NaT}, {"since": ago(20), "last_active_on": ago(30)}),
    ("STG-03", {"status": "trial", "trial_ended_on": ago(9)}, {"status": "trial", "trial_ended_on": ago(-9)}),
    ("STG-04", {"narrow": True}, {"narrow": False}),
    ("STG-05", {"fading": True}, {"fading": False}),
    ("STG-05", {"fading": False, "term_ends_on": ago(-80)}, {"fading": False, "term_ends_on": ago(-100)}),
    ("STG-06", {}, {"account_active_on": ago(2)}),
    ("STG-07", {"vip": True, "at_risk": True}, {"at_risk": True}),
    ("STG-07", {"vip": True, "tickets_30": 1}, {"vip": True}),
    ("STG-08", {"open_tickets": 1}, {}),
    ("STG-09", {"cancelling": True}, {}),
    ("STG-10", {**FORMER, "churned_on": ago(5)}, {**FORMER}),
    ("STG-11", {**FORMER, "reason": "price"}, {**FORMER, "reason": "bug"}),
    ("STG-12", {**FORMER}, {**FORMER, "reason": None}),
    ("STG-13", {**FORMER, "reason": "service"}, {**FORMER, "reason": "price"}),
    ("STG-14", {**FORMER, "reason": None, "unpaid": True}, {**FORMER, "reason": None}),
    ("STG-14", {**FORMER, "reason": "payment_failure"}, {"status": "customer"}),
    ("STG-14", {"past_due": True}, {}),
    ("STG-15", {"one_order": True}, {"one_order": False}),
    ("STG-16", {"overdue": True}, {"overdue": False}),
    ("STG-17", {"last_active_on": ago(91), "account_active_on": ago(91)}, {}),
    ("STG-18", {"devoted": True}, {"devoted": False}),
    ("STG-19", {"unused_deliveries": True}, {"unused_deliveries": False}),
    ("customer", {}, {**FORMER}),
    ("former", {**FORMER}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "one", "other"), STANDS, ids=lambda value: str(value)[:40])
def test_a_stage_is_told_from_the_data(
    stage: str, one: dict[str, Any], other: dict[str, Any], policy: Policy, releases: pd.DataFrame
) -> None:
    anybody = replace(policy.kinds["DT19"], to=("customer", "former", "trial", "never"))
    aim = Aim(anybody, stage, AS_OF, Definitions(), policy, releases)
    for person, stands in ((one, 1), (other, 0)):
        assert screen(made_people(person), aim, ("en",)).in_stage == stands


def test_every_stage_is_tried_here() -> None:
    assert set(STAGES) == {stage for stage, *_ in STANDS}


ALLOWED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"tickets_30": 1, "messages_7": 1, "messages_30": 3}, {}),
    ({"country": "US", "consent": None}, {}),
    ({"country": "FR", "language": "fr", "consent_basis": "soft_opt_in"}, {}),
    ({"country": "CA", "consent": None}, {}),
    ({"language": None, "country": "FR"}, {}),
    ({**FORMER}, {"kind": "DT22", "stage": "STG-12"}),
    ({"cancelling": True}, {"kind": "DT39", "stage": "STG-10"}),
    ({"touches_90": "offer offer offer"}, {}),
    ({**FORMER, "churned_on": ago(3)}, {"kind": "DT39", "stage": "STG-10"}),
    ({"status": "trial", "country": "CA", "trial_ended_on": ago(100), "consent": None, "last_contact_on": ago(100)},
     {"kind": "DT21", "stage": "STG-03"}),
    ({"last_contact_on": ago(200), "last_active_on": ago(200), "account_active_on": ago(200)},
     {"kind": "DT18", "stage": "STG-17"}),
]  # fmt: skip


@pytest.mark.parametrize(("person", "draft"), ALLOWED, ids=lambda value: str(value)[:40])
def test_whom_no_rule_is_about_may_get_it(person: dict[str, Any], draft: dict[str, Any], screened: Screen) -> None:
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


def test_a_stage_that_does_not_exist_fits_nobody(screened: Screen) -> None:
    assert screened(made_people({}), stage="STG-99").counts == {"STG": 1}


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
        "touches_90": st.lists(st.sampled_from(["offer", "DT40", "newsletter", "untold"]), max_size=5).map(" ".join),
        "opted_out": st.booleans(),
        "stopped": st.booleans(),
        "complained": st.booleans(),
        "bounced": st.booleans(),
        "reachable": st.booleans(),
        "restricted": st.booleans(),
        "held_out": st.booleans(),
        "number_country": st.sampled_from(["US", "CA", "FR", None]),
        "tickets_30": st.integers(0, 3),
        "vip": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(person, min_size=1, max_size=40),
    draft=st.sampled_from(
        [("DT12", "STG-06"), ("DT19", "customer"), ("DT22", "STG-12"), ("DT01", "STG-01"), ("DT39", "STG-10")]
    ),
    channel=st.sampled_from(list(CHANNELS)),
)
def test_nobody_remains_whom_the_rules_protect(
    rows: list[dict[str, Any]], draft: tuple[str, str], channel: str, screened: Screen
) -> None:
    """Open ticket, opt-out, complaint, a message yesterday, two years of silence, an unknown country: never."""
    outcome = screened(made_people(*rows, channel=channel), *draft)
    left = outcome.people[outcome.reasons == ""]
    assert len(outcome.people) == len(left) + sum(outcome.counts.values())
    assert len(left) == sum(outcome.languages.values())
    for row in left.to_dict("records"):
        assert not (row["open_tickets"])
        assert not (row["opted_out"])
        assert not (row["complained"])
        assert not (row["held_out"])
        assert not (row["bounced"])
        assert not (row["restricted"])
        assert row["reachable"]
        assert not (row["stopped"] and row["country"] == "US")
        assert row["messages_1"] == 0
        assert row["messages_30"] < 4
        assert row["last_contact_on"] >= ago(730)
        assert not (row["status"] == "former" and row["churned_on"] < ago(730))
        assert row["country"] in {"US", "CA", "FR", "ES", "PL", "DE", "IT", "JP"}
        assert row["language"] in {"en", "fr"}
        if channel == "whatsapp":
            assert "US" not in (row["country"], row["number_country"])
        if channel in ("in_app", "tour", "letter"):
            continue
        if row["country"] in {"PL", "DE", "JP"} or channel in ("push", "web_push", "whatsapp"):
            assert row["consent"] == "granted"
            assert pd.isna(row["consent_basis"]) or row["consent_basis"] == "consent"
        if row["country"] in {"FR", "ES", "IT"} and not (channel == "call" and row["status"] == "customer"):
            assert row["consent"] == "granted"
        if row["country"] == "US" and channel in ("sms", "call"):
            assert row["consent"] == "granted"
