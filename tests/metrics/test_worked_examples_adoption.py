"""The worked examples of the definitions for features, first steps, webinars and breadth, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.types import Intent, Query, Window
from tests.metrics.conftest import OCTOBER
from tests.metrics.test_worked_examples_engagement import ask, event, stretch

Laid = Callable[..., Analyst]
START = datetime(2026, 10, 1, 8)
SEPTEMBER = Window(date(2026, 9, 1), date(2026, 10, 1))


def user(name: str, created: datetime = START, account: str = "A") -> Mapping[str, Any]:
    return {"user_id": name, "account_id": account, "created_at": created}


def feature(name: str, *, key: bool = False, tier: str = "basic", plans: str | None = None) -> Mapping[str, Any]:
    return {
        "feature_id": name, "core_event": f"used_{name}", "is_key": key, "tier": tier, "entitled_plans": plans,
    }  # fmt: skip


def milestone(kind: str, happening: str, times: int | None = None, days: int | None = None) -> Mapping[str, Any]:
    return {
        "milestone_id": f"{kind}_{happening}", "kind": kind, "step": 1, "event_name": happening, "times": times,
        "within_days": days, "entity": None,
    }  # fmt: skip


def test_180_of_600_entitled_active_users_are_30_percent_and_12_of_all_active(laid: Laid) -> None:
    """In sixtieths: 10 entitled active people of whom 3 used it, 25 active in all; an eleventh did not come."""
    contracts = [stretch("A", datetime(2026, 1, 1), plan="pro"), stretch("B", datetime(2026, 1, 1), plan="basic")]
    users = [user(f"P{one}", datetime(2026, 9, 1)) for one in range(11)]
    users += [user(f"B{one}", datetime(2026, 9, 1), "B") for one in range(15)]
    deeds = [
        event(row["user_id"], datetime(2026, 9, 5), account=row["account_id"])
        for row in users
        if row["user_id"] != "P10"
    ]
    deeds += [event(f"P{one}", datetime(2026, 9, 11 + one), name="used_reports") for one in range(3)]
    deeds += [
        event("P0", datetime(2026, 9, 20), name="used_reports"),
        event("P0", datetime(2026, 10, 2), name="used_reports"),
    ]
    analyst = laid(
        {"events": deeds, "users": users, "subscriptions": contracts, "features": [feature("reports", plans="pro")]}
    )
    row = ask(analyst, "feature_adoption", SEPTEMBER).rows[0]
    assert (row["part"], row["whole"]) == (3, 10)
    assert (row["uses_each"], row["used_again"], row["days_to_adopt"]) == (pytest.approx(4 / 3), 1, 11)
    row = ask(analyst, "feature_adoption", SEPTEMBER, denominator="all_active").rows[0]
    assert (row["part"], row["whole"]) == (3, 25)
    row = ask(analyst, "feature_adoption", SEPTEMBER, denominator="entitled").rows[0]
    assert (row["part"], row["whole"]) == (3, 11)
    row = ask(analyst, "feature_adoption", SEPTEMBER, entity="account", denominator="all_active").rows[0]
    assert (row["part"], row["whole"]) == (1, 2)


def test_whether_a_feature_is_used_again_is_empty_until_the_next_period_is_over(laid: Laid) -> None:
    analyst = laid({"events": [event("U", START, name="used_x")], "features": [feature("x")]})
    assert ask(analyst, "feature_adoption").rows[0]["used_again"] is None


def test_mastery_is_the_share_of_open_advanced_features_used_three_times(laid: Laid) -> None:
    """U masters one of two advanced features, V none of the one that the basic plan has."""
    features = [
        feature("a", tier="advanced"), feature("b", tier="advanced", plans="pro"), feature("c", tier="basic"),
    ]  # fmt: skip
    contracts = [stretch("A", datetime(2026, 1, 1), plan="pro"), stretch("B", datetime(2026, 1, 1))]
    deeds = [event("U", START + timedelta(days=day), name=name) for day in range(3) for name in ("used_a", "used_c")]
    deeds += [event("U", START, name="used_b"), event("V", START, name="used_a", account="B")]
    row = ask(laid({"events": deeds, "features": features, "subscriptions": contracts}), "mastery_level").rows[0]
    assert (row["part"], row["whole"], row["people"], row["masters"]) == (1, 3, 2, 1)


def test_150_of_400_new_users_with_a_key_feature_in_the_first_week_are_37_5_percent(laid: Laid) -> None:
    """In fiftieths: 3 of 8. The seventh day is out, a feature that is no key too; one of the 8 used both keys."""
    users = [user(f"U{one}") for one in range(8)] + [user("late", datetime(2026, 10, 27))]
    deeds = [event(f"U{one}", START + timedelta(days=6, hours=23), name="used_k") for one in range(3)]
    deeds += [event("U0", START, name="used_l"), event("U3", START + timedelta(days=7), name="used_k")]
    deeds += [event("U4", START, name="used_m"), event("late", datetime(2026, 10, 28), name="used_k")]
    features = [feature("k", key=True), feature("l", key=True), feature("m")]
    analyst = laid({"events": deeds, "users": users, "features": features})
    for method, part in (("any_key", 3), ("each_key", 1)):
        row = ask(analyst, "week1_key_feature_adoption", method=method).rows[0]
        assert (row["part"], row["whole"]) == (part, 8)


def test_240_of_400_who_finish_onboarding_are_60_percent(laid: Laid) -> None:
    """In eightieths: 3 of 5 did both steps in 14 days, one only the first, one none; a sixth joined too lately."""
    users = [user(f"U{one}") for one in range(5)] + [user("late", datetime(2026, 10, 20))]
    deeds = [event(f"U{one}", START + timedelta(days=1), name="profile") for one in range(4)]
    deeds += [event(f"U{one}", START + timedelta(days=13, hours=23), name="import") for one in range(3)]
    deeds += [event("U3", START + timedelta(days=14), name="import")]
    goals = [milestone("onboarding", "profile"), milestone("onboarding", "import")]
    analyst = laid({"events": deeds, "users": users, "milestones": goals})
    row = ask(analyst, "onboarding_completion").rows[0]
    assert (row["part"], row["whole"]) == (3, 5)
    row = ask(analyst, "onboarding_completion", denominator="started").rows[0]
    assert (row["part"], row["whole"]) == (3, 4)
    steps = measure(analyst, Query(Intent.BREAKDOWN, "onboarding_completion", OCTOBER, by=("step",))).rows
    assert {row["step"]: (row["part"], row["whole"]) for row in steps} == {
        "onboarding_profile": (4, 5), "onboarding_import": (3, 5),
    }  # fmt: skip


def test_148_of_400_activated_are_37_percent_and_who_is_still_there_is_told_of_both(laid: Laid) -> None:
    """In quarters: 37 of 100 reach it in 7 days. Of them 20 are active again on days 30 to 59, of the others 7."""
    begun = datetime(2026, 8, 20)
    users = [user(f"U{one}", begun) for one in range(100)]
    deeds = [event(f"U{one}", begun + timedelta(days=3), name="built") for one in range(37)]
    deeds += [event("U50", begun + timedelta(days=7), name="built")]
    deeds += [event(f"U{one}", begun + timedelta(days=45)) for one in (*range(20), *range(60, 67))]
    analyst = laid({"events": deeds, "users": users, "milestones": [milestone("activation", "built")]})
    row = ask(analyst, "activation_rate", Window(date(2026, 8, 1), date(2026, 9, 1))).rows[0]
    assert (row["part"], row["whole"]) == (37, 100)
    assert [row[name] for name in ("activated_kept", "activated_seen", "others_kept", "others_seen")] == [20, 37, 7, 63]
    row = ask(analyst, "activation_rate", Window(date(2026, 8, 1), date(2026, 9, 1)), horizon_days="30").rows[0]
    assert row["part"] == 38


def test_half_reach_value_by_the_ninth_hour_though_those_who_did_took_two(laid: Laid) -> None:
    """Ten people: reached after 1, 2, 2, 5 and 9 hours, five not yet after 48: Kaplan-Meier 9, plain median 2."""
    created = datetime(2026, 10, 30)
    users = [user(f"U{one}", created) for one in range(10)]
    deeds = [
        event(f"U{one}", created + timedelta(hours=hours), name="done") for one, hours in enumerate((1, 2, 2, 5, 9))
    ]
    analyst = laid({"events": deeds, "users": users, "milestones": [milestone("aha", "done")]}, as_of=date(2026, 11, 1))
    evidence = ask(analyst, "time_to_value")
    row = evidence.rows[0]
    assert (row["value"], row["n"], row["reached"], row["share_reached"]) == (9, 10, 5, 0.5)
    assert (row["median_of_reached"], row["p75"]) == (2, None)
    assert [note.key for note in evidence.caveats if note.key == "plain_median_too_low"]


def test_where_fewer_than_half_are_there_no_time_is_told_and_why(laid: Laid) -> None:
    """Two of five reached value: the median is not reached, which is neither nothing nor an empty base."""
    users = [user(f"U{one}") for one in range(5)]
    deeds = [event(f"U{one}", START + timedelta(hours=1), name="done") for one in range(2)]
    evidence = ask(laid({"events": deeds, "users": users, "milestones": [milestone("aha", "done")]}), "time_to_value")
    assert (evidence.rows[0]["value"], evidence.rows[0]["n"], evidence.rows[0]["reached"]) == (None, 5, 2)
    assert "half_not_there_yet" in [note.key for note in evidence.caveats]


def test_time_to_value_may_start_at_the_first_visit_and_count_working_hours_only(laid: Laid) -> None:
    """Created on Friday 9 October at 16:00, first seen on Saturday, value on Monday at 10:00."""
    deeds = [event("U", datetime(2026, 10, 10, 12)), event("U", datetime(2026, 10, 12, 10), name="done")]
    users = [user("U", datetime(2026, 10, 9, 16))]
    analyst = laid({"events": deeds, "users": users, "milestones": [milestone("aha", "done")]})
    assert ask(analyst, "time_to_value").rows[0]["value"] == 66
    assert ask(analyst, "time_to_value", start="first_event").rows[0]["value"] == 46
    assert ask(analyst, "time_to_value", hours="business").rows[0]["value"] == 2


def test_those_who_come_to_a_webinar_are_told_apart_and_never_as_a_cause(laid: Laid) -> None:
    """Four signed up, two came; of these one is activated within a week of joining, of the others one."""
    held = datetime(2026, 10, 5, 12)
    tables = {
        "gatherings": [{"gathering_id": "G", "starts_at": held}],
        "gathering_guests": [
            {"gathering_id": "G", "user_id": f"U{one}", "account_id": "A", "registered_at": START,
             "attended_at": held if one < 2 else None} for one in range(4)
        ],
        "users": [user(f"U{one}") for one in range(4)],
        "events": [event("U0", datetime(2026, 10, 3), name="built"), event("U2", datetime(2026, 10, 7), name="built")],
        "milestones": [milestone("activation", "built")],
    }  # fmt: skip
    analyst = laid(tables)
    row = ask(analyst, "attendance_rate").rows[0]
    assert (row["part"], row["whole"]) == (2, 4)
    evidence = ask(analyst, "activation_of_attendees")
    assert {row["type"]: (row["part"], row["whole"]) for row in evidence.rows} == {
        "attended": (1, 2), "stayed_away": (1, 2),
    }  # fmt: skip
    assert "attendees_chose_to_come" in [note.key for note in evidence.caveats]
    rows = ask(analyst, "activation_of_attendees", method="since_gathering").rows
    assert {row["type"]: (row["part"], row["whole"]) for row in rows} == {"attended": (0, 1), "stayed_away": (1, 2)}


def test_integrations_are_told_apart_by_name_and_go_when_disconnected(laid: Laid) -> None:
    """A has chat and files, B connected and disconnected chat, C never did."""
    day = timedelta(days=1)
    deeds = [
        event("U", START, "integration_connected", "A", properties='{"integration": "chat"}'),
        event("U", START + day, "integration_connected", "A", properties='{"integration":"chat"}'),
        event("U", START, "integration_connected", "A", properties='{"integration": "files"}'),
        event("V", START, "integration_connected", "B", properties='{"integration": "chat"}'),
        event("V", START + day, "integration_disconnected", "B", properties='{"integration": "chat"}'),
    ]
    contracts = [stretch(account, datetime(2026, 1, 1)) for account in "ABC"]
    row = ask(laid({"events": deeds, "subscriptions": contracts}), "integrations_per_account").rows[0]
    assert [row[name] for name in ("part", "whole", "without", "with_one", "with_several")] == [2, 3, 2, 0, 1]


def test_members_are_invited_joined_and_active_and_some_accounts_have_one_alone(laid: Laid) -> None:
    """A invited three, two joined, one is active; B has one person."""
    deeds = [event("U", START + timedelta(hours=one), "member_invited") for one in range(3)]
    users = [user("U"), user("V"), user("W", account="B"), user("late", datetime(2026, 11, 1, 5))]
    contracts = [stretch(account, datetime(2026, 1, 1)) for account in "AB"]
    rows = ask(laid({"events": deeds, "users": users, "subscriptions": contracts}), "members_per_account").rows
    assert {row["type"]: (row["part"], row["whole"]) for row in rows} == {
        "invited": (3, 2), "joined": (3, 2), "active": (1, 2), "single_user": (1, 2),
    }  # fmt: skip


def test_channels_are_those_on_which_the_customer_did_something_in_ninety_days(laid: Laid) -> None:
    """A wrote by chat and by chat again, clicked in an email and ordered on the web; a push was only delivered."""
    tables = {
        "accounts": [{"account_id": "A"}],
        "subscriptions": [stretch("A", datetime(2026, 1, 1))],
        "tickets": [
            {"ticket_id": "1", "account_id": "A", "created_at": datetime(2026, 10, 2), "channel": "chat"},
            {"ticket_id": "2", "account_id": "A", "created_at": datetime(2026, 9, 2), "channel": "chat"},
            {"ticket_id": "3", "account_id": "A", "created_at": datetime(2026, 8, 2), "channel": "phone"},
        ],
        "orders": [
            {"order_id": "1", "customer_id": "A", "occurred_at": START, "net_amount": 5.0, "channel": "web"},
        ],
        "sends": [
            {"send_id": one, "user_id": "U", "account_id": "A", "channel": one, "occurred_at": START}
            for one in ("email", "push")
        ],
        "message_events": [
            {"send_id": one, "type": kind, "occurred_at": START, "user_id": "U"}
            for one, kind in (("email", "clicked"), ("push", "delivered"), ("push", "machine_open"))
        ],
    }
    row = ask(laid(tables), "channels_per_customer").rows[0]
    assert (row["part"], row["whole"], row["on_several"]) == (3, 1, 1)
