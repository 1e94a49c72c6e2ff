"""What is remembered of a conversation: its last Query, what its words mean, what was asked; and each answer, for its
receipt, its marks and the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.documents import answer_document, fingerprint, query_document, query_from
from bot.errors import MainstayError
from bot.language import detect
from bot.types import Answer, Intent, Meaning, Query, Question, over

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

log = structlog.get_logger()

PASSING = frozenset({Intent.HELP, Intent.SMALLTALK, Intent.OFF_TOPIC, Intent.DATA_HEALTH, Intent.ADVISE})
"""Intents that leave a thread's Query as it was: thanking does not change the subject."""

MOST_TEXTS = 20
"""Questions that are remembered of one thread."""


class Memory:
    """The conversations about one data set, by its name, empty for the main one; `records` opens what they are kept
    in."""

    def __init__(self, records: Callable[[], Records], data: str = "") -> None:
        self._records, self._data = records, data

    def recalled(self, question: Question, thread: str | None) -> Question:
        """The question with what its thread ("team/channel/ts") was about; one that brings its own stays as it is."""
        if thread is None or question.previous is not None:
            return question
        kept = self._records().threads.recall(*_place(thread))
        if kept is None or kept.data != self._data:
            return question  # what was asked of other data is no beginning of this
        previous = query_from(kept.query) if kept.query else None
        spoken = question.language or detect(question.text, spoken=kept.language)
        meanings = tuple(one for text in kept.meanings if (one := Meaning.of(text)))
        return replace(question, previous=previous, language=spoken, meanings=meanings, said=tuple(kept.texts))

    def remember(self, answer: Answer, question: Question, thread: str | None) -> None:
        """The turn becomes what the thread was last about."""
        if thread is None:
            return
        query = next((one for one in reversed(answer.queries) if one.intent not in PASSING), question.previous)
        meanings = over(question.meanings, answer.meanings)
        self._records().threads.remember(
            *_place(thread),
            query=query_document(query) if query else None,
            language=answer.language,
            now=question.now,
            meanings=[one.text for one in meanings],
            texts=[*question.said, question.text][-MOST_TEXTS:],
            data=self._data,
        )

    def reminded(self, question: Question, asked: Mapping[str, Any]) -> Question:
        """The question with the words of one that was kept, and with what its thread was about then."""
        return replace(
            question,
            text=asked["text"],
            previous=query_from(asked["previous"]) if asked.get("previous") else None,
            meanings=tuple(one for text in asked.get("meanings", ()) if (one := Meaning.of(text))),
            said=tuple(asked["thread"]),
        )

    def keep(self, answer: Answer, question: Question, chosen: Query | None) -> None:
        """An answer is kept for its receipt, its marks and to be asked anew, where the surface gave the question an
        id; `chosen` is the Query that a button or a command stood for."""
        if question.id:
            asked = {
                "text": question.text,
                "as_of": question.now.date().isoformat(),
                "thread": list(question.said),
                "previous": query_document(question.previous) if question.previous else None,
                "meanings": [one.text for one in question.meanings],
                "chosen": query_document(chosen) if chosen else None,
                "role": question.rights.role,
            }
            document = {**answer_document(answer), "asked": asked}
            self._records().answers.keep(
                question.id, question=question.id, document=document, now=question.now, asker=question.asker,
                name=question.name, place=question.place.value, evidence=fingerprint(document["evidence"]),
                data=self._data,
            )  # fmt: skip

    def keep_anyway(self, answer: Answer, question: Question, chosen: Query | None = None) -> None:
        """What measured nothing, a refusal or a setting, goes out also where it cannot be kept."""
        try:
            self.keep(answer, question, chosen)
        except MainstayError:
            log.exception("an answer cannot be kept", question=question.id)


def _place(thread: str) -> tuple[str, str, str]:
    team, channel, ts = thread.split("/", 2)
    return team, channel, ts
