"""The log is one line an event, and each line names the question that it is about, down to the query."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import discreet, trail
from bot.settings import read_workspace
from bot.wiring import company_of

FINGERS = Path(__file__).parents[1] / "finger_count" / "workspace.toml"
ASKED = "T1/C1/1762765432.123456"

OF_A_ROW = "no 'Marie Dubreuil' at postgresql://ana:hunter2@db/x"


def failing(message: str) -> None:
    raise ValueError(message)


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """Where the log of the program goes, loud, as JSON."""
    undo, before, stream = discreet.install(), structlog.get_config(), io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger(trail.OURS)
    handlers, levels = root.handlers[:], (root.level, ours.level)
    trail.keep(stream, plain=False)
    trail.aloud()
    yield stream
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.configure(**before)
    undo()


def lines(told: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.getvalue().splitlines()]


def test_every_line_names_its_question_whoever_wrote_it(told: io.StringIO) -> None:
    with trail.about(ASKED):
        logging.getLogger("bot.slack.app").info("event %s is accepted", "Ev1")
        structlog.get_logger().warning("model failed", key="model_timeout")
        logging.getLogger("slack_sdk.web").warning("retrying")
        logging.getLogger("slack_sdk.web").info("a package's chatter")
    structlog.get_logger().warning("outside")
    found = lines(told)
    assert [one["event"] for one in found] == ["event Ev1 is accepted", "model failed", "retrying", "outside"]
    assert [one.get("question") for one in found] == [ASKED, ASKED, ASKED, None]
    assert {"timestamp", "level", "event"} <= set.intersection(*(set(one) for one in found))


def test_questions_in_other_threads_are_kept_apart(told: io.StringIO) -> None:
    def work(number: int) -> None:
        with trail.about(f"T1/C1/{number}"):
            logging.getLogger("bot.slack").info("at %s", number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))
    assert len(lines(told)) == 40
    assert all(one["question"] == one["event"].replace("at ", "T1/C1/") for one in lines(told))


def test_a_traceback_is_part_of_its_line_and_quotes_nobody(told: io.StringIO) -> None:
    with trail.about(ASKED):
        for log in (logging.getLogger("bot.slack"), structlog.get_logger()):
            try:
                failing(OF_A_ROW)
            except ValueError:
                log.exception("it failed")
    assert [one["question"] for one in lines(told)] == [ASKED, ASKED]
    assert all("ValueError" in one["exception"] for one in lines(told))
    assert "Marie" not in told.getvalue()
    assert "hunter2" not in told.getvalue()


def test_the_query_is_told_by_time_and_digest_and_the_database_is_told_the_question(
    told: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, sent = company_of(read_workspace(FINGERS)), []
    run = company.connection.run
    monkeypatch.setattr(company.connection, "run", lambda e, s, t: (sent.append(s), run(e, s, t))[1])
    many = company.tables["accounts"].count()
    company.query(many)
    with trail.about(ASKED + "*/ DROP TABLE x --"):
        shown = company.query(many)[1]
    assert sent[-2:] == [shown, f"/* question {ASKED}/DROPTABLEx-- */ {shown}"]
    other, line = [one for one in lines(told) if one["event"].startswith("queried in ")][-2:]
    assert line["question"].startswith(ASKED)
    assert "ms: 1 rows, statement " in line["event"]
    assert line["event"].split()[-1] == other["event"].split()[-1]
    assert "question" not in other


def test_at_a_terminal_a_line_is_for_reading(told: io.StringIO) -> None:
    stream = io.StringIO()
    trail.keep(stream, plain=True)
    with trail.about(ASKED):
        logging.getLogger("bot.slack").info("event %s is accepted", "Ev1")
        structlog.get_logger().info("queried", ms=12)
    first, second = stream.getvalue().splitlines()
    assert first.endswith(f"[info] event Ev1 is accepted logger=bot.slack question={ASKED}")
    assert " [info] queried " in second
    assert f"question={ASKED}" in second
    assert "ms=12" in second


def test_a_command_keeps_to_warnings(told: io.StringIO) -> None:
    logging.getLogger(trail.OURS).setLevel(logging.NOTSET)
    logging.getLogger("bot.slack").info("unheard")
    structlog.get_logger().info("unheard")
    structlog.get_logger().exception("heard")
    assert [one["event"] for one in lines(told)] == ["heard"]
