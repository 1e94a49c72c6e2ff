"""`audit` tells who asked what and writes it to a file; `forget` tells what there is, and does it once confirmed."""

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.records import open_records
from tests.terminal.test_contract import document, run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With records of its own, in which somebody in Slack was told of an account."""
    url = f"sqlite:///{tmp_path}/records.sqlite"
    monkeypatch.setenv("MAINSTAY_RECORDS", url)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    told = {"text": "Cedar (A3) left", "asked": {"text": "who left?"}, "intent": "list_people", "outcome": "answer",
            "queries": [], "evidence": []}  # fmt: skip
    with open_records(url) as records:
        now = datetime(2026, 11, 2, 9)
        records.answers.keep(
            "T/D1/1", question="T/D1/1", document=told, now=now, asker="U0ANA4711", name="Ana", place="dm"
        )
    return tmp_path


def test_what_is_asked_in_slack_and_in_the_terminal_is_found_and_exported(folder: Path) -> None:
    assert run("ask", "thanks")[0] == 0
    reading, thanks, told = document("audit")["entries"]
    assert (reading["words"], reading["shown"]["text"]) == ("audit", "")  # that it was read is in it too
    assert (thanks["words"], thanks["where"], thanks["intent"]) == ("thanks", "terminal", "smalltalk")
    assert (told["who"], told["where"], told["shown"]["text"]) == ("U0ANA4711", "D1", "Cedar (A3) left")
    code, out, _ = run("audit", "cedar", "--until", "2026-11-02")
    assert (code, "Ana (U0ANA4711), in direct messages: “who left?” → Cedar (A3) left" in out) == (0, True)
    code, out, _ = run("audit", "--export", str(folder / "a.csv"), "--who", "Ana")
    assert (code, out.startswith("Written to")) == (0, True)
    with (folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["shown"] for row in csv.DictReader(file)] == ["Cedar (A3) left"]
    assert document("audit", "--export", str(folder / "a.jsonl"), "--since", "2026-11-02")["exported"] >= 5
    assert "Cedar" in (folder / "a.jsonl").read_text("utf-8")


def test_bad_input_is_a_sentence(folder: Path) -> None:
    for words, key in (
        (("audit", "--as", "analyst"), "audit_not_allowed"),
        (("audit", "--metric", "churn_rat"), "unknown_metric"),
        (("forget", "nobody"), "forget_unknown"),
        (("forget", "A3", "--confirm", "--as", "marketer"), "forget_not_allowed"),
    ):
        code, out, _ = run(*words, "--json")
        assert (code, json.loads(out)["error"]["key"]) == (2, key)


def test_a_customer_is_forgotten_once_it_is_confirmed(folder: Path) -> None:
    told = document("forget", "A3")["text"]
    assert "questions and answers: 0 to delete, 1 to keep without the person" in told
    assert any(b"Cedar" in file.read_bytes() for file in folder.glob("records.sqlite*"))
    told = document("forget", "A3", "--confirm")["text"]
    assert "Forgotten." in told
    for file in folder.glob("records.sqlite*"):
        assert b"Cedar" not in file.read_bytes()
    assert "Nothing is kept of A3." in document("forget", "A3")["text"]
