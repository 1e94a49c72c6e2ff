"""What people note of a day ("note 2026-09-01 price rise FR"): kept, listed, taken back, and named beside figures of
those days as context, never as a cause."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.analysis.happenings import happened
from bot.analysis.measure import Analyst
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, NotAllowed, Unavailable
from bot.language import Language, Span, Token
from bot.language.days import Calendar
from bot.types import Answer, Finding, Happening, Question, Window, local_day

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Proposals

log = structlog.get_logger()

ROLES = frozenset({"analyst", "admin"})
"""Who may write notes."""
LONGEST = 200
MOST_NAMED = 5
ONE_DAY = timedelta(days=1)
COUNTED_BACK = frozenset({"yesterday", "day_before_yesterday", "ago"})
"""Forms of a day that count back from the day of the question."""
NOTED = "note"
"""The kind of a note of which no more is known."""
OF_DATA = frozenset({"campaign", "release"})
"""Kinds of which the company has tables of its own: a note about one is a note."""
AROUND = " ,;:.-–—()"


@dataclass(frozen=True, slots=True)
class Noted:
    """A note and the number that it is taken back by."""

    number: int
    happening: Happening


class Notes:
    """The notes about one company; `proposals` opens the records they are kept in."""

    def __init__(self, proposals: Callable[[], Proposals], company: str) -> None:
        self._proposals, self._company = proposals, company

    def happenings(self) -> tuple[Happening, ...]:
        """All that was noted, the earliest first; nothing where the records cannot be read."""
        try:
            return tuple(one.happening for one in self.all())
        except Unavailable:
            log.exception("the notes of the company cannot be read")
            return ()

    def all(self) -> list[Noted]:
        """Every note that was not taken back, by its day."""
        kept = (_read(one.document) for one in self._proposals().all(self._company, "note", "accepted"))
        return sorted(kept, key=lambda one: (one.happening.day, one.number))

    def keep(self, what: Happening, asker: Question) -> Noted:
        """Keeps a note; the same one said again stays one."""
        before = self._proposals().all(self._company, "note")
        name = _name(what)
        same = next((one.document["number"] for one in before if one.name == name), None)
        number = same or 1 + max((int(one.document["number"]) for one in before), default=0)
        document = {
            "number": number, "day": what.day.isoformat(), "what": what.what, "kind": what.kind,
            "country": what.country,
        }  # fmt: skip
        self._proposals().keep(
            self._company, "note", name, document=document, state="accepted", by=asker.asker, now=asker.now
        )
        return Noted(number, what)

    def drop(self, noted: Noted) -> None:
        """Takes a note back."""
        self._proposals().decide(self._company, "note", _name(noted.happening), "dropped")


def _read(document: Mapping[str, Any]) -> Noted:
    day = date.fromisoformat(document["day"])
    return Noted(document["number"], Happening(day, document["what"], document["kind"], document["country"]))


def _name(what: Happening) -> str:
    return f"{what.day} {what.country or ''} {what.what.casefold()}"


# ------------------------------------------------------------------------------------------------ said and listed


def said(question: Question, language: Language, notes: Notes, analyst: Analyst) -> Answer:
    """What `note DATE WORDS [COUNTRY]`, `note drop N` or `note list` does; today is the day in the reporting zone.

    Raises BadQuestion (`note_without_day`, `note_without_words`, `note_too_long`, `note_one_country`, `note_ahead`,
    `note_unknown`)
    and NotAllowed (`note_not_allowed`, `note_elsewhere`).
    """
    _, verb, rest = (*question.text.split(maxsplit=2), "", "", "")[:3]
    words = f"{verb} {rest}".strip()
    if not words or (not rest and verb.casefold() in ("list", language.say("note_list").casefold())):
        return _listed(question, language, _seen(notes, analyst))
    if question.rights.role not in ROLES:
        raise NotAllowed("note_not_allowed")
    if verb.casefold() in ("drop", language.say("note_drop").casefold()):
        return _dropped(language, notes, _seen(notes, analyst), rest)
    today = local_day(question.now, analyst.company.definitions.zone)
    what = read(words, language, today, analyst.values("country"))
    confined = _countries(analyst)
    if confined and what.country not in (None, *confined):
        raise NotAllowed("note_elsewhere", countries=sorted(confined), dimension="country")
    kept = notes.keep(what, question)
    finding = Finding(_placed("note_kept", what), _values(kept, language))
    return sentences(language, [finding], [_typed(language, "drop", str(kept.number)), _typed(language, "list")])


def read(words: str, language: Language, today: date, countries: Iterable[str]) -> Happening:
    """The day, the words and the country of a note; a day without a year is the latest one, today included."""
    words, known = unicodedata.normalize("NFC", words), set(countries)
    tokens, spans = language.hear(words)
    day, first, last = _day(tokens, spans, language, today)
    if all(token.folded in language.filler for token in tokens[:first]):
        first = 0  # the small words that lead to it: "le 1er septembre", "on 1 September"
    before, after = words[: tokens[first].start], words[tokens[last - 1].end :]
    country, after = _at_end(after, known)
    what = " ".join(f"{before.strip(AROUND)} {after.strip(AROUND)}".split())
    if not what:
        raise BadQuestion("note_without_words")
    if len(what) > LONGEST:
        raise BadQuestion("note_too_long", most=LONGEST)
    if country is None:
        named = {span.id.removeprefix("country=") for span in spans if span.kind == "value"} & known
        if len(named) > 1:
            raise BadQuestion("note_one_country", countries=sorted(named), dimension="country")
        country = next(iter(named), None)
    return Happening(day, what, _kind(spans), country)


def _day(tokens: Sequence[Token], spans: Sequence[Span], language: Language, today: date) -> tuple[date, int, int]:
    """The day that the words name, and its place in them. Questions count from the last day of data, notes from now."""
    named = next((one for one in spans if one.kind == "period" and one.id == "today"), None)
    if named is not None:
        return today, named.start, named.end
    try:
        periods = language.periods(tuple(tokens), list(spans), Calendar(today + ONE_DAY))
    except BadQuestion as error:
        raise BadQuestion("note_ahead" if error.key == "period_not_begun" else "note_without_day") from error
    found = next((one for one in periods if one.window.days == 1), None)
    if found is None:
        raise BadQuestion("note_without_day")
    start = found.window.start
    return start - ONE_DAY if found.form in COUNTED_BACK else start, found.start, found.end


def _at_end(words: str, known: set[str]) -> tuple[str | None, str]:
    """(the country whose code the words end with, the words without it)."""
    rest, _, code = words.rstrip(AROUND).rpartition(" ")
    return (code, rest) if code in known else (None, words)


def _kind(spans: Sequence[Span]) -> str:
    """What the note is about, where questions can name a day by it ("since the price rise")."""
    kinds = (span.id for span in spans if span.kind == "happening" and span.id not in OF_DATA)
    return next(kinds, NOTED)


def _seen(notes: Notes, analyst: Analyst) -> list[Noted]:
    """The notes that the asker may know of."""
    confined = _countries(analyst)
    return [one for one in notes.all() if not confined or one.happening.country in (None, *confined)]


def _countries(analyst: Analyst) -> set[str]:
    return {value for one in analyst.rights.row_filters if one.dimension == "country" for value in one.values}


def lines(language: Language, notes: Notes, analyst: Analyst) -> list[Finding]:
    """A line for each note that the asker may know of."""
    return _lines(language, _seen(notes, analyst))


def _lines(language: Language, seen: Sequence[Noted]) -> list[Finding]:
    return [Finding(_placed("notes_line", one.happening), _values(one, language)) for one in seen]


def _listed(question: Question, language: Language, seen: Sequence[Noted]) -> Answer:
    findings = [Finding("notes_header", {}), *_lines(language, seen)] if seen else [Finding("notes_none", {})]
    drops = [_typed(language, "drop", str(one.number)) for one in seen] if question.rights.role in ROLES else []
    return sentences(language, findings, drops)


def _dropped(language: Language, notes: Notes, seen: Sequence[Noted], number: str) -> Answer:
    found = next((one for one in seen if str(one.number) == number.strip(" #.")), None)
    if found is None:
        raise BadQuestion("note_unknown", number=number or "–")
    notes.drop(found)
    return sentences(language, [Finding(_placed("note_dropped", found.happening), _values(found, language))])


def _placed(key: str, what: Happening) -> str:
    return f"{key}_in" if what.country else key


def _values(noted: Noted, language: Language) -> dict[str, Any]:
    what = noted.happening
    place = language.value_name("country", what.country) if what.country else ""
    return {"number": noted.number, "what": what.what, "day": what.day, "place": place}


def _typed(language: Language, verb: str, *rest: str) -> str:
    """What is typed, or pressed."""
    return " ".join((language.say("note_word"), language.say(f"note_{verb}"), *rest))


# ------------------------------------------------------------------------------------------------ beside figures


def name_noted(desk: Desk, part: Part, window: Window, countries: Sequence[str] = ()) -> None:
    """Says what is on record of the days of a window, as context; of other countries than the figures' nothing."""
    found, _ = happened(desk.analyst, window.start, window.end - ONE_DAY)
    rows = [row for row in found.rows if row["source"] in ("notes", "annotations")] if found else []
    rows = [row for row in rows if not countries or row["country"] in (None, *countries)]
    if found is None or not rows:
        return
    rows.sort(key=lambda row: row["source"] != "notes")  # of too many, what people wrote down here comes first
    rows = sorted(rows[:MOST_NAMED], key=lambda row: row["day"])
    evidence = replace(found, id=desk.next_id(), rows=tuple(rows))
    part.keep(evidence)
    part.say("on_record", evidence, texts=[event(desk.language, row) for row in rows])


def event(language: Language, row: Mapping[str, Any]) -> str:
    """One thing that happened: what, when, and where if not everywhere."""
    if row["country"] is None:
        return language.say("look_event", what=row["what"], day=row["day"])
    place = language.value_name("country", row["country"])
    return language.say("look_event_in", what=row["what"], day=row["day"], place=place)
