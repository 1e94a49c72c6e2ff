"""Bring the tables to the newest migration, at every opening; Alembic loads only if there is one to run."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import Unavailable
from bot.records.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_246_783
"""Any number that no other program takes an advisory lock with."""


def newest() -> str:
    """The number of the last migration, from the names of the files: `r0001_first_tables.py` is 0001."""
    return max(path.name for path in MIGRATIONS.glob("versions/r*.py"))[1:5]


def upgrade(database: Database) -> None:
    """Run the migrations that lack; those of two processes at once run one after the other.

    Raises Unavailable (`records_too_new`) where a later version of the program has been at work.
    """
    with database.reading() as connection:
        found = _version(connection)
    if found is not None and found > newest():
        raise Unavailable("records_too_new", where=database.where, found=found, known=newest())
    if found != newest():
        _run(database)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
