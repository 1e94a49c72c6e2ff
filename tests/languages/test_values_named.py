"""Values as people name them: features in their own language, codes in small letters, a figure for each of several."""

from __future__ import annotations

import pytest

from tests.languages.asked import written

FIGURES = ("mrr", "churn_rate", "nps")
NAMED = [
    ("adopcja raportów w październiku", "value feature_adoption 2026-10-01/2026-11-01 feature=Reports"),
    ("ilu używa automatyzacji na Business", "value feature_adoption feature=Automations plan=Business"),
    ("churn w es w październiku", "value churn_rate 2026-10-01/2026-11-01 country=ES"),
    ("mrr dla fr i pl", "value mrr country=FR,PL"),
    ("mau na mobile we wrześniu", "value active_users 2026-09-01/2026-10-01 platform=android,ios"),
    ("ile dni nieaktywności mają średnio klienci z Francji", "value days_inactive country=FR"),
    ("expansion MRR w Q3 w rozbiciu na przyczyny", "breakdown expansion_revenue 2026-07-01/2026-10-01 by=cause"),
    ("gdzie mamy najgorszy nps", "top nps by=country claim=down"),
    ("ile nam w październiku uciekło mrr na odejściach", "value mrr_movements 2026-10-01/2026-11-01 type=churn"),
    ("nps bez de za wrzesień", "value nps 2026-09-01/2026-10-01 not-country=DE"),
    (
        "churn w październiku osobno dla Pro i Business",
        "breakdown churn_rate 2026-10-01/2026-11-01 plan=Business,Pro by=plan",
    ),
    (
        "churn w październiku w podziale na Pro i Business",
        "breakdown churn_rate 2026-10-01/2026-11-01 plan=Business,Pro by=plan",
    ),
    (
        "churn w październiku osobno dla planu miesięcznego i rocznego",
        "breakdown churn_rate 2026-10-01/2026-11-01 by=interval",
    ),
    ("nb de nouveaux clients venus par la pub en septembre", "value new_customers 2026-09-01/2026-10-01 channel=ads"),
    ("mrr, churn et nps d'octobre", " & ".join(f"value {one} 2026-10-01/2026-11-01" for one in FIGURES)),
    ("MRR, churn and NPS in October", " & ".join(f"value {one} 2026-10-01/2026-11-01" for one in FIGURES)),
    ("expansion MRR du T3 par cause", "breakdown expansion_revenue 2026-07-01/2026-10-01 by=cause"),
    # the English names of metrics are heard in every language
    ("average order value par pays", "breakdown aov by=country"),
    ("el customer effort score de septiembre", "value ces 2026-09-01/2026-10-01"),
    ("ile wynosi customer lifetime value", "value clv_predicted"),
    ("ile mamy churned customers w tym miesiącu", "value churned_customers 2026-11-01/2026-11-10~"),
    ("quick ratio par plan", "breakdown quick_ratio by=plan rate"),
    ("cuál es el net promoter score de Francia", "value nps country=FR"),
]


@pytest.mark.parametrize(("text", "line"), NAMED)
def test_a_value_is_heard_as_people_name_it(text: str, line: str) -> None:
    assert written(text) == line


def test_a_word_of_the_language_is_no_code() -> None:
    """ "us" and "de" are words where they are not in capitals."""
    assert "country" not in written("what can churn tell us about October?")
    assert "country" not in written("le churn de octobre 2026")


def test_a_feature_that_is_left_out_is_not_turned_round() -> None:
    assert "feature=" not in written("adopcja bez raportów w październiku")


def test_a_value_that_is_a_word_of_other_topics_too_is_a_value() -> None:
    assert written("churn w hotelach w październiku") != "no off_topic"


def test_a_sentence_in_which_the_asker_speaks_of_themselves_is_none_of_the_question() -> None:
    asked = "value churn_rate 2026-10-01/2026-11-01 plan=Pro"
    assert written("Jaki był churn planu Pro w październiku? W supporcie się o to spieramy.") == asked
    assert (
        written("Jaki był churn w październiku? Interesują mnie dentyści.") != "value churn_rate 2026-10-01/2026-11-01"
    )


def test_a_word_with_one_slip_is_known_by_its_beginning() -> None:
    assert written("ilu mamy ambasdorów we Francji") == written("ilu mamy ambasadorów we Francji")
