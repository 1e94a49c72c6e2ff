"""Who may see Spain only is told so with every figure, and never hears "none" for what they may not see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.language import available, load
from bot.terminal import Session
from bot.types import Answer, Outcome, Place, Rights, RowFilter

SPAIN = (RowFilter("country", ("ES",)),)
TEAM = Rights(role="spain", row_filters=SPAIN, approves=True)
ONLY = {
    "en": "You see Spain only.",
    "fr": "Vous voyez uniquement\u00a0: Espagne.",
    "es": "Solo ves: España.",
    "pl": "Widzisz tylko: Hiszpania.",
}


def ask(session: Session, text: str, rights: Rights = TEAM, **more: object) -> Answer:
    return session.service.ask(replace(session.question(text), rights=rights, **more))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what was our churn rate in October?", "en"),
        ("churn rate by plan in October", "en"),
        ("churn rate trend from May to October", "en"),
        ("compare churn in September and October", "en"),
        ("why did churn go up in October?", "en"),
        ("which customers left in October?", "en"),
        pytest.param("tell me about A3", "en", marks=pytest.mark.slow),
        ("who is a power user?", "en"),
        ("quel était notre taux de churn en octobre 2026 ?", "fr"),
        ("¿cuál fue nuestra tasa de churn en octubre de 2026?", "es"),
        ("jaki był nasz churn w październiku 2026?", "pl"),
    ],
)
def test_every_answer_with_figures_says_once_what_its_asker_sees(fingers: Session, text: str, language: str) -> None:
    answer = ask(fingers, text)
    assert answer.outcome is Outcome.ANSWER, answer.text
    assert answer.language == language
    said = [*answer.caveats, *answer.text.splitlines()]
    assert said.count(ONLY[language]) == 1
    assert not any(ONLY[language] in line and line != ONLY[language] for line in said)
    assert all(one.rights == SPAIN for one in answer.evidence)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["weekly", "what if churn fell by 1 point?", "draft something for A2039"])
def test_so_does_what_needs_a_larger_company(demo: Session, text: str) -> None:
    answer = ask(demo, text, replace(TEAM, drafts="draft" in text))
    assert answer.outcome is Outcome.ANSWER, answer.text
    assert answer.caveats.count(ONLY["en"]) == 1


def test_who_sees_all_is_told_nothing_of_it(fingers: Session) -> None:
    answer = ask(fingers, "what was our churn rate in October?", Rights())
    assert "3 of 8" in answer.text
    assert not any("You see" in line for line in answer.caveats)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("churn rate in France in October", "France"),
        ("which French customers left in October?", "France"),
        ("why did churn rise in France in October?", "France"),
        ("churn trend in France from May to October", "France"),
        ("weekly summary for France", "France"),
        ("draft something for the customers in France who left in October", "France"),
        ("what if churn in France fell by 1 point?", "France"),
        ("quel était le taux de churn en France en octobre 2026 ?", "France"),
        ("¿cuál fue la tasa de churn de Francia en octubre de 2026?", "Francia"),
        ("jaki był churn we Francji w październiku 2026?", "Francja"),
    ],
)
def test_what_lies_outside_is_said_to_and_is_no_zero(fingers: Session, text: str, asked: str) -> None:
    answer = ask(fingers, text)
    assert answer.error is not None, answer.text
    assert answer.error.key == "outside_rights"
    assert asked in answer.text
    spain = {"en": "Spain", "fr": "Espagne", "es": "España", "pl": "Hiszpania"}[answer.language]
    assert spain in answer.text
    assert not any(sign.isdigit() for sign in answer.text)
    assert answer.evidence == ()


def test_a_market_is_outside_where_all_its_countries_are(fingers: Session) -> None:
    poland = replace(TEAM, row_filters=(RowFilter("country", ("PL",)),))
    assert ask(fingers, "churn rate in Iberia in October", poland).error.key == "outside_rights"
    within = ask(fingers, "churn rate in Iberia in October")
    assert "1 of 2" in within.text
    iberia = replace(TEAM, row_filters=(RowFilter("market", ("iberia",)),))
    assert ask(fingers, "churn rate in France in October", iberia).error.key == "outside_rights"
    assert "1 of 2" in ask(fingers, "churn rate in Spain in October", iberia).text


def test_of_two_countries_the_one_that_is_left_out_is_named(fingers: Session) -> None:
    answer = ask(fingers, "churn rate in France and Spain in October")
    assert "1 of 2" in answer.text
    assert "Left out, for it may not be shown to you here: France." in answer.caveats
    assert ONLY["en"] in answer.caveats


def test_all_but_what_may_be_seen_is_nothing_to_be_shown(fingers: Session) -> None:
    answer = ask(fingers, "churn rate in October without Spain")
    assert answer.error is not None
    assert answer.error.key == "outside_rights_rest"


@pytest.mark.parametrize(
    "text", ["tell me about A1", "tell me about Ahorn", "draft something for A1", "how is Ahorn doing?"]
)
def test_a_customer_outside_is_neither_unknown_nor_shown(fingers: Session, text: str) -> None:
    answer = ask(fingers, text)
    assert answer.error is not None, answer.text
    assert answer.error.key == "account_outside"
    assert "Ahorn" not in answer.text
    assert answer.evidence == answer.queries == ()


def test_a_customer_that_nobody_has_is_unknown_within_what_is_seen(fingers: Session) -> None:
    answer = ask(fingers, "tell me about A999")
    assert "no customer" in answer.text
    assert answer.caveats == (ONLY["en"],)


def test_nobody_is_said_of_what_is_seen_alone(fingers: Session) -> None:
    """A list without anybody and a draft for nobody: both say whose rows were looked at."""
    for text in ("which customers left in June?", "draft something for those who left in June"):
        answer = ask(fingers, text)
        assert ONLY["en"] in answer.caveats, answer.text


def test_what_the_place_leaves_out_is_said_of_the_place(fingers: Session) -> None:
    answer = ask(fingers, "what was our churn rate in October?", place=Place.PUBLIC, alone=Rights())
    assert "Here, where others read along, only Spain is shown." in answer.caveats
    assert ONLY["en"] not in answer.caveats


def test_a_name_from_outside_goes_to_no_language_model(fingers: Session) -> None:
    """The agent looks for names among all customers, whoever asks."""
    from bot.analysis.profile import named_in

    analyst = fingers.service._analyst(TEAM, fingers.now)
    assert named_in(analyst, "how is Dogwood doing?") == ["A4"]


@pytest.mark.parametrize("code", sorted(available()))
def test_several_values_are_joined_in_the_sentence(code: str) -> None:
    said = load(code).say("confined", filters=(("country", ("ES", "PL")),))
    assert load(code).value_name("country", "PL") in said


@pytest.mark.parametrize("code", sorted(available()))
def test_a_question_that_is_no_longer_kept_cannot_be_asked_anew(fingers: Session, code: str) -> None:
    answer = fingers.service.again("T1/C1/gone", replace(fingers.question("who?"), language=code))
    assert answer.outcome is Outcome.REFUSE
    assert answer.text == load(code).say("question_gone")
