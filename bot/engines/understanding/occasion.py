"""Parts of a text that say only why it is asked, or what for: "need it for the board", "asking because legal wants to
know". What they name is none of the question, so it is read without them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from bot.language import Language, Span, Token
from bot.language.matcher import words

BREAK = re.compile(r"[.!?;:\n]+(?=\s|$)|,(?=\s)|\s[-\u2013]+\s|\s?[\u2014\u2026]\s?|\.\.+|[()]")
"""What parts a text: the end of a sentence, a comma, a dash, a bracket."""
ENDS = re.compile(r"[.!?;\n()]")
"""What ends a sentence, and so a reason that was begun within it."""
SENTENCE = re.compile(r".+?(?:[.?!]+(?=\s|$)|$)\s*", re.DOTALL)
"""A sentence with what ends it; a dot within a word or a figure ends none."""
AHEAD = 3
"""So many small words may stand before a reason: "and btw I need it for the board"."""
OF_A_MESSAGE = frozenset({"says", "manner", "kind"})
"""What a message is to be like may be said in a sentence of its own."""
SILENT = frozenset(
    {"word", "turn", "link", "part", "claim", "compare", "degree", "moment", "rate", "step", "happening"}
)
"""Kinds of phrase that name nothing."""
WANTED = frozenset({"metric", "ambiguous", "stranger", "segment"})
ASKING = frozenset({"make", "message", "how", "what_is", "asks"})


def without_occasion(text: str, language: Language) -> str:
    """The text less what says only why it is asked; the whole text where nothing else would be left."""
    text = _without_musings(unicodedata.normalize("NFC", text), language)
    left, parts = text, list(_parts(text))
    for n, (start, end) in reversed(list(enumerate(parts))):
        tokens = words(text[start:end])
        if (at := _begins(tokens, language)) is None:
            continue
        opened = start + tokens[at].start if at else start
        first = n == 0 or bool(ENDS.search(text[parts[n - 1][1] : start]))
        stop = end if first or at else _end_of_sentence(text, start)
        shorter = f"{left[:opened].rstrip(' ,:-–—(')} {left[stop:].lstrip(' ,)')}".strip()
        left = shorter if _asks(shorter, text[opened:stop], language) else left
    return left


def _without_musings(text: str, language: Language) -> str:
    """The text less the sentences in which the asker speaks of themselves and names nothing: "We argue about it."."""
    sentences = [one for one in SENTENCE.findall(text) if one.strip()]
    left = [one for one in sentences if len(sentences) == 1 or not _muses(one, language)]
    rest = "".join(left).strip()
    return rest if rest and len(left) < len(sentences) and _asks(rest, "", language) else text


def _muses(sentence: str, language: Language) -> bool:
    tokens = words(sentence)
    told = {one.id for one in language.of_occasions(tokens)}
    return (
        "own" in told
        and "means" not in told
        and not any(one.id in OF_A_MESSAGE for one in language.of_messages(tokens))
        and "?" not in sentence
        and len(tokens) >= AHEAD
        and not _names(tokens, set(), language)
    )


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in BREAK.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _end_of_sentence(text: str, start: int) -> int:
    found = ENDS.search(text, start)
    return found.start() if found else len(text)


def _begins(tokens: tuple[Token, ...], language: Language) -> int | None:
    """The place where a reason begins in a part, 0 for all of it; None where the part asks for something."""
    told = language.of_occasions(tokens)
    opening = [one for one in told if one.id == "reason" and all(_small(one, tokens, language))]
    if any(one.start <= AHEAD for one in opening):
        return 0
    amid = [one.start for one in told if one.id == "amid"]
    if amid:
        return min(amid)
    settings = {at for one in told if one.id == "setting" for at in range(one.start, one.end)}
    if settings and not _names(tokens, settings, language):
        return 0
    return None


def _small(span: Span, tokens: tuple[Token, ...], language: Language) -> Iterator[bool]:
    return (token.folded in language.filler for token in tokens[: span.start])


def _names(tokens: tuple[Token, ...], settings: Collection[int], language: Language) -> bool:
    """Whether words name a figure, a group, a time or a wish; "the retention budget" is a setting."""
    spans = language.phrases(tokens)
    asides = {at for one in spans if one.id == "aside" for at in range(one.start, one.end)}
    return any(
        one.kind not in SILENT
        and one.id not in ASKING
        and one.end not in settings
        and asides.isdisjoint(range(one.start, one.end))
        for one in spans
    )


def _asks(rest: str, gone: str, language: Language) -> bool:
    """Whether what is left still asks: it does not where all that is asked for goes: "my boss wants churn, by plan"."""
    named, lost = ({one.kind for one in language.hear(words)[1]} for words in (rest, gone))
    return bool(named - SILENT or len(rest.split()) > AHEAD) and (not lost & WANTED or bool(named & WANTED))
