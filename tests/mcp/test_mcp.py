"""Another assistant, over the official SDK's client, gets what a person with the same rights gets."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult, Tool

from bot.documents import answer_document
from bot.mcp import Desk, server_of
from bot.records import open_records
from bot.service import Service
from bot.terminal import Session
from bot.types import Place
from tests.served import FINGERS, ROOT, served
from tests.slack.test_parity import PASSING, QUESTIONS, QUICK

NOW = datetime(2026, 11, 10, 12)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('mcp')}/records.sqlite") as records:
        yield served(FINGERS, records)


def client(service: Service, role: str, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """What `work` gives with a client of the server that has this role's rights."""

    async def run() -> Any:
        async with Client(server_of(Desk(service, role, lambda: NOW))) as connected:
            return await work(connected)

    return anyio.run(run)


def call(service: Service, role: str, name: str, **arguments: Any) -> CallToolResult:
    return client(service, role, lambda connected: connected.call_tool(name, arguments))


def listed(service: Service, role: str) -> dict[str, Tool]:
    async def work(connected: Client) -> dict[str, Tool]:
        return {one.name: one for one in (await connected.list_tools()).tools}

    return client(service, role, work)


def said(result: CallToolResult) -> str:
    (content,) = result.content
    return content.text


def lasting(document: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in document.items() if name not in PASSING}


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in range(len(QUESTIONS))]
)
@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_a_question_has_the_evidence_that_it_has_on_the_terminal(service: Service, role: str, number: int) -> None:
    text = QUESTIONS[number][0]
    found = call(service, role, "ask", question=text)
    typed = answer_document(service.ask(Session(service, NOW, role, Place.DM, None).question(text)))
    assert lasting(found.structured_content) == lasting(typed)
    assert said(found).startswith(typed["text"])
    assert not found.is_error


def test_a_call_has_the_evidence_of_the_question_that_says_the_same(service: Service) -> None:
    found = call(service, "analyst", "measure", metric="churn_rate", period="in October", by=["country"])
    asked = call(service, "analyst", "ask", question="churn rate by country in October")
    assert found.structured_content["evidence"] == asked.structured_content["evidence"]
    assert found.structured_content["evidence"][0]["rows"]


def test_a_period_is_read_in_the_language_it_is_written_in(service: Service) -> None:
    found = call(service, "analyst", "measure", metric="churn_rate", period="en octubre de 2026")
    assert found.structured_content["language"] == "es"
    assert found.structured_content["queries"][0]["window"]["start"] == "2026-10-01"


def test_names_are_for_whom_they_are_for(service: Service) -> None:
    """The finger-count company's three that left in October."""
    seen = call(service, "analyst", "list_people", metric="churn_rate", period="in October")
    assert all(name in said(seen) for name in ("Cedar", "Dogwood", "Larch"))
    kept = call(service, "viewer", "list_people", metric="churn_rate", period="in October")
    assert kept.structured_content["error"]["key"] == "people_not_allowed"
    assert "Cedar" not in str(kept)


def test_a_role_is_offered_the_metrics_it_may_see(tmp_path: Path) -> None:
    text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{(FINGERS.parent / 'data').as_posix()}")
    workspace = tmp_path / "workspace.toml"
    workspace.write_text(f'{text}\n[access.roles.viewer]\nmetrics = ["churn_rate", "mrr"]\n', encoding="utf-8")
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        service = served(workspace, records)
        schema = listed(service, "viewer")["measure"].input_schema
        assert sorted(schema["properties"]["metric"]["enum"]) == ["churn_rate", "mrr"]
        assert len(listed(service, "analyst")["measure"].input_schema["properties"]["metric"]["enum"]) > 20
        known = call(service, "viewer", "metrics").structured_content["metrics"]
        assert sorted(one["name"] for one in known) == ["churn_rate", "mrr"]
        refused = call(service, "viewer", "measure", metric="nrr")
        assert refused.is_error
        assert "The nearest: " in said(refused)
        asked = call(service, "viewer", "ask", question="NRR in October")
        assert asked.structured_content["outcome"] == "refuse"


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("measure", {}, "Missing: metric."),
        ("measure", {"metric": "churn_rate", "sql": "SELECT 1"}, "There is no argument 'sql'"),
        ("measure", {"metric": "churn_rate", "period": "SELECT 1"}, "names no period"),
        ("measure", {"metric": "churn_rate", "filters": ["country"]}, "name=value"),
        ("what_if", {"metric": "churn_rate", "amount": "a lot", "unit": "points", "way": "up"}, "is a number"),
        ("ask_back", {"choices": []}, "There is no tool 'ask_back'."),
        ("delete_everything", {}, "There is no tool"),
    ],
)
def test_a_call_that_does_not_fit_is_told_what_would(
    service: Service, name: str, arguments: dict[str, Any], told: str
) -> None:
    result = call(service, "analyst", name, **arguments)
    assert result.is_error
    assert told in said(result)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("alert me when churn rate is above 5%", "set for a person"),
        ("envoie-nous le résumé tous les lundis à 9 h", "pour une personne"),
        ("plan a win-back campaign with me", "set for a person"),
    ],
)
def test_nothing_is_set_for_an_assistant(service: Service, question: str, told: str) -> None:
    assert told in said(call(service, "admin", "ask", question=question))
    assert not service.clerk.alerts.rules()


def test_every_tool_says_what_it_is_for_and_that_it_takes_nothing_away(service: Service) -> None:
    tools = listed(service, "analyst")
    assert {"ask", "metrics", "measure", "explain", "list_people", "search_playbook", "draft"} <= set(tools)
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (tool.name not in ("ask", "draft"))
        assert tool.annotations.destructive_hint is False
        assert tool.input_schema["type"] == "object"
        assert "as_before" not in tool.input_schema["properties"]


def test_it_runs_as_an_assistant_starts_it() -> None:
    """Over standard input and output, where nothing but the protocol may stand."""

    async def run() -> CallToolResult:
        arguments = ["app.py", "mcp", "--workspace", str(FINGERS), "--as", "analyst", "--as-of", "2026-11-10"]
        command = StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT)
        async with Client(stdio_client(command)) as connected:
            return await connected.call_tool("measure", {"metric": "churn_rate", "period": "last month"})

    assert "October 2026" in said(anyio.run(run))
