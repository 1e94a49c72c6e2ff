"""The message texts inside a play: variant A in full, variant B as the one element that differs.

    ### A
    Subject: …
    Preheader: …

    Hello {first_name|there},

    (the opening) …
    (the call to action) See it: {link}
    Unsubscribe: {unsubscribe}

    ### B
    Subject: …

B is A with that element replaced, so the two cannot drift apart in anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.types import Variant

ELEMENTS = ("subject", "opening", "call_to_action")


@dataclass(frozen=True, slots=True)
class Headings:
    """The fixed words of one language's files: section headings, message labels, the way out."""

    sections: Mapping[str, str]
    labels: Mapping[str, str]
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Message:
    """Two variants in the neutral merge-tag form, and the one element they differ in.

    `type` is a draft type, `stage` the approach it obeys (STG-nn).
    """

    element: str
    variants: tuple[Variant, ...]
    type: str = ""
    stage: str = ""

    def at(self, kind: str, stage: str) -> Message:
        """The same message with its draft type and stage, which only the original file holds."""
        return replace(self, type=kind, stage=stage)


def read_message(content: str, headings: Headings) -> tuple[Message | None, list[str]]:
    """The message of one section, or the faults that keep it from being one."""
    parts = re.split(r"^### +(.+?) *$", content, flags=re.MULTILINE)
    if parts[0].strip() or parts[1::2] != ["A", "B"]:
        return None, ["needs the variants ### A and ### B, and nothing before them"]
    names = {label: name for name, label in headings.labels.items()}
    first, body = _labelled(parts[2], names)
    second, rest = _labelled(parts[4], names)
    faults = [f"variant A lacks its {name}" for name in ("subject", "preheader") if not first.get(name)]
    if len(second) != 1 or rest or not set(second) <= set(ELEMENTS):
        faults.append(f"variant B must hold one line, one of {', '.join(ELEMENTS)}")
    if body.count("{link}") != 1:
        faults.append("needs exactly one {link}")
    last = body.rsplit("\n\n", 1)[-1]
    if f"{headings.unsubscribe} " not in last.replace(":", " ").replace("\u00a0", " "):
        faults.append(f"its last lines lack the word {headings.unsubscribe}")
    if "{unsubscribe}" not in last or "{postal_address}" not in last:
        faults.append("its last lines lack {unsubscribe} or {postal_address}")
    if len(body.split("\n\n")) < 4:
        faults.append("needs a greeting, an opening, a call to action and the last lines")
    if faults:
        return None, faults
    a = Variant("A", first["subject"], first["preheader"], body)
    element, value = next(iter(second.items()))
    return Message(element, (a, _other(a, element, value))), []


def _labelled(text: str, names: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The labelled lines at the head of a variant, by element, and what follows them."""
    lines = text.strip().splitlines()
    found: dict[str, str] = {}
    while lines:
        label, colon, value = lines[0].partition(":")
        if not colon or label.strip() not in names:
            break
        found[names[label.strip()]] = value.strip()
        lines.pop(0)
    return found, "\n".join(lines).strip()


def _other(a: Variant, element: str, value: str) -> Variant:
    if element == "subject":
        return replace(a, name="B", subject=value)
    paragraphs = a.body.split("\n\n")
    place = 1 if element == "opening" else next(i for i, p in enumerate(paragraphs) if "{link}" in p)
    return replace(a, name="B", body="\n\n".join([*paragraphs[:place], value, *paragraphs[place + 1 :]]))
