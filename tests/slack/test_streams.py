"""Long work as tasks, in a message that streams and becomes the answer."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import limits
from bot.slack import streams
from bot.slack.heard import Heard
from bot.slack.limits import Message
from bot.slack.replies import Posted, Replies
from bot.slack.streams import Streams, Task

READ = Task("read", "Reading …", done=True)
SPLIT = Task("split", "Splitting …", done=False, more="This usually takes about 10 seconds.")


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def client(slack):
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def asked(slack):
    """A question in a channel that nobody answers but the test."""
    ana = slack.person("Ana")
    channel = slack.channel("streams", members=[ana])
    ts = slack.post(ana, channel, "why?")
    return Heard("E1", ts, "mention", team="T0HOME", channel=channel, user=ana, text="why?", thread=ts)


def reply(asked, client, clock=None, *, again=False):
    made = Posted(asked, client, lambda _: None, Streams(client, clock or Clock()), again=again)
    assert made.begin("…", again)
    return made


def calls(slack, asked, *methods):
    """How often these were called for this question's channel."""
    return sum(one.args.get("channel") == asked.channel for method in methods for one in slack.calls(method))


def shown(slack, asked):
    return slack.messages(asked.channel, by_app=True)


def test_tasks_grow_in_one_message_and_the_answer_takes_their_place(slack, client, asked):
    mine = reply(asked, client)
    assert mine.stream([READ])
    assert mine.stream([READ, SPLIT])
    (message,) = shown(slack, asked)
    assert [(one["title"], one["status"]) for one in message["blocks"]] == [
        ("Reading …", "complete"),
        ("Splitting …", "in_progress"),
    ]
    assert "usually" in str(message["blocks"][1]["details"])
    with pytest.raises(SlackApiError, match="streaming_state_conflict"):
        client.chat_update(channel=asked.channel, ts=message["ts"], text="too early")
    assert mine.finish(Message("Because.")) == message["ts"]
    (answer,) = shown(slack, asked)
    assert (answer["text"], answer["blocks"]) == ("Because.", [])
    assert answer["metadata"]["event_payload"] == {"key": asked.key, "part": 0}


def test_what_has_not_changed_is_not_sent_again(slack, client, asked):
    mine = reply(asked, client)
    assert all(mine.stream([READ]) for _ in range(3))
    assert calls(slack, asked, "chat.startStream", "chat.appendStream") == 1


def test_a_stream_is_ended_before_slack_ends_it_and_its_message_is_filled_all_the_same(slack, client, asked):
    clock = Clock()
    mine = reply(asked, client, clock)
    assert mine.stream([READ])
    clock.at = streams.LONGEST + 1
    assert not mine.stream([READ, SPLIT])
    assert not mine.stream([READ, SPLIT])
    assert calls(slack, asked, "chat.stopStream") == 1
    mine.finish(Message("Because."))
    assert [one["text"] for one in shown(slack, asked)] == ["Because."]


def test_a_stream_that_slack_has_ended_is_filled(slack, client, asked):
    mine = reply(asked, client)
    assert mine.stream([READ])
    slack.advance(limits.STREAM_SECONDS + 1)
    assert not mine.stream([READ, SPLIT])
    mine.finish(Message("Because."))
    assert [one["text"] for one in shown(slack, asked)] == ["Because."]


@pytest.mark.parametrize("after", [False, True])
def test_a_beginning_whose_answer_was_lost_leaves_one_message(slack, client, asked, after):
    slack.fail("chat.startStream", 503, after=after)
    mine = reply(asked, client)
    assert not mine.stream([READ])
    assert not mine.stream([READ, SPLIT])
    assert len(shown(slack, asked)) == int(after)
    mine.finish(Message("Because."))
    assert [one["text"] for one in shown(slack, asked)] == ["Because."]


def test_the_stream_of_a_process_that_died_becomes_the_answer_of_the_next(slack, client, asked):
    reply(asked, client).stream([READ])
    next_one = reply(asked, client, again=True)
    assert not next_one.stream([READ])
    next_one.finish(Message("Because."))
    assert [one["text"] for one in shown(slack, asked)] == ["Because."]
    reply(asked, client, again=True).finish(Message("Because."))
    assert len(shown(slack, asked)) == 1


def test_the_stream_of_another_question_in_the_thread_is_left_alone(slack, client, asked):
    beside = reply(asked, client)
    assert beside.stream([READ])
    other = Heard("E2", slack.post(asked.user, asked.channel, "and?", thread=asked.ts), "follow_up", team="T0HOME",
                  channel=asked.channel, user=asked.user, text="and?", thread=asked.ts)  # fmt: skip
    reply(other, client, again=True).finish(Message("And so."))
    beside.finish(Message("Because."))
    assert sorted(one["text"] for one in shown(slack, asked)) == ["And so.", "Because."]


@pytest.mark.parametrize("fault", [500, 503])
def test_an_end_that_fails_for_a_moment_is_tried_again(slack, client, asked, fault):
    mine = reply(asked, client)
    mine.stream([READ])
    slack.fail("chat.stopStream", fault, after=fault == 503)
    mine.finish(Message("Because."))
    assert [one["text"] for one in shown(slack, asked)] == ["Because."]


def test_after_twenty_in_a_minute_no_more_are_begun_until_slack_takes_them(slack, client, asked):
    clock = Clock()
    several = Streams(client, clock)
    begun = [several.of(asked).show([READ]) for _ in range(22)]
    assert begun == [True] * 20 + [False] * 2
    assert calls(slack, asked, "chat.startStream") == 21
    slack.advance(61)
    clock.at = 61
    assert several.of(asked).show([READ])


def test_nothing_streams_where_there_is_a_message_or_no_thread_or_for_one_alone(slack, client, asked):
    without = Heard("E3", "E3", "share", team="T0HOME", channel=asked.channel, user=asked.user, text="x")
    assert not reply(without, client).stream([READ])
    noted = reply(asked, client)
    noted.note("Working on it…")
    assert not noted.stream([READ])
    alone = Heard("E4", "E4", "command", team="T0HOME", channel=asked.channel, user=asked.user, text="x",
                  response_url=f"{slack.api_url}none")  # fmt: skip
    assert not Replies(client).to(alone).stream([READ])
    assert calls(slack, asked, "chat.startStream") == 0
