"""Why a number changed: the premise first, then what the change adds up from, then the play that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.compare import Comparison
from bot.analysis.explain import SMALLEST_SEGMENT, Explanation, explain
from bot.analysis.measure import measure
from bot.analysis.split import Effect
from bot.analysis.windows import baseline_of, default_window
from bot.engines.part import Desk, Part
from bot.engines.shapes import label_of, scope
from bot.errors import BadQuestion, ForPerson
from bot.metrics import catalogue
from bot.playbook import Signal
from bot.types import Evidence, Grain, Query, Shape, filters

MOST_DRIVERS = 3
NEGLIGIBLE = 0.01
"""A part of the change under this share of it is not worth a line."""
OTHER_DIMENSIONS = 2
"""Splits named beside the one that stands out."""


def why(desk: Desk, query: Query) -> Part:
    """Premise, size, split and play. Says "accounts for", never "because"."""
    metric = catalogue()[desk.analyst.metric(query.metric).name]
    if metric.shape not in (Shape.SHARE, Shape.RATIO, Shape.LEVEL):
        raise BadQuestion("cannot_explain", metric=metric.name)
    if query.window is None and metric.window is Grain.YEAR:
        # A trailing year hardly moves in a month: "why" is asked of the last month against the one before.
        query = replace(query, window=_last_month(desk))
    found = _numbered(desk, explain(desk.analyst, query))
    comparison = found.comparison
    part = Part(queries=[replace(query, window=comparison.main.query.window, baseline=comparison.main.query.baseline)])
    part.keep(comparison.main, comparison.baseline)
    premise(desk, part, comparison, query.claim)
    scope(part, comparison.main)
    if comparison.direction in ("flat", "undefined"):
        part.follow_ups = [desk.language.say("follow_trend")]
        return part
    _last_year(desk, part, query, comparison)
    if found.driver is None:
        part.keep(*found.drivers[:1])
        part.say("why_no_driver", *found.drivers)
    else:
        _drivers(desk, part, found, comparison)
    part.say("why_association", *found.drivers[:1])
    _play(desk, part, found, comparison)
    part.follow_ups = [desk.language.say("follow_who"), desk.language.say("follow_draft")]
    if metric.people is None:
        part.follow_ups = [desk.language.say("follow_trend")]
    return part


def _last_month(desk: Desk) -> Any:
    return default_window(Grain.MONTH, desk.analyst.as_of, desk.analyst.company.definitions.zone)


def _numbered(desk: Desk, found: Explanation) -> Explanation:
    main = replace(found.comparison.main, id=desk.next_id())
    baseline = replace(found.comparison.baseline, id=desk.next_id())
    drivers = tuple(replace(one, id=desk.next_id()) for one in found.drivers)
    return replace(found, comparison=replace(found.comparison, main=main, baseline=baseline), drivers=drivers)


def premise(desk: Desk, part: Part, found: Comparison, claim: str | None) -> None:
    """Whether what the question takes for granted is so."""
    now, then = found.main.rows[0], found.baseline.rows[0]
    values = {
        "metric": found.main.query.metric,
        "before": then["value"],
        "after": now["value"],
        "change": found.change,
        "baseline": found.baseline.query.window,
        "window": found.main.query.window,
        "unit": found.main.unit.value,
        "currency": found.main.currency,
    }
    both = (found.main, found.baseline)
    if found.direction == "undefined":
        part.say("why_undefined", *both, **values)
        return
    small = desk.analyst.company.definitions.small_sample
    if min(now.get("whole", small), then.get("whole", small)) < small:
        counts = {"part": now["part"], "whole": now["whole"], "part_before": then["part"]}
        part.say("why_small", *both, whole_before=then["whole"], **counts, **values)
        return
    if found.direction == "flat":
        part.say("why_unclear", *both, **values)
        return
    kind = "why_plain" if claim is None else "why_confirmed" if claim == found.direction else "why_corrected"
    part.say(f"{kind}_{found.direction}", *both, **values)
    if "whole" in now and found.main.parts != "money":
        part.say(
            "why_counts", *both, part=now["part"], whole=now["whole"], part_before=then["part"],
            whole_before=then["whole"],
        )  # fmt: skip


def _last_year(desk: Desk, part: Part, query: Query, found: Comparison) -> None:
    """The same period a year before, as a second baseline: seasons repeat, price rises do not."""
    if query.baseline == "last_year":
        return
    now = found.main.query
    assert now.window is not None
    try:
        before = baseline_of(replace(now, baseline="last_year"), now.window)
        year = measure(desk.analyst, replace(now, window=before, baseline=None), role="baseline")
    except ForPerson:  # the data does not reach back a year
        return
    then = year.rows[0]
    if then["value"] is None:
        return
    baseline = replace(year, id=desk.next_id())
    part.keep(baseline)
    part.say(
        "why_last_year", baseline, before=then["value"], baseline=baseline.query.window,
        unit=baseline.unit.value, currency=baseline.currency,
    )  # fmt: skip


def _drivers(desk: Desk, part: Part, found: Explanation, comparison: Comparison) -> None:
    """The split of the dimension that stands out; its lines and the rest add up to the change."""
    assert found.driver is not None
    dimension = found.driver[0]
    evidence = next(one for one in found.drivers if one.query.by == (dimension,))
    part.keep(evidence)
    part.say("why_drivers", evidence, dimension=dimension)
    shared = {"unit": evidence.unit.value, "currency": evidence.currency}
    change = comparison.change or 0.0
    told = 0.0
    least = NEGLIGIBLE * abs(change)
    named = [row for row in evidence.rows if abs(row["effect"]) > least and (evidence.parts == "money" or _enough(row))]
    for row in named[:MOST_DRIVERS]:
        told += row["effect"]
        with_it = row["effect"] * change > 0
        label = label_of(desk, dimension, row[dimension])
        if evidence.shape is Shape.LEVEL:
            part.say(
                "why_level_driver" if with_it else "why_level_driver_against", evidence, label=label,
                part=row["effect"], before=row["baseline_part"], after=row["part"], **shared,
            )  # fmt: skip
        else:
            key = "why_driver_money" if evidence.parts == "money" else "why_driver"
            part.say(
                key if with_it else f"{key}_against", evidence, label=label, part=row["effect"],
                now=row["part"], whole=row["whole"], before=row["baseline_part"],
                whole_before=row["baseline_whole"], **shared,
            )  # fmt: skip
    rest = change - told
    if abs(rest) > least:
        key = "why_rest" if rest * change > 0 else "why_rest_against"
        part.say(key, evidence, part=rest, **shared)
    others = [one for one in found.drivers if one is not evidence and one.rows[0]["effect"] * change > 0]
    for other in others[:OTHER_DIMENSIONS]:
        part.evidence.append(other)


def _enough(row: Mapping[str, Any]) -> bool:
    """Whether the segment is large enough in both periods to be named."""
    return bool(min(row["whole"], row["baseline_whole"]) >= SMALLEST_SEGMENT)


def _play(desk: Desk, part: Part, found: Explanation, comparison: Comparison) -> None:
    """The play whose own signals fit this finding, cited with its section."""
    signals = signals_of(comparison, found.driver, desk)
    play = desk.playbook().fitting(signals, desk.language.code)
    if play is None:
        return
    citation = play.cite("steps", desk.language.code)
    part.citations.append(citation)
    part.say("advise_play", title=citation.title, section=citation.section)


def signals_of(comparison: Comparison, driver: tuple[str, Effect] | None, desk: Desk) -> list[Signal]:
    """What a finding shows, the narrowest first: metric and direction, where, and the commonest reason."""
    metric, direction = comparison.main.query.metric or "", comparison.direction
    if direction not in ("up", "down"):
        return []
    where = dict(comparison.main.query.filters)
    if driver is not None:
        where[driver[0]] = (driver[1].segment,)
    reason = _main_reason(desk, comparison.main, where)
    narrow = {**where, **({"reason": (reason,)} if reason else {})}
    return [Signal(metric, direction, filters(one)) for one in (narrow, where, {})]


def _main_reason(desk: Desk, main: Evidence, where: dict[str, tuple[str, ...]]) -> str | None:
    """The reason most of those who left gave, where the company records it."""
    try:
        asked = Query(main.query.intent, "churn_reasons", main.query.window, filters=filters(where))
        rows = measure(desk.analyst, asked).rows
    except ForPerson:
        return None
    best = max(rows, key=lambda row: row["part"], default=None)
    return None if best is None else str(best["reason"])
