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
from bot.additions import settled
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
from bot.types import Endpoint, Limits, Note, Place, Question, local_day
from bot.vitals import MEANINGS, Figures, Vitals

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

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
    workspace_path: Path, as_of: date | None = None, engine: str = "auto", *, graded: bool = False, apart: bool = False
) -> Service:
    """Everything a surface needs, made from one workspace file and the environment; parts open when used.

    The agent answers where the environment names a model, unless `engine` is "rules"; BadQuestion for "agent" where
    it names none. `graded`: for an evaluation, which neither learns from what people taught the bot nor keeps
    anything, and in which a day has no limits: a budget used up would grade the rules engine in the agent's name.
    `apart`: for data that is only looked at, which may be done beside the company that this process serves.
    """
    return _assembled(read_workspace(workspace_path), Environment(), as_of, engine, graded=graded, apart=apart)


def _assembled(
    workspace: Workspace,
    environment: Environment,
    as_of: date | None = None,
    engine: str = "auto",
    *,
    graded: bool = False,
    apart: bool = False,
    home: Path | None = None,
) -> Service:
    """`home` is another place than the environment's for the documents that people upload."""
    plays = () if apart else settled(workspace)
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
        playbook=lambda: Playbook(
            ROOT / "knowledge", environment.mainstay_home / "index", embedder, documents, server, plays
        ),
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
    if environment.several:
        _start_several(workspace_path, environment, try_file, ready)
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
    service = _assembled(workspace, environment)
    service.check_defaults()
    _warmed(service)
    if note := role_note(service.company):
        LOG.warning(load("en").say(note.key, **note.values))
    figures = Figures(partial(_backlog, {"": service}))
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
        try_file=try_file,
        draw=Painter().draw,
        api_url=environment.slack_api_url,
        language=service.company.definitions.language,
        rate=workspace.limits.settled(),
    )
    vitals.alive = {"work": bot.working, "slack": bot.transport.connected}
    bot.start(ready)
    return 0


def _warmed(service: Service) -> None:
    """What people are offered first, asked for nobody and to be forgotten."""
    from bot.slack.prompts import prompts

    language = load(service.company.definitions.language)
    (_, text), *_ = prompts(language)
    service.warm([Question(text, service.now(), service.policy.unnamed, Place.PUBLIC, language=language.code)])


def _start_several(folder: Path, environment: Environment, try_file: TryFile, ready: Callable[[], None]) -> None:
    """As `start_slack`, for several workspaces, each with its settings in a file of `folder` named by its team's id."""
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
        service = _assembled(workspace, environment.of_team(team, records_of(environment.records_url, team)))
        service.check_defaults()
        served[team] = service
        return Furnished(service, service.records, service.company.definitions.language, workspace.limits.settled())

    vitals, figures = (
        Vitals({"records": partial(records.installed.teams, environment.slack_client_id)}),
        Figures(partial(_backlog, served)),
    )
    bot = open_bots(
        records.installed,
        furnish,
        client_id=environment.slack_client_id,
        client_secret=environment.slack_client_secret,
        signing_secret=environment.slack_signing_secret,
        listen=environment.listen,
        paths=_paths(vitals, figures),
        gauges=figures,
        try_file=try_file,
        draw=Painter().draw,
        api_url=environment.slack_api_url,
    )
    vitals.alive = {"work": bot.working, "slack": bot.transport.connected}
    bot.start(ready)


def _paths(vitals: Vitals, figures: Figures) -> Mapping[str, WSGIApplication]:
    return {"/health": vitals.health, "/ready": vitals.readiness, "/metrics": figures.page}


def _backlog(served: Mapping[str, Service]) -> dict[str, float]:
    """What waits, and what models have cost on this day of each company's, for the figures. Raises Unavailable."""
    figures = dict.fromkeys(MEANINGS, 0.0)
    for service in list(served.values()):
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


def home() -> Path:
    """The folder in which the bot keeps what it makes."""
    return Environment().mainstay_home


def installed_in() -> int | None:
    """In how many workspaces the app is installed; None where it is not installed by OAuth. Raises ForPerson."""
    environment = Environment()
    if not environment.several:
        return None
    from bot.records import open_records

    with open_records(environment.records_url) as records:
        return len(records.installed.teams(environment.slack_client_id))


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
