"""The intents whose questions are not one metric measured: a reader each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from bot.engines.answers import behaviours, campaigns, defined, futures
from bot.engines.understanding import offered, sayings
from bot.engines.understanding.disputed import disputed, stated
from bot.engines.understanding.reading import Reading
from bot.types import Intent

if TYPE_CHECKING:  # understanding asks the readers, and they build with it
    from bot.engines.understanding.understand import Understanding

Reader: TypeAlias = "Callable[[Understanding], Reading | None]"


def _unreadable(intent: Intent) -> Reader:
    return lambda asked: asked.refusals.say(intent, "cannot_intent", intent=intent.value)


def _claimed(asked: Understanding) -> Reading | None:
    """A supposition on behaviour; "I think churn went up" is a premise."""
    if found := behaviours.read(asked):
        return found
    return None if asked.heard.claims else asked.refusals.say(Intent.CLAIM, "claim_unknown")


READERS: Mapping[str, Reader] = {
    Intent.DEFINE: defined.read,
    "sample_size": campaigns.sized,
    **dict.fromkeys(campaigns.CUES, campaigns.performed),
    offered.CUE: offered.wanted,
    Intent.WHAT_IF: futures.supposed,
    Intent.PROJECT: futures.forecast,
    "saying": sayings.read,
    Intent.RECONCILE: disputed,
    Intent.CLAIM: _claimed,
}
"""Cue, which may be an intent → what reads a question whose words hold it, in this order; None: it is no such one."""


def of_its_own(asked: Understanding) -> Reading | None:
    """What a reader of its own finds; None: it is no such question after all."""
    if any(one.form == "before" for one in asked.heard.periods):
        return None
    for cue, read in READERS.items():
        if cue in asked.heard.intents and (found := read(asked)):
            return found
    return stated(asked)
