"""`/retention help`: what can be typed here, with questions to start from."""

from __future__ import annotations

from bot.slack.commands import Asked
from bot.slack.prompts import prompts
from bot.types import Answer, Intent, Outcome


def help(asked: Asked) -> Answer:  # noqa: A001  a command is called what people type
    """What the bot does, its commands, and some questions as buttons."""
    language = asked.language
    lines = [f"`{command.name}` – {language.say(f'slack_command_{command.name}')}" for command in asked.commands]
    text = "\n\n".join(
        [
            language.say("help"),
            language.say("slack_help_commands"),
            "\n".join(lines),
            language.say("slack_help_ways"),
        ]
    )
    return Answer(
        outcome=Outcome.ANSWER,
        intent=Intent.HELP,
        language=language.code,
        text=text,
        follow_ups=tuple(text for _, text in prompts(language)),
    )
