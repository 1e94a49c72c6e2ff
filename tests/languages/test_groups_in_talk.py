"""Conditions that hold together, that cannot, and those of a list before: of whom is asked is never told in part."""

import pytest

from bot.types import Condition, Group, Query
from tests.languages.asked import reading, written

NEVER = Condition("feature", "Automations", most=0)
TWO = Condition("tickets", least=2, days=30)
GROUP = Group(conditions=(TWO,)).text


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("customers who never used automations but opened at least two tickets", (NEVER, TWO)),
        ("customers who opened at least two tickets and never used automations", (TWO, NEVER)),
        (
            "les clients qui n’ont jamais utilisé les automatisations mais ont ouvert au moins deux tickets",
            (NEVER, TWO),
        ),
        ("clientes que nunca usaron automatizaciones pero abrieron al menos dos tickets", (NEVER, TWO)),
        ("klienci, którzy nigdy nie używali automatyzacji, ale otworzyli co najmniej dwa zgłoszenia", (NEVER, TWO)),
    ],
)
def test_clauses_that_are_joined_are_a_condition_each(text: str, conditions: tuple[Condition, ...]) -> None:
    (query,) = reading(text).queries
    assert query.subject == Group(conditions=conditions).text


@pytest.mark.parametrize(
    "text",
    [
        "customers who never used automations or opened at least two tickets",
        "les clients qui n’ont jamais utilisé les automatisations ou ont ouvert au moins deux tickets",
        "clientes que nunca usaron automatizaciones o abrieron al menos dos tickets",
        "klienci, którzy nigdy nie używali automatyzacji lub otworzyli co najmniej dwa zgłoszenia",
        "customers in France or on the Pro plan",
        "clients en France ou sur le plan Pro",
        "clientes en Francia o en el plan Pro",
        "klienci z Francji albo na planie Pro",
        "churn of VIPs or Pro customers",
    ],
)
def test_an_or_between_conditions_of_two_kinds_is_never_an_and(text: str) -> None:
    assert written(text).split()[0] in ("error", "no")


@pytest.mark.parametrize(
    "text",
    [
        "draft an email to VIPs and promoters",
        "écris un mail aux VIP et aux promoteurs",
        "escribe un correo a los VIP y a los promotores",
        "napisz maila do VIP-ów i promotorów",
    ],
)
def test_of_several_groups_that_are_listed_one_is_asked_for(text: str) -> None:
    found = reading(text)
    assert found.clarify is not None
    both = Group(segments=("vip", "promoters")).text
    assert [one.query.subject for one in found.clarify.choices] == ["vip", "promoters", both]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("at risk customers in Poland", "only the VIPs"),
        ("clients à risque en Pologne", "seulement les VIP"),
        ("clientes en riesgo en Polonia", "solo los VIP"),
        ("zagrożeni klienci w Polsce", "tylko VIP-y"),
    ],
)
def test_only_narrows_the_list_before(first: str, then: str) -> None:
    previous = reading(first).queries[0]
    (query,) = reading(then, previous).queries
    assert (query.subject, query.filters) == (Group(segments=("at_risk", "vip")).text, (("country", ("PL",)),))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("at risk customers in Poland", "only those who never used automations"),
        ("clients à risque en Pologne", "seulement ceux qui n’ont jamais utilisé les automatisations"),
        ("clientes en riesgo en Polonia", "solo los que nunca usaron automatizaciones"),
        ("zagrożeni klienci w Polsce", "tylko ci, którzy nigdy nie używali automatyzacji"),
    ],
)
def test_a_clause_narrows_the_list_before(first: str, then: str) -> None:
    previous = reading(first).queries[0]
    (query,) = reading(then, previous).queries
    group = Group(segments=("at_risk",), conditions=(NEVER,))
    assert (query.subject, query.filters) == (group.text, (("country", ("PL",)),))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("churn in October for France", "only customers who never used automations"),
        ("churn d’octobre en France", "seulement les clients qui n’ont jamais utilisé les automatisations"),
        ("churn de octubre en Francia", "solo los clientes que nunca usaron automatizaciones"),
        ("churn w październiku we Francji", "tylko klienci, którzy nigdy nie używali automatyzacji"),
    ],
)
def test_a_clause_narrows_the_figure_before(first: str, then: str) -> None:
    previous = reading(first).queries[0]
    (query,) = reading(then, previous).queries
    assert (query.metric, dict(query.filters)) == (
        "churn_rate",
        {"country": ("FR",), "segment": (Group(conditions=(NEVER,)).text,)},
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("did they open any tickets?", "en"),
        ("ont-ils ouvert des tickets ?", "fr"),
        ("¿ellos abrieron tickets?", "es"),
        ("czy oni otwierali zgłoszenia?", "pl"),
    ],
)
def test_what_is_asked_of_them_after_an_account_is_on_its_page(text: str, language: str) -> None:
    page = Query(reading("tell me about A0613").intent, subject="A0613")
    assert written(text, page, language) == "profile about=A0613"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("customers who are not VIPs", "not-segment=vip"),
        ("les clients qui ne sont pas VIP", "not-segment=vip"),
        ("clientes que no son VIP", "not-segment=vip"),
        ("klienci, którzy nie są VIP", "not-segment=vip"),
    ],
)
def test_who_is_not_in_a_group_is_a_segment_too(text: str, means: str) -> None:
    assert means in written(text)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("show me at-risk accounts", "which ones pay more than 300?"),
        ("montre les comptes à risque", "lesquels paient plus de 300 ?"),
        ("muéstrame las cuentas en riesgo", "¿cuáles pagan más de 300?"),
        ("pokaż zagrożone konta", "które płacą ponad 300?"),
    ],
)
def test_which_ones_are_of_the_list_before(first: str, then: str) -> None:
    (query,) = reading(then, reading(first).queries[0]).queries
    assert query.subject == Group(segments=("at_risk",), conditions=(Condition("mrr", ">300", least=1),)).text


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("show me VIPs that are neither in France nor in Spain", "list_people not-country=ES,FR about=vip"),
        ("les VIP qui ne sont ni en France ni en Espagne", "list_people not-country=ES,FR about=vip"),
        ("los VIP que no están ni en Francia ni en España", "list_people not-country=ES,FR about=vip"),
        ("VIP-y, którzy nie są ani z Francji, ani z Hiszpanii", "list_people not-country=ES,FR about=vip"),
        ("churn for everyone but Starter", "value churn_rate not-plan=Starter"),
        ("clients à risque en Espagne sans ticket ouvert",
         "list_people country=ES not-segment=open_support_issues about=at_risk"),
        ("klienci zagrożeni w Hiszpanii bez otwartych zgłoszeń",
         "list_people country=ES not-segment=open_support_issues about=at_risk"),
        ("Business customers not in the US", "segment not-country=US plan=Business about={}"),
        ("supprime tous les clients espagnols", "no nothing_before"),
        ("usuń wszystkich klientów z Hiszpanii", "no nothing_before"),
    ],
)  # fmt: skip
def test_who_is_left_out_is_never_let_in(text: str, means: str) -> None:
    assert sorted(written(text).split()) == sorted(means.split())


@pytest.mark.parametrize(
    ("first", "then", "means"),
    [
        ("list dormant accounts on Pro", "not the US ones", "list_people plan=Pro not-country=US about=dormant"),
        ("lista de cuentas dormidas", "los de Estados Unidos no", "list_people not-country=US about=dormant"),
        ("at risk customers in Poland", "drop Poland", "list_people about=at_risk"),
        ("list our promoters", "remove the ones in France", "list_people not-country=FR about=promoters"),
        ("churn in october for Pro", "back to all plans", "value churn_rate 2026-10-01/2026-11-01"),
        ("NPS in Q3", "no, I meant CSAT", "value csat 2026-07-01/2026-10-01"),
        ("le NPS au T3", "non, je voulais dire le CSAT", "value csat 2026-07-01/2026-10-01"),
        ("NPS en el Q3", "no, quería decir el CSAT", "value csat 2026-07-01/2026-10-01"),
        ("NPS w Q3", "nie, chodziło mi o CSAT", "value csat 2026-07-01/2026-10-01"),
        ("who left in october", "in percent?", "value churn_rate 2026-10-01/2026-11-01 rate"),
        ("who left in october", "how many is that", "value churned_customers 2026-10-01/2026-11-01"),
        ("qui est parti en octobre", "il y avait des VIP parmi eux ?",
         "list_people churned_customers 2026-10-01/2026-11-01 segment=vip"),
        ("list our VIPs in Poland", "any of them with a failed payment?",
         f"list_people country=PL about={Group(segments=('vip', 'failed_payment')).text}"),
        ("lista los VIP de Polonia", "¿alguno con un pago fallido?",
         f"list_people country=PL about={Group(segments=('vip', 'failed_payment')).text}"),
        ("lista de detractores", "en Pro, los alemanes no", "list_people plan=Pro not-country=DE about=detractors"),
        ("MRR in Germany", "top 5 customers", "list_people mrr country=DE limit=5"),
        ("churn d’octobre", "fais-leur un rappel de renouvellement", "draft churn_rate 2026-10-01/2026-11-01"),
        ("churn de octubre", "hazles un recordatorio de renovación", "draft churn_rate 2026-10-01/2026-11-01"),
        ("churn za październik", "zrób dla nich przypomnienie o odnowieniu",
         "draft churn_rate 2026-10-01/2026-11-01"),
        ("write to our VIPs, in german", "not in german, in french", "draft about=vip in=fr"),
    ],
)  # fmt: skip
def test_a_message_in_a_thread_keeps_whom_the_one_before_was_about(first: str, then: str, means: str) -> None:
    assert written(then, reading(first).queries[-1]) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (
            "prépare un mail pour les clients Pro en Espagne avec au moins deux tickets",
            f"draft country=ES plan=Pro about={GROUP}",
        ),
        (
            "escribe un correo a los clientes Pro de España con al menos dos tickets",
            f"draft country=ES plan=Pro about={GROUP}",
        ),
        ("push de réengagement aux dormants, en allemand", "draft about=dormant in=de by=push"),
        ("apologise to customers who have an open support ticket", "draft about=open_support_issues"),
        ("przeproś klientów, którzy mają otwarte zgłoszenie", "draft about=open_support_issues"),
        (
            "can you do a push for people who signed up but never activated",
            "draft about=signed_up_not_activated by=push",
        ),
    ],
)
def test_a_draft_is_for_all_whom_the_words_describe_and_for_nobody_else(text: str, means: str) -> None:
    assert written(text) == means
