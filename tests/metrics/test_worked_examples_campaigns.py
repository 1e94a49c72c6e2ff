"""The worked examples of uplift and return on campaigns, from rows laid for each, on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from math import sqrt

import numpy as np
import pytest

from bot.analysis.measure import Analyst, measure, takes
from bot.metrics import catalogue
from bot.metrics.benchmarks import BENCHMARKS, COMPARED
from bot.metrics.estimates import Group, difference, relative
from bot.sources import Company
from bot.sources.embedded import Embedded
from bot.sources.mapping import mapping
from bot.types import Definitions, Grain, Intent, Query, Rights, Shape, Unit, Window
from tests.metrics.conftest import OCTOBER, laid_in_postgres
from tests.postgres import database

Laid = Callable[..., Analyst]
JULY = Window(date(2026, 7, 1), date(2026, 8, 1), Grain.MONTH)
TWENTY_THOUSAND = """
CREATE TABLE assignments AS SELECT 'offer' AS experiment_id, 'a' || i AS unit_id,
    CASE WHEN i < 18000 THEN 'treatment' ELSE 'control' END AS arm, TIMESTAMP '2026-07-01' AS assigned_at
    FROM range(20000) r(i);
CREATE TABLE subscriptions AS SELECT 's' || i AS subscription_id, 'a' || i AS account_id,
    TIMESTAMP '2026-07-10' AS valid_from, NULL::TIMESTAMP AS valid_to, 'active' AS status, 10.0::DOUBLE AS mrr
    FROM range(20000) r(i) WHERE i < 900 OR i BETWEEN 18000 AND 18079;
CREATE TABLE spend AS SELECT TIMESTAMP '2026-07-01' AS occurred_at, 'retention' AS category, 'offer' AS campaign_id,
    amount::DOUBLE AS amount FROM (VALUES (6000), (2700)) v(amount);
"""


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def offer(request: pytest.FixtureRequest) -> Iterator[Analyst]:
    """18,000 treated of whom 900 pay, 2,000 held out of whom 80 do; 7.50 of margin a month each; 8,700 spent."""
    source, definitions = Embedded(copy_selects=False), Definitions(margin=0.75)
    source.database.execute(TWENTY_THOUSAND)
    company = Company(source, mapping(source, {}), definitions, date(2026, 11, 2))
    if request.param == "duckdb":
        yield Analyst(company, Rights(), date(2026, 11, 2))
        return
    with database() as url:
        yield Analyst(laid_in_postgres(company, url), Rights(), date(2026, 11, 2))


def test_eighteen_thousand_treated_and_two_thousand_held_out(offer: Analyst) -> None:
    """5.0% against 4.0%: +1.0 point, 0.1 to 1.9, 180 customers who would have left."""
    row = measure(offer, Query(Intent.VALUE, "uplift", JULY)).rows[0]
    assert (row["treated"], row["n"], row["held_part"], row["held"]) == (900, 18000, 80, 2000)
    assert row["value"] == pytest.approx(0.01)
    assert row["interval"] == [pytest.approx(0.001, abs=0.0005), pytest.approx(0.019, abs=0.0005)]
    assert row["incremental"] == pytest.approx(180)
    assert row["relative"] == pytest.approx(0.25)
    assert row["not_incremental"] == pytest.approx(0.8)
    assert row["verdict"] == "clear_gain"


def test_the_return_on_the_offer_is_86_percent_where_the_attributed_view_claims_831(offer: Analyst) -> None:
    """180 x 90 = 16,200 of margin for 8,700; 900 x 90 would be 81,000."""
    evidence = measure(offer, Query(Intent.VALUE, "retention_roi", JULY))
    row = evidence.rows[0]
    assert row["margin_each"] == pytest.approx(90)
    assert row["margin_gained"] == pytest.approx(16200)
    assert row["cost"] == 8700
    assert row["value"] == pytest.approx(0.862, abs=0.0005)
    assert row["attributed_not_causal"] == pytest.approx(8.310, abs=0.0005)
    low, high = ((end * 18000 * 90 - 8700) / 8700 for end in (row["difference_low"], row["difference_high"]))
    assert row["interval"] == [pytest.approx(low), pytest.approx(high)]
    assert low < 0
    assert row["verdict"] == "could_be_a_loss"
    assert [note.key for note in evidence.caveats if note.key == "could_be_a_loss"]
    kept = measure(offer, Query(Intent.VALUE, "cost_per_retained", JULY)).rows[0]
    assert kept["value"] == pytest.approx(8700 / 180)


def test_where_nobody_is_held_out_nothing_is_told_as_caused(laid: Laid) -> None:
    sends = [
        {"send_id": f"s{i}", "campaign_id": "mail", "user_id": f"u{i}", "account_id": f"a{i}", "channel": "email",
         "holdout": False, "variant": None, "occurred_at": datetime(2026, 7, 1)}
        for i in range(40)
    ]  # fmt: skip
    paid = [
        {"subscription_id": f"s{i}", "account_id": f"a{i}", "valid_from": datetime(2026, 1, 1), "valid_to": None,
         "status": "active", "mrr": 10.0}
        for i in range(40)
    ]  # fmt: skip
    campaigns = [{"campaign_id": "mail", "cost": 100.0}]
    analyst = laid({"sends": sends, "subscriptions": paid, "campaigns": campaigns})
    for metric in ("uplift", "retention_roi", "cost_per_retained"):
        evidence = measure(analyst, Query(Intent.VALUE, metric, JULY))
        assert [(row["campaign"], row["value"], row["verdict"]) for row in evidence.rows] == [
            ("mail", None, "no_holdout")
        ]
        assert "no_holdout" in [note.key for note in evidence.caveats]


def test_held_out_rows_of_sends_are_a_control_group(laid: Laid) -> None:
    """Ten of forty held out; twenty of the thirty written to order within the horizon, one of them a day too late."""

    def one(i: int) -> dict[str, object]:
        ids = {"send_id": f"s{i}", "campaign_id": "mail", "user_id": f"u{i}", "account_id": f"a{i}"}
        return {**ids, "channel": "email", "holdout": i < 10, "variant": None, "occurred_at": datetime(2026, 7, 1)}

    orders = [
        {"order_id": f"o{i}", "customer_id": f"a{i}", "occurred_at": datetime(2026, 7, 14 if i < 29 else 16),
         "net_amount": 12.5}
        for i in (2, *range(10, 30))
    ]  # fmt: skip
    analyst = laid({"sends": [one(i) for i in range(40)], "orders": orders})
    asked = Query(Intent.VALUE, "uplift", JULY, variant=(("horizon_days", "14"), ("outcome", "conversion")))
    row = measure(analyst, asked).rows[0]
    assert (row["treated"], row["n"], row["held_part"], row["held"]) == (19, 30, 1, 10)
    assert row["verdict"] == "too_few"
    spent = measure(analyst, Query(Intent.VALUE, "uplift", JULY, variant=(*asked.variant[:1], ("outcome", "spend"))))
    assert spent.unit is Unit.MONEY
    assert spent.currency == "USD"
    assert spent.rows[0]["value"] == pytest.approx(19 * 12.5 / 30 - 12.5 / 10)


def test_the_interval_of_a_mean_of_money_is_near_that_of_ten_thousand_bootstraps() -> None:
    """The normal interval from sums of squares, against resampled people with a fixed seed."""
    chance = np.random.default_rng(7)
    arms = [chance.lognormal(2, 1, 3000) * (chance.random(3000) < share) for share in (0.25, 0.2)]
    groups = [Group(len(arm), arm.sum(), (arm**2).sum()) for arm in arms]
    gap, low, high = difference(*groups)
    assert gap == pytest.approx(arms[0].mean() - arms[1].mean())
    draws = [
        chance.choice(arms[0], 3000).mean() - chance.choice(arms[1], 3000).mean() for _ in range(10_000)
    ]  # fmt: skip
    for end, share in ((low, 2.5), (high, 97.5)):
        assert end == pytest.approx(np.percentile(draws, share), abs=0.03)


@pytest.mark.parametrize(("part", "whole", "held", "held_whole"), [(900, 18000, 80, 2000), (50, 400, 20, 400)])
def test_the_relative_interval_holds_exactly_the_ratios_that_the_difference_allows(
    part: int, whole: int, held: int, held_whole: int
) -> None:
    """At each end of Fieller's interval the treated mean is 1.96 standard errors from the ratio times the other."""
    treated, control = Group(whole, part, part), Group(held_whole, held, held)
    found = relative(treated, control)
    assert found is not None
    for end in found[1:]:
        ratio = 1 + end
        error = sqrt(treated.error + ratio**2 * control.error)
        assert abs(treated.mean - ratio * control.mean) == pytest.approx(1.96 * error)
    assert (found[1] > 0) == (difference(treated, control)[1] > 0)


def test_a_ratio_to_almost_nothing_is_not_told() -> None:
    assert relative(Group(100, 10, 10), Group(100, 1, 1)) is None
    assert relative(Group(100, 10, 10), Group(100, 0, 0)) is None


def test_a_benchmark_of_another_definition_or_period_is_not_comparable(laid: Laid) -> None:
    rows = [
        {"subscription_id": f"s{i}", "account_id": f"a{i}", "valid_from": datetime(2026, 1, 1),
         "valid_to": datetime(2026, 10, 10) if i < 2 else None, "status": "active", "mrr": 10.0}
        for i in range(40)
    ]  # fmt: skip
    analyst = laid({"subscriptions": rows})
    month = measure(analyst, Query(Intent.VALUE, "benchmark_compare", OCTOBER)).rows
    verdicts = {row["sign"]: (row["value"], row["verdict"]) for row in month}
    assert verdicts["chartmogul_typical"] == (0.05, "within")
    assert verdicts["recurly_recent"] == (0.05, "above")
    assert verdicts["recurly_2020"] == (0.05, "below")
    quarter = Window(date(2026, 8, 1), date(2026, 11, 1), Grain.QUARTER)
    rows = list(measure(analyst, Query(Intent.VALUE, "benchmark_compare", quarter)).rows)
    assert {row["verdict"] for row in rows} == {"not_comparable"}


def test_what_is_compared_with_others_is_one_number_of_the_catalogue() -> None:
    for name in COMPARED:
        metric = catalogue()[name]
        assert not metric.keys, name
        assert metric.finish is None, name
        assert metric.shape not in (Shape.GRID, Shape.CURVE, Shape.FLOW), name
    for one in BENCHMARKS:
        assert one.low <= one.high
        assert one.source
        assert one.year
        for parameter, value in one.variant.items():
            assert takes(catalogue()[one.metric], parameter, value), one.id
