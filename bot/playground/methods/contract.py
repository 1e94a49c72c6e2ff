"""What every method declares, and how arguments are read: Slack takes JSON, forms and queries alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.workspace import Json, Refused, Workspace

STREAMING = "in_progress"
"""The `streaming_state` of a message that may still grow."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method's function, the scope it needs, and its tier; tier None has a rule of its own."""

    call: Callable[[Workspace, Json], Json]
    scope: str | None
    tier: int | None


def structured(args: Mapping[str, Any], name: str, error: str = "invalid_arguments") -> Any:
    """An argument that is JSON, written as JSON text where it came in a form or a query."""
    value = args.get(name)
    if isinstance(value, str):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            raise Refused(error) from None
    return value


def required(args: Mapping[str, Any], name: str) -> str:
    """A text argument that may not be missing."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
    return value


def truth(args: Mapping[str, Any], name: str) -> bool:
    """A yes or no, which a form writes as a word or a digit."""
    return args.get(name) in (True, "true", "True", "1", 1)


def whole(args: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """A number of things to list."""
    try:
        value = int(args.get(name) or default)
    except ValueError:
        raise Refused("invalid_limit") from None
    if not 1 <= value <= most:
        raise Refused("invalid_limit")
    return value
