"""What a word means to a person or a company, where that is not what the language files take it for."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word and the metric, with its variant, that it stands for: "churn" is gross_revenue_churn."""

    words: str
    metric: str
    variant: tuple[tuple[str, str], ...] = ()
    agreed: bool = False
    """Whether an admin accepted it for everybody; else it holds in the thread it was said in."""

    @property
    def means(self) -> str:
        """The metric as the language files write it: "churn_rate?recognition=request"."""
        rest = "&".join(f"{name}={value}" for name, value in self.variant)
        return f"{self.metric}?{rest}" if rest else self.metric

    @property
    def name(self) -> str:
        """What an admin accepts or drops it by."""
        return f"{self.words} = {self.means}"

    @property
    def text(self) -> str:
        """The correction as the `subject` of the Query that is answered anew under it."""
        return json.dumps({"meant": [self.words, self.metric, dict(self.variant)]}, ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None, *, agreed: bool = False) -> Meaning | None:
        """The meaning that a text is; None for any other text."""
        try:
            words, metric, variant = json.loads(text or "")["meant"]
            pairs = tuple(sorted((str(name), str(value)) for name, value in variant.items()))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return cls(str(words), str(metric), pairs, agreed)


def over(meanings: tuple[Meaning, ...], newer: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """Both, where a newer meaning of a word stands in place of the older one."""
    return tuple({one.words: one for one in (*meanings, *newer)}.values())
