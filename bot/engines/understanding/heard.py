"""The nouns of understanding: what was found in a text, before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from bot.errors import BadQuestion
from bot.language import Language, Period, Span, Stated, Token, fold
from bot.types import Condition, Grain

SILENT = frozenset({"asks", "how", "what_is", "make", "message"})
"""Cues that ask for nothing by themselves."""
HEADCOUNT = "customer_count"
OF_CUSTOMERS = frozenset({"customers", "customers_now"})
COUNTED = OF_CUSTOMERS | {"counts"}
"""Numbers of people that are a figure only where no other is named."""

GROUPS: Mapping[str, str] = {"open_tickets": "open_support_issues"}
"""Figures whose words, after "without", leave out the people of a segment."""


@dataclass(frozen=True, slots=True)
class Named:
    """A metric as named: its id and what the wording fixes ("voluntary churn", "expansion MRR")."""

    metric: str
    fixed: tuple[tuple[str, str], ...] = ()
    words: str = ""
    start: int = 0

    @property
    def length(self) -> int:
        """Words of its name."""
        return len(self.words.split())

    @classmethod
    def of(cls, text: str, words: str = "", start: int = 0) -> Named:
        """From "churn_rate?split=voluntary", as the language files write it; "{n}" is the number that was said."""
        metric, _, rest = text.partition("?")
        pairs = (pair.partition("=") for pair in rest.split("&") if pair)
        return cls(metric, tuple((name, value) for name, _, value in pairs), words, start)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A word for several metrics ("retention"), with those that the rest of the text speaks for."""

    name: str
    words: str
    choices: tuple[Named, ...]
    decided: Named | None = None


@dataclass(slots=True)
class Heard:
    """All that was found in a text, in the order of the text."""

    language: Language
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...] = ()
    """All phrases that are in the text, before any of them was chosen."""
    ideas: Mapping[str, list[tuple[int, int]]] = field(default_factory=dict)
    """What sayings and suppositions are made of: idea → the places `[start, end)` of its words."""
    told: frozenset[int] = frozenset()
    """The places of the words that tell a figure by what it is of, which are no condition on people."""
    metrics: list[Named] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    headcount: Named | None = None
    """The number of customers, where it is asked of nobody else in particular: "how many customers"."""
    filters: dict[str, list[str]] = field(default_factory=dict)
    exclude: dict[str, list[str]] = field(default_factory=dict)
    markets: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    which: list[str] = field(default_factory=list)
    mentioned: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)
    foretold: bool = False
    """Whether it was asked who will leave, for whom those at risk were taken."""
    narrows: bool = False
    """Whether it is asked of those before who else it holds of: "which ones pay over 300?"."""
    lists_segments: bool = False
    """Whether segments are listed ("VIPs and promoters"), and not said of the same people ("VIP promoters")."""
    either: str = ""
    """The words of an "or" between two conditions of several kinds, which no filter says: "in Spain or on Pro"."""
    variants: dict[str, str] = field(default_factory=dict)
    rivals: list[tuple[str, str]] = field(default_factory=list)
    """Further values of a variant that has one already: "with method events and with method average"."""
    intents: set[str] = field(default_factory=set)
    compare: set[str] = field(default_factory=set)
    versus: int | None = None
    claims: set[str] = field(default_factory=set)
    moment: bool = False
    """Whether it is asked when something was highest, lowest, best or worst."""
    saying: str | None = None
    """The claim of the register that the text repeats and doubts."""
    step: Grain | None = None
    rhythm: Grain | None = None
    steps_back: int | None = None
    """How many steps back a trend begins: "month by month, the last 6"."""
    metric_window: Grain | None = None
    periods: list[Period] = field(default_factory=list)
    denied: list[Period] = field(default_factory=list)
    """Periods that are named and not meant: "in October, not September"."""
    unbegun: BadQuestion | None = None
    """What is wrong with "today", of which the data holds nothing yet; a level of now is told all the same."""
    wish: str | None = None
    account: str | None = None
    about: str = ""
    """The words after "tell me about": perhaps the name of an account."""
    message: str = ""
    """What is asked of a message itself: how it is to sound, what it is to say."""
    of_message: frozenset[int] = frozenset()
    """The places of these words, which say nothing of those that the message is for."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Which "channel" the message is for, and of which "kind" it is, where that is one of ours."""
    order: str = ""
    """The order that a list of people is to have, where it is none that lists have."""
    limit: int | None = None
    amounts: list[Stated] = field(default_factory=list)
    figures: list[Stated] = field(default_factory=list)
    """Figures without a unit that no other phrase explains: "412 churned customers"."""
    follows: bool = False
    turns: set[str] = field(default_factory=set)
    """How the words change a question before them, by the ids of the language's table of turns: "whole", "add" ..."""
    undone: list[str] = field(default_factory=list)
    """Dimensions that no longer matter: "all countries together"."""
    negates: bool = False
    """A "not" or "without" stands in the text."""
    ours: bool = False
    those: bool = False
    names_rate: bool = False
    guesses: list[tuple[str, str]] = field(default_factory=list)
    matter: str = ""
    """The text without its periods, values and steps: what is left says what it is about."""
    explained: frozenset[int] = frozenset()
    """The places of the words that some phrase explains."""
    apart: frozenset[int] = frozenset()
    """The places of a figure's words that stand apart from the rest of them."""
    unexplained: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """Unexplained words next to a metric, or in a clause about the customers: they change what is asked."""
    placed: list[str] = field(default_factory=list)
    """Unexplained words where a filter would stand: "in Atlantis", "for dentists"."""
    timeless: list[str] = field(default_factory=list)
    """Unexplained words where a period would stand: "since the summer"."""
    misfits: list[tuple[str, str]] = field(default_factory=list)
    """(dimension, words) of unexplained words next to a dimension: "plan Gold"."""

    conditions: tuple[Condition, ...] = ()
    """What its clauses say that customers did; their words are no part of the rest."""
    describes: bool = False
    """Whether a segment is asked for: "create a segment of"."""

    def words(self, start: int, end: int) -> str:
        """The words of the tokens `[start, end)` as they were written."""
        return " ".join(token.text for token in self.tokens[start:end])

    def strange(self, words: str, start: int, kind: str) -> None:
        """Takes in words for what is no figure of ours, unless nothing else is asked: customers can be counted."""
        self.strangers.append(words)
        if kind in OF_CUSTOMERS:
            self.headcount = Named(HEADCOUNT, words=words, start=start)

    @property
    def asks(self) -> set[str]:
        """The cues that ask for something by themselves."""
        return {one for one in self.intents - SILENT if not one.startswith("smalltalk_")}

    @property
    def joins(self) -> bool:
        """Whether the text itself says that it names several figures: "churn and NPS", "MRR, NRR"."""
        places = [one.start for one in self.metrics] or [0]
        between = self.tokens[min(places) : max(places) + 2]
        words = self.language.data["hears"]["words"]
        joins = {fold(phrase) for phrase in words["join"]}
        return any(token.folded in joins or after.start - token.end > 1 for token, after in pairwise(between))

    @property
    def often(self) -> bool:
        """Whether it is asked how often something happens, of which a number of people tells nothing."""
        return any((one.kind, one.id) == ("degree", "often") for one in self.spans)

    @property
    def in_turn(self) -> list[str]:
        """The words of "how many paused and then left": of those of whom one figure tells, another is asked for."""
        places = [one.start for one in self.metrics]
        people = any(one.kind == "word" and one.id in ("count", "relative") for one in self.spans)
        if not people or len({one.metric for one in self.metrics}) < 2:
            return []
        said = [one for one in self.spans if (one.kind, one.id) == ("word", "then")]
        return [self.words(one.start, one.end) for one in said if min(places) < one.start <= max(places)]

    @property
    def something(self) -> bool:
        """True when the text says anything that a question can be made of."""
        return bool(
            self.metrics
            or self.unclear
            or self.strangers
            or self.filters
            or self.exclude
            or self.by
            or self.segments
            or self.variants
            or self.periods
            or self.account
            or self.step
        )
