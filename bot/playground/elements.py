"""The elements inside blocks, and the small rules they are made of.

A rule is a function of a value and its path; it yields one sentence for each fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from bot.playground import limits

Rule: TypeAlias = Callable[[Any, str], Iterator[str]]


def string(most: int, least: int = 1) -> Rule:
    """Text of a length."""

    def rule(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{path}: not a string"
        elif len(value) < least:
            yield f"{path}: empty"
        elif len(value) > most:
            yield f"{path}: {len(value)} characters, at most {most}"

    return rule


def flag(value: Any, path: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield f"{path}: not true or false"


def number(value: Any, path: str) -> Iterator[str]:
    """A whole or broken number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{path}: not a number"


def one_of(*values: str) -> Rule:
    """One of some words."""

    def rule(value: Any, path: str) -> Iterator[str]:
        if value not in values:
            yield f"{path}: {value!r} is not one of {', '.join(values)}"

    return rule


def items(each: Rule, least: int, most: int) -> Rule:
    """A list of so many, each by the same rule."""

    def rule(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path}: not a list"
            return
        if not least <= len(value) <= most:
            yield f"{path}: {len(value)} items, from {least} to {most} are allowed"
        for at, item in enumerate(value):
            yield from each(item, f"{path}/{at}")

    return rule


def record(needed: Mapping[str, Rule], allowed: Mapping[str, Rule]) -> Rule:
    """An object with fields it needs and fields it may have, and no others."""

    def rule(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: not an object"
            return
        yield from (f"{path}/{name}: missing" for name in needed if name not in value)
        for name, inner in value.items():
            check = needed.get(name) or allowed.get(name)
            if check is None:
                yield f"{path}/{name}: unknown field"
            else:
                yield from check(inner, f"{path}/{name}")

    return rule


def typed(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` picks its rule."""

    def rule(value: Any, path: str) -> Iterator[str]:
        kind = str(value.get("type")) if isinstance(value, dict) else "none"
        if kind not in rules:
            yield f"{path}: type {kind!r} is not one of {', '.join(rules)}"
        else:
            yield from rules[kind](value, path)

    return rule


# --- text objects -----------------------------------------------------------------------------


def plain(most: int) -> Rule:
    """A plain_text object."""
    return record({"type": one_of("plain_text"), "text": string(most)}, {"emoji": flag})


def mrkdwn(most: int) -> Rule:
    """A mrkdwn object."""
    return record({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": flag})


def text(most: int) -> Rule:
    """A text object of either kind."""
    return typed({"plain_text": plain(most), "mrkdwn": mrkdwn(most)})


# --- elements ---------------------------------------------------------------------------------

_CONFIRM = record(
    {
        "title": plain(limits.CONFIRM_TITLE),
        "text": text(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)
_COMMON: Mapping[str, Rule] = {
    "type": string(64),
    "action_id": string(limits.ACTION_ID),
    "confirm": _CONFIRM,
    "focus_on_load": flag,
}
_OPTION = record(
    {"text": text(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": text(limits.OPTION_TEXT), "url": string(limits.BUTTON_URL)},
)
_PLACEHOLDER: Mapping[str, Rule] = {"placeholder": plain(limits.PLACEHOLDER)}


def _made(needed: Mapping[str, Rule], allowed: Mapping[str, Rule]) -> Rule:
    return record(needed, {**_COMMON, **allowed})


button = _made(
    {"type": one_of("button"), "text": plain(limits.BUTTON_TEXT)},
    {
        "value": string(limits.BUTTON_VALUE),
        "url": string(limits.BUTTON_URL),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(limits.BUTTON_TEXT),
        "agent_prompt": string(limits.AGENT_PROMPT),
    },
)
image = record(
    {"type": one_of("image"), "alt_text": string(limits.IMAGE_ALT)},
    {
        "image_url": string(limits.IMAGE_URL),
        "slack_file": record({}, {"id": string(64), "url": string(limits.IMAGE_URL)}),
    },
)
_feedback = record(
    {"text": plain(limits.BUTTON_TEXT), "value": string(limits.BUTTON_VALUE)},
    {"accessibility_label": string(limits.BUTTON_TEXT)},
)


def _choices(most: int) -> Mapping[str, Rule]:
    return {"options": items(_OPTION, 1, most)}


def _several(most: int) -> Mapping[str, Rule]:
    return {"initial_options": items(_OPTION, 1, most), "max_selected_items": number}


_ELEMENTS: Mapping[str, Rule] = {
    "button": button,
    "image": image,
    "plain_text": plain(limits.TEXT_OBJECT),
    "mrkdwn": mrkdwn(limits.TEXT_OBJECT),
    "overflow": _made(_choices(limits.OVERFLOW_OPTIONS), {}),
    "checkboxes": _made(_choices(limits.CHOICES), {"initial_options": items(_OPTION, 1, limits.CHOICES)}),
    "radio_buttons": _made(_choices(limits.CHOICES), {"initial_option": _OPTION}),
    "static_select": _made(_choices(limits.SELECT_OPTIONS), {**_PLACEHOLDER, "initial_option": _OPTION}),
    "multi_static_select": _made(
        _choices(limits.SELECT_OPTIONS), {**_PLACEHOLDER, **_several(limits.SELECT_OPTIONS)}
    ),
    "users_select": _made({}, {**_PLACEHOLDER, "initial_user": string(64)}),
    "channels_select": _made({}, {**_PLACEHOLDER, "initial_channel": string(64)}),
    "conversations_select": _made(
        {}, {**_PLACEHOLDER, "initial_conversation": string(64), "default_to_current_conversation": flag}
    ),
    "datepicker": _made({}, {**_PLACEHOLDER, "initial_date": string(10, 10)}),
    "timepicker": _made({}, {**_PLACEHOLDER, "initial_time": string(5, 5)}),
    "plain_text_input": _made(
        {},
        {
            **_PLACEHOLDER,
            "initial_value": string(limits.PLAIN_INPUT, 0),
            "multiline": flag,
            "min_length": number,
            "max_length": number,
        },
    ),
    "number_input": _made({"is_decimal_allowed": flag}, {**_PLACEHOLDER, "initial_value": string(64)}),
    "feedback_buttons": _made({"positive_button": _feedback, "negative_button": _feedback}, {}),
    "icon_button": _made({"icon": one_of("trash"), "text": plain(limits.BUTTON_TEXT)}, {
        "value": string(limits.BUTTON_VALUE),
    }),
}  # fmt: skip

_SELECTS = (
    "static_select", "multi_static_select", "users_select", "channels_select", "conversations_select",
    "datepicker", "timepicker", "checkboxes", "radio_buttons",
)  # fmt: skip
ACTIONS = ("button", "overflow", *_SELECTS)
ACCESSORIES = (*ACTIONS, "image")
CONTEXT = ("image", "plain_text", "mrkdwn")
CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
INPUTS = (*_SELECTS, "plain_text_input", "number_input")


def element(kinds: tuple[str, ...]) -> Rule:
    """An element of one of these kinds."""
    return typed({kind: _ELEMENTS[kind] for kind in kinds})
