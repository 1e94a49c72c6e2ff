"""Values in lists, in the forms of a language, left out before or after they are named; what is no value is not passed
over."""

import pytest

from tests.languages.asked import written

OCTOBER = "2026-10-01/2026-11-01"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("churn in October, Spain and France excluded", f"value churn_rate {OCTOBER} not-country=ES,FR"),
        ("churn in October, except Spain, France and the US", f"value churn_rate {OCTOBER} not-country=ES,FR,US"),
        ("churn in October minus Starter and Pro", f"value churn_rate {OCTOBER} not-plan=Pro,Starter"),
        ("churn d’octobre sans la France ni l’Espagne", f"value churn_rate {OCTOBER} not-country=ES,FR"),
        ("churn de octubre sin Francia ni España", f"value churn_rate {OCTOBER} not-country=ES,FR"),
        ("churn w październiku, Polska i Niemcy odpadają", f"value churn_rate {OCTOBER} not-country=DE,PL"),
        ("churn w październiku bez Stanów i Niemiec", f"value churn_rate {OCTOBER} not-country=DE,US"),
        ("ARR bez Startera", "value arr not-plan=Starter"),
        ("NPS w Q3 dla Businessu i Starterów", "value nps 2026-07-01/2026-10-01 plan=Business,Starter"),
    ],
)  # fmt: skip
def test_a_list_of_values_is_taken_or_left_out_as_a_whole(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize(
    "text",
    [
        "churn in October in Spain and Atlantis",
        "churn in October without Spain and Atlantis",
        "churn in October in Spain, Atlantis and France",
        "churn w październiku bez Hiszpanii i Atlantydy",
        "churn en octubre en España y Atlántida",
        "churn d’octobre en Espagne et Atlantide",
    ],
)
def test_what_stands_in_a_list_and_is_no_value_is_not_passed_over(text: str) -> None:
    assert written(text) in ("error unknown_part", "error unknown_part_near", "no not_understood")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("ARPA of single-user accounts on Starter", "value arpa plan=Starter segment=single_user_accounts"),
        ("churn, just the ones with a failed payment", "value churn_rate segment=failed_payment"),
        ("AOV of customers acquired through partners or referrals", "value aov channel=partner,referral"),
        ("churn with the French market taken out", "value churn_rate not-country=FR"),
        ("MRR porté par les détracteurs", "value mrr segment=detractors"),
        ("churn for VIPs and detractors", "value churn_rate segment=detractors,vip"),
        ("churn for VIP promoters", 'value churn_rate segment={"segments": ["vip", "promoters"]}'),
        ("churn of new Pro customers", "value churn_rate plan=Pro segment=new"),
        ("churn of new customers", "value churn_rate segment=new"),
        ("churn and new customers", "value churn_rate & value new_customers"),
        ("churn i nowi klienci", "value churn_rate & value new_customers"),
        ("NPS nowych klientów rocznych", "value nps interval=annual segment=new"),
        ("how much does a customer bring us (historical CLV)", "value clv_historical"),
    ],
)  # fmt: skip
def test_people_named_beside_a_figure_are_its_group_and_counted_ones_a_figure(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize(
    "text", ["MRR of large funeral companies", "MRR dużych firm pogrzebowych", "MRR des grandes entreprises funéraires"]
)
def test_a_word_that_may_say_which_people_are_meant_is_not_passed_over(text: str) -> None:
    assert written(text) in ("error unknown_part", "error unknown_value")


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("which two countries had the highest churn in October?", 2),
        ("które dwa kraje mają najwyższy churn w październiku?", 2),
        ("siedem kont Business z otwartym zgłoszeniem", 7),
    ],
)
def test_a_number_in_words_says_how_many_are_wanted(text: str, limit: int) -> None:
    assert written(text).endswith(f"limit={limit}")
