"""The real Bolt app against the local Slack, over real sockets, with a scripted service behind it."""

from collections.abc import Iterator

import pytest

from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.app import SlackBot
from tests.slack.town import MANIFEST, Script, Town, start


@pytest.fixture(scope="session")
def script() -> Script:
    return Script()


@pytest.fixture(scope="session")
def workspace() -> Iterator[Slack]:
    """The local Slack, which resends an unacknowledged event sooner than the real one."""
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('records')}/records.sqlite") as records:
        yield records


@pytest.fixture(scope="session")
def bot(script: Script, records: Records, workspace: Slack) -> Iterator[SlackBot]:
    with start(script, records, workspace) as bot:
        workspace.wait_for(lambda: workspace.connections)
        yield bot


@pytest.fixture
def slack(workspace: Slack) -> Slack:
    """A minute later, so that no test pays for the calls of another."""
    workspace.advance(61)
    return workspace


@pytest.fixture
def service(script: Script) -> Script:
    """The script, empty again."""
    for kept in (
        script.answers,
        script.asked,
        script.chosen,
        script.again_asked,
        script.own,
        script.about,
        script.admitted,
        script.given,
        script.shelved,
        script.marks,
    ):
        kept.clear()
    return script


@pytest.fixture
def town(slack: Slack, bot: SlackBot, service: Script) -> Town:
    conversation = bot._desks.of("").conversation
    for sparing in (conversation._teller._sparing, conversation._replies._streams.sparing):
        sparing._until.clear()  # the workspace's minute is over, this machine's is not
    ana, bruno = slack.person("Ana", email="ana@example.com"), slack.person("Bruno", locale="fr-FR")
    return Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))
