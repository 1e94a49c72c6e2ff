"""The JSON form of the nouns: what `--json` prints, what records keep, and what is read back from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Any

from bot.errors import BadQuestion, OurFault
from bot.types import (
    Amount,
    Answer,
    Draft,
    Endorsement,
    Evidence,
    Final,
    Grain,
    Intent,
    Metric,
    Query,
    RowFilter,
    Shape,
    Unit,
    Window,
    filters,
)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the figures of an answer that was given stand on. Nothing of it is measured anew.

    `definition` has the summary, formula, at_risk and source of the metric, in the answer's language;
    `evidence` begins with what the answer is about; `query` is the question it answered.
    """

    language: str
    query: Query
    definition: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    caveats: tuple[str, ...] = ()
    endorsed: tuple[Endorsement, ...] = ()
    """The definitions of the metric that somebody stands by."""
    endorsable: bool = False
    """Whether the reader may stand by the answer's own."""
    source: str = ""
    """Which data it is, in words, where it is not the main one."""


def plain(value: Any) -> Any:
    """Any of our values as JSON types: dates ISO, enums their value, tuples lists, dataclasses objects."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Window):
        return window_document(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(one) for name, one in _fields(value).items()}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def window_document(window: Window) -> Document:
    """`end` is exclusive."""
    return {
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "grain": window.grain.value,
        "complete": window.complete,
        "name": window.name,
    }


def query_document(query: Query) -> Document:
    """A Query as the terminal contract has it; `filters` and `exclude` map dimension → values."""
    baseline = query.baseline
    return {
        "intent": query.intent.value,
        "metric": query.metric,
        "variant": dict(query.variant),
        "window": window_document(query.window) if query.window else None,
        "baseline": window_document(baseline) if isinstance(baseline, Window) else baseline,
        "filters": {name: list(values) for name, values in query.filters},
        "exclude": {name: list(values) for name, values in query.exclude},
        "by": list(query.by),
        "claim": query.claim,
        "subject": query.subject,
        "language": query.language,
        "channel": query.channel,
        "message": query.message,
        "limit": query.limit,
        "amounts": [asdict(one) for one in query.amounts],
        "names_rate": query.names_rate,
    }


def query_from(document: Mapping[str, Any]) -> Query:
    """The Query of a document; OurFault when it is none of ours."""
    try:
        baseline = document["baseline"]
        return Query(
            intent=Intent(document["intent"]),
            metric=document["metric"],
            variant=tuple(sorted(document["variant"].items())),
            window=_window_from(document["window"]),
            baseline=_window_from(baseline) if isinstance(baseline, Mapping) else baseline,
            filters=filters(document["filters"]),
            exclude=filters(document["exclude"]),
            by=tuple(document["by"]),
            claim=document["claim"],
            subject=document["subject"],
            language=document["language"],
            channel=document.get("channel"),  # a thread from before drafts had channels has none
            message=document.get("message"),
            limit=document["limit"],
            amounts=tuple(Amount(**one) for one in document["amounts"]),
            names_rate=document["names_rate"],
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise OurFault(f"not a query document: {document!r}") from error


def _window_from(document: Mapping[str, Any] | None) -> Window | None:
    if document is None:
        return None
    return Window(
        date.fromisoformat(document["start"]),
        date.fromisoformat(document["end"]),
        Grain(document["grain"]),
        name=document.get("name", ""),
        complete=document.get("complete", True),
    )


def evidence_document(evidence: Evidence, query_index: int = 0) -> Document:
    """One measurement; `rows` is a list of objects keyed by `columns`, also for one row."""
    return {
        "id": evidence.id,
        "query": query_index,
        "role": evidence.role,
        "metric": evidence.query.metric,
        "unit": evidence.unit.value,
        "good": evidence.good,
        "shape": evidence.shape.value,
        "version": evidence.version,
        "window": plain(evidence.query.window),
        "variant": dict(evidence.query.variant),
        "filters": {name: list(values) for name, values in evidence.query.filters},
        "exclude": {name: list(values) for name, values in evidence.query.exclude},
        "columns": list(evidence.columns),
        "rows": [plain(row) for row in evidence.rows],
        "as_of": evidence.as_of.isoformat(),
        "currency": evidence.currency,
        "parts": evidence.parts,
        "rights": [{"dimension": one.dimension, "values": list(one.values)} for one in evidence.rights],
        "sql": evidence.sql,
        "caveats": [{"key": note.key, "values": plain(note.values)} for note in evidence.caveats],
    }


def fingerprint(evidence: Sequence[Mapping[str, Any]]) -> str:
    """The SHA-256 of Evidence documents in canonical JSON (sorted keys, no blanks); "" where nothing was measured."""
    if not evidence:
        return ""
    canonical = json.dumps(list(evidence), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def evidence_from(document: Mapping[str, Any], query: Query) -> Evidence:
    """The Evidence of a document, which answers `query`; without its caveats, whose words the answer keeps."""
    return Evidence(
        id=document["id"],
        query=replace(query, metric=document["metric"], window=_window_from(document["window"])),
        role=document["role"],
        unit=Unit(document["unit"]),
        good=document["good"],
        shape=Shape(document["shape"]),
        version=document["version"],
        columns=tuple(document["columns"]),
        rows=tuple(document["rows"]),
        as_of=date.fromisoformat(document["as_of"]),
        currency=document["currency"],
        parts=document.get("parts", "counts"),
        rights=tuple(RowFilter(one["dimension"], tuple(one["values"])) for one in document["rights"]),
        sql=document["sql"],
    )


def stated_from(document: Mapping[str, Any]) -> Evidence:
    """The Evidence of a document that stands alone, as a file brings it; BadQuestion where it is none.

    Only what was measured is needed: metric, unit, shape, window and rows.
    """
    try:
        told = {
            "id": "e1", "role": "main", "good": "context", "version": 1, "as_of": date.max.isoformat(),
            "currency": None, "rights": [], "sql": "", "columns": list(next(iter(document["rows"]), {})), **document,
        }  # fmt: skip
        query = Query(
            Intent.VALUE,
            filters=filters(document.get("filters", {})),
            exclude=filters(document.get("exclude", {})),
            variant=tuple(sorted(document.get("variant", {}).items())),
        )
        return evidence_from({"metric": None, "window": None, **told}, query)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadQuestion("evidence_unreadable") from error


def metric_document(metric: Metric, missing: list[str], instead: list[str]) -> Document:
    """A metric's definition, and what a company's data lacks for it."""
    told = ("name", "summary", "formula", "at_risk", "source", "version", "unit", "good", "shape", "entity", "by")
    more = ("companions", "needs", "example", "window", "keys")
    return {
        **{name: plain(getattr(metric, name)) for name in told},
        "variants": {name: list(values) for name, values in metric.variants.items()},
        **{name: plain(getattr(metric, name)) for name in more},
        "missing": missing,
        "instead": instead,
        "available": not missing,
    }


def draft_document(draft: Draft) -> Document:
    """A draft; the people of its audience are left out, their number is not."""
    document: Document = plain(draft)
    document["audience"].pop("people", None)
    return document


def answer_document(answer: Answer) -> Document:
    """The whole answer, as `ask --json` prints it."""
    document: Document = {
        "text": answer.text,
        "language": answer.language,
        "engine": answer.engine,
        "intent": answer.intent.value,
        "outcome": answer.outcome.value,
        "queries": [query_document(query) for query in answer.queries],
        "evidence": [evidence_document(one, _index(answer, one)) for one in answer.evidence],
        "findings": [
            {"key": one.key, "values": plain(one.values), "evidence": list(one.evidence)} for one in answer.findings
        ],
        "citations": [asdict(one) for one in answer.citations],
        "caveats": list(answer.caveats),
        "clarify": _clarify(answer),
        "follow_ups": list(answer.follow_ups),
        "drafts": [draft_document(draft) for draft in answer.drafts],
        "elapsed_ms": answer.elapsed_ms,
    }
    if answer.final is not None:
        document["final"] = final_document(answer.final)
    if answer.error is not None:
        document["error"] = {"key": answer.error.key, "message": answer.text}
    return document


def final_document(final: Final) -> Document:
    """What an answer that will change was, and what is to be asked when it is final."""
    return {**plain(final), "query": query_document(final.query)}


def final_from(document: Mapping[str, Any]) -> Final:
    """The Final of a document."""
    days = {name: date.fromisoformat(document[name]) for name in ("day", "asked", "as_of")}
    rights = tuple(RowFilter(one["dimension"], tuple(one["values"])) for one in document["rights"])
    told = {"query": query_from(document["query"]), "unit": Unit(document["unit"]), "rights": rights, **days}
    return Final(**{**document, **told})


def _clarify(answer: Answer) -> Document | None:
    if answer.clarify is None:
        return None
    choices = [{"label": one.label, "query": query_document(one.query)} for one in answer.clarify.choices]
    return {"question": answer.clarify.question, "choices": choices}


def _index(answer: Answer, evidence: Evidence) -> int:
    """Which query of the answer an evidence belongs to: the last one of its metric, else the first."""
    fitting = [i for i, query in enumerate(answer.queries) if query.metric == evidence.query.metric]
    return fitting[0] if fitting else 0
