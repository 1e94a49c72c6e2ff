"""Who asks too fast is told when to ask again, once a minute; what costs nothing is still given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.language import available, load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.app import open_bot
from bot.types import Rate
from tests.slack.test_marks import thumb
from tests.slack.town import MANIFEST, Script, Town, said

EN, FR = load("en"), load("fr")
RATE = Rate(person_questions=3, workspace_questions=5, minutes=10)
OWN = EN.say("slack_too_many_of_one", most=3, span=10, wait=10)


@dataclass
class Watch:
    """A clock that the test sets."""

    now: datetime = datetime(2026, 11, 10, 9)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(scope="module")
def local() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def slack(local: Slack) -> Slack:
    """Another minute, so that no test pays for the calls of another."""
    local.advance(61)
    return local


@pytest.fixture
def records(tmp_path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield records


@pytest.fixture
def watch() -> Watch:
    return Watch()


def opened(service: Script, records: Records, slack: Slack, watch: Watch):
    tokens = {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url}
    return open_bot(service, records, **tokens, try_file=service.try_file, rate=RATE, clock=watch)


@pytest.fixture
def service(slack: Slack, records: Records, watch: Watch) -> Iterator[Script]:
    service = Script()
    with opened(service, records, slack, watch):
        slack.wait_for(lambda: slack.connections)
        yield service


@pytest.fixture
def town(slack: Slack, service: Script) -> Town:
    ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
    return Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def asks(town: Town, times: int, person: str = "") -> None:
    """So many questions of one person, each answered before the next."""
    for _ in range(times):
        before = len(town.answers())
        town.slack.mention(person or town.ana, town.channel, "churn?")
        town.answer(number=before + 1)


def test_a_flood_is_answered_up_to_the_limit_and_then_told_once_when_to_come_back(town, service):
    asks(town, 3)
    for number in range(12):
        town.slack.mention(town.ana, town.channel, f"churn {number}?")
    assert town.whisper(town.ana)["text"] == OWN
    town.slack.wait_for(lambda: {d.state for d in town.slack.deliveries("app_mention")} == {"acked"})
    town.quiet()
    assert [m["text"] for m in town.whispers(town.ana)] == [OWN]
    assert len(service.asked) == 3
    assert len(town.slack.messages(town.channel, by_app=True)) == 3


def test_it_is_told_again_a_minute_later_with_the_time_that_is_left(town, service, watch):
    asks(town, 3)
    town.slack.mention(town.ana, town.channel, "churn?")
    town.whisper(town.ana)
    watch.passes(minutes=7, seconds=1)
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.whisper(town.ana, number=2)["text"] == EN.say("slack_too_many_of_one", most=3, span=10, wait=3)


def test_after_the_time_that_was_told_a_question_is_answered(town, service, watch):
    asks(town, 3)
    town.slack.mention(town.ana, town.channel, "churn?")
    town.whisper(town.ana)
    watch.passes(minutes=10)
    asks(town, 1)
    assert len(service.asked) == 4


def test_one_persons_flood_holds_nobody_else_and_all_together_have_a_limit_too(town, service):
    asks(town, 3)
    asks(town, 2, town.bruno)
    assert len(service.asked) == 5
    town.slack.mention(town.bruno, town.channel, "quel est notre taux de churn ?")
    told = town.whisper(town.bruno)["text"]
    assert told == FR.say("slack_too_many_of_all", most=5, span=10, wait=10)


def test_follow_ups_buttons_and_direct_messages_count(town, service):
    service.answers["churn?"] = said("4.6%", follow_ups=("and by plan?",))
    root = town.slack.mention(town.ana, town.channel, "churn?")
    answer = town.answer()
    town.slack.press(town.ana, answer, "and by plan?", town.channel)
    town.answer(number=2)
    town.slack.post(town.ana, town.channel, "and by country?", thread=root)
    town.answer(number=3)
    place = town.slack.direct(town.ana)
    town.slack.tell(town.ana, "churn?")
    assert town.answer(place)["text"] == OWN
    town.slack.press(town.ana, answer, "and by plan?", town.channel)
    town.quiet()
    assert len(service.asked) == 3


def test_a_repeated_delivery_does_not_count(town, service):
    asks(town, 1)
    delivery = [d for d in town.slack.deliveries("app_mention") if d.payload["event"]["channel"] == town.channel][-1]
    for _ in range(4):
        town.slack.deliver_again(delivery)
    town.quiet()
    asks(town, 2)
    assert len(service.asked) == 3


def test_a_command_is_told_in_private_and_its_help_is_always_given(town, service):
    for number in range(3):
        town.slack.command(town.ana, town.channel, "/retention churn?")
        town.whisper(town.ana, number=number + 1)
    town.slack.command(town.ana, town.channel, "/retention churn?")
    assert town.whisper(town.ana, number=4)["text"] == OWN
    town.slack.command(town.ana, town.channel, "/retention help")
    assert EN.say("slack_help_commands") in town.whisper(town.ana, number=5)["text"]
    assert len(service.asked) == 3


def test_thumbs_are_taken_from_who_may_not_ask_just_now(town, service):
    asks(town, 3)
    town.slack.mention(town.ana, town.channel, "churn?")
    town.whisper(town.ana)
    thumb(town, town.ana, town.answers()[0], "positive")
    town.slack.wait_for(lambda: service.marks)


def test_a_guest_is_refused_as_ever_and_uses_up_nothing(town, service):
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    for number in range(7):
        town.slack.mention(guest, town.channel, "churn?")
        assert town.whisper(guest, number=number + 1)["text"] == EN.say("slack_unseen_place")
    asks(town, 1)


def test_a_new_start_forgets_nothing(slack, records, watch):
    ana = slack.person("Ana")
    town = Town(slack, ana, ana, slack.channel("again", members=[ana]))
    with opened(Script(), records, slack, watch):
        asks(town, 3)
    with opened(Script(), records, slack, watch):
        slack.mention(ana, town.channel, "churn?")
        assert town.whisper(ana)["text"] == OWN


@pytest.mark.parametrize("code", available())
def test_the_time_to_wait_is_said_in_every_language(code):
    for key in ("slack_too_many_of_one", "slack_too_many_of_all"):
        assert "1 minut" in load(code).say(key, most=3, span=10, wait=1)
        assert "5 minut" in load(code).say(key, most=3, span=10, wait=5)
