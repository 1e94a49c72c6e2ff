"""Blocks and views to build tests from, and how to look at a refusal."""

import json

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.sync.client import connect


def refusal(call):
    """The error code with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value.response["error"]


def socket(slack):
    """A bare Socket Mode connection, past its hello."""
    client = WebClient(token=slack.app_token, base_url=slack.api_url)
    opened = connect(client.apps_connections_open(app_token=slack.app_token)["url"])
    assert json.loads(opened.recv(timeout=2))["type"] == "hello"
    return opened


def hear(opened, seconds=2):
    """The next envelope."""
    return json.loads(opened.recv(timeout=seconds))


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def section(text="x", **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more):
    return {"type": "button", "action_id": "go", "text": plain("Go"), "value": "v", **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def table(rows, **more):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": c} for c in row] for row in rows], **more}


def chart(**more):
    points = [{"label": "Jan", "value": 1}, {"label": "Feb", "value": 2}]
    line = {
        "type": "line",
        "series": [{"name": "MRR", "data": points}],
        "axis_config": {"categories": ["Jan", "Feb"]},
    }
    return {"type": "data_visualization", "title": "T", "chart": {**line, **more}}


def pie(*values):
    segments = [{"label": f"s{n}", "value": value} for n, value in enumerate(values)]
    return {"type": "data_visualization", "title": "T", "chart": {"type": "pie", "segments": segments}}


def task(**more):
    return {"type": "task_card", "task_id": "t", "title": "T", "status": "complete", **more}


def rich(*elements):
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def select(options):
    return {
        "type": "static_select",
        "action_id": "s",
        "placeholder": plain(),
        "options": [{"text": plain(f"o{n}"), "value": f"v{n}"} for n in range(options)],
    }


def overflow(options):
    return {**{k: v for k, v in select(options).items() if k != "placeholder"}, "type": "overflow"}


def modal(**more):
    return {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}], **more}
