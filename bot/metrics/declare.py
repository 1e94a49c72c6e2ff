"""What makes a function a metric: the decorator, and the docstring it reads."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, Literal

from bot.errors import OurFault
from bot.types import Good, Grain, Metric, Shape, Unit

SECTIONS = ("Formula", "At risk", "Example", "Source")


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
    companions: tuple[str, ...] = (),
    people: Callable[..., Any] | None = None,
    version: int = 1,
) -> Callable[[Callable[..., Any]], Metric]:
    """Turn a function into a catalogue entry; its docstring supplies every word about it.

    needs     "table" or "table.column"; the metric is offered only where all are mapped.
    by        the dimensions it can be broken down and filtered by.
    parts     what part and whole are; only counts get a Wilson interval.
    variants  parameter → allowed values, the default first.
    people    the roster behind the number: `(t, window, **variant) → one row per account`.
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
            by=by,
            variants=variants or {},
            window=window,
            parts=parts,
            companions=companions,
            summary=summary,
            formula=sections["Formula"],
            at_risk=sections["At risk"],
            example=sections["Example"],
            source=sections["Source"],
            expression=function,
            people=people,
            version=version,
        )

    return declared


def read_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """(summary, sections) of a metric's docstring; every section is required."""
    text = inspect.getdoc(function) or ""
    pattern = rf"^({'|'.join(SECTIONS)}): "
    head, *rest = re.split(pattern, text, flags=re.MULTILINE)
    sections = {name: " ".join(body.split()) for name, body in zip(rest[::2], rest[1::2], strict=True)}
    missing = [name for name in SECTIONS if name not in sections]
    if missing or not head.strip():
        raise OurFault(f"the docstring of {function.__name__} lacks {missing or 'its summary'}")
    return " ".join(head.split()), sections
