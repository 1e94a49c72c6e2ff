"""The only place that picks real parts: settings in, a Service out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.access import RoleRule, make_policy
from bot.drafting import Brand, load_policy
from bot.errors import BadWorkspace
from bot.models.embedding import SentenceEncoder
from bot.playbook import Playbook
from bot.service import Service
from bot.settings import ROOT, Environment, Workspace, read_workspace
from bot.sources import Company, TableMap, open_company
from bot.types import Note

if TYPE_CHECKING:
    from bot.records import Records


def company_of(workspace: Workspace, as_of: date | None = None) -> Company:
    """The company's data as the workspace maps it; `as_of` overrides the file's own."""
    tables = {
        name: TableMap(select=one.select, table=one.table or one.file, columns=one.columns)
        for name, one in workspace.data.tables.items()
    }
    return open_company(workspace.data.url, tables, workspace.base, workspace.settled(), as_of or workspace.data.as_of)


def service_of(workspace_path: Path, as_of: date | None = None) -> Service:
    """Everything a surface needs, made from one workspace file and the environment; parts open when used."""
    environment = Environment()
    workspace = read_workspace(workspace_path)
    access = workspace.access
    rules = {
        name: RoleRule(
            metrics=None if one.metrics is None else tuple(one.metrics),
            dimensions=None if one.dimensions is None else tuple(one.dimensions),
            person_level=one.person_level,
            drafts=one.drafts,
            row_filters={dimension: tuple(values) for dimension, values in one.row_filters.items()},
            smallest_cell=one.smallest_cell,
            members=tuple(one.members),
        )
        for name, one in access.roles.items()
    }
    policy = make_policy(
        access.default_role,
        rules,
        {channel: one.role for channel, one in access.channels.items()},
        frozenset(access.home),
    )
    return Service(
        company=company_of(workspace, as_of),
        policy=policy,
        playbook=lambda: Playbook(ROOT / "knowledge", environment.mainstay_home / "index", SentenceEncoder),
        records=lambda: _records(environment.records_url),
        brand=Brand(**workspace.brand.model_dump()),
        guardrails=lambda: load_policy(ROOT / "knowledge" / "policy"),
        now=lambda: datetime.now(UTC).replace(tzinfo=None),
    )


def _records(url: str) -> Records:
    """SQLAlchemy loads with the first record, not with the first question."""
    from bot.records import open_records

    return open_records(url)


def start_slack(workspace_path: Path) -> int:
    """Connect to Slack and answer until the process ends. Raises BadWorkspace naming a missing token."""
    from bot.slack import open_bot  # the terminal's commands need no Slack

    environment = Environment()
    bot_token, app_token = environment.slack_bot_token, environment.slack_app_token
    missing = [
        Note(f"gap_{name}")
        for name, token in (("slack_bot_token", bot_token), ("slack_app_token", app_token))
        if not token
    ]
    if not bot_token or not app_token:
        raise BadWorkspace("slack_tokens_missing", gaps=tuple(missing))
    service = service_of(workspace_path)
    bot = open_bot(
        service,
        service.records,
        bot_token=bot_token,
        app_token=app_token,
        api_url=environment.slack_api_url,
        language=service.company.definitions.language,
    )
    bot.start()
    return 0


def manifest() -> dict[str, Any]:
    """The manifest of the Slack app."""
    from bot.slack.manifest import manifest as printed

    return printed()
