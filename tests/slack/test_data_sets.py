"""A channel is about a data set of its own, and all that is asked there is answered from it; elsewhere it is the main
one. Nothing of the one gets into the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.app import SlackBot
from bot.slack.watch import LOOK, Watch
from tests.served import served
from tests.slack.town import MANIFEST, Town, start
from tests.two_companies import OCTOBER, OCTOBER_EUROPE, two_companies

EN = load("en")
NAMED = EN.say("footing_data_set", name="europe", company="Finger Count Europe")
CHURN = "what was our churn rate in October 2026?"


@dataclass
class Both(Town):
    """A town with a channel about Europe, and one about a data set whose file is not there."""

    europe: str
    broken: str
    service: Service
    records: Records
    bot: SlackBot


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("sets")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
    ):
        slack.advance(datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp() - slack.clock.now())
        ana, bruno = slack.person("Ana", email="ana@example.com"), slack.person("Bruno", locale="fr-FR")
        channel, europe = (slack.channel(name, members=[ana, bruno]) for name in ("retention", "europe"))
        broken = slack.channel("broken", members=[ana])
        path = two_companies(folder, (
            f'[access.roles.analyst]\nmembers = ["{ana}"]\n'
            f'[access.channels.{europe}]\ndata = "europe"\n[access.channels.{broken}]\ndata = "asia"\n'
        ))  # fmt: skip
        path.write_text(path.read_text().replace("[data.sets]\n", '[data.sets]\nasia = "asia.toml"\n'))
        service = served(path, records)
        with start(service, records, slack) as bot:
            slack.wait_for(lambda: slack.connections)
            yield Both(slack, ana, bruno, channel, europe, broken, service, records, bot)


@pytest.fixture
def town(city: Both) -> Both:
    """A minute later, so that no test pays for the calls of another."""
    city.slack.advance(61)
    return city


def asked(town: Both, channel: str, text: str, person: str = "") -> dict:
    number = len(town.answers(channel)) + 1
    town.slack.mention(person or town.ana, channel, text)
    return town.answer(channel, number)


def test_a_channel_is_answered_from_its_data_set_which_each_answer_names(town: Both) -> None:
    here = asked(town, town.europe, CHURN)
    assert OCTOBER_EUROPE in here["text"]
    assert NAMED in str(here["blocks"])
    number = len(town.answers(town.europe)) + 1
    town.slack.post(town.bruno, town.europe, "et en septembre 2026 ?", thread=here["ts"])
    follow_up = town.answer(town.europe, number)
    assert load("fr").say("footing_data_set", name="europe", company="Finger Count Europe") in follow_up["text"]
    there = asked(town, town.channel, CHURN)
    assert OCTOBER in there["text"]
    assert "europe" not in str(there["blocks"])


@pytest.mark.slow
def test_a_command_is_answered_from_the_data_set_of_its_channel_and_a_direct_message_from_the_main_one(
    town: Both,
) -> None:
    for channel, counts in ((town.europe, OCTOBER_EUROPE), (town.channel, OCTOBER)):
        seen = len(town.whispers(town.bruno)) + 1
        town.slack.command(town.bruno, channel, f"/retention {CHURN}")
        assert counts in town.whisper(town.bruno, seen)["text"]
    seen = len(town.whispers(town.bruno)) + 1
    town.slack.command(town.bruno, town.europe, "/retention data")
    assert (
        NAMED in town.whisper(town.bruno, seen)["text"]
        or "jeu de données europe" in town.whisper(town.bruno, seen)["text"]
    )
    town.slack.tell(town.bruno, CHURN)
    assert OCTOBER in town.answer(town.slack.direct(town.bruno))["text"]


def test_what_one_person_alone_is_shown_of_it_stays_with_it_also_in_what_is_asked_next(town: Both) -> None:
    shown = asked(town, town.europe, "which customers left in October 2026?")
    direct = town.slack.direct(town.ana)
    number = len(town.answers(direct)) + 1
    town.slack.press(town.ana, shown, EN.say("slack_alone_button"), town.europe)
    alone = town.answer(direct, number)
    assert "Cedar" not in alone["text"]  # whom the main data has among those who left
    assert NAMED in str(alone["blocks"])
    town.slack.tell(town.ana, CHURN, thread=alone["ts"])
    assert OCTOBER_EUROPE in town.answer(direct, number + 1)["text"]
    town.slack.tell(town.ana, CHURN)
    assert OCTOBER in town.answer(direct, number + 2)["text"]


@pytest.mark.slow
def test_a_receipt_counts_other_definitions_on_the_data_of_its_answer(town: Both) -> None:
    shown = asked(town, town.europe, CHURN)
    town.slack.press(town.ana, shown, EN.say("slack_receipt_button"), town.europe)
    view = town.slack.wait_for(
        lambda: found if (found := town.slack.modal(town.ana)) and " of 8" in str(found) and "Use" in str(found) else {}
    )
    assert OCTOBER_EUROPE in str(view)
    assert NAMED in str(view)


def test_a_data_set_that_cannot_be_opened_says_so_in_its_channel_and_the_others_go_on(town: Both) -> None:
    seen = len(town.whispers(town.ana)) + 1
    town.slack.mention(town.ana, town.broken, CHURN)
    assert town.whisper(town.ana, seen)["text"] == EN.say("data_set_broken", name="asia")
    assert OCTOBER_EUROPE in asked(town, town.europe, CHURN)["text"]
    assert OCTOBER in asked(town, town.channel, CHURN)["text"]


@pytest.mark.slow
def test_an_alert_is_judged_on_the_data_it_was_set_on_and_told_from_it(town: Both) -> None:
    for channel in (town.europe, town.channel):
        asked(town, channel, "alert me when churn rate is above 5%")
    (europe,) = town.service.sets.named("europe").clerk.alerts.rules()
    (main,) = town.service.clerk.alerts.rules()
    assert (europe.name, main.name) == ("1", "1")
    watch = town.bot._desks.of("").watch
    assert isinstance(watch, Watch)
    watch._looked -= LOOK
    due = {one.data: one for one in watch.due()}
    numbers = {channel: len(town.answers(channel)) for channel in (town.europe, town.channel)}
    for one in due.values():
        watch.judge(one)
    told = town.answer(town.europe, numbers[town.europe] + 1)
    assert OCTOBER_EUROPE in told["text"]
    assert NAMED in str(told["blocks"])
    assert OCTOBER in town.answer(town.channel, numbers[town.channel] + 1)["text"]


def shown_home(town: Both, person: str, until: str) -> str:
    town.slack.open_home(person, "home")
    return town.slack.wait_for(
        lambda: home if until in (home := str(town.slack.space.homes.get(person))) else "", seconds=30
    )


@pytest.mark.slow
def test_the_home_shows_what_there_is_of_each_data_set_and_where_it_is_asked(town: Both) -> None:
    asked(town, town.europe, "alert me when churn rate is above 7%")
    home = shown_home(town, town.ana, "Finger Count Europe")
    europe = home[home.index("Finger Count Europe") :]
    assert f"<#{town.europe}>" in europe
    assert "churn rate above 7.0%" in europe
    assert "churn rate above 7.0%" not in home[: home.index("Finger Count Europe")]
    assert town.broken not in home, "what cannot be opened holds up nothing"
    others = shown_home(town, town.bruno, "Finger Count Europe")
    assert "7,0" not in others, "an alert is its owner's"


@pytest.mark.slow
def test_a_data_set_of_a_private_channel_is_named_to_those_alone_who_have_something_there(town: Both) -> None:
    asked(town, town.europe, "alert me when churn rate is above 8%")
    place = town.slack.space.channels[town.europe]
    kind, place.kind = place.kind, "private"
    people = town.bot._desks.of("").homes._people
    people._channels._values.clear()
    try:
        assert "Finger Count Europe" in shown_home(town, town.ana, "churn rate above 8.0%")
        town.slack.space.homes.pop(town.bruno, None)
        assert "Finger Count Europe" not in shown_home(town, town.bruno, "`")
    finally:
        place.kind = kind
        people._channels._values.clear()


def test_a_list_in_a_direct_message_says_that_it_is_of_the_main_data_alone(town: Both) -> None:
    direct = town.slack.direct(town.ana)
    for line in ("/retention alerts", "/retention segments"):
        seen = len(town.whispers(town.ana)) + 1
        town.slack.command(town.ana, direct, line)
        assert EN.say("slack_main_alone") in town.whisper(town.ana, seen)["text"]
    seen = len(town.whispers(town.ana)) + 1
    town.slack.command(town.ana, town.europe, "/retention alerts")
    assert EN.say("slack_main_alone") not in town.whisper(town.ana, seen)["text"]


@pytest.mark.slow
def test_a_step_of_a_workflow_may_name_the_channel_whose_data_is_meant(town: Both) -> None:
    for channel, value in ((town.europe, 25.0), (town.channel, 37.5)):
        run = town.slack.run_step("metric_value", metric="churn_rate", period="2026-10", channel=channel)
        done = town.slack.wait_for(lambda run=run: one if (one := town.slack.run_of(run))["state"] != "running" else {})
        assert done["outputs"]["value"] == value
