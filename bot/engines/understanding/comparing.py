"""What the words of comparing say together: "more" alone claims nothing, "more than in May" does, "which plan loses
more" ranks, and "in which month most" asks for a course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.engines.understanding.ahead import INTENTS as AHEAD
from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.leftovers import of_people
from bot.engines.understanding.picks import Pick
from bot.errors import BadQuestion
from bot.language import Span
from bot.language.days import MOST_UNITS
from bot.language.periods import in_a_row
from bot.types import Grain, Intent

ACROSS = frozenset({"degree", "moment"})
"""Kinds that lie across other phrases and cover none: "more" within "lost more customers"."""
CLAIMED = {"more": "higher", "less": "lower"}
RANKED = {"more": "top_high", "less": "top_low"}
JUDGED = {"top_good": "better", "top_bad": "worse"}
MEASURED_AGAINST = frozenset({"versus", "previous", "last_year", "usual"})
"""Days of a step, at least."""
ARRIVED = frozenset({"new_customers", "customer_count"})
"""Figures of people who came from somewhere."""
BEFORE = frozenset({"previous", "usual"})
"""What is compared with where no other period is named: "more than before" claims a rise."""
COMPARATIVE = frozenset({"top_good", "top_bad", "top_high", "top_low", "change", "distinguish"})
"""Cues of which "than" may be said."""


def parted(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """The phrases that cover their words, and those that only lie across others."""
    found = list(spans)
    return [span for span in found if span.kind not in ACROSS], [span for span in found if span.kind in ACROSS]


def compared(heard: Heard, picks: Sequence[Pick], spans: Sequence[Span]) -> None:
    """Settles what is claimed, ranked and compared, once everything else was heard; `spans` lie across others."""
    degrees = _degrees(spans, picks)
    _than(heard, degrees, picks)
    _moment(heard, spans, picks)
    _stepped(heard, picks)
    _elided(heard, picks)
    _rows(heard, picks)
    _rest(heard)
    _origin(heard, spans)
    _which_of_them(heard)
    if Intent.WHY in heard.intents:
        supposed = _supposed_first(picks) or (Intent.WHAT_IF in heard.intents and heard.amounts)
        heard.intents -= {Intent.WHY.value} if supposed else {*AHEAD}
    ranks = bool(heard.which or heard.by or heard.mentioned or heard.moment)
    several = any(len(found) > 1 for found in heard.filters.values()) or len(heard.periods) > 1
    against = bool(heard.compare & MEASURED_AGAINST)
    if against and not ranks:
        judged = {cue for cue in JUDGED if cue in heard.intents}
        heard.claims |= {JUDGED[cue] for cue in judged}
        heard.intents -= judged
    for span in degrees:
        if span.id in CLAIMED and several and not ranks and any(one.id == "either" for one in heard.spans):
            heard.intents.add(Intent.COMPARE.value)  # "do we lose more annual or more monthly ones"
        if span.id not in CLAIMED or (several and not ranks):
            continue
        if Intent.WHY in heard.intents:
            heard.claims.add(CLAIMED[span.id])
        elif ranks and not against:
            heard.intents.add(RANKED[span.id])
        elif heard.compare & BEFORE:
            heard.claims.add(CLAIMED[span.id])
        elif not against and _beside_figure(span, picks):
            people = Intent.LIST_PEOPLE.value in heard.intents or heard.limit is not None
            (heard.intents if people else heard.claims).add((RANKED if people else CLAIMED)[span.id])
    _implied(heard, picks)


def _supposed_first(picks: Sequence[Pick]) -> bool:
    """ "If we lose 30 customers, what happens to MRR": what comes of it is asked, and not why."""
    cues = [one.id for pick in picks for one in pick.of("intent") if one.id in (Intent.WHAT_IF, Intent.WHY)]
    return cues[:1] == [Intent.WHAT_IF.value]


def _implied(heard: Heard, picks: Sequence[Pick]) -> None:
    """ "The 5 countries" has the highest first only where nothing else is said: not before "with the worst NRR", nor in
    "the 3 worst", where the number takes up the word that ranks."""
    numbered = [pick for pick in picks if any(span.id == "top_number" for span in pick.of("word"))]
    within = [one for one in heard.spans for pick in numbered if pick.start <= one.start and one.end <= pick.end]
    heard.intents |= {one.id for one in within if one.kind == "intent" and one.id in RANKING}
    said = any(span.id == "top_high" for pick in picks if pick not in numbered for span in pick.of("intent"))
    if numbered and not said and heard.intents & {"top_low", "top_good", "top_bad"}:
        heard.intents.discard("top_high")


def _degrees(spans: Sequence[Span], picks: Sequence[Pick]) -> list[Span]:
    """The words of degree that no other phrase but a figure's has taken up: "at least two" and "highest" have."""
    found = [span for span in spans if span.kind == "degree"]
    free = ("metric", "ambiguous")
    taken = [pick for pick in picks if not any(one.kind in free or one.id in ("join", "also") for one in pick.spans)]
    return [
        span
        for span in found
        if not any(one.length > span.length and one.start <= span.start and span.end <= one.end for one in found)
        and not any(pick.start <= span.start and span.end <= pick.end for pick in taken)
    ]


def _than(heard: Heard, degrees: Sequence[Span], picks: Sequence[Pick]) -> None:
    """ "Than" compares only what a comparative stands before: "what explains that in May fewer left" does not."""
    if "than" not in heard.compare:
        return
    heard.compare.discard("than")
    starts = [pick.start for pick in picks if any(span.id == "than" for span in pick.of("compare"))]
    said = [span.start for span in degrees]
    said += [pick.start for pick in picks for span in pick.spans if span.kind == "claim" or span.id in COMPARATIVE]
    if said and (after := [start for start in starts if start > min(said)]):
        heard.compare.add("versus")
        heard.versus = min(after) if heard.versus is None else min(heard.versus, *after)


def _holds(pick: Pick, span: Span) -> bool:
    return pick.start <= span.start and span.end <= pick.end


def _moment(heard: Heard, spans: Sequence[Span], picks: Sequence[Pick]) -> None:
    """ "In which month", "when": a course is asked for, by that step; "the reasons given when they leave" are none."""
    figures = [pick for pick in picks if pick.of("metric")]
    found = [
        span
        for span in spans
        if span.kind == "moment" and not any(_holds(one, span) and one.start < span.start for one in figures)
    ]
    heard.moment = bool(found)
    if found:  # "when did we lose the most customers": the figure's own words rank
        heard.intents |= {
            one.id for one in heard.spans if one.id in RANKING and any(_holds(pick, one) for pick in figures)
        }
    step = next((span.slot("unit") for span in found if span.slot("unit")), None)
    if found and step is not None:
        heard.step = heard.step or Grain(step)
        for named in (heard.which, heard.by, heard.mentioned):
            named[:] = [name for name in named if name != Grain(step).value]


def _stepped(heard: Heard, picks: Sequence[Pick]) -> None:
    """A rhythm that stands apart, right before a longer period, is its step: "tickets, monthly, over the last half";
    so is one right beside the word for a course: "the weekly trend"."""
    for one, after in pairwise(picks):
        for rate, other in ((one, after), (after, one)):
            course = {"trend", "change"} & {span.id for span in other.of("intent")}
            if rate.of("rate") and not rate.of("metric") and course:
                if "trend" in course:
                    heard.step = heard.step or Grain(rate.of("rate")[0].id)
                elif rate.of("rate")[0].id == Grain.YEAR.value:
                    heard.compare.add("last_year")  # "annual growth"
                if rate.of("value") and len(heard.filters.get("interval", [])) == 1:
                    del heard.filters["interval"]
        apart = one.start > 0 and heard.tokens[one.start].start - heard.tokens[one.start - 1].end > 1
        period = next((each.window for each in heard.periods if one.end <= each.start <= one.end + 2), None)
        intervals = heard.filters.get("interval", [])
        if not (one.of("rate") and one.of("value") and apart and period and not of_people(after)):
            continue
        rhythm = Grain(one.of("rate")[0].id)
        if period.days >= 2 * rhythm.days[0] and len(intervals) == 1:
            heard.step = heard.step or rhythm
            del heard.filters["interval"]


def _elided(heard: Heard, picks: Sequence[Pick]) -> None:
    """ "Month by month, the last 6": as many of the steps; without steps a number of nothing."""
    for span in (span for pick in picks for span in pick.of("word") if span.id == "last_number"):
        if heard.step is not None or Intent.TREND.value in heard.intents:
            heard.steps_back = int(span.slot("n"))
            if not 1 <= heard.steps_back <= MOST_UNITS:
                raise BadQuestion("unknown_period", text=heard.words(span.start, span.end))
        else:
            heard.beside.append(heard.words(span.start, span.end))


def _rest(heard: Heard) -> None:
    """ "Churn of VIPs vs the rest": by who is in the group, and who is not."""
    others = [one.start for one in heard.spans if (one.kind, one.id) == ("word", "others")]
    against = heard.versus is not None and any(at > heard.versus for at in others)
    if against and heard.metrics and len(set(heard.segments)) == 1 and not (heard.by or heard.filters):
        heard.by.append("segment")


def _origin(heard: Heard, spans: Sequence[Span]) -> None:
    """ "Where do new customers come from": a split of how many came, and no reason of a change."""
    asked = any((span.kind, span.id) == ("degree", "origin") for span in spans)
    if asked and heard.metrics and not heard.claims and {one.metric for one in heard.metrics} <= ARRIVED:
        heard.by += [] if heard.by else ["channel"]
        heard.intents.discard(Intent.WHY.value)


def _which_of_them(heard: Heard) -> None:
    """ "Which customer at risk has the highest MRR": people are asked for, and no course of the figure."""
    asked = {one.end for one in heard.spans if (one.kind, one.id) == ("word", "which")}
    people = any(one.kind == "segment" and one.id in heard.segments and one.start in asked for one in heard.spans)
    people = people or (bool(heard.told) and any(one.kind == "segment" and one.start in asked for one in heard.spans))
    if people and heard.intents & RANKING and not (heard.which or heard.by or heard.moment):
        heard.intents.add(Intent.LIST_PEOPLE.value)


def _rows(heard: Heard, picks: Sequence[Pick]) -> None:
    """Neighbouring periods as one: two that are told together, or three and more, which are a course."""
    together = any(span.id == "together" for pick in picks for span in pick.of("word"))
    if together and len(heard.periods) > 1 and (whole := in_a_row(heard.periods, fewest=2)) is not None:
        heard.periods = [whole]
    if (row := in_a_row(heard.periods)) is not None:
        heard.step, heard.periods = heard.step or heard.periods[0].window.grain, [row]


def _beside_figure(span: Span, picks: Sequence[Pick]) -> bool:
    return any(
        (pick.start == span.end or pick.end == span.start) and (pick.of("metric") or pick.of("ambiguous"))
        for pick in picks
    )
