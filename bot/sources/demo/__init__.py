"""The demo company: `demo:`. Brindlewick sells a team planner; all of it is invented, most of it by chance.

The SQL files of this folder make it, from hashes of ids alone, in the canonical tables. What is
planted in it, and how to see each story, is told in docs/demo-company.md.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from bot.errors import Unavailable
from bot.sources import files
from bot.sources.embedded import Embedded

SCHEMES = ("demo",)

FOLDER = Path(__file__).resolve().parents[3] / ".mainstay" / "demo"
"""Where the connector keeps it: under the root of the repository, outside of version control."""

STAMP = "VERSION"
"""The file that names the generator a folder was made by; it is written last."""


def connect(_url: str, base: Path) -> Embedded:
    """Open the demo company, made first if need be. Raises `Unavailable` (`demo_not_made`)."""
    return files.connect(f"files:{ensure(FOLDER)}", base)


def ensure(folder: Path) -> Path:
    """The folder, holding the demo company as one Parquet file a table; made or made anew where it is not.

    It is made aside and put in place in one step, so that no reader meets half of it, and two
    processes at once do no harm. Raises `Unavailable` (`demo_not_made`) where the disk refuses.
    """
    wanted = version()
    if is_made(folder, wanted):
        return folder
    # Only whoever makes the company pays for loading what makes it.
    from bot.sources.demo.build import build

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as aside:
            fresh = Path(aside) / "fresh"
            fresh.mkdir()
            build(fresh)
            (fresh / STAMP).write_text(wanted, "utf-8")
            put(fresh, folder, wanted, Path(aside) / "stale")
    except OSError as error:
        raise Unavailable("demo_not_made", folder=str(folder)) from error
    return folder


def put(fresh: Path, folder: Path, wanted: str, stale: Path) -> None:
    """Move `fresh` to `folder`, and what stood there to `stale`, unless another process was quicker."""
    while not is_made(folder, wanted):
        try:
            if folder.exists():
                folder.rename(stale)
            fresh.rename(folder)
        except FileNotFoundError:
            if not fresh.exists():
                raise
            # Another process has just moved the old one away, and is about to put its own there.
        except OSError:
            # Another process came between: if it put a good folder there, ours is not needed.
            if not is_made(folder, wanted) and not folder.exists():
                raise
            shutil.rmtree(stale, ignore_errors=True)


def version() -> str:
    """A text that changes with the generator or the canonical tables."""
    here = Path(__file__).parent
    sources = [*here.glob("*.sql"), here / "build.py", *(here.parent / "canonical").glob("*.py")]
    marks = hashlib.sha256()
    for source in sorted(sources):
        marks.update(source.read_bytes())
    return marks.hexdigest()[:16]


def is_made(folder: Path, wanted: str) -> bool:
    """Whether the folder was made by the generator of that version."""
    try:
        return (folder / STAMP).read_text("utf-8") == wanted
    except OSError:
        return False
