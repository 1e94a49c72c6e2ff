"""With what right each person of an export is written to: what they said, else what their country's law allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bot.drafting.policy import Policy

SINCE = {"customer": "since", "former": "churned_on", "trial": "trial_ended_on"}
"""Standing → the day from which a right without a word of the person counts."""
NEEDS_A_WORD = ("consent", "soft_opt_in", "closed")
"""Bases that nobody has who never said a word."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The basis, where it stands, and since when."""

    basis: str
    source: str
    on: date | None


def proof_of(
    person: Mapping[Any, Any], word: Mapping[Any, Any] | None, policy: Policy, channel: str, *, service: bool = False
) -> Proof | None:
    """What a person agreed to, else the rule of their country for people of their standing; None where that asks for
    a word that they never gave. A `service` message is owed to a customer by the contract."""
    if word is not None and word["status"] == "granted":
        return Proof(_text(word["basis"]) or "consent", _text(word["source"]), _day(word["given_on"]))
    country, status = _text(person["country"]), str(person["status"])
    since = _day(person.get(SINCE.get(status, "")))
    if service:
        return Proof("contract", status, since)
    law = policy.law(country, channel)
    basis = getattr(law, status)
    return None if basis in NEEDS_A_WORD else Proof(basis, f"{country}: {law.source}", since)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()
