"""What people see of a text that others wrote: nothing invisible, nothing that turns it around; a name unquoted.

A name in the data can hold what forges a line of an answer, recolours a terminal or reads backwards.
"""

from __future__ import annotations

import re

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""All but tab and line feed; joiners stay, for words and emoji need them."""
BREAKS = re.compile("\\s*[\n\u2028\u2029]\\s*")
QUOTES = " \u00a0\u202f\"'.!«»“”„‘’"


def visible(text: str) -> str:
    """The text without what cannot be seen; a carriage return ends a line like a line feed."""
    return UNSEEN.sub("", text.replace("\r", "\n"))


def one_line(text: str) -> str:
    """The same on one line, as a name or a value is."""
    return BREAKS.sub(" ", visible(text))


def unquoted(text: str) -> str:
    """A name without the quotation marks and the full stop around it."""
    return text.strip(QUOTES)
