"""`feedback --export` makes a question set of the bad answers, and `eval` grades it once a person has filled it in."""

import json
from pathlib import Path

import pytest

from bot.records import open_records
from bot.types import Place, Question
from tests.served import FINGERS, served
from tests.terminal.test_contract import document, run


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where to export to, after one good answer and one bad one that goes on from it."""
    url = f"sqlite:///{tmp_path}/records.sqlite"
    monkeypatch.setenv("MAINSTAY_RECORDS", url)
    with open_records(url) as records:
        service = served(FINGERS, records)
        for n, text in enumerate(("what was our churn rate in October?", "and in September?")):
            question = Question(text, service.now(), service.rights_of("analyst", Place.DM), id=f"T/C/{n}")
            service.ask(question, "T/C/0")
            service.mark(question.id, n == 0, by="U1", now=service.now(), reason="wrong_figure" if n else "")
    return tmp_path / "bad.jsonl"


@pytest.mark.slow
def test_a_bad_answer_is_graded_once_it_is_said_what_would_be_right(marked: Path) -> None:
    code, out, _ = run("feedback", "--export", str(marked))
    assert code == 0
    assert "Thumbs up: 1. Thumbs down: 1." in out
    assert "• and in September?: A figure is wrong" in out
    (line,) = [json.loads(one) for one in marked.read_text("utf-8").splitlines()]
    assert (line["text"], line["thread"]) == ("and in September?", ["what was our churn rate in October?"])
    code, out, _ = run("eval", str(marked), "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, "eval_unfilled")
    assert "T/C/1" in json.loads(out)["error"]["message"]
    for mended, grade in ((line["answered"], "right"), ({**line["answered"], "metric": "nps"}, "wrong")):
        marked.write_text(json.dumps({**line, "expect": mended}) + "\n", "utf-8")
        assert document("eval", str(marked))["score"][grade] == 1


def test_only_admins_read_the_marks(marked: Path) -> None:
    code, out, _ = run("feedback", "--export", str(marked), "--as", "analyst", "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, "requests_not_allowed")
    assert not marked.exists()
