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


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: f"{reply['language']}: {reply['text'][:60]}")
def test_a_reply_is_told_faithful_or_which_fault_it_has(reply: dict[str, str]) -> None:
    found = faults(reply["text"], SETS[reply["about"]](), load(reply["language"]), WHEN)
    kinds = {one.kind for one in found}
    assert reply["fault"] in kinds if "fault" in reply else not kinds, found
