"""Why a number changed, asked as people ask: what is said adds up, comes from evidence, and claims no cause."""

from __future__ import annotations

import pytest

from bot.engines.grounding import faults
from bot.language import Calendar, load
from bot.terminal import Session
from bot.types import Answer
from tests.metrics.by_hand import AS_OF


def ask(session: Session, text: str) -> Answer:
    return session.service.ask(session.question(text))


def keys(answer: Answer) -> list[str]:
    return [finding.key for finding in answer.findings]


def sure(answer: Answer) -> None:
    """Every finding points to evidence that the answer has, every figure said is in it; association is said."""
    known = [one.id for one in answer.evidence]
    assert len(known) == len(set(known))
    assert all(id in known for finding in answer.findings for id in finding.evidence)
    assert faults(answer.text, answer.evidence, load(answer.language), Calendar(AS_OF)) == []
    assert "why_association" in keys(answer)


def told(answer: Answer) -> float:
    """What the lines about segments or parts of a flow say together, with their signs."""
    lines = [one for one in answer.findings if one.key.startswith(("why_driver", "why_level_driver", "why_rest"))]
    return sum(
        (-1 if one.key.endswith("_against") else 1) * abs(one.values["part"])
        for one in lines
        if "part" in one.values and "_pair" not in one.key
    )


def test_a_rise_of_churn_is_told_by_its_segment_and_the_pair_that_says_more(demo: Session) -> None:
    answer = ask(demo, "Why did churn rise in October?")
    sure(answer)
    change = next(one for one in answer.findings if one.key == "why_confirmed_up").values["change"]
    assert told(answer) == pytest.approx(change, abs=0.01 * change)
    pair = next(one for one in answer.findings if one.key == "why_driver_pair")
    assert pair.values["label"] == "France × annual"
    assert (pair.values["before"], pair.values["now"]) == (24, 64)


def test_a_fall_of_mrr_is_told_by_parts_that_add_up_to_it(demo: Session) -> None:
    answer = ask(demo, "Why did MRR fall in October?")
    sure(answer)
    change = next(one for one in answer.findings if one.key == "why_confirmed_down").values["change"]
    parts = [one for one in answer.findings if one.key.startswith("why_part_")]
    assert sum(one.values["value"] * (1 if "_up" in one.key else -1) for one in parts) == pytest.approx(change)
    assert parts[0].values["label"] == "churn"
    assert "why_volume" in keys(answer)
    assert "why_largest_spread" in keys(answer)
    assert told(answer) == pytest.approx(22310 - 12454.25)


def test_in_french_nobody_is_named_where_chance_allows_as_much(demo: Session) -> None:
    answer = ask(demo, "Pourquoi le NRR a-t-il baissé ?")
    sure(answer)
    assert "why_drivers_spread" in keys(answer)
    assert "Aucun groupe ne se détache" in answer.text
    assert "octobre 2026" in answer.text


def test_four_weeks_are_told_as_one_of_them(demo: Session) -> None:
    answer = ask(demo, "why did active users drop last week compared with the last four weeks?")
    sure(answer)
    assert "The earlier figure is the average of 4 weeks." in answer.text
    change = next(one for one in answer.findings if one.key == "why_confirmed_down").values["change"]
    assert told(answer) == pytest.approx(-change, rel=0.01)


def test_a_level_of_one_day_is_asked_about_by_the_month(demo: Session) -> None:
    """Between two days hardly anything moves; and what is said to have fallen has risen."""
    answer = ask(demo, "why is ARPA down?")
    sure(answer)
    assert answer.findings[0].key == "why_corrected_up"
    assert answer.queries[0].window is not None
    assert answer.queries[0].window.name == "month"


@pytest.mark.slow
def test_a_flow_is_told_by_the_parts_of_its_net(demo: Session) -> None:
    answer = ask(demo, "why did mrr movements change in october?")
    sure(answer)
    assert keys(answer)[0] == "why_net_down"


@pytest.mark.slow
def test_a_median_has_no_parts_and_that_is_said(demo: Session) -> None:
    answer = ask(demo, "why did first response time rise in March 2026?")
    assert "why_no_split" in keys(answer)
    assert "why_association" not in keys(answer)
