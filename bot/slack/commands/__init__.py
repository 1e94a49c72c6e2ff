"""ADD A COMMAND: one function in a module of this folder, `def NAME(asked: Asked) -> Answer`.

Its name is the module's. The language files hold what people type for it in `slack_command_NAME_words`
(any of them, and the name itself) and what help says of it in `slack_command_NAME`. A function
`takes(language)` beside it names the words that may stand after it, before what they are about, or None for any. Every
command is acknowledged, checked for access and answered like any other question.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from bot.language import Language
from bot.slack.ports import Service
from bot.types import Answer, Question


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command is given: the service, its fellow commands, and the question with its rights."""

    service: Service
    commands: tuple[Command, ...]
    question: Question
    thread: str
    language: Language
    inside: Callable[[], bool]
    """Whether the bot can post where this is asked."""
    known: Callable[[str], Sequence[str]]
    """An address → the ids of those whom Slack knows by it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word after the slash command."""

    name: str
    run: Callable[[Asked], Answer]
    takes: Callable[[Language], Collection[str] | None]

    def means(self, text: str, language: Language) -> bool:
        """Whether this text is the command and nothing but what it takes."""
        typed, *more = text.strip(" .!?").casefold().split() or [""]
        words = (self.name, *language.say(f"slack_command_{self.name}_words").casefold().split())
        taken = self.takes(language)
        return typed in words and (not more or taken is None or more[0] in taken)


def load_commands() -> tuple[Command, ...]:
    """Every command of this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = ((name, importlib.import_module(f"{__name__}.{name}")) for name in names)
    return tuple(Command(name, getattr(one, name), getattr(one, "takes", _nothing)) for name, one in modules)


def _nothing(_language: Language) -> Collection[str]:
    return ()
