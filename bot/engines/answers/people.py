"""Who: the accounts behind a number or in a segment, as findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.people import list_people
from bot.engines.answers import risk
from bot.engines.answers.defined import rule_of
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.metrics import catalogue
from bot.types import Evidence, Query

MOST_LINES = 10


def who(desk: Desk, query: Query) -> Part:
    """The people of a segment or behind a metric, the most valuable first, with the reason each is listed."""
    evidence = replace(list_people(desk.analyst, query), id=desk.next_id())
    part = Part(queries=[evidence.query])
    part.keep(evidence)
    rows = evidence.rows
    total = next((note.values["n"] for note in evidence.caveats if note.key == "list_cut"), len(rows))
    _header(desk, part, query, evidence, total)
    language = desk.language
    for row in rows[:MOST_LINES]:
        facts = facts_of(desk, row, evidence.currency)
        name = row.get("name") or row["account_id"]
        key = "person_line" if facts else "person_line_bare"
        part.say(key, evidence, name=name, id=row["account_id"], facts=", ".join(facts))
    if query.metric == risk.METRIC and rows:
        risk.brief(desk, part, evidence.query)
    if len(rows) > MOST_LINES:
        part.say("list_more", evidence, n=total - MOST_LINES)
    part.follow_ups = [language.say("follow_draft")]
    return part


def facts_of(desk: Desk, row: Mapping[str, Any], currency: str | None) -> list[str]:
    """Why an account is listed, in words: what it pays, what it did last, what it is worth."""
    language = desk.language
    facts: list[str] = []
    if row.get("country"):
        facts.append(language.value_name("country", row["country"]))
    if row.get("risk") is not None:
        facts.extend(risk.facts(desk, row, currency))
    elif row.get("alive") is not None:
        facts.extend(_of_a_buyer(desk, row))
    elif row.get("mrr") is not None:
        facts.append(language.say("person_mrr", amount=row["mrr"], currency=currency))
    for column in ("lost_on", "last_active_at", "answered_at", "since"):
        if row.get(column) is not None:
            facts.append(language.say(f"person_{column}", day=row[column]))
            break
    if row.get("reason_code"):
        facts.append(language.say("person_reason", reason=language.value_name("reason", row["reason_code"])))
    if row.get("open_tickets"):
        facts.append(language.say("person_tickets", n=row["open_tickets"]))
    return facts


def _of_a_buyer(desk: Desk, row: Mapping[str, Any]) -> list[str]:
    """What is expected of one buyer: whether it still buys, how often, and what that is worth."""
    say, currency = desk.language.say, desk.analyst.company.definitions.currency
    return [
        say("person_alive", share=row["alive"]),
        say("person_expected_orders", n=round(row["expected_orders"], 1)),
        say("person_expected_value", amount=row["expected_value"], currency=currency),
    ]


def _header(desk: Desk, part: Part, query: Query, evidence: Evidence, total: int) -> None:
    """How many there are, by which rule or behind which figure, under which filters, and what they pay together."""
    language, rows, segment = desk.language, evidence.rows, desk.analyst.segment(query.subject)
    if not rows and segment:
        part.say("list_nobody", evidence, segment=query.subject)
    elif not rows:
        part.say("list_none", evidence, metric=query.metric, window=evidence.query.window)
    elif segment:
        part.say("list_segment_header", evidence, n=total, segment=query.subject, day=evidence.as_of)
        part.say("list_segment_rule", rule=rule_of(language, segment))
    else:
        part.say("list_header", evidence, n=total, metric=query.metric, window=evidence.query.window)
    scope(part, evidence)
    if rows and "expected_loss" in evidence.columns:
        part.say("risk_order", evidence)
    if rows and "expected_value" in evidence.columns:
        horizon = dict(evidence.query.variant).get(
            "horizon_days", catalogue()["clv_predicted"].variants["horizon_days"][0]
        )
        part.say("value_order", evidence, days=int(horizon))
    worth = sum(row.get("mrr") or 0 for row in rows)
    if worth and total == len(rows):
        part.say("list_worth", evidence, amount=worth, currency=evidence.currency)
