"""Periods in words and in `--period`, against a calendar counted by pandas."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.errors import BadQuestion
from bot.language import Calendar, load
from bot.language.periods import parse
from bot.types import Grain
from tests.languages.asked import written

DAYS = some.dates(date(2025, 11, 1), date(2026, 11, 30))
"""Over a year of as-of dates."""
UNITS = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
LAST = {
    "en": {unit: f"last {unit}" for unit in UNITS},
    "fr": {
        "week": "la semaine dernière",
        "month": "le mois dernier",
        "quarter": "le trimestre dernier",
        "year": "l'an dernier",
    },
}
THIS = {
    "en": {unit: f"this {unit}" for unit in UNITS},
    "fr": {"week": "cette semaine", "month": "ce mois-ci", "quarter": "ce trimestre", "year": "cette année"},
}
SEVERAL = {
    "en": {"week": "last {} weeks", "month": "the past {} months", "quarter": "last {} quarters"},
    "fr": {
        "week": "les {} dernières semaines",
        "month": "les {} derniers mois",
        "quarter": "ces {} derniers trimestres",
    },
}
MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"],
}
MONTHS["en"] += ["November", "December"]
MONTHS["fr"] += ["novembre", "décembre"]
LANGUAGES = some.sampled_from(["en", "fr"])


def read(text, as_of, language="en", week_start=0):
    """The one window that the text names."""
    found = load(language).periods(*load(language).hear(text), Calendar(as_of, week_start))
    assert len(found) == 1, text
    return found[0].window


def unit_of(day, unit):
    """The unit that a day falls in, by pandas."""
    period = pd.Period(day, UNITS[unit])
    return period.start_time.date(), period.end_time.date() + timedelta(days=1)


@given(DAYS, LANGUAGES, some.sampled_from(list(UNITS)))
def test_the_last_unit_is_the_complete_one_before_that_of_as_of(as_of, language, unit):
    window = read(LAST[language][unit], as_of, language)
    current, _ = unit_of(as_of, unit)
    assert (window.start, window.end) == unit_of(current - timedelta(days=1), unit)
    assert window.complete
    assert window.grain == unit


@given(DAYS, LANGUAGES, some.sampled_from(list(UNITS)))
def test_this_unit_runs_to_as_of_and_says_that_it_is_not_complete(as_of, language, unit):
    start, _ = unit_of(as_of, unit)
    if start == as_of:
        with pytest.raises(BadQuestion, match="period_not_begun"):
            read(THIS[language][unit], as_of, language)
        return
    window = read(THIS[language][unit], as_of, language)
    assert (window.start, window.end, window.complete, window.name) == (start, as_of, False, "to_date")


@given(DAYS, LANGUAGES, some.sampled_from(["week", "month", "quarter"]), some.integers(2, 24))
def test_the_last_n_units_are_the_n_complete_ones_before_as_of(as_of, language, unit, n):
    window = read(SEVERAL[language][unit].format(n), as_of, language)
    current = pd.Period(as_of, UNITS[unit])
    assert window.start == (current - n).start_time.date()
    assert window.end == current.start_time.date()


@given(DAYS, some.sampled_from([("en", "last {} days"), ("fr", "les {} derniers jours")]), some.integers(1, 400))
def test_the_last_n_days_end_the_day_before_as_of(as_of, form, n):
    window = read(form[1].format(n), as_of, form[0])
    assert window.end == as_of
    assert window.days == n


@given(DAYS, LANGUAGES, some.integers(1, 12))
def test_a_month_without_a_year_is_the_latest_that_has_begun(as_of, language, month):
    window = read(
        f"in {MONTHS[language][month - 1]}" if language == "en" else f"en {MONTHS['fr'][month - 1]}", as_of, language
    )
    assert window.start.month == month
    assert window.start.day == 1
    assert as_of - timedelta(days=366) <= window.start < as_of
    assert window.end == min(as_of, (pd.Timestamp(window.start) + pd.offsets.MonthBegin(1)).date())


@given(DAYS, some.integers(0, 6))
def test_weeks_begin_on_the_companys_day(as_of, week_start):
    window = read("last week", as_of, week_start=week_start)
    assert window.start.weekday() == week_start
    assert window.days == 7
    assert window.end <= as_of < window.end + timedelta(days=7)


@given(DAYS, some.sampled_from(["since March", "year to date", "Q2", "yesterday", "last 5 weeks", "from May to June"]))
def test_every_window_begins_before_it_ends_and_ends_by_as_of(as_of, text):
    begun = True
    try:
        window = read(text, as_of)
    except BadQuestion as refusal:
        begun = refusal.key != "period_not_begun"
    if begun:
        assert window.start < window.end <= as_of


@pytest.mark.parametrize(
    ("language", "text", "start", "end"),
    [
        ("en", "October", "2026-10-01", "2026-11-01"),
        ("en", "october 2025", "2025-10-01", "2025-11-01"),
        ("en", "Oct last year", "2025-10-01", "2025-11-01"),
        ("en", "last December", "2025-12-01", "2026-01-01"),
        ("en", "in 2025", "2025-01-01", "2026-01-01"),
        ("en", "Q3 2026", "2026-07-01", "2026-10-01"),
        ("en", "third quarter", "2026-07-01", "2026-10-01"),
        ("en", "H1 2026", "2026-01-01", "2026-07-01"),
        ("en", "since March", "2026-03-01", "2026-11-10"),
        ("en", "since the 3rd of March", "2026-03-03", "2026-11-10"),
        ("en", "since the first of June", "2026-06-01", "2026-11-10"),
        ("fr", "depuis le premier juin", "2026-06-01", "2026-11-10"),
        ("es", "desde el primero de junio", "2026-06-01", "2026-11-10"),
        ("pl", "od pierwszego czerwca", "2026-06-01", "2026-11-10"),
        ("en", "between January and March 2026", "2026-01-01", "2026-04-01"),
        ("en", "from November to January", "2025-11-01", "2026-02-01"),
        ("en", "July-September 2026", "2026-07-01", "2026-10-01"),
        ("en", "2026-07-01..2026-09-30", "2026-07-01", "2026-10-01"),
        ("en", "yesterday", "2026-11-09", "2026-11-10"),
        ("en", "on 3 March", "2026-03-03", "2026-03-04"),
        ("en", "March 3, 2026", "2026-03-03", "2026-03-04"),
        ("en", "March 3 to 9", "2026-03-03", "2026-03-10"),
        ("en", "two months ago", "2026-09-01", "2026-10-01"),
        ("en", "the month before last", "2026-09-01", "2026-10-01"),
        ("en", "year to date", "2026-01-01", "2026-11-10"),
        ("en", "YTD", "2026-01-01", "2026-11-10"),
        ("en", "L30D", "2026-10-11", "2026-11-10"),
        ("en", "last-30-days", "2026-10-11", "2026-11-10"),
        ("en", "week of 2 November", "2026-11-02", "2026-11-09"),
        ("en", "week 45", "2026-11-02", "2026-11-09"),
        ("en", "last Friday", "2026-11-06", "2026-11-07"),
        ("en", "in Febuary", "2026-02-01", "2026-03-01"),
        ("fr", "octobre 2025", "2025-10-01", "2025-11-01"),
        ("fr", "en fevrier", "2026-02-01", "2026-03-01"),
        ("fr", "au T3 2026", "2026-07-01", "2026-10-01"),
        ("fr", "au troisième trimestre", "2026-07-01", "2026-10-01"),
        ("fr", "au premier semestre 2026", "2026-01-01", "2026-07-01"),
        ("fr", "depuis mars", "2026-03-01", "2026-11-10"),
        ("fr", "depuis le 3 mars", "2026-03-03", "2026-11-10"),
        ("fr", "entre janvier et mars 2026", "2026-01-01", "2026-04-01"),
        ("fr", "de juillet à septembre", "2026-07-01", "2026-10-01"),
        ("fr", "du 1er juillet au 30 septembre", "2026-07-01", "2026-10-01"),
        ("fr", "du 2 au 8 novembre", "2026-11-02", "2026-11-09"),
        ("fr", "hier", "2026-11-09", "2026-11-10"),
        ("fr", "il y a deux mois", "2026-09-01", "2026-10-01"),
        ("fr", "depuis le début de l'année", "2026-01-01", "2026-11-10"),
        ("fr", "semaine du 2 novembre", "2026-11-02", "2026-11-09"),
        ("fr", "l'an dernier en octobre", "2025-10-01", "2025-11-01"),
        ("fr", "les trente derniers jours", "2026-10-11", "2026-11-10"),
        ("en", "the last forty-five days", "2026-09-26", "2026-11-10"),
        ("en", "over the last twenty four months", "2024-11-01", "2026-11-01"),
        ("fr", "les soixante-quinze derniers jours", "2026-08-27", "2026-11-10"),
        ("fr", "les quatre-vingt-dix derniers jours", "2026-08-12", "2026-11-10"),
        ("es", "los últimos cuarenta y cinco días", "2026-09-26", "2026-11-10"),
        ("pl", "z ostatnich czterdziestu pięciu dni", "2026-09-26", "2026-11-10"),
    ],
)
def test_a_period_is_read_as_people_say_it(language, text, start, end):
    window = read(text, date(2026, 11, 10), language)
    assert (str(window.start), str(window.end)) == (start, end)


@pytest.mark.parametrize("text", ["last month", "LAST MONTH", "Last  month", "last month's"])
def test_case_and_spacing_change_nothing(text):
    assert read(text, date(2026, 11, 10)) == read("last month", date(2026, 11, 10))


@pytest.mark.parametrize(
    ("text", "language"), [("recently", "en"), ("last few weeks", "en"), ("récemment", "fr"), ("3/10/2026", "en")]
)
def test_an_unclear_period_is_marked_so_that_its_reading_is_stated(text, language):
    assert load(language).periods(*load(language).hear(text), Calendar(date(2026, 11, 10)))[0].vague


@pytest.mark.parametrize("text", ["Q9", "2026-13", "31 February 2026", "last 0 days", "last easter", "T5"])
def test_a_period_that_cannot_be_is_refused(text):
    with pytest.raises(BadQuestion, match="unknown_period"):
        read(text, date(2026, 11, 10), "fr" if text == "T5" else "en")


@pytest.mark.parametrize("text", ["what may explain it", "we march on", "march to the office"])
def test_a_word_that_is_only_sometimes_a_month_is_none_here(text):
    english = load("en")
    assert english.periods(*english.hear(text), Calendar(date(2026, 11, 10))) == []


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("2026-10", "2026-10-01", "2026-11-01", Grain.MONTH),
        ("2026-Q3", "2026-07-01", "2026-10-01", Grain.QUARTER),
        ("2025", "2025-01-01", "2026-01-01", Grain.YEAR),
        ("2026-07-01..2026-09-30", "2026-07-01", "2026-10-01", Grain.RANGE),
        ("2026-10-05", "2026-10-05", "2026-10-06", Grain.DAY),
        ("last-30-days", "2026-10-11", "2026-11-10", Grain.RANGE),
        ("last-1-month", "2026-10-01", "2026-11-01", Grain.MONTH),
    ],
)
def test_the_period_option_is_read_exactly(text, start, end, grain):
    window = parse(text, Calendar(date(2026, 11, 10)))
    assert (str(window.start), str(window.end), window.grain) == (start, end, grain)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("last month", "unknown_period"),
        ("2026-13", "unknown_period"),
        ("2026-Q5", "unknown_period"),
        ("2026-09-30..2026-07-01", "period_reversed"),
        ("2027-01", "period_not_begun"),
        ("last-0-days", "unknown_period"),
    ],
)
def test_the_period_option_refuses_what_is_no_period(text, key):
    with pytest.raises(BadQuestion, match=key):
        parse(text, Calendar(date(2026, 11, 10)))


@pytest.mark.parametrize("text", ["churn on january 0", "churn on 0 january 2026", "churn on january 32"])
def test_a_day_that_no_month_has_is_refused(text):
    assert written(text) == "error unknown_period"
