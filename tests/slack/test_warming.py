"""What a process loads before it connects is asked for nobody: nothing of it is kept, and no model hears it."""

from pathlib import Path

import pytest

from bot.errors import Unavailable
from bot.records import open_records
from bot.types import Place, Question
from bot.warming import warm
from bot.wiring.serving import _warmed
from tests.served import FINGERS, served


def test_a_start_measures_a_question_and_keeps_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        service = served(FINGERS, records)
        answered = type(service)._answered
        monkeypatch.setattr(
            type(service), "_answered", lambda *given: measured.append(answered(*given)) or measured[-1]
        )
        _warmed(service)
        assert [one.evidence[0].query.metric for one in measured] == ["churn_rate"]
        assert list(records.answers.all()) == []


def test_data_that_does_not_answer_keeps_no_bot_from_starting(caplog: pytest.LogCaptureFixture) -> None:
    def down(_: object) -> object:
        raise Unavailable("source_down")

    question = Question("churn?", None, None, Place.PUBLIC)  # type: ignore[arg-type] # read by nobody
    warm(down, down, lambda: None, [question])  # type: ignore[arg-type] # neither gives anything
    assert "the bot starts cold: source_down" in caplog.text
