"""The rules engine's own words hold against their Evidence: the check refuses hardly any of what is right."""

from __future__ import annotations

import pytest

from bot.language import load
from bot.terminal import Session
from tests.languages.test_asking_each_metric import ASKED

MOST_REFUSED = 0.05


@pytest.mark.slow
def test_the_answers_to_every_metric_pass_the_check_of_prose(demo: Session) -> None:
    """Each metric, asked for in English and in French."""
    held, refused = 0, []
    for questions in ASKED.values():
        for text in questions[::2]:
            answer = demo.service.ask(demo.question(text))
            if answer.evidence:
                held += 1
                faults = demo.service.unfounded(answer.text, answer.evidence, load(answer.language))
                refused += [f"{text}: {fault.kind} {fault.words!r} in {fault.sentence!r}" for fault in faults[:1]]
    assert len(refused) <= MOST_REFUSED * held, f"{len(refused)} of {held} right answers are refused: {refused}"
