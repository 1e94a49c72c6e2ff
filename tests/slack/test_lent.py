"""A file in a direct message: read, put right by a button, answered from in its thread for whoever gave it, deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.dropped import dropped
from bot.language import available, load
from bot.lent import Lender
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.settings import read_workspace
from bot.slack.app import SlackBot, open_bot
from bot.types import Rate
from bot.wiring.parts import lender_of
from tests.served import FINGERS, served
from tests.slack.test_file import SUBSCRIPTIONS
from tests.slack.town import MANIFEST, Town

EN = load("en")
AMERICAN = SUBSCRIPTIONS.replace(",FR\n", ",\n")
"""Without a country, so that nothing tells which currency it is."""
MRR = "what was our MRR at the end of September 2026?"


@dataclass
class Library(Town):
    """A town whose people lend files."""

    home: Path
    records: Records
    service: Service
    bot: SlackBot

    @property
    def lender(self) -> Lender:
        lender = self.service.sets.lender
        assert isinstance(lender, Lender)
        return lender

    def share(self, data: str, name: str = "customers.csv", words: str = "") -> dict:
        """Ana sends a file, with words beside it; what she is told."""
        direct = self.slack.direct(self.ana)
        number = len(self.answers(direct)) + 1
        self.slack.share(self.ana, direct, name, data.encode(), words)
        return self.answer(direct, number)

    def say(self, text: str, thread: str | None = None) -> str:
        """What Ana is told after what she writes."""
        direct = self.slack.direct(self.ana)
        number = len(self.answers(direct)) + 1
        self.slack.tell(self.ana, text, thread=thread)
        return str(self.answer(direct, number)["text"])

    def press(self, message: dict, label: str) -> str:
        direct = self.slack.direct(self.ana)
        number = len(self.answers(direct)) + 1
        self.slack.press(self.ana, message, label, direct)
        return str(self.answer(direct, number)["text"])

    def sweep(self, hours: int) -> None:
        """Looks, so many hours after now, for what is over its time."""
        self.lender._looked = datetime.min
        self.lender.sweep(self.service.now() + timedelta(hours=hours))
        self.lender._looked = datetime.min

    @property
    def files(self) -> list[Path]:
        return list((self.home / "lent").rglob("*.csv"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    home = tmp_path_factory.mktemp("lent")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{home}/records.sqlite") as records,
    ):
        slack.advance(datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp() - slack.clock.now())
        ana = slack.person("Ana", email="ana@example.com", zone="Europe/Madrid")
        path = home / "workspace.toml"
        text = FINGERS.read_text().replace("files:data", f"files:{FINGERS.parent / 'data'}")
        bruno = slack.person("Bruno")
        path.write_text(
            f'{text}\n[access.roles.analyst]\nmembers = ["{ana}"]\n[access.roles.admin]\nmembers = ["{bruno}"]\n'
        )
        service = served(path, records)
        service.now = cache(lambda: datetime(2026, 11, 2, 12))
        take = lender_of(service, read_workspace(path), home, dropped).take
        bot = open_bot(
            service, records, bot_token=slack.bot_token, app_token=slack.app_token, try_file=take,
            api_url=slack.api_url.rstrip("/"), rate=Rate(10_000, 10_000, 1), clock=lambda: service.now(),  # noqa: PLW0108  the tests set it
        )  # fmt: skip
        with bot:
            slack.wait_for(lambda: slack.connections)
            yield Library(
                slack, ana, bruno, slack.channel("retention", members=[ana, bruno]), home, records, service, bot
            )


@pytest.fixture
def town(city: Library) -> Library:
    """A minute later, with nothing lent."""
    city.slack.advance(61)
    city.service.now = lambda: datetime(2026, 11, 2, 12)
    city.lender.forget(city.ana)
    return city


def test_what_is_asked_in_the_thread_of_a_file_is_answered_from_it_and_says_so(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS)
    assert EN.say("drop_seen", files=["customers.csv"]) in told["text"]
    assert "until 3 November 2026 at 13:00 (Europe/Madrid)" in told["text"]
    answer = town.say(MRR, told["thread_ts"])
    assert "€360" in answer
    assert "From your own file, customers.csv, for you alone" in answer
    follow_up = town.say("and at the end of August 2026?", told["thread_ts"])
    assert "€400" in follow_up
    assert "your own file" not in town.say(MRR)


@pytest.mark.slow
def test_what_the_file_does_not_tell_is_put_right_by_a_button_and_confirmed_by_another(town: Library) -> None:
    told = town.share(AMERICAN)
    assert EN.say("try_assumed", question=EN.say("try_ask_currency"), choice="USD") in told["text"]
    anew = town.press(told, EN.say("lent_take_button", choice="GBP"))
    assert "£360" in anew
    assert "Taken as the likeliest" not in anew
    assert "£360" in town.say(MRR, told["thread_ts"])
    assert "Good, so I read it" in town.press(told, EN.say("lent_right"))
    assert "£360" in town.say(MRR, told["thread_ts"])


def test_words_beside_a_file_are_answered_from_it_at_once_where_nothing_is_left_open(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS, words=MRR)
    first, answer = told["text"].split("\n")[:2]
    assert first == f"*{MRR}*"
    assert "€360" in answer
    assert EN.say("drop_seen", files=["customers.csv"]) in told["text"]
    assert EN.say("lent_waits") not in told["text"]
    assert "€400" in town.say("and at the end of August 2026?", told["thread_ts"])


def test_words_beside_a_file_wait_until_its_reading_is_confirmed_and_are_answered_once(town: Library) -> None:
    told = town.share(AMERICAN, words=MRR)
    assert EN.say("lent_waits") in told["text"]
    assert MRR not in told["text"]
    confirmed = town.press(told, EN.say("lent_right"))
    assert "$360" in confirmed
    assert "Good, so I read it" in confirmed
    assert "360" not in town.press(told, EN.say("lent_right"))


@pytest.mark.slow
def test_words_beside_a_file_are_answered_when_the_last_of_what_was_open_is_chosen(town: Library) -> None:
    told = town.share(AMERICAN, words=MRR)
    anew = town.press(told, EN.say("lent_take_button", choice="GBP"))
    assert anew.index(MRR) < anew.index("£360") < anew.index(EN.say("drop_seen", files=["customers.csv"]))


@pytest.mark.slow
def test_words_that_are_no_question_stand_below_what_was_read(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS, words="what was our weather?")
    assert told["text"].index(EN.say("drop_seen", files=["customers.csv"])) < told["text"].index("weather")
    town.lender.forget(town.ana)
    assert EN.say("slack_file_words") in town.share(SUBSCRIPTIONS, words="our data, please have a look")["text"]


def test_what_a_file_was_read_as_names_no_setting_of_a_workspace(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS)["text"]
    assert EN.say("try_note_as_of", day=date(2026, 9, 14)) in told
    assert "as_of" not in told
    assert "subscriptions ← customers (80% sure): account_id ← customer_id" in told


@pytest.mark.slow
def test_it_is_deleted_by_a_button_with_what_was_answered_from_it(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS)
    answered = town.say(MRR, told["thread_ts"])
    assert "€360" in answered
    assert town.files
    assert "Deleted: customers.csv" in town.press(told, EN.say("lent_delete_button"))
    assert not town.files
    assert all("€360" not in str(one.document) for one in town.records.answers.all())
    assert town.say(MRR, told["thread_ts"]) == EN.say("lent_gone", n=24)
    assert "your own file" not in town.say(MRR)


def test_it_is_deleted_when_its_time_is_over_and_not_before(town: Library) -> None:
    told = town.share(SUBSCRIPTIONS)
    town.sweep(23)
    assert town.files
    town.service.now = lambda: datetime(2026, 11, 3, 12)
    assert town.say(MRR, told["thread_ts"]) == EN.say("lent_gone", n=24)
    assert not town.files
    town.service.now = lambda: datetime(2026, 11, 2, 12)
    town.share(SUBSCRIPTIONS)
    town.sweep(24)
    assert not town.files


@pytest.mark.slow
def test_a_start_later_still_answers_from_it_and_a_process_without_it_says_it_has_it_not(
    town: Library, tmp_path: Path
) -> None:
    told = town.share(SUBSCRIPTIONS)
    before = town.lender
    try:
        Lender(town.service, before._home, before.hours, before._look, before._company_of)
        assert "€360" in town.say(MRR, told["thread_ts"])
        Lender(town.service, tmp_path, before.hours, before._look, before._company_of)
        assert town.say(MRR, told["thread_ts"]) == EN.say("lent_gone", n=24)
    finally:
        town.service.sets.lender = before
    assert "€360" in town.say(MRR, told["thread_ts"])


@pytest.mark.slow
def test_nothing_of_it_is_drafted_watched_scheduled_or_saved(town: Library) -> None:
    thread = town.share(SUBSCRIPTIONS)["thread_ts"]
    for text in (
        "draft a win-back email for those who left in September 2026",
        "alert me when churn rate is above 5%",
        "send me the summary every Monday at 9",
        "plan a win-back campaign with me",
    ):
        assert EN.say("lent_asks_only") in town.say(text, thread)


@pytest.mark.slow
def test_who_is_forgotten_has_no_file_left(town: Library) -> None:
    town.share(SUBSCRIPTIONS)
    seen = len(town.whispers(town.bruno)) + 1
    town.slack.command(town.bruno, town.channel, f"/retention forget {town.ana}")
    assert EN.say("forget_store_lent") in town.whisper(town.bruno, seen)["text"]
    assert town.files
    town.slack.command(town.bruno, town.channel, f"/retention forget {town.ana} confirm")
    town.whisper(town.bruno, seen + 1)
    assert not town.files


@pytest.mark.parametrize("code", available())
def test_words_that_are_about_the_file_are_no_question_and_no_command(code: str) -> None:
    from bot.slack.commands import load_commands

    language = load(code)
    for words in (*language.say("lent_delete_words").split("|"), language.say("lent_right")):
        assert not any(command.means(words, language) for command in load_commands())
