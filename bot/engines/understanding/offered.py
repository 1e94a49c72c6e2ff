"""What is worth doing, asked for; and the words by which that answer offers a draft: "Draft DT24 for: at risk, …".

These are read as they were said. They name a segment, a message and a language as the bot names them, and none of
these need be heard so elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.engines.understanding.reading import Reading
from bot.language import Language, available, fold, load
from bot.metrics.segments import SEGMENTS
from bot.types import Intent, Query

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

CUE = ACTIONS = "actions"
"""The cue, and the subject of a weekly query that asks for the actions worth most and nothing else."""
PLACES = {"message": r"(?P<message>DT\d\d(?:-\w+)?)", "segment": "(?P<segment>.+)", "language": r"(?P<language>\w+)"}


def wanted(asked: Understanding) -> Reading | None:
    """ "What should we do this week?", for those who may draft; others get what the playbook says of it."""
    heard = asked.heard
    named = heard.metrics or heard.unclear or heard.strangers or heard.segments or heard.account or heard.filters
    if named:
        return None
    if not asked.question.rights.drafts:
        return asked.done(Query(Intent.ADVISE, subject=asked.question.text))
    return asked.done(Query(Intent.WEEKLY, subject=ACTIONS))


def draft(text: str, language: Language) -> Reading | None:
    """The draft that such words open; None for any other words."""
    found = _pattern(language.code).fullmatch(text.strip().rstrip("."))
    if found is None:
        return None
    segment = _named(language.code, "segment").get(fold(found["segment"]))
    wanted = _named(language.code, "language").get(fold(found["language"]))
    if segment is None or wanted is None:
        return None
    query = Query(Intent.DRAFT, subject=segment, language=wanted, message=found["message"])
    return Reading(language.code, Intent.DRAFT, (query,))


@cache
def _pattern(code: str) -> re.Pattern[str]:
    """The sentence that makes the offer, with a group for each of its places."""
    said = re.escape(load(code).say("follow_action", **{name: f"<{name}>" for name in PLACES}))
    for name, group in PLACES.items():
        said = said.replace(re.escape(f"<{name}>"), group)
    return re.compile(said.replace("\u00a0", r"\s").replace(r"\ ", r"\s"), re.IGNORECASE)


@cache
def _named(code: str, what: str) -> dict[str, str]:
    """Name as people read it → segment, or language."""
    ids = SEGMENTS if what == "segment" else available()
    return {fold(load(code).value_name(what, one)): one for one in ids}
