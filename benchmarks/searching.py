"""The playbook: building its index, and finding a play for a person's words."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, milliseconds, timed
from bot.models.embedding import SentenceEncoder
from bot.playbook import Playbook

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"


def searching(limit: int | None = None) -> list[Figure]:
    """A fresh index, then a search for each title in each language; `limit` cuts the searches."""
    with tempfile.TemporaryDirectory() as folder:
        playbook = Playbook(KNOWLEDGE, Path(folder), SentenceEncoder)
        built = timed(playbook.build)
        titles = [(text.title, language) for play in playbook.plays.values() for language, text in play.texts.items()]
        playbook.search(*titles[0])
        seconds = [timed(lambda it=title: playbook.search(*it)) for title in titles[:limit]]
    return [
        Figure("playbook index, built anew", f"{built:.2f}", "s", f"{len(playbook.plays)} plays, embedder loaded too"),
        milliseconds("playbook search", seconds, f"median of {len(seconds)}"),
    ]
