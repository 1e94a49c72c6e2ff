"""A metric as it is typed is read exactly, in the words of each language or of the terminal."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from bot.analysis.measure import Analyst
from bot.engines.answers.typed import read
from bot.errors import BadQuestion
from bot.language import load
from bot.records import open_records
from bot.types import Intent, Place, Query
from tests.served import FINGERS, served

OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture(scope="module")
def analyst(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('typed')}/records.sqlite") as records:
        service = served(FINGERS, records)
        yield service._analyst(service.rights_of("analyst", Place.DM), datetime(2026, 11, 2, 9))


def days(query: Query) -> tuple[date, date] | None:
    return (query.window.start, query.window.end) if query.window else None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "churn_rate 2026-10 by country"),
        ("en", "churn rate in October by country"),
        ("en", "churn_rate country 2026-10"),
        ("fr", "churn_rate 2026-10 par pays"),
        ("fr", "taux de churn par pays en octobre 2026"),
        ("es", "tasa de abandono por país en octubre"),
        ("pl", "wskaźnik churn według kraju w październiku"),
    ],
)
def test_the_same_metric_is_read_in_each_way_of_saying_it(analyst: Analyst, code: str, words: str) -> None:
    query = read(words, load(code), analyst)
    assert (query.intent, query.metric, query.by, days(query)) == (
        Intent.BREAKDOWN, "churn_rate", ("country",), OCTOBER
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("en", "mrr", {}),
        ("en", "churn_rate country=ES country=FR", {"filters": (("country", ("ES", "FR")),)}),
        ("en", "churn rate in Spain", {"filters": (("country", ("ES",)),)}),
        ("fr", "churn_rate en Espagne", {"filters": (("country", ("ES",)),)}),
        ("en", "churn_rate method=stripe_like", {"variant": (("method", "stripe_like"),)}),
        ("en", "churn_rate by country, plan", {"by": ("country", "plan")}),
        ("en", "please churn_rate", {}),
    ],
)
def test_filters_variants_and_splits_are_read_beside_it(
    analyst: Analyst, code: str, words: str, expected: dict[str, object]
) -> None:
    query = read(words, load(code), analyst)
    told = {name: getattr(query, name) for name in ("filters", "variant", "by")}
    assert told == {"filters": (), "variant": (), "by": (), **expected}
    assert query.window is None


@pytest.mark.parametrize(
    ("words", "first", "end"),
    [
        ("mrr last-30-days", date(2026, 10, 3), date(2026, 11, 2)),
        ("mrr 2026-07-01..2026-09-30", date(2026, 7, 1), date(2026, 10, 1)),
        ("mrr 2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("mrr last month", *OCTOBER),
    ],
)
def test_the_periods_of_the_terminal_and_those_in_words_are_read(
    analyst: Analyst, words: str, first: date, end: date
) -> None:
    assert days(read(words, load("en"), analyst)) == (first, end)


@pytest.mark.parametrize(
    ("code", "words", "key", "unread"),
    [
        ("en", "unicorns 2026-10", "metric_unnamed", "unicorns 2026-10"),
        ("fr", "licornes", "metric_unnamed", "licornes"),
        ("en", "churn_rate by zodiac", "metric_unread", "zodiac"),
        ("pl", "churn_rate zodiak", "metric_unread", "zodiak"),
        ("en", "churn_rate mrr", "metric_unread", "mrr"),
    ],
)
def test_what_is_not_understood_is_named(analyst: Analyst, code: str, words: str, key: str, unread: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        read(words, load(code), analyst)
    assert (caught.value.key, caught.value.values["words"]) == (key, unread)
    assert load(code).say(key, **caught.value.values)


def test_a_month_that_does_not_exist_is_no_period(analyst: Analyst) -> None:
    with pytest.raises(BadQuestion, match="unknown_period"):
        read("churn_rate 2026-13", load("en"), analyst)
