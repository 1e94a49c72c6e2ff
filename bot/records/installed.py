"""In which workspaces the app is installed. The rows are slack_sdk's, which writes them by the engine."""

from sqlalchemy import Engine, select

from bot.records.database import Database
from bot.records.schema import slack_bots


class Installed:
    """The installations, as one process leaves them for the others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def engine(self) -> Engine:
        """The database, for slack_sdk's stores."""
        return self._database.engine

    def teams(self, client_id: str) -> dict[str, str | None]:
        """Team id → the id of its enterprise, if it belongs to one."""
        chosen = select(slack_bots.c.team_id, slack_bots.c.enterprise_id).where(
            slack_bots.c.client_id == client_id, slack_bots.c.team_id.is_not(None)
        )
        with self._database.reading() as connection:
            return {row.team_id: row.enterprise_id for row in connection.execute(chosen)}
