"""What is answered about what will be, and would be: on the demo company, in both languages, from `ask` on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.documents import answer_document
from bot.errors import BadData
from bot.metrics import value_models
from bot.terminal import Session
from bot.types import Answer, Intent, Outcome

ASKED = [
    ("can you forecast revenue for next quarter?", Intent.PROJECT, "in Q1 2027"),
    ("what will MRR be in six months?", Intent.PROJECT, "end of April 2027"),
    ("how many customers will we have at year end?", Intent.PROJECT, "end of December 2026"),
    ("what retention do we expect at 12 months?", Intent.PROJECT, "after 12 months"),
    ("prévision de churn pour le prochain trimestre", Intent.PROJECT, "T1 2027"),
    ("prévision du MRR dans six mois", Intent.PROJECT, "fin avril 2027"),
    ("what if churn fell by 1 %?", Intent.WHAT_IF, "two ways"),
    ("what if we win 20 more customers a month?", Intent.WHAT_IF, "October 2027"),
    ("et si on réduisait le churn d'un point ?", Intent.WHAT_IF, "octobre 2027"),
]


def ask(session: Session, text: str) -> Answer:
    return session.service.ask(session.question(text))


@pytest.mark.slow
@pytest.mark.parametrize(("text", "intent", "words"), ASKED)
def test_a_question_about_the_future_is_answered_with_interval_method_and_test(
    demo: Session, text: str, intent: Intent, words: str
) -> None:
    answer = ask(demo, text)
    assert (answer.outcome, answer.intent) == (Outcome.ANSWER, intent), answer.text
    assert words in answer.text
    keys = {finding.key for finding in answer.findings}
    assert any(key.startswith("project_tested") for key in keys)
    known = {one.id for one in answer.evidence}
    for finding in answer.findings:
        assert set(finding.evidence) <= known
    assert answer_document(answer)["evidence"]


def test_a_headline_stands_in_the_evidence_it_points_to(demo: Session) -> None:
    """Value and interval of the last month are those of its row."""
    answer = ask(demo, "what will MRR be in six months?")
    said = next(one for one in answer.findings if one.key == "project_level_money")
    row = next(one for one in answer.evidence if one.id in said.evidence).rows[-1]
    assert row["period"] == "2027-04-01"
    assert (said.values["value"], [said.values["low"], said.values["high"]]) == (row["value"], row["interval"])
    assert row["interval"][0] < row["low_80"] < row["value"] < row["high_80"] < row["interval"][1]


def test_revenue_is_the_sum_of_the_mrr_of_its_months(demo: Session) -> None:
    answer = ask(demo, "can you forecast revenue for next quarter?")
    each, whole = answer.evidence[:2]
    assert whole.rows[0]["total"] == pytest.approx(sum(row["revenue"] for row in each.rows))
    mrr = ask(demo, "forecast MRR for next quarter").evidence[0].rows
    assert [row["value"] for row in mrr[-3:]] == pytest.approx([row["revenue"] for row in each.rows])


def test_a_what_if_stands_on_the_base_that_a_projection_tells(demo: Session) -> None:
    """Base customers and MRR of a what-if are those of the forecast over the same months."""
    supposed = ask(demo, "what if churn fell by 1 point?")
    mrr = ask(demo, "forecast MRR").evidence[0].rows[-1]["value"]
    customers = ask(demo, "how many customers will we have in 12 months?").evidence[0].rows[-1]["customers"]
    rows = {row["type"]: row for one in supposed.evidence for row in one.rows if "type" in row}
    assert rows["mrr"]["base"] == pytest.approx(mrr)
    assert rows["customers"]["base"] == pytest.approx(customers)
    for row in rows.values():
        assert row["interval"][0] < row["change"] < row["interval"][1]


def test_both_readings_of_one_percent_are_given_and_points_only_once(demo: Session) -> None:
    both = [one.key for one in ask(demo, "what if churn fell by 1 %?").findings]
    assert both.count("what_if_relative") == both.count("what_if_points") == 1
    points = [one.key for one in ask(demo, "what if churn fell by 1 point?").findings]
    assert "what_if_relative" not in points
    assert points.count("what_if_points") == 1


def test_a_company_of_few_customers_is_refused_with_its_numbers(fingers: Session) -> None:
    answer = ask(fingers, "forecast MRR")
    assert answer.outcome is Outcome.REFUSE
    assert "20 customers" in answer.text


def test_a_thread_goes_on_from_a_forecast(demo: Session) -> None:
    """A filter narrows the forecast, figure and horizon kept; what is measured again is of the past."""
    first = ask(demo, "how many customers will we have at year end?")
    narrowed = demo.service.ask(replace(demo.question("and in France?"), previous=first.queries[0]))
    assert narrowed.intent is Intent.PROJECT, narrowed.text
    query = narrowed.queries[0]
    assert (query.filters, query.subject, query.window) == (
        (("country", ("FR",)),), "customers", first.queries[0].window,
    )  # fmt: skip
    forecast = ask(demo, "forecast churn for next quarter")
    asked = demo.service.ask(replace(demo.question("and by country?"), previous=forecast.queries[0]))
    assert asked.outcome is Outcome.ANSWER, asked.text
    assert asked.evidence[0].query.window is not None
    assert asked.evidence[0].query.window.end <= asked.evidence[0].as_of


@pytest.mark.parametrize(("models", "how"), [(True, "beta-geometric"), (False, "no model could be fitted")])
def test_beyond_the_curve_a_model_goes_on_or_the_last_year_does(
    demo: Session, monkeypatch: pytest.MonkeyPatch, models: bool, how: str
) -> None:
    """Without SciPy the hazard of the last year is carried on, and the answer says so."""

    def missing() -> None:
        raise BadData("needs_models", package="scipy")

    if not models:
        monkeypatch.setattr(value_models, "special", missing)
    answer = ask(demo, "what retention do we expect at 36 months?")
    assert how in answer.text
    rows = answer.evidence[0].rows
    assert [row["age"] for row in rows] == list(range(37))
    values = [row["value"] for row in rows]
    assert values == sorted(values, reverse=True)
    assert all(row["interval"][0] <= row["value"] <= row["interval"][1] for row in rows)
