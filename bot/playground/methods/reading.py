"""auth, conversations, users, user groups: what an app may look up."""

from __future__ import annotations

from decimal import Decimal

from bot.playground import limits
from bot.playground.methods.contract import Method, required, truth, whole
from bot.playground.workspace import SCOPE_FAMILY, Channel, Json, Refused, Workspace


def _test(slack: Workspace, _args: Json) -> Json:
    return {
        "url": "http://127.0.0.1/",
        "team": slack.name,
        "team_id": slack.team,
        "user": slack.people[slack.bot_user].name,
        "user_id": slack.bot_user,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


def _readable(slack: Workspace, args: Json, what: str) -> Channel:
    """A channel the app may look into; `what` is "read" or "history"."""
    channel = slack.visible(required(args, "channel"))
    slack.need(f"{SCOPE_FAMILY[channel.kind]}:{what}")
    return channel


def _info(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args, "read")
    info = channel.seen() | {"is_member": slack.bot_user in channel.members}
    if channel.kind == "im":
        info["user"] = next(iter(channel.members - {slack.bot_user}), slack.bot_user)
    return {"channel": info}


def _members(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args, "read")
    return {"members": sorted(channel.members), "response_metadata": {"next_cursor": ""}}


def _history(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args, "history")
    slack.joined(channel.id)
    most, first = whole(args, "limit", 100, limits.HISTORY), _place(args)
    oldest = Decimal(str(args.get("oldest") or 0))
    tops = [
        m for m in channel.messages.values() if m.get("thread_ts", m["ts"]) == m["ts"] and Decimal(m["ts"]) > oldest
    ]
    found = _shown(args, tops[::-1][first : first + most])
    more = len(tops) > first + most
    return {
        "messages": found,
        "has_more": more,
        "response_metadata": {"next_cursor": f"next:{first + most}" if more else ""},
    }


def _place(args: Json) -> int:
    """Where a page begins, by the cursor that the page before it gave."""
    word, _, place = str(args.get("cursor") or "next:0").partition(":")
    if word != "next" or not place.isdigit():
        raise Refused("invalid_cursor")
    return int(place)


def _shown(args: Json, messages: list[Json]) -> list[Json]:
    """Messages without their metadata, unless that is asked for."""
    if truth(args, "include_all_metadata"):
        return messages
    return [{name: value for name, value in m.items() if name != "metadata"} for m in messages]


def _replies(slack: Workspace, args: Json) -> Json:
    channel = _readable(slack, args, "history")
    slack.joined(channel.id)
    ts = required(args, "ts")
    if ts not in channel.messages:
        raise Refused("thread_not_found")
    most = whole(args, "limit", 1000, 1000)
    found = channel.thread(channel.messages[ts].get("thread_ts", ts))
    found = _shown(args, found)
    return {"messages": found[:most], "has_more": len(found) > most}


def _open(slack: Workspace, args: Json) -> Json:
    slack.need("im:write")
    user = required(args, "users")
    if user not in slack.people:
        raise Refused("user_not_found")
    return {"channel": {"id": slack.direct(user).id}}


def _user(slack: Workspace, args: Json) -> Json:
    person = slack.people.get(required(args, "user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": person.seen(truth(args, "include_locale"), "users:read.email" in slack.scopes)}


def _users(slack: Workspace, args: Json) -> Json:
    most, first = whole(args, "limit", 100, limits.USERS), _place(args)
    people, with_email = list(slack.people.values()), "users:read.email" in slack.scopes
    page = [one.seen(truth(args, "include_locale"), with_email) for one in people[first : first + most]]
    more = len(people) > first + most
    return {"members": page, "response_metadata": {"next_cursor": f"next:{first + most}" if more else ""}}


def _by_email(slack: Workspace, args: Json) -> Json:
    email = required(args, "email").casefold()
    found = next((one for one in slack.people.values() if one.email.casefold() == email and not one.deleted), None)
    if found is None:
        raise Refused("users_not_found")
    return {"user": found.seen(with_locale=False, with_email=True)}


def _groups(slack: Workspace, args: Json) -> Json:
    groups = [{"id": name, "team_id": slack.team, "is_usergroup": True} for name in sorted(slack.groups)]
    if truth(args, "include_users"):
        for group in groups:
            group["users"] = sorted(slack.groups[str(group["id"])])
    return {"usergroups": groups}


METHODS = {
    "api.test": Method(lambda _slack, args: {"args": args}, None, 4),
    "auth.test": Method(_test, None, 4),
    "conversations.info": Method(_info, None, 3),
    "conversations.members": Method(_members, None, 4),
    "conversations.history": Method(_history, None, 3),
    "conversations.replies": Method(_replies, None, 3),
    "conversations.open": Method(_open, None, 3),
    "users.info": Method(_user, "users:read", 4),
    "users.list": Method(_users, "users:read", 2),
    "users.lookupByEmail": Method(_by_email, "users:read.email", 3),
    "usergroups.list": Method(_groups, "usergroups:read", 2),
}
