"""An admin reads in Slack who asked what, and has somebody forgotten; the whole way, with nothing scripted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.records.schema import metadata
from bot.types import Place, Question
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('trust')}/records.sqlite") as records:
        yield records


@pytest.fixture(scope="module")
def city(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The finger-count company with Ana as its admin."""
    file = tmp_path_factory.mktemp("company") / "workspace.toml"
    text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{FINGERS.parent / 'data'}")
    file.write_text(f'{text}\n[access.roles.admin]\nmembers = ["ana@example.com"]\n', encoding="utf-8")
    service = served(Path(file), records)
    for text in ("what was our churn rate in October?", "churn"):  # the data is read once
        service.ask(Question(text, service.now(), service.rights_of("viewer", Place.PUBLIC)))
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(service, records, slack):
        slack.wait_for(lambda: slack.connections)
        ana = slack.person("Ana", email="ana@example.com")
        bruno = slack.person("Bruno", email="bruno@example.com", locale="fr-FR")
        yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def whispered(city: Town, person: str, text: str) -> dict:
    """What a command tells the person who typed it, and nobody else."""
    number, seen = len(city.whispers(person)) + 1, len(city.answers())
    city.slack.command(person, city.channel, f"/retention {text}")
    answer = city.whisper(person, number)
    assert len(city.answers()) == seen
    return answer


def cells(records: Records) -> str:
    with records._database.reading() as connection:
        return str([tuple(row) for table in metadata.sorted_tables for row in connection.execute(select(table))])


def test_an_admin_finds_what_somebody_asked_and_has_them_forgotten(city: Town, records: Records) -> None:
    city.slack.mention(city.bruno, city.channel, "quel était notre taux de churn en octobre 2026 ?")
    assert "3 sur 8" in city.answer()["text"]
    assert "Seuls les admins" in whispered(city, city.bruno, "audit churn")["text"]
    for text in ("audit @Bruno", f"audit {city.bruno}", "audit churn_rate"):
        found = whispered(city, city.ana, text)["text"]
        assert "quel était notre taux de churn" in found
        assert "3 sur 8" in found
        assert f"Bruno ({city.bruno})" in found
    assert city.bruno in cells(records)
    looked = whispered(city, city.ana, "forget bruno@example.com")
    assert "questions and answers: 2 to delete" in looked["text"]
    number = len(city.whispers(city.ana)) + 1
    city.slack.press(city.ana, looked, "forget bruno@example.com confirm", city.channel)
    assert "Forgotten." in city.whisper(city.ana, number)["text"]
    left = cells(records)
    assert [one for one in (city.bruno, "Bruno", "bruno@example.com", "quel était") if one in left] == []
    assert "No question on record" in whispered(city, city.ana, f"audit {city.bruno} churn")["text"]


def test_nobody_else_has_anybody_forgotten(city: Town, records: Records) -> None:
    number = len(city.answers()) + 1
    city.slack.mention(city.ana, city.channel, "what was our churn rate in October?")
    city.answer(number=number)
    assert "Seul un admin" in whispered(city, city.bruno, f"oublier {city.ana} confirmer")["text"]
    assert city.ana in cells(records)
