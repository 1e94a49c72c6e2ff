"""The worked examples of orders, points and referral, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.errors import BadData
from bot.metrics.rfm import RULES
from bot.types import Evidence, Grain, Intent, Query, Window
from tests.metrics.conftest import OCTOBER, QUARTER, Measure

Laid = Callable[..., Analyst]
Row = dict[str, Any]
YEAR = Window(date(2025, 11, 1), date(2026, 11, 1), Grain.YEAR)
MORNING = datetime(2026, 10, 1, 9)


def segment_of(r: int, f: int, m: int) -> str:
    """The segment of one triple of scores."""
    return next(name for name, rule in RULES if rule(r, f, m))


def order(number: int, customer: str, moment: datetime, amount: float, **more: Any) -> Row:
    return {"order_id": f"O{number}", "customer_id": customer, "occurred_at": moment, "net_amount": amount, **more}


def told(analyst: Analyst, metric: str, window: Window = OCTOBER, by: tuple[str, ...] = (), **variant: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, window, by=by, variant=tuple(sorted(variant.items()))))


def share(evidence: Evidence) -> tuple[float, float]:
    row = evidence.rows[0]
    return row["part"], row["whole"]


def points(member: str, moment: datetime, amount: float, reason: str, tier: str = "bronze") -> Row:
    return {"member_id": member, "occurred_at": moment, "points": amount, "reason": reason, "tier": tier}


def ledger(*rows: Row) -> dict[str, Sequence[Row]]:
    return {"loyalty_ledger": rows}


THIRD_QUARTER = [
    ("purchase_frequency", {}, {"part": 7, "whole": 4, "value": 1.75}),
    ("aov", {}, {"part": 380, "whole": 7, "value": 380 / 7, "n": 4, "median": 50}),
    ("returning_customer_rate", {}, {"part": 3, "whole": 4}),
    ("time_between_purchases", {}, {"value": 35, "mean": 53, "p75": 63, "n": 4, "survival_median": 132}),
    (
        "second_purchase_rate",
        {"horizon_days": "30"},
        {"part": 1, "whole": 3, "one": 2, "two": 1, "three": 0, "four_or_more": 0},
    ),
    ("second_purchase_rate", {"horizon_days": "31"}, {"part": 2, "whole": 3, "one": 1, "two": 2}),
    ("second_purchase_rate", {"order_number": "2", "horizon_days": "40"}, {"part": 0, "whole": 3}),
    ("second_purchase_rate", {"order_number": "2", "horizon_days": "41"}, {"part": 1, "whole": 3}),
    ("clv_historical", {}, {"part": 440, "whole": 4}),
    ("clv_historical", {"form": "cohort", "months": "1"}, {"part": 280, "whole": 3}),
    ("clv_historical", {"form": "cohort", "months": "2"}, {"part": 340, "whole": 3}),
]


@pytest.mark.parametrize(("metric", "variant", "expected"), THIRD_QUARTER)
def test_the_third_quarter_of_the_finger_count_company(
    told: Measure, metric: str, variant: dict[str, str], expected: dict[str, float]
) -> None:
    """Fixture 13.3: seven orders of four customers, gaps of 30, 132, 10 and 40 days; C1's first gap is 30 days to the
    second, so it is over after 30 days, not within them."""
    row = told(metric, QUARTER, **variant).rows[0]
    assert {name: row[name] for name in expected} == pytest.approx(expected)


def test_the_wait_of_those_who_ordered_once_ends_with_the_period_and_not_with_an_order(laid: Laid) -> None:
    """Gaps of 10 and 20 days, and three customers who wait since 15 days: half of the five still wait at day 20."""
    first = datetime(2026, 10, 17)
    rows = [order(1, "A", first - timedelta(days=20), 5), order(2, "A", first - timedelta(days=10), 5)]
    rows += [order(3, "B", first - timedelta(days=16), 5), order(4, "B", first + timedelta(days=4), 5)]
    rows += [order(5 + at, f"W{at}", first, 5) for at in range(3)]
    row = told(laid({"orders": rows}), "time_between_purchases").rows[0]
    # At risk at 10 days: A twice, B twice (one waits since 11 days), three who wait since 15: 7, one of them orders.
    # At 20 days: B's first wait and A's second one, since 25 days; one of the two orders: 6/7 x 1/2 < 1/2.
    assert (row["value"], row["n"], row["survival_median"]) == (15, 2, 20)


def test_orders_of_one_day_are_one_purchase_and_give_no_gap(laid: Laid) -> None:
    rows = [order(1, "A", MORNING, 10), order(2, "A", MORNING + timedelta(hours=3), 30), order(3, "B", MORNING, 60)]
    analyst = laid({"orders": rows})
    assert share(told(analyst, "purchase_frequency")) == (2, 2)
    assert share(told(analyst, "aov")) == (100, 2)
    assert told(analyst, "time_between_purchases").rows[0]["n"] == 0
    apart = laid({"orders": rows}, merge_same_day_orders=False)
    assert share(told(apart, "purchase_frequency")) == (3, 2)
    assert share(told(apart, "returning_customer_rate")) == (1, 2)


def test_a_refunded_order_is_none_and_a_free_one_is(laid: Laid) -> None:
    rows = [
        order(1, "A", MORNING, 0, refund=20.0),
        order(2, "B", MORNING, 0, refund=0.0),
        order(3, "C", MORNING, 30, refund=10.0),
        order(4, "D", MORNING, -15, refund=15.0),
    ]
    analyst = laid({"orders": rows})
    assert share(told(analyst, "aov")) == (30, 2)


def test_a_cohort_of_200_that_brought_36000_is_worth_180_each(laid: Laid) -> None:
    """Also those who never came back; what comes after six months, and who is younger, does not count."""
    began = datetime(2026, 3, 10)
    rows = [order(at, f"C{at}", began, 100) for at in range(200)]
    rows += [order(1000 + at, f"C{at}", datetime(2026, 9, 9, 23), 160) for at in range(100)]
    rows += [order(2000, "C1", datetime(2026, 9, 10), 500), order(2001, "young", datetime(2026, 5, 10), 900)]
    march = Window(date(2026, 3, 1), date(2026, 6, 1), Grain.RANGE)
    analyst = laid({"orders": rows})
    assert share(told(analyst, "clv_historical", march, form="cohort", months="6")) == (36000, 200)


def test_a_credit_takes_off_what_a_customer_brought_and_margin_the_cost(laid: Laid) -> None:
    rows = [
        order(1, "A", MORNING, 100, refund=0.0, cost=40.0),
        order(2, "A", MORNING + timedelta(days=2), -30, refund=30.0, cost=0.0),
        order(3, "B", MORNING, 50, refund=0.0, cost=None),
    ]
    analyst = laid({"orders": rows})
    assert share(told(analyst, "clv_historical")) == (120, 2)
    assert share(told(analyst, "clv_historical", basis="margin")) == (80, 2)


def test_margin_without_the_cost_of_goods_names_the_column(laid: Laid) -> None:
    with pytest.raises(BadData) as refused:
        told(laid({"orders": [order(1, "A", MORNING, 10)]}), "clv_historical", basis="margin")
    assert refused.value.values == {"table": "orders", "column": "cost"}


EXPECTED = {
    "cant_lose": 1, "champions": 8, "loyal": 22, "at_risk": 17, "potential_loyalist": 20, "new": 10,
    "needs_attention": 10, "lapsing_low_value": 12, "about_to_sleep": 5, "hibernating": 10, "lost": 10,
}  # fmt: skip
"""Triples in each: 2·2·2 champions, 3·2·5 - 8 loyal, 2·3·3 - 1 at risk, 2·2·5 potential loyalists, and so on."""


def test_each_of_the_125_triples_is_in_exactly_one_segment() -> None:
    counts = dict.fromkeys(EXPECTED, 0)
    for triple in range(125):
        counts[segment_of(triple // 25 + 1, triple // 5 % 5 + 1, triple % 5 + 1)] += 1
    assert counts == EXPECTED
    assert sum(counts.values()) == 125


@pytest.mark.parametrize(
    ("score", "segment"),
    [("155", "cant_lose"), ("154", "at_risk"), ("255", "at_risk"), ("554", "champions"), ("553", "loyal"),
     ("355", "loyal"), ("233", "at_risk"), ("232", "lapsing_low_value"), ("435", "potential_loyalist"), ("515", "new"),
     ("325", "needs_attention"), ("315", "about_to_sleep"), ("225", "hibernating"), ("125", "lost")],
)  # fmt: skip
def test_a_triple_is_in_the_segment_of_the_map(score: str, segment: str) -> None:
    assert segment_of(*map(int, score)) == segment


def test_scores_are_quintiles_equal_values_share_one_and_a_champion_is_554(laid: Laid) -> None:
    """Ten customers: 1 to 10 orders; who bought nine times, 12 days ago, for 900, has R5, F5 and M4."""
    end = datetime(2026, 11, 1)
    spent = [50, 100, 150, 200, 250, 300, 350, 800, 900, 1000]
    last = [300, 250, 200, 150, 100, 80, 60, 40, 12, 20]
    rows, number = [], 0
    for customer, (total, days) in enumerate(zip(spent, last, strict=True), start=1):
        for place in range(customer):
            number += 1
            moment = end - timedelta(days=days + place) + timedelta(hours=9)
            rows.append(order(number, f"C{customer:02}", moment, total / customer))
    rows += [order(900 + at, "rich", end - timedelta(days=70 + at), 5000) for at in range(7)]
    found = list_people(laid({"orders": rows}), Query(Intent.LIST_PEOPLE, "rfm", YEAR)).rows
    people = {row["account_id"]: row for row in found}
    champion = people["C09"]
    assert (champion["recency_days"], champion["orders"], champion["revenue"]) == (12, 9, 900)
    assert (champion["score"], champion["segment"]) == (554, "champions")
    # Seven orders twice: one score for both.
    assert people["C07"]["f"] == people["rich"]["f"]
    assert people["C01"]["score"] == 111


def test_few_numbers_of_orders_are_scored_as_they_are(laid: Laid) -> None:
    rows = [order(at, f"C{at}", datetime(2026, 10, 1 + at), 10 + at) for at in range(8)]
    rows += [order(50 + at, "C7", datetime(2026, 9, 1 + at), 10) for at in range(5)]
    found = list_people(laid({"orders": rows}), Query(Intent.LIST_PEOPLE, "rfm", YEAR)).rows
    assert {row["account_id"]: row["f"] for row in found} == {**{f"C{at}": 1 for at in range(7)}, "C7": 5}


def test_every_segment_of_rfm_has_a_row_also_where_nobody_is_in_it(laid: Laid) -> None:
    rows = told(laid({"orders": [order(1, "A", MORNING, 10)]}), "rfm", YEAR).rows
    assert {row["segment"] for row in rows} == set(EXPECTED)
    assert [row["part"] for row in rows if row["part"]] == [1]
    assert {row["whole"] for row in rows} == {1}


def test_420_of_1200_members_take_part(laid: Laid) -> None:
    before, within = datetime(2026, 3, 1), datetime(2026, 10, 5)
    rows = [points(f"M{at}", before, 10, "purchase") for at in range(1200)]
    rows += [points(f"M{at}", within, 5, "engagement") for at in range(300)]
    rows += [points(f"M{at}", within, -5, "redemption") for at in range(200, 420)]
    rows += [points(f"M{at}", within, -10, "expiry") for at in range(500, 600)]
    assert share(told(laid(ledger(*rows)), "loyalty_participation")) == (420, 1200)


def test_42000_of_120000_points_are_redeemed_and_20000_expired(laid: Laid) -> None:
    """35 % redeemed, 16.7 % true breakage, 65 % unspent as Smile.io counts."""
    issued, later = datetime(2026, 3, 5), datetime(2026, 9, 1)
    rows = [points(f"M{at}", issued, 1000, "purchase") for at in range(120)]
    rows += [points(f"M{at}", later, -700, "redemption") for at in range(60)]
    rows += [points(f"M{at}", later + timedelta(days=1), -500, "expiry") for at in range(80, 120)]
    analyst, march = laid(ledger(*rows)), Window(date(2026, 3, 1), date(2026, 4, 1), Grain.MONTH)
    assert share(told(analyst, "redemption_rate", march)) == (42000, 120000)
    assert share(told(analyst, "breakage", march)) == (20000, 120000)
    assert share(told(analyst, "breakage", march, basis="unspent")) == (78000, 120000)
    row = told(analyst, "breakage", march).rows[0]
    assert (row["redeemed"], row["expired"], row["unspent"], row["n"]) == (42000, 20000, 78000, 120)


def test_the_oldest_points_of_a_member_are_used_first(laid: Laid) -> None:
    rows = [
        points("A", datetime(2026, 8, 1), 100, "purchase"),
        points("A", datetime(2026, 9, 1), 100, "purchase"),
        points("A", datetime(2026, 9, 20), -150, "redemption"),
        points("A", datetime(2026, 10, 2), 100, "purchase"),
        points("A", datetime(2026, 10, 9), -100, "expiry"),
    ]
    analyst = laid(ledger(*rows))
    for month, redeemed, expired in ((8, 100, 0), (9, 50, 50), (10, 0, 50)):
        window = Window(date(2026, month, 1), date(2026, month + 1, 1), Grain.MONTH)
        assert share(told(analyst, "redemption_rate", window)) == (redeemed, 100)
        assert share(told(analyst, "breakage", window)) == (expired, 100)
    assert share(told(analyst, "redemption_rate", form="in_period")) == (0, 100)


def test_180_of_600_members_with_a_balance_redeem(laid: Laid) -> None:
    rows = [points(f"M{at}", datetime(2026, 5, 1), 100, "purchase") for at in range(600)]
    rows += [points(f"M{at}", datetime(2026, 10, 9), -60, "redemption") for at in range(180)]
    rows += [points(f"E{at}", datetime(2026, 5, 1), 100, "purchase") for at in range(50)]
    rows += [points(f"E{at}", datetime(2026, 6, 1), -100, "expiry") for at in range(50)]
    assert share(told(laid(ledger(*rows)), "redemption_rate", basis="members")) == (180, 600)


def test_a_tier_is_the_latest_named_and_moves_follow_the_thresholds(laid: Laid) -> None:
    before, within = datetime(2026, 9, 1), datetime(2026, 10, 9)
    rows = [
        points("up", before, 10, "purchase", "bronze"), points("up", within, 300, "purchase", "gold"),
        points("down", before, 10, "purchase", "gold"), points("down", within, -5, "expiry", "silver"),
        points("still", before, 120, "purchase", "silver"), points("late", within, 1, "purchase", "bronze"),
    ]  # fmt: skip
    ladder = [
        {"tier": tier, "benefit": "a card", "threshold": goal}
        for tier, goal in (("bronze", 0.0), ("silver", 100.0), ("gold", 250.0))
    ]
    analyst = laid({**ledger(*rows), "tier_benefits": ladder})
    moves = {row["type"]: (row["part"], row["whole"]) for row in told(analyst, "tier_migration").rows}
    assert moves == {"up": (1, 3), "down": (1, 3), "same": (1, 3)}
    held = {row["tier"]: (row["part"], row["whole"]) for row in told(analyst, "tier_distribution").rows}
    assert held == {"gold": (1, 4), "silver": (2, 4), "bronze": (1, 4)}
    far = list_people(analyst, Query(Intent.LIST_PEOPLE, "nth_tier_distance", OCTOBER)).rows
    assert {row["account_id"]: (row["next_tier"], row["missing"]) for row in far} == {
        "down": ("gold", 245), "still": ("gold", 130), "late": ("silver", 99),
    }  # fmt: skip


def test_members_are_held_against_others_of_their_month_and_country_alone(laid: Laid) -> None:
    """In France 2 of 4 members and 1 of 4 others buy again; in Spain all members do, and nobody there is none."""
    july, later = datetime(2026, 7, 3), datetime(2026, 10, 5)
    rows, members, accounts = [], [], []
    for at in range(12):
        country, member = ("FR", at < 4) if at < 8 else ("ES", True)
        accounts.append({"account_id": f"C{at}", "country": country})
        rows.append(order(at, f"C{at}", july, 20))
        if at in (0, 1, 4) or at >= 8:
            rows.append(order(100 + at, f"C{at}", later, {0: 30, 1: 50, 4: 20}.get(at, 999)))
        if member:
            members.append(points(f"C{at}", july, 20, "purchase"))
    analyst = laid({"accounts": accounts, "orders": rows, **ledger(*members)})
    found = {row["type"]: row for row in told(analyst, "member_uplift").rows}
    again, basket = found["repeat_rate"], found["aov"]
    assert (again["part"], again["whole"], again["n"], again["others"], again["alone"]) == (0.5, 0.25, 4, 4, 4)
    assert (again["value"], again["difference"]) == (2, 0.25)
    assert (basket["part"], basket["whole"], basket["difference"]) == (40, 20, 20)


def referral(number: int, host: str, guest: str | None, qualified: bool, moment: datetime = MORNING) -> Row:
    return {
        "referral_id": f"R{number}", "referrer_id": host, "referee_id": guest, "invited_at": moment,
        "qualified_at": moment + timedelta(days=3) if qualified else None,
    }  # fmt: skip


def test_a_k_of_0_18_is_60_percent_who_invite_2_5_of_whom_12_percent_come(laid: Laid) -> None:
    """100 customers, 60 of whom invite 150 people, 18 of whom qualify."""
    buyers = [order(at, f"C{at}", MORNING, 10) for at in range(100)]
    sent = [referral(at, f"C{at % 60}", f"N{at}" if at < 18 else None, at < 18) for at in range(150)]
    analyst = laid({"orders": buyers, "referrals": sent})
    row = told(analyst, "k_factor").rows[0]
    assert row["value"] == pytest.approx(0.18)
    assert (row["inviters"], row["invitations"], row["invited"], row["qualified"]) == (60, 150, 150, 18)
    assert share(told(analyst, "referral_conversion")) == (18, 150)
    rate = told(analyst, "referral_rate").rows[0]
    assert (rate["part"], rate["whole"], rate["inviters"]) == (18, 100, 60)


def test_90_of_1500_customers_bring_a_qualified_one_and_nobody_brings_themselves(laid: Laid) -> None:
    buyers = [order(at, f"C{at}", MORNING, 10) for at in range(1500)]
    sent = [referral(at, f"C{at}", f"N{at}", True) for at in range(90)]
    sent += [referral(500 + at, f"C{200 + at}", f"C{200 + at}", True) for at in range(40)]
    assert share(told(laid({"orders": buyers, "referrals": sent}), "referral_rate")) == (90, 1500)


def test_a_person_invited_twice_counts_once_with_the_first_invitation(laid: Laid) -> None:
    september = datetime(2026, 9, 20)
    sent = [
        referral(1, "A", "N1", qualified=False, moment=september),
        referral(2, "B", "N1", qualified=True),
        referral(3, "A", "N2", qualified=True),
        referral(4, "A", "N2", qualified=False),
        referral(5, "A", None, qualified=False),
    ]
    analyst = laid({"referrals": sent})
    assert share(told(analyst, "referral_conversion")) == (1, 2)
    earlier = Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH)
    assert share(told(analyst, "referral_conversion", earlier)) == (1, 1)


def test_the_referred_are_held_against_the_others_of_their_month(laid: Laid) -> None:
    """October: two referred with 116 on average against others with 100; September has nobody who was referred."""
    rows = [order(1, "R1", MORNING, 100), order(2, "R2", MORNING, 132), order(3, "O1", MORNING, 80)]
    rows += [order(4, "O2", MORNING, 120), order(5, "S1", datetime(2026, 9, 3), 900)]
    sent = [referral(1, "S1", "R1", qualified=True), referral(2, "S1", "R2", qualified=False)]
    row = told(laid({"orders": rows, "referrals": sent}), "referred_value_ratio", YEAR).rows[0]
    assert (row["value"], row["part"], row["whole"], row["n"], row["others"]) == (1.16, 116, 100, 2, 2)


def test_90_of_1500_offers_delivered_are_redeemed(laid: Laid) -> None:
    """Shown twice, used twice or stacked with another, an offer counts once; a passed-on code counts for nobody."""

    def event(number: int, account: str, name: str, offer: str, moment: datetime) -> Row:
        return {
            "event_id": f"E{number}", "account_id": account, "name": name, "occurred_at": moment,
            "properties": f'{{"step": 2, "offer" : "{offer}"}}', "is_active_event": False,
        }  # fmt: skip

    after = MORNING + timedelta(days=1)
    rows = [event(at, f"C{at}", "offer_delivered", "summer", MORNING) for at in range(1500)]
    rows += [event(2000 + at, f"C{at}", "offer_redeemed", "summer", after) for at in range(90)]
    rows += [event(3000 + at, "C1", "offer_redeemed", "summer", after) for at in range(2)]
    rows += [event(4000, "C1", "offer_delivered", "summer", after), event(4001, "X", "offer_redeemed", "summer", after)]
    rows += [event(4002, "C2", "cancel_flow_saved", "other", after)]
    assert share(told(laid({"events": rows}), "offer_uptake")) == (90, 1500)
