"""What people say of the answers: a word left for the admins, and for them the bad answers in short."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engines.answers.marks import Marks
from bot.engines.answers.sentences import sentences
from bot.language import Language
from bot.types import Answer, Finding, Question

MOST = 8
"""The latest of each kind that are shown."""


def said(question: Question, language: Language, marks: Marks) -> Answer:
    """What `feedback WORDS` does, for anybody; `feedback` alone lists for admins and tells others how it is left."""
    _, _, words = question.text.partition(" ")
    if words.strip():
        marks.leave(words.strip(), question)
        return sentences(language, [Finding("feedback_left", {"words": words.strip()})])
    how = Finding("feedback_how", {"typed": language.say("feedback_example")})
    if question.rights.role != "admin":
        return sentences(language, [how])
    return sentences(language, [*_bad(question, language, marks), *_left(question, marks), how])


def _bad(question: Question, language: Language, marks: Marks) -> Iterator[Finding]:
    """How many marks there are of each kind, and the latest bad ones with the reason, where one was given."""
    every = marks.all(question.rights)
    down = [one for one in every if not one["up"]]
    yield Finding("marks_counted", {"up": len(every) - len(down), "down": len(down)})
    for one in down[: -MOST - 1 : -1]:
        reason = [language.say(f"slack_mark_{one['reason']}")] if one["reason"] else []
        why = " – ".join(filter(None, [*reason, one["words"]]))
        asked = one["answer"]["asked"]
        values = {"text": asked["text"], "day": one["day"]}
        yield Finding("feedback_line_why", {**values, "why": why}) if why else Finding("feedback_line", values)
    if down:
        yield Finding("feedback_older", {})


def _left(question: Question, marks: Marks) -> Iterator[Finding]:
    """The latest words that were left."""
    words = marks.left(question.rights)
    if words:
        yield Finding("feedback_words", {})
    for text, day in words[: -MOST - 1 : -1]:
        yield Finding("feedback_line", {"text": text, "day": day})
