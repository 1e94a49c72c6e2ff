"""Backup, wipe, restore in the terminal: the same answers, and every refusal a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

FINGERS = str(Path(__file__).parents[1] / "finger_count" / "workspace.toml")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for what the bot keeps."""
    monkeypatch.setenv("MAINSTAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MAINSTAY_RECORDS", f"sqlite:///{tmp_path}/home/records.sqlite")
    return tmp_path / "home"


def run(*words: str) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of one command."""
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout, result.stderr


def audit() -> list[dict[str, object]]:
    code, said, _ = run("audit", "--metric", "churn_rate", "--json", "--workspace", FINGERS)
    assert code == 0
    found: list[dict[str, object]] = json.loads(said)["entries"]
    return found


def test_backup_wipe_and_restore_give_the_same_answers(home: Path, tmp_path: Path) -> None:
    assert run("ask", "What was our churn rate last month?", "--workspace", FINGERS)[0] == 0
    asked = audit()
    assert len(asked) == 1
    upload = home / "documents" / "acme-1" / "uploaded" / "tone.md"
    upload.parent.mkdir(parents=True)
    upload.write_text("# Warm", "utf-8")
    file = str(tmp_path / "b.zip")
    code, said, _ = run("backup", file, "--language", "fr")
    assert code == 0
    assert "1 document" in said
    assert file in said
    shutil.rmtree(home)
    code, said, _ = run("restore", file, "--json")
    assert code == 0
    assert json.loads(said)["documents"] == 1
    assert audit() == asked
    assert upload.read_text("utf-8") == "# Warm"
    code, _, told = run("restore", file, "--language", "pl")
    assert code == 2
    assert "--replace" in told
    assert "Przywrócono" in run("restore", file, "--replace", "--language", "pl")[1]
    assert audit() == asked


def test_migrate_says_what_it_found(home: Path) -> None:
    assert "were made" in run("migrate")[1]
    assert "up to date" in run("migrate")[1]
    assert json.loads(run("migrate", "--json")[1])["where"] == str(home / "records.sqlite")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("restore", "none.zip"), "There is no file none.zip"),
        (("restore", __file__), "is no backup"),
        (("backup", __file__), "exists already"),
        (("backup", "/proc/none/b.zip"), "cannot be written"),
        (("restore", "."), "is no backup"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_would_work(words: tuple[str, ...], said: str) -> None:
    code, _, told = run(*words)
    assert code == 2
    assert said in told


def test_a_backup_of_nothing_says_so(tmp_path: Path) -> None:
    code, _, told = run("backup", str(tmp_path / "b.zip"))
    assert code == 2
    assert "nothing to back up" in told
