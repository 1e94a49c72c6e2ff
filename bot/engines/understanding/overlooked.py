"""What a reading left aside though it may change the figure: "who signed up in July and are still active", one side of
a comparison, a "not" of nothing, a share of what is no share.

Small words are read past without a thought; the heavy ones among them, and these forms, are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from bot.analysis.split import WHOLES
from bot.engines.understanding.changing import changing
from bot.engines.understanding.clauses import rolling
from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.vocabulary import STEM, said_of
from bot.language import Period, Span, load
from bot.language.filler import Filler
from bot.types import Group, Intent, Metric, Query, Unit

TOLD = (
    Intent.VALUE, Intent.TREND, Intent.COMPARE, Intent.BREAKDOWN, Intent.TOP, Intent.PREMISE, Intent.VARIANT,
    Intent.LIST_PEOPLE, Intent.SEGMENT,
)  # fmt: skip
"""Intents whose answer is a figure or a list, which says nothing of what was left aside."""
OF_PEOPLE = (Intent.LIST_PEOPLE, Intent.SEGMENT)
AGAINST_TIME = frozenset({"previous", "last_year", "usual"})
SHARES = (Unit.SHARE, Unit.RATIO, Unit.POINTS, Unit.SCORE)
OPENING = 2
"""So many words may stand before a "no" that takes back what was said."""
LONG_NAME = 3
"""Words from which a figure is told by what it says."""
ACTIVE = "active_user_share"
CHANNEL = "message_channel"
OTHER_CHANNELS = ("sms", "push", "whatsapp")
"""Channels of messages that name which figure is meant; most are of e-mail."""
NAMED = ("metric", "ambiguous", "variant", "aside")


def overlooked(heard: Heard, queries: Sequence[Query], catalogue: Mapping[str, Metric]) -> list[str]:
    """The words without which these queries stand, and which may change them; none where all is well."""
    if heard.either:
        return [heard.either]
    told = [one for one in queries if one.intent in TOLD and not _kept(one)]
    if not told:
        return _two_explained(heard, queries)
    found = _heavy(heard, told, catalogue) or _one_side(heard, told) or _denied(heard, told)
    found = found or _lengths(heard) or _undated(heard) or _loose(heard, told) or _other_side(heard, told)
    found = found or changing(heard, told, catalogue) or _rhythm(heard) or _by_other_channel(heard, told, catalogue)
    if not found and len(told) == 1:
        found = _share(heard, told[0], catalogue.get(told[0].metric or ""))
    return found


def _two_explained(heard: Heard, queries: Sequence[Query]) -> list[str]:
    """ "Why do more leave in France than in Spain": not why they leave in both."""
    both = any(one.intent is Intent.WHY and any(len(found) > 1 for _, found in one.filters) for one in queries)
    return [heard.words(heard.versus, len(heard.tokens))] if both and heard.versus is not None else []


def _kept(query: Query) -> bool:
    """Whether a segment is given a name, whose words say nothing else."""
    group = Group.of(query.subject) if query.intent is Intent.SEGMENT else None
    return group is not None and bool(group.name)


def _heavy(heard: Heard, told: Sequence[Query], catalogue: Mapping[str, Metric]) -> list[str]:
    """Small words that nothing took up and that seldom say nothing: "still", "never", "twice", "large"."""
    code = heard.language.code
    heavy = _heavy_words(code)
    taken = heard.explained | heard.told | heard.apart
    told_so = heard.intents & {*RANKING, Intent.COMPARE.value}
    if heard.claims or heard.compare or told_so:  # "with fewest", "more often": the degree is told
        degrees = [one for one in heard.spans if one.kind == "degree"]
        taken |= {at for one in degrees for at in range(one.start, one.end)}
    elif bare := _degree(heard):
        return bare
    twice = {heard.tokens[at].folded for at in taken}  # "active users who were active again"
    loose = (one for at, one in enumerate(heard.tokens) if at not in taken and one.folded in heavy)
    own = frozenset().union(*(said_of(catalogue[one.metric], code) for one in told if one.metric)) if heard.told else ()
    return [one.text for one in loose if one.folded not in twice and one.folded[:STEM] not in own]


def _degree(heard: Heard) -> list[str]:
    """ "Do they leave faster": a degree of something that is not told."""
    told = any(one.length >= LONG_NAME for one in heard.metrics)  # "pays more with those likeliest to respond"
    if told or heard.told or any(one.kind == "compare" for one in heard.spans):
        return []
    found = [one for one in heard.spans if one.kind == "degree" and one.id in ("more", "less")]
    bare = [one for one in found if not _within(one, heard.spans)]
    return [heard.words(one.start, min(one.end + 1, len(heard.tokens))) for one in bare[:1]]


@cache
def _heavy_words(code: str) -> Filler:
    return Filler.of(load(code).data["hears"]["filler"]["heavy"].split())


def _one_side(heard: Heard, told: Sequence[Query]) -> list[str]:
    """ "Against" what nobody knows, where a time before was taken for it: "new ones vs the rest"."""
    if heard.versus is None or "versus" not in heard.compare or heard.compare & AGAINST_TIME:
        return []
    after = [*(one.start for one in heard.periods), *heard.told]
    if len(heard.periods) > 1 or any(at >= heard.versus for at in after):
        return []
    if not all(one.metric and not one.by and one.baseline == "previous" for one in told) or len(told) > 1:
        return []
    return [heard.words(heard.versus, len(heard.tokens))]


def _other_side(heard: Heard, told: Sequence[Query]) -> list[str]:
    """What is to be compared with, where the time before was taken for it: "compare retention with the market"."""
    named = [one for one in heard.spans if one.kind == "dimension" and one.id in heard.mentioned]
    other = heard.compare or len(heard.periods) > 1 or heard.filters or heard.segments
    asked = "compare" in heard.intents and not other
    if not (named and asked and all(one.baseline == "previous" and not one.by for one in told)):
        return []
    return [heard.words(one.start, one.end) for one in named[:1]]


def _denied(heard: Heard, told: Sequence[Query]) -> list[str]:
    """A "not" that left out nothing, and belongs to no phrase: "bought in May but not in June"."""
    apart = any(one.intent is Intent.PREMISE or one.exclude or "segment" in one.by for one in told)
    if heard.exclude or heard.told or apart:  # "those who use it with those who do not"
        return []
    for one in (*_of(heard, "without"), *_of(heard, "denies")):
        beside = [other for other in heard.spans if other.kind == "turn" or other.id == "only"]  # "no, September"
        if one.start >= OPENING and not heard.compare:  # "no" takes something back only where it opens the text
            beside = [other for other in beside if (other.start, other.end) != (one.start, one.end)]
        turned = any(other.start < one.end + 1 and one.start - 1 < other.end for other in beside)
        if _taken_back(heard, one):
            continue
        longer = [other for other in heard.spans if other.length > one.length and other.kind != "word"]
        within = any(other.start < one.end and one.start < other.end for other in longer)
        if not turned and not within and not _within(one, heard.spans):
            return [heard.words(one.start, min(one.end + 2, len(heard.tokens)))]
    return []


def _taken_back(heard: Heard, denial: Span) -> bool:
    """Whether it is a time that is denied, of a figure and not of what people did: "lost in October, not September"."""
    close = range(denial.end, denial.end + 3)
    return any(one.kind == "period" and one.start in close for one in heard.spans) and not _of(heard, "relative")


def _lengths(heard: Heard) -> list[str]:
    """How long something took or lasted, which was taken for a time: "who were with us for less than 6 months"."""
    marks = [one for one in heard.spans if one.kind == "degree" or one.id in ("than", "after")]

    def lasts(period: Period) -> bool:
        if period.window.name == "since":
            return rolling(heard, period)  # "after 12 months"
        marked = any(one.start < period.start and one.end in (period.start, period.end) for one in marks)
        return period.form == "n_units" and (marked or "n" not in heard.tokens[period.start].slots)

    found = [one for one in heard.periods if (one.vague and lasts(one)) or _with_us(heard, one)]
    return [heard.words(max(0, one.start - 2), one.end) for one in found[:1]]


def _with_us(heard: Heard, period: Period) -> bool:
    """Whether "since 2 years" is said of people, and not of a figure: "NPS of clients who are here since 2 years"."""
    since = any((one.kind, one.id, one.start) == ("link", "since", period.start) for one in heard.spans)
    if not since or not period.window.name.startswith("last_n"):
        return False
    said = ("metric", "value", "data", "dimension")
    after = max((one.end for one in heard.spans if one.kind in said and one.end <= period.start), default=0)
    people = heard.language.people
    return any(heard.tokens[at].folded.startswith(people) for at in range(after, period.start))


def _undated(heard: Heard) -> list[str]:
    """ "After" something that is no time: "churn after the webinar"."""
    dated = {at for one in heard.periods for at in range(one.start, one.end)}
    longer = [one for one in heard.spans if one.kind != "link"]
    splits = {one.start for one in _of(heard, "by")}  # "po" is both in Polish
    for one in heard.spans:
        loose = one.kind == "link" and one.id in ("after", "before") and dated.isdisjoint((one.start, one.end))
        if (
            loose
            and one.start not in splits
            and not _within(one, longer)
            and (heard.told | heard.apart).isdisjoint(range(one.start, one.end))
        ):
            return [heard.words(one.start, min(one.end + 2, len(heard.tokens)))]
    return []


def _loose(heard: Heard, told: Sequence[Query]) -> list[str]:
    """A number of what is no time, and what nothing explains where people are listed; "the most valuable first" says
    only in what order."""
    if told and not (heard.step or any(one.intent is Intent.TREND for one in told)):
        dated = {at for one in heard.periods for at in range(one.start, one.end)}
        numbers = [one for one in _of(heard, "last_number") if dated.isdisjoint(range(one.start, one.end))]
        if numbers and heard.limit is None:
            return [heard.words(one.start, one.end) for one in numbers]
    order = {heard.tokens[at].text for one in heard.language.of_lists(heard.tokens) for at in range(one.start, one.end)}
    listed = any(one.intent in OF_PEOPLE for one in told)
    return [words for words in heard.unexplained if listed and not order.issuperset(words.split())]


def _share(heard: Heard, query: Query, metric: Metric | None) -> list[str]:
    """A share that is asked of what is counted: "percentage of tickets by phone"."""
    if metric is not None and metric.name == ACTIVE and any(one.what == "feature" for one in heard.conditions):
        return [heard.words(0, len(heard.tokens))]  # "share of active users who use exports" is no share of these
    told = query.intent is Intent.BREAKDOWN and query.metric in WHOLES  # each beside the whole
    if metric is None or metric.unit in SHARES or told or query.intent not in (Intent.VALUE, Intent.BREAKDOWN):
        return []
    named = [one for one in heard.spans if one.kind in NAMED or one.id in NAMED]
    shares = [one for one in _of(heard, "rate") if not _within(one, named)]
    return [heard.words(one.start, one.end) for one in shares[:1]]


def _rhythm(heard: Heard) -> list[str]:
    """ "Active users by platform, weekly": a rhythm that no course was taken from."""
    if heard.step or heard.rhythm or Intent.WEEKLY.value not in heard.intents or not heard.metrics:
        return []
    alone = [one for one in heard.spans if one.id == Intent.WEEKLY.value and one.length == 1]
    return [heard.words(one.start, one.end) for one in alone[:1]]


def _by_other_channel(heard: Heard, told: Sequence[Query], catalogue: Mapping[str, Metric]) -> list[str]:
    """ "Open rate of our SMS", where the data has none by which the figure could be filtered."""
    split = [one for one in told if one.metric and CHANNEL in catalogue[one.metric].by]
    split = [one for one in split if CHANNEL not in {*dict(one.filters), *one.by, *dict(one.exclude)}]
    named = {one.id.partition("=")[2]: one for one in heard.language.of_messages(heard.tokens)}
    return [
        heard.words(named[one].start, named[one].end)
        for one in OTHER_CHANNELS
        if one in named and any(one not in str(query.metric) for query in split) and len(split) == len(told)
    ]


def _of(heard: Heard, word: str) -> list[Span]:
    return [one for one in heard.spans if (one.kind, one.id) == ("word", word)]


def _within(span: Span, others: Iterable[Span]) -> bool:
    """Whether a longer phrase holds it."""
    return any(one.start <= span.start and span.end <= one.end and one.length > span.length for one in others)
