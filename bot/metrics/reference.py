"""The reference page of the metrics, made from their docstrings: `make docs` writes docs/metrics.md."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping

from bot.metrics import catalogue
from bot.types import Metric

GOOD = {"up": "higher is better", "down": "lower is better", "context": "neither way is good by itself"}
WINDOWS = {
    "day": "the day before as-of",
    "week": "the last complete week",
    "month": "the last complete month",
    "quarter": "the last complete quarter",
    "year": "the last twelve complete months",
    "range": "all days of the data",
}
HEAD = """# The metrics

Made from the docstrings and declarations in `bot/metrics/` by `make docs`; a test keeps the two equal, and runs every
example on DuckDB and PostgreSQL. `python app.py metric NAME` measures one, `metric --list` says which of them your
data allows. The finger-count company of the examples is `tests/finger_count/`.
"""


def page(metrics: Mapping[str, Metric]) -> str:
    """The whole page in Markdown, a chapter a family, in alphabetical order within each."""
    families: dict[str, list[Metric]] = {}
    for one in metrics.values():
        families.setdefault(family(one), []).append(one)
    lines = [HEAD]
    for title in sorted(families):
        names = ", ".join(f"[{one.name}](#{one.name})" for one in families[title])
        lines.append(f"- **{title}**: {names}")
    for title in sorted(families):
        lines.append(f"\n## {title}")
        for one in families[title]:
            lines.extend(entry(one))
    return "\n".join(lines) + "\n"


def family(metric: Metric) -> str:
    """What the metrics of one module are about: the first words of the module's own docstring."""
    module = inspect.getmodule(metric.expression)
    return (inspect.getdoc(module) or metric.name).splitlines()[0].partition(":")[0].rstrip(".")


def entry(one: Metric) -> Iterator[str]:
    """One metric: what it means, how it counts, what it takes."""
    yield f"\n### {one.name}\n"
    yield f"{one.summary}\n"
    yield f"- Formula: {one.formula}"
    yield f"- At risk: {one.at_risk}"
    yield f"- Unit: {one.unit.value}, {GOOD[one.good]}; entity: {one.entity}; by default: {WINDOWS[one.window.value]}"
    if one.keys:
        yield f"- One row for each: {', '.join(one.keys)}"
    if one.by:
        yield f"- By: {', '.join(one.by)}"
    for name, values in one.variants.items():
        yield f"- `{name}`: {', '.join(values)}"
    if one.companions:
        yield f"- Beside it: {', '.join(one.companions)}"
    yield f"- Needs: {', '.join(one.needs)}"
    yield f"- Example: {one.example}"
    yield f"- Source: {one.source}"


if __name__ == "__main__":
    sys.stdout.write(page(catalogue()))
