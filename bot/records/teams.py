"""A place of its own for the records of each workspace, so that no statement can reach another's."""

from pathlib import Path

from sqlalchemy import make_url, text

from bot.records.database import connect
from bot.records.upgrade import alone


def records_of(url: str, team: str) -> str:
    """The URL of a team's records beside those at `url`: a file of its own, or in PostgreSQL a schema, made if new.

    `team` is a Slack id, letters and digits alone. Raises as `open_records`.
    """
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        file = Path(parsed.database or "")
        return f"sqlite:///{file.parent / 'teams' / team / file.name}"
    schema = f"team_{team.lower()}"
    database = connect(url)
    try:
        with database.writing() as connection:
            alone(connection)  # of two that make it at once PostgreSQL refuses one, whatever IF NOT EXISTS says
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    finally:
        database.engine.dispose()
    only = parsed.update_query_dict({"options": f"-csearch_path={schema}"})
    return only.render_as_string(hide_password=False)
