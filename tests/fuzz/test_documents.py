"""Whatever bytes call themselves a document, they are read, or there is a sentence why not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.language import available, load
from bot.playbook.kinds import readers
from bot.playbook.reading import MOST_BYTES, _document
from tests.plays import written

TEXT = "# Rules\n\nCall customers before they leave.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## More\n\n- one\n- two\n"

SOUND = {
    ".docx": written.docx,
    ".html": lambda: written.PAGE,
    ".htm": lambda: written.PAGE,
    ".md": TEXT.encode,
    ".markdown": TEXT.encode,
    ".pdf": written.pdf,
    ".txt": TEXT.encode,
    ".text": TEXT.encode,
}
"""A sound file of each kind."""


@pytest.mark.parametrize("suffix", sorted(readers()))
def test_any_bytes_are_read_or_refused_in_a_sentence(holds, suffix):
    sound = SOUND[suffix]()
    assert "sections" in _document(sound, suffix, "rules")

    @given(
        junk=some.binary(max_size=300),
        cuts=some.lists(
            some.tuples(some.integers(0, len(sound)), some.integers(0, 40), some.binary(max_size=6)), max_size=5
        ),
        how=some.sampled_from(["junk", "torn", "mangled", "twice"]),
    )
    def property_(junk: bytes, cuts: list[tuple[int, int, bytes]], how: str) -> None:
        data = sound + sound if how == "twice" else junk if how == "junk" else sound
        for at, length, put in cuts:
            data = data[:at] if how == "torn" else data[:at] + put + data[at + length :]
        found = _document(data, suffix, "rules")
        assert json.loads(json.dumps(found)) == found
        if "key" in found:
            values = {"name": "rules", "most": MOST_BYTES // 2**20}
            assert all(load(code).say(found["key"], **values).strip() for code in available())
        else:
            assert found["title"]
            assert any(one["text"].strip() for one in found["sections"])

    holds(property_, 12)
