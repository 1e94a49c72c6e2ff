"""The nouns: what passes from room to room.

Every one is frozen, holds data only, and knows nothing of Slack, SQL, or prose
except where its one line says so. Instants are naive UTC; days are calendar days
in the reporting zone; windows are half-open, `[start, end)`.
"""

from __future__ import annotations

from bot.types.agent import Endpoint, Limits, Spent
from bot.types.alerts import Alert, When
from bot.types.campaigns import Assigned, Campaign, Decision, Deed, Order, Touch
from bot.types.compositions import TONES, Choices, Composition
from bot.types.drafts import Audience, Check, Draft, Variant, Writer
from bot.types.endorsements import Endorsement
from bot.types.groups import Condition, Group, limit_of
from bot.types.meanings import Meaning, over
from bot.types.metrics import LENT, Definitions, Good, Metric, Shape, Unit, Value
from bot.types.notes import Citation, Note
from bot.types.pictures import Picture
from bot.types.questions import (
    Amount,
    Answer,
    Choice,
    Clarify,
    Defaults,
    Evidence,
    Filters,
    Final,
    Finding,
    Intent,
    Outcome,
    Query,
    Question,
    filters,
)
from bot.types.rate import USUAL_RATE, Held, Rate
from bot.types.rights import Person, Place, Rights, RowFilter
from bot.types.schedules import Cadence, Readers, Schedule
from bot.types.standing import DeedOn, Entry, Limit, Standing
from bot.types.traces import Trace
from bot.types.wanted import Wanted
from bot.types.windows import Grain, Happening, Window, instant, local_day

__all__ = [
    "LENT",
    "TONES",
    "USUAL_RATE",
    "Alert",
    "Amount",
    "Answer",
    "Assigned",
    "Audience",
    "Cadence",
    "Campaign",
    "Check",
    "Choice",
    "Choices",
    "Citation",
    "Clarify",
    "Composition",
    "Condition",
    "Decision",
    "Deed",
    "DeedOn",
    "Defaults",
    "Definitions",
    "Draft",
    "Endorsement",
    "Endpoint",
    "Entry",
    "Evidence",
    "Filters",
    "Final",
    "Finding",
    "Good",
    "Grain",
    "Group",
    "Happening",
    "Held",
    "Intent",
    "Limit",
    "Limits",
    "Meaning",
    "Metric",
    "Note",
    "Order",
    "Outcome",
    "Person",
    "Picture",
    "Place",
    "Query",
    "Question",
    "Rate",
    "Readers",
    "Rights",
    "RowFilter",
    "Schedule",
    "Shape",
    "Spent",
    "Standing",
    "Touch",
    "Trace",
    "Unit",
    "Value",
    "Variant",
    "Wanted",
    "When",
    "Window",
    "Writer",
    "filters",
    "instant",
    "limit_of",
    "local_day",
    "over",
]
