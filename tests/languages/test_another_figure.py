"""Words that ask for another figure than the one they name: its median, that of one customer, of a kind of day. They
are said back, and nothing near is told instead."""

import pytest

from tests.languages.asked import reading, written

DECLINED = [
    # a statistic that the figure is not
    "median MRR per customer",
    "MRR médian par client",
    "MRR mediano por cliente",
    "mediana MRR na klienta",
    "standard deviation of NPS in Q3",
    "écart-type du NPS au T3",
    "desviación típica del NPS en el T3",
    "odchylenie standardowe NPS w Q3",
    "churn in october weighted by seats",
    "churn d'octobre pondéré par le nombre de sièges",
    "churn de octubre ponderado por asientos",
    "churn w październiku ważony liczbą stanowisk",
    # a number of months, where the figure is none
    "how many months in a row did MRR grow",
    "combien de mois d'affilée le MRR a-t-il progressé ?",
    "cuántos meses seguidos creció el MRR",
    "ile miesięcy z rzędu rósł MRR",
    "consecutive weeks of falling NPS",
    "semaines consécutives de baisse du NPS",
    "semanas consecutivas de caída del NPS",
    "tygodnie z rzędu ze spadkiem NPS",
    # that of one customer
    "our biggest customer's MRR",
    "le MRR de notre plus gros client",
    "el MRR de nuestro mayor cliente",
    "MRR naszego największego klienta",
    "what share of MRR comes from the top 10 customers",
    "quelle part du MRR vient des 10 premiers clients ?",
    "qué parte del MRR viene de los 10 mayores clientes",
    "jaka część MRR pochodzi od 10 największych klientów",
    # of each customer's own time
    "september churn among customers in their first three months",
    "churn de septembre chez les clients dans leurs trois premiers mois",
    "churn de septiembre de los clientes en su primer mes",
    "churn we wrześniu wśród klientów w swoich pierwszych trzech miesiącach",
    # what people did is no claim about the figure
    "churn klientów, którzy dwa razy zmienili plan na niższy",
    # days of a kind
    "churn on weekends in October",
    "churn le week-end en octobre",
    "churn los fines de semana de octubre",
    "churn w weekendy w październiku",
    "churn rate on mondays",
    "churn les lundis",
    "tasa de churn los lunes",
    "churn w poniedziałki",
    # things that are described, and no people
    "plans with more than 10 users",
    "les plans avec plus de 10 utilisateurs",
    "planes con más de 10 usuarios",
    "plany z więcej niż 10 użytkownikami",
    # words after "by", and names that are no slip of the pen
    "MRR per employee",
    "MRR par salarié",
    "MRR por empleado",
    "MRR na pracownika",
    "churn on the Enterprise plan",
    "churn du plan Enterprise",
    "churn del plan Enterprise",
    "churn planu Enterprise",
    "churn des clients payant par chèque",
    # figures that are none of ours
    "average contract length",
    "durée moyenne des contrats",
    "duración media de los contratos",
    "średnia długość umowy",
    "total number of orders in Q3",
    "nombre total de commandes au T3",
    "número total de pedidos en el T3",
    "łączna liczba zamówień w Q3",
]
TOLD = [
    ("median resolution time in Q3", "value resolution_time 2026-07-01/2026-10-01"),
    ("délai médian de résolution au T3", "value resolution_time 2026-07-01/2026-10-01"),
    ("how many days does it take to resolve a ticket", "value resolution_time"),
    ("customers in France with more than 10 users", None),
]


@pytest.mark.parametrize("text", DECLINED)
def test_another_figure_is_declined_and_none_near_it_is_told(text: str) -> None:
    assert written(text).startswith(("no ", "error "))


@pytest.mark.parametrize(("text", "expected"), TOLD, ids=[text for text, _ in TOLD])
def test_what_is_told_so_anyway_is_told(text: str, expected: str | None) -> None:
    found = written(text)
    assert found == expected if expected else found.startswith("segment ")


def test_the_language_is_told_by_accents_and_months() -> None:
    assert reading("MRR à fin juin").language == "fr"


def test_a_quarter_is_known_by_the_letter_of_another_language() -> None:
    assert written("churn T3 2026 vs T3 2025") == "compare churn_rate 2026-07-01/2026-10-01 base=last_year"
