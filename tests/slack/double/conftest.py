"""A local Slack of little patience, with an app that may do some things and not others."""

import pytest
from slack_sdk import WebClient

from bot.playground import Pace, Slack

MANIFEST = {
    "display_information": {"name": "Tester"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "agent_view": {},
        "slash_commands": [{"command": "/test"}],
        "shortcuts": [{"type": "message", "callback_id": "about", "name": "About", "description": "x"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write", "commands",
                "groups:read", "im:history", "im:read", "users:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.channels", "message.im"]}},
}  # fmt: skip


@pytest.fixture
def slack():
    with Slack(MANIFEST, Pace(ack=0.3, retries=(0.0, 0.1, 0.1))) as slack:
        yield slack


@pytest.fixture
def client(slack):
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def ana(slack):
    return slack.person("Ana", email="ana@example.com")


@pytest.fixture
def town(slack, ana):
    return slack.channel("town", members=[ana])
