"""What every test may ask for, and the rule that nothing is skipped in CI."""

import gc
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import hypothesis
import pytest

from bot.settings import Workspace
from bot.sources import Company
from bot.wiring import parts
from tests.postgres import database

ROOT = Path(__file__).parents[1]

# Thousands of tests make a large heap, and to search it for garbage as often as Python does takes a tenth of the time.
gc.set_threshold(200_000, 20, 100)

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
    """Nobody changes their data: each is opened once by a process, and not once by each test that asks of it."""
    opened: dict[tuple[str, date | None], Company] = {}

    def company_of(workspace: Workspace, as_of: date | None = None) -> Company:
        if not workspace.base.is_relative_to(ROOT):
            return wiring_company_of(workspace, as_of)
        key = (workspace.model_dump_json(), as_of)
        if key not in opened:
            opened[key] = wiring_company_of(workspace, as_of)
        return opened[key]

    wiring_company_of = parts.company_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "company_of", company_of)
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
