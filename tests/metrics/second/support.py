"""The second answers of support: tickets counted in plain SQL; business hours counted hour by hour, on a calendar."""

from __future__ import annotations

from datetime import date

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand, Rules
from tests.metrics.second import Case, Second

COUNTS = "coalesce(status, '') NOT IN ('merged', 'spam') AND coalesce(channel, '') <> 'outbound'"
CHOSEN = (
    (("category", ("bug", "billing")),),
    (("country", ("DE",)),),
    "(category IN ('bug', 'billing') AND country <> 'DE')",
)


def tickets(start: date, end: date, rows: str) -> str:
    """The tickets that meet a condition, with their account and its dimensions; the plan is that at the end."""
    return f"""
    WITH subscribed AS (
        SELECT who, arg_max(plan_id, valid_from) AS plan_id FROM stretches
        WHERE valid_from <= TIMESTAMP '{end}' AND status <> 'ended' GROUP BY who
    )
    SELECT t.* EXCLUDE (account_id, user_id), who, t.user_id, coalesce(a.country, 'unknown') AS country,
        coalesce(a.size, 'unknown') AS size, coalesce(u.role, 'unknown') AS role, coalesce(p.name, 'unknown') AS plan
    FROM (FROM tickets WHERE {COUNTS}) t JOIN lives ON id = t.account_id JOIN known a ON a.account_id = who
    LEFT JOIN users u USING (user_id) LEFT JOIN subscribed USING (who)
    LEFT JOIN plans p ON p.plan_id = subscribed.plan_id
    WHERE {rows.format(start=f"TIMESTAMP '{start}'", end=f"TIMESTAMP '{end}'")}
    """


OPENED = "t.created_at >= {start} AND t.created_at < {end}"
SOLVED = "t.solved_at >= {start} AND t.solved_at < {end}"
WAITING = "t.created_at < {end} AND NOT coalesce(t.solved_at < {end}, false)"
LATELY = "t.created_at >= {end} - INTERVAL 30 DAY AND t.created_at < {end}"


def over(rows: str, totals: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        edges = {"end": f"TIMESTAMP '{window.end}'"}
        return hand.answer(tickets(window.start, window.end, rows), by, where, totals.format(**edges))

    return answer


def repeated(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    keys = ", ".join(("who", *by))
    lately = tickets(window.start, window.end, LATELY)
    rows = f"SELECT {keys}, count(*) AS many FROM ({lately}) WHERE {where} GROUP BY {keys}"
    return hand.answer(rows, by, "true", "count(*) FILTER (many > 1), count(*), sum(many)")


def per_hundred(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    asked = hand.answer(tickets(window.start, window.end, OPENED), by, where, "count(*)")
    base = hand.answer(
        hand.accounts(window.start, window.end), by, where,
        "count(*) FILTER (paid0) / 2 + count(*) FILTER (paid1) / 2",
    )  # fmt: skip
    found = {key: (asked.get(key, (0.0,))[0], base.get(key, (0.0,))[0] / 100) for key in {*asked, *base}}
    return {key: row for key, row in found.items() if any(row)}


def in_touch(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    SELECT *, who IN (SELECT who FROM ({tickets(window.start, window.end, OPENED)})) AS asked
    FROM ({hand.accounts(window.start, window.end)}) WHERE who IN (
        SELECT who FROM {hand.spells(Rules())}
        WHERE pays AND begins < TIMESTAMP '{window.end}' AND ends > TIMESTAMP '{window.start}')
    """
    return hand.answer(rows, by, where, "count(*) FILTER (asked), count(*)")


def spent(ends: str, business: bool) -> str:
    """Hours from opening to `ends`: by the clock, or the overlap with each working day between them."""
    if not business:
        return f"epoch({ends} - created_at) / 3600"
    return f"""list_sum(list_transform(
        list_filter(generate_series(date_trunc('day', created_at), {ends}, INTERVAL 1 DAY), d -> isodow(d) < 6),
        d -> greatest(0, epoch(least({ends}, d + INTERVAL 17 HOUR)) - epoch(greatest(created_at, d + INTERVAL 9 HOUR))))
    ) / 3600"""


def took(rows: str, ends: str, *, business: bool) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        keys = "".join(f", {name}" for name in by)
        timed = f"""SELECT coalesce({spent(ends, business)}, 0) AS hours{keys}
            FROM ({tickets(window.start, window.end, rows)}) WHERE {ends} IS NOT NULL AND ({where})"""
        return hand.answer(
            timed, by, "true",
            "quantile_cont(hours, 0.5), count(*), avg(hours), quantile_cont(hours, 0.9)",
        )  # fmt: skip

    return answer


def once(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    SELECT s.*, NOT coalesce(s.reopened, false) AND NOT EXISTS (
        FROM (FROM tickets WHERE {COUNTS}) o WHERE o.user_id = s.user_id
        AND o.created_at > s.solved_at AND o.created_at < s.solved_at + INTERVAL 7 DAY) AS settled
    FROM ({tickets(window.start, window.end, SOLVED)}) s
    """
    fresh = f"settled AND solved_at > TIMESTAMP '{AS_OF}' - INTERVAL 7 DAY"
    totals = f"count(*) FILTER (settled), count(*), count(*) FILTER ({fresh})"
    return hand.answer(rows, by, where, totals)


PRESSING = "count(*) FILTER (priority IN ('urgent', 'high'))"
BACKLOG = f"count(*), count(DISTINCT who), max(epoch({{end}} - created_at)) / 86400, {PRESSING}"
TIMES = ("value", "n", "mean", "p90")

CASES = [
    Case("ticket_volume", {}, over(OPENED, "count(*), count(DISTINCT who)"), by=("category", "priority"), where=CHOSEN),
    Case(
        "tickets_per_100_customers",
        {},
        per_hundred,
        by=("country",),
        where=((), (("country", ("DE",)),), "country <> 'DE'"),
    ),
    Case(
        "contact_rate", {}, in_touch, by=("size",), where=((("country", ("FR", "US")),), (), "country IN ('FR', 'US')")
    ),
    Case("open_tickets", {}, over(WAITING, BACKLOG), ("value", "n", "oldest_days", "urgent"), ("priority",), CHOSEN),
    Case("repeated_contacts", {}, repeated, ("value", "n", "tickets"), ("country",), CHOSEN),
    Case("first_response_time", {}, took(OPENED, "first_reply_at", business=True), TIMES, ("plan",), CHOSEN),
    Case(
        "first_response_time",
        {"hours": "calendar"},
        took(OPENED, "first_reply_at", business=False),
        TIMES,
        ("role",),
        CHOSEN,
    ),
    Case("resolution_time", {}, took(SOLVED, "solved_at", business=True), TIMES, ("category",), CHOSEN),
    Case(
        "resolution_time",
        {"hours": "calendar"},
        took(SOLVED, "solved_at", business=False),
        TIMES,
        ("priority",),
        CHOSEN,
    ),
    Case("first_contact_resolution", {}, once, ("part", "whole", "unsettled"), ("plan",), CHOSEN),
    Case("reopen_rate", {}, over(SOLVED, "count(*) FILTER (reopened), count(*)"), by=("category",), where=CHOSEN),
]
