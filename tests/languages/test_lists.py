"""Lists of people: their order and their length ask for no figure beside them, and another order is declined."""

import pytest

from tests.languages.asked import reading, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 biggest at-risk accts in spain, mrr first", "list_people country=ES about=at_risk limit=10"),
        (
            "Please may I have the 12 largest accounts with an open ticket, highest MRR first?",
            "list_people about=open_support_issues limit=12",
        ),
        ("top 20 expansion-ready accounts by MRR in the US", "list_people country=US about=expansion_ready limit=20"),
        (
            "25 Business customers with a failed payment, ranked by MRR",
            "list_people plan=Business about=failed_payment limit=25",
        ),
        ("names of the seven dormant accounts paying us most", "list_people about=dormant limit=7"),
        (
            "single-user accounts on Pro, the eight with the highest mrr",
            "list_people plan=Pro about=single_user_accounts limit=8",
        ),
        (
            "at risk accounts, partner channel, the 5 most valuable",
            "list_people channel=partner about=at_risk limit=5",
        ),
        (
            "who churned in October, top 10 by MRR",
            "list_people churned_customers 2026-10-01/2026-11-01 claim=up limit=10",
        ),
        ("list of new customers last week", "list_people new_customers 2026-11-02/2026-11-09"),
        ("liste des nouveaux clients de la semaine derniere", "list_people new_customers 2026-11-02/2026-11-09"),
        ("lista de clientes nuevos de la semana pasada", "list_people new_customers 2026-11-02/2026-11-09"),
        ("lista nowych klientów z zeszłego tygodnia", "list_people new_customers 2026-11-02/2026-11-09"),
        ("liste des 5 clients dormants qui paient le plus", "list_people about=dormant limit=5"),
        ("los 8 detractores con mayor MRR", "list_people about=detractors limit=8"),
        ("klienci vip posortowani według MRR", "list_people about=vip"),
        ("our 25 biggest customers", "list_people about={} limit=25"),
        ("top 25 customers by MRR", "list_people about={} limit=25"),
        ("10 biggest annual accounts", "list_people interval=annual about={} limit=10"),
        ("quels sont nos 25 plus gros clients", "list_people about={} limit=25"),
        ("top 10 des clients par MRR en Espagne", "list_people country=ES about={} limit=10"),
    ],
)
def test_an_order_of_worth_and_a_number_of_people_ask_for_a_list(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "top 10 at-risk accounts by health score",
        "top 10 customers by number of tickets",
        "10 smallest at-risk accounts by mrr",
        "at-risk accounts, lowest MRR first",
        "clientes en riesgo de menor a mayor",
    ],
)
def test_an_order_that_no_list_has_is_declined(text: str) -> None:
    assert written(text) == "no list_order"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mrr of vip accounts", "value mrr segment=vip"),
        ("mrr of vip accounts by plan", "breakdown mrr segment=vip by=plan"),
        ("top 3 plans by mrr", "top mrr by=plan claim=up limit=3"),
    ],
)
def test_a_figure_of_a_group_is_no_list(text: str, expected: str) -> None:
    assert written(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arr + logo churn + number of advocates, sept", "arr churn_rate advocates"),
        ("first contact resolution + resolution time for october, both", "first_contact_resolution resolution_time"),
        ("mrr plus nrr, october", "mrr nrr"),
        ("give me new customers and churned customers for october", "new_customers churned_customers"),
        ("churn i nowi klienci za wrzesień, dwie liczby", "churn_rate new_customers"),
    ],
)
def test_figures_that_are_joined_are_each_told_and_none_is_a_group(text: str, expected: str) -> None:
    found = reading(text)
    assert [query.metric for query in found.queries] == expected.split()
    assert not any(query.filters or query.subject or query.claim for query in found.queries)


def test_a_group_joined_to_a_figure_is_not_taken_for_its_filter() -> None:
    assert written("churn rate as well as the number of promoters in september") == "no not_understood"
    assert written("churn of new customers") == "value churn_rate segment=new"
