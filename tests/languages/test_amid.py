"""Periods amid other words: within a figure's own, taken back, denied, or cut out of another (notation: asked.py)."""

import pytest

from tests.languages.asked import written

OCTOBER = "2026-10-01/2026-11-01"
CASES = [
    ("part des points émis au S1 2026 qui a déjà été utilisée", "value redemption_rate 2026-01-01/2026-07-01 rate"),
    ("part des abonnements en octobre suspendus", f"value pause_rate {OCTOBER} rate"),
    ("la résolution en octobre au premier contact", f"value first_contact_resolution {OCTOBER}"),
    ("churn en octobre par pays", f"breakdown churn_rate {OCTOBER} by=country"),
    ("churn in September, sorry, October", f"value churn_rate {OCTOBER}"),
    ("panier moyen de septembre euh non pardon d'octobre", f"value aov {OCTOBER}"),
    ("churn de septiembre, perdón, de octubre", f"value churn_rate {OCTOBER}"),
    ("churn za wrzesień, przepraszam, za październik", f"value churn_rate {OCTOBER}"),
    ("customers lost in October, not in September", f"value churned_customers {OCTOBER}"),
    ("NPS d'octobre, pas de septembre", f"value nps {OCTOBER}"),
    ("churn en 2026 hors octobre", "error unknown_period"),
    ("churn in 2026 except October", "error unknown_period"),
    ("compare churn in September and October", f"compare churn_rate {OCTOBER} base=2026-09-01/2026-10-01"),
]


@pytest.mark.parametrize(("text", "meant"), CASES)
def test_a_period_amid_other_words_leaves_them_their_meaning(text: str, meant: str) -> None:
    assert written(text) == meant
