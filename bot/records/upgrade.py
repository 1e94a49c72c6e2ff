"""Bring the tables to the newest migration, at every opening; Alembic loads only if there is one to run."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table, text

from bot.errors import Unavailable
from bot.records.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_246_783
"""Any number that no other program takes an advisory lock with."""
VERSIONS = "alembic_version"
"""The table in which Alembic keeps the newest migration that was run."""


def newest() -> str:
    """The number of the last migration, from the names of the files: `r0001_first_tables.py` is 0001."""
    return max(path.name for path in MIGRATIONS.glob("versions/r*.py"))[1:5]


def upgrade(database: Database) -> tuple[str | None, str]:
    """Run the migrations that lack; those of two processes at once run one after the other.

    Gives the migration that was found, None where there were no tables, and the newest. Raises Unavailable
    (`records_too_new`) where a later version of the program has been at work.
    """
    with database.reading() as connection:
        found = no_newer(connection, database.where)
    if found != newest():
        with database.writing() as connection:
            alone(connection)
            migrate(connection)
    return found, newest()


def version_of(connection: Connection) -> str | None:
    """The migration that the tables are of; None where there are none."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    return connection.execute(select(column("version_num")).select_from(table(VERSIONS))).scalar()


def no_newer(connection: Connection, where: str) -> str | None:
    """The same; raises Unavailable (`records_too_new`) where it is of a later version of the program."""
    found = version_of(connection)
    if found is not None and found > newest():
        raise Unavailable("records_too_new", where=where, found=found, known=newest())
    return found


def alone(connection: Connection) -> None:
    """Wait until no other process changes the tables; SQLite lets only one write anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the migrations that lack up to one of them, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
