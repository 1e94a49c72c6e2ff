"""What calls of the model cost: each is counted when it ends, and none begins where a limit is reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage

from bot.errors import MainstayError
from bot.progress import step
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


class Allowance:
    """What one question may use of the model, whatever it is asked for: time, tokens, money."""

    def __init__(self, limits: Limits, purse: Purse) -> None:
        self._limits, self._purse = limits, purse
        self._until = time.monotonic() + limits.seconds
        self._spent = Spent()

    def seconds(self) -> float:
        """The time left for a call that begins now. Raises LimitReached."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise LimitReached(Note("model_timeout"))
        if self._limits.question_used(self._spent):
            raise LimitReached(Note(QUESTION))
        if (used_up := self._purse.used_up(self._limits)) is not None:
            raise LimitReached(used_up)
        return left

    def count(self, message: BaseMessage, asked: Sequence[BaseMessage]) -> None:
        """Count the call that gave this message for those."""
        usage = message.usage_metadata if isinstance(message, AIMessage) else None
        if usage is not None:
            spent = self._limits.cost(usage["input_tokens"], usage["output_tokens"])
        else:
            read = sum(len(one.text) for one in asked)
            spent = self._limits.cost(read // LETTERS_A_TOKEN, len(message.text) // LETTERS_A_TOKEN)
        self._spent += spent
        self._purse.spend(spent)


class WithinLimits(AgentMiddleware[Any, Any, Any]):
    """Bounds the tokens, the money and the time of one question; LangChain's own middleware bounds its steps."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__()
        self._allowance = allowance

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        step("step_think", 1)
        settings = {**request.model_settings, "timeout": self._allowance.seconds()}
        response = handler(request.override(model_settings=settings))
        for message in response.result:
            self._allowance.count(message, request.messages)
        return response
