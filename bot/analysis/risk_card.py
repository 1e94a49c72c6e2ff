"""What should be known of a score of risk, as Evidence: the figures, the fifths, and the features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.analysis.measure import Analyst
from bot.metrics import catalogue
from bot.metrics.risk_model import Card, Judged
from bot.types import Evidence, Query, Shape, Unit


def figures(analyst: Analyst, query: Query, card: Card) -> Evidence:
    """One row: what scores and why, what it was learned from, and how it did on outcomes it did not know."""
    row: dict[str, Any] = {
        "used": card.used, "reason": card.reason, "horizon_days": card.horizon, "lost": card.lost,
        "needed": card.needed, "rows": card.rows, "days": card.days, "learned_from": card.learned_from,
        "learned_until": card.learned_until, "renewed_on": card.renewed_on, "drift": card.drift,
    }  # fmt: skip
    if (judged := card.judged) is not None:
        row |= {
            "judged": judged.way, "judged_from": judged.day, "judged_until": judged.until, "n": judged.customers,
            "judged_lost": judged.lost, "expected": judged.expected, "base": judged.base, "auc": judged.auc,
            "auc_interval": list(judged.auc_interval), "rule_auc": judged.rule_auc, "top": judged.top,
            "top_lost": judged.top_lost, "precision": judged.precision, "lift": judged.lift, "held": judged.held,
            "fifths_that_fit": judged.fits,
        }  # fmt: skip
    row |= {"refused": [f"{one.name}: {one.reason}" for one in card.refused]}
    return _evidence(analyst, query, Unit.RATIO, Shape.VERDICT, [{"sign": "card", **row}])


def calibration(analyst: Analyst, query: Query, judged: Judged) -> Evidence:
    """One row a fifth of the customers by score, the lowest first: the share expected, and the share lost."""
    rows = [
        {
            "fifth": place, "part": one.lost, "whole": one.customers, "value": one.lost / one.customers,
            "interval": [one.low, one.high], "expected": one.expected / one.customers, "fits": one.fits,
        }
        for place, one in enumerate(judged.fifths, 1)
    ]  # fmt: skip
    return _evidence(analyst, query, Unit.SHARE, Shape.SHARE, rows)


def drivers(analyst: Analyst, query: Query, card: Card) -> Evidence:
    """One row a feature, or a level of one, the strongest first: its odds with all else equal (value), and alone."""
    rows = [
        {
            "feature": one.name, "level": one.level, "value": one.odds, "interval": list(one.interval),
            "alone": one.alone, "told": one.told, "n": card.rows,
        }
        for one in card.drivers
    ]  # fmt: skip
    return _evidence(analyst, query, Unit.RATIO, Shape.LEVEL, rows)


def _evidence(analyst: Analyst, query: Query, unit: Unit, shape: Shape, rows: Sequence[dict[str, Any]]) -> Evidence:
    metric = catalogue()[query.metric or ""]
    return Evidence(
        id="e1", query=query, role="companion", unit=unit, good="context", shape=shape, version=metric.version,
        columns=tuple(rows[0]) if rows else (), rows=tuple(rows), as_of=analyst.as_of,
        rights=analyst.rights.row_filters,
    )  # fmt: skip
