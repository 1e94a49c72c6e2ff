"""What other assistants may ask for: the tools of our own model, and a question in words.

A call is answered as the same Query is anywhere else, so that its figures, its rights and its receipt are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.analysis.measure import Analyst
from bot.clerk import Clerk
from bot.documents import Document, metric_document
from bot.engines.agent.arguments import Asked, BadCall, checked
from bot.engines.agent.schemas import Schema, allowed, text
from bot.engines.agent.tools import tools
from bot.errors import NotAllowed
from bot.language import Language, detect, load
from bot.language.refused import refusal
from bot.metrics import catalogue
from bot.types import Answer, Query, Question, Rights

__all__ = ["ASK", "METRICS", "BadCall", "Offer", "Toolbox"]

WORDS = ("period", "amount")
"""The arguments that are read as a person's words are; they are all that a call says."""
PERIOD = "When, and against what, in words: 'last month', 'Q3', 'in October against September', 'en octubre de 2026'."
UNKNOWN = "as_before"
"""An argument that speaks of the question before; a call has none."""


@dataclass(frozen=True)
class Offer:
    """A tool as other assistants are told of it: its arguments as a JSON schema."""

    name: str
    purpose: str
    schema: Schema


ASK = Offer(
    "ask",
    "Any question about churn and retention in plain words, English, French, Spanish or Polish, with all that the "
    "other tools can do: answered with its figures, or with why it cannot be.",
    {
        "type": "object",
        "properties": {"question": text("The question, as a person would ask it.")},
        "required": ["question"],
        "additionalProperties": False,
    },
)
METRICS = Offer(
    "metrics",
    "What can be measured here: each metric's id, what it says, its formula, its variants and what splits it.",
    {"type": "object", "properties": {}, "additionalProperties": False},
)


class Toolbox:
    """The tools of one company's bot, and what a call of one gives.

    Questions are answered; an alert, a schedule or a campaign is set for nobody but a person.
    """

    def __init__(
        self,
        analyst: Callable[[Rights, datetime], Analyst],
        values: Callable[[Analyst], Mapping[str, tuple[str, ...]]],
        clerk: Clerk,
        answered: Callable[[Question, None, Callable[[], Query] | None], Answer],
        language: str,
    ) -> None:
        self._analyst, self._values, self._clerk, self._answered = analyst, values, clerk, answered
        self._language = language

    def offers(self, rights: Rights, now: datetime) -> list[Offer]:
        """The tools, with the metrics and dimensions that these rights see."""
        found = [one for one in tools(self._analyst(rights, now)) if not one.asks]
        return [ASK, METRICS, *(Offer(one.name, one.purpose, _of_a_call(one.schema)) for one in found)]

    def metrics(self, rights: Rights, now: datetime) -> list[Document]:
        """The definitions of the metrics that the data has and these rights see."""
        return [metric_document(catalogue()[name], [], []) for name in allowed(self._analyst(rights, now))]

    def call(self, name: str, arguments: Mapping[str, Any], question: Question) -> Answer:
        """The answer to a call of any tool but `metrics`; `question` says who asks, and when.

        Raises BadCall, in a sentence for the assistant, for arguments that do not fit.
        """
        if name == ASK.name:
            return self._in_words(replace(question, text=checked(arguments, ASK.schema)["question"]))
        analyst = self._analyst(question.rights, question.now)
        tool = next((one for one in tools(analyst) if one.name == name and not one.asks), None)
        if tool is None:
            raise BadCall(f"There is no tool {name[:60]!r}.")
        given = checked(arguments, _of_a_call(tool.schema))
        words = " ".join(str(given[one]) for one in WORDS if one in given)
        question = replace(question, text=words, language=question.language or detect(words, self._language))
        (query,) = tool.queries(self._asked(question, analyst), given)
        return self._answered(question, None, lambda: query)

    def _in_words(self, question: Question) -> Answer:
        if self._clerk.meant(question) is not None:
            return refusal(self._clerk.language(question), NotAllowed("not_for_assistants"))
        return self._answered(question, None, None)

    def _asked(self, question: Question, analyst: Analyst) -> Asked:
        language: Language = load(question.language or self._language)
        return Asked(question, analyst, language, self._values(analyst))


def _of_a_call(schema: Schema) -> Schema:
    """The schema of a tool for who has no message of a person before them."""
    properties = {name: one for name, one in schema["properties"].items() if name != UNKNOWN}
    if "period" in properties:
        properties["period"] = {**properties["period"], "description": PERIOD}
    required: Sequence[str] = schema["required"]
    return {**schema, "properties": properties, "required": list(required)}
