"""What was accepted is kept, handed out once, and found again; on SQLite and on PostgreSQL."""

import math
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from bot.errors import BadWorkspace, OurFault, Unavailable
from bot.records import Records, open_records
from bot.records import upgrade as upgrading
from bot.records.database import connect
from bot.records.proposals import Kind
from bot.records.schema import metadata
from bot.types import Held, Rate, Spent
from tests.postgres import server

NOON = datetime(2026, 11, 2, 12)
MINUTE = timedelta(minutes=1)
LEASE = 5 * MINUTE


def accept(records: Records, number: int, **changed: object) -> bool:
    """Accept question `number`, `number` minutes after noon."""
    given = {
        "event": f"Ev{number}",
        "team": "T1",
        "channel": "C1",
        "ts": f"{number}.0",
        "payload": {"text": f"question {number}"},
        "now": NOON + number * MINUTE,
    }
    return records.inbox.accept(**(given | changed))  # type: ignore[arg-type] # the fields are of many types


# The inbox


def test_a_question_is_accepted_once_however_often_slack_sends_it(records: Records) -> None:
    assert accept(records, 1)
    assert not accept(records, 1)
    assert not accept(records, 1, ts="other.0")
    assert len(records.inbox.unfinished(NOON)) == 1


def test_a_mention_that_also_comes_as_a_message_is_accepted_once(records: Records) -> None:
    """Two events, one message: same team, channel and ts."""
    assert accept(records, 1, event="Ev-mention")
    assert not accept(records, 1, event="Ev-message")
    assert accept(records, 1, event="Ev-a", channel="C2")
    assert accept(records, 1, event="Ev-b", team="T2")
    assert len(records.inbox.unfinished(NOON)) == 3


def test_a_question_without_its_keys_is_our_fault_and_not_a_repetition(records: Records) -> None:
    with pytest.raises(OurFault):
        accept(records, 1, event=None)
    assert records.inbox.unfinished(NOON) == []


def test_questions_are_claimed_in_the_order_they_came(records: Records) -> None:
    for number in (2, 1, 3):
        accept(records, number)
    claimed = [records.inbox.claim(NOON + 9 * MINUTE, "ann", LEASE) for _ in range(4)]
    assert [it and it.event for it in claimed] == ["Ev1", "Ev2", "Ev3", None]
    assert claimed[0] is not None
    assert claimed[0].payload == {"text": "question 1"}
    assert claimed[0].accepted_at == NOON + MINUTE


def test_one_question_can_be_claimed_by_its_event(records: Records) -> None:
    accept(records, 1)
    accept(records, 2)
    claimed = records.inbox.claim(NOON + 9 * MINUTE, "ann", LEASE, event="Ev2")
    assert claimed is not None
    assert claimed.event == "Ev2"
    assert records.inbox.claim(NOON + 9 * MINUTE, "bob", LEASE, event="Ev2") is None


def test_a_question_whose_worker_died_is_handed_out_again_after_its_lease(records: Records) -> None:
    accept(records, 0)
    first = records.inbox.claim(NOON, "ann", LEASE)
    assert first is not None
    assert records.inbox.unfinished(NOON + LEASE - MINUTE) == []
    assert records.inbox.claim(NOON + LEASE - MINUTE, "bob", LEASE) is None
    assert [it.id for it in records.inbox.unfinished(NOON + LEASE)] == [first.id]
    second = records.inbox.claim(NOON + LEASE, "bob", LEASE)
    assert second is not None
    assert (second.id, first.tries, second.tries) == (first.id, 1, 2)


def test_a_question_is_finished_once_and_only_by_who_holds_it(records: Records) -> None:
    accept(records, 0)
    late = records.inbox.claim(NOON, "ann", LEASE)
    assert late is not None
    records.inbox.claim(NOON + LEASE, "bob", LEASE)
    assert not records.inbox.finish(late.id, "ann", NOON + LEASE, "1.1")
    assert records.inbox.finish(late.id, "bob", NOON + LEASE, "1.2")
    assert not records.inbox.finish(late.id, "bob", NOON + LEASE, "1.3")
    assert records.inbox.unfinished(NOON + 9 * LEASE) == []
    assert records.inbox.claim(NOON + 9 * LEASE, "ann", LEASE) is None


def test_what_was_accepted_is_still_there_after_a_new_start(url: str) -> None:
    with open_records(url) as before:
        accept(before, 1)
    with open_records(url) as after:
        assert [it.event for it in after.inbox.unfinished(NOON)] == ["Ev1"]
        assert not accept(after, 1)


DIES = """
import os, signal, sys
from datetime import datetime, timedelta
from bot.records import open_records
records = open_records(sys.argv[1])
now = datetime(2026, 11, 2, 12)
for number in (1, 2):
    records.inbox.accept(event=f"Ev{number}", team="T1", channel="C1", ts=f"{number}.0", payload={},
                         now=now + timedelta(seconds=number))
records.inbox.claim(now, "the dead", timedelta(minutes=5), event="Ev1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_questions_survive_the_death_of_the_process_that_accepted_them(url: str) -> None:
    """The one it was at work on comes back when its lease has ended, the other at once."""
    result = subprocess.run([sys.executable, "-c", DIES, url], check=False)
    assert result.returncode == -9
    with open_records(url) as records:
        assert [it.event for it in records.inbox.unfinished(NOON)] == ["Ev2"]
        assert [it.event for it in records.inbox.unfinished(NOON + LEASE)] == ["Ev1", "Ev2"]


def test_many_threads_share_the_questions_without_taking_one_twice(records: Records) -> None:
    def work(worker: str) -> list[str]:
        mine = []
        while (claimed := records.inbox.claim(NOON + LEASE, worker, LEASE)) is not None:
            assert records.inbox.finish(claimed.id, worker, NOON + LEASE)
            mine.append(claimed.event)
        return mine

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda number: accept(records, number % 20), range(60))) == 20
        taken = [event for mine in pool.map(work, "abcdefgh") for event in mine]
    assert sorted(taken) == sorted(f"Ev{number}" for number in range(20))


def accept_in_a_process(url: str, gate: object, accepted: object) -> None:
    """What one of two bots does when Slack sends both the same events; runs in a process of its own."""
    gate.wait()  # type: ignore[attr-defined] # a barrier
    with open_records(url) as records:
        for number in range(20):
            if accept(records, number):
                accepted.put(number)  # type: ignore[attr-defined] # a queue


def test_two_processes_that_start_together_accept_each_event_once(url: str) -> None:
    """They also make the tables together, in a database that is empty."""
    context = multiprocessing.get_context("spawn")
    gate, accepted = context.Barrier(2), context.Queue()
    bots = [context.Process(target=accept_in_a_process, args=(url, gate, accepted)) for _ in range(2)]
    for bot in bots:
        bot.start()
    numbers = sorted(accepted.get(timeout=30) for _ in range(20))
    for bot in bots:
        bot.join(30)
    assert [bot.exitcode for bot in bots] == [0, 0]
    assert numbers == list(range(20))
    assert accepted.empty()


# Threads, answers, drafts


def test_a_thread_remembers_its_latest_turn(records: Records) -> None:
    key = ("T1", "C1", "1.0")
    assert records.threads.recall(*key) is None
    records.threads.remember(*key, query={"metric": "mrr", "by": ["plan"]}, language="fr", now=NOON)
    records.threads.remember(*key, query={"metric": "nps"}, language=None, now=NOON + MINUTE)
    records.threads.remember("T1", "C2", "1.0", query=None, language="en", now=NOON)
    kept = records.threads.recall(*key)
    assert kept is not None
    assert (kept.query, kept.language, kept.updated_at) == ({"metric": "nps"}, None, NOON + MINUTE)
    assert (kept.meanings, kept.texts) == ((), ())
    records.threads.remember(*key, query=None, language=None, now=NOON, meanings=["a", "b"], texts=["nps?"])
    taught = records.threads.recall(*key)
    assert taught is not None
    assert (taught.meanings, taught.texts) == (["a", "b"], ["nps?"])
    other = records.threads.recall("T1", "C2", "1.0")
    assert other is not None
    assert (other.query, other.language) == (None, "en")


def test_an_answer_is_found_by_its_id_as_it_was_kept(records: Records) -> None:
    document = {"text": "3 of 8 « partis » 🙂 \ud800 \0", "rows": [{"part": 3, "whole": 8.0, "none": None}]}
    records.answers.keep("a1", question="q1", document=document, now=NOON)
    assert records.answers.get("a1") == document
    assert records.answers.get("a2") is None


@pytest.mark.parametrize("value", [math.nan, NOON, b"bytes"])
def test_a_value_that_json_does_not_have_is_refused_by_every_database(records: Records, value: object) -> None:
    with pytest.raises(OurFault):
        records.answers.keep("a1", question="q1", document={"value": value}, now=NOON)
    assert records.answers.get("a1") is None


def test_drafts_are_listed_by_state_the_newest_first(records: Records) -> None:
    for number, state in enumerate(["ready", "held", "ready"]):
        records.drafts.keep(f"d{number}", document={"n": number}, state=state, now=NOON + number * MINUTE)
    records.drafts.keep("d0", document={"n": 10}, state="held", now=NOON)
    assert [draft.id for draft in records.drafts.all()] == ["d2", "d1", "d0"]
    assert [draft.id for draft in records.drafts.all("held")] == ["d1", "d0"]
    kept = records.drafts.get("d0")
    assert kept is not None
    assert (kept.document, kept.state, kept.created_at) == ({"n": 10}, "held", NOON)
    assert records.drafts.get("d9") is None


def test_what_models_cost_is_told_by_person_and_by_day(records: Records) -> None:
    """A day with nothing spent is told as nothing; other people's and other days' spending is left out."""
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    assert records.spending.spent(monday) == Spent()
    records.spending.add("T1/U1", monday, Spent(1_200, 30))
    records.spending.add("T1/U1", monday, Spent(3_000_000_000, 5_000_000_000))
    records.spending.add("T1/U2", monday, Spent(7, 0))
    records.spending.add("T1/U1", tuesday, Spent(1, 1))
    assert records.spending.spent(monday, "T1/U1") == Spent(3_000_001_200, 5_000_000_030)
    assert records.spending.spent(monday) == Spent(3_000_001_207, 5_000_000_030)
    assert records.spending.spent(tuesday, "T1/U2") == Spent()


def test_spending_of_many_questions_at_once_is_all_counted(records: Records) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: records.spending.add("T1/U1", NOON.date(), Spent(10, 1)), range(40)))
    assert records.spending.spent(NOON.date(), "T1/U1") == Spent(400, 40)


def test_questions_are_taken_up_to_a_rate_and_the_next_one_when_the_oldest_is_old_enough(records: Records) -> None:
    """Those that were not taken do not count: whoever goes on asking waits no longer."""
    rate, turns = Rate(person_questions=2, workspace_questions=3, minutes=10), records.turns
    minute = timedelta(minutes=1)
    assert turns.take("U1", NOON, rate) is turns.take("U1", NOON + minute, rate) is None
    assert turns.take("U1", NOON + 2 * minute, rate) == Held(NOON + 10 * minute, own=True, tell=True)
    assert turns.take("U1", NOON + 2.5 * minute, rate) == Held(NOON + 10 * minute, own=True, tell=False)
    assert turns.take("U2", NOON + 3 * minute, rate) is None
    assert turns.take("U2", NOON + 3 * minute, rate) == Held(NOON + 10 * minute, own=False, tell=True)
    assert turns.take("U1", NOON + 9 * minute, rate) == Held(NOON + 10 * minute, own=True, tell=True)
    assert turns.take("U1", NOON + 10 * minute, rate) is None
    assert turns.take("U1", NOON + 10 * minute, rate) == Held(NOON + 11 * minute, own=True, tell=True)


def test_no_more_questions_are_taken_where_many_come_at_once(records: Records) -> None:
    rate = Rate(person_questions=20, workspace_questions=20, minutes=10)
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda _: records.turns.take("U1", NOON, rate), range(40)))
    assert held.count(None) == 20
    assert [one.tell for one in held if one is not None].count(True) == 1


def test_records_of_the_first_version_are_brought_up_to_date(url: str) -> None:
    """What was kept before the later tables existed is still there after they were made."""
    with open_records(url) as records:
        accept(records, 1)
    with connect(url).writing() as connection:
        connection.execute(text("DROP TABLE spending"))
        for table in ("proposals", "decisions", "campaigns", "arms", "schedules", "postings", "promises", "turns"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("slack_bots", "slack_installations", "slack_oauth_states"):
            connection.execute(text(f"DROP TABLE {table}"))
        for table in ("threads", "answers"):
            connection.execute(text(f"DROP INDEX ix_{table}_data"))
        for column in ("meanings", "texts", "data"):
            connection.execute(text(f"ALTER TABLE threads DROP COLUMN {column}"))
        for index in ("created_at", "asker"):
            connection.execute(text(f"DROP INDEX ix_answers_{index}"))
        for column in ("asker", "name", "place", "evidence", "data"):
            connection.execute(text(f"ALTER TABLE answers DROP COLUMN {column}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with open_records(url) as records:
        records.spending.add("T1/U1", NOON.date(), Spent(10, 1))
        assert [it.event for it in records.inbox.unfinished(NOON)] == ["Ev1"]
        assert records.spending.spent(NOON.date()) == Spent(10, 1)
        assert records.proposals.all("Acme", "segment") == []
        records.threads.remember("T1", "C1", "1.0", query=None, language=None, now=NOON, meanings=["a"])


def test_what_people_propose_is_kept_by_kind_and_name_and_decided_once(records: Records) -> None:
    def keep(kind: Kind, name: str, n: int, company: str = "Acme") -> None:
        records.proposals.keep(
            company, kind, name, document={"n": n}, state="open", by="U1", now=NOON + timedelta(minutes=n)
        )

    keep("meaning", "churn", 1)
    keep("segment", "churn", 2)
    keep("meaning", "churn", 3)
    keep("meaning", "mrr", 4)
    keep("meaning", "churn", 5, company="Another")
    found = records.proposals.all("Acme", "meaning")
    assert [(one.name, one.document["n"], one.state) for one in found] == [("churn", 3, "open"), ("mrr", 4, "open")]
    assert records.proposals.decide("Acme", "meaning", "churn", "accepted")
    assert not records.proposals.decide("Acme", "meaning", "nrr", "accepted")
    assert [one.name for one in records.proposals.all("Acme", "meaning", "accepted")] == ["churn"]
    assert [one.state for one in records.proposals.all("Another", "meaning")] == ["open"]
    assert [one.document["n"] for one in records.proposals.all("Acme", "segment")] == [2]


def test_many_threads_may_write_the_same_row(records: Records) -> None:
    def write(number: int) -> None:
        records.answers.keep("a1", question="q1", document={"n": number}, now=NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert records.answers.get("a1") is not None


def test_a_row_that_lacks_a_value_is_our_fault(records: Records) -> None:
    with pytest.raises(OurFault):
        records.answers.keep("a1", question=None, document={}, now=NOON)  # type: ignore[arg-type] # the fault


def test_an_instant_with_a_zone_is_refused(records: Records) -> None:
    with pytest.raises(OurFault):
        records.answers.keep("a1", question="q1", document={}, now=NOON.replace(tzinfo=UTC))


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """Records that all the examples of a property share."""
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('records')}/records.sqlite") as made:
        yield made


@given(document=some.dictionaries(some.text(), JSON, max_size=3))
def test_any_document_comes_back_as_it_went_in(one_file: Records, document: dict[str, object]) -> None:
    one_file.answers.keep("a1", question="q1", document=document, now=NOON)
    assert one_file.answers.get("a1") == document


# Opening


def test_the_migrations_lead_to_the_tables_that_the_code_uses(url: str) -> None:
    open_records(url).close()
    with connect(url).reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_several_may_open_what_is_still_empty(url: str) -> None:
    """One makes the tables, the others wait for it."""
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(open_records, [url] * 4):
            opened.close()
    with connect(url).reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [(upgrading.newest(),)]


def test_the_newest_migration_is_the_end_of_the_chain() -> None:
    """The number read from the file names is the one that Alembic finds by following the files."""
    scripts = ScriptDirectory(str(upgrading.MIGRATIONS))
    assert scripts.get_heads() == [upgrading.newest()]


def test_opening_what_is_current_is_quick_and_leaves_alembic_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite"
    open_records(url).close()
    started = time.perf_counter()
    open_records(url).close()
    assert time.perf_counter() - started < 0.05
    code = f"import sys, bot.records; bot.records.open_records({url!r}); print('alembic' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_records_of_a_later_version_are_left_alone(url: str) -> None:
    open_records(url).close()
    with connect(url).writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable) as fault:
        open_records(url)
    assert fault.value.key == "records_too_new"
    assert (fault.value.values["found"], fault.value.values["known"]) == ("9999", upgrading.newest())


@pytest.mark.parametrize("url", ["", "records.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://h/d", "http://h"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(BadWorkspace, match="records_url"):
        open_records(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable) as fault:
        open_records(f"sqlite:///{tmp_path}/file/records.sqlite")
    assert (fault.value.key, fault.value.values) == (
        "records_folder",
        {"where": f"{tmp_path}/file/records.sqlite"},
    )


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_text("Dear diary, " * 100)
    with pytest.raises(Unavailable) as fault:
        open_records(f"sqlite:///{tmp_path}/records.sqlite")
    assert (fault.value.key, fault.value.values["where"]) == (
        "records_unavailable",
        f"{tmp_path}/records.sqlite",
    )


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(Unavailable) as fault:
        open_records("postgresql://ann:secret@127.0.0.1:1/records")
    assert (fault.value.key, fault.value.values) == ("records_unavailable", {"where": "127.0.0.1/records"})
    assert "secret" not in str(fault.value)


@pytest.mark.postgres
def test_a_server_that_drops_its_connections_is_found_again(postgres_url: str) -> None:
    with open_records(postgres_url) as records:
        accept(records, 1)
        with psycopg.connect(server(), autocommit=True) as connection:
            name = postgres_url.rpartition("/")[2]
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        assert not accept(records, 1)


def test_a_renewed_lease_keeps_the_question_with_its_worker(records: Records) -> None:
    """As long as the worker lives it renews; nobody else gets the question meanwhile."""
    records.inbox.accept(event="e", team="t", channel="c", ts="1", payload={}, now=NOON)
    assert records.inbox.claim(NOON, "first", timedelta(seconds=20))
    records.inbox.renew(["first"], NOON + timedelta(seconds=15), timedelta(seconds=20))
    assert records.inbox.claim(NOON + timedelta(seconds=30), "second", timedelta(seconds=20)) is None
    assert records.inbox.claim(NOON + timedelta(seconds=36), "second", timedelta(seconds=20)) is not None
