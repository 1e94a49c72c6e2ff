"""Try a company's own files: look, guess, ask what cannot be told, write a workspace, check it, answer.

`tried` does all of it for any surface; `shown` words it for the terminal.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.markup import escape

from bot.documents import answer_document, plain
from bot.errors import BadQuestion
from bot.health import odd_line
from bot.language import Language, available, load
from bot.language.refused import said
from bot.lent import worded
from bot.terminal import Session, opened, out, show, show_json
from bot.types import Answer, Note, Place

MOST_ASKED = 2
"""Questions a person is asked at most; the rest is taken as likeliest, and said."""
MOST_ANSWERED = 4
MOST_ODDITIES = 6
OLD_DAYS = 7
"""Files that end earlier than this are a picture of their day, not a load that is late."""
DATABASES = {".duckdb": "duckdb", ".ddb": "duckdb", ".db": "sqlite", ".sqlite": "sqlite", ".sqlite3": "sqlite"}
FILES = (".csv", ".tsv", ".parquet")
QUESTIONS = (
    "churn_rate", "repeat_purchase_rate", "mrr", "active_users", "churn_reasons", "nrr", "aov", "failed_payment_rate",
    "nps", "csat", "stickiness",
)  # fmt: skip
"""The most telling first; each has its words in the language files."""
MONEY = {"mrr", "nrr", "aov"}

Reply = Callable[[Any, Language], str | None]
"""Asks a person one question of a guess; None takes the likeliest."""


@dataclass(frozen=True, slots=True)
class Source:
    """What somebody named: an address for a connector, the tables meant, and a name for the company."""

    url: str
    name: str
    folder: Path | None
    """Where the data lies, for files."""
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """All that came of it."""

    workspace: Path
    guess: Any
    assumed: tuple[str, ...]
    report: Any
    answers: tuple[tuple[str, Answer], ...]
    """The question, and what the service answered."""
    ready: tuple[str, ...]
    """The metrics that can be measured."""
    language: Language

    def document(self) -> dict[str, Any]:
        """As JSON."""
        tables = [
            {
                "table": one.table,
                "sources": list(one.sources),
                "confidence": one.confidence,
                "columns": [plain(known) for known in one.columns],
            }
            for one in self.guess.tables
        ]
        answers = [{"question": text, "answer": answer_document(answer)} for text, answer in self.answers]
        return {
            "workspace": str(self.workspace),
            "tables": tables,
            "unread": list(self.guess.unread),
            "assumed": list(self.assumed),
            "check": plain(self.report),
            "metrics": list(self.ready),
            "answers": answers,
        }


def located(targets: Sequence[str]) -> Source:
    """Where the data is. Raises BadQuestion (`missing_file`, `try_one_place`, `try_unknown_kind`, ...)."""
    addresses = [text for text in targets if re.match(r"[A-Za-z][A-Za-z0-9+]+:", text) and not Path(text).exists()]
    if addresses:
        if len(targets) > 1:
            raise BadQuestion("try_one_place", targets=list(targets))
        return addressed(addresses[0])
    paths = [Path(text).expanduser().resolve() for text in targets]
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise BadQuestion("missing_file", file=str(missing))
    first = paths[0]
    together = len({path.parent for path in paths}) == 1 and all(path.suffix.lower() in FILES for path in paths)
    if len(paths) > 1 and not together:
        raise BadQuestion("try_one_place", targets=list(targets))
    if first.is_dir():
        return Source(f"files:{first}", first.name, first)
    suffix = first.suffix.lower()
    if suffix in DATABASES:
        return Source(f"{DATABASES[suffix]}:{first}", first.stem, first.parent)
    if suffix not in FILES:
        raise BadQuestion("try_unknown_kind", file=first.name, known=[*FILES, *DATABASES])
    name = first.stem if len(paths) == 1 else first.parent.name
    return Source(f"files:{first.parent}", name, first.parent, frozenset(path.stem for path in paths))


def addressed(url: str) -> Source:
    """A database or folder by its URL, which goes into a file that others may read."""
    parts = urlsplit(url)
    if parts.password:
        raise BadQuestion("try_password_in_url")
    return Source(url, Path(parts.path or "data").stem or "data", None)


def tried(
    targets: Sequence[str],
    write: Path | None = None,
    *,
    reply: Reply | None = None,
    replace: Callable[[Path], bool] | None = None,
    seen: Callable[[Any], None] | None = None,
    language: str | None = None,
    as_of: datetime | None = None,
) -> Tried:
    """Everything from files to answers. Raises ForPerson.

    `reply` answers the guess's questions (two at most), else the likeliest is taken; `replace` allows a workspace
    file that is there to be written over, else it stays; `seen` is shown the guess before the questions,
    and again where the answers changed it.
    """
    from bot.wiring import look_at

    spoken = load(language or "en")
    found = located(targets)
    path = destination(found, write, replace)
    looked = look_at(found.url, Path.cwd(), found.only)
    guess = looked.guess()
    if seen is not None:
        seen(guess)
    answered: dict[str, str] = {}
    for ask in guess.asks[:MOST_ASKED] if reply is not None else ():
        chosen = reply(ask, spoken) if reply is not None else None
        answered[ask.id] = chosen or ask.choices[0]
    if any(answered.get(ask.id, ask.choices[0]) != ask.choices[0] for ask in guess.asks):
        guess = looked.guess(answered)
        if seen is not None:
            seen(guess)
    assumed = [
        *(said(spoken, fault.key, fault.values) for fault in looked.faults),
        *assumptions(guess, answered, spoken),
    ]
    title = re.sub(r"[_-]+", " ", found.name).strip().capitalize() or found.name

    def written(pinned: date | None, remarks: list[str]) -> Session:
        text = looked.text(guess, address(found, path), title, spoken.code, remarks, pinned)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError:
            raise BadQuestion("try_unwritable", path=str(path)) from None
        return opened(path, as_of, "analyst", Place.DM, language, apart=True)

    session = written(guess.as_of, assumed)
    day = session.service.company.as_of(session.now.date())
    if guess.as_of is None and found.folder is not None and (session.now.date() - day).days > OLD_DAYS:
        assumed += [spoken.say("try_note_as_of", day=day), spoken.say("try_note_as_of_file")]
        session = written(day, assumed)
    ready = tuple(one["name"] for one in session.service.catalogue() if one["available"])
    report = session.service.check(session.now)
    return Tried(path, guess, tuple(assumed), report, tuple(answers(session, guess, ready, spoken)), ready, spoken)


def destination(found: Source, write: Path | None, replace: Callable[[Path], bool] | None) -> Path:
    """Where the workspace goes: as told, else in a new folder beside the data, or here where that is not writable."""
    if write is not None:
        if write.exists() and (replace is None or not replace(write)):
            raise BadQuestion("try_exists", path=str(write))
        return write
    near = found.folder.parent if found.folder is not None else Path.cwd()
    # A folder that is marked read-only stays as it is, also for those whom the mark does not stop.
    writable = os.access(near, os.W_OK) and near.stat().st_mode & 0o222
    near = near if writable else Path.cwd()
    stem = re.sub(r"[^\w.-]+", "-", found.name) or "data"
    names = (f"{stem}-mainstay{'' if count == 1 else f'-{count}'}" for count in range(1, 1000))
    return next(near / name for name in names if not (near / name).exists()) / "workspace.toml"


def address(found: Source, path: Path) -> str:
    """The URL as the workspace has it: relative where the data lies beside it, so that both can move together."""
    scheme, _, place = found.url.partition(":")
    if found.folder is None:
        return found.url
    relative = os.path.relpath(place, path.resolve().parent)
    return f"{scheme}:{relative}" if Path(relative).parts.count("..") <= 1 else found.url


def assumptions(guess: Any, answered: dict[str, str], spoken: Language) -> Iterator[str]:
    """What was taken for granted, in sentences."""
    for note in [note for one in guess.tables for note in one.notes] + list(guess.notes):
        yield note_text(note, spoken)
    for ask in guess.asks:
        if ask.id not in answered:
            yield spoken.say("try_assumed", question=question_text(ask, spoken), choice=worded(ask.choices[0], spoken))
    if not guess.snapshot:
        yield spoken.say("try_note_zone")


def note_text(note: Note, spoken: Language) -> str:
    """One assumption."""
    return spoken.say(note.key, **{"dimension": "country", **note.values})


def question_text(ask: Any, spoken: Language) -> str:
    """A question of the guess in words."""
    return spoken.say(ask.key, **ask.values)


def answers(session: Session, guess: Any, ready: Sequence[str], spoken: Language) -> Iterator[tuple[str, Answer]]:
    """The most telling questions that the data allows, asked as a person would."""
    priceless = any(note.key == "try_note_no_price" for one in guess.tables for note in one.notes)
    wanted = [name for name in QUESTIONS if name in ready and not (priceless and name in MONEY)]
    given = 0
    for name in wanted:
        text = spoken.say(f"try_q_{name}")
        answer = session.service.ask(replace(session.question(text), id=""))  # of what is only tried nothing is kept
        if answer.error is None and any(row.get("value") is not None for one in answer.evidence for row in one.rows):
            yield text, answer
            given += 1
        if given == MOST_ANSWERED:
            return


def shown(guess: Any, spoken: Language) -> Iterator[str]:
    """The guess, a line for each table and its columns."""
    for one in guess.tables:
        yield spoken.say("try_table", table=one.table, sources=list(one.sources), sure=f"{one.confidence:.0%}")
        columns = [known for known in one.columns if known.source]
        if columns:
            yield "    " + ", ".join(
                spoken.say(
                    "try_column" if known.confidence >= 0.99 else "try_column_unsure",
                    column=known.column,
                    source=known.source,
                    sure=f"{known.confidence:.0%}",
                )
                for known in columns
            )
    if guess.unread:
        yield spoken.say("try_unread", tables=list(guess.unread))


def try_out(
    targets: Sequence[str],
    write: Path | None,
    as_of: datetime | None,
    language: str | None,
    *,
    ask: bool,
    as_json: bool,
) -> int:
    """The whole of it at a terminal; the exit code. Raises ForPerson."""
    if language is not None and language not in available():
        raise BadQuestion("unknown_language", name=language, near=list(available()))
    spoken = load(language or "en")
    located(targets)  # a wrong address, or one with a secret in it, is refused before it is shown
    asks = ask and not as_json and sys.stdin.isatty()
    if not as_json:
        out.print(escape(spoken.say("try_looking", place=", ".join(targets))))
    result = tried(
        targets,
        write,
        reply=asked if asks else None,
        replace=(lambda path: agreed(path, spoken)) if asks else None,
        seen=None if as_json else lambda guess: told(shown(guess, spoken)),
        language=language,
        as_of=as_of,
    )
    if as_json:
        show_json(result.document())
    else:
        told(summary(result))
        if result.answers:
            out.print(escape(spoken.say("try_answers")))
        for text, answer in result.answers:
            out.print(f"\n[bold green]> {escape(text)}[/bold green]")
            show(answer)
        told(["", spoken.say("try_next", path=shlex.quote(str(result.workspace)))])
    return 0


def told(lines: Iterable[str]) -> None:
    """Lines as they are."""
    for line in lines:
        out.print(escape(line))


def summary(result: Tried) -> Iterator[str]:
    """What was assumed and written, and what the check says in short."""
    say = result.language.say
    yield ""
    yield say("try_assumptions")
    yield from (f"  {text}" for text in result.assumed)
    yield say("try_written", path=result.workspace)
    yield ""
    report = result.report
    yield say("snapshot") if report.snapshot else say("check_as_of", day=report.as_of)
    for table in report.tables:
        span = say("check_span", first=table.first.date(), last=table.last.date()) if table.first and table.last else ""
        yield "  " + say("check_table", table=table.name, n=table.rows, span=span)
    yield say("check_oddities" if report.oddities else "check_no_oddities")
    for odd in sorted(report.oddities, key=lambda one: -one.count)[:MOST_ODDITIES]:
        yield "  " + odd_line(odd, result.language)
    yield ""
    if not result.ready:
        yield say("try_no_answers")


def asked(ask: Any, spoken: Language) -> str:
    """One question at the terminal; Enter takes the first choice."""
    out.print(f"[bold]{escape(question_text(ask, spoken))}[/bold]")
    for number, text in enumerate(ask.choices, 1):
        out.print(f"  {number}. {escape(worded(text, spoken))}")
    try:
        typed = input(spoken.say("try_pick")).strip()
    except EOFError:
        typed = ""
    picked = int(typed) if typed.isdigit() else 1
    return str(ask.choices[picked - 1 if 1 <= picked <= len(ask.choices) else 0])


def agreed(path: Path, spoken: Language) -> bool:
    """Whether a person lets a file be written over."""
    try:
        return input(spoken.say("try_overwrite", path=path)).strip().lower()[:1] in ("y", "o")
    except EOFError:
        return False
