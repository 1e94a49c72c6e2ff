"""The whole of it, small: real processes, a database of its own, and everything that fails."""

from pathlib import Path

import pytest

from soak.__main__ import terms
from soak.run import run

SMALL = (
    "--questions 40 --a-second 2 --people 20 --channels 4 --schedules 3 --kills 1 --cut-every 10 --refusing 3 "
    "--retries 0 10 30 60 --patience 90"
)


@pytest.mark.slow
@pytest.mark.postgres
def test_every_accepted_question_has_one_answer_while_everything_fails(tmp_path: Path) -> None:
    small, _ = terms(SMALL.split())
    outcome = run(small, tmp_path)
    asked, accepted, answered = map(int, outcome.figures[0].value.split())
    assert outcome.faults == []
    assert asked == 40
    assert asked / 2 < accepted <= answered
    assert {"acknowledged, p99", "answered since it was accepted, p99"} <= {one.what for one in outcome.figures}
