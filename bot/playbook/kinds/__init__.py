"""ADD A DOCUMENT KIND: one module of this folder, with `SUFFIXES` and `read`.

`SUFFIXES` are the endings of its files, small and with their dot. `read(data: bytes) -> Draft` gives the text in
order; it raises BadData (`document_broken`, `document_encrypted`, `document_empty`, `document_too_long`) and may fail
in any other way on a file that is not what it says: whoever calls it takes that for broken. What is heavy it imports
inside, for the list of kinds is asked for at every start.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

BOLD, PAGE = 8, 9
"""The levels of a line in bold that stands for a heading, and of a page where nothing else divides the text."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (1 is the highest level) or, with level 0, a paragraph, an item or a row of a table."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a file: its blocks in order, and the title it gives itself, if any."""

    blocks: tuple[Block, ...]
    title: str = ""


@cache
def readers() -> Mapping[str, Callable[[bytes], Draft]]:
    """Ending → what reads such files."""
    modules = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return {suffix: module.read for module in modules for suffix in module.SUFFIXES}
