"""A person's own text is checked like any other, and each situation that lies in a text has its verdict."""

from __future__ import annotations

import pytest

from bot.drafting import Brand, Policy
from bot.drafting.checks import state_of
from bot.drafting.own_text import check_text
from bot.drafting.sms import parts
from bot.errors import BadQuestion
from tests.drafts.conftest import AS_OF, GOOD

END = "\n\n{sender_name}, {brand}\n\n{postal_address}\n"
LAST = {
    "en": "Unsubscribe: {unsubscribe}",
    "fr": "Se désabonner\u00a0: {unsubscribe}",
    "es": "Comunicación comercial de {brand}\nDarse de baja: {unsubscribe}",
    "pl": "Informacja handlowa. Nadawca: {brand}\nWypisz się z\u00a0wiadomości: {unsubscribe}",
}
NNBSP, NBSP = "\u202f", "\u00a0"


def email(language: str, subject: str, body: str) -> str:
    return f"subject: {subject}\npreheader: A line that says a little more than it.\n\n{body}{END}{LAST[language]}"


def blocked(text: str, language: str, policy: Policy, brand: Brand) -> set[str]:
    _, checks = check_text(text, None, "email", language, brand, policy, AS_OF)
    return {one.id for one in checks if not one.passed and one.severity == "BLOCK"}


SITUATIONS = [
    (3, "en", "Hello again from us", "Dear customer, we miss you!", {"CON-01", "CON-03"}),
    (5, "en", "Something for you today", "Hello,\n\nTake a 20% discount.", {"OFF-01"}),
    (6, "fr", "Un rendez-vous pour vous", "Bonjour,\n\nC’est le 1.12.2026.", {"LOC-05"}),
    (
        7,
        "pl",
        "Krótka wiadomość dla Ciebie",
        "Dzień dobry {first_name|},\n\ndawno się nie logowałeś.",
        {"PL-02", "PL-03"},
    ),
    (9, "es", "Listo para volver?", "Hola:\n\nHay novedades.", {"ES-02", "ES-03"}),
    (13, "en", "What is new for you", "Hello,\n\nYou opened our email three times last night.", {"PER-03"}),
    (15, "en", "What is new for you", "Hello {first_name},\n\nThere is news.", {"OUT-07"}),
    (16, "en", "Re: your invoice", "Hello,\n\nThere is news.", {"LEG-08"}),
    (17, "en", "What is new for you", "Hello,\n\nOnly today there is news.", {"CON-05"}),
    (24, "en", "What is new for you", "Hello,\n\nYour churn score is high.", {"PER-06"}),
]


@pytest.mark.parametrize(("number", "language", "subject", "opening", "rules"), SITUATIONS)
def test_a_text_that_breaks_a_rule_is_blocked_by_it(
    number: int, language: str, subject: str, opening: str, rules: set[str], policy: Policy, brand: Brand
) -> None:
    text = email(language, subject, f"{opening}\n\nRead more: {{link}}")
    assert rules <= blocked(text, language, policy, brand)


def test_a_french_sms_with_curly_marks_is_blocked_and_mended(policy: Policy, brand: Brand) -> None:
    """72 characters that would go as two parts of UCS-2; with plain marks they go as one."""
    text = f"{{brand}}{NBSP}: l’essentiel de vos nouveautés. Voir{NNBSP}: {{link}} STOP 36200"
    _, checks = check_text(text, None, "sms", "fr", brand, policy, AS_OF)
    (mended,) = [one.reason.values["text"] for one in checks if one.reason.key == "sms_07_failed"]
    assert mended == "{brand} : l'essentiel de vos nouveautés. Voir : {link} STOP 36200"
    assert (parts("l’essentiel" + "a" * 61), parts("l'essentiel" + "a" * 61)) == (2, 1)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("a" * 69 + "ł", 1), ("a" * 70 + "ł", 2), ("a" * 152 + "ł", 3), ("\N{GRINNING FACE}" * 35, 1),
        ("\N{GRINNING FACE}" * 36, 2),
        ("Cześć Anno, dawno Cię nie widzieliśmy. Zobacz, co nowego w Acme: acme.pl/n Rezygnacja: STOP", 2),
        ("Czesc Anno, dawno Cie nie widzielismy. Zobacz, co nowego w Acme: acme.pl/n Rezygnacja: STOP", 1),
        ("a" * 152 + "€" + "a" * 10, 2), ("a" * 152 + "€" + "a" * 151 + "b", 3),
    ],
)  # fmt: skip
def test_a_text_message_is_split_as_networks_split_it(text: str, count: int) -> None:
    """The check values of the rules; the last two split no character of two septets over two parts."""
    assert parts(text) == count


@pytest.mark.parametrize("language", ["en", "fr", "es", "pl"])
def test_a_good_text_of_ones_own_may_go_out(language: str, policy: Policy, brand: Brand) -> None:
    good = GOOD[language]
    text = f"subject: {good['subject']}\npreheader: {good['preheader']}\n\n{good['body']}"
    one, checks = check_text(text, "DT12", "email", language, brand, policy, AS_OF)
    assert one.parts == good.parts
    assert state_of(checks) == "ready"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (("Hello", None, "fax", "en"), "no_such_channel"),
        (("Hello", "DT99", "email", "en"), "no_text_for"),
        (("Hallo", None, "email", "de"), "no_text_in_language"),
        ((" \n", None, "email", "en"), "edit_needs_text"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_a_sentence(
    asked: tuple[str, str | None, str, str], key: str, policy: Policy, brand: Brand
) -> None:
    with pytest.raises(BadQuestion, match=key):
        check_text(*asked, brand, policy, AS_OF)
