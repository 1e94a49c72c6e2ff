"""A question that goes on from the one before: what it changes, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.analysis.windows import last_year
from bot.analysis.windows import previous as before
from bot.engines.understanding.ahead import INTENTS as AHEAD
from bot.engines.understanding.cues import RANKING
from bot.engines.understanding.groups_named import narrowed, of_those
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import INVESTIGATE
from bot.engines.understanding.timing import Baseline, timing
from bot.language import Calendar
from bot.language.days import MONTHS_OF
from bot.types import Filters, Grain, Intent, Query, Window, filters

KEPT = (
    Intent.VALUE,
    Intent.TREND,
    Intent.COMPARE,
    Intent.BREAKDOWN,
    Intent.TOP,
    Intent.WHY,
    Intent.PREMISE,
    Intent.LIST_PEOPLE,
    Intent.SEGMENT,
    Intent.PROJECT,
    Intent.WHAT_IF,
)
"""Intents that a change of period or filter leaves as they are."""
PEOPLE = (Intent.LIST_PEOPLE, Intent.SEGMENT, Intent.DRAFT)
FEWEST_STEPS = 3


def carried(heard: Heard, previous: Query, fresh: Query, when: Calendar, *, listed: bool) -> Query:
    """The previous query with what the new words change.

    `fresh` is what those words say on their own: intent, filters, exclusions and claim; `listed` says whether people
    can be listed of what the thread is about.
    """
    if previous.intent is Intent.RECONCILE:  # the other definition and its figure were of that question alone
        previous = replace(previous, subject=None, amounts=())
    previous = _undone(heard, previous)
    wanted = _intent(heard, previous, fresh, listed=listed)
    if previous.intent in AHEAD and wanted is not previous.intent:
        # What was asked of the months to come can be measured only in those that were.
        previous = replace(previous, window=None, subject=None, amounts=())
    by = _by(heard, previous, wanted)
    passing, leaving = fresh.filters, fresh.exclude
    if beside := _beside(heard, previous, wanted):
        by, passing = (beside,), _joined(previous.filters, passing)
    elif "add" in heard.turns:
        back = _without(passing, previous.exclude)  # "put Spain back" only takes it from what was left out
        previous = replace(previous, exclude=_without(previous.exclude, passing))
        passing = _joined(tuple(one for one in previous.filters if one[0] in dict(back)), back)
    kept = _dropped(previous.filters, by if _dimensions(heard) and not beside else ())
    query = replace(
        previous,
        intent=wanted,
        filters=_without(_over(kept, passing), leaving),
        exclude=_over(_dropped(previous.exclude, [name for name, _ in passing]), leaving),
        by=by,
        language=heard.wish or (previous.language if wanted is Intent.DRAFT else None),
        limit=heard.limit or (previous.limit if wanted is previous.intent else None),
        names_rate=heard.names_rate or previous.names_rate,
    )
    if previous.subject == INVESTIGATE:
        query = replace(query, subject=None)
    pointed = heard.those or of_those(heard)
    if heard.segments and wanted is Intent.LIST_PEOPLE and previous.metric and not pointed:  # a list of its own
        passing = query.filters if heard.follows else fresh.filters
        query = Query(wanted, filters=passing, exclude=query.exclude, limit=heard.limit)
    if heard.segments or heard.account:
        named = list(dict.fromkeys(heard.segments))
        query = replace(query, subject=heard.account or narrowed(previous.subject, named, heard))
    elif wanted not in (Intent.LIST_PEOPLE, Intent.SEGMENT, Intent.DRAFT, Intent.PROJECT):
        query = replace(query, subject=None)
    claim = fresh.claim
    if "opposite" in heard.turns and claim is None and previous.claim is not None:
        claim = "down" if previous.claim == "up" else "up"
    if claim is not None or wanted is not previous.intent:
        query = replace(query, claim=None if wanted is Intent.LIST_PEOPLE else claim)
    return _in_time(heard, previous, query, when)


def _dimensions(heard: Heard) -> list[str]:
    """What the words split by; "the Pro plan" names a dimension only beside its value."""
    named = {**heard.filters, **heard.exclude}
    found = heard.by or heard.which or heard.mentioned
    return [] if heard.undone else [name for name in dict.fromkeys(found) if heard.by or name not in named]


def _undone(heard: Heard, previous: Query) -> Query:
    """The previous query without what no longer matters: "all countries together", "and in total?"."""
    if heard.segments and of_those(heard):  # "any of them with a failed payment?"
        return previous
    if "whole" not in heard.turns or not (heard.undone or not (heard.filters or heard.exclude or heard.by)):
        return previous
    if heard.undone or not previous.by:
        gone = heard.undone or [name for name, _ in (*previous.filters, *previous.exclude)]
        passing, leaving = _dropped(previous.filters, gone), _dropped(previous.exclude, gone)
        by = tuple(name for name in previous.by if name not in gone or "back" in heard.turns)
    else:
        passing, leaving, by = previous.filters, previous.exclude, ()
    if previous.intent in (Intent.BREAKDOWN, Intent.TOP, Intent.COMPARE) and previous.by and not by:
        previous = replace(previous, intent=Intent.VALUE, claim=None, limit=None)
    return replace(previous, filters=passing, exclude=leaving, by=by)


def _beside(heard: Heard, previous: Query, wanted: Intent) -> str | None:
    """The dimension of which one value more is set beside the one before: "compare it with Spain"."""
    if wanted is not Intent.COMPARE or heard.compare - {"versus"} or heard.periods or len(heard.filters) != 1:
        return None
    (name,) = heard.filters
    return name if len(dict(previous.filters).get(name, ())) == 1 else None


def _intent(heard: Heard, previous: Query, fresh: Query, *, listed: bool) -> Intent:
    ranked = bool(heard.intents & RANKING) and fresh.intent in (Intent.TREND, Intent.TOP, Intent.VALUE)
    if (ranked or "opposite" in heard.turns) and "trend" not in heard.intents and (previous.by or _dimensions(heard)):
        return Intent.TOP
    if previous.intent is Intent.LIST_PEOPLE and heard.turns & {"count", "share"}:  # "and in percent?"
        return Intent.VALUE if previous.metric else previous.intent
    if previous.intent is Intent.PREMISE and heard.metrics and fresh.intent is Intent.VALUE:  # "ok, and MRR?"
        return Intent.VALUE
    if ranked and heard.limit and listed:  # "the ten biggest"
        return Intent.LIST_PEOPLE
    if previous.intent is Intent.TOP and fresh.intent is Intent.BREAKDOWN and not heard.by:  # "and which plan?"
        return Intent.TOP
    if fresh.intent is not Intent.VALUE:
        return fresh.intent
    group = heard.segments and (heard.follows or heard.turns & {"again", "instead"})  # "the same for detractors"
    if previous.intent is Intent.DRAFT and (heard.wish or heard.filters or heard.exclude or group):
        return Intent.DRAFT
    if _dimensions(heard) and previous.metric and previous.intent not in (Intent.TOP, *PEOPLE):
        return Intent.BREAKDOWN
    return previous.intent if previous.intent in KEPT else Intent.VALUE


def _by(heard: Heard, previous: Query, wanted: Intent) -> tuple[str, ...]:
    """A split is kept only while the intent is, and not by a dimension that is now one value."""
    named = _dimensions(heard)
    if named and (heard.by or wanted in (Intent.TOP, Intent.BREAKDOWN)):
        return tuple(dict.fromkeys([*(previous.by if "add" in heard.turns else ()), *named]))
    if (
        wanted in (Intent.LIST_PEOPLE, Intent.WHY, Intent.DRAFT, Intent.ADVISE, Intent.DEFINE)
        and wanted is not previous.intent
    ):
        return ()
    narrowed = {name for name, values in heard.filters.items() if len(values) == 1}
    return tuple(name for name in previous.by if name not in narrowed)


def _in_time(heard: Heard, previous: Query, query: Query, when: Calendar) -> Query:
    """New periods replace the old; the word "why" compares with the period before."""
    if query.intent in (Intent.DRAFT, Intent.DEFINE, Intent.ADVISE) and not heard.periods:
        return replace(query, baseline=None)
    if previous.window and _goes_back(heard):
        gone, unit = before(previous.window), previous.window.grain
        if not previous.window.complete and unit in MONTHS_OF:  # before a quarter that runs is the whole one before it
            gone = when.window("", when.unit(gone.start, unit), unit)
        return replace(query, intent=previous.intent, window=gone)
    timed, _ = timing(heard, query, None, when)
    if timed.baseline is not None and previous.window and _only_against(heard, timed):
        return replace(timed, window=previous.window, baseline=_against(previous.window, timed.baseline))
    if query.intent is Intent.TREND and heard.step and not heard.periods and _steps(previous.window, heard.step):
        return replace(timed, window=previous.window and replace(previous.window, grain=heard.step))
    if heard.periods or heard.metric_window:
        year_before = _year_before(heard, previous)
        baseline = (
            timed.baseline if timed.baseline is not None or isinstance(previous.baseline, Window) else previous.baseline
        )
        return replace(timed, window=year_before or timed.window, baseline=baseline)
    if query.intent is Intent.TREND:
        return timed if previous.intent is not Intent.TREND or heard.step else replace(timed, window=previous.window)
    window = previous.window if previous.intent is not Intent.TREND else None
    return replace(timed, window=window, baseline=timed.baseline or _kept(previous, query))


def _only_against(heard: Heard, timed: Query) -> bool:
    """Whether the one period that is named is what the window before is compared with: "than in September?"."""
    if timed.intent not in (Intent.COMPARE, Intent.PREMISE, Intent.WHY):
        return False
    if not heard.periods:
        return timed.baseline == "last_year" and timed.window is None
    return heard.versus is not None and [one.start >= heard.versus for one in heard.periods] == [True]


def _against(window: Window, baseline: Baseline) -> Baseline:
    """A baseline of a window: itself is the period before it, the same a year ago is last year's."""
    if not isinstance(baseline, Window):
        return baseline
    if (baseline.start, baseline.end) == (window.start, window.end):
        return "previous"
    year = last_year(window)
    return "last_year" if (baseline.start, baseline.end) == (year.start, year.end) else baseline


def _steps(window: Window | None, step: Grain) -> bool:
    """Whether a window holds enough steps for a course: "and week by week?" after a month."""
    return window is not None and window.days >= FEWEST_STEPS * step.days[0]


def _goes_back(heard: Heard) -> bool:
    """True for "and the month before?", which compares nothing."""
    return heard.follows and heard.compare == {"previous"} and not heard.intents & {"compare", "change"}


def _kept(previous: Query, query: Query) -> Baseline:
    return previous.baseline if query.intent is previous.intent else None


def _year_before(heard: Heard, previous: Query) -> Window | None:
    """ "And last year?" after October means October of last year."""
    period, window = heard.periods[0] if heard.periods else None, previous.window
    if period is None or window is None or period.form != "last_unit" or period.window.grain.value != "year":
        return None
    if window.days > 100 or not window.complete:
        return None
    return last_year(window)


def _dropped(old: Filters, dimensions: Iterable[str]) -> Filters:
    """Filters less those of some dimensions: what is split by, or filtered anew."""
    return tuple((name, values) for name, values in old if name not in set(dimensions))


def _over(old: Filters, new: Filters) -> Filters:
    """Old filters, with the values of each newly named dimension replaced."""
    return filters({**_lists(old), **_lists(new)})


def _joined(old: Filters, new: Filters) -> Filters:
    """Old filters, with the values of each newly named dimension beside them."""
    more = _lists(old)
    return filters({**more, **{name: [*more.get(name, ()), *values] for name, values in new}})


def _without(given: Filters, gone: Filters) -> Filters:
    """Filters less the values now named on the other side."""
    left: Mapping[str, tuple[str, ...]] = dict(gone)
    return filters({name: [one for one in values if one not in left.get(name, ())] for name, values in given})


def _lists(given: Filters) -> dict[str, list[str]]:
    return {name: list(values) for name, values in given}
