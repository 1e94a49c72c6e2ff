"""What we ourselves know of people beyond the company's data: our campaigns that run, and what left the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from bot.analysis.recipient_messages import TOUCH_DAYS
from bot.analysis.recipients import Recipients
from bot.drafting.aim import Sent
from bot.types import Touch, instant

SPANS = (1, 7, 30)
"""Days over which messages are counted."""


@dataclass(frozen=True)
class Ours:
    """Our own campaigns, as they matter to another draft."""

    held: Collection[str] = ()
    """The accounts that a campaign which still runs holds out."""
    written: Collection[Touch] = ()
    """What was exported in the last months."""
    sent: Callable[[str], Sent] = lambda _: Sent()
    """Message → to whom it went before."""

    def told(self, recipients: Recipients, as_of: date, zone: str) -> Recipients:
        """The recipients, with the accounts that are held out, and with our own exports in the caps.

        A message that the company's own data shows as sent already counts twice in the caps then, which is the stricter
        reading; among the touches it counts once.
        """
        people = recipients.people.copy()
        people["held_out"] = people.held_out | people.account_id.isin(self.held)
        for days in SPANS:
            since = instant(as_of - timedelta(days=days), zone)
            counted = Counter(one.person for one in self.written if one.at >= since)
            people[f"messages_{days}"] += people.user_id.map(counted).fillna(0).astype("int64")
        people["touches_90"] = self._touches(people, instant(as_of - timedelta(days=TOUCH_DAYS), zone))
        return replace(recipients, people=people)

    def _touches(self, people: pd.DataFrame, since: datetime) -> pd.Series:
        """The touches of the company's data, and those of ours that it does not show."""
        mine: dict[str, list[Touch]] = {}
        for one in self.written:
            if one.at >= since:
                mine.setdefault(one.person, []).append(one)
        told = [
            " ".join([*touches.split(), *(one.type for one in mine.get(user, ()) if one.campaign not in shown.split())])
            for user, touches, shown in zip(people.user_id, people.touches_90, people.received, strict=True)
        ]
        return pd.Series(told, index=people.index, dtype="object")
