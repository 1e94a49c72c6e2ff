"""How long and how often customers come back, fitted to what they did: sBG, BG/NBD and Gamma-Gamma.

Each is a published likelihood, maximised over the logarithms of its parameters. SciPy does the work; it comes with
requirements/models.lock, and without it the models are refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from bot.errors import BadData

Array: TypeAlias = Any
"""A vector of floats; NumPy's own types say no more."""
DRAWS = 400
"""Parameter sets drawn from the fit's own uncertainty, for an interval."""
ALIKE = 1000.0
"""The sum of a beta distribution's parameters at which all are as good as alike."""
WIDEST = 9.0
"""The logarithm at which a parameter has run away: the data do not tell it."""


@dataclass(frozen=True)
class Fit:
    """Parameters at the greatest likelihood, its logarithm, and the covariance of their logarithms."""

    parameters: tuple[float, ...]
    log_likelihood: float
    covariance: Array

    def drawn(self) -> Array:
        """Parameter sets as likely as the data allow, always the same ones: `DRAWS` rows."""
        chance = np.random.default_rng(0)
        return np.exp(chance.multivariate_normal(np.log(self.parameters), self.covariance, DRAWS))

    def interval(self, told: Callable[..., float]) -> tuple[float, float]:
        """The 95 % interval of a figure that follows from the parameters."""
        found = [told(*one) for one in self.drawn()]
        low, high = np.nanquantile(found, (0.025, 0.975))
        return float(low), float(high)


def special() -> Any:
    """scipy.special, or the sentence that says what to install."""
    try:
        from scipy import special as found
    except ImportError as error:
        raise BadData("needs_models", package="scipy") from error
    return found


def fitted(log_likelihood: Callable[[Array], float], *starts: tuple[float, ...]) -> Fit:
    """The greatest likelihood of positive parameters, the best from several starts; none of them is a logarithm.

    BadData where no maximum is found, as with data that do not vary.
    """
    special()
    from scipy import optimize

    def loss(logs: Array) -> float:
        with np.errstate(all="ignore"):
            value = -log_likelihood(np.exp(np.clip(logs, -WIDEST, WIDEST)))
        return value if np.isfinite(value) else 1e300

    near, close = ({"maxiter": 4000, "xatol": one, "fatol": one} for one in (1e-3, 1e-8))
    rough = [optimize.minimize(loss, np.log(one), method="Nelder-Mead", options=near) for one in starts]
    best = min(rough, key=lambda one: float(one.fun))
    fine = optimize.minimize(loss, best.x, method="Nelder-Mead", options=close)
    covariance = _inverse(loss, fine.x)
    if covariance is None or np.abs(fine.x).max() >= WIDEST:
        raise BadData("model_unfit")
    return Fit(tuple(float(one) for one in np.exp(fine.x)), float(-fine.fun), covariance)


def _inverse(loss: Callable[[Array], float], at: Array, step: float = 1e-3) -> Array | None:
    """The inverse of the curvature at the maximum; None where it is flat or not a maximum."""
    size = len(at)
    bent = np.zeros((size, size))
    for one in range(size):
        for other in range(size):
            first, second = np.eye(size)[one] * step, np.eye(size)[other] * step
            bent[one, other] = (
                loss(at + first + second) - loss(at + first - second) - loss(at - first + second)
                + loss(at - first - second)
            ) / (4 * step * step)  # fmt: skip
    try:
        covariance = np.linalg.inv((bent + bent.T) / 2)
    except np.linalg.LinAlgError:
        return None
    return covariance if np.all(np.linalg.eigvalsh(covariance) > 0) else None


# ------------------------------------------------------------ contractual: shifted beta-geometric


def sbg(at_risk: Array, lost: Array) -> Fit:
    """Parameters (alpha, beta) from the customers at risk in, and lost in, their 1st, 2nd, ... period.

    Customers who are not yet lost, of whatever age, count with their survival.
    Source: Fader and Hardie 2007, "How to Project Customer Retention".
    """
    period = np.arange(1, len(lost) + 1)
    # P(lost in period t | there until then) = a / (a + b + t - 1).
    return fitted(partial(_sbg_likelihood, period, np.asarray(at_risk, float), np.asarray(lost, float)), (1.0, 1.0))


def _sbg_likelihood(period: Array, at_risk: Array, lost: Array, parameters: Array) -> float:
    alpha, beta = parameters
    total = np.log(alpha + beta + period - 1)
    stayed = np.log(beta + period - 1)
    return float(np.sum(lost * (np.log(alpha) - total) + (at_risk - lost) * (stayed - total)))


def sbg_survival(periods: int, alpha: float, beta: float) -> Array:
    """The share still there after 0, 1, ... `periods` periods."""
    period = np.arange(1, periods + 1)
    return np.concatenate([[1.0], np.cumprod((beta + period - 1) / (alpha + beta + period - 1))])


# ------------------------------------------------------------ not contractual: BG/NBD and Gamma-Gamma


def bgnbd(frequency: Array, recency: Array, age: Array, many: Array) -> Fit:
    """Parameters (r, alpha, a, b) from customers by repeat purchases, age at the last of them, age now; `many` alike.

    Where customers do not differ in how soon they stop, a and b have no greatest likelihood, only their ratio: their
    sum is then held at `ALIKE`, which hardly changes what is told of it.
    Source: Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way", Marketing Science 24(2).
    """
    of = [np.asarray(one, float) for one in (frequency, recency, age, many)]
    scale = float(np.average(of[2], weights=of[3])) or 1.0
    of[1], of[2] = of[1] / scale, of[2] / scale
    try:
        found = fitted(partial(_bgnbd_likelihood, *of), (1.0, 1.0, 1.0, 1.0), (0.5, 0.2, 0.8, 2.5))
    except BadData as error:
        if error.key != "model_unfit":
            raise
        found = _alike(partial(_bgnbd_likelihood, *of))
    r, alpha, a, b = found.parameters
    # Counted in another unit of time: each repeat purchase adds a density in time to the likelihood.
    shift = float(np.sum(of[0] * of[3])) * np.log(scale)
    return Fit((r, alpha * scale, a, b), found.log_likelihood - float(shift), found.covariance)


def _alike(log_likelihood: Callable[[Array], float]) -> Fit:
    """The fit of (r, alpha, a, b) with a + b held: over r, alpha and the odds a / b."""

    def whole(three: Array) -> Array:
        r, alpha, odds = three
        return np.array([r, alpha, ALIKE * odds / (1 + odds), ALIKE / (1 + odds)])

    found = fitted(lambda three: log_likelihood(whole(three)), (1.0, 1.0, 0.5))
    share = found.parameters[2] / (1 + found.parameters[2])
    # How the logarithms of the four move with those of the three.
    slopes = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1 - share], [0, 0, -share]])
    told = tuple(float(one) for one in whole(np.array(found.parameters)))
    return Fit(told, found.log_likelihood, slopes @ found.covariance @ slopes.T)


def _bgnbd_likelihood(frequency: Array, recency: Array, age: Array, many: Array, parameters: Array) -> float:
    r, alpha, a, b = parameters
    ln, beta = special().gammaln, special().betaln
    first = ln(r + frequency) - ln(r) + r * np.log(alpha)
    second = beta(a, b + frequency) - beta(a, b)
    alive = -(r + frequency) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(frequency, 1) - 1) - (r + frequency) * np.log(alpha + recency)
    ended = np.where(frequency > 0, np.logaddexp(alive, gone), alive)
    return float(np.sum(many * (first + second + ended)))


def expected_purchases(
    time: float, frequency: Array, recency: Array, age: Array, r: float, alpha: float, a: float, b: float
) -> Array:
    """Purchases of each customer expected in the coming `time`, in the unit of recency and age."""
    x, t = np.asarray(frequency, float), np.asarray(age, float)
    hyper = special().hyp2f1(r + x, b + x, a + b + x - 1, time / (alpha + t + time))
    grown = 1 - ((alpha + t) / (alpha + t + time)) ** (r + x) * hyper
    found: Array = (a + b + x - 1) / (a - 1) * grown * still_buying(x, recency, t, r, alpha, a, b)
    return found


def still_buying(frequency: Array, recency: Array, age: Array, r: float, alpha: float, a: float, b: float) -> Array:
    """The probability that each customer has not stopped buying for good."""
    x = np.asarray(frequency, float)
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + np.asarray(recency, float))) ** (r + x)
    found: Array = np.where(x > 0, 1 / (1 + odds), 1.0)
    return found


def gamma_gamma(frequency: Array, value: Array) -> Fit:
    """Parameters (p, q, gamma) of what an order is worth, from customers with repeat orders: how many, their mean.

    Source: Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value".
    """
    x, m = np.asarray(frequency, float), np.asarray(value, float)
    scale = float(np.mean(m)) or 1.0
    found = fitted(partial(_gamma_likelihood, x, m / scale), (6.0, 4.0, 0.5), (1.0, 1.0, 1.0))
    p, q, gamma = found.parameters
    return Fit((p, q, gamma * scale), found.log_likelihood - len(m) * float(np.log(scale)), found.covariance)


def _gamma_likelihood(x: Array, m: Array, parameters: Array) -> float:
    p, q, gamma = parameters
    ln = special().gammaln
    each = ln(p * x + q) - ln(p * x) - ln(q) + q * np.log(gamma) + (p * x - 1) * np.log(m) + p * x * np.log(x)
    return float(np.sum(each - (p * x + q) * np.log(gamma + m * x)))


def expected_worth(frequency: Array, value: Array, p: float, q: float, gamma: float) -> Array:
    """What an order of each customer is worth, its own mean weighed against that of all."""
    x = np.asarray(frequency, float)
    found: Array = p * (gamma + x * np.where(x > 0, value, 0.0)) / (p * x + q - 1)
    return found
