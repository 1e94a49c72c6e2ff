"""Who gets the message and who is held out: told by a hash of the unit and the campaign's salt, for good.

The same rule in Python (`Draw.arm`) and in SQL (`Draw.sql`), so that a warehouse can tell the arms without us. Hashes
are compared as text, which every engine does alike; md5 spreads evenly and guards no secret here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.types.campaigns import Arm

DIGITS = 16**8


def hashed(salt: str, unit: str) -> str:
    """The place of a unit in a draw: 32 hexadecimal digits, in small letters."""
    return hashlib.md5(f"{salt}:{unit}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Draw:
    """Everybody whose hash is not above `cut` is held out; an empty cut holds nobody out."""

    salt: str
    cut: str
    variants: tuple[str, ...] = ("A",)

    def arm(self, unit: str) -> Arm:
        """The arm of a unit: a person, or an account whose people must not be told apart."""
        return "holdout" if hashed(self.salt, unit) <= self.cut else "treatment"

    def variant(self, unit: str) -> str:
        """The text of a treated unit, by a hash of its own; each text is as likely as the other."""
        if self.arm(unit) == "holdout":
            return ""
        place = hashed(f"{self.salt}/text", unit)
        return next(name for name, below in zip(self.variants, self._bounds(), strict=True) if place < below)

    def sql(self, table: str, unit: str) -> str:
        """A query of `unit`, arm and variant; for DuckDB, PostgreSQL and any other engine whose md5 gives text."""
        place = f"md5('{self.salt}/text:' || {unit})"
        texts = " ".join(
            f"WHEN {place} < '{below}' THEN '{name}'" for name, below in zip(self.variants, self._bounds(), strict=True)
        )
        held = f"md5('{self.salt}:' || {unit}) <= '{self.cut}'"
        return (
            f"SELECT {unit}, CASE WHEN {held} THEN 'holdout' ELSE 'treatment' END AS arm,\n"
            f"    CASE WHEN {held} THEN '' {texts} END AS variant\nFROM {table}"
        )

    def _bounds(self) -> list[str]:
        """The first hash beyond each text's part, the last one beyond any: 'g' comes after every digit."""
        many = len(self.variants)
        return [f"{DIGITS * place // many:08x}" for place in range(1, many)] + ["g"]


def draw(units: Iterable[str], salt: str, held: int, variants: tuple[str, ...] = ("A",)) -> Draw:
    """The draw that holds out exactly `held` of these units: those with the lowest hashes."""
    places = sorted({hashed(salt, unit) for unit in units})
    return Draw(salt, places[held - 1] if held else "", variants)
