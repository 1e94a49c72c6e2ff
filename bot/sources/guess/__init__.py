"""What a company's files are, guessed: which is which canonical table, and which column feeds what.

`Looked` reads the source once; its `guess` is the proposal and can be asked for again with answers to its
questions; `workspace_text` writes it down. Nothing is changed in the source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from bot.errors import BadData
from bot.sources.casting import Style
from bot.sources.connection import Connection, SelectError
from bot.sources.guess.exports import recognised
from bot.sources.guess.look import Sheet, look
from bot.sources.guess.match import Fit, fits
from bot.sources.guess.money import currency_of
from bot.sources.guess.names import country_code
from bot.sources.guess.orders import orders
from bot.sources.guess.people import accounts, answers, derived_accounts, events, snapshot, tickets
from bot.sources.guess.proposal import Ask, ColumnGuess, Guess, Scene, TableGuess, plain
from bot.sources.guess.sql import Speech, name_of, translated
from bot.sources.guess.subscriptions import intervals, subscriptions
from bot.sources.guess.write import workspace_text
from bot.types import Note

__all__ = ["Ask", "ColumnGuess", "Guess", "Looked", "TableGuess", "guess", "workspace_text"]

CLOSE = 0.15
"""Two files that look like one table, and differ by no more than this in how sure that is, are a question."""
CUSTOMERS = ("subscriptions", "orders", "snapshot", "events")
"""What accounts can be made from, the best first."""


class Looked:
    """A source that was looked at once; the proposal can be asked for again with answers to its questions."""

    def __init__(self, connection: Connection, only: Collection[str] | None = None) -> None:
        """Look at every table, or at those named. Raises `BadData` where none can be read or has a row."""
        self.connection = connection
        self.sheets: dict[str, Sheet] = {}
        self.faults: list[BadData] = []
        """Why tables could not be read."""
        names = [name for name in connection.names if only is None or name in only]
        for name in names:
            try:
                sheet = look(connection, name)
            except BadData as error:
                self.faults.append(error)
            else:
                if sheet.rows:
                    self.sheets[name] = sheet
        if not self.sheets:
            raise self.faults[0] if self.faults else BadData("try_no_rows", tables=names)

    def guess(self, answered: Mapping[str, str] | None = None) -> Guess:
        """The proposal. Raises `BadData` (`try_nothing_recognised`)."""
        return guess(self.connection, self.sheets, answered)

    def text(self, guess: Guess, url: str, name: str, language: str, remarks: Sequence[str], as_of: date | None) -> str:
        """The proposal as a `workspace.toml`; days are counted in UTC until somebody says otherwise."""
        return workspace_text(guess, url, name, "UTC", language, remarks, as_of)


def guess(connection: Connection, sheets: Mapping[str, Sheet], answered: Mapping[str, str] | None = None) -> Guess:
    """The proposal; `answered` holds what a person said to the questions of an earlier one, by their id.

    Raises `BadData` (`try_nothing_recognised`).
    """
    answered = answered or {}
    known = recognised(connection, sheets)
    taken = {name for one in known for name in one.sources}
    asks: list[Ask] = []
    rest = {name: sheet for name, sheet in sheets.items() if name not in taken}
    best, others = allotted(rest, {one.table for one in known}, answered, asks)
    scene = Scene(connection, Speech(connection.dialect), best, sheets, answered, asks=asks)
    scene.speech.sure = order_of_days(scene, best.values())
    tables = {one.table: one for one in [*proposed(scene, others), *known]}
    notes = list(refused(connection, tables))
    if not tables:
        raise BadData("try_nothing_recognised", tables=sorted(sheets))
    currency = currency_of(scene, tables.values(), notes)
    used = {name for one in tables.values() for name in one.sources}
    return Guess(
        tuple(tables.values()),
        tuple(scene.asks),
        tuple(notes),
        currency,
        scene.as_of,
        "snapshot" in best,
        tuple(sorted(set(sheets) - used)),
    )


def allotted(
    sheets: Mapping[str, Sheet], done: Collection[str], answered: Mapping[str, str], asks: list[Ask]
) -> tuple[dict[str, Fit], list[Fit]]:
    """Kind → the sheet that is it; and beside an undated picture, other sheets that may know more of its customers.

    `done`: canonical tables that need no sheet any more.
    """
    readings = {name: [fit for fit in fits(sheet) if fit.table not in done] for name, sheet in sheets.items()}
    claims: dict[str, list[Fit]] = {}
    for found in readings.values():
        if found:
            claims.setdefault(found[0].kind, []).append(found[0])
    best: dict[str, Fit] = {}
    for kind, rivals in claims.items():
        rivals.sort(key=lambda fit: (-fit.confidence, -fit.sheet.rows))
        best[kind] = rivals[0]
        near = [fit for fit in rivals if rivals[0].confidence - fit.confidence <= CLOSE]
        if len(near) > 1 and kind != "snapshot":
            near.sort(key=lambda fit: -fit.sheet.rows)
            ask = Ask(f"table:{kind}", "try_ask_which", tuple(fit.sheet.name for fit in near), {"table": near[0].table})
            asks.append(ask)
            chosen = answered.get(ask.id, ask.choices[0])
            best[kind] = next((fit for fit in near if fit.sheet.name == chosen), near[0])
    if best.keys() & {"subscriptions", "orders"}:
        best.pop("snapshot", None)
    elif "accounts" in best and "snapshot" not in best:
        # One file may be both the customers and what they subscribe to.
        also = readings[best["accounts"].sheet.name]
        both = next((fit for fit in also if fit.kind == "subscriptions"), None)
        if both is not None:
            best["subscriptions"] = both
    if {"churn_answers", "nps_answers"} <= best.keys():
        del best[min(("churn_answers", "nps_answers"), key=lambda kind: best[kind].confidence)]
    mine = best.get("snapshot")
    also = [fit for found in readings.values() for fit in found if fit.kind in ("snapshot", "accounts")]
    return best, [fit for fit in also if mine is not None and fit.sheet is not mine.sheet]


def proposed(scene: Scene, pictures: list[Fit]) -> Iterable[TableGuess]:
    """The tables that the sheets give, accounts first."""
    best = scene.fits
    if "snapshot" in best:
        yield from snapshot(scene, best["snapshot"], pictures)
        return
    if "accounts" in best:
        yield accounts(scene, best["accounts"])
    elif (kind := next((kind for kind in CUSTOMERS if kind in best and named(best[kind])), None)) is not None:
        yield derived_accounts(scene, best[kind])
    for kind, make in (("subscriptions", subscriptions), ("orders", orders), ("events", events)):
        if kind in best:
            yield from make(scene, best[kind])
    if "plans" in best:
        yield price_list(scene, best["plans"])
    for kind in ("users", "products"):
        if kind in best:
            yield plain(scene, best[kind])
    if "tickets" in best:
        yield tickets(scene, best["tickets"])
    for kind in ("churn_answers", "nps_answers"):
        if kind in best:
            yield answers(scene, best[kind])


def named(fit: Fit) -> bool:
    """Whether the rows say whose they are."""
    return bool(fit.columns.keys() & {"account_id", "customer_id", "user_id"})


def price_list(scene: Scene, fit: Fit) -> TableGuess:
    """The plans of a price list."""
    changed = intervals(fit["interval"])
    if "interval_count" in fit.columns:
        changed["interval_count"] = name_of(fit["interval_count"].name)
    if "country" in fit.columns:
        changed["country"] = translated(fit["country"], name_of(fit["country"].name), country_code)
    return plain(scene, fit, changed)


def order_of_days(scene: Scene, used: Iterable[Fit]) -> Style:
    """Whether 01/02/2024 is in February or January: as other columns prove, else asked."""
    columns = [seen for fit in used for seen, _ in fit.columns.values()]
    unsure = [seen for seen in columns if seen.style is Style.UNSURE]
    proofs = {
        seen.style
        for sheet in scene.sheets.values()
        for seen in sheet.columns
        if seen.style in (Style.DAY_FIRST, Style.MONTH_FIRST)
    }
    if not unsure:
        return Style.DAY_FIRST
    if len(proofs) == 1:
        return proofs.pop()
    dollars = any("US" in map(country_code, seen.values) for seen in columns if "country" in seen.name.lower())
    likely = [Style.MONTH_FIRST, Style.DAY_FIRST] if dollars else [Style.DAY_FIRST, Style.MONTH_FIRST]
    ask = Ask(
        "days",
        "try_ask_days",
        tuple(style.value for style in likely),
        {"column": unsure[0].name, "example": unsure[0].least or ""},
    )
    return Style(scene.choose(ask))


def refused(connection: Connection, tables: dict[str, TableGuess]) -> Iterable[Note]:
    """Takes out what the source refuses to read, and says so."""
    for name, one in list(tables.items()):
        if one.map.select is not None:
            try:
                connection.select(one.map.select)
            except SelectError:
                del tables[name]
                yield Note("try_note_refused", {"table": name})
