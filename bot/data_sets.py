"""The data sets of one workspace: a service for each, and which of them a place, an answer or a draft is about.

    [data.sets]                          [access.channels.C0EUROPE1]
    europe = "europe.toml"               data = "europe"

The main one is asked wherever nothing else is said. They share records, rights and models; each has its own company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import BadWorkspace, ForPerson, Unavailable
from bot.types import LENT, Note

if TYPE_CHECKING:
    from bot.service import Service

log = structlog.get_logger()
NONE: Mapping[str, Callable[[], Service]] = {}
NOWHERE: Mapping[str, str] = {}


class Lends(Protocol):
    """What answers from people's own files."""

    def open(self, name: str) -> Service:
        """What answers from the files of a name; BadQuestion where they are gone."""
        ...

    def sweep(self, now: datetime) -> None:
        """Deletes what is over its time."""
        ...

    def count(self, owner: str) -> int:
        """How many times a person lent some that are kept."""
        ...

    def forget(self, owner: str) -> int:
        """Deletes all of a person's; how many they were."""
        ...


class DataSets:
    """Gives the service that is to answer. Safe to use from many threads; a data set is opened when first asked."""

    def __init__(
        self, main: Service, others: Mapping[str, Callable[[], Service]] = NONE, channels: Mapping[str, str] = NOWHERE
    ) -> None:
        """`others` open the data sets by their names; `channels` are those that are about one: channel → name."""
        self._main, self._others, self._channels = main, others, channels
        self._opened: dict[str, Service] = {}
        self._locks = {name: Lock() for name in others}
        self.names = tuple(others)
        self.lender: Lends | None = None
        """What answers from people's own files, where they may lend some."""

    def at(self, team: str, channel: str, thread: str = "") -> Service:
        """The service of a channel's data set, or of the one that a thread elsewhere is about. Raises as `named`."""
        name = self._channels.get(channel, "")
        if (self._others or self.lender) and thread and not name:
            kept = self._main.records.threads.recall(team, channel, thread)
            name = kept.data if kept is not None else ""
        return self.named(name)

    def behind(self, answer: str) -> Service:
        """The service that gave a kept answer, by the id of its question. Raises as `named`."""
        return self.named(self._main.records.answers.about(answer) if self._others or self.lender else "")

    def of_draft(self, draft: str) -> Service:
        """The service that wrote a kept draft. Raises as `named`."""
        kept = self._main.records.drafts.get(draft) if self._others else None
        return self.named("" if kept is None else kept.document.get("data", ""))

    def named(self, name: str) -> Service:
        """The service of a data set by its name, of the main one by none.

        Raises BadWorkspace for one that there is not, or whose file is wrong, Unavailable where its data is not there.
        """
        if not name:
            return self._main
        if self.lender is not None and name.startswith(LENT):
            return self.lender.open(name)
        try:
            return self.opened(name)
        except (Unavailable, UnknownSet):
            raise
        except ForPerson as error:
            log.warning("a data set cannot be opened", data=name, reason=error.key)
            raise BadWorkspace("data_set_broken", name=name) from error

    def opened(self, name: str) -> Service:
        """As `named`, with the whole reason why one cannot be opened. Raises ForPerson."""
        if name not in self._others:
            raise UnknownSet("data_set_unknown", name=name)
        with self._locks[name]:
            if name not in self._opened:
                service = self._others[name]()
                service.sets = self
                self._opened[name] = service
            return self._opened[name]

    def all(self) -> list[Service]:
        """The main one and every other that can be opened."""
        found = [self._main]
        for name in self._others:
            try:
                found.append(self.named(name))
            except ForPerson as error:
                log.warning("a data set is passed over", data=name, reason=error.key)
        return found

    def channels(self, data: str) -> tuple[str, ...]:
        """The channels that are about a data set."""
        return tuple(channel for channel, name in self._channels.items() if name == data)

    def suits(self, channel: str, data: str) -> bool:
        """Whether what comes from a data set may be told in a channel unasked: not where that is about another."""
        return self._channels.get(channel, data) == data

    def sweep(self, now: datetime) -> None:
        """Deletes the lent files whose time is over."""
        if self.lender is not None:
            self.lender.sweep(now)

    def lent_by(self, owner: str, forget: bool) -> int:
        """How many times a person lent files that are kept; with `forget` they are deleted."""
        if self.lender is None:
            return 0
        return self.lender.forget(owner) if forget else self.lender.count(owner)

    def checked(self, now: datetime) -> Iterator[tuple[str, Note | ForPerson]]:
        """Each data set beside the main one by its name: how it stands, or what is wrong with it."""
        for name in self._others:
            try:
                yield name, _standing(self.opened(name), now)
            except ForPerson as error:
                yield name, error


class UnknownSet(BadWorkspace):
    """There is none of this name, or no longer."""


def _standing(service: Service, now: datetime) -> Note:
    """Raises ForPerson."""
    service.check_defaults()
    report, metrics = service.check(now), service.catalogue()
    values = {
        "name": service.data_set,
        "company": service.company.definitions.company,
        "tables": len(report.tables),
        "day": report.as_of - timedelta(days=1),
        "odd": len(report.oddities),
        "metrics": sum(1 for one in metrics if one["available"]),
    }
    return Note("data_set_stands", values)
