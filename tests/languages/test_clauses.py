"""What clauses say that customers did, beside a figure: conditions on them, with the days of the clause's own."""

import pytest

from bot.types import Condition, Group
from tests.languages.asked import reading, written

NEVER = Condition("feature", "Automations", most=0, days=60)
TWO = Condition("tickets", least=2, days=60)
THREE = Condition("orders", least=3)
OFTEN = Condition("feature", "Reports", least=5, days=30)
NONE = Condition("tickets", most=0)
APRIL = Condition("signup", "2026-04-01/2026-05-01", least=1)
EARLIER = Condition("signup", "/2026-10-01", least=1)
AWAY = Condition("active", most=0, days=35)
OLD = Condition("signup", most=0, days=730)
YOUNG = Condition("signup", least=1, days=90)
RICH = Condition("mrr", ">200", least=1)

CLAUSES: list[tuple[str, str, Condition]] = [
    ("churn in October of customers who in the last 60 days never used automations", "October", NEVER),
    ("MRR of customers who opened at least two tickets in the last 60 days", "", TWO),
    ("NRR in Q3 of accounts that ordered at least 3 times", "Q3", THREE),
    ("CSAT in Q3 of people who used reports at least five times in the last 30 days", "Q3", OFTEN),
    ("churn in October of those who have never raised a ticket", "October", NONE),
    ("churn in October for customers who signed up in April", "October", APRIL),
    ("MRR of customers who joined before October 2026", "", EARLIER),
    ("churn d’octobre des clients qui n’ont pas utilisé les automatisations ces 60 derniers jours", "October", NEVER),
    ("MRR des clients ayant ouvert au moins deux tickets sur les 60 derniers jours", "", TWO),
    ("NRR au T3 des comptes qui ont commandé au moins 3 fois", "Q3", THREE),
    ("churn d’octobre des clients n’ayant jamais ouvert de ticket", "October", NONE),
    ("churn d’octobre des clients qui se sont inscrits en avril", "October", APRIL),
    ("churn de octubre de los que llevan 60 días sin tocar automatizaciones", "October", NEVER),
    ("MRR de los clientes que abrieron al menos dos tickets en los últimos 60 días", "", TWO),
    ("churn de octubre de clientes que nunca abrieron un ticket", "October", NONE),
    ("De los clientes que se dieron de alta en abril, ¿qué churn hubo en octubre?", "October", APRIL),
    ("MRR de los clientes que firmaron antes de octubre de 2026", "", EARLIER),
    ("churn w październiku klientów, którzy w ostatnich 60 dniach ani razu nie użyli automatyzacji", "October", NEVER),
    ("MRR kont, które w ciągu ostatnich 60 dni otworzyły co najmniej dwa zgłoszenia", "", TWO),
    ("NRR w Q3 klientów, którzy kupili co najmniej trzy razy", "Q3", THREE),
    ("CSAT w Q3 klientów, którzy sięgają po raporty co najmniej 5 razy w miesiącu", "Q3", OFTEN),
    ("churn w październiku klientów, którzy zarejestrowali się w kwietniu", "October", APRIL),
    ("MRR klientów, którzy przyszli do nas przed październikiem 2026", "", EARLIER),
    ("churn in October of customers who haven't logged in for 35 days", "October", AWAY),
    ("churn in October of customers with us for more than two years", "October", OLD),
    ("MRR of customers with less than 3 months of tenure", "", YOUNG),
    ("churn d’octobre des clients qui ne se sont pas connectés depuis 35 jours", "October", AWAY),
    ("churn d’octobre des clients chez nous depuis plus de deux ans", "October", OLD),
    ("MRR des clients depuis moins de 3 mois", "", YOUNG),
    ("churn de octubre de los clientes q no entran desde hace 35 días", "October", AWAY),
    ("churn de octubre de clientes con más de dos años de antigüedad", "October", OLD),
    ("MRR de clientes de menos de 3 meses", "", YOUNG),
    ("churn w październiku klientów, którzy od 35 dni się nie logowali", "October", AWAY),
    ("churn w październiku klientów, którzy są z nami ponad dwa lata", "October", OLD),
    ("MRR klientów krócej niż 3 miesiące", "", YOUNG),
    ("MRR of customers paying more than $200 per month", "", RICH),
    ("churn in October of accounts with MRR over $200", "October", RICH),
    ("MRR des clients qui paient plus de 200 $ par mois", "", RICH),
    ("churn d’octobre des clients à plus de 200 dollars de MRR", "October", RICH),
    ("MRR de los clientes que pagan más de 200 dólares al mes", "", RICH),
    ("churn w październiku klientów, którzy płacą ponad 200 dolarów miesięcznie", "October", RICH),
]
STARTS = {"October": "2026-10-01", "Q3": "2026-07-01", "": None}


@pytest.mark.parametrize(("text", "when", "condition"), CLAUSES, ids=[one[0] for one in CLAUSES])
def test_a_clause_is_a_condition_and_takes_no_period_from_the_figure(
    text: str, when: str, condition: Condition
) -> None:
    (query,) = reading(text).queries
    assert dict(query.filters) == {"segment": (Group(conditions=(condition,)).text,)}
    assert query.baseline is None
    assert (query.window and str(query.window.start)) == STARTS[when]


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("churn of customers who opened a ticket in September", "error segment_period"),
        ("churn in Q3 of customers who used reports in May", "error segment_period"),
        ("churn in October of customers who adore dogs and opened a ticket", "no not_understood"),
        ("churn in October of customers who renewed in May", "error unknown_part"),
        ("ARPA of customers who use exports or automations", "error unknown_part"),
        ("churn before October", "error unknown_period"),
    ],
)
def test_what_no_condition_can_say_is_refused(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (
            "what share of customers bought more than once in Q3?",
            "value repeat_purchase_rate 2026-07-01/2026-10-01 rate",
        ),
        ("activation rate of users who signed up in August", "value activation_rate 2026-08-01/2026-09-01 rate"),
    ],
)
def test_words_that_are_the_figure_itself_are_no_condition(text: str, means: str) -> None:
    assert written(text) == means


def test_features_that_are_listed_are_a_condition_each() -> None:
    (query,) = reading("ARPA of customers who never used exports or automations").queries
    both = (Condition("feature", "Exports", most=0), Condition("feature", "Automations", most=0))
    assert dict(query.filters) == {"segment": (Group(conditions=both).text,)}


@pytest.mark.parametrize(
    ("text", "intent", "condition"),
    [
        ("who has not logged in for 35 days?", "list_people", AWAY),
        ("qui ne s’est pas connecté depuis 35 jours ?", "list_people", AWAY),
        ("clientes q no entran desde hace 35 días", "segment", AWAY),
        ("klienci ktorzy nie logowali sie od 35 dni", "segment", AWAY),
        ("how many customers have been with us for more than two years", "segment", OLD),
        ("cuántos clientes llevan más de dos años con nosotros", "segment", OLD),
        ("ilu klientów jest z nami ponad dwa lata", "segment", OLD),
        ("show me customers above $200 MRR", "list_people", RICH),
        ("customers with MRR over $200", "segment", RICH),
    ],
)
def test_how_long_customers_stay_or_stay_away_tells_a_group(text: str, intent: str, condition: Condition) -> None:
    (query,) = reading(text).queries
    assert (query.intent.value, query.subject) == (intent, Group(conditions=(condition,)).text)
