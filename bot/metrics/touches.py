"""How often people are written to, and what it does to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.metrics.commerce import ORDERS, purchases
from bot.metrics.declare import Asked, metric
from bot.metrics.dimensions import with_dimensions
from bot.metrics.engagement import described
from bot.metrics.estimates import Group, difference
from bot.metrics.expressions import during, flag, local_month, ratio
from bot.metrics.messages import MESSAGE_DIMENSIONS, MESSAGES, PUSH, outcomes_of, sends_of, sent
from bot.metrics.tables import Tables, per, without
from bot.metrics.uplift import told
from bot.types import Grain, Shape, Unit, Window, instant

PRESSURE_DAYS = (7, 30)
TOUCH_DAYS = 90
TESTED = ("complained", "unsubscribed", "replied")
PLAIN, OWN_WORDS = "generic", "personal"
READER_DIMENSIONS = ("country", "plan", "interval", "channel", "language", "size", "industry", "owner")


@metric(
    unit=Unit.RATIO,
    good="down",
    shape=Shape.RATIO,
    entity="person",
    needs=("sends.send_id", "sends.user_id", "sends.channel", "sends.occurred_at", "sends.purpose"),
    by=READER_DIMENSIONS,
    parts="averages",
    variants={"cap": ("4", "1", "2", "8")},
    keys=("days",),
    companions=("unsubscribe_rate", "complaint_rate"),
)
def message_pressure(t: Tables, window: Window, by: tuple[str, ...] = (), *, cap: str = "4") -> ir.Table:
    """Marketing messages that one person got in 7 and in 30 days, over all channels, and who got more than the cap.

    Formula: marketing messages sent in the last 7 (30) days of the period / people who got at least one; beside it
    how many people got 1, 2, 3, 4 or more, and how many got more than the cap and their share.
    At risk: people with at least one marketing message in those days; messages held out or of service do not press.
    Example: 2026-10, the finger-count company, days=30: 9 of 6.
    Source: FlareLane: 56% of US consumers say they leave at 4 or more messages from one company in 30 days.
    """
    rows = sends_of(t)
    rows = rows.filter((rows.purpose == "marketing") & (rows.occurred_at < window.last))
    parts = []
    for days in PRESSURE_DAYS:
        first = instant(window.end - timedelta(days=days), t.definitions.zone)
        recent = rows.filter(rows.occurred_at >= first)
        each = recent.group_by("user_id").agg(got=recent.count(), account_id=recent.account_id.min())
        parts.append(each.mutate(days=ibis.literal(days)))
    frame = cast(ir.Table, ibis.union(*parts))
    frame = t.narrow(described(t, frame, t.dimensions(by), window))
    over = flag(frame.got > int(cap)).sum()
    return per(frame, (*by, "days")).agg(
        part=frame.got.sum(),
        whole=frame.count(),
        one=flag(frame.got == 1).sum(),
        two=flag(frame.got == 2).sum(),
        three=flag(frame.got == 3).sum(),
        four_or_more=flag(frame.got >= 4).sum(),
        most=frame.got.max(),
        above_cap=over,
        share_above_cap=ratio(over, frame.count()),
    )


@metric(
    unit=Unit.RATIO,
    good="context",
    shape=Shape.RATIO,
    entity="customer",
    needs=(*ORDERS, *MESSAGES),
    by=("country", "channel", "language", "size", "industry"),
    window=Grain.QUARTER,
    parts="averages",
    companions=("message_pressure", "unsubscribe_rate"),
)
def touchpoints_after_purchase(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """Messages of marketing and service that a customer got in the 90 days after a purchase, and how they took them.

    Formula: messages sent within 90 days after the first purchase of the period / customers who bought in it; beside
    it marketing and service apart, and how many were clicked, answered, left the list over, or called spam.
    At risk: customers who bought in the period and whose 90 days are over; no more than the cap of messages is good.
    Example: 2026-Q3, the finger-count company: 4 of 3.
    Source: retention practice: the number of touches never stands without their quality.
    """
    orders = purchases(t)
    orders = orders.filter(during(orders.occurred_at, window))
    buyers = orders.group_by("account_id").agg(bought_on=orders.occurred_at.min())
    mature = instant(t.as_of - timedelta(days=TOUCH_DAYS), t.definitions.zone)
    buyers = buyers.filter(buyers.bought_on < mature)
    buyers = t.narrow(with_dimensions(t, buyers, t.dimensions(by), window))
    messages, happened = sends_of(t), outcomes_of(t)
    messages = messages.select("send_id", "purpose", reader="account_id", sent_on="occurred_at")
    messages = messages.left_join(happened, messages.send_id == happened.of_send)
    known = buyers.select("account_id", "bought_on").inner_join(
        messages, [buyers.account_id == messages.reader, messages.sent_on >= buyers.bought_on]
    )
    known = known.filter(known.sent_on < known.bought_on + ibis.interval(days=TOUCH_DAYS))
    marks = ("clicked", "replied", "unsubscribed", "complained")
    touched = known.group_by(touched="account_id").agg(
        touches=known.count(),
        marketing=flag(known.purpose == "marketing").sum(),
        **{name: known[name].sum().fill_null(0) for name in marks},
    )
    joined = buyers.left_join(touched, buyers.account_id == touched.touched)

    def total(name: str) -> ir.Value:
        return joined[name].sum().fill_null(0)

    return per(joined, by).agg(
        part=total("touches"),
        whole=joined.count(),
        marketing=total("marketing"),
        service=total("touches") - total("marketing"),
        **{name: total(name) for name in marks},
    )


@metric(
    unit=Unit.RATIO,
    good="down",
    shape=Shape.RATIO,
    entity="person",
    needs=MESSAGES,
    by=MESSAGE_DIMENSIONS,
    window=Grain.YEAR,
    parts="averages",
    keys=("month", "message_channel"),
    companions=("message_pressure", "unsubscribe_rate"),
)
def opt_out_trend(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """People who said stop, for each 1,000 messages delivered, by month and channel.

    Formula: 1,000 x messages followed by an unsubscription, a spam complaint or a push opt-out / messages delivered,
    by the month and channel in which they were sent; part is the 1,000-fold, and the three kinds stand beside it.
    At risk: messages sent in the period that arrived; one message counts once, whatever its reader did.
    Example: 2026-10, the finger-count company, message_channel=email: 2000 of 6.
    Source: retention practice.
    """
    keys = tuple(dict.fromkeys((*by, "message_channel")))
    frame = sent(t, window, keys)
    frame = frame.filter(frame.delivered == 1)
    frame = frame.mutate(month=local_month(frame.occurred_at, t.definitions.zone))
    push = frame.message_channel.isin(PUSH)
    stopped = flag((frame.unsubscribed == 1) | (frame.complained == 1))
    return frame.group_by([*dict.fromkeys((*by, "month", "message_channel"))]).agg(
        part=stopped.sum() * 1000,
        whole=frame.count(),
        unsubscribed=frame.unsubscribed.sum(where=~push).fill_null(0),
        complained=frame.complained.sum(),
        push_opt_out=frame.unsubscribed.sum(where=push).fill_null(0),
    )


def _against(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Personal less generic, of each sign in each campaign that has both."""
    small, rows = asked.definitions.small_sample, []
    keys = [*(name for name in asked.by if name != "campaign"), "campaign"]
    for key, pair in sorted(frame.groupby(keys), key=lambda one: [str(cell) for cell in one[0]]):
        arms = {row["draft"]: row for row in pair.to_dict("records")}
        if {PLAIN, OWN_WORDS} - set(arms):
            continue
        for sign in TESTED:
            generic, personal = (_group(arms[name], sign) for name in (PLAIN, OWN_WORDS))
            gap, low, high = difference(personal, generic)
            sure = min(generic.n, personal.n) >= small
            rows.append({
                **dict(zip(keys, key, strict=True)), "type": sign, "value": gap, "n": personal.n,
                "low": low if sure else None, "high": high if sure else None, "personal": personal.total,
                "generic": generic.total, "generic_n": generic.n,
                "verdict": "too_few" if not sure else "more" if low > 0 else "fewer" if high < 0 else "no_clear_change",
            })  # fmt: skip
    return told(rows, asked, "type", "value", "n", "verdict")


def _group(row: dict[Any, Any], sign: str) -> Group:
    return Group(float(row["n"]), float(row[sign]), float(row[sign]))


@metric(
    unit=Unit.SHARE,
    good="context",
    shape=Shape.LEVEL,
    entity="person",
    needs=(*MESSAGES, "sends.campaign_id", "sends.variant"),
    by=("campaign", "message_channel", "language", *without(READER_DIMENSIONS, "language")),
    keys=("campaign", "type"),
    finish=_against,
    companions=("complaint_rate", "unsubscribe_rate", "reply_rate"),
)
def generic_vs_personal(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """What personal words change: complaints, unsubscriptions and replies of personal less those of generic drafts.

    Formula: within a campaign, the rate among delivered messages of the variant "personal" - that of "generic", for
    each sign, with the 95% interval of the difference of two rates.
    At risk: delivered messages of campaigns that sent both variants in the period: only such a test can tell.
    Example: 2026-10, the finger-count company, type=replied: 0.5.
    Source: retention practice; the two variants are to be drawn by chance.
    """
    keys = tuple(dict.fromkeys((*by, "campaign", "variant")))
    frame = sent(t, window, keys)
    frame = frame.filter((frame.delivered == 1) & frame.variant.lower().isin((PLAIN, OWN_WORDS)))
    frame = frame.mutate(draft=frame.variant.lower())
    return frame.group_by([*dict.fromkeys((*by, "campaign", "draft"))]).agg(
        n=frame.count(), **{sign: frame[sign].sum() for sign in TESTED}
    )
