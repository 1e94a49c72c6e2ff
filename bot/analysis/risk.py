"""Learning who is lost: from what customers did before a day, and what became of them after it.

A model for a day knows only outcomes that were known by the first of that day's month, and is judged on the last
horizon of them by one that was fitted to those before. Under 200 losses, and where it tells the lost no better than
the plain score of signs does, that score stays in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from bot.analysis import ranking
from bot.analysis.intervals import wilson
from bot.analysis.leaks import refusals
from bot.analysis.measure import Analyst
from bot.analysis.risk_fit import NOT_FEATURES, Design, Fit, fits, one_thread, parts_of
from bot.metrics.dimensions import months_before
from bot.metrics.risk import told_by_signs
from bot.metrics.risk_features import Named, known, moments, with_outcome
from bot.metrics.risk_model import Card, Judged, Learned, Reason, Refused, Way
from bot.progress import step
from bot.types import Intent, Query, instant

FEWEST_LOST = 200
"""Customers lost below which the plain score is used."""
FEWEST_TO_FIT = 50
"""Customers lost below which no model is fitted, not even to be looked at."""
FEWEST_TO_JUDGE = 20
MOST_DAYS = 24
"""Days of a score that are learned from, a month apart, the latest first."""
MOST_USES = 40
MOST_TRAITS = 60
KNOWN_TERMS = 0.95
"""The share of long contracts whose end must be known for it to be used."""
FOLDS = 5


@dataclass(frozen=True)
class Past:
    """The rows that may be learned from: one per account and day, with its features and, once known, its outcome."""

    rows: pd.DataFrame
    named: Named


def learn(analyst: Analyst, horizon: int, day: date) -> Learned | None:
    """What can be learned by `day` of losses within the horizon; None where scikit-learn is not installed.

    The same for all days of a month. An undated picture teaches what it shows, whatever the horizon.
    """
    if not fits():
        return None
    if analyst.company.definitions.snapshot:
        learned_on = analyst.as_of
        horizon = (learned_on - _picture(learned_on)).days
    else:
        learned_on = min(day, analyst.as_of).replace(day=1)
    key = analyst.key("risk", horizon, learned_on)
    return analyst.kept.get(key, lambda: _learned(analyst, horizon, learned_on))


def _picture(as_of: date) -> date:
    """The day on which an undated picture begins: a month before it is told."""
    return months_before(as_of, 1)


def _learned(analyst: Analyst, horizon: int, learned_on: date) -> Learned:
    step("step_learn", horizon)
    past = analyst.kept.get(analyst.key("risk rows", horizon), lambda: _past(analyst, horizon))
    with one_thread():
        return _learned_from(past, analyst, horizon, learned_on)


def _learned_from(past: Past, analyst: Analyst, horizon: int, learned_on: date) -> Learned:
    zone, picture = analyst.company.definitions.zone, analyst.company.definitions.snapshot
    end = pd.Timestamp(instant(learned_on, zone))
    rows = past.rows[(past.rows["leaving"] == 0) & (past.rows["told_at"] < end)]
    settled = rows[rows["until"] <= end]
    refused = _refusals(settled, past)
    names = past.named.columns()
    hidden = {column for column in settled.columns if names.get(column, column) in {one.name for one in refused}}
    settled = settled.drop(columns=list(hidden))
    lost = int(settled.loc[settled["lost"] == 1, "account_id"].nunique())
    days = sorted(settled["told_at"].unique())
    card = Card("rule", "few_lost", horizon, lost, FEWEST_LOST, len(settled), len(days), refused=refused)
    if lost < FEWEST_TO_FIT or not learnable(settled, names):
        return Learned(card)
    judged = _by_folds(settled, names, learned_on) if picture else _by_later(settled, names, learned_on)
    fit = Fit.to(settled, names)
    drivers = fit.drivers(settled)
    now = past.rows[(past.rows["told_at"] == end) & (past.rows["leaving"] == 0)]
    drift = ranking.stability(fit.scores(now), fit.scores(settled)) if len(now) and not picture else None
    reason: Reason = "few_lost" if lost < FEWEST_LOST else _reason(judged)
    card = Card(
        used="model" if reason == "enough" else "rule", reason=reason, horizon=horizon, lost=lost, needed=FEWEST_LOST,
        rows=len(settled), days=len(days), learned_from=days[0].date(), learned_until=learned_on,
        renewed_on=None if picture else months_before(learned_on, -1), drift=drift, judged=judged, refused=refused,
        drivers=drivers,
    )  # fmt: skip
    return Learned(card, fit.model(settled, horizon, past.named, drivers))


def _reason(judged: Judged | None) -> Reason:
    if judged is None:
        return "not_judged"
    return "worse" if judged.rule_auc is not None and judged.rule_auc > judged.auc else "enough"


def _refusals(settled: pd.DataFrame, past: Past) -> tuple[Refused, ...]:
    features = settled[settled.columns.difference(list(NOT_FEATURES), sort=False)]
    return refusals(features, settled["lost"], past.named.columns()) if len(settled) else ()


def learnable(rows: pd.DataFrame, names: Mapping[str, str]) -> bool:
    """Whether enough were lost, and kept, and anything but chance could tell them apart."""
    kinds = rows["lost"].value_counts().reindex([0, 1], fill_value=0)
    return bool(kinds.min() >= FEWEST_TO_FIT and Design.of(rows, names).features)


# ------------------------------------------------------------------------------------------------ judging


def _by_later(rows: pd.DataFrame, names: Mapping[str, str], learned_on: date) -> Judged | None:
    """Fitted to outcomes known by a day, judged on what followed in the horizon after it: its customers once each."""
    day = rows["told_at"].max()
    before, after = rows[rows["until"] <= day], rows[rows["told_at"] == day]
    if not learnable(before, names) or after["lost"].sum() < FEWEST_TO_JUDGE or after["lost"].all():
        return None
    told = Fit.to(before, names).scores(after)
    return _judged("later", after, told, day.date(), learned_on)


def _by_folds(rows: pd.DataFrame, names: Mapping[str, str], learned_on: date) -> Judged:
    """Each fifth of the accounts told by a model that was fitted to the other four."""
    part = parts_of(rows["account_id"], FOLDS)
    told = pd.concat(Fit.to(rows[part != one], names).scores(rows[part == one]) for one in range(FOLDS))
    return _judged("folds", rows, told.reindex(rows.index), rows["told_at"].max().date(), learned_on)


def _judged(way: Way, rows: pd.DataFrame, told: pd.Series[float], day: date, until: date) -> Judged:
    lost = rows["lost"]
    gone = int(lost.sum())
    area = ranking.auc(told, lost)
    assert area is not None
    top, top_lost = ranking.top_tenth(told, lost)
    return Judged(
        way=way, day=day, until=until, customers=len(rows), lost=gone,
        expected=float(told.sum()), auc=area, auc_interval=ranking.auc_interval(area, gone, len(rows) - gone),
        top=top, top_lost=top_lost, top_interval=wilson(top_lost, top), fifths=ranking.fifths(told, lost),
        rule_auc=ranking.auc(rows["points"], lost) if rows["points"].notna().all() else None,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ fetching


def _past(analyst: Analyst, horizon: int) -> Past:
    """The rows of every day that may be learned from, and of the latest one, in one query."""
    t = analyst.tables(Query(Intent.VALUE))
    company, picture = analyst.company, analyst.company.definitions.snapshot
    latest = _picture(analyst.as_of) if picture else analyst.as_of.replace(day=1)
    first = company.first_day("subscriptions", "valid_from") or latest
    days = [latest] if picture else [months_before(latest, back) for back in range(MOST_DAYS + 1)]
    days = [day for day in days if day > first] or [latest]
    named = _named(analyst)
    rows = company.run(with_outcome(t, known(t, moments(t, days), horizon, named)))
    signs = company.run(told_by_signs(t, days).select("account_id", "told_at", "points"))
    rows = rows.merge(signs, on=["account_id", "told_at"], how="left")
    rows = rows.sort_values(["told_at", "account_id"], ignore_index=True)
    return Past(rows, named)


def _named(analyst: Analyst) -> Named:
    """The features of the product, the traits of accounts and the long plans that the data names."""
    t, company = analyst.tables(Query(Intent.VALUE)), analyst.company
    uses: tuple[tuple[str, str], ...] = ()
    if t.has("features", "core_event") and t.has("events", "name"):
        rows = company.rows(t["features"].select("feature_id", "core_event").distinct())
        uses = tuple(sorted((row["feature_id"], row["core_event"]) for row in rows if row["core_event"]))[:MOST_USES]
    traits: tuple[tuple[str, bool], ...] = ()
    if t.has("traits"):
        rows = t["traits"].group_by("name").agg(numbers=lambda row: row.number.count(), all=lambda row: row.count())
        found = company.rows(rows)
        traits = tuple(sorted((row["name"], row["numbers"] > 0) for row in found))[:MOST_TRAITS]
    return Named(uses, traits, _terms(analyst))


def _terms(analyst: Analyst) -> tuple[str, ...]:
    """The plans longer than a month, where nearly all contracts under them say when their term ends."""
    t, company = analyst.tables(Query(Intent.VALUE)), analyst.company
    if not (t.has("plans", "interval") and t.has("subscriptions", "term_end") and t.has("subscriptions", "plan_id")):
        return ()
    plans = company.run(t["plans"].select("plan_id", "interval", "interval_count"))
    yearly = plans["interval"].fillna("").str.startswith(("year", "annual"))
    months = plans["interval_count"].fillna(1) * yearly.map({True: 12, False: 1})
    long = tuple(sorted(plans.loc[months > 1, "plan_id"].dropna()))
    if not long:
        return ()
    rows = t["subscriptions"]
    rows = rows.filter(rows.plan_id.isin(long) & rows.status.isin(("active", "past_due")))
    found = company.first(rows.agg(all=rows.count(), known=rows.term_end.count()))
    return long if found["known"] >= KNOWN_TERMS * (found["all"] or 1) else ()
