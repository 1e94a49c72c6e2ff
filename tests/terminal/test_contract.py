"""The terminal's stable contract: exit codes, one JSON document, a clear sentence for bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app

FINGERS = str(Path(__file__).parents[1] / "finger_count" / "workspace.toml")


def run(*words: str, workspace: str = FINGERS) -> tuple[int, str, str]:
    """(exit code, stdout, stderr) of one command."""
    result = CliRunner().invoke(app, [*words, "--workspace", workspace])
    return result.exit_code, result.stdout, result.stderr


def document(*words: str, workspace: str = FINGERS) -> dict[str, Any]:
    code, out, _ = run(*words, "--json", workspace=workspace)
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_churn_of_october_is_three_of_eight() -> None:
    found = document("metric", "churn_rate", "--period", "2026-10")
    assert [(row["part"], row["whole"]) for row in found["rows"]] == [(3, 8)]
    assert found["window"]["start"] == "2026-10-01"
    assert found["window"]["end"] == "2026-11-01"
    assert "SELECT" in found["sql"]


def test_a_comparison_carries_its_baseline() -> None:
    found = document("metric", "churn_rate", "--period", "2026-10", "--compare", "previous")
    assert found["baseline"]["window"]["start"] == "2026-09-01"
    assert found["baseline"]["rows"][0]["part"] == 0


def test_filters_breakdowns_and_variants_can_be_given() -> None:
    words = ("metric", "churn_rate", "--period", "2026-10", "--by", "country", "--where", "country=FR,ES")
    rows = document(*words, "--variant", "split=voluntary")["rows"]
    assert {row["country"]: (row["part"], row["whole"]) for row in rows} == {"FR": (1, 4), "ES": (1, 2)}


def test_the_catalogue_is_listed_with_what_is_lacking() -> None:
    metrics = {one["name"]: one for one in document("metric", "--list")["metrics"]}
    assert metrics["churn_rate"]["available"]
    assert metrics["churn_rate"]["unit"] == "share"
    assert set(metrics["churn_rate"]["by"]) >= {"country", "plan", "tenure"}


def test_an_answer_has_every_part_of_the_contract() -> None:
    found = document("ask", "What was our churn rate last month?")
    assert {
        "text", "language", "engine", "intent", "outcome", "queries", "evidence", "findings", "citations",
        "caveats", "clarify", "follow_ups", "drafts", "elapsed_ms",
    } <= found.keys()  # fmt: skip
    assert (found["outcome"], found["intent"], found["language"]) == ("answer", "value", "en")
    assert found["queries"][0]["window"] == {
        "start": "2026-10-01", "end": "2026-11-01", "grain": "month", "complete": True, "name": "month",
    }  # fmt: skip
    assert [one["role"] for one in found["evidence"]][:2] == ["main", "baseline"]
    assert {one["role"] for one in found["evidence"][2:]} == {"companion"}
    assert "3 of 8" in found["text"]
    assert "37.5" in found["text"]  # the question asked for a rate, so a small base still gets one


def test_a_small_base_gets_counts_and_no_rate_unless_one_is_named() -> None:
    text = document("ask", "churn by country in October")["text"]
    assert "2 of 4" in text
    assert "%" not in text


def test_a_french_question_is_answered_in_french() -> None:
    found = document("ask", "quel est notre taux de réachat au T3 2026 ?")
    assert found["language"] == "fr"
    assert [(row["part"], row["whole"]) for row in found["evidence"][0]["rows"]] == [(2, 4)]


def test_off_topic_is_a_refusal_and_not_an_error() -> None:
    found = document("ask", "what is the best pizza in town?")
    assert (found["outcome"], found["intent"]) == ("refuse", "off_topic")


def test_a_batch_answers_each_line_and_a_broken_line_keeps_its_place(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "text": "churn rate last month"}',
        "not json",
        '{"id": "c", "text": "by country", "thread": ["churn rate last month"]}',
        '{"id": "d", "text": "churn rate last month", "as_of": "2026-10-02"}',
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = run("ask", "--batch", str(tmp_path / "questions.jsonl"))
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one["id"] for one in answers] == ["a", 2, "c", "d"]
    assert answers[1]["error"]["key"] == "batch_line"
    assert answers[2]["queries"][0]["by"] == ["country"]
    assert answers[3]["queries"][0]["window"]["start"] == "2026-09-01"


def test_a_thread_file_carries_the_question_before(tmp_path: Path) -> None:
    thread = str(tmp_path / "thread.json")
    run("ask", "churn rate in October", "--thread", thread)
    found = document("ask", "only France", "--thread", thread)
    assert found["queries"][0]["filters"] == {"country": ["FR"]}
    assert [(row["part"], row["whole"]) for row in found["evidence"][0]["rows"]] == [(2, 4)]


BAD = [
    (("metric", "chrun_rate"), "unknown_metric", "churn_rate"),
    (("metric", "churn_rate", "--period", "2019-01"), "period_before_data", "2019"),
    (("metric", "churn_rate", "--period", "Smarch"), "unknown_period", "Smarch"),
    (("metric", "churn_rate", "--period", "2026-10", "--where", "plan=Prro"), "unknown_value", "Pro"),
    (("metric", "churn_rate", "--where", "plan"), "bad_pair", "plan"),
    (("metric", "churn_rate", "--by", "platform"), "dimension_not_available", "country"),
    (("metric", "churn_rate", "--variant", "method=magic"), "unknown_variant", "stripe_like"),
    (("ask", "churn rate", "--as", "emperor"), "unknown_role", "analyst"),
    (("ask", "churn rate", "--engine", "agent"), "no_model", "rules"),
    (("ask", "   "), "empty_question", "question"),
]


@pytest.mark.parametrize(("words", "key", "says"), BAD)
def test_bad_input_is_a_sentence_an_error_object_and_exit_two(words: tuple[str, ...], key: str, says: str) -> None:
    code, out, _ = run(*words, "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, key)
    code, out, err = run(*words)
    assert code == 2
    assert says in out + err
    assert "Traceback" not in out + err


def broken_workspace(folder: Path, text: str) -> str:
    path = folder / "workspace.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


WORKSPACES = [
    ("[data\nurl = 1", "workspace_not_toml"),
    ('[data]\nurl = "files:nowhere"', "missing_folder"),
    ('[data]\nurl = "ftp:x"', "unknown_scheme"),
    ('[data]\nurl = "files:${NOT_SET_ANYWHERE}"', "workspace_variables_unset"),
    ('[company]\nzone = "Mars/Phobos"\nnmae = "x"\n[data]\nurl = "demo:"', "workspace_gaps"),
    ('[data]\nurl = "files:."\n[data.tables.accounts]\nfile = "gone.csv"', "empty_folder"),
]


@pytest.mark.parametrize(("text", "key"), WORKSPACES)
def test_a_broken_workspace_names_what_is_wrong(tmp_path: Path, text: str, key: str) -> None:
    path = broken_workspace(tmp_path, text)
    code, out, _ = run("ask", "churn rate", "--json", workspace=path)
    assert (code, json.loads(out)["error"]["key"]) == (2, key)


def test_all_gaps_of_a_workspace_are_named_at_once(tmp_path: Path) -> None:
    path = broken_workspace(tmp_path, '[company]\nzone = "Mars/Phobos"\nnmae = "x"\n[data]\nurl = "demo:"')
    code, _, err = run("check", workspace=path)
    assert code == 2
    assert "company.zone" in err
    assert "company.nmae" in err
    assert "name" in err.split("company.nmae")[1]  # what may have been meant


def test_a_channel_whose_role_does_not_exist_is_named(tmp_path: Path) -> None:
    path = broken_workspace(tmp_path, '[data]\nurl = "demo:"\n[access.channels.C0SPAIN01]\nrole = "spanish"')
    code, _, err = run("check", workspace=path)
    assert code == 2
    assert 'access.channels.C0SPAIN01: there is no role "spanish"' in " ".join(err.split())


def test_a_missing_file_of_a_mapping_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    path = broken_workspace(tmp_path, '[data]\nurl = "files:."\n[data.tables.accounts]\nfile = "gone.csv"')
    code, _, err = run("check", workspace=path)
    assert code == 2
    assert "gone.csv" in err


def test_a_workspace_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, _, err = run("check", workspace=str(tmp_path / "none.toml"))
    assert code == 2
    assert "none.toml" in err


def test_a_database_that_refuses_is_said(tmp_path: Path) -> None:
    path = broken_workspace(tmp_path, '[data]\nurl = "postgresql://nobody@127.0.0.1:1/none"')
    code, out, _ = run("ask", "churn rate", "--json", workspace=path)
    assert (code, json.loads(out)["error"]["key"]) == (2, "database_refuses")


def test_a_viewer_in_a_channel_sees_no_names() -> None:
    code, out, _ = run("ask", "which customers left in October?", "--as", "viewer", "--place", "public", "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, "people_not_allowed")


def test_an_external_channel_gets_a_refusal_only() -> None:
    code, out, _ = run("ask", "churn rate", "--place", "external", "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, "refused_external_channel")


def test_a_missing_slack_token_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
    result = CliRunner().invoke(app, ["--workspace", FINGERS])
    assert result.exit_code == 2
    assert "SLACK_BOT_TOKEN" in result.stderr
    assert "SLACK_APP_TOKEN" in result.stderr
    assert "app.py chat" in result.stderr


@pytest.mark.parametrize("address", ["3000", "127.0.0.1", "127.0.0.1:99999", ":3000", "bot:x"])
def test_an_address_to_listen_on_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    monkeypatch.setenv("MAINSTAY_LISTEN", address)
    result = CliRunner().invoke(app, ["--workspace", FINGERS])
    assert result.exit_code == 2
    assert f'MAINSTAY_LISTEN cannot be "{address}"' in result.stderr


def test_several_workspaces_need_all_three_secrets_and_a_folder_of_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "")
    lacking = CliRunner().invoke(app, ["--workspace", FINGERS])
    assert (lacking.exit_code, "SLACK_CLIENT_SECRET" in lacking.stderr) == (2, True)
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "another")
    no_folder = CliRunner().invoke(app, ["--workspace", FINGERS])
    assert (no_folder.exit_code, "T0123.toml" in no_folder.stderr) == (2, True)


def test_a_manifest_is_printed_for_an_https_address_alone() -> None:
    good = CliRunner().invoke(app, ["manifest", "--url", "https://bot.example"])
    assert (good.exit_code, json.loads(good.stdout)["settings"]["socket_mode_enabled"]) == (0, False)
    bad = CliRunner().invoke(app, ["manifest", "--url", "http://bot.example"])
    assert bad.exit_code == 2
    assert "https://bot.example" in bad.stderr


def test_a_filter_cannot_single_people_out_for_a_viewer() -> None:
    words = ("metric", "churn_rate", "--period", "2026-10", "--where", "country=ES", "--as", "viewer", "--json")
    code, out, _ = run(*words)
    assert (code, json.loads(out)["error"]["key"]) == (2, "too_few_to_show")
    assert document(*words[:-1][:6], "--as", "analyst")["rows"][0]["whole"] == 2


def test_a_file_of_texts_is_held_against_its_evidence_line_by_line(tmp_path: Path) -> None:
    asked = document("ask", "What was our churn rate last month?")
    told = [
        {"id": "ours", "text": asked["text"], "evidence": asked["evidence"]},
        {"id": "wrong", "text": "Churn rate, October 2026: 12.9%.", "evidence": asked["evidence"], "language": "en"},
        {"id": "bare", "text": "Churn fell."},
        {"id": "broken", "text": "Churn fell.", "evidence": [{"rows": "none"}]},
    ]
    file = tmp_path / "replies.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in told), encoding="utf-8")
    code, out, _ = run("ground", str(file))
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [one.get("grounded") for one in found] == [True, False, None, None]
    assert [fault["kind"] for fault in found[1]["faults"]] == ["figure"]
    assert [one["error"]["key"] for one in found[2:]] == ["ground_line", "evidence_unreadable"]


@pytest.mark.slow
def test_steps_that_many_people_make_long_are_told_beside_the_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Few people are done at once: nothing is told of them; stdout stays one document either way."""
    monkeypatch.setenv("MAINSTAY_RECORDS", f"sqlite:///{tmp_path}/records.sqlite")
    demo = str(Path(__file__).parents[2] / "workspace.toml")
    words = ("draft", "--segment", "slipping_away", "--language", "pl", "--json")
    assert run(*words, workspace=demo)[2] == ""
    monkeypatch.setattr("bot.terminal.MANY", 10)
    code, out, beside = run(*words, workspace=demo)
    assert (code, "kto może to otrzymać" in beside) == (0, True)
    assert json.loads(out)["drafts"]


def test_alerts_are_set_and_judged_in_the_terminal_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAINSTAY_RECORDS", f"sqlite:///{tmp_path}/records.sqlite")
    assert run("alerts", "add", "churn rate above 5%")[0] == 0
    code, out, _ = run("alerts")
    assert code == 0
    assert "3 of 8" in out
    assert run("alerts", "delete", "2")[0] == 2


def test_a_role_that_sees_some_rows_is_told_which_beside_a_metric() -> None:
    """The demo company's own role, in words; a country outside of it is refused and no zero."""
    demo = str(Path(FINGERS).parents[2] / "workspace.toml")
    code, out, _ = run("metric", "churn_rate", "--as", "spain", workspace=demo)
    assert (code, out.splitlines()[-1]) == (0, "You see Spain only.")
    code, out, _ = run("metric", "churn_rate", "--as", "spain", "--where", "country=FR", "--json", workspace=demo)
    assert (code, json.loads(out)["error"]["key"]) == (2, "outside_rights")
