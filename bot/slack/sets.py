"""Which data set answers, as a shape: each has a service of its own; wiring passes in the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.slack.ports import Service


class Sets(Protocol):
    """The services of one bot; one that cannot be given raises BadWorkspace or Unavailable."""

    @property
    def names(self) -> Sequence[str]:
        """Those beside the main one."""
        ...

    def at(self, team: str, channel: str, thread: str = "") -> Service:
        """The service of what a channel is about, or of what a thread elsewhere is."""
        ...

    def behind(self, answer: str) -> Service:
        """The service that gave a kept answer."""
        ...

    def of_draft(self, draft: str) -> Service:
        """The service that wrote a kept draft."""
        ...

    def named(self, name: str) -> Service:
        """The service of a data set, of the main one by an empty name."""
        ...

    def all(self) -> Sequence[Service]:
        """All that can be given, the main one first."""
        ...

    def channels(self, data: str) -> Sequence[str]:
        """The channels that are about a data set."""
        ...

    def sweep(self, now: datetime) -> None:
        """Deletes the files that people lent for a time which is over."""
        ...

    def suits(self, channel: str, data: str) -> bool:
        """Whether what comes from a data set may be told in a channel unasked."""
        ...
