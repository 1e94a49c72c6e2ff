"""A campaign to be planned is heard in words, in four languages; what asks about one is another question."""

from __future__ import annotations

import pytest

from bot.engines.understanding.planned import planned

BEGUN = [
    ("en", "Plan a win-back campaign with me", "start win_back"),
    ("en", "help me set up an onboarding campaign", "start onboarding"),
    ("en", "let's launch a churn prevention campaign", "start churn_prevention"),
    ("en", "I want to plan a campaign", "list"),
    ("fr", "Aide-moi à préparer une campagne de reconquête", "start win_back"),
    ("fr", "préparons une campagne de fidélisation", "start loyalty"),
    ("fr", "on veut planifier une campagne d’accueil", "start onboarding"),
    ("es", "quiero planificar una campaña de recuperación", "start win_back"),
    ("es", "ayúdame a preparar una campaña de fidelización", "start loyalty"),
    ("pl", "Zaplanuj ze mną kampanię odzyskiwania klientów", "start win_back"),
    ("pl", "pomóż mi przygotować kampanię lojalnościową", "start loyalty"),
    ("pl", "przygotuj kampanię poleceń", "start referral"),
]
OTHERS = [
    ("en", "Did the win-back campaign work?"),
    ("en", "how did our campaigns do"),
    ("en", "plan a draft for customers in Spain"),
    ("en", "prepare a campaign for customers at risk in Spain"),
    ("fr", "quel est l’effet de la campagne de reconquête ?"),
    ("es", "¿funcionó la campaña de recuperación?"),
    ("pl", "jak wypadła kampania odzyskiwania klientów?"),
]


@pytest.mark.parametrize(("code", "text", "typed"), BEGUN)
def test_a_campaign_to_be_planned_is_begun(code: str, text: str, typed: str) -> None:
    assert planned(text, code) == f"campaign {typed}"


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_what_is_asked_of_a_campaign_begins_none(code: str, text: str) -> None:
    assert planned(text, code) is None
