"""The canonical tables: what every metric reads, whatever a company calls its own.

A company maps the ones it has; what a metric needs and a company lacks is named by `check`.
Each submodule holds one family of tables as plain data; the page of the docs is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.sources.canonical import customers, outreach, usage
from bot.sources.canonical.schema import TYPES, Column, Kind, Table

TABLES: Mapping[str, Table] = {table.name: table for table in (*customers.TABLES, *usage.TABLES, *outreach.TABLES)}

__all__ = ["TABLES", "TYPES", "Column", "Kind", "Table"]
