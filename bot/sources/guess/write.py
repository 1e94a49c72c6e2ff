"""A guess as a `workspace.toml` that a person can read and mend."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from bot.sources.guess.proposal import Guess, TableGuess


def workspace_text(
    guess: Guess, url: str, name: str, zone: str, language: str, remarks: Sequence[str], as_of: date | None
) -> str:
    """The file. `remarks` are the assumptions, in sentences; `as_of` pins the day questions are asked from."""
    # A remark names columns, and a column's name may hold a line break: what stands after it would be a setting.
    lines = [f"# {' '.join(remark.split())}" for remark in remarks]
    lines += [
        "",
        "[company]",
        f"name = {text(name)}",
        f"zone = {text(zone)}",
        f"currency = {text(guess.currency)}",
        f"language = {text(language)}",
        'week_start = "monday"',
        "",
        "[data]",
        f"url = {text(url)}",
    ]
    if as_of is not None:
        lines.append(f"as_of = {as_of.isoformat()}")
    if guess.snapshot:
        lines.append("snapshot = true")
    for one in guess.tables:
        lines += ["", *table_lines(one)]
    return "\n".join(lines).lstrip("\n") + "\n"


def table_lines(one: TableGuess) -> list[str]:
    """One table: how sure it is and from where, then its map."""
    sure = ", ".join(f"{known.column} {known.confidence:.0%}" for known in one.columns if known.confidence < 1)
    lines = [
        f"[data.tables.{one.table}]",
        f"# from {', '.join(one.sources)}, {one.confidence:.0%} sure" + (f"; {sure}" if sure else ""),
    ]
    if one.map.select is not None:
        if "'''" in one.map.select:  # either kind of quotes could end too early
            return [*lines, f"select = {text(one.map.select)}"]
        quotes = "'''" if "\\" in one.map.select or '"""' in one.map.select else '"""'
        return [*lines, f"select = {quotes}", one.map.select, quotes]
    lines.append(f"table = {text(str(one.map.table))}")
    return [*lines, f"columns = {inline(one.map.columns)}"] if one.map.columns else lines


def inline(columns: Mapping[str, str]) -> str:
    """An inline table."""
    return "{ " + ", ".join(f"{column} = {text(source)}" for column, source in columns.items()) + " }"


def text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)
