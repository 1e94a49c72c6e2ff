"""What the tests of records share: a database that is empty, SQLite and PostgreSQL, and records in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records import Records, open_records


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it; the folder of the SQLite file does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/records.sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    """Records that were just made."""
    with open_records(url) as made:
        yield made
