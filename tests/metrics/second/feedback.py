"""The second answers of what customers say: survey answers and surveys sent, in plain SQL."""

from __future__ import annotations

from datetime import date

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import COUNTRIES, WINDOWS, Case, Second

EMAIL = (
    (("message_channel", ("email",)),),
    (("role", ("viewer",)),),
    "(message_channel = 'email' AND role <> 'viewer')",
)


def answered(kind: str, low: int, high: int) -> str:
    """The answers of one kind with the person, the account and the channel of the survey; a window is put in later."""
    return f"""
    SELECT n.score, coalesce(a.country, 'unknown') AS country, coalesce(u.role, 'unknown') AS role,
        coalesce(n.topic, 'unknown') AS category, coalesce(s.channel, 'unknown') AS message_channel
    FROM survey_answers n JOIN lives ON id = n.account_id JOIN known a ON a.account_id = who
    LEFT JOIN users u USING (user_id) LEFT JOIN surveys s USING (survey_id)
    WHERE n.type = '{kind}' AND n.score BETWEEN {low} AND {high}
        AND n.answered_at >= TIMESTAMP '{{0}}' AND n.answered_at < TIMESTAMP '{{1}}'
    """


def said(rows: str, totals: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        return hand.answer(rows.format(window.start, window.end), by, where, totals)

    return answer


def surveys(start: date, end: date) -> str:
    return f"""
    SELECT s.type, s.channel AS message_channel, coalesce(a.country, 'unknown') AS country,
        coalesce(u.role, 'unknown') AS role, EXISTS (
            FROM survey_answers n WHERE n.survey_id = s.survey_id
            AND n.answered_at < s.sent_at + INTERVAL 14 DAY) AS answered,
        s.sent_at > TIMESTAMP '{AS_OF}' - INTERVAL 14 DAY AS fresh
    FROM surveys s JOIN lives ON id = s.account_id JOIN known a ON a.account_id = who LEFT JOIN users u USING (user_id)
    WHERE s.sent_at >= TIMESTAMP '{start}' AND s.sent_at < TIMESTAMP '{end}' AND coalesce(s.delivered, true)
    """


def responded(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    totals = "count(*) FILTER (answered), count(*), count(*) FILTER (fresh AND NOT answered)"
    return hand.answer(surveys(window.start, window.end), by, where, totals)


def loyal(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Score, answers, surveys that arrived, and their response, of each segment that has an answer."""
    scores = hand.answer(
        hand.answered(window.start, window.end).replace(
            "SELECT n.score,", "SELECT n.score, (SELECT any_value(channel) FROM surveys s "
            "WHERE s.survey_id = n.survey_id) AS message_channel,",
        ), by, where, "count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6), count(*)",
    )  # fmt: skip
    rows = f"SELECT * FROM ({surveys(window.start, window.end)}) WHERE type = 'nps'"
    sent = hand.answer(rows, by, where, "count(*), coalesce(count(*) FILTER (answered) / count(*), 0)")
    return {key: (*row, *sent.get(key, (0.0, 0.0))) for key, row in scores.items() if row[1]}


# Nobody answers an effort survey in the demo company: its worked example stands in test_worked_examples_feedback.
CASES = [
    Case(
        "nps", {}, loyal, ("part", "whole", "asked", "response_rate"), ("message_channel",),
        (EMAIL[0], (), "message_channel = 'email'"),
    ),
    Case(
        "csat", {}, said(answered("csat", 1, 5), "count(*) FILTER (score >= 4), count(*)"),
        by=("category",), where=COUNTRIES,
    ),
    Case("survey_response_rate", {}, responded, ("part", "whole", "still_open"), ("type",), EMAIL),
    Case("ces", {}, said(answered("ces", 1, 7), "avg(score), count(*)"), (), ("country",), COUNTRIES, empty=WINDOWS),
]  # fmt: skip
