"""A campaign to be planned, asked for in words: "help me plan a win-back campaign".

Every word must be known: a verb of planning, "campaign", the name of one, or a word that changes nothing. "Did the
win-back campaign work?" is thus another question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from bot.language import fold, load

STEM = 5
"""Letters by which a word is that of a name: others are inflected away ("odzyskiwania", "fidélisation")."""


def planned(text: str, code: str) -> str | None:
    """What to type to begin that campaign ("campaign start win_back"), or to see which there are; None for any other
    words."""
    words = re.findall(r"\w+", fold(text))
    plan, noun, idle = (_said(code, one) for one in ("verbs", "nouns", "idle"))
    if not plan & set(words) or not any(word.startswith(tuple(noun)) for word in words):
        return None
    named = [word for word in words if word not in plan | idle and not word.startswith(tuple(noun))]
    if not named:
        return "campaign list"
    fits = [id for id, names in _names(code).items() if {word[:STEM] for word in named} <= names]
    return f"campaign start {fits[0]}" if len(fits) == 1 else None


@cache
def _said(code: str, what: str) -> frozenset[str]:
    return frozenset(fold(load(code).say(f"walk_plan_{what}")).split())


@cache
def _names(code: str) -> Mapping[str, frozenset[str]]:
    """Campaign → the stems of what it is called, in the language and by its id."""
    language = load(code)
    return {
        id: frozenset(word[:STEM] for word in re.findall(r"[^\W_]+", fold(f"{id} {name} {id.replace('_', '')}")))
        for id, name in language.data["names"]["values"]["programme"].items()
    }
