"""Who may see what: a person in a place → Rights, or a refusal. Pure: it asks nobody and keeps nothing."""

from bot.access.identity import admit
from bot.access.policy import BUILT_IN, Policy, RoleRule, make_policy

__all__ = ["BUILT_IN", "Policy", "RoleRule", "admit", "make_policy"]
