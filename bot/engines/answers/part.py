"""What one Query contributes to an Answer, and the desk it is worked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.analysis.frozen import Frozen
from bot.analysis.measure import Analyst
from bot.drafting.worth import Action
from bot.errors import OurFault
from bot.language import Language
from bot.playbook import Playbook
from bot.types import Citation, Defaults, Draft, Evidence, Finding, Group, Meaning, Note, Query, Wanted


@dataclass
class Part:
    """Findings are the sentences of the answer, in order; each takes its values from `evidence`."""

    queries: list[Query] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    caveats: list[Note] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """What a button of a follow-up says, where that is shorter than what it asks."""
    drafts: list[Draft] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)

    def say(self, key: str, *evidence: Evidence, **values: Any) -> None:
        """Add one finding."""
        self.findings.append(Finding(key, values, tuple(one.id for one in evidence)))

    def keep(self, *evidence: Evidence) -> None:
        """Add measurements and what must be said beside them; of a baseline only what the main one does not say."""
        for one in evidence:
            self.evidence.append(one)
            said = {note.key for note in self.caveats} if one.role == "baseline" else set()
            self.caveats.extend(note for note in one.caveats if note not in self.caveats and note.key not in said)

    def add(self, other: Part) -> None:
        """Append another part: several questions in one message."""
        for name in ("queries", "findings", "evidence", "citations", "drafts", "meanings"):
            getattr(self, name).extend(getattr(other, name))
        self.caveats.extend(note for note in other.caveats if note not in self.caveats)
        self.follow_ups = other.follow_ups or self.follow_ups
        self.labels |= other.labels


def _kept_nowhere(_what: Group | Wanted | Meaning) -> None:
    raise OurFault("nothing can be kept at this desk")


@dataclass(frozen=True, slots=True)
class Finished:
    """A campaign approved here, its planned end over: of which play, and after how many days it is read."""

    campaign: str
    play: str
    days: int
    frozen: Callable[[], Frozen]
    """Its people, fetched when they are needed."""


def _weighs_nothing() -> Weighed:
    raise OurFault("no actions are weighed at this desk")


@dataclass(frozen=True)
class Weighed:
    """The actions worth most, the first most, and what they were measured by."""

    actions: Sequence[Action]
    evidence: Sequence[Evidence]
    values: Sequence[Evidence]
    """What a customer brings; without it nothing can be weighed."""
    sql: str


@dataclass
class Desk:
    """Everything an engine may use for one question: the data under the asker's rights, words, and plays."""

    analyst: Analyst
    language: Language
    playbook: Callable[[], Playbook]
    write: Callable[[Query], Draft]
    """Prepares the draft a query asks for; nothing is sent."""
    text: str = ""
    defaults: Defaults = field(default_factory=Defaults)
    """What the place of the question is about."""
    keep: Callable[[Group | Wanted | Meaning], None] = _kept_nowhere
    """Keeps a segment under its name, a metric's request, or a meaning; BadQuestion for a name that is another's."""
    finished: Callable[[], Sequence[Finished]] = tuple
    """The campaigns approved here whose results may be read."""
    weigh: Callable[[], Weighed] = _weighs_nothing
    """The actions worth most this week, for those who may draft."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def next_id(self) -> str:
        return f"e{next(self.numbers)}"
