"""How many people a test needs, what those at hand can show, and how long it runs: before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.analysis.experiment import all_days, audience, sized
from bot.analysis.measure import measure
from bot.analysis.sample_size import HOLDOUT, detectable, needed, split, weeks
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.metrics import catalogue
from bot.types import Amount, Evidence, Intent, Metric, Note, Query, Shape, Unit

SUBJECT = "sample_size"
"""The subject of the Query, whose intent is advice and whose metric gives the base rate."""
SHARE_NAME = "holdout_share"
"""The variant that carries a share to hold out which the question names."""
UNREADABLE = 0.0005
"""Differences under this would be printed as none."""
AUDIENCES = {"win_back_rate": "churned_eligible_for_win_back"}
"""Metric → the segment that would be written to, where that is not who the rate is counted over."""


def plannable(metric: Metric | None) -> bool:
    """Whether a test can be planned on a metric: a share of people."""
    return (
        metric is not None
        and metric.unit is Unit.SHARE
        and metric.shape is Shape.SHARE
        and metric.parts == "counts"
        and not metric.keys
    )


def sample_size(desk: Desk, query: Query) -> Part:
    """The base rate by the company's own data, the arms for each effect that is named, and what is at hand."""
    metric = catalogue()[query.metric or ""]
    asked = replace(query, intent=Intent.VALUE, subject=None, variant=())
    if metric.entity == "person" and query.window is None:  # of messages: a month may have none with a goal
        asked = replace(asked, window=all_days(desk.analyst))
    base = measure(desk.analyst, asked, id=desk.next_id())
    row = base.rows[0]
    part = Part(queries=[replace(query, window=base.query.window)])
    part.keep(base)
    if row["value"] is None or not 0 < row["value"] < 1:
        part.say("size_no_base", base, metric=query.metric, window=base.query.window)
        return part
    rate = float(row["value"])
    part.say(
        "size_base", base, metric=query.metric, base=rate, part=row["part"], whole=row["whole"],
        window=base.query.window,
    )  # fmt: skip
    scope(part, base)
    share = float(dict(query.variant).get(SHARE_NAME, HOLDOUT))
    at_hand, who = _at_hand(desk, part, query, base)
    way = -1 if metric.good == "down" else 1
    effects = [effect for amount in query.amounts for effect in _effects(amount, rate)]
    for key, effect in effects:
        if key:
            part.say(key, base, base=rate)
        if 0 < rate + way * effect < 1:
            _needed(desk, part, query, rate, rate + way * effect, share, at_hand, who)
        else:
            part.say("size_impossible", base, effect=effect, base=rate)
    _can(desk, part, query, rate, way, share, at_hand, who, short=bool(effects))
    days = _days(metric, base)
    if days:
        part.say("size_duration", base, weeks=weeks(days), days=days)
    else:
        part.say("size_duration_least", base, weeks=weeks(days))
    part.caveats.append(Note("size_rule"))
    return part


def _effects(amount: Amount, rate: float) -> list[tuple[str | None, float]]:
    """The effects that a figure of the question may mean: (sentence before it, difference of rates).

    Points are points; percent may be of the rate or points, which are two questions.
    """
    size = abs(amount.value) / 100
    if amount.unit == "money" or not size:
        return []
    if amount.unit == "percent":
        return [("size_as_relative", rate * size), ("size_as_points", size)]
    return [(None, size)]


def _at_hand(desk: Desk, part: Part, query: Query, base: Evidence) -> tuple[int, str]:
    """How many could be in the test, and who they are."""
    segment = AUDIENCES.get(query.metric or "")
    if segment is None:
        return int(base.rows[0]["whole"]), desk.language.say("size_who_base")
    found = audience(desk.analyst, base.query, segment, desk.next_id())
    part.evidence.append(found)
    return int(found.rows[0]["value"]), desk.language.name("segments", segment)


def _needed(
    desk: Desk, part: Part, query: Query, rate: float, target: float, share: float, at_hand: int, who: str
) -> None:
    """The arms that one effect takes, and whether those at hand are enough."""
    arms, equal = needed(rate, target, share), needed(rate, target, 0.5)
    rows = [
        {"base": rate, "target": target, "effect": abs(target - rate), "share": part_held, "held": one.held,
         "treated": one.treated, "value": one.total, "n": at_hand}
        for part_held, one in ((share, arms), (0.5, equal))
    ]  # fmt: skip
    evidence = sized(desk.analyst, query, desk.next_id(), rows)
    part.evidence.append(evidence)
    values: dict[str, Any] = {
        "effect": abs(target - rate), "base": rate, "target": target, "total": arms.total, "held": arms.held,
        "treated": arms.treated, "share": share, "each": equal.held, "both": equal.total,
    }  # fmt: skip
    key = "size_needed_tiny" if abs(target - rate) < UNREADABLE else "size_needed"
    part.say(key if share != 0.5 else "size_needed_equal", evidence, **values)
    if at_hand >= arms.total:
        key = "size_enough"
    elif at_hand >= equal.total:
        key = "size_enough_equal"
    else:
        key = "size_short"
    part.say(key, evidence, n=at_hand, who=who)


def _can(
    desk: Desk, part: Part, query: Query, rate: float, way: int, share: float, at_hand: int, who: str, *, short: bool
) -> None:
    """The smallest difference that those at hand can show, with the share held out and with half."""
    room = 1 - rate if way > 0 else rate
    rows = []
    for part_held in (share, 0.5):
        arms = split(at_hand, part_held)
        effect = detectable(rate, arms.held, arms.treated) if arms.held and arms.treated else None
        rows.append({
            "base": rate, "target": None, "effect": effect, "share": part_held, "held": arms.held,
            "treated": arms.treated, "value": arms.total, "n": at_hand,
        })  # fmt: skip
    evidence = sized(desk.analyst, query, desk.next_id(), rows)
    part.evidence.append(evidence)
    effect, equal = rows[0]["effect"], rows[1]["effect"]
    if equal is None or equal >= room:
        part.say("size_cannot", evidence, n=at_hand, who=who)
    elif effect is None or effect >= room:
        part.say("size_can_equal", evidence, n=at_hand, who=who, equal=equal, share=share)
    else:
        key = "size_can_short" if short else "size_can"
        values = {"n": at_hand, "who": who, "effect": effect, "equal": equal, "share": share}
        part.say(key, evidence, **values, held=rows[0]["held"])


def _days(metric: Metric, base: Evidence) -> int:
    """How long the outcome takes: the horizon of the metric, else the days its rate is counted over; 0: at once."""
    if "horizon_days" in metric.variants:
        return int(metric.variants["horizon_days"][0])
    assert base.query.window is not None
    return base.query.window.days if metric.entity != "person" else 0
