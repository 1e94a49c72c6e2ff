"""What calls of the model cost: each is counted when it ends, and none begins where a limit is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage

from bot.errors import MainstayError
from bot.types import Limits, Note, Spent

QUESTION = "budget_question"
"""The note of a question that has used up its own share."""
LETTERS_A_TOKEN = 3
"""By which a message is reckoned whose endpoint does not count; most have more letters to a token."""


class LimitReached(MainstayError):
    """The question, the person's day or the company's day has used what it may; `note` says which."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.key)
        self.note = note


class Purse(Protocol):
    """What one asker has spent, and all of them: kept beyond the question."""

    def used_up(self, limits: Limits) -> Note | None:
        """Why the model may not be asked again today; None while it may."""

    def spend(self, spent: Spent) -> None:
        """Count one call."""


class WithinLimits(AgentMiddleware[Any, Any, Any]):
    """Bounds the tokens, the money and the time of one question; LangChain's own middleware bounds its steps."""

    def __init__(self, limits: Limits, purse: Purse) -> None:
        super().__init__()
        self._limits, self._purse = limits, purse
        self._until = time.monotonic() + limits.seconds
        self._spent = Spent()

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise LimitReached(Note("model_timeout"))
        if self._limits.question_used(self._spent):
            raise LimitReached(Note(QUESTION))
        if (used_up := self._purse.used_up(self._limits)) is not None:
            raise LimitReached(used_up)
        settings = {**request.model_settings, "timeout": left}
        response = handler(request.override(model_settings=settings))
        for message in response.result:
            self._count(message, request)
        return response

    def _count(self, message: BaseMessage, request: ModelRequest[Any]) -> None:
        usage = message.usage_metadata if isinstance(message, AIMessage) else None
        if usage is not None:
            spent = self._limits.cost(usage["input_tokens"], usage["output_tokens"])
        else:
            asked = sum(len(one.text) for one in request.messages)
            spent = self._limits.cost(asked // LETTERS_A_TOKEN, len(message.text) // LETTERS_A_TOKEN)
        self._spent += spent
        self._purse.spend(spent)
