"""The two halves of the large question set: as large as they say, in every language, with numbers from other SQL."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.metrics import catalogue
from bot.types import Intent
from tests.evals.numbered import SETS, numbers

ROOT = Path(__file__).parents[2]
UNTOUCHED, TUNED = SETS


def asked(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_half_asks_in_four_languages_for_every_intent_and_both_together_for_every_metric() -> None:
    everything = [*asked(UNTOUCHED), *asked(TUNED)]
    assert len({one["id"] for one in everything}) == len(everything)
    for file in SETS:
        assert min(Counter(one["language"] for one in asked(file)).values()) >= 100
        assert {one["intent"] for one in asked(file)} == {one.value for one in Intent}
    named = [one["expect"].get("metric", ()) for one in everything]
    assert {name for one in named for name in ([one] if isinstance(one, str) else one)} >= set(catalogue())


def test_the_untouched_half_is_the_one_that_the_readme_names() -> None:
    named = re.search(r"sha256 `([0-9a-f]{64})`", (ROOT / "README.md").read_text("utf-8"))
    assert named is not None
    assert hashlib.sha256(UNTOUCHED.read_bytes()).hexdigest() == named[1]


@pytest.mark.slow
@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
def test_the_numbers_expected_are_those_of_sql_written_by_hand(file: Path) -> None:
    found = 0
    for one in asked(file):
        if "numbers" in one["expect"]:
            assert numbers(one) == one["expect"]["numbers"], one["id"]
            found += 1
    assert found >= 100
