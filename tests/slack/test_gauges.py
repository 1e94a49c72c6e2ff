"""What becomes of questions is counted, without a name; a line that was cut is told of."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.app import SlackBot, open_bot
from bot.types import Outcome, Rate
from bot.vitals import Figures
from tests.slack.town import MANIFEST, Script, Town, said


@dataclass
class Counted:
    """Remembers what it is told."""

    ends: list[tuple[str, str]] = field(default_factory=list)
    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    def acknowledged(self, seconds: float) -> None:
        self.acks.append(seconds)

    def ended(self, outcome: str, engine: str) -> None:
        self.ends.append((outcome, engine))

    def answered(self, seconds: float) -> None:
        self.answers.append(seconds)

    def waited(self, reason: str) -> None:
        self.waits.append(reason)


@pytest.fixture(scope="module")
def counted() -> Counted:
    return Counted()


@pytest.fixture(scope="module")
def workspace() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('records')}/records.sqlite") as records:
        yield records


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def bot(script: Script, records: Records, workspace: Slack, counted: Counted) -> Iterator[SlackBot]:
    made = open_bot(
        script,
        records,
        bot_token=workspace.bot_token,
        app_token=workspace.app_token,
        try_file=script.try_file,
        api_url=workspace.api_url,
        rate=Rate(10_000, 10_000, 1),
        gauges=counted,
    )
    with made as bot:
        workspace.wait_for(lambda: workspace.connections)
        yield bot


def test_answers_refusals_and_failures_are_counted_with_their_times(
    town: Town, service: Script, counted: Counted
) -> None:
    service.answers["churn?"] = said("3 of 8", engine="agent")
    service.answers["which?"] = said("Which one?", outcome=Outcome.ASK_BACK)
    service.answers["broken?"] = RuntimeError("broken")
    for number, words in enumerate(("churn?", "which?", "broken?"), start=1):
        town.slack.mention(town.ana, town.channel, words)
        town.slack.wait_for(lambda number=number: len(counted.answers) == number, seconds=60)
    assert counted.ends == [("answer", "agent"), ("ask_back", "rules"), ("failed", "")]
    assert len(counted.acks) >= 3
    assert 0 < max(counted.acks) < 3
    assert 0 < min(counted.answers) <= max(counted.answers) < 30


def test_who_may_not_ask_is_counted_as_declined(town: Town, service: Script, counted: Counted) -> None:
    counted.ends.clear()
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.mention(guest, town.channel, "churn?")
    town.slack.wait_for(lambda: counted.ends, seconds=60)
    assert counted.ends == [("declined", "")]


def test_a_call_that_slack_puts_off_is_counted(town: Town, service: Script, counted: Counted) -> None:
    service.answers["late?"] = said("3 of 8")
    town.slack.fail("chat.postMessage", 429, retry_after=1)
    town.slack.mention(town.ana, town.channel, "late?")
    town.slack.wait_for(lambda: "rate_limited" in counted.waits, seconds=60)
    assert town.answer()["text"] == "3 of 8"


def test_a_line_that_was_cut_is_told_of_until_it_is_open_again(bot: SlackBot, workspace: Slack) -> None:
    client = bot.transport._handler.client  # type: ignore[attr-defined] # of the socket's alone
    assert bot.working()
    assert bot.transport.connected()
    client.auto_reconnect_enabled = False
    client.current_session.disconnect()
    workspace.wait_for(lambda: not bot.transport.connected())
    client.auto_reconnect_enabled = True
    workspace.wait_for(bot.transport.connected)


def test_a_line_that_answers_no_ping_is_dead_although_it_looks_open(
    bot: SlackBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = bot.transport._handler.client.current_session  # type: ignore[attr-defined] # of the socket's alone
    assert bot.transport.connected()
    monkeypatch.setattr(session, "last_ping_pong_time", 0.0)
    assert not bot.transport.connected()


def test_in_socket_mode_the_paths_are_served_beside_the_line(script: Script, workspace: Slack, tmp_path: Path) -> None:
    figures = Figures(dict)
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        made = open_bot(
            script, records, bot_token=workspace.bot_token, app_token=workspace.app_token, try_file=script.try_file,
            api_url=workspace.api_url, paths={"/metrics": figures.page}, gauges=figures,
        )  # fmt: skip
        with made as bot:
            port = bot.transport._beside.port  # type: ignore[attr-defined] # of the socket's alone
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                assert b"mainstay_answer_seconds_count" in answer.read()
