"""A model of risk against a truth that is known, against scikit-learn's own figures, and against the engine's sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from bot.analysis import ranking
from bot.analysis.leaks import refusals, snake
from bot.analysis.risk import _by_folds
from bot.analysis.risk_fit import Fit
from bot.metrics.risk_features import Named
from bot.metrics.risk_model import Model
from bot.metrics.risk_reasons import IS, WHY, reasons_of

HORIZON = 90


def simulated(n: int = 4000, seed: int = 7) -> pd.DataFrame:
    """Customers whose loss depends on use (less), due (more) and size; reports depend on size and do nothing."""
    chance = np.random.default_rng(seed)
    large = chance.random(n) < 0.4
    reports = np.where(large, chance.poisson(5, n), chance.poisson(0.4, n)).astype(float)
    use = np.log1p(chance.poisson(6, n))
    due = (chance.random(n) < 0.1).astype(float)
    score = -1.0 - 1.0 * (use - use.mean()) + 1.2 * due - 1.6 * large
    truth = 1 / (1 + np.exp(-score))
    return pd.DataFrame({
        "account_id": [f"A{one}" for one in range(n)], "told_at": pd.Timestamp("2026-01-01"),
        "until": pd.Timestamp("2026-04-01"), "micros": 1, "leaving": 0, "points": 0,
        "active_days": use, "due": due, "use_0": np.log1p(reports), "of_size": np.where(large, "large", "small"),
        "noise": chance.normal(size=n), "nps": np.where(chance.random(n) < 0.5, chance.integers(0, 11, n), np.nan),
        "lost": (chance.random(n) < truth).astype(int), "truth": truth,
    })  # fmt: skip


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return simulated()


NAMES = {"use_0": "use:reports"}


@pytest.fixture(scope="module")
def fit(frame: pd.DataFrame) -> Fit:
    return Fit.to(frame.drop(columns="truth"), NAMES)


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame, fit: Fit) -> Model:
    rows = frame.drop(columns="truth")
    return fit.model(rows, HORIZON, Named(), fit.drivers(rows))


def test_the_scores_are_near_the_probabilities_that_made_the_losses(frame: pd.DataFrame, fit: Fit) -> None:
    told = fit.scores(frame)
    assert np.abs(told - frame.truth).mean() < 0.03
    assert brier_score_loss(frame.lost, told) <= brier_score_loss(frame.lost, frame.truth) + 0.002


def test_an_engine_computes_the_same_risk_as_the_fit(frame: pd.DataFrame, fit: Fit, model: Model) -> None:
    """Also where a value is not known, or a word was never seen."""
    odd = frame.head(50).copy()
    odd.loc[odd.index[0], "of_size"] = "huge"
    odd.loc[odd.index[1], ["active_days", "nps"]] = [np.nan, np.nan]
    odd.loc[odd.index[2], "active_days"] = 99.0
    laid = ibis.memtable(odd.drop(columns=["told_at", "until"]))
    found = ibis.duckdb.connect().execute(laid.select("account_id", risk=model.risk(laid)))
    expected = fit.scores(odd).set_axis(odd.account_id)
    assert found.set_index("account_id").risk.to_dict() == pytest.approx(expected.to_dict(), rel=1e-9)
    assert len({round(one, 12) for one in expected}) > 30


def test_what_goes_with_the_size_alone_is_never_told_as_keeping_customers(fit: Fit, frame: pd.DataFrame) -> None:
    """Reports are used by the large, who stay anyway: alone they seem to protect, among customers alike they do not."""
    told = {(one.name, one.level): one for one in fit.drivers(frame.drop(columns="truth"))}
    assert told["use:reports", None].alone < 0.8
    assert told["use:reports", None].told in ("turns", "unclear")
    assert told["active_days", None].told == "down"
    assert told["due", None].told == "up"
    assert told["dimension:size", "small"].told == "up"
    assert told["noise", None].told != "up"
    low, high = told["active_days", None].interval
    assert low < told["active_days", None].odds < high < 1


def test_a_feature_that_turns_among_customers_alike_is_told_neither_way() -> None:
    """Losing deals is done by those who do much of everything; it drives people away, and seems to keep them."""
    chance = np.random.default_rng(3)
    busy = chance.normal(size=6000)
    losing = 0.8 * busy + 0.6 * chance.normal(size=6000)
    risk = 1 / (1 + np.exp(-(-1.5 - 1.6 * busy + 0.8 * losing)))
    rows = pd.DataFrame({
        "account_id": [str(one) for one in range(6000)], "busy": busy, "losing": losing,
        "lost": (chance.random(6000) < risk).astype(int),
    })  # fmt: skip
    told = {one.name: one for one in Fit.to(rows, {}).drivers(rows)}
    assert told["losing"].alone < 1 < told["losing"].odds
    assert told["losing"].told == "turns"
    assert told["busy"].told == "down"


def test_labels_that_are_shuffled_cannot_be_told_and_true_ones_can(frame: pd.DataFrame) -> None:
    rows = frame.drop(columns="truth")
    true = _by_folds(rows, NAMES, date(2026, 4, 1))
    shuffled = rows.assign(lost=rows.lost.sample(frac=1, random_state=1).to_numpy())
    by_chance = _by_folds(shuffled, NAMES, date(2026, 4, 1))
    assert true.auc > 0.7
    assert by_chance.auc_interval[0] - 0.01 < 0.5 < by_chance.auc_interval[1] + 0.01
    assert true.fits >= 4
    assert sum(one.customers for one in true.fifths) == len(rows)
    assert sum(one.lost for one in true.fifths) == true.lost == rows.lost.sum()


def test_equal_rows_give_an_equal_model(frame: pd.DataFrame, model: Model) -> None:
    rows = frame.drop(columns="truth")
    again = Fit.to(rows, NAMES)
    assert again.model(rows, HORIZON, Named(), again.drivers(rows)) == model


# ------------------------------------------------------------------------------------------------ leaks


def test_columns_made_from_the_outcome_are_refused_by_reason_and_honest_ones_are_not(frame: pd.DataFrame) -> None:
    lost, chance = frame.lost, np.random.default_rng(1)
    planted = pd.DataFrame({
        "trait_0": np.where(lost == 1, chance.integers(65, 100, len(lost)), chance.integers(5, 80, len(lost))),
        "trait_1": np.where(lost == 1, "price", None),
        "trait_2": lost * 1.0 + chance.normal(0, 0.1, len(lost)),
        "trait_3": chance.random(len(lost)),
        "trait_4": chance.choice(["f", "m"], len(lost)),
        "trait_5": np.where(frame.of_size == "large", "fibre", "copper"),
        "trait_6": np.full(len(lost), None, dtype=object),
        "trait_7": np.where(lost == 1, chance.integers(65, 100, len(lost)), chance.integers(5, 80, len(lost))),
        "active_days": frame.active_days,
    })  # fmt: skip
    names = {
        "trait_0": "trait:Churn Score", "trait_1": "trait:exit note", "trait_2": "trait:final state",
        "trait_3": "trait:ChurnReason", "trait_4": "trait:gender", "trait_5": "trait:line",
        "trait_6": "trait:closing call", "trait_7": "trait:quality",
    }  # fmt: skip
    found = {one.name: one.reason for one in refusals(planted, lost, names)}
    assert found == {
        "trait:Churn Score": "outcome_name", "trait:exit note": "only_leavers", "trait:final state": "separates",
        "trait:ChurnReason": "outcome_name", "trait:gender": "barred", "trait:closing call": "later",
        "trait:quality": "separates",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("use:cancel_meeting", False), ("use:cancel_page", True), ("use:cancellation_requested", True),
        ("use:closed_account", False), ("use:account_closed", True), ("use:boards", False),
        ("trait:Senior Citizen", True), ("trait:language", True), ("trait:Partner", True), ("trait:age", True),
        ("trait:PaperlessBilling", False), ("trait:percentage", False), ("trait:message volume", False),
    ],
)  # fmt: skip
def test_names_say_what_is_the_outcome_and_what_people_are(name: str, *, refused: bool) -> None:
    values = pd.DataFrame({"x": np.arange(100.0) % 7})
    lost = pd.Series((np.arange(100) % 3 == 0).astype(int))
    assert bool(refusals(values, lost, {"x": name})) is refused


def test_words_run_together_are_read_apart() -> None:
    assert (snake("ChurnScore"), snake("Churn  Score")) == ("churn_score", "churn_score")


# ------------------------------------------------------------------------------------------------ figures


def test_the_area_and_its_interval_are_those_of_scikit_learn_and_of_the_paper() -> None:
    chance = np.random.default_rng(0)
    lost = pd.Series(chance.integers(0, 2, 200))
    scores = pd.Series(np.round(chance.random(200) + 0.3 * lost, 1))
    assert ranking.auc(scores, lost) == pytest.approx(roc_auc_score(lost, scores))
    # Hanley and McNeil 1982, their example: 51 abnormal and 58 normal images, area 0.893, standard error 0.032
    low, high = ranking.auc_interval(0.893, 51, 58)
    assert (high - low) / (2 * 1.96) == pytest.approx(0.032, abs=0.001)


def test_the_top_tenth_and_the_fifths_are_counted_by_hand() -> None:
    scores = pd.Series([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.9])
    lost = pd.Series([0, 0, 0, 1, 0, 0, 0, 1, 0, 1])
    assert ranking.top_tenth(scores, lost) == (1, 1)
    parts = ranking.fifths(scores, lost)
    assert [(one.customers, one.lost, round(one.expected, 2)) for one in parts] == [
        (2, 0, 0.15), (2, 1, 0.35), (2, 0, 0.55), (2, 1, 0.75), (2, 1, 1.35),
    ]  # fmt: skip
    assert all(one.fits for one in parts)
    assert not replace(parts[0], customers=200, expected=100.0, high=0.02).fits


def test_alike_scores_do_not_drift_and_others_do() -> None:
    scores = pd.Series(np.random.default_rng(0).random(2000))
    assert ranking.stability(scores, scores) == pytest.approx(0, abs=1e-9)
    assert ranking.stability(scores.clip(upper=0.5), scores) > 0.25


# ------------------------------------------------------------------------------------------------ reasons


def test_the_reasons_of_an_account_are_the_told_features_that_add_most(frame: pd.DataFrame, model: Model) -> None:
    told = {one.name: one for one in model.features if one.sayable}
    assert "use:reports" not in told
    row = {f"{WHY}active_days": 0.9, f"{IS}active_days": np.log(3), f"{WHY}due": 0.4, f"{IS}due": 1.0,
           f"{WHY}dimension:size": 0.3, f"{IS}dimension:size": "large"}  # fmt: skip
    assert reasons_of(row, told) == [
        {"feature": "active_days", "side": "low", "value": 2.0}, {"feature": "due", "side": "high", "value": 1.0},
    ]  # fmt: skip
    unknown = {**row, f"{IS}active_days": None, f"{WHY}due": -0.2}
    assert reasons_of(unknown, told) == []


def test_the_reasons_of_a_plain_score_are_its_signs() -> None:
    row = {f"{WHY}quiet": 3, f"{WHY}young": 1, f"{WHY}tickets": 0}
    assert [one["feature"] for one in reasons_of(row, {})] == ["sign_quiet", "sign_young"]
