"""`audit` tells who asked what and writes it to a file; `forget` tells what there is, and does it once confirmed."""

import csv
import json
from pathlib import Path

import pytest

from tests.terminal.test_contract import document, run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With records of its own, in which one account was looked at."""
    monkeypatch.setenv("MAINSTAY_RECORDS", f"sqlite:///{tmp_path}/records.sqlite")
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    assert run("customer", "A3")[0] == 0
    return tmp_path


def test_what_is_asked_in_the_terminal_is_found_and_exported(folder: Path) -> None:
    reading, entry = document("audit", "--who", "terminal")["entries"]
    assert (reading["words"], reading["shown"]["text"]) == ("audit", "")  # that it was read is in it too
    assert (entry["where"], entry["intent"], entry["outcome"]) == ("terminal", "profile", "answer")
    assert "Cedar" in entry["shown"]["text"]
    code, out, _ = run("audit", "cedar")
    assert code == 0
    assert "in the terminal: “profile A3”" in out
    assert document("audit", "--until", "2020-01-01")["entries"] == []
    code, out, _ = run("audit", "--export", str(folder / "a.csv"))
    assert (code, out.startswith("Written to")) == (0, True)
    with (folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["intent"] for row in csv.DictReader(file)][-1] == "profile"
    exported = document("audit", "--export", str(folder / "a.jsonl"))["exported"]
    assert exported == len((folder / "a.jsonl").read_text("utf-8").splitlines()) >= 4
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
