"""What a campaign came to: told against the people held out, at the planned end, and never without them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.analysis.frozen import Frozen, is_triggered
from bot.engines.answers.outcome import pooled, read_on
from bot.errors import BadQuestion
from bot.language import available, load
from bot.records import open_records
from bot.service import Service
from bot.sources.demo import FOLDER, ensure
from bot.types import Answer, Assigned, Campaign, Evidence, Place, Question, Rights
from tests.served import DEMO, served

NOW = datetime(2026, 11, 10, 12)
TRUTH = 0.12
"""What the demo company's win-back message adds by its plan (docs/demo-company.md, story 4)."""
WIN_BACK = "how to win back customers"
DOCUMENT = {
    "unit": "account", "window_days": 90, "metric": "win_back_rate", "before": 300,
    "suppressed": {"SUP-01": 40, "SUP-04": 7}, "play": "farewell", "arms": {"holdout": 127, "treatment": 126},
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('outcome')}/records.sqlite") as records:
        yield served(DEMO, records)


def read(service: Service, id: str, code: str = "en", outcome: str = "retained") -> Answer:
    rights = service.rights_of("analyst", Place.DM)
    return service.outcome(Question("", NOW, rights, language=code), id, outcome, load(code))


def keys(answer: Answer) -> list[str]:
    return [one.key for one in answer.findings]


def main(answer: Answer) -> Evidence:
    return next(one for one in answer.evidence if one.query.metric == "uplift" and one.role == "main")


def frozen(service: Service, id: str, people: list[Assigned], **changed: Any) -> Campaign:
    approved = datetime(2026, 5, 12, 9)
    kept = Campaign(id, f"d-{id}", "Brindlewick", DOCUMENT, "Ana", approved, date(2026, 8, 11), None)
    kept = replace(kept, **changed)
    assert service.records.campaigns.freeze(kept, people)
    return kept


def people_of_the_demo() -> list[Assigned]:
    """The accounts that the demo company itself drew for its win-back message, as an approval would have kept them."""
    rows = duckdb.sql(
        f"SELECT unit_id, arm FROM '{ensure(FOLDER)}/assignments.parquet' WHERE experiment_id = 'win-back-2026-05'"
    ).fetchall()
    return [
        Assigned(f"U-{unit}", unit, "holdout" if arm == "control" else "treatment", "", "", "") for unit, arm in rows
    ]


@pytest.mark.slow
def test_the_uplift_of_the_win_back_campaign_is_recovered_within_its_interval(service: Service) -> None:
    answer = read(service, "win-back-2026-05")
    (row,) = main(answer).rows
    low, high = row["interval"]
    assert low <= TRUTH <= high
    assert low > 0
    assert (row["treated"], row["n"], row["held_part"], row["held"]) == (17, 126, 6, 127)
    assert {"outcome_works", "outcome_lasting", "outcome_others", "outcome_markets", "outcome_one_way"} <= set(
        keys(answer)
    )
    assert "outcome_fading" in keys(answer), "after 180 days the interval holds zero"


def test_a_campaign_that_held_nobody_out_claims_nothing(service: Service) -> None:
    answer = read(service, "re-engage-2026-08")
    assert "campaign_no_cause" in keys(answer)
    assert "outcome_unproven" in keys(answer)
    assert not {"outcome_works", "outcome_adjust", "test_line"} & set(keys(answer))


@pytest.mark.slow
def test_arms_frozen_by_us_are_read_like_arms_of_the_data(service: Service) -> None:
    """The same accounts in the same arms, kept by us alone, give the same difference to the last digit."""
    frozen(service, "ours", people_of_the_demo())
    ours, theirs = read(service, "ours"), read(service, "win-back-2026-05")
    for name in ("value", "n", "treated", "held", "held_part", "interval"):
        assert main(ours).rows[0][name] == main(theirs).rows[0][name]
    assert {"outcome_eligible", "outcome_arms", "draft_held_back"} <= set(keys(ours))
    assert read(service, "d-ours").text == ours.text, "by the id of its draft too"


@pytest.mark.slow
def test_before_the_planned_end_there_are_counts_and_no_difference(service: Service) -> None:
    kept = frozen(service, "early", people_of_the_demo(), exported_at=datetime(2026, 8, 20))
    assert read_on(kept) == date(2026, 11, 19), "thirteen weeks from when it left the house"
    answer = read(service, "early")
    assert keys(answer)[-3:] == ["outcome_not_yet", "outcome_unproven", "outcome_wait"]
    assert not [one for one in answer.evidence if one.query.metric == "uplift"]


@pytest.mark.slow
def test_a_person_who_was_forgotten_is_missing_and_still_counted_as_assigned(service: Service) -> None:
    people = people_of_the_demo()
    frozen(service, "forgot", people)
    service.records.campaigns.forget(people[0].person)
    answer = read(service, "forgot")
    told = next(one for one in answer.findings if one.key == "outcome_arms")
    assert (told.values["held"], told.values["treated"]) == (127, 126)
    row = main(answer).rows[0]
    assert row["n"] + row["held"] == 252


@pytest.mark.slow
def test_a_draw_that_does_not_fit_is_not_judged(service: Service) -> None:
    """All held out but for thirty: no plan of shares gives that by chance."""
    people = people_of_the_demo()
    treated = [one for one in people if one.arm == "treatment"]
    moved = [replace(one, arm="holdout") for one in treated[60:]]
    frozen(service, "unfair", [one for one in people if one.arm == "holdout"] + treated[:60] + moved)
    answer = read(service, "unfair")
    assert "test_unfair" in keys(answer)
    assert "outcome_unproven" in keys(answer)


@pytest.mark.parametrize("code", available())
def test_the_scorecard_is_told_in_each_language(service: Service, code: str) -> None:
    assert read(service, "win-back-2026-05", code, "conversion").text


def test_what_is_no_campaign_and_no_outcome_is_said(service: Service) -> None:
    with pytest.raises(BadQuestion, match="no_such_campaign"):
        read(service, "summer-2031")
    with pytest.raises(BadQuestion, match="unknown_outcome"):
        read(service, "win-back-2026-05", outcome="happiness")


def test_a_campaign_that_people_set_off_is_told_from_one_sent_to_all(service: Service) -> None:
    found = {name: is_triggered(service.company, name) for name in ("welcome", "digest", "win-back-2026-05", "none")}
    assert found == {"welcome": True, "digest": False, "win-back-2026-05": False, "none": None}


def test_two_equal_tests_are_as_sure_together_as_one_of_twice_the_size() -> None:
    """By hand: half-widths of 0.2 and 0.2 make one of 0.2 / √2; a test four times as sure weighs four times as much."""
    both = pooled([{"value": 0.1, "interval": (-0.1, 0.3)}, {"value": 0.3, "interval": (0.1, 0.5)}])
    assert both["value"] == pytest.approx(0.2)
    assert both["interval"] == pytest.approx((0.2 - 0.2 / 2**0.5, 0.2 + 0.2 / 2**0.5))
    apart = pooled([{"value": 0.0, "interval": (-0.1, 0.1)}, {"value": 0.5, "interval": (0.3, 0.7)}])
    assert apart["value"] == pytest.approx(0.1)


def test_frozen_arms_hide_nothing_of_the_companys_own_tests(service: Service) -> None:
    from bot.analysis.frozen import WithArms

    more = WithArms(service.company, Frozen("ours-too", "user", NOW, [Assigned("U1", "A1", "holdout", "", "", "")]))
    rows = more.run(more.tables["assignments"].group_by("experiment_id").agg(n=lambda t: t.count()))
    found = dict(zip(rows.experiment_id, rows.n, strict=True))
    assert found == {"ours-too": 1, "win-back-2026-05": 253, "automation-tips": 466}


def test_the_demo_lies_where_the_test_looks() -> None:
    assert Path(ensure(FOLDER)).is_dir()


def advised(service: Service, text: str, rights: Rights | None = None) -> Answer:
    return service.ask(Question(text, NOW, rights or service.rights_of("analyst", Place.DM), language="en"))


@pytest.mark.slow
def test_advice_says_what_the_play_came_to_here_once_outcomes_exist(service: Service) -> None:
    """The company's own test, then one approved here with the same people: twice the evidence, the same gain."""
    (once,) = [one for one in advised(service, WIN_BACK).findings if one.key.startswith("play_")]
    (row,) = main(read(service, "win-back-2026-05")).rows
    assert once.key == "play_record_once"
    assert (once.values["gain"], once.values["low"], once.values["high"]) == pytest.approx(
        (row["value"], *row["interval"])
    )
    assert once.values["month"] == date(2026, 5, 12)
    frozen(service, "c-ours", people_of_the_demo(), document={**DOCUMENT, "play": "win-back"})
    (twice,) = [one for one in advised(service, WIN_BACK).findings if one.key.startswith("play_")]
    assert (twice.key, twice.values["times"]) == ("play_record", 2)
    assert twice.values["gain"] == pytest.approx(once.values["gain"], abs=1e-3)
    width = once.values["high"] - once.values["low"]
    assert twice.values["high"] - twice.values["low"] == pytest.approx(width / 2**0.5, rel=0.02)


def test_advice_on_a_play_never_tested_here_says_so(service: Service) -> None:
    found = advised(service, "why did churn rate rise in October?")
    assert "play_untested" in [one.key for one in found.findings]


@pytest.mark.slow
def test_who_may_not_see_a_test_is_told_nothing_of_it(service: Service) -> None:
    rights = replace(service.rights_of("analyst", Place.DM), smallest_cell=200)
    found = advised(service, WIN_BACK, rights)
    assert "advise_play" in [one.key for one in found.findings]
    assert not [one for one in found.findings if one.key.startswith("play_")]
