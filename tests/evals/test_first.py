"""The first question set, as busy people write: a floor under what is answered, a ceiling over what is wrong."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.evaluation import counts
from bot.terminal import evaluated, opened
from bot.types import Intent, Place

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "evals" / "first.jsonl"


def test_the_set_asks_half_in_each_language_and_covers_every_intent_served() -> None:
    asked = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    assert len({one["id"] for one in asked}) == len(asked) == 100
    assert Counter(one["language"] for one in asked) == {"en": 50, "fr": 50}
    later = {"what_if", "project", "profile", "segment", "variant", "reconcile", "claim"}
    assert {one["intent"] for one in asked} == {one.value for one in Intent} - later


@pytest.mark.slow
def test_the_first_questions_are_answered_and_hardly_any_wrong() -> None:
    session = opened(ROOT / "workspace.toml", None, "analyst", Place.DM, None)
    results = evaluated(session, FILE, ROOT / "workspace.toml", "rules")
    score = counts(results)
    misses = "\n".join(f"{one.grade} {one.id}: {one.faults}" for one in results if one.faults)
    assert score["right"] >= 92, misses
    assert score["wrong"] <= 1, misses
