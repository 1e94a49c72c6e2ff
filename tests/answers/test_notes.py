"""What people note of a day: written in four languages, named beside figures of those days, taken back by a number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.records import open_records
from bot.service import Service
from bot.types import Answer, Outcome, Place, Question, RowFilter
from bot.wiring import service_of
from tests.served import FINGERS

NOW = datetime(2026, 11, 2, 9)


@pytest.fixture(scope="module")
def opened() -> Service:
    return service_of(FINGERS)


@pytest.fixture
def service(opened: Service, tmp_path: Path) -> Iterator[Service]:
    """The bot with records in which nothing stands yet."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        opened.__dict__["records"] = records
        yield opened


def question(service: Service, text: str, role: str = "analyst", language: str = "en") -> Question:
    return Question(text, NOW, service.rights_of(role, Place.DM), asker="U1", language=language)


def note(service: Service, text: str, role: str = "analyst", language: str = "en") -> Answer:
    return service.clerk.note(question(service, text, role, language))


@pytest.mark.parametrize(
    ("language", "text", "what"),
    [
        ("en", "note 2026-09-01 price rise FR", "price rise"),
        ("en", "note on 1 September price rise FR", "price rise"),
        ("fr", "note le 1er septembre : hausse de prix FR", "hausse de prix"),
        ("fr", "note 1 septembre 2026 hausse de prix en France", "hausse de prix en France"),
        ("es", "nota 1 de septiembre subida de precios FR", "subida de precios"),
        ("pl", "notatka 1 września podwyżka cen FR", "podwyżka cen"),
        ("pl", "notatka 2026-09-01 podwyżka cen we Francji", "podwyżka cen we Francji"),
    ],
)
def test_a_note_has_a_day_its_words_and_a_country(service: Service, language: str, text: str, what: str) -> None:
    said = note(service, text, language=language)
    assert said.findings[0].key == "note_kept_in"
    (kept,) = service.clerk.notes.happenings()
    assert (kept.day, kept.what, kept.country) == (date(2026, 9, 1), what, "FR")
    assert kept.kind == "price_change"


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "note yesterday the site was down", date(2026, 11, 1)),
        ("en", "note today new logo", date(2026, 11, 2)),
        ("es", "nota hace 3 días nueva app", date(2026, 10, 30)),
        ("pl", "notatka 2 listopada nowe logo", date(2026, 11, 2)),
    ],
)
def test_the_day_of_a_note_counts_from_the_clock(service: Service, language: str, text: str, day: date) -> None:
    note(service, text, language=language)
    assert [one.day for one in service.clerk.notes.happenings()] == [day]


@pytest.mark.parametrize(
    ("text", "role", "key"),
    [
        ("note price rise", "analyst", "note_without_day"),
        ("note 32 September price rise", "analyst", "note_without_day"),
        ("note September 2026 price rise", "analyst", "note_without_day"),
        ("note 2026-09-01 FR", "analyst", "note_without_words"),
        (f"note 2026-09-01 {'price ' * 40}", "analyst", "note_too_long"),
        ("note 2026-12-24 sale", "analyst", "note_ahead"),
        ("note 2026-09-01 price rise in France and Poland", "analyst", "note_one_country"),
        ("note drop 7", "admin", "note_unknown"),
        ("note drop", "admin", "note_unknown"),
        ("note 2026-09-01 price rise", "marketer", "note_not_allowed"),
        ("note drop 1", "viewer", "note_not_allowed"),
    ],
)
def test_what_cannot_be_noted_is_said(service: Service, text: str, role: str, key: str) -> None:
    said = note(service, text, role)
    assert said.outcome is Outcome.REFUSE
    assert said.error is not None
    assert said.error.key == key
    assert service.clerk.notes.happenings() == ()


@pytest.mark.parametrize(
    ("language", "typed"),
    [("en", "note drop 1"), ("fr", "note retirer 1"), ("es", "nota quitar 1"), ("pl", "notatka usuń 1")],
)
def test_a_note_is_listed_and_taken_back_by_its_number(service: Service, language: str, typed: str) -> None:
    note(service, "note 2026-09-01 price rise FR")
    note(service, "note 2026-09-02 new checkout")
    listed = note(service, "note", "viewer", language)
    assert "price rise" in listed.text
    assert listed.follow_ups == ()
    assert typed in note(service, "note list", language=language).follow_ups
    assert "price rise" in note(service, typed, language=language).text
    assert [one.what for one in service.clerk.notes.happenings()] == ["new checkout"]
    assert note(service, "note 2026-09-03 again").findings[0].values["number"] == 3


def test_the_same_note_said_twice_stays_one(service: Service) -> None:
    note(service, "note 2026-09-01 price rise")
    assert note(service, "note 1 September Price rise").findings[0].values["number"] == 1
    assert len(service.clerk.notes.happenings()) == 1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "monthly churn rate since July 2026"),
        ("fr", "taux de churn par mois depuis juillet 2026"),
        ("es", "tasa de abandono por mes desde julio de 2026"),
        ("pl", "wskaźnik churn miesiąc po miesiącu od lipca 2026"),
    ],
)
def test_a_trend_names_what_was_noted_of_its_days_as_context(service: Service, language: str, text: str) -> None:
    assert "new checkout" not in service.ask(question(service, text, language=language)).text
    note(service, "note 2026-10-05 new checkout")
    note(service, "note 2026-03-05 too early")
    answer = service.ask(question(service, text, language=language))
    (line,) = [one for one in answer.findings if one.key == "on_record"]
    assert "new checkout" in answer.text
    assert "too early" not in answer.text
    (behind,) = [one for one in answer.evidence if one.id in line.evidence]
    assert [row["what"] for row in behind.rows] == ["new checkout"]


def test_why_and_the_week_name_what_was_noted(service: Service) -> None:
    note(service, "note 2026-10-05 new checkout")
    note(service, "note 2026-10-28 the site was down")
    assert "new checkout" in service.ask(question(service, "why did churn change in October?")).text
    week = question(service, "")
    week = replace(week, rights=replace(week.rights, drafts=False))
    assert "the site was down" in service.weekly(week).text


def test_a_day_can_be_named_by_a_note_at_once_and_no_longer_once_it_is_gone(service: Service) -> None:
    asked = question(service, "churn rate since the new checkout")
    before = service.ask(asked).queries
    note(service, "note 2026-10-05 new checkout")
    window = service.ask(asked).queries[0].window
    assert window is not None
    assert window.start == date(2026, 10, 5)
    note(service, "note drop 1")
    assert service.ask(asked).queries == before


def test_who_sees_one_country_sees_and_writes_no_notes_of_others(service: Service) -> None:
    note(service, "note 2026-10-05 new checkout FR")
    note(service, "note 2026-10-06 strike PL")
    note(service, "note 2026-10-07 new logo")
    own = question(service, "")
    own = replace(own, rights=replace(own.rights, row_filters=(RowFilter("country", ("PL",)),)))
    listed = service.clerk.note(replace(own, text="note list")).text
    assert "strike" in listed
    assert "new logo" in listed
    assert "checkout" not in listed
    trend = service.ask(replace(own, text="monthly churned customers since July 2026")).text
    assert "strike" in trend
    assert "checkout" not in trend
    elsewhere = service.clerk.note(replace(own, text="note 2026-10-05 price rise FR"))
    assert elsewhere.error is not None
    assert elsewhere.error.key == "note_elsewhere"
    assert service.clerk.note(replace(own, text="note drop 1")).outcome is Outcome.REFUSE


def test_the_words_of_a_note_are_quoted_and_claim_nothing_for_us(service: Service) -> None:
    note(service, "note 2026-10-05 churn rose by 637% in France FR")
    answer = service.ask(question(service, "monthly churned customers since July 2026"))
    assert "churn rose by 637% in France" in answer.text
    assert service.unfounded(answer.text, answer.evidence) == []
    assert service.unfounded("Churn rose by 637% in France.", answer.evidence) != []
