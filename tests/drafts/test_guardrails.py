"""Each guardrail lets a good text pass and stops a bad one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.drafting import Brand
from bot.drafting.guardrails import Copy, Preview, check, guardrails
from bot.language import load
from bot.types import Check, Variant

MakeCopy = Callable[..., Copy]


def says(old: str, new: str) -> Callable[[str], str]:
    """The text with some words replaced, which must be in it."""

    def replaced(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return replaced


OPENING = {
    "en": "Planning has become easier in {brand}: these",
    "fr": "Planifier est devenu plus simple dans {brand}\u00a0: voici",
}


def opens(language: str, sentence: str) -> dict[str, Any]:
    """The text with a sentence put before its opening."""
    return {"language": language, "body": says(OPENING[language], f"{sentence} {OPENING[language]}")}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("CON-01", {"body": says("Hello {first_name|there},", "Dear customer,")}, "Dear customer"),
    ("CON-01", {"body": says("{first_name|there}", "{first_name|valued customer}")}, "valued customer"),
    ("CON-01", {"language": "fr", "body": says("Bonjour {first_name|à vous},", "Chère cliente,")}, "Chère cliente"),
    ("CON-02", opens("en", "Log in now."), "Log in now."),
    ("CON-02", opens("fr", "Connectez-vous dès maintenant."), "Connectez-vous dès maintenant."),
    ("CON-03", opens("en", "We miss you!"), "We miss you"),
    ("CON-03", {**opens("en", "We miss you! Do write."), "type": "DT22"}, "We miss you"),
    ("CON-03", opens("fr", "Vous nous manquez."), "Vous nous manquez"),
    ("CON-04", opens("en", "You abandoned us."), "You abandoned"),
    ("CON-04", opens("fr", "Vous nous avez oubliés."), "Vous nous avez oublié"),
    ("CON-05", {"subject": "Only today: news for your team"}, "Only today"),
    ("CON-05", opens("fr", "Dernière chance, ne manquez pas cela."), "Dernière chance"),
    ("CON-11", {"body": says("Reply with a line", "See {link}. Reply with a line")}, "2 × {link}"),
    ("CON-11", {"body": says("See what is new: {link}", "{link}")}, "{link}"),
    ("CON-12", {"body": says("easier", "easier" + " and easier" * 60)}, "easier"),
    ("CON-18", opens("en", "Teams like yours grow by a third."), "Teams like yours grow"),
    ("CON-18", opens("fr", "Le résultat est garanti."), "garanti"),
    ("PER-01", {"body": lambda body: body.replace("{plan|current}", "").replace("{features_new}", "News")}, "company"),
    ("OFF-01", {"subject": "A discount of a fifth for your team"}, "discount"),
    ("OFF-01", opens("en", "Take 20% off, or two months free."), "20% off"),
    ("OFF-01", opens("fr", "Une remise vous attend."), "remise"),
    ("OFF-07", opens("en", "It is yours for free."), "for free"),
    ("OFF-07", opens("fr", "C’est gratuit."), "gratuit"),
    ("PER-03", opens("en", "We noticed that you were away."), "We noticed that you"),
    ("PER-03", opens("en", "You opened our email three times."), "You opened our"),
    ("PER-03", opens("fr", "Votre dernière connexion remonte à mars."), "Votre dernière connexion"),
    ("PER-06", opens("en", "Your churn score is high."), "churn"),
    ("PER-06", opens("fr", "Vous faites partie du segment dormant."), "segment"),
    ("PER-AMBER", {"body": says("easier in {brand}", "easier since {last_active_month|then}")}, "{last_active_month}"),
    ("TAG-01", {"body": says("{first_name|there}", "{first_name| there}")}, "{first_name| there}"),
    ("TAG-02", {"body": says("{first_name|there}", "{First_Name|there}")}, "{First_Name|there}"),
    ("TAG-02", {"body": says("{plan|current}", "{churn_score|high}")}, "{churn_score|high}"),
    ("TAG-03", {"body": says("{first_name|there}", "{first_name|null}")}, "{first_name|null}"),
    ("TAG-04", {"subject": "{company|Hello} news"}, "{company|Hello} news"),
    ("TAG-05", {"body": says("{first_name|there}", "{first_name|“there”}")}, "{first_name|“there”}"),
    ("TAG-05", {"body": says("{link}", "https://{company|www}.example {link}")}, "https://{"),
    ("TAG-06", {"body": says("{first_name|there}", "{{first_name}}")}, "{{"),
    ("TAG-06", {"body": says("{first_name|there}", "*|FNAME|*")}, "*|"),
    ("TAG-06", {"body": says("Hello", "[if plan=pro]Hello[end]")}, "[if"),
    ("TAG-06", {"body": says("{plan|current}", "{plan|current")}, "{plan|current"),
    ("TAG-08", opens("fr", "Voici ce que {company|votre équipe} a créé."), "que {company"),
    ("TAG-08", opens("en", "It is a {plan|current} feature."), "a {plan"),
    ("OUT-06", opens("en", "You saved 12 hours."), "12"),
    ("OUT-06", {"subject": "Back by March 3: news for your team"}, "March 3"),
    ("OUT-06", opens("fr", "Rendez-vous le 1er décembre."), "1er décembre"),
    ("OUT-07", {"body": says("{company|your team}", "{company}")}, "{company}"),
    ("OUT-09", {"element": "opening"}, "subject"),
    ("OUT-11", {"subject": "News " * 40}, "150"),
    ("OUT-11", {"preheader": "News " * 40}, "140"),
    ("LEN-01", {"subject": "News of your boards, and a good many other things that are new"}, "60"),
    ("LEN-01", {"preheader": "Short."}, "30"),
    ("LEN-01", {"body": says("easier", "easier " * 250)}, "250"),
    ("LOC-02", opens("en", "Voici la liste des nouveautés pour votre équipe et vos projets."), "Voici"),
    ("LOC-02", opens("fr", "These are the new features that have been added for you."), "These are"),
    ("LOC-05", opens("en", "It was 1.234,50 on 3/4/2026."), "3/4"),
    ("LOC-05", opens("fr", "C’est prévu le 1.12.2026."), "1.12"),
    ("LOC-05", opens("fr", "Il y en a 1,234."), "1,234"),
    ("LEG-05", {"body": says("{unsubscribe}", "write to us")}, "A: {unsubscribe}"),
    ("LEG-07", {"body": says("{postal_address}", "")}, "A: {postal_address}"),
    ("LEG-07", {"brand": Brand("Brindlewick", "", "nora@b.example", "12 Mill Lane")}, "sender"),
    ("LEG-07", {"brand": Brand("Brindlewick", "Nora", "no-reply@b.example", "12 Mill Lane")}, "no-reply@b.example"),
    ("LEG-08", {"subject": "Re: your invoice for this month"}, "invoice"),
    ("LEG-08", {"language": "fr", "subject": "TR : votre commande confirmée"}, "TR :"),
    ("DEL-11", {"body": says("{link}", "{link} http://b.example")}, "http://b.example"),
    ("DEL-11", {"body": says("{link}", "{link} https://bit.ly/abc")}, "https://bit.ly/abc"),
    ("DEL-12", {"subject": "READ THIS NOW please do"}, "READ THIS NOW"),
    ("DEL-12", {"subject": "What is new! Read on!"}, "!!"),
    ("DEL-14", {"subject": "What is new\nBcc: everybody"}, "What is new"),
    ("EN-02", opens("en", "Look : it is here."), ":"),
    ("EN-04", opens("en", "Ask him/her, dear Sir."), "Sir"),
    ("EN-06", {"body": says("Hello {first_name|there},", "{first_name|There}!")}, "{first_name|There}!"),
    ("EN-08", {"body": says("Unsubscribe: {unsubscribe}", "Cancel your contract: {unsubscribe}")}, "Cancel"),
    ("FR-01", opens("fr", "Tu retrouves ton espace."), "Tu"),
    ("FR-01", {**opens("fr", "Tout est là."), "brand": Brand("B", "N", "n@b.example", "12 rue", {"fr": "tu"})}, "vous"),
    ("FR-02", opens("fr", "Regardez : c’est là."), ":"),
    ("FR-02", opens("fr", "C’est là!"), "à!"),
    ("FR-03", opens("fr", "C'est là."), "C'e"),
    ("FR-04", opens("fr", "Êtes-vous prêt(e)\u202f?"), "Êtes-vous prêt"),
    ("FR-04", opens("fr", "Vous êtes resté loin."), "Vous êtes resté"),
    ("FR-04", opens("fr", "Nous sommes ravis de vous revoir."), "ravis de vous revoir"),
    ("FR-05", opens("fr", "Nous sommes ravi·es."), "i·es"),
    ("FR-06", {"language": "fr", "body": says("Bonjour {first_name|à vous},", "{first_name|Coucou},")}, "|Coucou}"),
    ("FR-07", opens("fr", "A bientôt."), "A bientôt"),
    ("FR-08", {"language": "fr", "body": says("Se désabonner\u00a0:", "Résilier\u00a0:")}, "Résilier"),
]  # fmt: skip
"""Rule, what spoils the good text, and a word of what the check must say it found."""


def verdicts(copy: Copy, rule: str) -> list[Check]:
    return [verdict for verdict in guardrails()[rule].check(copy) if not verdict.passed]


@pytest.mark.parametrize(("rule", "changes", "found"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_text_is_stopped_and_told_where(rule: str, changes: dict[str, Any], found: str, copy: MakeCopy) -> None:
    failed = verdicts(copy(**changes), rule)
    assert failed, f"{rule} let it pass"
    assert found in str([verdict.reason.values for verdict in failed])
    for language in ("en", "fr"):
        for verdict in failed:
            assert load(language).say(verdict.reason.key, **verdict.reason.values)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_good_text_passes_all_guardrails(language: str, copy: MakeCopy) -> None:
    assert [verdict for verdict in check(copy(language)) if not verdict.passed] == []


def test_every_guardrail_has_a_failing_case_a_rule_and_its_sentences() -> None:
    assert {rule for rule, *_ in BAD} == set(guardrails())
    for rule in guardrails().values():
        assert rule.rule.__doc__, rule.id
        for language in ("en", "fr"):
            assert rule.key in load(language).keys


def test_guardrails_of_another_language_are_silent(copy: MakeCopy) -> None:
    assert not [verdict for verdict in check(copy("en")) if verdict.id.startswith("FR-")]
    assert not [verdict for verdict in check(copy("fr")) if verdict.id.startswith("EN-")]


def test_we_miss_you_is_allowed_to_former_customers_with_a_reason(copy: MakeCopy) -> None:
    spoiled = opens("en", "We miss you, and two things you asked for have been built.")
    assert verdicts(copy(**spoiled, type="DT22"), "CON-03") == []


def test_a_preview_that_is_not_whole_is_stopped(copy: MakeCopy) -> None:
    good = copy("en")
    broken = Preview("empty", Variant("A", "Hello {plan}", "", ""))
    assert verdicts(replace(good, previews=(*good.previews, broken)), "OUT-07")
    assert verdicts(replace(good, previews=good.previews[:1]), "OUT-07")


def test_variants_that_differ_in_two_elements_teach_nothing(copy: MakeCopy) -> None:
    good = copy("en")
    a, b = good.variants
    other = replace(b, body=b.body.replace("See what is new: {link}", "Have a look: {link}"))
    assert verdicts(replace(good, variants=(a, other)), "OUT-09")
    assert verdicts(replace(good, variants=(a,)), "OUT-09")
    assert verdicts(replace(good, variants=(a, replace(a, name="B"))), "OUT-09")


def test_every_message_of_every_play_passes_its_guardrails(
    plays: tuple[Any, ...], policy: Any, brand: Brand, copy: MakeCopy
) -> None:
    """With both variants, in each language; an amber fact may wait for a person."""
    tried = 0
    for play in plays:
        for language, text in play.texts.items():
            for message in text.messages.values():
                made = copy(
                    language, variants=message.variants, type=message.type, stage=message.stage, element=message.element
                )
                failed = [
                    (play.id, language, verdict.id, dict(verdict.reason.values))
                    for verdict in check(made)
                    if not verdict.passed and verdict.severity in ("BLOCK", "HOLD") and verdict.id != "PER-AMBER"
                ]
                assert failed == []
                tried += 1
    assert tried >= 14
