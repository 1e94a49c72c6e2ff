"""From somebody's files to a workspace and answers: where it is written, what is asked, what is refused."""

from __future__ import annotations

import json
import sqlite3
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import ForPerson
from bot.trying import located, tried

ORDERS = (
    "order_id,customer_id,order_date,amount\n1,A,2024-01-01,5\n2,A,2024-02-01,7\n3,B,2024-02-03,9\n4,C,2024-03-02,9\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop_data"
    folder.mkdir()
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return folder


def run(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["try", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def refused(*words: str | Path) -> str:
    """The key of the refusal; it comes with exit code 2 and a sentence."""
    code, out, _ = run(*words, "--json")
    assert code == 2
    error = json.loads(out)["error"]
    assert len(error["message"]) > 15
    return str(error["key"])


def test_a_folder_becomes_a_workspace_beside_it_with_first_answers(shop: Path) -> None:
    """One of the two customers of the complete months bought twice; the file can move together with the data."""
    code, out, _ = run(shop)
    assert code == 0
    assert "1 of 2" in out
    file = shop.parent / "shop_data-mainstay" / "workspace.toml"
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    assert content["data"]["url"] == "files:../shop_data"
    assert content["company"]["name"] == "Shop data"
    assert str(content["data"]["as_of"]) == "2024-03-03"


def test_a_second_try_takes_a_new_folder_and_leaves_the_first_alone(shop: Path) -> None:
    first, second = tried([str(shop)]), tried([str(shop)])
    assert first.workspace != second.workspace
    assert first.workspace.exists()


def test_a_folder_marked_read_only_is_not_written_beside(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    before = shop.parent.stat().st_mode
    shop.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        result = tried([str(shop / "orders.csv")])
    finally:
        shop.parent.chmod(before)
    assert result.workspace == here / "orders-mainstay" / "workspace.toml"


def test_a_file_that_is_there_is_written_over_only_with_leave(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("precious", encoding="utf-8")
    assert refused(shop, "--write", file) == "try_exists"
    assert refused(shop, "--write", file, "--yes") == "try_exists"
    assert file.read_text(encoding="utf-8") == "precious"
    tried([str(shop)], file, replace=lambda path: path == file)
    assert "precious" not in file.read_text(encoding="utf-8")


def test_at_most_two_questions_are_asked_and_the_rest_is_taken_as_likeliest(tmp_path: Path) -> None:
    text = "customer_id,start_date,end_date,price,billing_cycle\nA,01/02/2024,,120,yearly\nB,03/02/2024,,10,monthly\n"
    for name in ("subscriptions", "subscriptions_old"):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    asked: list[str] = []

    def reply(ask: Any, _: Any) -> str:
        asked.append(ask.id)
        return str(ask.choices[-1])

    result = tried([str(tmp_path)], tmp_path / "workspace.toml", reply=reply)
    assert asked == ["table:subscriptions", "days"]
    assert {ask.id for ask in result.guess.asks} == {"table:subscriptions", "days", "amount", "currency"}
    assert sum("likeliest" in text for text in result.assumed) == 2
    assert {name for one in result.guess.tables for name in one.sources} == {"subscriptions_old"}
    company = tried([str(tmp_path)], tmp_path / "other.toml", reply=None)
    assert company.guess.tables[0].sources != result.guess.tables[0].sources


def test_the_document_of_a_try_holds_the_guess_the_check_and_the_answers(shop: Path, tmp_path: Path) -> None:
    code, out, _ = run(shop, "--write", tmp_path / "w.toml", "--json")
    document = json.loads(out)
    assert code == 0
    assert [table["table"] for table in document["tables"]] == ["accounts", "orders"]
    assert all(0 < table["confidence"] <= 1 for table in document["tables"])
    assert document["answers"][0]["answer"]["evidence"][0]["rows"][0]["part"] == 1
    assert document["check"]["tables"][1]["rows"] == 4
    assert "repeat_purchase_rate" in document["metrics"]


def test_a_try_speaks_the_language_asked_for(shop: Path, tmp_path: Path) -> None:
    code, out, _ = run(shop, "--write", tmp_path / "w.toml", "--language", "fr")
    assert code == 0
    assert "Quel est notre taux de réachat\u202f?" in out


def test_a_database_is_tried_as_files_are(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE orders (order_id TEXT, customer_id TEXT, order_date TEXT, amount REAL)")
        rows = [line.split(",") for line in ORDERS.splitlines()[1:]]
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    result = tried([str(file)], tmp_path / "w.toml")
    assert result.answers[0][1].evidence[0].rows[0]["part"] == 1


def test_bad_input_is_refused_with_a_sentence(tmp_path: Path, shop: Path) -> None:
    contents = {
        "empty.csv": ("", "not_a_csv"),
        "header.csv": ("a,b\n", "try_no_rows"),
        "bare.csv": ("1,2\n3,4\n", "csv_without_header"),
        "strange.csv": ("foo,bar\nx,y\n", "try_nothing_recognised"),
        "book.xlsx": ("PK", "try_unknown_kind"),
        "broken.duckdb": ("no database", "file_refuses"),
    }
    for name, (text, key) in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert refused(tmp_path / name) == key, name
    (tmp_path / "void").mkdir()
    assert refused(tmp_path / "void") == "empty_folder"
    assert refused(tmp_path / "nowhere.csv") == "missing_file"
    assert refused("oracle://host/db") == "unknown_scheme"
    assert refused(shop / "orders.csv", tmp_path / "strange.csv") == "try_one_place"
    assert refused(shop, "--language", "tlh") == "unknown_language"
    assert not list(tmp_path.glob("*-mainstay"))


def test_a_password_in_an_address_is_neither_written_nor_shown(tmp_path: Path) -> None:
    code, out, err = run("postgresql://ann:hunter2@localhost/shop", "--write", tmp_path / "w.toml")
    assert code == 2
    assert "PGPASSWORD" in err
    assert "hunter2" not in out + err
    with pytest.raises(ForPerson):
        located(["postgresql://ann:hunter2@localhost/shop"])
