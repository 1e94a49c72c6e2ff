"""A query of intent draft → drafts: choose the accounts, read their contacts, prepare the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from bot.analysis.measure import Analyst
from bot.analysis.people import accounts_of
from bot.analysis.recipients import Recipients, approved, recipients, shipped
from bot.drafting import Brand, DraftRequest, Handbook, prepare
from bot.drafting.edits import with_texts
from bot.drafting.messages import Message
from bot.drafting.ours import Ours
from bot.drafting.writer import Ask
from bot.errors import BadQuestion, NotAllowed
from bot.metrics.segments import Segment
from bot.playbook import Play
from bot.progress import step
from bot.types import Draft, Group, Note, Query, Variant, Writer

LEFT = "churned_eligible_for_win_back"
"""The segment whose texts suit people found through a metric of departures."""
NAMING = ("feature", "plan")
"""Dimensions whose values name what a company sells."""


@dataclass(frozen=True)
class Wish:
    """What a person may fix beside the audience; what is None the drafting room chooses."""

    play: str | None = None
    type: str | None = None
    channel: str | None = None
    texts: tuple[Variant, ...] = ()
    """Other words in the place of those of the message that `type` names, in the query's language."""
    writer: Writer = "person"
    """Whose they are."""
    tone: str = ""
    """How a language model is to sound, where there is one."""


def write(
    analyst: Analyst,
    query: Query,
    brand: Brand,
    handbook: Handbook,
    plays: tuple[Play, ...],
    wish: Wish | None = None,
    ours: Ours | None = None,
    ask: Ask | None = None,
) -> Draft:
    """One draft for the query's people, in `query.language` or the one most of them read.

    `ours` is what we ourselves know of people; `ask` has a language model word the text. Raises BadQuestion, BadData,
    NotAllowed.
    """
    request = replace(requested(analyst, query, brand, wish, ours), ask=ask)
    return prepare(request, plays, worded(handbook.messages, wish, query.language), handbook.policy).draft


def worded(messages: Sequence[Message], wish: Wish | None, language: str | None) -> Sequence[Message]:
    """The messages, with other texts where there are any."""
    if wish is None or not (wish.texts and wish.type and language and wish.channel):
        return messages
    return with_texts(messages, wish.type, language, wish.channel, wish.texts, wish.writer)


def requested(
    analyst: Analyst,
    query: Query,
    brand: Brand,
    wish: Wish | None = None,
    ours: Ours | None = None,
    send_at: datetime | None = None,
) -> DraftRequest:
    """What is asked for, with the people it is for. Raises as `write` does."""
    wish, ours = wish or Wish(), ours or Ours()
    if not analyst.rights.drafts:
        raise NotAllowed("drafts_not_allowed")
    named = analyst.segment(query.subject)
    single = query.subject is not None and named is None and query.metric is None
    if single and not analyst.rights.person_level:
        raise NotAllowed("people_not_allowed")
    accounts = accounts_of(analyst, query)
    if not accounts:
        raise BadQuestion("nobody_chosen")
    segment = _suited(named) if named else None if single else LEFT

    @cache
    def reached(channel: str) -> Recipients:
        step("step_read", len(accounts))
        found = recipients(analyst.company, accounts, analyst.as_of, channel)
        return ours.told(found, analyst.as_of, analyst.company.definitions.zone)

    return DraftRequest(
        people=lambda channel, facts: reached(channel).telling(facts),
        releases=shipped(analyst.company, analyst.as_of),
        offers=approved(analyst.company),
        rule=_rule(query, of_segment=named is not None, single=single),
        as_of=analyst.as_of,
        definitions=analyst.company.definitions,
        brand=brand,
        play=wish.play,
        type=wish.type or query.message,
        segment=segment,
        language=query.language,
        channel=wish.channel or query.channel,
        sent=ours.sent,
        send_at=send_at,
        tone=wish.tone,
        names=tuple(name.replace("_", " ") for one in NAMING for name in analyst.company.values(one)),
    )


def _suited(named: Segment) -> str | None:
    """The segment whose texts suit: of one made from a sentence, the first that it is made of, if any."""
    group = Group.of(named.rule)
    return named.name if group is None else next(iter(group.segments), None)


def _rule(query: Query, *, of_segment: bool, single: bool) -> Note:
    """Who was chosen, in words."""
    if single:
        return Note("rule_account", {"id": query.subject})
    if of_segment:
        key = "rule_segment_filtered" if query.filters else "rule_segment"
        return Note(key, {"segment": query.subject, "filters": query.filters})
    key = "rule_metric_filtered" if query.filters else "rule_metric"
    return Note(key, {"metric": query.metric, "window": query.window, "filters": query.filters})
