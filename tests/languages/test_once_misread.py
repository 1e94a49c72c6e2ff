"""Questions that once were answered as others: each word that was passed over then is part of the reading now."""

import pytest

from tests.languages.asked import written

READ = [
    (
        "Can you give me the monthly revenue churn for the last 6 months please",
        "trend gross_revenue_churn 2026-05-01/2026-11-01 step=month",
    ),
    ("show NPS trend weekly since July", "trend nps 2026-07-01/2026-11-10 step=week"),
    (
        "si on baisse le churn d’un point, ça donne quoi sur le MRR dans un an",
        "what_if churn_rate 2026-11-01/2027-11-01 claim=down by=1points",
    ),
    (
        "Draft an SMS to win back customers who left because of price",
        "draft reason=price about=churned_eligible_for_win_back by=sms",
    ),
    (
        "Rédige un SMS pour reconquérir les clients partis à cause du prix",
        "draft reason=price about=churned_eligible_for_win_back by=sms",
    ),
    ("churn in the US last fiscal year", "error unknown_period"),
    ("churn de l’année fiscale", "error unknown_period"),
    ("churn w zeszłym roku obrotowym", "error unknown_period"),
    ("percentage of customers on annual plans", "breakdown customer_count interval=annual by=interval rate"),
    ("pourcentage de clients en annuel", "breakdown customer_count interval=annual by=interval rate"),
    ("et si on perd nos 3 plus gros clients", "no what_if_needs"),
    ("list at-risk customers with $40 of something", "error unknown_part"),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_no_word_of_these_questions_is_passed_over(text: str, expected: str) -> None:
    assert written(text) == expected
