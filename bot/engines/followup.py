"""A question that goes on from the one before: what it changes, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.analysis.windows import last_year
from bot.analysis.windows import previous as before
from bot.engines.ahead import INTENTS as AHEAD
from bot.engines.heard import Heard
from bot.engines.reading import INVESTIGATE
from bot.engines.timing import Baseline, timing
from bot.language import Calendar
from bot.types import Filters, Intent, Query, Window, filters

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


def carried(heard: Heard, previous: Query, fresh: Query, when: Calendar) -> Query:
    """The previous query with what the new words change.

    `fresh` is what those words say on their own: intent, filters, exclusions and claim.
    """
    if previous.intent is Intent.RECONCILE:  # the other definition and its figure were of that question alone
        previous = replace(previous, subject=None, amounts=())
    wanted = _intent(heard, previous, fresh.intent)
    if previous.intent in AHEAD and wanted is not previous.intent:
        # What was asked of the months to come can be measured only in those that were.
        previous = replace(previous, window=None, subject=None, amounts=())
    by = _by(heard, previous, wanted)
    kept = _dropped(previous.filters, by if heard.by or heard.which or heard.mentioned else ())
    passing, leaving = fresh.filters, fresh.exclude
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
    if heard.segments or heard.account:
        query = replace(query, subject=heard.account or heard.segments[0])
    elif wanted not in (Intent.LIST_PEOPLE, Intent.SEGMENT, Intent.DRAFT, Intent.PROJECT):
        query = replace(query, subject=None)
    if fresh.claim is not None or wanted is not previous.intent:
        query = replace(query, claim=fresh.claim)
    return _in_time(heard, previous, query, when)


def _intent(heard: Heard, previous: Query, intent: Intent) -> Intent:
    if intent is not Intent.VALUE:
        return intent
    if previous.intent is Intent.DRAFT and (heard.wish or heard.filters or heard.exclude):
        return Intent.DRAFT
    return previous.intent if previous.intent in KEPT else Intent.VALUE


def _by(heard: Heard, previous: Query, wanted: Intent) -> tuple[str, ...]:
    """A split is kept only while the intent is, and not by a dimension that is now one value."""
    if heard.by or (wanted in (Intent.TOP, Intent.BREAKDOWN) and (heard.which or heard.mentioned)):
        return tuple(dict.fromkeys(heard.by or heard.which or heard.mentioned))
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
        return replace(query, intent=previous.intent, window=before(previous.window))
    timed, _ = timing(heard, query, None, when)
    if query.intent is Intent.COMPARE and timed.baseline == "last_year" and previous.window and not timed.window:
        return replace(timed, window=previous.window)
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


def _without(given: Filters, gone: Filters) -> Filters:
    """Filters less the values now named on the other side."""
    left: Mapping[str, tuple[str, ...]] = dict(gone)
    return filters({name: [one for one in values if one not in left.get(name, ())] for name, values in given})


def _lists(given: Filters) -> dict[str, list[str]]:
    return {name: list(values) for name, values in given}
