"""The second answers of customers, recurring revenue, cohorts, use, NPS and repeat purchase."""

from __future__ import annotations

from typing import Any

from bot.types import Window
from tests.metrics.by_hand import DEFAULT, Answers, Hand, Rules
from tests.metrics.second import CHOSEN, COUNTRIES, MONTH, TO_DATE, WEEK, Case, Second

TOP5 = "list_sum(max(mrr0, 5)) / sum(mrr0)"
LOST = "paid0 AND NOT kept1"
EARLY = "NOT paid0 AND NOT kept1 AND first_paid > TIMESTAMP '{start}'"
IS_NEW = "NOT paid0 AND paid1 AND first_paid > TIMESTAMP '{start}'"


def over_accounts(totals: str, rules: Rules = DEFAULT, rows: str = "true") -> Second:
    """Adds up one row per account; `rows` leaves out those that belong to no segment of the question."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        edges = {"start": window.start, "end": window.end}
        return hand.answer(
            hand.accounts(window.start, window.end, rules),
            by,
            f"({where}) AND ({rows})",
            totals.format(**edges),
        )

    return answer


def churn(part: str = f"count(*) FILTER ({LOST})", whole: str = "count(*) FILTER (paid0)", **rules: Any) -> Second:
    return over_accounts(f"{part}, {whole}", Rules(**rules))


def daily(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """The sum over days of (left that day / customers at its start), as part over the base that gives it."""
    assert not by
    spells = hand.spells(DEFAULT)
    rows = hand.accounts(window.start, window.end)
    hand.connection.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT who FROM ({rows}) WHERE {where}")
    left, rate = hand.connection.execute(f"""
        WITH days AS (SELECT unnest(generate_series(TIMESTAMP '{window.start}',
            TIMESTAMP '{window.end}' - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day),
        life AS (FROM {spells} WHERE who IN (FROM chosen)),
        gone AS (
            SELECT who, ends AS t FROM life l WHERE (pays OR rests)
            AND NOT EXISTS (FROM life o WHERE o.who = l.who AND (o.pays OR o.rests)
                            AND o.begins <= l.ends AND l.ends < o.ends)
            GROUP BY ALL
        ),
        rates AS (
            SELECT day, (SELECT count(*) FROM gone WHERE t > day AND t <= day + INTERVAL 1 DAY) AS lost,
                (SELECT count(DISTINCT who) FROM life WHERE pays AND begins <= day AND day < ends) AS base FROM days
        )
        SELECT sum(lost), sum(lost / base) FROM rates
    """).fetchone() or (0, 0)
    return {(): (float(left), float(left / rate))}


def movements(events: bool) -> Second:
    """start, gains, losses and end, one row each."""
    went = "CASE WHEN paid0 AND NOT paid1 AND NOT kept1 THEN mrr0 ELSE 0 END"
    netted = {
        "new": "CASE WHEN NOT paid0 AND paid1 AND first_paid > TIMESTAMP '{start}' THEN mrr1 ELSE 0 END",
        "expansion": "CASE WHEN paid0 AND paid1 AND mrr1 > mrr0 THEN mrr1 - mrr0 ELSE 0 END",
        "reactivation": "CASE WHEN NOT paid0 AND paid1 AND first_paid <= TIMESTAMP '{start}' THEN mrr1 ELSE 0 END",
        "resume": "CASE WHEN NOT paid0 AND kept0 AND paid1 THEN mrr1 ELSE 0 END",
        "contraction": "CASE WHEN paid0 AND (paid1 OR kept1) AND mrr1 < mrr0 THEN mrr0 - mrr1 ELSE 0 END",
        "pause": "CASE WHEN paid0 AND NOT paid1 AND kept1 THEN mrr0 ELSE 0 END",
        "churn": went,
    }
    moved = {
        "new": "e_new", "expansion": "e_more", "reactivation": "e_back", "resume": "e_resume",
        "contraction": "e_less", "pause": "e_pause", "churn": "e_lost",
    }  # fmt: skip
    kinds = {"start": "mrr0", **(moved if events else netted), "end": "mrr1"}

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        totals = ", ".join(f"sum({size})" for size in kinds.values()).format(start=window.start)
        found = hand.answer(hand.accounts(window.start, window.end), by, where, totals)
        return {(*key, kind): (row[place],) for key, row in found.items() for place, kind in enumerate(kinds)}

    return answer


def revenue(hand: Hand, window: Window, by: tuple[str, ...], where: str, rules: Rules = DEFAULT) -> Answers:
    return hand.answer(hand.paid_at_end(window.end, window.start, rules), by, where, "sum(mrr), count(DISTINCT who)")


def cohorts(rows: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        grid = getattr(hand, rows)(window.start, window.end)
        return hand.answer(grid, (*by, "cohort", "age"), where, "count(*) FILTER (there), count(*)")

    return answer


def people(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.answer(
        hand.deeds(window.start, window.end), by, where, "count(DISTINCT user_id), count(DISTINCT user_id)"
    )


def sticky(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.stickiness(window.start, window.end, by, where)


def adoption(**kind: Any) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(
            hand.adopted(window.start, window.end, **kind), by, where,
            "count(DISTINCT user_id) FILTER (used), count(DISTINCT user_id)",
        )  # fmt: skip

    return answer


def stayed_active(totals: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(hand.stayed_active(window.start, window.end), by, where, totals)

    return answer


def promoters(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.answer(
        hand.answered(window.start, window.end), by, where,
        "count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6), count(*)",
    )  # fmt: skip


def buyers(form: str, horizon: int = 90) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(
            hand.buyers(window.start, window.end, form, horizon), by, where, "count(*) FILTER (again), count(*)"
        )

    return answer


def reasons(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    keys = tuple(name for name in by if name != "reason")
    rows = hand.accounts(window.start, window.end)
    stated = f"({where}) AND {LOST} AND reason_code IS NOT NULL"
    wholes = hand.answer(rows, keys, stated, "count(*)")
    parts = hand.answer(rows, (*keys, "reason"), stated, "count(*)")
    return {key: (part, wholes[key[:-1]][0]) for key, (part,) in parts.items()}


LEFT = "count(*) FILTER ({}), count(*) FILTER (paid0), sum(mrr0) FILTER ({})"
JOINED = f"count(*) FILTER ({IS_NEW}), count(*) FILTER (paid1), sum(mrr1) FILTER ({IS_NEW})"
FLOW = "sum(mrr0) - sum(lowered) FILTER (paid0), sum(mrr0)"
RETURNED = (
    "NOT paid0 AND paid1 AND (first_paid > TIMESTAMP '{start}' OR left_before + INTERVAL 90 DAY < TIMESTAMP '{start}')"
)

ASKED: list[tuple[str, dict[str, str], Second]] = [
    ("churn_rate", {}, churn()),
    ("churn_rate", {"split": "voluntary"}, churn(f"count(*) FILTER ({LOST} AND type IN ('voluntary', 'to_free'))")),
    ("churn_rate", {"split": "involuntary"}, churn(f"count(*) FILTER ({LOST} AND type = 'involuntary')")),
    ("churn_rate", {"split": "to_free"}, churn(f"count(*) FILTER ({LOST} AND type = 'to_free')")),
    ("churn_rate", {"split": "pause_expired"}, churn(f"count(*) FILTER ({LOST} AND type = 'pause_expired')")),
    ("churn_rate", {"method": "events"}, churn("sum(left_events)")),
    ("churn_rate", {"method": "stripe_like"}, churn("sum(left_events)", "count(*) FILTER (paid0) + sum(join_events)")),
    (
        "churn_rate",
        {"method": "average"},
        churn("sum(left_events)", "(count(*) FILTER (paid0) + count(*) FILTER (paid1)) / 2"),
    ),
    ("churn_rate", {"method": "daily_sum"}, daily),
    (
        "churn_rate",
        {"include_early": "true"},
        over_accounts(f"count(*) FILTER ({LOST} OR ({EARLY})), count(*) FILTER (paid0)"),
    ),
    ("churn_rate", {"grace_days": "5"}, churn(grace=5)),
    ("churn_rate", {"pause_policy": "keep_mrr"}, churn(pause="keep_mrr")),
    ("churn_rate", {"pause_policy": "churn"}, churn(pause="churn")),
    ("churn_rate", {"free_policy": "active"}, churn(free="active")),
    ("churn_rate", {"recognition": "request"}, churn(asked=True)),
    ("churn_rate", {"basis": "active"}, stayed_active("count(*) FILTER (NOT back), count(*)")),
    ("retention_rate", {}, churn("count(*) FILTER (paid0 AND kept1)")),
    ("retention_rate", {"pause_policy": "churn"}, churn("count(*) FILTER (paid0 AND kept1)", pause="churn")),
    ("retention_rate", {"basis": "active"}, stayed_active("count(*) FILTER (back), count(*)")),
    ("churned_customers", {}, over_accounts(LEFT.format(LOST, LOST))),
    (
        "churned_customers",
        {"split": "involuntary"},
        over_accounts(LEFT.format(f"{LOST} AND type = 'involuntary'", f"{LOST} AND type = 'involuntary'")),
    ),
    ("new_customers", {}, over_accounts(JOINED)),
    ("customer_count", {}, over_accounts("count(*) FILTER (paid1), count(*) FILTER (paid1)")),
    (
        "new_customers",
        {"reactivation_days": "90"},
        over_accounts(f"count(*) FILTER ({RETURNED}), count(*) FILTER (paid1), sum(mrr1) FILTER ({RETURNED})"),
    ),
    (
        "new_customers",
        {"method": "events"},
        over_accounts("sum(join_events), count(*) FILTER (paid1), sum(mrr1) FILTER (join_events > 0)"),
    ),
    ("churn_reasons", {}, reasons),
    ("mrr", {}, revenue),
    ("mrr", {"pause_policy": "keep_mrr"}, lambda *asked: revenue(*asked, Rules(pause="keep_mrr"))),
    ("mrr_movements", {}, movements(events=False)),
    ("mrr_movements", {"method": "events"}, movements(events=True)),
    ("grr", {}, over_accounts(f"sum(least(mrr0, mrr1)), sum(mrr0), {TOP5}")),
    ("grr", {"grr_method": "flow"}, over_accounts(FLOW)),
    ("nrr", {}, over_accounts(f"sum(mrr1) FILTER (paid0), sum(mrr0), {TOP5}")),
    (
        "nrr",
        {"include_reactivation": "true"},
        over_accounts("sum(mrr1) FILTER (first_paid <= TIMESTAMP '{start}'), sum(mrr0)"),
    ),
    ("cohort_retention", {}, cohorts("cohorts")),
    ("cohort_retention", {"basis": "active"}, cohorts("active_cohorts")),
    ("active_users", {}, people),
    ("stickiness", {}, sticky),
    ("feature_adoption", {}, adoption()),
    ("feature_adoption", {"denominator": "all_active"}, adoption(everyone=True)),
    ("feature_adoption", {"tier": "advanced"}, adoption(tier="advanced")),
    ("nps", {}, promoters),
    ("repeat_purchase_rate", {}, buyers("in_period")),
    ("repeat_purchase_rate", {"form": "lifetime"}, buyers("lifetime")),
    ("repeat_purchase_rate", {"form": "returning"}, buyers("returning")),
    ("repeat_purchase_rate", {"form": "cohort", "horizon_days": "30"}, buyers("cohort", 30)),
]

BY = {
    "cohort_retention": ("country",), "active_users": ("platform",), "stickiness": ("role",),
    "feature_adoption": ("feature",), "nps": ("role",), "repeat_purchase_rate": ("channel",),
    "churn_rate": ("plan", "tenure"), "mrr": ("plan", "tenure"),
}  # fmt: skip
FIGURES = ("part", "whole", "top5_share")
"""What is compared of revenue kept under its default variants."""
BY_COUNTRY = ("repeat_purchase_rate", "cohort_retention")


def _case(metric: str, variant: dict[str, str], second: Second) -> Case:
    active = variant.get("basis") == "active"
    by = ("country",) if active else BY.get(metric, ("plan",))
    by = () if variant.get("method") == "daily_sum" else by
    where = COUNTRIES if active or metric in BY_COUNTRY else CHOSEN
    # Nothing can be seen of a cohort before its first month, or its horizon, is over; a pause may last 90 days.
    empty = (WEEK, TO_DATE) if metric == "cohort_retention" or variant.get("form") == "cohort" else ()
    empty = (MONTH, WEEK, TO_DATE) if variant.get("split") == "pause_expired" else empty
    figures = FIGURES if metric in ("grr", "nrr") and not variant else ()
    return Case(metric, variant, second, figures, by=by, where=where, empty=empty)


CASES = [_case(*one) for one in ASKED]
