"""A summary that shall come by itself is heard in words, in four languages; what asks for figures is not one."""

from __future__ import annotations

from datetime import time

import pytest

from bot.engines.understanding.scheduled import read, scheduled
from bot.types import Cadence

WEEKLY, DAILY, MONTHLY = Cadence.WEEKLY, Cadence.DAILY, Cadence.MONTHLY
MADE = [
    ("en", "schedule weekly monday 9:00", WEEKLY, 0, time(9)),
    ("en", "schedule daily 8:30", DAILY, None, time(8, 30)),
    ("en", "schedule monthly 1 9:00", MONTHLY, 1, time(9)),
    ("en", "schedule monthly last 12 am", MONTHLY, 31, time(0)),
    ("en", "schedule every friday at noon", WEEKLY, 4, time(12)),
    ("en", "please send us the weekly summary every Monday at 9", WEEKLY, 0, time(9)),
    ("en", "post the summary every month on the 1st at 9:30 pm", MONTHLY, 1, time(21, 30)),
    ("fr", "planning hebdomadaire lundi 9:00", WEEKLY, 0, time(9)),
    ("fr", "envoie-nous le résumé chaque lundi à 9h", WEEKLY, 0, time(9)),
    ("fr", "envoyez le rapport tous les jours à 18h30", DAILY, None, time(18, 30)),
    ("fr", "envoie le résumé le 1er de chaque mois à 9h", MONTHLY, 1, time(9)),
    ("es", "programar diario 8:30", DAILY, None, time(8, 30)),
    ("es", "envíanos el resumen cada lunes a las 9", WEEKLY, 0, time(9)),
    ("es", "manda el informe todos los lunes a las 5 de la tarde", WEEKLY, 0, time(17)),
    ("es", "envía el resumen el día 1 de cada mes a las 9 de la mañana", MONTHLY, 1, time(9)),
    ("pl", "harmonogram miesięcznie 15 8:00", MONTHLY, 15, time(8)),
    ("pl", "wysyłaj podsumowanie w każdy poniedziałek o 9:00", WEEKLY, 0, time(9)),
    ("pl", "wysyłaj nam raport codziennie o 8", DAILY, None, time(8)),
    ("pl", "wyślij podsumowanie 1. dnia każdego miesiąca o 9.30", MONTHLY, 1, time(9, 30)),
]
OTHER = [
    ("en", "how much churn is already scheduled?"),
    ("en", "churn by month"),
    ("en", "send me the weekly summary"),
    ("en", "what should we do every Monday at 9?"),
    ("en", "a report on churn for each month"),
    ("fr", "combien de clients avons-nous perdus chaque mois ?"),
    ("fr", "le résumé de la semaine"),
    ("es", "dame todas las cifras de la semana"),
    ("es", "¿cuántos clientes perdemos cada lunes?"),
    ("pl", "pokaż podsumowanie tygodnia"),
    ("pl", "ilu klientów odchodzi co miesiąc?"),
]


@pytest.mark.parametrize(("code", "text", "cadence", "day", "at"), MADE)
def test_when_a_summary_shall_come_is_read(code: str, text: str, cadence: Cadence, day: int | None, at: time) -> None:
    assert scheduled(text, code)
    wish = read(text, code)
    assert (wish.verb, wish.cadence, wish.day, wish.at) == ("make", cadence, day, at)
    assert (wish.unread, wish.no_time, wish.no_zone) == ((), None, None)


@pytest.mark.parametrize(("code", "text"), OTHER)
def test_a_question_about_figures_is_none(code: str, text: str) -> None:
    assert not scheduled(text, code)


@pytest.mark.parametrize(
    ("code", "text", "verb", "id"),
    [
        ("en", "schedule", "list", None),
        ("en", "schedule delete 3", "delete", 3),
        ("en", "change schedule #3 to Friday 9 am", "change", 3),
        ("fr", "planning suspendre 12", "pause", 12),
        ("fr", "planning reprendre 12", "resume", 12),
        ("es", "programar borrar 3", "delete", 3),
        ("pl", "harmonogram wznów 3", "resume", 3),
        ("pl", "schedule usuń 3", "delete", 3),
    ],
)
def test_what_is_done_with_one_is_read_with_its_number(code: str, text: str, verb: str, id: int | None) -> None:
    assert scheduled(text, code)
    wish = read(text, code)
    assert (wish.verb, wish.id) == (verb, id)


@pytest.mark.parametrize(
    ("code", "text", "zone", "readers"),
    [
        ("en", "schedule daily 9:00 for leadership in Europe/Madrid", "Europe/Madrid", "leadership"),
        ("en", "schedule daily 9:00 New York time for success", "America/New_York", "success"),
        ("fr", "planning quotidien 9h heure de Paris pour le marketing", "Europe/Paris", "marketing"),
        ("es", "programar diario 9:00 hora de Madrid para dirección", "Europe/Madrid", "leadership"),
        ("pl", "harmonogram codziennie 9:00 UTC dla zarządu", "UTC", "leadership"),
    ],
)
def test_its_zone_and_its_readers_are_read(code: str, text: str, zone: str, readers: str) -> None:
    wish = read(text, code)
    assert (wish.zone, wish.readers, wish.unread) == (zone, readers, ())


@pytest.mark.parametrize(
    ("text", "unread", "no_time", "no_zone"),
    [
        ("schedule weekly mondey 9:00", ("mondey",), None, None),
        ("schedule weekly monday and friday 9:00", ("monday", "friday"), None, None),
        ("schedule weekly monday 9:00 for finance", ("finance",), None, None),
        ("never send the summary every monday at 9:00", ("never",), None, None),
        ("schedule weekly monday 25:00", (), "25:00", None),
        ("schedule weekly monday 9:75", (), "9:75", None),
        ("schedule daily 9:00 in Europe/Madird", (), None, "europe/madird"),
        ("schedule daily 9:00 10:00", ("10:00",), None, None),
    ],
)
def test_what_means_nothing_is_kept_and_not_passed_over(
    text: str, unread: tuple[str, ...], no_time: str | None, no_zone: str | None
) -> None:
    wish = read(text, "en")
    assert (wish.unread, wish.no_time, wish.no_zone) == (unread, no_time, no_zone)
