"""The arms that an approval froze, as if the company's own tables held them: every metric of tests then reads them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.analysis.kept import Kept
from bot.analysis.measure import Analyst
from bot.sources.company import Company
from bot.types import Assigned

TABLES = ("assignments", "experiments")
BETWEEN = "\x1f"
"""Stands between ids in one long text: a long list of values is slow to compile."""
OFTEN, LONG_DAYS = 0.2, 14
"""A campaign that runs longer than this, and sends on so many of its days, is set off by what people do."""


@dataclass(frozen=True)
class Frozen:
    """A campaign of ours, as its read-out needs it."""

    campaign: str
    unit: str
    """user or account."""
    assigned_at: datetime
    people: Sequence[Assigned]


class WithArms(Company):
    """A company with one frozen campaign among its tests; everything else is as it was."""

    def __init__(self, company: Company, frozen: Frozen) -> None:
        self.__dict__.update(company.__dict__)
        self._campaign, self._first_days = frozen.campaign, {}
        self.tables = ChainMap(
            {"assignments": _assignments(company, frozen), "experiments": _experiments(company, frozen)},
            cast(Any, company.tables),
        )

    def values_of(self, dimensions: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """As the company has them; the campaign is one of its own."""
        found = super().values_of(dimensions)
        mine = {name: tuple(sorted({*found[name], self._campaign})) for name in found if name == "campaign"}
        return {**found, **mine}

    def has(self, table: str, column: str | None = None) -> bool:
        """As the company has it; tests and their arms in any case."""
        return table in TABLES or super().has(table, column)


def with_arms(analyst: Analyst, frozen: Frozen) -> Analyst:
    """The analyst of a company that knows these arms; nothing that was kept is mixed up with it."""
    return replace(analyst, company=WithArms(analyst.company, frozen), kept=Kept())


def is_triggered(company: Company, campaign: str) -> bool | None:
    """Whether a campaign goes out as people do something, and not at once or on a few set days; None: nothing sent."""
    if not company.has("sends"):
        return None
    sends = company.tables["sends"]
    mine = sends.filter(sends.campaign_id == campaign)
    found = company.first(
        mine.aggregate(
            days=mine.occurred_at.date().nunique(), first=mine.occurred_at.min(), last=mine.occurred_at.max()
        )
    )
    if not found["days"]:
        return None
    span = (found["last"] - found["first"]).days + 1
    return bool(span > LONG_DAYS and found["days"] / span >= OFTEN)


def _assignments(company: Company, frozen: Frozen) -> ir.Table:
    parts = []
    for arm, name in (("holdout", "control"), ("treatment", "treatment")):
        ids = {one.account if frozen.unit == "account" else one.person for one in frozen.people if one.arm == arm}
        if ids:
            one = company.tables["accounts"].limit(1)
            texts = one.select(texts=cast(Any, ibis.literal(BETWEEN.join(sorted(ids)))).split(BETWEEN))
            rows = texts.select(unit_id=texts.texts.unnest())
            parts.append(
                rows.select(
                    experiment_id=ibis.literal(frozen.campaign),
                    unit_id=rows.unit_id.cast("string"),
                    arm=ibis.literal(name),
                    assigned_at=ibis.literal(frozen.assigned_at).cast("timestamp"),
                )
            )
    if company.has("assignments"):
        known = company.tables["assignments"].select("experiment_id", "unit_id", "arm", "assigned_at")
        known = known.filter(known.experiment_id != frozen.campaign)
        parts.append(known.mutate(assigned_at=known.assigned_at.cast("timestamp")))
    return cast(ir.Table, ibis.union(*parts)) if len(parts) > 1 else parts[0]


def _experiments(company: Company, frozen: Frozen) -> ir.Table:
    one = company.tables["accounts"].limit(1)
    mine = one.select(
        experiment_id=ibis.literal(frozen.campaign), name=ibis.literal(frozen.campaign),
        unit=ibis.literal(frozen.unit), primary_metric=ibis.null("string"), planned_n=ibis.null("int64"),
        campaign_id=ibis.literal(frozen.campaign), started_at=ibis.literal(frozen.assigned_at).cast("timestamp"),
        ended_at=ibis.null("timestamp"),
    )  # fmt: skip
    if not company.has("experiments"):
        return mine
    known = company.tables["experiments"].select(*mine.columns)
    known = known.filter(known.experiment_id != frozen.campaign)
    types = mine.schema()
    return cast(ir.Table, ibis.union(mine, known.select(**{name: known[name].cast(types[name]) for name in types})))
