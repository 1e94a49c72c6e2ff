"""What is known of a customer on a day: the features that a model of its risk learns from and scores with.

Every feature is from before the day. Asking to leave is none of them: that is the outcome, and who has asked is marked
(`leaving`) and stands apart. Nothing about the people themselves is used (`BARRED`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import ibis
import ibis.expr.types as ir

from bot.metrics.dimensions import offered, with_dimensions
from bot.metrics.engagement import active_events
from bot.metrics.expressions import MICROS, flag, largest, latest, local_day, micros, money, ratio, spine
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Window, instant

BARRED = (
    "gender", "gender_form", "sex", "age", "birth_year", "date_of_birth", "senior_citizen", "partner", "dependents",
    "marital_status", "religion", "ethnicity", "nationality", "language", "disability", "illness", "first_name", "name",
)  # fmt: skip
"""Traits that no score may use: what a person is, and what stands in for it."""
TRAITS_OF_ACCOUNTS = ("plan", "interval", "size", "industry", "channel", "country")
"""Dimensions of the account that a score may use."""
RECENT_DAYS = 28
USUAL_DAYS = 84
"""The twelve weeks before the last four, and the days in which the use of a feature is counted."""
SPAN_DAYS = RECENT_DAYS + USUAL_DAYS
"""Who was not seen in so many days counts as not seen for so many."""
YEAR = 365
HALF_YEAR = 182
TICKET_DAYS = 90
FAILED_DAYS = 60
WAITING_DAYS = 7
LONGEST_MONTH = 31
LONG_AGO = datetime(1, 1, 1)
KEYS = ("account_id", "told_at")


@dataclass(frozen=True)
class Named:
    """What only the data can name: the features of the product (id, core event), and the traits of accounts."""

    uses: tuple[tuple[str, str], ...] = ()
    traits: tuple[tuple[str, bool], ...] = ()
    """(name, whether it is a number)."""
    terms: tuple[str, ...] = ()
    """The plans longer than a month, where the ends of their terms are known."""

    def columns(self) -> dict[str, str]:
        """Column of the frame → the name behind it, after its kind."""
        uses = {f"use_{place}": f"use:{name}" for place, (name, _) in enumerate(self.uses)}
        return uses | {f"trait_{place}": f"trait:{name}" for place, (name, _) in enumerate(self.traits)}


def moments(t: Tables, days: Sequence[date]) -> ir.Table:
    """One row per day of a score: told_at, its first instant."""
    return spine([instant(day, t.definitions.zone) for day in days], "told_at", t["subscriptions"])


def paying(t: Tables, told: ir.Table) -> ir.Table:
    """One row per account and moment at which it pays: micros, due (past due), since (its first payment), plan_id (of
    the largest part), quantity, discount (millionths).
    """
    paid = terms(t, Policy.of(t.definitions)).filter(lambda row: row.pays == 1)
    held = paid.inner_join(told, [paid.opens <= told.told_at, paid.closes > told.told_at])
    state = held.group_by(*KEYS).agg(
        micros=held.micros.sum(),
        due=flag(held.status == "past_due").max(),
        plan_id=largest(held.plan_id, held.micros),
        quantity=held.quantity.sum(),
        discount=micros(held.discount).fill_null(0).sum(),
    )
    first = paid.group_by(payer=paid.account_id).agg(since=paid.opens.min())
    return state.inner_join(first, state.account_id == first.payer).drop("payer")


def with_outcome(t: Tables, frame: ir.Table) -> ir.Table:
    """Add `lost`: 1 where the account is no customer any more at the row's `until`, paused ones still being some."""
    rows = terms(t, Policy.of(t.definitions))
    customer = rows.filter((rows.pays + rows.rests) > 0).select(stayer="account_id", opens="opens", closes="closes")
    asked = frame.select("account_id", asked_at="told_at", asked_until="until")
    still = asked.inner_join(
        customer,
        [asked.account_id == customer.stayer, customer.opens <= asked.asked_until, customer.closes > asked.asked_until],
    )
    still = still.select("stayer", "asked_at").distinct()
    joined = frame.left_join(still, [frame.account_id == still.stayer, frame.told_at == still.asked_at])
    return joined.mutate(lost=flag(joined.stayer.isnull())).drop("stayer", "asked_at")


def known(t: Tables, told: ir.Table, horizon: int, named: Named) -> ir.Table:
    """One row per account and moment at which it pays: micros, until, leaving, since, and every feature.

    `until` is the day of the outcome: the horizon, or where the paid term runs on beyond it (and beyond a month), the
    end of that term and its grace. Features that the company's tables do not tell are not there; one that is not known
    of an account is null. Counts are logarithms.
    """
    kinds = tuple(name for name in TRAITS_OF_ACCOUNTS if offered(t, name))
    if not t.has("plans"):
        kinds = tuple(name for name in kinds if name != "interval")
    whole = Window(date(1970, 1, 1), t.as_of, Grain.RANGE, t.definitions.zone)
    frame = with_dimensions(t, paying(t, told), kinds, whole)
    parts = [_contract(t, told, named), *_usage(t, told, whole), *_uses(t, told, named), *_care(t, told)]
    for part in (*parts, *_traits(t, told, named)):
        keys = [name for name in KEYS if name in part.columns]
        other = part.rename(**{f"other_{name}": name for name in keys})
        frame = frame.left_join(other, [frame[name] == other[f"other_{name}"] for name in keys])
        frame = frame.drop(*(f"other_{name}" for name in keys))
    later = frame.told_at + ibis.interval(days=horizon)
    far = frame.told_at + ibis.interval(days=max(horizon, LONGEST_MONTH))
    renewed = frame.renews + ibis.interval(days=t.definitions.grace_days)
    frame = frame.mutate(until=(frame.renews > far).fill_null(False).ifelse(renewed, later))
    found = _features(t, frame, named) | {f"of_{name}": frame[name] for name in kinds}
    return frame.select(*KEYS, "micros", "until", leaving=frame.leaving.fill_null(0), **found)


def _contract(t: Tables, told: ir.Table, named: Named) -> ir.Table:
    """What the contract says on each moment: renews (end of the paid term), leaving, earlier (MRR half a year ago)."""
    rows = owned(t, "subscriptions")
    paid = terms(t, Policy.of(t.definitions)).filter(lambda row: row.pays == 1)
    held = paid.inner_join(told, [paid.opens <= told.told_at, paid.closes > told.told_at])
    held = held.select(*KEYS, "subscription_id").distinct()
    long = rows.plan_id.isin(named.terms) if named.terms else ibis.literal(False)
    ends = long.ifelse(rows.term_end, ibis.null("timestamp"))
    facts = rows.select(line="subscription_id", asked=rows.cancel_requested_at, ends=ends)
    facts = facts.filter(facts.asked.notnull() | facts.ends.notnull())
    lines = held.left_join(facts, held.subscription_id == facts.line)
    each = lines.group_by(*KEYS, "subscription_id").agg(
        renews=lines.ends.min(where=lines.ends > lines.told_at), asks=flag(lines.asked <= lines.told_at).max()
    )
    found = each.group_by(*KEYS).agg(renews=each.renews.max(), leaving=each.asks.min())
    past = told.mutate(then=told.told_at - ibis.interval(days=HALF_YEAR))
    before = paid.inner_join(past, [paid.opens <= past.then, paid.closes > past.then])
    before = before.group_by(payer="account_id", when="told_at").agg(earlier=before.micros.sum())
    joined = found.left_join(before, [found.account_id == before.payer, found.told_at == before.when])
    return joined.drop("payer", "when")


def before(rows: ir.Table, told: ir.Table, column: str, days: int) -> ir.Table:
    """The rows of the days before each moment, once for each."""
    moment = rows[column]
    return rows.inner_join(told, [moment < told.told_at, moment >= told.told_at - ibis.interval(days=days)])


def _usage(t: Tables, told: ir.Table, whole: Window) -> Iterator[ir.Table]:
    """How much of the product is used: active days of late and usually, people, the last day."""
    if not t.has("events"):
        return
    acts = active_events(t, whole)
    if not t.has("events", "user_id"):
        acts = acts.mutate(user_id=acts.account_id)
    day = local_day(acts.occurred_at, t.definitions.zone)
    acts = acts.group_by("account_id", "user_id", day.name("day")).agg(acted_at=acts.occurred_at.min())
    near = before(acts, told, "acted_at", SPAN_DAYS)
    ago = near.told_at - ibis.interval(days=RECENT_DAYS)
    late = near.acted_at >= ago
    yield near.group_by(*KEYS).agg(
        days=near.day.nunique(where=late),
        people=near.user_id.nunique(where=late),
        late=flag(late).sum(),
        usually=flag(~late).sum(),
        last_at=near.acted_at.max(),
    )


def _uses(t: Tables, told: ir.Table, named: Named) -> Iterator[ir.Table]:
    """On how many of the last days each feature of the product was used."""
    if not named.uses:
        return
    events = owned(t, "events")
    events = events.filter(events.name.isin([event for _, event in named.uses]))
    day = local_day(events.occurred_at, t.definitions.zone)
    used = events.group_by("account_id", "name", day.name("day")).agg(used_at=events.occurred_at.min())
    near = before(used, told, "used_at", USUAL_DAYS)
    counts = {f"use_{place}": flag(near.name == event).sum() for place, (_, event) in enumerate(named.uses)}
    yield near.group_by(*KEYS).agg(**counts)


def _care(t: Tables, told: ir.Table) -> Iterator[ir.Table]:
    """What they asked, said and paid: tickets, ratings, answers, attempts to collect."""
    if t.has("tickets"):
        rows = owned(t, "tickets")
        rows = rows.filter(rows.created_at.notnull()).select("account_id", "created_at", "solved_at", "csat")
        near = before(rows, told, "created_at", YEAR)
        lately = near.created_at >= near.told_at - ibis.interval(days=TICKET_DAYS)
        old = near.created_at < near.told_at - ibis.interval(days=WAITING_DAYS)
        unsolved = near.solved_at.isnull() | (near.solved_at >= near.told_at).fill_null(False)
        open_long = flag(old & unsolved) if t.has("tickets", "solved_at") else ibis.literal(0)
        found = {"tickets": flag(lately).sum(), "waiting": open_long.sum()}
        rated = near.solved_at < near.told_at if t.has("tickets", "solved_at") else near.csat.notnull()
        csat = near.csat.cast("float64").mean(where=rated.fill_null(False))
        yield near.group_by(*KEYS).agg(**found, csat=csat)
    if t.has("survey_answers") and t.has("survey_answers", "answered_at"):
        rows = owned(t, "survey_answers").filter(lambda row: (row.type == "nps") & row.score.between(0, 10))
        near = before(rows.select("account_id", "answered_at", "score"), told, "answered_at", YEAR)
        last = latest(near.score.cast("int64").cast("string").lpad(2, "0"), near.answered_at)
        yield near.group_by(*KEYS).agg(nps=cast(Any, last).cast("float64"))
    if t.has("payments"):
        rows = owned(t, "payments").filter(lambda row: row.status == "failed")
        near = before(rows.select("account_id", "occurred_at"), told, "occurred_at", FAILED_DAYS)
        yield near.group_by(*KEYS).agg(failed=near.count())


def _traits(t: Tables, told: ir.Table, named: Named) -> Iterator[ir.Table]:
    """The traits that the company names of its accounts, a column each: the latest value seen before the moment.

    One without a day has always been so.
    """
    if not named.traits:
        return
    rows = owned(t, "traits")
    rows = rows.mutate(seen_at=rows.observed_at.fill_null(LONG_AGO))
    near = rows.inner_join(told, [rows.seen_at < told.told_at])
    found: dict[str, ir.Value] = {}
    for place, (name, numeric) in enumerate(named.traits):
        value = near.number if numeric else near.value
        found[f"trait_{place}"] = value.argmax(near.seen_at, where=(near.name == name) & value.notnull())
    yield near.group_by(*KEYS).agg(**found)


def log(count: ir.Value) -> ir.Value:
    """ln(1 + x): the second ticket tells more than the twelfth."""
    return (cast(ir.NumericValue, count).cast("float64") + 1.0).ln()


def _features(t: Tables, frame: ir.Table, named: Named) -> dict[str, ir.Value]:
    """Feature → its value; only what the company's tables tell."""
    has = set(frame.columns)
    mrr = money(frame.micros)
    found: dict[str, ir.Value] = {
        "tenure": log(ibis.greatest(_days(frame.told_at, frame.since), 0)),
        "mrr": log(mrr),
        "due": frame.due.cast("float64"),
        "grown": log(mrr) - log(ratio(frame.earlier, MICROS)),
    }
    if named.terms:
        found["renewal"] = log(ibis.greatest(_days(frame.renews, frame.told_at), 0))
    if t.has("subscriptions", "quantity"):
        found["seats"] = log(frame.quantity.fill_null(1))
    if t.has("subscriptions", "discount"):
        found["discount"] = ratio(frame.discount, frame.discount + frame.micros).fill_null(0.0)
    if "late" in has:
        late, usually = frame.late.fill_null(0), frame.usually.fill_null(0)
        found["active_days"] = log(frame.days.fill_null(0))
        found["people"] = log(frame.people.fill_null(0))
        found["trend"] = log(late) - (ratio(usually, USUAL_DAYS // RECENT_DAYS) + 1.0).ln()
        found["quiet_days"] = log(_days(frame.told_at, frame.last_at).fill_null(SPAN_DAYS))
    for column in named.columns():
        if column.startswith("use_"):
            found[column] = log(frame[column].fill_null(0))
        else:
            found[column] = frame[column]
    if "tickets" in has:
        found["tickets"] = log(frame.tickets.fill_null(0))
        found["waiting"] = log(frame.waiting.fill_null(0))
        found["csat"] = frame.csat
    if "nps" in has:
        found["nps"] = frame.nps
    if "failed" in has:
        found["failed"] = log(frame.failed.fill_null(0))
    return found


def _days(later: ir.Value, earlier: ir.Value) -> Any:
    return cast(Any, later).cast("date").delta(cast(Any, earlier).cast("date"), unit="day")
