"""When a series changed: the stretch of steps that differs most from the rest, how likely chance is, and its start.

A fault comes and is repaired, a price rise stays: both are a stretch of neighbouring steps, with or without an end.
The statistic is the largest likelihood ratio over all stretches (binomial for shares, normal for levels); chance is
told by permuting the steps, which asks no more of them than that they could have come in any order. Steps that follow
a trend or a season are no such steps: take those out first.
Source: Levin and Kline 1985 and Olshen et al. 2004 (a stretch against the rest, permutation), Hinkley 1970 (the start
by its likelihood).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
ROUNDS = 999
LEAST_BEFORE = 2
"""Steps before a stretch: with fewer nothing is known of how it was."""
FEWEST = 8
"""Steps of a series; fewer have too few orders to tell chance by."""
SURE = 0.95
SEED = 20120
"""One series, one answer: the permutations are the same each time."""


@dataclass(frozen=True)
class Stretch:
    """Steps `[first, last)` of a series, and how the rest was; `p` is the share of chance orders that differ as much.

    The start lies in `[earliest, latest]` with 95 %. `inside` and `outside` are rates, or means.
    """

    first: int
    last: int
    earliest: int
    latest: int
    p: float
    inside: float
    outside: float


def in_shares(
    part: Sequence[float], whole: Sequence[float], *, rising: bool | None = None, rounds: int = ROUNDS
) -> Stretch | None:
    """The stretch in which the share part / whole differs most; `rising` looks for higher (or lower) ones only."""
    return _found(np.asarray(part, float), np.asarray(whole, float), rising, rounds)


def in_levels(values: Sequence[float], *, rising: bool | None = None, rounds: int = ROUNDS) -> Stretch | None:
    """The stretch in which the mean of the values differs most."""
    return _found(np.asarray(values, float), None, rising, rounds)


def _found(values: Numbers, weights: Numbers | None, rising: bool | None, rounds: int) -> Stretch | None:
    steps = len(values)
    whole = np.ones(steps) if weights is None else weights
    if steps < FEWEST or not whole.sum() or (weights is None and not values.std()):
        return None
    starts, ends = np.triu_indices(steps + 1, k=1)
    some = (starts >= LEAST_BEFORE) & (starts < steps)
    starts, ends = starts[some], ends[some]
    ratio = _likelihood if weights is not None else _normal
    seen = ratio(values[None, :], whole[None, :], starts, ends, rising)[0]
    best = int(np.argmax(seen))
    if seen[best] <= 0:
        return None
    generator = np.random.default_rng(SEED)
    orders = generator.permuted(np.tile(np.arange(steps), (rounds, 1)), axis=1)
    by_chance = ratio(values[orders], whole[orders], starts, ends, rising).max(axis=1)
    p = float(1 + (by_chance >= seen[best] - 1e-9).sum()) / (1 + rounds)
    first, last = int(starts[best]), int(ends[best])
    within = np.zeros(steps, bool)
    within[first:last] = True
    rates = [float(values[side].sum() / whole[side].sum()) if whole[side].sum() else 0.0 for side in (within, ~within)]
    spread = 1.0 if weights is None else _dispersion(values, whole, within)
    earliest, latest = _start(starts, seen / spread, steps)
    return Stretch(first, last, earliest, latest, p, rates[0], rates[1])


def _sums(values: Numbers, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    """(sum inside, sum over all) of each stretch, for each row."""
    reach = np.concatenate([np.zeros((len(values), 1)), values.cumsum(axis=1)], axis=1)
    return reach[:, ends] - reach[:, starts], reach[:, -1:]


def _likelihood(
    part: Numbers, whole: Numbers, starts: NDArray[np.intp], ends: NDArray[np.intp], rising: bool | None
) -> Numbers:
    """Binomial log-likelihood ratio of a stretch with a rate of its own."""
    inside, total = _sums(part, starts, ends)
    base, all_ = _sums(whole, starts, ends)
    told = _entropy(inside, base) + _entropy(total - inside, all_ - base) - _entropy(total, all_)
    return _one_way(told, inside * (all_ - base) - (total - inside) * base, rising)


def _entropy(part: Numbers, whole: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        yes = np.where(part > 0, part * np.log(part / whole), 0.0)
        no = np.where(whole > part, (whole - part) * np.log((whole - part) / whole), 0.0)
    told: Numbers = np.nan_to_num(yes + no)
    return told


def _normal(
    values: Numbers, whole: Numbers, starts: NDArray[np.intp], ends: NDArray[np.intp], rising: bool | None
) -> Numbers:
    """Normal log-likelihood ratio of a stretch with a mean of its own."""
    inside, total = _sums(values, starts, ends)
    base, all_ = _sums(whole, starts, ends)
    lift = inside - base * total / all_
    between = lift**2 * all_ / (base * (all_ - base))
    squares = (values**2).sum(axis=1, keepdims=True) - total**2 / all_
    told = all_ / 2 * -np.log(np.clip(1 - between / squares, 1e-12, None))
    return _one_way(told, lift, rising)


def _one_way(told: Numbers, lift: Numbers, rising: bool | None) -> Numbers:
    if rising is None:
        return told
    return np.where(lift > 0 if rising else lift < 0, told, 0.0)


def _dispersion(part: Numbers, whole: Numbers, within: NDArray[np.bool_]) -> float:
    """How much more the shares vary than by counting alone: Pearson's statistic over its degrees of freedom."""
    excess = 0.0
    for side in (within, ~within):
        rate = part[side].sum() / max(whole[side].sum(), 1.0)
        if 0 < rate < 1:
            some = whole[side] > 0
            gaps = (part[side][some] - rate * whole[side][some]) ** 2
            excess += float((gaps / (whole[side][some] * rate * (1 - rate))).sum())
    return max(1.0, excess / max(1, len(part) - 2))


def _start(starts: NDArray[np.intp], told: Numbers, steps: int) -> tuple[int, int]:
    """The first and last start of the likeliest that together hold 95 % of the likelihood."""
    best = np.full(steps, -np.inf)
    np.maximum.at(best, starts, told)
    weight = np.exp(best - best.max())
    order = np.argsort(-weight, kind="stable")
    enough = int(np.searchsorted(weight[order].cumsum() / weight.sum(), SURE)) + 1
    kept = order[:enough]
    return int(kept.min()), int(kept.max())
