"""What we ourselves know of people beyond the company's data: our campaigns that run, and what left the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.analysis.recipients import Recipients
from bot.types import instant

SPANS = (1, 7, 30)
"""Days over which messages are counted."""


def with_ours(
    recipients: Recipients, held: Collection[str], written: Iterable[tuple[str, datetime]], as_of: date, zone: str
) -> Recipients:
    """The recipients, with the accounts that our running campaigns hold out, and with our own exports in the caps.

    A message that the company's own data shows as sent already counts twice then: the stricter reading.
    """
    people = recipients.people.copy()
    people["held_out"] = people.held_out | people.account_id.isin(held)
    known = list(written)
    for days in SPANS:
        since = instant(as_of - timedelta(days=days), zone)
        ours = Counter(person for person, at in known if at >= since)
        people[f"messages_{days}"] += people.user_id.map(ours).fillna(0).astype("int64")
    return replace(recipients, people=people)
