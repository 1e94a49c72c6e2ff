"""Days named by what happened on them: by its kind, the latest of them, or by its own words."""

from datetime import date, datetime

import pytest

from bot.engines.understanding.understand import understand
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.types import Happening, Query, Question, Rights
from tests.languages.asked import AS_OF, DEFINITIONS, VALUES

ON_RECORD = (
    Happening(date(2025, 3, 4), "price rise", "price_change"),
    Happening(date(2026, 7, 1), "Android app 4.3 repairs sign-in", "release"),
    Happening(date(2026, 8, 3), "Meridian", "campaign"),
    Happening(date(2026, 10, 1), "price rise FR annual", "price_change"),
    Happening(date(2026, 12, 24), "winter release", "release"),
)


def asked(text: str, on_record: tuple[Happening, ...] = ON_RECORD) -> Query:
    question = Question(text, datetime(2026, 11, 10, 9), Rights())
    return understand(question, catalogue(), VALUES, DEFINITIONS, AS_OF, happened=lambda: on_record).queries[0]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("churn since the price change", date(2026, 10, 1)),
        ("évolution du churn depuis la hausse de prix", date(2026, 10, 1)),
        ("churn desde la subida de precios", date(2026, 10, 1)),
        ("churn od podwyżki cen", date(2026, 10, 1)),
        ("how many annual customers did we loose since the price rise", date(2026, 10, 1)),
        ("MRR since the last release", date(2026, 7, 1)),
        ("active users since Meridian", date(2026, 8, 3)),
    ],
)
def test_since_something_that_happened_is_since_its_day(text: str, start: date) -> None:
    window = asked(text).window
    assert window is not None
    assert (window.start, window.end) == (start, AS_OF)


def test_what_is_not_on_record_dates_nothing() -> None:
    with pytest.raises(BadQuestion, match="unknown_period"):
        asked("churn since the price change", ())


def test_nothing_is_looked_up_for_a_question_that_dates_nothing_by_it() -> None:
    def never() -> tuple[Happening, ...]:
        raise AssertionError("looked up")

    question = Question("what was churn in October?", datetime(2026, 11, 10, 9), Rights())
    assert understand(question, catalogue(), VALUES, DEFINITIONS, AS_OF, happened=never).queries
