"""A company's data: the canonical tables, the connectors, the mapping, the check.

ADD A DATA SOURCE: one module here with `SCHEMES` and `connect` (see `connection`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from bot.sources.company import Company
from bot.sources.connection import connect
from bot.sources.mapping import TableMap, mapping
from bot.types import Definitions

__all__ = ["Company", "TableMap", "open_company"]


def open_company(
    url: str,
    tables: Mapping[str, TableMap],
    base: Path,
    definitions: Definitions,
    as_of: date | None = None,
) -> Company:
    """Open a company's data and check its whole mapping; no rows are read yet.

    `base` is the folder of the workspace file, against which paths are read; `as_of` pins the day
    that the company's questions are asked from. Raises `BadWorkspace` (`unknown_scheme`,
    `missing_folder`, `empty_folder`, `missing_file`, `mapping_gaps`) and `Unavailable`.
    """
    connection = connect(url, base)
    return Company(connection, mapping(connection, tables), definitions, as_of)
