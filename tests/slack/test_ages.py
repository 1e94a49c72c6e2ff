"""Curves and cohorts as tables: a column an age, as many as can be read, and where the others are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.engines.answers.sentences import sentences
from bot.language import available, load
from bot.slack.blocks import build
from bot.slack.tables import AGES
from bot.types import Answer, Evidence, Intent, Note, Query, Shape
from tests.pictures.test_pictures import curve, grid
from tests.slack.town import said

PLANS = ("Pro", "Starter")
MARKS = (1, 6, 24)


def long(evidence: Evidence, ages: int = 27) -> Evidence:
    """The same curves with more ages; the last two of them rest on too few."""
    rows = [
        {"plan": plan, "age": age, "value": 0.97**age, "at_risk": 100 - age, "firm": age < ages - 2, "chi2": 7.0}
        for plan in PLANS
        for age in range(ages)
    ]
    return replace(evidence, rows=tuple(rows), columns=("plan", "age", "value", "at_risk", "firm", "chi2"))


def told(evidence: Evidence, code: str) -> Answer:
    """The answer as the rules tell it: a line for each plan at some ages."""
    marks = [row for row in evidence.rows if row["age"] in MARKS]
    lines = [
        Note("curve_line_bare_of", {"label": r["plan"], "age": r["age"], "share": r["value"], "n": r["at_risk"]})
        for r in marks
    ]
    header = Note("curve_header", {"metric": "survival_curve", "window": evidence.query.window})
    return replace(sentences(load(code), [header, *lines]), evidence=(evidence,))


def tables(blocks: tuple) -> list[list[list[str]]]:
    return [[[cell["text"] for cell in row] for row in one["rows"]] for one in blocks if one["type"] == "table"]


@pytest.mark.parametrize("code", available())
def test_curves_by_plan_have_a_row_a_plan_and_a_dozen_ages_at_most_and_say_where_the_others_are(code: str) -> None:
    language = load(code)
    message = build(told(long(curve(PLANS)), code), language, key="k")
    ((head, *rows),) = tables(message.blocks)
    shown = [one for one in AGES if one < 27]
    assert len(shown) <= 12
    assert head[1:] == [language.say("cell_age_month", n=one) for one in shown]
    assert [row[0] for row in rows] == list(PLANS)
    assert rows[0][1:3] == [language.say("cell_figure", value=0.97**one, unit="share", currency=None) for one in (0, 1)]
    shown_in = str(message.blocks)
    assert language.say("slack_receipt_csv") in shown_in
    assert language.say("curve_line_bare_of", label="Pro", age=24, share=0.97**24, n=76) not in shown_in
    assert language.say("curve_line_bare_of", label="Pro", age=24, share=0.97**24, n=76) in message.text


def test_where_all_ages_have_a_column_nothing_is_said_of_others() -> None:
    evidence = long(curve(PLANS), ages=8)
    message = build(told(evidence, "en"), load("en"), key="k")
    ((head, *rows),) = tables(message.blocks)
    assert len(head) == 9
    assert rows[0][-2:] == ["–", "–"]
    assert load("en").say("slack_receipt_csv") not in str(message.blocks)


def test_a_cohort_table_has_a_row_a_cohort_with_its_year_and_nothing_where_its_time_is_not_over() -> None:
    message = build(said("Cohort retention:", evidence=(grid(),)), load("en"), key="k")
    ((head, *rows),) = tables(message.blocks)
    assert head == ["Cohort", *(f"Month {n}" for n in range(6))]
    assert rows[0] == ["May 2026", "100.0%", "90.0%", "80.0%", "70.0%", "60.0%", "50.0%"]
    assert rows[1][-1] == "–"
    assert set(rows[2][1:]) == {"–"}, "a cohort of 20 says little"


def test_cohorts_by_plan_are_told_together_a_row_a_plan() -> None:
    by = grid(sizes=(60, 80, 40, 50, 70, 40))
    rows = [{"plan": plan, **row} for plan in PLANS for row in by.rows]
    asked = replace(by.query, by=("plan",))
    evidence = replace(by, rows=tuple(rows), columns=("plan", *by.columns), query=asked)
    ((head, *rows),) = tables(build(said("Cohort retention:", evidence=(evidence,)), load("en"), key="k").blocks)
    assert head[0] == "Plan"
    assert [row[0] for row in rows] == list(PLANS)
    assert rows[0][1:] == ["100.0%", "90.0%", "80.0%", "70.0%", "60.0%", "50.0%"]


def test_what_is_on_record_is_told_in_words_and_is_no_table() -> None:
    asked = Query(Intent.WHY, subject="annotations")
    rows = ({"day": date(2026, 10, 1), "what": "price rise"}, {"day": date(2026, 10, 5), "what": "release"})
    record = replace(grid(), query=asked, shape=Shape.VERDICT, columns=("day", "what"), rows=rows, role="driver")
    assert tables(build(said("On record: …", evidence=(record,)), load("en"), key="k").blocks) == []


def test_one_curve_is_told_in_lines_and_has_no_table() -> None:
    assert tables(build(told(curve(), "en"), load("en"), key="k").blocks) == []
