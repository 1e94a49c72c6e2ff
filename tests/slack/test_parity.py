"""One question has one answer, whichever way it comes in: mention, direct message, command, shortcut, terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.documents import answer_document
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.manifest import SHORTCUT
from bot.terminal import Session
from bot.types import Place
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, start

QUESTIONS = (
    ("what was our churn rate in October?", "value", "en"),
    ("MRR at the end of October", "value", "en"),
    ("quel était notre taux de churn en octobre 2026 ?", "value", "fr"),
    ("¿cuál fue nuestra tasa de churn en octubre de 2026?", "value", "es"),
    ("jaki był nasz churn w październiku 2026?", "value", "pl"),
    ("churn rate in October as Stripe counts it", "variant", "en"),
    ("churn rate by country in October", "breakdown", "en"),
    ("taux de churn par pays en octobre 2026", "breakdown", "fr"),
    ("which country had the highest churn in October?", "top", "en"),
    ("churn rate trend from May to October", "trend", "en"),
    ("evolución mensual del MRR de mayo a octubre de 2026", "trend", "es"),
    ("compare MRR in September and October", "compare", "en"),
    ("why did MRR fall in October?", "why", "en"),
    ("dlaczego churn wzrósł w październiku 2026?", "why", "pl"),
    ("churn rate in Spain in October", "value", "en"),
    ("customers with at least 1 ticket", "segment", "en"),
    ("how do you define churn rate?", "define", "en"),
    ("qu’est-ce que le MRR ?", "define", "fr"),
    ("did churn rise in October?", "premise", "en"),
    ("what was our pipeline revenue in October?", "value", "en"),
)
"""(question, what it is, its language); the last one has no figure."""
QUICK = (0, 6)
"""The questions that are asked in every run of the tests."""
CHANNELS = len(QUESTIONS)
ABOUT_SPAIN = CHANNELS
PASSING = {"elapsed_ms", "asked"}
"""What of a document is of the one asking: how long it took, and when and where."""


@dataclass
class City:
    slack: Slack
    records: Records
    service: Service
    ana: str
    channels: list[str]

    def kept(self, *ids: str) -> list[dict[str, Any]]:
        """The documents of the answers with these ids, once all are there."""
        found = self.slack.wait_for(
            lambda: all(every := [self.records.answers.get(id) for id in ids]) and every, seconds=60
        )
        return [{name: told for name, told in one.items() if name not in PASSING} for one in found]

    def mention(self, channel: str, text: str) -> str:
        return f"T0HOME/{channel}/{self.slack.mention(self.ana, channel, text)}"

    def direct(self, text: str) -> str:
        return f"T0HOME/{self.slack.direct(self.ana)}/{self.slack.tell(self.ana, text)}"

    def command(self, channel: str, text: str) -> str:
        delivery = self.slack.command(self.ana, channel, f"/retention {text}")
        return f"T0HOME/{channel}/{delivery.payload['trigger_id']}"

    def shortcut(self, channel: str, text: str) -> str:
        said = self.slack.post(self.ana, channel, text)
        delivery = self.slack.shortcut(self.ana, channel, said, SHORTCUT)
        return f"T0HOME/{channel}/{said}/{self.ana}/{delivery.payload['action_ts']}"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Everybody is an analyst everywhere, so that only the way in differs; one channel is about Spain."""
    folder: Path = tmp_path_factory.mktemp("parity")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
    ):
        ana = slack.person("Ana")
        channels = [slack.channel(f"c{number}", members=[ana]) for number in range(CHANNELS + 1)]
        data = (FINGERS.parent / "data").as_posix()
        text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{data}")
        text += '\n[access]\ndefault_role = "analyst"\n'
        text += "".join(f'\n[access.channels.{one}]\nrole = "analyst"\n' for one in channels)
        text += 'filters = { country = ["ES"] }\nlanguage = "es"\n'
        workspace = folder / "workspace.toml"
        workspace.write_text(text, encoding="utf-8")
        service = served(workspace, records)
        with start(service, records, slack):
            slack.wait_for(lambda: slack.connections)
            yield City(slack, records, service, ana, channels)


@pytest.mark.parametrize(
    ("number", "text", "intent", "language"),
    [pytest.param(n, *one, marks=() if n in QUICK else pytest.mark.slow) for n, one in enumerate(QUESTIONS)],
)
def test_every_way_in_gives_the_same_evidence_under_the_same_settings(
    city: City, number: int, text: str, intent: str, language: str
) -> None:
    city.slack.advance(61)
    channel = city.channels[number]
    ways = (
        city.mention(channel, text), city.direct(text), city.command(channel, text), city.shortcut(channel, text),
    )  # fmt: skip
    session = Session(city.service, city.service.now(), "analyst", Place.DM, None)
    typed = answer_document(city.service.ask(session.question(text)))
    expected = {name: told for name, told in typed.items() if name not in PASSING}
    assert (expected["intent"], expected["language"]) == (intent, language)
    assert bool(expected["evidence"]) == (intent != "define" and "pipeline" not in text)
    for way, told in zip(("mention", "direct", "command", "shortcut"), city.kept(*ways), strict=True):
        assert told == expected, way


def test_in_a_channel_that_is_about_something_so_is_every_way_in(city: City) -> None:
    city.slack.advance(61)
    channel, text = city.channels[ABOUT_SPAIN], "churn rate in October"
    first, *others = city.kept(
        city.mention(channel, text), city.command(channel, text), city.shortcut(channel, text)
    )  # fmt: skip
    assert [one["filters"] for one in first["queries"]] == [{"country": ["ES"]}]
    assert "1 of 2" in first["text"]
    assert others == [first, first]


def test_words_that_give_no_language_away_are_read_in_the_channels(city: City) -> None:
    city.slack.advance(61)
    (told,) = city.kept(city.mention(city.channels[ABOUT_SPAIN], "MRR"))
    assert told["language"] == "es"


def test_names_that_a_channel_does_not_show_come_alone_also_for_a_follow_up(city: City) -> None:
    """The question in the middle of a thread is asked anew with what the thread was about then."""
    city.slack.advance(61)
    channel = city.channels[0]
    root = city.mention(channel, "what was our churn rate in October?")
    city.kept(root)
    thread = root.rpartition("/")[2]
    who = f"T0HOME/{channel}/{city.slack.post(city.ana, channel, 'who?', thread=thread)}"
    (refused,) = city.kept(who)
    assert refused["error"]["key"] == "people_not_allowed"
    other = f"T0HOME/{channel}/{city.slack.post(city.ana, channel, 'NPS in October', thread=thread)}"
    city.kept(other)
    label = load("en").say("slack_alone_button")
    answer = city.slack.wait_for(lambda: [one for one in city.slack.messages(channel, thread) if has(one, label)])
    direct = city.slack.direct(city.ana)
    before = len(city.slack.messages(direct, by_app=True))
    city.slack.press(city.ana, answer[0], label, channel)
    told = city.slack.wait_for(lambda: names(city.slack.messages(direct, by_app=True)[before:]), seconds=20)
    assert "Asked: who?" in told
    assert all(name in told for name in ("Cedar", "Dogwood", "Larch"))
    assert "Cedar" not in "".join(one["text"] for one in city.slack.messages(channel))


def has(message: dict[str, Any], label: str) -> bool:
    """Whether a message has a button with this label."""
    rows = [one for one in message.get("blocks", ()) if one["type"] == "actions"]
    return any(element["text"]["text"] == label for row in rows for element in row["elements"])


def names(messages: list[dict[str, Any]]) -> str:
    """The text of the one message that tells names, once it does."""
    assert len(messages) <= 1
    return "".join(one["text"] for one in messages if "Cedar" in one["text"])
