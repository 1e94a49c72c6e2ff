"""A service, made from a workspace file and the environment: the only place that picks real parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bot.access import RoleRule, make_policy
from bot.additions import settled
from bot.data_sets import DataSets
from bot.drafting import Brand, load_handbook
from bot.engines.agent.prompts import prompts
from bot.engines.answers.defaults import gaps
from bot.errors import BadQuestion, BadWorkspace, OurFault
from bot.language import available, detect
from bot.lent import Found, Lender, Look
from bot.models.embedding import EndpointEncoder, SentenceEncoder, offline
from bot.models.kept_vectors import kept
from bot.playbook import Documents, Playbook
from bot.service import Service
from bot.settings import ROOT, Environment, Workspace, read_workspace
from bot.sources import Company, TableMap, open_company
from bot.sources.connection import connect
from bot.sources.guess import Looked
from bot.types import Endpoint, Limits, Note

if TYPE_CHECKING:
    from bot.engines.agent.loop import Agent
    from bot.records import Records


DOCUMENTS = "documents"
"""The folder of what people upload, in the home of the bot."""


def company_of(workspace: Workspace, as_of: date | None = None) -> Company:
    """The company's data as the workspace maps it; `as_of` overrides the file's own."""
    return company_in(workspace, as_of, "")


def company_in(workspace: Workspace, as_of: date | None, data: str) -> Company:
    """The same as the data set of a name."""
    tables = {
        name: TableMap(select=one.select, table=one.table or one.file, columns=one.columns)
        for name, one in workspace.data.tables.items()
    }
    definitions = replace(workspace.settled(), data=data)
    return open_company(workspace.data.url, tables, workspace.base, definitions, as_of or workspace.data.as_of)


def nobody_looks(*_: object) -> Found:
    """Files are taken in Slack; whoever has nobody else look at them only answers from them, and deletes them."""
    raise OurFault("files are taken in Slack alone")


def lender_of(main: Service, workspace: Workspace, home: Path, look: Look = nobody_looks) -> Lender:
    """What keeps and answers from the files that people lend to a service, in the bot's home."""

    def company(path: Path, name: str) -> Company:
        one = read_workspace(path)  # what people save is kept under the name of the company: no two files share it
        own = one.model_copy(update={"company": one.company.model_copy(update={"name": name})})
        return company_in(own, None, name)

    return Lender(main, home / "lent", workspace.records.file_hours, look, company)


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
    return assembled(read_workspace(workspace_path), Environment(), as_of, engine, graded=graded, apart=apart)


def assembled(
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
    access = workspace.access
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
        return EndpointEncoder(embedding) if embedding else offline()

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
    about = {channel: one.data for channel, one in access.channels.items() if one.data is not None}
    wrong += tuple(
        Note("gap_channel_data", {"channel": channel, "name": name, "near": tuple(sorted(workspace.data.sets))})
        for channel, name in about.items()
        if name not in workspace.data.sets
    )
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
    index, embed = environment.mainstay_home / "index", kept(offline(), environment.mainstay_home / "index")

    def service(one: Workspace, company: Company, shelved: Documents, opened: Callable[[], Records]) -> Service:
        data = company.definitions.data
        return Service(
            company=company,
            policy=policy,
            playbook=lambda: Playbook(ROOT / "knowledge", index, embedder, shelved, server, plays),
            records=opened,
            brand=Brand(**one.brand.model_dump()),
            handbook=lambda: load_handbook(ROOT / "knowledge"),
            now=lambda: datetime.now(UTC).replace(tzinfo=None),
            embed=embed,
            agent=partial(_agent, endpoint, limits) if endpoint else None,
            defaults={channel: own for channel, own in defaults.items() if about.get(channel, "") == data},
        )

    def another(name: str) -> Service:
        one = set_of(workspace, name)
        shelved = _documents(one, home or environment.mainstay_home)
        return service(one, company_in(one, as_of, name), shelved, lambda: main.records)

    main = service(workspace, company_of(workspace, as_of), documents, records)
    main.sets = DataSets(main, {name: partial(another, name) for name in workspace.data.sets}, about)
    if not (apart or graded):
        lender_of(main, workspace, home or environment.mainstay_home)
    return main


def set_of(workspace: Workspace, name: str) -> Workspace:
    """The workspace file of a data set.

    Raises BadWorkspace, also where its company has the name of the main one, or of a set before it: what people save
    is kept by that name.
    """
    paths = {one: workspace.base / path for one, path in workspace.data.sets.items()}
    found = read_workspace(paths[name])
    company, before = found.company.name, [*paths][: [*paths].index(name)]
    names = [workspace.company.name]
    for other in before:
        with suppress(BadWorkspace):  # that one is not opened either
            names.append(read_workspace(paths[other]).company.name)
    if company in names:
        raise BadWorkspace("data_set_same_company", path=str(paths[name]), company=company)
    if found.own.folder:
        raise BadWorkspace("data_set_own", path=str(paths[name]))
    return found


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
