"""What was accepted is answered, also by the next process; who is unknown, or may no longer ask, is not."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.errors import BadWorkspace, Unavailable
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from bot.slack.app import open_bot
from bot.slack.heard import Heard
from bot.slack.people import KEPT_SECONDS, Kept, People
from bot.types import Place
from tests.slack.town import MANIFEST, Script, Town, start

EN = load("en")
LONG_AGO = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)


@pytest.fixture
def slack():
    with Slack(MANIFEST, Pace(ack=1.0, retries=(0.0, 0.1, 0.1))) as slack:
        yield slack


@pytest.fixture
def records(tmp_path):
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield records


@pytest.fixture
def town(slack):
    ana = slack.person("Ana")
    return Town(slack, ana, ana, slack.channel("retention", members=[ana]))


@contextmanager
def running(records, slack):
    service = Script()
    with start(service, records, slack):
        yield service


def accepted(records, town, kind="mention", **more):
    """A question that an earlier process accepted and did not answer."""
    root = town.slack.post(town.ana, town.channel, "churn?")
    values = {"event": "Ev1", "ts": root, "kind": kind, "team": "T0HOME", "channel": town.channel, "user": town.ana}
    what = Heard(**{**values, "text": "churn?", "thread": root, **more})
    records.inbox.accept(
        event=what.event, team=what.team, channel=what.channel, ts=what.ts, payload=what.as_row(), now=LONG_AGO
    )
    return what


@pytest.mark.slow
def test_a_question_left_unanswered_is_taken_up_by_the_next_process(records, slack, town):
    accepted(records, town)
    with running(records, slack) as service:
        assert town.answer()["text"] == "Answer to: churn?"
        town.quiet()
    assert len(service.asked) == 1
    assert records.inbox.unfinished(datetime.now(UTC).replace(tzinfo=None)) == []


def test_an_answer_that_was_begun_is_finished_in_its_own_message(records, slack, town):
    what = accepted(records, town)
    records.inbox.claim(LONG_AGO, "a worker that died", timedelta(minutes=1), what.event)
    begun = WebClient(token=slack.bot_token, base_url=slack.api_url).chat_postMessage(
        channel=what.channel,
        thread_ts=what.thread,
        text=EN.say("slack_working"),
        metadata={"event_type": "mainstay_answer", "event_payload": {"key": what.key, "part": 0}},
    )
    with running(records, slack):
        answer = town.answer()
    assert answer["ts"] == begun["ts"]
    assert len(slack.messages(town.channel, by_app=True)) == 1


@pytest.mark.slow
def test_an_ephemeral_answer_that_may_have_been_given_is_given_again_only_on_a_click(records, slack, town):
    url = slack.command(town.ana, town.channel, "/retention churn?").payload["response_url"]
    what = accepted(records, town, kind="command", ts="trigger", thread="", response_url=url)
    records.inbox.claim(LONG_AGO, "a worker that died", timedelta(minutes=1), what.event)
    with running(records, slack) as service:
        assert town.whisper(town.ana)["text"] == EN.say("slack_run_again", text="churn?")
        town.quiet()
        assert service.asked == []
        slack.press(town.ana, town.whisper(town.ana), EN.say("slack_run_again_button"), town.channel)
        assert "Answer to: churn?" in town.whisper(town.ana, number=2)["text"]


def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(records, slack, town, monkeypatch):
    keep, failed = records.inbox.accept, []

    def shaky(**values):
        if not failed:
            failed.append(values["event"])
            raise Unavailable("records_unavailable", where="here")
        return keep(**values)

    monkeypatch.setattr(records.inbox, "accept", shaky)
    with running(records, slack) as service:
        slack.wait_for(lambda: slack.connections)
        slack.mention(town.ana, town.channel, "churn?")
        assert town.answer()["text"] == "Answer to: churn?"
        town.quiet()
    assert failed
    assert len(service.asked) == 1
    # How often Slack tries again until it is heard depends on the machine; that it does, and is heard, does not.
    first, *again = slack.deliveries("app_mention")
    assert first.state == "failed"
    assert [d.attempt for d in again] == list(range(1, len(again) + 1))
    assert again[-1].state == "acked"


def test_a_token_that_slack_does_not_know_is_named(records, slack):
    tokens = {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url}
    tokens["try_file"] = Script().try_file
    with pytest.raises(BadWorkspace) as caught:
        open_bot(Script(), records, **{**tokens, "bot_token": "xoxb-else"})
    assert caught.value.values == {"name": "SLACK_BOT_TOKEN"}
    bot = open_bot(Script(), records, **{**tokens, "app_token": "xapp-else"})
    with pytest.raises(BadWorkspace) as caught:
        bot.connect()
    assert caught.value.values == {"name": "SLACK_APP_TOKEN"}
    assert "SLACK_APP_TOKEN" in EN.say(caught.value.key, **caught.value.values)
    bot.close()


@pytest.mark.parametrize("value", ["", "123.456"])
def test_an_app_of_oauth_in_the_environment_is_not_taken_for_ours(records, slack, town, monkeypatch, value):
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        monkeypatch.setenv(name, value)
    with running(records, slack):
        slack.wait_for(lambda: slack.connections)
        slack.mention(town.ana, town.channel, "churn?")
        assert town.answer()["text"] == "Answer to: churn?"


def test_a_slack_that_does_not_answer_is_unavailable(records):
    with pytest.raises(Unavailable, match="slack_not_reached"):
        open_bot(
            Script(),
            records,
            bot_token="xoxb-x",
            app_token="xapp-x",
            try_file=Script().try_file,
            api_url="http://127.0.0.1:9/api/",
        )


class Moving:
    """A clock that is moved by hand."""

    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


@pytest.fixture
def people(slack):
    clock = Moving()
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    return People(client, "T0HOME", clock), clock


def test_a_person_is_looked_up_once_and_again_after_some_minutes(people, slack):
    who, clock = people
    ana = slack.person("Ana")
    assert not who.person(ana).deleted
    assert not who.person(ana).deleted
    assert len(slack.calls("users.info")) == 1
    slack.change(ana, deleted=True)
    clock.at = KEPT_SECONDS + 1
    assert who.person(ana).deleted


def test_everybody_is_looked_up_with_one_call(people, slack):
    who, clock = people
    several = [slack.person(f"Person {number}", locale="fr-FR") for number in range(120)]
    outsider = slack.person("Zed", stranger=True)
    who.meet()
    assert {who.person(one).language for one in several} == {"fr"}
    assert slack.calls("users.info") == []
    assert len(slack.calls("users.list")) == 1
    assert who.person(outsider).stranger
    assert len(slack.calls("users.info")) == 1
    slack.change(several[0], deleted=True)
    who.changed(several[0])
    assert who.person(several[0]).deleted
    clock.at = KEPT_SECONDS + 1
    who.person(several[1])
    assert len(slack.calls("users.info")) == 3


def test_pages_of_people_follow_each_other(people, slack, monkeypatch):
    monkeypatch.setattr("bot.slack.people.PAGE", 50)
    who, _ = people
    several = [slack.person(f"Person {number}") for number in range(120)]
    who.meet()
    assert {who.person(one).team for one in several} == {"T0HOME"}
    assert slack.calls("users.info") == []
    assert len(slack.calls("users.list")) > 2


def test_one_who_changes_while_everybody_is_looked_up_is_looked_up_anew():
    kept = Kept(lambda key: f"new {key}", lambda: 0.0)

    def all_of_them():
        kept.forget("a")
        return {"a": "old a", "b": "old b"}

    kept.fill(all_of_them)
    assert (kept.get("a"), kept.get("b")) == ("new a", "old b")


def test_groups_e_mail_and_language_come_with_the_person(people, slack):
    who, _ = people
    lena = who.person(slack.person("Lena", locale="fr-FR", email="l@example.com", groups=["S2", "S1"]))
    assert (sorted(lena.groups), lena.email, lena.language) == (["S1", "S2"], "l@example.com", "fr")
    assert who.person(slack.person("Mo", email="m@example.com", email_confirmed=False)).email is None


def test_an_event_that_names_another_team_makes_a_stranger(people, slack):
    who, _ = people
    ana = slack.person("Ana")
    assert who.person(ana, foreign=True).stranger
    assert not who.person(ana).stranger
    assert who.person(slack.person("Zed", stranger=True)).stranger


def test_places_are_told_apart_and_the_event_may_say_external(people, slack):
    who, _ = people
    ana = slack.person("Ana")
    places = {
        Place.PUBLIC: slack.channel("a"),
        Place.PRIVATE: slack.channel("b", "private"),
        Place.EXTERNAL: slack.channel("c", external=True),
        Place.DM: slack.direct(ana),
    }
    assert {who.place(channel) for channel in places.values()} == set(places)
    assert all(who.place(channel) is place for place, channel in places.items())
    assert who.place(places[Place.PRIVATE], external=True) is Place.EXTERNAL
