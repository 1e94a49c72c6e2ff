"""What the brand itself does not want to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail

_ENDING = re.compile(r"(?<=\w{4})[aeiouyąęóàâéèêëîïôûùáíú]$")
_MOST_ADDED = 4
"""Letters that an inflection puts behind a stem."""


@guardrail("CON-13", "WARN")
def voice_of_the_brand(copy: Copy) -> Iterator[str]:
    """No word that the brand avoids, in whatever form."""
    for words in copy.brand.voice_in(copy.language).avoid:
        stems = [re.escape(_ENDING.sub("", word)) for word in words.split()]
        if stems:
            form = r"\b" + r"\s+".join(rf"{stem}\w{{0,{_MOST_ADDED}}}" for stem in stems) + r"\b"
            yield from (found for text in copy.said for found in re.findall(form, text, re.IGNORECASE))
