"""Measurements as an answer would hold them, for replies that are checked against them."""

from __future__ import annotations

from datetime import date

from bot.types import Evidence, Good, Grain, Intent, Query, Shape, Unit, Window, filters

AS_OF = date(2026, 11, 10)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, name="month")
SEPTEMBER = Window(date(2026, 9, 1), date(2026, 10, 1), Grain.MONTH, name="month")
QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1), Grain.MONTH, name="quarter")


def _share(id: str, metric: str, window: Window, part: int, whole: int, role: str = "main", **where: str) -> Evidence:
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


SETS = {"why": why, "money": money}
