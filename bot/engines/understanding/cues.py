"""Which intent the cues of a text speak for, and which direction it claims or ranks by."""

from __future__ import annotations

from typing import Literal

from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import INVESTIGATE
from bot.engines.understanding.timing import paced
from bot.types import Good, Intent, Metric

RANKING = frozenset({"top_high", "top_low", "top_good", "top_bad", "loses"})
JUDGING = frozenset({"top_good", "top_bad"})
COMPARATIVES = frozenset({"higher", "lower"})
EITHER = ({"up", "down"}, {"better", "worse"}, {"higher", "lower"})
"""Said of one figure together ("better or worse?"), they ask and claim nothing."""
SEVERAL_STEPS = ("since", "year", "last_n_")


def intent_of(heard: Heard, *, measured: bool) -> Intent:
    """The intent, the most telling cue first; a plain value when there is none.

    `measured` says whether a metric is at hand, from the words or from the thread.
    """
    cues = heard.intents
    ranked = bool(cues & RANKING)
    values = listed(heard)
    dimensions = bool(heard.which or heard.by or heard.mentioned)
    tests: tuple[tuple[Intent, bool], ...] = (
        (Intent.DRAFT, "draft" in cues),
        (Intent.WHY, INVESTIGATE in cues),
        (Intent.VARIANT, "vendor" in heard.variants or "method" in heard.variants),
        (
            Intent.DEFINE,
            "define" in cues
            or {"how", "computed"} <= cues
            or ("what_is" in cues and _bare(heard) and "advise" not in cues),
        ),
        (Intent.ADVISE, "advise" in cues),
        (Intent.WHY, "why" in cues),
        (Intent.COMPARE, bool(values) and bool(heard.compare or heard.claims or ranked or "compare" in cues)),
        (Intent.COMPARE, measured and _either_value(heard)),
        (Intent.DEFINE, "distinguish" in cues and (len(heard.metrics) > 1 or (_bare(heard) and not dimensions))),
        (Intent.COMPARE, against_the_rest(heard)),
        (Intent.TREND, heard.moment and measured and (ranked or bool(heard.claims & COMPARATIVES))),
        (Intent.TOP, ranked and dimensions and "list_people" not in cues),
        (Intent.LIST_PEOPLE, "list_people" in cues),
        (Intent.TREND, "trend" in cues and not heard.claims),
        (Intent.COMPARE, "how_much" in cues and bool(heard.claims or "change" in cues)),
        (Intent.COMPARE, any(both <= heard.claims for both in EITHER)),
        (Intent.PREMISE, bool(heard.claims)),
        (Intent.TREND, heard.step is not None),
        (Intent.TREND, _long(heard) and ("change" in cues or heard.compare == {"previous"})),
        (Intent.COMPARE, bool(heard.compare) or "change" in cues or ("compare" in cues and not heard.by)),
        (Intent.COMPARE, len(heard.periods) > 1),
        (Intent.TOP, ranked and bool(heard.limit)),
        (Intent.TREND, ranked and measured and not heard.filters),
        (Intent.BREAKDOWN, bool(heard.by) or ("breakdown" in cues and (dimensions or bool(values)))),
        (Intent.BREAKDOWN, bool(heard.which) and not heard.mentioned and measured),
    )
    return next((intent for intent, holds in tests if holds), Intent.VALUE)


def rows_of(heard: Heard, intent: Intent, metric: Metric | None) -> Intent:
    """The intent less what a figure of rows has in it anyway: what is highest ("the features most asked for"), and
    what others publish."""
    if metric is None:
        return intent
    others = intent is Intent.COMPARE and metric.name == "benchmark_compare"
    if intent is Intent.TREND and paced(heard, metric) and heard.step is not None:
        return Intent.VALUE
    course = heard.moment or heard.step or "trend" in heard.intents or heard.metric_window or len(heard.periods) > 1
    ranked = intent is Intent.TREND and bool(metric.keys) and bool(heard.intents & RANKING) and not course
    return Intent.VALUE if others or ranked else intent


def listed(heard: Heard) -> list[str]:
    """The dimensions of which several values are listed: "separately for Pro and Business"."""
    return [name for name, found in heard.filters.items() if len(found) > 1]


def against_the_rest(heard: Heard) -> bool:
    """True for "is NPS lower in Germany?", "CSAT in Spain vs the rest": one segment against the others, not a time."""
    judged = bool(heard.intents & JUDGING) and not (heard.claims or heard.which or heard.limit or heard.moment)
    one_value = [len(found) for found in heard.filters.values()] == [1]
    against = heard.versus is not None or "compare" in heard.intents
    if one_value and against and not (heard.by or heard.claims) and _beside_others(heard):
        return True
    return (
        (judged or bool(heard.claims))
        and heard.claims <= COMPARATIVES
        and one_value
        and not heard.compare
        and not heard.by
    )


def _beside_others(heard: Heard) -> bool:
    """ "NPS in Poland vs the rest"."""
    return any((one.kind, one.id) == ("word", "others") for one in heard.spans)


def _either_value(heard: Heard) -> bool:
    """ "NPS: France or Spain?" asks for both, one beside the other."""
    between = [one.start for one in heard.spans if (one.kind, one.id) == ("word", "either") and one.start > 0]
    placed = any(one.kind == "word" and one.id in ("place", "relative", "only") for one in heard.spans)
    asks = placed or heard.asks or heard.by or heard.which or heard.segments
    return bool(between) and [len(found) for found in heard.filters.values()] == [2] and not asks


def claim_of(heard: Heard, good: Good) -> Literal["up", "down"] | None:
    """The direction; "worse" and "best" depend on which way is good."""
    cues = heard.claims | {name.removeprefix("top_") for name in heard.intents if name.startswith("top_")}
    if "loses" in heard.intents and "low" not in cues:
        cues.add("high")
    up, down = {"up", "high", "higher"}, {"down", "low", "lower"}
    if good != "context":
        better, worse = (up, down) if good == "up" else (down, up)
        better.update(("better", "good"))
        worse.update(("worse", "bad"))
    if bool(cues & up) == bool(cues & down):
        return None
    return "up" if cues & up else "down"


def _bare(heard: Heard) -> bool:
    """True for "what is churn?", not for "what is our churn in Spain?"."""
    return not (
        heard.periods
        or heard.filters
        or heard.exclude
        or heard.by
        or heard.claims
        or heard.ours
        or (heard.variants and heard.negates)
        or heard.compare
        or heard.intents & RANKING
    )


def _long(heard: Heard) -> bool:
    return any(period.window.name.startswith(SEVERAL_STEPS) for period in heard.periods)
