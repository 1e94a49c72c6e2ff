"""The segments: ADD A SEGMENT by writing one function with the `segment` decorator in any module here.

A segment is a named rule, computed from the data when it is asked for: as an audience, a filter, or a breakdown.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from bot.errors import OurFault
from bot.metrics.segments.declare import Segment, segment

__all__ = ["SEGMENTS", "Segment", "add", "segment"]


def _found() -> dict[str, Segment]:
    found: dict[str, Segment] = {}
    for module in pkgutil.iter_modules(__path__):
        for thing in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, Segment) and found.setdefault(thing.name, thing) is not thing:
                raise OurFault(f"two segments are named {thing.name}")
    return dict(sorted(found.items()))


_ALL = _found()
SEGMENTS: Mapping[str, Segment] = MappingProxyType(_ALL)
"""Every segment of this folder by its id, in alphabetical order, and what was added to them."""


def add(segments: Mapping[str, Segment]) -> None:
    """Put a company's own segments among them, for as long as this process runs: see bot/metrics/own.py."""
    whole = dict(sorted({**_ALL, **segments}.items()))
    _ALL.clear()
    _ALL.update(whole)
