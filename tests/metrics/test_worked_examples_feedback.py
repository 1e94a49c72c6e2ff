"""The worked examples of loyalty, satisfaction, effort and response, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.analysis.measure import Analyst, measure
from bot.errors import BadData
from bot.types import Evidence, Intent, Query
from tests.metrics.conftest import OCTOBER

Laid = Callable[..., Analyst]
TENTH = datetime(2026, 10, 10, 12)


def answer(number: int, kind: str, score: float | None, at: datetime = TENTH, **more: Any) -> dict[str, Any]:
    return {
        "answer_id": f"n{number:04}", "survey_id": None, "type": kind, "user_id": f"u{number}",
        "account_id": f"a{number}", "answered_at": at, "score": score, "topic": None, **more,
    }  # fmt: skip


def told(analyst: Analyst, metric: str, *by: str) -> Evidence:
    return measure(analyst, Query(Intent.VALUE, metric, OCTOBER, by=by))


def test_120_promoters_50_passives_and_30_detractors_are_plus_45(laid: Laid) -> None:
    """NPS +45, margin of error 10.3 points: 1.96·sqrt((0.6 + 0.15 - 0.45²) / 200)."""
    scores = [9.0, 10.0] * 60 + [7.0, 8.0] * 25 + [0.0, 6.0, 3.0] * 10
    evidence = told(
        laid({"survey_answers": [answer(place, "nps", score) for place, score in enumerate(scores)]}), "nps"
    )
    row = evidence.rows[0]
    assert (row["part"], row["whole"], row["value"]) == (90, 200, pytest.approx(45))
    assert [row["value"] - row["interval"][0], row["interval"][1] - row["value"]] == pytest.approx(
        [10.3, 10.3], abs=0.05
    )
    assert "asked" not in evidence.columns


def test_only_the_last_answer_of_a_person_counts_and_other_scales_never(laid: Laid) -> None:
    rows = [
        answer(1, "nps", 2, TENTH), answer(2, "nps", 9, TENTH + timedelta(days=1), user_id="u1"),
        answer(3, "nps", 11), answer(4, "csat", 1), answer(5, "nps", None), answer(6, "nps", 8, datetime(2026, 9, 30)),
    ]  # fmt: skip
    row = told(laid({"survey_answers": rows}), "nps").rows[0]
    assert (row["part"], row["whole"]) == (1, 1)


def test_340_of_400_good_ratings_are_85_percent(laid: Laid) -> None:
    rows = [answer(place, "csat", score) for place, score in enumerate([4.0, 5.0] * 170 + [1.0, 2.0, 3.0] * 20)]
    row = told(laid({"survey_answers": rows}), "csat").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (340, 400, pytest.approx(0.85))


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {
        "ticket_id": f"t{number}",
        "account_id": "a1",
        "user_id": "u1",
        "created_at": TENTH,
        "solved_at": TENTH,
        **more,
    }


def test_ratings_on_tickets_stand_in_where_no_survey_asks(laid: Laid) -> None:
    """Two good of three; with one satisfaction survey in the data, the tickets' own ratings repeat it and are out."""
    rated = [ticket(number, csat=score, category="bug") for number, score in enumerate([5.0, 4.0, 1.0])]
    others = [answer(1, "nps", 9)]
    row = told(laid({"tickets": rated, "survey_answers": others}), "csat", "category").rows[0]
    assert (row["category"], row["part"], row["whole"]) == ("bug", 2, 3)
    assert told(laid({"tickets": rated}), "csat").rows[0]["whole"] == 3
    surveyed = [*others, answer(2, "csat", 2.0)]
    row = told(laid({"tickets": rated, "survey_answers": surveyed}), "csat").rows[0]
    assert (row["part"], row["whole"]) == (0, 1)


def test_without_any_rating_the_missing_column_is_named(laid: Laid) -> None:
    with pytest.raises(BadData) as found:
        told(laid({"accounts": [{"account_id": "a1"}]}), "csat")
    assert (found.value.key, found.value.values["table"]) == ("missing_column", "survey_answers")


def test_effort_is_the_mean_of_one_to_seven_with_the_share_that_found_it_easy(laid: Laid) -> None:
    rows = [answer(place, "ces", score) for place, score in enumerate([7.0, 6.0, 5.0, 4.0, 1.0, 9.0])]
    row = told(laid({"survey_answers": rows}), "ces").rows[0]
    assert (row["value"], row["n"], row["easy"]) == (pytest.approx(23 / 5), 5, pytest.approx(3 / 5))


def test_no_answer_is_no_score_of_nothing(laid: Laid) -> None:
    row = told(laid({"survey_answers": [answer(1, "nps", 9)]}), "ces").rows[0]
    assert (row["value"], row["n"]) == (None, 0)


def test_96_of_800_surveys_answered_are_12_percent(laid: Laid) -> None:
    """Of 830 sent 30 bounced; 96 are answered in time, 10 too late; each once more, as a reminder would have it."""
    sent = [
        {"survey_id": f"q{place}", "type": "nps", "user_id": None, "account_id": f"a{place}", "sent_at": TENTH,
         "delivered": None if place < 5 else place < 800, "channel": "email"}
        for place in range(830)
    ]  # fmt: skip
    groups = [(range(96), 13), (range(96), 20), (range(100, 110), 14), (range(810, 815), 1)]
    replies = [
        answer(100 * late + place, "nps", 9.0, TENTH + timedelta(days=days), survey_id=f"q{place}")
        for late, (places, days) in enumerate(groups)
        for place in places
    ]  # fmt: skip
    analyst = laid({"surveys": sent, "survey_answers": replies})
    row = told(analyst, "survey_response_rate").rows[0]
    assert (row["part"], row["whole"], row["value"]) == (96, 800, pytest.approx(0.12))
    score = told(analyst, "nps", "message_channel").rows[0]
    assert (score["message_channel"], score["asked"], score["response_rate"]) == ("email", 800, pytest.approx(0.12))
