"""What goes with the risk of one account, of all that its score is made of: features and values, no words yet."""

from __future__ import annotations

from collections.abc import Mapping
from math import expm1
from typing import Any

import pandas as pd

from bot.metrics.risk_model import Feature

WHY = "why "
IS = "is "
"""Before the name of a feature: what it adds to the score of an account, and its value."""
MOST_REASONS = 3
LEAST = 0.05
"""What adds less than this to the logarithm of the odds is not worth a word."""
PLAIN = ("of_", "due", "discount", "csat", "nps", "grown", "trend", "trait_")
"""Columns that are no logarithm of a count."""


def reasons_of(row: Mapping[Any, Any], features: Mapping[str, Feature]) -> list[dict[str, Any]]:
    """The features that add most to the score of an account and that may be named: feature, side and value.

    `feature` is an id; of a feature of the product ("use"), a trait or a dimension `name` says which. `side` is
    "high" or "low" of a number, "is" of a word. Of the plain score they are its signs. A feature that goes with less
    risk by itself and with more among customers alike, or the other way round, is never among them.
    """
    adds = {str(key)[len(WHY) :]: float(value) for key, value in row.items() if str(key).startswith(WHY)}
    if not features:
        found = [name for name, points in sorted(adds.items(), key=lambda one: (-one[1], one[0])) if points > 0]
        return [{"feature": f"sign_{name}", "side": "is"} for name in found[:MOST_REASONS]]
    reasons = []
    for name, added in sorted(adds.items(), key=lambda one: (-one[1], one[0])):
        feature, value = features[name], row.get(f"{IS}{name}")
        if added < LEAST or value is None or pd.isna(value):
            continue
        if feature.levels and value not in feature.told_levels:
            continue
        reasons.append(_reason(feature, value))
    return reasons[:MOST_REASONS]


def _reason(feature: Feature, value: Any) -> dict[str, Any]:
    kind, _, name = feature.name.partition(":")
    told: dict[str, Any] = {"feature": kind, "side": "high" if feature.weight > 0 else "low"}
    if name:
        told["name"] = name
    if feature.levels:
        return {**told, "side": "is", "value": str(value)}
    number = float(value)
    return {**told, "value": number if feature.column.startswith(PLAIN) else round(expm1(number), 2)}
