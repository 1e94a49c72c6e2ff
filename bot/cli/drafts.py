"""Messages that a person may send: prepared, decided on, exported, read out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import DEFAULT, As, AsOf, Engine, Json, Spoken, Where, Workspace, app, chosen
from bot.documents import draft_document
from bot.errors import BadQuestion
from bot.language import load
from bot.terminal import (
    finished,
    opened,
    show_json,
    told,
)
from bot.types import Deed, Intent, Order, Place, Query
from bot.types.sizes import LONGEST_TEXT

drafts = typer.Typer(help="Prepare a draft, decide on it, export it, and read what came of it; nothing is ever sent.")
app.add_typer(drafts, name="draft", invoke_without_command=True)

Id = Annotated[str, typer.Argument(help="A draft's id, as it was shown with it.")]
By = Annotated[str, typer.Option(help="The name of whoever decides.")]
Decider = Annotated[str, typer.Option("--as", help="The role whose rights hold: it must allow to approve.")]


@drafts.callback()
def draft(
    context: typer.Context,
    play: Annotated[str | None, typer.Option(help="A play's id.")] = None,
    draft_type: Annotated[str | None, typer.Option("--type", help="A draft type, DTnn, or a message of it.")] = None,
    segment: Annotated[str | None, typer.Option(help="A segment's id.")] = None,
    customer: Annotated[str | None, typer.Option(help="An account's id.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIM=VALUE; repeatable.")] = None,
    channel: Annotated[str | None, typer.Option(help="email, sms, push, in_app, letter, ...")] = None,
    text: Annotated[Path | None, typer.Option(help="Check a text of your own, from a file; draft nothing.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why --customer, and why now; draft nothing.")] = False,
    engine: Engine = "auto",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Prepare a draft for a segment or one customer; nothing is sent. `--language` is the reader's."""
    if context.invoked_subcommand is not None:
        return

    def work() -> int:
        session = opened(workspace, as_of, role, place, None, engine)
        if text is not None:
            question, spoken = replace(session.question(_text_of(text)), language=language), load(language or "en")
            return finished(session.service.check_text(question, draft_type, channel, spoken), as_json=as_json)
        if explain:
            spoken = load(language or "en")
            return finished(session.service.explain(session.question(""), customer, segment, spoken), as_json=as_json)
        query = Query(Intent.DRAFT, filters=chosen(where or []), subject=customer or segment, language=language)
        answer = session.service.draft(session.question(""), query, play, draft_type, channel)
        if as_json and answer.error is None:
            show_json({"drafts": [draft_document(one) for one in answer.drafts]})
            return 0
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@drafts.command("list")
def listed(
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """The drafts that were shown, and what became of each."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        answer = session.service.decided.listed(session.question(""), load(language or "en"))
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@drafts.command()
def approve(
    id: Id,
    by: By = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="Take on the checks that are held.")] = False,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: Decider = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Approve a draft: it is checked anew, its people and their arms are frozen, and its end date is set."""
    deed = Deed("approve", id, by, confirmed=confirm)
    _decide(deed, workspace, as_of, language, role, place, as_json=as_json)


@drafts.command()
def edit(
    id: Id,
    part: Annotated[str, typer.Option(help="subject, preheader or body.")],
    text: Annotated[str | None, typer.Option(help="The new text.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the new text.")] = None,
    variant: Annotated[str | None, typer.Option(help="A or B, where the part is what they differ in.")] = None,
    by: By = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: Decider = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Give a part of a draft a new text; all checks run again."""

    def work() -> int:
        new = text if text is not None else _text_of(file)
        deed = Deed("edit", id, by, part=part, text=new, variant=variant)
        session = opened(workspace, as_of, role, place, language)
        answer = session.service.decided.decide(session.question(""), deed, load(language or "en"))
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@drafts.command()
def reject(
    id: Id,
    reason: Annotated[str, typer.Option(help="Why; it is kept.")] = "",
    by: By = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: Decider = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Reject a draft for good, with a reason."""
    _decide(Deed("reject", id, by, reason=reason), workspace, as_of, language, role, place, as_json=as_json)


@drafts.command()
def snooze(
    id: Id,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it is shown again.")] = None,
    by: By = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: Decider = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Put a draft aside until a day."""
    deed = Deed("snooze", id, by, until=until.date() if until else None)
    _decide(deed, workspace, as_of, language, role, place, as_json=as_json)


@drafts.command()
def export(
    id: Id,
    to: Annotated[Path, typer.Option(help="The folder for the files; it is made.")],
    esp: Annotated[
        str, typer.Option(help="The tool that sends: customer_io, braze, …; neutral without one.")
    ] = "neutral",
    link: Annotated[str | None, typer.Option(help="Where {link} leads; https.")] = None,
    send_at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d %H:%M"], help="When it goes out, in the company's zone; else each at their time."
        ),
    ] = None,
    by: By = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: Decider = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Write an approved draft as files for the tool that sends it; nothing is sent."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        order = Order(id, to, esp, link, by, send_at)
        return finished(session.service.export(session.question(""), order, load(language or "en")), as_json=as_json)

    told(work, language, as_json=as_json)


@drafts.command("outcome")
def read_outcome(
    id: Annotated[str, typer.Argument(help="A campaign's id, of the data or approved here, or its draft's.")],
    metric: Annotated[str, typer.Option(help="retained, visit, conversion or spend.")] = "retained",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "analyst",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Read what a campaign came to: who was chosen, what was sent, what it caused, and what to try next."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        answer = session.service.outcome(session.question(""), id, metric, load(language or "en"))
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


def _decide(
    deed: Deed,
    workspace: Path,
    as_of: datetime | None,
    language: str | None,
    role: str,
    place: Place,
    *,
    as_json: bool,
) -> None:
    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        answer = session.service.decided.decide(session.question(""), deed, load(language or "en"))
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


def _text_of(file: Path | None) -> str:
    """The text of a file. Raises BadQuestion (`edit_needs_text`)."""
    if file is None:
        raise BadQuestion("edit_needs_text")
    try:
        text = file.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError):
        raise BadQuestion("edit_needs_text") from None
    if len(text) > LONGEST_TEXT:
        raise BadQuestion("text_too_long", n=len(text), most=LONGEST_TEXT)
    return text
