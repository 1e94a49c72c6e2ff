"""The second answers of tests, costs and touches: people in SQL, the two groups compared with plain arithmetic."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from math import sqrt
from typing import Any

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second, Where
from tests.metrics.second.messages import posted

READERS: Where = ((("country", ("FR", "US")),), (), "country IN ('FR', 'US')")
BOUGHT = "net_amount > 0"
Groups = dict[tuple[str, ...], tuple[float, ...]]
"""(segment, campaign, arm or tenth, held) → people, mean, variance, total of the outcome, total worth."""


def assigned(hand: Hand, window: Window, days: int, outcome: str) -> str:
    """One row per person or account assigned in the window whose horizon is over, with what became of them."""
    until = f"(x.assigned_at + INTERVAL {days} DAY)"
    ordered = f"""FROM orders o JOIN lives l ON l.id = o.customer_id WHERE l.who = x.who AND {BOUGHT}
        AND o.occurred_at >= x.assigned_at AND o.occurred_at < {until}"""
    spells = hand.spells(DEFAULT)
    there = f"FROM {spells} s WHERE s.who = x.who AND s.begins <= {until} AND {until} < s.ends"
    amounts = {
        "retained": f"(EXISTS ({there} AND (s.pays OR s.rests)))::INT",
        "visit": f"""(EXISTS (FROM events e JOIN lives l ON l.id = e.account_id WHERE e.is_active_event
            AND l.who = x.who AND coalesce(e.user_id = x.person, x.person IS NULL)
            AND e.occurred_at >= x.assigned_at AND e.occurred_at < {until}))::INT""",
        "conversion": f"(EXISTS ({ordered}))::INT",
        "spend": f"coalesce((SELECT sum(net_amount) {ordered}), 0)",
        "margin": f"coalesce((SELECT sum(net_amount - cost) {ordered}), 0)",
    }
    return f"""
    WITH everybody AS (
        SELECT e.campaign_id AS campaign, g.arm, NULL AS person, l.who, g.assigned_at
        FROM assignments g JOIN experiments e USING (experiment_id) JOIN lives l ON l.id = g.unit_id
        WHERE e.unit = 'account'
        UNION ALL
        SELECT e.campaign_id, g.arm, u.user_id, l.who, g.assigned_at
        FROM assignments g JOIN experiments e USING (experiment_id) JOIN users u ON u.user_id = g.unit_id
        JOIN lives l ON l.id = u.account_id WHERE e.unit = 'user'
        UNION ALL
        SELECT campaign_id, min(variant), user_id, min(who), min(occurred_at) FROM sends JOIN lives ON id = account_id
        WHERE campaign_id NOT IN (SELECT campaign_id FROM experiments) GROUP BY campaign_id, user_id
    ),
    x AS (
        SELECT y.*, y.arm = 'control' AS held, coalesce(a.country, 'unknown') AS country
        FROM everybody y JOIN known a ON a.account_id = y.who
        WHERE assigned_at >= TIMESTAMP '{window.start}' AND assigned_at < TIMESTAMP '{window.end}'
        AND assigned_at < TIMESTAMP '{AS_OF}' - INTERVAL {days} DAY
    ),
    before AS (
        SELECT x.*, coalesce((SELECT sum(net_amount) FROM orders o JOIN lives l ON l.id = o.customer_id
            WHERE l.who = x.who AND {BOUGHT} AND o.occurred_at < x.assigned_at
            AND o.occurred_at >= x.assigned_at - INTERVAL 365 DAY), 0) AS past FROM x
    )
    SELECT x.*, {amounts[outcome]} AS amount,
        coalesce((SELECT sum(mrr) * 12 {there} AND s.pays), 0) AS worth,
        (rank() OVER (PARTITION BY campaign ORDER BY round(past, 6)) - 1) * 10 // count(*) OVER (PARTITION BY campaign)
            + 1 AS decile
    FROM before x
    """


def groups(hand: Hand, rows: str, keys: tuple[str, ...], where: str) -> Groups:
    named = ", ".join((*keys, "held"))
    found = hand.connection.execute(
        f"SELECT {named}, count(*), avg(amount), var_pop(amount), sum(amount), sum(worth) FROM ({rows}) x WHERE {where}"
        f" GROUP BY {named}"
    ).fetchall()
    width = len(keys)
    return {
        (*(str(cell) for cell in row[:width]), str(row[width])): tuple(float(one) for one in row[width + 1 :])
        for row in found
    }


def compared(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float, float]:
    """(difference, low, high)"""
    gap, half = one[1] - other[1], 1.96 * sqrt(one[2] / one[0] + other[2] / other[0])
    return gap, gap - half, gap + half


def uplift(outcome: str, days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = groups(hand, assigned(hand, window, days, outcome), (*by, "campaign", "arm"), where)
        answers: Answers = {}
        for (*segment, campaign, arm, held), one in found.items():
            if held == "False":
                other = found.get((*segment, campaign, "control", "True"))
                gap, low, high = compared(one, other) if other else (0, 0, 0)
                many = other is not None and min(one[0], other[0]) >= 30
                ends = (low * one[0], high * one[0]) if many else (0.0, 0.0)
                answers[(*segment, campaign, arm)] = (gap, one[0], other[0] if other else 0.0, one[3], *ends)
        return answers

    return answer


def pooled(found: Groups) -> dict[tuple[str, ...], tuple[tuple[float, ...], tuple[float, ...] | None]]:
    """(segment, campaign) → (treated, held out), where no campaign of the demo with a holdout has two treated arms."""
    pairs: dict[tuple[str, ...], list[tuple[float, ...] | None]] = defaultdict(lambda: [None, None])
    for (*segment, held), one in found.items():
        pairs[tuple(segment)][held == "True"] = one
    return {key: (treated, other) for key, (treated, other) in pairs.items() if treated}


def per_recipient(days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = pooled(groups(hand, assigned(hand, window, days, "spend"), (*by, "campaign"), where))
        return {key: (compared(one, other)[0] if other else 0.0, one[0], one[1]) for key, (one, other) in found.items()}

    return answer


def credited(days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        keys = ", ".join(dict.fromkeys((*by, "campaign")))
        rows = f"SELECT * FROM ({posted(window)}) WHERE arrived AND {where}"
        found = hand.connection.execute(f"""
            WITH p AS ({rows}), first AS (SELECT {keys}, who, min(occurred_at) AS t FROM p GROUP BY ALL),
            gained AS (SELECT f.*, (SELECT sum(net_amount) FROM orders o JOIN lives l ON l.id = o.customer_id
                WHERE l.who = f.who AND {BOUGHT} AND o.occurred_at >= t AND o.occurred_at < t + INTERVAL {days} DAY
                ) AS m FROM first f),
            sums AS (SELECT {keys}, sum(m) AS m FROM gained GROUP BY ALL), many AS (SELECT {keys}, count(*) AS n FROM p
                GROUP BY ALL)
            SELECT {keys}, coalesce(m, 0) / n, n FROM many JOIN sums USING ({keys})
        """).fetchall()
        return {tuple(str(cell) for cell in row[:-2]): (float(row[-2]), float(row[-1])) for row in found}

    return answer


def by_tenth(days: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        found = pooled(groups(hand, assigned(hand, window, days, "margin"), (*by, "campaign", "decile"), where))
        tested = {campaign for (*_, campaign, _), (_, other) in found.items() if other}
        answers: Answers = {
            key: (compared(one, other)[0], one[0], other[0]) for key, (one, other) in found.items() if other
        }
        return {key: row for key, row in answers.items() if key[-2] in tested}

    return answer


def prices(hand: Hand) -> dict[str, float]:
    return dict(
        hand.connection.execute("""
        SELECT c.campaign_id, coalesce((SELECT sum(amount) FROM spend s WHERE s.campaign_id = c.campaign_id), c.cost)
        FROM campaigns c
    """).fetchall()
    )


def returned(days: int, outcome: str = "retained") -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = assigned(hand, window, days, "margin" if outcome == "spend" else outcome)
        answers: Answers = {}
        for (campaign,), (one, other) in pooled(groups(hand, rows, ("campaign",), where)).items():
            cost = prices(hand)[campaign]
            each = 1.0 if outcome == "spend" else one[4] / one[3] if one[3] else 0.0
            gain = compared(one, other)[0] * one[0] * each if other else None
            value = (gain - cost) / cost if gain is not None else 0.0
            answers[(campaign,)] = (value, one[0], cost, (one[3] * each - cost) / cost)
        return answers

    return answer


def per_kept(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    found = pooled(groups(hand, assigned(hand, window, 90, "retained"), ("campaign",), where))
    answers: Answers = {}
    for (campaign,), (one, other) in found.items():
        kept = compared(one, other)[0] * one[0] if other else 0.0
        cost = prices(hand)[campaign]
        answers[(campaign,)] = (cost / kept if kept > 0 else 0.0, one[0], kept, cost)
    return answers


def per_touch(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    each = f"""
    SELECT p.*, coalesce((SELECT sum(amount) FROM spend s WHERE s.campaign_id = p.campaign), c.cost)
        / (SELECT count(*) FROM sends s WHERE s.campaign_id = p.campaign AND NOT s.holdout) AS each
    FROM ({posted(window)}) p JOIN campaigns c ON c.campaign_id = p.campaign
    """
    return hand.answer(each, by, where, "sum(each), count(*) FILTER (arrived)")


def pressure(cap: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        answers: Answers = {}
        for days in (7, 30):
            last = Window(window.end - timedelta(days=days), window.end, window.grain)
            keys = "user_id, country"
            people = f"SELECT {keys}, count(*) AS got FROM ({posted(last)}) WHERE purpose = 'marketing' GROUP BY ALL"
            found = hand.answer(people, by, where, f"sum(got), count(*), count(*) FILTER (got > {cap}), max(got)")
            answers |= {(*key, str(days)): row for key, row in found.items()}
        return answers

    return answer


def after_purchase(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    WITH bought AS (
        SELECT who, min(occurred_at) AS t FROM orders JOIN lives ON id = customer_id
        WHERE {BOUGHT} AND occurred_at >= TIMESTAMP '{window.start}' AND occurred_at < TIMESTAMP '{window.end}'
        GROUP BY who
    ),
    buyers AS (
        SELECT b.*, coalesce(a.country, 'unknown') AS country FROM bought b JOIN known a ON a.account_id = b.who
        WHERE t < TIMESTAMP '{AS_OF}' - INTERVAL 90 DAY
    ),
    sent AS (
        SELECT s.send_id, s.purpose, s.occurred_at, l.who FROM sends s JOIN lives l ON l.id = s.account_id
        WHERE NOT s.holdout
    )
    SELECT b.country, (SELECT count(*) FROM sent s WHERE s.who = b.who AND s.occurred_at >= t
            AND s.occurred_at < t + INTERVAL 90 DAY) AS touches,
        (SELECT count(*) FROM sent s WHERE s.who = b.who AND s.occurred_at >= t AND s.purpose = 'service'
            AND s.occurred_at < t + INTERVAL 90 DAY) AS service,
        (SELECT count(DISTINCT s.send_id) FROM sent s JOIN message_events m USING (send_id) WHERE s.who = b.who
            AND m.type = 'clicked' AND s.occurred_at >= t AND s.occurred_at < t + INTERVAL 90 DAY) AS clicked
    FROM buyers b
    """
    return hand.answer(rows, by, where, "sum(touches), count(*), sum(service), sum(clicked)")


def stops(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    said = "EXISTS (FROM message_events m WHERE m.send_id = s.send_id AND m.type IN ('unsubscribed', 'complained'))"
    rows = posted(window, f", {said} AS stopped, date_trunc('month', s.occurred_at)::DATE AS month,"
                  " s.channel AS message_channel")  # fmt: skip
    keys = (*by, "month", "message_channel")
    return hand.answer(rows, keys, f"({where}) AND arrived", "1000 * count(*) FILTER (stopped), count(*)")


def nobody(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """The demo company has no test of generic against personal words; the finger-count company has one."""
    return {}


def churn_beside_benchmarks(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    lost = "paid0 AND NOT kept1"
    kinds = {
        "recurly_recent": lost, "recurly_2020": lost, "recurly_2019": lost, "chartmogul_typical": lost,
        "recurly_recent_voluntary": f"{lost} AND type IN ('voluntary', 'to_free')",
        "recurly_recent_involuntary": f"{lost} AND type = 'involuntary'",
    }  # fmt: skip
    rows = hand.accounts(window.start, window.end)
    return {
        (kind,): hand.answer(rows, (), where, f"count(*) FILTER ({part}), count(*) FILTER (paid0)")[()]
        for kind, part in kinds.items()
    }


def stages(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Six instants an account, each no later than the next; former customers stand nowhere."""
    spells = hand.spells(DEFAULT)
    did = """SELECT who, min(occurred_at) AS t FROM events e JOIN lives ON id = e.account_id
        WHERE e.name IN ({}) GROUP BY who"""
    marks = "SELECT event_name FROM milestones WHERE kind IN ({})"
    raw = {
        "advocacy": """SELECT who, min(t) AS t FROM (
            SELECT who, invited_at AS t FROM referrals JOIN lives ON id = referrer_id
            UNION ALL SELECT who, answered_at FROM survey_answers s JOIN lives ON id = s.account_id
                WHERE type = 'nps' AND score IN (9, 10)) GROUP BY who""",
        "retention": f"""SELECT who, min(t) AS t FROM (
            SELECT who, greatest(begins, first + INTERVAL 90 DAY) AS t FROM {spells}
                JOIN (SELECT who, min(begins) AS first FROM {spells} WHERE pays GROUP BY who) USING (who)
                WHERE pays AND ends > first + INTERVAL 90 DAY
            UNION ALL SELECT who, (list_sort(list(t)))[2] FROM (SELECT who, min(occurred_at) AS t FROM orders
                JOIN lives ON id = customer_id WHERE {BOUGHT} GROUP BY who, occurred_at::DATE) GROUP BY who)
            WHERE t IS NOT NULL GROUP BY who""",
        "engagement": did.format(marks.format("'activation'")),
        "onboarding": did.format(marks.format("'activation', 'onboarding', 'aha'")),
        "acquisition": f"""SELECT who, min(t) AS t FROM (
            SELECT who, signup_at AS t FROM accounts JOIN lives ON id = account_id
            UNION ALL SELECT who, begins FROM {spells} WHERE pays
            UNION ALL SELECT who, occurred_at FROM orders JOIN lives ON id = customer_id WHERE {BOUGHT})
            WHERE t IS NOT NULL GROUP BY who""",
        "awareness": """SELECT who, min(t) AS t FROM (
            SELECT who, invited_at AS t FROM referrals JOIN lives ON id = referee_id
            UNION ALL SELECT who, occurred_at FROM sends s JOIN lives ON id = s.account_id WHERE NOT holdout)
            GROUP BY who""",
    }
    hand.connection.execute("CREATE OR REPLACE TEMP TABLE way AS SELECT DISTINCT who FROM lives")
    later = "'infinity'::TIMESTAMP"
    for name, rows in raw.items():
        hand.connection.execute(f"""CREATE OR REPLACE TEMP TABLE way AS
            SELECT w.*, least(coalesce(r.t, 'infinity'), {later}) AS {name}
            FROM way w LEFT JOIN (SELECT * FROM ({rows}) WHERE t < TIMESTAMP '{AS_OF}') r USING (who)""")
        later = name
    order = ["awareness", "acquisition", "onboarding", "engagement", "retention", "advocacy"]
    t0, t1 = f"TIMESTAMP '{window.start}'", f"TIMESTAMP '{window.end}'"
    answers: Answers = {}
    for name, after in zip(order, [*order[1:], "'infinity'::TIMESTAMP"], strict=True):
        rows = f"""
        SELECT coalesce(a.country, 'unknown') AS country, w.{name} AS t, {after} AS n,
            coalesce((SELECT NOT bool_or((pays OR rests) AND begins <= {t1} AND {t1} < ends) AND bool_or(pays)
                FROM {spells} s WHERE s.who = w.who AND begins <= {t1}), false) AS gone,
            (SELECT count(*) FROM sends s JOIN lives l ON l.id = s.account_id WHERE NOT holdout AND l.who = w.who
                AND s.occurred_at >= {t0} AND s.occurred_at < {t1} AND w.{name} <= s.occurred_at AND s.occurred_at < n
                ) AS touches
        FROM way w JOIN known a ON a.account_id = w.who WHERE w.{name} < 'infinity'
        """
        came = f"t >= {t0} AND t < {t1} AND t < TIMESTAMP '{AS_OF}' - INTERVAL 90 DAY AND {name != 'advocacy'}"
        figures = f"""count(*) FILTER ({came} AND n <= t + INTERVAL 90 DAY), count(*) FILTER ({came}),
            count(*) FILTER (t < {t1} AND n >= {t1} AND NOT gone), sum(touches)"""
        answers |= {(*key, name): row for key, row in hand.answer(rows, by, where, figures).items()}
    return answers


SPRING = Window(date(2026, 3, 1), date(2026, 6, 1), Grain.RANGE)
TESTS = (SPRING, QUARTER, MONTH)
"""The two tests of the demo company fall in spring."""
LATE = (MONTH, WEEK, TO_DATE)
"""Windows of which no horizon of 90 days is over."""
UPLIFT = ("value", "n", "held", "treated", "incremental_low", "incremental_high")


def _case(metric: str, variant: dict[str, str], second: Second, *figures: str, **rest: Any) -> Case:
    settings: dict[str, Any] = {"by": ("country",), "where": READERS, "empty": LATE} | rest
    return Case(metric, variant, second, figures=figures, **settings)


ALONE: Where = ((("campaign", ("win-back-2026-05",)),), (), "campaign = 'win-back-2026-05'")
OF_A_TEST: dict[str, Any] = {"by": (), "where": ALONE, "windows": TESTS}
CASES = [
    _case("uplift", {}, uplift("retained", 90), *UPLIFT, windows=TESTS),
    _case("uplift", {"outcome": "visit", "horizon_days": "14"}, uplift("visit", 14), *UPLIFT, empty=(), windows=TESTS),
    _case("uplift", {"outcome": "conversion"}, uplift("conversion", 90), *UPLIFT, windows=TESTS),
    _case("uplift", {"outcome": "spend"}, uplift("spend", 90), *UPLIFT, windows=TESTS),
    _case("revenue_per_recipient", {}, per_recipient(90), "value", "n", "attributed_not_causal", windows=TESTS),
    _case("revenue_per_recipient", {"method": "attributed"}, credited(90), "value", "n", empty=()),
    _case("propensity_band_return", {}, by_tenth(90), "value", "n", "held", **{**OF_A_TEST, "empty": (MONTH, QUARTER)}),
    _case("retention_roi", {}, returned(90), "value", "n", "cost", "attributed_not_causal", **OF_A_TEST),
    _case("retention_roi", {"outcome": "spend"}, returned(90, "spend"), "value", "n", "cost", "attributed_not_causal",
          **OF_A_TEST),
    _case("cost_per_retained", {}, per_kept, "value", "n", "incremental", "cost", **OF_A_TEST),
    _case("cost_per_touch", {}, per_touch, "part", "whole", by=("campaign",), empty=()),
    _case("message_pressure", {}, pressure(4), "part", "whole", "above_cap", "most", empty=()),
    _case("message_pressure", {"cap": "1"}, pressure(1), "part", "whole", "above_cap", "most", empty=()),
    _case("touchpoints_after_purchase", {}, after_purchase, "part", "whole", "service", "clicked"),
    _case("opt_out_trend", {}, stops, "part", "whole", empty=()),
    _case("generic_vs_personal", {}, nobody, "value", "n", by=(), empty=(MONTH, QUARTER, YEAR, WEEK, TO_DATE)),
    _case("benchmark_compare", {}, churn_beside_benchmarks, "part", "whole", by=(), where=((), (), "true"), empty=()),
    _case("journey", {}, stages, "part", "whole", "people", "touches", empty=()),
]  # fmt: skip
