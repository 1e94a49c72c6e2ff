"""When each person was last written to: every marketing message of some days, for caps that look ahead."""

from __future__ import annotations

from datetime import date

import ibis
import pandas as pd

from bot.analysis.recipient_messages import NO_MARKETING
from bot.analysis.recipient_queries import Queries
from bot.sources.company import Company


def contacted(company: Company, as_of: date, days: int) -> pd.DataFrame:
    """Marketing sent in the days up to the as-of day: user_id, day, word (the channel), kind (the campaign's type).

    Without a table of sends nobody was written to. Who was held out got nothing.
    """
    q = Queries(company, as_of)
    if (rows := q.optional("sends")) is None:
        return pd.DataFrame({"user_id": [], "day": [], "word": [], "kind": []})
    rows = rows.filter(
        (rows.occurred_at < q.end) & (rows.occurred_at >= q.ago(days)),
        ~rows.holdout.fill_null(False) & ~rows.purpose.fill_null("marketing").isin(NO_MARKETING),
    ).mutate(kind=ibis.literal(""))
    if (campaigns := q.optional("campaigns")) is not None:
        types = campaigns.select(campaign="campaign_id", campaign_kind=campaigns["type"].lower())
        rows = rows.left_join(types, rows.campaign_id == types.campaign)
        rows = rows.mutate(kind=rows.campaign_kind.fill_null(""))
    rows = rows.filter(rows.user_id.notnull())
    return company.run(
        rows.select("user_id", "kind", day=rows.occurred_at.date(), word=rows.channel.fill_null("")).order_by(
            "user_id", "day", "word"
        )
    )
