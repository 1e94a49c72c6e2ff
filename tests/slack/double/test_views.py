"""Views, prompts and statuses keep Slack's rules.

A lax double hides faults of the app, so each refusal is a promise to the tests that build on it.
"""

import pytest
from slack_sdk import WebClient

from bot.playground import Slack
from tests.slack.double.conftest import MANIFEST
from tests.slack.double.pieces import modal, refusal, section


def test_a_trigger_opens_one_modal_within_three_seconds(client, slack, ana):
    trigger = slack.trigger(ana)
    assert client.views_open(trigger_id=trigger, view=modal())["view"]["id"]
    assert refusal(lambda: client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    late = slack.trigger(ana)
    slack.advance(3.5)
    assert refusal(lambda: client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert refusal(lambda: client.views_open(trigger_id="7.x", view=modal())) == "invalid_trigger_id"


@pytest.mark.parametrize(
    "view",
    [
        modal(title={"type": "plain_text", "text": "T" * 25}),
        modal(submit={"type": "plain_text", "text": "T" * 25}),
        modal(private_metadata="x" * 3_001),
        modal(callback_id="x" * 256),
        modal(colour="red"),
        modal(blocks=[{"type": "divider"}] * 101),
        modal(blocks=[{"type": "markdown", "text": "not in a modal"}]),
        modal(
            blocks=[
                {
                    "type": "input",
                    "label": {"type": "plain_text", "text": "L"},
                    "element": {"type": "plain_text_input"},
                }
            ]
        ),
    ],
    ids=["title", "submit", "metadata", "callback", "field", "blocks", "surface", "input without submit"],
)
def test_a_modal_keeps_its_limits(client, slack, ana, view):
    assert refusal(lambda: client.views_open(trigger_id=slack.trigger(ana), view=view)) == "invalid_arguments"


def test_a_view_has_its_size_and_a_stack_its_depth(client, slack, ana):
    heavy = modal(blocks=[section("x" * 2_900) for _ in range(90)])
    assert refusal(lambda: client.views_open(trigger_id=slack.trigger(ana), view=heavy)) == "view_too_large"
    client.views_open(trigger_id=slack.trigger(ana), view=modal())
    for _ in range(2):
        client.views_push(trigger_id=slack.trigger(ana), view=modal())
    assert refusal(lambda: client.views_push(trigger_id=slack.trigger(ana), view=modal())) == "push_limit_reached"


def test_a_view_is_changed_under_its_hash(client, slack, ana):
    view = client.views_open(trigger_id=slack.trigger(ana), view=modal())["view"]
    changed = client.views_update(view_id=view["id"], hash=view["hash"], view=modal(callback_id="c"))["view"]
    assert changed["callback_id"] == "c"
    assert refusal(lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=modal())) == "hash_conflict"
    assert refusal(lambda: client.views_update(view_id="V404", view=modal())) == "not_found"


def test_a_home_needs_the_tab_and_a_person(client, ana):
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = client.views_publish(user_id=ana, view=home)["view"]
    client.views_publish(user_id=ana, view=home, hash=first["hash"])
    assert refusal(lambda: client.views_publish(user_id=ana, view=home, hash=first["hash"])) == "hash_conflict"
    assert refusal(lambda: client.views_publish(user_id="U404", view=home)) == "user_not_found"
    without = {**MANIFEST, "features": {"slash_commands": []}}
    with Slack(without) as plain:
        plain_client = WebClient(token=plain.bot_token, base_url=plain.api_url)
        assert refusal(lambda: plain_client.views_publish(user_id="U0APP", view=home)) == "not_enabled"
        prompts = [{"title": "t", "message": "m"}]
        channel = plain.direct(plain.person("Bo"))
        assert (
            refusal(lambda: plain_client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts))
            == "not_allowed"
        )


def test_prompts_are_at_most_four_and_for_direct_messages(client, slack, town, ana):
    prompt, direct = {"title": "t", "message": "m"}, slack.direct(ana)

    def suggest(channel, prompts):
        return lambda: client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)

    assert suggest(direct, [prompt] * 4)()["ok"]
    assert refusal(suggest(direct, [prompt] * 5)) == "invalid_arguments"
    assert refusal(suggest(direct, [{"title": "t"}])) == "invalid_arguments"
    assert refusal(suggest(town, [prompt])) == "channel_type_not_supported"


def test_a_status_lasts_until_the_next_message(client, slack, ana):
    ts, direct = slack.tell(ana, "hi"), slack.direct(ana)

    def status(**more):
        return client.assistant_threads_setStatus(channel_id=direct, status="is thinking", **{"thread_ts": ts, **more})

    status(loading_messages=["one"] * 10)
    assert slack.space.statuses[direct, ts]["status"] == "is thinking"
    client.chat_postMessage(channel=direct, thread_ts=ts, text="done")
    assert (direct, ts) not in slack.space.statuses
    assert refusal(lambda: status(loading_messages=["one"] * 11)) == "invalid_arguments"
    assert refusal(lambda: status(thread_ts="1.1")) == "thread_not_found"
    client.assistant_threads_setTitle(channel_id=direct, thread_ts=ts, title="Churn")
    assert slack.space.titles[direct, ts] == "Churn"
