"""Summaries that come by themselves, the whole way: made, listed, changed, come, asked on and deleted.

The real bot on the finger-count company, in four languages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.records.schema import schedules
from bot.slack.app import SlackBot
from bot.types import Grain, Question, Rights, Window
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

WEEK = Window(date(2026, 10, 26), date(2026, 11, 2), Grain.WEEK)
ACCESS = """
[access.roles.analyst]
members = ["ana@example.com"]
[access.roles.admin]
members = ["ines@example.com"]
"""


@dataclass
class City(Town):
    """A town with an admin, and a bot whose clock can be made to look."""

    ines: str = ""
    friday: date = date(2026, 11, 6)
    bot: SlackBot = field(kw_only=True)
    records: Records = field(kw_only=True)

    def at(self, days: int, hour: int, minute: int = 0) -> None:
        """Moves the time of the town, and of the bot, to an hour (UTC) so many days after the test's Friday."""
        wanted = datetime.combine(self.friday + timedelta(days=days), time(hour, minute), UTC).timestamp()
        self.slack.advance(wanted - self.slack.clock.now())

    def look(self) -> None:
        """Lets the bot look at the clock at once, instead of in some seconds."""
        while self.bot._desks.of("").summaries.once():
            pass

    def typed(self, person: str, line: str, channel: str = "") -> str:
        """What a person is shown after a command."""
        number = len(self.whispers(person)) + 1
        self.slack.command(person, channel or self.channel, f"/retention {line}")
        return str(self.whisper(person, number)["text"])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("scheduled")
    workspace = folder / "workspace.toml"
    text = FINGERS.read_text().replace('url = "files:data"', f'url = "files:{FINGERS.parent / "data"}"')
    workspace.write_text(f"{text}\n{ACCESS}")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
    ):
        service = served(Path(workspace), records)
        slack.advance(datetime(2026, 11, 6, tzinfo=UTC).timestamp() - slack.clock.now())
        service.now = lambda: datetime.fromtimestamp(slack.clock.now(), UTC).replace(tzinfo=None)
        for code in STORIES:  # what is slow the first time is slow here, where nobody waits for an answer
            asked = Question("schedule", service.now(), Rights("viewer"), language=code)
            assert service.ask(asked, "T1/C1/1.1").text
        assert service.weekly(asked).evidence
        with start(service, records, slack) as bot:
            slack.wait_for(lambda: slack.connections)
            ana = slack.person("Ana", email="ana@example.com", zone="Europe/Madrid")
            bruno = slack.person("Bruno", zone="America/New_York")
            ines = slack.person("Ines", email="ines@example.com")
            yield City(
                slack, ana, bruno, slack.channel("retention", members=[ana, bruno]), ines, bot=bot, records=records
            )


@pytest.fixture
def town(city: City) -> City:
    """The city on the Friday after the last test's, with no schedule of its."""
    with city.records._database.writing() as connection:
        connection.execute(update(schedules).values(state="deleted"))
    city.friday += timedelta(days=7)
    city.at(0, 12)
    return city


def channel_with(town: City, *people: str) -> str:
    return town.slack.channel("team", members=people)


STORIES = {
    "en": ("schedule weekly monday 9:00", "schedule", "schedule change {id} tuesday 10:00 for leadership",
           "schedule delete {id}", "every Tuesday at 10:00 (Europe/Madrid)", "why?"),
    "fr": ("planning hebdomadaire lundi 9:00", "planning", "planning modifier {id} mardi 10h pour la direction",
           "planning supprimer {id}", "chaque mardi à 10:00 (Europe/Madrid)", "pourquoi ?"),
    "es": ("programar semanal lunes 9:00", "programar lista", "programar cambiar {id} martes 10:00 para dirección",
           "programar borrar {id}", "cada martes a las 10:00 (Europe/Madrid)", "¿por qué?"),
    "pl": ("harmonogram tygodniowo poniedziałek 9:00", "harmonogram", "harmonogram zmień {id} wtorek 10:00 dla zarządu",
           "harmonogram usuń {id}", "w każdy wtorek o 10:00 (Europe/Madrid)", "dlaczego?"),
}  # fmt: skip


@pytest.mark.parametrize("code", ["en", *(pytest.param(one, marks=pytest.mark.slow) for one in STORIES if one != "en")])
def test_a_summary_is_made_listed_changed_comes_once_is_asked_on_and_deleted(town: City, code: str) -> None:
    make, listing, change, delete, when, why = STORIES[code]
    town.slack.change(town.ana, locale={"en": "en-US"}.get(code, f"{code}-{code.upper()}"))
    town.bot._desks.of("").conversation._people.person(town.ana, anew=True)
    channel, language = channel_with(town, town.ana), load(code)
    made = town.typed(town.ana, make, channel)
    id = town.records.schedules.of("T0HOME", channel)[0].id
    assert language.say("schedule_zone_used", zone="Europe/Madrid", id=id) in made
    assert str(id) in town.typed(town.ana, listing, channel)
    changed = town.typed(town.ana, change.format(id=id), channel)
    assert when in changed
    town.at(4, 8, 59)  # 9:59 in Madrid
    town.look()
    assert town.answers(channel) == []
    town.at(4, 9)
    town.look()
    posted = town.answer(channel)
    assert language.say("weekly_header", window=WEEK) in posted["text"]
    assert when in posted["text"]
    labels = [
        one["text"]["text"] for block in posted["blocks"] if block["type"] == "actions" for one in block["elements"]
    ]
    assert language.say("follow_why") in labels
    town.look()
    assert len(town.answers(channel)) == 1
    # No mention is needed under it, and "why" is about the summary.
    town.slack.post(town.ana, channel, why, thread=posted["ts"])
    answer = town.answer(channel, number=2)
    assert answer["thread_ts"] == posted["ts"]
    assert language.name("metrics", "churn_rate") in answer["text"].lower()
    assert str(id) in town.typed(town.ana, delete.format(id=id), channel)
    town.at(11, 9)
    town.look()
    assert len(town.answers(channel)) == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "please send me the weekly summary every Monday at 9 am"),
        ("fr", "peux-tu m’envoyer le résumé chaque lundi à 9h ?"),
        ("es", "envíame el resumen cada lunes a las 9"),
        ("pl", "wysyłaj mi podsumowanie w każdy poniedziałek o 9:00"),
    ],
)
def test_in_a_direct_message_own_words_make_a_persons_own_summary_at_their_zone(
    town: City, code: str, words: str
) -> None:
    person = town.slack.person("Vera", zone="America/New_York", locale=f"{code}-XX")
    direct = town.slack.direct(person)
    town.slack.tell(person, words)
    made = town.answer(direct)["text"]
    assert load(code).say("schedule_zone_follows", zone="America/New_York") in made
    town.at(3, 13, 59)
    town.look()
    assert len(town.answers(direct)) == 1
    town.at(3, 14)
    town.look()
    summary = town.answer(direct, number=2)["text"]
    assert load(code).say("weekly_header", window=WEEK) in summary


def test_a_viewer_makes_none_in_a_channel_and_touches_nobody_elses(town: City) -> None:
    channel = channel_with(town, town.ana, town.bruno)
    refused = town.typed(town.bruno, "schedule weekly monday 9:00", channel)
    assert load("en").say("schedule_not_allowed") in refused
    town.slack.change(town.ana, locale="en-US")
    town.typed(town.ana, "schedule weekly monday 9:00", channel)
    id = town.records.schedules.of("T0HOME", channel)[0].id
    assert "belongs to somebody else" in town.typed(town.bruno, f"schedule delete {id}", channel)
    assert "Deleted" in town.typed(town.ines, f"schedule delete {id}", channel)


@pytest.mark.parametrize(
    ("code", "line"),
    [("en", "alerts add churn rate above 5%"), ("fr", "alertes ajouter taux d’attrition au-dessus de 5 %")],
)
def test_a_viewer_sets_an_alert_for_themselves_and_none_for_a_channel(town: City, code: str, line: str) -> None:
    viewer = town.slack.person("Vera", locale={"en": "en-US", "fr": "fr-FR"}[code])
    channel, direct, say = channel_with(town, town.ana, viewer), town.slack.direct(viewer), load(code).say
    assert say("alert_not_allowed") in town.typed(viewer, line, channel)
    assert town.records.proposals.all("Finger Count", "alert", "accepted") == []
    town.typed(viewer, line, direct)
    (kept,) = town.records.proposals.all("Finger Count", "alert", "accepted")
    assert (kept.said_by, kept.document["place"]) == (viewer, f"T0HOME/{direct}")
    town.records.proposals.decide("Finger Count", "alert", kept.name, "dropped")


@pytest.mark.parametrize("code", ["en", "fr"])
def test_one_who_may_not_set_a_channels_summary_may_end_their_own_and_not_change_it(town: City, code: str) -> None:
    """Bruno made it when his role allowed that; in a direct message he still sets what comes to him alone."""
    language = load(code)
    town.slack.change(town.bruno, locale={"en": "en-US", "fr": "fr-FR"}[code])
    channel = channel_with(town, town.ana, town.bruno)
    town.typed(town.ana, "schedule weekly monday 9:00", channel)
    kept = town.records.schedules.of("T0HOME", channel)[0]
    town.records.schedules.change(replace(kept, owner=town.bruno))
    word = language.say("schedule_word")
    verbs = {verb: language.say(f"schedule_verb_{verb}").split()[0] for verb in ("change", "resume", "delete")}
    for typed in (f"{verbs['change']} {kept.id} 10:00", f"{verbs['resume']} {kept.id}"):
        assert language.say("schedule_not_allowed") in town.typed(town.bruno, f"{word} {typed}", channel)
    assert town.records.schedules.of("T0HOME", channel)[0].at == kept.at
    town.typed(town.bruno, f"{word} {verbs['delete']} {kept.id}", channel)
    assert town.records.schedules.of("T0HOME", channel) == []


def test_an_owner_who_was_deactivated_pauses_the_summary_and_an_admin_is_told_and_takes_it_over(town: City) -> None:
    leaver = town.slack.person("Leo", email="leo@example.com")
    channel = channel_with(town, leaver, town.ines)
    town.typed(town.ines, "schedule weekly saturday 9:00", channel)
    kept = town.records.schedules.of("T0HOME", channel)[0]
    town.records.schedules.change(replace(kept, owner=leaver))
    town.slack.change(leaver, deleted=True)
    town.at(1, 9)
    town.look()
    told = town.answer(town.slack.direct(town.ines))["text"]
    assert f"Schedule {kept.id} in #team" in told
    assert "Leo, with whose rights it ran" in told
    assert town.answers(channel) == []
    assert "you are its owner" in town.typed(town.ines, f"schedule resume {kept.id}", channel)
    town.at(8, 9)
    town.look()
    assert "The week of" in town.answer(channel)["text"]


def test_a_summary_that_was_missed_comes_once_and_says_that_it_is_late(town: City) -> None:
    channel = channel_with(town, town.ana)
    sunday = town.friday + timedelta(days=2)
    town.typed(town.ana, "schedule weekly sunday 9:00 in Europe/Warsaw for marketing", channel)
    town.at(3, 7)
    town.look()
    text = town.answer(channel)["text"]
    assert f"Late: this summary was due on {sunday.day} {sunday:%B %Y} at 9:00 (Europe/Warsaw)." in text
    assert "The week of 26 October to 1 November 2026" in text
    assert len(town.answers(channel)) == 1


def test_a_post_that_slack_took_and_did_not_answer_is_found_and_not_repeated(town: City) -> None:
    channel = channel_with(town, town.ana)
    town.typed(town.ana, "schedule weekly saturday 9:00 UTC", channel)
    town.at(1, 9)
    town.slack.fail("chat.postMessage", 500, after=True)
    town.look()
    town.answer(channel)
    town.look()
    assert len(town.answers(channel)) == 1


def test_where_the_bot_is_not_it_says_so_and_makes_nothing(town: City) -> None:
    outside = town.slack.channel("outside", members=[town.ana], joined=False)
    assert "invite" in town.typed(town.ana, "schedule weekly monday 9:00", outside)
    assert town.records.schedules.of("T0HOME", outside) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("schedule weekly", "On which day of the week"),
        ("schedule weekly monday", "At what time"),
        ("schedule monthly 9:00", "On which day of the month"),
        ("schedule weekly mondey 9:00", "I did not understand mondey"),
        ("schedule weekly monday 25:00", "“25:00” is no time of day"),
        ("schedule daily 9:00 in Europe/Madird", "no time zone “europe/madird”"),
        ("schedule delete 4711", "There is no schedule 4711"),
        ("schedule delete 99999999999999999999", "There is no schedule"),
        ("schedule delete", "Which schedule do you mean"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_made(town: City, typed: str, told: str) -> None:
    channel = channel_with(town, town.ines)
    assert told in town.typed(town.ines, typed, channel)
    assert town.records.schedules.of("T0HOME", channel) == []
