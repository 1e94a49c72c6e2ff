"""The receipt behind an answer that was given, and what other common definitions say of the same days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.measure import Analyst, measure
from bot.documents import Receipt, evidence_from, query_from
from bot.engines.answers.endorsed import plainly
from bot.errors import BadQuestion, ForPerson, NotAllowed
from bot.language import Language
from bot.metrics import catalogue
from bot.types import Evidence, Intent, Query, Rights, Shape

PARTS = ("split", "tier", "grace_days", "horizon_days", "reactivation_days", "n")
"""Variants that ask for a part of the number or shift a limit; the others define it differently."""
MOST_OTHERS = 8


def receipt(document: Mapping[str, Any], language: Language, rights: Rights) -> Receipt:
    """The receipt of a kept answer, for somebody with these rights in the place where it stands.

    BadQuestion for an answer without figures, NotAllowed where the reader may not see what it was measured on.
    """
    queries = [query_from(one) for one in document["queries"]]
    found = [evidence_from(one, queries[one["query"]]) for one in document["evidence"] if one["metric"]]
    if not found:
        raise BadQuestion("receipt_gone")
    first = next((one for one in found if one.role == "main"), found[0])
    ordered = (first, *(one for one in found if one is not first))
    for one in ordered:
        _allowed(one, rights)
    metric = catalogue()[first.query.metric or ""]
    texts = language.definition(metric.name) or {
        "summary": metric.summary,
        "formula": metric.formula,
        "at_risk": metric.at_risk,
    }
    asked = queries[next(one["query"] for one in document["evidence"] if one["id"] == first.id)]
    asked = replace(asked, metric=metric.name, window=first.query.window)
    definition = {**texts, "source": metric.source}
    return Receipt(language.code, asked, definition, ordered, tuple(document["caveats"]))


def _allowed(evidence: Evidence, rights: Rights) -> None:
    """An answer can be read by people with fewer rights than its asker had: its rows are not for them."""
    metric = evidence.query.metric or ""
    if rights.metrics is not None and metric not in rights.metrics:
        raise NotAllowed("metric_not_allowed", metric=metric)
    if not set(rights.row_filters) <= set(evidence.rights):
        raise NotAllowed("receipt_other_rights")
    if evidence.shape is Shape.ROSTER and not rights.person_level:
        raise NotAllowed("receipt_other_rights")


def others(analyst: Analyst, kept: Receipt) -> Iterator[tuple[Query, Evidence]]:
    """The answer's question under each other common definition, with the number that it has over the same days.

    `analyst` must be confined as the answer was. A definition that this data cannot serve is left out.
    """
    known = {one.variant for one in kept.endorsed}
    for variant in sorted(variants(kept.query), key=lambda one: plainly(kept.query.metric or "", one) not in known):
        plain = Query(Intent.VALUE, kept.query.metric, kept.query.window, variant=variant, filters=kept.query.filters)
        try:
            evidence = measure(analyst, replace(plain, exclude=kept.query.exclude))
        except ForPerson:
            continue
        if len(evidence.rows) == 1 and evidence.rows[0].get("value") is not None:
            yield replace(kept.query, variant=variant), evidence


def variants(query: Query) -> list[tuple[tuple[str, str], ...]]:
    """The other definitions of a query's metric, each one step away from the one it used."""
    used = dict(query.variant)
    found = []
    for name, values in catalogue()[query.metric or ""].variants.items():
        for value in values:
            if name in PARTS or value == used.get(name, values[0]):
                continue
            changed = {**used, name: value}
            if value == values[0]:
                del changed[name]
            found.append(tuple(sorted(changed.items())))
    return found[:MOST_OTHERS]
