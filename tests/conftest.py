"""What every test may ask for, and the rule that nothing is skipped in CI."""

import gc
import os
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pytest
from sqlalchemy import Connection, inspect

from bot.analysis.kept import Kept
from bot.playbook import Playbook
from bot.records import upgrade
from bot.service import Service
from bot.settings import Workspace
from bot.sources import Company
from bot.wiring import parts
from tests.postgres import database

ROOT = Path(__file__).parents[1]
MOST_KEPT = 4096
"""Results that a process keeps of a company: those of many tests, where a bot keeps those of its people."""

# Thousands of tests make a large heap, and to search it for garbage as often as Python does takes a tenth of the time.
gc.set_threshold(200_000, 20, 100)

# There is a worker for each core: a query that wants them all waits for those that other workers use.
if "PYTEST_XDIST_WORKER" in os.environ:
    duckdb.connect = partial(duckdb.connect, config={"threads": 1})

# A slow machine is no fault of the code; in CI the same commit tries the same examples.
hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _records_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What people taught the bot on this machine is nothing that a test may know."""
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("records")
        environment.setenv("MAINSTAY_RECORDS", f"sqlite:///{folder}/records.sqlite")
        yield


@pytest.fixture(scope="session", autouse=True)
def _companies_of_the_repository() -> Iterator[None]:
    """Nobody changes their data: each is opened, and asked the same, once by a process and not by each test."""
    opened: dict[tuple[str, date | None], Company] = {}
    kept: dict[int, Kept] = {}

    def company_of(workspace: Workspace, as_of: date | None = None) -> Company:
        if not workspace.base.is_relative_to(ROOT):
            return wiring_company_of(workspace, as_of)
        key = (workspace.model_dump_json(), as_of)
        if key not in opened:
            opened[key] = wiring_company_of(workspace, as_of)
        return opened[key]

    def service(**given: Any) -> Service:
        made = Service(**given)
        if made.company in opened.values():
            made._kept = kept.setdefault(id(made.company), Kept(MOST_KEPT))
        return made

    wiring_company_of = parts.company_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "company_of", company_of)
        patch.setattr(parts, "Service", service)
        yield


@pytest.fixture(scope="session", autouse=True)
def _plays_of_the_repository() -> Iterator[None]:
    """Nobody changes them either: they are read, and their index is opened, once by a process."""
    read: dict[Path, Playbook] = {}

    def playbook(knowledge: Path, index: Path, *given: Any) -> Playbook:
        made = Playbook(knowledge, index, *given)
        *_, server, own = given
        if server or own or "MAINSTAY_EMBEDDING" in os.environ:
            return made
        return ReadAlready(made, read.setdefault(index, Playbook(knowledge, index, *given)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "Playbook", playbook)
        yield


class ReadAlready(Playbook):
    """A playbook with documents of its own and the plays of another."""

    def __init__(self, own: Playbook, plays: Playbook) -> None:
        self.__dict__.update(own.__dict__, _words=plays._words, _opening=plays._opening)
        self._read = plays

    _plays = property(lambda self: self._read._plays)
    _concepts = property(lambda self: self._read._concepts)
    _index = property(lambda self: self._read._index)


@pytest.fixture(scope="session", autouse=True)
def _tables_as_the_migrations_made_them() -> Iterator[None]:
    """New records in SQLite are given the very tables that the migrations made for the first of this process."""
    made: list[str] = []

    def migrate(connection: Connection, to: str = "head") -> None:
        new = connection.dialect.name == "sqlite" and to == "head" and not inspect(connection).get_table_names()
        if new and made:
            for statement in made:
                connection.exec_driver_sql(statement)
            return
        by_migrations(connection, to)
        if new:
            known = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
            made.extend(known.scalars())
            made.append(f"INSERT INTO {upgrade.VERSIONS} VALUES ('{upgrade.newest()}')")

    by_migrations = upgrade.migrate
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrade, "migrate", migrate)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each HTTP client reads all of the machine's, for 30 ms; none of the tests speaks to anybody over TLS."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("SSL_CERT_FILE", raising=False)
        environment.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A URL of an empty PostgreSQL database, gone after the test; for tests marked `postgres`."""
    with database() as url:
        yield url


def _forbid_skips(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped in CI: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """With CI set, a skipped test has failed."""
    report = yield
    _forbid_skips(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """With CI set, a skipped module has failed too."""
    report = yield
    _forbid_skips(report)
    return report
