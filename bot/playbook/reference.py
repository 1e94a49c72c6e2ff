"""The page of the plays, made from their files: `make docs` writes docs/playbook.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.playbook.front import VOCABULARY
from bot.playbook.plays import APPLIES, ORIGINAL, Play, load

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
HEAD = """# The playbook

The guidance that answers cite, made from `knowledge/en/` by `make docs`; each play is also there in French, Spanish and
Polish. `python app.py plays "how to win back customers"` searches it, `plays --chapter channels` lists a chapter.
Your own documents are cited beside it, and go before it: [the README](../README.md#use-it) says how.

No play is proof that something works for you: each names what to measure, and what came of it here is told with it.
"""


def page(plays: Sequence[Play]) -> str:
    """The whole page in Markdown, a chapter after the other."""
    chapters: Mapping[str, list[Play]] = {name: [] for name in VOCABULARY["chapter"]}
    for play in plays:
        chapters[play.chapter].append(play)
    lines = [HEAD]
    for name, found in chapters.items():
        lines.append(f"\n## {name.replace('_', ' ').replace('-', ' ').capitalize()}\n")
        lines.extend(line for play in found for line in _entry(play))
    return "\n".join(lines) + "\n"


def _entry(play: Play) -> Iterator[str]:
    text = play.text(ORIGINAL)
    applies = " ".join(text.sections[APPLIES].split())
    yield f"- **{text.title}** (`{play.id}`). {applies}"
    if play.metrics:
        yield f"  Measured by {', '.join(f'[{name}](metrics.md#{name})' for name in play.metrics)}."
    if play.sources:
        yield f"  Sources: {'; '.join(_source(one.title, one.year) for one in play.sources)}."


def _source(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title


if __name__ == "__main__":
    sys.stdout.write(page(load(KNOWLEDGE)))
