"""What to be told of unasked: the alerts, and what they would say today."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Where, Workspace, app
from bot.terminal import finished, opened, told
from bot.types import Place


@app.command()
def alerts(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="list, add WORDS, add usual, delete N, snooze N [UNTIL], accounts, not-a-risk ID; else: today."
        ),
    ] = None,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Show what the alerts say today (without any, of what is worth watching anywhere), or change them."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        question = session.question(" ".join(["alerts", *(words or ["today"])]))
        return finished(session.service.clerk.alert(question), as_json=as_json)

    told(work, language, as_json=as_json)
