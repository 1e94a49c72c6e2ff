""" "Tell me when it is final": promised by a button, kept once in its thread, with what it was and what it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.documents import final_document
from bot.errors import NotAllowed
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.app import SlackBot, open_bot
from bot.slack.blocks import build
from bot.slack.finals import LATER, LEASE, Finals
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.types import Answer, Final, Intent, Outcome, Place, Query, Question, Rights, Unit
from bot.wiring import service_of
from tests.served import FINGERS
from tests.slack.town import MANIFEST, Script, Town, said

NOW = datetime(2026, 12, 1, 9)
FINAL = Final(
    date(2026, 12, 1), Query(Intent.VALUE, "churn_rate"), date(2026, 11, 10), date(2026, 11, 10), 0.032, Unit.SHARE
)


@dataclass
class Later(Script):
    """A service whose awaited answer is there, or not yet, and that admits whom it is told to."""

    ready: Answer | None = field(default_factory=lambda: said("Final now"))
    refused: bool = False
    finals: list[Question] = field(default_factory=list)

    def final(self, question: Question, awaited: Final, thread: str | None = None) -> Answer | None:
        self.finals.append(question)
        return self.ready

    def admit(self, person, place: Place, channel: str | None) -> Rights:
        if self.refused:
            raise NotAllowed("slack_unseen_place")
        return super().admit(person, place, channel)


@dataclass
class Desk:
    """What keeps promises, at an hour that the test sets."""

    slack: Slack
    records: Records
    service: Later
    channel: str
    ana: str
    now: datetime = NOW

    def finals(self) -> Finals:
        client = WebClient(token=self.slack.bot_token, base_url=self.slack.api_url)
        people = People(client, client.auth_test()["team_id"])
        return Finals(self.service, self.records, people, client, Replies(client), "T1", lambda: self.now)

    def promise(self, id: str = "a") -> str:
        """A promise in a thread of its own; its root."""
        root = self.slack.post(self.ana, self.channel, "churn so far?")
        document = {"final": final_document(FINAL), "language": "en"}
        self.records.promises.make(
            id, channel=self.channel, thread=root, asker=self.ana, document=document, due=FINAL.day, now=NOW
        )
        return root

    def posted(self) -> list[str]:
        return [m["text"] for m in self.slack.messages(self.channel, by_app=True)]


@pytest.fixture(scope="module")
def local() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def desk(local: Slack, tmp_path: Path) -> Iterator[Desk]:
    local.advance(61)
    ana = local.person("Ana")
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield Desk(local, records, Later(), local.channel("retention", members=[ana]), ana)


def test_what_is_due_is_posted_once_in_its_thread_by_however_many_processes(desk: Desk) -> None:
    root = desk.promise()
    for one in [desk.finals(), desk.finals(), desk.finals()]:
        one.sweep()
        one.close()
    assert desk.posted() == ["Final now"]
    (message,) = desk.slack.messages(desk.channel, by_app=True)
    assert message["thread_ts"] == root
    assert len(desk.service.finals) == 1


def test_nothing_is_posted_before_its_day(desk: Desk) -> None:
    desk.promise()
    desk.now = NOW - timedelta(days=1)
    assert desk.records.promises.due(desk.now) == []
    desk.finals().keep("a")
    assert desk.posted() == []


def test_an_answer_that_went_out_before_a_crash_is_not_posted_again(desk: Desk) -> None:
    desk.promise()
    finals = desk.finals()
    desk.records.promises.finish = lambda id, worker: False  # the process dies between the two
    finals.keep("a")
    del desk.records.promises.finish
    assert desk.posted() == ["Final now"]
    desk.finals().keep("a")
    assert len(desk.service.finals) == 1, "its lease has not ended"
    desk.now += LEASE
    desk.finals().keep("a")
    assert len(desk.service.finals) == 2
    assert desk.posted() == ["Final now"]
    assert desk.records.promises.due(desk.now + LEASE) == []


def test_where_the_data_has_not_come_it_waits_for_it(desk: Desk) -> None:
    desk.promise()
    desk.service.ready = None
    desk.finals().keep("a")
    assert desk.records.promises.due(desk.now) == []
    desk.now += LATER
    assert desk.records.promises.due(desk.now) == ["a"]
    desk.service.ready = said("Here it is")
    desk.finals().keep("a")
    assert desk.posted() == ["Here it is"]


@pytest.mark.parametrize("way", ["identity", "answer"])
def test_who_may_not_see_it_any_more_is_told_nothing(desk: Desk, way: str) -> None:
    desk.promise()
    desk.service.refused = way == "identity"
    desk.service.ready = said("You may not", outcome=Outcome.REFUSE)
    desk.finals().keep("a")
    assert desk.posted() == []
    assert desk.records.promises.due(desk.now + timedelta(days=9)) == []


def test_the_rights_are_those_of_the_day_and_of_the_place(desk: Desk) -> None:
    desk.promise()
    desk.finals().keep("a")
    person, place, channel = desk.service.admitted[-1]
    assert (person.id, place, channel) == (desk.ana, Place.PUBLIC, desk.channel)
    assert desk.service.finals[0].rights == Rights(role="viewer")


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Tell me when it is final (1 December)"),
        ("fr", "Prévenez-moi quand ce sera définitif (1er décembre)"),
        ("es", "Avísame cuando sea definitivo (1 de diciembre)"),
        ("pl", "Powiadom mnie, gdy wynik będzie ostateczny (1 grudnia)"),
    ],
)
def test_the_button_names_the_day_unless_that_has_passed(language: str, label: str) -> None:
    answer = said("so far", language=language, final=FINAL)

    def labels(one: Answer) -> list[str]:
        blocks = build(one, load(language), key="T/C/1").blocks
        return [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]]

    assert labels(answer) == [label]
    late = replace(answer, final=replace(FINAL, asked=date(2026, 12, 5)))
    assert labels(late) == [label.partition(" (")[0]]


# ------------------------------------------------------------------------------------------------ the whole way


class Whole:
    """The real bot on the finger-count company, whose data reaches as far as the test says."""

    def __init__(self, slack: Slack, records: Records) -> None:
        self.slack, self.records = slack, records

    def service(self, as_of: date) -> Service:
        service = service_of(FINGERS, as_of)
        service.__dict__["records"] = self.records
        return service

    def bot(self, service: Service, now: Callable[[], datetime]) -> SlackBot:
        slack = self.slack
        return open_bot(
            service, self.records, bot_token=slack.bot_token, app_token=slack.app_token,
            try_file=Script().try_file, api_url=slack.api_url.rstrip("/"), clock=now,
        )  # fmt: skip


@pytest.mark.slow
def test_the_promise_of_october_is_kept_after_a_restart_with_then_and_now(desk: Desk) -> None:
    whole = Whole(desk.slack, desk.records)
    town = Town(desk.slack, desk.ana, desk.slack.person("Bruno"), desk.channel)
    early = whole.service(date(2026, 10, 20))
    early.now = lambda: datetime(2026, 10, 20, 9)
    with whole.bot(early, early.now):
        desk.slack.wait_for(lambda: desk.slack.connections)
        root = desk.slack.mention(desk.ana, desk.channel, "what is our MRR this month?")
        first = town.answer()
        desk.slack.press(desk.ana, first, "Tell me when it is final (1 November)", desk.channel)
        note = town.whisper(desk.ana)["text"]
        assert "on 1 November 2026" in note
        assert "what is our MRR this month?" in note
        desk.slack.press(desk.ana, first, "Tell me when it is final (1 November)", desk.channel)
        town.whisper(desk.ana, 2)
    late = whole.service(date(2026, 11, 2))
    late.now = lambda: datetime(2026, 11, 2, 9)
    for _ in range(2):
        with whole.bot(late, late.now):
            final = town.answer(number=2)
            town.quiet()
    assert len(town.answers()) == 2
    assert final["thread_ts"] == root
    assert "On 19 October 2026 it was" in final["text"]
    assert "October 2026" in final["text"].split("\n")[1]


def test_who_asked_by_a_command_is_told_in_a_thread_of_their_own(desk: Desk) -> None:
    whole = Whole(desk.slack, desk.records)
    service = whole.service(date(2026, 10, 20))
    service.now = lambda: datetime(2026, 10, 20, 9)
    direct = desk.slack.direct(desk.ana)
    town = Town(desk.slack, desk.ana, desk.slack.person("Bruno"), desk.channel)
    with whole.bot(service, service.now):
        desk.slack.wait_for(lambda: desk.slack.connections)
        desk.slack.command(desk.ana, desk.channel, "/retention what is our MRR this month?")
        desk.slack.press(desk.ana, town.whisper(desk.ana), "Tell me when it is final (1 November)", desk.channel)
        (begun,) = desk.slack.wait_for(lambda: desk.slack.messages(direct, by_app=True))
    (id,) = desk.records.promises.due(datetime(2026, 11, 2))
    kept = desk.records.promises.claim(id, datetime(2026, 11, 2), "w", LEASE)
    assert kept is not None
    assert (kept.channel, kept.thread, kept.asker) == (direct, begun["ts"], desk.ana)
