"""ADD A COMMAND: one function in a module of this folder, `def NAME(asked: Asked) -> Answer`.

Its name is the module's. The language files hold what people type for it in `slack_command_NAME_words`
(any of them, and the name itself) and what help says of it in `slack_command_NAME`. Every command is
acknowledged, checked for access and answered like any other question.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Command:
    """One word after the slash command."""

    name: str
    run: Callable[[Asked], Answer]

    def means(self, text: str, language: Language) -> bool:
        """Whether this text is the command and nothing else."""
        typed = text.strip(" .!?").casefold()
        return typed == self.name or typed in language.say(f"slack_command_{self.name}_words").casefold().split()


def load_commands() -> tuple[Command, ...]:
    """Every command of this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(Command(name, getattr(importlib.import_module(f"{__name__}.{name}"), name)) for name in names)
