"""What a reduction of price may be said to be, where the law counts it from the lowest price of the days before it.

Directive 98/6/EC art. 6a, in force in the whole European Union: of 100, 80 three weeks ago and 70 now, the reduction is
12.5 % of 80, and not 30 %.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.drafting.offers import Offer
from bot.drafting.policy import Policy
from bot.types import Check, Note

PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s?%")
AMOUNT = re.compile(r"\d+(?:[.,]\d{1,2})?")
ROUNDING = 0.0005
"""Half of the last digit with which a percentage is told."""


def reductions(offer: Offer | None, countries: Collection[str], policy: Policy) -> Iterator[Check]:
    """OFF-06 for an offer whose terms state a percentage off, or the usual price, to people in these countries."""
    days = {policy.country(code).earlier_price_days for code in countries} - {None}
    if offer is None or not days:
        return
    stated = max((_number(one) / 100 for one in PERCENT.findall(offer.terms)), default=None)
    amounts = {_number(one) for one in AMOUNT.findall(PERCENT.sub(" ", offer.terms))}
    from_usual = offer.usual_price in amounts
    if stated is None and not from_usual:
        return
    told = {"id": offer.id, "days": max(day for day in days if day)}
    if offer.price is None or not offer.lowest_price:
        yield Check("OFF-06", "HOLD", passed=False, reason=Note("off_06_unknown", told))
        return
    allowed = max(0.0, 1 - offer.price / offer.lowest_price)
    beyond = stated is not None and stated > allowed + ROUNDING
    higher = from_usual and offer.usual_price is not None and offer.usual_price > offer.lowest_price
    key = "off_06_failed" if beyond or higher else "off_06"
    yield Check("OFF-06", "BLOCK", key == "off_06", Note(key, {**told, "allowed": allowed}))


def _number(text: str) -> float:
    return float(text.replace(",", "."))
