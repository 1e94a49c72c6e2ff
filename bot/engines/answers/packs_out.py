"""A decided campaign approved and taken out: each of its messages as any draft, with one holdout for all of them.

flow.md          the flow as a table and as a Mermaid diagram, caps, checks, and an index of the folders
campaign.json    the same for a program
<step>-<message>-<channel>-<language>/    the files of one message (see `drafting.export`)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.analysis.proof import unit_of
from bot.drafting.agreement import agreement
from bot.drafting.arms import draw
from bot.drafting.freeze import Approval, frozen
from bot.engines.answers import flow
from bot.engines.answers.decided import addressed, chosen_by, may_decide, refused, told
from bot.engines.answers.exported import campaign_of, exported
from bot.engines.answers.walk import DONE, Walk
from bot.errors import BadQuestion, Unavailable
from bot.language import Language
from bot.types import Answer, Assigned, Campaign, Decision, Intent, Note, Order, Outcome, Query, Question

if TYPE_CHECKING:  # SQLAlchemy loads with the first record; the walks call these functions
    from bot.engines.answers.walked import Walks
    from bot.records import Proposal

INDEX, DOCUMENT = "flow.md", "campaign.json"


def approve(walks: Walks, question: Question, name: str, by: str, language: Language, *, confirmed: bool) -> Answer:
    """Freeze all messages of a campaign, with one draw over everybody whom any of them reaches.

    Raises BadQuestion, NotAllowed.
    """
    may_decide(question.rights)
    if not by.strip():
        raise BadQuestion("decision_needs_name")
    kept = walks.kept(name)
    if kept.document.get("campaigns"):
        raise BadQuestion("walk_is_approved", name=kept.name)
    if kept.state != DONE:
        raise BadQuestion("walk_not_decided", name=kept.name, step=kept.document["step"] + 1)
    walk = walks.walk(kept, question)
    if not walk.pack.texts:
        raise BadQuestion("nobody_chosen")
    together = agreement(walk.pack.texts, walk.pack.steps, walk.decided.brand)
    checks = [*together, *(one for text in walk.pack.texts for one in text.prepared.draft.checks)]
    points = list({one.id: one for one in checks if not one.passed}.values())
    first = walk.pack.texts[0].prepared.draft
    if failed := [one for one in points if one.severity == "BLOCK"]:
        return refused(language, first, "walk_blocked", failed, name=kept.name)
    held = [one for one in points if one.severity == "HOLD"]
    if held and not confirmed:
        return refused(language, first, "walk_held", held, name=kept.name, by=by)
    made = _frozen(walks, kept, walk, question, by, [one.id for one in held])
    records = walks.decided.records()
    for text, (campaign, people) in zip(walk.pack.texts, made, strict=True):
        records.campaigns.freeze(campaign, people)
        records.drafts.move(text.prepared.draft.id, "approved")
        noted = {"campaign": campaign.id, "confirmed": campaign.document["confirmed"], "programme": kept.name,
                 "arms": campaign.document["arms"], "asker": question.asker, "role": question.rights.role}  # fmt: skip
        records.decisions.add(Decision(text.prepared.draft.id, "approve", by.strip(), question.now, noted))
    ids = [campaign.id for campaign, _ in made]
    walks.keep(kept.name, {**kept.document, "campaigns": ids}, DONE, question)
    arms = {one.person: one.arm for _, people in made for one in people}
    counts = {arm: sum(one == arm for one in arms.values()) for arm in ("treatment", "holdout")}
    values = {"by": by, "name": kept.name, "n": len(made), "treated": counts["treatment"], "held": counts["holdout"]}
    return told(
        language, [Note("walk_frozen", values), Note("walk_approved", {"name": kept.name, "draft": made[0][0].draft})]
    )


def _frozen(
    walks: Walks, kept: Proposal, walk: Walk, question: Question, by: str, confirmed: Sequence[str]
) -> list[tuple[Campaign, list[Assigned]]]:
    """Every message as a campaign, its people in the arms of the one draw; the drafts are kept on the way."""
    decided, pack = walks.decided, walk.pack
    unit = unit_of(decided.company)
    approval = Approval(by, question.now, walk.analyst.as_of, tuple(confirmed), decided.handbook().policy.version)
    salt = f"{kept.name}-{walk.analyst.as_of.isoformat()}"
    units = sorted(set(pack.people[f"{unit}_id"]))
    one_draw = draw(units, salt, min(pack.plan.held_out, len(units)))
    query = Query(Intent.DRAFT, subject=walk.segment)
    found = []
    for text in pack.texts:
        draft = text.prepared.draft
        asked = replace(query, language=draft.language)
        shown = Answer(Outcome.ANSWER, Intent.DRAFT, draft.language, "", queries=(asked,), drafts=(draft,))
        decided.keep(shown, question, walk.analyst)
        rights = [[one.dimension, list(one.values)] for one in question.rights.row_filters]
        more = {
            **chosen_by(walk.analyst, draft, asked, rights),
            "programme": {"name": kept.name, "step": text.step, "day": text.day.isoformat(),
                          "importance": walk.programme.importance, "sequence": walk.programme.sequence},
        }  # fmt: skip
        names = tuple(one.name for one in draft.variants)
        rows = addressed(text.prepared.screened, draft.language)
        found.append(frozen(draft, rows, approval, walks.company, unit, more, replace(one_draw, variants=names)))
    return found


def export(walks: Walks, question: Question, name: str, order: Order, language: Language) -> Answer:
    """Write the flow, an index, and the files of every message into one folder.

    Each message is checked once more; one that is blocked is named, and left out. Raises as `exported` does.
    """
    may_decide(question.rights)
    kept = walks.kept(name)
    ids = list(kept.document.get("campaigns") or ())
    if not ids:
        raise BadQuestion("walk_not_approved", name=kept.name)
    walk = walks.walk(kept, question)
    tool = order.tool or walk.tool
    answers, rows = [], list[dict[str, Any]]()
    for id in ids:
        campaign = campaign_of(walks.decided, id)
        told_of, plan = campaign.document, campaign.document["programme"]
        folder = f"{plan['step']}-{told_of['message']}-{told_of['channel']}-{told_of['language']}"
        mine = replace(order, id=id, folder=order.folder / folder, tool=tool)
        answer = exported(walks.decided, question, mine, language, but=ids)
        answers.append(answer)
        rows.append({"campaign_id": id, **plan, "message": told_of["message"], "channel": told_of["channel"],
                     "language": told_of["language"], "arms": told_of["arms"], "folder": folder,
                     "exported": answer.error is None})  # fmt: skip
    _written(order.folder, walk, rows, language)
    done = [row for row in rows if row["exported"]]
    values = {"name": kept.name, "folder": str(order.folder), "n": len(done), "files": INDEX}
    refusals = [one for one in answers if one.error is not None]
    found = told(language, [Note("walk_exported", values), Note("export_keep_holdout")])
    return replace(found, text="\n".join([found.text, *(one.text for one in refusals)]))


def _written(folder: Path, walk: Walk, rows: Sequence[dict[str, Any]], language: Language) -> None:
    """Raises Unavailable (`folder_not_writable`)."""
    title = flow.name_of(language, walk.programme.id)
    index = [f"- {row['day']} [{row['folder']}]({row['folder']}/campaign.json)" for row in rows if row["exported"]]
    remarks = "\n".join(f"- {one}" for one in flow.remarks(language, walk.pack))
    plan = walk.pack.plan
    parts = [
        f"# {title}", flow.table(language, walk.pack), f"```mermaid\n{flow.mermaid(language, walk.pack)}\n```",
        language.say("brief_exit"), remarks, "\n".join(index),
    ]  # fmt: skip
    document = {
        "name": walk.name, "programme": walk.programme.id, "segment": walk.segment, "start": walk.start.isoformat(),
        "goal": walk.programme.goal, "target": walk.target, "window_days": walk.programme.window,
        "guardrails": list(walk.programme.guardrails), "base_rate": plan.base_rate, "messages": list(rows),
    }  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / INDEX).write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")
        text = json.dumps(document, ensure_ascii=False, indent=2)
        (folder / DOCUMENT).write_text(text + "\n", encoding="utf-8")
    except OSError:
        raise Unavailable("folder_not_writable", folder=str(folder)) from None
