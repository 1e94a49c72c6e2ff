"""Tests and campaigns, asked: what a holdout tells, what nobody can tell without one, and how many people it takes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.sources.demo import FOLDER, ensure
from bot.terminal import Session, opened
from bot.types import Answer, Intent, Place

DEMO = Path(__file__).parents[2] / "workspace.toml"
ARMS = """
    SELECT a.arm, count(*) AS people, count(*) FILTER (EXISTS (
        FROM subscriptions s WHERE s.account_id = a.unit_id AND s.mrr > 0 AND s.status IN ('active', 'past_due')
        AND s.valid_from <= a.assigned_at + INTERVAL 90 DAY
        AND coalesce(s.valid_to, TIMESTAMP '2100-01-01') > a.assigned_at + INTERVAL 90 DAY)) AS kept
    FROM assignments a WHERE a.experiment_id = 'win-back-2026-05' GROUP BY a.arm
"""


@pytest.fixture(scope="module")
def by_hand() -> Callable[[str], list[tuple[Any, ...]]]:
    database = duckdb.connect()
    for file in sorted(Path(ensure(FOLDER)).glob("*.parquet")):
        database.sql(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
    return lambda query: database.sql(query).fetchall()


def ask(session: Session, text: str) -> Answer:
    return session.service.ask(session.question(text))


def keys(answer: Answer) -> list[str]:
    return [finding.key for finding in answer.findings]


def finding(answer: Answer, key: str) -> dict[str, Any]:
    return dict(next(one for one in answer.findings if one.key == key).values)


def grounded(answer: Answer) -> None:
    """Every sentence points to evidence that the answer holds."""
    known = {one.id for one in answer.evidence}
    assert len(known) == len(answer.evidence)
    assert all(set(one.evidence) <= known for one in answer.findings)


# ------------------------------------------------------------ the demo company


@pytest.mark.parametrize(
    "text",
    [
        "How did the win-back campaign do?",
        "did the win-back campaign work?",
        "La campagne de reconquête a-t-elle marché ?",
        "What was the uplift of the win-back campaign?",
        "How did the win-back-2026-05 campaign do?",
    ],
)
def test_a_campaign_with_people_held_out_is_told_by_them(
    demo: Session, by_hand: Callable[[str], list[tuple[Any, ...]]], text: str
) -> None:
    answer = ask(demo, text)
    arms = {arm: (people, kept) for arm, people, kept in by_hand(ARMS)}
    (row,) = answer.evidence[0].rows
    assert (row["n"], row["treated"]) == arms["treatment"]
    assert (row["held"], row["held_part"]) == arms["control"]
    assert row["value"] == pytest.approx(row["treated"] / row["n"] - row["held_part"] / row["held"])
    low, high = row["interval"]
    assert 0 < low < 0.12 < high  # twelve points are planted
    assert {"test_line", "test_incremental_share", "test_relative", "test_arms", "guard_line"} <= set(keys(answer))
    assert not {"test_unfair", "test_not_yet", "test_short", "campaign_no_cause"} & set(keys(answer))
    assert finding(answer, "test_arms")["share"] == pytest.approx(127 / 253)
    grounded(answer)


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("Did the re-engage-2026-08 campaign work?", "nobody can tell"),
        ("La campagne re-engage-2026-08 a-t-elle marché ?", "personne ne peut dire"),
    ],
)
def test_a_campaign_without_people_held_out_gets_counts_and_no_cause(
    demo: Session, by_hand: Callable[[str], list[tuple[Any, ...]]], text: str, nobody: str
) -> None:
    answer = ask(demo, text)
    ((sent, arrived, clicked),) = by_hand("""
        SELECT count(*), count(*) FILTER (EXISTS (FROM message_events e WHERE e.send_id = s.send_id
            AND e.type IN ('delivered', 'clicked'))), count(*) FILTER (EXISTS (FROM message_events e
            WHERE e.send_id = s.send_id AND e.type = 'clicked'))
        FROM sends s WHERE campaign_id = 're-engage-2026-08'""")
    told = finding(answer, "campaign_counts")
    assert (told["sent"], told["delivered"], told["clicked"]) == (sent, arrived, clicked)
    assert nobody in answer.text
    assert {"test_none", "campaign_converted", "campaign_no_cause", "campaign_next_time"} <= set(keys(answer))
    assert not {"test_line", "test_incremental_share", "return_clear_gain"} & set(keys(answer))
    grounded(answer)


@pytest.mark.slow
def test_several_tests_at_once_are_judged_together_and_harm_is_told(demo: Session) -> None:
    answer = ask(demo, "What was the uplift?")
    assert finding(answer, "test_several_clear")["names"] == ["win-back-2026-05 · treatment"]
    assert "automation-tips" in next(one for one in answer.text.splitlines() if "at or above the stop" in one)
    assert finding(answer, "test_short") == {"planned": 350, "n": 38}
    grounded(answer)


@pytest.mark.slow
def test_a_month_without_a_test_says_that_there_was_no_control_group(demo: Session) -> None:
    answer = ask(demo, "What was the uplift in September 2026?")
    assert keys(answer)[0] == "test_none"
    assert "no control group" in answer.text
    assert "empty" not in answer.text


def test_a_return_that_may_be_a_loss_is_called_so(demo: Session) -> None:
    answer = ask(demo, "What was the retention ROI in 2026?")
    assert finding(answer, "return_could_be_a_loss")["label"] == "automation-tips"
    assert finding(answer, "return_clear_gain")["label"] == "win-back-2026-05"
    assert "digest" in finding(answer, "campaign_no_control")["campaigns"]


def test_the_uplift_of_a_segment_has_its_interval_or_says_that_it_is_too_small(demo: Session) -> None:
    answer = ask(demo, "Uplift by country")
    rows = [row for row in answer.evidence[0].rows if row["value"] is not None]
    lines = [one for one in answer.findings if one.key == "test_line"]
    assert len(lines) == len(rows) <= 12
    assert {row["campaign"] for row in rows} == {"automation-tips", "win-back-2026-05"}
    assert "automation-tips" not in finding(answer, "campaign_no_control")["campaigns"]
    for one in lines:
        assert ("interval" in one.values["gap"]) != ("too few" in one.values["verdict"])


def test_a_cost_without_a_clear_gain_has_no_bound(demo: Session) -> None:
    answer = ask(demo, "What is the cost per retained customer?")
    assert finding(answer, "kept_without_bound")["label"] == "automation-tips"
    told = finding(answer, "kept_cost")
    assert (told["label"], told["value"]) == ("win-back-2026-05", pytest.approx(640 / (17 - 126 * 6 / 127)))


def test_a_figure_of_a_campaign_covers_all_its_days(demo: Session) -> None:
    answer = ask(demo, "What is the click rate of the win-back campaign?")
    assert answer.evidence[0].rows[0]["whole"] == 125


def test_a_test_read_before_its_days_are_over_is_too_early_to_judge() -> None:
    early = opened(DEMO, datetime(2026, 7, 1), "analyst", Place.DM, None)
    answer = ask(early, "How did the win-back campaign do?")
    told = finding(answer, "test_not_yet")
    assert (told["ripe"], told["total"], str(told["day"])) == (0, 253, "2026-08-11")
    assert not {"test_incremental_share", "test_line"} & set(keys(answer))


@pytest.mark.parametrize(
    "text",
    ["How many customers do I need to detect 2 points?", "Combien de clients pour détecter 2 points de rétention ?"],
)
def test_how_many_people_a_test_takes_follows_from_the_rate_of_the_company(demo: Session, text: str) -> None:
    answer = ask(demo, text)
    base = answer.evidence[0]
    assert (answer.intent, base.query.metric) == (Intent.ADVISE, "retention_rate")
    rate = base.rows[0]["part"] / base.rows[0]["whole"]
    told = finding(answer, "size_needed")
    assert (told["base"], told["target"]) == (pytest.approx(rate), pytest.approx(rate + 0.02))
    held = 1.959964 + 0.841621
    held = held**2 * (rate * (1 - rate) + told["target"] * (1 - told["target"]) / 9) / 0.02**2
    assert told["held"] == pytest.approx(held, abs=1)
    assert told["treated"] == pytest.approx(9 * held, abs=1)
    assert {"size_short", "size_can_short", "size_duration"} <= set(keys(answer))
    grounded(answer)


def test_without_an_effect_the_people_at_hand_say_what_can_be_seen(demo: Session) -> None:
    answer = ask(demo, "How big a holdout do I need for the win-back campaign?")
    assert answer.evidence[0].query.metric == "win_back_rate"
    told = finding(answer, "size_can")
    rate, out, rest = answer.evidence[0].rows[0]["value"], told["held"], told["n"] - told["held"]
    assert told["effect"] == pytest.approx(2.8016 * (rate * (1 - rate) * (1 / out + 1 / rest)) ** 0.5, rel=1e-3)
    assert finding(answer, "size_duration")["weeks"] == 13


def test_percent_are_read_both_ways_and_a_share_held_out_is_heard(demo: Session) -> None:
    answer = ask(demo, "How many customers do I need to detect a 10 % change of churn?")
    assert [one for one in keys(answer) if one.startswith("size_as")] == ["size_as_relative", "size_as_points"]
    assert answer.evidence[0].query.metric == "churn_rate"
    half = ask(demo, "How many customers do I need to detect 2 points of churn with a 50 % holdout?")
    assert finding(half, "size_needed_equal")["held"] * 2 == finding(half, "size_needed_equal")["total"]


# ------------------------------------------------------------ an invented company, counted by hand


def written(folder: Path, name: str, header: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def company(folder: Path, held: int, treated: int, *, planned: int = 40) -> Session:
    """One letter of 2026-05-04: every fourth held out leaves in June, every eighth treated, one in ten bounces."""
    people = [(f"A{n:04}", "control" if n < held else "letter") for n in range(held + treated)]
    leaves = {account for n, (account, arm) in enumerate(people) if n % (4 if arm == "control" else 8) == 0}
    written(folder, "accounts", "account_id,signup_at", [(account, "2026-01-02") for account, _ in people])
    written(folder, "users", "user_id,account_id,created_at", [(f"U{one}", one, "2026-01-02") for one, _ in people])
    written(
        folder, "subscriptions", "subscription_id,account_id,valid_from,valid_to,status,mrr,end_type",
        [(f"S{one}", one, "2026-01-02", "2026-06-10" if one in leaves else "", "active", 50,
          "voluntary" if one in leaves else "") for one, _ in people],
    )  # fmt: skip
    written(
        folder, "experiments", "experiment_id,name,unit,primary_metric,planned_n,campaign_id,started_at",
        [("E1", "A letter", "account", "retention_rate", planned, "letter", "2026-05-04")],
    )  # fmt: skip
    written(
        folder, "assignments", "experiment_id,unit_id,arm,assigned_at",
        [("E1", one, arm, "2026-05-04 08:00:00") for one, arm in people],
    )  # fmt: skip
    written(folder, "campaigns", "campaign_id,name,type,cost", [("letter", "A letter", "retention", "")])
    sent = [one for one, arm in people if arm == "letter"]
    written(
        folder, "sends", "send_id,campaign_id,user_id,account_id,channel,holdout,occurred_at",
        [(f"M{one}", "letter", f"U{one}", one, "email", "No", "2026-05-04 09:00:00") for one in sent],
    )  # fmt: skip
    types = ["bounced" if n % 10 == 0 else "delivered" for n in range(len(sent))]
    events = [
        (f"M{one}", "letter", f"U{one}", kind, "2026-05-04 10:00:00", "hard" if kind == "bounced" else "")
        for one, kind in zip(sent, types, strict=True)
    ]
    events.append((f"M{sent[1]}", "letter", f"U{sent[1]}", "unsubscribed", "2026-05-05 10:00:00", ""))
    written(folder, "message_events", "send_id,campaign_id,user_id,type,occurred_at,detail", events)
    tables = (
        "accounts",
        "users",
        "campaigns",
        "subscriptions",
        "experiments",
        "assignments",
        "sends",
        "message_events",
    )
    mapped = "\n".join(f'[data.tables.{name}]\nfile = "{name}.csv"' for name in tables)
    (folder / "workspace.toml").write_text(
        '[company]\nname = "Letters"\nzone = "UTC"\ncurrency = "EUR"\nlanguage = "en"\n\n'
        f'[data]\nurl = "files:."\nas_of = 2026-11-02\n\n{mapped}\n\n[access]\ndefault_role = "analyst"\n\n'
        "[access.roles.analyst]\n"
    )
    return opened(folder / "workspace.toml", None, "analyst", Place.DM, None)


def test_all_assigned_count_also_those_whom_no_message_reached(tmp_path: Path) -> None:
    """80 held out, of whom 20 leave; 160 treated, of whom 20 leave, and 16 of whom the letter never reached."""
    answer = ask(company(tmp_path, 80, 160), "What was the uplift of the letter campaign?")
    (row,) = answer.evidence[0].rows
    assert (row["treated"], row["n"], row["held_part"], row["held"]) == (140, 160, 60, 80)
    assert row["value"] == pytest.approx(0.125)
    assert finding(answer, "test_incremental_share")["value"] == 20
    line = finding(answer, "guard_line")["facts"]
    assert "(16 of 160), above the warning" in line
    assert "unsubscribe rate 0.7% (1 of 144), above the warning" in line
    assert "complaint rate 0.0% (0 of 144)" in line


@pytest.mark.slow
def test_a_planted_imbalance_is_flagged_and_a_fair_draw_is_not(tmp_path: Path) -> None:
    fair, planted = tmp_path / "fair", tmp_path / "planted"
    fair.mkdir()
    planted.mkdir()
    even = ask(company(fair, 195, 205), "What was the uplift?")
    assert "test_unfair" not in keys(even)
    skewed = ask(company(planted, 172, 228), "What was the uplift?")
    told = finding(skewed, "test_unfair")
    assert (told["held"], told["total"], told["planned"]) == (172, 400, 0.5)
    assert "not to be trusted" in skewed.text
    assert "test_incremental_share" not in keys(skewed)


@pytest.mark.slow
def test_a_test_smaller_than_planned_is_not_finished(tmp_path: Path) -> None:
    answer = ask(company(tmp_path, 80, 160, planned=100), "What was the uplift?")
    assert finding(answer, "test_short") == {"planned": 100, "n": 80}
