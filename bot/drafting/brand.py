"""How the company appears in its messages; the settings a draft needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Voice:
    """How the company sounds: words it likes and words it avoids, what it signs with, and sentences of its own."""

    use: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    signature: str = ""
    """May hold {sender_name} and {brand}; empty where the usual one serves."""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """Who writes. `formality` says, by language, how the reader is addressed: {"fr": "vous"}.

    `reply_to` is an address somebody reads; a letter to the postal address must arrive.
    """

    name: str
    sender: str = ""
    reply_to: str = ""
    postal_address: str = ""
    formality: Mapping[str, str] = field(default_factory=dict)
    stop: Mapping[str, str] = field(default_factory=dict)
    """How a reader ends text messages, by language, where the usual words do not do: {"fr": "STOP au 36200"}."""
    competitors: Sequence[str] = ()
    """Accounts that get no marketing because they compete, by id or name."""
    for_children: bool = False
    """The product is made for children: whoever's age is unknown may be one, and gets no marketing."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What features, items and terms of the data are called, by language: {"fr": {"Forms": "Formulaires"}}."""
    voice: Mapping[str, Mapping[str, str | Sequence[str]]] = field(default_factory=dict)
    """The fields of a `Voice` by language; under "" what holds in all of them."""

    def voice_in(self, language: str) -> Voice:
        """The voice in a language: its own words after those that hold in all, its own signature before the common."""
        tables = [self.voice.get(name, {}) for name in ("", language)]
        use, avoid, examples = (
            tuple(one for table in tables for one in table.get(name, ())) for name in ("use", "avoid", "examples")
        )
        signature = next((str(table["signature"]) for table in reversed(tables) if table.get("signature")), "")
        return Voice(use, avoid, signature, examples)
