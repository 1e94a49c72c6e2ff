"""assistant.threads.* and agents.sessions.*: status, suggested prompts and title of the agent's conversations."""

from __future__ import annotations

from bot.playground import limits
from bot.playground.methods.contract import Method, required, structured
from bot.playground.workspace import Channel, Json, Refused, Workspace

SESSION = ("active", "processing", "suspended", "closed")


def _status(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel_id"))
    thread = required(args, "thread_ts")
    if thread not in channel.messages:
        raise Refused("thread_not_found")
    loading = structured(args, "loading_messages") or []
    if not isinstance(loading, list) or len(loading) > limits.STATUS_MESSAGES:
        raise Refused("invalid_arguments")
    status = args.get("status")
    if not isinstance(status, str):
        raise Refused("invalid_arguments")
    if status:
        slack.statuses[channel.id, thread] = {"status": status, "loading_messages": loading}
    else:
        slack.statuses.pop((channel.id, thread), None)
    return {}


def _prompts(slack: Workspace, args: Json) -> Json:
    if not slack.agent:
        raise Refused("not_allowed")
    channel = slack.joined(required(args, "channel_id"))
    if channel.kind != "im":
        raise Refused("channel_type_not_supported")
    prompts = structured(args, "prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= limits.SUGGESTED_PROMPTS:
        raise Refused("invalid_arguments")
    if any(not isinstance(p, dict) or not p.get("title") or not p.get("message") for p in prompts):
        raise Refused("invalid_arguments")
    slack.prompts[channel.id, args.get("thread_ts") or ""] = {
        "prompts": prompts,
        "title": args.get("title") or "",
    }
    return {}


def _title(slack: Workspace, args: Json) -> Json:
    channel = slack.joined(required(args, "channel_id"))
    slack.titles[channel.id, required(args, "thread_ts")] = required(args, "title")
    return {}


def _session(slack: Workspace, args: Json) -> Json:
    """A session's status; what the person may do about it depends on what the app listens to."""
    if not slack.agent:
        raise Refused("not_authorized")
    channel = slack.joined(required(args, "channel_id"))
    thread, status = required(args, "thread_ts"), args.get("status")
    if thread not in channel.messages:
        raise Refused("thread_not_found")
    if status not in SESSION:
        raise Refused("invalid_arguments")
    session = slack.sessions.get((channel.id, thread)) or _begun(channel, args)
    slack.sessions[channel.id, thread] = session | {"status": status}
    warned = status == "processing" and not slack.stoppable
    told = {"status": status, "title": session["title"]}
    return told | ({"warning": "missing_agent_session_stopped_event_subscription"} if warned else {})


def _begun(channel: Channel, args: Json) -> Json:
    """A new session; its title and who began it are read only now."""
    by = args.get("initiator_user_id")
    if by is not None and by not in channel.members:
        raise Refused("user_not_in_channel")
    return {"title": _named(args) if args.get("title") else "", "by": by}


def _named(args: Json) -> str:
    title = required(args, "title")
    if len(title) > limits.SESSION_TITLE:
        raise Refused("invalid_arguments")
    return title


METHODS = {
    "agents.sessions.setStatus": Method(_session, "chat:write", 3),
    "assistant.threads.setStatus": Method(_status, "chat:write", 4),
    "assistant.threads.setSuggestedPrompts": Method(_prompts, "assistant:write", 4),
    "assistant.threads.setTitle": Method(_title, "assistant:write", 4),
}
