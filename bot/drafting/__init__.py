"""Drafts: messages that a human may send, with the reasons for and against.

    brand       how the company appears
    policy      the rules' numbers and words, from `knowledge/policy/`
    messages    ADD A MESSAGE: a row and a text in each language, from `knowledge/messages/`
    law         the law of each country, as data
    aim         what a draft intends, and the people as its rules see them
    stages      ADD A STAGE: who stands in it
    screens     ADD A RULE: who is held back by it
    audience    who may get it, and why the others may not
    offers      what may be offered
    reductions  what a lower price may be said to be
    merge       merge tags; `values` what they stand for, `previews` how a text reads
    guardrails/ ADD A GUARDRAIL: one function, on the text
    checks      the checks on audience and plan
    testplan    holdout and what it can show
    draft       all of it together: `prepare`
    programmes  ADD A CAMPAIGN: a sequence of messages, from `knowledge/campaigns/`
    cadence     the caps over all messages to a person, and the first day on which one may go
    pack        a campaign for a company: who, when, by which channel, every draft; `agreement` whether they agree
    edits       a person's own words
    writer      a language model's words; `bounds` what they may say
    arms        who is held out; `freeze` what an approval fixes, `ours` what our campaigns mean for others
    export      an approved draft as files, with `basis`, `cells`, and
    esp/        ADD A TOOL: one TOML, its merge tags

A draft has no way to send itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.drafting import messages, policy, programmes
from bot.drafting.brand import Brand
from bot.drafting.draft import DraftRequest, prepare
from bot.drafting.messages import Message
from bot.drafting.policy import Policy
from bot.drafting.programmes import Programme

__all__ = ["Brand", "DraftRequest", "Handbook", "Message", "Policy", "Programme", "load_handbook", "prepare"]


class Handbook(NamedTuple):
    """What all drafts are made by: the rules, the written texts, and the campaigns they make."""

    policy: Policy
    messages: tuple[Message, ...]
    programmes: Mapping[str, Programme]


def load_handbook(knowledge: Path) -> Handbook:
    """The rules, the texts and the campaigns of a folder. Raises BadWorkspace naming every fault."""
    rules = policy.load(knowledge / "policy")
    texts = messages.load(knowledge / "messages", rules)
    return Handbook(rules, texts, programmes.load(knowledge / "campaigns", rules, texts))
