"""An approved draft as files for the tool that sends it: checked once more, and noted; nothing is sent by us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.analysis.proof import proofs
from bot.analysis.reach import CHANNELS
from bot.drafting.esp import tool_named
from bot.drafting.export import Parcel, export, leaving
from bot.drafting.values import Telling
from bot.engines.answers.decided import Anew, Decided, may_decide, refused, told, variants_of
from bot.engines.answers.drafted import why
from bot.errors import BadQuestion, NotAllowed, Unavailable
from bot.language import Language
from bot.types import Answer, Campaign, Decision, Note, Order, Question


def exported(decided: Decided, question: Question, order: Order, language: Language, but: Sequence[str] = ()) -> Answer:
    """Write the files of a campaign; what was sent by those of `but` does not count against it.

    Raises BadQuestion, NotAllowed, Unavailable (`folder_not_writable`).
    """
    may_decide(question.rights)
    if not question.rights.person_level:
        raise NotAllowed("people_not_allowed")
    if not order.by.strip():
        raise BadQuestion("decision_needs_name")
    tool = tool_named(order.tool)
    campaign = campaign_of(decided, order.id)
    kept = decided.kept(campaign.draft)
    zone = decided.company.definitions.zone
    send_at = None if order.send_at is None else order.send_at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if send_at is not None and (send_at := send_at.replace(tzinfo=None)) < question.now:
        raise BadQuestion("send_at_is_over", moment=_told(order))
    anew = decided.anew(kept, question.rights, question.now, but=[campaign.id, *but], send_at=send_at)
    failed = [one for one in anew.draft.checks if not one.passed and one.severity == "BLOCK" and one.id != "OUT-01"]
    if failed:
        return refused(language, anew.draft, "export_blocked_now", failed, id=campaign.id)
    parcel = _parcel(decided, campaign, anew, language, send_at or question.now)
    try:
        document = export(parcel, tool, order.link, order.folder)
    except OSError:
        raise Unavailable("folder_not_writable", folder=str(order.folder)) from None
    records = decided.records()
    records.campaigns.exported(campaign.id, question.now)
    noted = {"campaign": campaign.id, "tool": tool.name, "people": document["people"]["exported"],
             "folder": str(order.folder.resolve()), "files": document["files"],
             "asker": question.asker, "role": question.rights.role}  # fmt: skip
    records.decisions.add(Decision(campaign.draft, "export", order.by.strip(), question.now, noted))
    counts, out = document["people"], document["people"]["left_out_since"]
    reasons = [language.say("held_back_reason", n=n, reason=parcel.told[rule]) for rule, n in out.items()]
    return told(
        language,
        [
            Note("draft_exported", {"id": campaign.id, "folder": str(order.folder), "tool": tool.name}),
            *([Note("export_people", {"n": counts["exported"], "held": counts["assigned"]["holdout"]})]
              if parcel.to_people else [Note("export_public")]),
            *([Note("export_moment", {"moment": _told(order), "zone": zone})] if order.send_at
              else [Note("export_hours")] if parcel.to_people else []),
            *([Note("export_left_out", {"n": sum(out.values()), "reasons": reasons})] if out else []),
            *([Note("export_to_fill", {"tags": [f"{{{one}}}" for one in document["to_fill_in"]]})]
              if document["to_fill_in"] else []),
            Note("export_keep_holdout" if counts["assigned"]["holdout"] else "draft_not_sent", {}),
        ],
    )  # fmt: skip


def campaign_of(decided: Decided, id: str) -> Campaign:
    """An approved campaign. Raises BadQuestion: `draft_not_approved`, `no_such_draft`."""
    campaign = decided.records().campaigns.get(id)
    if campaign is None:
        decided.kept(id)
        raise BadQuestion("draft_not_approved", id=id)
    decided.kept(campaign.draft)  # another company's is none of these
    return campaign


def _parcel(decided: Decided, campaign: Campaign, anew: Anew, language: Language, since: datetime) -> Parcel:
    records, policy = decided.records(), decided.handbook().policy
    code = campaign.document["language"]
    telling = Telling.of(policy.words[code], anew.request.as_of, decided.brand)
    assigned = records.campaigns.people(campaign.id)
    people, reasons = anew.screened.people, anew.screened.reasons
    treated = [one.person for one in assigned if one.arm == "treatment"]
    as_of = anew.request.as_of
    way = CHANNELS.get(anew.draft.channel)
    words = proofs(decided.company, treated, way.word if way else "", as_of)
    parcel = Parcel(
        campaign, assigned, people, reasons, words, variants_of({"variants": campaign.document["variants"]}),
        policy, decided.brand, anew.offer, telling, {}, since, anew.request.send_at is not None,
        _active_hours(anew) if way else {},
    )  # fmt: skip
    _, out = leaving(parcel)
    rules = {*out, *campaign.document["suppressed"]}
    values = {"metric": campaign.document["metric"], "days": campaign.document["window_days"]}
    sentences = {rule: why(language, rule) for rule in rules}
    sentences["rule"] = language.say(anew.draft.audience.rule.key, **anew.draft.audience.rule.values)
    sentences["hypothesis"] = language.say("plan_hypothesis", **values)
    sentences["stop"] = language.say("plan_stop", **values)
    return replace(parcel, told=sentences)


def _active_hours(anew: Anew) -> dict[str, int]:
    """Person → the hour of their own day at which they most often use the product, where that is known."""
    people = anew.request.people(anew.draft.channel, ("active_hour",)).people
    known = people[["user_id", "active_hour"]].dropna()
    return {str(user): int(hour) for user, hour in known.itertuples(index=False, name=None)}


def _told(order: Order) -> str:
    return f"{order.send_at:%Y-%m-%d %H:%M}"
