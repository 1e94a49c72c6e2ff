"""Two processes on one PostgreSQL, replaced in turn while people ask: nothing is lost, nothing said twice."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.playground import Pace, Slack
from bot.records import open_records
from tests.slack.program import running
from tests.slack.town import MANIFEST

BEFORE, DURING = 4, 2
"""Questions before each process is told to end, and while it does."""


@pytest.mark.slow
@pytest.mark.postgres
def test_a_rolling_restart_under_load_answers_every_question_once(postgres_url: str, tmp_path: Path) -> None:
    with Slack(MANIFEST, Pace(retries=(0.5, 1.0, 1.0))) as slack, ExitStack() as stack:
        ana = slack.person("Ana")
        channel = slack.channel("retention", members=[ana])
        asked: list[str] = []

        def start() -> subprocess.Popen[bytes]:
            return stack.enter_context(running(slack, tmp_path, MAINSTAY_RECORDS=postgres_url))

        def ask(many: int) -> None:
            for _ in range(many):
                slack.advance(5)
                asked.append(slack.mention(ana, channel, "what was our churn rate in October?"))
                time.sleep(0.3)

        for process in [start(), start()]:
            ask(BEFORE)
            process.send_signal(signal.SIGTERM)
            ask(DURING)
            assert process.wait(90) == 0
            start()
        ask(DURING)

        def answers() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {root: [] for root in asked}
            for message in slack.messages(channel, by_app=True):
                found[message["thread_ts"]].append(message["text"])
            return found

        def all_final() -> bool:
            slack.advance(5)
            return all(texts and all("3 of 8" in text for text in texts) for texts in answers().values())

        slack.wait_for(all_final, seconds=120)
        time.sleep(2)  # time for a second answer to show, were there one
        assert [len(texts) for texts in answers().values()] == [1] * (2 * (BEFORE + DURING) + DURING)
        with open_records(postgres_url) as records:
            assert len(list(records.answers.all())) == len(asked)
