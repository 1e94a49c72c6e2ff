"""The second answers of messages: rates over what was sent, told message by message."""

from __future__ import annotations

from bot.types import Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second, Where

BY = ("campaign", "variant")
READERS: Where = (
    (("country", ("FR", "US")),),
    (("campaign", ("digest",)),),
    "(country IN ('FR', 'US') AND campaign <> 'digest')",
)
PROVEN = (
    "EXISTS (FROM message_events m WHERE m.send_id = s.send_id"
    " AND m.type IN ('opened', 'clicked', 'replied', 'unsubscribed', 'complained'))"
)
BACK = "EXISTS (FROM message_events m WHERE m.send_id = s.send_id AND m.type = 'bounced' AND m.detail = 'hard')"
ALL = (MONTH, QUARTER, YEAR, WEEK, TO_DATE)


def did(kind: str) -> str:
    return f"EXISTS (FROM message_events m WHERE m.send_id = s.send_id AND m.type = '{kind}')"


def posted(window: Window, extra: str = "") -> str:
    """One row per message of the window that was not held out."""
    return f"""
    SELECT s.send_id, s.user_id, who, s.occurred_at, s.channel AS medium, s.purpose,
        coalesce(s.campaign_id, 'unknown') AS campaign, coalesce(s.variant, 'unknown') AS variant, s.language,
        coalesce(a.country, 'unknown') AS country,
        {PROVEN} AS proven, {PROVEN} OR ({did("delivered")} AND NOT {BACK}) AS arrived {extra}
    FROM sends s JOIN lives ON id = s.account_id JOIN known a ON a.account_id = who
    WHERE NOT s.holdout AND s.occurred_at >= TIMESTAMP '{window.start}' AND s.occurred_at < TIMESTAMP '{window.end}'
    """


def share(kind: str, media: str = "true") -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = posted(window, f", {did(kind)} AS yes")
        return hand.answer(rows, by, f"({where}) AND arrived AND {media}", "count(*) FILTER (yes), count(*)")

    return answer


def arrived(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.answer(posted(window), by, where, "count(*) FILTER (arrived), count(*)")


def bounced(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    kinds = ", ".join(
        f"EXISTS (FROM message_events m WHERE m.send_id = s.send_id AND m.type = 'bounced' AND m.detail = '{one}')"
        f" AS {one}"
        for one in ("hard", "soft")
    )
    return hand.answer(
        posted(window, f", {kinds}"),
        by,
        where,
        "count(*) FILTER (hard AND NOT proven), count(*), count(*) FILTER (soft)",
    )


GOALS = {
    "converted": "FROM message_events m WHERE m.type = 'converted' AND m.send_id = s.send_id AND {when}",
    "visit": "FROM events m WHERE m.is_active_event AND m.user_id = s.user_id AND {when}",
    "order": """FROM orders m JOIN lives l ON l.id = m.customer_id WHERE l.who = lives.who AND m.net_amount > 0
                AND {when}""",
}


def converted(goal: str, days: int) -> Second:
    when = f"m.occurred_at >= s.occurred_at AND m.occurred_at < s.occurred_at + INTERVAL {days} DAY"
    reached = GOALS[goal].format(when=when)

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        rows = posted(window, f", EXISTS ({reached}) AS yes")
        over = f"occurred_at < TIMESTAMP '{AS_OF}' - INTERVAL {days} DAY"
        return hand.answer(rows, by, f"({where}) AND arrived AND {over}", "count(*) FILTER (yes), count(*)")

    return answer


def _case(metric: str, second: Second, *, empty: tuple[Window, ...] = (), figures: tuple[str, ...] = ()) -> Case:
    return Case(metric, {}, second, figures=figures, by=BY, where=READERS, empty=empty)


CASES = [
    _case("delivery_rate", arrived),
    _case("bounce_rate", bounced, figures=("part", "whole", "soft")),
    _case("open_rate", share("opened")),
    _case("click_rate", share("clicked")),
    _case("reply_rate", share("replied")),
    _case("unsubscribe_rate", share("unsubscribed")),
    _case("complaint_rate", share("complained")),
    # The demo company writes by email alone; the finger-count company has the other channels.
    _case("push_opt_out", share("unsubscribed", "medium IN ('push', 'web_push')"), empty=ALL),
    _case("sms_stop_rate", share("unsubscribed", "medium = 'sms'"), empty=ALL),
    *(
        Case(
            "conversion_rate", {"goal": goal, "horizon_days": days}, converted(goal, int(days)), by=BY, where=READERS,
            empty=(MONTH, WEEK, TO_DATE) if days == "90" else (WEEK, TO_DATE),
        )
        for goal, days in (("converted", "14"), ("converted", "90"), ("visit", "7"), ("order", "14"))
    ),
]  # fmt: skip
