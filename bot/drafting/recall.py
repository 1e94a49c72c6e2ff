"""A person taken out of files that were exported: their rows, and their name in what else was written beside them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.drafting.cells import BOM
from bot.types import Trace

LISTING = "campaign.json"
"""The file with the hash of every other."""


@dataclass
class Term:
    """What names a person, looked for in texts."""

    trace: Trace

    def stands_in(self, text: str) -> bool:
        """Whether the person is named in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def is_cell(self, text: str) -> bool:
        """Whether a cell is of the person."""
        return text in self.trace.exact or self.stands_in(text)

    def replaced(self, text: str, by: str) -> str:
        """The text with something else in the person's place."""
        return self._pattern.sub(by, text) if self._pattern else text

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        terms = sorted(self.trace.strong, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, terms))})(?!\w)", re.IGNORECASE) if terms else None


def recall(folder: Path, files: Sequence[str], term: Term, pseudonym: str | None) -> int:
    """How many rows and texts have the person; with a pseudonym they are taken out, and the hashes told anew.

    Files that are no longer there are passed over.
    """
    many, hashes = 0, {}
    for name in [*files, LISTING]:
        path = folder / Path(name).name
        if not path.is_file():
            continue
        before = path.read_text(encoding="utf-8")
        rows, after = _rows(before, term) if path.suffix == ".csv" else _text(before, term, pseudonym or "")
        many += rows
        if rows and pseudonym is not None:
            path.write_text(after, encoding="utf-8", newline="")
            hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    if hashes and (folder / LISTING).is_file():
        _listed(folder / LISTING, hashes)
    return many


def _rows(text: str, term: Term) -> tuple[int, str]:
    """(rows of the person, the file without them)."""
    marked = text.startswith(BOM)
    head, *rows = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""))) or [[]]
    left = [row for row in rows if not any(term.is_cell(cell) for cell in row)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([head, *left])
    return len(rows) - len(left), (BOM if marked else "") + out.getvalue()


def _text(text: str, term: Term, by: str) -> tuple[int, str]:
    return int(term.stands_in(text)), term.replaced(text, by)


def _listed(path: Path, hashes: dict[str, str]) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document["files"] = {**document.get("files", {}), **{k: v for k, v in hashes.items() if k != LISTING}}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
