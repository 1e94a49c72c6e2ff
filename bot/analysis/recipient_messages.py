"""What the messages of the past say of each contact, for one channel: consent, stops, dead addresses, how often.

A complaint about any message closes every channel; another stop closes its own, and `stopped_at` tells of a stop
on any channel, for countries in which it closes all. Each query gives one row a person, None without its table.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.analysis.reach import Way
from bot.analysis.recipient_queries import Queries
from bot.metrics.expressions import flag

NO_MARKETING = ("service", "transactional")
"""Purposes of a send that no cap counts."""

OWN_STOP = r"unsub|opt.?out|stop|object|revok|withdr"
"""Reasons of a suppression that are the person's own word, and hold until they say otherwise."""

WIN_BACK, RE_ENGAGEMENT = "win_back", "re_engagement"
"""Types of campaign that are sequences with a limit."""

TOUCH_DAYS = 90
"""Days over which what sells is held against what does not."""

UNTOLD = "untold"
"""The type of a message of which no campaign tells one."""

AMERICAN = "+1"


def parts(q: Queries, way: Way) -> Iterator[pd.DataFrame | None]:
    """All that is known of the messages, one frame a subject, each with `user_id` and one row a person."""
    yield consents(q, way)
    yield suppressions(q, way)
    yield events(q, way)
    yield sends(q, way)
    yield points(q, way)


def consents(q: Queries, way: Way) -> pd.DataFrame | None:
    """The latest word on marketing on the channel, of two at one instant the refusal; the last withdrawal on any."""
    if (rows := q.optional("consents")) is None:
        return None
    rows = q.keyed(rows, "user_id", q.users).filter((rows.purpose == "marketing") & (rows.occurred_at < q.end))
    here = rows.channel == way.word
    order = ibis.window(
        group_by="user_id",
        order_by=[1 - flag(here), rows.occurred_at.desc(), flag(rows.status == "granted"), rows.basis],
    )
    whole = ibis.window(group_by="user_id")
    latest = rows.mutate(
        place=ibis.row_number().over(order),
        here=here,
        withdrawn_at=rows.occurred_at.max(where=rows.status == "withdrawn").over(whole),
    )
    latest = latest.filter(latest.place == 0)
    run_out = (latest.status == "granted") & (latest.expires_at < q.end)
    status = run_out.fill_null(False).ifelse("expired", latest.status)
    return q.company.run(
        latest.select(
            "user_id",
            "withdrawn_at",
            consent=latest.here.ifelse(status, ibis.null("string")),
            consent_basis=latest.here.ifelse(latest.basis, ibis.null("string")),
            consented_at=latest.here.ifelse(latest.occurred_at, ibis.null("timestamp")),
        )
    )


def suppressions(q: Queries, way: Way) -> pd.DataFrame | None:
    """Who is closed: a complaint anywhere, and on this channel a bounce, a stop of their own, or another reason.

    The end of a suppression counts for what is not the person's own word.
    """
    if (rows := q.optional("suppressions")) is None:
        return None
    rows = q.keyed(rows, "user_id", q.users).filter(rows.occurred_at < q.end)
    reason = rows.reason.lower()
    here = rows.channel.isnull() | rows.channel.isin((way.word, ""))
    holds = rows.expires_at.isnull() | (rows.expires_at >= q.end)
    complaint, bounce = reason.startswith("complain"), reason.contains("bounce")
    own = reason.re_search(OWN_STOP) & ~complaint & ~bounce
    return q.company.run(
        rows.group_by("user_id").agg(
            complained_before=flag(complaint).max(),
            bounce_listed_at=rows.occurred_at.max(where=bounce & here & holds),
            suppressed_before=flag(~complaint & ~bounce & here & holds).max(),
            stop_ran_out_at=rows.occurred_at.max(where=own & here & ~holds),
            stop_listed_at=rows.occurred_at.max(where=own),
        )
    )


def events(q: Queries, way: Way) -> pd.DataFrame | None:
    """What came back: complaints and the last unsubscribe anywhere, and on this channel; hard bounces; the last click.

    An event whose message is unknown counts for the channel.
    """
    if (rows := q.optional("message_events")) is None:
        return None
    rows = _with_send(q, rows.filter(rows.occurred_at < q.end))
    here = rows.send_channel.fill_null(way.word) == way.word
    hard = (rows.type == "bounced") & (rows.detail.fill_null("hard") != "soft")
    return q.company.run(
        q.keyed(rows, "user_id", q.users)
        .group_by("user_id")
        .agg(
            complained_after=flag(rows.type == "complained").max(),
            bounced_at=rows.occurred_at.max(where=hard & here),
            unsubscribed_at=rows.occurred_at.max(where=(rows.type == "unsubscribed") & here),
            unsubscribed_anywhere_at=rows.occurred_at.max(where=rows.type == "unsubscribed"),
            clicked_at=rows.occurred_at.max(where=rows.type.isin(("clicked", "replied"))),
        )
    )


def _with_send(q: Queries, rows: ir.Table) -> ir.Table:
    """Each event with its user and the channel of its message."""
    if (sends := q.optional("sends")) is None:
        return rows.mutate(send_channel=ibis.null("string"))
    sends = sends.select(sent_id="send_id", sent_to="user_id", send_channel="channel")
    joined = rows.left_join(sends, rows.send_id == sends.sent_id)
    return joined.mutate(user_id=ibis.coalesce(joined.user_id, joined.sent_to))


def sends(q: Queries, way: Way) -> pd.DataFrame | None:
    """Marketing of the last days over all channels and on this one, by sequence and type; who a campaign holds out."""
    if (rows := q.optional("sends")) is None:
        return None
    rows = q.keyed(rows, "user_id", q.users).filter(rows.occurred_at < q.end)
    rows = rows.mutate(campaign_type=ibis.null("string"))
    if (campaigns := q.optional("campaigns")) is not None:
        types = campaigns.select(campaign="campaign_id", campaign_kind="type")
        rows = rows.left_join(types, rows.campaign_id == types.campaign)
        rows = rows.mutate(campaign_type=rows.campaign_kind.lower())
    held = rows.holdout.fill_null(False)
    counts = ~held & ~rows.purpose.fill_null("marketing").isin(NO_MARKETING)
    here = counts & (rows.channel == way.word)
    back = counts & (rows.campaign_type == WIN_BACK).fill_null(False)
    again = counts & (rows.campaign_type == RE_ENGAGEMENT).fill_null(False)

    touch = rows.campaign_type.strip().nullif("").fill_null(UNTOLD).replace(" ", "_")

    def last(days: int) -> ir.BooleanValue:
        return rows.occurred_at >= q.ago(days)

    return q.company.run(
        rows.group_by("user_id").agg(
            messages_1=flag(counts & last(1)).sum(),
            messages_7=flag(counts & last(7)).sum(),
            messages_30=flag(counts & last(30)).sum(),
            channel_7=flag(here & last(7)).sum(),
            channel_30=flag(here & last(30)).sum(),
            channel_last_on=rows.occurred_at.max(where=here),
            re_engagements_30=flag(again & last(30)).sum(),
            win_backs_60=flag(back & last(60)).sum(),
            win_backs_365=rows.campaign_id.nunique(where=back & last(365)),
            touches_90=touch.group_concat(" ", where=counts & last(TOUCH_DAYS), order_by=touch),
            kept_back=flag(held & last(30)).max(),
        )
    )


def received(q: Queries) -> pd.DataFrame | None:
    """The campaigns of which each person got a message, as ids with a line break between."""
    if (rows := q.optional("sends")) is None:
        return None
    rows = q.keyed(rows, "user_id", q.users).filter(rows.occurred_at < q.end, ~rows.holdout.fill_null(False))
    ids = rows.select("user_id", "campaign_id").filter(rows.campaign_id.notnull()).distinct()
    joined = ids.campaign_id.group_concat("\n", order_by=ids.campaign_id)
    return q.company.run(ids.group_by("user_id").agg(received=joined))


def _digits(number: ir.StringValue) -> ir.StringValue:
    for mark in "+ -()./":
        number = number.replace(mark, "")
    return number


def points(q: Queries, way: Way) -> pd.DataFrame | None:
    """The newest valid contact point for the channel, its platform and country; and who has none but dead ones."""
    if not way.points or (rows := q.optional("contact_points")) is None:
        return None
    rows = q.keyed(rows, "user_id", q.users)
    web = (rows.platform.lower() == "web").fill_null(False)
    if way.word == "push":
        rows = rows.filter(~web)
    if way.word == "web_push":
        rows = rows.filter((rows.type == "web_push_token") | web)
    rows = rows.filter(rows.type.isin(way.points), rows.occurred_at.isnull() | (rows.occurred_at < q.end))
    order = ibis.window(
        group_by="user_id",
        order_by=[
            1 - flag(rows.is_valid.fill_null(True)),
            rows.occurred_at.desc(nulls_first=False),
            rows.type,
            rows.value,
        ],
    )
    first = rows.mutate(place=ibis.row_number().over(order))
    first = first.filter(first.place == 0)
    # The number itself stays where it is: only whether it is American comes along, and its area code then.
    american = first.value.fill_null("").startswith(AMERICAN) & (first.country.fill_null("US") != "CA")
    return q.company.run(
        first.select(
            "user_id",
            point_valid=flag(first.is_valid.fill_null(True)),
            point_at=first.occurred_at,
            platform=first.platform.lower(),
            number_country=american.ifelse("US", first.country),
            number_area=american.ifelse(_digits(first.value).substr(1, 3), ibis.null("string")),
        )
    )
