"""Messages that a person may send."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Where, Workspace, app, chosen
from bot.documents import draft_document
from bot.terminal import (
    finished,
    opened,
    show_json,
    told,
)
from bot.types import Intent, Place, Query


@app.command()
def draft(
    play: Annotated[str | None, typer.Option(help="A play's id.")] = None,
    draft_type: Annotated[str | None, typer.Option("--type", help="A draft type, DTnn, or a message of it.")] = None,
    segment: Annotated[str | None, typer.Option(help="A segment's id.")] = None,
    customer: Annotated[str | None, typer.Option(help="An account's id.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIM=VALUE; repeatable.")] = None,
    channel: Annotated[str | None, typer.Option(help="email, sms, push, in_app, letter, ...")] = None,
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
        query = Query(Intent.DRAFT, filters=chosen(where or []), subject=customer or segment, language=language)
        answer = session.service.draft(session.question(""), query, play, draft_type, channel)
        if as_json and answer.error is None:
            show_json({"drafts": [draft_document(one) for one in answer.drafts]})
            return 0
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)
