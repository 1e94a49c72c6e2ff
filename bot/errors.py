"""What can go wrong, and for whom it is worded.

    MainstayError
    ├── ForPerson            has a key and values, so that every language can say it; exit code 2
    │   ├── BadQuestion      the words name a metric, period, value or option that does not exist
    │   ├── BadData          the company's data lacks or breaks something
    │   ├── BadWorkspace     the workspace file or the environment is wrong, with every gap at once
    │   ├── NotAllowed       the asker or the place may not see this
    │   └── Unavailable      a database, an endpoint or an index does not answer
    │       └── ModelFailed  a language model gave nothing that can be used; the rules engine answers in its place
    └── OurFault             a defect of the program; exit code 1, logged, never shown

Exception text of other libraries never reaches a person: catch it at the rim, raise one of these.
"""

from __future__ import annotations

from typing import Any


class MainstayError(Exception):
    """The root; never raised itself."""


class ForPerson(MainstayError):
    """A sentence for a person: `key` names it in the language files, `values` fill it."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(f"{key} {values}" if values else key)
        self.key = key
        self.values = values


class BadQuestion(ForPerson):
    """An unknown metric, a period before the data, a filter value that does not exist."""


class BadData(ForPerson):
    """A missing table or column, an unreadable file, a type that does not fit."""


class BadWorkspace(ForPerson):
    """`gaps` lists all that is wrong with the settings, not only the first."""


class NotAllowed(ForPerson):
    """Refused by rights; worded so that "not allowed" is never told as "none"."""


class Unavailable(ForPerson):
    """Something outside does not answer; worth another try later."""


class ModelFailed(Unavailable):
    """A language model gave nothing that can be used; `key` says why.

    model_unreachable, model_timeout, model_rate_limited, model_quota, model_key_refused, model_unknown,
    model_request_refused, model_too_long, model_error, model_cut, model_refused, model_empty, model_unreadable,
    model_without_tools.
    """


class OurFault(MainstayError):
    """A broken promise between our own rooms."""
