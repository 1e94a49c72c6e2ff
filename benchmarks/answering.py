"""Questions in a process that is already running, as in Slack."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.figures import Figure, milliseconds, percentile, timed
from bot.engines.understanding.understand import understand
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.service import Service
from bot.types import Question, Rights

FIRST = Path(__file__).resolve().parents[1] / "tests" / "evals" / "first.jsonl"


def questions(service: Service) -> list[Question]:
    """The questions of the first set that stand alone."""
    asked = [json.loads(line) for line in FIRST.read_text("utf-8").splitlines()]
    return [Question(one["text"], service.now(), Rights()) for one in asked if "thread" not in one]


def understanding(service: Service, asked: list[Question]) -> list[Figure]:
    """Words → Query alone, without the data; the languages are loaded before."""
    dimensions = sorted({name for metric in catalogue().values() for name in metric.by})
    values = {name: found for name, found in service.company.values_of(dimensions).items() if found}
    as_of = service.company.as_of(service.now().date())

    def read(question: Question) -> None:
        try:
            understand(question, catalogue(), values, service.company.definitions, as_of)
        except ForPerson:
            return  # a period or value that cannot be is understood, too

    for question in asked:
        read(question)
    seconds = [timed(lambda one=question: read(one)) for question in asked]
    return [
        milliseconds("understand a question, p50", seconds, f"{len(asked)} questions"),
        milliseconds("understand a question, p99", [percentile(seconds, 0.99)]),
    ]


def answering(service: Service, asked: list[Question]) -> list[Figure]:
    """Question → answer, measured and worded, each for the first time."""
    seconds = [timed(lambda one=question: service.ask(one)) for question in asked]
    return [
        milliseconds("question → answer, warm process, p50", seconds, f"{len(asked)} questions"),
        milliseconds("question → answer, warm process, p95", [percentile(seconds, 0.95)]),
    ]
