"""Two definitions of one figure: what each rule adds to their difference, and whom one counts and the other does not.

The way from ours to theirs changes one rule at a time, in the order in which the metric declares its rules (its
population before its period); the steps add up to the difference exactly. Where rules act on each other another order
would share the difference out otherwise: then `order_matters` is True, and it must be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import pandas as pd

from bot.analysis.definitions import LEAST, Counted, Definition, PerAccount, counted, per_account
from bot.analysis.measure import Analyst
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Query

METRIC, WINDOW = "metric", "window"
"""The rules that are no variant: another figure altogether, and other days."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many accounts one side (part or whole) of the figure gains and loses by a rule, or counts at another size."""

    joined: int
    left: int
    resized: int

    @property
    def any(self) -> bool:
        return bool(self.joined or self.left or self.resized)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule changed: the figure before and after it; `part` and `whole` are None where accounts do not tell it."""

    rule: str
    before: Counted
    after: Counted
    part: Moved | None
    whole: Moved | None

    @property
    def exact(self) -> Fraction:
        """What the rule adds to the figure."""
        assert self.before.exact is not None
        assert self.after.exact is not None
        return self.after.exact - self.before.exact

    @property
    def change(self) -> float:
        return float(self.exact)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The steps from ours to theirs; `part` and `whole` compare the two ends, `accounts` has whoever differs."""

    ours: Counted
    theirs: Counted
    steps: tuple[Step, ...]
    order_matters: bool
    part: Moved | None
    whole: Moved | None
    accounts: PerAccount | None

    @property
    def change(self) -> float:
        """Theirs less ours: the sum of the steps."""
        return float(sum((step.exact for step in self.steps), Fraction(0)))


def reconcile(analyst: Analyst, asked: Query, ours: Definition, theirs: Definition) -> Reconciliation:
    """The difference of two definitions, attributed. BadQuestion where one of them has no number."""
    way = path(ours, theirs)
    alone = [] if len(way) < 3 else [changed for _, changed in _alone(ours, theirs)]
    found = {one.definition: one for one in counted(analyst, asked, tuple(dict.fromkeys((*way, *alone))))}
    if any(one not in found or found[one].exact is None for one in way):
        raise BadQuestion("cannot_reconcile", metric=ours.metric)
    told = [found[one] for one in way]
    accounts = per_account(analyst, asked, told) if len(way) > 1 else None
    steps = tuple(
        Step(rule_of(before.definition, after.definition), before, after, *_moved(accounts, at, at + 1))
        for at, (before, after) in enumerate(pairwise(told))
    )
    return Reconciliation(
        told[0],
        told[-1],
        steps,
        _order_matters(steps, found, ours, theirs),
        *_moved(accounts, 0, len(told) - 1),
        accounts,
    )


def path(ours: Definition, theirs: Definition) -> list[Definition]:
    """From ours to theirs, one rule at a time; both ends are in it."""
    way = [ours]
    if (ours.metric, ours.take) != (theirs.metric, theirs.take):
        # Rules of different figures are not the same rules: the figure is the one that changes.
        way.append(replace(theirs, window=ours.window))
    else:
        for name in catalogue()[ours.metric].variants:
            changed = _with_rule(way[-1], name, theirs)
            if changed != way[-1]:
                way.append(changed)
    if way[-1] != theirs:
        way.append(theirs)
    return way


def _alone(ours: Definition, theirs: Definition) -> list[tuple[str, Definition]]:
    """Ours with each rule of theirs by itself."""
    way = path(ours, theirs)
    found = []
    for before, after in pairwise(way):
        rule = rule_of(before, after)
        if rule == METRIC:
            continue
        one = replace(ours, window=theirs.window) if rule == WINDOW else _with_rule(ours, rule, theirs)
        found.append((rule, one))
    return found


def _with_rule(one: Definition, name: str, like: Definition) -> Definition:
    rules, wanted = dict(one.variant), dict(like.variant)
    rules.pop(name, None)
    if name in wanted:
        rules[name] = wanted[name]
    return replace(one, variant=tuple(sorted(rules.items())))


def rule_of(before: Definition, after: Definition) -> str:
    """The name of the one rule in which two neighbours of a path differ."""
    if (before.metric, before.take) != (after.metric, after.take):
        return METRIC
    if before.window != after.window:
        return WINDOW
    ((name, _), *_) = set(before.variant) ^ set(after.variant)
    return name


def _order_matters(
    steps: Sequence[Step], found: dict[Definition, Counted], ours: Definition, theirs: Definition
) -> bool:
    """Whether some rule by itself adds another amount than it does in its place on the way."""
    if len(steps) < 2:
        return False
    start = steps[0].before.exact
    assert start is not None
    alone = dict(_alone(ours, theirs))
    for step in steps:
        one = found.get(alone[step.rule]) if step.rule in alone else None
        if one is not None and one.exact is not None and one.exact - start != step.exact:
            return True
    return False


def _moved(accounts: PerAccount | None, before: int, after: int) -> tuple[Moved | None, Moved | None]:
    """Whom the step between two definitions moves in or out, of the part and of the whole."""
    if accounts is None:
        return None, None
    frame = accounts.frame
    sides = []
    for side, adds_up in (("part", accounts.parts), ("whole", accounts.wholes)):
        sides.append(_side(frame[f"{side}{before}"], frame[f"{side}{after}"]) if adds_up else None)
    return sides[0], sides[1]


def _side(then: pd.Series[float], now: pd.Series[float]) -> Moved:
    """Less than nothing (more lost than there was at the start) is an amount, and nobody's coming or going."""
    was, counts = then.abs() > LEAST, now.abs() > LEAST
    joined, left = ~was & (now > LEAST), ~counts & (then > LEAST)
    other = (now - then).abs() > LEAST
    return Moved(int(joined.sum()), int(left.sum()), int((other & ~joined & ~left).sum()))
