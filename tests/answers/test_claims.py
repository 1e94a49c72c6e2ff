"""Claims and benchmarks as answered: own figures first, each from Evidence, then what is known of the saying."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.documents import query_document
from bot.language import load
from bot.metrics.benchmarks import BENCHMARKS, COMPARED
from bot.playbook.claims import register
from bot.terminal import Session
from bot.types import Answer, Intent, Outcome, Query

CODES = ("en", "fr")
QUICK = ("CL03", "CL06", "CL07", "CL10", "CL16")
"""One claim of each kind: weighed rows, lacking rows, a figure alone, campaigns with a test, use of the product."""
OWN = ("claim_own_", "claim_lacks", "claim_no_row", "claim_usage", "claim_test", "claim_no_tests", "claim_no_usage")


def asked(session: Session, query: Query, code: str) -> Answer:
    return session.service.choose(replace(session.question(""), language=code), query_document(query))


def checked(session: Session, claim: str, code: str) -> Answer:
    """The answer of a claim: own figures from Evidence before anything else, and the claim only with its status."""
    answer = asked(session, Query(Intent.CLAIM, subject=claim), code)
    assert answer.outcome is Outcome.ANSWER, answer.text
    keys = [one.key for one in answer.findings]
    assert keys[0].startswith(OWN), keys
    assert keys[-3:] == ["claim_status", "claim_known", "claim_caution"]
    rows = {one.id: one.rows for one in answer.evidence}
    for finding in answer.findings:
        if finding.key.startswith("claim_own_"):
            (id,) = finding.evidence
            figures = {row.get(name) for row in rows[id] for name in ("value", "change")}
            value = finding.values.get("value")
            assert value is None or value in figures or -value in figures, finding
    text, language = register()[claim].text(code), load(code)
    status = language.value_name("claim_status", register()[claim].status)
    assert status != register()[claim].status or code == "en"
    saying = next(line for line in answer.text.splitlines() if text.said in line)
    assert status in saying
    assert answer.text.count(text.said) == 1
    return answer


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "claim", [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in register()]
)
def test_a_claim_says_what_a_small_company_lacks_or_its_own_figure(fingers: Session, claim: str, code: str) -> None:
    checked(fingers, claim, code)


@pytest.mark.slow
@pytest.mark.parametrize("claim", register())
def test_a_claim_is_answered_by_the_demo_companys_own_figure(demo: Session, claim: str) -> None:
    for code in CODES:
        answer = checked(demo, claim, code)
        assert answer.evidence
        told = [one for one in answer.findings if one.key.startswith(("claim_own_", "claim_test", "claim_usage"))]
        assert told, answer.text
        assert not any(one.key == "claim_lacks" for one in answer.findings), answer.text


def test_keeping_is_weighed_against_winning_by_the_two_costs_over_the_same_year(demo: Session) -> None:
    answer = demo.service.ask(demo.question("is it true that keeping is five times cheaper?"))
    by_metric = {one.query.metric: one for one in answer.evidence if one.role != "driver"}
    cac, kept = by_metric["cac"], by_metric["retention_cost"]
    assert cac.query.window == kept.query.window
    held = next(one for one in answer.evidence if one.role == "driver").rows[0]
    assert held["value"] == pytest.approx(
        (cac.rows[0]["part"] / cac.rows[0]["whole"]) / (kept.rows[0]["part"] / kept.rows[0]["whole"])
    )
    assert held["verdict"] == "falls_short"
    assert answer.text.splitlines()[0].startswith("Customer acquisition cost, November 2025 to October 2026: $398.59")


@pytest.mark.slow
def test_a_claim_asked_of_a_country_is_answered_by_that_country_and_says_so(demo: Session) -> None:
    query = Query(Intent.CLAIM, subject="CL17", filters=(("country", ("ES",)),))
    answer = asked(demo, query, "en")
    assert "Only: Spain." in answer.text
    assert all(one.query.filters == (("country", ("ES",)),) for one in answer.evidence)


def test_a_hypothesis_is_told_as_an_association_with_its_interval(demo: Session) -> None:
    text = "I think users who invite a teammate in their first week retain better. Can you validate that?"
    answer = demo.service.ask(demo.question(text))
    (evidence,) = answer.evidence
    assert dict(evidence.query.variant) == {"day": "7", "did": "member_invited", "horizon_days": "90"}
    row = next(one for one in evidence.rows if one["sign"] == "retention")
    stayed = next(one for one in answer.findings if one.key == "supposed_stayed")
    assert stayed.values["change"] == row["difference"]
    assert (stayed.values["low"], stayed.values["high"]) == (row["difference_low"], row["difference_high"])
    assert "supposed_association" in {one.key for one in answer.findings}
    assert "supposed_unclear" in {one.key for one in answer.findings}


def test_a_behaviour_that_the_data_does_not_have_is_refused_with_those_it_has(demo: Session) -> None:
    answer = demo.service.ask(demo.question("I think customers who dance at parties stay longer"))
    assert answer.outcome is Outcome.REFUSE
    assert "automations" in answer.text


@pytest.mark.slow
def test_the_strongest_feature_is_named_only_where_it_is_clear_among_all(demo: Session) -> None:
    answer = demo.service.ask(demo.question("which features are most correlated with 30-day retention?"))
    ranking = answer.evidence[1]
    assert [row["difference"] for row in ranking.rows] == sorted((r["difference"] for r in ranking.rows), reverse=True)
    for row in ranking.rows:
        (own,) = [
            one
            for one in asked_of(demo, row["did"]).rows
            if one["sign"] == "retention"
        ]  # fmt: skip
        assert own["difference"] == pytest.approx(row["difference"])
        assert row["interval"][0] < own["difference_low"]
        assert row["interval"][1] > own["difference_high"]
    last = answer.findings[-2]
    assert list(last.values["names"]) == [row["did"] for row in ranking.rows if row["clear"]]


def asked_of(session: Session, did: str):
    """The comparison of one feature alone."""
    variant = (("day", "30"), ("did", did), ("horizon_days", "30"))
    query = Query(Intent.VALUE, "compare_behaviour", variant=variant)
    return asked(session, query, "en").evidence[0]


PUBLISHED = 36
"""Figures that the list of benchmarks has, one entry each."""


def test_every_published_figure_has_its_source_its_year_and_its_population_in_each_language() -> None:
    assert len(BENCHMARKS) >= PUBLISHED
    assert len({one.id for one in BENCHMARKS}) == len(BENCHMARKS)
    for one in BENCHMARKS:
        assert one.population_in.keys() == {"fr"}, one.id


@pytest.mark.parametrize(
    ("code", "text", "header"),
    [
        ("en", "Compare our 30-day retention to the benchmarks", "N-day retention beside what others publish"),
        ("fr", "comparez notre rétention à 30 jours aux benchmarks", "Rétention au jour n face à ce que d’autres"),
    ],
)
def test_day_thirty_is_told_beside_that_of_mobile_apps_and_not_compared(
    demo: Session, code: str, text: str, header: str
) -> None:
    answer = demo.service.ask(demo.question(text))
    assert answer.language == code
    assert answer.text.startswith(header)
    own = asked(demo, Query(Intent.VALUE, "n_day_retention", variant=(("n", "30"),)), code).evidence[0].rows[0]
    row = next(one for one in answer.evidence[0].rows if one["sign"] == "mobile_day_30")
    assert (row["part"], row["whole"]) == (own["part"], own["whole"])
    assert {one.key for one in answer.findings} >= {"bench_own", "bench_different"}
    assert "AppsFlyer" in answer.text


def test_a_figure_outside_the_published_one_is_above_or_below_and_clearly_only_by_its_interval(demo: Session) -> None:
    answer = demo.service.ask(demo.question("How does our churn compare with benchmarks?"))
    rows = {one["sign"]: one for one in answer.evidence[0].rows}
    lines = [one for one in answer.findings if one.key.startswith(("bench_above", "bench_below", "bench_within"))]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows.values(), strict=True):
        low, high = row["interval"]
        reaches = low <= row["benchmark_high"] and high >= row["benchmark_low"]
        expected = {"above": "bench_above", "below": "bench_below", "within": "bench_within"}[row["verdict"]]
        assert line.key == expected + ("_unclear" if reaches and row["verdict"] != "within" else "")
    assert "bench_below_unclear" in {one.key for one in lines}


@pytest.mark.slow
def test_a_yearly_figure_is_compared_over_a_year_unless_another_period_is_asked(demo: Session) -> None:
    year = demo.service.ask(demo.question("compare our NRR to the benchmarks"))
    assert year.evidence[0].query.window is not None
    assert year.evidence[0].query.window.days == 365
    assert any(one.key == "bench_below" for one in year.findings)
    month = demo.service.ask(demo.question("compare our NRR in October to the benchmarks"))
    assert {one.key for one in month.findings} >= {"bench_other_period"}
    assert not any(one.key == "bench_below" for one in month.findings)


@pytest.mark.slow
def test_where_nobody_published_a_figure_that_is_said(demo: Session) -> None:
    answer = demo.service.ask(demo.question("compare our MRR with the benchmarks"))
    assert "mrr" not in COMPARED
    assert any("No published figure is known here for MRR" in one for one in answer.caveats)
    assert all(one.query.metric != "benchmark_compare" for one in answer.evidence)
