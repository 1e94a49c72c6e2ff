"""Figures and dates in a text come from a field or a metric, so the text itself holds none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail

_FIGURE = re.compile(r"[+−-]?[$€£]?\d[\d.,:/]*\d(?:\s?[%€$£])?|[$€£]?\d(?:\s?[%€$£])?")
_STEP = re.compile(r"^\d\. ", re.MULTILINE)
"""The number of a step in a list is no figure."""


@guardrail("OUT-06", "BLOCK")
def no_untied_figures(copy: Copy) -> Iterator[str]:
    """A figure or date is the value of a tag; one written into the text has no source."""
    for text in copy.said:
        yield from _FIGURE.findall(_STEP.sub("", text))
        yield from copy.words.found("dates", text)


@guardrail("LOC-05", "BLOCK")
def forms_of_the_language(copy: Copy) -> Iterator[str]:
    """Numbers and dates have the form of the language; numeric dates such as 1/12 mean two things."""
    yield from copy.found("number_format")
    for text in copy.said:
        yield from re.findall(r"\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\b", text)
        yield from re.findall(r"\b\d{4}-\d{2}-\d{2}\b", text)


@guardrail("LOC-02", "BLOCK")
def one_language(copy: Copy) -> Iterator[str]:
    """Every sentence is in the language of the message."""
    for text in copy.said:
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
            heard = set(re.findall(r"[^\W\d_]+", sentence.lower()))
            counts = {code: len(heard & words.function_words) for code, words in copy.policy.words.items()}
            other = max(counts, key=lambda code: counts[code])
            if other != copy.language and counts[other] > counts[copy.language] + 1:
                yield sentence.strip()[:60]
