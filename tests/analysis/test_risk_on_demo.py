"""The risk of the demo company: what is learned from, counted by hand; who may leave, and what is not said of it."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import numpy as np
import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.analysis.risk import MOST_DAYS, Past, _by_later, _learned_from, _past, learn
from bot.analysis.risk_fit import Fit, one_thread
from bot.errors import NotAllowed
from bot.metrics.risk_model import Learned
from bot.sources import Company
from bot.types import Grain, Intent, Query, Rights, Window, filters
from tests.metrics.by_hand import AS_OF, DEFAULT, Hand

pytestmark = pytest.mark.slow

LEARNED_ON = date(2026, 11, 1)
ASKED = Query(Intent.VALUE, "churn_risk")


@pytest.fixture(scope="module")
def learning(demo: Company) -> Analyst:
    return Analyst(demo, Rights(), AS_OF, learner=learn)


@pytest.fixture(scope="module")
def past(learning: Analyst) -> Past:
    return _past(learning, 90)


@pytest.fixture(scope="module")
def learned(learning: Analyst) -> Learned:
    found = learn(learning, 90, AS_OF)
    assert found is not None
    return found


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 8, 1)], ids=str)
def test_who_pays_and_who_of_the_monthly_ones_is_lost_equals_sql_by_hand(past: Past, hand: Hand, day: date) -> None:
    spells = hand.spells(DEFAULT)
    rows = past.rows[past.rows.told_at == str(day)]
    later = day + timedelta(days=90)
    found = hand.connection.execute(f"""
        SELECT who, NOT EXISTS (FROM {spells} s WHERE s.who = p.who AND (pays OR rests)
                                AND begins <= TIMESTAMP '{later}' AND TIMESTAMP '{later}' < ends) AS lost
        FROM {spells} p JOIN known a ON a.account_id = p.who
        WHERE pays AND begins <= TIMESTAMP '{day}' AND TIMESTAMP '{day}' < ends GROUP BY ALL
    """).fetchall()
    expected = dict(found)
    assert set(rows.account_id) == set(expected)
    monthly = rows[rows.of_interval == "monthly"]
    assert len(monthly) > 100
    assert dict(zip(monthly.account_id, monthly.lost == 1, strict=True)) == {
        who: lost for who, lost in expected.items() if who in set(monthly.account_id)
    }


def test_what_was_used_equals_sql_by_hand(past: Past, hand: Hand) -> None:
    day = date(2026, 8, 1)
    rows = past.rows[past.rows.told_at == str(day)].set_index("account_id")
    column = next(column for column, name in past.named.columns().items() if name == "use:automations")
    found = hand.connection.execute(f"""
        SELECT id, count(DISTINCT occurred_at::DATE) FILTER (is_active_event AND occurred_at >= TIMESTAMP '{day}'
                   - INTERVAL 28 DAY),
            count(DISTINCT occurred_at::DATE) FILTER (name = 'automation_run'
                   AND occurred_at >= TIMESTAMP '{day}' - INTERVAL 84 DAY)
        FROM events JOIN lives ON id = account_id WHERE occurred_at < TIMESTAMP '{day}' GROUP BY id
    """).fetchall()
    days = {who: (active, used) for who, active, used in found}
    for who, row in rows.iterrows():
        active, used = days.get(who, (0, 0))
        assert row["active_days"] == pytest.approx(np.log1p(active)), who
        assert row[column] == pytest.approx(np.log1p(used)), who


def test_the_model_is_learned_from_outcomes_that_were_known_and_judged_on_later_ones(learned: Learned) -> None:
    card = learned.card
    judged = card.judged
    assert (card.used, card.reason, card.learned_until, card.renewed_on) == (
        "model", "enough", LEARNED_ON, date(2026, 12, 1),
    )  # fmt: skip
    assert card.lost > card.needed
    assert card.days <= MOST_DAYS
    assert judged is not None
    assert judged.day + timedelta(days=90) <= judged.until == LEARNED_ON
    assert judged.auc_interval[0] > 0.5, "better than chance"
    assert judged.rule_auc is not None
    assert judged.auc > judged.rule_auc
    # The price rise of October 2026 is nothing that could be learned before: more were lost than expected.
    assert judged.lost > 1.2 * judged.expected


def test_of_the_two_features_of_story_3_only_the_one_that_keeps_customers_is_told_so(learned: Learned) -> None:
    told = {one.name: one for one in learned.card.drivers}
    assert told["use:automations"].told == "down"
    assert told["use:custom_reports"].alone < 1, "alone they seem to keep customers"
    assert told["use:custom_reports"].told in ("turns", "unclear")


def test_the_engine_tells_what_the_fit_tells(learning: Analyst, learned: Learned, past: Past) -> None:
    """The measured mean on the first of the month is the mean of the scores that Python computes."""
    rows = past.rows[(past.rows.told_at < str(LEARNED_ON)) & (past.rows.leaving == 0)]
    fit = Fit.to(rows[rows.until <= str(LEARNED_ON)], past.named.columns())
    now = past.rows[(past.rows.told_at == str(LEARNED_ON)) & (past.rows.leaving == 0)]
    window = Window(LEARNED_ON - timedelta(days=1), LEARNED_ON, Grain.DAY)
    row = measure(learning, Query(Intent.VALUE, "churn_risk", window)).rows[0]
    assert (row["n"], row["value"]) == (len(now), pytest.approx(float(fit.scores(now).mean()), rel=1e-9))
    assert row["base"] == pytest.approx(learned.model.base if learned.model else None)


def test_segments_and_people_add_up_to_the_whole(learning: Analyst) -> None:
    whole = measure(learning, ASKED).rows[0]
    parts = measure(learning, Query(Intent.VALUE, "churn_risk", by=("country",))).rows
    assert sum(row["expected"] for row in parts) == pytest.approx(whole["expected"])
    assert sum(row["n"] for row in parts) == whole["n"]
    people = list_people(learning, Query(Intent.LIST_PEOPLE, "churn_risk", filters=filters({"country": ["PL"]}))).rows
    poland = next(row for row in parts if row["country"] == "PL")
    assert len(people) == poland["n"]
    assert sum(row["expected_loss"] for row in people) == pytest.approx(poland["expected_mrr"], abs=0.01)
    assert not any(reason.get("name") == "custom_reports" for row in people for reason in row["drivers"])


def test_labels_that_are_shuffled_within_a_day_cannot_be_told(past: Past) -> None:
    rows = past.rows[(past.rows.leaving == 0) & (past.rows.until <= str(LEARNED_ON))]
    chance = np.random.default_rng(5)
    shuffled = rows.assign(lost=rows.groupby("told_at").lost.transform(chance.permutation))
    judged = _by_later(shuffled, past.named.columns(), LEARNED_ON)
    assert judged is not None
    assert judged.auc_interval[0] < 0.5 < judged.auc_interval[1]


def test_a_leak_that_is_planted_is_refused_and_changes_nothing(learning: Analyst, past: Past, learned: Learned) -> None:
    planted = past.rows.assign(quiet_days=past.rows.lost * 3.0 + past.rows.index % 7 * 0.01)
    found = _learned_from(Past(planted, past.named), learning, 90, LEARNED_ON).card
    assert [(one.name, one.reason) for one in found.refused] == [("quiet_days", "separates")]
    assert found.judged is not None
    assert learned.card.judged is not None
    assert found.judged.auc == pytest.approx(learned.card.judged.auc, abs=0.02)


def test_learned_twice_it_is_the_same(learning: Analyst, past: Past, learned: Learned) -> None:
    with one_thread():
        assert _learned_from(past, learning, 90, LEARNED_ON) == learned


def test_names_are_only_for_those_who_may_see_them(demo: Company) -> None:
    figures_only = Analyst(demo, Rights(person_level=False), AS_OF, learner=learn)
    with pytest.raises(NotAllowed, match="people_not_allowed"):
        list_people(figures_only, Query(Intent.LIST_PEOPLE, "churn_risk"))


def test_without_the_extra_the_plain_score_is_told(demo: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    plain = Analyst(demo, Rights(), AS_OF, learner=learn)
    evidence = measure(plain, ASKED)
    assert [note.key for note in evidence.caveats] == ["risk_by_rule"]
    assert evidence.rows[0] == pytest.approx(measure(Analyst(demo, Rights(), AS_OF), ASKED).rows[0], rel=1e-9)
