"""Drafts: messages that a human may send, with the reasons for and against.

    brand       how the company appears
    policy      the rules' numbers and words, from `knowledge/policy/`
    audience    who may get it, and why the others may not
    merge       merge tags and safe values
    guardrails/ ADD A GUARDRAIL: one function, on the text
    checks      the checks on audience and plan
    testplan    holdout and what it can show
    draft       all of it together: `prepare`

A draft has no way to send itself.
"""

from bot.drafting.brand import Brand
from bot.drafting.draft import DraftRequest, prepare
from bot.drafting.policy import Policy
from bot.drafting.policy import load as load_policy

__all__ = ["Brand", "DraftRequest", "Policy", "load_policy", "prepare"]
