"""Two definitions of one figure: the steps add up, and whom each counts is what SQL by hand says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest

from bot.analysis.definitions import PLAIN, Counted, Definition, PerAccount, counted, per_account, trimmed
from bot.analysis.finder import bundles, fits, others, search
from bot.analysis.measure import Analyst, measure
from bot.analysis.reconcile import METRIC, WINDOW, Reconciliation, reconcile
from bot.metrics import catalogue
from bot.sources import Company
from bot.types import Amount, Definitions, Grain, Intent, Query, Rights, Window
from tests.metrics.by_hand import AS_OF, DEFAULT, Hand, Rules

YEAR = Window(date(2026, 1, 1), date(2026, 11, 1), Grain.RANGE)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
ASKED = Query(Intent.RECONCILE)
USUAL = Definitions()
MANY = 6
LOST, BASE = "(paid0 AND NOT kept1)::INT", "paid0::INT"
EARLY = f"(NOT paid0 AND NOT kept1 AND first_paid > TIMESTAMP '{YEAR.start}')::INT"


def defined(metric: str, window: Window = YEAR, **variant: str) -> Definition:
    return Definition(metric, trimmed(catalogue()[metric], tuple(variant.items()), USUAL), window)


def of_the_demo(analyst: Analyst, metric: str, window: Window = YEAR, **variant: str) -> Reconciliation:
    return reconcile(analyst, ASKED, defined(metric, window), defined(metric, window, **variant))


def by_hand(hand: Hand, rules: Rules, part: str, whole: str) -> dict[str, tuple[float, float]]:
    """Account → what it adds to part and whole, where it adds anything."""
    rows = hand.connection.execute(
        f"SELECT who, {part}, {whole} FROM ({hand.accounts(YEAR.start, YEAR.end, rules)})"
    ).fetchall()
    return {who: (float(one), float(other)) for who, one, other in rows if one or other}


RULED = {
    ("method", "stripe_like"): (DEFAULT, "left_events", f"{BASE} + join_events"),
    ("method", "events"): (DEFAULT, "left_events", BASE),
    ("include_early", "true"): (DEFAULT, f"{LOST} + {EARLY}", BASE),
    ("recognition", "request"): (Rules(asked=True), LOST, BASE),
    ("grace_days", "7"): (Rules(grace=7), LOST, BASE),
    ("pause_policy", "keep_mrr"): (Rules(pause="keep_mrr"), LOST, BASE),
    ("pause_policy", "churn"): (Rules(pause="churn"), LOST, BASE),
    ("free_policy", "active"): (Rules(free="active"), LOST, BASE),
}
"""A rule of churn_rate → who is counted under it, by hand."""


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "value"), RULED)
def test_who_is_counted_otherwise_is_who_sql_by_hand_counts_otherwise(
    analyst: Analyst, hand: Hand, rule: str, value: str
) -> None:
    found = of_the_demo(analyst, "churn_rate", YEAR, **{rule: value})
    here, there = by_hand(hand, DEFAULT, LOST, BASE), by_hand(hand, *RULED[rule, value])
    nothing = (0.0, 0.0)
    expected = {
        who: (*here.get(who, nothing), *there.get(who, nothing))
        for who in here.keys() | there.keys()
        if here.get(who, nothing) != there.get(who, nothing)
    }
    assert expected, "a rule that moves nobody tries nothing"
    assert found.accounts is not None
    assert (found.accounts.parts, found.accounts.wholes) == (True, True)
    rows = found.accounts.frame.to_dict("records")
    assert {row["account"]: (row["part0"], row["whole0"], row["part1"], row["whole1"]) for row in rows} == expected
    for side, at in ((found.part, 0), (found.whole, 1)):
        assert side is not None
        assert side.joined == sum(one[at] == 0 < one[at + 2] for one in expected.values())
        assert side.left == sum(one[at] > 0 == one[at + 2] for one in expected.values())
    ((before, after),) = [(step.before, step.after) for step in found.steps]
    assert (before.part, before.whole) == tuple(map(sum, zip(*here.values(), strict=True)))
    assert (after.part, after.whole) == tuple(map(sum, zip(*there.values(), strict=True)))


def law(analyst: Analyst, ours: Definition, theirs: Definition) -> None:
    """The steps add up to the difference that measuring each end by itself gives, by rules and by accounts."""
    found = reconcile(analyst, ASKED, ours, theirs)
    ends = [
        measure(analyst, Query(Intent.VALUE, one.metric, one.window, variant=one.variant)).rows[0]
        for one in (ours, theirs)
    ]
    assert found.change == pytest.approx(ends[1]["value"] - ends[0]["value"], abs=1e-9)
    assert found.ours.exact is not None
    assert found.theirs.exact is not None
    assert sum(step.exact for step in found.steps) == found.theirs.exact - found.ours.exact
    names = [step.rule for step in found.steps]
    assert len(set(names)) == len(names)
    assert set(names) == {name for name, _ in set(ours.variant) ^ set(theirs.variant)}
    if found.accounts is None:
        return
    last = len(found.steps)
    for side, adds_up, gives in (("part", found.accounts.parts, "part"), ("whole", found.accounts.wholes, "whole")):
        if adds_up:
            moved = found.accounts.frame[f"{side}{last}"].sum() - found.accounts.frame[f"{side}0"].sum()
            assert moved == pytest.approx(getattr(found.theirs, gives) - getattr(found.ours, gives), abs=1e-4)


def pairs(analyst: Analyst, metric: str) -> list[tuple[Definition, Definition]]:
    """Every two definitions of a metric that the data can tell; of very many, some."""
    ours = defined(metric)
    told = counted(analyst, ASKED, (ours, *(one for one in others(ours, USUAL) if one.metric == metric)))
    every = [*combinations([one.definition for one in told if one.exact is not None], 2)]
    return every[:: -(-len(every) // MANY)]


TOGETHER = (
    ("churn_rate", {"method": "stripe_like", "recognition": "request", "free_policy": "active"}),
    ("nrr", {"include_reactivation": "true", "pause_policy": "keep_mrr"}),
    pytest.param("repeat_purchase_rate", {"form": "cohort", "horizon_days": "60"}, marks=pytest.mark.slow),
)
SUM_UP = (
    "churn_rate", "retention_rate", "grr", "nrr", "gross_revenue_churn", "net_revenue_churn", "quick_ratio",
    "repeat_purchase_rate", "churned_customers", "new_customers", "mrr", "arpa",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "variant"), TOGETHER)
def test_the_steps_between_two_definitions_add_up_to_their_difference(
    analyst: Analyst, metric: str, variant: dict[str, str]
) -> None:
    law(analyst, defined(metric), defined(metric, YEAR, **variant))


@pytest.mark.slow
@pytest.mark.parametrize("metric", SUM_UP)
def test_all_pairs_of_definitions_add_up(analyst: Analyst, metric: str) -> None:
    for pair in pairs(analyst, metric):
        law(analyst, *pair)


def test_the_base_of_daily_rates_names_nobody(analyst: Analyst) -> None:
    """It is an average over days: accounts do not add up to it, so no account may be said to be in it."""
    found = of_the_demo(analyst, "churn_rate", OCTOBER, method="daily_sum")
    assert found.part is not None
    assert found.whole is None


def test_rules_that_act_on_each_other_are_said_to(analyst: Analyst) -> None:
    """Stripe's base and a pause that pays: the second moves another base when it comes second."""
    both = of_the_demo(analyst, "churn_rate", OCTOBER, method="stripe_like", pause_policy="keep_mrr")
    assert both.order_matters
    assert [step.rule for step in both.steps] == ["method", "pause_policy"]


def test_other_days_and_another_figure_are_rules_too(analyst: Analyst) -> None:
    september = Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH)
    ours = defined("churn_rate", OCTOBER)
    moved = reconcile(analyst, ASKED, ours, defined("churn_rate", september, method="events"))
    assert [step.rule for step in moved.steps] == ["method", WINDOW]
    other = reconcile(analyst, ASKED, ours, defined("gross_revenue_churn", OCTOBER))
    assert [step.rule for step in other.steps] == [METRIC]


@pytest.mark.parametrize(
    ("value", "to", "gives", "fitting"),
    [(4.4, 0.1, 0.0435, True), (4.4, 0.1, 0.0445, False), (4.4, 0.01, 0.0435, False), (4.0, 1.0, 0.0449, True)],
)
def test_a_figure_fits_when_it_rounds_to_the_stated_digits(
    value: float, to: float, gives: float, fitting: bool
) -> None:
    """4.4 % is [4.35, 4.45), 4.40 % is narrower, and 4 % is wider."""
    one = Counted(defined("churn_rate"), 0, 1, Fraction(str(gives)))
    assert fits(Amount(value, "percent", to=to), one) is fitting


@pytest.mark.slow
def test_a_search_says_how_many_it_tried_and_the_nearest_when_none_fits(analyst: Analyst) -> None:
    found = search(analyst, ASKED, defined("churn_rate", OCTOBER), Amount(55.5, "percent", to=0.1), dated=True)
    assert found.fits == ()
    assert found.nearest is not None
    values = [one.value for one in found.tried if one.value is not None]
    assert abs((found.nearest.value or 0) - 0.555) == min(abs(value - 0.555) for value in values)
    assert len({one.definition for one in found.tried}) == len(found.tried) > 40


def test_every_vendor_with_a_convention_is_among_what_is_tried() -> None:
    for name, metric in catalogue().items():
        if metric.shape in PLAIN and not metric.keys:
            ours = defined(name)
            assert {bundle for _, bundle in bundles(ours, USUAL)} <= {ours, *others(ours, USUAL)}


def test_accounts_that_no_definition_tells_apart_are_not_fetched(analyst: Analyst) -> None:
    ours = defined("churn_rate", OCTOBER)
    found = per_account(analyst, ASKED, counted(analyst, ASKED, (ours, ours)))
    assert isinstance(found, PerAccount)
    assert found.frame.empty
    assert found.parts
    assert found.wholes


def test_the_usual_grace_is_the_company_s_own() -> None:
    """Where the company waits 14 days, 30 is another definition, and 14 is none."""
    metric, own = catalogue()["churn_rate"], Definitions(grace_days=14)
    assert trimmed(metric, (("grace_days", "14"), ("method", "start_cohort")), own) == ()
    assert trimmed(metric, (("grace_days", "30"),), own) == (("grace_days", "30"),)
    tried = {one.variant for one in others(Definition("churn_rate", (), YEAR), own)}
    assert (("grace_days", "30"),) in tried
    assert (("grace_days", "14"),) not in tried


def test_a_figure_that_may_not_be_seen_is_not_tried(demo: Company) -> None:
    """Revenue churn is a kindred figure of churn; whoever may not see revenue gets none of it by the back door."""
    confined = Analyst(demo, Rights(metrics=frozenset({"churn_rate"})), AS_OF)
    both = (defined("churn_rate", OCTOBER), defined("gross_revenue_churn", OCTOBER))
    assert [one.definition.metric for one in counted(confined, ASKED, both)] == ["churn_rate"]
