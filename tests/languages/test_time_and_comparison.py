"""Periods that are made of others, and what is compared with what."""

from __future__ import annotations

import pytest

from tests.languages.asked import written

PARTS = [
    ("tickets de la última semana de octubre", "value ticket_volume 2026-10-25/2026-11-01"),
    ("churn in the last week of October", "value churn_rate 2026-10-25/2026-11-01"),
    ("churn de la dernière semaine d'octobre", "value churn_rate 2026-10-25/2026-11-01"),
    ("churn w ostatnim tygodniu października", "value churn_rate 2026-10-25/2026-11-01"),
    ("churn de la primera quincena de octubre", "value churn_rate 2026-10-01/2026-10-16"),
    ("churn w pierwszej połowie września", "value churn_rate 2026-09-01/2026-09-16"),
    ("tickets in the second week of last month", "value ticket_volume 2026-10-08/2026-10-15"),
    ("altas en los últimos tres meses de 2025", "value new_customers 2025-10-01/2026-01-01"),
    ("le churn des trois premiers mois de 2026", "value churn_rate 2026-01-01/2026-04-01"),
    ("MRR en el último mes del trimestre pasado", "value mrr 2026-09-01/2026-10-01"),
    ("churn in the fifth quarter of 2025", "error unknown_part"),
    ("tickets in the fourth month of last quarter", "error unknown_period"),
    ("churn last month in France", "value churn_rate 2026-10-01/2026-11-01 country=FR"),
]
OF_A_YEAR = [
    ("churn en el Q2 de este año", "value churn_rate 2026-04-01/2026-07-01"),
    ("last year's Q3 churn", "value churn_rate 2025-07-01/2025-10-01"),
    ("churn du troisième trimestre de l'an dernier", "value churn_rate 2025-07-01/2025-10-01"),
    ("churn w drugim kwartale tego roku", "value churn_rate 2026-04-01/2026-07-01"),
    ("churn in summer 2025", "value churn_rate 2025-06-01/2025-09-01"),
    ("churn Oct-25", "value churn_rate 2025-10-01/2025-11-01"),
    ("churn de octubre del 25", "value churn_rate 2025-10-01/2025-11-01"),
    ("churn del 3T25", "value churn_rate 2025-07-01/2025-10-01"),
]
SAID_ONCE = [
    ("churn in October 2025 and 2026", "compare churn_rate 2026-10-01/2026-11-01 base=2025-10-01/2025-11-01"),
    ("NPS de agosto y octubre de 2025", "compare nps 2025-10-01/2025-11-01 base=2025-08-01/2025-09-01"),
    (
        "churn du deuxième et du troisième trimestre",
        "compare churn_rate 2026-07-01/2026-10-01 base=2026-04-01/2026-07-01",
    ),
    ("churn octobre et octobre 2025", "compare churn_rate 2026-10-01/2026-11-01 base=2025-10-01/2025-11-01"),
    ("NRR for the twelve months to September", "value nrr 2025-10-01/2026-10-01"),
    ("NRR de los doce meses hasta septiembre", "value nrr 2025-10-01/2026-10-01"),
    ("churn between July and September", "value churn_rate 2026-07-01/2026-10-01"),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_a_part_of_a_period_is_counted_from_its_first_day_or_back_from_its_last(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), OF_A_YEAR)
def test_a_year_beside_a_part_of_a_year_dates_it(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), SAID_ONCE)
def test_what_two_periods_say_once_holds_for_both(text: str, expected: str) -> None:
    assert written(text) == expected
