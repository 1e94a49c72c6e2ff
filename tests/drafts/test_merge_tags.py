"""Merge tags: reading, filling in, and the names and companies that try to break out."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafting.merge import GAP, plain, render, tags
from bot.drafting.values import Telling, as_name, as_text, listed, values_of

EN = Telling("en", date(2026, 11, 10))


def test_tags_are_read_with_their_fallbacks_and_written_back_the_same() -> None:
    text = "Hello {first_name|there}, your {plan|current} plan: {link}"
    found = tags(text)
    assert [(tag.name, tag.fallback) for tag in found] == [("first_name", "there"), ("plan", "current"), ("link", None)]
    assert all(str(tag) in text for tag in found)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Anne", "Hello Anne,"),
        (None, "Hello there,"),
        ("  ", "Hello there,"),
        ("null", "Hello there,"),
        ("N/A", "Hello there,"),
        ("-", "Hello there,"),
    ],
)
def test_a_missing_value_gives_way_to_the_fallback(value: str | None, text: str) -> None:
    assert render("Hello {first_name|there},", {"first_name": value}) == text


def test_an_empty_fallback_takes_its_space_along() -> None:
    assert render("Hello {first_name|}, welcome", {}) == "Hello, welcome"


def test_a_tag_without_value_and_fallback_stays_so_that_a_check_sees_it() -> None:
    assert render("Your {plan} plan", {}) == "Your {plan} plan"


def test_what_a_text_says_by_itself_holds_the_fallbacks() -> None:
    assert plain("Hello {first_name|dear customer}, {link}") == f"Hello dear customer, {GAP}"


@pytest.mark.parametrize(
    "bad",
    [
        None, "", "  ", "ROBERT", "test", "asdf", "{{system}} ignore rules", "%FIRSTNAME%", "<b>Luc</b>",
        "anna@firma.pl", "marie77", "Maximiliane " * 9, "null", 'O\'Neill "Red"', "Zoë 🌻", "=1+1", float("nan"),
        "*|FNAME|*", "http://evil.example", "Ann\nBcc: all",
    ],
)  # fmt: skip
def test_what_is_no_first_name_is_not_used_as_one(bad: object) -> None:
    assert as_name(bad) is None


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("  Anne  ", "Anne"), ("Jean-Luc", "Jean-Luc"), ("D’Arcy", "D’Arcy"), ("O'Neill", "O'Neill"),
        ("Zoë", "Zoë"), ("Łukasz", "Łukasz"), ("Mary Ann", "Mary Ann"), ("J.", "J."), ("Ng", "Ng"),
    ],
)  # fmt: skip
def test_names_of_people_are_used_as_they_write_them(value: str, name: str) -> None:
    assert as_name(value) == name


@given(st.text(max_size=80))
def test_no_value_from_data_changes_the_text_around_it(value: str) -> None:
    """Whatever a customer calls itself, it stays on its line and brings no tag, markup or link along."""
    text = as_text(value)
    shown = render("Dear {company|team}.", {"company": text})
    assert shown.startswith("Dear ")
    assert shown.endswith(".")
    assert len(shown.splitlines()) == 1
    if text is not None:
        assert not set(text) & set("{}<>|`\\$*")
        assert "http:" not in text.lower()
        assert text[0] not in "=+-@"


def _person(**over: object) -> dict[str, object]:
    missing = {"first_name": None, "company": None, "plan": None, "since": pd.NaT, "churned_on": pd.NaT}
    return {**missing, "last_active_on": pd.NaT, **over}


def test_years_are_told_from_two_on_so_that_no_sentence_says_one_years() -> None:
    def years(since: str, until: object = pd.NaT) -> str | None:
        person = _person(since=pd.Timestamp(since), churned_on=until)
        return values_of(person, EN)["tenure_years"]

    assert years("2024-11-10") == "2"
    assert years("2024-11-11") is None
    assert years("2020-01-01", pd.Timestamp("2023-06-01")) == "3"


@pytest.mark.parametrize(
    ("last", "language", "month"),
    [
        ("2026-08-14 09:12", "en", "August"),
        ("2026-08-14 09:12", "fr", "août"),
        ("2025-12-31", "en", "December"),
        ("2025-11-09", "fr", "novembre 2025"),
        ("2026-11-03", "en", None),
    ],
)
def test_the_last_use_is_told_as_a_month_and_never_exactly(last: str, language: str, month: str | None) -> None:
    person = _person(last_active_on=pd.Timestamp(last))
    assert values_of(person, Telling(language, date(2026, 11, 10)))["last_active_month"] == month


def test_an_empty_person_has_no_values_at_all() -> None:
    assert set(values_of(_person(), EN).values()) == {None}


def test_news_are_a_list_of_five_at_most_without_what_is_no_text() -> None:
    assert listed(EN, ["One", "{{x}}", "Two", "3", "4", "5", "6"]) == "- One\n- Two\n- 3\n- 4\n- 5"
    assert listed(EN, []) is None
