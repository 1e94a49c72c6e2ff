"""What Slack shows while an agent is at work, and the steps of workflows: refused as Slack refuses them."""

import pytest
from slack_sdk import WebClient

from bot.playground import Pace, Slack
from bot.playground.workspace import Refused
from tests.slack.double.conftest import MANIFEST
from tests.slack.double.pieces import hear, refusal, socket

TEXT = {"type": "string", "title": "T", "description": "D", "is_required": True}
NUMBER = {**TEXT, "type": "number", "is_required": False}
STEP = {
    "title": "A step",
    "description": "It counts",
    "input_parameters": {"properties": {"what": TEXT}, "required": ["what"]},
    "output_parameters": {"properties": {"text": TEXT, "value": NUMBER}, "required": ["text"]},
}
LISTENING = {
    **MANIFEST,
    "functions": {"count": STEP},
    "settings": {
        "event_subscriptions": {"bot_events": ["agent_session_stopped", "function_executed", "message.im"]},
        "org_deploy_enabled": True,
        "function_runtime": "remote",
    },
}


@pytest.fixture
def able():
    """A workspace whose app listens to the stop button and has a step."""
    with Slack(LISTENING, Pace(ack=0.3, retries=(0.0,))) as slack:
        yield slack


@pytest.fixture
def caller(able):
    return WebClient(token=able.bot_token, base_url=able.api_url, retry_handlers=[])


def test_a_session_keeps_the_title_it_began_with(able, caller):
    ana = able.person("Ana")
    ts, direct = able.tell(ana, "hi"), able.direct(ana)

    def session(**more):
        given = {"channel_id": direct, "thread_ts": ts, "status": "processing", **more}
        return caller.agents_sessions_setStatus(**given)

    told = session(title="Churn", initiator_user_id=ana)
    assert (told["status"], told["title"], told.get("warning")) == ("processing", "Churn", None)
    assert session(status="active", title="Other")["title"] == "Churn"
    assert refusal(lambda: session(status="is thinking")) == "invalid_arguments"
    assert refusal(lambda: session(thread_ts="1.1")) == "thread_not_found"
    other = able.tell(ana, "more")
    assert refusal(lambda: session(thread_ts=other, title="x" * 201)) == "invalid_arguments"
    assert refusal(lambda: session(thread_ts=other, initiator_user_id="U404")) == "user_not_in_channel"


def test_only_an_agent_that_listens_has_a_stop_button(client, slack, ana):
    ts, direct = slack.tell(ana, "hi"), slack.direct(ana)
    told = client.agents_sessions_setStatus(channel_id=direct, thread_ts=ts, status="processing")
    assert told["warning"] == "missing_agent_session_stopped_event_subscription"
    with pytest.raises(Refused, match="nothing_to_stop"):
        slack.stop(ana, direct, ts)
    slack.space.agent = False
    again = {"channel_id": direct, "thread_ts": ts, "status": "active"}
    assert refusal(lambda: client.agents_sessions_setStatus(**again)) == "not_authorized"


def test_a_press_of_the_stop_button_is_told_with_its_thread(able, caller):
    ana = able.person("Ana")
    with socket(able) as opened:
        ts, direct = able.tell(ana, "hi"), able.direct(ana)
        hear(opened)
        with pytest.raises(Refused, match="nothing_to_stop"):
            able.stop(ana, direct, ts)
        caller.agents_sessions_setStatus(channel_id=direct, thread_ts=ts, status="processing")
        able.stop(ana, direct, ts)
        event = hear(opened)["payload"]["event"]
    assert (event["type"], event["channel"], event["thread_ts"], event["user"]) == (
        "agent_session_stopped", direct, ts, ana
    )  # fmt: skip
    assert event["streaming_message_ts"] == []


def test_a_step_is_run_once_and_completed_with_what_it_promised(able, caller):
    with pytest.raises(Refused, match="unknown_function"):
        able.run_step("sing")
    with pytest.raises(Refused, match="parameter_validation_failed"):
        able.run_step("count", what=3)
    with socket(able) as opened:
        run = able.run_step("count", what="customers")
        event = hear(opened)["payload"]["event"]
    assert (event["function_execution_id"], event["inputs"]) == (run, {"what": "customers"})
    assert event["function"]["callback_id"] == "count"

    def success(outputs, id=run):
        return lambda: caller.functions_completeSuccess(function_execution_id=id, outputs=outputs)

    for wrong in ({}, {"text": 3}, {"text": "x", "value": True}, {"text": "x", "more": 1}):
        assert refusal(success(wrong)) == "parameter_validation_failed"
    assert refusal(success({"text": "x"}, "Fx404")) == "function_execution_not_found"
    assert success({"text": "x", "value": 3.5})()["ok"]
    assert able.run_of(run) == {"function": "count", "state": "succeeded", "outputs": {"text": "x", "value": 3.5}}
    assert refusal(success({"text": "x"})) == "execution_not_in_running_state"
    over = {"function_execution_id": run, "error": "late"}
    assert refusal(lambda: caller.functions_completeError(**over)) == "execution_not_in_running_state"


def test_a_step_that_fails_says_why(able, caller):
    run = able.run_step("count", what="customers")
    bare = {"function_execution_id": run, "error": ""}
    assert refusal(lambda: caller.functions_completeError(**bare)) == "invalid_arguments"
    caller.functions_completeError(function_execution_id=run, error="Nobody to count")
    assert able.run_of(run)["error"] == "Nobody to count"


def test_an_app_that_is_not_ready_for_it_has_no_steps(slack):
    with pytest.raises(Refused, match="unknown_function"):
        slack.run_step("count", what="customers")
