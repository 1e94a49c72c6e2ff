"""A model of risk fitted to what became of customers: a logistic regression, and how far it may be trusted.

Of several strengths of the penalty the one is taken that tells customers best whom it was not shown (three parts of the
accounts, each told by the other two). Everything is decided by the rows, so that equal data give equal models.
scikit-learn fits; it comes with requirements/models.lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, sqrt
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from bot.analysis.chance import two_sided
from bot.analysis.intervals import Z
from bot.metrics.risk_features import Named
from bot.metrics.risk_model import FARTHEST, Driver, Feature, Model, Told

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 1.0)
"""Inverse penalties, the strictest first."""
PARTS = 3
MOST_LEVELS = 20
FEWEST_ROWS = 30
"""A level, or a gap, of fewer customers is not told apart."""
FALSE_DISCOVERIES = 0.05
NOT_FEATURES = ("account_id", "told_at", "until", "micros", "leaving", "lost", "points")


@dataclass(frozen=True)
class Design:
    """How the columns of a frame become the numbers that are weighed: standardised numbers, and one 0 or 1 a level."""

    features: tuple[Feature, ...]
    shares: Mapping[tuple[str, str], float]
    gaps: Mapping[str, float]

    @classmethod
    def of(cls, frame: pd.DataFrame, names: Mapping[str, str]) -> Design:
        """The design that these rows decide; columns in which nothing varies are left out."""
        features: list[Feature] = []
        shares: dict[tuple[str, str], float] = {}
        gaps: dict[str, float] = {}
        for column in frame.columns.difference(list(NOT_FEATURES), sort=False):
            values, name = frame[column], name_of(column, names)
            if pd.api.types.is_numeric_dtype(values):
                spread = float(values.std())
                if not spread > 1e-9:
                    continue
                features.append(Feature(column, name, float(values.mean()), spread))
                if FEWEST_ROWS <= values.isna().sum() <= len(frame) - FEWEST_ROWS:
                    gaps[column] = float(values.isna().mean())
            else:
                counts = values.value_counts()
                kept = sorted(counts[counts >= FEWEST_ROWS].index[:MOST_LEVELS])
                if len(kept) < 2:
                    continue
                features.append(Feature(column, name, levels=tuple((level, 0.0) for level in kept)))
                shares |= {(column, level): float((values == level).mean()) for level in kept}
        return cls(tuple(features), shares, gaps)

    def matrix(self, frame: pd.DataFrame) -> tuple[list[tuple[str, str | None]], Any]:
        """(what each column of the matrix is: the frame's column and "" for a number, None for a gap, or a level)."""
        labels: list[tuple[str, str | None]] = []
        columns: list[Any] = []
        for feature in self.features:
            values = frame[feature.column]
            if feature.levels:
                for level, _ in feature.levels:
                    labels.append((feature.column, level))
                    columns.append((values == level).to_numpy(float) - self.shares[feature.column, level])
                continue
            distance = ((values.astype(float) - feature.mean) / feature.spread).clip(-FARTHEST, FARTHEST)
            labels.append((feature.column, ""))
            columns.append(distance.fillna(0.0).to_numpy())
            if (gap := self.gaps.get(feature.column)) is not None:
                labels.append((feature.column, None))
                columns.append((values.isna().to_numpy(float) - gap) / sqrt(gap * (1 - gap)))
        return labels, np.column_stack(columns) if columns else np.zeros((len(frame), 0))


def fits() -> bool:
    """Whether scikit-learn is there."""
    try:
        import sklearn  # noqa: F401  only whether it can be had
    except ImportError:
        return False
    return True


def one_thread() -> Any:
    """A context in which linear algebra keeps to one thread: frames this small wait for each other's threads."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


def name_of(column: str, names: Mapping[str, str]) -> str:
    """The name of a feature: its column's, what the data calls it, or which dimension it is."""
    return names.get(column, column.replace("of_", "dimension:") if column.startswith("of_") else column)


def parts_of(accounts: pd.Series[str], parts: int) -> Any:
    """A number from 0 to parts - 1 for each row, the same for all rows of an account, and always the same."""
    return np.array([crc32(str(one).encode()) % parts for one in accounts])


def regression(matrix: Any, lost: Any, strength: float) -> Any:
    """A penalised logistic regression of the rows."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-8, max_iter=200).fit(matrix, lost)


def best_strength(matrix: Any, lost: Any, part: Any) -> float:
    """The penalty under which customers that were not shown are told best (least log loss)."""
    losses = []
    for strength in STRENGTHS:
        loss = 0.0
        for one in range(PARTS):
            shown = part != one
            if lost[shown].min() == lost[shown].max():
                return STRENGTHS[0]
            told = regression(matrix[shown], lost[shown], strength).predict_proba(matrix[~shown])[:, 1]
            loss -= float(np.log(np.where(lost[~shown] == 1, told, 1 - told)).sum())
        losses.append(loss)
    return STRENGTHS[int(np.argmin(losses))]


@dataclass(frozen=True)
class Fit:
    """A design with its weights."""

    design: Design
    labels: tuple[tuple[str, str | None], ...]
    intercept: float
    weights: Any
    strength: float

    @classmethod
    def to(cls, rows: pd.DataFrame, names: Mapping[str, str]) -> Fit:
        """The regression of these rows, under the penalty that they decide."""
        design = Design.of(rows, names)
        labels, matrix = design.matrix(rows)
        lost = rows["lost"].to_numpy()
        strength = best_strength(matrix, lost, parts_of(rows["account_id"], PARTS))
        found = regression(matrix, lost, strength)
        return cls(design, tuple(labels), float(found.intercept_[0]), found.coef_[0], strength)

    def scores(self, rows: pd.DataFrame) -> pd.Series[float]:
        """The probability of each row."""
        _, matrix = self.design.matrix(rows)
        return pd.Series(1 / (1 + np.exp(-(self.intercept + matrix @ self.weights))), index=rows.index)

    def model(self, rows: pd.DataFrame, horizon: int, named: Named, drivers: Sequence[Driver]) -> Model:
        """The same in the form that an engine computes."""
        weight = dict(zip(self.labels, (float(one) for one in self.weights), strict=True))
        told = {(one.name, one.level): one.told for one in drivers}
        features = []
        for feature in self.design.features:
            column, name = feature.column, feature.name
            if feature.levels:
                middle = sum(weight[column, level] * self.design.shares[column, level] for level, _ in feature.levels)
                levels = tuple((level, weight[column, level] - middle) for level, _ in feature.levels)
                up = tuple(level for level, _ in levels if told[name, level] == "up")
                features.append(replace(feature, levels=levels, missing=-middle, told_levels=up))
                continue
            known, missing = 0.0, 0.0
            if (gap := self.design.gaps.get(column)) is not None:
                scale = weight[column, None] / sqrt(gap * (1 - gap))
                known, missing = -gap * scale, (1 - gap) * scale
            features.append(
                replace(feature, weight=weight[column, ""], known=known, missing=missing, told=told[name, None])
            )
        return Model(horizon, self.intercept, tuple(features), named, len(rows), float(rows["lost"].mean()))

    def drivers(self, rows: pd.DataFrame) -> tuple[Driver, ...]:
        """What may be said of each feature: its odds with all else equal, those by itself, and whether both agree.

        Errors are those of accounts, not of rows (an account has one for each day); of all features together no more
        than one in twenty that are told is told by chance (Benjamini and Hochberg 1995).
        """
        _, matrix = self.design.matrix(rows)
        lost = rows["lost"].to_numpy()
        errors = self._errors(matrix, lost, rows["account_id"])
        names = {feature.column: feature.name for feature in self.design.features}
        places = [place for place, (_, level) in enumerate(self.labels) if level is not None]
        chances = [two_sided(self.weights[place] / errors[place]) for place in places]
        beyond_chance = _discoveries(chances)
        found = []
        for place, clear in zip(places, beyond_chance, strict=True):
            column, level = self.labels[place]
            weight, error = float(self.weights[place]), float(errors[place])
            alone = float(regression(matrix[:, [place]], lost, 1.0).coef_[0][0])
            told: Told = "unclear"
            if weight * alone < 0:
                told = "turns"
            elif clear:
                told = "up" if weight > 0 else "down"
            interval = (exp(weight - Z * error), exp(weight + Z * error))
            found.append(Driver(names[column], level or None, exp(weight), interval, exp(alone), told))
        return tuple(sorted(found, key=lambda one: (-abs(np.log(one.odds)), one.name, one.level or "")))

    def _errors(self, matrix: Any, lost: Any, accounts: pd.Series[str]) -> Any:
        """Standard errors of the weights, rows of an account counting as one (the sandwich of Huber and White)."""
        told = 1 / (1 + np.exp(-(self.intercept + matrix @ self.weights)))
        whole = np.column_stack([np.ones(len(matrix)), matrix])
        bent = (whole * (told * (1 - told))[:, None]).T @ whole
        bent[1:, 1:] += np.eye(len(self.weights)) / self.strength
        each = pd.DataFrame(whole * (lost - told)[:, None]).groupby(accounts.to_numpy()).sum().to_numpy()
        inverse = np.linalg.inv(bent)
        return np.sqrt(np.diag(inverse @ (each.T @ each) @ inverse))[1:]


def _discoveries(chances: Sequence[float]) -> list[bool]:
    """Which of several findings are beyond chance, by their p-values."""
    ordered = sorted(chances)
    below = [one for place, one in enumerate(ordered, 1) if one <= FALSE_DISCOVERIES * place / len(ordered)]
    limit = max(below, default=-1.0)
    return [one <= limit for one in chances]
