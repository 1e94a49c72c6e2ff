"""One account on one screen: what is known of it, each fact with the table it comes from and its day.

All facts come in one query, the segments in another (kept until the data changes), the next steps in a third.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import ibis
from rapidfuzz import fuzz, process

from bot.analysis.measure import Analyst
from bot.analysis.profile_facts import Facts
from bot.analysis.rows import plain
from bot.errors import BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.groups import known
from bot.metrics.membership import ready
from bot.metrics.next_step import suggestions
from bot.metrics.tables import Tables
from bot.types import Evidence, Grain, Intent, Query, Shape, Unit, Window

MOST_NAMES = 50_000
"""Accounts whose names are compared with a misspelt one; in a larger company the id is asked for."""
MOST_NEAR = 5
SHORTEST_NAME = 3
"""Names of fewer letters stand in a text by accident."""
LIKE = 75
"""Out of 100: how alike a name must be to be offered."""
FIELDS = (
    "merged_into", "country", "region", "language", "industry", "size", "channel", "owner", "plan", "trial", "paused",
    "customer_since", "left", "mrr", "term_end", "cancel_requested", "paid", "orders", "last_active", "usage_trend",
    "members", "features_used", "features_unused", "tickets_open", "tickets_lately", "nps", "goals", "goals_reached",
    "preferences", "consents", "messages", "segment",
)  # fmt: skip
"""What a profile may tell, in the order of its lines; the name comes before them."""
BAND_SEGMENTS = ("aov_band", "loyalty_tier", "purchase_frequency_band")
"""Segments that say of an account no more than that it has a band."""
NEEDED_RIGHTS = {
    "country": "country", "language": "language", "industry": "industry", "size": "size", "region": "region",
    "channel": "channel", "owner": "owner", "plan": "plan", "interval": "interval", "segment": "segment",
}  # fmt: skip
"""Field → the dimension that a role must be allowed to see."""
NEEDED_METRICS = {"mrr": "mrr", "usage_trend": "engagement_trend", "nps": "nps", "paid": "clv_historical"}
"""Field → the metric that a role must be allowed to see."""


@dataclass(frozen=True, slots=True)
class Match:
    """An account that words may mean."""

    account_id: str
    name: str


def found(analyst: Analyst, words: str) -> tuple[Match, ...]:
    """The accounts that an id or a name may mean, the likeliest first; one where it is certain.

    Raises NotAllowed for who may not see persons, or not this account; BadQuestion (`unknown_account`) where nothing
    is like it.
    """
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    accounts = analyst.tables(Query(Intent.PROFILE))["accounts"]
    names = accounts.name if analyst.company.has("accounts", "name") else accounts.account_id
    known = accounts.select("account_id", name=ibis.coalesce(names, accounts.account_id))
    by_id = analyst.company.run(known.filter(known.account_id.lower() == words.strip().lower()).order_by("account_id"))
    if len(by_id):
        return _matches(by_id.to_dict("records"))[:1]
    rows = analyst.company.run(known.order_by("account_id").limit(MOST_NAMES)).to_dict("records")
    wanted = folded(words)
    spelled = {str(row["account_id"]): folded(str(row["name"])) for row in rows}
    same = [row for row in rows if wanted and spelled[str(row["account_id"])] == wanted]
    within = [row for row in rows if len(wanted) > 2 and wanted in spelled[str(row["account_id"])]]
    if same or within:
        return _matches(same or within)
    check_seen(analyst, words)
    near = process.extract(wanted, spelled, scorer=fuzz.WRatio, score_cutoff=LIKE, limit=MOST_NEAR)
    offers = [row for _, _, id in near for row in rows if str(row["account_id"]) == id]
    if not offers:
        raise BadQuestion("unknown_account", id=words)
    raise BadQuestion("unknown_account_near", id=words, near=[f"{row['name']} ({row['account_id']})" for row in offers])


def _matches(rows: list[dict[Any, Any]]) -> tuple[Match, ...]:
    return tuple(Match(str(row["account_id"]), str(row["name"])) for row in rows)


def check_seen(analyst: Analyst, words: str) -> None:
    """Whether an id or a name that is none of the accounts the asker may see is one of the others.

    Raises NotAllowed, which says no more than that there is one: what may not be seen is not told as unknown.
    """
    if not analyst.rights.row_filters:
        return
    accounts = _everybody(analyst).tables(Query(Intent.PROFILE))["accounts"]
    by_id = accounts.filter(accounts.account_id.lower() == words.strip().lower())
    wanted = folded(words)
    if len(analyst.company.run(by_id.select("account_id"))) or any(wanted == name for _, name in names_of(analyst)):
        raise NotAllowed("account_outside", seen=analyst.seen.filters)


def _everybody(analyst: Analyst) -> Analyst:
    """Without row filters: only ever to tell that something is there, never what."""
    return replace(analyst, rights=replace(analyst.rights, row_filters=()))


def names_of(analyst: Analyst) -> list[tuple[str, str]]:
    """(id, folded name) of all accounts of the company, whoever asks."""
    if not analyst.company.has("accounts", "name"):
        return []
    everybody = _everybody(analyst)
    return everybody.kept.get(everybody.key("names"), lambda: _long_names(everybody))


def mentioned(analyst: Analyst, text: str) -> str | None:
    """The id of the one account whose whole name stands in a text; None for several, and for who may see none."""
    found = named_in(analyst, text) if analyst.rights.person_level else []
    return found[0] if len(found) == 1 else None


def named_in(analyst: Analyst, text: str) -> list[str]:
    """The ids of the accounts whose whole names stand in a text, those among them that the asker may not see."""
    said = f" {folded(text)} "
    return [id for id, name in names_of(analyst) if f" {name} " in said]


def _long_names(analyst: Analyst) -> list[tuple[str, str]]:
    """(id, folded name) of each account, but for names too short to be meant."""
    accounts = analyst.tables(Query(Intent.PROFILE))["accounts"]
    rows = analyst.company.run(accounts.select("account_id", "name").order_by("account_id").limit(MOST_NAMES))
    names = [(str(row.account_id), folded(str(row.name))) for row in rows.itertuples()]
    return [(id, name) for id, name in names if len(name) > SHORTEST_NAME]


def folded(text: str) -> str:
    """Letters and digits alone, small and without accents: how names are compared."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"\w+", "".join(one for one in bare if not unicodedata.combining(one))))


def profile(analyst: Analyst, account_id: str, *, id: str = "e1") -> Evidence:
    """What is known of one account: rows of field, told (text or number), amount (money), on (day), source (table).

    A field may have several rows: features, goals, consents, messages. What the company has no table for, and what
    the asker's role may not see, is left out. Raises NotAllowed, BadQuestion (`unknown_account`).
    """
    query = Query(Intent.PROFILE, subject=account_id)
    t = analyst.tables(query)
    if not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    frame, sql = analyst.company.query(Facts(t, analyst.as_of, account_id).all().order_by("field", "on", "told"))
    rows = [{str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")]
    if not any(row["field"] == "name" for row in rows):
        check_seen(analyst, account_id)
        raise BadQuestion("unknown_account", id=account_id)
    day = analyst.as_of - timedelta(days=1)
    rows += [_row("segment", name, source="segments", on=day) for name in _segments(analyst, account_id)]
    rows = [row for row in rows if _allowed(analyst, str(row["field"]))]
    rows.sort(key=lambda row: ("name", *FIELDS).index(str(row["field"])))
    columns = ("field", "told", "amount", "on", "source")
    return Evidence(
        id=id,
        query=replace(query, window=Window(day, analyst.as_of, Grain.DAY, t.definitions.zone, "day")),
        role="main",
        unit=Unit.COUNT,
        good="context",
        shape=Shape.ROSTER,
        version=1,
        columns=columns,
        rows=tuple({column: row[column] for column in columns} for row in rows),
        as_of=analyst.as_of,
        currency=t.definitions.currency,
        rights=analyst.rights.row_filters,
        sql=sql,
    )


def next_steps(analyst: Analyst, account_id: str, *, id: str = "e2") -> Evidence | None:
    """What the account might do next, a row a suggestion with its evidence; None where nothing suggests itself.

    `what` and `because` are names; `on` is the day to order again. The columns are those of `metrics.next_step`.
    """
    metric = catalogue()["next_step"]
    rights = analyst.rights
    if analyst.missing(metric) or (rights.metrics is not None and metric.name not in rights.metrics):
        return None
    query = Query(Intent.PROFILE, metric.name, subject=account_id)
    t, day = analyst.tables(query), analyst.as_of - timedelta(days=1)
    window = Window(day, analyst.as_of, Grain.DAY, t.definitions.zone, "day")
    rows = suggestions(t, window)
    frame, sql = analyst.company.query(rows.filter(rows.account_id == account_id).order_by("step"))
    if not len(frame):
        return None
    found = [{str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")]
    names = _names(analyst, t, {str(row[side]) for row in found for side in ("what", "because") if row[side]})
    for row in found:
        row["what"], row["because"] = (names.get(row[side], row[side]) for side in ("what", "because"))
        left = row.pop("days_to_go")
        row["on"] = None if left is None else analyst.as_of + timedelta(days=round(left))
    columns = ("step", "what", "because", "part", "whole", "other_part", "other_whole", "on")
    return Evidence(
        id=id,
        query=replace(query, window=window),
        role="companion",
        unit=Unit.COUNT,
        good="context",
        shape=Shape.ROSTER,
        version=metric.version,
        columns=columns,
        rows=tuple({column: row[column] for column in columns} for row in found),
        as_of=analyst.as_of,
        rights=rights.row_filters,
        sql=sql,
    )


def _names(analyst: Analyst, t: Tables, ids: set[str]) -> Mapping[str, str]:
    """The names that customers know features and products by."""
    kinds = [(table, key) for table, key in (("features", "feature_id"), ("products", "product_id"))
             if t.has(table, "name")]  # fmt: skip
    parts = [t[table].filter(t[table][key].isin(sorted(ids))).select(id=key, name="name") for table, key in kinds]
    if not parts or not ids:
        return {}
    rows = analyst.company.run(ibis.union(*parts) if len(parts) > 1 else parts[0])
    return {str(row.id): str(row.name) for row in rows.itertuples(index=False) if isinstance(row.name, str)}


def _allowed(analyst: Analyst, field: str) -> bool:
    rights = analyst.rights
    dimension, metric = NEEDED_RIGHTS.get(field), NEEDED_METRICS.get(field)
    return (dimension is None or rights.dimensions is None or dimension in rights.dimensions) and (
        metric is None or rights.metrics is None or metric in rights.metrics
    )


def _row(field: str, told: Any, *, source: str, on: Any = None) -> dict[str, Any]:
    return {"field": field, "told": told, "amount": None, "on": on, "source": source}


def _segments(analyst: Analyst, account_id: str) -> tuple[str, ...]:
    """The segments the account is in on the day of the question.

    Those of all accounts are read at once and kept until the data changes, unless the company is a large one.
    """
    t = analyst.tables(Query(Intent.PROFILE))
    every = known(t)
    names = tuple(name for name in ready(t) if name not in BAND_SEGMENTS)
    if not names:
        return ()
    large = int(analyst.company.run(t["accounts"].agg(n=t["accounts"].count()))["n"].iloc[0]) > MOST_NAMES

    def read() -> Mapping[str, tuple[str, ...]]:
        parts = [every[name](t, analyst.as_of).select("account_id", segment=ibis.literal(name)) for name in names]
        rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
        rows = rows.filter(rows.account_id == account_id) if large else rows
        held: dict[str, list[str]] = {}
        for row in analyst.company.run(rows).itertuples():
            held.setdefault(str(row.account_id), []).append(str(row.segment))
        return {who: tuple(sorted(found)) for who, found in held.items()}

    kept: Mapping[str, tuple[str, ...]] = analyst.kept.get(
        analyst.key("segments of", account_id if large else ""), read
    )
    return kept.get(account_id, ())
