"""What customers can have done, as the data names it, and which of it goes with staying: an association only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

from bot.analysis.chance import holm, two_sided
from bot.analysis.intervals import Z
from bot.analysis.measure import Analyst, measure
from bot.errors import BadData
from bot.types import Evidence, Filters, Intent, Query, Shape, Unit, Window

METRIC = "compare_behaviour"
SIGN = "retention"
MOST_EVENTS = 200
SURE = 0.05


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that customers do: its name in the data, and the words of that name."""

    name: str
    words: tuple[str, ...]
    feature: bool


def deeds(analyst: Analyst) -> tuple[Deed, ...]:
    """The features (their core event) and the events of the data. BadData where there are none."""
    return analyst.kept.get(analyst.key("deeds"), lambda: _deeds(analyst))


def deed_of(feature: str) -> Deed:
    """The use of a feature, by the feature's own name."""
    return Deed(feature, _words(feature), True)


def _deeds(analyst: Analyst) -> tuple[Deed, ...]:
    company, tables = analyst.company, analyst.tables(Query(Intent.CLAIM))
    if not company.has("events", "name"):
        raise BadData("missing_table", table="events")
    found: list[Deed] = []
    if company.has("features", "core_event"):
        rows = company.run(tables["features"].select("feature_id", "name").order_by("feature_id"))
        found += [
            Deed(str(row["feature_id"]), _words(str(row["name"] or row["feature_id"])), True)
            for row in rows.to_dict("records")
        ]
    names = company.run(tables["events"].select("name").distinct().order_by("name").limit(MOST_EVENTS))
    found += [Deed(str(name), _words(str(name)), False) for name in names["name"]]
    return tuple(found)


def _words(name: str) -> tuple[str, ...]:
    """ "member_invited" and "memberInvited" are two words."""
    return tuple(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


def compared(
    analyst: Analyst, did: str, day: str, horizon: str, window: Window | None, passing: Filters, id: str
) -> Evidence:
    """Those who did it by a day beside those who could have and did not; the rows are those of `compare_behaviour`."""
    variant = tuple(sorted({"did": did, "day": day, "horizon_days": horizon}.items()))
    return measure(analyst, Query(Intent.VALUE, METRIC, window, variant=variant, filters=passing), id=id)


def ranked(
    analyst: Analyst,
    several: Sequence[Deed],
    day: str,
    horizon: str,
    window: Window | None,
    passing: Filters,
    ids: tuple[str, str],
) -> tuple[Evidence, Evidence]:
    """Each deed's difference in retention, the largest first, as two Evidence: the first comparison, and the ranking.

    Its rows: did, value, before, n, others, difference, interval (95 % for all of them together, Bonferroni), `p`
    after Holm (1979), and `clear` where that is under 5 %. Deeds that nobody did, or everybody, are left out.
    """
    rows: list[dict[str, Any]] = []
    first: Evidence | None = None
    for deed in several:
        evidence = compared(analyst, deed.name, day, horizon, window, passing, ids[0])
        first = first or evidence
        row = next(one for one in evidence.rows if one["sign"] == SIGN)
        if row["difference"] is not None and row["difference_high"] > row["difference_low"]:
            rows.append({"did": deed.name, **{name: row[name] for name in ("value", "before", "n", "others")},
                         "difference": row["difference"],
                         "error": (row["difference_high"] - row["difference_low"]) / (2 * Z)})  # fmt: skip
    if first is None:
        raise BadData("missing_table", table="features")
    _corrected(rows)
    rows.sort(key=lambda row: -row["difference"])
    columns = ("did", "value", "before", "n", "others", "difference", "interval", "p", "clear")
    told = tuple({name: row[name] for name in columns} for row in rows)
    ranking = replace(
        first, id=ids[1], role="driver", shape=Shape.VERDICT, unit=Unit.SHARE, columns=columns, rows=told, caveats=()
    )
    return first, ranking


def _corrected(rows: list[dict[str, Any]]) -> None:
    """Puts the joint interval and the corrected p beside each difference, for as many comparisons as there are."""
    if not rows:
        return
    wide = NormalDist().inv_cdf(1 - SURE / (2 * len(rows)))
    chances = holm([two_sided(row["difference"] / row["error"]) for row in rows])
    for row, p in zip(rows, chances, strict=True):
        half = wide * row["error"]
        row |= {"interval": [row["difference"] - half, row["difference"] + half], "p": p, "clear": p < SURE}
