"""Reads questions about what will be and what would be: which figure, how far ahead, and what is supposed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.analysis.what_if import SHARES
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.types import Amount, Choice, Intent, Query, Window, filters

if TYPE_CHECKING:  # understanding asks the readers, and they build with it
    from bot.engines.understanding.understand import Understanding

PROJECTED = {
    "mrr": "mrr",
    "arr": "arr",
    "churn_rate": "churn_rate",
    "churned_customers": "churned_customers",
    "retention_rate": "survival_curve",
    "cohort_retention": "survival_curve",
    "survival_curve": "survival_curve",
    "churn_hazard_by_tenure": "survival_curve",
}
"""Metric as named → as it is projected."""
CAN_BE = ("mrr", "churn_rate", "churned_customers", "survival_curve")
FORETOLD = ("clv_predicted", "churn_risk")
"""Figures that are forecasts themselves: "predicted CLV" asks for their value."""
MOVED = {
    "churn_rate": "churn_rate",
    "churned_customers": "churn_rate",
    "retention_rate": "retention_rate",
    "cohort_retention": "retention_rate",
    "new_customers": "new_customers",
    "arpa": "arpa",
}
"""Metric as named → the rate that is supposed to change."""
PRICES = "arpa"
"""The rate that prices change."""
BESIDE = 4
"""Words within which it is said that prices rise or fall; else they are a reason to leave."""
OFFERED = (Amount(1, "points", step=True), Amount(10, "percent", step=True))
"""What is offered when no amount was said."""
Way = Literal["up", "down"]
Span: TypeAlias = tuple[str, tuple[int, int]]
"""An idea of the language's table `supposed`, and the places `[start, end)` of its words."""


def forecast(asked: Understanding) -> Reading | None:
    """A projection, of a figure that can be carried forward; who will do something is another question."""
    heard, before = asked.heard, asked.question.previous
    named = {name for name, _ in asked.language.supposed(heard.tokens)}
    if "list_people" in heard.intents:
        return None
    if trouble := _trouble(asked):
        return trouble
    known = [PROJECTED[one.metric] for one in heard.metrics if one.metric in PROJECTED]
    if heard.unclear and heard.unclear[0].name == "retention":
        known.append("survival_curve")
    subject = next((one for one in ("revenue", "customers") if one in named), None)
    if known:
        query = asked.plain(Intent.PROJECT, known[0])
    elif any(one.metric in FORETOLD for one in heard.metrics):
        return None
    elif heard.metrics:
        near = list(CAN_BE)
        return asked.refusals.say(Intent.PROJECT, "project_unknown", metric=heard.metrics[0].metric, near=near)
    elif subject == "customers" and "down" in named:
        query = asked.plain(Intent.PROJECT, "churned_customers")
    elif subject:
        query = asked.plain(Intent.PROJECT, "mrr", subject)
    elif heard.strangers:
        return asked.refusals.no_such_metric(heard.strangers[0])
    elif before is not None and before.metric is not None:  # "and where will that be in June?"
        if before.metric not in PROJECTED:
            return asked.refusals.say(Intent.PROJECT, "project_unknown", metric=before.metric, near=list(CAN_BE))
        query = asked.plain(Intent.PROJECT, PROJECTED[before.metric])
        query = replace(query, filters=filters({**dict(before.filters), **heard.filters}), exclude=before.exclude)
    else:
        queries = [_in_time(asked, asked.plain(Intent.PROJECT, one)) for one in CAN_BE]
        say = asked.language.say
        choices = [Choice(say("choice_metric", metric=one.metric), one) for one in queries]
        return asked.ask("ask_project", Intent.PROJECT, choices)
    return _done(asked, _in_time(asked, query))


def supposed(asked: Understanding) -> Reading | None:
    """A what-if: the rate that changes, by how much, and over what horizon."""
    heard = asked.heard
    if "vendor" in heard.variants and not heard.amounts:
        return None  # "what would churn be, as ChartMogul counts it"
    spans = asked.language.supposed(heard.tokens)
    if trouble := _trouble(asked):
        return trouble
    levers = _levers(asked, spans)
    if not levers and asked.question.previous is not None and not heard.amounts:
        heard.intents.discard(Intent.WHAT_IF.value)  # "and if we leave Spain out?" changes the question before it
        return None
    parts = any(name == "part" for name, _ in spans) and set(levers.values()) == {"churn_rate"}
    if not levers or parts:  # "half of our customers" is no rate
        return asked.refusals.say(Intent.WHAT_IF, "what_if_needs")
    if len(set(levers.values())) > 1 and (len(heard.amounts) > 1 or PRICES in levers.values()):
        return asked.refusals.say(Intent.WHAT_IF, "what_if_one")
    at = heard.amounts[0].start if heard.amounts else None
    lever = levers[min(levers, key=lambda place: abs(place - (at or 0)))]
    if lever == PRICES and not heard.metrics:  # the prices that change are no reason to leave
        heard.filters.pop("reason", None)
    _less_rhythm(asked, lever)
    query = _in_time(asked, asked.plain(Intent.WHAT_IF, lever))
    way = _way(asked, spans, lever, at)
    amount, target = _amount(asked, spans, lever, way)
    good: Way = "down" if lever == "churn_rate" else "up"
    if amount is None:
        return _how_much(
            asked, query, way or good, [one for one in OFFERED if lever in SHARES or one.unit == "percent"]
        )
    if target:
        return _done(asked, replace(query, amounts=(amount,)))
    if way is None and heard.amounts and (signed := _sign(asked)):
        way, amount = signed, replace(amount, value=abs(amount.value))
    elif way is None and not (heard.amounts and heard.amounts[0].amount.step):
        way = good  # "what is a point of churn worth?" asks of the good direction
    if way is None:
        return _how_much(asked, query, None, [amount])
    return _done(asked, replace(query, amounts=(amount,), claim=way))


def _less_rhythm(asked: Understanding, lever: str) -> None:
    """Takes away a monthly contract that is none: "50 new customers a month" says how often."""
    spans = asked.heard.spans
    steps = [one.start for one in spans if one.kind == "step"]
    said = [one for one in spans if one.kind == "value" and one.id.startswith("interval=")]
    if lever == "new_customers" and said and all(any(one.start <= at < one.end for at in steps) for one in said):
        asked.heard.filters.pop("interval", None)


def _how_much(asked: Understanding, query: Query, way: Way | None, amounts: list[Amount]) -> Reading:
    """The question by how much a rate should change, or which way."""
    ways: tuple[Way, ...] = ("down", "up") if way is None else (way,)
    choices = [
        Choice(
            asked.language.say(f"choice_{one}_{amount.unit}", metric=query.metric, amount=amount.value),
            replace(query, amounts=(amount,), claim=one),
        )
        for amount in amounts
        for one in ways
        if amount.unit in ("points", "percent")
    ]
    if not choices:
        return asked.refusals.say(Intent.WHAT_IF, "what_if_needs")
    return asked.ask("ask_how_much", Intent.WHAT_IF, choices, metric=query.metric)


def _levers(asked: Understanding, spans: list[Span]) -> dict[int, str]:
    """The rates that are named, by their place: metrics first, else the words for new customers and for prices."""
    heard = asked.heard
    named = {one.start: MOVED[one.metric] for one in heard.metrics if one.metric in MOVED}
    if not named and heard.unclear and heard.unclear[0].name == "retention":
        named[0] = "retention_rate"
    said = {name for name, _ in spans}
    if not named and "customers" in said and (heard.amounts or said & {"halve", "double"}):  # "half as many leave"
        named = {start: "churn_rate" for name, (start, _) in spans if name == "leave"}
    turned = [start for name, (start, _) in spans if name in ("up", "down")]
    prices = [start for name, (start, _) in spans if name == "price"]
    moved = {at: PRICES for at in prices if any(abs(at - one) <= BESIDE for one in turned)}
    new = {start: "new_customers" for name, (start, _) in spans if name == "new"}
    return {**moved, **(named or new)}


def _sign(asked: Understanding) -> Way | None:
    """The sign that stands before the amount ("+1 point"); a step may also be one by its preposition."""
    before = asked.question.text[: asked.heard.tokens[asked.heard.amounts[0].start].start + 1]
    if asked.heard.amounts[0].amount.value < 0:
        return "down"
    return "up" if "+" in before else None


def _trouble(asked: Understanding) -> Reading | None:
    """Words that would change the question and are not understood."""
    heard = asked.heard
    if heard.timeless:
        raise BadQuestion("unknown_period", text=heard.timeless[0])
    return asked.refusals.unknown_words() if heard.misfits or heard.placed else None


def _in_time(asked: Understanding, query: Query) -> Query:
    """The query with the period that reaches furthest; none means the usual horizon."""
    windows: list[Window] = [one.window for one in asked.heard.periods]
    return replace(query, window=max(windows, key=lambda one: one.end)) if windows else query


def _done(asked: Understanding, query: Query) -> Reading:
    """The reading, unless it asks for a split or a group that a projection does not have."""
    heard = asked.heard
    split = [*heard.by, *heard.which]
    groups = [one for one in heard.segments if one not in ("new", "retention")]
    if split or groups:
        return asked.refusals.say(query.intent, "project_no_split")
    refused = asked.refusals.impossible([replace(query, metric="mrr", subject=None, amounts=())])
    return refused or Reading(asked.language.code, query.intent, (query,), assumed=tuple(asked.assumed))


def _way(asked: Understanding, spans: list[Span], lever: str, at: int | None) -> Way | None:
    """Whether the rate is to rise or to fall, by the word nearest to the amount: "what would we gain if churn fell".

    Better and worse depend on the rate.
    """
    good: Way = "down" if lever == "churn_rate" else "up"
    bad: Way = "up" if good == "down" else "down"
    ways: dict[str, Way] = {"up": "up", "double": "up", "down": "down", "halve": "down", "better": good, "worse": bad}
    better = {place for name, place in spans if name == "better"}
    found = [(place, ways[name]) for name, place in spans if name in ways and (name == "better" or place not in better)]
    if len({way for _, way in found}) > 1:
        if at is None:
            return None
        found.sort(key=lambda one: min(abs(one[0][0] - at), abs(one[0][1] - at)))
    if found:
        return found[0][1]
    claims = asked.heard.claims
    up, down = bool(claims & {"up", "higher"}), bool(claims & {"down", "lower"})
    return None if up == down else "up" if up else "down"


def _parted(heard: Heard, at: int) -> bool:
    """Whether more than a space stands before this place."""
    return 0 < at < len(heard.tokens) and heard.tokens[at].start - heard.tokens[at - 1].end > 1


def _amount(asked: Understanding, spans: list[Span], lever: str, way: Way | None) -> tuple[Amount | None, bool]:
    """The amount that was said, and whether it is what the rate would be ("to 3 %") instead of a step."""
    heard = asked.heard
    targets = {end: end - start for name, (start, end) in spans if name == "to"}
    for one in heard.amounts[:1]:
        # "Were 10 % lower", "half a point less": so much away from where it is, whatever stands before it.
        after = {one.end, one.end + 1} if not _parted(heard, one.end) else set()  # "to 2 %, we would gain"
        compared = any(name in ("up", "down") and start in after for name, (start, _) in spans)
        moves = one.amount.step or one.amount.unit == "points" or compared or bool(heard.claims & {"higher", "lower"})
        to = targets.get(one.start, 0)  # two words of it ("était de") outweigh a preposition that makes a step
        reached = (not moves and bool(to or not way)) or (to > 1 and one.amount.unit != "points" and not compared)
        return replace(one.amount, step=not reached), reached
    said = {name for name, _ in spans}
    if "halve" in said:
        return (Amount(0.5, "number"), True) if lever in SHARES else (Amount(50, "percent", step=True), False)
    if "double" in said:
        return (Amount(2, "number"), True) if lever in SHARES else (Amount(100, "percent", step=True), False)
    dated = {place for period in heard.periods for place in range(period.start, period.end)}
    if lever == "new_customers":
        for place, token in enumerate(heard.tokens):
            if "n" in token.slots and place not in dated:
                return Amount(float(token.slots["n"]), "number", step=True), False
    return None, False
