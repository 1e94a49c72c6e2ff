"""With what right a person is written to, and how that can be proved; for those who are written to, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import ibis
import pandas as pd

from bot.analysis.recipient_queries import Queries
from bot.sources.company import Company

COLUMNS = ("user_id", "status", "basis", "source", "given_on")


def proofs(company: Company, users: Sequence[str], channel: str, as_of: date) -> pd.DataFrame:
    """The latest word of each person on marketing by a channel: user_id, status, basis, source, given_on (an instant).

    A row a person who ever said a word; empty where the company records none.
    """
    if not users or not company.has("consents"):
        return pd.DataFrame({name: pd.Series([], dtype="object") for name in COLUMNS})
    queries = Queries(company, as_of)
    rows = queries.keyed(company.tables["consents"], "user_id", list(users))
    rows = rows.filter((rows.channel == channel) & (rows.purpose == "marketing") & (rows.occurred_at < queries.end))
    order = ibis.window(
        group_by="user_id", order_by=[rows.occurred_at.desc(), (rows.status == "granted").cast("int64"), rows.basis]
    )
    latest = rows.mutate(place=ibis.row_number().over(order))
    latest = latest.filter(latest.place == 0)
    return company.run(latest.select("user_id", "status", "basis", "source", given_on="occurred_at"))


def unit_of(company: Company) -> Literal["user", "account"]:
    """What a test may tell apart: accounts where one has several people, who would tell each other; else people."""
    if not company.has("users", "account_id"):
        return "user"
    users = company.tables["users"]
    several = users.group_by("account_id").agg(many=users.count()).filter(lambda rows: rows.many > 1)
    return "account" if int(company.first(several.aggregate(n=several.count()))["n"]) else "user"
