"""A company's own folder: its metrics, segments, their words and its plays, read as a whole and put beside ours.

    [own]
    folder = "ours"         ours/metrics/*.py, ours/segments/*.py, ours/language/xx.toml, ours/knowledge/xx/*.md

The catalogue and the languages are those of the process, so a process serves one such folder and no other.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import RLock

from bot.errors import BadWorkspace
from bot.language import own as language
from bot.metrics import catalogue
from bot.metrics import own as metrics
from bot.playbook import Play, load
from bot.settings import ROOT, Workspace
from bot.types import Note

PARTS = ("metrics", "segments", "language", "knowledge")
SETTLING = RLock()


def settled(workspace: Workspace) -> tuple[Play, ...]:
    """Put what the folder of a workspace holds beside ours; its plays.

    Raises BadWorkspace with every fault of its files; also where this process serves another company already, with
    another folder or with none: the metrics of one would show in the other.
    """
    folder = (workspace.base / workspace.own.folder).resolve() if workspace.own.folder else None
    with SETTLING:
        served = _served()
        if served and folder not in served:
            raise BadWorkspace("own_other_folder", folder=str(folder or next(iter(served))))
        if folder not in served:
            served[folder] = _added(folder, workspace.company.language) if folder else ()
        return served[folder]


@cache
def _served() -> dict[Path | None, tuple[Play, ...]]:
    """The one folder, or None where there is none, that this process serves, with its plays; empty before the first."""
    return {}


def _added(folder: Path, spoken: str) -> tuple[Play, ...]:
    """Everything of the folder is read before any of it is put in: a broken one leaves this process as it was."""
    if not folder.is_dir():
        raise BadWorkspace("own_folder_missing", folder=str(folder))
    found, faults = metrics.read(folder)
    named = {"metrics": found.metrics, "segments": found.segments}
    words, wrong = language.read(folder, named)
    faults = [*_strays(folder), *faults, *wrong]
    plays: tuple[Play, ...] = ()
    try:
        plays = load(folder / "knowledge", {*catalogue(), *found.metrics}, ROOT / "knowledge")
    except BadWorkspace as error:
        faults += [Note("gap_plain", {"text": f"knowledge/{fault}"}) for fault in error.values["gaps"]]
    if faults:
        raise BadWorkspace("own_broken", folder=str(folder), gaps=tuple(faults))
    found.add()
    language.teach(words, named, spoken)
    return plays


def _strays(folder: Path) -> list[Note]:
    """What lies where nobody looks for it, so that it is not passed over in silence."""
    misplaced = [
        path.name
        for path in sorted(folder.iterdir())
        if (path.is_dir() or path.suffix in (".py", ".toml", ".md"))
        and path.name not in PARTS
        and not path.name.startswith((".", "_", "README"))
    ]
    return [Note("own_stray", {"file": name, "folders": list(PARTS)}) for name in misplaced]
