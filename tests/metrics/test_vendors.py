"""Other tools' conventions by name: each is a bundle of variants that the metric has."""

from __future__ import annotations

import pytest

from bot.analysis.measure import Analyst, measure, takes
from bot.errors import BadQuestion
from bot.metrics import catalogue
from bot.metrics.vendors import VENDORS, differing, expanded, with_convention
from bot.types import Intent, Query
from tests.metrics.conftest import OCTOBER

BUNDLES = [(vendor, metric) for vendor, metrics in VENDORS.items() for metric in metrics]


@pytest.mark.parametrize(("vendor", "metric"), BUNDLES)
def test_a_convention_names_variants_that_its_metric_has(vendor: str, metric: str) -> None:
    assert metric in catalogue()
    for name, value in VENDORS[vendor][metric].items():
        assert takes(catalogue()[metric], name, value), (name, value)


@pytest.mark.parametrize(
    ("vendor", "part", "whole"),
    # ChartMogul: A12 on the free plan stays (G08) and A4 is past due until cancelled (G06), so only A3 left.
    [("stripe", 5, 10), ("baremetrics", 4, 8), ("profitwell", 3, 8), ("chartmogul", 1, 8)],
)
def test_churn_as_a_vendor_counts_it_is_what_fingers_count(
    analyst: Analyst, vendor: str, part: int, whole: int
) -> None:
    found = measure(analyst, Query(Intent.VALUE, "churn_rate", OCTOBER, variant=(("vendor", vendor),)))
    assert (found.rows[0]["part"], found.rows[0]["whole"]) == (part, whole)
    assert dict(found.query.variant) == dict(VENDORS[vendor]["churn_rate"])


def test_net_churn_as_chartmogul_counts_it_takes_reactivation_in() -> None:
    variant = expanded((("vendor", "chartmogul"),), catalogue()["net_revenue_churn"])
    assert ("include_reactivation", "true") in variant


def test_what_is_named_beside_a_vendor_goes_before_its_bundle() -> None:
    variant = expanded((("method", "events"), ("vendor", "stripe")), catalogue()["churn_rate"])
    assert variant == (("method", "events"),)


def test_a_vendor_without_a_convention_is_said_with_those_that_have_one() -> None:
    with pytest.raises(BadQuestion) as refused:
        expanded((("vendor", "amplitude"),), catalogue()["churn_rate"])
    assert refused.value.key == "vendor_without_convention"
    assert refused.value.values["near"] == tuple(("vendor", one) for one in with_convention("churn_rate"))
    with pytest.raises(BadQuestion) as none:
        expanded((("vendor", "stripe"),), catalogue()["nps"])
    assert none.value.key == "no_vendor_convention"


def test_only_what_differs_from_the_default_is_told() -> None:
    assert differing("stripe", catalogue()["churn_rate"]) == (("method", "stripe_like"),)
    assert differing("profitwell", catalogue()["churn_rate"]) == ()
