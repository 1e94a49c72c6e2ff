"""What a clause says that customers did: "who never used exports", "with 3 tickets in the last 60 days".

A period inside a clause belongs to it, and not to the figure: "churn in October of customers who signed up in April".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.analysis.behaviours import deed_of
from bot.engines.understanding.coordinated import Joints
from bot.engines.understanding.features import told_at
from bot.engines.understanding.finer import OF_NEWCOMERS
from bot.engines.understanding.heard import GROUPS, Heard
from bot.engines.understanding.paying import payers
from bot.engines.understanding.periods_apart import in_one_period
from bot.engines.understanding.picks import plainly
from bot.engines.understanding.unknown import unknown_value
from bot.errors import BadQuestion
from bot.language import Matcher, Period, Span
from bot.types import Condition

RECENT_DAYS = 30
"""What is counted without a period is counted in the last 30 days; who stopped did so for as long."""
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
"""A span that moves on with the days, in days: the usual ones of each unit."""
APART = 2
"""Words that may stand between an amount, or a verb, and what is counted."""
OF_CLAUSE = 4
"""Words that may stand between "customers who" and a period of that clause."""
SMALL = 5
"""Letters of the words that a clause may hold without a meaning of their own: "at", "has", "have been"."""
USES = frozenset({"used", "stopped", "unused"})
AMOUNTS: Mapping[str, tuple[int | None, int | None]] = {
    "at_least": (0, None),
    "more_than": (1, None),
    "at_most": (None, 0),
    "fewer_than": (None, -1),
    "none": (None, 0),
}
"""How an amount is said → what is added to it as the least and as the most; "at_least=2" is "at least twice"."""
SPELLS: Mapping[str, tuple[str, int | None, int | None]] = {
    "away": ("active", None, 0),
    "longer": ("signup", None, 0),
    "shorter": ("signup", 1, None),
}
"""How a span of time until now is said → what happened in it at least and at most so often: who has been with us for
longer than two years did not sign up in them."""
THINGS = frozenset({"tickets", "orders", "members"})
VERBS = frozenset({"opened", "opening", "bought", "joined", "joining"})
MARKS = frozenset({*USES, *AMOUNTS, *SPELLS, *THINGS, *VERBS, "times", "ever", "never"})
"""Kinds of phrase that a clause is made of."""
NEVER = frozenset({"never", "none"})
ACTIVE = "active_users"


class Clauses:
    """The clauses of one text: what is found goes to `conditions`, the places of its words to `covered`."""

    def __init__(self, heard: Heard, features: tuple[str, ...]) -> None:
        self.conditions: list[Condition] = []
        self.covered: set[int] = set()
        self._heard, self._features = heard, features
        others = heard.of_message | heard.told
        spans = heard.language.conditions(heard.tokens)
        spans = [one for one in spans if one.start not in others or (one.id in SPELLS and one.start in heard.told)]
        self._spans = [one for one in spans if _kind(one) in MARKS]
        self._openers = [
            one
            for one in heard.spans
            if (one.kind, one.id) == ("word", "relative")
            or ((one.kind, one.id) == ("intent", "list_people") and one.start > 0)
        ]
        self._joins = [one for one in heard.spans if one.kind == "word" and one.id in ("join", "either")]
        self._groups = [one for one in heard.spans if one.kind == "segment"]
        self._lacking = [one for one in heard.spans if one.kind == "metric" and one.id in GROUPS]
        names = Matcher(("segment", one, plainly(one)) for one in heard.segments)
        self._named = names.find(heard.tokens)  # a group of the company's own is called as it likes: "Bez raportów"
        self._marked = {at for one in self._spans for at in range(one.start, one.end)}
        self._marked |= {at for one in heard.periods for at in range(one.start, one.end)}
        self._opening = {at for one in self._openers for at in range(one.start, one.end)}
        self._joints = Joints(heard, self._spans, self._openers)

    def read(self) -> Clauses:
        """All clauses, from left to right. BadQuestion for a feature or a period that no condition can have."""
        if parted := in_one_period(self._heard):
            self.conditions += parted.conditions
            self._cover(parted.start, parted.end, set(parted.words), whole=False)
        for condition, start, end in payers(self._heard):
            self.conditions.append(condition)
            self._cover(start, end, set(range(start, end)), whole=False)
        for span in self._spans:
            if self.covered.isdisjoint(range(span.start, span.end)):
                self._read(span)
        self._check_periods()
        return self

    def _check_periods(self) -> None:
        """BadQuestion for a period of a clause that is not understood: it is not to be compared with another."""
        periods = [one for one in self._heard.periods if one.start not in self.covered]
        for one in periods if len(periods) > 1 and self._heard.metrics else ():
            opener = next((at for at in self._openers if at.end <= one.start <= at.end + OF_CLAUSE), None)
            if opener is not None and any(other.end <= opener.start or other.start > one.end for other in periods):
                raise BadQuestion("unknown_part", value=self._heard.words(opener.end, one.end))

    def _read(self, span: Span) -> None:
        if span.id in SPELLS:
            self._lasted(span)
            return
        thing = self._thing(span)
        kinds = {"priority", "category"} & {*self._heard.filters, *self._heard.exclude}
        if any(one.start <= span.start and span.end <= one.end for one in self._named):
            return
        inside = any(one.start <= span.start and span.end <= one.end for one in self._groups)
        grouped = inside and span.id not in USES  # "stopped using" is a group, but not of what they stopped using
        grouped = grouped or (span.id == "none" and any(one.start == span.end for one in self._lacking))
        if grouped or self._is_the_figure(span) or (span.id == "none" and thing is not None and kinds):
            return  # "without urgent tickets" says which tickets, and not of whom
        if span.id in VERBS:
            if span.id == "bought":
                self._bought(span)
            elif (span.id == "joined" and self._opened(span)) or (span.id == "joining" and self._follows_people(span)):
                self._joined(span)
            elif thing is not None and (span.id == "opening" or self._opened(span)):
                self._counted(span, thing)
        elif thing is not None and (span.id in USES or _kind(span) in AMOUNTS):
            self._counted(span, thing)
        elif span.id in USES or span.id == "none":
            self._used(span)

    def _is_the_figure(self, span: Span) -> bool:
        """Whether the words name the one figure that is asked for: "what share of customers bought more than once"."""
        if span.id in ("stopped", "unused"):
            return False
        figures = [range(one.start, one.start + len(one.words.split())) for one in self._heard.metrics]
        words = set(range(span.start, span.end))
        if {one.metric for one in self._heard.metrics} == {ACTIVE} and self._feature(span.end)[0] is not None:
            return False  # who used something is not everybody who was active
        return bool(figures) and not any(words.isdisjoint(one) for one in figures) and not self._opened(span)

    def _thing(self, span: Span) -> Span | None:
        """What is counted, in the amount's own words or right after them."""
        end = span.end
        while end < len(self._heard.tokens) and self._belongs(end) and end - span.end <= 2 * APART:
            end += 1
        return next((one for one in self._spans if one.id in THINGS and span.start <= one.start <= end), None)

    # ------------------------------------------------------------ what a clause is about

    def _used(self, span: Span) -> None:
        """Whether, when and how often a feature was used; BadQuestion for one that the data does not have."""
        feature, places = self._feature(span.end)
        if feature is None:
            self._unknown(span)
            return
        more = self._more(span, max(places) + 1)
        start, end = self._reach(span.start, max({*places, *(at for one in more.values() for at in one)}) + 1)
        inside = self._inside(start, end)
        ids = {one.id for one in inside}
        least, most = self._times([one for one in inside if one.start >= span.end or _kind(one) in AMOUNTS])
        days, used = self._days(span, start, end), {*places, *range(span.start, span.end)}
        if span.id == "stopped":
            self.conditions += [
                Condition("feature", feature, least=1),
                Condition("feature", feature, most=0, days=days or RECENT_DAYS),
            ]
        elif span.id != "used" or ids & NEVER:
            never = RECENT_DAYS if span.id == "none" else None
            self.conditions.append(Condition("feature", feature, most=0, days=days or never))
        else:
            usual = None if "ever" in ids else RECENT_DAYS
            least = 1 if least is None and most is None else least
            self.conditions.append(Condition("feature", feature, least=least, most=most, days=days or usual))
        told = self.conditions[-2:] if span.id == "stopped" else self.conditions[-1:]
        self.conditions += [replace(one, of=name) for name in more for one in told]
        self._cover(start, end, used.union(*more.values()))

    def _more(self, span: Span, end: int) -> dict[str, set[int]]:
        """The further features of a list, with their places. BadQuestion for "used A or B", which no condition says."""
        found: dict[str, set[int]] = {}
        while any(one.start == end for one in self._joins):
            feature, places = self._feature(end + 1)
            if feature is None or min(places) > end + 1 + APART:
                break
            either = any((one.id, one.start) == ("either", end) for one in self._joins)
            if either and span.id == "used":
                raise BadQuestion("unknown_part", value=self._heard.words(span.start, max(places) + 1))
            found[feature] = {end, *places}
            end = max(places) + 1
        return found

    def _counted(self, span: Span, thing: Span) -> None:
        """How many of what; a verb alone says that there was one."""
        start, end = self._reach(min(span.start, thing.start), max(span.end, thing.end))
        inside = self._inside(start, end)
        amount = next((one for one in (span, *inside) if _kind(one) in AMOUNTS), None)
        never = span.id == "unused" or any(one.id in NEVER for one in inside)
        days = self._days(span, start, end, past=True)
        least, most = (None, 0) if never else (1, None) if amount is None else _bounds(amount)
        usual = RECENT_DAYS if thing.id == "tickets" and not (never and span.id != "none") else None
        self.conditions.append(Condition(thing.id, least=least, most=most, days=days or usual))
        self._cover(start, end, set(range(span.start, span.end)) | set(range(thing.start, thing.end)))

    def _lasted(self, span: Span) -> None:
        """For how long they have been customers, or have not been active."""
        what, least, most = SPELLS[span.id]
        start, end = self._reach(span.start, span.end)
        days = self._days(span, span.start, span.end)
        self.conditions.append(Condition(what, least=least, most=most, days=days))
        self._cover(start, end, set(range(span.start, span.end)), whole=False)

    def _bought(self, span: Span) -> None:
        """How many times something was bought."""
        start, end = self._reach(span.start, span.end)
        inside = self._inside(start, end)
        least, most = self._times(inside)
        if any(one.id in NEVER for one in inside):
            least, most = None, 0
        if least is not None or most is not None:
            self.conditions.append(
                Condition("orders", least=least, most=most, days=self._days(span, start, end, past=True))
            )
            self._cover(start, end, set(range(span.start, span.end)))

    def _joined(self, span: Span) -> None:
        """When they signed up. Of a figure of newcomers that is its own period, and the verb says nothing more."""
        start, end = self._reach(span.start, span.end)
        inside = [one for one in self._heard.periods if start <= one.start < end]
        others = [one for one in self._heard.metrics if not start <= one.start < end]
        own = next(iter(others), None)
        if not inside:
            return
        if own is not None and own.metric in OF_NEWCOMERS:
            if len(self._heard.periods) == 1:
                self._cover(start, end, set(range(span.start, span.end)), whole=False)
            return
        window = inside[0].window
        told = f"/{window.end}" if inside[0].form == "before" else f"{window.start}/{window.end}"
        self.conditions.append(Condition("signup", told, least=1))
        self._cover(start, end, set(range(span.start, span.end)))

    # ------------------------------------------------------------ how far it goes

    def _reach(self, start: int, end: int) -> tuple[int, int]:
        """The clause around a phrase: the amounts, periods and small words that touch it, back to "customers who" or
        to the clause before it. BadQuestion where "or" joins it to that one."""
        tokens, back = self._heard.tokens, start
        while end < len(tokens) and not self._parted(end) and self._belongs(end) and not self._begins_at(end):
            end += 1
        while back > 0 and back - 1 not in self._opening and not self._parted(back) and self._belongs(back - 1):
            back -= 1
        opened = self._begun(back)
        first = min((one.start for one in self._openers if one.start < back <= one.end), default=back)
        if opened and self._joints.is_either(self._joints.before(first)):
            raise BadQuestion("unknown_part", value=self._heard.words(first - 1, end))
        while not opened and start > 0 and start - 1 in self._marked and not self._of_period(start - 1):
            start -= 1
        return (back if opened else start), end

    def _belongs(self, at: int) -> bool:
        word = self._heard.tokens[at].folded
        if at in self._joints.places:
            return False
        return at in self._marked or (len(word) <= SMALL and word in self._heard.language.filler)

    def _begins_at(self, at: int) -> bool:
        """Whether another clause begins here: "who joined in May | who have not logged in for 14 days"."""
        return at in self._opening or any(one.start == at and one.id in SPELLS for one in self._spans)

    def _begun(self, start: int) -> bool:
        """Whether "customers who" stands right before, or a clause that this one goes on from."""
        return (start > 0 and start - 1 in self._opening) or self._joints.goes_on(start, self.covered)

    def _parted(self, at: int) -> bool:
        """True where more than a space stands before a word."""
        tokens = self._heard.tokens
        return at > 0 and tokens[at].start - tokens[at - 1].end > 1

    def _of_period(self, at: int) -> bool:
        return any(one.start <= at < one.end for one in self._heard.periods)

    def _opened(self, span: Span) -> bool:
        """Whether "customers who" stands before."""
        return self._begun(self._reach(span.start, span.end)[0])

    def _follows_people(self, span: Span) -> bool:
        """Whether a word for people, or "customers who", stands before."""
        before = self._heard.tokens[max(0, span.start - APART) : span.start]
        return self._opened(span) or any(one.folded.startswith(self._heard.language.people) for one in before)

    def _inside(self, start: int, end: int) -> list[Span]:
        return [one for one in self._spans if start <= one.start and one.end <= end]

    def _cover(self, start: int, end: int, words: set[int], *, whole: bool = True) -> None:
        """Takes the words of a clause: its phrases and the small words between them, and "customers who" before it."""
        if whole:
            taken = {at for one in self._inside(start, end) for at in range(one.start, one.end)}
            held = [one for one in self._heard.periods if start <= one.start < end and self._rolling(one)]
            held += [one for one in self._heard.periods if start <= one.start < end and self._of_signup()]
            words = words | taken | {at for one in held for at in range(one.start, one.end)}
            loose = [one for one in self._heard.periods if not words & set(range(one.start, one.end))]
            kept = {at for one in loose for at in range(one.start, one.end)}
            words = set(range(min(words), max(words) + 1)) - kept
        self.covered |= words | set(self._joints.before(start))
        if start > 0 and start - 1 in self._opening:
            opener = next(one for one in self._openers if one.start <= start - 1 < one.end)
            self.covered |= set(range(opener.start, opener.end))

    def _of_signup(self) -> bool:
        return bool(self.conditions) and self.conditions[-1].what == "signup"

    # ------------------------------------------------------------ how often, of what, since when

    def _times(self, inside: Iterable[Span]) -> tuple[int | None, int | None]:
        """The bounds of "at least 3 times"."""
        inside = list(inside)
        for one in inside:
            said = "=" in one.id or any(more.id == "times" and 0 <= more.start - one.end < APART for more in inside)
            if _kind(one) in AMOUNTS and one.id != "none" and said:
                return _bounds(one)
        return None, None

    def _days(self, span: Span, start: int, end: int, *, past: bool = False) -> int | None:
        """The days that the clause itself names; BadQuestion for a period that does not move on with the days.

        "Who use exports in May" may speak of the figure's own period; "who opened a ticket in May" (`past`) does not.
        """
        if span.slot("unit") is not None and (span.slot("n") or span.id in SPELLS):
            return int(span.slot("n") or 1) * DAYS.get(str(getattr(span.slot("unit"), "value", span.slot("unit"))), 1)
        inside = [one for one in self._heard.periods if start <= one.start < end]
        rolling = next((one for one in inside if self._rolling(one)), None)
        if rolling is not None:
            return rolling.window.days
        other = past or len(inside) < len(self._heard.periods)
        fixed = next((one for one in inside if other or one.start < span.start), None)
        if fixed is not None and self._heard.metrics:
            raise BadQuestion("segment_period", window=fixed.window)
        return None

    def _rolling(self, period: Period) -> bool:
        return rolling(self._heard, period)

    def _feature(self, start: int) -> tuple[str | None, set[int]]:
        """The feature that is named after a place, and the places of its words."""
        heard, deeds = self._heard, [deed_of(one) for one in self._features]
        while start < len(heard.tokens) and start not in self._opening:
            deed, end = told_at(heard, deeds, start)
            if deed is not None:
                return deed.name, set(range(start, end))
            if not self._belongs(start):
                break
            start += 1
        return None, set()

    def _unknown(self, span: Span) -> None:
        heard = self._heard
        named = [words for words in heard.unexplained if words in heard.words(span.end, len(heard.tokens))]
        if span.id in USES and named and self._features and not heard.metrics and not heard.segments:
            raise unknown_value(heard.language, "feature", named[0], self._features)


def _kind(span: Span) -> str:
    return span.id.partition("=")[0]


def _bounds(amount: Span) -> tuple[int | None, int | None]:
    """The least and the most that an amount says; "at least a ticket" names no number."""
    kind, _, fixed = amount.id.partition("=")
    least, most = AMOUNTS[kind]
    said = fixed or amount.slot("n")
    n = int(said) if said is not None else 0 if kind == "none" else 1
    return None if least is None else n + least, None if most is None else n + most


def rolling(heard: Heard, period: Period) -> bool:
    """True for a period that moves on with the days: "the last 60 days", "since 30 days"."""
    since = period.window.name == "since" and any(
        "unit" in token.slots for token in heard.tokens[period.start : period.end]
    )
    return since or period.window.name.startswith("last_n")


def lasting(heard: Heard, condition: Condition) -> Condition:
    """The condition over the one period that a description names outside of its clauses; BadQuestion for one that
    does not move on with the days. Who stopped using a feature used it at any time before.
    """
    ever = condition.what == "signup" or (
        condition.what == "feature" and condition.least is not None and condition.days is None
    )
    if not heard.periods or ever:
        return condition
    if condition.what == "members" or not rolling(heard, heard.periods[0]):
        raise BadQuestion("segment_period", window=heard.periods[0].window)
    return replace(condition, days=heard.periods[0].window.days)


def without(text: str, heard: Heard, covered: Iterable[int]) -> str:
    """The text less some of its words."""
    text = unicodedata.normalize("NFC", text)
    for at in sorted(covered, reverse=True):
        text = text[: heard.tokens[at].start] + text[heard.tokens[at].end :]
    return text
