"""A company's own metrics and segments on its own data: whether each can be computed, and its example is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import isclose

from bot.analysis.measure import Analyst, measure
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.metrics.own import EXAMPLE, is_own
from bot.metrics.segments import SEGMENTS, Segment
from bot.types import Intent, Metric, Note, Query, Window

LEAST = 0.005
"""Figures that differ by less are the same, as examples are written with two decimals."""


def proved(analyst: Analyst, window_of: Callable[[str], Window]) -> Iterator[Note]:
    """One note for each own metric and segment: what it comes to here, or why it cannot be computed.

    `window_of` reads the period of an example; it raises ForPerson. What own code raises is told, not passed on.
    """
    tables = analyst.tables(Query(Intent.SEGMENT))
    for metric in filter(is_own, catalogue().values()):
        if not analyst.missing(metric):  # else the list of metrics says what it lacks
            yield _tried(metric.name, partial(_example, analyst, metric, window_of))
    for segment in filter(is_own, SEGMENTS.values()):
        if gaps := segment.missing(tables):
            yield Note("own_segment_lacks", {"name": segment.name, "missing": gaps})
        else:
            yield _tried(segment.name, partial(_members, analyst, segment))


def _tried(name: str, look: Callable[[], Note]) -> Note:
    try:
        return look()
    except ForPerson as error:
        why = Note(error.key, error.values)
    except Exception as error:  # noqa: BLE001 (code of the company may raise anything)
        why = Note("gap_plain", {"text": f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"})
    return Note("own_fails", {"name": name, "gaps": (why,)})


def _example(analyst: Analyst, metric: Metric, window_of: Callable[[str], Window]) -> Note:
    match = EXAMPLE.fullmatch(metric.example)
    assert match is not None  # whoever read the folder has seen to it
    rows = measure(analyst, Query(Intent.VALUE, metric.name, window_of(match["period"]))).rows
    names = ("value",) if match["whole"] is None else ("part", "whole")
    said = [float(one) for one in match.groups()[1:] if one is not None]
    found = [rows[0].get(name) if rows else None for name in names]
    holds = all(
        one is not None and isclose(float(str(one)), wanted, abs_tol=LEAST)
        for one, wanted in zip(found, said, strict=True)
    )
    values = {"name": metric.name, "example": metric.example.removesuffix(".")}
    if holds:
        return Note("own_example_holds", values)
    return Note(
        "own_example_differs", {**values, "found": " of ".join("–" if one is None else f"{one:g}" for one in found)}
    )


def _members(analyst: Analyst, segment: Segment) -> Note:
    table = segment(analyst.tables(Query(Intent.SEGMENT)), analyst.as_of)
    counted = analyst.company.run(table.agg(rows=table.count(), accounts=table.account_id.nunique()))
    rows, accounts = int(counted["rows"].iloc[0]), int(counted["accounts"].iloc[0])
    if rows != accounts:
        return Note("own_segment_twice", {"name": segment.name, "n": rows - accounts})
    return Note("own_segment_counts", {"segment": segment.name, "n": accounts, "day": analyst.as_of})
