"""A person's own text, checked like any other: by every guardrail, for a reader of whom all is known, nothing, and the
longest values."""

from __future__ import annotations

from datetime import date

from bot.drafting import guardrails
from bot.drafting.brand import Brand
from bot.drafting.example import EXAMPLE
from bot.drafting.guardrails import Copy
from bot.drafting.messages import labelled
from bot.drafting.policy import Policy
from bot.drafting.previews import previews
from bot.drafting.values import Telling
from bot.errors import BadQuestion
from bot.types import Check, Variant

OF_TWO = "OUT-09"
"""The rule on what two variants differ in, of which a text of one's own has only one."""


def check_text(
    text: str, kind: str | None, channel: str, language: str, brand: Brand, policy: Policy, as_of: date
) -> tuple[Variant, tuple[Check, ...]]:
    """The text by its parts ("subject: ..." in a line of its own before the body), and what the guardrails say of it.

    Raises BadQuestion: `no_such_channel`, `no_text_for` (a draft type that does not exist), `no_text_in_language` (one
    without word lists), `edit_needs_text`.
    """
    if channel not in policy.forms:
        raise BadQuestion("no_such_channel", channel=channel, near=tuple(policy.forms))
    if kind is not None and kind not in policy.kinds:
        raise BadQuestion("no_text_for", asked=kind, near=tuple(policy.kinds))
    if language not in policy.words:
        raise BadQuestion("no_text_in_language", language=language, near=tuple(policy.words))
    if not text.strip():
        raise BadQuestion("edit_needs_text")
    parts = policy.forms[channel]["parts"]
    said, body = labelled(text, [part for part in parts if part != "body"])
    one = Variant("A", {part: body if part == "body" else said.get(part, "") for part in parts})
    telling = Telling.of(policy.words[language], as_of, brand)
    filled = previews((one,), EXAMPLE, telling, brand, policy, None, alone=False)
    copy = Copy(kind or "", "", "", language, (one,), filled, brand, policy, channel)
    return one, tuple(check for check in guardrails.check(copy) if check.id != OF_TWO)
