"""Questions about campaigns and tests, and what they are taken for, in English and French."""

from __future__ import annotations

import pytest

from tests.languages.asked import reading, written

RESULTS = [
    ("how did the win-back campaign do?", "value uplift about=win_back"),
    ("did the winback campaign work in 2026?", "value uplift 2026-01-01/2026-11-10~ about=win_back"),
    ("did the June campaign work?", "value uplift 2026-06-01/2026-07-01"),
    ("how effective was the campaign?", "value uplift"),
    ("what was the effect of the campaign?", "value uplift"),
    ("did the win-back campaign increase retention?", "value uplift about=win_back"),
    ("did the win-back campaign reduce churn?", "value uplift about=win_back"),
    ("la campagne de reconquête a-t-elle marché ?", "value uplift about=win_back"),
    ("la campagne de juin a-t-elle fonctionné ?", "value uplift 2026-06-01/2026-07-01"),
    ("quel a été l'effet de la campagne de reconquête ?", "value uplift about=win_back"),
    ("quel est le bilan de la campagne de réengagement ?", "value uplift about=re_engagement"),
]
SIZES = [
    ("how many customers do I need to detect 2 points?", "advise retention_rate to=2points"),
    ("how long must the test run?", "advise retention_rate"),
    ("how big a holdout do I need for the win-back campaign?", "advise win_back_rate"),
    ("sample size to detect 1 point of churn", "advise churn_rate to=1points"),
    ("combien de clients pour détecter 2 points de rétention ?", "advise retention_rate to=2points"),
    ("combien de temps doit durer le test ?", "advise retention_rate"),
    ("how many people for the win-back test to see 5 points?", "advise win_back_rate to=5points"),
    ("combien de temps doit durer le test de reconquête ?", "advise win_back_rate"),
    ("quelle taille de groupe témoin pour la campagne de reconquête ?", "advise win_back_rate"),
]
OTHERWISE = [
    ("what is the click rate of the win-back campaign?", "value click_rate about=win_back rate"),
    ("draft a win-back campaign", "draft about=churned_eligible_for_win_back"),
    ("who is in the win-back campaign?", "list_people about=churned_eligible_for_win_back"),
    ("what is our click rate by campaign?", "breakdown click_rate by=campaign rate"),
]


@pytest.mark.parametrize(("text", "means"), RESULTS + SIZES + OTHERWISE)
def test_a_question_about_a_test_is_taken_for_what_it_means(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize("text", [text for text, _ in SIZES])
def test_the_size_of_a_test_is_advice_about_it(text: str) -> None:
    (query,) = reading(text).queries
    assert query.subject == "sample_size"


def test_a_share_held_out_is_no_effect() -> None:
    (query,) = reading("how many customers do I need to detect 2 points with a 20 % holdout?").queries
    assert query.variant == (("holdout_share", "0.2"),)
    assert [(one.value, one.unit) for one in query.amounts] == [(2, "points")]


def test_another_power_is_said_to_be_fixed() -> None:
    found = reading("how many customers do I need to detect 2 points with 90 % power?")
    assert [note.key for note in found.assumed] == ["size_fixed"]
    assert [one.value for one in found.queries[0].amounts] == [2]


def test_a_campaign_that_nobody_knows_is_no_result() -> None:
    assert written("did the Zanzibar campaign work?") == "error unknown_part"


def test_a_figure_that_is_no_share_is_no_base() -> None:
    assert written("how many customers do I need to detect 5 % of MRR?") == "no size_needs_share"
