"""The right play is found from a marketer's words, in each language, and none from other words."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.language import available
from bot.models.embedding import SentenceEncoder
from bot.playbook import Playbook, load
from bot.playbook.glossary import Concepts, read
from bot.playbook.index import Index
from bot.playbook.search import search
from bot.playbook.words import Words

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
PLAYS = {play.id: play for play in load(KNOWLEDGE)}
ELSEWHERE = (KNOWLEDGE / "elsewhere.txt").read_text(encoding="utf-8").splitlines()


def ranks(book: Playbook, questions: Mapping[str, list[str]], language: str) -> list[int]:
    """For each question the place of the first of its plays, from 1; 0 where none is among the first three."""
    found = []
    for plays, group in questions.items():
        right = plays.split(" | ")
        for question in group:
            places = [n for n, one in enumerate(book.search(question, language, limit=3), 1) if one.play in right]
            found.append(places[0] if places else 0)
    return found


@pytest.mark.slow
def test_a_play_is_found_first_by_its_own_title(book: Playbook) -> None:
    for play in PLAYS.values():
        for language, text in play.texts.items():
            first = book.search(text.title, language, limit=1)[0]
            assert (first.play, first.language, first.title) == (play.id, language, text.title)


@pytest.mark.parametrize(
    ("part", "language", "hit_1", "hit_3"),
    [
        pytest.param("", "en", 0.98, 0.98, marks=pytest.mark.slow),
        pytest.param("", "fr", 0.95, 0.96, marks=pytest.mark.slow),
        pytest.param("", "es", 0.98, 0.98, marks=pytest.mark.slow),
        pytest.param("", "pl", 0.96, 0.98, marks=pytest.mark.slow),
        ("held", "en", 0.90, 0.98),
        ("held", "fr", 0.90, 0.96),
        ("held", "es", 0.85, 0.98),
        ("held", "pl", 0.89, 0.94),
        pytest.param("first", "en", 0.90, 0.90, marks=pytest.mark.slow),
        pytest.param("first", "fr", 0.84, 0.90, marks=pytest.mark.slow),
        pytest.param("first", "es", 0.85, 0.98, marks=pytest.mark.slow),
        pytest.param("first", "pl", 0.90, 0.98, marks=pytest.mark.slow),
    ],
)
def test_written_questions_find_their_play(
    book: Playbook, questions: Mapping, part: str, language: str, hit_1: float, hit_3: float
) -> None:
    """A little under what was reached; raise the bars as the playbook gets better.

    Only the held half tells how a new question fares: who wrote the glossary had read the other.
    """
    found = ranks(book, (questions[part] if part else questions)[language], language)
    first, three = found.count(1) / len(found), sum(map(bool, found)) / len(found)
    print(f"{part or 'chosen with'} {language}: {len(found)} questions, hit@1 {first:.0%}, hit@3 {three:.0%}")  # noqa: T201 (seen with -s)
    assert first >= hit_1
    assert three >= hit_3


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "written"), [("fr", "en"), ("en", "fr")])
def test_plays_are_found_across_languages(
    tmp_path: Path, encoder: SentenceEncoder, questions: Mapping, asked: str, written: str
) -> None:
    """No text of a play is in the asker's language: only vectors and concepts can find it."""
    known = {play.id: _only(play, written) for play in PLAYS.values()}
    topics = ELSEWHERE[{"en": 0, "fr": 1}[written] :: len(available())]  # each stands there in four languages
    index = Index(tmp_path, list(known.values()), encoder, topics)
    concepts = Concepts(read(KNOWLEDGE / "glossary.toml"), known.values())
    found = []
    for part in (questions[asked], questions["held"][asked]):
        for plays, group in part.items():
            for question in group:
                hits = search(index, PLAYS, Words({}), concepts, question, language=asked, limit=3)
                found.append(any(hit.play in plays.split(" | ") for hit in hits))
    print(f"asked in {asked}, written in {written}: {len(found)} questions, hit@3 {sum(found) / len(found):.0%}")  # noqa: T201 (seen with -s)
    assert sum(found) / len(found) >= 0.92


def _only(play, language):
    texts = {language: play.texts[language]}
    return type(play)(**{name: getattr(play, name) for name in play.__slots__} | {"texts": texts})


def test_nothing_is_found_for_what_the_playbook_does_not_cover(book: Playbook, questions: Mapping) -> None:
    """At most one in twenty: what lies next to the playbook's topics, such as a rival's prices, may find something."""
    off = questions["off_topic"]
    asked = [(question, language) for language in available() for question in [*off[language], *off["any"]]]
    found = {question: hits[0].play for question, language in asked if (hits := book.search(question, language))}
    assert len(asked) == 40 + 4 * 16
    assert len(found) <= 0.05 * 40, found


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("cómo recuperar a clientes que se fueron", "es"),
        ("jak odzyskać klientów, którzy odeszli", "pl"),
        ("comment reconquérir d'anciens clients", "fr"),
    ],
)
def test_who_asks_in_a_language_is_answered_from_its_own_article(book: Playbook, question: str, language: str) -> None:
    first = book.search(question, language, limit=1)[0]
    own = PLAYS["win-back"].texts[language]
    assert (first.play, first.language, first.title) == ("win-back", language, own.title)
    assert first.citation.section in own.headings.values()
    assert first.citation.quote in " ".join(own.sections[_section(own, first.section)].split())


def _section(text, heading):
    return next(name for name, one in text.headings.items() if one == heading)


def test_an_answer_is_shown_in_the_askers_language_and_cites_its_section(book: Playbook) -> None:
    """The question is English, the asker reads French: same play, French title, heading and words."""
    question = "how do I keep annual customers at renewal"
    english, french = (book.search(question, language, limit=1)[0] for language in ("en", "fr"))
    assert english.play == french.play == "renewal-annual-plans"
    assert french.title == PLAYS["renewal-annual-plans"].texts["fr"].title
    assert french.citation.section == french.section
    assert french.section in PLAYS["renewal-annual-plans"].texts["fr"].headings.values()
    assert french.text in PLAYS["renewal-annual-plans"].texts["fr"].sections.values()
    assert english.citation.quote


def test_a_language_without_translations_is_answered_in_english(book: Playbook) -> None:
    found = book.search("ehemalige Kunden zurückgewinnen", "de", limit=3)
    assert "win-back" in {one.play for one in found}
    assert {one.language for one in found} == {"en"}


def test_passages_are_one_a_play_and_best_first(book: Playbook) -> None:
    passages = book.search("customers are leaving", "en", limit=5)
    assert len(passages) == len({passage.play for passage in passages})
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)


def test_typed_and_printed_apostrophes_find_the_same(book: Playbook) -> None:
    typed, printed = (book.search(f"mesurer l{mark}effet d{mark}une campagne", "fr") for mark in ("'", "’"))
    assert typed == printed
