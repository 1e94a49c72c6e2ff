"""The metrics: ADD A METRIC by writing one function with the `metric` decorator in any module here."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import cast

from bot.errors import OurFault
from bot.types import Metric


@cache
def catalogue() -> Mapping[str, Metric]:
    """Every metric of this folder by name, in alphabetical order, and what was added to them."""
    found: dict[str, Metric] = {}
    for module in pkgutil.iter_modules(__path__):
        for thing in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(thing, Metric) and found.setdefault(thing.name, thing) is not thing:
                raise OurFault(f"two metrics are named {thing.name}")
    return dict(sorted(found.items()))


def add(metrics: Mapping[str, Metric]) -> None:
    """Put a company's own metrics into the catalogue, for as long as this process runs: see own.py."""
    found = cast(dict[str, Metric], catalogue())
    whole = dict(sorted({**found, **metrics}.items()))
    found.clear()
    found.update(whole)
