"""The questions to start from, as buttons and as suggested prompts."""

from __future__ import annotations

from bot.language import Language
from bot.slack import limits


def prompts(language: Language) -> tuple[tuple[str, str], ...]:
    """(title, question) of at most four prompts, in one language."""
    names = ("churn", "why", "weekly", "draft")[: limits.PROMPTS]
    return tuple((language.say(f"slack_prompt_{name}_title"), language.say(f"slack_prompt_{name}")) for name in names)
