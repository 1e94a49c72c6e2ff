"""Whatever bytes call themselves a CSV, somebody is told what is in them or why nothing can be read."""

import tempfile
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from bot.dropped import dropped
from bot.errors import ForPerson
from bot.language import available, load
from bot.language.refused import said
from bot.wiring import look_at
from tests.fuzz.conftest import LONG

NAMES = ["customer_id", "Customer ID", "id", "email", "start_date", "end_date", "plan", "mrr", "amount", "currency",
         "country", "status", "order_id", "date", "quantity", "price", "Kundennummer", "montant", "płatność", "", " ",
         "a b", 'q"uote', "x" * 300, "select", "${HOME}", "1", "None", "true"]  # fmt: skip
CELLS = ["", " ", "1", "-1", "1,5", "1.234,56", "1e308", "1e309", "nan", "inf", "2026-02-30", "31/12/2025",
         "12/31/2025", "0001-01-01", "9999-12-31", "2026-01-01T25:61:61Z", "€10", "10 USD", "FR", "yes", "NULL",
         '"', "'", ";", "\x00", "\u202e", "🙂", "a" * 5000, "=1+1", "-", "99999999999999999999"]  # fmt: skip
ENDINGS = [".csv", ".tsv", ".parquet"]
cells = some.one_of(some.sampled_from(CELLS), some.text(max_size=6), some.integers().map(str), some.dates().map(str))


@some.composite
def tables(draw) -> bytes:
    """Rows under names that mean something, or hardly; written as tools write them, and now and then torn."""
    names = draw(some.lists(some.sampled_from(NAMES), min_size=1, max_size=8))
    rows = draw(some.lists(some.lists(cells, min_size=len(names), max_size=len(names)), max_size=30))
    mark, end = draw(some.sampled_from(",;\t|")), draw(some.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(some.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1250"]))
    data = end.join(mark.join(row) for row in [names, *rows]).encode(encoding, "replace")
    at = draw(some.integers(0, len(data)))
    return draw(some.sampled_from([data, data[:at], data[:at] + draw(some.binary(max_size=4)) + data[at:]]))


def told(error: ForPerson) -> None:
    """There is a sentence for it in every language."""
    assert all(said(load(code), error.key, error.values).strip() for code in available())


def test_any_bytes_are_looked_at_and_told(holds):
    @given(data=some.one_of(tables(), some.binary(max_size=300)), ending=some.sampled_from(ENDINGS))
    def property_(data: bytes, ending: str) -> None:
        try:
            if LONG:
                assert dropped([(f"data{ending}", data)], "en").text
                return
            with tempfile.TemporaryDirectory() as folder:
                (Path(folder) / f"data{ending}").write_bytes(data)
                looked = look_at(f"files:{folder}", Path(folder))
                guess = looked.guess()
                text = looked.text(guess, f"files:{folder}", "Data", "en", [], guess.as_of)
            assert tomllib.loads(text)["data"]
        except ForPerson as error:
            told(error)

    holds(property_, 12)
