"""Why this person, why now: the rule that chose them with their own values, what they did, and what holds them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.analysis import profile as accounts
from bot.analysis.measure import Analyst
from bot.analysis.people import listed_as
from bot.drafting import prepare
from bot.engines.answers.decided import Decided, may_draft, told
from bot.engines.answers.defined import rule_of
from bot.engines.answers.drafted import held_back, why
from bot.engines.answers.drafts import Wish, requested
from bot.engines.answers.people import facts_of
from bot.engines.understanding.unknown import unknown_value
from bot.errors import BadQuestion, NotAllowed
from bot.language import Language
from bot.metrics.segments import SEGMENTS
from bot.types import Answer, Intent, Note, Query, Question


def explained(
    decided: Decided, question: Question, account: str | None, segment: str | None, language: Language
) -> Answer:
    """One account: why it is in a segment, what a draft would say to it, and what speaks against one.

    Without a segment, the first of its own that a text is written for. Raises BadQuestion, NotAllowed.
    """
    may_draft(question.rights)
    if not question.rights.person_level:
        raise NotAllowed("people_not_allowed")
    if not account:
        raise BadQuestion("explain_needs_account")
    analyst = decided.analyst(question.rights, question.now)
    if segment is not None and analyst.segment(segment) is None:
        raise unknown_value(language, "segment", segment, sorted(SEGMENTS))
    profile = accounts.profile(analyst, account).rows
    name = next((row["told"] for row in profile if row["field"] == "name"), None) or account
    segment = segment or _suiting(decided, [str(row["told"]) for row in profile if row["field"] == "segment"])
    notes = [Note("explain_header", {"name": name, "id": account})]
    if segment is not None:
        notes += _chosen(decided, analyst, language, segment, account)
    return told(language, notes + _written(decided, analyst, language, segment, account))


def _suiting(decided: Decided, names: list[str]) -> str | None:
    """Of these segments the one whose text comes first in the book of messages; else the first, if any."""
    plays = {play.id: play for play in decided.plays()}
    written = [segment for one in decided.handbook().messages for segment in plays[one.play].segments]
    return next((one for one in written if one in names), next(iter(names), None))


def _chosen(decided: Decided, analyst: Analyst, language: Language, segment: str, account: str) -> list[Note]:
    """The segment's rule, and the values of this account that it looks at."""
    rule = analyst.segment(segment)
    assert rule is not None  # looked up before
    row = listed_as(analyst, Query(Intent.LIST_PEOPLE, subject=segment), account)
    words = {"segment": segment, "rule": rule_of(language, rule)}
    if row is None:
        return [Note("explain_not_in", words)]
    facts = facts_of(decided.desk(analyst, language), row, analyst.company.definitions.currency)
    return [Note("explain_segment", words), *([Note("explain_facts", {"facts": facts})] if facts else [])]


def _written(decided: Decided, analyst: Analyst, language: Language, segment: str | None, account: str) -> list[Note]:
    """What the contact did, the text there is for them, whether they may get it, and how the others of them fare."""
    handbook = decided.handbook()
    request = requested(analyst, Query(Intent.DRAFT, subject=account), decided.brand, None, decided.ours(analyst))
    request = replace(request, segment=segment)
    made = prepare(request, tuple(decided.plays()), handbook.messages, handbook.policy)
    draft, found = made.draft, made.screened
    person: Mapping[Any, Any] = found.people.iloc[0].to_dict()
    notes = []
    if not _missing(person["last_contact_on"]):
        notes.append(Note("explain_did", {"day": person["last_contact_on"].date()}))
    notes.append(Note("explain_written", {"n": int(person["messages_30"])}))
    title = next(play.cite("steps", language.code).title for play in decided.plays() if play.id == draft.play)
    notes.append(Note("explain_text", {
        "title": title, "type": draft.type,
        "channel": language.value_name("message_channel", draft.channel), "aim": language.say(draft.objective),
    }))  # fmt: skip
    reason = str(found.reasons.iloc[0])
    if reason:
        notes.append(Note("explain_held", {"rule": reason, "reason": why(language, reason)}))
    else:
        notes.append(Note("explain_free", {"n": len(found.tried)}))
    if segment is not None:
        notes += _others(decided, analyst, language, segment, Wish(None, draft.message, draft.channel))
    return notes


def _others(decided: Decided, analyst: Analyst, language: Language, segment: str, wish: Wish) -> list[Note]:
    audience = decided.write(analyst, Query(Intent.DRAFT, subject=segment), wish).audience
    reasons = held_back(language, audience.suppressed)
    free = audience.after + sum(audience.elsewhere.values())
    notes = [Note("explain_others", {"before": audience.before, "after": free})]
    return [*notes, *([Note("draft_held_back", {"reasons": reasons})] if reasons else [])]


def _missing(moment: Any) -> bool:
    return moment is None or str(moment) == "NaT"
