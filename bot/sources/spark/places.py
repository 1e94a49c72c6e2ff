"""Where Spark finds the tables: in a folder of files, each a view of the session, or in its catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BadData, BadWorkspace, Unavailable
from bot.sources.connection import lately
from bot.sources.files import csv_form, stamp
from bot.sources.spark.source import Spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

KINDS = (".parquet", ".csv", ".tsv")


def folder(session: SparkSession, path: Path) -> Spark:
    """Every CSV or Parquet file, and every folder of such files, as a table named by its stem.

    Raises `BadWorkspace` (`missing_folder`, `empty_folder`).
    """
    from pyspark.errors import PySparkException

    if not path.is_dir():
        raise BadWorkspace("missing_folder", folder=str(path))
    parts = {place: found for place in sorted(path.iterdir()) if (found := files_of(place))}
    if not parts:
        raise BadWorkspace("empty_folder", folder=str(path))
    source = Spark(session, copy_selects=True)
    for place, files in parts.items():
        if (place / "_delta_log").is_dir():  # it keeps the files of older versions beside the valid ones
            source.broken[place.stem] = BadData("unreadable_file", file=place.name)
            continue
        try:
            read(session, files).createOrReplaceTempView(f"`{place.stem}`")
        except BadData as error:
            source.broken[place.stem] = error
        except PySparkException:
            source.broken[place.stem] = BadData("unreadable_file", file=place.name)
    source.stamp = lambda: stamp([file for place in parts for file in files_of(place)])
    return source


def files_of(place: Path) -> list[Path]:
    """The file itself, or those of one kind in a folder, as a cluster writes a table."""
    for kind in KINDS:
        if place.is_dir():
            if files := sorted(place.glob(f"*{kind}")):
                return files
        elif place.suffix.lower() == kind:
            return [place]
    return []


def read(session: SparkSession, files: list[Path]) -> DataFrame:
    """A frame over files of one kind. Raises `BadData` for what is no CSV with a header."""
    names = [str(file) for file in files]
    if files[0].suffix.lower() == ".parquet":
        return session.read.option("mergeSchema", True).parquet(*names)
    separator, columns = csv_form(files[0])
    for file in files[1:]:  # Spark would read them by place, whatever their headers say
        if csv_form(file) != (separator, columns):
            raise BadData("unreadable_file", file=file.name)
    schema = ", ".join(f"`{column}` STRING" for column in columns)
    return session.read.csv(
        names, schema=schema, sep=separator, header=True, quote='"', escape='"', multiLine=True, mode="FAILFAST"
    )


def catalogue(session: SparkSession, database: str, host: str) -> Spark:
    """The tables of a database of Spark's catalogue; its default one where none is named.

    Raises `Unavailable` (`database_refuses`).
    """
    from pyspark.errors import PySparkException

    try:
        if database:
            session.catalog.setCurrentDatabase(database)
        tables = {table.name for table in session.catalog.listTables()}
    except PySparkException as error:
        raise Unavailable("database_refuses", host=host, database=database) from error
    source = Spark(session, copy_selects=False)
    # Spark itself has no rights: who may read a table of its own catalogue may drop it.
    source.changeable = tuple(sorted(tables))
    source.stamp = lately
    return source
