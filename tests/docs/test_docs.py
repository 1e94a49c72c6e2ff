"""What the pages say can be typed as it stands: commands run, settings are valid, links lead somewhere."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlglot
import typer
import typer.main

from bot.cli import app
from bot.drafting import load_handbook
from bot.drafting import reference as drafting
from bot.playbook import reference as playbook
from bot.playbook.plays import load
from bot.settings import read_workspace
from bot.sources import reference as tables

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
LANGUAGES = {"sh", "toml", "sql", "ini", "python", "text", "json", "markdown"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\.venv/bin/)?python app\.py [^`…]+)`")
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#[^)]*)?\)")
NAMED = re.compile(r"# (ours/\S+)\n")
"""The first line of a block that is a file of a company's own folder."""
PROGRAM = re.compile(r"^(\.venv/bin/)?python app\.py")
IN_DOCKER = re.compile(r"^docker compose (?:exec [\w-]+ python app\.py|run --rm (?:--volume \S+ )?migrate)(?= \w)")
"""How a command of the program begins that is run in the set of compose.yaml."""
REFUSED = typer.BadParameter.__bases__


@dataclass(frozen=True)
class Block:
    page: str
    language: str
    text: str


def blocks(page: Path, language: str = "") -> list[Block]:
    found = [Block(page.name, kind, text) for kind, text in FENCE.findall(page.read_text(encoding="utf-8"))]
    return [one for one in found if language in ("", one.language)]


def commands() -> Iterator[tuple[str, str]]:
    """(page, line) of every command of a shell block, and of every `python app.py …` in the text."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            yield from ((page.name, line.partition("#")[0].strip()) for line in block.text.splitlines() if line.strip())
        yield from ((page.name, line) for line in INLINE.findall(page.read_text(encoding="utf-8")))


def understood(line: str) -> None:
    """Raises UsageError where the command line knows no such command or option."""
    _, *arguments = shlex.split(PROGRAM.sub("app", line))
    group = typer.main.get_command(app)
    if arguments and arguments[0].startswith("-"):  # of the program itself, which without a command is the bot
        group.make_context("app", arguments)
        return
    with group.context_class(group) as context:
        if arguments:
            name, command, rest = group.resolve_command(context, arguments)
            assert command is not None
            command.make_context(name, rest, parent=context)


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_a_command_can_be_typed_as_it_stands(page: str, line: str) -> None:
    first, *rest = shlex.split(line)
    if PROGRAM.match(line):
        understood(line)
    elif first == "docker":
        if IN_DOCKER.match(line):
            understood(IN_DOCKER.sub("python app.py", line))
        else:
            assert re.match(r"docker compose (build|up|stop|run --rm migrate$)", line)
    elif first == "make":
        assert re.search(rf"^{re.escape(rest[0])}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif first == "cp":
        assert (ROOT / rest[0]).exists()
    else:
        assert (first, *rest[:2]) == (".venv/bin/pip", "install", "-r"), f"{page}: nobody tries {line!r}"
        assert (ROOT / rest[2]).exists()


@pytest.mark.parametrize("line", ["python app.py asks 'x'", "python app.py ask 'x' --languages fr"])
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    with pytest.raises(REFUSED):
        understood(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is_and_every_link_leads_somewhere(page: Path) -> None:
    assert {one.language for one in blocks(page)} <= LANGUAGES
    links = [one for one in LINK.findall(page.read_text(encoding="utf-8")) if one]
    assert [one for one in links if not (page.parent / one).exists()] == []


SETTINGS = [one for page in PAGES for one in blocks(page, "toml") if not NAMED.match(one.text)]


@pytest.mark.parametrize("block", SETTINGS, ids=lambda one: one.page)
def test_a_block_of_settings_is_valid(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"\$\{(\w+)\}", block.text):
        monkeypatch.setenv(name, "invented")
    text = block.text if "data" in tomllib.loads(block.text) else f'{block.text}\n[data]\nurl = "demo:"\n'
    (tmp_path / "workspace.toml").write_text(text, encoding="utf-8")
    read_workspace(tmp_path / "workspace.toml")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "demo-company.md"], ids=lambda page: page.name)
def test_sql_can_be_read(page: Path) -> None:
    """That of the demo company is run by its own test."""
    for block in blocks(page, "sql"):
        assert all(sqlglot.parse(block.text, dialect="postgres"))


def test_the_pages_that_are_made_say_what_the_code_says() -> None:
    """After a change: make docs."""
    made = {
        "tables.md": tables.page(),
        "playbook.md": playbook.page(load(ROOT / "knowledge")),
        "drafting.md": drafting.page(load_handbook(ROOT / "knowledge")),
    }
    assert {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in made} == made


# ------------------------------------------------------------ the examples of data.md, as a reader types them

STRIPE = [
    "id",
    "Customer ID",
    "Customer Email",
    "Plan",
    "Quantity",
    "Currency",
    "Interval",
    "Amount",
    "Status",
    "Created (UTC)",
    "Start (UTC)",
    "Canceled At (UTC)",
    "Ended At (UTC)",
]


def written(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Ten customers from 5 July on, three of whom left on 12 October; as Stripe writes it, and as two tables."""
    left = {1, 2, 3}
    ended = {n: "2026-10-12 09:00" if n in left else "" for n in range(1, 11)}
    status = {n: "canceled" if n in left else "active" for n in range(1, 11)}
    written(
        tmp_path / "subscriptions.csv", STRIPE,
        [[f"sub_{n}", f"cus_{n}", f"c{n}@acme.example", "Team", "1", "usd", "month", "50.00", status[n],
          "2026-07-05 10:00", "2026-07-05 10:00", ended[n], ended[n]] for n in range(1, 11)],
    )  # fmt: skip
    written(
        tmp_path / "exports" / "customers.csv", ["Customer No", "Company", "Country", "Since"],
        [[f"K{n}", f"Company {n}", "FR" if n % 2 else "ES", "2026-07-01"] for n in range(1, 11)],
    )  # fmt: skip
    written(
        tmp_path / "exports" / "contracts.csv",
        ["Contract", "Customer No", "Tariff", "Start", "End", "Monthly", "Why left"],
        [[f"V{n}", f"K{n}", "Team", "2026-07-05", ended[n][:10], "50", "price" if n in left else ""]
         for n in range(1, 11)],
    )  # fmt: skip
    return tmp_path


def typed(line: str, folder: Path) -> str:
    """What a command prints in a folder; it must have been served."""
    arguments = shlex.split(PROGRAM.sub("app", line))[1:]
    done = subprocess.run(
        [sys.executable, ROOT / "app.py", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_commands_on_files_and_on_an_export_of_stripe_answer(exports: Path) -> None:
    asked_on = " --as-of 2026-11-10"
    said = [
        typed(line + ("" if " try " in line else asked_on), exports)
        for block in blocks(ROOT / "docs" / "data.md", "sh")
        for line in block.text.splitlines()
    ]
    assert len(said) == 6
    assert "3 of 10" in said[2]
    assert "$350.00" in said[4]
    assert "3" in said[5]


def test_a_workspace_of_ones_own_files_answers(exports: Path) -> None:
    text = next(one.text for one in blocks(ROOT / "docs" / "data.md", "toml") if "files:exports" in one.text)
    (exports / "workspace.toml").write_text(text, encoding="utf-8")
    said = typed('python app.py ask "churn rate by country in October" --as-of 2026-11-10', exports)
    assert "2 of 5" in said
    assert "1 of 5" in said
    assert "price" in typed('python app.py ask "why do customers leave?" --as-of 2026-11-10', exports)


@pytest.mark.postgres
def test_the_workspace_of_a_warehouse_answers(postgres_url: str, tmp_path: Path) -> None:
    blocks_of_it = blocks(ROOT / "docs" / "data.md", "toml")
    text = next(one.text for one in blocks_of_it if "postgresql:" in one.text)
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute(
            "CREATE SCHEMA billing; CREATE SCHEMA product;"
            "CREATE TABLE billing.customers AS SELECT n AS id, 'Company ' || n AS company, 'FR' AS country_code,"
            " timestamp '2026-07-01' AS created_at FROM generate_series(1, 10) n;"
            "CREATE TABLE billing.subscription_history AS SELECT n AS subscription_id, n AS customer_id,"
            " timestamp '2026-07-05' AS valid_from, CASE WHEN n <= 3 THEN timestamp '2026-10-12' END AS valid_to,"
            " 'active' AS status, 'Team' AS plan, 5000 AS amount_cents FROM generate_series(1, 10) n;"
            "CREATE TABLE product.events AS SELECT n AS user_id, n AS customer_id, 'opened' AS event,"
            " timestamp '2026-11-09' AS occurred_at FROM generate_series(1, 10) n"
        )
    mine = re.sub(r'url = "postgresql:.*"', f'url = "{postgres_url}"', text)
    (tmp_path / "workspace.toml").write_text(mine, encoding="utf-8")
    assert "3 of 10" in typed('python app.py ask "churn rate in October" --as-of 2026-11-10', tmp_path)


# ------------------------------------------------------------ the own folder of using.md, as a reader makes it


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """The files of the page, beside a workspace on the demo company."""
    page = ROOT / "docs" / "using.md"
    for block in blocks(page):
        if named := NAMED.match(block.text):
            (tmp_path / named[1]).parent.mkdir(parents=True, exist_ok=True)
            text = block.text[named.end() :] if block.language == "markdown" else block.text
            (tmp_path / named[1]).write_text(text, encoding="utf-8")
    settings = next(one.text for one in blocks(page, "toml") if one.text.startswith("[own]"))
    text = f'{settings}\n[data]\nurl = "demo:"\nas_of = 2026-11-10\n'
    (tmp_path / "workspace.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_metric_and_a_segment_of_ones_own_are_asked_for_in_words(ours: Path) -> None:
    asked = [
        "how many customers wrote to us last month?",
        "how many frequent writers are there?",
        "writing customers w październiku?",
    ]
    lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(asked)]
    (ours / "asked.jsonl").write_text("\n".join(lines), encoding="utf-8")
    answers = [json.loads(line) for line in typed("python app.py ask --batch asked.jsonl", ours).splitlines()]
    assert [one["queries"][0]["metric"] or one["queries"][0]["subject"] for one in answers] == [
        "writing_customers", "frequent_writers", "writing_customers",
    ]  # fmt: skip
    assert [answers[at]["evidence"][0]["rows"][0]["value"] for at in (0, 2)] == [260, 260]
    assert "214 customers" in answers[1]["text"]


@pytest.mark.slow
def test_the_commands_on_ones_own_folder_answer(ours: Path) -> None:
    lines = next(one.text for one in blocks(ROOT / "docs" / "using.md", "sh") if "writing_customers" in one.text)
    checked, measured, asked, drafted, found = [typed(line, ours) for line in lines.splitlines()]
    assert "writing_customers: its example is true (2026-10: 260)." in checked
    assert "Frequent writers (frequent_writers): 214 accounts on 10 November 2026." in checked
    assert "260" in asked
    assert "Business" in measured
    assert "28 people after" in drafted
    assert found.startswith("Answer the third ticket by telephone")
