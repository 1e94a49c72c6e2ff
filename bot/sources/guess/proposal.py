"""What a guess is made of, and the plain case: a table of the company that is a canonical one as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.sources.canonical import TABLES
from bot.sources.connection import Connection
from bot.sources.guess.look import Seen, Sheet
from bot.sources.guess.match import Fit
from bot.sources.guess.names import country_code
from bot.sources.guess.sql import Speech, name_of, select, source, translated
from bot.sources.mapping import TableMap
from bot.types import Note


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One canonical column, the company's columns behind it, and how sure that is (0 to 1)."""

    column: str
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class TableGuess:
    """One canonical table: the map to write, how sure it is, and what was assumed on the way."""

    table: str
    map: TableMap
    confidence: float
    sources: tuple[str, ...]
    columns: tuple[ColumnGuess, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Something the data does not tell: its key names the sentence, `choices` begin with the likeliest."""

    id: str
    key: str
    choices: tuple[str, ...]
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guess:
    """The proposal for a whole workspace."""

    tables: tuple[TableGuess, ...]
    asks: tuple[Ask, ...]
    """The open questions, the weightiest first; `guess` takes their answers by id."""
    notes: tuple[Note, ...]
    currency: str
    as_of: date | None = None
    snapshot: bool = False
    unread: tuple[str, ...] = ()
    """Tables of the source that nothing was made of."""


@dataclass(slots=True)
class Scene:
    """What the makers of tables share: the open source, its best reading, the answers given so far."""

    connection: Connection
    speech: Speech
    fits: Mapping[str, Fit]
    sheets: Mapping[str, Sheet]
    answers: Mapping[str, str]
    as_of: date | None = None
    asks: list[Ask] = field(default_factory=list)

    def choose(self, ask: Ask) -> str:
        """The answer given, or the likeliest, and the question kept for whoever can ask."""
        self.asks.append(ask)
        given = self.answers.get(ask.id)
        return given if given in ask.choices else ask.choices[0]


def told(fit: Fit, feeds: Mapping[str, Iterable[str]]) -> tuple[ColumnGuess, ...]:
    """For each canonical column the columns of the fit (canonical names or roles) behind it."""
    found = []
    for column, roles in feeds.items():
        known = [role for role in roles if role in fit.columns]
        if known:
            names = ", ".join(fit[role].name for role in known)
            found.append(ColumnGuess(column, names, fit.sure(*known)))
    return tuple(found)


def expressed(speech: Speech, column: str, seen: Seen, table: str) -> str:
    """The SQL that brings one column where the canonical tables can read it."""
    known = TABLES[table].column(column)
    if known is not None and known.kind in ("instant", "day"):
        return speech.moment(seen)
    if known is not None and known.kind in ("money", "number", "count") and seen.kind in ("comma", "marked"):
        return speech.number(seen)
    if column == "country" and seen.values:
        return translated(seen, name_of(seen.name), country_code)
    return name_of(seen.name)


def plain(
    scene: Scene,
    fit: Fit,
    changed: Mapping[str, str] | None = None,
    feeds: Mapping[str, Iterable[str]] | None = None,
    notes: tuple[Note, ...] = (),
) -> TableGuess:
    """The sheet as it is, with the columns in `changed` worked out by SQL (`feeds` says from what)."""
    names = TABLES[fit.table].names
    mine = {column: fit[column] for column in fit.columns if column in names}
    changed = dict(changed or {})
    columns = {column: expressed(scene.speech, column, seen, fit.table) for column, seen in mine.items()} | changed
    straight = not changed and all(columns[column] == name_of(seen.name) for column, seen in mine.items())
    if straight:
        differing = {column: seen.name for column, seen in mine.items() if seen.name != column}
        map_ = TableMap(table=fit.sheet.name, columns=differing)
    else:
        map_ = TableMap(
            select=select({name: columns[name] for name in names if name in columns}, [source(fit.sheet.name)])
        )
    guesses = told(fit, {**{column: (column,) for column in mine}, **(feeds or {})})
    return TableGuess(fit.table, map_, fit.confidence, (fit.sheet.name,), guesses, notes)
