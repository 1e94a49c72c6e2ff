"""Figures told by their idea and not by a name: which notions tell one, in any order, and what they do not take."""

import pytest

from bot.engines.understanding.gists import WAYS
from bot.language import load
from bot.metrics import catalogue
from tests.languages.asked import reading, written

TOLD = [
    ("of the payments that failed, how many did we collect in the end", "dunning_recovery_rate"),
    ("mrr divided by the number of payers, end of september", "arpa"),
    ("for each dollar of mrr lost, how many did we gain in october", "quick_ratio"),
    ("time between the first drop in use and the goodbye", "decline_to_churn_days"),
    ("of those who started to cancel how many did we talk out of it", "save_rate"),
    ("how many days go by between two orders of a customer", "time_between_purchases"),
    ("de los pagos que fallaron, cuántos cobramos al final", "dunning_recovery_rate"),
    ("qué parte de los inscritos a las formaciones se presenta", "attendance_rate"),
    ("ganaron las campañas de retención más de lo que costaron", "retention_roi"),
    ("cuánto suele pasar hasta que alguien vuelve a comprar", "time_between_purchases"),
    ("cuántos tickets por cada 100 clientes en octubre", "tickets_per_100_customers"),
    ("des paiements qui ont échoué, combien a-t-on encaissés au final", "dunning_recovery_rate"),
    ("de ceux qui voulaient résilier, combien avons-nous convaincus", "save_rate"),
    ("combien de notes à 4 ou 5 en octobre", "csat"),
    ("les campagnes de fidélisation ont-elles gagné plus qu'elles n'ont coûté", "retention_roi"),
    ("użycie w stosunku do ich normalnego poziomu", "engagement_trend"),
    ("ilu nowych jest jeszcze aktywnych w dniu 30 albo później", "unbounded_retention"),
    ("combien de MRR les upgrades nous ont rapporté en octobre", "expansion_revenue"),
    ("quelle part des essais gratuits a débouché sur un abonnement payant", "trial_conversion_rate"),
    ("parmi les résiliations évitées depuis janvier, combien ont ensuite payé", "save_then_pay"),
    ("combien d'utilisateurs ont fait un truc dans l'app la semaine dernière", "active_users"),
    ("combien a-t-on de clients payants en Espagne", "customer_count"),
    ("jaką część zaawansowanych funkcji użytkownicy naprawdę mają w małym palcu", "mastery_level"),
]
NOT_TAKEN = [
    ("churn of new customers", "value churn_rate segment=new"),
    ("churn and new customers", "value churn_rate & value new_customers"),
    ("say we get monthly churn down to 2%", "what_if churn_rate to=2percent"),
    ("are referred customers more valuable?", "claim about=CL07"),
    ("pietnascie kont zagrozonych odejsciem, od najwiekszego mrr", "list_people about=at_risk limit=15"),
]


@pytest.mark.parametrize(("text", "figure"), TOLD)
def test_a_figure_is_told_by_its_idea(text: str, figure: str) -> None:
    assert [query.metric for query in reading(text).queries] == [figure]


@pytest.mark.parametrize(("text", "means"), NOT_TAKEN)
def test_an_idea_takes_nothing_that_is_named_outright(text: str, means: str) -> None:
    assert written(text) == means


def test_an_idea_is_of_a_figure_and_its_notions_have_words() -> None:
    notions = {one.lstrip("-") for ways in WAYS.values() for way in ways for one in way.split()}
    words = {one for one in notions if one[0] not in "=#%"}
    assert set(WAYS) <= set(catalogue())
    for code in ("en", "es", "fr", "pl"):
        assert words == set(load(code).data["hears"]["notions"])
