"""What docs/security.md promises is shown by tests that exist, and every store of the records stands in it."""

import ast
import re
from pathlib import Path

import pytest

from bot.language import available, load
from bot.records.schema import metadata

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
THREATS = (
    "prompt injection", "confused deputy", "SSRF", "malicious documents", "malicious names of uploads",
    "CSV formula injection", "oversized input", "replayed requests", "stolen tokens",
)  # fmt: skip
ELSEWHERE = {"proposals": "segments, meanings", "schedules": "alerts, schedules"}
"""Table → how the page calls what it holds, where not by the table's name."""


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_the_page_names_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_a_row_and_every_row_a_test() -> None:
    rows = [line for line in PAGE.rpartition("## Threats")[2].splitlines() if line.startswith("| ")][1:]
    assert [threat for threat in THREATS if not any(row.startswith(f"| {threat}") for row in rows)] == []
    assert [row for row in rows if "`tests/" not in row.split("|")[3]] == []


def test_every_store_of_the_records_is_on_the_page() -> None:
    table = PAGE.partition("| store |")[2].partition("\n\n")[0]
    assert [one for one in metadata.tables if ELSEWHERE.get(one, one) not in table] == []


@pytest.mark.parametrize("code", available())
def test_every_store_has_a_name_in_the_report_on_who_is_forgotten(code: str) -> None:
    assert all(load(code).say(f"forget_store_{one}") for one in metadata.tables)
