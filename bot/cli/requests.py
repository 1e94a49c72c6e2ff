"""What people asked the bot to learn: requests."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Workspace, app
from bot.terminal import finished, opened, told
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
            session.service.requests(session.question(" ".join(["requests", *(decision or [])]))), as_json=as_json
        )

    told(work, language, as_json=as_json)
