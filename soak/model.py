"""A language model on this machine that measures what it is asked for and says it, and hangs at some questions."""

from __future__ import annotations

import random

from soak.questions import ASKED
from tests.models.endpoint import Asked, ScriptedModel
from tests.models.turns import Broken, Turn, call, say


def model(hanging: float) -> ScriptedModel:
    """The model, which is silent at this share of the questions until who asks gives up."""

    def turn(asked: Asked) -> Turn:
        words = next((one for one in ASKED if one.text in asked.question), ASKED[0])
        if asked.step == 0 and random.random() < hanging:  # noqa: S311  chance is no secret
            return Broken("hang")
        return call("measure", words.measures) if asked.step == 0 else say(words.says)

    return ScriptedModel(turn)
