"""The second answers of the loyalty programme and of referral."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import COUNTRIES, WINDOWS, Case, Second
from tests.metrics.second.commerce import BOUGHT, inside

LEDGER = """
WITH moves AS (
    SELECT who, l.occurred_at AS moved_at, l.points, l.reason, l.tier, coalesce(a.country, 'unknown') AS country
    FROM loyalty_ledger l JOIN lives ON id = member_id JOIN known a ON a.account_id = who
)
"""


def ledger(rows: str, totals: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        query = rows.format(here=inside(window, "moved_at"), start=window.start, end=window.end)
        return hand.answer(LEDGER + query, by, where, totals)

    return answer


def units(totals: str) -> Second:
    """Every single point is followed: the n-th point of a member that is used is the n-th that was issued."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = f"""{LEDGER}, told AS (FROM moves WHERE moved_at < TIMESTAMP '{AS_OF}'),
        issued AS (
            SELECT who, country, moved_at, row_number() OVER (PARTITION BY who ORDER BY moved_at) AS n
            FROM (SELECT *, unnest(range(points::BIGINT)) FROM told WHERE points > 0)
        ), used AS (
            SELECT who, reason, row_number() OVER (PARTITION BY who ORDER BY moved_at, reason) AS n
            FROM (SELECT *, unnest(range(-points::BIGINT)) FROM told WHERE points < 0)
        )
        SELECT i.*, u.reason FROM issued i LEFT JOIN used u USING (who, n) WHERE {inside(window, "moved_at")}
        """
        return hand.answer(rows, by, where, totals)

    return answer


def takers(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""{LEDGER} SELECT *, moved_at >= TIMESTAMP '{window.start}' AND reason <> 'expiry' AS did
        FROM moves WHERE moved_at < TIMESTAMP '{window.end}'"""
    return hand.answer(rows, by, where, "count(DISTINCT who) FILTER (did), count(DISTINCT who)")


LAST_TIER = "arg_max(tier, moved_at) FILTER (moved_at < TIMESTAMP '{}')"


def tiers(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"{LEDGER} SELECT who, country, {LAST_TIER.format(window.end)} AS tier FROM moves GROUP BY ALL"
    rows = f"SELECT * FROM ({rows}) WHERE tier IS NOT NULL"
    wholes = hand.answer(rows, by, where, "count(*)")
    parts = hand.answer(rows, (*by, "tier"), where, "count(*)")
    return {
        (*key, tier): (parts.get((*key, tier), (0.0,))[0], whole)
        for key, (whole,) in wholes.items()
        if whole
        for tier in ("bronze", "silver", "gold")
    }


def climbs(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    place = "list_position(['bronze', 'silver', 'gold'], {})"
    rows = f"""{LEDGER} SELECT who, country, {place.format(LAST_TIER.format(window.start))} AS old,
        {place.format(LAST_TIER.format(window.end))} AS new FROM moves GROUP BY ALL"""
    counts = hand.answer(
        rows, by, f"({where}) AND old IS NOT NULL",
        "count(*) FILTER (new > old), count(*) FILTER (new < old), count(*) FILTER (new = old), count(*)",
    )  # fmt: skip
    kinds = ("up", "down", "same")
    return {(*key, kind): (row[at], row[3]) for key, row in counts.items() for at, kind in enumerate(kinds)}


def missing(total: str) -> Second:
    rows = f"""SELECT *, (CASE tier WHEN 'bronze' THEN 200 WHEN 'silver' THEN 600 END) AS goal FROM (
        SELECT who, country, arg_max(tier, moved_at) AS tier, {total} AS points FROM moves
        WHERE moved_at < TIMESTAMP '{{end}}' GROUP BY ALL) WHERE tier <> 'gold'"""
    return ledger(rows, "quantile_cont(greatest(goal - points, 0), 0.5), count(*), avg(greatest(goal - points, 0))")


def leaving_members(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Churn of members against others of the same month of first payment and country; everyone who buys in the demo's
    shop collects points, so orders know no others."""
    rows = f"""
    WITH joins AS (
        SELECT who, min(occurred_at) AS first_move FROM loyalty_ledger JOIN lives ON id = member_id GROUP BY who
    )
    SELECT p.country, p.kept1, date_trunc('month', first_paid) AS month,
        coalesce(first_move, 'infinity') < TIMESTAMP '{window.start}' AS member
    FROM ({hand.accounts(window.start, window.end)}) p LEFT JOIN joins USING (who)
    WHERE paid0 AND coalesce(first_move, 'infinity') NOT BETWEEN TIMESTAMP '{window.start}'
        AND TIMESTAMP '{window.end}' - INTERVAL 1 MICROSECOND
    """
    lead = "".join(f"{name}, " for name in by)
    found = hand.connection.execute(f"""
        WITH cells AS (
            SELECT country, month, count(*) FILTER (member) AS n, count(*) FILTER (NOT member) AS o,
                count(*) FILTER (member AND NOT kept1) AS gone, count(*) FILTER (NOT member AND NOT kept1) AS o_gone
            FROM ({rows}) WHERE {where} GROUP BY ALL
        )
        SELECT {lead}sum(gone) / sum(n), sum(n * o_gone / o) / sum(n), sum(n), sum(o) FROM cells WHERE n > 0 AND o > 0
        {f"GROUP BY {', '.join(by)}" if by else "HAVING sum(n) > 0"}
    """).fetchall()
    return {
        (*map(str, row[: len(by)]), "churn_rate"): tuple(float(cell or 0) for cell in row[len(by) :]) for row in found
    }


INVITED = """
WITH asked AS (
    SELECT h.who AS host, c.who AS guest, r.* FROM referrals r JOIN lives h ON h.id = r.referrer_id
    LEFT JOIN lives c ON c.id = r.referee_id WHERE c.who IS NULL OR c.who <> h.who
), firsts AS (
    SELECT coalesce(guest, referral_id) AS person, arg_min(host, invited_at) AS who, min(invited_at) AS asked_at,
        bool_or(coalesce(qualified_at < TIMESTAMP '{as_of}', false)) AS met FROM asked GROUP BY 1
)
"""


def persons(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = (
        INVITED.format(as_of=AS_OF)
        + f"""
    SELECT f.*, coalesce(a.country, 'unknown') AS country FROM firsts f JOIN known a ON a.account_id = f.who
    WHERE {inside(window, "asked_at")}"""
    )
    return hand.answer(rows, by, where, "count(*) FILTER (met), count(*)")


def inviting(totals: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        active = f"SELECT * FROM ({hand.accounts(window.start, window.end)}) WHERE paid0 OR paid1"
        rows = (
            INVITED.format(as_of=AS_OF)
            + f"""
        SELECT p.country,
            (SELECT count(*) FROM asked WHERE host = p.who AND {inside(window, "invited_at")}) AS sent,
            (SELECT count(*) FROM asked WHERE host = p.who AND {inside(window, "qualified_at")}) AS met,
            (SELECT count(*) FROM firsts f WHERE f.who = p.who AND {inside(window, "asked_at")}) AS came,
            (SELECT count(*) FROM firsts f WHERE f.who = p.who AND f.met AND {inside(window, "asked_at")}) AS good
        FROM ({active}) p"""
        )
        return hand.answer(rows, by, where, totals)

    return answer


def referred(amount: str) -> Second:
    """Value or retention of the referred against the others of their month and country."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        if amount == "kept":
            won = f"""SELECT who, country, date_trunc('month', first_paid) AS month, kept1::INT AS amount
                FROM ({hand.accounts(window.start, AS_OF)}) WHERE {inside(window, "first_paid")}"""
        else:
            won = f"""{BOUGHT} SELECT who, country, date_trunc('month', first_at) AS month, sum({amount}) AS amount
                FROM bought WHERE {inside(window, "first_at")} AND bought_at < TIMESTAMP '{AS_OF}' GROUP BY ALL"""
        lead = "".join(f"{name}, " for name in by)
        found = hand.connection.execute(f"""
            WITH won AS ({won}), guests AS (
                SELECT DISTINCT c.who FROM referrals JOIN lives c ON c.id = referee_id
                JOIN lives h ON h.id = referrer_id WHERE h.who <> c.who
            ), cells AS (
                SELECT country, month, count(*) FILTER (g.who IS NOT NULL) AS n, count(*) FILTER (g.who IS NULL) AS o,
                    sum(amount) FILTER (g.who IS NOT NULL) AS brought, avg(amount) FILTER (g.who IS NULL) AS usual
                FROM won LEFT JOIN guests g ON g.who = won.who WHERE {where} GROUP BY ALL
            )
            SELECT {lead}sum(brought) / sum(n), sum(n * usual) / sum(n), sum(n), sum(o) FROM cells WHERE n > 0 AND o > 0
            {f"GROUP BY {', '.join(by)}" if by else "HAVING sum(n) > 0"}
        """).fetchall()
        return {tuple(map(str, row[: len(by)])): tuple(float(cell or 0) for cell in row[len(by) :]) for row in found}

    return answer


def speaking_well(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    WITH said AS (
        SELECT who, arg_max(s.score, (s.answered_at, s.answer_id)) AS score
        FROM survey_answers s LEFT JOIN users u USING (user_id) JOIN lives ON id = coalesce(s.account_id, u.account_id)
        WHERE s.type = 'nps' AND s.score BETWEEN 0 AND 10 AND s.answered_at < TIMESTAMP '{window.end}'
            AND s.answered_at >= TIMESTAMP '{window.end}' - INTERVAL 90 DAY GROUP BY who
    )
    SELECT who, coalesce(a.country, 'unknown') AS country, EXISTS (
        FROM referrals r JOIN lives h ON h.id = r.referrer_id LEFT JOIN lives c ON c.id = r.referee_id
        WHERE h.who = said.who AND (c.who IS NULL OR c.who <> h.who) AND r.invited_at < TIMESTAMP '{window.end}'
    ) AS brings FROM said JOIN known a ON a.account_id = who WHERE score >= 9"""
    return hand.answer(rows, by, where, "count(*) FILTER (brings), count(*)")


def nothing_delivered(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """The demo tells which offers were taken, and of none to whom it was delivered."""
    rows = f"SELECT * FROM events WHERE name = 'offer_delivered' AND {inside(window, 'occurred_at')}"
    return hand.answer(rows, (), "true", "0, count(*)") if not by else {}


FIGURES = ("part", "whole", "n", "others")
IN_PERIOD = """
SELECT who, country, sum(points) FILTER ({here} AND points > 0) AS got,
    -sum(points) FILTER ({here} AND reason = 'redemption') AS spent,
    coalesce(sum(points) FILTER (moved_at < TIMESTAMP '{start}'), 0) AS held
FROM moves WHERE moved_at < TIMESTAMP '{end}' GROUP BY ALL
"""
COULD = "count(*) FILTER (spent > 0), count(*) FILTER (held > 0 OR got > 0 OR spent > 0)"
LEFT_OVER = "count(*) FILTER (reason IS DISTINCT FROM 'redemption'), count(*)"
EARNED = "sum(points) FILTER (points > 0)"


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
    case("loyalty_participation", takers),
    case("redemption_rate", units("count(*) FILTER (reason = 'redemption'), count(*)")),
    case("redemption_rate", ledger(IN_PERIOD, "sum(spent), sum(got)"), variant={"form": "in_period"}),
    case("redemption_rate", ledger(IN_PERIOD, COULD), variant={"basis": "members"}),
    case("breakage", units("count(*) FILTER (reason = 'expiry'), count(*)")),
    case("breakage", units(LEFT_OVER), variant={"basis": "unspent"}),
    case("tier_distribution", tiers),
    case("tier_migration", climbs),
    case("nth_tier_distance", missing("sum(points)"), ("value", "n", "mean")),
    case(
        "nth_tier_distance", missing(EARNED), ("value", "n", "mean"), variant={"basis": "earned"}
    ),
    case("member_uplift", leaving_members, FIGURES),
    case("referral_rate", inviting("count(*) FILTER (met > 0), count(*), count(*) FILTER (sent > 0)"),
         ("part", "whole", "inviters")),
    case("referral_conversion", persons),
    case("k_factor", inviting("coalesce(sum(sent) * sum(good) / nullif(sum(came), 0), 0), count(*)")),
    case("referred_value_ratio", referred("net"), FIGURES),
    case("referred_value_ratio", referred("net - cost"), FIGURES, variant={"basis": "margin"}),
    case("referred_value_ratio", referred("kept"), FIGURES, variant={"basis": "retention"}),
    case("advocates", speaking_well),
    case("offer_uptake", nothing_delivered, empty=WINDOWS),
]  # fmt: skip
