"""What a text that a language model wrote may say: what the written message says in its place, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.drafting.brand import Brand
from bot.drafting.merge import FIELDS, plain, tags
from bot.drafting.messages import Message, Text
from bot.drafting.policy import Words
from bot.playbook.plays import Play

SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE_A_START = re.compile(r"(?:^|[.!?…:;\n]|\n- |\d\.)[\s\"'“”„«»¿¡(*\-–—•\ufffc]*$")
"""What stands before the first word of a sentence, of a line, or after a colon or a tag at either."""


@dataclass(frozen=True)
class Bounds:
    """The message that a model's text stands for, and the names and words it may know.

    The vocabulary is that of our own messages and plays: a word at the head of a sentence that none of them has may be
    a name. `unsaid` are names of the data and of its people, none of which the model was told.
    """

    template: Text
    words: Words
    brand: Brand
    vocabulary: frozenset[str]
    written: frozenset[str]
    """Of the vocabulary, the words that messages say to readers."""
    unsaid: tuple[str, ...]

    @classmethod
    def of(
        cls, template: Text, words: Words, brand: Brand, messages: Iterable[Message], plays: Iterable[Play],
        unsaid: Iterable[str],
    ) -> Bounds:  # fmt: skip
        """The bounds of a text in the language of these words."""
        texts = [text for one in messages for (language, _), text in one.texts.items() if language == words.language]
        written = frozenset(small(plain(told) for text in texts for told in (*text.said.values(), text.words)))
        guidance = [one.texts[words.language] for one in plays if words.language in one.texts]
        read = frozenset(small(section for one in guidance for section in one.sections.values()))
        return cls(template, words, brand, written | read, written, tuple(unsaid))

    @cached_property
    def told(self) -> str:
        """All that the written message says by itself."""
        return even("\n\n".join(plain(text) for text in self._texts()))

    def _texts(self) -> tuple[str, ...]:
        """The written message, part by part, and what stands around it."""
        frame = self.template.frame.replace("{text}", "")
        return (*self.template.said.values(), self.template.words, frame)

    def beyond(self, name: str, text: str) -> Iterator[str]:
        """What a word list finds in a text and not in the written message."""
        said = {hit.casefold() for hit in self.words.found(name, self.told)}
        yield from (hit for hit in self.words.found(name, even(text)) if hit.casefold() not in said)

    @cached_property
    def tags(self) -> Mapping[str, frozenset[str | None]]:
        """The tags of the written message, each with its fallbacks there, whatever letter they begin with."""
        found: dict[str, set[str | None]] = {}
        for text in self._texts():
            for tag in tags(text):
                found.setdefault(tag.name, set()).add(_begun_small(tag.fallback))
        return {name: frozenset(fallbacks) for name, fallbacks in found.items()}

    def knows_tag(self, name: str, fallback: str | None) -> bool:
        """Whether the written message has the tag, and so completed."""
        return _begun_small(fallback) in self.tags.get(name, ())

    @cached_property
    def kept(self) -> frozenset[str]:
        """The tags without which the text would not say what the people are chosen and the offer is approved for."""
        return frozenset(name for name in self.tags if FIELDS[name].kind in ("needed", "offer") or name == "link")

    @cached_property
    def named(self) -> frozenset[str]:
        """Words that may be written with a capital in the midst of a sentence."""
        return frozenset(word for _, word in _capitals(f"{self.told}\n\n{self.brand.name}, {self.brand.sender}")) | {
            word for part in (self.brand.name, self.brand.sender) for word in _WORD.findall(part)
        }

    def strangers(self, text: str) -> Iterator[str]:
        """Words that may be names of somebody or something that the message does not speak of."""
        for starts, word in _capitals(even(text)):
            known = word in self.named or self.words.starts("always_capital", word)
            if not known and not (starts and self._begins(word)):
                yield word
        low, told = even(text).casefold(), self.told.casefold()
        for name in self.unsaid:
            one = even(name).casefold()
            if one in low and one not in told and (" " in one or one not in self.written):
                yield from re.findall(rf"(?<!\w){re.escape(one)}(?!\w)", low)

    def _begins(self, word: str) -> bool:
        """Whether a word at the head of a sentence is one of the language."""
        return len(word) == 1 or (word[1:].islower() and word.lower() in self.vocabulary)


def even(text: str) -> str:
    """The text with plain spaces and apostrophes only; its lines stay apart."""
    return "\n".join(SPACES.sub(" ", line) for line in text.replace("’", "'").split("\n"))


def small(texts: Iterable[str]) -> Iterator[str]:
    """The words of texts that stand there in small letters."""
    yield from (word for text in texts for word in _WORD.findall(text) if word.islower())


def _capitals(text: str) -> Iterator[tuple[bool, str]]:
    """The words with a capital in them, and whether they begin a sentence or line."""
    for found in _WORD.finditer(text):
        if not found[0].islower():
            yield _BEFORE_A_START.search(text[: found.start()]) is not None, found[0]


def _begun_small(text: str | None) -> str | None:
    return text[:1].lower() + text[1:] if text else text
