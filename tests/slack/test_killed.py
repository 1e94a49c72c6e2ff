"""Fifty SIGKILLs at random moments after the acknowledgement: each accepted question gets one final answer."""

import random
import time
from pathlib import Path

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.playground.sockets import Delivery
from tests.slack.program import forked
from tests.slack.town import MANIFEST

KILLS = 50
ANSWERING_SECONDS = 0.6
"""About how long an answer takes: kills are spread over it."""
WORKING = tuple(load(code).say("slack_working") for code in ("en", "fr"))


def acknowledged(slack: Slack) -> list[Delivery]:
    """The mentions that the bot took responsibility for."""
    return [one for one in slack.deliveries("app_mention") if one.state == "acked"]


@pytest.mark.slow
def test_every_accepted_question_is_answered_once_whenever_the_bot_is_killed(tmp_path: Path) -> None:
    moments = random.Random(7)  # noqa: S311  moments to kill at are no secret
    with Slack(MANIFEST, Pace(retries=(0.5, 1.0, 1.0))) as slack:
        ana = slack.person("Ana")
        channel = slack.channel("retention", members=[ana])
        asked = []
        for _ in range(KILLS):
            slack.advance(61)
            sent = len(acknowledged(slack))
            with forked(slack, tmp_path):
                asked.append(slack.mention(ana, channel, "what was our churn rate in October?"))
                slack.wait_for(lambda sent=sent: acknowledged(slack)[sent:], seconds=20)
                time.sleep(moments.uniform(0, ANSWERING_SECONDS))
            slack.wait_for(lambda: not slack.connections, seconds=20)

        def answers() -> dict[str, list[str]]:
            found: dict[str, list[str]] = {root: [] for root in asked}
            for message in slack.messages(channel, by_app=True):
                found[message["thread_ts"]].append(message["text"])
            return found

        def all_final() -> bool:
            return all(texts and not any(text.startswith(WORKING) for text in texts) for texts in answers().values())

        with forked(slack, tmp_path):
            slack.wait_for(all_final, seconds=120)
            time.sleep(2)  # time for a second answer to show, were there one
        assert {len(texts) for texts in answers().values()} == {1}
        assert [texts[0] for texts in answers().values() if "3 of 8" not in texts[0]] == []
