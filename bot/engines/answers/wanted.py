"""Requests of metrics: what no metric answers can be asked for, with a formula and columns in the asker's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.engines.answers.part import Desk, Part
from bot.engines.understanding.reading import Reading
from bot.language import Language
from bot.language.visible import unquoted
from bot.types import Intent, Query, Wanted

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

LONGEST = 200
"""Characters of a name, a formula, or a list of columns."""


def offered(reading: Reading, language: Language) -> tuple[str, ...]:
    """The words that ask for the metric which a question lacked; none where it lacked something else."""
    declined = reading.declined
    if declined is None or declined.key != "no_such_metric":
        return ()
    return (language.say("follow_request", name=declined.values["name"]),)


def asked_for(asked: Understanding) -> Reading | None:
    """ "Request the metric “X”: FORMULA; COLUMNS"."""
    heard = asked.heard
    saying = next((one for one in heard.language.conditions(heard.tokens) if one.id == "request"), None)
    if saying is None or saying.start > 1 or saying.end >= len(heard.tokens):
        return None
    rest = asked.question.text[heard.tokens[saying.end].start :]
    name, _, how = rest.partition(":")
    formula, _, columns = how.partition(";")
    name, formula, columns = (re.sub(r"\s+", " ", unquoted(one))[:LONGEST] for one in (name, formula, columns))
    wanted = Wanted(name, formula, columns)
    return asked.done(Query(Intent.DATA_HEALTH, subject=wanted.text)) if name else None


def requested(desk: Desk, wanted: Wanted, query: Query) -> Part:
    """The request is kept for those who look after the metrics."""
    desk.keep(wanted)
    part = Part(queries=[query])
    part.say("request_kept", name=wanted.name)
    if wanted.formula:
        part.say("request_formula", formula=wanted.formula)
    if wanted.columns:
        part.say("request_columns", columns=wanted.columns)
    if not wanted.formula:
        part.say("request_how", example=desk.language.say("follow_request", name=wanted.name))
    return part
