"""What people asked the bot to learn, what they noted, and how they marked its answers: requests, note, feedback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Workspace, app
from bot.evaluation import question_of
from bot.language import load
from bot.terminal import finished, opened, out, show_json, told
from bot.types import Place


@app.command()
def requests(
    decision: Annotated[
        list[str] | None, typer.Argument(help="accept NAME or drop NAME, of what a word means.")
    ] = None,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "admin",
    as_json: Json = False,
) -> None:
    """List the metrics that people miss and what words mean to them; accept or drop a meaning."""

    def work() -> int:
        session = opened(workspace, as_of, role, Place.DM, language)
        return finished(
            session.service.clerk.requests(session.question(" ".join(["requests", *(decision or [])]))), as_json=as_json
        )

    told(work, language, as_json=as_json)


@app.command()
def feedback(
    export: Annotated[
        Path | None, typer.Option(help="Write each thumbs-down as a question for eval, its expect to be filled in.")
    ] = None,
    workspace: Workspace = DEFAULT,
    language: Spoken = None,
    role: As = "admin",
    as_json: Json = False,
) -> None:
    """Show how answers were marked in Slack, and make the bad ones a question set."""

    def work() -> int:
        session = opened(workspace, None, role, Place.DM, language)
        marks = session.service.marks(session.question("").rights)
        questions = [question_of(one) for one in marks if not one["up"]]
        if export is not None:
            export.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in questions), "utf-8")
        if as_json:
            show_json({"up": len(marks) - len(questions), "down": len(questions), "questions": questions})
            return 0
        spoken = load(language or "en")
        out.print(spoken.say("marks_counted", up=len(marks) - len(questions), down=len(questions)))
        for one in questions:
            why = spoken.say(f"slack_mark_{one['reason']}") if one["reason"] else ""
            out.print(escape(f"• {one['text']}: {' – '.join(filter(None, [why, one['words']]))}".rstrip(": ")))
        return 0

    told(work, language, as_json=as_json)


@app.command()
def note(
    words: Annotated[
        list[str] | None, typer.Argument(help="A day, what happened on it and, if only there, a country; or drop N.")
    ] = None,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    as_json: Json = False,
) -> None:
    """Note what happened on a day, as context for figures; alone, list the notes."""

    def work() -> int:
        session = opened(workspace, as_of, role, Place.DM, language)
        typed = session.question(" ".join(["note", *(words or [])]))
        return finished(session.service.clerk.note(typed), as_json=as_json)

    told(work, language, as_json=as_json)
