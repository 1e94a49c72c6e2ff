"""Customers that a sentence describes: a rule in types, told anew at each use."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.types.questions import Filters, filters

COUNTED = ("feature", "tickets", "orders", "signup", "active", "mrr", "members", "paying")
"""What a condition may count: uses of a feature, support tickets, purchases, the one day of signing up, activity, and
an MRR within its limit, which is there once or not at all."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How often something is known of a customer: `least` to `most` times in the last `days` days, None: ever."""

    what: str
    of: str = ""
    """The feature, where uses of one are counted; of signing up the days "START/END", its start may be missing, and
    all of it where `days` say how long ago; of paying, of orders and of activity those of the one period that is
    meant; of MRR its limit: ">500", "<=49.9"."""
    least: int | None = None
    most: int | None = None
    days: int | None = None


def limit_of(condition: Condition) -> tuple[str, float]:
    """The sign and the figure of a condition that is a limit."""
    return condition.of.rstrip("0123456789.e+"), float(condition.of.lstrip("<>="))


@dataclass(frozen=True, slots=True)
class Group:
    """A segment made from a sentence: all that it says holds of each customer in it. One without a name is not kept."""

    name: str = ""
    segments: tuple[str, ...] = ()
    """Segments that a customer must be in, all of them; none: paying customers, or buyers where nobody subscribes."""
    filters: Filters = ()
    exclude: Filters = ()
    """What must not hold; `segment` may be among its dimensions."""
    conditions: tuple[Condition, ...] = ()

    @property
    def text(self) -> str:
        """The rule as one word of a Query: its `subject`, or a value of the dimension `segment`."""
        told = {
            "name": self.name,
            "segments": list(self.segments),
            "filters": {name: list(values) for name, values in self.filters},
            "exclude": {name: list(values) for name, values in self.exclude},
            "conditions": [
                {name: value for name, value in asdict(one).items() if value not in (None, "")}
                for one in self.conditions
            ],
        }
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def of(cls, text: str | None) -> Group | None:
        """The rule that a text is; None for the name of a segment, or for anything else."""
        if not text or not text.startswith("{"):
            return None
        try:
            return cls._told(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    @classmethod
    def _told(cls, told: dict[str, Any]) -> Group:
        conditions = tuple(Condition(**one) for one in told.get("conditions", ()))
        if any(one.what not in COUNTED for one in conditions):
            raise ValueError("nothing that is counted")
        return cls(
            str(told.get("name", "")),
            tuple(str(one) for one in told.get("segments", ())),
            filters(told.get("filters", {})),
            filters(told.get("exclude", {})),
            conditions,
        )
