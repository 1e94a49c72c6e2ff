"""A local Slack with the bot in it, and people in their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.errors import Unavailable
from bot.language import load
from bot.lent import Look
from bot.pictures import Painter
from bot.settings import AccessSection, ChannelSection, Environment, RoleSection, Workspace, read_workspace
from bot.wiring.parts import assembled, lender_of
from bot.wiring.reaching import manifest

if TYPE_CHECKING:
    from bot.playground import Slack


PLAYERS: Mapping[str, Mapping[str, Any]] = {
    "marketer": {"name": "Nora Lind", "title": "Marketer"},
    "analyst": {"name": "Adam Okafor", "title": "Analyst"},
    "admin": {"name": "Ines Duarte", "title": "Admin"},
    "": {"name": "Gus Weber", "title": "Guest from an agency", "guest": "multi"},
}
"""Role → who has it in the playground; the guest has none."""
PATIENCE_SECONDS = 60.0


@contextmanager
def playing(workspace_path: Path, port: int, look: Look) -> Iterator[str]:
    """A local Slack with the bot in it, connected as to the real one; gives the address of its page.

    It opens on the weekly summary, asked for when it starts. What is kept is forgotten at the end. Raises
    Unavailable for a port that is taken.
    """
    from bot.playground import Slack  # the other commands need neither of them
    from bot.slack import open_bot

    workspace = read_workspace(workspace_path)
    with ExitStack() as stack:
        try:
            slack = stack.enter_context(Slack(manifest(), port=port))
        except OSError as error:
            raise Unavailable("play_port_taken", port=port) from error
        people = {role: slack.person(**one) for role, one in PLAYERS.items()}
        channel = slack.channel("retention", members=people.values())
        slack.channel("marketing-leads", "private", [people["marketer"], people["analyst"]])
        for person in people.values():
            slack.direct(person)
        folder = stack.enter_context(TemporaryDirectory(prefix="mainstay-play-"))
        environment = Environment(mainstay_records=f"sqlite:///{folder}/records.sqlite")
        played = workspace.model_copy(update={"access": _played(workspace, people, channel)})
        service = assembled(played, environment, home=Path(folder))
        language = service.company.definitions.language
        records = stack.enter_context(service.records)
        bot = open_bot(
            service,
            records,
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            try_file=lender_of(service, workspace, Path(folder), look).take,
            draw=Painter().draw,
            api_url=slack.api_url,
            language=language,
            rate=workspace.limits.settled(),
        )
        stack.enter_context(bot)
        _filled(slack, people, channel, language)
        yield slack.url


def _played(workspace: Workspace, people: Mapping[str, str], channel: str) -> AccessSection:
    """The workspace's own access, with the players in their roles and a channel in which drafts may be shown."""
    access = workspace.access
    roles = dict(access.roles)
    for role in filter(None, people):
        own = roles.get(role, RoleSection())
        roles[role] = own.model_copy(update={"members": [*own.members, people[role]]})
    channels = {**access.channels, channel: ChannelSection(role="marketer")}
    return access.model_copy(update={"roles": roles, "channels": channels, "home": []})


def _filled(slack: Slack, people: Mapping[str, str], channel: str, language: str) -> None:
    """Asks why churn changed and for the week, and opens the page on the week, with questions to click on."""
    from bot.playground import Opening
    from bot.slack.prompts import prompts

    questions = prompts(load(language))
    slack.wait_for(lambda: slack.connections, PATIENCE_SECONDS)
    asked = (("marketer", "slack_prompt_why"), ("analyst", "slack_prompt_weekly"))
    for number, (role, question) in enumerate(asked, 1):
        root = slack.mention(people[role], channel, load(language).say(question))
        slack.wait_for(partial(_answered, slack, channel, number), PATIENCE_SECONDS)
    starters = tuple({"title": title, "text": text} for title, text in questions)
    slack.open_page_on(Opening(people["marketer"], channel, root, starters))


def _answered(slack: Slack, channel: str, number: int) -> bool:
    """Whether so many answers stand there; what only shows its tasks yet has no text."""
    return sum(bool(message["text"]) for message in slack.messages(channel, by_app=True)) >= number
