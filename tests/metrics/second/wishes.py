"""The second answers of requests and themes: the demo's few sentences were put under themes by reading them."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import Answers, Hand
from tests.metrics.second import COUNTRIES, Case

READ = {
    "Too dear for what we use": "price", "Le nouveau prix est trop élevé": "price", "Price": "price",
    "We need approvals and they are not there": "missing_feature", "A feature is missing": "missing_feature",
    "Missing approvals": "missing_feature", "The project is over": "no_need", "No need any more": "no_need",
    "The group decided for another tool": "competitor", "Another product": "competitor",
    "It lost our changes twice": "bug", "The app loses my place": "bug", "A fault in the product": "bug",
    "Nobody answered for days": "service", "Support is slow": "service", "Our service": "service",
    "We are closing": "closed_business", "The business closed": "closed_business", "Too many clicks": "usability",
}  # fmt: skip
CODES = {
    "price": "price", "missing_feature": "missing_feature", "competitor": "competitor", "no_need": "no_need",
    "bug": "bug", "service": "service", "closed_business": "closed_business", "payment_failure": "billing",
    "how_to": "usability", "billing": "billing", "request": "missing_feature", "account": "account",
    "outage": "reliability",
}  # fmt: skip


def _case(column: str, table: dict[str, str]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{one}' THEN '{theme}'" for one, theme in table.items()) + " END"


def requested(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Requesters, accounts, their MRR once each, requests, and whether a release had the tag by the end."""
    rows = f"""
    WITH worth AS (SELECT who, sum(mrr) AS mrr FROM ({hand.paid_at_end(window.end, window.start)}) GROUP BY who),
    done AS (SELECT DISTINCT benefit_tag FROM releases WHERE released_at < TIMESTAMP '{window.end}')
    SELECT who, f.user_id, f.feature_tag AS feature, coalesce(a.country, 'unknown') AS country,
        coalesce(worth.mrr, 0) AS mrr, f.feature_tag IN (FROM done) AS done,
        row_number() OVER (PARTITION BY who, feature_tag) = 1 AS once
    FROM feature_requests f JOIN lives l ON id = f.account_id JOIN known a ON a.account_id = who
    LEFT JOIN worth USING (who)
    WHERE f.occurred_at >= TIMESTAMP '{window.start}' AND f.occurred_at < TIMESTAMP '{window.end}'
    """
    keys = ("feature", *(name for name in by if name != "feature"))
    return _lead(hand.answer(
        rows, keys, where,
        "count(DISTINCT user_id), count(DISTINCT who), sum(mrr) FILTER (once), count(*), max(done::INT)",
    ), keys, by)  # fmt: skip


def _lead(found: Answers, keys: tuple[str, ...], by: tuple[str, ...]) -> Answers:
    """Keys in the order in which an answer names them: the breakdown first, then what names a row anyway."""
    order = [*by, *(key for key in keys if key not in by)]
    return {tuple(key[keys.index(name)] for name in order): row for key, row in found.items()}


def themes(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Customers and pieces of each theme, out of four tables; a piece has the theme of its code and of its text."""
    span = f">= TIMESTAMP '{window.start}' AND {{0}} < TIMESTAMP '{window.end}'"
    said = f"""
    SELECT account_id, subscription_id AS id, reason_code AS code, reason_text AS text FROM subscriptions
    WHERE reason_code IS NOT NULL AND if(status = 'ended', valid_from, valid_to)
        {span.format("if(status = 'ended', valid_from, valid_to)")}
    UNION ALL SELECT account_id, answer_id, topic, text FROM survey_answers
    WHERE text IS NOT NULL AND answered_at {span.format("answered_at")}
    UNION ALL SELECT account_id, ticket_id, category, NULL FROM tickets WHERE created_at {span.format("created_at")}
    UNION ALL SELECT account_id, request_id, 'request', text FROM feature_requests
    WHERE occurred_at {span.format("occurred_at")}
    """
    rows = f"""
    WITH pieces AS (
        SELECT who, id AS piece, list_distinct([{_case("code", CODES)}, {_case("text", READ)}]) AS found
        FROM ({said}) JOIN (SELECT id AS own, who FROM lives) ON own = account_id
    )
    SELECT who, piece, coalesce(a.country, 'unknown') AS country,
        unnest(CASE WHEN len(found) = 0 THEN ['unclassified'] ELSE found END) AS theme
    FROM pieces JOIN known a ON a.account_id = who
    """
    keys = (*by, "theme")
    return hand.answer(rows, keys, where, "count(DISTINCT who), count(DISTINCT piece)")


CASES = [
    Case("feature_requests", {}, requested, ("value", "n", "mrr", "requests", "shipped"), ("country",), COUNTRIES),
    Case("feedback_themes", {}, themes, ("value", "texts"), ("country",), COUNTRIES),
]
