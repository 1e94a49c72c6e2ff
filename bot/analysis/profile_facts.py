"""The facts of one account, each as (field, told, amount, on, source): what a profile is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.commerce import purchases
from bot.metrics.currency import converted
from bot.metrics.expressions import local, micros, money
from bot.metrics.segments.frames import customers, last_days
from bot.metrics.tables import Tables, owned
from bot.metrics.trend import RECENT_DAYS, engagement
from bot.types import instant

USED_DAYS = 90
LAST_MESSAGES = 5
NONE = ibis.literal(None, "string")
ACCOUNT_FIELDS: Mapping[str, str] = {
    "country": "country", "region": "region", "language": "language", "industry": "industry", "size": "size",
    "channel": "acquisition_channel", "owner": "owner_id",
}  # fmt: skip
"""Field → the column of `accounts` that it is."""


@dataclass(frozen=True)
class Facts:
    """What the tables say of one account before a day."""

    t: Tables
    day: date
    account_id: str

    @property
    def until(self) -> datetime:
        return instant(self.day, self.t.definitions.zone)

    @property
    def last(self) -> datetime:
        """The last moment of which anything is known: the day of what holds now."""
        return self.until - timedelta(microseconds=1)

    def all(self) -> ir.Table:
        """Every fact, in one table."""
        return ibis.union(*self._account(), *self._money(), *self._use(), *self._said(), *self._outreach())

    def _told(
        self, rows: ir.Table, field: str, source: str, text: ir.Value, on: ir.Value | None = None, amount: Any = None
    ) -> ir.Table:
        return rows.select(
            field=ibis.literal(field),
            told=cast(Any, text).cast("string"),
            amount=ibis.literal(None, "float64") if amount is None else amount.cast("float64"),
            on=ibis.literal(None, "timestamp")
            if on is None
            else local(cast(Any, on).cast("timestamp"), self.t.definitions.zone).cast("timestamp"),
            source=ibis.literal(source),
        )

    def _of(self, name: str) -> ir.Table:
        """The rows of the account; in a table that names persons only, those of its people."""
        if "account_id" in self.t[name].columns or not self.t.has("users", "account_id"):
            rows = owned(self.t, name)
            return rows.filter(rows.account_id == self.account_id)
        people = owned(self.t, "users")
        people = people.filter(people.account_id == self.account_id).select("user_id")
        return self.t[name].semi_join(people, "user_id")

    def _past(self, name: str, column: str, days: int | None = None) -> ir.Table:
        """Those of them from before the day, and of the last `days` days where that is given."""
        rows = self._of(name)
        rows = rows.filter(rows[column] < self.until)
        if days is None:
            return rows
        return rows.filter(rows[column] >= instant(self.day - timedelta(days=days), self.t.definitions.zone))

    def _now(self) -> ir.Table:
        """The stretches of its subscriptions that are in force."""
        rows = self._past("subscriptions", "valid_from")
        return rows.filter((rows.valid_to.isnull() | (rows.valid_to >= self.until)) & (rows.status != "ended"))

    def _account(self) -> Iterator[ir.Table]:
        """Who it is."""
        accounts = self.t["accounts"].filter(lambda a: a.account_id == self.account_id)
        signed = accounts.signup_at
        yield self._told(accounts, "name", "accounts", ibis.coalesce(accounts.name, accounts.account_id), signed)
        for field, column in ACCOUNT_FIELDS.items():
            if self.t.has("accounts", column):
                yield self._told(accounts.filter(accounts[column].notnull()), field, "accounts", accounts[column])
        if self.t.has("accounts", "merged_into"):
            gone = accounts.filter(accounts.merged_into.notnull())
            yield self._told(gone, "merged_into", "accounts", gone.merged_into)

    def _money(self) -> Iterator[ir.Table]:
        """What it pays and buys."""
        if self.t.has("subscriptions"):
            state = customers(self.t, self.day).filter(lambda c: c.account_id == self.account_id)
            begun = state.filter(state.since.notnull())
            yield self._told(begun, "customer_since", "subscriptions", NONE, begun.since)
            pays = state.filter(state.end == 1)
            yield self._told(pays, "plan", "subscriptions", pays["plan"])
            yield self._told(
                pays, "mrr", "subscriptions", NONE, ibis.literal(self.last, "timestamp"), money(pays.end_micros)
            )
            paused = state.filter((state.kept_end == 1) & (state.end == 0))
            yield self._told(paused, "paused", "subscriptions", NONE)
            left = state.filter((state.kept_end == 0) & state.since.notnull())
            yield self._told(left, "left", "subscriptions", left.reason_code, left.lost_on)
            now = self._now()
            yield self._told(now.filter(now.term_end.notnull()), "term_end", "subscriptions", NONE, now.term_end)
            asked = now.filter(now.cancel_requested_at < self.until)
            yield self._told(asked, "cancel_requested", "subscriptions", NONE, asked.cancel_requested_at)
            yield self._told(now.filter(now.status == "trial"), "trial", "subscriptions", NONE, now.trial_end)
        if self.t.has("payments"):
            paid = converted(self.t, "payments", self._past("payments", "occurred_at"), "amount", "refunded_amount")
            paid = paid.filter(paid.status == "paid")
            total = paid.agg(
                n=paid.count(), last=paid.occurred_at.max(),
                net=micros(paid.amount).sum() - micros(paid.refunded_amount.fill_null(0.0)).sum(),
            )  # fmt: skip
            total = total.filter(total.n > 0)
            yield self._told(total, "paid", "payments", total.n, total["last"], money(total.net))
        if self.t.has("orders"):
            orders = purchases(self.t)
            orders = orders.filter((orders.account_id == self.account_id) & (orders.occurred_at < self.until))
            total = orders.agg(n=orders.count(), last=orders.occurred_at.max(), net=micros(orders.net_amount).sum())
            total = total.filter(total.n > 0)
            yield self._told(total, "orders", "orders", total.n, total["last"], money(total.net))

    def _use(self) -> Iterator[ir.Table]:
        """What it does with the product, and with what it does not."""
        if self.t.has("users"):
            people = self._of("users")
            total = people.agg(n=people.count(), last=people.created_at.max())
            yield self._told(total.filter(total.n > 0), "members", "users", total.n, total["last"])
        if not self.t.has("events"):
            return
        events = self._past("events", "occurred_at")
        last = events.filter(events.is_active_event.fill_null(True)).agg(last=ibis._.occurred_at.max())
        yield self._told(last.filter(last["last"].notnull()), "last_active", "events", NONE, last["last"])
        if self.t.has("subscriptions"):
            trend = engagement(self.t, last_days(self.t, self.day, RECENT_DAYS))
            trend = trend.filter((trend.account_id == self.account_id) & trend.ratio.notnull())
            percent = (cast(Any, trend.ratio) * 100).round().cast("int64")
            yield self._told(trend, "usage_trend", "events", percent, ibis.literal(self.last, "timestamp"))
        if not self.t.has("features", "core_event"):
            return
        features = self.t["features"].select(
            feature="feature_id", title=self.t["features"].name, did="core_event", plans="entitled_plans"
        )
        recent = self._past("events", "occurred_at", USED_DAYS)
        used = recent.inner_join(features, recent.name == features.did)
        used = used.group_by("feature").agg(title=used.title.max(), last=used.occurred_at.max())
        yield self._told(used, "features_used", "events", ibis.coalesce(used.title, used.feature), used["last"])
        if self.t.has("subscriptions"):
            now = self._past("subscriptions", "valid_from")
            now = now.filter((now.valid_to.isnull() | (now.valid_to >= self.until)) & (now.status != "ended"))
            held = features.cross_join(now.select(on_plan="plan_id"))
            listed = ("," + held.plans.replace(" ", "") + ",").contains("," + held.on_plan.fill_null("") + ",")
            held = held.filter(held.plans.isnull() | listed).select("feature", "title").distinct()
            idle = held.anti_join(used.select("feature"), "feature")
            yield self._told(idle, "features_unused", "features", ibis.coalesce(idle.title, idle.feature))

    def _said(self) -> Iterator[ir.Table]:
        """What it says: tickets, marks, goals, preferences."""
        if self.t.has("tickets"):
            tickets = self._past("tickets", "created_at")
            done = tickets.status.isin(("solved", "closed")).fill_null(False)
            waiting = tickets.filter(tickets.solved_at.isnull().ifelse(~done, tickets.solved_at >= self.until))
            total = waiting.agg(n=waiting.count(), last=waiting.created_at.max())
            yield self._told(total, "tickets_open", "tickets", total.n, total["last"])
            lately = self._past("tickets", "created_at", USED_DAYS)
            total = lately.agg(n=lately.count(), last=lately.created_at.max())
            yield self._told(total.filter(total.n > 0), "tickets_lately", "tickets", total.n, total["last"])
        if self.t.has("survey_answers", "score"):
            marks = self._past("survey_answers", "answered_at")
            marks = marks.filter((marks.type == "nps") & marks.score.between(0, 10))
            turn = ibis.row_number().over(order_by=[marks.answered_at.desc(), marks.answer_id.desc()])
            marks = marks.mutate(turn=turn).filter(lambda m: m.turn == 0)
            yield self._told(marks, "nps", "survey_answers", marks.score.cast("int64"), marks.answered_at)
        if self.t.has("goals"):
            goals = self._past("goals", "occurred_at")
            reached = goals.filter(goals.reached_at < self.until)
            yield self._told(reached, "goals_reached", "goals", reached.goal, reached.reached_at)
            open_ones = goals.filter(goals.reached_at.isnull() | (goals.reached_at >= self.until))
            yield self._told(open_ones, "goals", "goals", open_ones.goal, open_ones.occurred_at)
        if self.t.has("preferences"):
            likes = self._past("preferences", "occurred_at")
            words = likes.name + ": " + likes["value"] + " (" + likes.basis + ")"
            each = (
                likes.select(words=words, occurred_at="occurred_at")
                .group_by("words")
                .agg(last=ibis._.occurred_at.max())
            )
            yield self._told(each, "preferences", "preferences", each.words, each["last"])

    def _outreach(self) -> Iterator[ir.Table]:
        """What may be written to its people, and what was."""
        if self.t.has("consents") and self.t.has("users", "account_id"):
            given = self._past("consents", "occurred_at")
            order = ibis.window(
                group_by=["user_id", "channel", "purpose"], order_by=[given.occurred_at.desc(), given.status]
            )
            last = given.mutate(turn=ibis.row_number().over(order)).filter(lambda g: g.turn == 0)
            lapsed = last.expires_at.notnull() & (last.expires_at < self.until)
            status = lapsed.ifelse("expired", last.status)
            each = last.mutate(held=last.channel + ", " + last.purpose + ": " + status).group_by("held").agg(
                n=ibis._.count(), last=ibis._.occurred_at.max()
            )  # fmt: skip
            yield self._told(each, "consents", "consents", each.held + " (" + each.n.cast("string") + ")", each["last"])
        if self.t.has("sends"):
            sends = self._past("sends", "occurred_at")
            sends = sends.filter(~sends.holdout.fill_null(False))
            words = ibis.coalesce(sends.campaign_id, sends.purpose, sends.channel) + ", " + sends.channel
            each = (
                sends.select(words=words, occurred_at="occurred_at")
                .group_by("words")
                .agg(last=ibis._.occurred_at.max())
            )
            turn = ibis.row_number().over(order_by=[each["last"].desc(), each.words])
            each = each.mutate(turn=turn).filter(lambda e: e.turn < LAST_MESSAGES)
            yield self._told(each, "messages", "sends", each.words, each["last"])
