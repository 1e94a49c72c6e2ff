"""Whether the messages of a campaign agree across steps, channels and languages: offer, facts, form, sender, caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.drafting.brand import Brand
from bot.drafting.merge import FIELDS
from bot.drafting.pack import Reached, Written
from bot.types import Check, Note

FORMS = ("FR-01", "ES-01", "PL-01")
"""The rules on the form of address, one a language that has several."""
SIGNED = ("brand", "sender_name", "signature")
WITHOUT_SENDER = ("push", "web_push", "in_app", "tour")
"""Channels that show by themselves who speaks."""


def agreement(texts: Sequence[Written], steps: Sequence[Reached], brand: Brand) -> tuple[Check, ...]:
    """All verdicts on the messages together; each by itself has its own."""
    return (*_offer(texts), _facts(texts), _form(texts), _sender(texts, brand), _languages(steps))


def _offer(texts: Sequence[Written]) -> Iterator[Check]:
    """One offer with one last day, which holds on every planned day, stated in every text that states any of it."""
    stated = [one for one in texts if _tags(one, "offer")]
    if not stated:
        yield Check("PACK-OFFER", "BLOCK", passed=True, reason=Note("pack_offer_none"))
        return
    offers = {one.prepared.offer for one in stated}
    tags = {frozenset(_tags(one, "offer")) for one in stated}
    named = sorted({one.id if one else "–" for one in offers})
    same = len(offers) == 1 and len(tags) == 1 and None not in offers
    yield Check("PACK-OFFER", "BLOCK", same, Note("pack_offer" if same else "pack_offer_failed", {"offers": named}))
    over = [one for one in stated if (offer := one.prepared.offer) and offer.last_day and offer.last_day < one.day]
    if over:
        offer = over[0].prepared.offer
        values = {"step": over[0].step, "day": over[0].day, "last": offer.last_day if offer else None}
        yield Check("PACK-OFFER-DAY", "BLOCK", passed=False, reason=Note("pack_offer_over", values))


def _facts(texts: Sequence[Written]) -> Check:
    """Who reads another language is told the same facts."""
    told: dict[tuple[str, str], set[frozenset[str]]] = {}
    for one in texts:
        draft = one.prepared.draft
        told.setdefault((draft.message, draft.channel), set()).add(frozenset(_tags(one, "needed")))
    apart = sorted(message for (message, _), found in told.items() if len(found) > 1)
    reason = Note("pack_facts_failed", {"messages": apart}) if apart else Note("pack_facts")
    return Check("PACK-FACTS", "HOLD", not apart, reason)


def _form(texts: Sequence[Written]) -> Check:
    """One form of address a language, in all steps and channels."""
    failed = sorted(
        {
            f"{one.prepared.draft.message} ({one.prepared.draft.language})"
            for one in texts
            for check in one.prepared.draft.checks
            if check.id in FORMS and not check.passed
        }
    )
    reason = Note("pack_form_failed", {"messages": failed}) if failed else Note("pack_form")
    return Check("PACK-FORM", "BLOCK", not failed, reason)


def _sender(texts: Sequence[Written], brand: Brand) -> Check:
    """Every message that comes from outside the product says who writes, and there is an address to answer to."""
    mute = sorted(
        {
            f"{draft.message} ({draft.language})"
            for draft in (one.prepared.draft for one in texts)
            if draft.channel not in WITHOUT_SENDER and not set(SIGNED) & set(draft.facts)
        }
    )
    if mute:
        return Check("PACK-SENDER", "BLOCK", passed=False, reason=Note("pack_sender_failed", {"messages": mute}))
    if not brand.sender or not brand.reply_to:
        return Check("PACK-SENDER", "BLOCK", passed=False, reason=Note("pack_sender_unset"))
    return Check("PACK-SENDER", "BLOCK", passed=True, reason=Note("pack_sender", {"sender": brand.sender}))


def _languages(steps: Sequence[Reached]) -> Check:
    """Every language that people of the campaign read has a text of every step."""
    lacking: Mapping[str, int] = {code: n for one in steps for code, n in one.lacking.items()}
    if lacking:
        values = {"steps": [one.step.id for one in steps if one.lacking], "languages": sorted(lacking),
                  "dimension": "language", "n": max(sum(one.lacking.values()) for one in steps)}  # fmt: skip
        return Check("PACK-LANGUAGE", "WARN", passed=False, reason=Note("pack_language_failed", values))
    return Check("PACK-LANGUAGE", "WARN", passed=True, reason=Note("pack_language"))


def _tags(one: Written, kind: str) -> list[str]:
    """The facts of a kind that a text states."""
    return [name for name in one.prepared.draft.facts if FIELDS[name].kind == kind]
