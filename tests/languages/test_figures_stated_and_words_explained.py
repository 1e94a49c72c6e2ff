"""A figure that somebody else states, and words that are to be explained (notation: asked.py)."""

import pytest

from tests.languages.asked import written

CASES = [
    # the figure alone tells the dispute
    ("the BI shows 9.2% churn for October", "reconcile churn_rate 2026-10-01/2026-11-01"),
    ("La BI affiche 9,2 % de churn pour octobre", "reconcile churn_rate 2026-10-01/2026-11-01"),
    ("ChartMogul me da un 8,1% de churn para octubre y no cuadra con el vuestro", "reconcile churn_rate"),
    ("finance has 338 thousand dollars of MRR for October", "reconcile mrr 2026-10-01/2026-11-01"),
    # it is none where it supposes, is a step, or is held against others
    ("say we get monthly churn down to 2%", "what_if churn_rate"),
    ("is our churn good for our size?", "value benchmark_compare"),
    # what is to be explained
    ("spell out numerator and denominator of the save rate", "define save_rate"),
    ("remind me what stickiness means in here", "define stickiness"),
    ("qué narices es el quick ratio", "define quick_ratio"),
    ("what counts as a power user here?", "define about=power_users"),
    ("à quoi correspond l'état « dormant » ?", "define about=dormant"),
    ("any explanation for churn in June?", "why churn_rate 2026-06-01/2026-07-01 base=previous"),
]


@pytest.mark.parametrize(("text", "meant"), CASES)
def test_what_the_words_leave_to_a_figure_or_a_noun(text: str, meant: str) -> None:
    assert written(text).startswith(meant)
