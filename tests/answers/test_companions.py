"""What stands beside a number: its companions, over the same customers, each a measurement with a receipt."""

from __future__ import annotations

from bot.metrics import catalogue
from bot.terminal import Session
from bot.types import Answer


def ask(session: Session, text: str) -> Answer:
    return session.service.ask(session.question(text))


def test_a_rate_is_told_with_its_companions_over_the_same_month_and_customers(fingers: Session) -> None:
    answer = ask(fingers, "What was our churn rate in October 2026 in France?")
    main, beside = answer.evidence[0], [one for one in answer.evidence if one.role == "companion"]
    assert [one.query.metric for one in beside] == [
        name for name in catalogue()["churn_rate"].companions if name in {one.query.metric for one in beside}
    ]
    assert beside
    for one in beside:
        assert (one.query.window, one.query.filters) == (main.query.window, main.query.filters)
    finding = next(one for one in answer.findings if one.key == "beside")
    assert finding.evidence == tuple(one.id for one in beside)
    assert len({one.id for one in answer.evidence}) == len(answer.evidence)


def test_beside_a_level_of_one_day_a_companion_keeps_its_own_period_and_says_it(fingers: Session) -> None:
    answer = ask(fingers, "What is our MRR?")
    line = next(line for line in answer.text.splitlines() if line.startswith("Beside it"))
    assert "(October 2026)" in line


def test_a_companion_that_cannot_be_cut_alike_stays_away(fingers: Session) -> None:
    """A filter that a companion does not know would make it a number about other people."""
    answer = ask(fingers, "How many customers left because of the price in October 2026?")
    for one in answer.evidence:
        if one.role == "companion":
            assert one.query.filters == answer.evidence[0].query.filters
