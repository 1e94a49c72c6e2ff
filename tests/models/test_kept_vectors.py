"""Vectors of many texts are worked out once for all starts; what cannot be read or kept only costs the time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.models.embedding import SentenceEncoder
from bot.models.kept_vectors import kept

TEXTS = [f"text {n}" for n in range(120)]


class Numbered(SentenceEncoder):
    """Its vectors tell which text they are of, and it remembers how many it was asked for."""

    def __init__(self, version: str = "1") -> None:
        self.name, self.version, self.asked = "numbered", version, []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked.append(len(texts))
        return [[float(len(text)), float(sum(map(ord, text)))] for text in texts]


def test_many_texts_are_worked_out_by_the_first_start_alone(tmp_path: Path) -> None:
    first, second = Numbered(), Numbered()
    told = kept(first, tmp_path / "index")(TEXTS)
    assert told == kept(second, tmp_path / "index")(TEXTS) == Numbered().embed(TEXTS)
    assert (first.asked, second.asked) == ([120], [])


@pytest.mark.parametrize("changed", [TEXTS[::-1], [*TEXTS[:-1], "another"], [*TEXTS, "one more"]])
def test_other_texts_or_another_version_are_worked_out_anew(tmp_path: Path, changed: list[str]) -> None:
    kept(Numbered(), tmp_path)(TEXTS)
    assert kept(Numbered(), tmp_path)(changed) == Numbered().embed(changed)
    later = Numbered("2")
    kept(later, tmp_path)(TEXTS)
    assert later.asked == [120]


def test_a_question_is_neither_looked_up_nor_kept(tmp_path: Path) -> None:
    encoder = Numbered()
    assert [kept(encoder, tmp_path)(["why?"]) for _ in range(2)] == [encoder.embed(["why?"])] * 2
    assert encoder.asked == [1, 1, 1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("broken", [b"", b"no vectors", None])
def test_a_file_that_cannot_be_read_is_made_anew(tmp_path: Path, broken: bytes | None) -> None:
    kept(Numbered(), tmp_path)(TEXTS)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-100] if broken is None else broken)
    assert kept(Numbered(), tmp_path)(TEXTS) == Numbered().embed(TEXTS)
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_made_costs_only_the_time(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert kept(Numbered(), tmp_path / "taken")(TEXTS) == Numbered().embed(TEXTS)


def test_files_of_versions_long_gone_are_dropped(tmp_path: Path) -> None:
    for n in range(20):
        kept(Numbered(str(n)), tmp_path)(TEXTS)
    assert len(list(tmp_path.iterdir())) == 16
