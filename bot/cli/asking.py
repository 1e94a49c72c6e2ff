"""Questions, and what else is read from the same figures: ask, chat, metric, weekly, customer, plays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.options import DEFAULT, As, AsOf, Engine, Json, Spoken, Where, Workspace, app, chosen, pairs
from bot.documents import evidence_document, plain
from bot.errors import BadQuestion
from bot.language import load
from bot.terminal import (
    Session,
    Turn,
    batched,
    converse,
    failed,
    finished,
    gone_on,
    lines,
    metric_lines,
    opened,
    out,
    remember,
    remembered,
    show_json,
    show_table,
    told,
)
from bot.types import Intent, Place, Query


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
        before = remembered(thread)
        answer = session.service.ask(session.question(text or "", before))
        remember(thread, gone_on(answer, before, text or ""))
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
        converse(opened(workspace, as_of, role, place, language, engine), Turn())
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
            variant=tuple(sorted(pairs(variant or [], "variant"))),
            filters=chosen(where or []),
            by=tuple(by or ()),
        )
        found = session.service.measure(query, session.service.rights_of(role, place), session.now)
        if as_json:
            documents = [evidence_document(one) for one in found]
            show_json({**documents[0], "baseline": documents[1]} if len(documents) > 1 else documents[0])
        else:
            for one in found:
                show_table(one.columns, [plain(row) for row in one.rows])
            if confined := tuple((one.dimension, one.values) for one in found[0].rights):
                spoken = load(language or session.service.company.definitions.language)
                out.print(escape(spoken.say("confined", filters=confined)))
        return 0

    told(work, language, as_json=as_json)


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
    chapter: Annotated[str | None, typer.Option(help="List all plays of a chapter.")] = None,
    workspace: Workspace = DEFAULT,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Search the playbook, or list a chapter of it."""

    def work() -> int:
        session = opened(workspace, None, "analyst", Place.DM, language)
        if chapter is not None:
            chapters = session.service.playbook.chapters
            if chapter not in chapters:
                out.print(f"--chapter: {', '.join(chapters)}")
                return 2
            listed = chapters[chapter]
            rows = [{"id": one.id, "title": one.text(language or "en").title} for one in listed]
            if as_json:
                show_json({"plays": rows})
            else:
                show_table(("id", "title"), rows)
            return 0
        if batch is not None:
            for number, asked in lines(batch):
                if asked is None:
                    show_json(failed(number, BadQuestion("batch_line", n=number)))
                else:
                    found = session.service.plays(str(asked["text"]), language)
                    show_json({"id": asked.get("id", number), "plays": found})
            return 0
        found = session.service.plays(search or "", language)
        spoken = load(language or "en")
        if as_json:
            show_json({"plays": found})
        elif not found:
            out.print(spoken.say("advise_none"))
        for one in [] if as_json else found:
            mine = f" ({spoken.say('own_document')})" if one["own"] else ""
            where = f"[dim]{escape(one['id'])} {one['score']:.2f}{mine}[/dim]"
            out.print(f"[bold]{escape(one['title'])}[/bold] · {escape(one['section'])} {where}")
        return 0

    told(work, language, as_json=as_json)
