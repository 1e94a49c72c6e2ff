"""The page of "what is going on": short, each line with its receipt, in English and in French."""

from __future__ import annotations

import pytest

from bot.terminal import Session
from bot.types import Answer, Intent, Outcome

MOST_LINES = 18
FREE = (
    "advise_play",
    "advise_none",
    "play_untested",
    *(f"advise_because_{way}{where}" for way in ("up", "down") for where in ("", "_where")),
)
"""Lines that stand on a play and not on a measurement."""


def asked(session: Session, text: str) -> Answer:
    answer = session.service.ask(session.question(text))
    assert (answer.outcome, answer.intent) == (Outcome.ANSWER, Intent.WHY), answer.text
    ids = [one.id for one in answer.evidence]
    assert len(ids) == len(set(ids))
    for finding in answer.findings:
        assert set(finding.evidence) <= set(ids), finding.key
        assert finding.evidence or finding.key in FREE, finding.key
    assert len(answer.findings) <= MOST_LINES
    assert [query.subject for query in answer.queries] == ["investigate"]
    return answer


def keys(answer: Answer) -> list[str]:
    return [one.key for one in answer.findings]


@pytest.mark.parametrize("text", ["What is going on with churn?", "Que se passe-t-il avec le churn ?"])
def test_of_a_company_of_eight_customers_it_says_that_nothing_can_be_told(fingers: Session, text: str) -> None:
    said = keys(asked(fingers, text))
    assert "why_small" in said
    assert not any(key.startswith(("look_where", "look_began", "look_keeps", "look_seems")) for key in said)
    assert "look_unseen" in said


def test_what_the_company_does_not_record_is_said_by_name(fingers: Session) -> None:
    answer = asked(fingers, "investigate churn")
    lacking = [one for one in answer.findings if one.key == "look_lacking"]
    for one in lacking:
        assert set(one.values["tables"]) <= {"annotations", "releases", "campaigns"}
        assert not any(fingers.service.company.has(table) for table in one.values["tables"])


@pytest.mark.slow
def test_the_page_on_churn_tells_the_price_rise_line_by_line_in_both_languages(demo: Session) -> None:
    answer = asked(demo, "What is going on with churn?")
    said = keys(answer)
    for key in (
        "why_plain_up", "look_sure", "look_began_ended_week", "look_season_other_there", "look_where", "look_tenure",
        "look_reason", "look_noted", "look_keeps", "look_seems", "look_ruled_out", "look_unseen", "why_association",
    ):  # fmt: skip
        assert key in said, key
    for words in (
        "France, annual",
        "price, by 62 of 64",
        "price rise FR annual",
        "custom reports",
        "no campaign began",
    ):
        assert words in answer.text
    ruled = next(one for one in answer.findings if one.key == "look_ruled_out")
    assert len(ruled.evidence) > 3
    ledger = next(one for one in answer.evidence if "line" in one.columns)
    assert {"change", "began", "where", "mix", "failed payments"} <= {row["line"] for row in ledger.rows}
    french = asked(demo, "Enquête sur la hausse du churn")
    assert sorted(set(keys(french)) - {"why_confirmed_up"}) == sorted(set(said) - {"why_plain_up"})
    assert "France, annuel" in french.text


@pytest.mark.slow
def test_a_month_that_is_not_over_is_called_so_and_no_fall(demo: Session) -> None:
    answer = asked(demo, "investigate the drop in active users this month")
    assert keys(answer)[:2] == ["look_running", "look_noise"]
    assert "9 of 30 days" in answer.text


@pytest.mark.slow
def test_a_month_without_a_figure_tells_its_campaign_or_that_it_cannot_be_told(demo: Session) -> None:
    told = keys(asked(demo, "What happened in May?"))
    untold = asked(demo, "Que s'est-il passé en août ?")
    assert "look_campaign_told" in told
    assert "look_campaign_untold" in keys(untold)
    assert "look_campaign_told" not in keys(untold)
