"""The approved offers: the only ones that a text may state, in the catalogue's own terms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer of the catalogue; without countries it holds everywhere, without a last day until it is withdrawn."""

    id: str
    terms: str
    countries: frozenset[str]
    last_day: date | None
    eligible: str
    """Who may have it, in the catalogue's words, which no code can check."""
    usual_price: float | None = None
    price: float | None = None
    """With the offer."""
    lowest_price: float | None = None
    """Of the thirty days before the offer began."""


def chosen(catalogue: pd.DataFrame, kind: str, countries: Collection[str], as_of: date) -> Offer | None:
    """Of the offers of a kind that hold on the day the one for most of these countries, of equals the first by id."""
    held = [
        Offer(
            str(row["offer_id"]), str(row["terms"]), _codes(row["countries"]),
            None if pd.isna(row["valid_to"]) else (row["valid_to"] - pd.Timedelta(days=1)).date(),
            "" if pd.isna(row["eligible_rule"]) else str(row["eligible_rule"]),
            *(_amount(row.get(name)) for name in ("usual_price", "offer_price", "lowest_price")),
        )
        for row in catalogue.sort_values("offer_id").to_dict("records")
        if row["type"] == kind and not pd.isna(row["terms"]) and _valid(row["valid_from"], row["valid_to"], as_of)
    ]  # fmt: skip
    reach = {one: sum(not one.countries or code in one.countries for code in countries) for one in held}
    return max(reach, key=reach.__getitem__, default=None)


def _amount(cell: Any) -> float | None:
    return None if cell is None or pd.isna(cell) else float(cell)


def _codes(cell: object) -> frozenset[str]:
    codes = cell.split(",") if isinstance(cell, str) else []
    return frozenset(code.strip() for code in codes if code.strip())


def _valid(since: pd.Timestamp, until: pd.Timestamp, as_of: date) -> bool:
    day = pd.Timestamp(as_of)
    begun, over = since <= day or pd.isna(since), until <= day
    return bool(begun and not over)
