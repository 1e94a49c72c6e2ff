"""What speed is compared with gives our numbers, and a bound that does not hold is said and shown by the exit."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import lake as lakes
from benchmarks import metrics
from benchmarks.__main__ import main, section
from benchmarks.apart import Taken, Way, in_turns
from benchmarks.bounds import Line, at_least, at_most
from benchmarks.by_hand import CASES
from benchmarks.growth import _grown
from benchmarks.page import page

EVENTS = 20_000


@pytest.fixture(scope="module", autouse=True)
def _drawn(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small company, in a folder of the tests."""
    kept = tmp_path_factory.mktemp("lake")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lakes.lake, "__defaults__", (kept,))
        yield lakes.lake(EVENTS)


@pytest.mark.parametrize("case", range(len(CASES)), ids=[one.name for one in CASES])
def test_sql_by_hand_gives_the_number_of_the_catalogue(case: int) -> None:
    own, hand = metrics.ours(EVENTS, case)(), metrics.by_hand(EVENTS, case)()
    assert own["answer"]
    assert metrics.equal(CASES[case], own["answer"], hand["answer"])
    assert {"compile", "run", "fetch"} <= set(own)


def test_the_same_company_is_drawn_up_each_time(tmp_path: Path) -> None:
    first, again = lakes.lake(EVENTS), lakes.lake(EVENTS, tmp_path)
    for name in lakes.TABLES:
        one, other = (
            f"SELECT md5(string_agg(t::TEXT, '' ORDER BY t::TEXT)) FROM '{at / name}.parquet' t"
            for at in (first, again)
        )
        assert duckdb.sql(one).fetchall() == duckdb.sql(other).fetchall()


@pytest.mark.peers
def test_frames_of_the_peers_give_the_number_of_the_catalogue() -> None:
    from benchmarks import peers

    for name in peers.COMPARED:
        ways = [
            way(EVENTS, name, held)()
            for way in (peers.ours, peers.by_pandas, peers.by_polars)
            for held in (False, True)
        ]
        assert len({json.dumps(one["answer"]) for one in ways}) == 1, name
    assert peers.curve(1000)()["answer"] == peers.by_lifelines(1000)()["answer"]


def test_ways_take_turns_in_processes_of_their_own_and_tell_their_memory() -> None:
    small, large = in_turns(
        [Way("benchmarks.apart:counting", (1,)), Way("benchmarks.apart:counting", (50_000_000,))], 1
    )
    assert (small.answer, large.answer) == (1, 50_000_000)
    assert large.mebibytes > small.mebibytes + 40
    assert small.seconds["total"] > 0


def test_a_line_says_whether_its_bound_holds() -> None:
    assert Line("a", at_most(1.2, 1.15)).verdict == "≤ 1.15: DOES NOT HOLD"
    assert Line("a", at_least(3.1, 3)).verdict == "≥ 3: holds"
    assert Line("a", at_most(7)).verdict == ""
    assert section("part", [Line("a", at_most(7))]).row_count == 1


def test_growth_is_per_growth_of_the_data() -> None:
    before, after = (Taken(None, {"run": seconds}, 100.0, 50.0) for seconds in (1.0, 20.0))
    assert _grown("m", 10, "1 → 10", before, after).bound.value == 2.0
    assert not _grown("m", 10, "1 → 10", before, after).bound.holds


@pytest.mark.parametrize(("value", "left"), [(1.0, 0), (2.0, 1)])
def test_the_exit_tells_whether_all_bounds_hold(value: float, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.__main__.metrics", lambda *_: iter([Line("a", at_most(value, 1.5))]))
    monkeypatch.setattr("sys.argv", ["benchmarks", "metrics"])
    assert main() == left


def test_a_part_that_does_not_exist_is_refused_with_those_that_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "metric"])
    with pytest.raises(SystemExit) as refused:
        main()
    assert refused.value.code == 2
    assert "there is no part metric; the parts are metrics, peers, growth" in capsys.readouterr().err


def test_the_page_names_the_commit_the_machine_and_the_command() -> None:
    text = "\n".join(page({"metrics": [Line("churn_rate", at_most(1.1, 1.5), "note")]}, "python -m benchmarks", 1000))
    assert "`python -m benchmarks`" in text
    assert "cores" in text
    assert "of commit" in text
    assert "| churn_rate | 1.10 × | ≤ 1.5: holds | note |" in text
    assert "Of 1 bounds 1 hold." in text


def test_the_page_says_first_which_bounds_do_not_hold() -> None:
    lines = [Line("churn_rate", at_most(1.1, 1.5)), Line("mrr", at_most(1.6, 1.5)), Line("start", at_most(7))]
    text = "\n".join(page({"metrics": lines}, "python -m benchmarks", 1000))
    assert "Of 2 bounds 1 hold; these do not:\n\n- mrr: 1.60 ×, not ≤ 1.5" in text


def test_days_and_numbers_are_compared_in_one_form() -> None:
    assert metrics.told([[datetime(2026, 10, 1), 3.0]]) == [["2026-10-01", "3"]]
