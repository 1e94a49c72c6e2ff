"""What a text says, told by the language file and the values found in the data; nothing is decided here.

The longest phrases win; what two kinds of phrase cover alike ("new customers", "annual") stays open
until `understand` knows what is asked. Words that nothing explains are kept: they may be the point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from bot.engines.understanding.ahead import TO_COME, asks_ahead, foresees
from bot.engines.understanding.amid import acted, aside, bridged, held, last_said, timeless_in
from bot.engines.understanding.comparing import compared, parted
from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.foretold import foretold, renewing
from bot.engines.understanding.gists import by_gist
from bot.engines.understanding.happened import with_days
from bot.engines.understanding.heard import COUNTED, GROUPS, Heard, Named
from bot.engines.understanding.leftovers import Around, Leftovers, of_people
from bot.engines.understanding.lists import beside_order
from bot.engines.understanding.messages import beside_message
from bot.engines.understanding.picks import (
    Pick,
    as_taught,
    asides,
    bare,
    changes,
    headed,
    meant,
    picked,
    values_in,
)
from bot.engines.understanding.sayings import hear_sayings, saying_of
from bot.engines.understanding.unclear import is_choice, unclear_of
from bot.engines.understanding.unknown import values_of
from bot.errors import BadQuestion
from bot.language import Ahead, Calendar, Language, Span, Stated
from bot.types import Grain, Intent, Meaning

MEANT = frozenset({"metric", "ambiguous", "data", "value", "dimension", "segment"})
"""Kinds whose misspelt words are said back."""
ASIDE = frozenset({"when", "data", "value", "step", "metric_window"})
"""Kinds that say of when and of whom, not of what."""


def hear(
    text: str,
    language: Language,
    values: Mapping[str, tuple[str, ...]],
    markets: Iterable[str],
    when: Calendar,
    meanings: Iterable[Meaning] = (),
) -> Heard:
    """What the text says. BadQuestion for a period or a value that cannot be.

    In questions about the future periods are those to come ("forecast next month"); `meanings` are what words stand for
    here.
    """
    tokens, said = language.hear(text)
    table = tuple((name, tuple(found)) for name, found in sorted(values.items()))
    data = values_in(table, tuple(sorted(markets)), language.endings).find(tokens)
    spans = acted(language, tokens, bridged(language, tokens, [*said, *data]))
    spans = bare([span for span in spans if meant(span, spans, tokens, language)])
    heard = Heard(language, tokens, tuple(said), language.ideas(tokens))
    if saying_of(heard) is None or any(one.kind in ("metric", "ambiguous") for one in spans):
        spans, heard.told = by_gist(language, tokens, spans)
    heard.apart = aside(spans, said)
    spans, across = parted(spans)
    spans = with_days(tokens, as_taught(spans, tokens, meanings, language), when)
    spans = beside_message(heard, text, spans)
    spans = spans if heard.message else beside_order(heard, spans)
    spans = foretold(heard, spans)
    to_come = [span for span in spans if span.kind == "ahead"]
    spans = [span for span in spans if span.kind != "ahead"]
    spans = headed(spans, language)
    picks = picked(spans)
    foreseen = foresees(picks, [*spans, *to_come])
    if foreseen or asks_ahead(picks):
        when = Ahead(when.as_of, when.week_start, when.zone)
        spans = [span for span in spans if span.kind != "period" or span.id in TO_COME]
        spans += [replace(span, kind="period") for span in to_come]
        picks = picked(spans)
    timeless = [span for pick in picks for span in pick.spans if span.length > 1 and timeless_in(span, spans)]
    dated = [span for span in spans if not any(held(span, one) for one in timeless)]
    try:
        heard.periods = language.periods(tokens, dated, when)
    except BadQuestion as error:
        if error.key == "period_not_begun" and any(span.id == "today" for span in dated):
            heard.unbegun = error
            heard.periods = language.periods(tokens, [span for span in dated if span.id != "today"], when)
        elif saying_of(heard) is None:  # "inactive after 7 days" is no period that has not begun
            raise
    when_spans = [Span("word", "now", one.start, one.end) for one in dated if one.id == "today" and heard.unbegun]
    when_spans += [Span("when", str(n), one.start, one.end) for n, one in enumerate(heard.periods)]
    picks = picked([span for span in spans if span.kind not in ("period", "link", "part")] + when_spans)
    kept = {int(span.id) for pick in picks for span in pick.of("when")}
    named = [one for n, one in enumerate(heard.periods) if n in kept]
    heard.periods, cut = last_said(named, picks, heard.tokens)
    heard.denied = [one for one in named if one not in heard.periods]
    heard.timeless += [heard.words(one.start, one.end) for one in cut]
    _Reader(heard, values, picks, spans, asides(text, tokens)).read(language.figures(text, tokens))
    renewing(heard, when)
    compared(heard, picks, across)
    heard.intents |= {Intent.PROJECT.value} if foreseen else set()
    hear_sayings(heard)
    return heard


class _Reader:
    """Walks the picks of one text from left to right."""

    def __init__(
        self,
        heard: Heard,
        values: Mapping[str, tuple[str, ...]],
        picks: list[Pick],
        spans: list[Span],
        asides: frozenset[int],
    ) -> None:
        """`asides` are the places of words in brackets."""
        self._heard, self._values, self._picks, self._spans, self._asides = heard, values, picks, spans, asides
        self._around = Around(heard, picks, spans)
        self._listed: list[tuple[str, str]] = []
        """The values of the list that is read, and the place where the last of them ends."""
        self._list_end = -1
        self._explained: set[int] = set(heard.of_message)
        self._mode = ""
        self._by_name = False
        """Whether segments are named to split by; one alone is whose figure it is ("paid by VIPs")."""
        self._split: set[str] = set()
        """Dimensions whose values are named to split by: "by monthly and annual plans"."""
        self._excluding = False
        """Whether what is left out was said already: "not on annual plans"."""

    def read(self, figures: Iterable[Stated]) -> None:
        heard = self._heard
        for one in (one for one in figures if heard.of_message.isdisjoint(range(one.start, one.end))):
            bare = one.amount.unit == "number" and not one.amount.step
            (heard.figures if bare else heard.amounts).append(one)
            if one.amount.unit != "number":
                self._explained.update(range(one.start, one.end))
        aside: set[int] = set()
        for pick in self._picks:
            self._take(pick)
            self._explained.update(range(pick.start, pick.end))
            aside.update(range(pick.start, pick.end) if self._is_aside(pick) else ())
        heard.matter = " ".join(token.text for at, token in enumerate(heard.tokens) if at not in aside)
        for span in (one for one in self._spans if one.kind in ("word", "turn")):
            if span.id == "rate":
                heard.names_rate = True
            elif span.id in ("without", "denies"):
                heard.negates = True
            elif span.id in ("follow", "again") and self._opens(span.start):
                heard.follows = True
            elif span.id == "language" and heard.wish is None and not self._around.denied(span.start):
                heard.wish = str(span.slot("language"))
        heard.follows |= "instead" in heard.turns
        heard.by += [one for one in sorted(self._split) if one not in heard.by and len(heard.filters.get(one, ())) > 1]
        own = set(heard.segments) & set(self._values.get("segment", ()))  # "by Reports quitters": against the others
        heard.by += ["segment"] if self._by_name and (own or len(set(heard.segments)) > 1) else []
        heard.metrics = [one for one in heard.metrics if self._is_gloss(one)] or heard.metrics
        if heard.which or heard.by or heard.mentioned:  # "loses most customers" is a figure and a ranking in one
            heard.intents |= {one.id for one in self._spans if one.id in RANKING and self._in_metric(one)}
        heard.rhythm = None if heard.periods and "annual" in heard.filters.get("interval", ()) else heard.rhythm
        heard.figures = [one for one in heard.figures if self._explained.isdisjoint(range(one.start, one.end))]
        disputes = heard.amounts and {"vendor", "really"} & {*heard.variants, *heard.intents}  # "Stripe says 4.4 %"
        heard.intents |= {Intent.RECONCILE.value} if disputes else set()
        heard.explained = frozenset(self._explained)
        Leftovers(heard, self._around, self._explained, self._asides).sort()

    def _is_gloss(self, one: Named) -> bool:
        """Whether brackets hold nothing but what is asked is called: "how many pay again (win-back rate)"."""
        own = range(one.start, one.start + one.length)
        start, end = own.start, own.stop
        while start - 1 in self._asides:
            start -= 1
        while end in self._asides:
            end += 1
        filler, tokens = self._heard.language.filler, self._heard.tokens
        return self._asides.issuperset(own) and all(
            at in own or tokens[at].folded in filler for at in range(start, end) if len(tokens[at].folded) > 1
        )

    def _is_aside(self, pick: Pick) -> bool:
        """True for what says of when, of whom or by what, not of what."""
        kinds = {span.kind for span in pick.spans}
        split = {span.id for span in pick.of("dimension")} & set(self._heard.by)
        return kinds <= ASIDE or bool(split and kinds <= {*ASIDE, "dimension"})

    def _take(self, pick: Pick) -> None:
        heard = self._heard
        if self._is_listed(pick) or self._is_whose(pick):  # "partners or referrals", "churn of referrals": no figure
            pick = replace(pick, spans=tuple(one for one in pick.spans if one.kind in ("data", "value")))
        kinds = {span.kind for span in pick.spans}
        if any(span.guessed for span in pick.spans) and kinds & MEANT:
            read = " ".join(token.near or token.folded for token in heard.tokens[pick.start : pick.end])
            heard.guesses.append((self._heard.words(pick.start, pick.end), read))
        takers: tuple[tuple[str, Callable[[Pick], None]], ...] = (
            ("metric", self._metric),
            ("ambiguous", self._ambiguous),
            ("stranger", self._stranger),
            ("compare", self._compare),
            ("rate", self._rhythm),
            ("variant", self._variant),
            ("word", self._words),
            ("dimension", self._dimension),
            ("data", self._value),
            ("value", self._value),
        )
        for kind, take in takers:
            if kind in kinds and not (kind == "value" and "data" in kinds):
                take(pick)
        counted = self._is_counted(pick)
        for span in (one for one in pick.spans if not (counted and one.kind == "segment")):
            self._simple(span, pick)
        if kinds & {"metric", "ambiguous", "claim", "when", "intent"} and not kinds & {"dimension", "word"}:
            self._mode = "by" if self._around.ends_in_split(pick) else ""

    def _simple(self, span: Span, pick: Pick) -> None:
        """The kinds that are only noted down."""
        heard = self._heard
        if span.kind == "segment" and self._mode == "without":
            heard.exclude.setdefault("segment", []).append(span.id)
            self._excluding = True
        elif span.kind == "segment" and self._around.among_figures(pick):
            heard.beside += [] if pick.of("metric") else [heard.words(pick.start, pick.end)]
        elif span.kind == "segment":
            heard.segments.append(span.id)
            self._by_name |= self._mode == "by" and not pick.of("metric")
            self._goes_on(pick, "segment", span.id)
        elif span.kind == "claim":
            heard.claims |= set() if changes(pick) else {span.id}
        elif span.id == "off_topic" and of_people(pick):
            pass  # "hotels" are an industry here
        elif span.kind == "intent" and not self._around.relative(span):
            if span.id == Intent.PROFILE.value:
                heard.about = self._heard.words(span.end, len(heard.tokens))
            heard.intents.add("draft" if span.id == "message" and span.start == 0 else span.id)
        elif span.kind == "step":
            heard.step = Grain(span.slot("unit") or span.slot("units") or span.id)
        elif span.kind == "metric_window":
            heard.metric_window = Grain(span.id)
        elif span.kind == "turn" and (span.id not in ("less", "also") or self._opens(span.start)):
            heard.turns.add("add" if span.id == "also" else span.id)
            self._mode = {"whole": "whole", "instead": ""}.get(span.id, self._mode)  # "no" may say what is left out

    def _variant(self, pick: Pick) -> None:
        if self._mode == "without":
            self._heard.beside.append(self._heard.words(pick.start, pick.end))
        for span in pick.of("variant"):
            name, _, value = span.id.replace("{n}", str(span.slot("n"))).partition("=")
            if self._heard.variants.setdefault(name, value) != value:
                self._heard.rivals.append((name, value))

    def _in_metric(self, span: Span) -> bool:
        return any(one.of("metric") and one.start <= span.start and span.end <= one.end for one in self._picks)

    def _opens(self, start: int) -> bool:
        """True where nothing but small words and courtesies stand before this place."""
        polite = {at for one in self._spans if one.id.startswith("smalltalk") for at in range(one.start, one.end)}
        filler = self._heard.language.filler
        return all(at in polite or one.folded in filler for at, one in enumerate(self._heard.tokens[:start]))

    def _compare(self, pick: Pick) -> None:
        if pick.start == 0 and any(span.id == "only" for span in pick.of("word")):
            return  # "que les annuels" opens no comparison
        ids = {span.id for span in pick.of("compare")}
        self._heard.compare |= ids
        if "versus" in ids and self._heard.versus is None:
            self._heard.versus = pick.start

    def _rhythm(self, pick: Pick) -> None:
        if self._beside_metric(pick):
            self._heard.rhythm = Grain(pick.of("rate")[0].id)

    def _words(self, pick: Pick) -> None:
        heard, outs = self._heard, len(self._listed)
        if any(span.id == "left_out" for span in pick.of("word")):
            self._leave_out(pick)
            if len(self._listed) < outs:  # "Spain excluded" leaves out no more of what follows
                return
        for span in pick.of("word"):
            if span.id == "without" and pick.end == len(heard.tokens):  # "the Spanish ones not"
                self._listed = [one for one in self._listed if one[0] == self._listed[-1][0]]
                self._leave_out(pick)
            elif span.id in ("by", "which", "without") or (span.id == "each" and self._around.splits(pick)):
                self._mode, self._excluding = {"each": "by"}.get(span.id, span.id), False
            elif span.id == "denies" and self._of_people_at(pick.end):  # "who aren't on Starter"
                self._mode, self._excluding = "without", False
            elif span.id == "only":
                self._mode = ""
            elif span.id == "newly" and any(one.start == pick.end and of_people(one) for one in self._picks):
                heard.segments += ["new"] if self._mode != "without" else []
            elif span.id == "ours":
                heard.ours = True
            elif span.id == "those":
                heard.those = True
            elif span.id == "top_number":
                heard.limit = int(span.slot("n"))
                heard.intents.add("top_high")

    def _of_people_at(self, end: int) -> bool:
        """Whether what comes next says of whom, small words aside."""
        follows = next((one for one in self._picks if one.start >= end and not one.of("word")), None)
        return follows is not None and of_people(follows) and self._around.near(end, follows.start)

    def _leave_out(self, pick: Pick) -> None:
        """A list right before "out", "excluded", is left out ("leave Spain out"), unless a value follows at once."""
        follows = next((one for one in self._picks if one.start >= pick.end), None)
        next_one = follows is not None and follows.start == pick.end and of_people(follows)
        asked_why = Intent.WHY.value in self._heard.intents  # "why do the Spanish drop out?"
        if next_one or asked_why or not self._around.near(self._list_end, pick.start):
            return
        for dimension, name in self._listed:
            self._heard.exclude.setdefault(dimension, []).append(name)
            into = self._heard.segments if dimension == "segment" else self._heard.filters.get(dimension, [])
            into[:] = [one for one in into if one != name]
        self._mode, self._listed = "", []

    def _goes_on(self, pick: Pick, dimension: str, value: str) -> None:
        """Notes a value as one of a list: "Spain, France and VIPs"."""
        if not self._around.listed(self._list_end, pick.start):
            self._listed = []
        elif self._mode != "without" and {name for name, _ in self._listed[-1:]} - {dimension}:
            either = self._around.either(self._list_end, pick.start)
            self._heard.either = self._heard.words(self._list_end - 1, pick.end) if either else self._heard.either
        self._listed.append((dimension, value))
        self._list_end = pick.end
        self._heard.lists_segments |= len({name for kind, name in self._listed if kind == "segment"}) > 1

    def _metric(self, pick: Pick) -> None:
        if self._is_a_group(pick):
            return
        left_out = self._mode == "without" and not self._excluding
        if left_out and (groups := [GROUPS[one.id] for one in pick.of("metric") if one.id in GROUPS]):
            self._heard.exclude.setdefault("segment", []).extend(groups)
            return
        if left_out or (self._heard.metrics and self._says_of_whom(pick)):
            self._heard.beside.append(self._heard.words(pick.start, pick.end))
            return
        if is_choice(self._heard.language, pick):
            return  # its printed name is a word for others too
        span = min(pick.of("metric"), key=lambda one: "?" not in one.id)
        named = span.id.replace("{n}", str(span.slot("n")))
        self._heard.metrics.append(Named.of(named, self._heard.words(pick.start, pick.end), pick.start))

    def _is_a_group(self, pick: Pick) -> bool:
        """Whether a metric's words are of whom another figure is told: "NPS of single-user accounts"."""
        named = [one for one in self._picks if one is not pick and one.of("metric") and not one.of("segment")]
        others = [one for one in named if not self._is_whose(one)]
        return bool(pick.of("segment") and others) and not self._is_counted(pick)

    def _is_listed(self, pick: Pick) -> bool:
        """Whether the words are one more value of the dimension that is listed."""
        own = {one.id.partition("=")[0] for one in (*pick.of("data"), *pick.of("value"))}
        against = any(one.of("compare") and self._around.near(self._list_end, one.start) for one in self._picks)
        listed = self._around.listed(self._list_end, pick.start, sure=True) or (
            against and self._heard.versus is not None and self._around.near(self._heard.versus + 1, pick.start)
        )
        return listed and bool(self._listed) and self._listed[-1][0] in own

    def _is_whose(self, pick: Pick) -> bool:
        """Whether the words say whose another figure is, though they are the name of one too."""
        others = any(one.of("metric") and one is not pick and not one.of("data") for one in self._picks)
        placed = any(one.of("word") and one.end == pick.start and self._around.placed(one) for one in self._picks)
        return bool(pick.of("metric") and pick.of("data") and others and placed)

    def _is_counted(self, pick: Pick) -> bool:
        """Whether people are a figure here, and no group: "how many new customers", "churn and new customers"."""
        if not (pick.of("metric") and pick.of("segment")):
            return False
        around = self._around
        beside = any(one.of("metric") and one is not pick for one in self._picks)
        joined = around.joined(pick.start) and not around.listed(self._list_end, pick.start)
        return around.counted(pick.start) or (beside and (joined or around.joined(pick.end + 1)))

    def _says_of_whom(self, pick: Pick) -> bool:
        """True for a metric's words after, or with, "customers who": "churn of customers who opened a ticket"."""
        return self._around.after(pick.start, "relative") or any(
            span.kind == "word" and span.id == "relative" and span.start == pick.start for span in self._spans
        )

    def _ambiguous(self, pick: Pick) -> None:
        if (found := unclear_of(self._heard, pick)) is not None:
            self._heard.unclear.append(found)

    def _stranger(self, pick: Pick) -> None:
        kind = pick.of("stranger")[0].id
        if kind in COUNTED and self._mode == "by":  # "MRR per employee"
            kind = ""
        beside = (kind in COUNTED and any(one.of("segment") for one in self._picks)) or (
            (kind in COUNTED or changes(pick)) and any(one.of("metric") for one in self._picks)
        )
        if not (beside or pick.of("metric") or pick.of("ambiguous")):
            self._heard.strange(self._heard.words(pick.start, pick.end), pick.start, kind)

    def _dimension(self, pick: Pick) -> None:
        heard, dimension = self._heard, pick.of("dimension")[0].id
        first, last = heard.tokens[pick.start], heard.tokens[pick.end - 1]
        mode = "by" if pick.end - pick.start > 2 and first.folded == last.folded else self._mode  # "plan by plan"
        into = {"by": heard.by, "which": heard.which, "whole": heard.undone}.get(mode, heard.mentioned)
        glossed = into is heard.by and pick.start in self._asides and not self._around.joined(pick.start)
        if dimension not in into and not (glossed and heard.by):  # "by cause (seats, plan, price)"
            into.append(dimension)

    def _value(self, pick: Pick) -> None:
        if pick.of("metric") or pick.of("when") or (pick.of("dimension") and not self._in_list(pick)):
            return
        if self._heard.rhythm is not None and pick.of("rate") and self._heard.rhythm is not Grain.YEAR:
            return
        dimension, values = values_of(pick, self._heard, self._values)
        if elsewhere := self._around.named_as(pick, dimension):
            self._heard.misfits.append((elsewhere, self._heard.words(pick.start, pick.end)))
            return
        if dimension == "market":
            self._heard.markets += values
            return
        into = self._heard.exclude if self._mode == "without" else self._heard.filters
        self._excluding = True
        self._split |= {dimension} if self._mode == "by" else set()
        for value in values:
            self._goes_on(pick, dimension, value)
        into[dimension] = list(dict.fromkeys([*into.get(dimension, []), *values]))

    def _in_list(self, pick: Pick) -> bool:
        """Whether a list of values goes on here, or begins: then "stanów" is a country."""
        return self._around.listed(self._list_end, pick.start) or self._mode == "without"

    def _beside_metric(self, pick: Pick) -> bool:
        """True for "monthly churn", "churn mensuel": a rhythm that touches the metric, not a kind of plan."""
        named = {span.id for one in self._picks for span in one.of("value") if span.id.startswith("interval=")}
        if len(named) > 1 and any(one.of("compare") for one in self._picks):
            return False
        return any(
            other.of("metric") or other.of("ambiguous")
            for other in self._picks
            if (other.start == pick.end and not self._around.parted(pick.end))
            or (other.end == pick.start and not (self._around.parted(pick.start) or self._around.of_whom(pick)))
        )
