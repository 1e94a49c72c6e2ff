"""Whom a channel reaches: its own consents, stops, addresses and caps, from small tables and from made-up companies."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.reach import CHANNELS
from bot.analysis.recipients import recipients
from bot.drafting import Policy
from bot.drafting.audience import Aim, screen
from bot.errors import BadQuestion
from bot.sources import Company, open_company
from bot.types import Definitions
from tests.drafts.conftest import AS_OF

Read = Callable[..., pd.DataFrame]

ACCOUNTS = "account_id,name,country,language\nA1,Brook,US,en\nA2,Atelier,FR,fr\n"
USERS = "user_id,account_id,first_name,phone_country\nU1,A1,Anna,US\nU2,A2,Chloé,\n"


def company(folder: Path, tables: dict[str, str]) -> Company:
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(rows, encoding="utf-8")
    return open_company(f"files:{folder}", {}, folder, Definitions())


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The two people of the small company on a channel, by user, with more tables: `read("sms", tickets="…")`."""

    def made(channel: str, **tables: str) -> pd.DataFrame:
        there = company(tmp_path, {"accounts": ACCOUNTS, "users": USERS, **tables})
        return recipients(there, ["A1", "A2"], AS_OF, channel).people.set_index("user_id")

    return made


POINT = "user_id,type,value,platform,country,is_valid,occurred_at\n"


def test_a_text_or_a_call_needs_a_number_and_a_letter_an_address(read: Read) -> None:
    points = POINT + "U1,phone,+1 202 555 0101,,US,true,2026-01-01 10:00:00\nU2,postal_address,1 rue,,FR,,\n"
    for channels, reached in {
        ("sms", "call", "whatsapp"): [True, False],
        ("letter",): [False, True],
        ("push", "web_push"): [False, False],
        ("email", "linkedin"): [True, True],
    }.items():
        for channel in channels:
            assert list(read(channel, contact_points=points).reachable) == reached, channel


def test_without_contact_points_only_email_reaches_anybody(read: Read) -> None:
    for channel in ("email", "linkedin", "sms", "push", "letter"):
        assert bool(read(channel).reachable.any()) == (channel in ("email", "linkedin"))


def test_a_token_is_of_an_app_or_of_the_web_and_the_newest_valid_one_counts(read: Read) -> None:
    points = POINT + (
        "U1,push_token,t1,ios,US,true,2026-01-01 10:00:00\nU1,push_token,t2,android,US,true,2026-03-01 10:00:00\n"
        "U1,push_token,t3,android,US,false,2026-05-01 10:00:00\nU2,push_token,t4,web,FR,true,2026-01-01 10:00:00\n"
    )
    app, web = read("push", contact_points=points), read("web_push", contact_points=points)
    assert list(app.reachable) == [True, False]
    assert app.platform["U1"] == "android"
    assert list(web.reachable) == [False, True]


def test_an_invalid_token_is_a_dead_address_until_there_is_a_new_one(read: Read) -> None:
    dead = POINT + "U1,push_token,t1,ios,US,false,2026-01-01 10:00:00\n"
    assert list(read("push", contact_points=dead).bounced) == [True, False]
    renewed = dead + "U1,push_token,t2,ios,US,true,2026-02-01 10:00:00\n"
    assert list(read("push", contact_points=renewed).bounced) == [False, False]


def test_a_bounce_counts_on_its_own_channel_until_a_new_valid_contact(read: Read) -> None:
    sends = "send_id,user_id,channel,occurred_at\nS1,U1,sms,2026-03-01 10:00:00\n"
    events = "send_id,user_id,type,occurred_at,detail\nS1,U1,bounced,2026-03-01 10:01:00,hard\n"
    old = POINT + "U1,phone,1,,US,true,2026-01-01 10:00:00\n"
    new = old + "U1,phone,2,,US,true,2026-04-01 10:00:00\n"
    assert list(read("sms", sends=sends, message_events=events, contact_points=old).bounced) == [True, False]
    assert list(read("sms", sends=sends, message_events=events, contact_points=new).bounced) == [False, False]
    assert list(read("email", sends=sends, message_events=events, contact_points=old).bounced) == [False, False]


def test_an_american_number_is_known_by_its_beginning(read: Read) -> None:
    points = POINT + "U1,phone,+1 212 555 0101,,,,\nU2,phone,+1 514 555 0101,,CA,,\n"
    assert list(read("whatsapp", contact_points=points).number_country) == ["US", "CA"]
    french = POINT + "U1,phone,+33 1 99 00 00 00,,FR,,\nU2,phone,+1 212 555 0101,,FR,,\n"
    assert list(read("whatsapp", contact_points=french).number_country) == ["FR", "US"]
    assert list(read("whatsapp", contact_points=french).number_area) == [None, "212"]
    wordy = POINT + "U1,phone,+1 (813) 555-0101,,,,\nU2,phone,+18135550101,,,,\n"
    assert list(read("sms", contact_points=wordy).number_area) == ["813", "813"]


def test_the_product_is_seen_only_by_those_who_log_in(read: Read) -> None:
    events = "event_id,user_id,name,occurred_at\n1,U1,open,2026-11-01 10:00:00\n2,U2,open,2026-09-01 10:00:00\n"
    for channel in ("in_app", "tour"):
        assert list(read(channel, events=events).reachable) == [True, False]


SAID = "user_id,channel,purpose,status,basis,source,occurred_at\n"


def test_each_channel_hears_its_own_consent(read: Read) -> None:
    said = SAID + (
        "U1,email,marketing,granted,consent,form,2026-01-01 10:00:00\n"
        "U1,sms,marketing,denied,consent,form,2026-01-01 10:00:00\n"
        "U2,sms,research,granted,consent,form,2026-01-01 10:00:00\n"
    )
    assert list(read("email", consents=said).consent) == ["granted", None]
    assert list(read("sms", consents=said).consent) == ["denied", None]
    assert list(read("sms", consents=said).opted_out) == [True, False]


def test_a_stop_on_one_channel_is_known_on_all_until_a_new_consent_to_that_one(read: Read) -> None:
    said = SAID + (
        "U1,sms,marketing,withdrawn,consent,reply,2026-03-01 10:00:00\n"
        "U2,sms,marketing,withdrawn,consent,reply,2026-03-01 10:00:00\n"
        "U2,email,marketing,granted,consent,form,2026-04-01 10:00:00\n"
    )
    people = read("email", consents=said)
    assert list(people.opted_out) == [False, False]
    assert list(people.stopped) == [True, False]
    assert list(read("push", consents=said).stopped) == [True, True]


LISTED = "user_id,channel,reason,occurred_at,expires_at\n"


def test_a_stop_of_ones_own_does_not_run_out_and_other_reasons_do(read: Read) -> None:
    rows = LISTED + (
        "U1,email,unsubscribed,2025-01-01 10:00:00,2026-01-01 10:00:00\n"
        "U2,email,legal,2025-01-01 10:00:00,2026-01-01 10:00:00\n"
    )
    assert list(read("email", suppressions=rows).opted_out) == [True, False]
    anew = SAID + "U1,email,marketing,granted,consent,form,2026-02-01 10:00:00\n"
    assert list(read("email", suppressions=rows, consents=anew).opted_out) == [False, False]


def test_a_suppression_without_a_channel_closes_all(read: Read) -> None:
    rows = LISTED + "U1,,legal,2025-01-01 10:00:00,\nU2,sms,legal,2025-01-01 10:00:00,\n"
    assert list(read("email", suppressions=rows).opted_out) == [True, False]
    assert list(read("sms", suppressions=rows).opted_out) == [True, True]


@pytest.mark.slow
def test_a_complaint_closes_every_channel_for_good(read: Read) -> None:
    rows = LISTED + "U1,email,complained,2025-01-01 10:00:00,2025-06-01 10:00:00\n"
    anew = SAID + "U1,sms,marketing,granted,consent,form,2026-02-01 10:00:00\n"
    for channel in CHANNELS:
        assert list(read(channel, suppressions=rows, consents=anew).complained) == [True, False]


SENT = "send_id,campaign_id,user_id,channel,purpose,holdout,occurred_at\n"


def test_messages_are_counted_by_channel_and_by_sequence(read: Read) -> None:
    sends = SENT + (
        "S1,C1,U1,sms,marketing,,2026-11-08 10:00:00\nS2,C1,U1,sms,service,,2026-11-08 11:00:00\n"
        "S3,C1,U1,email,marketing,,2026-10-15 10:00:00\nS4,C2,U1,email,marketing,,2026-02-01 10:00:00\n"
        "S5,C3,U1,email,marketing,,2026-11-07 10:00:00\nS6,C1,U2,email,marketing,true,2026-11-07 10:00:00\n"
    )
    campaigns = "campaign_id,type\nC1,win_back\nC2,win_back\nC3,re_engagement\n"
    person = read("sms", sends=sends, campaigns=campaigns).loc["U1"]
    assert (person.channel_7, person.channel_30, person.messages_30) == (1, 1, 3)
    assert person.channel_last_on == pd.Timestamp("2026-11-08 10:00:00")
    assert (person.win_backs_60, person.win_backs_365, person.re_engagements_30) == (2, 2, 1)
    assert person.received == "C1\nC2\nC3"
    assert read("sms", sends=sends, campaigns=campaigns).received["U2"] == ""


def test_each_marketing_message_of_ninety_days_is_known_by_the_type_of_its_campaign(read: Read) -> None:
    sends = SENT + (
        "S1,C1,U1,sms,marketing,,2026-11-08 10:00:00\nS2,C1,U1,sms,service,,2026-11-08 11:00:00\n"
        "S3,C2,U1,email,,,2026-10-15 10:00:00\nS4,C1,U1,email,marketing,,2026-08-12 00:00:00\n"
        "S5,C1,U1,email,marketing,,2026-08-11 23:59:00\nS6,C1,U2,email,marketing,true,2026-11-07 10:00:00\n"
        "S7,,U1,email,marketing,,2026-11-01 10:00:00\n"
    )
    people = read("email", sends=sends, campaigns="campaign_id,type\nC1,Cross sell\nC2,\n")
    assert list(people.touches_90) == ["cross_sell cross_sell untold untold", ""]


def test_what_is_published_for_all_has_no_people(read: Read) -> None:
    for channel in ("landing", "social", "pigeon"):
        with pytest.raises(BadQuestion, match="no_such_channel"):
            read(channel)


def test_who_bought_and_never_subscribed_is_a_customer(read: Read) -> None:
    orders = (
        "order_id,customer_id,occurred_at,net_amount,refund\n"
        "O1,A1,2026-03-01 10:00:00,20,\nO2,A2,2026-03-01 10:00:00,0,20\n"
    )
    people = read("email", orders=orders)
    assert list(people.status) == ["customer", "never"]
    assert people.since["U1"] == pd.Timestamp("2026-03-01 10:00:00")


NOW = datetime(2026, 11, 10, 12)
HEADS = {
    "accounts": "account_id,country,language", "users": "user_id,account_id,created_at",
    "consents": "user_id,channel,purpose,status,basis,occurred_at", "events": "event_id,user_id,name,occurred_at",
    "suppressions": "user_id,channel,reason,occurred_at,expires_at",
    "tickets": "ticket_id,account_id,user_id,created_at,solved_at",
    "sends": "send_id,user_id,channel,purpose,occurred_at", "message_events": "send_id,user_id,type,occurred_at",
    "contact_points": "user_id,type,value,platform,country,occurred_at",
}  # fmt: skip
WORDS = ("email", "sms", "push", "web_push", "in_app", "whatsapp", "post", "phone")
POINTS = ("phone", "push_token", "web_push_token", "postal_address", "whatsapp")


def on(day: float) -> str:
    return str(NOW - timedelta(days=day))


def one_of_them(n: int, chance: Random) -> tuple[dict[str, list[str]], set[str]]:
    """The rows of one person drawn by chance, and what protects them."""
    user, account = f"U{n}", f"A{n}"
    country = chance.choice(["US", "CA", "FR", "ES", "PL", "DE", "IT", "JP", "", "??"])
    seen = chance.choice([1, 5, 20, 60, 300, 800])
    rows: dict[str, list[str]] = {
        "accounts": [f"{account},{country},en"],
        "users": [f"{user},{account},{on(900)}"],
        "events": [f"E{n},{user},open,{on(seen)}"],
        "consents": [f"{user},{word},marketing,granted,consent,{on(400)}" for word in WORDS if chance.random() < 0.9],
        "contact_points": [f"{user},{kind},x,ios,{country},{on(300)}" for kind in POINTS],
    }
    dangers = {
        "a ticket": ("tickets", f"T{n},{chance.choice(['', account])},{user},{on(chance.randint(0, 90))},"),
        "a message": ("sends", f"S{n},{user},{chance.choice(WORDS)},marketing,{on(chance.random())}"),
        "a stop": ("suppressions", f"{user},,unsubscribed,{on(100)},{chance.choice(['', on(50)])}"),
        "an unsubscribe": ("message_events", f"none,{user},unsubscribed,{on(100)}"),
        "a complaint": ("message_events", f"none,{user},complained,{on(100)}"),
        "a listed complaint": ("suppressions", f"{user},{chance.choice(WORDS)},complained,{on(100)},"),
    }
    found = {name for name in dangers if chance.random() < 0.1}
    for name in found:
        table, row = dangers[name]
        rows.setdefault(table, []).append(row)
    return rows, found | ({"silence"} if seen == 800 else set()) | (set() if country.isalpha() else {"no country"})


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(chance=st.randoms(use_true_random=True), channel=st.sampled_from(list(CHANNELS)))
def test_nobody_who_is_protected_remains_in_any_company_on_any_channel(
    chance: Random, channel: str, policy: Policy, releases: pd.DataFrame
) -> None:
    """From raw tables: an open ticket, a stop, a complaint, a message since yesterday, long silence, no country."""
    people = {f"U{n}": one_of_them(n, chance) for n in range(100)}
    tables = {
        name: "\n".join([head, *(row for rows, _ in people.values() for row in rows.get(name, [])), ""])
        for name, head in HEADS.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        found = recipients(company(Path(folder), tables), [f"A{n}" for n in range(100)], AS_OF, channel)
    assert len(found.people) == 100
    anybody = Aim(policy.kinds["DT41"], "customer", AS_OF, Definitions(), policy, releases)
    outcome = screen(found, anybody, ("en",))
    # Nobody here has paid, so all who pass the rules of protection and of law are stopped by their stage alone.
    free = set(outcome.people.user_id[outcome.reasons.isin(["", "STG"])])
    assert {user: people[user][1] for user in free if people[user][1]} == {}
    assert free or channel == "whatsapp"


@pytest.mark.slow
def test_the_demo_has_people_on_the_channels_it_has_contacts_for(
    demo: Company, policy: Policy, releases: pd.DataFrame
) -> None:
    ids = list(demo.run(demo.tables["accounts"].select("account_id")).account_id)
    aim = Aim(policy.kinds["DT19"], "customer", AS_OF, demo.definitions, policy, releases)
    remaining = {
        channel: int((screen(recipients(demo, ids, AS_OF, channel), aim, ("en", "fr", "es")).reasons == "").sum())
        for channel in ("in_app", "letter", "call", "web_push", "whatsapp")
    }
    assert all(remaining[channel] for channel in ("in_app", "letter", "call"))
    assert remaining["web_push"] == remaining["whatsapp"] == 0
