"""The guardrails on a text: one function each, found by itself.

ADD A GUARDRAIL: one function in a module of this folder. Its docstring is the rule in one sentence;
it yields what it finds wrong, as the words found or as a `Note`; its two sentences (passed, failed)
stand in the language files under `[drafting]`, named after its id: CON-01 → `con_01`, `con_01_failed`.

    @guardrail("CON-01", "BLOCK")
    def no_generic_greeting(copy: Copy) -> Iterator[str]:
        \"""A greeting has a first name, or none; "Dear customer" is no greeting.\"""
        yield from copy.found("generic_greeting")
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from bot.drafting.bounds import Bounds
from bot.drafting.brand import Brand
from bot.drafting.merge import GAP, plain
from bot.drafting.policy import Policy, Words
from bot.errors import OurFault
from bot.types import Check, Note, Variant

Severity = Literal["BLOCK", "HOLD", "WARN", "INFO"]
Profile = Literal["full", "empty", "longest"]
Rule = Callable[["Copy"], Iterable[str | Note]]
TITLES = ("subject", "title", "header")
"""The parts that are read first, and alone."""
TYPESET = ("email", "push", "web_push", "in_app", "tour", "whatsapp", "landing", "social", "linkedin", "letter", "call")
"""Channels in which a language's own spaces and quotes cost nothing; in a text message they do."""


@dataclass(frozen=True)
class Preview:
    """A variant with every tag filled in, for one kind of profile."""

    profile: Profile
    variant: Variant


@dataclass(frozen=True)
class Copy:
    """A text as the guardrails see it: the variants in neutral merge tags, and the same filled in."""

    type: str
    stage: str
    element: str
    language: str
    variants: tuple[Variant, ...]
    previews: tuple[Preview, ...]
    brand: Brand
    policy: Policy
    channel: str = "email"
    bounds: Bounds | None = None
    """For a text of a language model: what it may say."""

    @property
    def words(self) -> Words:
        """The word lists of the text's language."""
        return self.policy.words[self.language]

    @property
    def form(self) -> Mapping[str, Any]:
        """What is known of the channel: its parts, its limits, what it needs."""
        return self.policy.channels[self.channel]

    @property
    def service(self) -> bool:
        """Whether it sells nothing, so that what marketing must say does not belong in it."""
        return self.type in self.policy.kinds and self.policy.kinds[self.type].service

    def texts(self, *parts: str) -> Iterator[tuple[str, str]]:
        """(part, text) of every variant, in neutral tags; of these parts only, where some are named."""
        for variant in self.variants:
            yield from ((part, text) for part, text in variant.parts.items() if not parts or part in parts)

    @cached_property
    def said(self) -> tuple[str, ...]:
        """What the texts say by themselves, fallbacks included, each once."""
        return tuple(dict.fromkeys(plain(text) for _, text in self.texts()))

    def found(self, name: str) -> tuple[str, ...]:
        """What a word list finds in the texts, each once."""
        hits = (hit.replace(GAP, "{}") for text in self.said for hit in self.words.found(name, text))
        return tuple(dict.fromkeys(hits))

    def paragraphs(self) -> Iterator[list[str]]:
        """The paragraphs of each variant's body: greeting, opening, …, signature, last lines."""
        for variant in self.variants:
            yield [part for part in variant["body"].split("\n\n") if part.strip()]

    def prose(self) -> Iterator[list[str]]:
        """The paragraphs of each variant's body from the opening on: what stands before a greeting is none."""
        for parts in self.paragraphs():
            greeted = next((at + 1 for at, part in enumerate(parts) if self.words.starts("greetings", part)), 0)
            yield parts[greeted:]


@dataclass(frozen=True)
class Guardrail:
    """One rule on a text; `language` is empty where it holds for all."""

    id: str
    severity: Severity
    rule: Rule
    language: str
    channels: tuple[str, ...]
    """The channels it holds for; all where none is named."""
    of_model: bool = False
    """Whether it holds only for what a language model wrote."""

    @property
    def key(self) -> str:
        """The name of its sentence in the language files."""
        return self.id.lower().replace("-", "_")

    def check(self, copy: Copy) -> tuple[Check, ...]:
        """Its verdict: one passed check, or one for each kind of fault."""
        faults = list(self.rule(copy))
        notes = [fault for fault in faults if isinstance(fault, Note)]
        if words := tuple(dict.fromkeys(fault for fault in faults if isinstance(fault, str))):
            notes.insert(0, Note(f"{self.key}_failed", {"found": words}))
        if not notes:
            return (Check(self.id, self.severity, passed=True, reason=Note(self.key)),)
        unique = {(note.key, str(note.values)): note for note in notes}
        return tuple(Check(self.id, self.severity, passed=False, reason=note) for note in unique.values())


def guardrail(
    id: str, severity: Severity, language: str = "", *, on: Sequence[str] = (), of_model: bool = False
) -> Callable[[Rule], Guardrail]:
    """Turn a function into a guardrail of that id and severity, on some channels or on all."""
    return lambda rule: Guardrail(id, severity, rule, language, tuple(on), of_model)


@cache
def guardrails() -> Mapping[str, Guardrail]:
    """All guardrails of this folder, by id; OurFault when two share one."""
    found: dict[str, Guardrail] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Guardrail):
                if value.id in found:
                    raise OurFault(f"two guardrails have the id {value.id}")
                found[value.id] = value
    return found


def check(copy: Copy) -> tuple[Check, ...]:
    """The verdicts of all guardrails that hold for the text's language."""
    return tuple(
        verdict
        for rule in guardrails().values()
        if rule.language in ("", copy.language) and copy.channel in (rule.channels or (copy.channel,))
        if copy.bounds is not None or not rule.of_model
        for verdict in rule.check(copy)
    )
