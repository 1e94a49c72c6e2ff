"""Who counts: the one definition of a paying customer, shared by every customer and revenue metric.

`Tables` is what a metric function gets: canonical tables, the company's settings, and the
filters of the question. `terms` turns the subscription history into effective stretches under
one policy (grace, pause, free plans, recognition); `standing` folds them into one row per account
with its state at both ends of a window.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import ibis
import ibis.expr.types as ir

from bot.errors import BadData
from bot.metrics.expressions import FOREVER, flag, micros
from bot.types import Definitions, Filters, Window

Day = TypeVar("Day", bound=date)
UNKNOWN = "unknown"
"""Stands in a breakdown for rows whose value is empty, so that segments add up."""


@dataclass(frozen=True)
class Tables:
    """The canonical tables as one question sees them; row filters of rights are already applied."""

    tables: Mapping[str, ir.Table]
    definitions: Definitions
    as_of: date
    mapped: Callable[[str, str | None], bool]
    filters: Filters = ()
    exclude: Filters = ()
    carried: tuple[str, ...] = ()
    """Dimensions that every account frame carries, so that several breakdowns share one."""
    frames: dict[Hashable, ir.Table] = field(default_factory=dict, compare=False)
    """Account frames already built: Ibis computes a frame once for all that use the same object."""

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self.tables:
            raise BadData("missing_table", table=name)
        return self.tables[name]

    def has(self, table: str, column: str | None = None) -> bool:
        return self.mapped(table, column)

    def dimensions(self, by: tuple[str, ...]) -> tuple[str, ...]:
        """All dimensions this measurement touches: broken down by, filtered, or excluded."""
        named = (*by, *(name for name, _ in self.filters), *(name for name, _ in self.exclude))
        return tuple(dict.fromkeys(named))

    def apart(self, *names: str) -> tuple[Tables, Tables]:
        """(without, with only) the filters by these dimensions: those that a result has and an account has not."""

        def kept(among: Filters, *, inside: bool) -> Filters:
            return tuple(one for one in among if (one[0] in names) is inside)

        without, only = (
            replace(self, filters=kept(self.filters, inside=inside), exclude=kept(self.exclude, inside=inside))
            for inside in (False, True)
        )
        return without, only

    def passes(self, frame: ir.Table) -> ir.BooleanValue:
        """Whether a row passes the question's filters; the frame carries the dimensions as columns."""
        passing: ir.BooleanValue = ibis.literal(True)
        for name, values in self.filters:
            passing = passing & frame[name].cast("string").isin(values)
        for name, values in self.exclude:
            passing = passing & ~frame[name].cast("string").isin(values)
        return passing

    def narrow(self, frame: ir.Table) -> ir.Table:
        """Apply the question's filters to a frame that carries the dimensions as columns."""
        return frame.filter(self.passes(frame)) if self.filters or self.exclude else frame


def counted_only(shares: ir.Table) -> ir.Table:
    """Segments with somebody in them; one with a part and no whole stays, else the segments would not add up."""
    return shares.filter((shares.whole > 0) | (shares.part > 0))


def owned(t: Tables, name: str) -> ir.Table:
    """The rows of a table with `account_id` as the account they belong to today.

    A row that names only a user belongs to the user's account. A row of a merged account belongs to the
    account it was merged into: that is no loss and no gain (G18).
    """
    key = ("owned", name)
    if key not in t.frames:
        t.frames[key] = _of_the_merged(t, _of_the_user(t, name))
    return t.frames[key]


def _of_the_user(t: Tables, name: str) -> ir.Table:
    rows = t[name]
    if t.has(name, "customer_id"):
        return rows.mutate(account_id=rows.customer_id)
    if not t.has(name, "user_id") or not t.has("users", "account_id"):
        return rows
    users = t["users"].select(person="user_id", home="account_id")
    joined = rows.left_join(users, rows.user_id == users.person)
    return joined.mutate(account_id=ibis.coalesce(joined.account_id, joined.home)).drop("person", "home")


def _of_the_merged(t: Tables, rows: ir.Table) -> ir.Table:
    if not t.has("accounts", "merged_into"):
        return rows
    moved = t["accounts"].filter(lambda a: a.merged_into.notnull()).select(old_id="account_id", new_id="merged_into")
    joined = rows.left_join(moved, rows.account_id == moved.old_id)
    return joined.mutate(account_id=ibis.coalesce(joined.new_id, joined.account_id)).drop("old_id", "new_id")


def per(frame: ir.Table, by: tuple[str, ...]) -> Any:
    """The frame grouped by the dimensions, or whole when there are none; either has `agg`."""
    return frame.group_by(list(by)) if by else frame


@dataclass(frozen=True)
class Policy:
    """The variants that decide who is a customer when (conventions G05 to G08)."""

    grace_days: int
    pause_days: int
    pause_policy: str = "zero_mrr"
    free_policy: str = "churn"
    recognition: str = "service_end"

    @classmethod
    def of(cls, definitions: Definitions, **variant: Any) -> Policy:
        """The company's settings, overridden by the variants a question names; others of them are no policy."""
        given = {name: value for name, value in variant.items() if name in cls.__dataclass_fields__}
        if "grace_days" in given:
            given["grace_days"] = int(given["grace_days"])
        return cls(**{"grace_days": definitions.grace_days, "pause_days": definitions.pause_days, **given})


STRETCH = (
    "account_id", "subscription_id", "status", "plan_id", "end_type", "reason_code", "reason_text",
)  # fmt: skip
"""What of a stretch is carried along as it is."""


def terms(t: Tables, policy: Policy) -> ir.Table:
    """Effective stretches: one row per subscription and stretch, `[opens, closes)`.

    Columns: account_id, status, opens, closes, pays (1 while it makes a customer),
    rests (1 while paused but still a customer), is_free, micros (monthly amount in millionths), plan_id,
    end_type, reason_code, reason_text, lapsed (the loss by which grace or pause ended the stretch, or "").
    """
    if policy not in t.frames:
        t.frames[policy] = _terms(t, policy)
    return t.frames[policy]


def _terms(t: Tables, policy: Policy) -> ir.Table:
    rows = owned(t, "subscriptions")
    closes = rows.valid_to.fill_null(FOREVER)
    if policy.recognition == "request":
        asked = rows.cancel_requested_at.fill_null(FOREVER)
        closes = ibis.least(closes, ibis.greatest(asked, rows.valid_from))
    rows = rows.select(*STRETCH, "valid_from", closes=closes, amount=rows.mrr)
    if policy.pause_policy == "keep_mrr":
        before = ibis.window(group_by="subscription_id", order_by="valid_from")
        carried = rows.amount.lag().over(before)
        rows = rows.mutate(amount=(rows.status == "paused").ifelse(carried, rows.amount))
    waiting = rows.status.isin(("past_due", "paused"))
    rows = ibis.union(
        rows.filter(~waiting).mutate(since=rows.valid_from),
        _since(rows.filter(waiting)),
    )
    paused, due = rows.status == "paused", rows.status == "past_due"
    keeps = policy.pause_policy == "keep_mrr"
    rests = paused if policy.pause_policy == "zero_mrr" else ibis.literal(False)
    closes = due.ifelse(
        ibis.least(rows.closes, rows.since + ibis.interval(days=policy.grace_days)),
        rests.ifelse(
            ibis.least(rows.closes, rows.since + ibis.interval(days=policy.pause_days)),
            rows.closes,
        ),
    )
    status_pays = (rows.status == "active") | due | (paused if keeps else ibis.literal(False))
    free = rows.status == "free"
    counted = free if policy.free_policy == "active" else ibis.literal(False)
    cut = closes < rows.closes
    frame = rows.select(
        "account_id",
        "plan_id",
        "status",
        "end_type",
        "reason_code",
        "reason_text",
        # What ended the stretch before its own time; never null, so that the last one can be asked for it.
        lapsed=ibis.cases((cut & due, "involuntary"), (cut & rests, "pause_expired"), else_=""),
        # One precision, so that stretches of both ends can be put into one column.
        opens=rows.valid_from.cast("timestamp"),
        closes=closes.cast("timestamp"),
        pays=flag(status_pays & (rows.amount.isnull() | (rows.amount > 0))),
        rests=flag(rests | counted),
        is_free=flag(free),
        micros=micros(status_pays.ifelse(rows.amount, 0.0)).fill_null(0),
    )
    return frame.filter(frame.closes > frame.opens)


def _since(waiting: ir.Table) -> ir.Table:
    """When each unbroken run of past-due or paused stretches began: grace and pause count from there."""
    order = ibis.window(group_by=["subscription_id", "status"], order_by="valid_from")
    starts = waiting.mutate(
        fresh=flag(waiting.closes.lag().over(order).fill_null(datetime(1, 1, 1)) != waiting.valid_from)
    )
    runs = starts.mutate(run=starts.fresh.cumsum(group_by=["subscription_id", "status"], order_by="valid_from"))
    whole = ibis.window(group_by=["subscription_id", "status", "run"])
    return runs.mutate(since=runs.valid_from.min().over(whole)).drop("fresh", "run")


def holds(frame: ir.Table, moment: datetime) -> ir.BooleanValue:
    """Whether the stretch is in force at the instant."""
    return (frame.opens <= moment) & (frame.closes > moment)


def standing(t: Tables, window: Window, by: tuple[str, ...], policy: Policy, *wanted: str) -> ir.Table:
    """One row per account, with its state at both ends of the window: account_id, the `wanted` columns,
    and one column per dimension in `by` or in the filters. Test accounts are out; filters are applied.

    The state at an instant is that of the stretch which holds it. A wanted column is one of: start, end
    (1 when paying), start_micros, end_micros, kept_start, kept_end (1 when paying, or paused within its
    limit), since (first paid instant), left_before (when it last stopped paying up to the window's start),
    lost_on (when it was last a customer), loss (why it is none at the end), reason_code, reason_text, plan_id.
    """
    dimensions = tuple(sorted({*t.dimensions(by), *t.carried}))
    key = (window.start, window.end, dimensions, policy, wanted, t.filters, t.exclude)
    if key not in t.frames:
        t.frames[key] = _standing(t, window, dimensions, policy, wanted)
    return t.frames[key]


def _standing(
    t: Tables, window: Window, dimensions: tuple[str, ...], policy: Policy, wanted: tuple[str, ...]
) -> ir.Table:
    rows = terms(t, policy)
    rows = rows.filter(rows.opens <= window.last)
    first, last = holds(rows, window.first), holds(rows, window.last)
    pays, kept = rows.pays == 1, (rows.pays + rows.rests) > 0
    # A stretch "ended" begins where the customer left, and is heard only where it says why.
    ended = rows.status == "ended"
    left_on = ended.ifelse(rows.opens + ibis.interval(microseconds=1), rows.closes)

    def said_last(column: str) -> ir.Value:
        return rows[column].argmax(left_on, where=kept | (ended & rows[column].notnull()))

    known: dict[str, Callable[[], ir.Value]] = {
        "since": lambda: rows.opens.min(where=pays),
        "start": lambda: flag(pays & first).max(),
        "end": lambda: flag(pays & last).max(),
        "kept_start": lambda: flag(kept & first).max(),
        "kept_end": lambda: flag(kept & last).max(),
        "start_micros": lambda: rows.micros.sum(where=pays & first).fill_null(0),
        "end_micros": lambda: rows.micros.sum(where=pays & last).fill_null(0),
        "left_before": lambda: rows.closes.max(where=pays & (rows.closes <= window.first)),
        "lost_on": lambda: rows.closes.max(where=kept & (rows.closes <= window.last)),
        "free_end": lambda: flag((rows.is_free == 1) & last).max(),
        "last_status": lambda: rows.status.argmax(rows.closes, where=kept),
        "lapsed": lambda: rows.lapsed.argmax(rows.closes, where=kept),
        "end_type": lambda: said_last("end_type"),
        "reason_code": lambda: said_last("reason_code"),
        "reason_text": lambda: said_last("reason_text"),
        "plan_id": lambda: ibis.coalesce(
            rows.plan_id.argmax(rows.micros, where=pays & first),
            rows.plan_id.argmax(rows.micros, where=pays & last),
            rows.plan_id.argmax(rows.opens, where=pays),
        ),
    }
    needed = dict.fromkeys(wanted)
    if "loss" in needed:
        needed |= dict.fromkeys(("free_end", "lapsed", "end_type", "last_status"))
    if "tenure" in dimensions:
        needed["since"] = None
    if set(PLAN_COLUMNS) & set(dimensions):
        needed["plan_id"] = None
    frame = rows.group_by("account_id").agg(**{name: known[name]() for name in needed if name != "loss"})
    if "loss" in needed:
        frame = frame.mutate(
            loss=ibis.cases(
                (frame.free_end == 1, "to_free"),
                (frame.lapsed != "", frame.lapsed),
                (frame.end_type.notnull(), frame.end_type),
                (frame.last_status == "past_due", "involuntary"),
                else_=UNKNOWN,
            )
        )
    return t.narrow(with_dimensions(t, frame, dimensions, window))


ACCOUNT_COLUMNS = {
    "country": "country",
    "market": "country",
    "language": "language",
    "industry": "industry",
    "size": "size",
    "region": "region",
    "channel": "acquisition_channel",
    "owner": "owner_id",
}
"""Dimension → the column of `accounts` it is read from."""

PLAN_COLUMNS = {"plan": "name", "interval": "interval"}
"""Dimension → the column of `plans` it is read from."""

OTHER_COLUMNS = {"role": ("users", "role"), "platform": ("events", "platform"), "interval": ("plans", "interval")}
"""Dimension → the (table, column) it is read from, where that is not the account."""


def offered(t: Tables, dimension: str) -> bool:
    """Whether the company's data has what the dimension is read from."""
    if dimension in ACCOUNT_COLUMNS:
        return t.has("accounts", ACCOUNT_COLUMNS[dimension])
    return t.has(*OTHER_COLUMNS[dimension]) if dimension in OTHER_COLUMNS else True


TENURE_BANDS = (("0-3 months", 3), ("3-6 months", 6), ("6-12 months", 12), ("12-24 months", 24))
LONGEST_TENURE = "24+ months"


def with_dimensions(t: Tables, frame: ir.Table, names: tuple[str, ...], window: Window) -> ir.Table:
    """Join what the dimensions need to a frame with account_id (and plan_id, since); drop test accounts."""
    frame = _with_accounts(t, frame, names)
    for name in names:
        if name in PLAN_COLUMNS:
            frame = _with_plan(t, frame, name)
        elif name == "tenure":
            frame = _with_tenure(t, frame, window)
    return frame


def _with_accounts(t: Tables, frame: ir.Table, names: tuple[str, ...]) -> ir.Table:
    wanted = {name: ACCOUNT_COLUMNS[name] for name in names if name in ACCOUNT_COLUMNS}
    tested = t.has("accounts", "is_test")
    if not wanted and not tested:
        return frame
    for column in wanted.values():
        if not t.has("accounts", column):
            raise BadData("missing_column", table="accounts", column=column)
    accounts = t["accounts"]
    if tested:
        accounts = accounts.filter(~accounts.is_test.fill_null(False))
    joined = accounts.select(
        known_id=accounts.account_id,
        **{name: _account_value(t, accounts, name, column) for name, column in wanted.items()},
    )
    inner = frame.inner_join(joined, frame.account_id == joined.known_id)
    return inner.drop("known_id")


def _account_value(t: Tables, accounts: ir.Table, name: str, column: str) -> ir.Value:
    value = accounts[column].cast("string")
    if name == "market":
        cases = [(value.isin(countries), market) for market, countries in t.definitions.markets]
        return ibis.cases(*cases, else_=UNKNOWN) if cases else ibis.literal(UNKNOWN)
    return value.fill_null(UNKNOWN)


def _with_plan(t: Tables, frame: ir.Table, name: str) -> ir.Table:
    if not t.has("plans"):
        if name == "plan":  # without a plan table the id is the name
            return frame.mutate(plan=frame.plan_id.fill_null(UNKNOWN))
        raise BadData("missing_table", table="plans")
    plans = t["plans"]
    value = _interval(plans) if name == "interval" else plans[PLAN_COLUMNS[name]].fill_null(UNKNOWN)
    looked_up = plans.select(**{f"{name}_key": plans.plan_id, name: value})
    joined = frame.left_join(looked_up, frame.plan_id == looked_up[f"{name}_key"])
    return joined.mutate(**{name: joined[name].fill_null(UNKNOWN)}).drop(f"{name}_key")


def _with_tenure(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    if "since" in frame.columns:
        return frame.mutate(tenure=tenure(frame.since, window.first))
    rows = terms(t, Policy.of(t.definitions)).filter(lambda r: r.pays == 1)
    paid = rows.group_by(payer=rows.account_id).agg(first_paid=rows.opens.min())
    joined = frame.left_join(paid, frame.account_id == paid.payer)
    return joined.mutate(tenure=tenure(joined.first_paid, window.first)).drop("payer", "first_paid")


def _interval(plans: ir.Table) -> ir.Value:
    """How often a plan is paid, by the months of its term."""
    yearly = plans.interval.startswith("year") | plans.interval.startswith("annual")
    months = plans.interval_count.fill_null(1) * yearly.ifelse(12, 1)
    return ibis.cases(
        (plans.interval.isnull(), UNKNOWN),
        (months < 3, "monthly"),
        (months < 12, "quarterly"),
        (months == 12, "annual"),
        else_="multi_year",
    )


def tenure(since: ir.Value, moment: datetime) -> ir.Value:
    """How long a customer has paid at the instant, as a band."""
    cases = [(since > months_before(moment, months), band) for band, months in TENURE_BANDS]
    return ibis.cases((since.isnull(), UNKNOWN), *cases, else_=LONGEST_TENURE)


def months_before(moment: Day, months: int) -> Day:
    """The same day `months` calendar months earlier (the month's last day where it is shorter)."""
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    next_month = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (next_month - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))
