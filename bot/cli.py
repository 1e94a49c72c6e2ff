"""The same bot in a terminal: a stable contract for people and scripts.

`--json` prints one JSON document on stdout (logs go to stderr). Exit 0 when answered, 2 for a
question or input that cannot be served (with a sentence), 1 only for our own faults.
"""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import sys
import threading
import webbrowser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.markup import escape

from bot.documents import draft_document, evidence_document, plain
from bot.errors import BadQuestion
from bot.evaluation import counts
from bot.health import health_lines
from bot.language import load
from bot.terminal import (
    Session,
    batched,
    converse,
    evaluated,
    failed,
    finished,
    founded,
    lines,
    metric_lines,
    opened,
    out,
    remember,
    remembered,
    show_grades,
    show_json,
    show_table,
    told,
)
from bot.types import Filters, Intent, Place, Query, filters

app = typer.Typer(add_completion=False, help=__doc__, rich_markup_mode=None, pretty_exceptions_enable=False)

Workspace = Annotated[Path, typer.Option(help="The workspace file.")]
AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day questions are asked on.")]
Spoken = Annotated[str | None, typer.Option(help="The language of the answer: en, es, fr, pl.")]
Engine = Annotated[str, typer.Option(help="auto, rules or agent.")]
As = Annotated[str, typer.Option("--as", help="The role whose rights hold.")]
Where = Annotated[Place, typer.Option(help="Where the answer will be read.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DEFAULT = Path("workspace.toml")


@app.callback(invoke_without_command=True)
def start(context: typer.Context, workspace: Workspace = DEFAULT) -> None:
    """Without a command: start the Slack bot."""
    if context.invoked_subcommand is None:
        from bot.dropped import dropped
        from bot.wiring import start_slack

        told(lambda: start_slack(workspace, dropped), None, as_json=False)


@app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    thread: Annotated[Path | None, typer.Option(help="A file that keeps the conversation.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines {id, text, thread?, as_of?}.")] = None,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    engine: Engine = "auto",
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Answer one question, or a file of them."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language, engine)
        if batch is not None:
            for document in batched(session, batch, workspace, engine):
                show_json(document)
            return 0
        previous = remembered(thread)
        answer = session.service.ask(session.question(text or "", previous))
        remember(thread, answer, previous)
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@app.command()
def chat(
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    engine: Engine = "auto",
    role: As = "analyst",
    place: Where = Place.DM,
) -> None:
    """A conversation; an empty line ends it."""

    def work() -> int:
        converse(opened(workspace, as_of, role, place, language, engine), None)
        return 0

    told(work, language, as_json=False)


@app.command()
def metric(
    name: Annotated[str | None, typer.Argument(help="The metric's id.")] = None,
    period: Annotated[str | None, typer.Option(help="2026-10, 2026-Q3, 2026-07-01..2026-09-30, last-30-days.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="A dimension to break down by; repeatable.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIM=VALUE; repeatable.")] = None,
    compare: Annotated[str, typer.Option(help="previous, last-year or none.")] = "none",
    variant: Annotated[list[str] | None, typer.Option(help="KEY=VALUE; repeatable.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="All metrics.")] = False,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Measure one metric; `--list` names them all."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        if listed:
            return _listed(session, as_json=as_json)
        if compare not in ("none", "previous", "last-year"):
            raise BadQuestion("unknown_comparison", name=compare, near=["previous", "last-year", "none"])
        query = Query(
            Intent.VALUE,
            name,
            session.service.window(period, session.now) if period else None,
            None if compare == "none" else "last_year" if compare == "last-year" else "previous",
            variant=tuple(sorted(_pairs(variant or [], "variant"))),
            filters=_filters(where or []),
            by=tuple(by or ()),
        )
        found = session.service.measure(query, session.service.rights_of(role, place), session.now)
        if as_json:
            documents = [evidence_document(one) for one in found]
            show_json({**documents[0], "baseline": documents[1]} if len(documents) > 1 else documents[0])
        else:
            for one in found:
                show_table(one.columns, [plain(row) for row in one.rows])
        return 0

    told(work, language, as_json=as_json)


def _pairs(texts: list[str], option: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        key, sign, value = text.partition("=")
        if not (key and sign and value):
            raise BadQuestion("bad_pair", option=option, text=text)
        yield key, value


def _filters(texts: list[str]) -> Filters:
    found: dict[str, list[str]] = {}
    for dimension, value in _pairs(texts, "where"):
        found.setdefault(dimension, []).extend(value.split(","))
    return filters(found)


def _listed(session: Session, *, as_json: bool) -> int:
    rows = session.service.catalogue()
    if as_json:
        show_json({"metrics": rows})
    else:
        for row in rows:
            for line in metric_lines(row):
                out.print(line)
    return 0


@app.command()
def weekly(
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """The weekly summary."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        return finished(session.service.weekly(session.question("")), as_json=as_json)

    told(work, language, as_json=as_json)


@app.command()
def draft(
    play: Annotated[str | None, typer.Option(help="A play's id.")] = None,
    draft_type: Annotated[str | None, typer.Option("--type", help="A draft type, DTnn.")] = None,
    segment: Annotated[str | None, typer.Option(help="A segment's id.")] = None,
    customer: Annotated[str | None, typer.Option(help="An account's id.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIM=VALUE; repeatable.")] = None,
    channel: Annotated[str, typer.Option(help="email.")] = "email",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Prepare a draft for a segment or one customer; nothing is sent. `--language` is the reader's."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, None)
        query = Query(Intent.DRAFT, filters=_filters(where or []), subject=customer or segment, language=language)
        answer = session.service.draft(session.question(""), query, play, draft_type, channel)
        if as_json and answer.error is None:
            show_json({"drafts": [draft_document(one) for one in answer.drafts]})
            return 0
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@app.command()
def customer(
    account: Annotated[str, typer.Argument(help="An account's id, or its name.")],
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """One account on one screen."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        return finished(session.service.profile(session.question(""), account), as_json=as_json)

    told(work, language, as_json=as_json)


@app.command()
def plays(
    search: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines {id, text}.")] = None,
    workspace: Workspace = DEFAULT,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Search the playbook."""

    def work() -> int:
        session = opened(workspace, None, "analyst", Place.DM, language)
        if batch is not None:
            for number, asked in lines(batch):
                if asked is None:
                    show_json(failed(number, BadQuestion("batch_line", n=number)))
                else:
                    found = session.service.plays(str(asked["text"]), language)
                    show_json({"id": asked.get("id", number), "plays": found})
            return 0
        found = session.service.plays(search or "", language)
        if as_json:
            show_json({"plays": found})
        elif not found:
            out.print(load(language or "en").say("advise_none"))
        for one in [] if as_json else found:
            where = f"[dim]{one['id']} {one['score']:.2f}[/dim]"
            out.print(f"[bold]{escape(one['title'])}[/bold] · {escape(one['section'])} {where}")
        return 0

    told(work, language, as_json=as_json)


@app.command()
def check(workspace: Workspace = DEFAULT, as_of: AsOf = None, language: Spoken = None, as_json: Json = False) -> None:
    """Look at the data: what is mapped, what is odd, which metrics it allows."""

    def work() -> int:
        session = opened(workspace, as_of, "analyst", Place.DM, language)
        report, usage = session.service.check(session.now), session.service.usage(session.now)
        if as_json:
            show_json({**plain(report), "usage": plain(usage), "metrics": session.service.catalogue()})
        else:
            for line in health_lines(report, session.service.catalogue(), load(language or "en"), usage):
                out.print(escape(line))
        return 0

    told(work, language, as_json=as_json)


@app.command("try")
def try_files(
    targets: Annotated[list[str], typer.Argument(help="Files of one folder, a folder, or a database URL.")],
    write: Annotated[Path | None, typer.Option(help="The workspace file to write.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take the likeliest.")] = False,
    as_of: AsOf = None,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Look at your own data, guess its mapping, write a workspace, check it, and answer what it allows."""

    def work() -> int:
        from bot.trying import try_out

        return try_out(targets, write, as_of, language, ask=not yes, as_json=as_json)

    told(work, language, as_json=as_json)


@app.command()
def index(workspace: Workspace = DEFAULT) -> None:
    """Build the playbook index."""

    def work() -> int:
        opened(workspace, None, "analyst", Place.DM, None).service.playbook.build()
        return 0

    told(work, None, as_json=False)


@app.command()
def ground(
    file: Annotated[Path, typer.Argument(help="JSON lines {id, text, evidence}.")],
    workspace: Workspace = DEFAULT,
) -> None:
    """Check that texts say only what their evidence holds: figures, periods, groups, directions, deeds."""

    def work() -> int:
        for document in founded(opened(workspace, None, "analyst", Place.DM, None), file):
            show_json(document)
        return 0

    told(work, None, as_json=False)


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines {id, language, intent, text, thread?, as_of?, expect}.")],
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    engine: Engine = "auto",
    as_json: Json = False,
) -> None:
    """Grade the answers to a set of questions, by meaning and numbers."""

    def work() -> int:
        results = list(evaluated(opened(workspace, as_of, "analyst", Place.DM, None, engine), file, workspace, engine))
        if as_json:
            show_json({"score": counts(results), "questions": [plain(one) for one in results]})
        else:
            show_grades(results)
        return 0

    told(work, None, as_json=as_json)


@app.command()
def demo(workspace: Workspace = DEFAULT) -> None:
    """One conversation with the demo company, then yours."""

    def work() -> int:
        from bot.tour import tour

        return tour(opened(workspace, None, "analyst", Place.DM, None))

    told(work, None, as_json=False)


@app.command()
def play(
    port: Annotated[int, typer.Option(help="Where on 127.0.0.1 its page is; 0 takes a free port.")] = 8765,
    shown: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    workspace: Workspace = DEFAULT,
) -> None:
    """A small Slack on this machine with the bot in it, until Ctrl-C."""

    def work() -> int:
        from bot.dropped import dropped
        from bot.wiring import playing

        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.default_int_handler)  # also where the shell that started it ignores them
        words = load("en")
        out.print(words.say("play_starting"))
        with contextlib.suppress(KeyboardInterrupt), playing(workspace, port, dropped) as url:
            out.print(words.say("play_ready", url=url))
            if shown:
                webbrowser.open(url)
            threading.Event().wait()
        return 0

    told(work, None, as_json=False)


@app.command()
def manifest() -> None:
    """Print the Slack app manifest."""
    from bot.wiring import manifest as printed

    sys.stdout.write(json.dumps(printed(), indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    """Run the command line; logs go to stderr, so that stdout stays for answers."""
    structlog.configure(
        # Tracebacks without local variables: those hold customers' data.
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app()
