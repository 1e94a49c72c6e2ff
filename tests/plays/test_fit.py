"""A finding's signals choose the play, and say why."""

from pathlib import Path

import pytest

from bot.models import embedding
from bot.playbook import Playbook, Signal
from bot.types import filters

BOOK = Playbook(Path(__file__).parents[2] / "knowledge", Path("nowhere"), embedding.offline)


def seen(metric: str, direction: str, **where: str) -> Signal:
    return Signal(metric, direction, filters({name: [value] for name, value in where.items()}))


@pytest.mark.parametrize(
    ("signal", "play"),
    [
        (seen("churn_rate", "up"), "churn-prevention"),
        (seen("churn_rate", "up", interval="annual"), "renewal-annual-plans"),
        (seen("churn_rate", "up", interval="annual", country="ES"), "renewal-annual-plans"),
        (seen("churn_rate", "up", interval="monthly"), "churn-prevention"),
        (seen("churn_rate", "up", reason="price"), "renewal-annual-plans"),
        (seen("churn_rate", "up", reason="bug"), "proactive-support"),
        (seen("churn_rate", "up", split="involuntary"), "involuntary-churn"),
        (seen("churn_rate", "up", tenure="0-3 months"), "onboarding-campaign"),
        (seen("cohort_retention", "down"), "onboarding-campaign"),
        (seen("feature_adoption", "down"), "second-feature-habits"),
        (seen("active_users", "down"), "reactivate-inactive"),
        (seen("nps", "down"), "feedback-loops"),
        (seen("nps", "up"), "referral"),
        (seen("repeat_purchase_rate", "down"), "loyalty-repeat-purchase"),
        (seen("mrr_movements", "down", type="reactivation"), "win-back"),
    ],
)
def test_a_finding_leads_to_its_play(signal: Signal, play: str) -> None:
    found = BOOK.fitting([signal], "fr")
    assert found is not None
    assert found.id == play


def test_good_news_and_unknown_metrics_lead_to_no_play() -> None:
    assert BOOK.fitting([seen("churn_rate", "down")], "en") is None
    assert BOOK.fitting([seen("pipeline_revenue", "up")], "en") is None
    assert BOOK.fitting([], "en") is None


def test_the_narrower_signal_wins_wherever_it_stands() -> None:
    plain, annual = seen("churn_rate", "up"), seen("churn_rate", "up", interval="annual")
    assert BOOK.fits([plain, annual])[0].play.id == "renewal-annual-plans"
    assert BOOK.fits([plain, annual]) == BOOK.fits([annual, plain])


def test_a_fit_names_the_signals_it_rests_on() -> None:
    fit = BOOK.fits([seen("churn_rate", "up", interval="annual", country="ES")])[0]
    assert fit.because == (seen("churn_rate", "up", interval="annual"),)
