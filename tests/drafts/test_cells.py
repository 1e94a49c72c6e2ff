"""Nothing in an exported cell runs in a spreadsheet, wherever that spreadsheet cuts the line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.drafting.cells import BOM, harmless, write_rows

ATTACKS = [
    "=cmd|'/C calc'!A0", "=1+1", "+33 6 12", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")',
    "＝1+1", "＠SUM(1)", "a;=1+1", "a\n=1+1", 'a";=cmd|x', "a,\t@x", " =1+1", '"=1+1',
]  # fmt: skip


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for more than text, said anew for this test."""
    return cell.lstrip(' "')[:1] in tuple("=+-@＝＋－＠\t\r")


def cut(line: str, at: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(line, newline=""), delimiter=at) for cell in row]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("at", [",", ";", "\t"])
def test_a_known_attack_is_text_for_every_list_separator(tmp_path: Path, text: str, at: str) -> None:
    list(write_rows(tmp_path / "a.csv", ["id", "name"], [{"id": "U1", "name": text}], bom=False))
    whole = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert not any(runs(cell) for cell in cut(whole, at))


@given(some.text(some.sampled_from("=+-@;,\t\r\n\"' a1＝|"), max_size=10))
def test_no_text_can_be_made_that_runs(text: str) -> None:
    cell = harmless(text)
    assert not runs(cell)
    for piece in cell.replace("\r", "\n").replace(";", "\n").replace("\t", "\n").split("\n"):
        assert not runs(piece)


@pytest.mark.parametrize(
    "text", ["Zażółć gęślą", "L’Atelier (A-1)", "jean-pierre", "a = b", "10 %", "", "• Forms\n• Boards"]
)
def test_an_ordinary_text_is_not_touched(text: str) -> None:
    assert harmless(text) == text


def test_rows_come_back_as_they_went_in_with_and_without_the_mark(tmp_path: Path) -> None:
    rows = [{"id": "U1", "name": 'Łódź, "Ł"\nS.A.'}, {"id": "U2", "name": None}]
    for bom in (True, False):
        told = list(write_rows(tmp_path / "a.csv", ["id", "name"], rows, bom=bom))
        text = (tmp_path / "a.csv").read_bytes().decode("utf-8")
        assert (told, text.startswith(BOM)) == ([2], bom)
        back = list(csv.DictReader(io.StringIO(text.lstrip(BOM), newline="")))
        assert back == [{"id": "U1", "name": 'Łódź, "Ł"\nS.A.'}, {"id": "U2", "name": ""}]


def test_progress_is_told_every_ten_thousand_rows(tmp_path: Path) -> None:
    rows = ({"id": number} for number in range(25_000))
    assert list(write_rows(tmp_path / "a.csv", ["id"], rows)) == [10_000, 20_000, 25_000]
