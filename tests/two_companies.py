"""Two small companies of one workspace: the finger-count one, and a copy of it in which one customer fewer left."""

import shutil
from pathlib import Path

from tests.served import FINGERS

GONE = "2026-10-15,active,pro,3,300,0,,,2026-09-20,2026-10-15,,voluntary,price,It grew too dear for us"
STAYS = ",active,pro,3,300,0,,,,,,,,"
OCTOBER, OCTOBER_EUROPE = "3 of 8", "2 of 8"
"""Who left in October, in the main data and in that of Europe."""


def two_companies(folder: Path, more: str = "") -> Path:
    """The workspace file of both, with `more` at its end; the second is its data set `europe`."""
    second = folder / "europe"
    shutil.copytree(FINGERS.parent / "data", second)
    file = second / "subscriptions.csv"
    text = file.read_text()
    assert GONE in text
    file.write_text(text.replace(GONE, STAYS))
    main = FINGERS.read_text()
    written = main.replace('"files:data"', '"files:europe"').replace('"Finger Count"', '"Finger Count Europe"')
    (folder / "europe.toml").write_text(written)
    text = main.replace('"files:data"', f'"files:{FINGERS.parent / "data"}"')
    path = folder / "workspace.toml"
    path.write_text(f'{text}\n[data.sets]\neurope = "europe.toml"\n\n{more}')
    return path
