"""What actions are worth: counted on paper, and what holds of every company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.analysis.account_value import Values
from bot.analysis.own_tests import Effect, moderated
from bot.analysis.recipients import Recipients
from bot.drafting import Handbook
from bot.drafting.worth import Action, Room, actions, segments
from bot.playbook.plays import Play
from bot.types import Definitions
from tests.drafts.conftest import AS_OF, made_people

CLV = 2_000.0


@pytest.fixture(scope="module")
def room(handbook: Handbook, plays: tuple[Play, ...], releases: pd.DataFrame) -> Room:
    """What the real plays, messages and assumptions allow, with round costs."""
    policy = replace(handbook.policy, costs={"email": 0.5, "personal": 9.5})
    return Room(
        plays, handbook.messages, policy, Definitions(), AS_OF, releases,
        lambda _, assumed: Effect(assumed.mid, assumed.low, assumed.high),
    )  # fmt: skip


def found(
    room: Room,
    members: Mapping[str, Sequence[int]],
    rows: Sequence[dict[str, Any]],
    worth: float | Sequence[float] = CLV,
    order: float | None = None,
) -> list[Action]:
    """The actions for people A0, A1, … of whom each segment has some; all fit every message unless a row says other."""
    recipients = replace(made_people(*rows), add=lambda people, facts: people.assign(**dict.fromkeys(facts, "known")))

    def people(accounts: Sequence[str]) -> Recipients:
        wanted = recipients.people.account_id.isin(accounts)
        return replace(recipients, people=recipients.people[wanted].reset_index(drop=True))

    each = pd.Series(worth, index=[f"A{place}" for place in range(len(rows))], dtype="float64")
    inside = {name: frozenset(f"A{place}" for place in places) for name, places in members.items()}
    return actions(room, inside, Values(each, CLV, order, (), ""), people)


def test_the_worth_of_an_action_is_as_counted_on_paper(room: Room) -> None:
    """Ten at risk, two of them opted out: 8 talks at 2 points of 2,000 are 320, less 8 x 10; messages of DT24 are
    8 x 20 - 8 x 0.5 = 156, so the talk is the one, and nobody is left for a second."""
    rows: list[dict[str, Any]] = [{} for _ in range(8)] + [{"opted_out": True}, {"opted_out": True}]
    (one,) = found(room, {"at_risk": range(10)}, rows)
    assert (one.segment, one.message.id, one.before, one.accounts) == ("at_risk", "DT19", 10, 8)
    assert one.held == {"SUP-01": 2}
    assert one.worth(one.effect.value) == pytest.approx(0.02 * 16_000 - 80)
    assert one.interval == pytest.approx((-80, 0.05 * 16_000 - 80))
    assert one.break_even == 1  # 80 of cost, and one customer brings 2,000


def test_what_costs_more_than_it_brings_is_not_proposed(room: Room) -> None:
    """A customer of 20 brings 0.4 by a talk of 10, and 0.2 by a message of 0.5."""
    assert found(room, {"at_risk": range(10)}, [{}] * 10, worth=20.0) == []


def test_no_action_is_for_a_handful(room: Room) -> None:
    assert found(room, {"at_risk": range(4)}, [{}] * 4) == []
    assert len(found(room, {"at_risk": range(5)}, [{}] * 5)) == 1


def test_who_is_in_two_segments_is_counted_in_the_better_action_only(room: Room) -> None:
    """A0 to A11 are at risk, A6 to A19 slip away: those fourteen are worth more, and six are left of the others."""
    best, other = found(room, {"at_risk": range(12), "slipping_away": range(6, 20)}, [{}] * 20)
    assert (best.segment, best.accounts, best.elsewhere) == ("slipping_away", 14, 0)
    assert (other.segment, other.accounts, other.elsewhere) == ("at_risk", 6, 6)
    assert other.brings == 6 * CLV
    assert not set(best.languages) & set(other.languages)


def test_an_order_is_worth_an_order_and_not_a_lifetime(room: Room) -> None:
    """20 overdue buyers at 2 points of 50 a basket: 20, less 20 x 0.5."""
    (one,) = found(room, {"past_usual_purchase_interval": range(20)}, [{}] * 20, order=50.0)
    assert (one.message.id, one.outcome) == ("DT40", "conversion")
    assert one.worth(one.effect.value) == pytest.approx(0.02 * 20 * 50 - 10)
    assert found(room, {"past_usual_purchase_interval": range(20)}, [{}] * 20, order=None) == []


def test_a_company_says_itself_what_a_message_costs(room: Room) -> None:
    own = replace(room, definitions=Definitions(message_costs=(("email", 1.0), ("personal", 0.0))))
    (one,) = found(own, {"at_risk": range(10)}, [{}] * 10)
    assert one.cost == 10.0


def test_no_service_message_no_farewell_and_no_offer_is_weighed(room: Room, handbook: Handbook) -> None:
    everybody = {name: range(30) for name in segments(room)}
    former = {"status": "former", "churned_on": pd.Timestamp("2026-08-01"), "reason": "price"}
    for rows in ([{}] * 30, [former] * 30, [{"status": "trial"}] * 30):
        for one in found(room, everybody, rows):
            kind = handbook.policy.kinds[one.message.type]
            assert not any((kind.service, kind.farewell, one.message.offer))


def test_a_goodbye_never_goes_before_the_first_word(room: Room) -> None:
    """Both reach the same people: of equals the first of the sequence is proposed."""
    former = {"status": "former", "churned_on": pd.Timestamp("2026-08-01"), "reason": "unknown"}
    (one,) = found(room, {"churned_eligible_for_win_back": range(10)}, [former] * 10)
    assert one.message.id == "DT23-reconnect"


def test_who_left_long_ago_waits_for_a_person(room: Room) -> None:
    late = {
        "status": "former", "churned_on": pd.Timestamp("2025-08-01"), "last_contact_on": pd.Timestamp("2026-06-01"),
        "reason": "unknown",
    }  # fmt: skip
    former = {**late, "churned_on": pd.Timestamp("2026-08-01")}
    (one,) = found(room, {"churned_eligible_for_win_back": range(10)}, [former] * 6 + [late] * 4)
    assert (one.accounts, one.undecided) == (6, 4)


REASONS: list[dict[str, Any]] = [{}, {"opted_out": True}, {"open_tickets": 1}, {"messages_1": 1}, {"language": "pl"}]


@pytest.mark.slow
@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(REASONS), min_size=12, max_size=40),
    st.lists(st.floats(10, 50_000), min_size=40, max_size=40),
    st.integers(0, 11),
)
def test_nobody_counts_twice_everybody_counts_once_and_worth_grows_with_value(
    room: Room, rows: list[dict[str, Any]], worth: list[float], cut: int
) -> None:
    many = len(rows)
    members = {"at_risk": range(many), "slipping_away": range(cut, many), "fading": range(0, many, 2)}
    chosen = found(room, members, rows, worth[:many])
    counted = [account for one in chosen for account in one.languages]
    assert len(counted) == len(set(counted))
    for one in chosen:
        assert one.before == sum(one.held.values()) + one.undecided + one.elsewhere + one.accounts
        assert one.interval[0] <= one.worth(one.effect.value) <= one.interval[1]
        assert one.worth(one.effect.value) > 0
    total = sum(one.worth(one.effect.value) for one in chosen[:1])
    doubled = found(room, members, rows, [2 * one for one in worth[:many]])
    assert sum(one.worth(one.effect.value) for one in doubled[:1]) >= 2 * total


def test_an_own_test_goes_before_what_is_assumed_as_far_as_it_is_sure() -> None:
    """Weights are 1 / variance: half an interval of 0.02 against one of 0.01 is 1 to 4."""
    assumed = Effect(0.01, -0.01, 0.03)
    sure = {"campaign": "c1", "value": 0.06, "interval": (0.05, 0.07)}
    assert moderated(assumed, []) == assumed
    drawn = moderated(assumed, [sure])
    assert drawn.value == pytest.approx((1 * 0.01 + 4 * 0.06) / 5)
    assert drawn.high - drawn.low == pytest.approx(0.04 / 5**0.5)
    assert drawn.campaigns == ("c1",)
    vague = moderated(assumed, [{**sure, "interval": (-0.94, 1.06)}])
    assert vague.value == pytest.approx(0.01, abs=1e-4)
