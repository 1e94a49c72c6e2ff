"""The JSON schemas of the tools' arguments and the list of metrics, made from the catalogue.

Of the data nothing is written here: values come from the question's words, and are looked up. All of it goes out with
each call of the model, so that the ids of all metrics are listed once and only the likely ones are explained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.analysis.measure import Analyst
from bot.language import Language
from bot.metrics import catalogue
from bot.metrics.tables import SEGMENT
from bot.types import Grain, Metric

Schema = Mapping[str, Any]
UNSEEN = frozenset({"owner"})
"""Dimensions whose values may be people: the model does not learn that they are there."""
PAIR = "^[a-z_]+=.+$"
USUAL = (
    "churn_rate", "churned_customers", "retention_rate", "new_customers", "mrr", "nrr", "grr", "arpa", "active_users",
    "n_day_retention", "cohort_retention", "churn_reasons", "feature_adoption", "reactivation_rate", "nps",
)  # fmt: skip
"""Metrics that are explained whatever the question."""
MOST_EXPLAINED = 32


def allowed(analyst: Analyst, fits: Callable[[Metric], object] = lambda _: True) -> list[str]:
    """The metrics that the data has and the asker may see."""
    seen = analyst.rights.metrics
    return [
        one.name
        for one in catalogue().values()
        if (seen is None or one.name in seen) and fits(one) and not analyst.missing(one)
    ]


def shared(analyst: Analyst) -> dict[str, Schema]:
    """The arguments that several tools take, by name."""
    metrics = [catalogue()[name] for name in allowed(analyst)]
    seen = analyst.rights.dimensions
    dimensions = {name for one in metrics for name in one.by if seen is None or name in seen}
    splits = sorted((dimensions | {name for one in metrics for name in one.keys}) - UNSEEN)
    return {
        "metric": text("An id that `measure` lists."),
        "period": text(
            "The words of the message that say when and against what, copied ('last month', 'in October against "
            "September', 'compared to last year'). Never a date of your own; left out where it names no period."
        ),
        "as_before": {"type": "boolean", "description": "Keep the period of the question before."},
        "by": listed(one_of(splits), "Dimensions to split by."),
        "filters": listed({**text(), "pattern": PAIR}, "Only these: dimension=value, such as 'country=Spain'."),
        "exclude": listed({**text(), "pattern": PAIR}, "Without these, written like `filters`."),
        "variant": listed({**text(), "pattern": PAIR}, "Another definition: name=value, where it is asked for."),
        "segment": one_of(analyst.values(SEGMENT), "A group of customers."),
        "direction": one_of(["up", "down"], "What the message takes for granted."),
        "steps": one_of([one.value for one in Grain if one is not Grain.RANGE], "A trend: one value for each step."),
        "limit": {"type": "integer", "description": "How many, where the message says so."},
    }  # fmt: skip


def explained(analyst: Analyst, language: Language, words: str, previous: str | None) -> str:
    """The metrics that a question's words may mean, a line each: id, what it says, its variants."""
    tokens, spans = language.hear(words)
    ambiguous = language.data["hears"]["ambiguous"]
    heard = [span.id for span in spans if span.kind == "metric"]
    heard += [one for span in spans if span.kind == "ambiguous" for one in ambiguous[span.id]["choices"]]
    named = [one.partition("?")[0] for one in (*heard, *language.near_metrics(tokens), *filter(None, [previous]))]
    known = allowed(analyst)
    beside = [one for name in named if name in catalogue() for one in catalogue()[name].companions]
    likely = [one for one in dict.fromkeys((*named, *USUAL, *beside)) if one in known]
    return "\n".join(_line(catalogue()[name]) for name in likely[:MOST_EXPLAINED])


def _line(metric: Metric) -> str:
    several = [f"{name}={'|'.join(values)}" for name, values in metric.variants.items() if len(values) > 1]
    return f"{metric.name}: {metric.summary}" + (f" [{'; '.join(several)}]" if several else "")


def one_of(values: Iterable[str], description: str = "") -> Schema:
    """A string, one of these."""
    return {**text(description), "enum": list(values)}


def text(description: str = "") -> dict[str, Any]:
    """Any string."""
    return {"type": "string", "description": description} if description else {"type": "string"}


def listed(items: Schema, description: str = "") -> Schema:
    """A list of strings or objects."""
    found: dict[str, Any] = {"type": "array", "items": items}
    return {**found, "description": description} if description else found
