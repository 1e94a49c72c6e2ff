"""Forgetting a person: every table is searched; what is theirs is deleted, elsewhere a pseudonym takes their place.

An asker's own rows go: their questions and answers, their conversations, promises, schedules, alerts and marks. What
others rely on stays without them: a decision, a note, a segment, a figure that was shown. A customer's rows go where
they are about nobody else: a place in a campaign, a draft for them alone that nobody decided on.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Table, delete, func, or_, select, update

from bot.records.database import Database
from bot.records.schema import answers, arms, decisions, inbox, metadata, schedules
from bot.types import Trace

Row = Mapping[Any, Any]
PAGE = 500


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of the rows of one table."""

    deleted: int = 0
    masked: int = 0

    def __add__(self, other: Gone) -> Gone:
        return Gone(self.deleted + other.deleted, self.masked + other.masked)


class Forgetting:
    """Looks for people in all tables of the records, and takes them out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names_of(self, askers: Iterable[str]) -> tuple[str, ...]:
        """What those with these ids were called when they asked or decided."""
        ids = list(askers)
        with self._database.reading() as connection:
            said = connection.execute(select(answers.c.name).where(answers.c.asker.in_(ids)).distinct()).scalars()
            found = {name for name in said if name}
            rows = connection.execute(select(decisions.c.by, decisions.c.document))
            found |= {row.by for row in rows if row.document.get("asker") in ids}
        return tuple(sorted(found - set(ids)))

    def found(self, trace: Trace) -> dict[str, Gone]:
        """What there is of a person: table → the rows that would be deleted, and those that would be masked."""
        with self._database.reading() as connection:
            return _Search(connection, trace).all(None)

    def forget(self, trace: Trace, pseudonym: str) -> dict[str, Gone]:
        """Do it, all or nothing; table → what became of its rows."""
        with self._database.writing() as connection:
            return _Search(connection, trace).all(pseudonym)

    def wipe(self) -> bool:
        """Let nothing of deleted rows stay in the file; False where another process is reading, or the server does it.

        PostgreSQL takes deleted rows out of its files by itself, at its next vacuum.
        """
        if self._database.engine.dialect.name != "sqlite":
            return False
        raw = self._database.engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        finally:
            raw.close()
        return not busy


@dataclass
class _Search:
    """One way through all tables."""

    connection: Connection
    trace: Trace
    channels: set[str] = field(default_factory=set)
    """The direct messages of the asker with the bot."""
    words: set[str] = field(default_factory=set)
    """What the asker asked."""
    own: set[str] = field(default_factory=set)
    """The ids of the asker's answers."""
    planned: set[int] = field(default_factory=set)
    """The asker's schedules."""

    def all(self, pseudonym: str | None) -> dict[str, Gone]:
        """Table → rows; with a pseudonym they are deleted and masked, without one only counted."""
        self._learn()
        gone = {"arms": self._arms(pseudonym is not None)}
        for table in metadata.sorted_tables:
            if table is not arms:
                gone[table.name] = self._table(table, pseudonym)
        return {name: one for name, one in gone.items() if one != Gone()}

    def _learn(self) -> None:
        """What the asker's rows say of others of theirs, before any of it goes."""
        askers = list(self.trace.askers)
        for row in self.connection.execute(select(answers.c.id, answers.c.document).where(answers.c.asker.in_(askers))):
            self.own.add(row.id)
            self.words.add(row.document.get("asked", {}).get("text", ""))
            if row.id.split("/")[1:2] and row.id.split("/")[1].startswith("D"):
                self.channels.add(row.id.split("/")[1])
        for payload in self.connection.execute(select(inbox.c.payload)).scalars():
            if payload.get("user") in askers:
                self.words.add(payload.get("text", ""))
                if str(payload.get("channel", "")).startswith("D"):
                    self.channels.add(payload["channel"])
        chosen = select(schedules.c.id).where(schedules.c.owner.in_(askers))
        self.planned.update(self.connection.execute(chosen).scalars())
        self.words.discard("")

    def _arms(self, do: bool) -> Gone:
        """Their places in campaigns; the size of each arm stays in the campaign's document."""
        theirs = or_(arms.c.person.in_(self.trace.users), arms.c.account.in_(self.trace.accounts))
        many = int(self.connection.execute(select(func.count()).select_from(arms).where(theirs)).scalar_one())
        if do and many:
            self.connection.execute(delete(arms).where(theirs))
        return Gone(deleted=many)

    def _table(self, table: Table, pseudonym: str | None) -> Gone:
        gone, theirs, mask = Gone(), THEIRS.get(table.name), self._mask(pseudonym or "…")
        for row in self._rows(table):
            this = [column == row[column.name] for column in table.primary_key.columns]
            if theirs is not None and theirs(self, row):
                gone += Gone(deleted=1)
                if pseudonym is not None:
                    self.connection.execute(delete(table).where(*this))
                continue
            changed = self._changed(table.name, row, mask)
            if changed:
                gone += Gone(masked=1)
                if pseudonym is not None:
                    self.connection.execute(update(table).where(*this).values(**changed))
        return gone

    def _rows(self, table: Table) -> Iterator[Row]:
        """Every row, read page by page before any of its page is changed."""
        keys = list(table.primary_key.columns)
        found = self.connection.execute(select(*keys)).all()
        for start in range(0, len(found), PAGE):
            for key in found[start : start + PAGE]:
                this = [column == value for column, value in zip(keys, key, strict=True)]
                row = self.connection.execute(select(table).where(*this)).mappings().first()
                if row is not None:
                    yield dict(row)

    def _changed(self, table: str, row: Row, mask: Mask) -> dict[str, Any]:
        """Column → its value without the person, of the columns that have them."""
        plain = {str(name): value for name, value in row.items() if isinstance(value, (str, Mapping, list))}
        if table in ("threads", "answers"):
            plain = {name: self._unsaid(value) for name, value in plain.items()}
        # A number that is somebody's id may be an alert's too, whose name it is.
        kept = {"name"} if table == "proposals" else set()
        strong = {name: mask.strong(value, whole=name not in kept) for name, value in plain.items()}
        said = any(strong[name] != plain[name] for name in plain)
        masked = {name: mask.weak(value) for name, value in strong.items()} if said else strong
        changed = {name: value for name, value in masked.items() if value != row[name]}
        if table == "answers" and "document" in changed:
            changed["document"] = {**changed["document"], "altered": True}
        return changed

    def _unsaid(self, value: Any) -> Any:
        """Without the asker's own words where those of a thread are kept."""
        if isinstance(value, list):
            return [one for one in value if one not in self.words] if self.words else value
        if isinstance(value, Mapping) and "asked" in value:
            asked = dict(value["asked"])
            asked["thread"] = self._unsaid(asked.get("thread", []))
            return {**value, "asked": asked}
        return value

    def _mask(self, pseudonym: str) -> Mask:
        return Mask(self.trace, pseudonym)


@dataclass
class Mask:
    """Puts a pseudonym in the place of a person, in any JSON value."""

    trace: Trace
    pseudonym: str

    def strong(self, value: Any, *, whole: bool = True) -> Any:
        """Wherever a term names nobody else; `whole` also takes a whole value for one."""
        return _replaced(value, self._strong, self.trace.exact if whole else frozenset(), self.pseudonym)

    def weak(self, value: Any) -> Any:
        """Wherever a word may name others too, as a first name does: only for what has a strong term beside it."""
        return _replaced(value, self._weak, frozenset(), self.pseudonym)

    @cached_property
    def _strong(self) -> re.Pattern[str] | None:
        return _either(self.trace.strong)

    @cached_property
    def _weak(self) -> re.Pattern[str] | None:
        return _either(self.trace.weak)


def _either(terms: Iterable[str]) -> re.Pattern[str] | None:
    several = sorted(filter(None, terms), key=len, reverse=True)
    if not several:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, several))})(?!\w)", re.IGNORECASE)


def _replaced(value: Any, found: re.Pattern[str] | None, exact: frozenset[str], by: str) -> Any:
    if isinstance(value, str):
        if value in exact:
            return by
        return found.sub(by, value) if found else value
    if isinstance(value, list):
        return [_replaced(one, found, exact, by) for one in value]
    if isinstance(value, Mapping):
        return {_replaced(str(key), found, exact, by): _replaced(one, found, exact, by) for key, one in value.items()}
    return value


# ------------------------------------------------------------ whose a row is


def _mark_or_alert(search: _Search, row: Row) -> bool:
    askers, document = search.trace.askers, row["document"]
    if row["kind"] == "mark":
        return str(row["name"]).rpartition("/")[2] in askers or document.get("id") in search.own
    if row["kind"] in ("alert", "word"):
        return row["said_by"] in askers
    return row["kind"] == "account_alert" and row["name"] in search.trace.accounts


def _conversation(search: _Search, row: Row) -> bool:
    return row["thread_ts"] in search.trace.askers or row["channel"] in search.channels


def _draft(search: _Search, row: Row) -> bool:
    theirs = (*search.trace.accounts, *search.trace.users)
    return row["state"] not in ("approved", "rejected") and row["document"].get("query", {}).get("subject") in theirs


THEIRS: Mapping[str, Callable[[_Search, Row], bool]] = {
    "inbox": lambda search, row: row["payload"].get("user") in search.trace.askers,
    "threads": _conversation,
    "answers": lambda search, row: row["asker"] in search.trace.askers,
    "promises": lambda search, row: row["asker"] in search.trace.askers,
    "schedules": lambda search, row: row["owner"] in search.trace.askers,
    "postings": lambda search, row: row["schedule"] in search.planned,
    "proposals": _mark_or_alert,
    "drafts": _draft,
    "turns": lambda search, row: row["person"] in search.trace.askers,
}
"""Table → whether a row is the person's own, and of use to nobody else."""
