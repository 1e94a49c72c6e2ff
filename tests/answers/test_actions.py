"""Monday's three on the demo company: whom they reach, who may see them, and the drafts they open."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from bot.engines.understanding import offered
from bot.language import available, load
from bot.metrics.segments import SEGMENTS
from bot.sources.demo import FOLDER
from bot.terminal import Session
from bot.types import Answer, Evidence, Intent, Outcome, Query, Rights, RowFilter

ASKED = {
    "en": ("what should we do this week?", "which three actions are worth most?", "what's worth doing this week?"),
    "fr": ("que devrions-nous faire cette semaine ?", "quelles sont les trois actions qui valent le plus ?"),
    "es": ("¿qué deberíamos hacer esta semana?", "¿qué tres acciones valen más?"),
    "pl": ("co powinniśmy zrobić w tym tygodniu?", "które trzy działania są najwięcej warte?"),
}


@pytest.fixture(scope="module")
def week(demo: Session) -> Answer:
    return demo.service.weekly(demo.question(""))


def told(answer: Answer) -> Evidence:
    return next(one for one in answer.evidence if one.query.subject == offered.ACTIONS)


@pytest.mark.slow
def test_the_week_ends_with_three_actions_and_its_prose_is_borne_out(demo: Session, week: Answer) -> None:
    rows = told(week).rows
    assert len(rows) == 3
    assert [row["value"] for row in rows] == sorted((row["value"] for row in rows), reverse=True)
    for row in rows:
        low, high = row["interval"]
        assert low <= row["value"] <= high
        assert 0 < row["n"] <= row["before"]
    assert demo.service.unfounded(week.text, week.evidence) == []


def test_a_button_names_the_play_of_its_action_and_asks_for_its_message(demo: Session, week: Answer) -> None:
    asked = week.follow_ups[-3:]
    labels = [week.labels[one] for one in asked]
    plays = [demo.service.playbook.plays[id].text("en").title for id in played(demo, week)]
    assert labels == [f"Draft {number}: {title}" for number, title in enumerate(plays, 1)]
    assert all(len(one) <= 75 and "DT" not in one for one in labels)
    assert all("DT" in one for one in asked)


def played(demo: Session, week: Answer) -> list[str]:
    """The play of each action."""
    plays = {one.id: one.play for one in demo.service.handbook.messages}
    return [plays[row["message"]] for row in told(week).rows]


def test_our_own_test_speaks_for_the_former_and_says_its_name(week: Answer) -> None:
    """The demo's win-back campaign held half of its people back and has its result; other effects are assumed."""
    by_segment = {row["segment"]: row for row in told(week).rows}
    assert by_segment["churned_eligible_for_win_back"]["tests"] == "win-back-2026-05"
    assert by_segment["early_signal"]["tests"] is None
    assert "Effect from your test win-back-2026-05" in week.text
    assert "Effect assumed, no test of yours yet" in week.text
    uplift = next(one for one in week.evidence if one.query.metric == "uplift")
    assert uplift.sql


@pytest.mark.slow
def test_the_people_of_an_action_are_those_of_the_draft_it_opens(demo: Session, week: Answer) -> None:
    row = told(week).rows[0]
    text = week.follow_ups[-3]
    answer = demo.service.ask(demo.question(text))
    (draft,) = answer.drafts
    assert (draft.message, draft.channel) == (row["message"], row["message_channel"])
    assert draft.audience.before == row["before"]
    assert draft.audience.after + sum(draft.audience.elsewhere.values()) == row["n"]
    assert draft.audience.after == max(draft.audience.after, *draft.audience.elsewhere.values())
    assert draft.checks


def test_people_held_back_agree_with_sql_by_hand(week: Answer) -> None:
    """Who left by choice or not in the last 365 days, 14 of them over, counted without the bot."""
    row = next(one for one in told(week).rows if one["segment"] == "churned_eligible_for_win_back")
    demo = duckdb.connect()
    counted = demo.execute(f"""
        WITH paid AS (
            SELECT coalesce(a.merged_into, a.account_id) AS account, max(coalesce(s.valid_to, 'infinity')) AS gone
            FROM '{FOLDER}/subscriptions.parquet' s JOIN '{FOLDER}/accounts.parquet' a USING (account_id)
            WHERE s.mrr > 0 AND NOT a.is_test GROUP BY account
        ), eligible AS (
            SELECT account FROM paid
            WHERE gone < DATE '2026-11-10' - INTERVAL 14 DAY AND gone >= DATE '2026-11-10' - INTERVAL 365 DAY
        )
        SELECT count(*) FROM eligible
    """).fetchone()
    assert counted is not None
    assert row["before"] == pytest.approx(counted[0], rel=0.1)
    assert row["n"] < row["before"]


@pytest.mark.slow
def test_who_may_not_draft_sees_none_of_it(demo: Session) -> None:
    reader = replace(demo.question(""), rights=Rights("viewer", person_level=False, drafts=False))
    answer = demo.service.weekly(reader)
    assert "worth" not in answer.text
    assert all(one.query.subject != offered.ACTIONS for one in answer.evidence)
    assert not [one for one in answer.follow_ups if "DT" in one]
    asked = demo.service.ask(replace(reader, text=ASKED["en"][0]))
    assert asked.intent is Intent.ADVISE
    chosen = demo.service.choose(reader, {"intent": "weekly", "subject": offered.ACTIONS})
    assert chosen.outcome is Outcome.REFUSE


@pytest.mark.slow
def test_a_team_of_one_country_is_told_of_its_own_people(demo: Session, week: Answer) -> None:
    spanish = Rights("spain", row_filters=(RowFilter("country", ("ES",)),))
    answer = demo.service.weekly(replace(demo.question(""), rights=spanish))
    whole = {row["segment"]: row["before"] for row in told(week).rows}
    for row in told(answer).rows:
        assert row["before"] < whole.get(row["segment"], 3000)
    counted = duckdb.execute(
        f"SELECT count(*) FROM '{FOLDER}/accounts.parquet' WHERE country = 'ES' AND NOT is_test"
    ).fetchone()
    assert counted is not None
    assert sum(row["n"] for row in told(answer).rows) <= counted[0]


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in ASKED.items() for text in texts])
def test_what_is_worth_doing_can_be_asked_in_words(demo: Session, week: Answer, code: str, text: str) -> None:
    answer = demo.service.ask(demo.question(text))
    assert (answer.language, answer.intent) == (code, Intent.WEEKLY)
    assert [row["message"] for row in told(answer).rows] == [row["message"] for row in told(week).rows]
    assert len(answer.follow_ups) == 3


@pytest.mark.parametrize("code", available())
def test_each_draft_is_opened_by_the_words_that_offer_it(code: str) -> None:
    """Every segment by its name, and every language; other words are none of it."""
    language = load(code)
    for number, name in enumerate(SEGMENTS):
        wanted = available()[number % len(available())]
        text = language.say("follow_action", message="DT23-reconnect", segment=name, language=wanted)
        reading = offered.draft(text, language)
        assert reading is not None, text
        assert reading.queries == (Query(Intent.DRAFT, subject=name, language=wanted, message="DT23-reconnect"),)
        assert offered.draft(f"{text} 2025", language) is None
