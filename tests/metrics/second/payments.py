"""The second answers of failed payments: each invoice's first attempt, and whether a later one came in time."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import QUARTER, TO_DATE, WEEK, Case, Second


def invoices(window: Window, days: int = 30) -> str:
    """One row per invoice first tried in the window, in dollars, with the plan its account was on."""
    t0, t1 = f"TIMESTAMP '{window.start}'", f"TIMESTAMP '{window.end}'"
    return f"""
    WITH tries AS (
        SELECT who, p.*, round(amount * rate, 6) AS dollars,
            row_number() OVER (PARTITION BY invoice_id ORDER BY occurred_at, attempt) AS k
        FROM payments p JOIN lives ON id = account_id JOIN exchange_rates USING (currency) WHERE status <> 'pending'
    ), subscribed AS (
        SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
        WHERE valid_from <= {t1} AND status <> 'ended' GROUP BY who
    )
    SELECT f.who, f.status = 'failed' AS failed, f.dollars, f.payment_method, f.decline_code,
        coalesce(a.country, 'unknown') AS country, coalesce(s.name, 'unknown') AS plan,
        f.occurred_at + INTERVAL {days} DAY <= TIMESTAMP '{AS_OF}' AS mature,
        EXISTS (FROM tries l WHERE l.invoice_id = f.invoice_id AND l.k > 1 AND l.status <> 'failed'
                AND l.paid_at < f.occurred_at + INTERVAL {days} DAY) AS recovered
    FROM tries f JOIN known a ON a.account_id = f.who
    LEFT JOIN (SELECT who, name FROM subscribed JOIN plans USING (plan_id)) s ON s.who = f.who
    WHERE f.k = 1 AND f.occurred_at >= {t0} AND f.occurred_at < {t1}
    """


BAD = "count(*) FILTER ({0}), count(*), sum(dollars) FILTER ({0}), sum(dollars)"


def shares(part: str, rows: str = "true", days: int = 30) -> Second:
    """part, whole, the same in money, and the share of money."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = hand.answer(invoices(window, days), by, f"({where}) AND ({rows})", BAD.format(part))
        return {key: (*row, row[2] / row[3] if row[3] else 0.0) for key, row in found.items()}

    return answer


def by_code(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Each code is told against every first attempt, also those without one."""
    whole = shares("failed")(hand, window, (), where)[()]
    found = hand.answer(invoices(window), by, f"({where}) AND failed", "count(*), sum(dollars)")
    return {key: (n, whole[1], lost, whole[3], lost / whole[3]) for key, (n, lost) in found.items()}


FAILED = ("part", "whole", "failed_amount", "tried_amount", "amount_share")
RECOVERED = ("part", "whole", "recovered_amount", "failed_amount", "amount_share")
CARDS = (
    (("country", ("FR", "US")), ("payment_method", ("card",))),
    (),
    "(country IN ('FR', 'US') AND payment_method = 'card')",
)
# Nothing is mature before its days of grace are over.
YOUNG = (WEEK, TO_DATE)

CASES = [
    Case("failed_payment_rate", {}, shares("failed"), FAILED, by=("payment_method", "plan"), where=CARDS),
    Case("failed_payment_rate", {}, by_code, FAILED, by=("decline_code",), where=CARDS, windows=(QUARTER,)),
    Case(
        "dunning_recovery_rate",
        {},
        shares("failed AND mature AND recovered", "failed AND mature"),
        RECOVERED,
        by=("decline_code", "country"),
        where=CARDS,
        empty=YOUNG,
    ),
    Case(
        "dunning_recovery_rate",
        {"grace_days": "5"},
        shares("failed AND mature AND recovered", "failed AND mature", days=5),
        RECOVERED,
        by=("plan",),
        where=CARDS,
        empty=YOUNG,
    ),
]
