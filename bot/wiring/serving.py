"""What runs until it is told to end: the bot in Slack, in one workspace or several, and the tools for assistants."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BadWorkspace, ForPerson, Unavailable
from bot.language import load
from bot.language.refused import said
from bot.lent import Look
from bot.pictures import Painter
from bot.service import Service
from bot.settings import Environment, read_workspace
from bot.sources.role import role_note
from bot.types import Note, Place, Question, local_day
from bot.vitals import MEANINGS, Figures, Vitals
from bot.wiring.parts import assembled, lender_of, service_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from bot.slack import SlackBot


LOG = logging.getLogger(__name__)


def start_slack(workspace_path: Path, look: Look, ready: Callable[[], None]) -> int:
    """Connect to Slack and answer until the process ends; `look` reads what people lend, `ready` says it began.

    Raises BadWorkspace naming a missing token.
    """
    from bot.slack import open_bot  # the terminal's commands need no Slack

    environment = Environment()
    if environment.several:
        several(workspace_path, environment, look).start(ready)
        return 0
    if environment.slack_client_id or environment.slack_client_secret:
        raise BadWorkspace("slack_tokens_missing", gaps=(Note("gap_slack_oauth"),))
    bot_token, app_token = environment.slack_bot_token, environment.slack_app_token
    way_in = app_token or environment.slack_signing_secret
    missing = [
        Note(f"gap_{name}")
        for name, token in (("slack_bot_token", bot_token), ("slack_app_token", way_in))
        if not token
    ]
    if not bot_token or missing:
        raise BadWorkspace("slack_tokens_missing", gaps=tuple(missing))
    workspace = read_workspace(workspace_path)
    service = assembled(workspace, environment)
    service.check_defaults()
    _look_at_sets(service)
    _warmed(service)
    if note := role_note(service.company):
        LOG.warning(load("en").say(note.key, **note.values))
    figures = Figures(partial(_backlog, [service]))
    vitals = Vitals(
        ready={"records": lambda: service.records.backlog(service.now()), "data": lambda: service.company.version},
        returning=frozenset({"slack"}),
    )
    bot = open_bot(
        service,
        service.records,
        bot_token=bot_token,
        app_token=app_token,
        paths=_paths(vitals, figures) if environment.mainstay_listen else {},
        gauges=figures,
        signing_secret=environment.slack_signing_secret,
        listen=environment.listen,
        try_file=lender_of(service, workspace, environment.mainstay_home, look).take,
        draw=Painter().draw,
        api_url=environment.slack_api_url,
        language=service.company.definitions.language,
        rate=workspace.limits.settled(),
    )
    vitals.alive = {"work": bot.working, "slack": bot.transport.connected}
    bot.start(ready)
    return 0


def _look_at_sets(service: Service) -> None:
    """Opens each further data set; what is wrong with one is for whoever runs the bot, and the others go on."""
    words = load("en")
    for name in service.sets.names:
        try:
            service.sets.opened(name).check_defaults()
        except ForPerson as error:
            LOG.warning(words.say("data_set_wrong", name=name, why=said(words, error.key, error.values)))


def _warmed(service: Service) -> None:
    """What people are offered first, asked for nobody and to be forgotten."""
    from bot.slack.prompts import prompts

    language = load(service.company.definitions.language)
    (_, text), *_ = prompts(language)
    service.warm([Question(text, service.now(), service.policy.unnamed, Place.PUBLIC, language=language.code)])


def several(folder: Path, environment: Environment, look: Look) -> SlackBot:
    """The bot of several workspaces, each with its settings in a file of `folder` that is named by its team's id."""
    from bot.records import open_records, records_of
    from bot.slack.app import open_bots
    from bot.slack.desks import Furnished

    if not folder.is_dir():
        raise BadWorkspace("workspaces_no_folder", path=str(folder))
    records = open_records(environment.records_url)
    served: dict[str, Service] = {}

    def furnish(team: str) -> Furnished:
        file = folder / f"{team}.toml"
        if not re.fullmatch(r"[A-Z0-9]+", team) or not file.exists():
            raise BadWorkspace("slack_not_set_up", file=f"{team}.toml")
        workspace = read_workspace(file)
        own = environment.of_team(team, records_of(environment.records_url, team))
        service = assembled(workspace, own)
        service.check_defaults()
        _look_at_sets(service)
        if (before := served.get(team)) is not None:
            before.records.close()
        served[team] = service
        spoken, rate = service.company.definitions.language, workspace.limits.settled()
        take = lender_of(service, workspace, own.mainstay_home, look).take
        return Furnished(service, service.records, spoken, rate, take)

    installed = partial(records.installed.teams, environment.slack_client_id)

    def backlog() -> dict[str, float]:
        """Of where the app is installed now: nobody works off what the others have left."""
        there = installed()
        return _backlog(one for team, one in list(served.items()) if team in there)

    vitals, figures = Vitals({"records": installed}), Figures(backlog)
    bot = open_bots(
        records.installed,
        furnish,
        client_id=environment.slack_client_id,
        client_secret=environment.slack_client_secret,
        signing_secret=environment.slack_signing_secret,
        listen=environment.listen,
        paths=_paths(vitals, figures),
        gauges=figures,
        draw=Painter().draw,
        api_url=environment.slack_api_url,
    )
    vitals.alive = {"work": bot.working, "slack": bot.transport.connected}
    return bot


def _paths(vitals: Vitals, figures: Figures) -> Mapping[str, WSGIApplication]:
    return {"/health": vitals.health, "/ready": vitals.readiness, "/metrics": figures.page}


def _backlog(served: Iterable[Service]) -> dict[str, float]:
    """What waits, and what models have cost on this day of each company's, for the figures. Raises Unavailable."""
    figures = dict.fromkeys(MEANINGS, 0.0)
    for service in served:
        now = service.now()
        found = service.records.backlog(now)
        spent = service.records.spending.spent(local_day(now, service.company.definitions.zone))
        waits = (now - found.oldest).total_seconds() if found.oldest else 0.0
        figures["inbox_waiting"] += found.waiting
        figures["inbox_oldest_seconds"] = max(figures["inbox_oldest_seconds"], waits)
        figures["schedules_late"] += found.late
        figures["spent_tokens"] += spent.tokens
        figures["spent_money"] += spent.micros / 1e6
    return figures


def serve_mcp(workspace_path: Path, as_of: date | None, role: str) -> int:
    """Offer the tools to other assistants on standard input and output, with a role's rights, until it is closed.

    The rules engine answers: whoever calls is a model itself. Raises Unavailable where the protocol is not installed.
    """
    try:
        from bot.mcp import serve  # the other commands need no protocol
    except ModuleNotFoundError:
        raise Unavailable("mcp_missing", file="requirements/mcp.lock") from None
    service = service_of(workspace_path, as_of, "rules")
    serve(service, role, service.now if as_of is None else lambda: datetime.combine(as_of, time(12)))
    return 0
