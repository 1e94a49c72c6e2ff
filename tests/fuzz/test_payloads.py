"""Whatever Slack's payloads look like one day, the entrance takes a question, or drops what it cannot read."""

import copy
import json
import logging
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from slack_sdk import WebClient

from bot.slack import blocks, counter, decisions, desk, draft_views, finals, homes, marks, workbench
from bot.slack import receipt as shown
from bot.slack.app import Desk, take_in
from bot.slack.heard import Heard
from bot.slack.manifest import SHORTCUT
from bot.slack.modals import Modals
from bot.slack.people import People
from bot.slack.replies import Replies
from tests.slack.town import Script

USER = {"id": "U1", "team_id": "T1"}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": blocks.MARK,
    "title": {"type": "plain_text", "text": "Receipt"},
    "private_metadata": json.dumps({"answer": "a", "channel": "C1", "thread": "1.1", "response_url": ""}),
    "state": {"values": {"reason": {"reason": {"selected_option": {"value": "unclear"}}}}},
    "blocks": [],
}

COMPOSING = {
    **VIEW, "hash": "1.5", "callback_id": blocks.COMPOSE,
    "private_metadata": json.dumps({"channel": "C1", "thread": "", "response_url": "", "language": "en"}),
    "blocks": [{"block_id": draft_views.EXPORT, "elements": [{"initial_option": {"value": "files"}}]}],
}  # fmt: skip


def pressed(action: str, value: str) -> dict[str, Any]:
    return {
        "type": "block_actions", "user": USER, "team": {"id": "T1"}, "trigger_id": "1.2", "response_url": "https://x",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": False},
        "actions": [{"action_id": action, "block_id": "b", "value": value, "action_ts": "2.2", "type": "button"}],
    }  # fmt: skip


def event(**told: Any) -> dict[str, Any]:
    return {"team_id": "T1", "event_id": "Ev1", "type": "event_callback", "event": told}


FILE = {"name": "a.csv", "size": 3, "url_private_download": "https://files.slack.com/a.csv"}
SOUND = {
    "mention": event(type="app_mention", user="U1", text="<@UBOT> churn?", channel="C1", ts="1.1"),
    "direct": event(type="message", channel_type="im", user="U1", text="churn?", channel="D1", ts="1.1"),
    "file": event(type="message", channel_type="im", subtype="file_share", user="U1", channel="D1", ts="1",
                  files=[FILE]),
    "follow-up": event(type="message", user="U1", text="by plan?", channel="C1", ts="1.2", thread_ts="1.1"),
    "home": event(type="app_home_opened", user="U1", channel="D1", tab="home"),
    "messages": event(type="app_home_opened", user="U1", channel="D1", tab="messages"),
    "stop": event(type="agent_session_stopped", user="U1", channel="D1", thread_ts="1.1", event_ts="1.3"),
    "step": event(type="function_executed", function={"callback_id": "metric_value"}, inputs={"metric": "churn"},
                  function_execution_id="Fx1", workflow_execution_id="Wx1", event_ts="1.3"),
    "person": event(type="user_change", user={"id": "U1"}),
    "command": {"command": "/retention", "text": "churn?", "trigger_id": "1.2", "team_id": "T1", "channel_id": "C1",
                "user_id": "U1", "response_url": "https://x"},
    "shortcut": {"type": "message_action", "callback_id": SHORTCUT, "trigger_id": "1.2", "action_ts": "1.3",
                 "team": {"id": "T1"}, "channel": {"id": "C1"}, "user": USER, "message_ts": "1.1", "response_url": "x",
                 "message": {"user": "U2", "text": "churn is up", "ts": "1.1"}},
    "button": pressed("ask_0", '{"ask":"churn?"}'),
    "alone": pressed("alone", '{"ask":"churn?","alone":"a"}'),
    "receipt": pressed(shown.ACTION, "a"),
    "mark": pressed(blocks.MARK, "up en a"),
    "final": pressed(blocks.FINAL, "en a"),
    "draft": pressed(f"{blocks.DECIDE}approve", "en d1"),
    "in a modal": {**pressed("use_0", '{"ask":"churn?"}'), "view": VIEW},
    "csv": {**pressed(shown.CSV, ""), "view": VIEW},
    "on the home": {**pressed("ask_0", '{"ask":"churn?"}'), "view": {**VIEW, "type": "home"}},
    "form": {"type": "view_submission", "user": USER, "team": {"id": "T1"}, "view": VIEW},
    "decision": {"type": "view_submission", "user": USER, "team": {"id": "T1"}, "view": {
        **VIEW, "callback_id": blocks.DECIDE, "private_metadata": json.dumps(
            {"verb": "reject", "draft": "d", "language": "en", "channel": "C1", "thread": ""})}},
    "draft form": {"type": "view_submission", "user": USER, "team": {"id": "T1"}, "view": COMPOSING},
    "shorter": {**pressed(draft_views.SHORTER, "d1"), "view": COMPOSING},
    "export": {**pressed(draft_views.EXPORT, "d1"), "view": COMPOSING},
}  # fmt: skip
odd = some.recursive(
    some.one_of(
        some.none(), some.booleans(), some.integers(), some.floats(), some.text(some.characters(), max_size=8),
        some.sampled_from(["", "{", "[]", "null", "0", '{"ask": 1}', '{"ask":"a","query":[]}', "up", "C1", "\ud800"]),
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


class Idle:
    """Workers that do nothing: the promise here is the entrance's."""

    def submit(self, *_: object, **__: object) -> None:
        """Never done."""

    def shutdown(self, **_: object) -> None:
        """Nothing to end."""


class Kept:
    """Where accepted questions are kept."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []

    def accept(self, heard: Heard) -> bool:
        json.dumps(heard.as_row())
        self.heard.append(heard)
        return True

    def joined(self, *_: str) -> bool:
        return True

    def changed(self, _: str) -> None:
        """Nothing is known of anybody."""

    def answer(self, _: Heard) -> None:
        """Never asked."""

    suggest = take = run = judge = make = answer


@pytest.fixture
def taking(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Kept]]:
    for module in (counter, decisions, desk, finals, homes, marks, workbench):
        monkeypatch.setattr(module, "ThreadPoolExecutor", lambda *_, **__: Idle())
    service, client, kept = Script(), WebClient(token="xoxb-1"), Kept()
    service.decided = SimpleNamespace(history=lambda _: ())
    people, replies = People(client, "T1"), Replies(client)
    made = Desk(
        conversation=kept,
        stops=kept,
        steps=kept,
        counter=counter.Counter(service, people, client, "en"),
        marks=marks.Marks(service, people, client),
        decisions=decisions.Decisions(service, people, client),
        workbench=workbench.Workbench(service, people, Modals(service, people, client), client, "en"),
        making=kept,
        claims=kept,
        summaries=None,
        watch=kept,
        finals=finals.Finals(service, None, people, client, replies, "T1", None),
        homes=homes.Homes(service, people, client, "en"),
        keeping=None,
        bot_user="UBOT",
    )
    yield made, kept
    logging.getLogger("bot.slack.app").disabled = False


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value of a payload."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def test_each_sound_payload_is_taken(taking):
    """What the mangled ones are made from is what the bot understands."""
    made, kept = taking
    for body in SOUND.values():
        take_in(made, copy.deepcopy(body))
    assert [one.kind for one in kept.heard] == [
        "mention", "direct", "file", "follow_up", "stop", "step", "command", "shortcut", "button", "alone", "button",
        "form", "form", "form",
    ]  # fmt: skip


def test_any_payload_is_taken_or_dropped_and_never_fails(taking, holds):
    made, kept = taking
    logging.getLogger("bot.slack.app").disabled = True  # each dropped one is logged

    @given(data=some.data(), name=some.sampled_from(sorted(SOUND)), times=some.integers(0, 4))
    def property_(data: some.DataObject, name: str, times: int) -> None:
        body = copy.deepcopy(SOUND[name])
        for _ in range(times):
            *way, last = data.draw(some.sampled_from(sorted(places(body), key=str) or [("x",)]))
            holder: Any = body
            for step in way:
                holder = holder[step]
            if data.draw(some.booleans()):
                holder[last] = data.draw(odd)
            else:
                del holder[last]
        kept.heard.clear()
        take_in(made, body)
        for heard in kept.heard:
            texts = (heard.event, heard.ts, heard.team, heard.channel, heard.user, heard.text, heard.thread)
            assert all(isinstance(one, str) for one in texts)
            assert "".join(texts).encode()

    holds(property_, 200)
