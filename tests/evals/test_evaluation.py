"""How answers are graded: each grade can be earned and lost, by meaning and numbers and by nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.evaluation import Graded, counts, graded, moved, table

OCTOBER = {"start": "2026-10-01", "end": "2026-11-01", "grain": "month", "complete": True, "name": "month"}
QUERY: dict[str, Any] = {
    "intent": "value", "metric": "churn_rate", "variant": {}, "window": OCTOBER, "baseline": "previous",
    "filters": {"country": ["ES", "FR"]}, "exclude": {}, "by": [], "claim": None, "subject": None,
    "language": None, "limit": None, "names_rate": True,
}  # fmt: skip
EVIDENCE: dict[str, Any] = {"role": "main", "metric": "churn_rate", "rows": [{"part": 3, "whole": 8, "value": 0.375}]}
ANSWER: dict[str, Any] = {
    "outcome": "answer", "intent": "value", "language": "en", "engine": "rules", "text": "Three of eight.",
    "queries": [QUERY], "evidence": [EVIDENCE], "findings": [{"key": "value_share"}], "clarify": None, "drafts": [],
}  # fmt: skip
ASKS = {**ANSWER, "outcome": "ask_back", "queries": [], "evidence": [], "clarify": {"choices": [{"query": QUERY}]}}
DECLINES = {**ANSWER, "outcome": "refuse", "queries": [], "evidence": [], "findings": [{"key": "no_such_metric"}]}
BREAKS = {"id": "x", "error": {"key": "unknown_period", "message": "No."}}
EXPECT: dict[str, Any] = {
    "outcome": "answer", "intent": "value", "metric": "churn_rate", "window": ["2026-10-01", "2026-11-01"],
    "filters": {"country": ["FR", "ES"]}, "numbers": {"part": 3, "whole": 8},
}  # fmt: skip


def judged(answer: dict[str, Any], **expect: Any) -> Graded:
    """The grade of an answer where EXPECT, changed so, was expected."""
    asked = {"id": "x", "language": "en", "intent": "value", "text": "churn?", "expect": {**EXPECT, **expect}}
    return graded(asked, answer)


def test_an_answer_with_all_that_was_expected_is_right() -> None:
    assert judged(ANSWER) == Graded("x", "en", "value", "churn?", "right", (), "rules")


@pytest.mark.parametrize(
    "expect",
    [
        {"intent": "trend"},
        {"language": "fr"},
        {"metric": "nps"},
        {"metric": ["churn_rate", "nps"]},
        {"window": ["2026-09-01", "2026-10-01"]},
        {"window": ["2026-10-01", "2026-10-31"]},
        {"baseline": "last_year"},
        {"filters": {"country": ["FR"]}},
        {"filters": {}},
        {"exclude": {"plan": ["Free"]}},
        {"by": ["country"]},
        {"claim": "up"},
        {"subject": "dormant"},
        {"wish": "fr"},
        {"limit": 5},
        {"variant": {"method": "events"}},
        {"numbers": {"part": 3, "whole": 9}},
        {"numbers": {"part": 4}},
        {"numbers": {"value": 0.3751}},
        {"numbers": {"value": None}},
        {"numbers": {"role": "baseline", "part": 3}},
        {"numbers": {"metric": "nps", "part": 3}},
        {"numbers": {"row": {"country": "FR"}, "part": 3}},
        {"numbers": {"rows": 2}},
        {"numbers": [{"part": 3}, {"whole": 9}]},
        {"audience": {"before": 46}},
    ],
    ids=str,
)
def test_an_answer_that_differs_in_one_point_is_wrong(expect: dict[str, Any]) -> None:
    found = judged(ANSWER, **expect)
    assert (found.grade, len(found.faults)) == ("wrong", 1)


def test_what_is_not_named_is_not_compared() -> None:
    assert judged({**ANSWER, "text": "…", "intent": "trend", "language": "fr"}, intent="trend").grade == "right"


def test_equal_sets_and_numbers_are_equal_in_any_order_and_form() -> None:
    money = {**EVIDENCE, "rows": [{"part": 337098.2500001, "whole": 8.0}, {"country": "FR", "part": 1, "whole": 2}]}
    numbers = [{"row": {"whole": 8}, "part": 337098.25}, {"row": {"country": "FR"}, "whole": 2, "rows": 2}]
    assert judged({**ANSWER, "evidence": [money]}, numbers=numbers).faults == ()


@pytest.mark.parametrize(("answer", "grade"), [(ASKS, "asked"), (DECLINES, "refused"), (BREAKS, "refused")])
def test_an_open_failure_is_not_silently_wrong(answer: dict[str, Any], grade: str) -> None:
    assert judged(answer).grade == grade


def test_who_answered_is_counted() -> None:
    results = [judged({**ANSWER, "engine": "agent"}), judged(ANSWER), judged({**ANSWER, "engine": "agent"}, claim="up")]
    assert [(one["group"], one["right"], one["of"]) for one in table(results, lambda one: one.engine)] == [
        ("agent", 1, 2),
        ("rules", 1, 1),
    ]


def test_an_answer_where_a_question_back_or_a_refusal_was_due_is_wrong() -> None:
    assert graded(_line({"outcome": "ask_back"}), ANSWER).grade == "wrong"
    assert graded(_line({"outcome": "refuse"}), ANSWER).grade == "wrong"


def test_a_question_back_is_right_when_it_offers_what_was_expected() -> None:
    choice = {"metric": "churn_rate", "window": ["2026-10-01", "2026-11-01"]}
    assert graded(_line({"outcome": "ask_back", "choices": [choice]}), ASKS).grade == "right"
    assert graded(_line({"outcome": "ask_back", "choices": [{"metric": "nps"}]}), ASKS).grade == "asked"
    assert graded(_line({"outcome": "refuse"}), ASKS).grade == "asked"


def test_a_refusal_is_right_for_the_expected_reason_only() -> None:
    assert graded(_line({"outcome": "refuse", "error": "no_such_metric"}), DECLINES).grade == "right"
    assert graded(_line({"outcome": "refuse", "error": "unknown_value"}), DECLINES).grade == "refused"
    assert graded(_line({"error": "unknown_period"}), BREAKS).grade == "right"


def test_the_score_counts_each_question_once_in_its_group() -> None:
    results = [judged(ANSWER), judged(ASKS), judged(DECLINES), judged(ANSWER, claim="up")]
    score = {"right": 1, "asked": 1, "refused": 1, "wrong": 1, "of": 4}
    assert counts(results) == score
    assert table(results, lambda one: one.language) == [{"group": "en", **score}]


def test_the_terminal_grades_a_file(tmp_path: Path) -> None:
    lines = [
        {**_line({"outcome": "answer", "numbers": {"part": 3, "whole": 8}}), "text": "churn rate in October 2026"},
        {**_line({"outcome": "answer", "numbers": {"part": 4, "whole": 8}}), "text": "churn rate in October 2026"},
    ]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    workspace = str(Path(__file__).parents[1] / "finger_count" / "workspace.toml")
    shown = CliRunner().invoke(app, ["eval", str(file), "--workspace", workspace, "--as-of", "2026-11-02", "--json"])
    document = json.loads(shown.stdout)
    assert shown.exit_code == 0
    assert document["score"] == {"right": 1, "asked": 0, "refused": 0, "wrong": 1, "of": 2}
    assert document["questions"][1]["faults"] == ["part: expected 4, found 3"]
    told = CliRunner().invoke(app, ["eval", str(file), "--workspace", workspace, "--as-of", "2026-11-02"])
    assert "part: expected 4, found 3" in told.stdout


def test_grades_are_compared_with_those_kept_of_an_earlier_run(tmp_path: Path) -> None:
    first, second, kept = tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "kept.json"
    first.write_text(json.dumps(_line({"metric": "churn_rate"})) + "\n", "utf-8")
    second.write_text(json.dumps({**_line({"metric": "nps"}), "id": "y"}) + "\n", "utf-8")
    workspace = str(Path(__file__).parents[1] / "finger_count" / "workspace.toml")
    told = ["eval", str(first), str(second), "--workspace", workspace, "--as-of", "2026-11-02", "--kept", str(kept)]
    CliRunner().invoke(app, [*told, "--keep"])
    assert json.loads(kept.read_text("utf-8")) == {"x": "right", "y": "wrong"}
    second.write_text(json.dumps({**_line({"metric": "churn_rate"}), "id": "y"}) + "\n", "utf-8")
    assert "wrong → right y" in CliRunner().invoke(app, told).stdout
    assert json.loads(kept.read_text("utf-8")) == {"x": "right", "y": "wrong"}


def test_a_question_asked_for_the_first_time_has_not_moved() -> None:
    assert moved({"z": "right"}, [judged(ANSWER)]) == []


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(json.dumps(_line({})) + '\n{"id": "y", "text": "churn?"}\n', "utf-8")
    shown = CliRunner().invoke(app, ["eval", str(file), "--json"])
    assert shown.exit_code == 2
    assert json.loads(shown.stdout)["error"]["key"] == "batch_line"


def _line(expect: dict[str, Any]) -> dict[str, Any]:
    return {"id": "x", "language": "en", "intent": "value", "text": "churn?", "expect": expect}
