"""What a segment means: its rule, and who is in it now. What a figure means is told by its metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engines.answers.part import Desk, Part
from bot.engines.understanding.reading import Reading
from bot.engines.understanding.unknown import unknown_value
from bot.language import Language
from bot.metrics.segments import SEGMENTS, Segment
from bot.types import Intent, Query

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding


def read(asked: Understanding) -> Reading | None:
    """ "What counts as dormant?"; None where a figure is to be defined."""
    heard = asked.heard
    if heard.metrics or heard.unclear or not heard.segments:
        return None
    return asked.done(Query(Intent.DEFINE, subject=heard.segments[0]))


def defined(desk: Desk, query: Query) -> Part:
    """The rule of the segment that the query is about. BadQuestion (`unknown_value`) where there is none."""
    segment = desk.analyst.segment(query.subject)
    if segment is None:
        raise unknown_value(desk.language, "segment", query.subject or "", sorted(SEGMENTS))
    part, name = Part(queries=[query]), desk.language.value_name("segment", segment.name)
    part.say("define_segment", name=name, rule=rule_of(desk.language, segment))
    part.follow_ups = [desk.language.say("follow_churn_of", name=name), desk.language.say("follow_who")]
    return part


def rule_of(language: Language, segment: Segment) -> str:
    """Who is in a segment, in words."""
    return language.rule(segment.name) or language.value_name("segment", segment.rule)
