"""A company's own metrics and segments: the Python files of its folder, made with the same decorators as ours.

    FOLDER/metrics/*.py     functions with `metric`, of bot.metrics.declare
    FOLDER/segments/*.py    rules with `segment`, of bot.metrics.segments.declare

They are code of the company, and run with all that this process may do.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from bot.metrics import add, catalogue
from bot.metrics.declare import Undocumented
from bot.metrics.segments import SEGMENTS, Segment
from bot.metrics.segments import add as add_segments
from bot.types import Metric, Note

PACKAGE = "own"
"""Leads the module names of a company's own files."""
EXAMPLE = re.compile(r"(?P<period>[\w.\-]+): (?P<part>-?[\d.]*\d)(?: of (?P<whole>[\d.]*\d))?\.")
"""An example that can be tried on the company's own data: "2026-10: 3 of 8." or "2026-10: 12."."""


@dataclass(frozen=True, slots=True)
class Additions:
    """The metrics and segments of a company's own folder, by name."""

    metrics: Mapping[str, Metric]
    segments: Mapping[str, Segment]

    def add(self) -> None:
        """Put them beside ours, for as long as this process runs."""
        add(self.metrics)
        add_segments(self.segments)


def is_own(thing: Metric | Segment) -> bool:
    """Whether it is a company's, and not ours."""
    return _home(thing).startswith(f"{PACKAGE}.")


def own_names() -> Mapping[str, list[str]]:
    """The ids of the company's "metrics" and "segments" that this process knows."""
    return {
        "metrics": [name for name, one in catalogue().items() if is_own(one)],
        "segments": [name for name, one in SEGMENTS.items() if is_own(one)],
    }


def read(folder: Path) -> tuple[Additions, list[Note]]:
    """What the Python files of a folder declare, and each fault of them."""
    metrics: dict[str, Metric] = {}
    segments: dict[str, Segment] = {}
    faults: list[Note] = []
    for kind in ("metrics", "segments"):
        for path in sorted((folder / kind).glob("*.py")):
            where, module = f"{kind}/{path.name}", _run(path, f"{PACKAGE}.{kind}.{path.stem}")
            if isinstance(module, Note):
                faults.append(module)
                continue
            found = [one for one in _declared(module) if isinstance(one, Metric if kind == "metrics" else Segment)]
            if not found:
                faults.append(Note("own_file_empty", {"file": where, "kind": kind.removesuffix("s")}))
            for one in found:
                if one.name in catalogue() or one.name in SEGMENTS:
                    faults.append(Note("own_taken", {"file": where, "name": one.name}))
                elif one.name in metrics or one.name in segments:
                    faults.append(Note("own_twice", {"file": where, "name": one.name}))
                elif isinstance(one, Metric):
                    metrics[one.name] = one
                    faults.extend(_metric_faults(one, where))
                else:
                    segments[one.name] = one
                    if not one.rule:
                        faults.append(Note("own_undocumented", {"file": where, "name": one.name, "lacking": ["rule"]}))
    return Additions(metrics, segments), faults


def _home(thing: Metric | Segment) -> str:
    return (thing.expression if isinstance(thing, Metric) else thing.members).__module__


def _declared(module: ModuleType) -> Iterator[Metric | Segment]:
    """What the module itself declares; what it takes from elsewhere is not its own."""
    named = {id(one): one for one in vars(module).values() if isinstance(one, Metric | Segment)}
    yield from (one for one in named.values() if _home(one) == module.__name__)


def _run(path: Path, name: str) -> ModuleType | Note:
    """The module of a file, or why there is none: no exception of the file gets any further."""
    where = f"{path.parent.name}/{path.name}"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None  # a file that ends in .py always has both
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Undocumented as error:
        return Note("own_undocumented", {"file": where, "name": error.name, "lacking": error.lacking})
    except (Exception, SystemExit) as error:  # noqa: BLE001 (code of the company may raise anything)
        line = error.lineno if isinstance(error, SyntaxError) else _line(error, path)
        return Note("own_file_broken", {"file": where, "line": line or 1, "what": f"{type(error).__name__}: {error}"})
    return module


def _line(error: BaseException, path: Path) -> int | None:
    """The line of the file at which it broke."""
    frames = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == str(path)]
    return frames[-1] if frames else None


def _metric_faults(one: Metric, where: str) -> Iterator[Note]:
    """What ours are held to by tests: an example that can be tried, and names that every language has."""
    if not EXAMPLE.fullmatch(one.example):
        yield Note("own_example_form", {"file": where, "name": one.name, "example": one.example})
    ours = catalogue().values()
    dimensions = {name for metric in ours for name in (*metric.by, *metric.keys)}
    variants = {name for metric in ours for name in metric.variants}
    unknown = [
        *(name for name in (*one.by, *one.keys) if name not in dimensions),
        *(name for name in one.variants if name not in variants),
        *(name for name in one.companions if name not in catalogue()),
    ]
    if unknown:
        yield Note("own_unknown", {"file": where, "name": one.name, "unknown": unknown})
