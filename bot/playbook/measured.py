"""How often the written questions find their play: by the search, by words alone and by vectors alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.playbook import Playbook


def found(book: Playbook, questions: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each part of the questions and each language: the share found first, and among the first three.

    `questions` holds {language: {"play | play": [question]}}, some of it inside further tables, and `off_topic`.
    """
    for part, tables in [("tuned on", questions), *((one, questions[one]) for one in ("held", "first"))]:
        for language in (code for code in questions["off_topic"] if code in tables):
            asked = [(text, plays.split(" | ")) for plays, group in tables[language].items() for text in group]
            row: dict[str, Any] = {"questions": part, "language": language, "of": len(asked)}
            ranked = [(book.ranked(text, language), right) for text, right in asked]
            for way in ("search", "words", "vectors"):
                for first in (1, 3):
                    hit = sum(not set(right).isdisjoint(order[way][:first]) for order, right in ranked)
                    row[f"{way}@{first}"] = f"{hit / len(asked):.0%}"
            yield row


def refused(book: Playbook, off_topic: Mapping[str, Iterable[str]]) -> Iterator[dict[str, Any]]:
    """By language: for how many questions that no play covers none is found."""
    for language, asked in off_topic.items():
        spoken = "en" if language == "any" else language
        none = [not book.ranked(text, spoken)["search"] for text in asked]
        yield {"language": language, "refused": sum(none), "of": len(none)}
