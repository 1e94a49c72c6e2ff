"""Words that say nothing of whom or of what are passed over, but not where they would say it."""

from __future__ import annotations

import pytest

from tests.languages.asked import written

PASSED_OVER = [
    (
        "me juran que el arpa cayó en octubre, va en serio?",
        "premise arpa 2026-10-01/2026-11-01 base=previous claim=down",
    ),
    ("Facilítame el churn de septiembre", "value churn_rate 2026-09-01/2026-10-01"),
    (
        "¿Cuántos tickets levantaron en octubre los clientes detractores?",
        "value ticket_volume 2026-10-01/2026-11-01 segment=detractors",
    ),
    ("NPS por country de los power users", "breakdown nps segment=power_users by=country"),
    ("¿qué churn saldría para septiembre?", "value churn_rate 2026-09-01/2026-10-01"),
]
KEPT = [
    ("churn en Andalucía", "error unknown_part"),
    ("churn de los clientes que llamaron", "no not_understood"),
    ("churn de dentistas", "error unknown_part"),
    ("churn sin hablar", "no not_understood"),
]


@pytest.mark.parametrize(("text", "expected"), PASSED_OVER)
def test_verbs_of_saying_and_showing_change_nothing(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_a_name_or_a_verb_within_a_clause_is_not_passed_over(text: str, expected: str) -> None:
    assert written(text) == expected
