"""Ours beside what others publish: our value, whether it lies above, within or below, and what that figure is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.measure import measure
from bot.analysis.windows import default_window
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.metrics import catalogue
from bot.metrics.benchmarks import BENCHMARKS, Benchmark, of_metric
from bot.types import Evidence, Grain, Query, Unit, Window

OPEN = 100
"""A range that reaches so many times its beginning has no end."""


def suited(desk: Desk, query: Query) -> Query:
    """A comparison without a period takes the one that the published figures hold for: twelve months, where all do."""
    if query.metric != "benchmark_compare" or query.window is not None:
        return query
    held = of_metric(_compared(query))
    grain = Grain.YEAR if held and all(one.months == 12 for one in held) else catalogue()[_compared(query)].window
    definitions = desk.analyst.company.definitions
    window = default_window(grain, desk.analyst.as_of, definitions.zone, definitions.week_start)
    return replace(query, window=window)


def _compared(query: Query) -> str:
    declared = catalogue()["benchmark_compare"].variants["compared"]
    return dict(query.variant).get("compared", declared[0])


def beside_others(desk: Desk, query: Query) -> Part:
    """Our figure under each definition, then each published one that is held against it, with where it is from."""
    evidence = measure(desk.analyst, query, id=desk.next_id())
    part = Part(queries=[evidence.query])
    part.keep(evidence)
    name, window = _compared(query), evidence.query.window
    part.say("bench_header", evidence, metric=name, window=window)
    scope(part, replace(evidence, query=replace(evidence.query, variant=())))
    published = {one.id: one for one in BENCHMARKS}
    unit = catalogue()[name].unit.value
    said: list[Mapping[str, str]] = []
    for row in evidence.rows:
        one = published[row["sign"]]
        if one.variant not in said:
            said.append(one.variant)
            _ours(desk, part, evidence, row, one, unit)
        if row["value"] is not None:
            _theirs(desk, part, evidence, row, one, unit)
    for amount in (one for one in query.amounts if one.unit == "percent" and unit == Unit.SHARE):
        _stated(part, evidence, amount.value / 100, [published[row["sign"]] for row in evidence.rows])
    part.follow_ups = [desk.language.say("follow_value", metric=name)]
    return part


def _stated(part: Part, evidence: Evidence, share: float, others: list[Benchmark]) -> None:
    """Where a share that was named in the question lies among the published ones: "is 5 % normal?"."""
    others = list({one.id: one for one in others}.values())
    above, below = (sum(share > one.high for one in others), sum(share < one.low for one in others))
    part.say("bench_stated", evidence, share=share, above=above, below=below, within=len(others) - above - below)


def _ours(desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any], one: Benchmark, unit: str) -> None:
    variant = tuple(sorted(one.variant.items()))
    whose = desk.language.say("bench_ours_of" if variant else "bench_ours", variant=variant)
    if row["value"] is None:
        part.say("bench_own_none", evidence, whose=whose)
    elif row.get("interval"):
        part.say(
            "bench_own", evidence, whose=whose, value=row["value"], part=row["part"], whole=row["whole"],
            interval=row["interval"], unit=unit,
        )  # fmt: skip
    else:
        part.say("bench_own_bare", evidence, whose=whose, value=row["value"], unit=unit)


def _theirs(desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any], one: Benchmark, unit: str) -> None:
    language = desk.language
    form = "one" if one.low == one.high else "from" if one.high >= OPEN * one.low else "range"
    shared = {
        "published": language.say(f"bench_{form}", low=one.low, high=one.high, unit=unit),
        "year": language.value_name("benchmark_year", one.year),
        "population": one.population_in.get(language.code) or one.population,
        "source": language.value_name("benchmark_source", one.source),
    }  # fmt: skip
    window = evidence.query.window
    if one.match == "different":
        part.say("bench_different", evidence, **shared)
    elif row["verdict"] == "not_comparable":
        part.say("bench_other_period", evidence, months=one.months, days=_days(window), **shared)
    else:
        verdict = row["verdict"]
        if verdict == "within":
            verdict = "reached" if form == "from" else verdict
        elif _reaches(row, one):
            verdict += "_unclear"
        part.say(f"bench_{verdict}", evidence, match=language.say(f"bench_match_{one.match}"), **shared)


def _days(window: Window | None) -> int:
    return window.days if window else 0


def _reaches(row: Mapping[str, Any], one: Benchmark) -> bool:
    """Whether our interval reaches the published figure, so that above or below may be chance."""
    if not row.get("interval"):
        return False
    low, high = row["interval"]
    return bool(low <= one.high and high >= one.low)
