"""Why something is asked is none of the question."""

from __future__ import annotations

import pytest

from tests.languages.asked import written

SEP = "2026-09-01/2026-10-01"
TOLD = [
    ("what was churn in september? I need this for tomorrow's steering committee", f"value churn_rate {SEP}"),
    ("NPS in september by country - it's for the investor letter on Starter", f"breakdown nps {SEP} by=country"),
    ("as we are planning the budget for 2027, what was our CAC in september?", f"value cac {SEP}"),
    ("csat in september (the support budget is up for review)", f"value csat {SEP}"),
    ("grr in september because my boss wants to cut prices", f"value grr {SEP}"),
    ("draft an email to dormant customers in Spain. It's for the autumn push.", "draft country=ES about=dormant"),
    ("MRR en septembre par pays, c'est pour le comité de direction", f"breakdown mrr {SEP} by=country"),
    ("¿Cuál fue el churn de septiembre? Lo necesito para la junta de Polonia", f"value churn_rate {SEP}"),
    ("Jaki był churn we wrześniu? Mój szef chce ciąć budżet", f"value churn_rate {SEP}"),
]
ASKED = [
    ("my boss wants churn in september, by plan", f"breakdown churn_rate {SEP} by=plan"),
    ("Churn in september, only resellers", "error unknown_part"),
    ("Churn in september, resellers only", "error unknown_part"),
    ("le churn en septembre, uniquement les fleuristes", "error unknown_part"),
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_a_reason_to_ask_is_passed_over(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), ASKED)
def test_what_is_asked_for_is_no_reason(text: str, expected: str) -> None:
    assert written(text) == expected
