"""What a model sees of an answer's part: sums and shares, never who. Names, addresses and ids stay here.

A list of people and a draft are shown as counts; the person's answer carries them as the rules engine words them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.documents import plain
from bot.engines.agent.schemas import UNSEEN
from bot.engines.answers.part import Part
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Draft, Evidence, Finding, Intent, Note, Shape

MOST_ROWS = 24
"""Rows of one measurement; of more the model learns how many there are."""
MOST_MEASURED = 16
DIGITS = 6
TOLD = frozenset({"period", "type", "line", "sign", "verdict"})
"""Columns of words that our own code writes."""


def shown(part: Part, language: Language) -> dict[str, Any]:
    """A part as the model gets it, in JSON types."""
    measured = [one for one in part.evidence if one.shape is not Shape.ROSTER]
    document: dict[str, Any] = {"figures": [_figures(one, language) for one in measured[:MOST_MEASURED]]}
    if people := [_people(one) for one in part.evidence if one.shape is Shape.ROSTER]:
        document["people"] = people
    if part.drafts:
        document["drafts"] = [_draft(one) for one in part.drafts]
    if any(query.intent is Intent.ADVISE for query in part.queries):
        document["guidance"] = [_sentence(one, language) for one in part.findings]
    if part.caveats:
        document["notes"] = [_sentence(one, language) for one in part.caveats]
    return document


def _figures(evidence: Evidence, language: Language) -> dict[str, Any]:
    """One measurement: what it is of, and its rows."""
    query = evidence.query
    document = {
        "metric": query.metric,
        "role": evidence.role,
        "unit": evidence.unit.value,
        "currency": evidence.currency,
        "better": evidence.good,
        "period": language.say("agent_period", window=query.window) if query.window else None,
        "variant": dict(query.variant),
        "only": {name: list(values) for name, values in query.filters},
        "without": {name: list(values) for name, values in query.exclude},
        "rows": [_row(evidence, row) for row in evidence.rows[:MOST_ROWS]],
        "rows_left_out": max(0, len(evidence.rows) - MOST_ROWS),
    }
    return {name: value for name, value in document.items() if value}


def _row(evidence: Evidence, row: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a row, and of its words those that name a segment."""
    metric = catalogue().get(evidence.query.metric or "")
    named = {*evidence.query.by, *(metric.keys if metric else ()), *TOLD} - UNSEEN
    cells = {name: plain(cell) for name, cell in row.items() if cell is not None}
    return {
        name: _rounded(cell)
        for name, cell in cells.items()
        if (name in named if isinstance(cell, str) else not name.endswith("_id"))
    }


def _rounded(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_rounded(one) for one in cell]
    return round(cell, DIGITS) if isinstance(cell, float) else cell


def _people(evidence: Evidence) -> dict[str, Any]:
    """How many there are and, where all are fetched, what they pay together."""
    cut = next((note.values["n"] for note in evidence.caveats if note.key == "list_cut"), None)
    found: dict[str, Any] = {"customers": cut or len(evidence.rows)}
    if cut is None and "mrr" in evidence.columns:
        mrr = sum(row["mrr"] or 0 for row in evidence.rows)
        found |= {"mrr_together": _rounded(float(mrr)), "currency": evidence.currency}
    return found


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "play": draft.play,
        "language": draft.language,
        "people_before_checks": draft.audience.before,
        "people_after_checks": draft.audience.after,
        "state": draft.state,
        "checks_failed": sum(not one.passed for one in draft.checks),
        "sent": False,
    }


def _sentence(said: Finding | Note, language: Language) -> str:
    return language.say(said.key, **said.values)
