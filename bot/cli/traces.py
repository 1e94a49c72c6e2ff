"""What is kept of people: audit, and forget."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Workspace, app
from bot.language import load
from bot.terminal import finished, opened, out, show_json, told
from bot.types import Place

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, itself inside.")]


@app.command()
def audit(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words of questions, or a day, a period, @somebody.")
    ] = None,
    since: Day = None,
    until: Day = None,
    who: Annotated[str | None, typer.Option(help="The id or the name of who asked.")] = None,
    metric: Annotated[str | None, typer.Option(help="A metric's id.")] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write all of them: rows where it ends in .csv, else a line of JSON each.")
    ] = None,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "admin",
    as_json: Json = False,
) -> None:
    """Show who asked what, and which numbers were shown."""

    def work() -> int:
        session = opened(workspace, as_of, role, Place.DM, language)
        question = session.question(" ".join(["audit", *(words or [])]))
        books = session.service.clerk.traces.audit
        days = since.date() if since else None, until.date() if until else None
        wanted = books.wanted(question, *days, who, metric)
        answer = session.service.clerk.audit(question, wanted)
        if answer.error is not None or not (export or as_json):
            return finished(answer, as_json=as_json)
        entries = books.entries(wanted, question.rights)
        if export is None:
            show_json({"entries": list(entries)})
            return 0
        many = books.export(entries, export)
        if as_json:
            show_json({"exported": many, "file": str(export)})
        else:
            out.print(escape(load(language or "en").say("audit_exported", n=many, file=str(export))))
        return 0

    told(work, language, as_json=as_json)


@app.command()
def forget(
    person: Annotated[str, typer.Argument(help="A Slack user id or an address; or a customer's or an account's id.")],
    confirm: Annotated[bool, typer.Option("--confirm", help="Do it; without this, tell what there is.")] = False,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "admin",
    as_json: Json = False,
) -> None:
    """Take a person out of all that is kept: tell what there is, and delete it once that is confirmed."""

    def work() -> int:
        from bot.wiring import slack_ids  # asked where there is a token, and an address to be looked up

        session = opened(workspace, as_of, role, Place.DM, language)
        typed = session.question(" ".join(["forget", person, *(["confirm"] if confirm else [])]))
        return finished(session.service.clerk.forget(typed, slack_ids), as_json=as_json)

    told(work, language, as_json=as_json)
