"""Why a number changed: the premise first, then what the change adds up from, then the play that fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis.bridge import Bridge, behind, of_flow
from bot.analysis.compare import Comparison, compare
from bot.analysis.drivers import Driver
from bot.analysis.explain import SMALLEST_SEGMENT, Explanation, split_change
from bot.analysis.measure import measure
from bot.analysis.split import Effect, volume_and_price
from bot.analysis.windows import baseline_of, default_window, is_trend
from bot.engines.answers.noted import name_noted
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.plays import answering
from bot.engines.answers.shapes import label_of, scope
from bot.engines.answers.values import averaged, numbered
from bot.errors import BadQuestion, ForPerson
from bot.metrics import catalogue
from bot.playbook import Signal
from bot.types import Evidence, Grain, Metric, Query, Shape, Unit, Window, filters

MOST_DRIVERS = 3
NEGLIGIBLE = 0.01
"""A part of the change under this share of it is not worth a line."""
OTHER_DIMENSIONS = 2
"""Splits named beside the one that stands out."""


def why(desk: Desk, query: Query) -> Part:
    """Premise, size, split and play. Says "accounts for", never "because"."""
    metric = catalogue()[desk.analyst.metric(query.metric).name]
    query = replace(query, window=query.window or _window_of(desk, metric))
    if metric.shape is Shape.FLOW:
        return _of_flow(desk, query)
    if metric.shape not in (Shape.SHARE, Shape.RATIO, Shape.LEVEL) or metric.keys:
        raise BadQuestion("cannot_explain", metric=metric.name)
    comparison = numbered(desk, compare(desk.analyst, replace(query, by=())))
    part = Part(queries=[replace(query, window=comparison.main.query.window, baseline=comparison.main.query.baseline)])
    part.keep(comparison.main, comparison.baseline)
    premise(desk, part, comparison, query.claim)
    averaged(part, comparison)
    scope(part, comparison.main)
    if comparison.direction in ("flat", "undefined"):
        part.follow_ups = [desk.language.say("follow_trend")]
        return part
    _last_year(desk, part, query, comparison)
    _volume(desk, part, comparison)
    bridge = None if query.by else behind(desk.analyst, comparison)
    found = _parts(desk, part, bridge) if bridge is not None else None
    if found is None:
        found = _renumbered(desk, split_change(desk.analyst, comparison, query.by))
        _split(desk, part, found, "why_drivers")
    if bridge is not None or found.drivers:
        part.say("why_association", comparison.main)
    _noted(desk, part, comparison)
    _play(desk, part, comparison, found)
    part.follow_ups = [desk.language.say("follow_who"), desk.language.say("follow_draft")]
    if metric.people is None:
        part.follow_ups = [desk.language.say("follow_trend")]
    return part


def _window_of(desk: Desk, metric: Metric) -> Window | None:
    """The last complete month where a metric's own window is a day or a year: from one of them to the next it hardly
    moves.
    """
    if metric.window not in (Grain.DAY, Grain.YEAR):
        return None
    return default_window(Grain.MONTH, desk.analyst.as_of, desk.analyst.company.definitions.zone)


def _renumbered(desk: Desk, found: Explanation) -> Explanation:
    drivers = tuple(replace(one, id=desk.next_id()) for one in found.drivers)
    return replace(found, drivers=drivers, crossed=found.crossed and replace(found.crossed, id=desk.next_id()))


# ------------------------------------------------------------------------------------------------ by its parts


def _of_flow(desk: Desk, query: Query) -> Part:
    """Why the net of a flow is another than before: the parts that moved it, and where the largest moved most."""
    if query.window is not None and is_trend(query.window):
        query = replace(query, window=replace(query.window, grain=Grain.RANGE))
    comparison, bridge = of_flow(desk.analyst, query)
    comparison = numbered(desk, comparison)
    part = Part(queries=[replace(query, window=comparison.main.query.window, baseline=comparison.main.query.baseline)])
    part.keep(comparison.main, comparison.baseline)
    values = {
        "metric": query.metric, "change": comparison.change, **_told_in(comparison.main),
        "before": comparison.baseline.rows[0]["value"], "baseline": comparison.baseline.query.window,
        "after": comparison.main.rows[0]["value"], "window": comparison.main.query.window,
    }  # fmt: skip
    part.say(f"why_net_{comparison.direction}", comparison.main, comparison.baseline, **values)
    scope(part, comparison.main)
    part.follow_ups = [desk.language.say("follow_trend")]
    if comparison.direction == "flat":
        return part
    evidence = replace(bridge.parts, id=desk.next_id())
    part.keep(evidence)
    change = comparison.change or 0.0
    for row in _worth_a_line(evidence, change):
        key = "why_level_driver" if row["effect"] * change > 0 else "why_level_driver_against"
        part.say(
            key, evidence, label=_capital(label_of(desk, "type", row["type"])), part=row["effect"],
            before=row["baseline_value"], after=row["value"], **_told_in(evidence),
        )  # fmt: skip
    _largest(desk, part, bridge)
    part.say("why_association", comparison.main)
    _noted(desk, part, comparison)
    return part


def _noted(desk: Desk, part: Part, found: Comparison) -> None:
    """What is on record of the days that are explained, and of those just before that they are held against."""
    main, before = found.main.query, found.baseline.query.window
    if main.window is not None and before is not None:
        start = before.start if before.end == main.window.start else main.window.start
        name_noted(desk, part, replace(main.window, start=start), dict(main.filters).get("country", ()))


def _parts(desk: Desk, part: Part, bridge: Bridge) -> Explanation | None:
    """A level's change as the sum of what came and what went, each beside its size in the period before."""
    evidence = replace(bridge.parts, id=desk.next_id())
    part.keep(evidence)
    part.say("why_parts", evidence)
    for row in _worth_a_line(evidence, sum(abs(row["effect"]) for row in evidence.rows)):
        key = "why_part_up" if row["effect"] > 0 else "why_part_down"
        before = "" if row["baseline_value"] is None else "_after"
        part.say(
            key + before, evidence, label=label_of(desk, "type", row["type"]), value=row["value"],
            before=row["baseline_value"], **_told_in(evidence),
        )  # fmt: skip
    return _largest(desk, part, bridge)


def _worth_a_line(evidence: Evidence, change: float) -> list[Mapping[str, Any]]:
    return [row for row in evidence.rows if abs(row["effect"]) > NEGLIGIBLE * abs(change)]


def _largest(desk: Desk, part: Part, bridge: Bridge) -> Explanation | None:
    """Where the largest part grew: its split by segments."""
    if bridge.within is None:
        return None
    within = _renumbered(desk, replace(bridge.within, comparison=numbered(desk, bridge.within.comparison)))
    part.keep(within.comparison.main, within.comparison.baseline)
    _split(desk, part, within, "why_largest", label=label_of(desk, "type", bridge.largest))
    return within


def _volume(desk: Desk, part: Part, found: Comparison) -> None:
    """An amount as how many customers and how much each: the two effects add up to its change."""
    now, then = found.main.rows[0], found.baseline.rows[0]
    if found.main.shape is not Shape.LEVEL or found.main.unit is not Unit.MONEY or not (now["n"] and then["n"]):
        return
    price, volume = volume_and_price((now["value"], now["n"]), (then["value"], then["n"]))
    row = {
        "n": now["n"], "each": now["value"] / now["n"], "baseline_n": then["n"],
        "each_before": then["value"] / then["n"], "mix_effect": volume, "rate_effect": price, "effect": volume + price,
    }  # fmt: skip
    evidence = replace(
        found.main, id=desk.next_id(), role="driver", rows=(row,), columns=tuple(row), shape=Shape.RATIO, caveats=()
    )
    part.evidence.append(evidence)
    say, shared = desk.language.say, _told_in(found.main)
    least = NEGLIGIBLE * abs(found.change or 0.0)
    clauses = []
    if abs(volume) > least:
        key = "why_count_up" if volume > 0 else "why_count_down"
        clauses.append(say(key, n=round(now["n"]), before=round(then["n"]), effect=volume, **shared))
    if abs(price) > least:
        key = "why_each_up" if price > 0 else "why_each_down"
        clauses.append(say(key, each=row["each"], before=row["each_before"], effect=price, **shared))
    part.say("why_volume", evidence, clauses=clauses)


# ------------------------------------------------------------------------------------------------ premise


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
    if "whole" in now and found.main.parts == "counts" and found.main.unit is not Unit.POINTS:
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


# ------------------------------------------------------------------------------------------------ by segments


def _split(desk: Desk, part: Part, found: Explanation, header: str, **values: Any) -> None:
    """The split that stands out most; its lines and the rest add up to the change. A pair, where it says more."""
    comparison = found.comparison
    evidence = found.drivers[0] if found.drivers else None
    if found.pair is not None and found.driver is None and found.crossed is not None:
        evidence = found.crossed  # neither of its parts stands out by itself
    elif evidence is None:
        part.say("why_no_split", comparison.main)
        return
    part.keep(evidence)
    stands_out = found.driver is not None or evidence is found.crossed
    values |= {"before": comparison.baseline.rows[0]["value"], "after": comparison.main.rows[0]["value"]}
    dimensions = {"dimensions": evidence.query.by, **_told_in(evidence)}
    part.say(header if stands_out else f"{header}_spread", evidence, **dimensions, **values)
    change = comparison.change or 0.0
    told = 0.0
    least = NEGLIGIBLE * abs(change)
    scale = 100 if evidence.unit is Unit.POINTS else 1
    named = [row for row in evidence.rows if scale * abs(row["effect"]) > least and _enough(evidence, row)]
    for row in named[:MOST_DRIVERS]:
        told += scale * row["effect"]
        _line(desk, part, evidence, row, change)
    rest = change - told
    if abs(rest) > least:
        key = "why_rest" if rest * change > 0 else "why_rest_against"
        others = replace(evidence, id=desk.next_id(), rows=({"effect": rest / scale},), columns=("effect",))
        part.evidence.append(others)
        part.say(key, others, part=rest, **_told_in(evidence))
    if found.pair is not None and found.crossed is not None and evidence is not found.crossed:
        pair = dict(found.pair.segment)
        row = next(row for row in found.crossed.rows if all(row[name] == value for name, value in pair.items()))
        part.keep(found.crossed)
        _line(desk, part, found.crossed, row, change, "_pair")
    beside = [one for one in found.drivers if one is not evidence and one.rows[0]["effect"] * change > 0]
    part.evidence.extend(beside[:OTHER_DIMENSIONS] if stands_out else [])


def _line(desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any], change: float, kind: str = "") -> None:
    """One segment, or one pair of them: what it accounts for, and its figures in both periods."""
    scale = 100 if evidence.unit is Unit.POINTS else 1
    names = [label_of(desk, dimension, row[dimension]) for dimension in evidence.query.by]
    label = names[0] if len(names) == 1 else _capital(" × ".join(names))
    against = "" if kind or row["effect"] * change > 0 else "_against"
    values = {"label": label, "part": scale * row["effect"], **_told_in(evidence)}
    if evidence.shape in (Shape.LEVEL, Shape.FLOW):
        part.say(f"why_level_driver{kind}{against}", evidence, before=row["baseline_part"], after=row["part"], **values)
    elif evidence.unit is Unit.POINTS or evidence.parts == "averages":
        before, after = row["baseline_value"], row["value"]
        if before is None or after is None:
            part.say(f"why_bare_driver{kind}{against}", evidence, **values)
        else:
            part.say(f"why_level_driver{kind}{against}", evidence, before=before, after=after, **values)
    else:
        part.say(
            f"why_driver{'_money' if evidence.parts == 'money' else ''}{kind}{against}", evidence, now=row["part"],
            whole=row["whole"], before=row["baseline_part"], whole_before=row["baseline_whole"], **values,
        )  # fmt: skip


def _told_in(evidence: Evidence) -> dict[str, Any]:
    return {"unit": evidence.unit.value, "currency": evidence.currency}


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _enough(evidence: Evidence, row: Mapping[str, Any]) -> bool:
    """Whether the segment is large enough in both periods to be named; the customers behind an amount are not in it."""
    if evidence.parts == "money" or evidence.shape is Shape.FLOW:
        return True
    return bool(min(row["whole"], row["baseline_whole"]) >= SMALLEST_SEGMENT)


def _play(desk: Desk, part: Part, comparison: Comparison, found: Explanation | None) -> None:
    """The play whose own signals fit this finding."""
    driver, pair = (found.driver, found.pair) if found else (None, None)
    answering(desk, part, signals_of(comparison, driver, desk, pair))


def signals_of(
    comparison: Comparison, driver: tuple[str, Effect] | None, desk: Desk, pair: Driver | None = None
) -> list[Signal]:
    """What a finding shows, the narrowest first: metric and direction, where, and the commonest reason."""
    metric, direction = comparison.main.query.metric or "", comparison.direction
    if direction not in ("up", "down"):
        return []
    where = dict(comparison.main.query.filters)
    if driver is not None:
        where[driver[0]] = (driver[1].segment,)
    if pair is not None:
        where |= {dimension: (value,) for dimension, value in pair.segment}
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
