"""views.*: modals by trigger, stacked at most three deep, and the App Home of each person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.playground import limits
from bot.playground.blocks import faults
from bot.playground.elements import Rule, flag, one_of, plain, record, string
from bot.playground.methods.contract import Method, required, structured
from bot.playground.workspace import Json, Refused, Workspace, named


def _later(_value: Any, _path: str) -> Iterator[str]:
    """Blocks have a table of their own, which needs the surface."""
    return iter(())


_COMMON: dict[str, Rule] = {
    "blocks": _later,
    "private_metadata": string(limits.PRIVATE_METADATA, 0),
    "callback_id": string(limits.CALLBACK_ID),
    "external_id": string(limits.CALLBACK_ID),
}
_MODAL = record(
    {"type": one_of("modal"), "title": plain(limits.VIEW_TITLE), "blocks": _COMMON["blocks"]},
    {
        **_COMMON,
        "submit": plain(limits.VIEW_TITLE),
        "close": plain(limits.VIEW_TITLE),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
_HOME = record({"type": one_of("home"), "blocks": _COMMON["blocks"]}, _COMMON)


def sound(args: Json, kind: str) -> Json:
    """The view of a call, after every limit on it."""
    view = structured(args, "view")
    if not isinstance(view, dict):
        raise Refused("invalid_arguments")
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise Refused("view_too_large")
    rule = _MODAL if kind == "modal" else _HOME
    wrong = list(rule(view, "/view"))
    wrong += faults(view.get("blocks"), "modal" if kind == "modal" else "home")
    inputs = any(b.get("type") == "input" for b in view.get("blocks") or [] if isinstance(b, dict))
    if kind == "modal" and inputs and "submit" not in view:
        wrong.append("/view/submit: needed with input blocks")
    if wrong:
        raise Refused("invalid_arguments", response_metadata={"messages": wrong})
    return view


def keep(slack: Workspace, view: Json, user: str, root: str | None = None, previous: str | None = None) -> Json:
    """Gives a new view its id and its hash."""
    name = slack.fresh("V")
    kept = {
        **named(view),
        "id": name,
        "team_id": slack.team,
        "app_id": slack.app_id,
        "bot_id": slack.bot_id,
        "user": user,
        "hash": slack.fresh("h"),
        "root_view_id": root or name,
        "previous_view_id": previous,
        "state": {"values": {}},
    }
    slack.views[name] = kept
    return kept


def _open(slack: Workspace, args: Json) -> Json:
    view = sound(args, "modal")
    user = slack.use_trigger(args.get("trigger_id"))
    for other in list(slack.modals.get(user, ())):
        slack.close_view(other)
    kept = keep(slack, view, user)
    slack.modals[user] = [kept["id"]]
    return {"view": _public(kept)}


def _push(slack: Workspace, args: Json) -> Json:
    view = sound(args, "modal")
    user = slack.use_trigger(args.get("trigger_id"))
    stack = slack.modals.setdefault(user, [])
    if len(stack) >= limits.VIEW_STACK:
        raise Refused("push_limit_reached")
    root, previous = (stack[0], stack[-1]) if stack else (None, None)
    kept = keep(slack, view, user, root, previous)
    stack.append(kept["id"])
    return {"view": _public(kept)}


def _update(slack: Workspace, args: Json) -> Json:
    view = sound(args, "modal")
    before = slack.views.get(required(args, "view_id"))
    if before is None:
        raise Refused("not_found")
    if args.get("hash") and args["hash"] != before["hash"]:
        raise Refused("hash_conflict")
    return {"view": _public(slack.change_view(before["id"], view))}


def _publish(slack: Workspace, args: Json) -> Json:
    if not slack.home_enabled:
        raise Refused("not_enabled")
    user = required(args, "user_id")
    if user not in slack.people:
        raise Refused("user_not_found")
    before = slack.homes.get(user)
    if before is not None and args.get("hash") and args["hash"] != before["hash"]:
        raise Refused("hash_conflict")
    slack.homes[user] = keep(slack, sound(args, "home"), user)
    return {"view": _public(slack.homes[user])}


def _public(view: Json) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "user"}


METHODS = {
    "views.open": Method(_open, None, 4),
    "views.push": Method(_push, None, 4),
    "views.update": Method(_update, None, 4),
    "views.publish": Method(_publish, None, 4),
}
