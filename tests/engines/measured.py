"""Measurements as an answer would hold them, for replies that are checked against them."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias

from bot.types import Evidence, Good, Grain, Intent, Query, Shape, Unit, Window, filters

Role: TypeAlias = Literal["main", "baseline", "companion", "driver"]
AS_OF = date(2026, 11, 10)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, name="month")
SEPTEMBER = Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH, name="month")
QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.MONTH, name="quarter")


def _share(id: str, metric: str, window: Window, part: int, whole: int, role: Role = "main", **where: str) -> Evidence:
    query = Query(Intent.WHY, metric, window, filters=filters({name: [value] for name, value in where.items()}))
    row = {"part": part, "whole": whole, "value": part / whole, "interval": [part / whole - 0.02, part / whole + 0.02]}
    good: Good = "down" if metric == "churn_rate" else "up"
    return Evidence(
        id, query, role, Unit.SHARE, good, Shape.SHARE, 1, tuple(row), (row,), AS_OF
    )  # fmt: skip


def why() -> tuple[Evidence, ...]:
    """Churn of annual plans: 29 of 625 in September, 69 of 630 in October; France holds 6.4 of the 6.3 points."""
    main = _share("e1", "churn_rate", OCTOBER, 69, 630, interval="annual")
    before = _share("e2", "churn_rate", SEPTEMBER, 29, 625, "baseline", interval="annual")
    rows = tuple(
        {
            "country": country, "part": part, "whole": whole, "baseline_part": part_before,
            "baseline_whole": whole_before, "effect": effect,
        }
        for country, part, whole, part_before, whole_before, effect in (
            ("FR", 64, 288, 24, 289, 0.0636), ("PL", 1, 55, 2, 56, -0.0014), ("US", 4, 287, 3, 280, 0.001),
        )
    )  # fmt: skip
    drivers = Evidence(
        "e3", Query(Intent.WHY, "churn_rate", OCTOBER, filters=filters({"interval": ["annual"]}), by=("country",)),
        "driver", Unit.SHARE, "down", Shape.SHARE, 1, tuple(rows[0]), rows, AS_OF,
    )  # fmt: skip
    return main, before, drivers


def money() -> tuple[Evidence, ...]:
    """MRR by plan in October: 240,000 of Pro, 97,098 of Business; and NPS of the third quarter, 20.9 of 158."""
    rows = tuple(
        {"plan": plan, "value": value, "n": n} for plan, value, n in (("Pro", 240_000, 900), ("Business", 97_098, 244))
    )
    mrr = Evidence(
        "e1", Query(Intent.BREAKDOWN, "mrr", OCTOBER, by=("plan",)), "main", Unit.MONEY, "up", Shape.LEVEL, 1,
        ("plan", "value", "n"), rows, AS_OF, "USD",
    )  # fmt: skip
    row = {"part": 33, "whole": 158, "value": 100 * 33 / 158, "interval": [10.0, 31.7]}
    nps = Evidence(
        "e2", Query(Intent.VALUE, "nps", QUARTER), "companion", Unit.POINTS, "up", Shape.RATIO, 1, tuple(row), (row,),
        AS_OF,
    )  # fmt: skip
    return mrr, nps


def trend() -> tuple[Evidence, ...]:
    """Churn of each month from May to October: 3.0, 3.1, 3.9, 3.4, 6.1 and 9.9 %; 326 customers in all."""
    counts = (30, 1008), (33, 1058), (42, 1082), (38, 1107), (69, 1130), (114, 1155)
    rows = tuple(
        {"period": f"2026-{month:02}-01", "part": part, "whole": whole, "value": part / whole}
        for month, (part, whole) in enumerate(counts, start=5)
    )
    half_year = Window(date(2026, 5, 1), date(2026, 11, 1), Grain.MONTH, name="range")
    return (
        Evidence(
            "e1", Query(Intent.TREND, "churn_rate", half_year), "main", Unit.SHARE, "down", Shape.SHARE, 1,
            tuple(rows[0]), rows, AS_OF,
        ),
    )  # fmt: skip


def _of_money(id: str, metric: str, window: Window, part: int, whole: int, role: Role = "main") -> Evidence:
    row = {"part": part, "whole": whole, "value": part / whole, "n": 1155}
    return Evidence(
        id, Query(Intent.COMPARE, metric, window), role, Unit.SHARE, "up",
        Shape.SHARE if metric == "grr" else Shape.RATIO, 1, tuple(row), (row,), AS_OF, "USD", "money",
    )  # fmt: skip


def revenue() -> tuple[Evidence, ...]:
    """NRR 93.7 % in October, 96.5 % in September; GRR 91.2 % in October; in US dollars."""
    return (
        _of_money("e1", "nrr", OCTOBER, 317_398, 338_615),
        _of_money("e2", "nrr", SEPTEMBER, 320_019, 331_614, "baseline"),
        _of_money("e3", "grr", OCTOBER, 308_817, 338_615, "companion"),
    )


def support() -> tuple[Evidence, ...]:
    """Hours to the first answer in October: chat 1.4, email 1.7, phone 1.6; CSAT 84.0 % after 88.0 % in September."""
    rows = tuple(
        {"channel": channel, "value": hours, "n": n}
        for channel, hours, n in (("chat", 1.38, 128), ("email", 1.67, 150), ("phone", 1.6, 90))
    )
    hours = Evidence(
        "e1", Query(Intent.BREAKDOWN, "first_response_time", OCTOBER, by=("channel",)), "main", Unit.HOURS, "down",
        Shape.LEVEL, 1, tuple(rows[0]), rows, AS_OF,
    )  # fmt: skip
    now = _share("e2", "csat", OCTOBER, 126, 150, "companion")
    return hours, now, _share("e3", "csat", SEPTEMBER, 132, 150, "baseline")


def plans() -> tuple[Evidence, ...]:
    """Churn in October: Starter 40 of 400, Pro 24 of 600, Business 3 of 150; 67 of 1,150 in all."""
    rows = tuple(
        {"plan": plan, "part": part, "whole": whole, "value": part / whole}
        for plan, part, whole in (("Starter", 40, 400), ("Pro", 24, 600), ("Business", 3, 150))
    )
    by_plan = Evidence(
        "e1", Query(Intent.BREAKDOWN, "churn_rate", OCTOBER, by=("plan",)), "main", Unit.SHARE, "down", Shape.SHARE, 1,
        tuple(rows[0]), rows, AS_OF,
    )  # fmt: skip
    return by_plan, _share("e2", "churn_rate", OCTOBER, 67, 1150)


def people() -> tuple[Evidence, ...]:
    """The three customers in Spain who left in October, who paid $1,750, $300 and $330 a month."""
    rows = tuple(
        {"account_id": account, "name": name, "country": "ES", "lost_on": date(2026, 10, day), "mrr": mrr}
        for account, name, day, mrr in (
            ("A1", "Grupo Alba", 29, 1750), ("A2", "Casa Norte", 17, 300), ("A3", "Luz Sur", 3, 330),
        )
    )  # fmt: skip
    query = Query(Intent.LIST_PEOPLE, "churned_customers", OCTOBER, filters=filters({"country": ["ES"]}))
    return (
        Evidence("e1", query, "main", Unit.COUNT, "down", Shape.ROSTER, 1, tuple(rows[0]), rows, AS_OF, "USD"),
    )  # fmt: skip


SETS = {
    "why": why, "money": money, "trend": trend, "revenue": revenue, "support": support, "plans": plans,
    "people": people,
}  # fmt: skip
