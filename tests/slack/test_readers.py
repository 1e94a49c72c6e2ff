"""A channel whose readers see Spain alone: whoever asks there, the answer is Spain's; the rest comes alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

ACCESS = """
[access]
default_role = "{others}"
[access.roles.spain]
row_filters = {{ country = ["ES"] }}
smallest_cell = 1
[access.roles.viewer]
smallest_cell = 1
[access.roles.analyst]
members = ["ana@example.com"]
"""
ASKED = [
    ("en", "what was our churn rate in October 2026?", "1 of 2", "3 of 8"),
    ("fr", "quel était notre taux de churn en octobre 2026 ?", "1 sur 2", "3 sur 8"),
]


@dataclass
class City(Town):
    """Ana is an analyst; one channel names the role of its readers."""

    named: str = ""


@pytest.fixture(scope="module", params=["the channel names its readers", "anybody else sees Spain"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Two ways to say that who reads a channel sees Spain."""
    folder: Path = tmp_path_factory.mktemp("readers")
    names = request.param == "the channel names its readers"
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
    ):
        ana = slack.person("Ana", email="ana@example.com")
        bruno = slack.person("Bruno")
        channel = slack.channel("spain", members=[ana, bruno])
        text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{FINGERS.parent / 'data'}")
        text += ACCESS.format(others="viewer" if names else "spain")
        text += f'[access.channels.{channel}]\nrole = "spain"\n' if names else ""
        workspace = folder / "workspace.toml"
        workspace.write_text(text, encoding="utf-8")
        with start(served(workspace, records), records, slack):
            slack.wait_for(lambda: slack.connections)
            yield City(slack, ana, bruno, channel)


@pytest.mark.parametrize(("code", "text", "here", "alone"), ASKED)
def test_an_analysts_answer_is_cut_to_what_the_readers_see_and_the_rest_is_sent(
    city: City, code: str, text: str, here: str, alone: str
) -> None:
    city.slack.advance(61)
    language, direct = load(code), city.slack.direct(city.ana)
    number, before = len(city.answers()) + 1, len(city.answers(direct)) + 1
    city.slack.mention(city.ana, city.channel, text)
    cut = city.answer(number=number)
    assert here in cut["text"]
    assert alone not in cut["text"]
    assert language.say("confined_here", filters=(("country", ("ES",)),)) in cut["text"]
    city.slack.press(city.ana, cut, language.say("slack_alone_button"), city.channel)
    assert alone in city.answer(direct, before)["text"]
