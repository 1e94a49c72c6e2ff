"""The audit of a day answers who asked what and which numbers were shown; and a person asked for is forgotten."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.documents import fingerprint
from bot.engines.answers.audited import Wanted
from bot.engines.budget import DaysPurse
from bot.records import open_records
from bot.records.schema import metadata
from bot.service import Service
from bot.types import Answer, Decision, Outcome, Place, Question, Spent
from bot.wiring import service_of
from tests.served import FINGERS

NOW = datetime(2026, 11, 2, 23, 30)
ADMIN = ("U0ADMIN99", "Ines Duarte")
ANA = ("U0ANA4711", "Ana Ruiz")


@pytest.fixture(scope="module")
def opened() -> Service:
    return service_of(FINGERS)


@pytest.fixture
def service(opened: Service, tmp_path: Path) -> Iterator[Service]:
    """The bot with records in which nothing stands yet."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        opened.__dict__["records"] = records
        yield opened


def question(
    service: Service, text: str, n: int = 0, who: tuple[str, str] = ANA, role: str = "analyst", **more: Any
) -> Question:
    given = {"place": Place.DM, "language": "en", "now": NOW, **more}
    rights = service.rights_of(role, given["place"])
    return Question(text, rights=rights, asker=who[0], name=who[1], id=f"T1/C7/{who[0]}.{n}", **given)


def audit(service: Service, text: str, role: str = "admin") -> Answer:
    return service.clerk.audit(question(service, text, 99, ADMIN, role, now=NOW + timedelta(hours=1)))


def forget(service: Service, text: str, role: str = "admin", askers: tuple[str, ...] = ()) -> Answer:
    return service.clerk.forget(question(service, text, 98, ADMIN, role), lambda _: askers)


def entries(service: Service, **wanted: Any) -> list[dict[str, Any]]:
    return list(service.clerk.traces.audit.entries(Wanted(**wanted), service.rights_of("admin", Place.DM)))


def cells(service: Service) -> str:
    """All that the records hold."""
    with service.records._database.reading() as connection:
        return str([tuple(row) for table in metadata.sorted_tables for row in connection.execute(select(table))])


def test_an_entry_has_who_where_when_what_was_asked_measured_and_shown(service: Service) -> None:
    asked = question(service, "what was our churn rate in October?", place=Place.PUBLIC)
    DaysPurse(service.records.spending, ANA[0], NOW.date(), asked.id, "gpt-x").spend(Spent(120, 2_500_000))
    answer = service.ask(asked)
    (entry,) = entries(service)
    told = ("who", "name", "role", "where", "place", "words", "outcome", "engine", "model", "tokens", "cost")
    assert tuple(entry[name] for name in told) == (
        *ANA, "analyst", "C7", "public", asked.text, "answer", "rules", "gpt-x", 120, 2.5,
    )  # fmt: skip
    assert entry["at"] == "2026-11-02T23:30:00+00:00"
    assert entry["queries"][0]["metric"] == "churn_rate"
    assert entry["shown"]["text"] == answer.text
    assert {"part": 3, "whole": 8}.items() <= entry["shown"]["values"][0]["values"].items()
    assert "SELECT" in entry["evidence"][0]["sql"]
    assert entry["latency_ms"] == answer.elapsed_ms > 0


def test_the_hash_is_that_of_the_evidence_and_tells_when_a_figure_is_another(service: Service) -> None:
    service.ask(question(service, "what was our churn rate in October?"))
    (entry,) = entries(service)
    assert fingerprint(json.loads(json.dumps(entry["evidence"]))) == entry["evidence_hash"]
    text = json.dumps(entry["evidence"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == entry["evidence_hash"]
    entry["evidence"][0]["rows"][0]["part"] += 1
    assert fingerprint(entry["evidence"]) != entry["evidence_hash"]


def test_refusals_and_commands_are_in_it_and_so_is_who_reads_it(service: Service) -> None:
    service.ask(question(service, "which customers left in October?", 1, role="viewer"))
    service.clerk.note(question(service, "note 2026-09-01 price rise", 2))
    audit(service, "audit customers")
    told = {one["words"]: (one["who"], one["outcome"]) for one in entries(service)}
    assert told == {
        "which customers left in October?": (ANA[0], "refuse"),
        "note 2026-09-01 price rise": (ANA[0], "answer"),
        "audit customers": (ADMIN[0], "answer"),
    }


def test_the_audit_of_a_day_says_who_asked_what_and_which_numbers_were_shown(service: Service) -> None:
    service.ask(question(service, "what was our churn rate in October?"))
    service.ask(question(service, "MRR by plan", 2, now=NOW - timedelta(days=1)))
    said = audit(service, "audit 2026-11-02").text
    assert "Questions on record: 1." in said
    assert "2 November 2026, 23:30, Ana Ruiz (U0ANA4711), in direct messages" in said
    assert "“what was our churn rate in October?”" in said
    assert "3 of 8" in said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("audit", 2),
        ("audit <@U0ANA4711|ana>", 1),
        ("audit U0BRUNO11", 1),
        ("audit @Bruno", 1),
        ("audit churn_rate", 1),
        ("audit churn rate", 1),
        ("audit CHURN 2026-11-02", 1),
        ("audit 2026-11", 2),
        ("audit 2026-11-01..2026-11-01", 0),
        ("audit no such words", 0),
    ],
)
def test_it_is_searched_by_words_a_person_a_day_or_a_metric(service: Service, text: str, found: int) -> None:
    service.ask(question(service, "what was our churn rate in October?"))
    service.ask(question(service, "MRR by plan", who=("U0BRUNO11", "Bruno")))
    said = audit(service, text)
    if found:
        assert said.findings[0].values["n"] == found
    else:
        assert said.findings[0].key == "audit_none"


def test_nobody_but_an_admin_reads_it_or_has_anybody_forgotten(service: Service) -> None:
    for role in ("viewer", "analyst", "marketer"):
        for said, key in ((audit(service, "audit", role), "audit_not_allowed"),
                          (forget(service, "forget A1 confirm", role), "forget_not_allowed")):  # fmt: skip
            assert (said.outcome, said.error and said.error.key) == (Outcome.REFUSE, key)


def test_files_of_it_run_no_formula_and_hold_every_entry(service: Service, tmp_path: Path) -> None:
    service.ask(question(service, "=churn rate in October"))
    books, rights = service.clerk.traces.audit, service.rights_of("admin", Place.DM)
    assert books.export(books.entries(Wanted(), rights), tmp_path / "audit.csv") == 1
    with (tmp_path / "audit.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["words"].startswith("'=")
    assert row["who"] == ANA[0]
    assert books.export(books.entries(Wanted(), rights), tmp_path / "audit.jsonl") == 1
    (line,) = (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == entries(service)[0]


# ------------------------------------------------------------ forgetting


def test_a_customer_is_looked_for_by_every_name_the_data_has_and_forgotten_once_confirmed(
    service: Service, tmp_path: Path
) -> None:
    service.ask(question(service, "which customers left in October?"))
    (tmp_path / "people.csv").write_text('"campaign_id","id"\r\n"c","A3"\r\n"c","A4"\r\n', "utf-8")
    (tmp_path / "campaign.json").write_text(json.dumps({"files": {"people.csv": "old"}}), "utf-8")
    noted = {"folder": str(tmp_path), "files": {"people.csv": "old"}}
    service.records.decisions.add(Decision("d", "export", "Nora", NOW, noted))
    looked = forget(service, "forget A3")
    assert "questions and answers: 0 to delete, 1 to keep" in looked.text
    assert "rows of exported files: 1 to delete" in looked.text
    assert looked.follow_ups == ("forget A3 confirm",)
    assert "Cedar" in cells(service)
    done = forget(service, "forget A3 confirm")
    assert {one.key for one in done.findings} >= {"forget_done", "forget_stays_data", "forget_wiped"}
    assert "forget_left" not in {one.key for one in done.findings}
    assert "Cedar" not in cells(service)
    assert "A3" not in cells(service).replace("A3C", "")  # hashes are of hexadecimal digits
    assert "Larch" in cells(service)
    assert (tmp_path / "people.csv").read_text("utf-8").split() == ['"campaign_id","id"', '"c","A4"']
    digest = hashlib.sha256((tmp_path / "people.csv").read_bytes()).hexdigest()
    assert json.loads((tmp_path / "campaign.json").read_text("utf-8"))["files"] == {"people.csv": digest}
    assert [one["altered"] for one in entries(service, who=ANA[0])] == [True]
    assert forget(service, "forget A3").findings[0].key == "forget_none"


@pytest.mark.parametrize(
    ("typed", "known"), [("<@U0ANA4711|ana>", ()), ("U0ANA4711", ()), ("ana@example.com", ("U0ANA4711",))]
)
def test_who_asks_is_forgotten_by_a_mention_an_id_or_an_address(
    service: Service, typed: str, known: tuple[str, ...]
) -> None:
    service.ask(question(service, "what was our churn rate in October?"), "T1/D1/1.1")
    service.clerk.endorse(question(service, "endorse churn rate", 3))
    forget(service, f"forget {typed} confirm", askers=known)
    left = cells(service)
    assert not [one for one in (*ANA, "ana@example.com") if one in left]
    (endorsement,) = service.clerk.endorsements.all()
    assert endorsement.by.startswith("forgotten-")
    assert {one["who"] for one in entries(service)} == {ADMIN[0]}


@pytest.mark.parametrize(
    ("text", "key"), [("forget", "forget_whom"), ("forget churn", "forget_unknown"), ("forget confirm", "forget_whom")]
)
def test_a_word_that_names_nobody_forgets_nothing(service: Service, text: str, key: str) -> None:
    """Else "forget churn confirm" would take the word out of every answer."""
    said = forget(service, text)
    assert (said.outcome, said.error and said.error.key) == (Outcome.REFUSE, key)


def test_an_admin_may_be_forgotten_by_their_own_word(service: Service) -> None:
    forget(service, f"forget {ADMIN[0]} confirm")
    assert ADMIN[0] not in cells(service)
    assert [one["words"] for one in entries(service)] == ["forget"]
