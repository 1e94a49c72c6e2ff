"""The Web API refuses what Slack refuses, and lets the rest through.

A lax double hides faults of the app, so each refusal is a promise to the tests that build on it.
"""

import json
from contextlib import closing
from http.client import HTTPConnection

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import Slack, Weather, limits
from bot.playground.workspace import Refused
from tests.slack.double.conftest import MANIFEST
from tests.slack.double.pieces import refusal, section


def test_no_token_and_a_wrong_token_are_told_apart(slack):
    assert refusal(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert refusal(WebClient(token="xoxb-else", base_url=slack.api_url).auth_test) == "invalid_auth"


def test_each_kind_of_token_opens_its_own_doors(slack, town):
    app = WebClient(token=slack.app_token, base_url=slack.api_url)
    assert refusal(lambda: app.chat_postMessage(channel=town, text="x")) == "not_allowed_token_type"
    bot = WebClient(token=slack.bot_token, base_url=slack.api_url)
    assert refusal(lambda: bot.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"


def posted(slack, method, body, **headers):
    """What a bare HTTP client gets for a JSON body."""
    with closing(HTTPConnection(slack.url.removeprefix("http://"))) as wire:
        wire.request("POST", f"/api/{method}", body, {"Content-Type": "application/json", **headers})
        return json.load(wire.getresponse())


def test_a_token_in_a_json_body_does_not_count(slack):
    assert posted(slack, "auth.test", json.dumps({"token": slack.bot_token}))["error"] == "not_authed"


def test_auth_test_takes_an_empty_json_body(slack):
    assert posted(slack, "auth.test", "", Authorization=f"Bearer {slack.bot_token}")["user_id"] == "U0APP"


def test_forms_queries_and_json_say_the_same(client, town):
    blocks = [{"type": "divider"}]
    for arguments in (
        {"json": {"channel": town, "text": "x", "blocks": blocks}},
        {"data": {"channel": town, "text": "x", "blocks": json.dumps(blocks)}},
        {"http_verb": "GET", "params": {"channel": town, "text": "x", "blocks": json.dumps(blocks)}},
    ):
        assert client.api_call("chat.postMessage", **arguments)["message"]["blocks"] == blocks


def test_a_scope_that_the_manifest_lacks_is_named(client, slack):
    assert refusal(client.usergroups_list) == "missing_scope"
    with pytest.raises(SlackApiError) as caught:
        client.conversations_open(users="U1")
    assert caught.value.response["needed"] == "im:write"
    private = slack.channel("private", "private")
    assert refusal(lambda: client.conversations_history(channel=private)) == "missing_scope"


def test_a_method_that_does_not_exist_is_unknown(client):
    assert refusal(lambda: client.api_call("chat.sing")) == "unknown_method"


def test_missing_arguments_are_refused(client):
    assert refusal(lambda: client.api_call("users.info")) == "invalid_arguments"
    assert refusal(lambda: client.users_info(user="U404")) == "user_not_found"


def test_only_members_post_and_hidden_channels_do_not_exist(client, slack, ana):
    public, private = slack.channel("public", joined=False), slack.channel("private", "private", joined=False)
    assert refusal(lambda: client.chat_postMessage(channel=public, text="x")) == "not_in_channel"
    assert refusal(lambda: client.chat_postMessage(channel=private, text="x")) == "channel_not_found"
    assert refusal(lambda: client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    assert client.chat_postMessage(channel=ana, text="x")["channel"] == slack.direct(ana)


def test_a_post_needs_something_to_show(client, town):
    assert refusal(lambda: client.api_call("chat.postMessage", json={"channel": town})) == "no_text"


def test_text_has_its_length(client, town):
    ts = client.chat_postMessage(channel=town, text="x" * limits.TEXT)["ts"]
    assert refusal(lambda: client.chat_postMessage(channel=town, text="x" * 40_001)) == "msg_too_long"
    assert client.chat_update(channel=town, ts=ts, text="x" * 4_000)["ok"]
    assert refusal(lambda: client.chat_update(channel=town, ts=ts, text="x" * 4_001)) == "msg_too_long"
    assert refusal(lambda: client.chat_postMessage(channel=town, markdown_text="x" * 12_001)) == "msg_too_long"


def test_markdown_text_stands_alone(client, town):
    both = {"channel": town, "text": "a", "markdown_text": "b"}
    assert refusal(lambda: client.api_call("chat.postMessage", json=both)) == "markdown_text_conflict"


def test_blocks_that_are_wrong_or_too_heavy_are_refused(client, town):
    def post(blocks):
        return lambda: client.chat_postMessage(channel=town, text="x", blocks=blocks)

    assert refusal(post([{"type": "poem"}])) == "invalid_blocks"
    assert refusal(post("{not json")) == "invalid_blocks_format"
    assert refusal(post([section("x" * 2_999) for _ in range(5)])) == "msg_blocks_too_long"


def test_only_the_apps_own_messages_can_be_changed_or_deleted(client, slack, town, ana):
    theirs = slack.post(ana, town, "mine")
    assert refusal(lambda: client.chat_update(channel=town, ts=theirs, text="x")) == "cant_update_message"
    assert refusal(lambda: client.chat_delete(channel=town, ts=theirs)) == "cant_delete_message"
    assert refusal(lambda: client.chat_update(channel=town, ts="1.1", text="x")) == "message_not_found"
    mine = client.chat_postMessage(channel=town, text="x")["ts"]
    client.chat_delete(channel=town, ts=mine)
    assert refusal(lambda: client.chat_delete(channel=town, ts=mine)) == "message_not_found"


def test_a_reply_needs_its_thread(client, slack, town, ana):
    assert refusal(lambda: client.chat_postMessage(channel=town, text="x", thread_ts="1.1")) == "thread_not_found"
    root = slack.post(ana, town, "root")
    reply = client.chat_postMessage(channel=town, text="x", thread_ts=root)["ts"]
    assert client.chat_postMessage(channel=town, text="y", thread_ts=reply)["message"]["thread_ts"] == root


def test_an_ephemeral_message_needs_a_member_and_in_a_thread_an_active_one(client, slack, town, ana):
    stranger = slack.person("Zoe")
    assert refusal(lambda: client.chat_postEphemeral(channel=town, user=stranger, text="x")) == "user_not_in_channel"
    root = slack.post(ana, town, "root")
    client.chat_postEphemeral(channel=town, user=ana, text="unseen", thread_ts=root)
    assert slack.ephemerals(ana) == []
    slack.post(ana, town, "reply", thread=root)
    kept = client.chat_postEphemeral(channel=town, user=ana, text="seen", thread_ts=root)["message_ts"]
    assert [m["text"] for m in slack.ephemerals(ana)] == ["seen"]
    assert refusal(lambda: client.chat_update(channel=town, ts=kept, text="x")) == "message_not_found"


def test_a_permalink_needs_its_message(client, slack, town, ana):
    ts = slack.post(ana, town, "x")
    assert town in client.chat_getPermalink(channel=town, message_ts=ts)["permalink"]
    assert refusal(lambda: client.chat_getPermalink(channel=town, message_ts="1.1")) == "message_not_found"


def too_fast(call):
    with pytest.raises(SlackApiError) as caught:
        call()
    assert caught.value.response.status_code == 429
    return int(caught.value.response.headers["Retry-After"])


def test_a_tier_has_its_calls_a_minute_and_says_when_to_come_back(client, slack, ana):
    for _ in range(100):
        client.users_info(user=ana)
    wait = too_fast(lambda: client.users_info(user=ana))
    assert 1 <= wait <= 60
    slack.advance(wait)
    assert client.users_info(user=ana)["ok"]


def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(client, slack, town, ana):
    for _ in range(5):
        client.chat_postMessage(channel=town, text="x")
    assert too_fast(lambda: client.chat_postMessage(channel=town, text="x")) == 1
    assert client.chat_postMessage(channel=ana, text="another channel")["ok"]
    slack.advance(1)
    assert client.chat_postMessage(channel=town, text="x")["ok"]


def test_people_are_told_apart(client, slack):
    def seen(**more):
        return client.users_info(user=slack.person("P", **more), include_locale=True)["user"]

    multi, single = seen(guest="multi"), seen(guest="single")
    assert (multi["is_restricted"], multi["is_ultra_restricted"]) == (True, False)
    assert (single["is_restricted"], single["is_ultra_restricted"]) == (True, True)
    assert seen(stranger=True)["is_stranger"]
    assert seen(stranger=True)["team_id"] != "T0HOME"
    assert seen(deleted=True)["deleted"]
    assert seen(bot=True)["is_bot"]
    assert seen(locale="fr-FR")["locale"] == "fr-FR"
    assert "email" not in seen(email="a@example.com")["profile"]  # needs users:read.email


def test_channels_are_told_apart(client, slack, ana):
    shared = slack.channel("shared", external=True)
    assert client.conversations_info(channel=shared)["channel"]["is_ext_shared"]
    private = slack.channel("private", "private")
    assert client.conversations_info(channel=private)["channel"]["is_private"]
    assert client.conversations_info(channel=slack.direct(ana))["channel"]["is_im"]
    hidden = slack.channel("hidden", "private", joined=False)
    assert refusal(lambda: client.conversations_info(channel=hidden)) == "channel_not_found"
    assert client.conversations_members(channel=private)["members"] == ["U0APP"]


def test_history_and_replies_are_for_members(client, slack, town, ana):
    root = slack.post(ana, town, "root")
    slack.post(ana, town, "reply", thread=root)
    assert [m["text"] for m in client.conversations_history(channel=town)["messages"]] == ["root"]
    assert [m["text"] for m in client.conversations_replies(channel=town, ts=root)["messages"]] == [
        "root",
        "reply",
    ]
    assert refusal(lambda: client.conversations_replies(channel=town, ts="1.1")) == "thread_not_found"
    assert refusal(lambda: client.conversations_history(channel=town, limit=1000)) == "invalid_limit"
    elsewhere = slack.channel("elsewhere", joined=False)
    assert refusal(lambda: client.conversations_history(channel=elsewhere)) == "not_in_channel"


def test_metadata_comes_back_only_when_asked_for(client, town):
    metadata = {"event_type": "answer", "event_payload": {"key": "1"}}
    ts = client.chat_postMessage(channel=town, text="x", metadata=metadata)["ts"]
    assert "metadata" not in client.conversations_replies(channel=town, ts=ts)["messages"][0]
    full = client.conversations_replies(channel=town, ts=ts, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == metadata


def test_metadata_is_shown_only_to_who_asks_for_it(client, town):
    left = {"event_type": "mark", "event_payload": {"n": 1}}
    client.chat_postMessage(channel=town, text="x", metadata=left)
    assert "metadata" not in client.conversations_history(channel=town)["messages"][0]
    (shown,) = client.conversations_history(channel=town, include_all_metadata=True)["messages"]
    assert shown["metadata"] == left


def test_only_a_declared_shortcut_can_be_chosen_and_only_on_a_message_that_one_sees(slack, ana, town):
    bo = slack.person("Bo")
    hidden = slack.channel("hidden", "private", members=[ana])
    ts = slack.post(ana, hidden, "x")
    with pytest.raises(Refused, match="unknown_shortcut"):
        slack.shortcut(ana, hidden, ts, "other")
    with pytest.raises(Refused, match="message_not_found"):
        slack.shortcut(bo, hidden, ts, "about")
    with pytest.raises(Refused, match="message_not_found"):
        slack.shortcut(ana, town, ts, "about")
    payload = slack.shortcut(ana, hidden, ts, "about").payload
    assert (payload["type"], payload["callback_id"], payload["user"]["id"]) == ("message_action", "about", ana)
    assert payload["message"]["text"] == "x"
    assert payload["message_ts"] == ts
    assert payload["channel"] == {"id": hidden, "name": "privategroup"}
    assert {"trigger_id", "response_url", "action_ts"} <= set(payload)


def test_a_change_of_a_person_is_told_only_to_who_subscribed(slack, ana):
    slack.change(ana, deleted=True)
    assert slack.deliveries("user_change") == []


def test_in_bad_weather_calls_are_too_many_or_fail_before_or_after_they_took_effect():
    with Slack(MANIFEST, weather=Weather(limited=0.3, broken=0.4)) as slack:
        town = slack.channel("town", members=[slack.person("Ana")])
        client = WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        taken, told = 0, []
        for number in range(60):
            slack.advance(5)
            try:
                client.chat_postMessage(channel=town, text=str(number))
            except SlackApiError as error:
                told.append(error.response.status_code)
            else:
                taken += 1
        assert set(told) == {429, 503}
        assert taken < len(slack.messages(town, by_app=True)) < 60 - told.count(429)
