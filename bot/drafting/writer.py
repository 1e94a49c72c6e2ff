"""A draft's text in a language model's words: briefed without a person, checked like ours, mended once, else ours.

The model writes what stands within the frame; greeting, signature and the way out stay ours. Whoever asks the model
(see `Ask`) knows of it; this room knows only what it is told and what comes back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.drafting import sms
from bot.drafting.brand import Brand, Voice
from bot.drafting.guardrails import TYPESET
from bot.drafting.merge import FIELDS, TAG, Tag, tags
from bot.drafting.messages import BY_FRAME, Message, Text, framed
from bot.drafting.policy import Policy, Words
from bot.errors import MainstayError
from bot.playbook.plays import Play
from bot.types import Check, Note

TRIES = 2
"""The first, and the one chance to mend."""
ASIDE = "{}"
"""Stands for a merge tag while the words around it are set."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What a model is told of a message: its purpose, its form, and our own text for it; nothing of any person."""

    type: str
    stage: str
    objective: str
    channel: str
    language: str
    formality: str
    limits: Mapping[str, Mapping[str, int]]
    """Part → its lengths on the channel; see channels.toml."""
    tags: Mapping[str, str]
    """Merge tag as it may be written, with its fallback → what it means."""
    needed: tuple[str, ...]
    """Those of them that may not be missing."""
    said: Mapping[str, str]
    """Our own text, part by part, as it stands within the frame."""
    element: str
    """What B says in other words."""
    words: str
    """How our own B says it."""
    play: str
    """The steps of the play that the message carries out."""
    brand: str
    sender: str
    voice: Voice
    tone: str = ""
    """How a person asked it to sound: friendly, warm, formal, plain."""

    @classmethod
    def of(
        cls, message: Message, text: Text, language: str, channel: str, play: Play, brand: Brand, policy: Policy,
        tone: str = "",
    ) -> Brief:  # fmt: skip
        """The brief of a written message for a channel."""
        found = [tag for told in (*text.said.values(), text.words) for tag in tags(told)]
        known = {str(tag): FIELDS[tag.name].means for tag in found if tag.name in FIELDS}
        needed = [str(tag) for tag in found if _needed(tag)]
        limits = {name: bound for name, bound in policy.forms[channel].items() if isinstance(bound, dict)}
        formality = brand.formality.get(language, policy.words[language]["formality"])
        return cls(
            message.type, message.stage, policy.kinds[message.type].objective, channel, language, formality, limits,
            known, tuple(dict.fromkeys(needed)), text.said, text.element, text.words,
            play.text(language).sections["steps"], brand.name, brand.sender, brand.voice_in(language), tone,
        )  # fmt: skip


def _needed(tag: Tag) -> bool:
    return tag.name == "link" or (tag.name in FIELDS and FIELDS[tag.name].kind in ("needed", "offer"))


@dataclass(frozen=True, slots=True)
class Written:
    """What a model gave back: the parts of A, and the element as B has it."""

    parts: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class Turned:
    """A text that was not good enough, and why: what is wrong in its form, or the checks that failed."""

    written: Written
    form: str = ""
    checks: tuple[Check, ...] = ()


class NotWritten(MainstayError):
    """No text came; the note says why, in words for a person."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.key)
        self.note = note


class Ask(Protocol):
    """Asks a model for a text."""

    def __call__(self, brief: Brief, before: Turned | None) -> Written:
        """The text for a brief; `before` is what came the first time, to be mended. Raises NotWritten."""


def rewritten(
    brief: Brief, text: Text, policy: Policy, ask: Ask, tolerated: Collection[str],
    check: Callable[[Text], Sequence[Check]],
) -> tuple[Text, tuple[Note, ...]]:  # fmt: skip
    """The model's text, or ours where it fails twice or none comes; and in either case a note of who wrote it.

    It fails by any check that ours passes; what ours fails, of no severity that blocks, is `tolerated`.
    """
    before: Turned | None = None
    for _ in range(TRIES):
        try:
            written = ask(brief, before)
        except NotWritten as error:
            return text, (Note("writer_template"), error.note)
        made = _framed(written, text, policy.words[brief.language], brief.channel)
        if isinstance(made, str):
            before = Turned(written, form=made)
            continue
        failed = tuple(one for one in check(made) if not one.passed and _counts(one, tolerated))
        if not failed:
            return made, (Note("writer_model"),)
        before = Turned(written, checks=failed)
    ids = tuple(dict.fromkeys(one.id for one in before.checks)) if before else ()
    return text, (Note("writer_template"), Note("writer_refused", {"checks": ids}) if ids else Note("writer_form"))


def _counts(check: Check, tolerated: Collection[str]) -> bool:
    return check.severity == "BLOCK" or check.id not in tolerated


def _framed(written: Written, text: Text, words: Words, channel: str) -> Text | str:
    """A model's words in the frame of ours; or what is wrong with their form."""
    names = [part for part in text.variants[0].parts if part != BY_FRAME]
    if strange := sorted(set(written.parts) - set(names)):
        return f"has parts that the channel has not: {', '.join(strange)}"
    said = {part: typeset(told, words, channel) for part, told in written.parts.items()}
    parts = list(text.variants[0].parts)
    made = framed(parts, said, text.element, typeset(written.words, words, channel), text.frame)
    return made if isinstance(made, str) else replace(text, variants=made.variants, writer="model")


def typeset(text: str, words: Words, channel: str) -> str:
    """The text with the spaces, quotes and apostrophes that its language prints; plain ones in a text message."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if channel not in TYPESET:
        return sms.plain(text)
    if ASIDE in text:
        return text
    rules: Mapping[str, Any] = words.table.get("typeset", {})
    kept = iter([tag[0] for tag in TAG.finditer(text)])
    told = TAG.sub(ASIDE, text)
    for pattern, printed in rules.items():
        told = re.sub(pattern, printed, told, flags=re.MULTILINE)
    return re.sub(re.escape(ASIDE), lambda _: next(kept), told)
