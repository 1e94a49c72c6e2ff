"""A company's own documents: a folder that it fills, and what its admins uploaded. Each is read once, and its text is
kept by the digest of its bytes; a file that changes is read anew at the next search.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from threading import RLock
from typing import TypeAlias

from bot.errors import BadData, BadQuestion
from bot.playbook.kinds import readers
from bot.playbook.outline import Section
from bot.playbook.reading import MOST_BYTES, read
from bot.types import Note

MOST_FILES = 1000
LONGEST_NAME = 80
_LAYOUT = 1
"""Counts the ways in which files are read; another number reads every file anew."""
_SAMPLE = 4000
"""So many letters tell a document's language."""

Entry: TypeAlias = tuple[str, int, int]
"""A file's path, its size and the time of its last change."""
State: TypeAlias = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the company's own. `name` is its path in the folder, or its name as uploaded."""

    name: str
    title: str
    language: str
    sections: tuple[Section, ...]
    uploaded: bool = False

    @property
    def id(self) -> str:
        """Tells it from plays, and names its file."""
        return f"own/{self.name}"


class Documents:
    """The files of a `folder` (None: the company has none) and of `uploads`; `kept` holds what was read of them.

    `detect` tells the language of a text. Safe for several threads, and for several processes.
    """

    def __init__(self, folder: Path | None, uploads: Path, kept: Path, detect: Callable[[str], str]) -> None:
        self._folder = folder
        self._uploads = uploads
        self._kept = kept
        self._detect = detect
        self._lock = RLock()
        self._read: dict[Entry, tuple[Path | None, Document | Note]] = {}

    @property
    def shelf(self) -> str:
        """The name of their index among those of other companies."""
        return f"own-{hashlib.sha256(f'{self._folder} {self._uploads}'.encode()).hexdigest()[:8]}"

    def state(self) -> State:
        """What the documents depend on; another state asks for reading them again."""
        with self._lock:
            return tuple(sorted(entry for entry, _ in self._files()))

    def all(self) -> tuple[Document, ...]:
        """Every document that could be read, by name; an upload takes the place of a file of its name."""
        found = {one.name: one for one in self._entries() if isinstance(one, Document)}
        return tuple(found[name] for name in sorted(found))

    def refused(self) -> tuple[Note, ...]:
        """Why the others could not, each with the `name` of its file."""
        gaps = [one for one in self._entries() if isinstance(one, Note)]
        if self._folder is not None and not self._folder.is_dir():
            gaps.append(Note("documents_no_folder", {"folder": str(self._folder)}))
        return tuple(gaps)

    def add(self, name: str, data: bytes) -> tuple[Document, bool]:
        """Keeps an upload under a name that is only a name; whether it takes the place of an earlier one.

        Raises BadData where it cannot be read: then nothing is kept.
        """
        safe = safe_name(name)
        if PurePath(safe).suffix not in readers():
            raise BadData("document_kind", name=name, known=sorted(readers()))
        _, document = self._of(data, safe, uploaded=True)
        if isinstance(document, Note):
            raise BadData(document.key, **{**document.values, "name": name})
        with self._lock:
            self._uploads.mkdir(parents=True, exist_ok=True)
            path = self._uploads / safe
            there = path.exists()
            written = self._uploads / f".{os.getpid()}-{safe}"
            written.write_bytes(data)
            written.replace(path)
        return document, there

    def remove(self, name: str) -> None:
        """Forgets an upload. Raises BadQuestion for a name that none has; files of the folder are the company's."""
        uploaded = {one.name: one for one in self.all() if one.uploaded}
        if name not in uploaded:
            raise BadQuestion("document_unknown", name=name, near=sorted(uploaded))
        (self._uploads / name).unlink(missing_ok=True)

    def _entries(self) -> list[Document | Note]:
        with self._lock:
            found = {entry: self._read.get(entry) or self._opened(entry, *place) for entry, place in self._files()}
            if found.keys() != self._read.keys():  # what was kept of files that are gone goes too
                used = {path for path, _ in found.values()}
                for path in set(self._kept.glob("*.json")) - used:
                    path.unlink(missing_ok=True)
            self._read = found
            return [document for _, document in found.values()]

    def _files(self) -> Iterator[tuple[Entry, tuple[str, bool]]]:
        """Each file with (its name, whether it was uploaded), those of the folder first."""
        folders = [(self._folder, False)] if self._folder else []
        for folder, uploaded in [*folders, (self._uploads, True)]:
            for path in _visible(folder):
                try:
                    stat = path.stat()
                except OSError:  # taken away in the meantime
                    continue
                yield (str(path), stat.st_size, stat.st_mtime_ns), (path.relative_to(folder).as_posix(), uploaded)

    def _opened(self, entry: Entry, name: str, uploaded: bool) -> tuple[Path | None, Document | Note]:
        path, size, _ = entry
        if PurePath(path).suffix.lower() not in readers():
            return None, Note("document_kind", {"name": name, "known": sorted(readers())})
        if size > MOST_BYTES:
            return None, Note("document_too_large", {"name": name, "most": MOST_BYTES // 2**20})
        try:
            data = Path(path).read_bytes()
        except OSError:
            return None, Note("document_broken", {"name": name})
        return self._of(data, name, uploaded=uploaded)

    def _of(self, data: bytes, name: str, *, uploaded: bool) -> tuple[Path, Document | Note]:
        """The document in these bytes, or why there is none, and where that is kept."""
        path = PurePath(name)
        digest = hashlib.sha256(b"\0".join([str(_LAYOUT).encode(), name.encode(), data])).hexdigest()
        kept = self._kept / f"{digest}.json"
        try:
            told = json.loads(kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            told = self._told(data, path)
            if told.get("key") != "document_slow":  # a quieter machine may do better
                _write(kept, json.dumps(told))
        if "key" in told:
            return kept, Note(told["key"], {"name": name, "most": MOST_BYTES // 2**20})
        sections = tuple(Section(**one) for one in told["sections"])
        return kept, Document(name, told["title"], told["language"], sections, uploaded)

    def _told(self, data: bytes, path: PurePath) -> dict[str, object]:
        try:
            title, sections = read(data, path.suffix.lower(), path.stem)
        except BadData as error:
            return {"key": error.key}
        sample = " ".join([title, *(one.text for one in sections)])[:_SAMPLE]
        return {"title": title, "language": self._detect(sample), "sections": [asdict(one) for one in sections]}


def safe_name(name: str) -> str:
    """A name that is only a name: letters of any script, digits, spaces, points and dashes, with its ending small."""
    path = PurePath(unicodedata.normalize("NFC", name.replace("\\", "/")))
    stem = re.sub(r"[^\w .()-]+", "_", path.stem).strip(" ._")[:LONGEST_NAME] or "document"
    return f"{stem}{re.sub(r'[^a-z.]', '', path.suffix.lower())}"


def _visible(folder: Path) -> Sequence[Path]:
    """The files of a folder and its subfolders, without hidden ones and those that Office has open."""
    found = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        found += [Path(at, name) for name in sorted(names) if not name.startswith((".", "~$"))]
        if len(found) >= MOST_FILES:
            break
    return found[:MOST_FILES]


def _write(path: Path, text: str) -> None:
    """Whole or not at all, also where two processes write the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(f".{os.getpid()}")
    written.write_text(text, encoding="utf-8")
    written.replace(path)
