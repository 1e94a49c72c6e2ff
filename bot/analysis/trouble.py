"""Accounts newly in trouble: whose risk jumped, what is worth most and fading, whose payment failed; against a day
before. What stood so then already is not told again.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.analysis.measure import Analyst, asked_of
from bot.analysis.rows import plain
from bot.errors import NotAllowed
from bot.metrics import catalogue
from bot.metrics.risk import listed, most_at_risk
from bot.metrics.segments import SEGMENTS
from bot.metrics.segments.frames import kept
from bot.metrics.tables import Tables, owned
from bot.types import Evidence, Grain, Intent, Query, Shape, Unit, Window, instant

RISK, VIP, PAYMENT = "risk", "vip_fading", "failed_payment"
SIGNS = (RISK, PAYMENT, VIP)
TOP = 0.9
"""The share of customers below the top tier of risk."""
TIMES = 1.5
"""By so much, at least, a risk rises that jumps into the top tier."""
JUMP = 0.15
"""A rise of the risk, in points as a ratio, that is a jump wherever it ends."""
DAYS = 7
MOST = 50
"""Accounts told at most, those that pay most."""
HORIZON = "90"
COLUMNS = ("account_id", "name", "owner", "mrr", "signs", "risk", "was", "drivers", "renews_on", "days_left")


def troubled(analyst: Analyst, days: int = DAYS) -> Evidence:
    """The accounts that came into trouble in the days before as-of, those that pay most first, at most `MOST`.

    Rows: account_id, name, owner (None: nobody's), mrr (None where the role may not see it), signs (of `SIGNS`), risk
    and was (None where no risk is known, or may be), drivers, renews_on and days_left (None where no term ends).
    NotAllowed for those who may not see people.
    """
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    return analyst.kept.get(analyst.key("troubled", days, analyst.rights.metrics), partial(_troubled, analyst, days))


def customer(analyst: Analyst, account: str) -> str | None:
    """The id of a customer of today, as the data writes it; None for an account that is none, or may not be seen."""
    frame = kept(analyst.tables(Query(Intent.LIST_PEOPLE)), analyst.as_of).select("account_id")
    found = analyst.company.rows(frame.filter(frame.account_id.lower() == account.strip().lower()).limit(1))
    return str(found[0]["account_id"]) if found else None


def _troubled(analyst: Analyst, days: int) -> Evidence:
    day, before = analyst.as_of, analyst.as_of - timedelta(days=days)
    t = analyst.tables(Query(Intent.LIST_PEOPLE))
    signs: dict[str, set[str]] = {}
    risks, sql = _risks(analyst, t, day, before)
    for account in _jumped(risks):
        signs.setdefault(account, set()).add(RISK)
    for sign, segments in ((VIP, ("vip", "fading")), (PAYMENT, ("failed_payment",))):
        for account in _joined(analyst, t, segments, day, before):
            signs.setdefault(account, set()).add(sign)
    rows = _rows(analyst, t, day, signs, risks)[:MOST]
    zone, currency = analyst.company.definitions.zone, analyst.company.definitions.currency
    query = Query(Intent.LIST_PEOPLE, "churn_risk", Window(before, day, Grain.RANGE, zone, "range"), subject="trouble")
    return Evidence(
        id="e1", query=query, role="main", unit=Unit.COUNT, good="down", shape=Shape.ROSTER, version=1, columns=COLUMNS,
        rows=tuple(rows), as_of=day, currency=currency, rights=analyst.rights.row_filters, sql=sql,
    )  # fmt: skip


def _risks(analyst: Analyst, t: Tables, day: date, before: date) -> tuple[pd.DataFrame, str]:
    """(account_id, risk, was, drivers) of who pays on both days, and the query; empty where no risk can be told."""
    metric = catalogue()["churn_risk"]
    if analyst.missing(metric) or not _may_see(analyst, "churn_risk"):
        return pd.DataFrame(columns=["account_id", "risk", "was", "drivers"]), ""
    zone = analyst.company.definitions.zone
    now, then = (Window(one - timedelta(days=1), one, Grain.DAY, zone, "day") for one in (day, before))
    was = most_at_risk(t, then, horizon_days=HORIZON).select(earlier="account_id", was="risk")
    joined = most_at_risk(t, now, horizon_days=HORIZON).inner_join(was, ibis._.account_id == was.earlier)
    frame, sql = analyst.company.query(joined.drop("earlier"))
    told = listed(frame, asked_of(analyst, metric, Query(Intent.LIST_PEOPLE), now))
    return told[["account_id", "risk", "was", "drivers"]], sql


def _may_see(analyst: Analyst, metric: str) -> bool:
    return analyst.rights.metrics is None or metric in analyst.rights.metrics


def _jumped(risks: pd.DataFrame) -> list[str]:
    """Whose risk rose into the top tier of its day, and well, or rose by a jump."""
    if not len(risks):
        return []
    risk, was = risks["risk"].astype(float), risks["was"].astype(float)
    entered = (risk >= risk.quantile(TOP)) & (was < was.quantile(TOP)) & (risk >= was * TIMES)
    return list(risks.loc[entered | (risk - was >= JUMP), "account_id"])


def _joined(analyst: Analyst, t: Tables, segments: tuple[str, ...], day: date, before: date) -> list[str]:
    """The accounts that are in all of the segments on the day and were not before; none where the data lacks one."""
    if any(SEGMENTS[one].missing(t) for one in segments):
        return []

    def within(one: date) -> ir.Table:
        first, *others = (SEGMENTS[name](t, one).select("account_id").distinct() for name in segments)
        for other in others:
            first = first.semi_join(other, "account_id")
        return first

    return list(analyst.company.run(within(day).anti_join(within(before), "account_id"))["account_id"])


def _rows(
    analyst: Analyst, t: Tables, day: date, signs: dict[str, set[str]], risks: pd.DataFrame
) -> list[dict[str, Any]]:
    """What is told of each account that is a customer, those that pay most first."""
    if not signs:
        return []
    frame = kept(t, day).select("account_id", "mrr")
    frame = frame.filter(frame.account_id.isin(sorted(signs)))
    extra = {"name": "name", "owner": "owner_id"}
    has = {told: column for told, column in extra.items() if analyst.company.has("accounts", column)}
    accounts = t["accounts"].select("account_id", **has)
    frame = frame.left_join(accounts, "account_id").drop("account_id_right")
    if t.has("subscriptions", "term_end"):
        until = instant(day, t.definitions.zone)
        terms = owned(t, "subscriptions")
        terms = terms.filter((terms.valid_from < until) & (terms.term_end >= until) & (terms.mrr > 0))
        terms = terms.filter(terms.valid_to.isnull() | (terms.valid_to >= until))
        ends = terms.group_by(payer="account_id").agg(renews_at=terms.term_end.min())
        frame = frame.left_join(ends, frame.account_id == ends.payer).drop("payer")
    known = {row["account_id"]: row for row in risks.to_dict("records")}
    rows = []
    for row in analyst.company.rows(frame):
        risk = known.get(row["account_id"], {})
        ends_at = plain(row.get("renews_at"))
        renews = ends_at.date() if hasattr(ends_at, "date") and callable(ends_at.date) else ends_at
        rows.append(
            {
                "account_id": row["account_id"],
                "name": row.get("name"),
                "owner": row.get("owner"),
                "mrr": row["mrr"],
                "signs": [one for one in SIGNS if one in signs[row["account_id"]]],
                "risk": risk.get("risk"),
                "was": risk.get("was"),
                "drivers": risk.get("drivers") or [],
                "renews_on": renews,
                "days_left": (renews - day).days if renews else None,
            }
        )
    rows.sort(key=lambda row: (-(row["mrr"] or 0), row["account_id"]))
    return rows if _may_see(analyst, "mrr") else [{**row, "mrr": None} for row in rows]
