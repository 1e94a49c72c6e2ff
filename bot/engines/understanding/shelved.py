"""The saved segments, spoken of: "delete the segment Monthly ones", `segments`, `segments delete Monthly ones`.

A verb and the word for a segment begin the text; what stands after them is a name, however it is written.
"""

from __future__ import annotations

import re
from functools import cache

from bot.language import available, fold, load
from bot.language.visible import unquoted

MOST_OPENING = 6
"""Words within which the verb and the word for a segment stand."""


def deletes(text: str) -> str | None:
    """The name of the segment that is to be deleted, empty where none is given; None for other words."""
    verbs, nouns, idle = (_said(one) for one in ("verb_delete", "nouns", "idle"))
    seen: set[str] = set()
    for number, found in enumerate(re.finditer(r"\w+", text)):
        word = fold(found[0])
        kind = "verb" if word in verbs else "noun" if word in nouns else "idle" if word in idle else ""
        if not kind or number == MOST_OPENING or (kind != "idle" and kind in seen):
            return None
        if kind == "verb" and (text[found.end() :].startswith("-") or ("noun" in seen and word not in _typed())):
            return None  # "group drop-off", "segments drop in churn"
        seen.add(kind)
        if {"verb", "noun"} <= seen:
            return unquoted(text[found.end() :].strip(" \u00a0\u202f:?"))
    return None


@cache
def _typed() -> frozenset[str]:
    """The verb of the command, as it is shown: `segments delete NAME`."""
    return frozenset(fold(load(one).say("segments_verb_delete").split()[0]) for one in available())


@cache
def _said(what: str) -> frozenset[str]:
    """The words of a kind in every language, folded: a name in another one must not hide what is wanted."""
    return frozenset(fold(" ".join(load(one).say(f"segments_{what}") for one in available())).split())
