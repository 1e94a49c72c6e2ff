"""Puts into a question set the numbers it must get: those of the SQL written by hand from each definition.

    python -m tests.evals.numbered FILE…

A question gets them where it names one metric and a period, and the metric is one of plain rows (a share, a ratio, a
level) over segments that the second answers know. What the file already expects otherwise is left as it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from bot.metrics import catalogue
from bot.sources.demo import FOLDER, ensure
from bot.types import Grain, Shape, Window
from tests.metrics.by_hand import AS_OF, Hand
from tests.metrics.second import Case, every

SETS = tuple(Path(__file__).with_name(f"{name}.jsonl") for name in ("untouched", "tuned"))
MEASURED = ("value", "breakdown", "why", "premise")
SHAPES = (Shape.SHARE, Shape.RATIO, Shape.LEVEL)
SEGMENTS = ("country", "plan", "interval", "size", "industry", "acquisition_channel")
"""Dimensions by which rows of the second answers can be chosen."""


@cache
def hand() -> Hand:
    """The demo company's tables, and SQL over them."""
    return Hand.over(ensure(FOLDER))


def numbers(asked: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The rows that the answer's main evidence must hold; None where the second answers tell nothing of it."""
    expect = asked["expect"]
    case = _case(expect) if asked["intent"] in MEASURED and expect.get("outcome") == "answer" else None
    if case is None or "window" not in expect:
        return None
    by = tuple(expect.get("by", ()))
    chosen = {**expect.get("filters", {}), **expect.get("exclude", {})}
    if len(by) > 1 or not {*by, *chosen} <= {*SEGMENTS} & {*catalogue()[case.metric].by}:
        return None
    first, last = (date.fromisoformat(day) for day in expect["window"])
    window = Window(first, last, Grain.RANGE, complete=last < AS_OF)
    try:
        found = case.second(hand(), window, by, _where(expect)) if case.by or not by else {}
    except duckdb.BinderException:  # its rows do not have the dimension
        return None
    usual = ("value", "n") if catalogue()[case.metric].shape is Shape.LEVEL else ("part", "whole")
    names = case.figures[:2] or usual
    rows = [
        dict(zip(names, map(_plain, figures), strict=False)) | ({"row": dict(zip(by, key, strict=True))} if by else {})
        for key, figures in sorted(found.items())
        if any(figures)
    ]
    return rows or None


def _case(expect: Mapping[str, Any]) -> Case | None:
    """The second answer of the metric under the variant that is asked for; None for rows that are not plain."""
    metric = catalogue().get(expect["metric"]) if isinstance(expect.get("metric"), str) else None
    if metric is None or metric.shape not in SHAPES or metric.keys:
        return None
    asked = {name: values[0] for name, values in metric.variants.items()} | expect.get("variant", {})
    for case in every():
        variant = {name: values[0] for name, values in metric.variants.items()} | dict(case.variant)
        if case.metric == metric.name and variant == asked:
            return case
    return None


def _where(expect: Mapping[str, Any]) -> str:
    clauses = ["true"]
    for name, sign in (("filters", "IN"), ("exclude", "NOT IN")):
        for dimension, values in expect.get(name, {}).items():
            listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
            clauses.append(f'"{dimension}" {sign} ({listed})')
    return " AND ".join(clauses)


def _plain(figure: float) -> float:
    return int(figure) if float(figure).is_integer() else float(f"{figure:.9g}")


def main(files: list[str]) -> None:
    """Writes the numbers into each file."""
    for file in map(Path, files):
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        for asked in lines:
            found = None if "numbers" in asked["expect"] else numbers(asked)
            if found:
                asked["expect"]["numbers"] = found
        file.write_text("".join(json.dumps(asked, ensure_ascii=False) + "\n" for asked in lines), "utf-8")
        sys.stdout.write(f"{file.name}: {sum('numbers' in asked['expect'] for asked in lines)} of {len(lines)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
