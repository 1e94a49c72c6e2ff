"""Questions about what will be, and what would be: their figure, how far ahead they look, and what they suppose."""

from __future__ import annotations

from datetime import date

import pytest

from bot.language import Ahead
from bot.types import Grain
from tests.languages.asked import AS_OF, reading, written

FORECASTS = [
    ("can you forecast revenue for next quarter?", "project mrr 2027-01-01/2027-04-01 about=revenue"),
    ("what will MRR be in six months?", "project mrr 2026-11-01/2027-05-01"),
    ("how many customers will we have at year end?", "project mrr 2026-11-01/2027-01-01 about=customers"),
    ("how many customers will we lose next month?", "project churned_customers 2026-12-01/2027-01-01"),
    ("what retention do we expect at 12 months?", "project survival_curve 2026-11-01/2027-11-01"),
    ("forecast MRR over the next 12 months", "project mrr 2026-11-01/2027-11-01"),
    ("forecast MRR by the end of next year", "project mrr 2026-11-01/2028-01-01"),
    ("predict churn in March", "project churn_rate 2027-03-01/2027-04-01"),
    ("predict churn for Q4", "project churn_rate 2026-10-01/2027-01-01"),
    ("predict churn for Q3", "project churn_rate 2027-07-01/2027-10-01"),
    ("what will MRR be in two years in France?", "project mrr 2026-11-01/2028-11-01 country=FR"),
    ("forecast churn", "project churn_rate"),
    ("what will churn be in 2024?", "error period_is_past"),
    ("forecast NPS", "no project_unknown"),
    ("forecast MRR by country", "no project_no_split"),
    ("forecast MRR in Atlantis", "error unknown_part"),
    ("prévision de churn pour le prochain trimestre", "project churn_rate 2027-01-01/2027-04-01"),
    ("prévision du MRR dans six mois", "project mrr 2026-11-01/2027-05-01"),
    ("combien de clients aurons-nous à la fin de l'année ?", "project mrr 2026-11-01/2027-01-01 about=customers"),
    ("quelle rétention attendons-nous à 12 mois ?", "project survival_curve 2026-11-01/2027-11-01"),
    ("prévision du chiffre d'affaires sur les 12 prochains mois", "project mrr 2026-11-01/2027-11-01 about=revenue"),
]
SUPPOSED = [
    ("what if churn fell by 10 %?", "what_if churn_rate claim=down by=10percent"),
    ("if we cut churn by 1 %", "what_if churn_rate claim=down by=1percent"),
    ("what if we reduced churn by 1 point?", "what_if churn_rate claim=down by=1points"),
    ("what if churn fell to 3%?", "what_if churn_rate to=3percent"),
    ("what if churn was 3%?", "what_if churn_rate to=3percent"),
    ("what if we halve churn?", "what_if churn_rate to=0.5number"),
    ("what if new customers doubled?", "what_if new_customers claim=up by=100percent"),
    ("what is +1 point of retention worth?", "what_if retention_rate claim=up by=1points"),
    ("what if we win 20 more customers a month?", "what_if new_customers claim=up by=20number"),
    ("what if ARPA rose 5 % over the next 6 months?", "what_if arpa 2026-11-01/2027-05-01 claim=up by=5percent"),
    ("what if we raise prices by 5 % in Spain?", "what_if arpa country=ES claim=up by=5percent"),
    ("what if churn improved by 1 point?", "what_if churn_rate claim=down by=1points"),
    ("what if NPS rose?", "no what_if_needs"),
    ("how much would we gain if churn fell by 1 point over two years?",
     "what_if churn_rate 2026-11-01/2028-11-01 claim=down by=1points"),
    ("what would we lose if churn rose by 1 point?", "what_if churn_rate claim=up by=1points"),
    ("how much more would we earn if churn dropped 5 %?", "what_if churn_rate claim=down by=5percent"),
    ("what would we win if retention went up 1 point?", "what_if retention_rate claim=up by=1points"),
    ("what if churn changed by 1 point?",
     "ask what_if churn_rate claim=down by=1points | what_if churn_rate claim=up by=1points"),
    ("what would we gain if churn were half a point lower?", "what_if churn_rate claim=down by=0.5points"),
    ("what if churn were 10% lower?", "what_if churn_rate claim=down by=10percent"),
    ("et si le churn était 10 % plus bas ?", "what_if churn_rate claim=down by=10percent"),
    ("et si le churn était de 3 % ?", "what_if churn_rate to=3percent"),
    ("si on ramenait le churn à 2 %, on gagnerait combien de MRR", "what_if churn_rate to=2percent"),
    ("si le churn passait à 2 %, ça ferait combien de MRR en plus", "what_if churn_rate to=2percent"),
    ("si le churn baissait de 1 point ça change quoi au MRR", "what_if churn_rate claim=down by=1points"),
    ("et si l'attrition était inférieure d'un point ?", "what_if churn_rate claim=down by=1points"),
    ("what if churn were -1 point?", "what_if churn_rate claim=down by=1points"),
    ("what if churn fell by 1 point and ARPA rose by 5 %?", "no what_if_one"),
    ("combien gagnerait-on si le churn baissait d'un point ?", "what_if churn_rate claim=down by=1points"),
    (
        "what if churn fell?",
        "ask what_if churn_rate claim=down by=1points | what_if churn_rate claim=down by=10percent",
    ),
    ("et si on réduisait le churn d'un point ?", "what_if churn_rate claim=down by=1points"),
    ("et si l'attrition baissait de 10 % ?", "what_if churn_rate claim=down by=10percent"),
    ("et si on gagnait 15 clients de plus par mois ?", "what_if new_customers claim=up by=15number"),
    ("et si l'ARPA augmentait de 10 € ?", "what_if arpa claim=up by=10money"),
    ("et si la rétention augmentait d'un point sur 6 mois ?",
     "what_if retention_rate 2026-11-01/2027-05-01 claim=up by=1points"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "means"), FORECASTS + SUPPOSED)
def test_a_question_about_the_future_is_taken_for_what_it_means(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize(
    "text", ["what is our MRR in six months ago terms", "MRR in the last 12 months", "churn in Q4"]
)
def test_periods_to_come_are_read_in_no_other_question(text: str) -> None:
    """Outside of a forecast a period is past, and its window ends by as-of."""
    found = reading(text)
    assert all(query.window is None or query.window.end <= AS_OF for query in found.queries)


def test_a_month_ahead_is_the_next_of_its_name_and_the_running_one_is_not_over() -> None:
    when = Ahead(date(2026, 11, 10))
    assert (when.latest(11), when.latest(10), when.latest(12)) == (
        date(2026, 11, 1), date(2027, 10, 1), date(2026, 12, 1),
    )  # fmt: skip
    assert when.latest(9, months=3) == date(2026, 9, 1)
    assert when.latest(2, 29) == date(2028, 2, 29)
    assert when.window("", (date(2027, 1, 1), date(2027, 4, 1)), Grain.QUARTER).end == date(2027, 4, 1)
