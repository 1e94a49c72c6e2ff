"""What customers say when they are asked: loyalty, satisfaction, effort, and how many answer at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import USER_DIMENSIONS, described
from bot.metrics.expressions import during, flag, ratio
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per, without
from bot.types import Note, Shape, Unit, Window

PERSON_DIMENSIONS = tuple(dict.fromkeys((*USER_DIMENSIONS, "region", "tenure")))
"""What a person who answers, or asks for help, can be told apart by: the user, the account, its plan."""
ANSWER_DIMENSIONS = (*without(PERSON_DIMENSIONS, "platform"), "message_channel")
ANSWERS = ("survey_answers.type", "survey_answers.score", "survey_answers.answered_at")
DAYS_TO_ANSWER = 14
"""An answer later than this after the survey went out is none for the response rate."""


def answers(t: Tables, window: Window, kind: str, lowest: int, highest: int) -> ir.Table:
    """The answers to one kind of survey in the window, on its scale, with account_id."""
    rows = owned(t, "survey_answers")
    return rows.filter((rows.type == kind) & during(rows.answered_at, window) & rows.score.between(lowest, highest))


def last_of_each(rows: ir.Table) -> ir.Table:
    """One answer a person, the last: who named nobody is a person of their own."""
    person = ibis.coalesce(rows.user_id, rows.account_id, rows.answer_id)
    order = [rows.answered_at.desc(), rows.answer_id.desc()]
    turned = rows.mutate(turn=ibis.row_number().over(group_by=person, order_by=order))
    return turned.filter(turned.turn == 0).drop("turn")


def asked_people(t: Tables, frame: ir.Table, by: tuple[str, ...], window: Window) -> ir.Table:
    """Add the dimensions of those who answered, or were asked, and apply the filters; test accounts drop out.

    The channel is that of the survey sent; `category` is what an answer is about.
    """
    names = t.dimensions(by)
    if "message_channel" in names:
        frame = _with_channel(t, frame)
    if "category" in names:
        frame = frame.mutate(category=frame.topic.fill_null(UNKNOWN))
    own = ("message_channel", "category", "type")
    return t.narrow(described(t, frame, tuple(name for name in names if name not in own), window))


def _with_channel(t: Tables, frame: ir.Table) -> ir.Table:
    if "channel" in frame.columns:
        return frame.mutate(message_channel=frame.channel.fill_null(UNKNOWN))
    for table, column in (("surveys", "channel"), ("survey_answers", "survey_id")):
        if not t.has(table, column):
            raise BadData("missing_column", table=table, column=column)
    sent = t["surveys"].select(sent_id="survey_id", message_channel="channel")
    joined = frame.left_join(sent, frame.survey_id == sent.sent_id).drop("sent_id")
    return joined.mutate(message_channel=joined.message_channel.fill_null(UNKNOWN))


def delivered_surveys(t: Tables, window: Window) -> ir.Table:
    """The surveys that arrived, sent in the window, with account_id and `answered`: 1 where within the days allowed.

    A reminder is no survey of its own, so a survey counts once, however often it was answered.
    """
    sent = owned(t, "surveys")
    sent = sent.filter(during(sent.sent_at, window))
    sent = sent.filter(sent.delivered.fill_null(True))
    replies = t["survey_answers"].filter(lambda a: a.survey_id.notnull() & a.answered_at.notnull())
    first = replies.group_by(replied_id=replies.survey_id).agg(replied_at=replies.answered_at.min())
    joined = sent.left_join(first, sent.survey_id == first.replied_id)
    in_time = joined.replied_at < joined.sent_at + ibis.interval(days=DAYS_TO_ANSWER)
    return joined.mutate(answered=flag(in_time)).drop("replied_id", "replied_at")


def _may_still_come(rows: Sequence[Mapping[str, Any]], _: Asked) -> Sequence[Note]:
    still = sum(row.get("still_open") or 0 for row in rows)
    return (Note("answers_may_still_come", {"n": still, "days": DAYS_TO_ANSWER}),) if still else ()


@metric(
    unit=Unit.POINTS,
    good="up",
    shape=Shape.RATIO,
    entity="user",
    needs=ANSWERS,
    by=ANSWER_DIMENSIONS,
    companions=("survey_response_rate",),
)
def nps(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """The share of promoters (9-10) less the share of detractors (0-6), times 100.

    Formula: (promoters - detractors) / answers; one answer, the last, per person and period. Beside it stand the
    surveys delivered in the period (`asked`) and the share of them answered within 14 days (`response_rate`),
    where the surveys sent are known.
    At risk: everyone who answered the loyalty survey on the 0-10 scale in the period; ratings after a ticket or a
    purchase are csat and never in it. Answers of different languages and channels do not compare: break down by them.
    Example: 2026-10, the finger-count company: 1 of 6.
    Source: Reichheld 2003, "The One Number You Need to Grow".
    """
    said = last_of_each(answers(t, window, "nps", 0, 10))
    said = asked_people(t, said, by, window)
    frame = said.select(*by, answer=1, up=flag(said.score >= 9), down=flag(said.score <= 6), sent=0, replied=0)
    known = t.has("surveys") and t.has("survey_answers", "survey_id")
    if known:
        sent = delivered_surveys(t, window)
        sent = asked_people(t, sent.filter(sent.type == "nps"), by, window)
        frame = ibis.union(frame, sent.select(*by, answer=0, up=0, down=0, sent=1, replied=sent.answered))
    found = per(frame, by).agg(
        part=frame.up.sum() - frame.down.sum(),
        whole=frame.answer.sum(),
        promoters=frame.up.sum(),
        detractors=frame.down.sum(),
        asked=frame.sent.sum(),
        response_rate=ratio(frame.replied.sum(), frame.sent.sum()),
    )
    found = found.filter(found.whole > 0)
    return found if known else found.drop("asked", "response_rate")


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=(),
    by=(*ANSWER_DIMENSIONS, "category"),
    companions=("survey_response_rate",),
)
def csat(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Ratings of 4 or 5 on the 1-5 scale, as a share of all ratings.

    Formula: answers of 4 or 5 / answers of 1 to 5; every answer counts, for each rates one occasion.
    At risk: the answers to satisfaction surveys in the period. Where the data has no such answer at all, the
    ratings on the tickets themselves, at the time they were solved.
    Example: 2026-10, the finger-count company: 3 of 5.
    Source: practice of support teams: the share of "top two boxes".
    """
    sources = []
    if surveyed := all(t.has("survey_answers", name) for name in ("score", "answered_at")):
        said = answers(t, window, "csat", 1, 5)
        columns = {"message_channel"} & set(t.dimensions(by))
        frame = _with_channel(t, said) if columns else said
        sources.append(frame.select("user_id", "account_id", "score", "topic", *columns))
    if t.has("tickets", "csat"):
        sources.append(_rated_tickets(t, window, surveyed=surveyed, by=by))
    if not sources:
        raise BadData("missing_column", table="survey_answers", column="score")
    frame = ibis.union(*sources) if len(sources) > 1 else sources[0]
    if "message_channel" in frame.columns:
        frame = frame.rename(channel="message_channel")
    rated = asked_people(t, frame, by, window)
    return per(rated, by).agg(part=flag(rated.score >= 4).sum(), whole=rated.count())


def _rated_tickets(t: Tables, window: Window, *, surveyed: bool, by: tuple[str, ...]) -> ir.Table:
    """The ratings on tickets, in the columns of survey answers; none where a survey asked the same."""
    tickets = owned(t, "tickets")
    when = ibis.coalesce(tickets.solved_at, tickets.created_at)
    tickets = tickets.filter(during(when, window) & tickets.csat.between(1, 5))
    if surveyed:
        given = t["survey_answers"].filter(lambda a: (a.type == "csat") & a.score.notnull())
        tickets = tickets.cross_join(given.agg(surveys_said=given.count())).filter(lambda r: r.surveys_said == 0)
    columns: dict[str, ir.Value] = {"score": tickets.csat, "topic": tickets.category}
    if "message_channel" in t.dimensions(by):
        columns["message_channel"] = tickets.channel
    return tickets.select("user_id", "account_id", **columns)


@metric(
    unit=Unit.SCORE,
    good="up",
    shape=Shape.LEVEL,
    entity="user",
    needs=ANSWERS,
    by=(*ANSWER_DIMENSIONS, "category"),
    companions=("survey_response_rate",),
)
def ces(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """How easy customers found it: the mean agreement with "it was made easy", from 1 to 7 (higher is easier).

    Formula: sum of the scores / answers; `easy` is the share of answers from 5 to 7, n the answers.
    At risk: the answers to effort surveys on the 1-7 scale in the period.
    Example: 2026-10, the finger-count company: 5.
    Source: Dixon, Freeman and Toman 2010, "Stop Trying to Delight Your Customers"; CES 2.0 for the 1-7 scale.
    """
    said = asked_people(t, answers(t, window, "ces", 1, 7), by, window)
    easy = ratio(flag(said.score >= 5).sum(), said.count())
    return per(said, by).agg(value=ratio(said.score.sum(), said.count()), n=said.count(), easy=easy)


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="user",
    needs=("surveys.sent_at", "survey_answers.survey_id", "survey_answers.answered_at"),
    by=(*ANSWER_DIMENSIONS, "type"),
    notes=_may_still_come,
    companions=("nps",),
)
def survey_response_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Surveys answered within 14 days, as a share of those delivered.

    Formula: surveys of the period answered within 14 days / surveys sent in the period that arrived; `type` tells
    the kinds of survey apart. `still_open` of them had not had their 14 days by the day of the data.
    At risk: the surveys sent in the period; those that bounced are out, reminders belong to their survey.
    Example: 2026-10, the finger-count company: 6 of 8.
    Source: practice of survey tools: answered over delivered.
    """
    sent = asked_people(t, delivered_surveys(t, window), by, window)
    over = Window(t.as_of - timedelta(days=DAYS_TO_ANSWER), t.as_of, zone=t.definitions.zone).first
    return counted_only(
        per(sent, by).agg(
            part=sent.answered.sum(),
            whole=sent.count(),
            still_open=flag((sent.sent_at > over) & (sent.answered == 0)).sum(),
        )
    )
