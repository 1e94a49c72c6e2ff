"""Vectors of many texts, kept in a folder: what each start asks for alike is worked out once, and not by each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import get_ident

import numpy as np

from bot.models.embedding import SentenceEncoder

_MANY = 100
"""A question is a text or two: so many texts are always the same ones."""
_MOST = 16
"""Files that stay, the newest ones: those of each language, and of the version before, which may still run."""


def kept(encoder: SentenceEncoder, folder: Path) -> Callable[[Sequence[str]], Sequence[Sequence[float]]]:
    """The encoder's `embed`, with what it says of many texts read from the folder where it stands there.

    A folder that cannot be read or written only costs the time. Safe for several threads and processes.
    """

    def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if len(texts) < _MANY:
            return encoder.embed(texts)
        asked = json.dumps([encoder.name, encoder.version, *texts])
        file = folder / f"vectors-{hashlib.sha256(asked.encode()).hexdigest()[:32]}.npy"
        found = _read(file, len(texts))
        if found is None:
            found = np.array(encoder.embed(texts), dtype=np.float32)
            _write(file, found)
        vectors: list[list[float]] = found.tolist()
        return vectors

    return embed


def _read(file: Path, texts: int) -> np.ndarray | None:
    try:
        found: np.ndarray = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.ndim == 2 and len(found) == texts else None


def _write(file: Path, vectors: np.ndarray) -> None:
    """Nobody reads a file that is not whole: it gets its name when it is."""
    part = file.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as opened:
            np.save(opened, vectors, allow_pickle=False)
        part.replace(file)
        newest = sorted(file.parent.glob("vectors-*.npy"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in newest[_MOST:]:
            old.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            part.unlink()
