"""Numbers that were posted and are no longer what the data says: what they were, what they are, and which rows did it.

What is kept of a post are the figures that it shows of a period that was over, one by one, and how many rows the tables
behind each had. Weeks later the same is measured again; a figure counts as another one where it would be shown so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.analysis.late import rows_until
from bot.analysis.measure import Analyst, measure
from bot.analysis.windows import is_trend, steps
from bot.documents import evidence_document, evidence_from, query_document, query_from
from bot.engines.answers.finals import RIPE, YOUNG
from bot.engines.answers.part import Desk, Part
from bot.engines.rules import assembled
from bot.errors import ForPerson, Unavailable
from bot.language import Language
from bot.types import Answer, Evidence, Finding, Intent, Outcome, Query, Shape, Unit

WEEKS = 8
"""For so long a post is held against the data."""
SINGLE = (Shape.SHARE, Shape.RATIO, Shape.LEVEL, Shape.FLOW)
"""Shapes that may be one figure."""
ROUNDED = "weekly_money_line"
"""The sentence that shows money without cents."""


def stated(answer: Answer, analyst: Analyst, today: date) -> dict[str, Any] | None:
    """The figures of closed periods that an answer shows, to be held against the data later; None where it has none."""
    if answer.outcome is not Outcome.ANSWER or analyst.company.definitions.snapshot:
        return None
    figures = [
        {
            "query": query_document(one.query),
            "evidence": evidence_document(one),
            "form": _form(finding),
            "tables": rows_until(analyst, one.query, one.query.window.end) if one.query.window else {},
        }
        for one, finding in _shown(answer)
    ]
    until = today + timedelta(weeks=WEEKS)
    return {"figures": figures, "until": until.isoformat()} if figures else None


def restated(kept: Mapping[str, Any], desk: Desk) -> tuple[Answer, dict[str, Any]] | None:
    """What is to be said of figures that were posted, and what is to be kept from then on; None where all stand."""
    part, figures, late = Part(), [], dict[str, int]()
    for figure in kept["figures"]:
        query = query_from(figure["query"])
        then = replace(evidence_from(figure["evidence"], query), id=desk.next_id(), role="baseline")
        now = _again(desk.analyst, query, then, desk.next_id())
        said = _said(desk.language, figure["form"], then), _said(desk.language, figure["form"], now)
        if now is None or said[0] == said[1]:
            figures.append(figure)
            continue
        tables = rows_until(desk.analyst, query, query.window.end) if query.window else {}
        late |= {name: n - figure["tables"].get(name, n) for name, n in tables.items()}
        figures.append({**figure, "evidence": evidence_document(replace(now, sql="")), "tables": tables})
        part.queries.append(query)
        part.keep(now, then)
        part.say("restated_line", now, then, metric=query.metric, window=query.window, then=said[0], now=said[1])
    if not part.findings:
        return None
    part.findings.insert(0, Finding("restated_header", {}))
    _tell_of_rows(desk, part, late)
    intent = Intent.VALUE if len(part.queries) == 1 else Intent.MULTI
    return assembled(desk, part, intent, ()), {**kept, "figures": figures}


def _shown(answer: Answer) -> Iterator[tuple[Evidence, Finding]]:
    """Each figure of a closed period that a sentence shows, as a measurement of its own, and that sentence."""
    for one in answer.evidence:
        said = (each for each in answer.findings if each.evidence[:1] == (one.id,))
        finding = next((each for each in said if {"value", "part"} & set(each.values)), None)
        window = one.query.window
        open_yet = RIPE in one.columns or any(note.key in YOUNG for note in one.caveats)
        if finding is None or window is None or one.role != "main" or one.query.by or open_yet:
            continue
        last = steps(window)[-1] if is_trend(window) else window
        rows = [row for row in one.rows if str(row.get("period", last.start)) == last.start.isoformat()]
        if one.shape in SINGLE and len(rows) == 1 and last.complete and last.end <= one.as_of:
            row = {name: value for name, value in rows[0].items() if name != "period"}
            query = replace(one.query, intent=Intent.VALUE, window=last, baseline=None)
            yield replace(one, query=query, columns=tuple(row), rows=(row,), caveats=(), sql=""), finding


def _form(finding: Finding) -> str:
    """How a sentence shows its figure."""
    if "value" not in finding.values:
        return "counts"
    return "rounded" if finding.key == ROUNDED else "figure"


def _again(analyst: Analyst, query: Query, then: Evidence, id: str) -> Evidence | None:
    """The same measured now; None where it cannot be, or is another thing by now."""
    try:
        now = measure(analyst, query, id=id)
    except Unavailable:
        raise
    except ForPerson:
        return None
    rows = [row for row in now.rows if row.get("type") == then.rows[0].get("type")]
    alike = (now.version, now.rights, now.unit) == (then.version, then.rights, then.unit)
    return replace(now, rows=(rows[0],)) if alike and len(rows) == 1 else None


def _said(language: Language, form: str, evidence: Evidence | None) -> str:
    """A figure as it is shown; empty where there is none."""
    row = evidence.rows[0] if evidence else {}
    if evidence is None or (row.get("part" if form == "counts" else "value")) is None:
        return language.say("restated_as_none")
    shown = {name: row[name] for name in (("part", "whole") if form == "counts" else ("value",))}
    return language.say(f"restated_as_{form}", unit=evidence.unit.value, currency=evidence.currency, **shown)


def _tell_of_rows(desk: Desk, part: Part, late: Mapping[str, int]) -> None:
    """Which rows did it, as far as the data tells: those that came since, or went."""
    moved = {name: n for name, n in late.items() if n}
    if not late:
        part.say("restated_untold")
    elif not moved:
        part.say("restated_changed", tables=sorted(late))
    if moved:
        rows = tuple({"table": name, "value": abs(n)} for name, n in moved.items())
        evidence = Evidence(
            id=desk.next_id(), query=Query(Intent.DATA_HEALTH), role="driver", unit=Unit.COUNT, good="context",
            shape=Shape.VERDICT, version=1, columns=("table", "value"), rows=rows, as_of=desk.analyst.as_of,
            rights=desk.analyst.rights.row_filters,
        )  # fmt: skip
        part.keep(evidence)
        for name, n in moved.items():
            part.say("restated_more" if n > 0 else "restated_fewer", evidence, n=abs(n), table=name)
