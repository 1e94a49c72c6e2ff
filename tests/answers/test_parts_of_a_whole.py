"""Theirs beside all: a share of a count or a sum is told with both figures, each with a receipt."""

import pytest

from bot.terminal import Session

ASKED = [
    "what share of MRR comes from Spain",
    "qué parte del MRR viene de España",
    "quelle part du MRR vient d'Espagne ?",
    "jaka część MRR jest z Hiszpanii",
]


@pytest.mark.parametrize("text", ASKED)
def test_the_share_is_that_of_the_part_and_the_whole_that_are_told(demo: Session, text: str) -> None:
    answer = demo.service.ask(demo.question(text))
    part, whole = (one.rows[0]["value"] for one in answer.evidence[:2])
    told = next(one.values for one in answer.findings if one.key == "breakdown_part_line")
    assert (told["value"], told["whole"]) == (part, whole)
    assert told["share"] == pytest.approx(part / whole)
    assert dict(answer.evidence[0].query.filters) == {"country": ("ES",)}
    assert not answer.evidence[1].query.filters


def test_the_share_is_told_from_the_two_figures_beside_it(demo: Session) -> None:
    for text in ("what share of MRR comes from Spain", "what share of our customers are VIPs in France"):
        answer = demo.service.ask(demo.question(text))
        assert demo.service.unfounded(answer.text, answer.evidence) == []


def test_all_rows_of_a_breakdown_in_percent_are_shares_of_one_whole(demo: Session) -> None:
    answer = demo.service.ask(demo.question("MRR by country in percent"))
    shares = [one.values["share"] for one in answer.findings if one.key == "breakdown_part_line"]
    assert len(shares) > 1
    assert sum(shares) == pytest.approx(1)


def test_a_share_named_in_the_question_is_placed_among_those_that_others_publish(demo: Session) -> None:
    answer = demo.service.ask(demo.question("is 5% churn normal?"))
    told = next(one.values for one in answer.findings if one.key == "bench_stated")
    published = {row["sign"]: row for row in answer.evidence[0].rows}
    assert told["share"] == pytest.approx(0.05)
    assert told["above"] + told["within"] + told["below"] == len(published)
    far = demo.service.ask(demo.question("is 99% churn normal?"))
    assert next(one.values["above"] for one in far.findings if one.key == "bench_stated") == len(published)
