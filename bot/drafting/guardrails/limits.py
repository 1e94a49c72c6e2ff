"""Lengths and marks, counted on the merged text; the numbers are in `knowledge/policy/channels.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.drafting import sms
from bot.drafting.guardrails import TITLES, Copy, guardrail
from bot.types import Note, Variant

_SHORTENERS = re.compile(r"https?://(?:bit\.ly|t\.co|tinyurl\.com|goo\.gl|ow\.ly|is\.gd)\S*", re.IGNORECASE)


@guardrail("OUT-11", "BLOCK")
def within_hard_limits(copy: Copy) -> Iterator[Note]:
    """No part is longer than the channel carries, for the longest profile either."""
    yield from _over(copy, "hard", "out_11_too_long")


@guardrail("LEN-01", "WARN")
def within_good_lengths(copy: Copy) -> Iterator[Note]:
    """Every part is as short as it is shown and read."""
    yield from _over(copy, "most", "len_01_too_long")
    least = copy.policy.limit(copy.channel, "preheader", "least") or 0
    for preview in copy.previews:
        length = len(preview.variant["preheader"])
        if preview.profile == "full" and length < least:
            yield Note("len_01_too_short", {"part": "preheader", "n": length, "limit": least})


def _over(copy: Copy, bound: str, key: str) -> Iterator[Note]:
    measured: dict[str, int] = {"sender": len(copy.brand.sender)}
    for preview in copy.previews:
        if bound == "most" and preview.profile == "longest":
            continue  # an unusually long value may be shown cut; it may not break the message
        counted = _counted(preview.variant)
        measured = {part: max(measured.get(part, 0), counted.get(part, 0)) for part in {*measured, *counted}}
    for part, n in sorted(measured.items()):
        limit = copy.policy.limit(copy.channel, part, bound)
        if limit is not None and n > limit:
            yield Note(key, {"part": part, "n": n, "limit": limit})


def _counted(filled: Variant) -> dict[str, int]:
    """All that may be limited: the characters of each part, words, links, steps, the parts of a text message."""
    body = filled["body"]
    steps = re.findall(r"^\d+\. *(.*)$", body, re.MULTILINE)
    return {
        **{part: len(text) for part, text in filled.parts.items()},
        "body_words": len(body.split()),
        "links": len(re.findall(r"https?://", body)),
        "segments": sms.parts(body),
        "steps": len(steps),
        "step": max(map(len, steps), default=0),
    }


@guardrail("DEL-11", "WARN")
def honest_links(copy: Copy) -> Iterator[str]:
    """Links are https, and no shortener hides where they lead."""
    for _, text in copy.texts():
        yield from re.findall(r"http://\S+", text)
        yield from _SHORTENERS.findall(text)


@guardrail("DEL-12", "WARN")
def calm_subject(copy: Copy) -> Iterator[str]:
    """The subject shouts in no way: capitals, exclamation marks, emoji."""
    for _, subject in copy.texts(*TITLES):
        yield from re.findall(r"\b[^\W\d_a-zà-ÿ]{2,}(?:\s+[^\W\d_a-zà-ÿ]{2,})+\b", subject)
        if subject.count("!") > 1:
            yield "!!"
        if sum(unicodedata.category(char) == "So" for char in subject) > 1:
            yield subject


@guardrail("DEL-14", "BLOCK")
def headers_on_one_line(copy: Copy) -> Iterator[str]:
    """Nothing but the body holds a line break, whatever the data brings."""
    for preview in copy.previews:
        for part, line in preview.variant.parts.items():
            if part != "body" and len(line.splitlines()) > 1:
                yield line.splitlines()[0]
