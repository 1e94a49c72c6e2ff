"""The doctor says of each part whether it is there, and of what is wrong what would mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.playground import Slack
from tests.slack.town import MANIFEST

NAMES = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "MAINSTAY_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of two tables: what is looked at is the start, not the data."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "accounts.csv").write_text("account_id,name\nA1,Ahorn\n")
    (folder / "orders.csv").write_text("order_id,customer_id,occurred_at,net_amount\nO1,A1,2026-11-01,10\n")
    (folder / "workspace.toml").write_text(
        '[data]\nurl = "files:."\nas_of = 2026-11-10\n'
        '[data.tables.accounts]\nfile = "accounts.csv"\n[data.tables.orders]\nfile = "orders.csv"\n'
    )
    return folder / "workspace.toml"


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slack]:
    with Slack(MANIFEST) as slack:
        named(monkeypatch, slack)
        yield slack


def named(monkeypatch: pytest.MonkeyPatch, slack: Slack) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)


def told(workspace: Path, *words: str) -> tuple[int, dict[str, dict[str, str]]]:
    """(exit code, part → its line)."""
    result = CliRunner().invoke(app, ["doctor", "--json", "--workspace", str(workspace), *words])
    return result.exit_code, {one["part"]: one for one in json.loads(result.stdout.splitlines()[-1])["lines"]}


def test_what_a_start_needs_is_there_and_what_it_can_do_without_is_named(slack: Slack, small: Path) -> None:
    code, lines = told(small)
    assert code == 0
    assert {part: one["state"] for part, one in lines.items()} == {
        "python": "fine", "disk": "fine", "workspace": "fine", "data": "fine", "records": "fine", "playbook": "fine",
        "model": "lacking", "slack": "fine",
    }  # fmt: skip
    assert "Playground" in lines["slack"]["message"]


def test_without_tokens_it_says_where_to_get_them_in_the_readers_language(small: Path) -> None:
    code, lines = told(small, "--language", "fr")
    assert code == 0
    assert lines["slack"]["state"] == "lacking"
    assert "docs/slack.md" in lines["slack"]["message"]
    assert "Aucun jeton" in lines["slack"]["message"]


def test_where_slack_calls_the_bot_a_signing_secret_stands_for_the_app_token(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, small: Path
) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    assert told(small)[1]["slack"]["state"] == "lacking"
    monkeypatch.setenv("SLACK_SIGNING_SECRET", slack.signing_secret)
    assert told(small)[1]["slack"]["state"] == "fine"


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_wrong_token_is_named(slack: Slack, monkeypatch: pytest.MonkeyPatch, small: Path, name: str) -> None:
    monkeypatch.setenv(name, "xoxb-of-another-app")
    code, lines = told(small)
    assert code == 2
    assert name in lines["slack"]["message"]


def test_an_app_that_was_installed_from_an_older_manifest_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, small: Path
) -> None:
    older = json.loads(json.dumps(MANIFEST))
    older["oauth_config"]["scopes"]["bot"].remove("users:read.email")
    with Slack(older) as slack:
        named(monkeypatch, slack)
        code, lines = told(small)
    assert code == 2
    assert "users:read.email" in lines["slack"]["message"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    """A Slack and a model that do not answer, and records where no folder can be."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-any")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-any")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    monkeypatch.setenv("MAINSTAY_MODEL", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("MAINSTAY_RECORDS", f"sqlite:///{tmp_path}/file/records.sqlite")
    code, lines = told(small)
    assert code == 2
    assert [part for part, one in lines.items() if one["state"] == "wrong"] == ["records", "model", "slack"]


def test_a_workspace_that_cannot_be_read_leaves_the_rest_to_be_looked_at() -> None:
    code, lines = told(Path("nowhere.toml"))
    assert code == 2
    assert set(lines) == {"python", "disk", "workspace", "slack"}
    assert "nowhere.toml" in lines["workspace"]["message"]
