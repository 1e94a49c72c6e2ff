"""What can be odd about the rows of a canonical table: each probe is a condition that SQL counts.

`of_rows` looks at single rows, all in one pass over the table; the others look at rows together,
or at two tables. A probe yields its key, the column it is about, how many rows, and an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.sources import casting
from bot.sources.canonical import Column, Table
from bot.sources.company import Company

COUNTED_TWICE = ("events", "orders", "order_items", "payments", "mrr_movements", "message_events", "survey_answers")
"""Tables in which two rows that differ in nothing but their key are likely one thing told twice."""

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about the data, counted. The sentence for `key` is in the language files."""

    key: str
    table: str
    column: str | None
    count: int
    example: str | None = None
    """One of the values or keys concerned, as text."""
    other: str | None = None
    """The second column or table it is about, a day, a number of people: what the sentence needs."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One condition over the rows of a table, with the value to show of a row that meets it."""

    key: str
    column: str | None
    condition: ir.BooleanValue
    example: ir.Value
    other: str | None = None


def of_rows(company: Company, name: str, now: datetime) -> tuple[dict[str, Any], list[Oddity]]:
    """Row count, first and last instant, and every single-row oddity of a table, in one pass."""
    mapped = company.mapped[name]
    rows = company.fitted(name, beside=True)
    probes = list(row_probes(company, mapped.table, rows, now))
    numbers: dict[str, ir.Value] = {"rows": rows.count()}
    if mapped.table.instant in mapped.feeds:
        sane = rows[mapped.table.instant] < ibis.literal(now)
        numbers["first"] = rows[mapped.table.instant].min()
        numbers["last"] = rows[mapped.table.instant].max(where=sane)
    for place, probe in enumerate(probes):
        numbers[f"count {place}"] = probe.condition.ifelse(1, 0).sum()
        numbers[f"example {place}"] = probe.example.cast("string").min(where=probe.condition)
    found = company.first(rows.aggregate(**numbers))
    oddities = [
        Oddity(probe.key, name, probe.column, int(found[f"count {place}"] or 0), found[f"example {place}"], probe.other)
        for place, probe in enumerate(probes)
        if found[f"count {place}"]
    ]
    return {part: found.get(part) for part in ("rows", "first", "last")}, oddities


def row_probes(company: Company, table: Table, rows: Any, now: datetime) -> Iterator[Probe]:
    """The probes of single rows that this company's mapping of a table allows."""
    feeds = company.mapped[table.name].feeds
    shown = rows[table.key[0]] if table.key and table.key[0] in feeds else rows[next(iter(feeds))]
    styles = company.styles(table.name)
    for column in table.columns:
        if column.name in feeds:
            yield from column_probes(column, rows, shown, styles.get(column.name), table.whose)
    whose = [name for name in table.whose if name in feeds]
    if whose:
        nobody = rows[whose[0]].isnull()
        for name in whose[1:]:
            nobody = nobody & rows[name].isnull()
        yield Probe("nobody", " / ".join(whose), nobody, shown)
    if table.instant in feeds:
        future = rows[table.instant] > ibis.literal(now)
        yield Probe("in_future", table.instant, future, rows[table.instant])
    for earlier, later in table.order:
        if earlier in feeds and later in feeds:
            yield Probe("out_of_order", later, rows[later] < rows[earlier], shown, other=earlier)
    if table.name == "survey_answers" and "score" in feeds:
        for kind, (low, high) in SCALES.items():
            outside = (rows.type == kind) & ~rows.score.between(low, high)
            yield Probe("score_out_of_range", "score", outside, rows.score, other=f"{kind} {low}-{high}")


def column_probes(
    column: Column, rows: Any, shown: ir.Value, style: casting.Style | None, whose: tuple[str, ...]
) -> Iterator[Probe]:
    """What can be odd about one mapped column."""
    value, raw = rows[column.name], rows[f"raw {column.name}"]
    if column.required and column.name not in whose:
        blank = raw.isnull()
        if raw.type().is_string():
            blank = blank | (raw.strip() == "")
        yield Probe("blank_required", column.name, blank, shown)
    unfit = casting.misfit(raw, value)
    if style is casting.Style.UNSURE:
        unclear = raw.strip().re_search(casting.SLASHED)
        yield Probe("ambiguous_dates", column.name, unfit & unclear, raw)
        unfit = unfit & ~unclear
    if raw.type().is_string() != (column.kind == "text") or column.kind == "count":
        yield Probe("misfit", column.name, unfit, raw)
    if column.words:
        yield Probe("unknown_words", column.name, value.notin(column.words), value)
    if column.kind in ("count", "number", "money") and not column.signed:
        yield Probe("negative_amounts", column.name, value < 0, shown)
    if column.kind == "money" and column.required:
        zero = value == 0
        if "status" in rows.columns and column.name == "mrr":
            zero = zero & rows.status.isin(("active", "past_due"))
        yield Probe("zero_amounts", column.name, zero, shown)


def of_keys(company: Company, name: str) -> Iterator[Oddity]:
    """Rows that share their key, rows that are equal but for it, and orders of one customer and day."""
    mapped, rows = company.mapped[name], company.tables[name]
    key = [column for column in mapped.table.key if column in mapped.feeds]
    if key and len(key) == len(mapped.table.key):
        yield from repeated(company, "duplicate_keys", name, rows, key)
    rest = [column for column in mapped.feeds if column not in key or len(mapped.table.key) > 1]
    if name in COUNTED_TWICE and rest:
        yield from repeated(company, "equal_rows", name, rows, rest)
    if name == "orders":
        daily = rows.mutate(day=casting.day_of(rows.occurred_at, company.definitions.zone))
        yield from repeated(company, "same_day_orders", name, daily, ["customer_id", "day"])


def repeated(company: Company, key: str, name: str, rows: Any, columns: list[str]) -> Iterator[Oddity]:
    """How many rows repeat an earlier one in these columns."""
    filled = rows.filter(rows[columns[0]].notnull())
    groups = filled.group_by(columns).aggregate(times=filled.count())
    groups = groups.filter(groups.times > 1)
    found = company.first(
        groups.aggregate(
            extra=(groups.times - 1).sum(), groups=groups.count(), example=groups[columns[0]].cast("string").min()
        )
    )
    if found["extra"]:
        yield Oddity(
            key,
            name,
            ", ".join(columns) if key == "duplicate_keys" else None,
            int(found["extra"]),
            found["example"],
            str(found["groups"]),
        )


def of_references(company: Company, name: str) -> Iterator[Oddity]:
    """Values that lead to no row of the table they refer to."""
    mapped, rows = company.mapped[name], company.tables[name]
    for column in mapped.table.columns:
        if column.refers and column.name in mapped.feeds and column.refers in company.mapped:
            target = company.tables[column.refers]
            if column.refers == name:  # joined with itself: Ibis must see two tables
                target = target.view()
            lost = rows.filter(rows[column.name].notnull()).anti_join(
                target, rows[column.name] == target[company.mapped[column.refers].table.key[0]]
            )
            found = company.first(
                lost.aggregate(count=lost.count(), example=lost[column.name].min(), values=lost[column.name].nunique())
            )
            if found["count"]:
                yield Oddity("orphans", name, column.name, int(found["count"]), found["example"], column.refers)


def of_beginnings(company: Company, name: str) -> Iterator[Oddity]:
    """Rows dated before their account signed up, or before their user was made."""
    mapped, rows = company.mapped[name], company.tables[name]
    when = mapped.table.instant
    if when not in mapped.feeds:
        return
    for column in mapped.table.columns:
        if column.name not in mapped.table.whose:  # somebody invited, or merged into, may well begin later
            continue
        start = {"accounts": "signup_at", "users": "created_at"}.get(column.refers or "")
        if start and column.name in mapped.feeds and company.has(str(column.refers), start):
            key = company.mapped[str(column.refers)].table.key[0]
            begins = company.tables[str(column.refers)].select(**{"their id": key, "their start": start})
            early = rows.join(begins, rows[column.name] == begins["their id"])
            early = early.filter(early[when] < early["their start"])
            found = company.first(early.aggregate(count=early.count(), example=early[column.name].min()))
            if found["count"]:
                yield Oddity("before_signup", name, column.name, int(found["count"]), found["example"], column.refers)


def of_stretches(company: Company, as_of: datetime) -> Iterator[Oddity]:
    """Stretches of one subscription that overlap, accounts that hold several at once, and what they do
    while they have none, or say while they pay.
    """
    rows = company.tables["subscriptions"]
    far = ibis.literal(datetime(9999, 1, 1))
    ends = rows.valid_to.fill_null(far)
    earlier = rows.mutate(ends=ends)
    window = ibis.window(group_by="subscription_id", order_by=["valid_from", "ends"], preceding=(None, 1))
    earlier = earlier.mutate(so_far=earlier.ends.max().over(window))
    over = earlier.filter(earlier.valid_from < earlier.so_far)
    found = company.first(over.aggregate(count=over.count(), example=over.subscription_id.min()))
    if found["count"]:
        yield Oddity("overlapping_stretches", "subscriptions", None, int(found["count"]), found["example"])
    live = rows.filter(
        (rows.valid_from < ibis.literal(as_of))
        & (ends >= ibis.literal(as_of))
        & rows.status.isin(("active", "past_due"))
        & (rows.mrr > 0)
    )
    held = live.group_by("account_id").aggregate(subscriptions=live.subscription_id.nunique())
    several = held.filter(held.subscriptions > 1)
    found = company.first(
        several.aggregate(count=several.count(), example=several.account_id.min(), most=several.subscriptions.max())
    )
    if found["count"]:
        yield Oddity(
            "parallel_subscriptions", "subscriptions", None, int(found["count"]), found["example"], str(found["most"])
        )
    if company.has("events", "account_id"):
        spans = (
            rows.mutate(ends=ends)
            .group_by("account_id")
            .aggregate(opens=ibis._.valid_from.min(), closes=ibis._.ends.max())
        )
        events: Any = company.tables["events"]
        events = events.select(whose="account_id", when="occurred_at")
        outside = events.join(spans, events.whose == spans.account_id)
        outside = outside.filter((outside.when < outside.opens) | (outside.when >= outside.closes))
        found = company.first(outside.aggregate(count=outside.count(), example=outside.whose.min()))
        if found["count"]:
            yield Oddity("outside_subscription", "events", "account_id", int(found["count"]), found["example"])
    if company.has("survey_answers", "account_id"):
        answers = company.tables["survey_answers"]
        left = answers.filter(answers.type == "churn").select("account_id").distinct()
        still = left.semi_join(live, "account_id")
        found = company.first(still.aggregate(count=still.count(), example=still.account_id.min()))
        if found["count"]:
            yield Oddity("paying_though_left", "survey_answers", "account_id", int(found["count"]), found["example"])
