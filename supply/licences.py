"""`python -m supply.licences > docs/licences.md`: the licence of each package of the locks, by its own word."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements/postgres.lock", "requirements/mcp.lock")
"""The locks of what is installed to run the bot; those of the models and of Spark add to them where they are used."""
LGPL = "linked and never changed, and its source is public: that is all that the lesser licence asks"
ACCEPTED = {"psycopg": LGPL, "psycopg-binary": LGPL}
"""Package → why it may be shipped although it is under a licence of the GPL's family."""
COPYLEFT = re.compile(r"\b[AL]?GPL|General Public|SSPL|BUSL", re.IGNORECASE)
PINNED = re.compile(r"^([a-z0-9-]+)==[^ ;]+(?: ; (.*?))? \\$", re.MULTILINE)


def packages() -> dict[str, str]:
    """The packages of the locks by name → on which platforms alone they are installed; empty for all."""
    texts = [(ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS]
    return dict(sorted(found for text in texts for found in PINNED.findall(text)))


def licence(name: str) -> str:
    """What a package says of its licence: its expression, else its classifiers, else the first line of its text."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    text = (told.get("License") or "").strip().partition("\n")[0]
    return told.get("License-Expression") or "; ".join(classified) or text


def shippable(said: str) -> bool:
    """Whether a company may ship it with its own program: it says what it is, and one of its choices is not copyleft.

    Choices are joined by OR.
    """
    return any(one.strip() and not COPYLEFT.search(one) for one in re.split(r"\bOR\b", said))


def page() -> Iterator[str]:
    """The lines of docs/licences.md."""
    yield "# Licences of the packages"
    yield ""
    yield "Made by `make docs` from what each installed package of the locks says of itself."
    yield ""
    yield "| package | licence |"
    yield "|---|---|"
    for name, where in packages().items():
        said = licence(name) or f"not installed here, but where `{where}`"
        why = f": {ACCEPTED[name]}" if name in ACCEPTED else ""
        yield f"| {name} | {said.replace('|', '/')}{why} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
