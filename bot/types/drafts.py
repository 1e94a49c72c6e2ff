"""A message a human may send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bot.types.notes import Citation, Note


@dataclass(frozen=True, slots=True)
class Check:
    """One guardrail's verdict on a draft; `severity` is BLOCK, HOLD, WARN or INFO."""

    id: str
    severity: Literal["BLOCK", "HOLD", "WARN", "INFO"]
    passed: bool
    reason: Note


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a draft is for: before = all suppressed + all elsewhere + after."""

    rule: Note
    before: int
    suppressed: Mapping[str, int]
    """Rule id → people held back by it first; its words are the sentence of that id."""
    after: int
    people: tuple[Mapping[str, Any], ...] = ()
    """`account_id` and `user_id` of those who remain; only for whoever may see persons."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Language → people who may get the message, but read it in that language: another draft."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One text of a draft, in the neutral merge-tag form: part → text, in the order in which a reader sees them.

    Which parts there are is the channel's matter: an email has a subject, a preheader and a body, an SMS a body alone.
    """

    name: str
    parts: Mapping[str, str]

    def __getitem__(self, part: str) -> str:
        """A part, empty where the channel has none."""
        return self.parts.get(part, "")

    def but(self, part: str, text: str, name: str = "") -> Variant:
        """The same text with one part in other words."""
        return Variant(name or self.name, {**self.parts, part: text})


Writer: TypeAlias = Literal["template", "model", "person"]
"""Whose words a text is in: our own, a language model's, or a person's."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message a human may send. It carries its reasons and checks, and no way to send itself."""

    id: str
    message: str
    """Which of the written messages it is: the draft type, and what tells it from others of that type."""
    type: str
    play: str
    stage: str
    language: str
    channel: str
    audience: Audience
    objective: str
    """The key of a sentence."""
    metric: str
    variants: tuple[Variant, ...]
    element: str
    """What A and B differ in."""
    facts: Mapping[str, str]
    """Merge tag → the field or metric it stands for."""
    previews: tuple[tuple[str, str], ...]
    """Profile (full, empty, longest) → variant A as such a reader gets it."""
    checks: tuple[Check, ...]
    test_plan: Note
    citations: tuple[Citation, ...] = ()
    state: Literal["ready", "held", "blocked"] = "held"
    brief: tuple[Note, ...] = ()
    """For the reviewer: why these people, what for, when it goes, what takes a person out of it."""
    writer: Writer = "template"
    writing: tuple[Note, ...] = ()
    """Who wrote it, and why it was not the model, where there is one."""
