"""Accounts newly in trouble come to their owners: once, in a direct message, with what each may see."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from slack_sdk import WebClient

from bot import errors
from bot.analysis import trouble
from bot.engines.answers.switched import Switch
from bot.engines.answers.watched import ForOwner
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.slack.app import open_bot
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.watch import LEASE, LOOK, Watch
from bot.types import Intent, Person, Place, Question, Rights
from bot.wiring import service_of
from tests.served import FINGERS
from tests.slack.town import MANIFEST, Script, Town, said

NOW = datetime(2026, 11, 10, 9, 0)
SEES = Rights(role="marketer")


@dataclass
class Accounts:
    """Whose accounts are in trouble, and of whom it was told."""

    of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told_of: list[str] = field(default_factory=list)
    dying: bool = False

    def owners(self, now: datetime) -> list[str]:
        return [owner for owner, accounts in self.of.items() if accounts]

    def told(self, message: ForOwner, question: Question) -> None:
        if self.dying:
            raise OSError("killed")
        assert message.owner is not None
        self.told_of.append(message.owner)
        self.of[message.owner] = ()


@dataclass
class Held:
    """The switch."""

    switch: Switch | None

    def now(self) -> Switch | None:
        return self.switch

    def told(self, unreached: Collection[str]) -> None:
        assert self.switch is not None
        self.switch = replace(self.switch, unreached=tuple(unreached))


@dataclass
class Troubled(Script):
    """A service with accounts in trouble, on days that the test sets; it admits as the real one, without a home."""

    accounts: Accounts = field(default_factory=Accounts)
    owners: Held = field(default_factory=lambda: Held(None))
    read: date = date(2026, 11, 10)
    heard_of: list[tuple[str, Question]] = field(default_factory=list)
    roles: dict[str, Rights] = field(default_factory=dict)

    @property
    def alerts(self) -> "Troubled":
        return self

    def rules(self) -> list[None]:
        return []

    def read_to(self, now: datetime) -> date:
        return self.read

    def admit(self, person: Person, place: Place, channel: str | None) -> Rights:
        if person.guest or person.deleted or person.bot:
            raise errors.NotAllowed("refused_guest")
        return self.roles.get(person.id, SEES)

    def troubled(self, owner: str, question: Question) -> ForOwner | None:
        self.heard_of.append((owner, question))
        accounts = self.accounts.of[owner]
        deeds = tuple({"draft": f"draft {id}", "snooze": f"snooze {id}", "calm": f"calm {id}"} for id in accounts)
        lines = [f"{len(accounts)} in trouble", *(f"• {id}: late" for id in accounts), "Risk is an estimate."]
        answer = said("\n".join(lines), language=question.language or "en", intent=Intent.LIST_PEOPLE)
        return ForOwner(owner, accounts, answer, deeds) if accounts else None


@dataclass
class House:
    """Who watches, at an hour that the test sets."""

    slack: Slack
    records: Records
    service: Troubled
    ana: str
    people: Mapping[str, str]
    now: datetime = NOW

    def watch(self) -> Watch:
        client = WebClient(token=self.slack.bot_token, base_url=self.slack.api_url)
        people = People(client, client.auth_test()["team_id"])
        return Watch(self.service, self.records, people, Replies(client), lambda: self.now)

    def look(self, watch: Watch | None = None) -> None:
        """What one process does in a sweep: what is due, and what another left."""
        watch = watch or self.watch()
        for one in watch.due():
            watch.judge(one)
        for left in self.records.inbox.unfinished(self.now):
            watch.judge(Heard(**left.payload))

    def next_day(self) -> None:
        self.service.read += timedelta(days=1)
        self.now += timedelta(days=1)

    def heard(self, person: str) -> list[str]:
        return [m["text"] for m in self.slack.messages(self.slack.direct(person), by_app=True)]


@pytest.fixture(scope="module")
def local() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture
def house(local: Slack, tmp_path: Path) -> Iterator[House]:
    local.advance(61)
    stem = tmp_path.name
    ana = local.person("Ana", email=f"ana-{stem}@example.com")
    people = {
        name: local.person(name.title(), email=f"{name}-{stem}@example.com", locale=locale)
        for name, locale in (("nora", "en-US"), ("luc", "fr-FR"))
    }
    held = Held(Switch(ana, "T0HOME", "en", NOW.date()))
    of = {f"nora-{stem}@example.com": ("A1", "A2"), people["luc"]: ("A3",)}
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield House(local, records, Troubled(accounts=Accounts(of), owners=held), ana, people)


def test_each_owner_hears_of_theirs_once_by_however_many_processes_and_sweeps(house: House) -> None:
    first = house.watch()
    for watch in (first, house.watch(), None, None):
        house.look(watch)
    house.now += LOOK
    house.look(first)
    assert house.heard(house.people["nora"]) == ["2 in trouble\n• A1: late\n• A2: late\nRisk is an estimate."]
    assert house.heard(house.people["luc"]) == ["1 in trouble\n• A3: late\nRisk is an estimate."]
    assert house.heard(house.ana) == []
    assert {owner: question.language for owner, question in house.service.heard_of} == {
        f"{house.slack.space.people[house.people['nora']].email}": "en", house.people["luc"]: "fr"
    }  # fmt: skip
    assert all(question.place is Place.DM and question.rights == SEES for _, question in house.service.heard_of)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("nora", ["Draft", "Snooze for a week", "Not a risk"] * 2),
        ("luc", ["Rédiger", "Reporter d’une semaine", "Pas un risque"]),
    ],
)
def test_under_each_account_stand_three_buttons_in_the_owners_language(house: House, name, labels) -> None:
    house.look()
    (message,) = house.slack.messages(house.slack.direct(house.people[name]), by_app=True)
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    assert [one["text"]["text"] for row in rows for one in row] == labels
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds[:3] == ["section", "section", "actions"]
    assert kinds.count("actions") == len(labels) // 3


def test_the_next_day_of_data_tells_what_is_new_alone(house: House) -> None:
    house.look()
    house.next_day()
    house.service.accounts.of[house.people["luc"]] = ("A4",)
    house.look()
    assert len(house.heard(house.people["nora"])) == 1
    assert [text.split("\n")[1] for text in house.heard(house.people["luc"])] == ["• A3: late", "• A4: late"]


def test_what_was_told_before_a_crash_is_not_told_again(house: House) -> None:
    house.service.accounts.dying = True
    house.look()
    assert len(house.heard(house.people["nora"])) == 1
    house.service.accounts.dying = False
    house.now += LEASE
    house.look()
    assert len(house.heard(house.people["nora"])) == len(house.heard(house.people["luc"])) == 1
    assert len(house.service.accounts.told_of) == 2
    assert house.records.inbox.unfinished(house.now + LEASE) == []


def test_nobody_is_told_where_it_is_off(house: House) -> None:
    house.service.owners.switch = None
    house.look()
    assert house.heard(house.people["nora"]) == []


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("unknown", "Slack knows nobody by this address or id"),
        ("a name", "Slack knows nobody by this address or id"),
        ("guest", "may not ask me anything here"),
        ("gone", "may not ask me anything here"),
        ("viewer", "the role does not see customers by name"),
    ],
)
def test_who_cannot_be_told_is_told_of_once_to_whoever_switched_it_on(house: House, why: str, line: str) -> None:
    nora, accounts = house.people["nora"], house.service.accounts.of
    owner = {"unknown": "nobody@example.com", "a name": "nora.whitfield"}.get(why, nora)
    accounts.clear()
    accounts.update({owner: ("A1",), house.people["luc"]: ("A3",)})
    if why in ("guest", "gone"):
        house.slack.change(nora, **({"guest": "multi"} if why == "guest" else {"deleted": True}))
    if why == "viewer":
        house.service.roles[nora] = Rights(role="viewer", person_level=False)
    for _ in range(3):
        house.look()
        house.next_day()
    (note,) = house.heard(house.ana)
    assert f"{owner}: {line}" in note
    assert house.people["luc"] not in note
    assert len(house.heard(house.people["luc"])) == 1
    assert why == "gone" or house.heard(nora) == []
    assert house.service.accounts.told_of == [house.people["luc"]]


def test_where_slack_cannot_be_asked_nobody_is_called_unknown(house: House) -> None:
    house.slack.fail("users.lookupByEmail", 500)
    house.look()
    assert house.heard(house.ana) == []
    house.now += LEASE
    house.look()
    assert len(house.heard(house.people["nora"])) == 1
    assert house.heard(house.ana) == []


def test_an_owner_who_lost_their_role_between_the_look_and_the_message_hears_nothing(house: House) -> None:
    watch = house.watch()
    (day,) = watch.due()
    accepted = house.records.inbox.claim(house.now, "w", LEASE, day.event)
    assert accepted is not None
    rows = watch._owners.day(day, accepted)
    house.slack.change(house.people["luc"], guest="multi")
    for row in rows:
        watch.judge(row)
    assert house.heard(house.people["luc"]) == []
    assert len(house.heard(house.people["nora"])) == 1


# ------------------------------------------------------------------------------------------------ the whole way


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The finger-count company, whose owners have addresses; Ben, whose A4 failed to pay, and Ana are analysts."""
    folder = tmp_path / "company"
    (folder / "data").mkdir(parents=True)
    for file in (FINGERS.parent / "data").iterdir():
        text = file.read_text()
        if file.stem == "accounts":
            text = text.replace(",ben,", ",ben@example.com,").replace(",ann,", ",ann@example.com,")
        if file.stem == "users":
            text += "V4,A4,h-v4,Vic,billing,FR,fr,2026-04-20 09:00:00\n"
        (folder / "data" / file.name).write_text(text)
    access = '\n[access.roles.analyst]\nmembers = ["ben@example.com", "ana@example.com"]\n'
    (folder / "workspace.toml").write_text(FINGERS.read_text() + access)
    return folder / "workspace.toml"


def drafted(message: Mapping[str, Any]) -> list[str]:
    """The drafts that the buttons of a message decide on."""
    elements = [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return [one["value"].split(" ")[1] for one in elements if one["action_id"] == "draft_approve"]


@pytest.mark.parametrize("code", ["es", *(pytest.param(one, marks=pytest.mark.slow) for one in ("en", "fr", "pl"))])
def test_ben_hears_of_dogwoods_payment_and_says_what_of_it(company: Path, tmp_path: Path, monkeypatch, code) -> None:
    none = pd.DataFrame(columns=["account_id", "risk", "was", "drivers"]), ""
    monkeypatch.setattr(trouble, "_risks", lambda *_: none)
    language = load(code)
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{tmp_path}/records.sqlite") as records,
    ):
        locale = {"en": "en-GB", "es": "es-ES", "fr": "fr-FR", "pl": "pl-PL"}[code]
        ana = slack.person("Ana", email="ana@example.com", locale=locale)
        ben = slack.person("Ben", email="ben@example.com", locale=locale)
        direct, mine = slack.direct(ben), slack.direct(ana)
        town = Town(slack, ana, ben, slack.channel("retention", members=[ana, ben]))

        def seen(channel: str, number: int) -> dict[str, Any]:
            """The bot's latest answer, however long the drafting takes."""
            found = slack.wait_for(lambda: every if len(every := town.answers(channel)) >= number else [], seconds=60)
            return found[-1]

        service = service_of(company, date(2026, 9, 22))
        service.__dict__["records"] = records
        service.now = lambda: datetime(2026, 9, 22, 9)
        on = {
            "en": "turn on account alerts", "es": "activa las alertas de cuentas",
            "fr": "active les alertes de comptes", "pl": "włącz alerty kont",
        }[code]  # fmt: skip
        with open_bot(
            service, records, bot_token=slack.bot_token, app_token=slack.app_token, try_file=Script().try_file,
            api_url=slack.api_url.rstrip("/"), clock=service.now,
        ):  # fmt: skip
            slack.wait_for(lambda: slack.connections)
            slack.tell(ana, on)
            assert language.say("owners_on") in seen(mine, 1)["text"]
            client = WebClient(token=slack.bot_token, base_url=slack.api_url)
            people = People(client, client.auth_test()["team_id"])
            watch = Watch(service, records, people, Replies(client), service.now)
            for one in watch.due():
                watch.judge(one)
            told = seen(direct, 1)
            assert "Dogwood (A4)" in told["text"]
            assert language.say("trouble_failed_payment") in told["text"]
            for number, key in ((2, "trouble_snoozed"), (3, "trouble_already")):
                slack.press(ben, told, language.say("slack_account_snooze"), direct)
                text = seen(direct, number)["text"]
                assert language.say(key, id="A4", day=date(2026, 9, 29)) in text
            slack.press(ben, told, language.say("slack_account_calm"), direct)
            assert language.say("trouble_calm", id="A4", day=date(2026, 10, 22)) in seen(direct, 4)["text"]
            slack.press(ben, told, language.say("slack_account_draft"), direct)
            draft = seen(direct, 5)
            assert language.say("slack_asked", text=language.say("follow_draft_account", id="A4")) in draft["text"]
            assert [service.decided.texts(one) for one in drafted(draft)], "a draft that waits to be decided on"
        assert town.answers(town.channel) == []
