"""Nothing of a forgotten person is left in any table or file of the records; what others need stays without them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.records import Records, open_records
from bot.records.database import connect
from bot.records.schema import metadata
from bot.types import Assigned, Cadence, Campaign, Decision, Schedule, Spent, Trace

NOW = datetime(2026, 11, 10, 12)
MARIE = Trace(askers=("U0MARIE77",), strong=frozenset({"U0MARIE77", "marie@example.com"})).named("Marie Dubreuil")
FERN = Trace(
    users=("P4711",), accounts=("A0613",), strong=frozenset({"P4711", "A0613", "Atelier Rovadine", "fern@rovadine.fr"}),
    weak=frozenset({"Fern"}),
)  # fmt: skip
TRACES = pytest.mark.parametrize("trace", [MARIE, FERN], ids=["asker", "customer"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def records(folder: Path) -> Iterator[Records]:
    """Records in which both have left a trace in every table, and a colleague too."""
    with open_records(f"sqlite:///{folder}/records.sqlite") as made:
        fill(made)
        yield made


def fill(records: Records) -> None:
    said = "How is Atelier Rovadine (A0613) doing? Ask Fern, fern@rovadine.fr"
    for n, (user, name, text) in enumerate(
        [("U0MARIE77", "Marie Dubreuil", "churn in Spain, says marie@example.com"), ("U0BRUNO11", "Bruno", said)]
    ):
        channel, id = f"D{n}", f"T1/D{n}/{n}.1"
        payload = {"user": user, "text": text, "channel": channel}
        records.inbox.accept(event=f"E{n}", team="T1", channel=channel, ts=f"{n}.1", payload=payload, now=NOW)
        records.threads.remember("T1", channel, f"{n}.1", query=None, language="en", now=NOW, texts=[text])
        records.threads.remember("T1", "C1", user, query=None, language="en", now=NOW)
        document = {"text": said, "asked": {"text": text, "thread": []}, "evidence": [{"rows": [{"id": "A0613"}]}]}
        records.answers.keep(id, question=id, document=document, now=NOW, asker=user, name=name, place="dm")
        records.proposals.keep("Acme", "mark", f"{id}/{user}", document={"id": id, "by": user, "words": said},
                               state="open", by=user, now=NOW)  # fmt: skip
        records.proposals.keep("Acme", "alert", str(n + 1), document={"metric": "mrr"}, state="accepted", by=user,
                               now=NOW)  # fmt: skip
        records.spending.add(user, NOW.date(), Spent(10, 5), question=id, model="m")
        records.promises.make(id, channel=channel, thread="1", asker=user, document={"text": text}, due=NOW.date(),
                              now=NOW)  # fmt: skip
        made = records.schedules.make(Schedule("T1", channel, user, Cadence.DAILY, time(9), "UTC", "en", due=NOW), NOW)
        records.schedules.claim(NOW, f"worker {made.id}", timedelta(minutes=1))
    records.threads.remember(
        "T1",
        "C1",
        "9.9",
        query=None,
        language="en",
        now=NOW,
        texts=["and in France?", "churn in Spain, says marie@example.com"],
    )
    records.proposals.keep("Acme", "note", "n", document={"what": "Fern left A0613"}, state="accepted",
                           by="U0MARIE77", now=NOW)  # fmt: skip
    records.proposals.keep("Acme", "endorsement", "e", document={"metric": "mrr"}, state="accepted",
                           by="Marie Dubreuil", now=NOW)  # fmt: skip
    records.proposals.keep("Acme", "metric", "m", document={"askers": ["U0BRUNO11", "U0MARIE77"]}, state="open",
                           by="U0BRUNO11", now=NOW)  # fmt: skip
    records.proposals.keep("Acme", "account_alert", "A0613", document={"quiet": {}}, state="open", by="U0BRUNO11",
                           now=NOW)  # fmt: skip
    for id, state in (("d1", "approved"), ("d2", "ready")):
        document = {"asker": "U0MARIE77", "query": {"subject": "A0613"}, "draft": {"text": "Dear Atelier Rovadine"}}
        records.drafts.keep(id, document=document, state=state, now=NOW)
    records.decisions.add(Decision("d1", "approve", "Marie Dubreuil", NOW, {"asker": "U0MARIE77", "for": "A0613"}))
    campaign = Campaign("c1", "d1", "Acme", {"arms": {"treatment": 2}, "sql": "WHERE account_id = 'A0613'"},
                        "Marie Dubreuil", NOW, date(2027, 1, 1))  # fmt: skip
    people = [Assigned("P4711", "A0613", "treatment", "A", "FR", "fr"),
              Assigned("P0001", "A0001", "treatment", "B", "FR", "fr")]  # fmt: skip
    records.campaigns.freeze(campaign, people)


def cells(folder: Path) -> Iterator[tuple[str, str]]:
    """(table, one row as text, with its letters and not their escapes) of every table there is."""
    with connect(f"sqlite:///{folder}/records.sqlite").reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield table.name, str(tuple(row))


def files_with(folder: Path, trace: Trace) -> list[tuple[str, str]]:
    """(file, term) for each term of the person whose bytes stand in a file of the records."""
    return [
        (path.name, term)
        for path in folder.iterdir()
        for term in trace.strong
        if term.casefold().encode() in path.read_bytes().lower()
    ]


@TRACES
def test_every_table_and_every_byte_is_without_the_person_afterwards(
    records: Records, folder: Path, trace: Trace
) -> None:
    before = [(name, row) for name, row in cells(folder) if any(term in row for term in trace.strong)]
    assert len({name for name, _ in before}) >= 8
    assert files_with(folder, trace)
    found = records.forgetting.found(trace)
    assert {name for name, _ in before} <= found.keys()
    gone = records.forgetting.forget(trace, "forgotten-1")
    assert gone == found
    assert records.forgetting.wipe()
    left = [row for _, row in cells(folder) if any(one.casefold() in row.casefold() for one in trace.strong)]
    assert left == []
    assert files_with(folder, trace) == []
    assert records.forgetting.found(trace) == {}


def test_of_an_asker_what_is_theirs_is_deleted_and_what_others_need_has_a_pseudonym(
    records: Records, folder: Path
) -> None:
    records.forgetting.forget(MARIE, "forgotten-1")
    assert records.answers.get("T1/D0/0.1") is None
    assert records.answers.get("T1/D1/1.1") is not None
    assert [one.by for one in records.decisions.of("d1")] == ["forgotten-1"]
    assert records.campaigns.get("c1").approved_by == "forgotten-1"
    assert [one.said_by for one in records.proposals.all("Acme", "endorsement")] == ["forgotten-1"]
    assert records.proposals.all("Acme", "metric")[0].document["askers"] == ["U0BRUNO11", "forgotten-1"]
    assert [one.name for one in records.proposals.all("Acme", "alert")] == ["2"]
    assert records.threads.recall("T1", "C1", "9.9").texts == ["and in France?"]
    assert records.threads.recall("T1", "D0", "0.1") is None
    assert records.schedules.owned("U0MARIE77") == []
    assert [one.owner for one in records.schedules.owned("U0BRUNO11")] == ["U0BRUNO11"]
    assert records.spending.spent(NOW.date()) == Spent(20, 10)
    assert len(records.campaigns.people("c1")) == 2
    assert "Atelier Rovadine" in str([*cells(folder)])


def test_of_a_customer_the_place_in_a_campaign_goes_and_the_size_of_its_arm_stays(records: Records) -> None:
    records.forgetting.forget(FERN, "forgotten-2")
    assert [one.person for one in records.campaigns.people("c1")] == ["P0001"]
    assert records.campaigns.get("c1").document == {
        "arms": {"treatment": 2}, "sql": "WHERE account_id = 'forgotten-2'"
    }  # fmt: skip
    assert (records.drafts.get("d1").state, records.drafts.get("d2")) == ("approved", None)
    assert records.proposals.all("Acme", "account_alert") == []
    document = records.answers.get("T1/D1/1.1")
    assert document["text"] == "How is forgotten-2 (forgotten-2) doing? Ask forgotten-2, forgotten-2"
    assert document["altered"] is True


def test_a_number_that_is_somebodys_id_is_no_other_number(records: Records) -> None:
    """An alert has a number too, and so has everything that is counted."""
    records.answers.keep("x", question="x", document={"id": "2", "text": "2 of 22 (2)", "n": 2}, now=NOW)
    trace = Trace(users=("2",), strong=frozenset({"(2)"}), exact=frozenset({"2"}))
    records.forgetting.forget(trace, "forgotten-3")
    assert records.answers.get("x") == {"id": "forgotten-3", "text": "2 of 22 forgotten-3", "n": 2, "altered": True}
    assert [one.name for one in records.proposals.all("Acme", "alert")] == ["1", "2"]


def test_what_expired_is_not_to_be_read_in_the_file_either(folder: Path) -> None:
    """A deleted row of SQLite stays in its file unless it is told otherwise."""
    with open_records(f"sqlite:///{folder}/records.sqlite", timedelta(days=1)) as records:
        records.answers.keep("a", question="a", document={"text": "Atelier Rovadine"}, now=NOW - timedelta(days=9))
        records.expire(NOW)
    assert b"Rovadine" not in (folder / "records.sqlite").read_bytes()
