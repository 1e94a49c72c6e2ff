"""The risk of customers on public data: an honest area, calibrated, no leak, no confounded driver sold as keeping."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.analysis.measure import Analyst, measure
from bot.analysis.people import list_people
from bot.analysis.risk import learn
from bot.metrics.risk_model import Card
from bot.settings import read_workspace
from bot.terminal import opened
from bot.types import Intent, Place, Query, Rights
from bot.wiring import company_of

pytestmark = pytest.mark.real

HERE = Path(__file__).parent


def analyst_of(workspace: Path) -> Analyst:
    company = company_of(read_workspace(workspace))
    return Analyst(company, Rights(), company.as_of(date(2026, 1, 1)), learner=learn)


def card_of(analyst: Analyst) -> Card:
    learned = learn(analyst, 90, analyst.as_of)
    assert learned is not None
    return learned.card


@pytest.fixture(scope="module")
def telco(data: Path) -> Analyst:
    assert data
    return analyst_of(HERE / "telco" / "workspace.toml")


@pytest.fixture(scope="module")
def crm(data: Path) -> Analyst:
    assert data
    return analyst_of(HERE / "fightchurn_crm" / "workspace.toml")


def test_the_picture_of_telco_is_told_by_five_folds_with_an_area_of_084_and_calibrated(telco: Analyst) -> None:
    card = card_of(telco)
    judged = card.judged
    assert judged is not None
    assert (card.used, card.lost, judged.way, judged.customers) == ("model", 1869, "folds", 7043)
    assert judged.auc >= 0.84
    assert judged.fits == 5
    assert judged.base == pytest.approx(1869 / 7043)
    assert judged.lift > 2.5
    assert card.refused == ()
    risk = measure(telco, Query(Intent.VALUE, "churn_risk")).rows[0]
    assert risk["n"] == 7043 - 1869
    assert 0.1 < risk["value"] < judged.base, "who is still there is less at risk than all"


def test_the_area_of_telco_is_that_of_an_independent_fit(telco: Analyst, data: Path) -> None:
    """scikit-learn on the raw file, with dummies of pandas and folds of its own."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    raw = pd.read_csv(data / "telco" / "telco_customer_churn.csv")
    barred = ["gender", "SeniorCitizen", "Partner", "Dependents"]
    features = pd.get_dummies(raw.drop(columns=["customerID", "Churn", "TotalCharges", *barred])).astype(float)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    pipe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    told = cross_val_predict(pipe, features, raw.Churn == "Yes", cv=folds, method="predict_proba")[:, 1]
    judged = card_of(telco).judged
    assert judged is not None
    assert judged.auc == pytest.approx(roc_auc_score(raw.Churn == "Yes", told), abs=0.01)


LEAKS = """
UNION ALL SELECT CustomerID, 'Churn Score', NULL, "Churn Score" FROM telco_churn_extended
UNION ALL SELECT CustomerID, 'rating', NULL, "Churn Score" FROM telco_churn_extended
UNION ALL SELECT CustomerID, 'last word', "Churn Reason", NULL FROM telco_churn_extended
  WHERE "Churn Reason" IS NOT NULL
UNION ALL SELECT CustomerID, 'final label', CAST("Churn Label" AS VARCHAR), NULL FROM telco_churn_extended
UNION ALL SELECT CustomerID, 'Gender', Gender, NULL FROM telco_churn_extended
UNION ALL SELECT CustomerID, 'worth', NULL, CLTV FROM telco_churn_extended
"""


def test_columns_that_are_made_from_the_outcome_are_refused_by_name_and_under_other_names(
    data: Path, tmp_path: Path
) -> None:
    """The picture with leaks among its traits is told no better than without, and each refusal has its reason."""
    assert data
    text = (HERE / "telco" / "workspace.toml").read_text(encoding="utf-8")
    text = text.replace("SELECT customerID AS account_id, name, value\n", "SELECT customerID, name, value, NULL\n", 1)
    text = text.replace("StreamingTV, StreamingMovies, PaperlessBilling, PaymentMethod))\n",
                        f"StreamingTV, StreamingMovies, PaperlessBilling, PaymentMethod)){LEAKS}", 1)  # fmt: skip
    head = "SELECT customerID, name, value, NULL\n"
    text = text.replace(head, "SELECT customerID AS account_id, name, value, CAST(NULL AS DOUBLE) AS number\n", 1)
    leaking = tmp_path / "workspace.toml"
    leaking.write_text(text, encoding="utf-8")
    card = card_of(analyst_of(leaking))
    assert {one.name: one.reason for one in card.refused} == {
        "trait:Churn Score": "outcome_name", "trait:rating": "separates", "trait:last word": "only_leavers",
        "trait:final label": "separates", "trait:Gender": "barred",
    }  # fmt: skip
    assert card.judged is not None
    assert 0.84 <= card.judged.auc < 0.87
    assert not [one for one in card.drivers if one.name in {refused.name for refused in card.refused}]


def test_the_crm_is_told_out_of_time_with_an_area_of_075_and_calibrated_in_each_fifth(crm: Analyst) -> None:
    """Its 130 losses are under 200, so that the plain score is in use; the card has the model all the same."""
    card = card_of(crm)
    judged = card.judged
    assert judged is not None
    assert (card.used, card.reason) == ("rule", "few_lost")
    assert card.lost < card.needed
    assert (judged.way, judged.day) == ("later", date(2024, 10, 1))
    assert judged.auc >= 0.75
    assert judged.fits == len(judged.fifths) == 5
    assert judged.rule_auc is not None
    assert judged.auc > judged.rule_auc


def test_who_is_lost_in_the_crm_is_who_no_raw_row_covers_any_more(crm: Analyst, data: Path) -> None:
    """The outcome of the judged day, counted in the raw file: those whose bills all end within the 90 days."""
    judged = card_of(crm).judged
    assert judged is not None
    raw = pd.read_parquet(data / "fightchurn_crm" / "subscriptions.parquet")

    def covered(day: date) -> set[Any]:
        return set(raw[(raw.start_date <= day) & (raw.end_date > day)].account_id)

    lost = covered(judged.day) - covered(date(2024, 12, 30))
    assert judged.lost <= len(lost) <= judged.lost + 3, "but for those whose longer term has its grace still to run"
    assert judged.lost > 0


def test_no_driver_of_the_crm_that_is_confounded_is_sold_as_keeping_customers(crm: Analyst) -> None:
    """To lose deals goes with more use, and so with staying; won deals are what keeps. By itself each seems to."""
    told = {one.name: one for one in card_of(crm).drivers}
    for name in ("use:lose_opportunity", "use:unsub_lead", "use:disqualify_opportunity", "use:cancel_meeting"):
        assert told[name].alone < 1, "alone it seems to keep customers"
        assert told[name].told in ("turns", "unclear")
    assert told["use:win_opportunity"].told == "down"


def test_the_people_most_at_risk_are_ordered_by_what_may_be_lost_with_reasons(telco: Analyst) -> None:
    rows = list_people(telco, Query(Intent.LIST_PEOPLE, "churn_risk")).rows
    losses = [row["expected_loss"] for row in rows]
    assert losses == sorted(losses, reverse=True)
    assert all(row["expected_loss"] == pytest.approx(row["risk"] * row["mrr"]) for row in rows)
    assert all(row["drivers"] for row in rows[:20])


def test_both_pictures_are_told_in_words(data: Path) -> None:
    assert data
    session = opened(HERE / "telco" / "workspace.toml", None, "analyst", Place.DM, None)
    answer = session.service.ask(session.question("how good is the churn model?"))
    assert "AUC 0.85" in answer.text
    assert "association, not cause" in answer.text
    session = opened(HERE / "fightchurn_crm" / "workspace.toml", None, "analyst", Place.DM, None)
    answer = session.service.ask(session.question("que vaut le modèle de churn ?"))
    assert "simple score de signes" in answer.text
    assert "AUC 0,8" in answer.text
