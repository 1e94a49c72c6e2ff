"""Payments that fail, and those that are got back by asking again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.metrics.currency import converted
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import metric
from bot.metrics.dimensions import PLAN_COLUMNS, with_dimensions
from bot.metrics.engagement import with_plan_id
from bot.metrics.expressions import during, flag, micros, money, ratio
from bot.metrics.tables import UNKNOWN, Tables, beside, counted_only, owned, per, without
from bot.metrics.terms import Policy
from bot.types import Shape, Unit, Window, instant

PAYMENTS = (
    "payments.account_id", "payments.occurred_at", "payments.status", "payments.invoice_id", "payments.amount",
)  # fmt: skip
OF_A_PAYMENT = ("payment_method", "decline_code")
"""Dimensions of an attempt, not of the account that made it."""
SUCCEEDED = ("paid", "refunded")
"""What came of an attempt that brought the money in, also where it was given back later."""


def attempts(t: Tables) -> ir.Table:
    """One row per attempt whose outcome is known, in the company's currency: account_id, payment_id, invoice_id,
    occurred_at, status, micros, payment_method, decline_code, settled_at (where it succeeded), place (0 for the first
    of its invoice; an attempt without an invoice is one of its own).
    """
    rows = converted(t, "payments", owned(t, "payments"), "amount")
    rows = rows.filter(rows.status.isin(("failed", *SUCCEEDED)))
    rows = rows.select(
        "account_id",
        "payment_id",
        "occurred_at",
        "status",
        "attempt",
        invoice_id=rows.invoice_id.fill_null(rows.payment_id),
        micros=micros(rows.amount).fill_null(0),
        settled_at=rows.status.isin(SUCCEEDED).ifelse(ibis.coalesce(rows.paid_at, rows.occurred_at), None),
        **{name: rows[name].fill_null(UNKNOWN) for name in OF_A_PAYMENT},
    )
    order = ibis.window(group_by="invoice_id", order_by=["occurred_at", "attempt", "payment_id"])
    return rows.mutate(place=ibis.row_number().over(order))


def _first_attempts(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """The first attempts of the window with their dimensions; what the data shows only from the second on is out."""
    rows = attempts(t)
    first = rows.filter((rows.place == 0) & (rows.attempt.fill_null(1) <= 1))
    first = first.filter(during(first.occurred_at, window))
    bare, _ = t.apart(*OF_A_PAYMENT)
    names = without(bare.dimensions(by), *OF_A_PAYMENT)
    if set(PLAN_COLUMNS) & set(names):
        first = with_plan_id(t, first, window)
    return bare.narrow(with_dimensions(t, first, names, window))


def failing(t: Tables, window: Window, **_: Any) -> ir.Table:
    """The people behind failed payments: one row per account with a failed first attempt in the window.

    Columns: account_id, failed (invoices), amount, last_failed_at.
    """
    rows = t.apart(*OF_A_PAYMENT)[1].narrow(_first_attempts(t, window, ()).filter(lambda r: r.status == "failed"))
    return rows.group_by("account_id").agg(
        failed=rows.count(), amount=money(rows.micros.sum()), last_failed_at=rows.occurred_at.max()
    )


@metric(
    unit=Unit.SHARE,
    good="down",
    shape=Shape.SHARE,
    entity="invoice",
    needs=PAYMENTS,
    by=(*OF_A_PAYMENT, *ACCOUNT_DIMENSIONS),
    companions=("dunning_recovery_rate", "churn_rate"),
    people=failing,
)
def failed_payment_rate(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """First attempts to collect that failed, as a share of all first attempts, by count and by amount.

    Formula: failed first attempts / first attempts, one for each invoice; amount_share is the same of their amounts,
    failed_amount of tried_amount.
    At risk: first attempts of the period whose outcome is known; retries are in neither. By decline code, each code is
    a share of all first attempts.
    Example: 2026-10, the finger-count company: 3 of 8.
    Source: Recurly and Stripe, failed payments; the share of first attempts.
    """
    of_the_attempt = t.apart(*OF_A_PAYMENT)[1]
    rows = _first_attempts(t, window, by)
    # A payment that went through has no decline code: the code cuts the failed ones alone, the method both.
    methods, codes = of_the_attempt.apart("decline_code")
    rows = methods.narrow(rows)
    bad = codes.narrow(rows.filter(rows.status == "failed"))
    others = without(by, "decline_code")
    base = per(rows, others).agg(whole=rows.count(), tried=rows.micros.sum())
    failed = per(bad, by).agg(part=bad.count(), lost=bad.micros.sum())
    joined = beside(base, failed, others, "inner" if "decline_code" in by else "left")
    lost, tried = joined.lost.fill_null(0), joined.tried.fill_null(0)
    return counted_only(
        joined.select(
            *by,
            part=joined.part.fill_null(0),
            whole=joined.whole,
            failed_amount=money(lost),
            tried_amount=money(tried),
            amount_share=ratio(lost, tried),
        )
    )


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    entity="invoice",
    needs=PAYMENTS,
    by=(*OF_A_PAYMENT, *ACCOUNT_DIMENSIONS),
    variants={"grace_days": ("30",)},
    companions=("failed_payment_rate", "churn_rate"),
    people=failing,
)
def dunning_recovery_rate(t: Tables, window: Window, by: tuple[str, ...] = (), **policy: Any) -> ir.Table:
    """Invoices whose first payment failed and that were paid within the dunning window, by count and by amount.

    Formula: of the invoices whose first attempt failed in the period, those paid within the days of grace after it;
    amount_share is the same of their amounts. by_retry were paid the same way later, by_card_update by another payment
    method, otherwise without an attempt that the data shows.
    At risk: failed invoices whose days of grace are over; a new card of the same kind cannot be told from a retry.
    Example: 2026-09, the finger-count company: 2 of 4.
    Source: Recurly and Churnkey, dunning recovery; the method and the code are those of the first failure.
    """
    days = Policy.of(t.definitions, **policy).grace_days
    failed = t.apart(*OF_A_PAYMENT)[1].narrow(_first_attempts(t, window, by))
    mature = instant(t.as_of - timedelta(days=days), t.definitions.zone)
    failed = failed.filter((failed.status == "failed") & (failed.occurred_at <= mature))
    rows = _settled(t, failed, days)
    sums = per(rows, by).agg(
        part=rows.recovered.sum().fill_null(0),
        whole=rows.count(),
        recovered_amount=rows.micros.sum(where=rows.recovered == 1).fill_null(0),
        failed_amount=rows.micros.sum().fill_null(0),
        by_retry=flag((rows.recovered == 1) & (rows.way == "retry")).sum().fill_null(0),
        by_card_update=flag((rows.recovered == 1) & (rows.way == "card_update")).sum().fill_null(0),
        otherwise=flag((rows.recovered == 1) & (rows.way == "otherwise")).sum().fill_null(0),
    )
    return sums.mutate(
        recovered_amount=money(sums.recovered_amount),
        failed_amount=money(sums.failed_amount),
        amount_share=ratio(sums.recovered_amount, sums.failed_amount),
    )


def _settled(t: Tables, failed: ir.Table, days: int) -> ir.Table:
    """The failed invoices with `recovered` (1 where paid in time) and `way`: retry, card_update or otherwise."""
    rows = attempts(t).filter(lambda r: (r.place > 0) & r.settled_at.notnull())
    order = ibis.window(group_by="invoice_id", order_by=["settled_at", "place"])
    rows = rows.mutate(turn=ibis.row_number().over(order)).filter(lambda r: r.turn == 0)
    paid = rows.select("invoice_id", paid_at=rows.settled_at, paid_by=rows.payment_method)
    joined = failed.left_join(paid, "invoice_id").drop("invoice_id_right")
    if t.has("invoices", "paid_at"):
        closed = t["invoices"].select("invoice_id", closed_at="paid_at")
        joined = joined.left_join(closed, "invoice_id").drop("invoice_id_right")
    else:
        joined = joined.mutate(closed_at=ibis.null("timestamp"))
    until = joined.occurred_at + ibis.interval(days=days)
    retried = (joined.paid_at < until).fill_null(False)
    closed_in_time = (joined.closed_at < until).fill_null(False)
    known = (joined.paid_by != UNKNOWN) & (joined.payment_method != UNKNOWN)
    updated = known & (joined.paid_by != joined.payment_method)
    return joined.mutate(
        recovered=flag(retried | closed_in_time),
        way=ibis.cases((retried & updated, "card_update"), (retried, "retry"), else_="otherwise"),
    )
