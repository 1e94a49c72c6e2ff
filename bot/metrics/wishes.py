"""What customers ask us to build, and what became of it."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.engagement import described
from bot.metrics.expressions import during, flag
from bot.metrics.support import with_mrr
from bot.metrics.tables import Tables, owned, without
from bot.types import Grain, Shape, Unit, Window

ANNOUNCING = ("release", "release_notes", "changelog", "feature", "feature_announcement")
"""Types of campaigns that tell people what was built."""


def requests(t: Tables, window: Window) -> ir.Table:
    """The requests of the window, with account_id, `feature` (the tag) and `person` (else the account)."""
    rows = owned(t, "feature_requests")
    rows = rows.filter(during(rows.occurred_at, window))
    person = ibis.coalesce(rows.user_id, rows.account_id, rows.request_id)
    return rows.mutate(feature=rows.feature_tag, person=person)


def shipped(t: Tables, window: Window) -> ir.Table:
    """(released, released_at): each tag that a release answered before the window's end, and when it first did."""
    rows = t["releases"].filter(lambda r: r.benefit_tag.notnull() & (r.released_at < window.last))
    return rows.group_by(released="benefit_tag").agg(released_at=rows.released_at.min())


def _asked(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    frame = requests(t, window)
    return t.narrow(described(t, frame, without(t.dimensions(by), "feature"), window))


def askers(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the requests: one row per account with its requests, the last one's tag, and its MRR."""
    frame = _asked(t, window, ()).filter(lambda f: f.account_id.notnull())
    order = [frame.occurred_at.desc(), frame.request_id.desc()]
    frame = frame.mutate(turn=ibis.row_number().over(group_by="account_id", order_by=order))
    counted = frame.group_by("account_id").agg(
        requests=frame.count(),
        last_request_at=frame.occurred_at.max(),
        feature=frame.feature.max(where=frame.turn == 0),
    )
    return with_mrr(t, counted, window)


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.LEVEL,
    needs=("feature_requests.feature_tag", "feature_requests.occurred_at"),
    by=("feature", *ACCOUNT_DIMENSIONS),
    keys=("feature",),
    window=Grain.YEAR,
    companions=("feedback_themes",),
    people=askers,
)
def feature_requests(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """People who asked for something in the period, by what they asked for, with what their accounts pay.

    Formula: distinct requesters of each tag; n is their accounts, `mrr` what these pay at the end of the period,
    `requests` how often it was asked for; `shipped` is 1 where a release answered the tag by the end of the period,
    and `notified` counts the requesters whom a message about news reached after that release.
    At risk: every request of the period; those of test accounts never count.
    Example: 2026-10, the finger-count company, feature=export: 2.
    Source: product management practice: requests weighed by the revenue behind them.
    """
    others = without(by, "feature")
    keys = ("feature", *others)
    frame = _asked(t, window, by).select(*keys, "person", "account_id", "request_id", "occurred_at")
    known = t.has("releases", "benefit_tag") and t.has("releases", "released_at")
    if known:
        done = shipped(t, window)
        frame = frame.left_join(done, frame.feature == done.released).drop("released")
    else:
        frame = frame.mutate(released_at=ibis.null("timestamp"))
    told = known and t.has("sends") and t.has("campaigns", "type")
    if told:
        frame = _with_news(t, frame, window)
    accounts = with_mrr(t, frame.select(*keys, "account_id").distinct(), window)
    paid = accounts.mrr.sum() if "mrr" in accounts.columns else ibis.null("float64")
    worth = accounts.group_by(list(keys)).agg(mrr=paid).rename({f"{key}_worth": key for key in keys})
    counted = frame.group_by(list(keys)).agg(
        value=frame.person.nunique(),
        n=ibis.coalesce(frame.account_id, frame.person).nunique(),
        requests=frame.count(),
        shipped=flag(frame.released_at.notnull()).max(),
        **({"notified": frame.person.nunique(where=frame.heard == 1)} if told else {}),
    )
    same = [counted[key] == worth[f"{key}_worth"] for key in keys]
    found = counted.left_join(worth, same)
    late = [*(["shipped"] if known else []), *(["notified"] if told else [])]
    return found.select(*keys, "value", "n", "mrr", "requests", *late)


def _with_news(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    """Add `heard`: 1 where a message about news went to the requester between the release and the window's end."""
    about = t["campaigns"].filter(lambda c: c.type.lower().isin(ANNOUNCING)).select(news="campaign_id")
    sends = t["sends"].filter(lambda s: ~s.holdout.fill_null(False) & (s.occurred_at < window.last))
    sends = sends.semi_join(about, sends.campaign_id == about.news)
    last = sends.group_by(reader="user_id").agg(last_news_at=sends.occurred_at.max())
    joined = frame.left_join(last, frame.person == last.reader).drop("reader")
    return joined.mutate(heard=flag(joined.last_news_at >= joined.released_at)).drop("last_news_at")
