"""The numbers the question set expects are those of first.sql, which knows nothing of the product."""

import json
import re
from pathlib import Path

import duckdb

from bot.sources.demo import FOLDER, ensure

HERE = Path(__file__).parent
FIGURES = {"part", "whole", "value", "n"}
PICKS = {"role", "metric", "rows"}


def counted() -> dict[str, list[dict[str, object]]]:
    """Question id → what its query gives, in the form of `numbers`."""
    setup, *queries = re.split(r"^-- questions: ", (HERE / "first.sql").read_text("utf-8"), flags=re.MULTILINE)
    found: dict[str, list[dict[str, object]]] = {}
    with duckdb.connect() as connection:
        for file in sorted(ensure(FOLDER).glob("*.parquet")):
            connection.execute(f"CREATE VIEW {file.stem} AS FROM '{file}'")
        connection.execute(setup)
        for query in queries:
            names, sql = query.split("\n", 1)
            result = connection.execute(sql)
            columns = [column[0] for column in result.description]
            rows = [numbers(dict(zip(columns, row, strict=True))) for row in result.fetchall()]
            found.update(dict.fromkeys(names.split(), rows))
    return found


def numbers(row: dict[str, object]) -> dict[str, object]:
    """One row of a query as one entry of `numbers`: picks, the row's own columns, figures."""
    named = {name: value for name, value in row.items() if name not in FIGURES | PICKS}
    kept = {name: row[name] for name in row if name in FIGURES | PICKS}
    return {**kept, **({"row": named} if named else {})}


def test_the_numbers_of_the_question_set_are_those_counted_by_hand() -> None:
    expected = {}
    for line in (HERE / "first.jsonl").read_text("utf-8").splitlines():
        asked = json.loads(line)
        if "numbers" in asked["expect"]:
            expected[asked["id"]] = asked["expect"]["numbers"]
    assert len(expected) >= 30
    found = counted()
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert [close(row) for row in rows] == [close(row) for row in found[name]], name


def close(row: dict[str, object]) -> dict[str, object]:
    """The row with its figures rounded as the file has them."""
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}
