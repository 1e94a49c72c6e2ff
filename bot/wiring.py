"""The only place that picks real parts: settings in, a Service out."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bot.access import RoleRule, make_policy
from bot.drafting import Brand, load_handbook
from bot.engines.agent.prompts import prompts
from bot.engines.answers.defaults import gaps
from bot.errors import BadQuestion, BadWorkspace, Unavailable
from bot.language import available, detect, load
from bot.models.embedding import EndpointEncoder, SentenceEncoder
from bot.pictures import Painter
from bot.playbook import Documents, Playbook
from bot.service import Service
from bot.settings import ROOT, AccessSection, ChannelSection, Environment, RoleSection, Workspace, read_workspace
from bot.sources import Company, TableMap, open_company
from bot.sources.connection import connect
from bot.sources.guess import Looked
from bot.sources.role import role_note
from bot.types import Endpoint, Limits, Note, local_day
from bot.vitals import Figures, Vitals

if TYPE_CHECKING:
    from bot.engines.agent.loop import Agent
    from bot.playground import Slack
    from bot.slack.ports import TryFile

LOG = logging.getLogger(__name__)
PLAYERS: Mapping[str, Mapping[str, Any]] = {
    "marketer": {"name": "Nora Lind", "title": "Marketer"},
    "analyst": {"name": "Adam Okafor", "title": "Analyst"},
    "admin": {"name": "Ines Duarte", "title": "Admin"},
    "": {"name": "Gus Weber", "title": "Guest from an agency", "guest": "multi"},
}
"""Role → who has it in the playground; the guest has none."""
PATIENCE_SECONDS = 60.0
DOCUMENTS = "documents"
"""The folder of what people upload, in that of what the bot makes."""

if TYPE_CHECKING:
    from bot.records import Records, Saved


def company_of(workspace: Workspace, as_of: date | None = None) -> Company:
    """The company's data as the workspace maps it; `as_of` overrides the file's own."""
    tables = {
        name: TableMap(select=one.select, table=one.table or one.file, columns=one.columns)
        for name, one in workspace.data.tables.items()
    }
    return open_company(workspace.data.url, tables, workspace.base, workspace.settled(), as_of or workspace.data.as_of)


def look_at(url: str, base: Path, only: frozenset[str] | None = None) -> Looked:
    """A source nobody has mapped yet, looked at; `only` names the tables meant. Raises ForPerson."""
    return Looked(connect(url, base), only)


def service_of(
    workspace_path: Path, as_of: date | None = None, engine: str = "auto", *, graded: bool = False
) -> Service:
    """Everything a surface needs, made from one workspace file and the environment; parts open when used.

    The agent answers where the environment names a model, unless `engine` is "rules"; BadQuestion for "agent" where
    it names none. `graded`: for an evaluation, which neither learns from what people taught the bot nor keeps
    anything, and in which a day has no limits: a budget used up would grade the rules engine in the agent's name.
    """
    return _assembled(read_workspace(workspace_path), Environment(), as_of, engine, graded=graded)


def _assembled(
    workspace: Workspace,
    environment: Environment,
    as_of: date | None = None,
    engine: str = "auto",
    *,
    graded: bool = False,
    home: Path | None = None,
) -> Service:
    """`home` is another place than the environment's for the documents that people upload."""
    access, encoder = workspace.access, SentenceEncoder()
    endpoint = None if engine == "rules" else environment.endpoint()
    if engine == "agent" and endpoint is None:
        raise BadQuestion("no_model")
    limits = workspace.agent.settled().without_days() if graded else workspace.agent.settled()
    forgotten = TemporaryDirectory(prefix="mainstay-graded-") if graded else None
    documents = _documents(workspace, Path(forgotten.name) if forgotten else home or environment.mainstay_home)

    def records() -> Records:
        url = f"sqlite:///{forgotten.name}/records.sqlite" if forgotten else environment.records_url
        return _records(url, workspace.records.keep_days)

    embedding, server = environment.embedding(), environment.chroma()

    def embedder() -> SentenceEncoder | EndpointEncoder:
        return EndpointEncoder(embedding) if embedding else encoder

    if endpoint is not None:
        prompts()  # what is wrong with them is told now, and not at the first question
    rules = {
        name: RoleRule(
            metrics=None if one.metrics is None else tuple(one.metrics),
            dimensions=None if one.dimensions is None else tuple(one.dimensions),
            person_level=one.person_level,
            drafts=one.drafts,
            approves=one.approves,
            row_filters={dimension: tuple(values) for dimension, values in one.row_filters.items()},
            smallest_cell=one.smallest_cell,
            members=tuple(one.members),
        )
        for name, one in access.roles.items()
    }
    defaults = {channel: one.settled() for channel, one in access.channels.items()}
    wrong = tuple(gap for channel, one in defaults.items() for gap in gaps(channel, one, available()))
    try:
        policy = make_policy(
            access.default_role,
            rules,
            {channel: one.role for channel, one in access.channels.items() if one.role is not None},
            frozenset(access.home),
        )
    except BadWorkspace as error:
        raise BadWorkspace(error.key, gaps=(*error.values["gaps"], *wrong)) from error
    if wrong:
        raise BadWorkspace("access_gaps", gaps=wrong)
    return Service(
        company=company_of(workspace, as_of),
        policy=policy,
        playbook=lambda: Playbook(ROOT / "knowledge", environment.mainstay_home / "index", embedder, documents, server),
        records=records,
        brand=Brand(**workspace.brand.model_dump()),
        handbook=lambda: load_handbook(ROOT / "knowledge"),
        now=lambda: datetime.now(UTC).replace(tzinfo=None),
        embed=encoder.embed,
        agent=partial(_agent, endpoint, limits) if endpoint else None,
        defaults=defaults,
    )


def _documents(workspace: Workspace, home: Path) -> Documents:
    """The documents of one company: its folder, and what its admins uploaded, apart from those of any other."""
    named, company = workspace.playbook.documents, workspace.company.name
    folder = re.sub(r"\W+", "-", company).strip("-").lower()
    place = home / DOCUMENTS / f"{folder}-{hashlib.sha256(company.encode()).hexdigest()[:8]}"
    return Documents(workspace.base / named if named else None, place / "uploaded", place / "read", detect)


def _agent(endpoint: Endpoint, limits: Limits) -> Agent:
    """LangChain loads with the first question to a model."""
    from bot.engines.agent.loop import Agent
    from bot.models.chat import open_chat

    return Agent(open_chat(endpoint, limits), limits)


def _records(url: str, keep_days: int) -> Records:
    """SQLAlchemy loads with the first record, not with the first question. What is over its time goes at once."""
    from bot.records import open_records

    opened = open_records(url, timedelta(days=keep_days))
    opened.expire(datetime.now(UTC).replace(tzinfo=None))
    return opened


def migrate_records() -> tuple[str, str | None, str]:
    """Where the records are, the migration that was found, the newest, to which they were brought. Raises ForPerson."""
    from bot.records import migrated

    return migrated(Environment().records_url)


def save_records(file: Path, now: datetime) -> Saved:
    """Write the records and all uploaded documents to a new file. Raises ForPerson."""
    from bot.records import save_backup

    environment = Environment()
    return save_backup(environment.records_url, environment.mainstay_home / DOCUMENTS, file, now)


def restore_records(file: Path, *, replace: bool) -> Saved:
    """Put back what a backup holds; `replace` says that what is there may go. Raises ForPerson."""
    from bot.records import restore_backup

    environment = Environment()
    return restore_backup(environment.records_url, environment.mainstay_home / DOCUMENTS, file, replace=replace)


def start_slack(workspace_path: Path, try_file: TryFile, ready: Callable[[], None]) -> int:
    """Connect to Slack and answer until the process ends; `try_file` reads what people share, `ready` says it began.

    Raises BadWorkspace naming a missing token.
    """
    from bot.slack import open_bot  # the terminal's commands need no Slack

    environment = Environment()
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
    service = _assembled(workspace, environment)
    service.check_defaults()
    if note := role_note(service.company):
        LOG.warning(load("en").say(note.key, **note.values))
    figures = Figures(partial(_backlog, service))
    vitals = Vitals(
        ready={"records": lambda: service.records.backlog(service.now()), "data": lambda: service.company.version},
        returning=frozenset({"slack"}),
    )
    paths = {"/health": vitals.health, "/ready": vitals.readiness, "/metrics": figures.page}
    bot = open_bot(
        service,
        service.records,
        bot_token=bot_token,
        app_token=app_token,
        paths=paths if environment.mainstay_listen else {},
        gauges=figures,
        signing_secret=environment.slack_signing_secret,
        listen=environment.listen,
        try_file=try_file,
        draw=Painter().draw,
        api_url=environment.slack_api_url,
        language=service.company.definitions.language,
        rate=workspace.limits.settled(),
    )
    vitals.alive = {"work": bot.working, "slack": bot.transport.connected}
    bot.start(ready)
    return 0


def _backlog(service: Service) -> dict[str, float]:
    """What waits, and what models have cost on this day of the company's, for the figures. Raises Unavailable."""
    now = service.now()
    found = service.records.backlog(now)
    spent = service.records.spending.spent(local_day(now, service.company.definitions.zone))
    return {
        "inbox_waiting": found.waiting,
        "inbox_oldest_seconds": (now - found.oldest).total_seconds() if found.oldest else 0.0,
        "schedules_late": found.late,
        "spent_tokens": spent.tokens,
        "spent_money": spent.micros / 1e6,
    }


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


def home() -> Path:
    """The folder in which the bot keeps what it makes."""
    return Environment().mainstay_home


def reach_slack() -> tuple[str, str] | None:
    """The names of the workspace and of the bot in it; None where no tokens are set. Raises ForPerson."""
    environment = Environment()
    bot_token, app_token = environment.slack_bot_token, environment.slack_app_token
    if not bot_token or not (app_token or environment.slack_signing_secret):
        return None
    from bot.slack.reach import reach

    return reach(bot_token, app_token, environment.slack_api_url)


def reach_model(workspace_path: Path) -> str | None:
    """The language model, after it has answered one word; None where none is named. Raises ForPerson."""
    endpoint = Environment().endpoint()
    if endpoint is None:
        return None
    from bot.models.chat import open_chat

    open_chat(endpoint, read_workspace(workspace_path).agent.settled()).invoke("Answer with one word: ready")
    return endpoint.model


def slack_ids(address: str) -> Sequence[str]:
    """The ids of whoever has this e-mail address in Slack; none where no token is set, or Slack does not answer."""
    environment = Environment()
    if not environment.slack_bot_token:
        return ()
    from bot.slack.app import ids_of  # the terminal's other commands need no Slack

    return ids_of(address, environment.slack_bot_token, environment.slack_api_url)


@contextmanager
def playing(workspace_path: Path, port: int, try_file: TryFile) -> Iterator[str]:
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
        service = _assembled(played, environment, home=Path(folder))
        language = service.company.definitions.language
        records = stack.enter_context(service.records)
        bot = open_bot(
            service,
            records,
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            try_file=try_file,
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
    """Whether so many answers stand there."""
    return len(slack.messages(channel, by_app=True)) >= number


def manifest(url: str = "") -> dict[str, Any]:
    """The manifest of the Slack app; with `url` Slack calls it there, in place of Socket Mode."""
    from bot.slack.manifest import manifest as printed

    return printed(url)
