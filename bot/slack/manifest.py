"""The app as Slack is told of it: `python app.py manifest` prints what manifest.json holds.

Each scope stands beside what needs it. Reading channels is for follow-ups in the bot's own
threads; what is not in one is dropped unread (heard.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

COMMAND: Final = "/retention"
SHORTCUT: Final = "ask_about"
"""What the app is told where somebody chooses it on a message."""
EVENTS_PATH: Final = "/slack/events"
"""Where events, commands and interactions come in over HTTP."""
INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
"""Where an admin begins to install the app, and where Slack sends them back to."""

SCOPES: Final[Mapping[str, str]] = {
    "app_mentions:read": "questions by mention",
    "assistant:write": "suggested prompts; the agent view asks for it",
    "channels:history": "follow-ups in its threads; finding its own answer or summary before posting again",
    "channels:read": "is a channel public, is it shared with another company",
    "chat:write": "answers",
    "commands": "the slash command",
    "files:read": "a file dropped on a direct message: a table to be tried and forgotten, a document for the playbook",
    "files:write": "pictures under answers; the rows and the query of a receipt, as files in a direct message",
    "groups:history": "follow-ups in its threads in private channels",
    "groups:read": "the same for private channels",
    "im:history": "questions in direct messages",
    "im:read": "is this a direct message",
    "im:write": "opening that direct message; telling admins of a paused schedule",
    "mpim:history": "follow-ups in its threads in group messages",
    "mpim:read": "is this a group message",
    "usergroups:read": "roles given to user groups",
    "users:read": "who asks: guests and outsiders are refused; their language and time zone; who was let go",
    "users:read.email": "roles given to e-mail addresses; whom to tell that a schedule is paused",
}
EVENTS: Final = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "function_executed",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "user_change",
)


CHANNEL: Final[Mapping[str, Any]] = {
    "type": "slack#/types/channel_id",
    "title": "Channel",
    "description": "Whose data set, market and way to count hold; empty for all",
    "is_required": False,
}
STEPS: Final[Mapping[str, Any]] = {
    "weekly_summary": {
        "title": "Retention: the week",
        "description": "The last complete week, as everybody may see it",
        "input_parameters": {"properties": {"channel": CHANNEL}, "required": []},
        "output_parameters": {
            "properties": {
                "text": {"type": "string", "title": "Summary", "description": "The week in words", "is_required": True},
            },
            "required": ["text"],
        },
    },
    "metric_value": {
        "title": "Retention: one metric",
        "description": "The value of a metric and its change, as everybody may see them",
        "input_parameters": {
            "properties": {
                "metric": {
                    "type": "string",
                    "title": "Metric",
                    "description": "Its id or its name, such as churn_rate",
                    "is_required": True,
                },
                "period": {
                    "type": "string",
                    "title": "Period",
                    "description": "Such as last month, 2026-10 or last-30-days; empty for the metric's own",
                    "is_required": False,
                },
                "channel": CHANNEL,
            },
            "required": ["metric"],
        },
        "output_parameters": {
            "properties": {
                "value": {
                    "type": "number",
                    "title": "Value",
                    "description": "The value; a share in per cent",
                    "is_required": True,
                },
                "text": {
                    "type": "string",
                    "title": "In words",
                    "description": "The answer, with its definition",
                    "is_required": True,
                },
                "change": {
                    "type": "number",
                    "title": "Change",
                    "description": "Against the period before; of a share in points",
                    "is_required": False,
                },
            },
            "required": ["value", "text"],
        },
    },
}
"""What people can put into workflows of their own, by the name that a run carries."""


def manifest(url: str = "") -> dict[str, Any]:
    """The manifest of the app, schema version 2; with `url` Slack calls the app there, in place of Socket Mode."""
    at = {"request_url": f"{url.rstrip('/')}{EVENTS_PATH}"} if url else {}
    called = {"url": at["request_url"]} if url else {}
    back = {"redirect_urls": [f"{url.rstrip('/')}{REDIRECT_PATH}"]} if url else {}
    events = sorted((*EVENTS, "app_uninstalled", "tokens_revoked")) if url else list(EVENTS)
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Mainstay",
            "description": "Retention questions answered from your own data, with the receipt",
            "long_description": (
                "Mainstay answers questions about churn, retention, revenue and usage from your company's "
                "own data, in the language of the question. Every figure comes with its definition, its "
                "counts and its period. It explains changes, cites its playbook, and drafts messages that "
                "a person approves and sends. Guests and people of other companies get no answers."
            ),
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Mainstay", "always_online": True},
            "agent_view": {
                "agent_description": "Ask about churn, retention and revenue; each figure has its receipt.",
            },
            "shortcuts": [
                {
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "name": "Ask Mainstay about this",
                    "description": "Takes the message as a question of yours and answers in its thread",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Ask about retention; only you see the answer",
                    "usage_hint": (
                        "help | weekly | metric | draft | schedule | alerts | note | endorse | campaign | data | "
                        "documents | segments | requests | feedback | audit | forget | a question"
                    ),
                    "should_escape": False,
                    **called,
                }
            ],
        },
        "functions": dict(STEPS),
        "oauth_config": {**back, "scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": events, **at},
            "interactivity": {"is_enabled": True, **at},
            "function_runtime": "remote",
            "org_deploy_enabled": True,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def printed() -> str:
    """The text of manifest.json."""
    return json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n"
