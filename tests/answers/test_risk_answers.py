"""The risk of customers, asked in words: who, how high, how good what tells it is, in both languages."""

from __future__ import annotations

import re

import pytest

from bot.language import load
from bot.playground.blocks import faults
from bot.slack.blocks import build
from bot.terminal import Session
from bot.types import Answer, Intent, Outcome


def ask(session: Session, text: str) -> Answer:
    answer = session.service.ask(session.question(text))
    assert answer.outcome is Outcome.ANSWER
    return answer


def test_under_200_losses_the_plain_score_answers_and_says_so(fingers: Session) -> None:
    answer = ask(fingers, "who is most likely to churn?")
    assert "5 customers lost are too few for a model (under 200)" in answer.text
    assert "Elm (A5): United States, risk 22.2%, €400 a month, expected loss €89 a month" in answer.text
    assert "only a test with a group held out tells that (Ascarza 2018)" in answer.text
    blocks = list(build(answer, load("en")).blocks)
    assert faults(blocks) == []
    (table,) = [one for one in blocks if one["type"] == "table"]
    assert [cell["text"] for cell in table["rows"][1]][-3:] == ["22.2%", "€400", "€89"]
    card = ask(fingers, "que vaut le modèle de churn ?")
    assert card.intent is Intent.DEFINE
    assert "5 clients perdus, c’est trop peu pour un modèle" in card.text
    assert "AUC" not in card.text


@pytest.mark.slow
def test_a_draft_for_those_most_at_risk_goes_to_whom_the_rule_names_and_says_so(fingers: Session) -> None:
    answer = ask(fingers, "draft something for those most likely to churn")
    assert answer.queries[0].subject == "at_risk"
    assert answer.text.startswith("Drafted for the accounts at risk by rule")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what is our churn risk?", ("Told by a model learned from", "AUC 0.", "as many lost as expected: ")),
        ("quel est le risque de churn ?", ("Dit par un modèle", "AUC 0,", "cinquièmes où les pertes sont celles")),
    ],
)
def test_a_figure_of_risk_says_what_told_it_and_how_good_that_is(
    demo: Session, text: str, words: tuple[str, ...]
) -> None:
    answer = ask(demo, text)
    assert all(one in answer.text for one in words)
    assert not [one for one in answer.caveats if "plain score" in one or "simple score" in one]
    held = answer.evidence[-1] if answer.evidence[-1].columns[0] == "sign" else answer.evidence[2]
    assert held.rows[0]["used"] == "model"
    figures = {f"{held.rows[0]['auc']:.2f}", f"{held.rows[0]['auc']:.2f}".replace(".", ",")}
    assert any(one in answer.text for one in figures)


@pytest.mark.slow
def test_the_card_says_all_that_should_be_known_and_each_figure_is_in_its_evidence(demo: Session) -> None:
    answer = ask(demo, "how good is the churn model?")
    figures, fifths, drivers = answer.evidence
    row = figures.rows[0]
    for part in (
        "learned from",
        "learned anew",
        "AUC",
        "times the base rate",
        "Fifth 5 of 5",
        "association, not cause",
    ):
        assert part in answer.text
    assert f"{row['n']} customers of 1 August 2026" in answer.text
    assert f"{100 * row['base']:.1f}%" in answer.text
    assert len(fifths.rows) == 5
    assert sum(one["whole"] for one in fifths.rows) == row["n"]
    assert sum(one["part"] for one in fifths.rows) == row["judged_lost"]
    turning = {one["feature"] for one in drivers.rows if one["told"] == "turns"}
    keeping = re.search(r"Goes with less risk, .*: (.*)\.", answer.text)
    assert "use:custom_reports" in turning | {one["feature"] for one in drivers.rows if one["told"] == "unclear"}
    assert keeping is not None
    assert "custom_reports" not in keeping.group(1)
    assert "automations" in keeping.group(1)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["who is most likely to churn?", "qui est le plus susceptible de partir ?"])
def test_who_is_most_likely_to_leave_is_listed_by_what_may_be_lost(demo: Session, text: str) -> None:
    answer = ask(demo, text)
    people = answer.evidence[0]
    losses = [row["expected_loss"] for row in people.rows]
    assert losses == sorted(losses, reverse=True)
    assert answer.text.count("•") == 10
    assert "custom_reports" not in answer.text
    assert "model" in answer.text or "modèle" in answer.text
