"""What people mean by a word is heard in four languages, and each word keeps to it; longer wordings are as they say."""

import pytest

from bot.types import Meaning, Query
from tests.languages.asked import line, reading, written

BEFORE = reading("what was our churn rate by country in October?").queries[0]
OCTOBER = "2026-10-01/2026-11-01"
REVENUE = Meaning("churn", "gross_revenue_churn")


def taught(text: str, previous: Query | None = None) -> tuple[Meaning | None, str]:
    """What a correction teaches, and the query that it is answered by, without the lesson."""
    (query,) = reading(text, previous).queries
    return Meaning.of(query.subject), line(query).partition(" about=")[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("by churn I mean revenue churn", "churn = gross_revenue_churn"),
        ("No, by “churn” we mean logo churn, not revenue churn.", "churn = churn_rate"),
        ("by churn I mean cancelled (requested)", "churn = churn_rate?recognition=request"),
        ("When I say active, I mean weekly active users", "active = active_users"),
        ("for us churn means net revenue churn", "churn = net_revenue_churn"),
        ("by bleeding I mean revenue churn", "bleeding = gross_revenue_churn"),
        ("par churn j'entends le churn de revenu brut", "churn = gross_revenue_churn"),
        ("Non, par attrition nous entendons la perte de clients", "attrition = churned_customers"),
        ("quand je dis churn, je veux dire les résiliations demandées", "churn = churn_rate?recognition=request"),
        ("quand je dis actif je parle des utilisateurs actifs", "actif = active_users"),
        ("por churn me refiero al churn de ingresos", "churn = gross_revenue_churn"),
        ("No, con churn quiero decir churn de clientes", "churn = churn_rate"),
        ("cuando digo bajas quiero decir bajas solicitadas", "bajas = churned_customers?recognition=request"),
        ("cuando digo activos me refiero a usuarios activos", "activos = active_users"),
        ("przez churn rozumiem churn przychodów", "churn = gross_revenue_churn"),
        ("Nie, przez churn mam na myśli churn klientów", "churn = churn_rate"),
        ("mówiąc churn mam na myśli zgłoszone rezygnacje", "churn = churn_rate?recognition=request"),
        ("kiedy mówię aktywni, chodzi mi o aktywnych użytkowników", "aktywni = active_users"),
    ],
)
def test_a_correction_says_which_metric_a_word_is_and_the_thread_is_answered_anew(text: str, name: str) -> None:
    meaning, query = taught(text, BEFORE)
    assert meaning is not None
    assert meaning.name == name
    variant = "".join(f" {key}:{value}" for key, value in meaning.variant)
    assert query.startswith(f"breakdown {meaning.metric} {OCTOBER}")
    assert "by=country" in query
    assert variant.strip() in query
    assert taught(text) == (meaning, f"define {meaning.metric}{variant}")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("what was our churn last quarter? By churn I mean revenue churn.", "value gross_revenue_churn"),
        ("By churn I mean revenue churn. What was churn last quarter?", "value gross_revenue_churn"),
        (
            "Par churn, j'entends le churn de revenu brut. Quel était le churn au troisième trimestre ?",
            "value gross_revenue_churn",
        ),
    ],
)
def test_a_question_beside_a_correction_is_answered_under_it(text: str, query: str) -> None:
    assert taught(text, BEFORE) == (REVENUE, f"{query} 2026-07-01/2026-10-01")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("by churn I mean carbon footprint", "no meaning_unknown"),
        ("par churn j'entends l'empreinte carbone", "no meaning_unknown"),
        ("por churn me refiero a la huella de carbono", "no meaning_unknown"),
        ("przez churn rozumiem ślad węglowy", "no meaning_unknown"),
        ("by churn I mean revenue churn in Spain", "no meaning_narrow"),
        ("by churn I mean revenue churn of last month", "no meaning_narrow"),
        ("by MRR I mean MRR counted at the request", "no meaning_narrow"),
    ],
)
def test_what_no_metric_is_cannot_be_meant(text: str, refusal: str) -> None:
    assert written(text, BEFORE) == refusal


def test_a_sense_of_several_metrics_is_asked_back_and_either_choice_finishes_the_correction() -> None:
    found = reading("par churn, j'entends le churn en MRR", BEFORE)
    assert found.clarify is not None
    metrics = [Meaning.of(choice.query.subject) for choice in found.clarify.choices]
    assert metrics == [REVENUE, Meaning("churn", "net_revenue_churn")]


@pytest.mark.parametrize(
    "text",
    ["what was churn by plan in October?", "churn par pays, ça veut dire quoi ?", "what do you mean by churn?"],
)
def test_other_questions_correct_nothing(text: str) -> None:
    assert all(Meaning.of(query.subject) is None for query in reading(text).queries)


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("what was our churn in October?", "gross_revenue_churn"),
        ("What was our Churn rate in October?", "gross_revenue_churn"),
        ("what was our logo churn in October?", "churn_rate"),
        ("what was our net revenue churn in October?", "net_revenue_churn"),
        ("quel était notre churn en octobre ?", "gross_revenue_churn"),
        ("¿cuál fue nuestro churn en octubre?", "gross_revenue_churn"),
        ("jaki był nasz churn w październiku?", "gross_revenue_churn"),
        ("what was our MRR in October?", "mrr"),
    ],
)
def test_a_taught_word_is_its_metric_and_says_so_while_longer_wordings_are_what_they_say(
    text: str, metric: str
) -> None:
    found = reading(text, meanings=(REVENUE,))
    assert [query.metric for query in found.queries] == [metric]
    assert [note.key for note in found.assumed if note.key.startswith("assumed_meaning")] == (
        ["assumed_meaning_here"] if metric == REVENUE.metric else []
    )


def test_the_meaning_of_a_thread_comes_before_what_the_company_agreed() -> None:
    agreed = Meaning("churn", "churned_customers", agreed=True)
    for meanings, wanted, key in (
        ((), "churned_customers", "assumed_meaning"),
        ((REVENUE,), "gross_revenue_churn", "assumed_meaning_here"),
    ):
        found = reading("churn in October", meanings=meanings, agreed=(agreed,))
        assert (found.queries[0].metric, found.assumed[0].key) == (wanted, key)


def test_a_word_that_nothing_else_knows_is_heard_once_it_was_taught() -> None:
    text = "what was our hemorrhage in October?"
    assert written(text) == "no no_such_metric"
    found = reading(text, meanings=(Meaning("hemorrhage", "churn_rate", (("recognition", "request"),)),))
    assert line(found.queries[0]) == f"value churn_rate {OCTOBER} recognition:request"


@pytest.mark.parametrize("text", [None, "", "card", "{}", "[1]", '{"meant": 3}', '{"meant": ["a", "b", 3]}'])
def test_no_other_subject_is_a_meaning(text: str | None) -> None:
    assert Meaning.of(text) is None


def test_a_meaning_is_the_same_after_it_was_written() -> None:
    meaning = Meaning("bajas", "churn_rate", (("recognition", "request"),))
    assert Meaning.of(meaning.text) == meaning
