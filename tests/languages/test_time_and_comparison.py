"""Periods that are made of others, and what is compared with what."""

from __future__ import annotations

import pytest

from tests.languages.asked import reading, written

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
DAYS_IN_FIGURES = [
    ("tickets del 1-15 de septiembre", "value ticket_volume 2026-09-01/2026-09-16"),
    ("tickets 3-9 November in France", "value ticket_volume 2026-11-03/2026-11-10 country=FR"),
    ("churn du 01/09 au 30/09", "value churn_rate 2026-09-01/2026-10-01"),
    ("churn 01/09 - 30/09 w Polsce", "value churn_rate 2026-09-01/2026-10-01 country=PL"),
    ("nombre de tickets 1-15 octobre", "value ticket_volume 2026-10-01/2026-10-16"),
    ("zgłoszenia 1-15 października", "value ticket_volume 2026-10-01/2026-10-16"),
    ("churn por empresas de 11-50", "value churn_rate size=11-50"),
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
COMPARED = [
    ("¿Qué explica que en agosto bajara el ARPA?", "why arpa 2026-08-01/2026-09-01 base=previous claim=down"),
    ("¿hay más tickets que antes?", "premise ticket_volume base=previous claim=up"),
    (
        "are there fewer tickets than usual?",
        "premise ticket_volume 2026-11-02/2026-11-09 base=2026-10-05/2026-11-02 claim=down",
    ),
    ("czy mamy więcej zgłoszeń niż wcześniej?", "premise ticket_volume base=previous claim=up"),
    ("dime una vez más el MRR de septiembre", "value mrr 2026-09-01/2026-10-01"),
    ("clientes nuevos en octubre, más o menos", "value new_customers 2026-10-01/2026-11-01"),
    (
        "¿perdimos más clientes en octubre que en septiembre?",
        "compare churned_customers 2026-10-01/2026-11-01 base=2026-09-01/2026-10-01",
    ),
    ("¿qué país tiene menos churn?", "top churn_rate by=country claim=down"),
    ("¿en qué mes perdimos más clientes?", "trend churned_customers 2025-11-01/2026-11-01 step=month claim=up"),
    ("which quarter had the worst churn?", "trend churn_rate 2024-10-01/2026-10-01 step=quarter claim=up"),
    ("quand le churn a-t-il été le plus élevé ?", "trend churn_rate 2025-11-01/2026-11-01 step=month claim=up"),
    ("churn de septiembre y octubre juntos", "value churn_rate 2026-09-01/2026-11-01"),
    ("churn in September and October combined", "value churn_rate 2026-09-01/2026-11-01"),
    (
        "did churn fall between July and September?",
        "premise churn_rate 2026-09-01/2026-10-01 base=2026-07-01/2026-08-01 claim=down",
    ),
    (
        "¿cuánto ha cambiado el ARPA entre agosto y octubre?",
        "compare arpa 2026-10-01/2026-11-01 base=2026-08-01/2026-09-01",
    ),
    ("¿renuevan menos los anuales?", "compare renewal_rate by=interval claim=down"),
    (
        "tasa de reconquista de Q1, con ventana de 180 días",
        "value win_back_rate 2026-01-01/2026-04-01 horizon_days:180 rate",
    ),
    ("win-back rate for Q1 in 180 days", "value win_back_rate 2026-01-01/2026-04-01 horizon_days:180 rate"),
    (
        "¿Qué explica que en agosto se renovaran menos contratos?",
        "why renewal_rate 2026-08-01/2026-09-01 base=previous claim=down",
    ),
    ("churn mes a mes, últimos 6", "trend churn_rate 2026-05-01/2026-11-01 step=month"),
    ("LTV:CAC month after month, first half of the year", "trend ltv_cac 2026-01-01/2026-07-01 step=month"),
    ("MoM logo churn, last 6 months", "trend churn_rate 2026-05-01/2026-11-01 step=month"),
    (
        "redemption rate, Q2 versus the previous quarter",
        "compare redemption_rate 2026-04-01/2026-07-01 base=previous rate",
    ),
    ("highest churn last year by month", "trend churn_rate 2025-01-01/2026-01-01 step=month claim=up"),
    ("churn rate month by month, the last 6", "trend churn_rate 2026-05-01/2026-11-01 step=month rate"),
    ("churn rate month by month, the last 1001", "error unknown_period"),
]


@pytest.mark.parametrize(("text", "expected"), COMPARED)
def test_words_of_degree_claim_rank_or_compare_only_with_what_they_are_said_of(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_a_part_of_a_period_is_counted_from_its_first_day_or_back_from_its_last(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), OF_A_YEAR)
def test_a_year_beside_a_part_of_a_year_dates_it(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(("text", "expected"), SAID_ONCE)
def test_what_two_periods_say_once_holds_for_both(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    "text", ["churn por semanas", "churn par semaines", "churn tous les mois", "churn po miesiącach"]
)
def test_steps_are_heard_in_the_plural_too(text: str) -> None:
    """None of them is a crash, whatever else the words are taken for."""
    assert written(text).startswith("trend churn_rate")


@pytest.mark.parametrize(("text", "expected"), DAYS_IN_FIGURES)
def test_days_in_figures_make_a_range_and_names_with_figures_none(text: str, expected: str) -> None:
    assert written(text) == expected


OF_COHORTS = [
    (
        "retención día 7, altas de julio contra junio",
        "compare n_day_retention 2026-07-01/2026-08-01 base=2026-06-01/2026-07-01 n:7",
    ),
    ("activation rate of the sign-ups of July", "value activation_rate 2026-07-01/2026-08-01 rate"),
    (
        "activación y altas de julio",
        "value activation_rate 2026-07-01/2026-08-01 & value new_customers 2026-07-01/2026-08-01",
    ),
    (
        "los que asisten a las sesiones se activan más que los que no en los últimos 90 días",
        "compare activation_of_attendees 2026-08-12/2026-11-10 base=previous",
    ),
    ("tasa de reactivación en el segundo trimestre", "value reactivation_rate 2026-04-01/2026-07-01 rate"),
]


@pytest.mark.parametrize(("text", "expected"), OF_COHORTS)
def test_whose_figure_it_is_or_with_whom_it_is_compared_is_no_figure_and_no_time(text: str, expected: str) -> None:
    assert written(text) == expected


AS_IT_SAYS = [
    ("win back en el tercer trimestre", "value win_back_rate 2026-07-01/2026-10-01"),
    (
        "tickets de las últimas 4 semanas contra las 4 anteriores",
        "compare ticket_volume 2026-10-12/2026-11-09 base=previous",
    ),
    ("FCR peor en España?", "compare first_contact_resolution by=country claim=down"),
]


@pytest.mark.parametrize(("text", "expected"), AS_IT_SAYS)
def test_a_figure_is_of_those_and_against_what_is_said(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("top 3 countries with the worst NRR", "down"),
        ("los 5 países con menos MRR", "down"),
        ("3 kraje z najgorszym NRR", "down"),
        ("los 3 países con mejor churn", "down"),
        ("top 5 países con más churn", "up"),
    ],
)
def test_a_number_of_rows_ranks_from_the_top_only_where_no_other_end_is_named(text: str, claim: str) -> None:
    (query,) = reading(text).queries
    assert (query.intent.value, query.by, query.claim) == ("top", ("country",), claim)
