"""The second answers of spend: what was spent from the ledger, and the customers from their lives."""

from __future__ import annotations

from collections.abc import Callable

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import TO_DATE, WEEK, Case, Second, Where
from tests.metrics.second.core import IS_NEW

KEPT = "category IN ('retention', 'loyalty', 'success', 'tooling')"
WON = "category = 'acquisition'"


def ledger(window: Window) -> str:
    return f"""
    SELECT category, coalesce(channel, 'unknown') AS channel, coalesce(channel, 'unknown') AS message_channel, amount
    FROM spend
    WHERE occurred_at >= TIMESTAMP '{window.start}' AND occurred_at < TIMESTAMP '{window.end}'
    """


def months(window: Window) -> float:
    whole = {(2026, 10, 1): 1, (2026, 7, 1): 3, (2025, 11, 1): 12}
    start = (window.start.year, window.start.month, window.start.day)
    return whole.get(start) or (window.end - window.start).days * 12 / 365.25


def customers(hand: Hand, window: Window, totals: str, where: str = "true") -> tuple[float, ...]:
    rows = hand.accounts(window.start, window.end)
    return hand.answer(rows, (), where, totals.format(start=window.start))[()]


def responders(hand: Hand, window: Window) -> float:
    row = hand.connection.execute(f"""
        SELECT count(DISTINCT who) FROM message_events e JOIN users u USING (user_id) JOIN lives ON id = u.account_id
        JOIN known a ON a.account_id = who WHERE e.type IN ('clicked', 'replied', 'converted')
        AND e.occurred_at >= TIMESTAMP '{window.start}' AND e.occurred_at < TIMESTAMP '{window.end}'
    """).fetchone()
    return float(row[0]) if row else 0.0


Base = Callable[[Hand, Window], float]
BASES: dict[str, Base] = {
    "retained": lambda hand, window: customers(hand, window, "count(*) FILTER (paid0 AND kept1)")[0],
    "active": lambda hand, window: customers(
        hand, window, "count(*) FILTER (paid1 AND first_paid <= TIMESTAMP '{start}')"
    )[0],
    "responders": responders,
}


def kept(base: Base) -> Second:
    """cost, customers, revenue of the months, cost over revenue."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        first, last = customers(hand, window, "sum(mrr0), sum(mrr1)")
        revenue = (first + last) / 2 * months(window)
        costs = hand.answer(ledger(window), by, f"({where}) AND {KEPT}", "sum(amount)")
        return {key: (cost, base(hand, window), revenue, cost / revenue) for key, (cost,) in costs.items()}

    return answer


def costs_of_winning(hand: Hand, window: Window, by: tuple[str, ...], where: str, won: str = IS_NEW) -> Answers:
    spent = hand.answer(ledger(window), by, f"({where}) AND {WON}", "sum(amount)")
    rows = hand.accounts(window.start, window.end)
    came = hand.answer(rows, by, where, f"count(*) FILTER ({won})".format(start=window.start))
    return {key: (spent.get(key, (0.0,))[0], came.get(key, (0.0,))[0]) for key in {*spent, *came}}


def by_events(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return costs_of_winning(hand, window, by, where, "join_events > 0")


def split(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    both = f"sum(amount) FILTER ({KEPT}), sum(amount) FILTER ({KEPT} OR {WON})"
    return hand.answer(ledger(window), by, where, both)


LIVES = "sum(mrr1), count(*) FILTER (paid1), count(*) FILTER (paid0 AND NOT kept1), count(*) FILTER (paid0)"


def told(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> dict[tuple[str, ...], tuple[float, ...]]:
    """Segment → ARPA, monthly churn, cost of winning one; None where there is none."""
    rows = hand.answer(hand.accounts(window.start, window.end), by, where, LIVES)
    costs = costs_of_winning(hand, window, by, where)
    found = {}
    for key, (mrr, paying, left, started) in rows.items():
        spent, won = costs[key]
        churn = 1 - (1 - left / started) ** (1 / months(window)) if started else 0.0
        found[key] = (mrr / paying if paying else 0.0, churn, spent / won if won else 0.0, won)
    return found


def lifetimes(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return {
        key: (arpa / churn, cost) if churn and won else (0.0, 0.0)
        for key, (arpa, churn, cost, won) in told(hand, window, by, where).items()
    }


def paid_back(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return {
        key: (cost, arpa) if won else (0.0, 0.0) for key, (arpa, _, cost, won) in told(hand, window, by, where).items()
    }


def changed(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """In closed form: N q^k + a (1 - q^k) / (1 - q), added over twelve months, q the share that stays a month."""
    mrr, paying, left, started = customers(hand, window, LIVES)
    (new,) = customers(hand, window, f"count(*) FILTER ({IS_NEW})")
    churn = 1 - (1 - left / started) ** (1 / months(window))

    def year(churn: float, won: float, brings: float) -> float:
        q = 1 - churn
        heads = [paying * q**k + (won * (1 - q**k) / (1 - q) if churn else won * k) for k in range(1, 13)]
        return brings * sum(heads)

    won, each = new / months(window), mrr / paying
    values = {
        "base": year(churn, won, each),
        "churn_1_percent": year(churn * 0.99, won, each),
        "churn_1_point": year(max(churn - 0.01, 0), won, each),
        "acquisition_1_percent": year(churn, won * 1.01, each),
        "arpa_1_percent": year(churn, won, each * 1.01),
    }
    return {(case,): (value, paying, value - values["base"]) for case, value in values.items()}


PAID: Where = ((("channel", ("paid_search", "event")),), (), "channel IN ('paid_search', 'event')")
MAIL: Where = ((("message_channel", ("email",)),), (), "channel = 'email'")
NOTHING: Where = ((), (), "true")
COST = ("part", "whole", "revenue", "share_of_revenue")

CASES = [
    *(
        Case("retention_cost", {"base": base}, kept(counted), COST, by=("category", "message_channel"), where=MAIL)
        for base, counted in BASES.items()
    ),
    Case("cac", {}, costs_of_winning, by=("channel",), where=PAID),
    Case("cac", {"method": "events"}, by_events, by=("channel",), where=PAID),
    Case("spend_split", {}, split, by=("channel",), where=PAID),
    Case("ltv_cac", {}, lifetimes, by=("channel",), where=PAID, empty=(WEEK, TO_DATE)),
    Case(
        "ltv_cac", {"ltv_method": "revenue_over_churn"}, lifetimes, by=("channel",), where=PAID, empty=(WEEK, TO_DATE)
    ),
    Case("payback", {}, paid_back, by=("channel",), where=PAID),
    Case("sensitivity", {}, changed, ("value", "n", "change"), by=(), where=NOTHING),
]
