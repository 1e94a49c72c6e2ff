"""What the terminal's commands share: opening a session, showing answers, keeping a conversation."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import structlog
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.documents import answer_document, plain, query_document, query_from, stated_from
from bot.errors import BadQuestion, ForPerson
from bot.evaluation import ASKED, GRADES, Graded, counts, graded, table
from bot.language import available, detect, load
from bot.language.refused import said
from bot.memory import PASSING
from bot.progress import heard_by
from bot.service import Service
from bot.types import Answer, Meaning, Place, Query, Question, over

log = structlog.get_logger()
ENGINES = ("auto", "rules", "agent")
MANY = 10_000
"""From so many people on a step takes long enough to be told."""
MOST_BYTES = 50 * 2**20
"""Of a file of questions."""
out = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Turn:
    """What a conversation has come to: its subject, what words mean in it, its language, and what was asked last."""

    query: Query | None = None
    meanings: tuple[Meaning, ...] = ()
    language: str | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """One command's service and the options it was given."""

    service: Service
    now: datetime
    role: str
    place: Place
    language: str | None
    kept: bool = True
    """Whether what is asked goes into the audit."""

    def question(self, text: str, before: Turn | None = None) -> Question:
        before = before or Turn()
        spoken = detect(text, spoken=before.language) if before.language is not None else None
        return Question(
            text=text,
            now=self.now,
            rights=self.service.rights_of(self.role, self.place),
            place=self.place,
            language=self.language or spoken,
            previous=before.query,
            meanings=before.meanings,
            said=before.said,
            id=f"terminal/{uuid.uuid4().hex}" if self.kept else "",
        )


def opened(
    workspace: Path,
    as_of: datetime | None,
    role: str,
    place: Place,
    language: str | None,
    engine: str = "auto",
    *,
    graded: bool = False,
    apart: bool = False,
) -> Session:
    """Open the workspace, `graded` and `apart` as `service_of` has them; raises ForPerson."""
    from bot.wiring import service_of  # the data and the model are only loaded by commands that need them

    if engine not in ENGINES:
        raise BadQuestion("unknown_engine", name=engine, near=list(ENGINES))
    if language is not None and language not in available():
        raise BadQuestion("unknown_language", name=language, near=list(available()))
    service = service_of(workspace, as_of.date() if as_of else None, engine, graded=graded, apart=apart)
    now = datetime.combine(as_of.date(), time(12)) if as_of else datetime.now(UTC).replace(tzinfo=None)
    return Session(service, now, role, place, language, kept=not graded)


def told(work: Callable[[], int], language: str | None, *, as_json: bool) -> None:
    """Run a command; what a person must be told is a sentence, or an `error` object, and exit code 2.

    Steps that many people make long are told on stderr meanwhile.
    """
    spoken = load(language if language in available() else "en")
    beside = Console(stderr=True, highlight=False, soft_wrap=True)

    def progress(step: str, done: int, many: int) -> None:
        if many >= MANY:
            beside.print(escape(spoken.say(step, done=done, many=many)))

    try:
        with heard_by(progress):
            code = work()
    except ForPerson as error:
        message = said(spoken, error.key, error.values)
        if as_json:
            show_json({"error": {"key": error.key, "message": message}})
        else:
            beside.print(escape(message))
        code = 2
    except Exception:
        log.exception("command failed")
        message = load("en").say("our_fault")
        if as_json:
            show_json({"error": {"key": "our_fault", "message": message}})
        else:
            beside.print(escape(message))
        code = 1
    raise typer.Exit(code)


def metric_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """One metric of `metric --list`: what it means, how it counts, what it takes, and whether the data allows it."""
    good = {"up": "higher is better", "down": "lower is better", "context": "neither way is good by itself"}
    yield f"[bold]{row['name']}[/bold] [dim]{row['unit']}, {good[row['good']]}[/dim]"
    yield f"  {escape(row['summary'])}"
    yield f"  [dim]= {escape(row['formula'])}[/dim]"
    for name, values in row["variants"].items():
        yield f"  [dim]{name}: {escape(' | '.join(values))}[/dim]"
    if row["by"]:
        yield f"  [dim]by: {', '.join(row['by'])}[/dim]"
    if row["companions"]:
        yield f"  [dim]beside it: {', '.join(row['companions'])}[/dim]"
    if row["missing"]:
        instead = f"; instead: {', '.join(row['instead'])}" if row["instead"] else ""
        yield f"  [red]lacks {escape(', '.join(row['missing']))}{instead}[/red]"


def show_json(document: Any) -> None:
    """One document, on one line of stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def show(answer: Answer) -> None:
    """An answer as a person reads it: prose, then what it stands on, small."""
    out.print(escape(answer.text))
    if answer.clarify:
        for number, choice in enumerate(answer.clarify.choices, 1):
            out.print(f"  {number}. {escape(choice.label)}")
    for caveat in answer.caveats:
        out.print(f"[dim]{escape(caveat)}[/dim]")
    if answer.follow_ups:
        out.print(f"[cyan]→ {escape('   → '.join(answer.follow_ups))}[/cyan]")


def finished(answer: Answer, *, as_json: bool) -> int:
    """Print an answer; the exit code it stands for."""
    if as_json:
        show_json(answer_document(answer))
    else:
        show(answer)
    if answer.error is None:
        return 0
    return 1 if answer.error.key == "our_fault" else 2


def remembered(path: Path | None) -> Turn:
    """What a conversation file has come to."""
    if path is None or not path.exists():
        return Turn()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        query, meant = kept["query"], [Meaning.of(one) for one in kept.get("meanings", ())]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadQuestion("thread_unreadable", path=str(path)) from None
    subject = query_from(query) if query else None
    return Turn(subject, tuple(filter(None, meant)), kept.get("language"), tuple(kept.get("said", ())))


def remember(path: Path | None, turn: Turn) -> None:
    """Keep what a follow-up will refer to."""
    if path is not None:
        query = query_document(turn.query) if turn.query else None
        meanings = [one.text for one in turn.meanings]
        document = {"query": query, "meanings": meanings, "language": turn.language, "said": list(turn.said)}
        path.write_text(json.dumps(document), encoding="utf-8")


def gone_on(answer: Answer, before: Turn, text: str) -> Turn:
    """What a follow-up will refer to: the answer's last Query, unless it changed no subject, what words mean, the
    language, and the text that was answered."""
    query = next((query for query in reversed(answer.queries) if query.intent not in PASSING), before.query)
    return Turn(query, over(before.meanings, answer.meanings), answer.language, (text,))


def lines(batch: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """(number, object) of each line of a file of JSON lines; None where a line is none."""
    try:
        if batch.stat().st_size > MOST_BYTES:
            raise BadQuestion("batch_too_large", path=str(batch), most=MOST_BYTES // 2**20)
        texts = batch.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadQuestion("batch_unreadable", path=str(batch)) from None
    for number, text in enumerate(texts, 1):
        if text.strip():
            try:
                found = json.loads(text)
            except ValueError:
                found = None
            yield number, found if isinstance(found, dict) and _askable(found) else None


def _askable(line: Mapping[str, Any]) -> bool:
    """Whether it has a text, and earlier ones where it has a thread."""
    thread = line.get("thread") or []
    return isinstance(thread, list) and all(isinstance(one, str) for one in (line.get("text"), *thread))


def failed(id: Any, error: ForPerson) -> dict[str, Any]:
    """The document of a line that could not be served."""
    return {"id": id, "error": {"key": error.key, "message": said(load("en"), error.key, error.values)}}


def batched(
    session: Session, batch: Path, workspace: Path, engine: str, *, graded: bool = False
) -> Iterator[dict[str, Any]]:
    """One answer document a line, in one process; `as_of` and `thread` (earlier texts) are optional."""
    sessions: dict[str | None, Session] = {None: session}
    for number, asked in lines(batch):
        if asked is None:
            yield failed(number, BadQuestion("batch_line", n=number))
            continue
        id, day = asked.get("id", number), asked.get("as_of")
        try:
            if day not in sessions:
                options = session.role, session.place, session.language, engine
                sessions[day] = opened(workspace, _day(day), *options, graded=graded)
            yield {"id": id, **_conversation(sessions[day], [*(asked.get("thread") or []), asked["text"]])}
        except ForPerson as error:
            yield failed(id, error)


def founded(session: Session, file: Path) -> Iterator[dict[str, Any]]:
    """Whether each text of a file says only what its evidence holds; `language` is optional."""
    for number, asked in lines(file):
        if asked is None or not isinstance(asked.get("evidence"), list):
            yield failed(number, BadQuestion("ground_line", n=number))
            continue
        id, code = asked.get("id", number), asked.get("language")
        try:
            evidence = [stated_from(one) for one in asked["evidence"]]
            spoken = load(code) if code in available() else None
            faults = session.service.unfounded(asked["text"], evidence, spoken)
            yield {"id": id, "grounded": not faults, "faults": [plain(one) for one in faults]}
        except ForPerson as error:
            yield failed(id, error)


def evaluated(session: Session, file: Path, workspace: Path, engine: str) -> list[Graded]:
    """The grades of the answers to a question set. Raises BadQuestion (`batch_line`, `eval_unfilled`)
    for a line that is none of it, or that expects nothing yet."""
    asked = []
    for number, one in lines(file):
        if one is None or not one.keys() >= ASKED:
            raise BadQuestion("batch_line", n=number)
        asked.append(one)
    if unfilled := [str(one["id"]) for one in asked if not isinstance(one["expect"], Mapping)]:
        raise BadQuestion("eval_unfilled", ids=unfilled)
    answers = batched(session, file, workspace, engine, graded=True)
    return [graded(one, answer) for one, answer in zip(asked, answers, strict=True)]


def show_grades(results: list[Graded]) -> None:
    """The score by language, by intent and by who answered, and each question that was not answered right."""
    columns = ("group", *GRADES, "of")
    rows = [
        *table(results, lambda one: one.language),
        *table(results, lambda one: one.intent),
        *table(results, lambda one: one.engine),
        {"group": "all", **counts(results)},
    ]
    show_table(columns, rows)
    for one in results:
        if one.faults:
            out.print(f"[bold]{one.grade}[/bold] {escape(one.id)} [dim]{one.intent}[/dim] {escape(one.text)}")
            for fault in one.faults:
                out.print(f"    [dim]{escape(fault)}[/dim]")


def show_moves(moves: Sequence[tuple[Graded, str]]) -> None:
    """Each question whose grade is another than it was."""
    for one, before in moves:
        out.print(f"{before} → [bold]{one.grade}[/bold] {escape(one.id)}")


def _day(text: Any) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time())
    except (ValueError, TypeError):
        raise BadQuestion("unknown_period", text=str(text)) from None


def _conversation(session: Session, texts: list[str]) -> dict[str, Any]:
    """The last text's answer, after the earlier ones were said in the same thread."""
    turn = Turn()
    answer: Answer | None = None
    for text in texts:
        answer = session.service.ask(session.question(text, turn))
        turn = gone_on(answer, turn, text)
    assert answer is not None  # there is at least the question itself
    return answer_document(answer)


def converse(session: Session, turn: Turn) -> None:
    """Ask and answer until an empty line or the end of the input."""
    while text := _line():
        answer = session.service.ask(session.question(text, turn))
        show(answer)
        if answer.clarify:
            picked = _picked(answer)
            if picked is not None:
                answer = session.service.choose(session.question(text, turn), picked)
                show(answer)
        turn = gone_on(answer, turn, text)
        out.print()


def _line() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


def _picked(answer: Answer) -> dict[str, Any] | None:
    """The query document of the choice a person typed the number of."""
    document = answer_document(answer)["clarify"]
    number = _line()
    if number.isdigit() and 1 <= int(number) <= len(document["choices"]):
        chosen: dict[str, Any] = document["choices"][int(number) - 1]["query"]
        return chosen
    return None


def show_table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Rows as a table of the terminal."""
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if row[column] is None else escape(str(row[column])) for column in columns))
    out.print(table)
