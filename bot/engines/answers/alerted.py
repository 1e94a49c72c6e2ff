"""What an alert says: what is off, how far and from what, what is on record beside it, and where most of it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.analysis.compare import compare
from bot.analysis.crossed import crossed
from bot.analysis.excursions import NORMAL, Sight
from bot.analysis.explain import split_change
from bot.analysis.happenings import happened
from bot.analysis.limits import Kind
from bot.analysis.measure import Analyst
from bot.analysis.unusual import Judged, grain_of, kind_of, look
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of, scope
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.types import Alert, Amount, Evidence, Filters, Grain, Intent, Query, Unit, Window

FOR_WHOM = ("country", "plan", "interval", "platform", "size")
"""Dimensions in which it is looked for whom a figure moved most."""
DAYS_AROUND = 14
MOST_EVENTS = 3
MOST_SEGMENTS = 3
WHOLE = ""
"""The key of a figure that is not broken down."""

USUAL: tuple[Alert, ...] = tuple(
    Alert(Query(Intent.VALUE, metric, variant=variant, by=by), "unusual", grain=grain)
    for metric, grain, by, variant in (
        ("churn_rate", Grain.WEEK, (), ()),
        ("churn_rate", Grain.MONTH, ("country",), ()),
        ("mrr", Grain.WEEK, (), ()),
        ("new_customers", Grain.WEEK, (), ()),
        ("active_users", Grain.WEEK, (), ()),
        ("activation_rate", Grain.MONTH, ("platform",), (("horizon_days", "7"),)),
        ("failed_payment_rate", Grain.WEEK, (), ()),
        ("open_tickets", Grain.WEEK, (), ()),
        ("csat", Grain.WEEK, (), ()),
    )
)
"""What is worth watching anywhere: customers, money, use, newcomers, payments, help; by week where it has enough."""


@dataclass(frozen=True)
class Found:
    """The last complete period of an alert: which of its figures are off, and how to tell of some of them."""

    window: Window
    seen: tuple[Sight, ...]
    judged: Mapping[str, Any]


def found(analyst: Analyst, alert: Alert) -> Found:
    """How the alert stands on the last complete period. Raises ForPerson."""
    if alert.when == "unusual":
        looked = look(analyst, alert.query, alert.grain or grain_of(analyst.metric(alert.query.metric)))
        sights = [Sight(key_of(one.segment), _way(one)) for one in looked.judged]
        return Found(looked.window, tuple(sights), {"look": looked})
    held = crossed(analyst, alert)
    return Found(held.window, (Sight(WHOLE, alert.when if held.hit else NORMAL),), {"crossed": held})


def _way(one: Judged) -> str:
    return NORMAL if not one.unusual else "up" if one.up else "down"


def key_of(segment: Filters) -> str:
    """A segment as the key of its figure."""
    return "&".join(f"{name}={values[0]}" for name, values in segment)


def said(desk: Desk, alert: Alert, stands: Found, keys: Sequence[str]) -> Part:
    """The sentences about the figures of these keys."""
    part = Part()
    if alert.when != "unusual":
        _beyond(desk, part, alert, stands)
        return part
    looked = stands.judged["look"]
    told = [one for one in looked.judged if key_of(one.segment) in keys]
    told.sort(key=lambda one: -abs(one.limits.z))
    evidence = replace(looked.evidence, id=desk.next_id())
    part.queries.append(replace(_within(alert.query, told[0].segment), window=looked.window))
    part.keep(evidence)
    for one in told[:MOST_SEGMENTS]:
        _off(desk, part, evidence, looked.window, one)
    scope(part, replace(evidence, query=replace(evidence.query, window=looked.window)))
    _context(desk, part, part.queries[0], looked.window, country=dict(told[0].segment).get("country"))
    _after(desk, part, part.queries[0], "up" if told[0].up else "down")
    return part


def _within(query: Query, segment: Filters) -> Query:
    """The query about one segment alone."""
    filters = tuple(sorted({**dict(query.filters), **dict(segment)}.items()))
    return replace(query, intent=Intent.WHY, by=(), filters=filters)


def _off(desk: Desk, part: Part, evidence: Evidence, window: Window, one: Judged) -> None:
    """One figure that is off: from what to what, what would be usual, in counts, and since when it was not so."""
    name, limits = evidence.query.metric, one.limits
    shown = {"unit": evidence.unit.value, "currency": evidence.currency}
    usual = replace(
        evidence, id=desk.next_id(), role="baseline", columns=("value", "n", "interval"), caveats=(),
        rows=({"value": limits.expected, "n": limits.n, "interval": [limits.low, limits.high]},),
    )  # fmt: skip
    part.keep(usual)
    way = "high" if one.up else "low"
    values = {"metric": name, "value": one.row["value"], "before": one.before["value"], "window": window, **shown}
    if one.segment:
        labels = [label_of(desk, dimension, value) for dimension, (value,) in one.segment]
        part.say(f"alert_{way}_of", evidence, label=" · ".join(labels), **values)
    else:
        part.say(f"alert_{way}", evidence, **values)
    bounds = _rounded(kind_of(evidence), limits.low, limits.high)
    part.say("alert_usual", usual, interval=bounds, n=limits.n, **shown)
    if kind_of(evidence) is Kind.SHARE:
        part.say("alert_counts", evidence, **{name: one.row[name] for name in ("part", "whole", "interval")})
    if one.most:
        part.say(f"alert_{way}est_{_period(window)}", evidence, n=one.most)
    good = catalogue()[name or ""].good
    if good != "context":
        part.say("alert_better" if (good == "up") is one.up else "alert_worse", evidence)


def _rounded(kind: Kind, low: float, high: float) -> tuple[float, float]:
    return (round(low), round(high)) if kind is Kind.COUNT else (low, high)


def _period(window: Window) -> str:
    return window.grain.value if window.grain in (Grain.DAY, Grain.MONTH) else "week"


def _beyond(desk: Desk, part: Part, alert: Alert, stands: Found) -> None:
    """A figure beyond an amount, or changed by one."""
    held = stands.judged["crossed"]
    stated = _stated(alert, held.evidence.unit)
    evidence = replace(held.evidence, query=replace(held.evidence.query, amounts=(stated,)))
    row = evidence.rows[0]
    part.queries.append(replace(held.evidence.query, intent=Intent.WHY, baseline=None))
    part.keep(evidence, *([held.baseline] if held.baseline else []))
    shown = {"unit": evidence.unit.value, "currency": evidence.currency}
    values = {"metric": alert.query.metric, "value": row["value"], "window": held.window, **shown}
    if held.baseline is None:
        part.say(f"alert_{alert.when}", evidence, limit=alert.amount, **values)
    else:
        before = held.baseline.rows[0]["value"]
        relative = f"alert_{alert.when}_relative"
        key, change = (relative, abs(held.change)) if alert.relative else (f"alert_{alert.when}", held.change)
        part.say(key, evidence, held.baseline, before=before, change=change, limit=alert.amount, **values)
    if kind_of(evidence) is Kind.SHARE and row.get("interval"):
        part.say("alert_counts", evidence, **{name: row[name] for name in ("part", "whole", "interval")})
    scope(part, evidence)
    country = dict(alert.query.filters).get("country")
    _context(desk, part, part.queries[0], held.window, country=country)
    _after(desk, part, part.queries[0], "up" if alert.when in ("above", "up") else "down")


def _stated(alert: Alert, unit: Unit) -> Amount:
    """The amount of an alert as a person said it."""
    if alert.relative or unit is Unit.SHARE:
        change = alert.when in ("up", "down") and not alert.relative
        return Amount(round(100 * alert.amount, 6), "points" if change else "percent")
    return Amount(alert.amount, "money" if unit is Unit.MONEY else "number")


def _context(desk: Desk, part: Part, query: Query, window: Window, country: Sequence[str] | None) -> None:
    """Where most of the change against the period before lies, and what is on record around it: never a cause."""
    _split(desk, part, query, window)
    record, _ = happened(desk.analyst, window.start - timedelta(days=DAYS_AROUND), window.end - timedelta(days=1))
    rows = [row for row in record.rows if country is None or row["country"] in (None, *country)] if record else []
    if not rows or record is None:
        return
    record = replace(record, id=desk.next_id())
    part.keep(record)
    rows.sort(key=lambda row: (row["country"] is None, -row["day"].toordinal()))
    part.say("look_noted_undated", record, texts=[event_of(desk, row) for row in rows[:MOST_EVENTS]])
    part.say("alert_no_cause")


def event_of(desk: Desk, row: Mapping[str, Any]) -> str:
    """What happened on a day, and where, in words."""
    if row["country"] is None:
        return desk.language.say("look_event", what=row["what"], day=row["day"])
    place = label_of(desk, "country", row["country"])
    return desk.language.say("look_event_in", what=row["what"], day=row["day"], place=place)


def _split(desk: Desk, part: Part, query: Query, window: Window) -> None:
    """For whom the figure moved most since the period before, where one group stands out."""
    try:
        comparison = compare(desk.analyst, replace(query, window=window, baseline="previous"))
        split = split_change(desk.analyst, comparison, _open(query))
    except ForPerson:
        return
    if split.driver is None or comparison.direction not in ("up", "down"):
        return
    dimension, effect = split.driver
    evidence = next(one for one in split.drivers if one.query.by == (dimension,))
    part.keep(replace(comparison.baseline, id=desk.next_id()), kept := replace(evidence, id=desk.next_id()))
    part.say(
        f"alert_split_{comparison.direction}", kept, change=comparison.change, unit=kept.unit.value,
        currency=kept.currency, dimension=dimension, label=label_of(desk, dimension, effect.segment),
    )  # fmt: skip


def _open(query: Query) -> tuple[str, ...]:
    metric, fixed = catalogue()[query.metric or ""], dict(query.filters)
    return tuple(name for name in FOR_WHOM if name in metric.by and name not in fixed)


def _after(desk: Desk, part: Part, query: Query, way: str) -> None:
    """The questions that come next: why, and a draft where it went the wrong way and the asker may draft."""
    language = desk.language
    why = language.say(f"alert_follow_why_{way}", metric=query.metric, window=query.window)
    if query.filters:
        why = language.say("alert_follow_among", question=why.rstrip(" ?\u202f"), filters=query.filters)
    part.follow_ups.append(why)
    if catalogue()[query.metric or ""].good == ("down" if way == "up" else "up") and desk.analyst.rights.drafts:
        part.follow_ups.append(language.say("follow_draft_inactive"))
