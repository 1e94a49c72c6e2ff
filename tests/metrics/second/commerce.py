"""The second answers of orders: who buys again, how often, for how much, after how long, and what it comes to."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import COUNTRIES, MONTH, QUARTER, TO_DATE, WEEK, Case, Second

BOUGHT = """
WITH raw AS (
    SELECT who, o.*, occurred_at::DATE AS day FROM orders o JOIN lives ON id = customer_id
    WHERE net_amount > 0 OR (net_amount = 0 AND coalesce(refund, 0) = 0)
), days AS (
    SELECT who, day, min(occurred_at) AS bought_at, sum(net_amount::DECIMAL(18, 2)) AS net,
        sum(cost::DECIMAL(18, 2)) AS cost,
        arg_min(category, occurred_at) AS category
    FROM raw GROUP BY ALL
), bought AS (
    SELECT d.*, coalesce(a.country, 'unknown') AS country, coalesce(a.acquisition_channel, 'unknown') AS channel,
        row_number() OVER w AS num, lag(day) OVER w AS before, lead(day) OVER w AS after,
        lead(bought_at) OVER w AS next_at,
        min(bought_at) OVER (PARTITION BY who) AS first_at, min(day) OVER (PARTITION BY who) AS first_day
    FROM days d JOIN known a ON a.account_id = who WINDOW w AS (PARTITION BY who ORDER BY bought_at)
)
"""


def inside(window: Window, column: str = "bought_at") -> str:
    return f"({column} >= TIMESTAMP '{window.start}' AND {column} < TIMESTAMP '{window.end}')"


def orders(rows: str, totals: str) -> Second:
    """Adds up what `rows` makes of the table `bought`; {here} is the window, {end} its end, {as_of} the day told."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        query = rows.format(here=inside(window), start=window.start, end=window.end, as_of=AS_OF,
                            first_here=inside(window, "first_at"))  # fmt: skip
        return hand.answer(BOUGHT + query, by, where, totals)

    return answer


def ladder(n: int, days: int, *, rungs: bool = True) -> Second:
    """Each customer's n-th purchase, and the purchases of the days after it, counted by a query each."""
    rows = f"""
    SELECT b.who, b.country, 1 + (SELECT count(*) FROM bought l WHERE l.who = b.who AND l.bought_at > b.bought_at
        AND l.bought_at < b.bought_at + INTERVAL {days} DAY) AS made
    FROM bought b WHERE num = {n} AND {{here}} AND bought_at < TIMESTAMP '{{as_of}}' - INTERVAL {days} DAY
    """
    counts = [f"count(*) FILTER (made {test})" for test in ("> 1", ">= 1", "= 1", "= 2", "= 3", "> 3")]
    return orders(rows, ", ".join(counts if rungs else counts[:2]))


def waits(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """The gaps that end in the window, and the Kaplan-Meier median of all waits, its product as a sum of logs."""
    keys = "".join(f", {name}" for name in by)
    lead = "".join(f"{name}, " for name in by)
    group = f"PARTITION BY {', '.join(by)}" if by else ""
    found = hand.connection.execute(f"""
        {BOUGHT}, chosen AS (SELECT * FROM bought WHERE {where} AND bought_at < TIMESTAMP '{window.end}'),
        gaps AS (SELECT *, day - before AS gap FROM chosen WHERE {inside(window)} AND before IS NOT NULL),
        waits AS (
            SELECT *, next_at IS NOT NULL AND next_at < TIMESTAMP '{window.end}' AS ended,
                CASE WHEN ended THEN after ELSE DATE '{window.end}' END - day AS age
            FROM chosen
        ),
        ages AS (SELECT age, count(*) FILTER (ended) AS d, count(*) AS c{keys} FROM waits WHERE age > 0
                 GROUP BY age{keys}),
        risks AS (SELECT *, sum(c) OVER ({group} ORDER BY age DESC) AS n FROM ages),
        curve AS (SELECT *, exp(sum(ln(greatest(1 - d / n, 1e-300))) OVER ({group} ORDER BY age)) AS s FROM risks),
        medians AS (SELECT {lead}min(age) FILTER (s <= 0.5 + 1e-9) AS half FROM curve GROUP BY ALL)
        SELECT {lead}quantile_cont(gap, 0.5), count(*), avg(gap), quantile_cont(gap, 0.75), any_value(half)
        FROM gaps JOIN medians {f"USING ({', '.join(by)})" if by else "ON true"} GROUP BY ALL
    """).fetchall()
    return {tuple(map(str, row[: len(by)])): tuple(float(cell or 0) for cell in row[len(by) :]) for row in found}


def so_far(months: int | None, amount: str) -> Second:
    if months is None:
        rows = "SELECT * FROM bought WHERE bought_at < TIMESTAMP '{end}'"
    else:
        rows = f"""SELECT * FROM bought WHERE {{first_here}} AND first_day + INTERVAL {months} MONTH <= DATE '{{as_of}}'
            AND day < first_day + INTERVAL {months} MONTH"""
    return orders(rows, f"sum({amount}), count(DISTINCT who)")


SCORES = """
, each AS (
    SELECT who, country, DATE '{end}' - max(day) AS days, count(*) AS f0, sum(net) AS m0 FROM bought WHERE {here}
    GROUP BY ALL
), cuts AS (
    SELECT quantile_cont(days, [0.2, 0.4, 0.6, 0.8]) AS dq, quantile_cont(f0, [0.2, 0.4, 0.6, 0.8]) AS fq,
        quantile_cont(m0::DOUBLE, [0.2, 0.4, 0.6, 0.8]) AS mq, count(DISTINCT f0) AS kinds FROM each
), scored AS (
    SELECT who, country, 5 - len(list_filter(dq, x -> days > x)) AS r, 1 + len(list_filter(mq, x -> m0 > x)) AS m,
        CASE WHEN kinds < 5 OR len(list_distinct(fq)) < 4 THEN least(f0, 5)
             ELSE 1 + len(list_filter(fq, x -> f0 > x)) END AS f
    FROM each, cuts
), parted AS (
    SELECT *, CASE
        WHEN r >= 4 AND f = 1 THEN 'new' WHEN r = 3 AND f = 1 THEN 'about_to_sleep'
        WHEN r >= 4 AND f <= 3 THEN 'potential_loyalist' WHEN r = 3 AND f <= 3 THEN 'needs_attention'
        WHEN r = 2 AND f <= 2 THEN 'hibernating' WHEN r = 1 AND f <= 2 THEN 'lost'
        WHEN r >= 4 AND m >= 4 THEN 'champions' WHEN r >= 3 THEN 'loyal'
        WHEN m <= 2 THEN 'lapsing_low_value' WHEN r = 1 AND f = 5 AND m = 5 THEN 'cant_lose'
        ELSE 'at_risk' END AS segment
    FROM scored
)
SELECT * FROM parted
"""
"""The map told the other way round: first by how often, then by the rest."""


def scores(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = BOUGHT + SCORES.format(here=inside(window), end=window.end)
    parts = hand.answer(rows, (*by, "segment"), where, "count(*)")
    wholes = hand.answer(rows, by, where, "count(*)")
    names = "champions loyal potential_loyalist new needs_attention at_risk cant_lose lapsing_low_value about_to_sleep"
    names += " hibernating lost"
    return {
        (*key, name): (parts.get((*key, name), (0.0,))[0], whole[0])
        for key, whole in wholes.items()
        if whole[0]
        for name in names.split()
    }


def triad(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Each sign by one query over both periods; the period before is as many months long, or as many days."""
    connection = hand.connection
    whole_months = window.start.day == window.end.day == 1
    shift = f"INTERVAL {(window.end.year - window.start.year) * 12 + window.end.month - window.start.month} MONTH"
    shift = shift if whole_months else f"INTERVAL {window.days} DAY"
    (earlier,) = connection.execute(f"SELECT (DATE '{window.start}' - {shift})::DATE").fetchone() or (None,)
    told: Answers = {}
    better: dict[tuple[str, ...], list[bool]] = {}
    for sign in ("lifetime", "order_value", "order_gap"):
        sides: list[dict[tuple[str, ...], tuple[float, float]]] = []
        for start, end in ((window.start, window.end), (earlier, window.start)):
            span = f"bought_at >= TIMESTAMP '{start}' AND bought_at < TIMESTAMP '{end}'"
            if sign == "lifetime":
                counts = hand.answer(
                    hand.accounts(start, end),
                    by,
                    where,
                    "count(*) FILTER (paid0), count(*) FILTER (paid0 AND NOT kept1)",
                )
                months = (end - start).days / 30.436875
                side = {
                    key: (stayed / lost * months if lost else 0.0, -lost / stayed)
                    for key, (stayed, lost) in counts.items()
                    if stayed
                }
            elif sign == "order_value":
                spent = hand.answer(f"{BOUGHT} SELECT * FROM bought WHERE {span}", by, where, "sum(net) / count(*)")
                side = {key: (value, value) for key, (value,) in spent.items()}
            else:
                rows = f"{BOUGHT} SELECT *, day - before AS gap FROM bought WHERE {span} AND before IS NOT NULL"
                medians = hand.answer(rows, by, where, "quantile_cont(gap, 0.5)")
                side = {key: (value, -value) for key, (value,) in medians.items()}
            sides.append(side)
        now, then = sides
        for key, (value, rank) in now.items():
            told[(*key, sign)] = (value, then.get(key, (0.0, 0.0))[0])
            if key in then:
                better.setdefault(key, []).append(rank > then[key][1])
    for key, signs in better.items():
        if len(signs) == 3:
            told[(*key, "verdict")] = (float(sum(signs)), 0.0)
    return told


def steps(form: str) -> Second:
    here = "{first_here}" if form == "cohort" else "{here}"
    rows = f"SELECT *, CASE WHEN num < 5 THEN num::VARCHAR ELSE '5+' END AS step FROM bought WHERE {here}"

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return orders(rows, "sum(net), count(*), count(DISTINCT who)")(hand, window, (*by, "step"), where)

    return answer


HERE = "SELECT * FROM bought WHERE {here}"
PER_BUYER = (
    "SELECT who, country, channel, count(*) FILTER (here) AS here, count(*) AS ever FROM (SELECT *, {here} AS here"
)
PER_BUYER += " FROM bought WHERE bought_at < TIMESTAMP '{end}') GROUP BY ALL"
RETURNING = orders(PER_BUYER, "count(*) FILTER (here > 0 AND ever > 1), count(*) FILTER (here > 0)")
LADDER = ("part", "whole", "one", "two", "three", "four_or_more")
YOUNG = (MONTH, WEEK, TO_DATE)


def case(
    metric: str,
    second: Second,
    figures: tuple[str, ...] = (),
    *,
    variant: dict[str, str] | None = None,
    empty: tuple[Window, ...] = (),
) -> Case:
    return Case(metric, variant or {}, second, figures, by=("country",), where=COUNTRIES, empty=empty)


CASES = [
    case("returning_customer_rate", RETURNING),
    case("second_purchase_rate", ladder(1, 90), LADDER, empty=YOUNG),
    *(
        case("second_purchase_rate", ladder(1, days), LADDER, variant={"horizon_days": str(days)}, empty=empty)
        for days, empty in ((30, (WEEK, TO_DATE)), (60, YOUNG), (180, (*YOUNG, QUARTER)), (365, (*YOUNG, QUARTER)))
    ),
    case("second_purchase_rate", ladder(2, 90), LADDER, variant={"order_number": "2"}, empty=YOUNG),
    case("second_purchase_rate", ladder(3, 90), LADDER, variant={"order_number": "3"}, empty=YOUNG),
    case(
        "repeat_purchase_rate",
        ladder(1, 60, rungs=False),
        variant={"form": "cohort", "horizon_days": "60"},
        empty=YOUNG,
    ),
    case(
        "repeat_purchase_rate",
        ladder(1, 365, rungs=False),
        variant={"form": "cohort", "horizon_days": "365"},
        empty=(*YOUNG, QUARTER),
    ),
    case("purchase_frequency", orders(HERE, "count(*), count(DISTINCT who)")),
    case("time_between_purchases", waits, ("value", "n", "mean", "p75", "survival_median")),
    case(
        "aov",
        orders(HERE, "sum(net), count(*), count(DISTINCT who), quantile_cont(net::DOUBLE, 0.5)"),
        ("part", "whole", "n", "median"),
    ),
    case("clv_historical", so_far(None, "net")),
    case("clv_historical", so_far(None, "net - cost"), variant={"basis": "margin"}),
    case("clv_historical", so_far(6, "net"), variant={"form": "cohort"}, empty=(*YOUNG, QUARTER)),
    case(
        "clv_historical",
        so_far(3, "net - cost"),
        variant={"form": "cohort", "months": "3", "basis": "margin"},
        empty=YOUNG,
    ),
    case("clv_historical", so_far(12, "net"), variant={"form": "cohort", "months": "12"}, empty=(*YOUNG, QUARTER)),
    case("rfm", scores),
    case("retention_triad", triad, ("value", "before")),
    case("spend_by_order_number", steps("in_period"), ("part", "whole", "n")),
    case("spend_by_order_number", steps("cohort"), ("part", "whole", "n"), variant={"form": "cohort"}),
]
