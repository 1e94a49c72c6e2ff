"""What a model may ask for: each tool is a way to fill a Query, and nothing else. No SQL, no code, nothing fetched.

A call is answered by the function that answers the same Query for the rules engine, so both give the same Evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.analysis.measure import Analyst
from bot.analysis.project import UNITS
from bot.analysis.what_if import LEVERS
from bot.engines.agent.arguments import Asked, BadCall, Given
from bot.engines.agent.schemas import Schema, allowed, listed, one_of, shared, text
from bot.engines.answers.project import OWN_NAMES
from bot.engines.understanding.reading import INVESTIGATE
from bot.language import available
from bot.metrics import catalogue
from bot.metrics.tables import SEGMENT
from bot.types import Intent, Query

MOST_CHOICES = 4
RANKS: Mapping[str, Literal["up", "down"]] = {"highest": "up", "lowest": "down"}
"""Which end of a ranking comes first → how a Query says it."""
WAYS: Mapping[str, Literal["up", "down"]] = {"up": "up", "down": "down"}
TO = "to"
"""The way of an amount that is what the rate would be."""
COMMON = ("metric", "period", "as_before", "filters", "exclude", "variant")
"""The arguments of every measurement."""


@dataclass(frozen=True)
class Tool:
    """A name and a purpose for the model, the schema of its arguments, and the Queries that they stand for.

    `asks` is True for the tool whose Queries are choices to be offered to the person, not to be answered; `aside` is
    what a model has to know that words an answer for a person, and no other caller.
    """

    name: str
    purpose: str
    schema: Schema
    queries: Callable[[Asked, Given], tuple[Query, ...]]
    asks: bool = False
    aside: str = ""

    @property
    def told(self) -> str:
        """What our own model is told of it."""
        return " ".join(filter(None, (self.purpose, self.aside)))


def tools(analyst: Analyst) -> list[Tool]:
    """The tools for what this asker may see of this company's data."""
    common = shared(analyst)
    every = one_of(allowed(analyst))
    tongue = one_of(available(), "The language of the message, where the person names one.")
    figures = [*(name for name in UNITS if name not in OWN_NAMES), "survival_curve", *OWN_NAMES]
    choice = {"type": "object", "required": ["metric"], "properties": _of(common, *COMMON, "by")}
    return [
        _tool("measure", "One figure; with `by` split by segments, with `steps` over time, with `rank` in order.",
              {**_of(common, *COMMON, "by", "steps", "limit"), "metric": every, "rank": one_of(RANKS)},
              ("metric",), _measure),
        _tool("explain", "Why a figure changed: whether it did, by how much, and how the change splits.",
              _of(common, *COMMON, "direction"), ("metric",), _plain(Intent.WHY)),
        _tool("compare", "Two periods, or two segments that `filters` names, side by side.",
              _of(common, *COMMON, "by"), ("metric",), _compare),
        _tool("investigate", "All that is known of a change, on one page; without a metric, the one that moved most.",
              _of(common, *COMMON, "direction"), (), _investigate),
        _tool("project", "What a figure will be, month by month, if nothing changes.",
              {**_of(common, "period", "filters", "exclude"), "figure": one_of(figures)}, ("figure",), _project),
        _tool("what_if", "What it would be worth if a rate were another.",
              {**_of(common, "period", "filters", "exclude"), "metric": one_of(LEVERS, "The rate that changes."),
               "amount": {"type": "number", "description": "The figure of the message: 2 in 'two points lower'."},
               "unit": one_of(["percent", "points", "money", "number"]),
               "way": one_of([*WAYS, TO], "By so much up or down, or to that figure.")},
              ("metric", "amount", "unit", "way"), _what_if),
        _tool("list_people", "Those of a group or behind a figure.", _of(common, *COMMON, "segment", "limit"), (),
              _people(Intent.LIST_PEOPLE), aside="You learn how many there are, the person sees the list."),
        _tool("search_playbook", "What the playbook advises, with its sources.",
              {"words": text("What is to be done, in the person's words.")}, ("words",),
              lambda asked, given: (Query(Intent.ADVISE, subject=given["words"]),),
              aside="The person sees its steps under your answer."),
        _tool("draft", "A message for customers, for a person to approve: nothing is sent.",
              {**_of(common, *COMMON, "segment"), "language": tongue}, (), _people(Intent.DRAFT)),
        replace(_tool("ask_back", "Ask which of two to four readings is meant, where they give different figures and "
              "nothing in the message decides. The likeliest first. Ends the turn.",
              {"choices": listed(choice)}, ("choices",), _choices), asks=True),
    ]  # fmt: skip


def _tool(
    name: str,
    purpose: str,
    properties: Mapping[str, Schema],
    required: tuple[str, ...],
    queries: Callable[[Asked, Given], tuple[Query, ...]],
    aside: str = "",
) -> Tool:
    schema = {
        "type": "object", "properties": dict(properties), "required": list(required), "additionalProperties": False,
    }  # fmt: skip
    return Tool(name, purpose, schema, queries, aside=aside)


def _of(properties: Mapping[str, Schema], *names: str) -> dict[str, Schema]:
    return {name: properties[name] for name in names}


# ------------------------------------------------------------ arguments → queries


def _plain(intent: Intent) -> Callable[[Asked, Given], tuple[Query, ...]]:
    return lambda asked, given: (asked.query(intent, given),)


def _measure(asked: Asked, given: Given) -> tuple[Query, ...]:
    metric, by = catalogue().get(given["metric"]), given.get("by", [])
    if metric is not None:  # rows that it names by itself come without a split
        by = [name for name in by if name not in metric.keys or name in metric.by]
    if "rank" in given and not by:
        raise BadCall("`rank` puts segments in order: say by which dimension in `by`.")
    intent = (
        Intent.TREND if "steps" in given
        else Intent.TOP if "rank" in given
        else Intent.BREAKDOWN if by
        else Intent.VALUE
    )  # fmt: skip
    query = asked.query(intent, {**given, "by": by})
    return (replace(query, claim=RANKS[given["rank"]]),) if "rank" in given else (query,)


def _compare(asked: Asked, given: Given) -> tuple[Query, ...]:
    query = asked.query(Intent.COMPARE, given)
    several = tuple(name for name, values in query.filters if len(values) > 1)
    if query.by or not several:
        return (query,)
    return (asked.query(Intent.COMPARE, {**given, "by": several}),)


def _investigate(asked: Asked, given: Given) -> tuple[Query, ...]:
    return (replace(asked.query(Intent.WHY, given), subject=INVESTIGATE),)


def _project(asked: Asked, given: Given) -> tuple[Query, ...]:
    figure = given["figure"]
    query = asked.query(Intent.PROJECT, {**given, "metric": "mrr" if figure in OWN_NAMES else figure})
    return (replace(query, subject=figure if figure in OWN_NAMES else None),)


def _what_if(asked: Asked, given: Given) -> tuple[Query, ...]:
    amount = asked.amount(given["amount"], given["unit"], step=given["way"] != TO)
    query = asked.query(Intent.WHAT_IF, given)
    return (replace(query, amounts=(amount,), claim=WAYS.get(given["way"])),)


def _people(intent: Intent) -> Callable[[Asked, Given], tuple[Query, ...]]:
    """The people of a group, or those behind a figure; a group beside a figure filters it."""

    def queries(asked: Asked, given: Given) -> tuple[Query, ...]:
        segment, given = given.get("segment"), dict(given)
        if not segment and "metric" not in given:
            raise BadCall("For whom: `segment` names a group, `metric` a figure.")
        if segment and "metric" in given:
            given["filters"] = [*given.get("filters", ()), f"{SEGMENT}={segment}"]
            del given["segment"]
        return (replace(asked.query(intent, given), language=given.get("language")),)

    return queries


def _choices(asked: Asked, given: Given) -> tuple[Query, ...]:
    queries = tuple(dict.fromkeys(query for one in given["choices"] for query in _measure(asked, one)))
    if not 2 <= len(queries) <= MOST_CHOICES:
        raise BadCall("`choices` are two to four readings that differ.")
    return queries
