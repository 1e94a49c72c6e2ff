"""A file that somebody gave to the bot: tried in a folder of its own, told in one answer, and forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from bot.errors import BadData, BadWorkspace
from bot.trying import Tried, shown, tried
from bot.types import Answer, Intent, Outcome


def dropped(files: Sequence[tuple[str, bytes]], language: str) -> Answer:
    """What is in the files (name, bytes), what was assumed, and the most telling answers. Raises ForPerson.

    Nothing of them stays: neither the files nor the workspace, and no record of the answers.
    """
    with TemporaryDirectory(prefix="mainstay-file-") as folder:
        (Path(folder) / "data").mkdir()
        targets = [str(kept(Path(folder) / "data", name, data)) for name, data in files]
        try:
            result = tried(targets, Path(folder) / "workspace.toml", seen=harmless, language=language)
        except BadWorkspace as error:  # the workspace is ours, so its gaps would tell the person nothing
            raise BadData("drop_unread", files=[name for name, _ in files]) from error
    lines = [*told(result, [name for name, _ in files]), "", result.language.say("drop_forgotten")]
    caveats = dict.fromkeys(caveat for _, answer in result.answers for caveat in answer.caveats)
    text = "\n".join(lines)
    return Answer(Outcome.ANSWER, Intent.DATA_HEALTH, result.language.code, text, caveats=tuple(caveats))


def kept(folder: Path, name: str, data: bytes) -> Path:
    """The file under a name that is only a name; a second one of the same stem is told apart."""
    suffix = PurePath(name).suffix.lower()
    stem = re.sub(r"[^\w-]+", "_", PurePath(name).stem).strip("_") or "data"
    taken = {other.stem.lower() for other in folder.iterdir()}
    names = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    path = folder / f"{next(one for one in names if one.lower() not in taken)}{suffix}"
    path.write_bytes(data)
    return path


def harmless(guess: Any) -> None:
    """Raises BadData for a name such as `${NAME}`, which a workspace would fill with a secret of this machine."""
    written = [text for one in guess.tables for text in (one.map.select or "", *one.map.columns.values())]
    if any("${" in text for text in written):
        raise BadData("drop_unread", files=sorted({source for one in guess.tables for source in one.sources}))


def told(result: Tried, names: Sequence[str]) -> Iterator[str]:
    """The lines of the answer."""
    say = result.language.say
    yield say("drop_seen", files=list(names))
    yield from (f"- {line}" if not line.startswith(" ") else line for line in shown(result.guess, result.language))
    # How to change the zone in a workspace file helps nobody here; the answers say that days are in UTC.
    if assumed := [line for line in result.assumed if line != say("try_note_zone")]:
        yield ""
        yield f"**{say('try_assumptions')}**"
        yield from (f"- {line}" for line in assumed)
    yield ""
    yield say("try_answers" if result.answers else "try_no_answers")
    for question, answer in result.answers:
        yield f"\n**{question}**\n{answer.text}"
