"""Which segments, and which pairs of them, stand out in a change: tested, and corrected for how many were tried.

A segment stands out when it moved by itself and otherwise than all the rest; a pair of segments, when it moved
otherwise than the rest of each of its two parts. Of all that is tried in a company where the segments mean nothing,
something is named in at most `ERROR` of the cases. Pure, on what each account adds in both periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, lgamma, sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from bot.analysis.chance import holm, one_sided
from bot.analysis.split import Counts, Effect, levels, split

ERROR = 0.05
"""How often anything at all is named where nothing is to be found."""
ERROR_PAIRS = 0.01
"""The part of it for pairs of which neither half stands out; the other part is for single segments."""
SMALLEST_SEGMENT = 5
"""A segment under this many customers in one of the periods is never named as a driver."""
EXPECTED = 5
"""A table with an expected count under this is tested exactly."""

JOINED = "\x1f"
"""Stands between the values of a pair in the name of its effect."""

Array: TypeAlias = npt.NDArray[Any]
Segment: TypeAlias = tuple[tuple[str, str], ...]
"""One or two (dimension, value), in the order of the dimensions."""


@dataclass(frozen=True)
class Driver:
    """A segment that stands out; `p` is corrected for all that were tried, `strength` the part of the change beyond
    its fair share by size.
    """

    segment: Segment
    effect: Effect
    p: float
    strength: float

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dimension for dimension, _ in self.segment)


@dataclass(frozen=True)
class Accounts:
    """What each account adds to a number in both periods, and where it belongs.

    `adds` has a row per account and place, with the columns (part, whole, part before, whole before), or value and n
    of a level; an account that changed its segment has two rows. `places` holds a code per row and dimension, `names`
    the value behind each code. `summed` says that the number is a sum (MRR, customers), not a share or an average;
    `rated`, that segments are held against each other by part / whole all the same: lost customers of those at risk.
    """

    account: Array
    adds: Array
    places: Mapping[str, Array]
    names: Mapping[str, tuple[str, ...]]
    summed: bool
    rated: bool

    @classmethod
    def of(cls, frame: pd.DataFrame, dimensions: Sequence[str], *, summed: bool, rated: bool | None = None) -> Accounts:
        """From rows with account_id, the dimensions, and part, whole, part_before, whole_before."""
        columns = ["part", "whole", "part_before", "whole_before"]
        whole = frame.groupby(["account_id", *dimensions], sort=True, observed=True)[columns].sum().reset_index()
        places, names = {}, {}
        for dimension in dimensions:
            codes, values = pd.factorize(whole[dimension], sort=True)
            places[dimension], names[dimension] = codes.astype(np.int64), tuple(str(one) for one in values)
        account = pd.factorize(whole["account_id"])[0].astype(np.int64)
        adds = whole[columns].to_numpy(dtype=float)
        return cls(account, adds, places, names, summed, (not summed or _of_a_base(adds)) if rated is None else rated)

    @classmethod
    def none(cls, *, summed: bool, rated: bool) -> Accounts:
        """No accounts, where a number is known by counts alone."""
        return cls(np.zeros(0, np.int64), np.zeros((0, 4)), {}, {}, summed, rated)

    def only(self, dimensions: Sequence[str]) -> Accounts:
        """The same accounts, to be placed in these dimensions."""
        return replace(self, places={name: self.places[name] for name in dimensions})

    def counts(self, *dimensions: str) -> tuple[dict[Any, tuple[float, float]], dict[Any, tuple[float, float]]]:
        """(now, before): segment → (part, whole); the key is the value, or the values, of the dimensions."""
        code, labels = self.cross(dimensions)
        sums = _sums(code, self.adds, len(labels))
        keys = [one[0] if len(one) == 1 else one for one in labels]
        there = [(key, row) for key, row in zip(keys, sums.tolist(), strict=True) if any(row)]
        return {key: (row[0], row[1]) for key, row in there}, {key: (row[2], row[3]) for key, row in there}

    def people(self, *dimensions: str) -> dict[Any, int]:
        """How many accounts each segment has in that of the two periods in which it has fewer."""
        code, labels = self.cross(dimensions)
        many = _people(code, self.account, self.adds, len(labels))
        return {one[0] if len(one) == 1 else one: int(n) for one, n in zip(labels, many, strict=True)}

    def cross(self, dimensions: Sequence[str]) -> tuple[Array, list[tuple[str, ...]]]:
        """A code per row for the crossing of dimensions, and the values behind each code."""
        code = np.zeros(len(self.account), dtype=np.int64)
        labels: list[tuple[str, ...]] = [()]
        for name in dimensions:
            code = code * len(self.names[name]) + self.places[name]
            labels = [(*one, value) for one in labels for value in self.names[name]]
        return code, labels


def _of_a_base(adds: Array) -> bool:
    """Whether each value counts people of so many at risk."""
    part, whole = adds[:, [0, 2]], adds[:, [1, 3]]
    return bool(((part >= 0) & (part <= whole) & (part == part.round())).all() and (part < whole).any())


@dataclass(frozen=True)
class Tried:
    """One segment that was tried: its p-value before correction, and the family that shares its part of the error."""

    segment: Segment
    p: float
    family: tuple[str, ...]
    size: int


def singled_out(
    accounts: Accounts, change: float, counted: Mapping[str, tuple[Counts, Counts]] | None = None, *, exact: bool = True
) -> tuple[list[Driver], list[str]]:
    """(the single segments that stand out, the strongest first; the dimensions, the least likely by chance first).

    `counted` are dimensions in which one account may be in several segments, as counts; `exact` says that parts and
    wholes are counts, so that small tables can be tested exactly.
    """
    effects: dict[str, list[Effect]] = {}
    tried: list[Tried] = []
    for dimension in accounts.places:
        code, labels = accounts.cross((dimension,))
        p, possible = _contrast(accounts, code, np.zeros(len(labels), dtype=np.int64), change, exact=exact)
        large = possible & (_people(code, accounts.account, accounts.adds, len(labels)) >= SMALLEST_SEGMENT)
        tried += _family(labels, p, large, (dimension,))
        effects[dimension] = (levels if accounts.summed else split)(*accounts.counts(dimension))
    for dimension, (now, before) in (counted or {}).items():
        effects[dimension] = (levels if accounts.summed else split)(now, before)
        tried += _counted(dimension, now, before, change, summed=not accounts.rated) if exact else []
    alike = _judged(tried)
    error = ERROR - ERROR_PAIRS
    found = [
        driver
        for one, p in zip(tried, alike, strict=True)
        if p <= error and (driver := _driver(one.segment, p, effects[one.family[0]], change)) is not None
    ]
    places = list(effects)
    found.sort(key=lambda one: (-round(one.strength, 1), places.index(one.dimensions[0]), -one.strength))
    chances = {name: min((one.p * one.size for one in tried if one.family == (name,)), default=1.0) for name in places}
    return found, sorted(places, key=lambda name: (chances[name], places.index(name)))


def paired(accounts: Accounts, change: float, single: Driver | None = None, *, exact: bool = True) -> Driver | None:
    """The pair of segments that says more than each of its two parts: within a single driver, or any where none is."""
    tried: list[Tried] = []
    held = dict(single.segment) if single else {}
    dimensions = sorted(accounts.places, key=lambda name: name not in held)  # the half that stands out is said first
    for first, second in combinations(dimensions, 2):
        if held and not {first, second} & set(held):
            continue
        code, labels = accounts.cross((first, second))
        width = len(accounts.names[second])
        place = np.arange(len(labels), dtype=np.int64)
        p, possible = _contrast(accounts, code, place // width, change, exact=exact)
        other, possible_too = _contrast(accounts, code, place % width, change, exact=exact)
        p, large = np.maximum(p, other), possible & possible_too
        large &= _people(code, accounts.account, accounts.adds, len(labels)) >= SMALLEST_SEGMENT
        for dimension, value in held.items():
            large &= np.array([value in one for one in labels]) if dimension in (first, second) else False
        tried += _family(labels, p, large, (first, second))
    best: Driver | None = None
    for one, p_value in zip(tried, _judged(tried), strict=True):
        if p_value <= (ERROR if single else ERROR_PAIRS):
            effects = (levels if accounts.summed else split)(*labelled(accounts.counts(*one.family)))
            driver = _driver(one.segment, p_value, effects, change)
            best = driver if driver and (best is None or driver.strength > best.strength) else best
    return best


def _judged(tried: Sequence[Tried]) -> list[float]:
    """The corrected p-values: each family has the same part of the error, whatever its size."""
    return holm([one.p for one in tried], [1 / one.size for one in tried])


def _family(labels: list[tuple[str, ...]], p: Array, large: Array, dimensions: tuple[str, ...]) -> list[Tried]:
    """The segments that are large enough; two that make up the whole are one test, seen from two sides."""
    kept = [i for i in range(len(labels)) if large[i]]
    if len(kept) == len(labels) == 2 and len(dimensions) == 1:
        kept = [min(kept, key=lambda i: float(p[i]))]
    return [Tried(tuple(zip(dimensions, labels[i], strict=True)), float(p[i]), dimensions, len(kept)) for i in kept]


def _driver(segment: Segment, p: float, effects: list[Effect], change: float) -> Driver | None:
    """The segment as a driver, if it holds more of the change than its size explains."""
    label = JOINED.join(value for _, value in segment)
    effect = next((one for one in effects if one.segment == label), None)
    strength = beyond_its_size(effect, effects, change) if effect else 0.0
    return Driver(segment, effect, p, strength) if effect and strength > 0 else None


def beyond_its_size(effect: Effect, effects: Sequence[Effect], change: float) -> float:
    """The part of the change that a segment holds beyond its fair share by size; 0 for one that goes the other way."""
    total = sum(one.whole + one.whole_before for one in effects)
    if not total or effect.total * change <= 0 or min(effect.whole, effect.whole_before) <= 0:
        return 0.0
    return min(effect.total / change, 1.0) - (effect.whole + effect.whole_before) / total


def labelled(both: Sequence[Mapping[Any, tuple[float, float]]]) -> tuple[Counts, Counts]:
    """The two sides of a crossing, each segment named by its values together."""
    now, before = both
    return {JOINED.join(key): pair for key, pair in now.items()}, {
        JOINED.join(key): pair for key, pair in before.items()
    }


# ------------------------------------------------------------------------------------------------ the tests


def _contrast(accounts: Accounts, code: Array, outer: Array, change: float, *, exact: bool) -> tuple[Array, Array]:
    """Per segment the p-value that it moved no otherwise than the rest of its `outer`, or not at all by itself; and
    whether it has a rest to be held against.

    The linearised change of the segment less that of the rest, its spread taken over accounts (the delta method with
    accounts as clusters), so that paired periods, money and several people of one account are all told right.
    """
    many, size = len(outer), int(outer.max()) + 1 if len(outer) else 0
    inner_of, inner_keys, own = _per_account(code, accounts.account, accounts.adds)
    outer_of, outer_keys, total = _per_account(outer[code], accounts.account, accounts.adds)
    here = _sums(code, accounts.adds, many)
    around = _sums(outer[code], accounts.adds, size)[outer]
    rest = around - here
    clusters = int(accounts.account.max()) + 1
    at = np.searchsorted(outer_keys, outer[inner_of] * clusters + inner_keys % clusters)
    mine = total[at]
    second = np.stack([_sums(outer_of, total * total[:, [k]], size) for k in range(4)], axis=1)[outer]

    def spread(added: Array, taken: Array) -> Array:
        """The variance of the sum over accounts of (own · added - all of outer · taken)."""
        outside = (mine * taken[inner_of]).sum(axis=1)
        inside = (own * added[inner_of]).sum(axis=1) - outside
        others = np.einsum("si,sij,sj->s", taken, second, taken)
        return np.asarray(np.bincount(inner_of, weights=inside**2 - outside**2, minlength=many) + others)

    with np.errstate(divide="ignore", invalid="ignore"):
        if not accounts.rated:
            growth, fair = around[:, 0] / around[:, 2], here[:, 2] / around[:, 2]
            weights = np.stack([np.ones(many), np.zeros(many), -growth, np.zeros(many)], axis=1)
            gap = here[:, 0] - growth * here[:, 2]
            variance = spread(weights, weights * fair[:, None])
            moved, once = here[:, 0] - here[:, 2], np.tile([1.0, 0.0, -1.0, 0.0], (many, 1))
            possible = (around[:, 2] > 0) & (rest[:, 1] > 0) & (rest[:, 3] > 0)
        else:
            gap = _moved(here) - _moved(rest)
            variance = np.maximum(
                spread(_slope(here, here) + _slope(rest, rest), _slope(rest, rest)),
                spread(_slope(here, around) + _slope(rest, around), _slope(rest, around)),
            )
            moved, once = _moved(here), _slope(here, here)
            possible = (rest[:, 1] > 0) & (rest[:, 3] > 0)
        alone = spread(once, np.zeros_like(once))
        p = np.maximum(_tails(gap, variance), _tails(moved, alone))
    possible &= (here[:, 1] > 0) & (here[:, 3] > 0)
    p = np.where(possible & (gap * change > 0) & (moved * change > 0) & np.isfinite(p), p, 1.0)
    if exact:
        for i in np.flatnonzero(p < ERROR):
            p[i] = max(p[i], _exactly(here[i].tolist(), rest[i].tolist(), summed=not accounts.rated))
    return p, possible


def _moved(sums: Array) -> Array:
    return np.asarray(sums[:, 0] / sums[:, 1] - sums[:, 2] / sums[:, 3])


def _slope(sums: Array, rates: Array) -> Array:
    """How the change of a rate answers to each of (part, whole, part before, whole before)."""
    now, before = rates[:, 0] / rates[:, 1], rates[:, 2] / rates[:, 3]
    return np.stack([1 / sums[:, 1], -now / sums[:, 1], -1 / sums[:, 3], before / sums[:, 3]], axis=1)


def _exactly(here: Sequence[float], rest: Sequence[float], *, summed: bool) -> float:
    """Fisher's exact p-value where a table is small: the segment's own change, or of sums against the rest's."""
    part, whole, part_before, whole_before = here
    if summed:
        table = (part, part_before, rest[0], rest[2])
    else:
        table = (part, whole - part, part_before, whole_before - part_before)
    a, b, c, d = table
    n = a + b + c + d
    if min(table) < 0 or any(cell != round(cell) for cell in table) or not n:
        return 0.0
    least = min(a + b, c + d) * min(a + c, b + d) / n
    return fisher(round(a), round(b), round(c), round(d)) if least < EXPECTED else 0.0


def fisher(a: int, b: int, c: int, d: int) -> float:
    """The two-sided p-value of Fisher's exact test of [[a, b], [c, d]]: all tables no likelier than this one."""
    row, column, n = a + b, a + c, a + b + c + d

    def chance(x: int) -> float:
        return exp(
            lgamma(row + 1) - lgamma(x + 1) - lgamma(row - x + 1)
            + lgamma(n - row + 1) - lgamma(column - x + 1) - lgamma(n - row - column + x + 1)
            - lgamma(n + 1) + lgamma(column + 1) + lgamma(n - column + 1)
        )  # fmt: skip

    seen = chance(a)
    every = (chance(x) for x in range(max(0, row + column - n), min(row, column) + 1))
    return min(1.0, sum(one for one in every if one <= seen * (1 + 1e-7)))


def _counted(dimension: str, now: Counts, before: Counts, change: float, *, summed: bool) -> list[Tried]:
    """The segments of a dimension known by counts alone: two proportions, or counts against counts, taken as apart."""
    names = sorted({*map(str, now), *map(str, before)})
    none = (0.0, 0.0)
    sums = [(*now.get(name, none), *before.get(name, none)) for name in names]
    total = [sum(column) for column in zip(*sums, strict=True)]
    p, large = [], []
    for here in sums:
        rest = [whole - own for whole, own in zip(total, here, strict=True)]
        gap, variance = (_sums_apart if summed else _shares_apart)(here, rest)
        chance = one_sided(gap / sqrt(variance)) if variance > 0 and gap * change > 0 else 1.0
        p.append(max(chance, _exactly(here, rest, summed=summed)) if chance < ERROR else chance)
        large.append(min(here[1], here[3]) >= SMALLEST_SEGMENT)
    return _family([(name,) for name in names], np.array(p), np.array(large), (dimension,))


def _shares_apart(here: Sequence[float], rest: Sequence[float]) -> tuple[float, float]:
    """(the segment's change less the rest's, its variance) of shares of counts; of others nothing can be said."""
    gap, variance = 0.0, 0.0
    for sign, (part, whole, part_before, whole_before) in ((1, here), (-1, rest)):
        if not (0 <= part <= whole and 0 <= part_before <= whole_before and whole and whole_before):
            return 0.0, 0.0
        now, before = part / whole, part_before / whole_before
        gap += sign * (now - before)
        variance += now * (1 - now) / whole + before * (1 - before) / whole_before
    return gap, variance


def _sums_apart(here: Sequence[float], rest: Sequence[float]) -> tuple[float, float]:
    """(what the segment has beyond the growth of all, its variance) of counts."""
    before = here[2] + rest[2]
    if min(*here, *rest) < 0 or not before:
        return 0.0, 0.0
    growth, fair = (here[0] + rest[0]) / before, here[2] / before
    variance = (1 - fair) ** 2 * (here[0] + growth**2 * here[2]) + fair**2 * (rest[0] + growth**2 * rest[2])
    return here[0] - growth * here[2], variance


def _tails(gap: Array, variance: Array) -> Array:
    """One-sided normal p-values, for only what goes with the change can be its driver; 1/2 where nothing varies."""
    score = np.where(variance > 0, np.abs(gap) / np.sqrt(np.maximum(variance, 1e-300)), 0.0)
    return np.array([one_sided(one) if np.isfinite(one) else 1.0 for one in score.tolist()])


def _sums(code: Array, adds: Array, many: int) -> Array:
    return np.stack([np.bincount(code, weights=column, minlength=many) for column in adds.T], axis=1)


def _per_account(code: Array, account: Array, adds: Array) -> tuple[Array, Array, Array]:
    """(code, key, sums) for each account in each segment; the key is code x accounts + account, ascending."""
    clusters = int(account.max()) + 1
    keys, at = np.unique(code * clusters + account, return_inverse=True)
    return keys // clusters, keys, _sums(at, adds, len(keys))


def _people(code: Array, account: Array, adds: Array, many: int) -> Array:
    """Accounts per segment, in that period in which it has fewer."""
    of, _, sums = _per_account(code, account, adds)
    sides = [np.bincount(of[sums[:, side] != 0], minlength=many) for side in (1, 3)]
    return np.minimum(*sides)
