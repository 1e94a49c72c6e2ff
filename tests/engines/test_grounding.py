"""What may be posted: replies that say only what was measured, and none that says more."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.engines.grounding import faults
from bot.language import Calendar, load
from tests.engines.measured import AS_OF, SETS

REPLIES = tomllib.loads((Path(__file__).parent / "replies.toml").read_text(encoding="utf-8"))["replies"]
WHEN = Calendar(AS_OF + timedelta(days=1))


MOST_REFUSED = 0.05
"""Of the faithful replies."""


def _kinds(reply: dict[str, str]) -> set[str]:
    return {one.kind for one in faults(reply["text"], SETS[reply["about"]](), load(reply["language"]), WHEN)}


def test_no_faulty_reply_passes_and_few_faithful_ones_are_refused() -> None:
    """Of at least 120 written replies, half of them faithful, in four languages."""
    faithful = [reply for reply in REPLIES if "fault" not in reply]
    faulty = [reply for reply in REPLIES if "fault" in reply]
    passed = [reply["text"] for reply in faulty if not _kinds(reply)]
    refused = [reply["text"] for reply in faithful if _kinds(reply)]
    score = f"{len(passed)} of {len(faulty)} faulty passed, {len(refused)} of {len(faithful)} faithful refused"
    assert not passed, f"{score}: {passed}"
    assert len(refused) <= MOST_REFUSED * len(faithful), f"{score}: {refused}"


@pytest.mark.parametrize(
    "reply", [one for one in REPLIES if "fault" in one], ids=lambda reply: f"{reply['language']}: {reply['text'][:60]}"
)
def test_a_fault_is_named_for_what_it_is(reply: dict[str, str]) -> None:
    assert reply["fault"] in _kinds(reply)
