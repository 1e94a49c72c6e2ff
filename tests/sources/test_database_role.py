"""The role of docs/database-role.md reads and can do no more, and a role that could is told so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.language import available, load
from bot.sources import Company, TableMap, open_company
from bot.sources.role import role_note
from bot.types import Definitions

PAGE = Path(__file__).parents[2] / "docs" / "database-role.md"
MAPS = {"churn_reasons": TableMap(table="churn_reasons")}
CHANGES = [
    "INSERT INTO churn_reasons VALUES ('price')",
    "UPDATE churn_reasons SET reason_code = 'price'",
    "DELETE FROM churn_reasons",
    "TRUNCATE churn_reasons",
    "DROP TABLE churn_reasons",
    "ALTER TABLE churn_reasons ADD COLUMN more text",
    "CREATE TABLE mine (a int)",
    "CREATE TEMPORARY TABLE mine (a int)",
    "CREATE SCHEMA mine",
    "CREATE ROLE another",
]


def opened(url: str) -> Company:
    return open_company(url, MAPS, Path(), Definitions())


@pytest.fixture
def reader(postgres_url: str) -> Iterator[str]:
    """A database with one table, and the URL of the role that the page makes for it."""
    (sql,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    name = postgres_url.rpartition("/")[2]
    role = f"reader_{name}"
    sql = re.sub(r"\bshop\b", name, sql).replace("mainstay_reader", role)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE churn_reasons (reason_code text)")
        owner.execute("INSERT INTO churn_reasons VALUES ('too dear')")
        owner.execute(sql)
    yield re.sub(r"//[^@]*@", f"//{role}@", postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"DROP OWNED BY {role}")
        owner.execute(f"DROP ROLE {role}")


@pytest.mark.postgres
def test_the_role_of_the_page_reads_and_is_told_nothing(reader: str) -> None:
    company = opened(reader)
    assert company.rows(company.tables["churn_reasons"].select("reason_code")) == [{"reason_code": "too dear"}]
    assert company.connection.writable() == ()
    assert role_note(company) is None


@pytest.mark.postgres
def test_a_table_made_later_is_read_by_it_too(postgres_url: str, reader: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE later AS SELECT 1 AS a")
    with psycopg.connect(reader) as session:
        assert session.execute("SELECT a FROM later").fetchall() == [(1,)]


@pytest.mark.postgres
@pytest.mark.parametrize("change", CHANGES)
def test_it_changes_nothing_even_in_a_session_that_may_write(reader: str, change: str) -> None:
    """Its rights, and not the setting of the session, are what refuses."""
    with psycopg.connect(reader, autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(change)


@pytest.mark.postgres
def test_a_superuser_is_told_so_in_every_language(postgres_url: str, reader: str) -> None:
    note = role_note(opened(postgres_url))
    assert note is not None
    assert note.key == "role_superuser"
    assert all("docs/database-role.md" in load(code).say(note.key, **note.values) for code in available())


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT UPDATE ON churn_reasons TO {}", "public.churn_reasons"),
        ("GRANT INSERT ON churn_reasons TO {}", "public.churn_reasons"),
        ("GRANT DELETE ON churn_reasons TO {}", "public.churn_reasons"),
        ("GRANT TRUNCATE ON churn_reasons TO {}", "public.churn_reasons"),
        ("ALTER TABLE churn_reasons OWNER TO {}", "public.churn_reasons"),
        ("GRANT CREATE ON SCHEMA public TO {}", "CREATE public"),
    ],
)
def test_what_a_role_could_change_is_named(postgres_url: str, reader: str, grant: str, told: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(grant.format(reader.partition("//")[2].partition("@")[0]))
    note = role_note(opened(reader))
    assert note is not None
    assert (note.key, note.values) == ("role_may_write", {"n": 1, "things": [told]})
    assert told in load("pl").say(note.key, **note.values)
