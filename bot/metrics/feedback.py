"""What customers say."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bot.metrics.declare import metric
from bot.metrics.engagement import USER_DIMENSIONS, described
from bot.metrics.expressions import flag
from bot.metrics.tables import Tables, owned, per
from bot.types import Shape, Unit, Window


@metric(
    unit=Unit.POINTS,
    good="up",
    shape=Shape.RATIO,
    entity="user",
    needs=("survey_answers.type", "survey_answers.score", "survey_answers.answered_at"),
    by=tuple(name for name in USER_DIMENSIONS if name != "platform"),
)
def nps(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The share of promoters (9-10) less the share of detractors (0-6), times 100.

    Formula: (promoters - detractors) / answers; one answer, the last, per person and period.
    At risk: everyone who answered on the 0-10 scale in the period.
    Example: 2026-10, the finger-count company: 1 of 6.
    Source: Reichheld 2003, "The One Number You Need to Grow".
    """
    answers = owned(t, "survey_answers")
    answers = answers.filter(
        (answers.type == "nps")
        & (answers.answered_at >= window.first)
        & (answers.answered_at < window.last)
        & answers.score.between(0, 10)
    )
    person = ibis.coalesce(answers.user_id, answers.account_id, answers.answer_id)
    turn = ibis.row_number().over(group_by=person, order_by=[answers.answered_at.desc(), answers.answer_id.desc()])
    answers = answers.mutate(turn=turn)
    frame = t.narrow(described(t, answers.filter(answers.turn == 0), t.dimensions(by), window))
    promoters, detractors = flag(frame.score >= 9), flag(frame.score <= 6)
    return per(frame, by).agg(
        part=promoters.sum() - detractors.sum(),
        whole=frame.count(),
        promoters=promoters.sum(),
        detractors=detractors.sum(),
    )
