"""Words for several figures ("retention"), and which of them the rest of a text speaks for."""

from __future__ import annotations

from bot.engines.understanding.heard import Heard, Named, Unclear
from bot.engines.understanding.picks import Pick
from bot.language import Language, Matcher


def is_choice(language: Language, pick: Pick) -> bool:
    """Whether the figure that the words name is one of several that they may mean."""
    return any(one.id in _choices(language, each.id) for each in pick.of("ambiguous") for one in pick.of("metric"))


def unclear_of(heard: Heard, pick: Pick) -> Unclear | None:
    """What the unclear word may mean here; None where the same words name another figure outright."""
    name = pick.of("ambiguous")[0].id
    choices, words = _choices(heard.language, name), heard.words(pick.start, pick.end)
    if pick.of("metric") and not any(one.id in choices for one in pick.of("metric")):
        return None
    context = heard.language.data["hears"]["ambiguous"][name]["context"]
    spoken = Matcher(("context", choice, phrase) for choice, phrases in context.items() for phrase in phrases)
    favoured = {span.id for span in spoken.find(heard.tokens[: pick.start] + heard.tokens[pick.end :])}
    decided = Named.of(favoured.pop(), words, pick.start) if len(favoured) == 1 else None
    return Unclear(name, words, tuple(Named.of(one, words, pick.start) for one in choices), decided)


def _choices(language: Language, name: str) -> list[str]:
    choices: list[str] = language.data["hears"]["ambiguous"][name]["choices"]
    return choices
