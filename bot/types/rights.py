"""Who asks, where, and what may be shown to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Place(StrEnum):
    """Where an answer will be read; the audience counts as well as the asker."""

    DM = "dm"
    PRIVATE = "private"
    PUBLIC = "public"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows a person is confined to, by a dimension of the account; named in every answer."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be shown. None means "all". Only ever narrowed, by `within`."""

    role: str = "analyst"
    metrics: frozenset[str] | None = None
    dimensions: frozenset[str] | None = None
    person_level: bool = True
    drafts: bool = True
    row_filters: tuple[RowFilter, ...] = ()
    smallest_cell: int = 0
    approves: bool = False
    """May decide on drafts and take them out of the house."""

    def within(self, other: Rights) -> Rights:
        """The intersection: what both may see."""

        def both(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
            return b if a is None else a if b is None else a & b

        return replace(
            self,
            metrics=both(self.metrics, other.metrics),
            dimensions=both(self.dimensions, other.dimensions),
            person_level=self.person_level and other.person_level,
            drafts=self.drafts and other.drafts,
            approves=self.approves and other.approves,
            row_filters=tuple(dict.fromkeys(self.row_filters + other.row_filters)),
            smallest_cell=max(self.smallest_cell, other.smallest_cell),
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking, as the surface knows them; access turns this into Rights or a refusal."""

    id: str
    team: str = ""
    guest: bool = False
    stranger: bool = False
    """From another company or workspace."""
    bot: bool = False
    deleted: bool = False
    email: str | None = None
    groups: tuple[str, ...] = ()
    language: str | None = None
    zone: str = ""
    """Their own time zone, an IANA name, where the surface knows it."""
    name: str = ""
    """What they are called, where that is known."""

    @property
    def signature(self) -> str:
        """The name in which they do something."""
        return self.email or self.id
