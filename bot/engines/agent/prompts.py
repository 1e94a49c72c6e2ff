"""The prompts of `prompts/`: front matter (purpose, variables, version), then a template with `$name` places.

Variables declared, used and supplied are the same, or the prompt is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
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
def prompt(name: str) -> Prompt:
    """The prompt of a file. Raises OurFault for a front matter or variables that are not as they must be."""
    _, front, body = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    declared = yaml.safe_load(front)
    if declared.keys() != FRONT:
        raise OurFault(f"prompt {name}: the front matter has {sorted(declared)}, not {sorted(FRONT)}")
    used = frozenset(Template(body).get_identifiers())
    if not Template(body).is_valid() or used != frozenset(declared["variables"]):
        raise OurFault(f"prompt {name}: declared {sorted(declared['variables'])}, used {sorted(used)}")
    return Prompt(name, declared["purpose"], used, declared["version"], body.strip())
