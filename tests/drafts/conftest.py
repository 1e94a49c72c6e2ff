"""What the tests of drafts share: the policy, the plays, a brand, a good text to spoil, and people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.analysis.recipients import COLUMNS, SIGNS, Recipients
from bot.drafting import Brand, Handbook, Policy, load_handbook
from bot.drafting.guardrails import Copy, Preview
from bot.drafting.merge import render
from bot.playbook.plays import Play, load
from bot.sources import Company, open_company
from bot.types import Definitions, Variant

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 11, 10)


def _email(subject: str, preheader: str, body: str) -> Variant:
    return Variant("A", {"subject": subject, "preheader": preheader, "body": body})


GOOD = {
    "en": _email(
        "What is new for your boards",
        "A short list of what has changed for your team.",
        "Hello {first_name|there},\n\n"
        "Planning has become easier in {brand}: these have been added to your {plan|current} plan.\n\n"
        "{features_new}\n\n"
        "The work of {company|your team} is just as it was. Reply with a line if you would like help.\n\n"
        "See what is new: {link}\n\n{sender_name}, {brand}\n\n{postal_address}\nUnsubscribe: {unsubscribe}",
    ),
    "fr": _email(
        "Les nouveautés pour vos tableaux",
        "Une courte liste de ce qui a changé pour votre équipe.",
        "Bonjour {first_name|à vous},\n\n"
        "Planifier est devenu plus simple dans {brand}\u00a0: voici ce que contient votre offre {plan|actuelle}.\n\n"
        "{features_new}\n\n"
        "Tout est resté en l’état pour {company|votre équipe}. Une question\u202f? Répondez à ce message.\n\n"
        "Voir les nouveautés\u00a0: {link}\n\n{sender_name}, {brand}\n\n{postal_address}\n"
        "Se désabonner\u00a0: {unsubscribe}",
    ),
    "es": _email(
        "Las novedades para tus tableros",
        "Una lista corta de lo que ha cambiado para tu equipo.",
        "Hola, {first_name|buenas}:\n\n"
        "Planificar es ahora más fácil en {brand}: esto se ha añadido a tu plan {plan|actual}.\n\n"
        "{features_new}\n\n"
        "El trabajo de {company|tu equipo} sigue como estaba. ¿Una pregunta? Responde a este mensaje.\n\n"
        "Ver las novedades: {link}\n\n{sender_name}, {brand}\n\nComunicación comercial de {brand}\n"
        "{postal_address}\nDarse de baja de estos correos: {unsubscribe}",
    ),
    "pl": _email(
        "Nowości na Twoich tablicach",
        "Krótka lista zmian dla Twojego zespołu.",
        "Dzień dobry,\n\n"
        "planowanie jest teraz łatwiejsze. Konto: {company|Twój zespół}. Plan: {plan|obecny}.\n\n"
        "{features_new}\n\n"
        "Cała praca czeka tak jak dawniej. Masz pytanie? Odpowiedz na tę wiadomość.\n\n"
        "Zobacz nowości: {link}\n\n{sender_name}, {brand}\n\nInformacja handlowa. Nadawca: {brand}\n"
        "{postal_address}\nWypisz się z\u00a0wiadomości: {unsubscribe}",
    ),
}
"""A text in each language that passes every check."""

IN_SHORT = {"en": "in short", "fr": "en un mot", "es": "en breve", "pl": "w\u00a0skrócie"}
"""What the subject of the other variant adds."""

PROFILES: dict[Any, dict[str, str | None]] = {
    "full": {"first_name": "Alex", "company": "Brook & Bell", "plan": "Pro"},
    "empty": {},
    "longest": {"first_name": "A" + "b" * 39, "company": "C" + "d" * 59, "plan": "E" + "f" * 39},
}


@pytest.fixture(scope="session")
def handbook() -> Handbook:
    return load_handbook(ROOT / "knowledge")


@pytest.fixture(scope="session")
def policy(handbook: Handbook) -> Policy:
    return handbook.policy


@pytest.fixture(scope="session")
def plays() -> tuple[Play, ...]:
    return load(ROOT / "knowledge")


@pytest.fixture(scope="session")
def brand() -> Brand:
    return Brand("Brindlewick", "Nora Whitfield", "nora@brindlewick.example", "12 Mill Lane, Springfield")


@pytest.fixture(scope="session")
def demo() -> Company:
    return open_company("demo:", {}, ROOT, Definitions(company="Brindlewick"))


@pytest.fixture(scope="session")
def copy(policy: Policy, brand: Brand) -> Callable[..., Copy]:
    """A good text with some parts replaced: `copy("en", subject=…, body=lambda body: …, type="DT22")`."""

    def made(language: str = "en", **changes: Any) -> Copy:
        good = GOOD[language]
        texts = {part: changes.pop(part, text) for part, text in good.parts.items()}
        texts = {part: text(good[part]) if callable(text) else text for part, text in texts.items()}
        first = Variant("A", texts)
        variants = changes.pop("variants", None) or (
            first,
            first.but("subject", f"{first['subject']} {IN_SHORT[language]}", "B"),
        )
        mine = changes.get("brand", brand)
        ours = {
            "brand": mine.name,
            "sender_name": mine.sender,
            "postal_address": mine.postal_address,
            "link": "[link]",
            "unsubscribe": "[unsubscribe]",
            "features_new": "- Forms",
        }
        previews = tuple(
            Preview(profile, Variant(v.name, {part: render(t, {**ours, **values}) for part, t in v.parts.items()}))
            for v in variants
            for profile, values in PROFILES.items()
        )
        rest = {"type": "DT12", "stage": "STG-06", "element": "subject", "brand": mine, "previews": previews}
        return Copy(**{**rest, "language": language, "variants": variants, "policy": policy, **changes})

    return made


GOOD_PERSON: dict[str, Any] = {
    "company": "Brook & Bell",
    "first_name": "Alex",
    "language": "en",
    "country": "US",
    "plan": "Pro",
    "plan_id": "pro",
    "status": "customer",
    "since": pd.Timestamp("2025-01-15"),
    "last_active_on": pd.Timestamp("2026-09-01"),
    "account_active_on": pd.Timestamp("2026-09-01"),
    "last_contact_on": pd.Timestamp("2026-09-01"),
    "signed_up_on": pd.Timestamp("2025-01-02"),
    "asked_for": "calendar\nmobile",
    "consent": "granted",
    "consent_basis": "consent",
    "zone": "America/New_York",
    "region": "New York",
    "number_country": "US",
    "birth_year": 1980.0,
    "narrow": True,
    "fading": True,
    "devoted": True,
    "overdue": True,
    "unused_deliveries": True,
}
"""Whom nothing speaks against: an American customer who has not used the product for ten weeks."""


def made_people(
    *rows: dict[str, Any], base: int = 10_000, unchecked: tuple[str, ...] = (), channel: str = "email"
) -> Recipients:
    """Recipients as the engine would give them; each row says only what differs from the good person.

    The number is in the country of the person unless the row says otherwise; the signs of stages are columns.
    """
    known = {**COLUMNS, **dict.fromkeys(SIGNS, False)}
    full = [
        {
            **known,
            **GOOD_PERSON,
            "account_id": f"A{place}",
            "user_id": f"U{place}",
            **({"number_country": row["country"]} if "country" in row else {}),
            **row,
        }
        for place, row in enumerate(rows)
    ]
    frame = pd.DataFrame(full, columns=list(known))
    for name, nothing in known.items():
        if nothing is pd.NaT:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
        elif isinstance(nothing, bool | int | float):
            frame[name] = frame[name].astype(type(nothing))
        else:
            frame[name] = frame[name].astype("object")
    return Recipients(frame, base, unchecked, channel)


@pytest.fixture(scope="session")
def people() -> Callable[..., Recipients]:
    return made_people


@pytest.fixture(scope="session")
def releases() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Timesheets", "Calendar sync", "Business forms"],
            "released_at": pd.to_datetime(["2025-03-01", "2026-09-22", "2026-10-20"]),
            "audience": ["all", None, "business"],
            "tag": ["timesheets", "calendar", None],
        }
    )
