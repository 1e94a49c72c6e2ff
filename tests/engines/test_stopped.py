"""Work that its asker stops ends at the next safe point, whoever is at it, and leaves nothing half done behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.language import available, load
from bot.progress import Stopped, heard_by
from bot.records import open_records
from tests.engines.agent_asked import Bot, opened
from tests.models.turns import call, say

ANNUAL = "What was churn in October for annual plans?"
MEASURED = call("measure", {"metric": "churn_rate", "period": "October", "filters": ["interval=annual"]})
FAITHFUL = "Of the annual customers, 11.0% left in October 2026: 69 of 630."


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("records")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        yield opened(records)


class Ears:
    """Hears the steps, and ends the work at the one of a number and name."""

    def __init__(self, ends_at: str = "", number: int = 1) -> None:
        self.heard: list[str] = []
        self._ends_at, self._number = ends_at, number

    def __call__(self, step: str, _done: int, _many: int) -> None:
        self.heard.append(step)
        if self._ends_at and self.heard.count(self._ends_at) == self._number:
            raise Stopped


def test_a_model_is_not_asked_again_once_it_is_stopped(bot: Bot) -> None:
    ears = Ears("step_think", number=2)
    with pytest.raises(Stopped), heard_by(ears):
        bot.answer(ANNUAL, [MEASURED, say(FAITHFUL)])
    assert ears.heard.count("step_think") == 2
    with heard_by(Ears()):
        assert bot.answer(ANNUAL, [MEASURED, say(FAITHFUL)]).text == FAITHFUL


def test_a_stopped_explanation_is_explained_in_full_the_next_time(bot: Bot) -> None:
    why = "why did churn go up in October for annual plans?"
    ears = Ears("step_split")
    with pytest.raises(Stopped), heard_by(ears):
        bot.by_rules(why)
    whole = Ears()
    with heard_by(whole):
        answer = bot.by_rules(why)
    assert "step_split" in whole.heard
    assert "" in whole.heard
    assert "By country" in answer.text


@pytest.mark.parametrize("code", sorted(available()))
@pytest.mark.parametrize("step", ["split", "learn", "think", "word", "read", "check"])
def test_every_step_has_a_sentence(code: str, step: str) -> None:
    assert load(code).say(f"step_{step}", done=0, many=3)
