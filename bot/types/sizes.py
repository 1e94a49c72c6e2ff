"""How much may be said at once; what is longer is refused in a sentence, wherever it comes in."""

from __future__ import annotations

LONGEST_QUESTION = 2_000
"""Characters of a question: a page of them takes seconds to read, and none that a person asks is as long."""
LONGEST_TEXT = 20_000
"""Characters of a text that is checked, or of what is decided about one."""
