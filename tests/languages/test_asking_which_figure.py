"""Questions that set two figures against each other, and what they are taken for, in English and French."""

from __future__ import annotations

import json

import pytest

from bot.documents import plain, query_document, query_from
from bot.types import Intent, Query
from tests.languages.asked import reading, written

OCTOBER = "2026-10-01/2026-11-01"
TOOLS = [
    ("Why does Stripe show another churn than you?", "reconcile churn_rate about=churn_rate?vendor=stripe"),
    ("why does ChartMogul report a different NRR than you?", "reconcile nrr about=nrr?vendor=chartmogul"),
    ("pourquoi Stripe affiche un autre churn que vous ?", "reconcile churn_rate about=churn_rate?vendor=stripe"),
    ("Why is your churn different from Stripe's?", "reconcile churn_rate about=churn_rate?vendor=stripe"),
    (
        "pourquoi votre churn est-il différent de celui de Stripe ?",
        "reconcile churn_rate about=churn_rate?vendor=stripe",
    ),
    (
        "Stripe and Baremetrics show different churn rates",
        "reconcile churn_rate method:stripe_like about=churn_rate?vendor=baremetrics",
    ),
    (
        "D'où vient l'écart entre Baremetrics et vous sur le taux d'attrition ?",
        "reconcile churn_rate about=churn_rate?vendor=baremetrics",
    ),
]
TWO_METHODS = "reconcile churn_rate method:start_cohort about=churn_rate?method=stripe_like"
RULES = [
    ("reconcile churn with method stripe_like and start_cohort", TWO_METHODS),
    ("rapproche le churn avec la méthode stripe_like et start_cohort", TWO_METHODS),
    ("reconcile churn with 60 days of grace", "reconcile churn_rate about=churn_rate?grace_days=60"),
    ("reconcile grr with grr_method flow", "reconcile grr about=grr?grr_method=flow"),
    ("reconcile churn rate and gross revenue churn", "reconcile churn_rate about=gross_revenue_churn"),
]
FIGURES = [
    (
        "Baremetrics says our churn rate was 11.2% in October 2026, you say 9.9%",
        f"reconcile churn_rate {OCTOBER} about=churn_rate?vendor=baremetrics to=11.2percent to=9.9percent",
    ),
    (
        "finance reports 5.1% churn for October, which definition is that?",
        f"reconcile churn_rate {OCTOBER} to=5.1percent",
    ),
    (
        "our dashboard says 412 churned customers, you say 398",
        "reconcile churned_customers to=412number to=398number",
    ),
    ("why is our MRR $190,000 in the dashboard?", "reconcile mrr to=190000money"),
    (
        "la finance annonce 5,1 % d'attrition pour octobre, quelle définition est-ce ?",
        f"reconcile churn_rate {OCTOBER} to=5.1percent",
    ),
    (
        "notre tableau de bord dit 412 clients perdus, vous dites 398",
        "reconcile churned_customers to=412number to=398number",
    ),
    ("is our churn rate really 4.4%?", "reconcile churn_rate to=4.4percent"),
]
ASKED_BACK = [
    (
        "two reports disagree, help me find why",
        "ask reconcile churn_rate | reconcile churned_customers | reconcile mrr | reconcile nrr | reconcile grr",
    ),
    (
        "deux rapports se contredisent, aide-moi à trouver pourquoi",
        "ask reconcile churn_rate | reconcile churned_customers | reconcile mrr | reconcile nrr | reconcile grr",
    ),
]
OTHERWISE = [
    ("churn as Stripe counts it", "variant churn_rate method:stripe_like"),
    ("which definition of churn do you use?", "define churn_rate"),
    ("is churn different in Spain and in France?", "compare churn_rate country=ES,FR by=country"),
    ("help", "help"),
]


@pytest.mark.parametrize(("text", "means"), TOOLS + RULES + FIGURES + ASKED_BACK + OTHERWISE)
def test_a_question_about_two_figures_is_taken_for_what_it_means(text: str, means: str) -> None:
    assert written(text) == means


def test_a_percentage_is_asked_back_with_shares_that_the_tool_has() -> None:
    """MRR is no percentage, and ChartMogul's way with the count of customers is not at issue."""
    found = reading("ChartMogul says 4.4 %, you say 4.2 %")
    assert found.clarify is not None
    names = [choice.query.metric for choice in found.clarify.choices]
    assert names == ["churn_rate", "nrr", "grr", "retention_rate"]
    for choice in found.clarify.choices:
        assert choice.query.subject == f"{choice.query.metric}?vendor=chartmogul"
        assert [one.value for one in choice.query.amounts] == [4.4, 4.2]


def test_in_a_thread_the_figure_is_the_one_that_was_talked_about() -> None:
    before = Query(Intent.VALUE, "retention_rate", filters=(("country", ("FR",)),))
    assert written("ChartMogul says 94.4 %", before) == (
        "reconcile retention_rate country=FR about=retention_rate?vendor=chartmogul to=94.4percent"
    )


@pytest.mark.parametrize(("text", "to"), [("4 %", 1.0), ("4.0 %", 0.1), ("4.40 %", 0.01)])
def test_how_a_stated_figure_was_rounded_is_kept_also_in_its_document(text: str, to: float) -> None:
    (query,) = reading(f"finance reports {text} churn, which definition is that?").queries
    (amount,) = query_from(json.loads(json.dumps(plain(query_document(query))))).amounts
    assert amount.to == pytest.approx(to)
    assert amount == query.amounts[0]


def test_what_goes_on_from_a_dispute_leaves_the_dispute_behind() -> None:
    (before,) = reading("Stripe says our churn rate is 4.4 %").queries
    assert before.subject is not None
    assert written("and in France?", before) == "value churn_rate country=FR"
