"""Words that could be taken two ways: which figure, list, period or group is meant (notation: asked.py)."""

import pytest

from tests.languages.asked import reading, written

OCTOBER = "2026-10-01/2026-11-01"
CASES = [
    # the finer figure is told within the other, unless both are asked for
    ("how many tickets per 100 customers in October?", f"value tickets_per_100_customers {OCTOBER}"),
    ("churn and NPS in October", f"value churn_rate {OCTOBER} & value nps {OCTOBER}"),
    ("share of failed payments recovered in October", f"value dunning_recovery_rate {OCTOBER} rate"),
    # a list does not swallow what it is of
    ("which customers left in October?", f"list_people churned_customers {OCTOBER}"),
    ("churn of France in October", f"value churn_rate {OCTOBER} country=FR"),
    # a gloss in brackets explains what was said
    ("what was churn in October (my board wonders)?", f"value churn_rate {OCTOBER}"),
    # nothing has happened today yet, but a level of now is known
    ("what is our MRR today?", "value mrr"),
    ("what was our churn today?", "error period_not_begun"),
    # three neighbours are a row, three others are too many
    ("compare churn in July, August and September", "trend churn_rate 2026-07-01/2026-10-01 step=month"),
    ("compare churn in May, July and October", "no not_understood"),
    # what is to come is foretold, where nothing else is asked of it
    ("project our churn for the next 6 months", "project churn_rate 2026-11-01/2027-05-01"),
    ("expected churn in December", "project churn_rate 2026-12-01/2027-01-01"),
    ("MRR le trimestre prochain", "project mrr 2027-01-01/2027-04-01"),
    ("what is our predicted CLV?", "value clv_predicted"),
    # what is left out
    ("what was our MRR in October, not counting Starter?", f"value mrr {OCTOBER} not-plan=Starter"),
    ("MRR d’octobre hormis Starter", f"value mrr {OCTOBER} not-plan=Starter"),
    # what is set against something is never passed over
    ("churn of customers acquired via billboards compared to organic", "error unknown_part"),
    ("how many people use telepathy vs Reports in October?", "error unknown_part"),
    ("churn in Q3 genuinely compared to Q2", "compare churn_rate 2026-07-01/2026-10-01 base=2026-04-01/2026-07-01"),
    # as people in a hurry write
    ("how many custs did we lose last mth", f"value churned_customers {OCTOBER}"),
    ("cb de clients perdus en octobre ?", f"value churned_customers {OCTOBER}"),
    ("¿ctos clientes perdimos en octubre?", f"value churned_customers {OCTOBER}"),
    ("churn za ost miesiąc", f"value churn_rate {OCTOBER}"),
]


@pytest.mark.parametrize(("text", "meant"), CASES)
def test_the_longer_wording_and_what_stands_beside_it_decide(text: str, meant: str) -> None:
    assert written(text) == meant


def test_the_month_before_is_asked_for_as_the_month_was() -> None:
    before = reading("what was our churn in October?").queries[0]
    assert written("and the month before?", before) == "value churn_rate 2026-09-01/2026-10-01"
