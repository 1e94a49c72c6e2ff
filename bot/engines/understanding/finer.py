"""Which of the figures that a text names is meant: the finer one, where one is told of the people of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.engines.understanding.heard import Heard, Named
from bot.language import Period
from bot.types import Metric

WITHIN: Mapping[str, tuple[str, ...]] = {
    "activation_of_attendees": ("activation_rate", "attendance_rate"),
    "breakage": ("loyalty_participation",),
    "churn_by_type": ("churn_rate", "churned_customers"),
    "churn_hazard_by_tenure": ("churn_rate", "churned_customers"),
    "churn_reasons": ("churn_rate", "churned_customers"),
    "churn_risk": ("churn_rate",),
    "csat": ("ticket_volume",),
    "dunning_recovery_rate": ("failed_payment_rate",),
    "early_churn": ("new_customers", "churn_rate", "churned_customers"),
    "first_response_time": ("ticket_volume",),
    "growth_decomposition": ("new_customers", "churned_customers", "churn_rate"),
    "leaky_bucket": ("churn_rate", "churned_customers", "new_customers"),
    "lifecycle_counts": ("active_users", "new_customers"),
    "ltv_cac": ("clv_predicted", "clv_historical", "cac"),
    "mrr_movements": ("mrr", "churned_customers"),
    "open_tickets": ("ticket_volume",),
    "pause_vs_no_pause_churn": ("churn_rate", "pause_rate"),
    "payback": ("cac",),
    "reactivation_rate": ("churned_customers",),
    "redemption_rate": ("loyalty_participation",),
    "reopen_rate": ("ticket_volume",),
    "n_day_retention": ("cohort_retention",),
    "repeated_contacts": ("ticket_volume", "contact_rate"),
    "resolution_time": ("ticket_volume",),
    "rolling_retention": ("active_users",),
    "active_user_share": ("active_users",),
    "save_then_pay": ("save_rate",),
    "sensitivity": ("churn_rate",),
    "tickets_per_100_customers": ("ticket_volume",),
    "tier_distribution": ("loyalty_participation",),
    "tier_migration": ("tier_distribution", "loyalty_participation"),
    "value_at_risk": ("mrr", "churn_rate"),
    "week1_key_feature_adoption": ("feature_adoption",),
    "win_back_rate": ("churned_customers",),
}
"""Figure → those whose words may stand beside its own without being asked for."""
OF_NEWCOMERS = frozenset({
    "activation_rate", "bracket_retention", "cohort_retention", "early_churn", "n_day_retention", "new_customers",
    "onboarding_completion", "second_purchase_rate", "time_to_value", "unbounded_retention",
    "week1_key_feature_adoption",
})  # fmt: skip
"""Figures of new people anyway: "of new customers" beside them is no group."""


LOST = Named("mrr_movements", (("type", "churn"),))
GROWN = (("type", "expansion"),)
COHORTS = frozenset({"new_customers", "cohort_retention"})
"""Figures whose words may only say who came when."""
COHORT_DATED = 2
"""Words that may stand between people and when they came: "sign-ups of the first week"."""


def looks_ahead(heard: Heard, metric: Metric | None) -> str | None:
    """The days after its event that a figure looks at, taken from the periods: "second purchases within 60 days".

    Beside another period, or after "within", they are that whatever their number; else only a number that the figure is
    known by.
    """
    known = metric.variants.get("horizon_days") if metric is not None else None
    for period in heard.periods if known else ():
        days = str(period.window.days)
        if period.form == "n_units" and (days in (known or ()) or len(heard.periods) > 1 or _within(heard, period)):
            heard.periods = [one for one in heard.periods if one is not period]
            return days
    return None


def _within(heard: Heard, period: Period) -> bool:
    """Whether "within" stands before a length of time."""
    return any(one.kind == "ahead" and one.start < period.start and one.end == period.end for one in heard.spans)


def in_its_name(heard: Heard, metric: str | None) -> set[str]:
    """The segments that are named by the words of the figure alone: "win back in Q3" is of nobody in particular."""
    places = {(one.start, one.start + one.length) for one in heard.metrics if one.metric == metric}
    named = [one for one in heard.spans if one.kind == "segment" and heard.segments.count(one.id) == 1]
    return {one.id for one in named if (one.start, one.end) in places}


def less_beside(named: list[Named], heard: Heard) -> list[Named]:
    """The figures less those that only say of whom, or are a word of the question."""
    defined = "define" in heard.intents and not (heard.joins or "distinguish" in heard.intents)
    named = named[:1] if defined else named  # "which definition of churn do you use"
    return _less_cohort(_less_reasons(named, heard), heard)


def _less_cohort(named: list[Named], heard: Heard) -> list[Named]:
    """The figures less "sign-ups of July", which beside a figure of newcomers says whose it is: "day 30 retention,
    sign-ups of July", "D7, July cohort"."""
    if len(named) != 2 or named[1].metric not in COHORTS or named[0].metric not in OF_NEWCOMERS:
        return named
    first, second = named
    start, end = second.start, second.start + second.length
    dated = any(end <= one.start <= end + COHORT_DATED or one.end == start for one in heard.periods)
    joins = [one for one in heard.spans if (one.kind, one.id) == ("word", "join")]
    return [first] if dated and not any(first.start < one.start < start for one in joins) else named


def _less_reasons(named: list[Named], heard: Heard) -> list[Named]:
    """The figures less the reasons that leavers gave, where it is asked why more of them left: "why did we lose more
    customers"."""
    others = [one for one in named if one.metric != "churn_reasons"]
    churn = any(one.metric in WITHIN["churn_reasons"] for one in others)
    return others if churn and heard.claims and "why" in heard.intents else named


def meant(named: Sequence[Named], heard: Heard) -> list[Named]:
    """The figures with those that are meant of who left for the plain ones, where the words beside them tell so."""
    named = _lost(named) if "loses" in heard.intents else _gone(named, heard)
    return _caused(_reasoned(named, heard), heard)


def _lost(named: Sequence[Named]) -> list[Named]:
    """The figures with what was lost of MRR for MRR itself: "which owner loses most MRR"."""
    if not any(one.metric == "mrr" for one in named):
        return list(named)
    others = [one for one in named if one.metric != "churned_customers"]
    churn = (("type", "churn"),)
    return [replace(one, metric="mrr_movements", fixed=churn) if one.metric == "mrr" else one for one in others]


def _gone(named: Sequence[Named], heard: Heard) -> list[Named]:
    """The figures with the MRR of those who left, where it is asked after them: "and how much MRR did they take?"."""
    theirs = any((one.kind, one.id) == ("degree", "with_them") for one in heard.spans)
    if not theirs or not any(one.metric == "churned_customers" for one in named):
        return list(named)
    return [LOST if (one.metric, one.fixed) == ("mrr", ()) else one for one in named]


def _reasoned(named: Sequence[Named], heard: Heard) -> list[Named]:
    """The figures with those who left for their rate, where reasons are named: only who left has given one; causes are
    those of expansion, not of movements."""
    if "reason" not in {*heard.by, *heard.filters, *heard.exclude}:
        return list(named)
    bare = [replace(one, metric="expansion_revenue", fixed=()) if one.fixed == EXPANSION else one for one in named]
    return [replace(one, metric="churned_customers") if one.metric == "churn_rate" else one for one in bare]


def _caused(named: Sequence[Named], heard: Heard) -> list[Named]:
    """The figures with the revenue of expansion for the movement of that name, where its cause is asked for."""
    if "cause" not in {*heard.by, *heard.which, *heard.mentioned, *heard.filters}:
        return list(named)
    return [Named("expansion_revenue", (), one.words, one.start) if one.fixed == GROWN else one for one in named]


def finer(named: Sequence[Named], *, joined: bool) -> list[Named]:
    """The figures less those that another of them is told within; all of them where the text joins them with "and"."""
    if joined:
        return list(named)
    within = {name for one in named for name in WITHIN.get(one.metric, ())}
    others = {one for one in named if one.metric == LOST.metric and one.fixed != LOST.fixed}
    return [one for one in named if one.metric not in within and not (others and _is_lost(one))]


def _is_lost(one: Named) -> bool:
    """Whether it is the MRR of those who left: "MRR lost" beside "to downgrades" is told by these."""
    return (one.metric, one.fixed) == (LOST.metric, LOST.fixed)


EXPANSION = (("type", "expansion"),)
TWINS = {"reason": "cause", "cause": "reason"}
"""Dimensions that people call alike: a figure that lacks the one may have the other."""


def twin(dimension: str, metric: Metric | None) -> str:
    """The dimension, or the one called alike where the figure has only that: "expansion by reason" is by cause."""
    other = TWINS.get(dimension)
    return other if other and metric and other in metric.by and dimension not in metric.by else dimension
