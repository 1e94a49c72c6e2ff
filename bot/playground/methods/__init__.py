"""The Web API: each family a module, each method a function of the workspace and its arguments."""

from __future__ import annotations

from collections.abc import Mapping

from bot.playground.methods import agent, chat, files, functions, reading, streams, views
from bot.playground.methods.contract import Method

METHODS: Mapping[str, Method] = {
    **agent.METHODS,
    **chat.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **reading.METHODS,
    **streams.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS", "Method"]
