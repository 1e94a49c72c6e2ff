"""Reads questions about what will be and what would be: which figure, how far ahead, and what is supposed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.analysis.what_if import SHARES
from bot.engines.reading import Reading
from bot.errors import BadQuestion
from bot.types import Amount, Choice, Intent, Query, Window

if TYPE_CHECKING:  # understanding asks the readers, and they build with it
    from bot.engines.understand import Understanding

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
MOVED = {
    "churn_rate": "churn_rate",
    "churned_customers": "churn_rate",
    "retention_rate": "retention_rate",
    "cohort_retention": "retention_rate",
    "new_customers": "new_customers",
    "arpa": "arpa",
}
"""Metric as named → the rate that is supposed to change."""
OFFERED = (Amount(1, "points", step=True), Amount(10, "percent", step=True))
"""What is offered when no amount was said."""
Way = Literal["up", "down"]


def forecast(asked: Understanding) -> Reading | None:
    """A projection, of a figure that can be carried forward; who will do something is another question."""
    heard = asked.heard
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
    elif heard.metrics:
        near = list(CAN_BE)
        return asked.refusals.say(Intent.PROJECT, "project_unknown", metric=heard.metrics[0].metric, near=near)
    elif subject == "customers" and "down" in named:
        query = asked.plain(Intent.PROJECT, "churned_customers")
    elif subject:
        query = asked.plain(Intent.PROJECT, "mrr", subject)
    elif heard.strangers:
        return asked.refusals.no_such_metric(heard.strangers[0])
    else:
        queries = [_in_time(asked, asked.plain(Intent.PROJECT, one)) for one in CAN_BE]
        say = asked.language.say
        choices = [Choice(say("choice_metric", metric=one.metric), one) for one in queries]
        return asked.ask("ask_project", Intent.PROJECT, choices)
    return _done(asked, _in_time(asked, query))


def supposed(asked: Understanding) -> Reading | None:
    """A what-if: the rate that changes, by how much, and over what horizon."""
    heard = asked.heard
    spans = asked.language.supposed(heard.tokens)
    said = {name for name, _ in spans}
    if trouble := _trouble(asked):
        return trouble
    levers = [MOVED[one.metric] for one in heard.metrics if one.metric in MOVED]
    if not levers and heard.unclear and heard.unclear[0].name == "retention":
        levers.append("retention_rate")
    if not levers:
        levers += [rate for word, rate in (("new", "new_customers"), ("price", "arpa")) if word in said]
    if not levers:
        return asked.refusals.say(Intent.WHAT_IF, "what_if_needs")
    lever = "new_customers" if "new" in said and "new_customers" not in levers and len(levers) > 1 else levers[0]
    query = _in_time(asked, asked.plain(Intent.WHAT_IF, lever))
    way = _way(asked, said, lever)
    amount, target = _amount(asked, spans, lever)
    if amount is None:
        usual: Way = "down" if lever == "churn_rate" else "up"
        offers = [one for one in OFFERED if lever in SHARES or one.unit == "percent"]
        choices = [
            Choice(
                asked.language.say(f"choice_{way or usual}_{one.unit}", metric=lever, amount=one.value),
                replace(query, amounts=(one,), claim=way or usual),
            )
            for one in offers
        ]
        return asked.ask("ask_how_much", Intent.WHAT_IF, choices, metric=lever)
    if way is None and amount.step and amount.value < 0:
        way, amount = "down", replace(amount, value=-amount.value)
    elif way is None and amount.step:
        # "What is a point of churn worth?" asks of the good direction.
        way = "up" if lever != "churn_rate" or heard.amounts[0].amount.step else "down"
    return _done(asked, replace(query, amounts=(amount,), claim=None if target else way))


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


def _way(asked: Understanding, said: set[str], lever: str) -> Way | None:
    """Whether the rate is to rise or to fall; better and worse depend on the rate."""
    good: Way = "down" if lever == "churn_rate" else "up"
    bad: Way = "up" if good == "down" else "down"
    claims = asked.heard.claims
    if "better" in claims or "better" in said:
        return good
    if "worse" in claims:
        return bad
    up, down = (
        bool({"up", "double"} & said or claims & {"up", "higher"}),
        bool({"down", "halve"} & said or claims & {"down", "lower"}),
    )
    return None if up == down else "up" if up else "down"


def _amount(asked: Understanding, spans: list[tuple[str, tuple[int, int]]], lever: str) -> tuple[Amount | None, bool]:
    """The amount that was said, and whether it is what the rate would be ("to 3 %") instead of a step."""
    heard = asked.heard
    targets = [end for name, (_, end) in spans if name == "to"]
    for one in heard.amounts:
        moves = one.amount.step or one.amount.unit == "points" or _way(asked, {name for name, _ in spans}, lever)
        reached = not one.amount.step and (any(end == one.start for end in targets) or not moves)
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
