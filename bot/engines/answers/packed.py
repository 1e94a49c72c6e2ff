"""A campaign made for the company of now: its people, with what they were sent by anybody, and its messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.analysis.contacted import contacted
from bot.analysis.measure import Analyst
from bot.drafting.cadence import Contact, word_of
from bot.drafting.pack import Ahead, Pack, Past, pack
from bot.drafting.programmes import Programme
from bot.engines.answers.decided import Decided
from bot.engines.answers.drafts import requested
from bot.types import Intent, Query

LONGEST_DAYS = 60
"""The longest span over which a cap counts."""


def packed(
    decided: Decided,
    analyst: Analyst,
    programme: Programme,
    segment: str,
    start: date,
    share: float,
    but: Sequence[str] = (),
) -> Pack:
    """The campaign for a segment from a day on; `but` are campaigns that are its own. Raises as drafts do."""
    request = requested(analyst, Query(Intent.DRAFT, subject=segment), decided.brand, None, decided.ours(analyst, but))
    past = _past(decided, analyst, but)
    return pack(request, programme, max(start, analyst.as_of), past, tuple(decided.plays()), decided.handbook(), share)


def _past(decided: Decided, analyst: Analyst, but: Sequence[str]) -> Past:
    """What the company's data says was sent, what we exported, and what other campaigns have planned."""
    sent: dict[str, list[Contact]] = {}
    rows = contacted(decided.company, analyst.as_of, LONGEST_DAYS)
    for person, kind, day, word in rows[["user_id", "kind", "day", "word"]].itertuples(index=False):
        sent.setdefault(str(person), []).append(Contact(_day(day), word, kind))
    ahead: list[Ahead] = []
    records = decided.records().campaigns
    for campaign in records.all(analyst.company.definitions.company):
        if campaign.id in but:
            continue
        told: Mapping[str, Any] = campaign.document
        plan: Mapping[str, Any] = told.get("programme") or {}
        if campaign.exported_at is None and not plan:
            continue
        day = date.fromisoformat(plan["day"]) if plan else _day(campaign.exported_at)
        contact = Contact(day, word_of(told["channel"]), plan.get("sequence", ""), told["message"])
        treated = [one.person for one in records.people(campaign.id) if one.arm == "treatment"]
        if plan and campaign.exported_at is None:
            ahead += [Ahead(person, contact, plan["importance"]) for person in treated]
        else:
            for person in treated:
                sent.setdefault(person, []).append(contact)
    return Past(sent, ahead)


def _day(moment: Any) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
