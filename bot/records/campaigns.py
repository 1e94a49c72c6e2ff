"""Approved drafts with their people, frozen: who is in which arm never changes, whatever becomes of the data."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.records.database import Database
from bot.records.schema import arms, campaigns
from bot.types import Assigned, Campaign, Touch

MANY = 5_000
"""Rows of one statement."""


class Campaigns:
    """The campaigns and their arms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(self, campaign: Campaign, people: Iterable[Assigned]) -> bool:
        """Keep a campaign with all of its people, or nothing; False where its draft has one already."""
        row = {name: getattr(campaign, name) for name in Campaign.__dataclass_fields__}
        rows = [_row(campaign.id, one) for one in people]
        try:
            with self._database.writing() as connection:
                connection.execute(insert(campaigns).values({**row, "document": dict(campaign.document)}))
                for start in range(0, len(rows), MANY):
                    connection.execute(insert(arms), rows[start : start + MANY])
        except IntegrityError:
            return False
        return True

    def get(self, id: str) -> Campaign | None:
        """A campaign by its own id, or by that of its draft; None if there is none."""
        found = self._found(campaigns.c.id == id) or self._found(campaigns.c.draft == id)
        return found[0] if found else None

    def all(self, company: str) -> list[Campaign]:
        """The campaigns of a company, the newest first."""
        return self._found(campaigns.c.company == company)

    def people(self, id: str) -> list[Assigned]:
        """Everybody assigned, by person; those who were forgotten are missing."""
        columns = (arms.c[name] for name in Assigned.__dataclass_fields__)
        chosen = select(*columns).where(arms.c.campaign == id).order_by(arms.c.person)
        with self._database.reading() as connection:
            return [Assigned(*row) for row in connection.execute(chosen)]

    def exported(self, id: str, now: datetime) -> None:
        """Note when a campaign first left the house."""
        first = (campaigns.c.id == id) & campaigns.c.exported_at.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(campaigns).where(first).values(exported_at=now))

    def held_out(self, company: str, day: date) -> set[str]:
        """The accounts that a campaign still running on this day holds out."""
        running = (campaigns.c.company == company) & (campaigns.c.ends_on > day)
        chosen = select(arms.c.account).join(campaigns, campaigns.c.id == arms.c.campaign)
        with self._database.reading() as connection:
            rows = connection.execute(chosen.where(running, arms.c.arm == "holdout").distinct())
            return {row.account for row in rows}

    def written_to(self, company: str, since: datetime, but: Sequence[str] = ()) -> list[Touch]:
        """Each message that was exported from `since` on, without the campaigns `but`."""
        kind = campaigns.c.document["type"].as_string().label("type")
        chosen = select(arms.c.person, campaigns.c.exported_at, campaigns.c.id, kind)
        chosen = chosen.join(campaigns, campaigns.c.id == arms.c.campaign)
        chosen = chosen.where(
            campaigns.c.company == company, campaigns.c.exported_at >= since, arms.c.arm == "treatment",
            campaigns.c.id.not_in(list(but)),
        )  # fmt: skip
        with self._database.reading() as connection:
            return [Touch(row.person, row.exported_at, row.id, row.type) for row in connection.execute(chosen)]

    def told(self, company: str, message: str, but: Sequence[str] = ()) -> tuple[list[str], list[str]]:
        """(campaigns, people): where a message was exported, and to whom, without the campaigns `but`."""
        this = campaigns.c.document["message"].as_string() == message
        ours = (campaigns.c.company == company) & this & campaigns.c.exported_at.is_not(None)
        chosen = select(arms.c.person).join(campaigns, campaigns.c.id == arms.c.campaign)
        chosen = chosen.where(ours, arms.c.arm == "treatment", campaigns.c.id.not_in(list(but))).distinct()
        with self._database.reading() as connection:
            ids = connection.execute(select(campaigns.c.id).where(ours).order_by(campaigns.c.id)).scalars().all()
            return list(ids), list(connection.execute(chosen.order_by(arms.c.person)).scalars())

    def forget(self, person: str) -> int:
        """Take a person out of every campaign; how many there were.

        The size of each arm stays where it is kept, in the document of the campaign.
        """
        with self._database.writing() as connection:
            many = select(func.count()).select_from(arms).where(arms.c.person == person)
            found = int(connection.execute(many).scalar_one())
            connection.execute(delete(arms).where(arms.c.person == person))
            return found

    def _found(self, this: ColumnElement[bool]) -> list[Campaign]:
        columns = (campaigns.c[name] for name in Campaign.__dataclass_fields__)
        chosen = select(*columns).where(this).order_by(campaigns.c.approved_at.desc(), campaigns.c.id)
        with self._database.reading() as connection:
            return [Campaign(**row) for row in connection.execute(chosen).mappings()]


def _row(campaign: str, one: Assigned) -> dict[str, str]:
    return {"campaign": campaign, **{name: getattr(one, name) for name in Assigned.__dataclass_fields__}}
