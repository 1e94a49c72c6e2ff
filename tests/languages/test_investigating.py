"""Questions for the whole page: what is going on, dig deeper, what happened in June."""

from __future__ import annotations

import pytest

from bot.types import Query
from tests.languages.asked import reading, written

JUNE, OCTOBER = "2026-06-01/2026-07-01", "2026-10-01/2026-11-01"
ASKED = [
    ("What is going on with churn?", "why churn_rate base=previous about=investigate"),
    ("what's going on with churn for annual plans in France?",
     "why churn_rate base=previous country=FR interval=annual about=investigate"),
    ("investigate the drop in activation", "why activation_rate base=previous claim=down about=investigate"),
    ("dig into MRR", "why mrr base=previous about=investigate"),
    ("What is behind the rise in churn?", "why churn_rate base=previous claim=up about=investigate"),
    ("root cause of the churn rise", "why churn_rate base=previous claim=up about=investigate"),
    ("What happened in June?", f"why {JUNE} base=previous about=investigate"),
    ("What is going on?", "why base=previous about=investigate"),
    ("What is going on with dormant customers?", "why active_user_share base=previous about=investigate"),
    ("what is going on with the weather?", "no off_topic"),
    ("Enquête sur la hausse du churn", "why churn_rate base=previous claim=up about=investigate"),
    ("Que se passe-t-il avec l'attrition ?", "why churn_rate base=previous about=investigate"),
    ("creuse la baisse de l'activation", "why activation_rate base=previous claim=down about=investigate"),
    ("qu'est-ce qui se cache derrière la baisse de la satisfaction ?",
     "why csat base=previous claim=down about=investigate"),
    ("Que s'est-il passé en juin ?", f"why {JUNE} base=previous about=investigate"),
    ("Que se passe-t-il avec les clients dormants ?", "why active_user_share base=previous about=investigate"),
    ("Why did churn go up last month?", f"why churn_rate {OCTOBER} base=previous claim=up"),
    ("What is churn?", "define churn_rate"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "means"), ASKED)
def test_words_that_ask_for_everything_are_told_from_a_why_and_a_definition(text: str, means: str) -> None:
    assert written(text) == means


def after(*texts: str, language: str | None = None) -> Query:
    previous: Query | None = None
    for text in texts:
        found = reading(text, previous, language)
        assert found.queries, text
        previous = found.queries[0]
    assert previous is not None
    return previous


@pytest.mark.parametrize(("why", "deeper", "language"), [
    ("Why did churn go up last month for annual plans?", "dig deeper", "en"),
    ("pourquoi le churn des annuels a augmenté en octobre ?", "creuse", "fr"),
])  # fmt: skip
def test_a_why_is_dug_deeper_in_its_thread_over_the_same_customers(why: str, deeper: str, language: str) -> None:
    first, second = after(why, language=language), after(why, deeper, language=language)
    assert second.subject == "investigate"
    assert (second.metric, second.window, second.filters) == (first.metric, first.window, first.filters)


def test_a_page_goes_on_with_another_month_and_ends_with_another_question() -> None:
    page = ("Investigate churn in October",)
    assert after(*page, "and in August?").subject == "investigate"
    for other in ("Who?", "draft something for those", "why?"):
        assert after(*page, other).subject is None
