"""How other tools count: a vendor's name stands for a bundle of variants, metric by metric.

Only what a vendor's own documentation says differs, or says to be the same, stands here; a bundle without entries
means that the vendor counts as this bot does. ChartMogul keeps a past-due customer until the cancellation: the longest
grace that a variant can have stands for that.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import BadQuestion
from bot.types import Metric

Bundle = Mapping[str, str]
UNTIL_CANCELLED = "730"

_CHARTMOGUL = {"grace_days": UNTIL_CANCELLED}
_CHARTMOGUL_LOGOS = {**_CHARTMOGUL, "recognition": "service_end", "free_policy": "active"}
_PROFITWELL_LOGOS = {"recognition": "service_end", "pause_policy": "zero_mrr"}
_BY_24_HOURS = {name: {"day_type": "24h"} for name in ("n_day_retention", "unbounded_retention", "bracket_retention")}
_BY_CALENDAR = {name: {"day_type": "calendar"} for name in _BY_24_HOURS}

VENDORS: Mapping[str, Mapping[str, Bundle]] = {
    "chartmogul": {
        "churn_rate": {"method": "start_cohort", "include_early": "false", **_CHARTMOGUL_LOGOS},
        "retention_rate": _CHARTMOGUL_LOGOS,
        "churned_customers": _CHARTMOGUL_LOGOS,
        "early_churn": _CHARTMOGUL_LOGOS,
        "churn_by_type": _CHARTMOGUL_LOGOS,
        "mrr": {"discount_policy": "all_active", **_CHARTMOGUL},
        "arr": {"discount_policy": "all_active", **_CHARTMOGUL},
        "mrr_movements": _CHARTMOGUL,
        "gross_revenue_churn": _CHARTMOGUL,
        "net_revenue_churn": {"include_reactivation": "true", **_CHARTMOGUL},
        "grr": {"grr_method": "flow", **_CHARTMOGUL},
        "nrr": {"include_reactivation": "true", **_CHARTMOGUL},
    },
    "stripe": {
        "churn_rate": {"method": "stripe_like"},
        "mrr": {"discount_policy": "forever_only"},
        "arr": {"discount_policy": "forever_only"},
    },
    "baremetrics": {
        "churn_rate": {"include_early": "true"},
        "quick_ratio": {"include_reactivation": "false"},
    },
    "profitwell": {
        "churn_rate": {"method": "start_cohort", "include_early": "false", **_PROFITWELL_LOGOS},
        "retention_rate": _PROFITWELL_LOGOS,
        "churned_customers": _PROFITWELL_LOGOS,
        "churn_by_type": _PROFITWELL_LOGOS,
        "new_customers": {"reactivation_days": "any"},
        "mrr": {"discount_policy": "all_active", "pause_policy": "zero_mrr"},
        "arr": {"discount_policy": "all_active", "pause_policy": "zero_mrr"},
        "mrr_movements": {"reactivation_days": "any", "pause_policy": "zero_mrr"},
    },
    "recurly": {"churn_by_type": {}},
    "chargebee": {
        "mrr": {"discount_policy": "recurring_only"},
        "arr": {"discount_policy": "recurring_only"},
        "new_customers": {"reactivation_days": "any"},
        "mrr_movements": {"reactivation_days": "any"},
    },
    "shopify": {
        "churn_rate": {"method": "daily_sum"},
        "repeat_purchase_rate": {"form": "returning"},
        "returning_customer_rate": {},
    },
    "amplitude": _BY_24_HOURS,
    "mixpanel": _BY_24_HOURS,
    "posthog": _BY_CALENDAR,
}
"""Vendor → metric → the variants that count as the vendor does.

Sources: the help pages of each vendor on its own metrics, as the metrics' docstrings name them.
"""

Variant = tuple[tuple[str, str], ...]


def with_convention(metric: str) -> list[str]:
    """The vendors whose way to count the metric is known."""
    return [vendor for vendor, metrics in VENDORS.items() if metric in metrics]


def ruled_by_vendors(metric: str) -> frozenset[str]:
    """The variant parameters that some vendor's convention for the metric names."""
    return frozenset(name for metrics in VENDORS.values() for name in metrics.get(metric, {}))


def expanded(variant: Variant, metric: Metric) -> Variant:
    """The variants with a vendor's name replaced by its bundle; what is named beside it goes before the bundle.

    BadQuestion for a vendor whose way to count this metric is not known.
    """
    given = dict(variant)
    vendor = given.pop("vendor", None)
    if vendor is None or "vendor" in metric.variants:
        return variant
    bundle = VENDORS.get(vendor, {}).get(metric.name)
    if bundle is None:
        known = tuple(("vendor", one) for one in with_convention(metric.name))
        values = {"metric": metric.name, "vendor": vendor, "variant": (("vendor", vendor),)}
        if known:
            raise BadQuestion("vendor_without_convention", **values, near=known)
        raise BadQuestion("no_vendor_convention", **values)
    return tuple(sorted({**bundle, **given}.items()))


def differing(vendor: str, metric: Metric) -> Variant:
    """What of a vendor's bundle is not the default here."""
    bundle = VENDORS[vendor][metric.name]
    return tuple(sorted((name, value) for name, value in bundle.items() if value != metric.variants[name][0]))
