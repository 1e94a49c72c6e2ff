"""What is known of the data, and of all else that a start needs: check, doctor, try, index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.options import DEFAULT, AsOf, Json, Spoken, Workspace, app
from bot.documents import plain
from bot.health import health_lines, set_lines
from bot.language import load
from bot.language.refused import said
from bot.terminal import (
    opened,
    out,
    show_json,
    told,
)
from bot.types import Place


@app.command()
def check(workspace: Workspace = DEFAULT, as_of: AsOf = None, language: Spoken = None, as_json: Json = False) -> None:
    """Look at the data: what is mapped, what is odd, which metrics it allows."""

    def work() -> int:
        session = opened(workspace, as_of, "analyst", Place.DM, language)
        report, usage = session.service.check(session.now), session.service.usage(session.now)
        documents, added = session.service.clerk.told_of_documents(), session.service.own(session.now)
        metrics = session.service.catalogue()
        if as_json:
            own = [[{"key": one.key, **plain(one.values)} for one in some] for some in (documents, added)]
            show_json(
                {
                    **plain(report),
                    "usage": plain(usage),
                    "documents": own[0],
                    "own": own[1],
                    "metrics": metrics,
                    "sets": {
                        name: {"key": one.key, **plain(one.values)}
                        for name, one in session.service.sets.checked(session.now)
                    },
                }
            )
        else:
            spoken, sets = load(language or "en"), session.service.sets.checked(session.now)
            for line in (
                *health_lines(report, metrics, spoken, usage, documents, added),
                *set_lines(sets, spoken),
            ):
                out.print(escape(line))
        return 0

    told(work, language, as_json=as_json)


@app.command()
def doctor(workspace: Workspace = DEFAULT, language: Spoken = None, as_json: Json = False) -> None:
    """Look whether everything that a start needs is there: one line each, with what would mend it."""

    def work() -> int:
        from bot.doctor import MARKS, looked_at

        spoken = load(language or "en")
        lines = []
        for line in looked_at(workspace, lambda: opened(workspace, None, "analyst", Place.DM, language)):
            told_of = said(spoken, line.key, line.values)
            lines.append({"part": line.part, "state": line.state, "message": told_of})
            if not as_json:
                out.print(escape(f"{MARKS[line.state]} {told_of}"))
        if as_json:
            show_json({"lines": lines})
        return 2 if any(line["state"] == "wrong" for line in lines) else 0

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
