"""An approved draft as files for the tool that sends it: checked once more, and noted; nothing is sent by us."""

from __future__ import annotations

from dataclasses import replace

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


def exported(decided: Decided, question: Question, order: Order, language: Language) -> Answer:
    """Write the files of a campaign. Raises BadQuestion, NotAllowed, Unavailable (`folder_not_writable`)."""
    may_decide(question.rights)
    if not question.rights.person_level:
        raise NotAllowed("people_not_allowed")
    if not order.by.strip():
        raise BadQuestion("decision_needs_name")
    tool = tool_named(order.tool)
    campaign = campaign_of(decided, order.id)
    kept = decided.kept(campaign.draft)
    anew = decided.anew(kept, question.rights, question.now, but=[campaign.id])
    failed = [one for one in anew.draft.checks if not one.passed and one.severity == "BLOCK" and one.id != "OUT-01"]
    if failed:
        return refused(language, anew.draft, "export_blocked_now", failed, id=campaign.id)
    parcel = _parcel(decided, campaign, anew, language)
    try:
        document = export(parcel, tool, order.link, order.folder)
    except OSError:
        raise Unavailable("folder_not_writable", folder=str(order.folder)) from None
    records = decided.records()
    records.campaigns.exported(campaign.id, question.now)
    noted = {"campaign": campaign.id, "tool": tool.name, "people": document["people"]["exported"],
             "files": document["files"], "asker": question.asker, "role": question.rights.role}  # fmt: skip
    records.decisions.add(Decision(campaign.draft, "export", order.by.strip(), question.now, noted))
    counts, out = document["people"], document["people"]["left_out_since"]
    reasons = [language.say("held_back_reason", n=n, reason=parcel.told[rule]) for rule, n in out.items()]
    return told(
        language,
        [
            Note("draft_exported", {"id": campaign.id, "folder": str(order.folder), "tool": tool.name}),
            Note("export_people", {"n": counts["exported"], "held": counts["assigned"]["holdout"]}),
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
    return campaign


def _parcel(decided: Decided, campaign: Campaign, anew: Anew, language: Language) -> Parcel:
    records, policy = decided.records(), decided.handbook().policy
    code = campaign.document["language"]
    telling = Telling.of(policy.words[code], anew.request.as_of, decided.brand)
    assigned = records.campaigns.people(campaign.id)
    people, reasons = anew.screened.people, anew.screened.reasons
    treated = [one.person for one in assigned if one.arm == "treatment"]
    as_of = anew.request.as_of
    words = proofs(decided.company, treated, CHANNELS[anew.draft.channel].word, as_of)
    parcel = Parcel(
        campaign, assigned, people, reasons, words, variants_of({"variants": campaign.document["variants"]}),
        policy, decided.brand, anew.offer, telling, {},
    )  # fmt: skip
    _, out = leaving(parcel)
    rules = {*out, *campaign.document["suppressed"]}
    values = {"metric": campaign.document["metric"], "days": campaign.document["window_days"]}
    sentences = {rule: why(language, rule) for rule in rules}
    sentences["rule"] = language.say(anew.draft.audience.rule.key, **anew.draft.audience.rule.values)
    sentences["hypothesis"] = language.say("plan_hypothesis", **values)
    sentences["stop"] = language.say("plan_stop", **values)
    return replace(parcel, told=sentences)
