"""What is longer than can be read is refused in a sentence, wherever it comes in."""

from datetime import datetime
from pathlib import Path

import pytest

from bot import terminal
from bot.clerk import Clerk
from bot.engines.agent.arguments import MOST_ITEMS, BadCall, checked
from bot.engines.agent.schemas import listed, text
from bot.errors import BadQuestion, BadWorkspace
from bot.language import available, detect, load
from bot.language.refused import said
from bot.settings import MOST_BYTES, read_workspace
from bot.types import Place, Question, Rights
from bot.types.sizes import LONGEST_QUESTION
from bot.wiring import service_of
from tests.served import FINGERS

LONG = "why did churn go up? " * 2000


@pytest.fixture(scope="module")
def service():
    return service_of(FINGERS, graded=True)


def asked(words: str, language: str | None = None) -> Question:
    return Question(words, datetime(2026, 11, 10, 9), Rights(role="admin"), Place.DM, language=language)


@pytest.mark.parametrize("code", available())
def test_a_question_that_is_too_long_is_told_its_length(service, code):
    answer = service.ask(asked(LONG, code))
    assert answer.text == load(code).say("question_too_long", n=len(LONG), most=LONGEST_QUESTION)


def test_a_question_of_the_greatest_length_is_read(service):
    words = "churn rate last month".ljust(LONGEST_QUESTION)
    assert service.ask(asked(words)).error is None
    assert service.ask(asked(words + " ")).error.key == "question_too_long"


@pytest.mark.parametrize("name", ["note", "alert", "campaign", "endorse", "requests", "documents"])
def test_what_stands_after_a_command_has_the_same_length(service, name):
    clerk: Clerk = service.clerk
    assert getattr(clerk, name)(asked(f"{name} {LONG}")).error.key == "question_too_long"


def test_the_language_of_a_long_text_is_told_by_its_beginning():
    assert detect("quel est notre taux de churn le mois dernier ? " + "x" * 10_000_000) == "fr"


def test_a_call_of_another_assistant_has_short_words_and_short_lists():
    schema = {"type": "object", "properties": {"question": text(), "of": listed(text())}}
    assert checked({"question": "x" * LONGEST_QUESTION, "of": ["a"] * MOST_ITEMS}, schema)
    with pytest.raises(BadCall, match="`question` is longer than 2000 characters"):
        checked({"question": "x" * (LONGEST_QUESTION + 1)}, schema)
    with pytest.raises(BadCall, match="at most 100 items"):
        checked({"of": ["a"] * (MOST_ITEMS + 1)}, schema)


def test_a_workspace_file_that_is_none_is_not_read(tmp_path: Path):
    path = tmp_path / "workspace.toml"
    path.write_text("# " + "x" * MOST_BYTES)
    with pytest.raises(BadWorkspace) as caught:
        read_workspace(path)
    assert said(load("en"), caught.value.key, caught.value.values).startswith(f"The workspace file {path} is over 1 MB")


def test_a_file_of_questions_has_a_greatest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "asked.jsonl"
    path.write_text('{"id": 1, "text": "churn?"}\n')
    monkeypatch.setattr(terminal, "MOST_BYTES", 10)
    with pytest.raises(BadQuestion, match="batch_too_large"):
        list(terminal.lines(path))


@pytest.mark.parametrize(
    "line", ['{"text": 5}', '{"text": null}', '{"text": "a", "thread": "b"}', '{"text": "a", "thread": [1]}', "[]", "{"]
)
def test_a_line_that_holds_something_else_than_words_is_named(tmp_path: Path, line: str):
    path = tmp_path / "asked.jsonl"
    path.write_text(f'{{"text": "churn?"}}\n{line}\n')
    assert [found is None for _, found in terminal.lines(path)] == [False, True]
