"""Days "within" which something follows are how far a figure looks, and no period of their own."""

import pytest

from tests.languages.asked import written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Second purchase rate within 60 days for first-time buyers of Q1 2026",
            "value second_purchase_rate 2026-01-01/2026-04-01 horizon_days:60 rate",
        ),
        ("Predicted CLV over 730 days", "value clv_predicted horizon_days:730"),
        (
            "activation rate within 7 days for august signups",
            "value activation_rate 2026-08-01/2026-09-01 horizon_days:7 rate",
        ),
        ("second purchase rate in the last 90 days", "value second_purchase_rate 2026-08-12/2026-11-10 rate"),
        ("churn over 90 days", "value churn_rate 2026-08-12/2026-11-10"),
    ],
)
def test_a_figure_looks_as_far_as_it_is_told(text: str, expected: str) -> None:
    assert written(text) == expected
