"""What part of a whole belongs to somebody: of a count or a sum theirs stands beside all, and no rate is meant."""

import pytest

from tests.languages.asked import written

READ = [
    ("what share of MRR comes from Spain", "breakdown mrr country=ES by=country rate"),
    ("what % of our customers are on annual plans", "breakdown customer_count interval=annual by=interval rate"),
    ("what share of our customers are VIPs", "breakdown customer_count segment=vip by=segment rate"),
    (
        "what percentage of accounts are at risk in Spain",
        "breakdown customer_count country=ES segment=at_risk by=segment rate",
    ),
    ("share of customers with an open ticket", "breakdown customer_count segment=open_support_issues by=segment rate"),
    ("what share of churn came from annual customers", "breakdown churned_customers interval=annual by=interval rate"),
    ("what share of annual customers left in October", "value churn_rate 2026-10-01/2026-11-01 interval=annual rate"),
    ("what share of customers opened a ticket in October", "value contact_rate 2026-10-01/2026-11-01 rate"),
    ("what share of new customers come from referrals", "breakdown new_customers channel=referral by=channel rate"),
    ("qué parte del MRR viene de España", "breakdown mrr country=ES by=country rate"),
    ("¿qué porcentaje de clientes son anuales?", "breakdown customer_count interval=annual by=interval rate"),
    ("¿qué porcentaje de clientes están dormidos?", "breakdown customer_count segment=dormant by=segment rate"),
    (
        "¿qué porcentaje de clientes tiene un ticket abierto?",
        "breakdown customer_count segment=open_support_issues by=segment rate",
    ),
    ("quelle part du MRR vient de France ?", "breakdown mrr country=FR by=country rate"),
    ("quelle part de nos clients est dormante ?", "breakdown customer_count segment=dormant by=segment rate"),
    ("part des clients avec un ticket ouvert", "breakdown customer_count segment=open_support_issues by=segment rate"),
    ("jaki odsetek klientów jest na planie rocznym", "breakdown customer_count interval=annual by=interval rate"),
    (
        "jaki odsetek klientów ma otwarte zgłoszenie",
        "breakdown customer_count segment=open_support_issues by=segment rate",
    ),
    ("ARPA by plan in percent", "no not_understood"),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_a_share_of_a_count_is_theirs_beside_all(text: str, expected: str) -> None:
    assert written(text) == expected
