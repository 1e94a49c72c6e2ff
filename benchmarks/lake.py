"""The company that speed is measured on: Parquet files, drawn up once for each size and kept."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import duckdb

from bot.sources.company import Company
from bot.sources.connection import Connection
from bot.sources.embedded import Embedded
from bot.sources.files import connect
from bot.sources.mapping import mapping
from bot.types import Definitions

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".mainstay" / "bench"
TABLES = ("accounts", "users", "plans", "milestones", "subscriptions", "events", "orders")
AS_OF = date(2026, 11, 10)
DEFINITIONS = Definitions(zone="UTC", currency="USD")


def lake(events: int, kept: Path = KEPT) -> Path:
    """The folder of Parquet files with so many events; written first where it is not there yet."""
    script = (Path(__file__).parent / "lake.sql").read_text(encoding="utf-8").replace("$events", str(events))
    # What another script drew up is another company.
    folder = kept / f"{events}-{hashlib.sha256(script.encode()).hexdigest()[:8]}"
    if not folder.exists():
        made = folder.with_suffix(".part")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        with duckdb.connect() as drawn:
            drawn.execute(script)
            for name in TABLES:
                drawn.execute(f"COPY (FROM {name}) TO '{made / name}.parquet' (FORMAT parquet)")
        made.rename(folder)
    return folder


def over_files(folder: Path) -> Company:
    """The company as its files give it: each question reads them."""
    return _company(connect(f"files:{folder}", folder))


def in_memory(folder: Path) -> Company:
    """The same company with its tables read into memory before."""
    source = Embedded(copy_selects=False)
    source.stamp = lambda: folder.name
    for file in sorted(folder.glob("*.parquet")):
        source.database.execute(f"CREATE TABLE {file.stem} AS FROM read_parquet('{file}')")
    return _company(source)


def _company(source: Connection) -> Company:
    return Company(source, mapping(source, {}), DEFINITIONS, AS_OF, seconds=600.0)
