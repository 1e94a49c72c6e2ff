"""Whom to look for when a person is to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Trace:
    """What names a person, as somebody who asks, as a customer, or as both."""

    askers: tuple[str, ...] = ()
    """Ids of the surface, such as a Slack user id."""
    users: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    """Accounts that are this person's alone, or that are themselves to be forgotten."""
    strong: frozenset[str] = frozenset()
    """Ids, addresses, numbers and full names: whatever names nobody else."""
    weak: frozenset[str] = frozenset()
    """First names and the like: they name this person only beside something that does."""
    exact: frozenset[str] = frozenset()
    """Terms that are looked for as whole values only, such as an id of digits."""

    def named(self, *names: str) -> Trace:
        """With what the person is called; a name of one word is not theirs alone, but as a whole value or a mention."""
        full = {name for name in names if " " in name.strip()}
        mentions = {f"@{name}" for name in names}
        return replace(
            self,
            strong=self.strong | full | mentions,
            weak=self.weak | (set(names) - full),
            exact=self.exact | set(names),
        )
