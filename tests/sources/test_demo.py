"""The demo company is the same everywhere, whole, and holds the stories its page tells."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.errors import Unavailable
from bot.sources import demo
from bot.sources.canonical import TABLES
from bot.sources.demo import build

PAGE = Path(__file__).parents[2] / "docs" / "demo-company.md"
DUCKDB_TYPES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
OPENS, AS_OF = "2024-09-10", "2026-11-10"
AHEAD = {
    ("subscriptions", "term_end"),
    ("subscriptions", "trial_end"),
    ("subscriptions", "resumes_at"),
    ("offers", "valid_from"),
    ("offers", "valid_to"),
    ("gatherings", "starts_at"),
}
"""What may lie after the last day: agreed ends, and what is only planned."""


@pytest.fixture(scope="module")
def folder() -> Path:
    return demo.ensure(demo.FOLDER)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, str]:
    """A second, fresh company: its folder, the seconds of computing it took, and what it wrote to stderr.

    Seconds of all cores together, so that what else the machine does cannot fail a test.
    """
    fresh = tmp_path_factory.mktemp("demo")
    said = io.StringIO()
    began = time.process_time()
    with contextlib.redirect_stderr(said):
        build.build(fresh)
    return fresh, time.process_time() - began, said.getvalue()


@pytest.fixture(scope="module")
def data(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables as views under their canonical names."""
    with duckdb.connect() as connection:
        for file in folder.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
        yield connection


def count(data: duckdb.DuckDBPyConnection, query: str) -> int:
    row = data.execute(f"SELECT count(*) FROM ({query})").fetchone()
    assert row is not None
    return int(row[0])


def columns(data: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in data.execute(f"DESCRIBE {table}").fetchall()}


def made(data: duckdb.DuckDBPyConnection) -> list[str]:
    views = data.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    return [name for (name,) in views]


@pytest.mark.slow
def test_two_builds_are_the_same_to_the_byte(folder: Path, again: tuple[Path, float, str]) -> None:
    def marks(where: Path) -> dict[str, str]:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in where.glob("*.parquet")}

    assert len(marks(folder)) > 30
    assert marks(folder) == marks(again[0])


@pytest.mark.slow
def test_it_is_made_in_twenty_seconds_and_silently_where_nobody_looks(
    again: tuple[Path, float, str],
) -> None:
    _, seconds, said = again
    assert seconds < 20
    assert said == ""


def test_every_canonical_table_is_there_but_one_that_is_derived_and_one_it_has_no_use_for(
    data: duckdb.DuckDBPyConnection,
) -> None:
    assert set(TABLES) - set(made(data)) == {"mrr_movements", "traits"}


def test_columns_are_the_canonical_ones_in_their_types_and_order(data: duckdb.DuckDBPyConnection) -> None:
    for name in made(data):
        schema = TABLES[name].schema
        found = columns(data, name)
        assert found == {column: DUCKDB_TYPES[schema[column]] for column in schema if column in found}, name
        assert list(found) == [column for column in schema if column in found], name
        missing = {column.name for column in TABLES[name].columns if column.required} - set(found)
        assert not missing, name


def test_keys_are_unique_and_required_columns_are_filled(data: duckdb.DuckDBPyConnection) -> None:
    for name in made(data):
        table = TABLES[name]
        if key := ", ".join(table.key):
            assert count(data, f"SELECT {key} FROM {name} GROUP BY ALL HAVING count(*) > 1") == 0, name
        for column in table.columns:
            if column.required:
                assert count(data, f"FROM {name} WHERE {column.name} IS NULL") == 0, (name, column.name)


def test_every_reference_leads_to_a_row(data: duckdb.DuckDBPyConnection) -> None:
    for name in made(data):
        for column in TABLES[name].columns:
            if column.refers and column.name in columns(data, name):
                key = TABLES[column.refers].key[0]
                lost = f"FROM {name} WHERE {column.name} NOT IN (SELECT {key} FROM {column.refers})"
                assert count(data, lost) == 0, (name, column.name)


def test_nothing_happens_before_the_launch_or_after_the_last_day(data: duckdb.DuckDBPyConnection) -> None:
    for name in made(data):
        for column, kind in columns(data, name).items():
            if kind == "TIMESTAMP" and (name, column) not in AHEAD:
                outside = f"FROM {name} WHERE {column} < '{OPENS}' OR {column} >= '{AS_OF}'"
                assert count(data, outside) == 0, (name, column)


def test_first_things_come_first(data: duckdb.DuckDBPyConnection) -> None:
    for name in made(data):
        for earlier, later in TABLES[name].order:
            assert count(data, f"FROM {name} WHERE {earlier} > {later}") == 0, (name, earlier, later)


def test_the_stretches_of_a_subscription_follow_each_other_without_gap_or_overlap(
    data: duckdb.DuckDBPyConnection,
) -> None:
    follow = """SELECT valid_to, lead(valid_from) OVER (PARTITION BY subscription_id ORDER BY valid_from)
                AS next FROM subscriptions"""
    assert count(data, f"FROM ({follow}) WHERE next IS NOT NULL AND valid_to IS DISTINCT FROM next") == 0
    assert count(data, "FROM subscriptions WHERE valid_to <= valid_from") == 0
    assert count(data, "FROM subscriptions WHERE end_type IS NOT NULL AND valid_to IS NULL") == 0


def test_no_account_pays_for_two_subscriptions_at_once(data: duckdb.DuckDBPyConnection) -> None:
    """So that paying customers can be counted by subscription as well as by account."""
    assert (
        count(
            data,
            """
        SELECT 1 FROM subscriptions a JOIN subscriptions b ON a.account_id = b.account_id
        WHERE a.subscription_id < b.subscription_id AND a.mrr > 0 AND b.mrr > 0
            AND a.valid_from < coalesce(b.valid_to, 'infinity')
            AND b.valid_from < coalesce(a.valid_to, 'infinity')""",
        )
        == 0
    )


def test_mrr_is_the_price_times_the_seats_less_the_discount(data: duckdb.DuckDBPyConnection) -> None:
    priced = "FROM subscriptions s JOIN plans p USING (plan_id) WHERE s.status IN ('active', 'past_due')"
    assert count(data, f"{priced} AND s.mrr > 0") > 3000
    assert (
        count(
            data,
            f"""{priced} AND abs(s.mrr + s.discount
        - p.price * s.quantity / CASE p.interval WHEN 'year' THEN 12 ELSE 1 END) > 0.001""",
        )
        == 0
    )
    assert count(data, "FROM subscriptions WHERE mrr > 0 AND status NOT IN ('active', 'past_due')") == 0


def test_annual_customers_leave_only_at_the_end_of_a_term(data: duckdb.DuckDBPyConnection) -> None:
    """A payment that fails at renewal ends the service a month later, when grace is over."""
    assert (
        count(
            data,
            """
        FROM subscriptions s JOIN plans p USING (plan_id) WHERE p.interval = 'year' AND s.end_type IS NOT NULL
            AND s.valid_to <> s.term_end + to_days(CASE s.end_type WHEN 'involuntary' THEN 30 ELSE 0 END)""",
        )
        == 0
    )


def test_orders_are_the_sum_of_their_lines(data: duckdb.DuckDBPyConnection) -> None:
    assert (
        count(
            data,
            """
        SELECT o.order_id FROM orders o LEFT JOIN order_items l USING (order_id)
        GROUP BY o.order_id, o.net_amount
        HAVING abs(o.net_amount - coalesce(sum(l.net_amount), -1)) > 0.001""",
        )
        == 0
    )


def test_nobody_gets_marketing_after_a_stop(data: duckdb.DuckDBPyConnection) -> None:
    assert (
        count(
            data,
            """
        FROM sends s JOIN suppressions x USING (user_id)
        WHERE s.purpose = 'marketing' AND NOT s.holdout AND s.occurred_at > x.occurred_at""",
        )
        == 0
    )


def test_there_is_no_address_in_the_users_only_its_hash(data: duckdb.DuckDBPyConnection) -> None:
    assert count(data, "FROM users u WHERE CAST(u AS VARCHAR) LIKE '%@%'") == 0
    assert count(data, "FROM users WHERE NOT regexp_full_match(email_hash, '[0-9a-f]{64}')") == 0


def blocks() -> list[tuple[str, list[dict[str, str]]]]:
    """The page's queries, each with the table printed after it."""
    found = []
    pairs = re.findall(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", PAGE.read_text("utf-8"), re.DOTALL)
    for query, table in pairs:
        lines = [line.strip().strip("|").split("|") for line in table.splitlines()]
        head, _, *rows = [[cell.strip() for cell in line] for line in lines]
        found.append((query, [dict(zip(head, row, strict=True)) for row in rows]))
    return found


def told(query_word: str) -> dict[str, dict[str, str]]:
    """The rows the page prints after the query that holds this word, by their first column."""
    rows = next(rows for query, rows in blocks() if query_word in query)
    return {next(iter(row.values())): row for row in rows}


def test_every_query_on_the_page_gives_what_the_page_says(data: duckdb.DuckDBPyConnection) -> None:
    assert len(blocks()) == 14
    for query, rows in blocks():
        result = data.execute(query)
        head = [column[0] for column in result.description or ()]
        assert [dict(zip(head, map(str, row), strict=True)) for row in result.fetchall()] == rows, query


@pytest.mark.usefixtures("folder")
def test_the_program_on_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    program = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert program is not None
    exec(program.group(1), {})  # noqa: S102 - the page is ours, and its programs must run
    assert capsys.readouterr().out == "(3000,)\n"


def test_the_price_rise_stands_out_against_last_month_and_last_year_and_lies_in_france() -> None:
    rows: dict[tuple[str, str], dict[str, float]] = {}
    for query, found in blocks():
        if "at_start_fr" in query:
            for row in found:
                numbers = {name: float(row[name]) for name in ("at_start", "lost", "at_start_fr", "lost_fr")}
                rows[row["month"], row["interval"]] = numbers
    october, september, last_year = (rows[month, "year"] for month in ("2026-10", "2026-09", "2025-10"))
    for before in (september, last_year):
        assert before["at_start"] > 300
        assert october["lost"] / october["at_start"] > 1.8 * before["lost"] / before["at_start"]
    elsewhere = {name: october[name] - october[f"{name}_fr"] for name in ("at_start", "lost")}
    assert october["lost_fr"] / october["at_start_fr"] > 8 * elsewhere["lost"] / elsewhere["at_start"]
    assert rows["2026-10", "month"]["lost_fr"] <= rows["2026-09", "month"]["lost_fr"]


def test_the_fault_on_android_hits_june_alone() -> None:
    rows = told("on_day_7_others")
    assert float(rows["2026-06"]["activated"]) < 0.4 * float(rows["2026-06"]["activated_others"])
    assert float(rows["2026-06"]["on_day_7"]) < 0.4 * float(rows["2026-06"]["on_day_7_others"])
    for month in ("2026-04", "2026-05", "2026-07", "2026-08"):
        assert abs(float(rows[month]["activated"]) - float(rows[month]["activated_others"])) < 10


def test_automations_keep_customers_and_custom_reports_only_seem_to() -> None:
    def lost(feature: str) -> tuple[float, float, float]:
        """The shares lost among users and others, and how far apart chance alone may put them."""
        row = told("others_lost")[feature]
        users, others = float(row["users_lost"]) / 100, float(row["others_lost"]) / 100
        spread = users * (1 - users) / int(row["users"]) + others * (1 - others) / int(row["others"])
        return users, others, 1.96 * spread**0.5

    users, others, chance = lost("automations, Pro and Business")
    assert others - users > chance
    users, others, chance = lost("custom reports, all")
    assert others - users > chance
    for size in ("medium", "small"):
        users, others, chance = lost(f"custom reports, {size}")
        assert abs(others - users) < chance


def test_the_win_back_campaign_brings_twelve_in_a_hundred_more() -> None:
    rows = told("AS assigned,")
    assert 11 < float(rows["treatment"]["share"]) - float(rows["control"]["share"]) < 13
    assert abs(int(rows["treatment"]["assigned"]) - int(rows["control"]["assigned"])) <= 1


def test_support_falls_behind_for_three_weeks() -> None:
    rows = told("first_reply_hours")
    behind = {"2026-03-02", "2026-03-09", "2026-03-16"}
    for week, row in rows.items():
        assert (float(row["first_reply_hours"]) > 15) == (week in behind)
        assert (float(row["good"]) < 50) == (week in behind)


def fake(folder: Path) -> None:
    (folder / "accounts.parquet").write_text("made", "utf-8")


def test_a_folder_without_the_right_stamp_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "build", fake)
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "accounts.parquet").write_text("half", "utf-8")
    (folder / demo.STAMP).write_text("another version", "utf-8")
    assert demo.ensure(folder) == folder
    assert (folder / "accounts.parquet").read_text("utf-8") == "made"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_good_folder_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "build", fake)
    demo.ensure(tmp_path / "demo")
    monkeypatch.setattr(build, "build", lambda folder: pytest.fail("made twice"))
    demo.ensure(tmp_path / "demo")


def test_a_build_that_breaks_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(folder: Path) -> None:
        fake(folder)
        raise OSError("disk full")

    monkeypatch.setattr(build, "build", breaks)
    with pytest.raises(Unavailable) as raised:
        demo.ensure(tmp_path / "demo")
    assert raised.value.key == "demo_not_made"
    assert list(tmp_path.iterdir()) == []


def test_an_old_folder_that_another_process_moves_away_first_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build", fake)
    folder, rename = tmp_path / "demo", Path.rename
    folder.mkdir()

    def too_late(path: Path, target: Path) -> Path:
        if path == folder:
            path.rmdir()  # what the other process did
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", too_late)
    demo.ensure(folder)
    assert (folder / "accounts.parquet").read_text("utf-8") == "made"


def test_two_at_once_both_get_a_whole_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "old").write_text("old", "utf-8")

    def slow(fresh: Path) -> None:
        fake(fresh)
        together.wait(10)

    monkeypatch.setattr(build, "build", slow)
    got: list[Any] = []
    askers = [threading.Thread(target=lambda: got.append(demo.ensure(folder))) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert got == [folder, folder]
    assert sorted(path.name for path in folder.iterdir()) == [demo.STAMP, "accounts.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
