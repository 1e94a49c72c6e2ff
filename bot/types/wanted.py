"""A figure that somebody misses."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric that is asked for, in the asker's own words: its name, its formula, the columns it would take."""

    name: str
    formula: str = ""
    columns: str = ""

    @property
    def text(self) -> str:
        """The request as the `subject` of a Query."""
        return json.dumps({"wanted": [self.name, self.formula, self.columns]}, ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None) -> Wanted | None:
        """The request that a text is; None for any other text."""
        try:
            name, formula, columns = json.loads(text or "")["wanted"]
        except (ValueError, KeyError, TypeError):
            return None
        return cls(str(name), str(formula), str(columns))
