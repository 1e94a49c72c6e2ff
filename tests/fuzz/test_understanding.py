"""Whatever is written, in whichever language and thread, becomes a reading or a sentence for a person."""

import json
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from bot.errors import ForPerson
from bot.language import available, load
from bot.language.refused import said
from bot.types import Query
from tests.languages.asked import reading

SETS = Path(__file__).parents[1] / "evals"
ASKED = [json.loads(line)["text"] for line in (SETS / "tuned.jsonl").read_text(encoding="utf-8").splitlines()]
WORDS = sorted({word for text in ASKED for word in text.split()})
ODD = ["-0", "1e999", "99999999999999999999", "0000-00-00", "2026-13-45", "31.02.2026", "٣٪", "Ⅻ", "½", "ﬁ", "\u202e",
       "\u200b", "\x00", "🙂", "ß", "İ", "%", "{0}", "{text}", "__", "**", "((((", "))))", "[", "\\", "<@U1>", "q0 q9",
       "week 99", "Q5 2026", "year 0", "year 10000", "last 0 days", "last 999999999 months", "by by by",
       "vs"]  # fmt: skip
EARLIER = ("why did churn go up last month?", "MRR by plan", "who is slipping away?", "help")
piece = some.one_of(some.sampled_from(WORDS), some.sampled_from(ODD), some.text(max_size=8))
texts = some.one_of(
    some.lists(piece, max_size=14).map(" ".join),
    some.text(max_size=200),
    some.tuples(some.sampled_from(ASKED), piece, some.sampled_from(ASKED)).map(" ".join),
    some.tuples(some.sampled_from(ASKED), some.integers(0, 80), piece).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    ),
)


@cache
def taken(text: str) -> Query | None:
    """What an earlier message was taken for."""
    return next(iter(reading(text).queries), None)


def told(error: ForPerson) -> None:
    """There is a sentence for it in every language."""
    assert all(said(load(code), error.key, error.values).strip() for code in available())


def test_any_text_is_read_or_refused_in_a_sentence(holds):
    @given(
        text=texts,
        language=some.sampled_from([None, *available()]),
        previous=some.none() | some.sampled_from(EARLIER).map(taken),
        before=some.lists(texts, max_size=1),
    )
    def property_(text: str, language: str | None, previous: Query | None, before: list[str]) -> None:
        try:
            found = reading(text, previous, language, said=tuple(before))
        except ForPerson as error:
            told(error)
            return
        assert found.language in available()
        if found.declined is not None:
            assert load(found.language).say(found.declined.key, **found.declined.values).strip()
        elif found.clarify is not None:
            assert found.clarify.question.strip()
            assert found.clarify.choices
        else:
            assert found.queries

    holds(property_, 60)
