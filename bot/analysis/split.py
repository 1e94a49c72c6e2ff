"""How a change adds up: the effects of segments, of volume and price, of the parts of a bridge. Pure arithmetic.

Each split adds up to its change exactly, also when a segment appears or vanishes. It is accounting, never cause.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from bot.types import Shape, Unit

Counts = Mapping[Hashable, tuple[float, float]]
"""Segment → (part, whole) of a share or ratio, or (value, n) of a level."""


@dataclass(frozen=True)
class Effect:
    """What one segment adds to a change, in the metric's unit; `rate + mix` is its whole share of it.

    `part` and `whole` are those of a share or ratio, or value and n of a level; "before" is the baseline.
    """

    segment: str
    part: float
    whole: float
    part_before: float
    whole_before: float
    rate: float
    mix: float

    @property
    def total(self) -> float:
        return self.rate + self.mix


def split(now: Counts, before: Counts) -> list[Effect]:
    """The rate + mix split of a share, a ratio or an average, segment → (part, whole) in two periods.

    With weights w = whole / total and rates r = part / whole, a segment's rate effect is
    (r1 - r0)(w0 + w1)/2 and its mix effect (w1 - w0)((r0 + r1)/2 - R), R the mean of the two total rates.
    A segment that is absent in one period takes its rate from the other, so it has a mix effect only.
    The largest effects first; empty where a period has no base.
    """
    total_now, total_before = sum(w for _, w in now.values()), sum(w for _, w in before.values())
    if not total_now or not total_before:
        return []
    level = (sum(p for p, _ in now.values()) / total_now + sum(p for p, _ in before.values()) / total_before) / 2
    effects = []
    for segment in {*now, *before}:
        part, whole = now.get(segment, (0.0, 0.0))
        part_before, whole_before = before.get(segment, (0.0, 0.0))
        weight, weight_before = whole / total_now, whole_before / total_before
        rate = part / whole if whole else part_before / whole_before if whole_before else 0.0
        rate_before = part_before / whole_before if whole_before else rate
        moved = (rate - rate_before) * (weight + weight_before) / 2
        added = part / total_now - part_before / total_before
        # What it adds but for its rate effect: (w1 - w0)((r0 + r1)/2 - R), or its part without a whole.
        mix = added - moved - (weight - weight_before) * level
        effects.append(Effect(str(segment), part, whole, part_before, whole_before, moved, mix))
    return largest_first(effects)


def levels(now: Counts, before: Counts) -> list[Effect]:
    """The split of a sum, segment → (value, n): `mix` is how many there are, `rate` how much each comes to.

    MRR is customers x ARPA: with a = value / n, the volume effect is (n1 - n0)(a0 + a1)/2 and the price effect
    (a1 - a0)(n0 + n1)/2. A segment that is absent in one period has a volume effect only.
    """
    effects = []
    for segment in {*now, *before}:
        value, n = now.get(segment, (0.0, 0.0))
        value_before, n_before = before.get(segment, (0.0, 0.0))
        price, volume = volume_and_price((value, n), (value_before, n_before))
        effects.append(Effect(str(segment), value, n, value_before, n_before, price, volume))
    return largest_first(effects)


def averages(now: Counts, before: Counts) -> list[Effect]:
    """The rate + mix split of an average, segment → (value, n): it is the sum of value x n over the sum of n."""
    effects = split(
        {name: (value * n, n) for name, (value, n) in now.items()},
        {name: (value * n, n) for name, (value, n) in before.items()},
    )
    values, values_before = ({str(name): value for name, (value, _) in counts.items()} for counts in (now, before))
    return [
        replace(one, part=values.get(one.segment, 0.0), part_before=values_before.get(one.segment, 0.0))
        for one in effects
    ]


def volume_and_price(now: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
    """(price effect, volume effect) of a sum (value, n) between two periods; they add up to its change."""
    (value, n), (value_before, n_before) = now, before
    change = value - value_before
    if (value and not n) or (value_before and not n_before):  # a value of nobody has no average
        return change, 0.0
    each = value / n if n else value_before / n_before if n_before else 0.0
    each_before = value_before / n_before if n_before else each
    volume = (n - n_before) * (each + each_before) / 2
    return change - volume, volume


def parts_of(now: Mapping[str, float], before: Mapping[str, float]) -> list[Effect]:
    """How the net of a bridge changed: each part, signed as it stands in the sum, against the same part before."""
    return largest_first(
        [
            Effect(
                name, now.get(name, 0.0), 0.0, before.get(name, 0.0), 0.0, now.get(name, 0.0) - before.get(name, 0.0), 0
            )
            for name in {*now, *before}
        ]
    )


def largest_first(effects: list[Effect]) -> list[Effect]:
    """The effects by size, equal ones by name, so that an answer is the same every time."""
    return sorted(effects, key=lambda effect: (-abs(effect.total), effect.segment))


AVERAGED = (Unit.SHARE, Unit.RATIO, Unit.POINTS, Unit.SCORE, Unit.HOURS, Unit.DAYS, Unit.MONTHS)
"""Units in which a level is an average or a median of its n, so that segments do not add up by themselves."""
WHOLES = frozenset({
    "active_users", "arr", "churned_customers", "customer_count", "expansion_revenue", "mrr", "new_customers",
    "open_tickets", "ticket_volume",
})  # fmt: skip
"""Counts and sums of which a segment is a part."""


def splitting(shape: Shape, unit: Unit) -> Callable[[Counts, Counts], list[Effect]]:
    """The split that fits a metric: by rate and mix, by volume and price, or of an average."""
    if shape is not Shape.LEVEL:
        return split
    return averages if unit in AVERAGED else levels
