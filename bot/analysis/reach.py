"""How each channel reaches a person: what tables call it, and which point of contact it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Group = Literal["email", "sms", "phone", "push", "whatsapp", "post", "in_app"]
"""Channels that a law treats alike."""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel. `points` are types of contact point of which a person needs a valid one.

    Without types the address is that of the user itself; an `in_product` channel is seen by those who log in.
    """

    word: str
    """What consents, suppressions and sends call it."""
    law: Group
    points: tuple[str, ...] = ()
    needed: bool = True
    """False where a contact point may say that the address is dead, and nothing else is known without one."""
    in_product: bool = False


CHANNELS: Mapping[str, Way] = {
    "email": Way("email", "email", ("email",), needed=False),
    "sms": Way("sms", "sms", ("phone",)),
    "push": Way("push", "push", ("push_token",)),
    "web_push": Way("web_push", "push", ("web_push_token", "push_token")),
    "in_app": Way("in_app", "in_app", in_product=True),
    "tour": Way("in_app", "in_app", in_product=True),
    "whatsapp": Way("whatsapp", "whatsapp", ("whatsapp", "phone")),
    "linkedin": Way("email", "email", ("email",), needed=False),
    "letter": Way("post", "post", ("postal_address",)),
    "call": Way("phone", "phone", ("phone",)),
}
"""Channel of a draft → how it reaches somebody. What is published for all has no place here.

A note on LinkedIn is an electronic message to one person: it follows the rules and the consents of email.
"""
