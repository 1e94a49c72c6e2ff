"""The language model an agent asks: where it is served, what it may cost, what it has cost."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model is served, in the form of OpenAI's API: OpenAI itself, Azure, vLLM, Ollama, llama.cpp."""

    url: str
    """Its base, such as https://api.openai.com/v1; on Azure https://NAME.openai.azure.com/openai/v1."""
    model: str
    """The model's name there; on Azure the deployment's."""
    key: str = field(default="", repr=False)
    """A secret: in no message, log or document. Empty where the endpoint asks for none."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls of a model have cost: tokens read and written, and money in millionths, if prices are set."""

    tokens: int = 0
    micros: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.micros + other.micros)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question, a person's day and the whole company's day may cost; None is no limit.

    Money is in whole units of whatever currency the prices are in, which are for a million tokens.
    """

    steps: int = 8
    """Calls of the model for one question."""
    seconds: float = 45.0
    """Time for one question, with all its calls."""
    tokens: int = 60_000
    person_tokens: int = 600_000
    workspace_tokens: int = 6_000_000
    money: float | None = None
    person_money: float | None = None
    workspace_money: float | None = None
    price_in: float = 0.0
    price_out: float = 0.0

    def without_days(self) -> Limits:
        """The same for each question, and none for a day."""
        return replace(
            self, person_tokens=sys.maxsize, workspace_tokens=sys.maxsize, person_money=None, workspace_money=None
        )

    def cost(self, read: int, written: int) -> Spent:
        """What a call costs that read and wrote so many tokens."""
        return Spent(read + written, round(read * self.price_in + written * self.price_out))

    def question_used(self, spent: Spent) -> bool:
        """Whether one question has used what it may."""
        return _used(spent, self.tokens, self.money)

    def person_used(self, spent: Spent) -> bool:
        """Whether a person has used what a day allows."""
        return _used(spent, self.person_tokens, self.person_money)

    def workspace_used(self, spent: Spent) -> bool:
        """Whether all people together have used what a day allows."""
        return _used(spent, self.workspace_tokens, self.workspace_money)


def _used(spent: Spent, tokens: int, money: float | None) -> bool:
    return spent.tokens >= tokens or (money is not None and spent.micros >= money * 1_000_000)
