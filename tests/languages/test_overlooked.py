"""Questions of which a word that matters was passed over once: now it is part of the reading, asked about, or named."""

import pytest

from tests.languages.asked import written

ENGLISH = [
    ("how many who signed up in July are still active", "error unknown_part"),
    ("customers who downgraded in October", "value mrr_movements 2026-10-01/2026-11-01 type=contraction"),
    ("where do we lose users in onboarding", "value onboarding_completion"),
    ("CSAT dropped by 5 points, why?", "why csat base=previous claim=down"),
    ("NPS in Poland vs the rest", "compare nps by=country"),
    ("did churn go down after the August outage?", "error unknown_period"),
    (
        "of the customers we lost in Q3 how many had an open ticket",
        "ask value churned_customers 2026-07-01/2026-10-01 | value open_tickets 2026-07-01/2026-10-01",
    ),
    ("percentage of tickets from Spain", "breakdown ticket_volume country=ES by=country rate"),
    (
        "are we losing more annual or monthly customers",
        "compare churned_customers interval=annual,monthly by=interval",
    ),
    ("which owner loses the most MRR", "top mrr_movements type=churn by=owner claim=up"),
    ("open rate on the last three newsletters", "no not_understood"),
    (
        "churn in October but not counting failed payments",
        "value churn_rate 2026-10-01/2026-11-01 split:voluntary",
    ),
    ("customers who cancelled but came back within 60 days", "value win_back_rate horizon_days:60"),
    ("why did we lose more clients in France than in Spain?", "no not_understood"),
    ("NRR in Q3 w/o France", "value nrr 2026-07-01/2026-10-01 not-country=FR"),
    ("what went wrong in October?", "why 2026-10-01/2026-11-01 base=previous about=investigate"),
]
FRENCH = [
    ("les 3 pays avec le moins de MRR", "top mrr by=country claim=down limit=3"),
    ("les 3 pays avec le plus de résiliations", "top churned_customers by=country claim=up limit=3"),
    ("quelle part du churn est involontaire ?", "value churn_by_type rate"),
    ("différence entre churn brut et net", "define gross_revenue_churn & define net_revenue_churn"),
    (
        "clients passés à un plan inférieur en octobre",
        "value mrr_movements 2026-10-01/2026-11-01 type=contraction",
    ),
    ("NPS Pologne vs le reste", "compare nps by=country"),
    ("le churn a-t-il baissé après la panne d'août ?", "error unknown_period"),
    ("taux d'ouverture de la newsletter vs mails d'onboarding", "no not_understood"),
    ("churn octobre hors échecs de paiement", "value churn_rate 2026-10-01/2026-11-01 split:voluntary"),
    ("les clients insatisfaits partent-ils plus vite ?", "no not_understood"),
    ("nouveau MRR net du mois dernier", "value mrr_movements 2026-10-01/2026-11-01"),
    (
        "la compta annonce 118 clients perdus en octobre, t'es d'accord ?",
        "reconcile churned_customers 2026-10-01/2026-11-01 to=118number",
    ),
]
SPANISH = [
    ("los 3 países con menos MRR", "top mrr by=country claim=down limit=3"),
    ("qué parte del churn es involuntario", "value churn_by_type rate"),
    ("NPS Polonia vs el resto", "compare nps by=country"),
    ("¿bajó el churn después de la caída de agosto?", "no not_understood"),
    ("el CSAT cayó 5 puntos, ¿por qué?", "why csat base=previous claim=down"),
    ("¿perdemos más anuales o mensuales?", "compare churned_customers interval=annual,monthly by=interval"),
    ("¿de qué plan vienen la mayoría de los clientes perdidos?", "top churned_customers by=plan claim=up"),
    ("¿cuántos días tarda una cuenta nueva en ver valor?", "value time_to_value"),
    ("descuento medio que damos", "no no_such_metric"),
    ("por qué perdimos más clientes en Francia que en España en octubre", "no not_understood"),
    ("tasa de respuesta de la última encuesta NPS", "value survey_response_rate rate"),
]
POLISH = [
    ("odsetek ponownie otwartych ticketów", "value reopen_rate rate"),
    ("różnica między churnem brutto a netto", "define gross_revenue_churn & define net_revenue_churn"),
    ("jaka część churnu jest niedobrowolna", "value churn_by_type rate"),
    (
        "klienci którzy przeszli na niższy plan w październiku",
        "value mrr_movements 2026-10-01/2026-11-01 type=contraction",
    ),
    ("czy churn spadł po sierpniowej awarii?", "error unknown_period"),
    ("tracimy więcej rocznych czy miesięcznych?", "compare churned_customers interval=annual,monthly by=interval"),
    ("z jakiego planu jest większość odchodzących klientów", "top churned_customers by=plan claim=up"),
    ("zgłoszenia nierozwiązane po 3 dniach", "no not_understood"),
    ("klienci którzy zrezygnowali ale wrócili w ciągu 60 dni", "value win_back_rate horizon_days:60"),
    ("który opiekun traci najwięcej MRR", "top mrr_movements type=churn by=owner claim=up"),
    ("po ilu dniach nowe konto widzi wartość", "value time_to_value"),
    ("ilu z tych co się zapisali w lipcu wciąż jest aktywnych", "no not_understood"),
]
READ = [
    (text, code, expected)
    for code, told in (("en", ENGLISH), ("fr", FRENCH), ("es", SPANISH), ("pl", POLISH))
    for text, expected in told
]


@pytest.mark.parametrize(("text", "language", "expected"), READ, ids=[text for text, _, _ in READ])
def test_no_word_that_matters_is_left_aside_in_silence(text: str, language: str, expected: str) -> None:
    assert written(text, language=language) == expected
