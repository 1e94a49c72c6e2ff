"""Socket Mode and response URLs: who hears what, how often, and until when.

A lax double hides faults of the app, so each refusal is a promise to the tests that build on it.
"""

import json
import time
from contextlib import closing

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.playground import Pace, Slack
from bot.playground.workspace import Refused
from tests.slack.double.conftest import MANIFEST
from tests.slack.double.pieces import button, hear, modal, refusal, socket


def test_a_ticket_is_good_for_one_connection(slack):
    url = WebClient(token=slack.app_token, base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)[
        "url"
    ]
    with closing(connect(url)), pytest.raises(InvalidStatus):
        connect(url)


def test_an_app_has_ten_connections_at_most(slack):
    opened = [socket(slack) for _ in range(10)]
    client = WebClient(token=slack.app_token, base_url=slack.api_url)
    assert refusal(lambda: client.apps_connections_open(app_token=slack.app_token)) == "too_many_websockets"
    for one in opened:
        one.close()


def test_each_envelope_goes_to_one_connection(slack, ana, town):
    opened = [socket(slack) for _ in range(3)]
    for _ in range(12):
        slack.post(ana, town, "x")
    heard = []
    for one in opened:
        while True:
            try:
                envelope = hear(one, 0.1)
            except TimeoutError:
                break
            heard.append(envelope["envelope_id"])
            one.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    assert len(heard) == len(set(heard)) == 12
    for one in opened:
        one.close()


def test_an_event_that_is_not_acknowledged_comes_again_with_its_number_and_reason(slack, ana, town):
    with closing(socket(slack)) as opened:
        slack.post(ana, town, "x")
        tries = [hear(opened) for _ in range(4)]
        assert [t["retry_attempt"] for t in tries] == [0, 1, 2, 3]
        assert [t["retry_reason"] for t in tries] == ["", "timeout", "timeout", "timeout"]
        assert len({t["payload"]["event_id"] for t in tries}) == 1
        assert len({t["envelope_id"] for t in tries}) == 4
        with pytest.raises(TimeoutError):
            hear(opened, 0.6)
    assert [d.state for d in slack.deliveries("message")] == ["failed"] * 4


def test_an_event_comes_again_though_it_was_acknowledged_where_slack_did_not_hear_it():
    with Slack(MANIFEST, Pace(repeated=1.0)) as slack, closing(socket(slack)) as opened:
        bo = slack.person("Bo")
        slack.post(bo, slack.channel("town", members=[bo]), "x")
        first = hear(opened)
        opened.send(json.dumps({"envelope_id": first["envelope_id"]}))
        again = hear(opened)
        assert (again["retry_attempt"], again["payload"]) == (1, first["payload"])
        assert slack.deliveries("message")[0].acked_at is not None


def test_an_acknowledgement_after_its_time_does_not_count(slack, ana, town):
    with closing(socket(slack)) as opened:
        slack.post(ana, town, "x")
        envelope = hear(opened)
        time.sleep(0.4)
        opened.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        slack.wait_for(slack.stray_acks)
        assert slack.deliveries("message")[0].state == "failed"


def test_an_acknowledgement_counts_once_and_on_its_own_connection(slack, ana, town):
    with closing(socket(slack)) as first, closing(socket(slack)) as second:
        slack.post(ana, town, "x")
        try:
            envelope, mine, other = hear(first, 0.2), first, second
        except TimeoutError:
            envelope, mine, other = hear(second), second, first
        ack = json.dumps({"envelope_id": envelope["envelope_id"]})
        other.send(ack)
        slack.wait_for(lambda: len(slack.stray_acks()) == 1)
        mine.send(ack)
        slack.wait_for(lambda: slack.deliveries("message")[0].state == "acked")
        mine.send(ack)
        slack.wait_for(lambda: len(slack.stray_acks()) == 2)


def test_a_command_is_sent_once_and_its_acknowledgement_may_answer(slack, ana, town):
    with closing(socket(slack)) as opened:
        slack.command(ana, town, "/test one two")
        envelope = hear(opened)
        assert envelope["payload"]["text"] == "one two"
        assert "thread_ts" not in envelope["payload"]
        opened.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "only you"}}))
        slack.wait_for(lambda: slack.ephemerals(ana))
        assert slack.ephemerals(ana)[0]["text"] == "only you"
        slack.command(ana, town, "/test")
        hear(opened)
        with pytest.raises(TimeoutError):
            hear(opened, 0.6)
    with pytest.raises(Refused, match="unknown_command"):
        slack.command(ana, town, "/other")


def test_only_what_the_manifest_subscribes_to_and_may_read_is_delivered(slack, ana):
    private = slack.channel("private", "private", [ana])
    outside = slack.channel("outside", members=[ana], joined=False)
    slack.mention(ana, private, "hi")
    slack.mention(ana, outside, "hi")
    slack.open_home(ana)
    assert [d.payload["event"]["type"] for d in slack.deliveries()] == ["app_mention"]


def test_a_mention_in_a_channel_that_is_read_is_two_events_of_one_ts(slack, ana, town):
    ts = slack.mention(ana, town, "hi")
    message, mention = slack.deliveries()
    assert [d.payload["event"]["type"] for d in (message, mention)] == ["message", "app_mention"]
    assert message.payload["event"]["ts"] == mention.payload["event"]["ts"] == ts
    assert message.payload["event_id"] != mention.payload["event_id"]


def test_outsiders_and_shared_channels_say_so_in_the_event(slack, ana):
    shared = slack.channel("shared", members=[ana], external=True)
    slack.post(slack.person("Zed", stranger=True), shared, "hi")
    payload = slack.deliveries()[0].payload
    assert payload["is_ext_shared_channel"]
    assert payload["event"]["user_team"] == "T0OUTSIDE"


def test_connections_are_refreshed_and_can_break(slack):
    opened = socket(slack)
    slack.refresh_sockets()
    assert hear(opened) == {"type": "disconnect", "reason": "refresh_requested"}
    broken = socket(slack)
    slack.drop_sockets()
    with pytest.raises(ConnectionClosed):
        hear(broken)
    slack.wait_for(lambda: slack.connections == 0)


def response_url(slack, ana, town):
    return slack.command(ana, town, "/test").payload["response_url"]


def test_a_response_url_is_ephemeral_unless_it_says_otherwise_and_takes_five(slack, ana, town):
    hook = WebhookClient(response_url(slack, ana, town))
    assert hook.send(text="one").status_code == 200
    assert hook.send(text="two", response_type="in_channel").status_code == 200
    assert [m["text"] for m in slack.ephemerals(ana)] == ["one"]
    assert [m["text"] for m in slack.messages(town)] == ["two"]
    bad = hook.send(text="x", blocks=[{"type": "poem"}])
    assert (bad.status_code, json.loads(bad.body)["error"]) == (400, "invalid_blocks")
    hook.send(text="four")
    hook.send(text="five")
    sixth = hook.send(text="six")
    assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")


def test_a_response_url_ends_after_half_an_hour(slack, ana, town):
    hook = WebhookClient(response_url(slack, ana, town))
    slack.advance(30 * 60 + 1)
    assert json.loads(hook.send(text="late").body)["error"] == "expired_url"
    assert json.loads(WebhookClient(f"{slack.url}/response/R404").send(text="x").body)["error"] == "no_such_url"


def test_a_command_has_no_original_to_replace_but_a_button_has(slack, client, ana, town):
    hook = WebhookClient(response_url(slack, ana, town))
    hook.send(text="new", replace_original=True)
    assert [m["text"] for m in slack.ephemerals(ana)] == ["new"]
    assert json.loads(hook.send(text="", delete_original=True).body)["error"] == "message_not_found"
    actions = {"type": "actions", "elements": [button()]}
    ts = client.chat_postMessage(channel=town, text="x", blocks=[actions])["ts"]
    message = slack.messages(town)[-1]
    pressed = slack.press(ana, message, "Go", town)
    assert pressed.payload["message"]["ts"] == ts
    WebhookClient(pressed.payload["response_url"]).send(text="changed", replace_original=True)
    assert slack.messages(town)[-1]["text"] == "changed"
    with pytest.raises(LookupError):
        slack.press(ana, message, "Stop", town)


def test_a_form_is_submitted_and_its_answer_changes_the_view(slack, client, ana):
    view = client.views_open(trigger_id=slack.trigger(ana), view=modal())["view"]
    with closing(socket(slack)) as opened:
        slack.submit(ana, view, {"b": {"a": {"type": "plain_text_input", "value": "v"}}})
        envelope = hear(opened)
        assert envelope["payload"]["view"]["state"]["values"]["b"]["a"]["value"] == "v"
        answer = {"response_action": "update", "view": modal(callback_id="after")}
        opened.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": answer}))
        slack.wait_for(lambda: slack.space.views[view["id"]].get("callback_id") == "after")
