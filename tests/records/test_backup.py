"""A backup, restored, is what it was made of: on SQLite, on PostgreSQL, and from either to the other."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from bot.errors import BadQuestion, Unavailable
from bot.records import Saved, open_records, restore_backup, save_backup
from bot.records.backup import CONTENTS
from bot.records.database import connect
from bot.types import Cadence, Schedule
from tests.records.test_upgrading import LEFT, NOON, VERSIONS, all_rows, left_at

MADE = datetime(2026, 11, 2, 3)
ROWS = sum(len(rows) for rows in LEFT.values())


@pytest.fixture
def lite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/other/records.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents of two companies, with what was made from them and what is just being written."""
    uploaded = tmp_path / "documents" / "acme-1234abcd" / "uploaded"
    for path, data in {
        uploaded / "tone.md": b"# Tone\nWarm.",
        uploaded / ".77-tone.md": b"half",
        uploaded.parent / "read" / "5f.json": b"{}",
        tmp_path / "documents" / "other-00000000" / "uploaded" / "Été.pdf": bytes(range(256)) * 9000,
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "documents"


def saved(url: str, folder: Path, file: Path) -> Saved:
    left_at(connect(url), VERSIONS[-1])
    return save_backup(url, folder, file, MADE)


def test_what_was_wiped_comes_back_and_counts_on_where_it_was(url: str, folder: Path, tmp_path: Path) -> None:
    before = saved(url, folder, tmp_path / "b.zip")
    assert before == Saved(MADE, VERSIONS[-1], ROWS, 2)
    rows = all_rows(connect(url))
    with open_records(url) as records:
        with connect(url).writing() as connection:
            for table in LEFT:
                connection.exec_driver_sql(f"DELETE FROM {table}")
        assert records.drafts.all() == []
    bare = tmp_path / "fresh" / "documents"
    assert restore_backup(url, bare, tmp_path / "b.zip", replace=False) == before
    assert all_rows(connect(url)) == rows
    assert {path.relative_to(bare).as_posix() for path in bare.rglob("*") if path.is_file()} == {
        "acme-1234abcd/uploaded/tone.md", "other-00000000/uploaded/Été.pdf"
    }  # fmt: skip
    assert (bare / "other-00000000/uploaded/Été.pdf").read_bytes() == bytes(range(256)) * 9000
    with open_records(url) as records:
        daily = Schedule("T1", "C9", "U1", Cadence.DAILY, NOON.time(), "UTC", "en", due=NOON)
        assert records.schedules.make(daily, NOON).id == 2


@pytest.mark.postgres
def test_a_backup_of_either_database_restores_into_the_other(postgres_url: str, lite: str, folder: Path) -> None:
    first, second = folder.parent / "1.zip", folder.parent / "2.zip"
    saved(lite, folder, first)
    restore_backup(postgres_url, folder, first, replace=True)
    assert all_rows(connect(postgres_url)) == all_rows(connect(lite))
    with open_records(postgres_url) as records:
        daily = Schedule("T1", "C9", "U1", Cadence.DAILY, NOON.time(), "UTC", "en", due=NOON)
        assert records.schedules.make(daily, NOON).id == 2
    save_backup(postgres_url, folder, second, MADE)
    restore_backup(lite, folder, second, replace=True)
    assert all_rows(connect(postgres_url)) == all_rows(connect(lite))


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[5]])
def test_a_backup_of_an_earlier_version_is_brought_to_this_one(url: str, lite: str, folder: Path, version: str) -> None:
    left_at(connect(lite), version)
    file = folder.parent / "old.zip"
    assert save_backup(lite, folder, file, MADE).version == version
    restore_backup(url, folder, file, replace=True)
    with open_records(url) as records:
        assert [one.document["text"] for one in records.drafts.all()] == ["Cześć, Zofio", "Bonjour"]
        assert [one.event for one in records.inbox.unfinished(MADE)] == ["E1"]
        assert (records.schedules.get("T1", 1) is not None) is (version >= "0006")


def test_what_is_there_is_kept_unless_it_may_go(url: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    saved(url, folder, file)
    with open_records(url) as records:
        records.drafts.keep("d3", document={"text": "new"}, state="ready", now=MADE)
        with pytest.raises(BadQuestion, match="backup_not_empty"):
            restore_backup(url, tmp_path / "elsewhere", file, replace=False)
        assert records.drafts.get("d3") is not None
    (folder / "acme-1234abcd" / "uploaded" / "later.md").write_text("later")
    restore_backup(url, folder, file, replace=True)
    with open_records(url) as records:
        assert records.drafts.get("d3") is None
        assert records.drafts.get("d1") is not None
    assert not (folder / "acme-1234abcd" / "uploaded" / "later.md").exists()
    assert list(folder.parent.glob(".restoring-*")) == []


def test_documents_without_records_are_kept_too(lite: str, url: str, folder: Path, tmp_path: Path) -> None:
    saved(url, folder, tmp_path / "b.zip")
    with pytest.raises(BadQuestion, match="backup_not_empty"):
        restore_backup(lite, folder, tmp_path / "b.zip", replace=False)


def test_tables_of_others_in_the_same_database_are_neither_saved_nor_dropped(
    url: str, folder: Path, tmp_path: Path
) -> None:
    with connect(url).writing() as connection:
        connection.exec_driver_sql("CREATE TABLE accounts AS SELECT 7 AS id")
    saved(url, folder, tmp_path / "b.zip")
    restore_backup(url, folder, tmp_path / "b.zip", replace=True)
    with connect(url).reading() as connection:
        assert connection.exec_driver_sql("SELECT id FROM accounts").scalar() == 7
    assert "tables/accounts.jsonl" not in zipfile.ZipFile(tmp_path / "b.zip").namelist()


def test_a_backup_is_of_one_moment_while_others_write(url: str, folder: Path, tmp_path: Path) -> None:
    """A draft and a thread are written in turns, so that no moment has two more of one than of the other."""
    left_at(connect(url), VERSIONS[-1])
    done = Event()

    def write() -> None:
        with open_records(url) as records:
            number = 0
            while not done.is_set():
                number += 1
                records.drafts.keep(f"w{number}", document={}, state="ready", now=NOON)
                records.threads.remember("T1", "C2", f"w{number}", query=None, language="en", now=NOON)

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            save_backup(url, folder, tmp_path / f"{number}.zip", MADE)
    finally:
        done.set()
        writer.join()
    for number in range(5):
        with zipfile.ZipFile(tmp_path / f"{number}.zip") as archive:
            drafts, threads = (archive.read(f"tables/{one}.jsonl").decode() for one in ("drafts", "threads"))
        apart = drafts.count('["w') - threads.count('"C2"')
        assert apart in {0, 1}


def test_only_its_owner_may_read_it_and_it_writes_over_nothing(lite: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    saved(lite, folder, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(BadQuestion, match="backup_exists"):
        save_backup(lite, folder, file, MADE)
    with pytest.raises(BadQuestion, match="backup_unwritable"):
        save_backup(lite, folder, tmp_path / "nowhere" / "b.zip", MADE)
    with pytest.raises(Unavailable, match="backup_no_records"):
        save_backup(f"sqlite:///{tmp_path}/none.sqlite", folder, tmp_path / "c.zip", MADE)
    assert sorted(path.name for path in tmp_path.glob("*b.zip*")) == ["b.zip"]
    assert not (tmp_path / "c.zip").exists()


def changed(file: Path, entry: str, data: bytes | None) -> None:
    """The archive with another entry, or without it, and all else as it was."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts.pop(entry, None)
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in (parts | ({} if data is None else {entry: data})).items():
            archive.writestr(name, part)


def with_contents(file: Path, **values: object) -> None:
    with zipfile.ZipFile(file) as archive:
        contents = json.loads(archive.read(CONTENTS))
    changed(file, CONTENTS, json.dumps(contents | values).encode())


def test_what_is_no_whole_backup_changes_nothing(lite: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    saved(lite, folder, file)
    whole, rows = file.read_bytes(), all_rows(connect(lite))
    row, broken = "tables/drafts.jsonl", bytearray(whole)
    broken[len(whole) // 2] ^= 255

    def refused(key: str) -> None:
        with pytest.raises(BadQuestion, match=key):
            restore_backup(lite, folder, file, replace=True)
        assert all_rows(connect(lite)) == rows
        assert (folder / "acme-1234abcd" / "uploaded" / "tone.md").exists()
        file.write_bytes(whole)

    changed(file, row, b'["d9"]\n')
    refused("backup_damaged")
    changed(file, row, None)
    refused("backup_damaged")
    changed(file, "documents/x/uploaded/more.md", b"more")
    refused("backup_damaged")
    file.write_bytes(broken)
    refused("backup_damaged")
    file.write_bytes(whole[: len(whole) // 2])
    refused("backup_unreadable")
    file.write_bytes(b"PK\x03\x04 no archive")
    refused("backup_unreadable")
    with_contents(file, format=2)
    refused("backup_too_new")
    with_contents(file, version="9999")
    refused("backup_too_new")
    file.unlink()
    refused("backup_missing")


def test_a_document_that_would_land_elsewhere_is_refused(lite: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    saved(lite, folder, file)
    whole, data = file.read_bytes(), b"x"
    with zipfile.ZipFile(file) as archive:
        entries = json.loads(archive.read(CONTENTS))["entries"]
    for entry in ("documents/../../uploaded/x.md", "documents/a/read/x.md", "documents/x.md"):
        told = {"sha256": hashlib.sha256(data).hexdigest(), "size": 1}
        with_contents(file, entries=entries | {entry: told})
        changed(file, entry, data)
        with pytest.raises(BadQuestion, match="backup_damaged"):
            restore_backup(lite, folder, file, replace=True)
        file.write_bytes(whole)


def test_a_reader_does_not_wait_for_a_writer(url: str) -> None:
    with open_records(url) as records, connect(url).writing() as connection:
        connection.exec_driver_sql("DELETE FROM drafts")
        began = datetime.now()  # noqa: DTZ005 - a difference of two
        assert records.drafts.all() == []
        assert datetime.now() - began < timedelta(seconds=5)  # noqa: DTZ005 - as above
