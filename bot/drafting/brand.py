"""How the company appears in its messages; the settings a draft needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What features, items and terms of the data are called, by language: {"fr": {"Forms": "Formulaires"}}."""
