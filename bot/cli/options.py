"""What the commands share: the application they enter themselves in, and their options."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import BadQuestion
from bot.types import Filters, Place, filters

ABOUT = """The same bot in a terminal: a stable contract for people and scripts.

`--json` prints one JSON document on stdout (logs go to stderr). Exit 0 when answered, 2 for a
question or input that cannot be served (with a sentence), 1 only for our own faults.
"""

app = typer.Typer(add_completion=False, help=ABOUT, rich_markup_mode=None, pretty_exceptions_enable=False)

Workspace = Annotated[Path, typer.Option(help="The workspace file.")]
AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day questions are asked on.")]
Spoken = Annotated[str | None, typer.Option(help="The language of the answer: en, es, fr, pl.")]
Engine = Annotated[str, typer.Option(help="auto, rules or agent.")]
As = Annotated[str, typer.Option("--as", help="The role whose rights hold.")]
Where = Annotated[Place, typer.Option(help="Where the answer will be read.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DEFAULT = Path("workspace.toml")


def pairs(texts: list[str], option: str) -> Iterator[tuple[str, str]]:
    """Each KEY=VALUE of a repeated option. Raises BadQuestion."""
    for text in texts:
        key, sign, value = text.partition("=")
        if not (key and sign and value):
            raise BadQuestion("bad_pair", option=option, text=text)
        yield key, value


def chosen(texts: list[str]) -> Filters:
    """The filters of `--where DIM=VALUE,VALUE`. Raises BadQuestion."""
    found: dict[str, list[str]] = {}
    for dimension, value in pairs(texts, "where"):
        found.setdefault(dimension, []).extend(value.split(","))
    return filters(found)
