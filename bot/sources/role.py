"""Whether the role that reads a company's data could change it: the bot never does, but who has its password may."""

from __future__ import annotations

from bot.sources.company import Company
from bot.types import Note

SUPERUSER = "superuser"
MOST_NAMED = 5


def role_note(company: Company) -> Note | None:
    """What the role may change, to be said; None for one that only reads. Raises `Unavailable`."""
    found = company.connection.writable()
    if SUPERUSER in found:
        return Note("role_superuser")
    return Note("role_may_write", {"n": len(found), "things": list(found[:MOST_NAMED])}) if found else None
