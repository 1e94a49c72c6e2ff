"""What we ourselves know of people beyond the company's data: our campaigns that run, and what left the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.analysis.recipients import Recipients
from bot.drafting.aim import Sent
from bot.types import instant

SPANS = (1, 7, 30)
"""Days over which messages are counted."""


@dataclass(frozen=True)
class Ours:
    """Our own campaigns, as they matter to another draft."""

    held: Collection[str] = ()
    """The accounts that a campaign which still runs holds out."""
    written: Collection[tuple[str, datetime]] = ()
    """(person, when) of what was exported in the last month."""
    sent: Callable[[str], Sent] = lambda _: Sent()
    """Message → to whom it went before."""

    def told(self, recipients: Recipients, as_of: date, zone: str) -> Recipients:
        """The recipients, with the accounts that are held out, and with our own exports in the caps.

        A message that the company's own data shows as sent already counts twice then: the stricter reading.
        """
        people = recipients.people.copy()
        people["held_out"] = people.held_out | people.account_id.isin(self.held)
        for days in SPANS:
            since = instant(as_of - timedelta(days=days), zone)
            counted = Counter(person for person, at in self.written if at >= since)
            people[f"messages_{days}"] += people.user_id.map(counted).fillna(0).astype("int64")
        return replace(recipients, people=people)
