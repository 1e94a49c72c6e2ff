"""Text is trimmed in the cheap way exactly as in the plain one, and looked at once a version of the data."""

from pathlib import Path

import duckdb
import pytest

from bot.sources.company import Company
from bot.sources.files import connect
from bot.sources.mapping import mapping
from bot.sources.trimming import looks_for_blanks, trimmed_where_needed
from bot.types import Definitions

BLANKS = " \t\n\r\x0b\x0c"
PLAIN = f"""SELECT NULLIF(TRIM(t0."word", '{BLANKS}'), '') AS word FROM words AS t0"""
WORDS = [
    "a", "a b", "", None, "\u00a0a\u00a0", "é", "!", "\x01a", "\x7f", "日本 ", *(blank * 3 for blank in BLANKS),
    *(f"{blank}a" for blank in BLANKS), *(f"a{blank}" for blank in BLANKS), *(f"{blank}a b{blank}" for blank in BLANKS),
]  # fmt: skip


def test_what_needs_no_trimming_is_left_and_the_rest_is_trimmed_as_before() -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE words (word VARCHAR)")
        database.executemany("INSERT INTO words VALUES (?)", [[word] for word in WORDS])
        quick = trimmed_where_needed(PLAIN)
        assert quick != PLAIN
        assert "SUFFIX" in quick.upper()
        assert database.execute(quick).fetchall() == database.execute(PLAIN).fetchall()


@pytest.mark.parametrize(
    "other",
    [
        "NULLIF(LTRIM(word, '0'), '')",
        "NULLIF(TRIM(word, '0'), '')",
        "NULLIF(TRIM(word, ' '), 'none')",
        "NULLIF(TRIM(word), '')",
    ],
)
def test_what_a_company_trims_in_its_own_way_stays_as_it_says(other: str) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE words AS FROM (VALUES ('0042'), ('none'), (' a '), ('00')) t(word)")
        said = f"SELECT {other} AS word FROM words"
        assert database.execute(trimmed_where_needed(said)).fetchall() == database.execute(said).fetchall()


def test_a_select_without_trimming_stays_what_it_is() -> None:
    assert trimmed_where_needed("SELECT t0.day AS day FROM days AS t0") == "SELECT t0.day AS day FROM days AS t0"


def test_text_known_to_be_clean_is_taken_as_it_is() -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE words AS FROM (VALUES ('a', 'b '), (NULL, 'c')) t(word, other)")
        trims = (f"NULLIF(TRIM({name}, '{BLANKS}'), '') AS {name}" for name in ("word", "other"))
        said = f"SELECT {', '.join(trims)} FROM words"
        look = looks_for_blanks(said)
        assert look is not None
        assert database.execute(look).fetchall() == [(False, True)]
        quick = trimmed_where_needed(said, ["word"])
        assert quick.startswith("SELECT word AS word")
        assert database.execute(quick).fetchall() == database.execute(said).fetchall()


@pytest.mark.parametrize("word", [word for word in WORDS if word])
def test_what_is_looked_at_is_clean_only_where_trimming_leaves_it(word: str) -> None:
    with duckdb.connect() as database:
        database.execute("CREATE TABLE words (word VARCHAR)")
        database.execute("INSERT INTO words VALUES (?)", [word])
        look = looks_for_blanks(PLAIN)
        assert look is not None
        ((dirty,),) = database.execute(look).fetchall()
        assert dirty or database.execute(PLAIN).fetchall() == [(word,)]


def test_blanks_that_come_with_a_new_file_are_trimmed_from_then_on(tmp_path: Path) -> None:
    file = tmp_path / "accounts.parquet"

    def write(name: str) -> None:
        duckdb.sql(f"COPY (SELECT '{name}' AS account_id) TO '{file}.new' (FORMAT parquet)")
        Path(f"{file}.new").replace(file)

    write("A1")
    source = connect(f"files:{tmp_path}", tmp_path)
    company = Company(source, mapping(source, {}), Definitions())
    accounts = company.tables["accounts"].select("account_id")
    assert company.rows(accounts) == [{"account_id": "A1"}]
    write("A2  ")
    assert company.rows(accounts) == [{"account_id": "A2"}]
