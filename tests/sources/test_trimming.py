"""Text is trimmed in the cheap way exactly as in the plain one."""

import duckdb
import pytest

from bot.sources.trimming import trimmed_where_needed

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
