"""Calls for help: how many, from how many customers, and which are still open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.customers import ACCOUNT_DIMENSIONS, SUBSCRIPTIONS
from bot.metrics.declare import metric
from bot.metrics.engagement import described
from bot.metrics.expressions import during, flag, money, ratio
from bot.metrics.feedback import PERSON_DIMENSIONS
from bot.metrics.population import standing
from bot.metrics.tables import UNKNOWN, Tables, counted_only, owned, per, without
from bot.metrics.terms import Policy, terms
from bot.types import Grain, Shape, Unit, Window

OWN_DIMENSIONS = ("category", "priority")
"""What a ticket has and an account has not."""
TICKET_DIMENSIONS = (*OWN_DIMENSIONS, *without(PERSON_DIMENSIONS, "platform"))
NO_CALL = ("merged", "duplicate", "spam", "deleted")
"""Words of `status` and `category` that make a ticket no call for help."""
OUTBOUND = ("outbound", "proactive")
"""Words of `channel` for what we began ourselves."""
PRIORITIES = ("urgent", "high", "normal", "low")
LATELY_DAYS = 30


def calls(t: Tables) -> ir.Table:
    """The tickets that count, with account_id and `person` (who asked; the account where nobody is named).

    Merged and spam tickets are out, and so is what we began ourselves; a reopened ticket is no new one.
    """
    rows = owned(t, "tickets")
    for column, words in (("status", NO_CALL), ("category", NO_CALL), ("channel", OUTBOUND)):
        rows = rows.filter(rows[column].isnull() | rows[column].lower().notin(words))
    return rows.mutate(person=ibis.coalesce(rows.user_id, rows.account_id))


def created(t: Tables, window: Window) -> ir.Table:
    """The tickets opened in the window."""
    return calls(t).filter(lambda c: during(c.created_at, window))


def open_at(t: Tables, moment: datetime) -> ir.Table:
    """The tickets that waited for a solution at the instant; where no day of solving is known, the status tells."""
    rows = calls(t).filter(lambda c: c.created_at < moment)
    done = rows.status.isin(("solved", "closed")).fill_null(False)
    return rows.filter(rows.solved_at.isnull().ifelse(~done, rows.solved_at >= moment))


def of_tickets(t: Tables, frame: ir.Table, by: tuple[str, ...], window: Window) -> ir.Table:
    """Add the dimensions to tickets and apply the filters; tickets of test accounts drop out."""
    names = t.dimensions(by)
    own = {name: frame[name].fill_null(UNKNOWN) for name in OWN_DIMENSIONS if name in names}
    frame = frame.mutate(**own) if own else frame
    return t.narrow(described(t, frame, without(names, *OWN_DIMENSIONS), window))


def customers_of(frame: ir.Table) -> ir.IntegerScalar:
    """How many customers the tickets are from; a ticket of nobody known is from one of its own."""
    return ibis.coalesce(frame.account_id, frame.person, frame.ticket_id).nunique()


def callers(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the tickets of the window: one row per account, with tickets and last_ticket_at."""
    frame = of_tickets(t, created(t, window), (), window).filter(lambda f: f.account_id.notnull())
    return frame.group_by("account_id").agg(tickets=frame.count(), last_ticket_at=frame.created_at.max())


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.LEVEL,
    needs=("tickets.created_at",),
    by=TICKET_DIMENSIONS,
    companions=("tickets_per_100_customers", "csat"),
    people=callers,
)
def ticket_volume(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Tickets opened in the period.

    Formula: tickets created in the window; n is the customers they are from.
    At risk: every ticket; merged, duplicate and spam tickets and those that we began are out, reopened ones are not
    new, those of test accounts never count. Fewer is good only where use is stable: silence can be a bad sign.
    Example: 2026-10, the finger-count company: 6.
    Source: Intercom and Zendesk, support volume.
    """
    frame = of_tickets(t, created(t, window), by, window)
    return per(frame, by).agg(value=frame.count(), n=customers_of(frame))


def _beside(parts: ir.Table, wholes: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """Each row of the parts with the whole of its segment; segments that only one side has stay, with 0."""
    if not keys:
        return parts.cross_join(wholes)
    renamed = wholes.rename({f"{key}_whole": key for key in keys})
    same = [parts[key] == renamed[f"{key}_whole"] for key in keys]
    joined = parts.outer_join(renamed, same)
    filled = {key: ibis.coalesce(joined[key], joined[f"{key}_whole"]) for key in keys}
    return joined.mutate(**filled).drop(*(f"{key}_whole" for key in keys))


@metric(
    unit=Unit.RATIO,
    good="context",
    shape=Shape.RATIO,
    needs=("tickets.created_at", *SUBSCRIPTIONS),
    by=(*OWN_DIMENSIONS, *ACCOUNT_DIMENSIONS),
    parts="averages",
    companions=("ticket_volume", "contact_rate"),
    people=callers,
)
def tickets_per_100_customers(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Tickets of the period for each hundred customers.

    Formula: tickets opened in the period / (average of the customers paying at its start and at its end / 100);
    n is that average. By category or priority the customers of every row are the same ones.
    At risk: every ticket of ticket_volume, also of accounts that do not pay, over the paying customers.
    Example: 2026-10, the finger-count company: 6 of 0.07.
    Source: practice of support teams: contacts per hundred customers.
    """
    others = without(by, *OWN_DIMENSIONS)
    tickets = of_tickets(t, created(t, window), by, window)
    bare, _ = t.apart(*OWN_DIMENSIONS)
    base = standing(bare, window, others, Policy.of(t.definitions), "start", "end")
    parts = per(tickets, by).agg(part=tickets.count())
    wholes = per(base, others).agg(n=ratio(base.start.sum() + base.end.sum(), 2))
    found = _beside(parts, wholes, others)
    found = found.select(
        *by, part=found.part.fill_null(0), whole=ratio(found.n.fill_null(0.0), 100), n=found.n.fill_null(0.0)
    )
    return counted_only(_named(found, by))


def _named(found: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """Without the segments of customers who opened no ticket, where it is tickets that are told apart."""
    for name in by:
        if name in OWN_DIMENSIONS:
            found = found.filter(found[name].notnull())
    return found


def _paid(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account that paid at some time of the window, with the dimensions."""
    policy = Policy.of(t.definitions)
    frame = standing(t, window, by, policy, "start")
    rows = terms(t, policy)
    paid = rows.filter((rows.pays == 1) & (rows.opens < window.last) & (rows.closes > window.first))
    return frame.semi_join(paid, frame.account_id == paid.account_id)


def _in_touch(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the contact rate: customers of the period who opened a ticket."""
    bare, _only = t.apart(*OWN_DIMENSIONS)
    return callers(t, window).semi_join(_paid(bare, window, ()), "account_id")


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.SHARE,
    needs=("tickets.created_at", *SUBSCRIPTIONS),
    by=(*OWN_DIMENSIONS, *ACCOUNT_DIMENSIONS),
    companions=("ticket_volume", "csat"),
    people=_in_touch,
)
def contact_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Customers who opened at least one ticket, as a share of the customers of the period.

    Formula: customers of the period with a ticket in it / customers who paid at some time of the period.
    By category or priority the customers of every row are the same ones.
    At risk: every account that paid on any day of the period; the tickets are those of ticket_volume.
    Example: 2026-10, the finger-count company: 4 of 11.
    Source: practice of support teams: contact rate.
    """
    others, own = without(by, *OWN_DIMENSIONS), tuple(name for name in by if name in OWN_DIMENSIONS)
    bare, only = t.apart(*OWN_DIMENSIONS)
    base = _paid(bare, window, others)
    kinds = tuple(dict.fromkeys((*own, *only.dimensions(()))))
    tickets = of_tickets(only, created(t, window), kinds, window)
    asked = tickets.select(*own, caller="account_id").distinct()
    wholes = per(base, others).agg(whole=base.count())
    held = base.inner_join(asked, base.account_id == asked.caller)
    found = _beside(per(held, by).agg(part=held.count()), wholes, others)
    found = found.select(*by, part=found.part.fill_null(0), whole=found.whole.fill_null(0))
    return counted_only(_named(found, by))


def waiting(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind the open tickets: one row per account, as they stand at the window's end.

    Columns: account_id, open_tickets, oldest_ticket_at, priority (the highest), recent_tickets (opened in the last
    30 days, open or not), mrr where subscriptions are known.
    """
    frame = of_tickets(t, open_at(t, window.last), (), window).filter(lambda f: f.account_id.notnull())
    rank = ibis.cases(*((frame.priority == word, place) for place, word in enumerate(PRIORITIES)))
    held = frame.group_by("account_id").agg(
        open_tickets=frame.count(), oldest_ticket_at=frame.created_at.min(), priority=frame.priority.argmin(rank)
    )
    recent = calls(t).filter(lambda c: (c.created_at >= _lately(window)) & (c.created_at < window.last))
    recent = recent.group_by(again="account_id").agg(recent_tickets=recent.count())
    held = held.left_join(recent, held.account_id == recent.again).drop("again")
    return with_mrr(t, held.mutate(recent_tickets=held.recent_tickets.fill_null(0)), window)


def with_mrr(t: Tables, frame: ir.Table, window: Window) -> ir.Table:
    """Add what each account pays a month at the window's end, where subscriptions are known."""
    if not t.has("subscriptions"):
        return frame
    everybody, _ = t.apart(*t.dimensions(()))
    paying = standing(everybody, window, (), Policy.of(t.definitions), "end_micros")
    paying = paying.select(payer="account_id", mrr=money(paying.end_micros))
    joined = frame.left_join(paying, frame.account_id == paying.payer).drop("payer")
    return joined.mutate(mrr=joined.mrr.fill_null(0.0))


def _lately(window: Window) -> datetime:
    return Window(window.end - timedelta(days=LATELY_DAYS), window.end, zone=window.zone).first


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    needs=("tickets.created_at",),
    by=TICKET_DIMENSIONS,
    window=Grain.DAY,
    companions=("first_response_time", "ticket_volume"),
    people=waiting,
)
def open_tickets(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Tickets that wait for a solution at the end of the period.

    Formula: tickets opened before the end of the period and not solved by then; n is the customers they are from,
    `oldest_days` the age of the oldest in days, `urgent` those of urgent or high priority.
    At risk: the tickets of ticket_volume. Where no day of solving is known, a ticket is open by its status.
    Example: 2026-10, the finger-count company: 2.
    Source: practice of support teams: backlog.
    """
    frame = of_tickets(t, open_at(t, window.last), by, window)
    age = ratio(ibis.literal(window.last).epoch_seconds() - frame.created_at.epoch_seconds(), 86_400)
    return per(frame, by).agg(
        value=frame.count(),
        n=customers_of(frame),
        oldest_days=age.max(),
        urgent=flag(frame.priority.isin(("urgent", "high"))).sum(),
    )


def returned(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind repeated contacts: accounts with two or more tickets in the 30 days up to the window's end."""
    return with_mrr(t, _lately_called(t, window, ()).filter(lambda f: f.tickets > 1), window)


def _lately_called(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """One row per account with a ticket in the 30 days up to the window's end: tickets, last_ticket_at."""
    rows = calls(t).filter(lambda c: (c.created_at >= _lately(window)) & (c.created_at < window.last))
    frame = of_tickets(t, rows.filter(rows.account_id.notnull()), by, window)
    keys = list(dict.fromkeys(("account_id", *by)))
    return frame.group_by(keys).agg(tickets=frame.count(), last_ticket_at=frame.created_at.max())


@metric(
    unit=Unit.COUNT,
    good="down",
    shape=Shape.LEVEL,
    needs=("tickets.created_at", "tickets.account_id"),
    by=(*OWN_DIMENSIONS, *ACCOUNT_DIMENSIONS),
    window=Grain.DAY,
    companions=("open_tickets", "first_contact_resolution"),
    people=returned,
)
def repeated_contacts(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Customers who opened two or more tickets in the 30 days up to the end of the period.

    Formula: accounts with at least two tickets in those 30 days; n is the accounts with at least one, `tickets` all
    that they opened. By category or priority, two of the same kind.
    At risk: every account with a ticket; the tickets are those of ticket_volume.
    Example: 2026-10, the finger-count company: 2.
    Source: practice of support teams: repeat contact.
    """
    frame = _lately_called(t, window, by)
    return per(frame, by).agg(value=flag(frame.tickets > 1).sum(), n=frame.count(), tickets=frame.tickets.sum())
