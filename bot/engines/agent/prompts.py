"""The prompts of `prompts/`: front matter (purpose, variables, version), then a template with `$name` places.

Variables declared, used and supplied are the same: what is wrong with any prompt is told at the start, by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

import yaml

from bot.errors import OurFault
from bot.settings import ROOT

FOLDER = ROOT / "prompts"
FRONT = {"purpose", "variables", "version"}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, whose declared variables are those that its text uses."""

    name: str
    purpose: str
    variables: frozenset[str]
    version: int
    text: str

    def filled(self, **values: str) -> str:
        """The text with its places filled. Raises OurFault where more or less than the variables is supplied."""
        if values.keys() != self.variables:
            raise OurFault(f"prompt {self.name}: declared {sorted(self.variables)}, supplied {sorted(values)}")
        return Template(self.text).substitute(values)


@cache
def prompts(folder: Path = FOLDER) -> Mapping[str, Prompt]:
    """Every prompt of the folder by name. Raises OurFault with all that is wrong with them."""
    found: dict[str, Prompt] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("[a-z]*.md")):
        try:
            found[path.stem] = _read(path)
        except ValueError as error:
            faults.append(f"prompt {path.stem}: {error}")
    if faults:
        raise OurFault("; ".join(faults))
    return found


def _read(path: Path) -> Prompt:
    """The prompt of a file; ValueError says what is wrong with it."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    declared = yaml.safe_load(front)
    if not isinstance(declared, dict) or declared.keys() != FRONT:
        raise ValueError(f"its front matter is not {', '.join(sorted(FRONT))}")
    variables, used = frozenset(declared["variables"]), frozenset(Template(body).get_identifiers())
    if not Template(body).is_valid() or used != variables:
        raise ValueError(f"declared {sorted(variables)}, used {sorted(used)}")
    return Prompt(path.stem, declared["purpose"], variables, declared["version"], body.strip())
