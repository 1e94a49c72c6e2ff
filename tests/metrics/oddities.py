"""Companies as odd as data can be, one a seed: every canonical table, filled by chance, the same on every machine.

Lives overlap, amounts are negative, huge or missing, days lie in the future or on the border of a window, keys
come twice, names hold quotes, emoji and SQL. Nothing of it may end in anything but a true number or a clear sentence.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.sources.canonical import TABLES, Column, Table
from bot.types import Grain, Window

ZONE = "Europe/Paris"
AS_OF = date(2024, 4, 15)
LEAP = Window(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH, ZONE)
SUMMER_TIME = Window(date(2024, 3, 1), date(2024, 4, 1), Grain.MONTH, ZONE)
YEAR = Window(date(2023, 4, 1), date(2024, 4, 1), Grain.RANGE, ZONE)

NAMES = [
    "O'Brien",
    'He said "no"',
    "'; DROP TABLE accounts; --",
    "Zoë 🦊",
    "",
    "%_\\",
    "naïve\tname",
    "شركة",
    "a" * 300,
]
EVENTS = ["did", "built", "signed_up", "error", "cancel_flow_started", "cancel_flow_saved", "page_viewed"]
FIXED: Mapping[str, list[Any]] = {
    "country": ["FR", "FR", "ES", "DE", "xx", None],
    "phone_country": ["FR", "ES", None],
    "language": ["fr", "es", "en", "pl", None],
    "timezone": ["Europe/Paris", "America/New_York", None],
    "industry": ["retail", "health", None],
    "size": ["small", "large", None],
    "region": [*NAMES, None],
    "acquisition_channel": ["ads", "organic", "partner", None],
    "owner_id": ["olga", "omar", None],
    "role": ["admin", "member", None],
    "plan_id": ["p1", "p2", "p3", None],
    "interval": ["month", "year"],
    "interval_count": [1, 1, 3],
    "tier": ["basic", "advanced", "gold", None],
    "entitled_plans": ["p1,p2", "p2", None],
    "core_event": EVENTS[:2],
    "event_name": EVENTS,
    "feature_tag": ["export", "api"],
    "benefit_tag": ["export", "api", None],
    "audience": ["all", "p1", None],
    "platform": ["web", "ios", "android", "desktop", "extension", None],
    "category": ["acquisition", "retention", "support", "success", "loyalty", "tooling", "bug", "billing", None],
    "priority": ["urgent", "normal", None],
    "reason_code": ["price", "no_need", None],
    "reason": ["purchase", "redemption", "expiry", "referral", "unsubscribed", "bounced"],
    "cause": ["upsell", "cross_sell", "price", "seats", "discount_end", None],
    "decline_code": ["insufficient_funds", "expired_card", None],
    "payment_method": ["card", "sepa_debit", None],
    "arm": ["control", "treatment", "A"],
    "variant": ["A", "B", None],
    "purpose": ["marketing", "service", "transactional"],
    "kind": ["price_change", "outage"],
    "unit": ["user", "account"],
    "attempt": [1, 1, 2, 3, None],
    "score": [0.0, 1.0, 3.0, 5.0, 6.0, 7.0, 9.0, 10.0, 11.0, -1.0, None],
    "csat": [1.0, 4.0, 5.0, None],
    "detail": ["hard", "soft", None],
    "times": [1, 2, None],
    "within_days": [7, None],
    "step": [1, 2, None],
    "entity": ["user", "account", None],
    "properties": [None, "{}", '{"error": true}'],
    "countries": ["FR,ES", None],
    "report": [None],
}
AMOUNTS = [10.0, 19.99, 100.0, 33.333333, 0.0, -5.0, 1e9, None]
POOLS = {
    "accounts": [f"a{index}" for index in range(12)],
    "users": [f"u{index}" for index in range(16)],
    "plans": ["p1", "p2", "p3"],
    "features": ["f1", "f2"],
    "campaigns": ["c1", "c2"],
    "experiments": ["x1"],
    "orders": [f"orders{index}" for index in range(20)],
    "sends": [f"sends{index}" for index in range(20)],
    "products": ["products0", "products1"],
    "gatherings": ["gatherings0", "gatherings1"],
    "invoices": [f"invoices{index}" for index in range(20)],
    "surveys": [f"surveys{index}" for index in range(20)],
    "churn_reasons": ["price", "no_need"],
}
SIZES = {
    "accounts": 12, "users": 16, "plans": 3, "features": 2, "campaigns": 2, "experiments": 1, "exchange_rates": 2,
    "products": 2, "gatherings": 2, "churn_reasons": 2, "milestones": 4, "offers": 2, "tier_benefits": 2,
    "subscriptions": 30, "events": 60,
}  # fmt: skip
BORDERS = [
    moment + shift
    for window in (LEAP, SUMMER_TIME)
    for moment in (window.first, window.last)
    for shift in (timedelta(), timedelta(microseconds=1), timedelta(microseconds=-1))
]

Rows = dict[str, list[dict[str, Any]]]


def company(seed: int, *, foreign: bool = False) -> Rows:
    """Every canonical table with some rows; `foreign` lets amounts be in a currency without a rate."""
    chance = random.Random(seed)  # noqa: S311  chance for tests, not for secrets
    return {name: _rows(chance, table, foreign=foreign) for name, table in TABLES.items()}


def _rows(chance: random.Random, table: Table, *, foreign: bool) -> list[dict[str, Any]]:
    rows = []
    for index in range(SIZES.get(table.name, 20)):
        row = {column.name: _cell(chance, table, column, index, foreign=foreign) for column in table.columns}
        for first, second in table.order:
            if row[first] is not None and row[second] is not None and row[second] < row[first]:
                row[first], row[second] = row[second], row[first]
        if table.name == "subscriptions":
            row["account_id"] = f"a{int(row['subscription_id'][1:]) % 12}"
            row["mrr"] = row["mrr"] if row["status"] in ("active", "past_due") else 0.0
        rows.append(row)
        if chance.random() < 0.05 and table.name not in POOLS:
            rows.append(dict(row))
    return rows


def _cell(chance: random.Random, table: Table, column: Column, index: int, *, foreign: bool) -> Any:
    name = column.name
    if table.key == (name,):
        pool = POOLS.get(table.name)
        return pool[index % len(pool)] if pool else f"{table.name}{index}"
    if name == "currency":
        return ["EUR", "USD"][index % 2] if table.name == "exchange_rates" else _currency(index, foreign=foreign)
    if name == "name" and table.name == "events":
        return chance.choice(EVENTS)
    if name in ("merged_into", "is_test"):
        return chance.choice([None] * 9 + [True if column.kind == "flag" else POOLS["accounts"][0]])
    if name == "rate":
        return 1.0 if index == 0 else 0.9
    value = chance.choice(_choices(chance, column))
    if value is None and column.required:
        value = next((one for one in _choices(chance, column) if one is not None), 0.0)
    return value


def _currency(index: int, *, foreign: bool) -> str | None:
    """Each in every table of every seed: a statement holds the rates, and is kept while rows are replaced."""
    known = ["EUR", "USD", "EUR", None, *(["ZZZ"] if foreign else [])]
    return known[index % len(known)]


def _choices(chance: random.Random, column: Column) -> list[Any]:
    if column.words:
        return list(column.words)
    if column.refers in POOLS:
        return [*POOLS[column.refers], *([] if column.required else [None])]
    if column.name in FIXED:
        return FIXED[column.name]
    if column.name == "unit_id":
        return [*POOLS["users"], *POOLS["accounts"], "nobody"]
    if column.name in ("subscription_id", "user_id", "account_id"):
        return [f"s{index}" for index in range(14)] if column.name == "subscription_id" else [None]
    match column.kind:
        case "flag":
            return [True, False, None]
        case "count":
            return [0, 1, 2, 30, None]
        case "number" | "money":
            return AMOUNTS
        case "instant":
            moment = datetime(2023, 4, 1) + timedelta(minutes=chance.randrange(60 * 24 * 400))
            return [moment, moment, moment, chance.choice(BORDERS), *([] if column.required else [None])]
        case "day":
            return [date(2024, 2, 29), date(2024, 3, 31), None]
    return [*NAMES, None]
