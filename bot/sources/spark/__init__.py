"""Spark, read-only: `spark:FOLDER` of CSV or Parquet in this process; `spark://local/DATABASE`, `spark://HOST:PORT/DATABASE`.

The second form reads the tables of Spark's catalogue, in this process or on the cluster whose master the URL names.
It needs Java 17 and `requirements/spark.lock`.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import Unavailable
from bot.sources.connection import Connection, place

SCHEMES = ("spark",)

LOCAL = "local"


def connect(url: str, base: Path) -> Connection:
    """Open a folder or a catalogue.

    Raises `Unavailable` (`database_driver_missing`, `spark_not_started`, `database_refuses`) and `BadWorkspace`
    (`missing_folder`, `empty_folder`).
    """
    from bot.sources.spark.places import catalogue, folder
    from bot.sources.spark.session import started

    parts = urlsplit(url)
    try:
        if not parts.netloc:
            return folder(started(None), place(url, base))
        master = None if parts.netloc == LOCAL else f"spark://{parts.netloc}"
        return catalogue(started(master), parts.path.strip("/"), parts.hostname or LOCAL)
    except ModuleNotFoundError:
        raise Unavailable("database_driver_missing", engine="Spark", file="requirements/spark.lock") from None
