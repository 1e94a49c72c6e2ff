"""The queries behind `recipients`: one a subject, each with one row a key, aggregated in the engine.

What is about messages and their channel stands in `recipient_messages`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.expressions import flag
from bot.metrics.population import standing
from bot.metrics.tables import Tables
from bot.metrics.terms import Policy
from bot.sources.company import Company
from bot.types import Window, instant

SENIOR = ("billing", "admin", "owner")
"""Roles that speak for an account."""

HELD_OUT = ("control", "holdout")


class Queries:
    """The queries about one set of contacts at one day; each gives one row a key, None without its table."""

    def __init__(self, company: Company, as_of: date) -> None:
        self.company = company
        self.as_of = as_of
        self.zone = company.definitions.zone
        self.end = instant(as_of + timedelta(days=1), self.zone)
        self.accounts: list[str] = []
        self.users: list[str] = []

    def ago(self, days: int) -> datetime:
        """Midnight `days` days before the as-of day."""
        return instant(self.as_of - timedelta(days=days), self.zone)

    def keyed(self, rows: ir.Table, key: str, ids: list[str]) -> ir.Table:
        """The rows whose key is among the ids; these go as one text, for a long list is slow to compile."""
        one = self.company.tables["accounts"].limit(1)
        mark = "\x1f"
        texts = cast(Any, ibis.literal(mark.join(ids))).split(mark)
        wanted = one.select(texts=texts).select(wanted_id=ibis._.texts.unnest())
        return rows.semi_join(wanted, rows[key] == wanted.wanted_id)

    def optional(self, name: str) -> ir.Table | None:
        return self.company.tables[name] if self.company.has(name) else None

    def base(self) -> int:
        rows = self.company.tables["accounts"]
        counted = rows.filter(~rows.is_test.fill_null(False)).aggregate(n=ibis._.count())
        return int(self.company.run(counted).n.iloc[0])

    def contacts(self, accounts: list[str]) -> pd.DataFrame:
        """The contact of each account, with who they are and when they and their account were last active."""
        users = self.keyed(self.company.tables["users"], "account_id", accounts)
        home = self.company.tables["accounts"]
        used = self._activity(users)
        joined = users.left_join(used, users.user_id == used.active_user)
        order = ibis.window(
            group_by="account_id",
            order_by=[
                flag(joined.is_role_address.fill_null(False)),
                1 - flag(joined.role.lower().isin(SENIOR)),
                joined.active_at.desc(nulls_first=False),
                joined.user_id,
            ],
        )
        whole = ibis.window(group_by="account_id")
        ranked = joined.mutate(place=ibis.row_number().over(order), account_active=joined.active_at.max().over(whole))
        first = ranked.filter(ranked.place == 0)
        both = first.inner_join(home, first.account_id == home.account_id, rname="account_{name}")
        chosen = both.select(
            "account_id", "user_id", "first_name", "is_role_address", "birth_year", "created_at", "industry",
            company=both.name,
            language=both.language.nullif("").fill_null(both.account_language),
            country=both.country.nullif("").fill_null(both.account_country),
            is_test=both.is_test.fill_null(False),
            region=both.region.nullif("").fill_null(both.account_region),
            zone=both.timezone.nullif("").fill_null(both.account_timezone),
            owner="owner_id",
            phone_country="phone_country",
            vulnerable=both.is_vulnerable.fill_null(False),
            restricted=both.is_restricted.fill_null(False),
            in_talks=both.in_talks.fill_null(False),
            incident=both.has_incident.fill_null(False),
            dispute=both.has_dispute.fill_null(False),
            incident_solved_on="incident_solved_at",
            dispute_settled_on="dispute_settled_at",
            last_active_on=both.active_at,
            account_active_on=both.account_active,
        )  # fmt: skip
        frame = self.company.run(chosen.order_by("account_id"))
        self.accounts, self.users = frame.account_id.tolist(), frame.user_id.tolist()
        return frame

    def _activity(self, users: ir.Table) -> ir.Table:
        """Last use by user: from events, else from sessions; nobody's where neither is mapped."""
        if (events := self.optional("events")) is not None:
            rows = events.filter(events.is_active_event.fill_null(True) & (events.occurred_at < self.end))
            return rows.group_by(active_user=rows.user_id).agg(active_at=rows.occurred_at.max())
        if (sessions := self.optional("sessions")) is not None:
            rows = sessions.filter(sessions.started_at < self.end)
            return rows.group_by(active_user=rows.user_id).agg(active_at=rows.started_at.max())
        return users.select(active_user=users.user_id, active_at=ibis.null("timestamp")).limit(0)

    def standing(self) -> pd.DataFrame | None:
        """Customer or former, by the shared definition of a paying customer, on the as-of day."""
        if not self.company.has("subscriptions"):
            return None
        definitions = self.company.definitions
        t = Tables(self.company.tables, definitions, self.as_of, self.company.has)
        window = Window(self.as_of - timedelta(days=1), self.as_of, zone=self.zone)
        wanted = ("since", "kept_end", "lost_on", "loss", "reason_code", "plan_id")
        rows = standing(t, window, ("plan",), Policy.of(definitions), *wanted)
        rows = rows.filter(rows.since.notnull())
        columns = {"reason": rows.reason_code}
        if (reasons := self.optional("churn_reasons")) is not None:
            reasons = reasons.select(code="reason_code", parent="parent")
            rows = rows.left_join(reasons, rows.reason_code == reasons.code)
            columns["reason"] = ibis.coalesce(rows.parent, rows.reason_code)
        chosen = rows.select("account_id", "since", "kept_end", "lost_on", "loss", "plan", "plan_id", **columns)
        frame = self.company.run(self.keyed(chosen, "account_id", self.accounts))
        gone = frame.kept_end == 0
        frame["churned_on"] = frame.lost_on.where(gone)
        frame["reason"] = frame.reason.where(gone)
        frame["unpaid"] = gone & (frame.loss == "involuntary")
        frame["status"] = gone.map({True: "former", False: "customer"})
        return frame.drop(columns=["kept_end", "lost_on", "loss"])

    def subscriptions(self) -> pd.DataFrame | None:
        """What is in force today besides paying: dunning, a pause, a wish to leave; and the last trial."""
        if (rows := self.optional("subscriptions")) is None:
            return None
        rows = self.keyed(rows, "account_id", self.accounts).filter(rows.valid_from < self.end)
        now = rows.valid_to.isnull() | (rows.valid_to >= self.end)
        tried = (rows.status == "trial") | rows.trial_end.notnull()
        return self.company.run(
            rows.group_by("account_id").agg(
                past_due=flag(now & (rows.status == "past_due")).max(),
                paused=flag(now & (rows.status == "paused")).max(),
                cancelling=flag(now & rows.cancel_requested_at.notnull()).max(),
                tried=flag(tried).max(),
                trial_ended_on=ibis.coalesce(rows.trial_end, rows.valid_to).max(where=tried),
                term_ends_on=rows.term_end.max(where=now & (rows.status == "active")),
            )
        )

    def tickets(self) -> pd.DataFrame | None:
        """Calls for help of anybody of the account: open, solved in the last 7 days, made in the last 30."""
        if (rows := self.optional("tickets")) is None:
            return None
        users = self.company.tables["users"].select(asker="user_id", home="account_id")
        rows = rows.left_join(users, rows.user_id == users.asker)
        rows = rows.mutate(account_id=ibis.coalesce(rows.account_id, rows.home)).filter(rows.created_at < self.end)
        done = rows.status.fill_null("open").isin(("solved", "closed"))
        is_open = rows.solved_at.isnull().ifelse(~done, rows.solved_at >= self.end)
        solved = rows.solved_at.notnull() & (rows.solved_at < self.end) & (rows.solved_at >= self.ago(7))
        return self.company.run(
            self.keyed(rows, "account_id", self.accounts)
            .group_by("account_id")
            .agg(
                open_tickets=flag(is_open).sum(),
                solved_tickets_7=flag(solved).sum(),
                tickets_30=flag(rows.created_at >= self.ago(30)).sum(),
            )
        )

    def orders(self) -> pd.DataFrame | None:
        if (rows := self.optional("orders")) is None:
            return None
        rows = self.keyed(rows.mutate(account_id=rows.customer_id), "account_id", self.accounts)
        rows = rows.filter(rows.occurred_at < self.end)
        counted = rows.net_amount > 0
        return self.company.run(
            rows.group_by("account_id").agg(
                ordered_at=rows.occurred_at.max(), first_order_at=rows.occurred_at.min(where=counted)
            )
        )

    def begun(self) -> pd.DataFrame | None:
        """Accounts in which somebody did what the company calls activation."""
        rows, goals = self.optional("events"), self.optional("milestones")
        if rows is None or goals is None:
            return None
        goals = goals.filter(goals.kind == "activation")
        rows = rows.filter(rows.occurred_at < self.end).semi_join(goals, rows.name == goals.event_name)
        users = self.company.tables["users"].select(doer="user_id", home="account_id")
        rows = rows.left_join(users, rows.user_id == users.doer)
        rows = rows.mutate(account_id=ibis.coalesce(rows.account_id, rows.home)).select("account_id").distinct()
        return self.company.run(self.keyed(rows, "account_id", self.accounts)).assign(activated=1)

    def surveys(self) -> pd.DataFrame | None:
        if (rows := self.optional("surveys")) is None:
            return None
        rows = self.keyed(rows, "user_id", self.users)
        rows = rows.filter(rows.sent_at < self.end, rows.sent_at >= self.ago(90))
        return self.company.run(rows.group_by("user_id").agg(surveys_90=rows.count()))

    def scores(self) -> pd.DataFrame | None:
        """The lowest recommendation score of the last 30 days."""
        if (rows := self.optional("survey_answers")) is None:
            return None
        rows = self.keyed(rows, "user_id", self.users)
        rows = rows.filter(rows.type == "nps", rows.answered_at < self.end, rows.answered_at >= self.ago(30))
        return self.company.run(rows.group_by("user_id").agg(nps_30=rows.score.min()))

    def requests(self) -> pd.DataFrame | None:
        """The features that anybody of the account asked for, as tags with a line break between."""
        if (rows := self.optional("feature_requests")) is None:
            return None
        rows = self.keyed(rows, "account_id", self.accounts).filter(rows.occurred_at < self.end)
        tags = rows.select("account_id", "feature_tag").distinct()
        joined = tags.feature_tag.group_concat("\n", order_by=tags.feature_tag)
        return self.company.run(tags.group_by("account_id").agg(asked_for=joined))

    def arms(self, key: str) -> pd.DataFrame | None:
        """Who is in the untreated arm of a test that still runs, as a person or as an account."""
        rows, tests = self.optional("assignments"), self.optional("experiments")
        if rows is None or tests is None:
            return None
        tests = tests.filter(
            tests.started_at.isnull() | (tests.started_at < self.end),
            tests.ended_at.isnull() | (tests.ended_at >= self.end),
        )
        rows = rows.semi_join(tests, "experiment_id").filter(rows.arm.lower().isin(HELD_OUT))
        ids = self.accounts if key == "account_id" else self.users
        units = self.keyed(rows, "unit_id", ids).select(**{key: "unit_id"}).distinct()
        return self.company.run(units).assign(**{f"held_{key}": 1})
