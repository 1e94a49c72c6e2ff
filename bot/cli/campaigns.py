"""Whole campaigns, planned in eight steps with a person; the state is kept, so that days may lie between two steps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.drafts import By
from bot.cli.options import DEFAULT, As, AsOf, Json, Spoken, Where, Workspace, app
from bot.language import load
from bot.terminal import finished, opened, told
from bot.types import Order, Place

campaigns = typer.Typer(help="Plan a whole campaign in eight steps, on your data; nothing is ever sent.")
app.add_typer(campaigns, name="campaign", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A campaign under way, as `campaign list` names it; the only one without.")]


def _told(
    text: str,
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
        return finished(session.service.clerk.campaign(session.question(text)), as_json=as_json)

    told(work, language, as_json=as_json)


@campaigns.command()
def start(
    name: Annotated[str, typer.Argument(help="onboarding, engagement, churn_prevention, win_back, ...")],
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Begin a campaign: its first step, with what the data says."""
    _told(f"campaign start {name}", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command()
def show(
    name: Name = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """The step at which a campaign stands, with the figures of now."""
    _told(f"campaign show {name}", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command("next")
def go_on(
    name: Name = "",
    answer: Annotated[str, typer.Argument(help="Your answer to the step; what is proposed without one.")] = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Answer the step at which a campaign stands, and see the next one."""
    _told(f"campaign next {name} {answer}", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command()
def back(
    name: Name = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Go back one step; what was answered since is kept."""
    _told(f"campaign back {name}", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command("list")
def listed(
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """The campaigns under way, and those that can be begun."""
    _told("campaign list", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command()
def drop(
    name: Name = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Give a campaign up."""
    _told(f"campaign drop {name}", workspace, as_of, language or "en", role, place, as_json=as_json)


@campaigns.command()
def approve(
    name: Name = "",
    by: By = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="Take on the checks that are held.")] = False,
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Approve all messages of a campaign: people and arms are frozen, with one holdout for all of them."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        spoken = load(language or "en")
        answer = session.service.clerk.walks.approve(session.question(""), name, by, spoken, confirmed=confirm)
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)


@campaigns.command()
def export(
    name: Name = "",
    to: Annotated[Path, typer.Option(help="The folder for the files; it is made.")] = Path("campaign"),
    esp: Annotated[str, typer.Option(help="The tool that sends; the one of the plan without it.")] = "",
    link: Annotated[str | None, typer.Option(help="Where {link} leads; https.")] = None,
    by: By = "",
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    language: Spoken = None,
    role: As = "marketer",
    place: Where = Place.DM,
    as_json: Json = False,
) -> None:
    """Write an approved campaign: its flow, an index, and each message for the tool that sends it."""

    def work() -> int:
        session = opened(workspace, as_of, role, place, language)
        order = Order("", to, esp, link, by)
        answer = session.service.clerk.walks.export(session.question(""), name, order, load(language or "en"))
        return finished(answer, as_json=as_json)

    told(work, language, as_json=as_json)
