"""The written texts of the drafts, from `knowledge/messages/`: a file for each message and language.

    messages.toml     the facts of each message, once: its stage, the play it carries out
    frames.toml       what stands around every text of a channel: greeting, signature, the way out
    <language>/DT23-price.md

        ## email                            a section for each channel it is written for

        subject: ...                        the channel's parts, a line each
        preheader: ...

        (the opening) ...                   the body

        (the call to action) See it: {link}

        ### B                               the one element in which the other variant differs
        subject: ...

B is A with that element replaced, so the two cannot drift apart in anything else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.drafting.merge import used
from bot.drafting.policy import Policy
from bot.errors import BadWorkspace
from bot.types import Variant, Writer

ORIGINAL = "en"
"""The language in which every message is written."""
OPENING, CALL_TO_ACTION = "opening", "call_to_action"
BY_FRAME = "footer"
"""The part that the frame alone sets."""
_FACTS = {"stage", "play", "offer"}


@dataclass(frozen=True, slots=True)
class Text:
    """Two variants in the neutral merge-tag form, and the one element they differ in."""

    element: str
    variants: tuple[Variant, ...]
    said: Mapping[str, str] = field(default_factory=dict)
    """The parts of A as they are written, without what stands around them."""
    words: str = ""
    """The element as B has it."""
    frame: str = "{text}"
    """What stands around the body, or is the part that the frame alone sets."""
    writer: Writer = "template"

    @property
    def tags(self) -> frozenset[str]:
        """The names of all its merge tags."""
        return frozenset(used(part for one in self.variants for part in one.parts.values()))


@dataclass(frozen=True, slots=True)
class Message:
    """What may be said for one purpose: the facts once, the texts by language and channel."""

    id: str
    stage: str
    """The approach it obeys (STG-nn), or "customer" or "former", at whatever stage."""
    play: str
    offer: str | None = None
    """The kind of approved offer that it states."""
    texts: Mapping[tuple[str, str], Text] = field(default_factory=dict, repr=False)

    @property
    def type(self) -> str:
        """The draft type (DTnn)."""
        return self.id.partition("-")[0]

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels it is written for, the most fitting first."""
        return tuple(channel for language, channel in self.texts if language == ORIGINAL)

    def languages(self, channel: str) -> tuple[str, ...]:
        """The languages in which it is written for a channel."""
        return tuple(language for language, each in self.texts if each == channel)


def load(folder: Path, policy: Policy) -> tuple[Message, ...]:
    """All messages, in the order of `messages.toml`.

    Raises BadWorkspace("messages_broken", folder, gaps) naming every fault of every file.
    """
    gaps: list[str] = []
    facts, frames = _table(folder / "messages.toml", gaps), _table(folder / "frames.toml", gaps)
    texts: dict[str, dict[tuple[str, str], Text]] = {name: {} for name in facts}
    for language, frame in frames.items():
        for path in sorted((folder / language).glob("*.md")):
            where = f"{language}/{path.name}"
            if path.stem not in facts:
                gaps.append(f"{where}: messages.toml has no {path.stem}")
                continue
            service = path.stem[:4] in policy.kinds and policy.kinds[path.stem[:4]].service
            framed = {**frame, "email": frame.get("service_email", "{text}")} if service else frame
            for channel, found in _sections(path.read_text(encoding="utf-8"), policy, framed):
                if isinstance(found, Text):
                    texts[path.stem][language, channel] = found
                else:
                    gaps.append(f"{where}: {channel}: {found}")
    for name, row in facts.items():
        if not {"stage", "play"} <= set(row) <= _FACTS:
            gaps.append(f"messages.toml: {name} needs a stage and a play, and may have an offer")
        if name.partition("-")[0] not in policy.kinds:
            gaps.append(f"messages.toml: draft_types.toml has no {name.partition('-')[0]}, the kind of {name}")
        if not any(language == ORIGINAL for language, _ in texts[name]):
            gaps.append(f"messages.toml: {name} is not written in {ORIGINAL}")
    if gaps:
        raise BadWorkspace("messages_broken", folder=str(folder), gaps=tuple(gaps))
    return tuple(Message(name, texts=texts[name], **row) for name, row in facts.items())


def _table(path: Path, gaps: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        gaps.append(f"{path.name}: missing or unreadable")
        return {}


def _sections(content: str, policy: Policy, frame: Mapping[str, str]) -> Iterator[tuple[str, Text | str]]:
    """Channel → its text, or what is wrong with it."""
    before, *parts = re.split(r"^## +(\S+) *$", content, flags=re.MULTILINE)
    if before.strip():
        yield "before the first channel", "text that belongs to none"
    for channel, section in zip(parts[::2], parts[1::2], strict=True):
        known = policy.channels.get(channel, {}).get("parts")
        yield channel, _text(section, known, frame.get(channel, "{text}")) if known else "no such channel"


def _text(section: str, parts: list[str], frame: str) -> Text | str:
    first, *others = re.split(r"^### B *$", section, flags=re.MULTILINE)
    labels = [part for part in parts if part not in ("body", BY_FRAME)]
    said, body = labelled(first, labels)
    if len(others) != 1:
        return "needs one ### B"
    other, rest = labelled(others[0], [*labels, OPENING, CALL_TO_ACTION, "body"])
    if len(other) != 1 or rest:
        return "### B must hold one line, the element that differs"
    return framed(parts, {**said, "body": body}, *next(iter(other.items())), frame)


def framed(parts: Sequence[str], said: Mapping[str, str], element: str, words: str, frame: str) -> Text | str:
    """The text of a channel's parts, as A says them and B with other words for its element, each in its frame; or what
    is wrong with it."""
    written = [part for part in parts if part != BY_FRAME]
    if lacking := [part for part in written if not said.get(part)]:
        return "has no text" if lacking == ["body"] else f"lacks its {', '.join(lacking)}"
    if not words:
        return f"### B has no words for its {element}"
    if (changed := _changed(said["body"], element, words)) is None:
        return f"### B changes its {element}, which it does not have"
    around = "{text}" if BY_FRAME in parts else frame

    def variant(name: str, said: Mapping[str, str]) -> Variant:
        told = {**said, "body": around.replace("{text}", said["body"]), BY_FRAME: frame}
        return Variant(name, {part: told[part] for part in parts})

    other = {**said, "body": changed} if element not in written or element == "body" else {**said, element: words}
    return Text(element, (variant("A", said), variant("B", other)), dict(said), words, frame)


def labelled(text: str, labels: list[str]) -> tuple[dict[str, str], str]:
    """The labelled lines at the head of a text, and what follows them."""
    lines = text.strip().splitlines()
    found: dict[str, str] = {}
    while lines:
        label, colon, value = lines[0].partition(":")
        if not colon or label not in labels or label in found:
            break
        found[label] = value.strip()
        lines.pop(0)
    return found, "\n".join(lines).strip()


def _changed(body: str, element: str, words: str) -> str | None:
    """The body with its element in other words; the body itself where that lies outside it; None where it has none."""
    paragraphs = body.split("\n\n")
    if element == "body":
        return words
    if element == OPENING:
        return "\n\n".join([words, *paragraphs[1:]])
    if element == CALL_TO_ACTION:
        place = next((at for at, one in enumerate(paragraphs) if "{link}" in one), None)
        return None if place is None else "\n\n".join([*paragraphs[:place], words, *paragraphs[place + 1 :]])
    return body
