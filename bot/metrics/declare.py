"""What makes a function a metric: the decorator, and the docstring it reads."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import pandas as pd

from bot.errors import OurFault
from bot.types import Definitions, Good, Grain, Metric, Note, Shape, Unit, Window

SECTIONS = ("Formula", "At risk", "Example", "Source")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the finishing step of a metric may know of the question."""

    window: Window
    by: tuple[str, ...]
    variant: Mapping[str, str]
    definitions: Definitions
    as_of: date
    learned: Callable[[int, date], Any] = lambda _horizon, _day: None
    """What was learned of risk, as `Tables` has it."""


Finish: TypeAlias = Callable[[pd.DataFrame, Asked], pd.DataFrame]
"""Fetched rows of one window → the metric's rows; columns `low` and `high` become the interval of a row."""

Notes: TypeAlias = Callable[[Sequence[Mapping[str, Any]], Asked], Sequence[Note]]
"""The told rows → what must be said beside them: why a number is not defined, or what it is short of."""

KEYS: Mapping[Shape, tuple[str, ...]] = {
    Shape.FLOW: ("type",),
    Shape.GRID: ("cohort", "age"),
    Shape.CURVE: ("age",),
    Shape.VERDICT: ("sign",),
}
"""What names the rows of a shape, where a metric does not say it."""


BESIDE_COUNTRY = ("market", "segment", "tier", "order_value_band", "purchase_frequency_band")
"""What every metric that knows the country of an account can be split by too: all come from the same frames."""


def metric(
    *,
    unit: Unit,
    good: Good,
    shape: Shape,
    needs: tuple[str, ...],
    by: tuple[str, ...] = (),
    entity: str = "account",
    window: Grain = Grain.MONTH,
    parts: Literal["counts", "money", "averages"] = "counts",
    variants: dict[str, tuple[str, ...]] | None = None,
    keys: tuple[str, ...] | None = None,
    finish: Finish | None = None,
    notes: Notes | None = None,
    units: dict[str, Unit] | None = None,
    companions: tuple[str, ...] = (),
    people: Callable[..., Any] | None = None,
    listed: Finish | None = None,
    version: int = 1,
) -> Callable[[Callable[..., Any]], Metric]:
    """Turn a function into a catalogue entry; its docstring supplies every word about it.

    needs     "table" or "table.column"; the metric is offered only where all are mapped. Of "a.b|c.d" one is enough.
    by        the dimensions it can be broken down and filtered by; `BESIDE_COUNTRY` come with `country`.
    parts     what part and whole are; only counts get a Wilson interval.
    variants  parameter → allowed values, the default first. Where one is a number of days ("90"), a share ("0.8")
              or a list of day brackets ("1-3,4-7"), any other of its kind is allowed too; "*" allows any words.
    keys      columns that name each row besides the breakdown; by default those of the shape.
    finish    for what engines do not compute alike (an estimator, a fit): from fetched rows to the metric's rows.
    notes     what must be said beside the rows, as keys of the caveats.
    units     value of a variant → its unit, where that is another: {"spend": Unit.MONEY}.
    people    the roster behind the number: `(t, window, **variant) → one row per account`.
    listed    the last step of the roster's fetched rows, as `finish` is of the number's.
    """

    def declared(function: Callable[..., Any]) -> Metric:
        summary, sections = read_docstring(function)
        return Metric(
            name=function.__name__,
            unit=unit,
            good=good,
            shape=shape,
            entity=entity,
            needs=needs,
            by=(*by, *(name for name in BESIDE_COUNTRY if "country" in by and name not in (*by, *(keys or ())))),
            variants=variants or {},
            window=window,
            parts=parts,
            keys=KEYS.get(shape, ()) if keys is None else keys,
            finish=finish,
            notes=notes,
            units=units or {},
            companions=companions,
            summary=summary,
            formula=sections["Formula"],
            at_risk=sections["At risk"],
            example=sections["Example"],
            source=sections["Source"],
            expression=function,
            people=people,
            listed=listed,
            version=version,
        )

    return declared


class Undocumented(OurFault):
    """The docstring of a metric lacks some of its sections; `name` is the metric's."""

    def __init__(self, name: str, lacking: list[str]) -> None:
        super().__init__(f"the docstring of {name} lacks {lacking}")
        self.name = name
        self.lacking = lacking


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """(summary, sections) of a metric's docstring; Undocumented where one of them is missing."""
    text = inspect.getdoc(function) or ""
    pattern = rf"^({'|'.join(SECTIONS)}): "
    head, *rest = re.split(pattern, text, flags=re.MULTILINE)
    sections = {name: " ".join(body.split()) for name, body in zip(rest[::2], rest[1::2], strict=True)}
    missing = [name for name in SECTIONS if name not in sections]
    if missing or not head.strip():
        raise Undocumented(function.__name__, missing or ["summary"])
    return " ".join(head.split()), sections
