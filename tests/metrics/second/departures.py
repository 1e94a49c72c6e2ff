"""The second answers of departures, returns, pauses, renewals and saves."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand, Rules
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second
from tests.metrics.second.core import EARLY, LOST

KINDS = ("voluntary", "involuntary", "pause_expired", "other", "unknown")
POLICIES: tuple[tuple[dict[str, str], Rules], ...] = (
    ({}, DEFAULT),
    ({"grace_days": "5"}, Rules(grace=5)),
    ({"pause_policy": "keep_mrr"}, Rules(pause="keep_mrr")),
    ({"pause_policy": "churn"}, Rules(pause="churn")),
    ({"free_policy": "active"}, Rules(free="active")),
    ({"recognition": "request"}, Rules(asked=True)),
)


def early(rules: Rules) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        spells, over = hand.spells(rules), EARLY.format(start=window.start)
        rows = f"""
        SELECT *, (SELECT sum(mrr) FROM {spells} s WHERE s.who = a.who AND s.pays AND s.ends = (
            SELECT max(ends) FROM {spells} z WHERE z.who = a.who AND z.pays AND z.ends <= TIMESTAMP '{window.end}'
        )) AS ended FROM ({hand.accounts(window.start, window.end, rules)}) a
        """
        came = f"first_paid > TIMESTAMP '{window.start}'"
        totals = f"count(*) FILTER ({over}), count(*) FILTER ({came}), sum(ended) FILTER ({over})"
        return hand.answer(rows, by, where, totals)

    return answer


def scheduled(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    end = f"TIMESTAMP '{window.end}'"
    rows = f"""
    SELECT *, NOT EXISTS (
        FROM stretches s WHERE s.who = a.who AND s.mrr > 0 AND s.status IN ('active', 'past_due')
        AND valid_from <= {end} AND {end} < CASE s.status WHEN 'past_due' THEN least(until, s.since + INTERVAL 30 DAY)
                                                         ELSE until END
        AND coalesce(cancel_requested_at, 'infinity') > {end}
    ) AS going FROM ({hand.accounts(window.start, window.end)}) a WHERE paid1
    """
    return hand.answer(rows, by, where, "count(*) FILTER (going), count(*), sum(mrr1) FILTER (going)")


def by_kind(rules: Rules) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        kind = (
            "CASE WHEN type = 'to_free' THEN 'voluntary' WHEN last_status = 'past_due' THEN 'involuntary' ELSE type END"
        )
        parts = ", ".join(f"count(*) FILTER ({LOST} AND {kind} = '{name}')" for name in KINDS)
        found = hand.answer(
            hand.accounts(window.start, window.end, rules), by, where, f"{parts}, count(*) FILTER (paid0)"
        )
        return {(*key, kind): (row[place], row[-1]) for key, row in found.items() for place, kind in enumerate(KINDS)}

    return answer


GONE = """
SELECT who, ends AS t FROM {spells} l WHERE (pays OR rests) AND NOT EXISTS (
    FROM {spells} o WHERE o.who = l.who AND (o.pays OR o.rests) AND o.begins <= l.ends AND l.ends < o.ends
) GROUP BY ALL
"""
PAID_AFTER = """
CASE WHEN EXISTS (FROM stretches d WHERE d.who = {who} AND d.valid_from = {back} AND d.discount > 0)
     THEN (SELECT min(coalesce(y.paid_at, y.occurred_at)) FROM payments y JOIN lives v ON v.id = y.account_id
           WHERE v.who = {who} AND y.status = 'paid' AND coalesce(y.paid_at, y.occurred_at) >= {back})
     ELSE {back} END
"""
"""When a return counts: at once, or with the first paid invoice where it came at a discount."""


def returns(days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        spells = hand.spells(DEFAULT)
        paid = PAID_AFTER.format(who="g.who", back="g.back")
        rows = f"""
        WITH gone AS ({GONE.format(spells=spells)}),
        seen AS (
            SELECT who, t, (SELECT min(begins) FROM {spells} p WHERE p.who = gone.who AND pays AND begins > t) AS back
            FROM gone WHERE t > TIMESTAMP '{window.start}' AND t <= TIMESTAMP '{window.end}'
        ),
        real AS (FROM seen WHERE back IS NULL OR back > t + INTERVAL 3 DAY),
        once AS (SELECT who, min(t) AS t, arg_min_null(back, t) AS back FROM real GROUP BY who),
        told AS (SELECT g.*, {paid} AS counted FROM once g WHERE t <= TIMESTAMP '{AS_OF}' - INTERVAL {days} DAY)
        SELECT a.*, coalesce(counted <= t + INTERVAL {days} DAY, false) AS again
        FROM told JOIN ({hand.accounts(window.start, window.end)}) a USING (who)
        """
        return hand.answer(rows, by, where, "count(*) FILTER (again), count(*)")

    return answer


def same_period(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    spells = hand.spells(DEFAULT)
    inside = f"> TIMESTAMP '{window.start}' AND {{}} <= TIMESTAMP '{window.end}'"
    rows = f"""
    SELECT a.*, EXISTS (FROM ({GONE.format(spells=spells)}) g WHERE g.who = a.who
            AND g.t {inside.format("g.t")}) AS left,
        EXISTS (FROM {spells} p WHERE p.who = a.who AND p.pays AND p.begins {inside.format("p.begins")}
            AND p.begins > a.first_paid AND NOT EXISTS (
                FROM {spells} k WHERE k.who = a.who AND (k.pays OR k.rests)
                AND k.begins < p.begins AND k.ends >= p.begins)
        ) AS back
    FROM ({hand.accounts(window.start, window.end)}) a
    """
    return hand.answer(rows, by, where, 'count(*) FILTER (back), count(*) FILTER ("left")')


def called(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    spells = hand.spells(DEFAULT)
    rows = f"""
    WITH asked AS (
        SELECT who, bool_or(NOT holdout) AS sent, any_value(campaign_id) AS campaign,
            coalesce(min(occurred_at) FILTER (NOT holdout), min(occurred_at)) AS t
        FROM sends JOIN campaigns USING (campaign_id) JOIN lives ON id = sends.account_id
        WHERE type = 'win_back' AND occurred_at >= TIMESTAMP '{window.start}' AND occurred_at < TIMESTAMP '{window.end}'
        GROUP BY who HAVING t <= TIMESTAMP '{AS_OF}' - INTERVAL 90 DAY
    ),
    g AS (
        SELECT *, (SELECT min(begins) FROM {spells} p WHERE p.who = asked.who AND pays AND begins > t) AS back
        FROM asked WHERE EXISTS (FROM {spells} p WHERE p.who = asked.who AND pays AND begins <= t) AND NOT EXISTS (
            FROM {spells} k WHERE k.who = asked.who AND (pays OR rests) AND begins <= t AND t < ends)
    ),
    told AS (SELECT g.*, {PAID_AFTER.format(who="g.who", back="g.back")} AS counted FROM g)
    SELECT a.*, sent, campaign, coalesce(counted <= t + INTERVAL 90 DAY, false) AS again
    FROM told JOIN ({hand.accounts(window.start, window.end)}) a USING (who)
    """
    totals = ", ".join(
        f"count(*) FILTER ({who})" for who in ("sent AND again", "sent", "NOT sent", "NOT sent AND again")
    )
    return hand.answer(rows, by, where, totals)


def paused(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    spells = hand.spells(DEFAULT)
    rows = f"""
    WITH stops AS ({_stops(spells, window.start, window.end)}),
    gone AS ({GONE.format(spells=spells)}),
    told AS (
        SELECT who, t, (SELECT min(begins) FROM {spells} p WHERE p.who = stops.who AND pays AND begins > t) AS again,
            (SELECT min(g.t) FROM gone g WHERE g.who = stops.who AND g.t > stops.t) AS gone
        FROM stops
    )
    SELECT a.*, told.t, t <= TIMESTAMP '{AS_OF}' - INTERVAL 90 DAY AS ripe,
        again <= t + INTERVAL 90 DAY AND (gone IS NULL OR again < gone) AS resumed,
        gone <= t + INTERVAL 90 DAY AND (again IS NULL OR gone < again) AS churned
    FROM ({hand.accounts(window.start, window.end)}) a LEFT JOIN told USING (who) WHERE paid0
    """
    return hand.answer(
        rows, by, where,
        "count(t), count(*), count(*) FILTER (ripe), count(*) FILTER (ripe AND resumed), "
        "count(*) FILTER (ripe AND churned)",
    )  # fmt: skip


def _stops(spells: str, start: date, end: date) -> str:
    """The first moment in (start, end] at which an account stopped paying and rested."""
    return f"""
    SELECT who, min(begins) AS t FROM {spells} r WHERE rests
        AND begins > TIMESTAMP '{start}' AND begins <= TIMESTAMP '{end}'
        AND NOT EXISTS (FROM {spells} p WHERE p.who = r.who AND p.pays AND p.begins <= r.begins AND r.begins < p.ends)
        AND EXISTS (FROM {spells} p WHERE p.who = r.who AND p.pays AND p.begins < r.begins AND p.ends >= r.begins)
    GROUP BY who
    """


def alike(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Month after month: who paused, who changed plan, and who did neither on the same plan and tenure."""
    spells = hand.spells(DEFAULT)
    sums: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
    start = window.start
    while start < window.end:
        following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        end = min(following, window.end)
        if end + timedelta(days=180) <= AS_OF:
            for key, row in hand.answer(
                _alike(hand, spells, start, end, where), (*by, "deed"), "compared", "count(*) FILTER (went), count(*)"
            ).items():
                sums[key][0] += row[0]
                sums[key][1] += row[1]
        start = end
    return {key: (part, whole) for key, (part, whole) in sums.items()}


def _alike(hand: Hand, spells: str, start: date, end: date, where: str) -> str:
    label = "max(p.name || CASE p.interval WHEN 'month' THEN ' monthly' ELSE ' annual' END)"
    return f"""
    WITH stops AS ({_stops(spells, start, end)}), gone AS ({GONE.format(spells=spells)}),
    plans_of AS (
        SELECT who, {label} FILTER (begins <= TIMESTAMP '{start}' AND TIMESTAMP '{start}' < ends) AS plan0,
            {label} FILTER (begins <= TIMESTAMP '{end}' AND TIMESTAMP '{end}' < ends) AS plan1
        FROM {spells} s JOIN plans p USING (plan_id) WHERE pays GROUP BY who
    ),
    base AS (
        SELECT a.*, plan0, EXISTS (FROM gone g WHERE g.who = a.who AND g.t > TIMESTAMP '{end}'
                AND g.t <= TIMESTAMP '{end}' + INTERVAL 180 DAY) AS went,
            CASE WHEN a.who IN (SELECT who FROM stops) THEN 'paused' WHEN plan0 <> plan1 THEN 'changed'
                ELSE 'neither' END AS deed
        FROM ({hand.accounts(start, end)}) a JOIN plans_of USING (who) WHERE paid0 AND kept1 AND ({where})
    )
    SELECT *, bool_or(deed <> 'neither') OVER (PARTITION BY plan0, tenure) AS compared FROM base
    """


def renewals(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    following = """
    FROM stretches n WHERE n.who = d.who AND n.status = 'active' AND n.mrr > 0 AND n.until > d.term_end
        AND n.valid_from <= d.term_end + INTERVAL 30 DAY AND {} d.subscription_id
    """
    started = "(SELECT min(z.valid_from) FROM stretches z WHERE z.subscription_id = n.subscription_id) >= d.term_end"
    same = following.format("n.subscription_id =")
    other = following.format(f"{started} AND n.subscription_id <>")
    rows = f"""
    WITH due AS (
        SELECT s.who, s.subscription_id, s.term_end, arg_max(plan_id, valid_from) AS plan_id,
            arg_max(s.mrr, valid_from) AS amount
        FROM stretches s JOIN plans p USING (plan_id)
        WHERE p.interval = 'year' AND status IN ('active', 'past_due') AND mrr > 0
            AND term_end >= TIMESTAMP '{window.start}'
            AND term_end < least(TIMESTAMP '{window.end}', TIMESTAMP '{AS_OF}')
        GROUP BY ALL
    )
    SELECT d.*, coalesce((SELECT arg_min(n.mrr, n.valid_from) {same}), (SELECT max(n.mrr) {other})) AS next,
        coalesce(a.country, 'unknown') AS country, p.name AS plan
    FROM due d JOIN known a ON a.account_id = d.who JOIN plans p USING (plan_id)
    WHERE EXISTS (FROM stretches f WHERE f.subscription_id = d.subscription_id AND f.valid_from < d.term_end
        AND f.until >= d.term_end AND f.status IN ('active', 'past_due', 'paused'))
    """
    return hand.answer(
        rows, by, where, "count(next), count(*), sum(amount), sum(least(next, amount)) FILTER (next IS NOT NULL)"
    )


def _sessions(window: Window) -> str:
    """Accounts and days on which the cancel flow began: was it given up, and on which plan are they?"""
    return f"""
    WITH begun AS (
        SELECT who, occurred_at::DATE AS day, min(occurred_at) AS t FROM events JOIN lives ON id = events.account_id
        WHERE name = 'cancel_flow_started' AND occurred_at >= TIMESTAMP '{window.start}'
            AND occurred_at < TIMESTAMP '{window.end}' GROUP BY ALL
    ), subscribed AS (
        SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
        WHERE valid_from <= TIMESTAMP '{window.end}' AND status <> 'ended' GROUP BY who
    )
    SELECT b.*, coalesce(a.country, 'unknown') AS country, coalesce(p.name, 'unknown') AS plan, NOT EXISTS (
            FROM stretches s WHERE s.who = b.who AND (s.cancel_requested_at BETWEEN t AND t + INTERVAL 1 DAY
                OR s.end_type IN ('voluntary', 'to_free') AND s.valid_to BETWEEN t AND t + INTERVAL 1 DAY)) AS saved
    FROM begun b JOIN known a ON a.account_id = b.who LEFT JOIN subscribed USING (who) LEFT JOIN plans p USING (plan_id)
    """


def saves(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.answer(_sessions(window), by, where, "count(*) FILTER (saved), count(*)")


def paid_after_save(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    spells = hand.spells(DEFAULT)
    rows = f"""
    WITH bills AS (
        SELECT who, invoice_id, min(due_at) AS due, bool_or(status = 'paid') AS paid
        FROM payments JOIN lives ON id = payments.account_id WHERE due_at < TIMESTAMP '{AS_OF}' GROUP BY ALL
    )
    SELECT s.*, (SELECT arg_min(paid, (due, invoice_id)) FROM bills b WHERE b.who = s.who AND b.due > s.t) AS settled,
        EXISTS (FROM {spells} k WHERE k.who = s.who AND (pays OR rests) AND begins <= TIMESTAMP '{AS_OF}'
            AND TIMESTAMP '{AS_OF}' < ends) AS here
    FROM ({_sessions(window)}) s WHERE saved
    """
    chosen = f"({where}) AND (settled IS NOT NULL OR NOT here)"
    return hand.answer(rows, by, chosen, "count(*) FILTER (settled), count(*)")


MAY = Window(date(2026, 5, 1), date(2026, 6, 1), Grain.MONTH)
SOON = (MONTH, WEEK, TO_DATE)
CAMPAIGN = ("part", "whole", "held_back", "held_back_returned")
CASES = [
    *(Case("early_churn", variant, early(rules)) for variant, rules in POLICIES),
    Case("scheduled_churn", {}, scheduled),
    *(Case("churn_by_type", variant, by_kind(rules)) for variant, rules in POLICIES),
    Case("win_back_rate", {}, returns(90), empty=SOON),
    Case("win_back_rate", {"horizon_days": "30"}, returns(30), empty=(WEEK, TO_DATE)),
    Case("win_back_rate", {"horizon_days": "180"}, returns(180), empty=(QUARTER, *SOON)),
    Case("win_back_rate", {"horizon_days": "365"}, returns(365), empty=(QUARTER, *SOON)),
    Case("win_back_rate", {"form": "in_period"}, same_period),
    Case("win_back_rate", {"form": "campaign"}, called, figures=CAMPAIGN, by=("campaign",), windows=(MAY, YEAR)),
    Case("reactivation_rate", {}, returns(90), by=("country", "tenure"), empty=SOON),
    Case("reactivation_rate", {"form": "in_period"}, same_period, by=("country",)),
    Case("pause_rate", {}, paused, figures=("part", "whole", "mature", "pause_to_resume", "pause_to_churn")),
    Case("pause_vs_no_pause_churn", {}, alike, empty=(QUARTER, *SOON)),
    Case("renewal_rate", {}, renewals, figures=("part", "whole", "mrr", "renewed_mrr")),
    Case("save_rate", {}, saves),
    Case("save_then_pay", {}, paid_after_save, empty=(WEEK, TO_DATE)),
]
