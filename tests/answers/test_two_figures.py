"""Two figures of one thing, from end to end: the definition that gives a figure, the rules between two, and who."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

import pytest

from bot.analysis.measure import measure
from bot.errors import ForPerson
from bot.language import load
from bot.metrics import catalogue
from bot.playground.blocks import faults
from bot.slack.blocks import build
from bot.terminal import Session
from bot.types import Answer, Grain, Intent, Outcome, Query, Rights, Shape, Unit, Window


def ask(session: Session, text: str, rights: Rights | None = None) -> Answer:
    question = session.question(text)
    return session.service.ask(question if rights is None else replace(question, rights=rights))


def fitting(answer: Answer) -> list[str]:
    """The definitions that an answer names as giving the stated figure, in words."""
    return [one.values["how"] for one in answer.findings if one.key == "find_fit"]


DISAGREE = [
    ("churn_rate", "method", "stripe_like"),
    ("churn_rate", "method", "events"),
    ("churn_rate", "method", "daily_sum"),
    ("churn_rate", "method", "average"),
    ("churn_rate", "include_early", "true"),
    ("churn_rate", "recognition", "request"),
    ("churn_rate", "grace_days", "730"),
    ("churn_rate", "grace_days", "7"),
    ("churn_rate", "pause_policy", "keep_mrr"),
    ("churn_rate", "pause_policy", "churn"),
    ("churn_rate", "free_policy", "active"),
    ("new_customers", "reactivation_days", "90"),
    ("net_revenue_churn", "include_reactivation", "true"),
    ("nrr", "include_reactivation", "true"),
    ("grr", "grr_method", "flow"),
    ("quick_ratio", "include_reactivation", "false"),
    ("mrr", "discount_policy", "forever_only"),
    ("mrr", "discount_policy", "recurring_only"),
    ("clv_predicted", "ltv_method", "revenue_over_churn"),
    ("n_day_retention", "day_type", "24h"),
    ("repeat_purchase_rate", "form", "lifetime"),
    ("repeat_purchase_rate", "form", "returning"),
    ("repeat_purchase_rate", "form", "cohort"),
    ("feature_adoption", "denominator", "entitled"),
    ("feature_adoption", "denominator", "all_active"),
    ("win_back_rate", "form", "in_period"),
    ("win_back_rate", "horizon_days", "30"),
    ("retention_cost", "base", "active"),
    ("breakage", "basis", "unspent"),
]
"""Where sources disagree: the variants of the metric definitions that can change a number."""
QUICK = [("churn_rate", "free_policy", "active"), ("grr", "grr_method", "flow")]
JULY = Window(date(2026, 7, 1), date(2026, 8, 1), Grain.MONTH)
SUMMER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.QUARTER)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
DATED = {
    "repeat_purchase_rate": ("in Q3 2026", "au T3 2026", SUMMER),
    "win_back_rate": ("in July 2026", "en juillet 2026", JULY),
}
IN_OCTOBER = ("in October 2026", "en octobre 2026", OCTOBER)


def stated(code: str, value: float, unit: Unit) -> str:
    """A figure as another report would print it: one digit of a percentage, two of the others, rounded half up."""
    digits = 1 if unit is Unit.SHARE else 0 if unit is Unit.COUNT else 2
    scaled = Decimal(repr(value)) * (100 if unit is Unit.SHARE else 1)
    step = Decimal(1).scaleb(-digits)
    rounded = f"{((scaled / step + Decimal('0.5')).to_integral_value(ROUND_FLOOR) * step):.{digits}f}"
    written = rounded.replace(".", ",") if code == "fr" else rounded
    if unit is Unit.MONEY:
        return f"${written}" if code == "en" else f"{written} $"
    return f"{written} %" if unit is Unit.SHARE else written


ON_NEITHER = {("clv_predicted", "ltv_method", "revenue_over_churn")}
UNMOVED = {
    "fingers": {
        ("churn_rate", "pause_policy", "keep_mrr"), ("new_customers", "reactivation_days", "90"),
        ("retention_cost", "base", "active"), *ON_NEITHER,
    },
    "demo": {
        ("churn_rate", "method", "events"), ("churn_rate", "include_early", "true"),
        ("churn_rate", "grace_days", "730"), ("grr", "grr_method", "flow"), *ON_NEITHER,
    },
}  # fmt: skip
"""Rules that change no number of the company in October 2026."""


def finds(session: Session, company: str, metric: str, rule: str, value: str) -> None:
    """A figure measured under the variant is stated in both languages; the answer names the variant."""
    when = DATED.get(metric, IN_OCTOBER)
    analyst = session.service._analyst(Rights(), session.now)
    asked = Query(Intent.VALUE, metric, when[2])
    if rule == "discount_policy":  # no table of either company says how long a discount runs
        with pytest.raises(ForPerson, match="discounts_alike"):
            measure(analyst, replace(asked, variant=((rule, value),)))
        return
    found = [measure(analyst, replace(asked, variant=variant)) for variant in ((), ((rule, value),))]
    numbers = [one.rows[0]["value"] for one in found]
    assert (numbers[0] == numbers[1]) == ((metric, rule, value) in UNMOVED[company])
    if numbers[0] == numbers[1]:
        return
    for code, days in (("en", when[0]), ("fr", when[1])):
        language = load(code)
        figure = stated(code, numbers[1], catalogue()[metric].unit)
        name = language.name("metrics", metric)
        text = (
            f"our dashboard says {figure} {name} {days}, which definition is that?"
            if code == "en"
            else f"notre tableau de bord affiche {figure} pour {name} {days}, quelle définition est-ce ?"
        )
        answer = ask(session, text)
        assert answer.intent is Intent.RECONCILE, (text, answer.text)
        words = language.say("reconcile_rules", variant=((rule, value),))
        assert any(words in how for how in fitting(answer)), (text, answer.text)


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "rule", "value"), QUICK)
def test_the_definition_behind_a_figure_of_the_finger_count_company_is_found(
    fingers: Session, metric: str, rule: str, value: str
) -> None:
    finds(fingers, "fingers", metric, rule, value)


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "rule", "value"), DISAGREE)
def test_where_sources_disagree_the_right_definition_is_found_on_the_finger_count_company(
    fingers: Session, metric: str, rule: str, value: str
) -> None:
    finds(fingers, "fingers", metric, rule, value)


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "rule", "value"), DISAGREE[::2])
def test_where_sources_disagree_the_right_definition_is_found_on_the_demo_company(
    demo: Session, metric: str, rule: str, value: str
) -> None:
    finds(demo, "demo", metric, rule, value)


def test_two_ways_are_told_apart_by_rule_and_by_customer(fingers: Session) -> None:
    """Stripe counts 5 of 10: A6 left for a while, A7 came and left, and both new ones, A7 and A8, are in its base."""
    answer = ask(fingers, "why does Stripe show another churn rate than you for October 2026?")
    step = next(one for one in answer.findings if one.key == "reconcile_step_up")
    assert step.values["change"] == pytest.approx(5 / 10 - 3 / 8)
    roster = next(one for one in answer.evidence if one.shape is Shape.ROSTER)
    rows = {row["account_id"]: row for row in roster.rows}
    counts = {who: (row["ours_part"], row["theirs_part"]) for who, row in rows.items()}
    assert {who: pair for who, pair in counts.items() if pair[0] != pair[1]} == {"A6": (0, 1), "A7": (0, 1)}
    assert {who for who, row in rows.items() if row["ours_whole"] != row["theirs_whole"]} == {"A7", "A8"}
    assert {one.query.metric for one in answer.evidence} == {"churn_rate"}


@pytest.mark.parametrize(
    "text",
    [
        "why does Stripe show another churn rate than you for October 2026?",
        "finance reports 50.0% churn rate for October 2026, which definition is that?",
    ],
)
def test_such_an_answer_can_be_told_in_slack(fingers: Session, text: str) -> None:
    answer = ask(fingers, text)
    assert faults(list(build(answer, load("en")).blocks)) == []


def test_whoever_may_see_no_persons_gets_counts(fingers: Session) -> None:
    answer = ask(
        fingers, "why does Stripe show another churn rate than you for October 2026?", Rights(person_level=False)
    )
    assert answer.outcome is Outcome.ANSWER
    assert not [one for one in answer.evidence if one.shape is Shape.ROSTER]
    assert not [one for one in answer.findings if one.key.startswith("people_")]
    assert "A7" not in answer.text
    moved = next(one for one in answer.findings if one.key == "reconcile_moved")
    assert moved.values["facts"][0].startswith("2 customers")


def test_a_few_are_not_counted_out_where_cells_must_be_larger(fingers: Session) -> None:
    answer = ask(
        fingers, "why does Stripe show another churn rate than you for October 2026?",
        Rights(person_level=False, smallest_cell=5),
    )  # fmt: skip
    moved = next(one for one in answer.findings if one.key == "reconcile_moved")
    assert all("fewer than 5" in fact for fact in moved.values["facts"])
    steps = next(one for one in answer.evidence if "rule" in one.columns)
    assert {steps.rows[0][name] for name in ("part_joined", "whole_joined")} == {None}


def test_no_definition_near_is_said_with_how_many_were_tried(fingers: Session) -> None:
    answer = ask(fingers, "finance reports 91.3% churn rate for October 2026, which definition is that?")
    none = next(one for one in answer.findings if one.key == "find_none")
    tried = next(one for one in answer.evidence if one.id in none.evidence)
    assert none.values["n"] == len(tried.rows) > 40
    assert any(one.key == "find_nearest" for one in answer.findings)
    assert fitting(answer) == []


def test_a_figure_that_is_ours_is_said_to_be(fingers: Session) -> None:
    answer = ask(fingers, "la finance annonce 37,5 % d'attrition pour octobre 2026, quelle définition est-ce ?")
    assert "find_ours" in {one.key for one in answer.findings}
    assert "37,5" in answer.text
    assert not any(one.key == "reconcile_theirs" for one in answer.findings)


def test_definitions_that_agree_by_chance_are_all_named_with_a_warning(fingers: Session) -> None:
    """4 of 8 is 50 %, as Stripe's 5 of 10 is: a pause as churn, those who came and went, and Stripe's base."""
    answer = ask(fingers, "finance reports 50.0% churn rate for October 2026, which definition is that?")
    said, language = fitting(answer), load("en")
    for pair in (("method", "stripe_like"), ("pause_policy", "churn"), ("include_early", "true")):
        assert any(language.say("reconcile_rules", variant=(pair,)) in how for how in said), (pair, said)
    assert "find_several" in {one.key for one in answer.findings}


def test_without_a_figure_or_a_tool_the_other_definitions_are_shown(fingers: Session) -> None:
    answer = ask(fingers, "our churn rates don't match for October 2026")
    assert {"reconcile_overview", "reconcile_which"} <= {one.key for one in answer.findings}


def test_what_is_no_single_number_is_not_reconciled(fingers: Session) -> None:
    answer = ask(fingers, "why does ChartMogul show different MRR movements than you?")
    assert answer.error is not None
    assert answer.error.key == "cannot_reconcile"
