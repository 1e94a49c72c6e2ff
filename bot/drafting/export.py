"""An approved campaign as files that another tool sends from: who gets what, who is held out, and by what plan.

    people.csv       the treated people: id, text, values, when it may come to them, consent and its proof
    holdout.csv      who must not get it, so that its effect can be told
    suppressed.csv   how many are left out, by reason
    message-A.txt    a text with the tool's own tags, and one more for each other variant
    headers.txt      what marketing mail needs in its head, where no tool adds it
    segment.sql      how the people were chosen
    campaign.json    segment, test plan, draw, rules, and the hash of every file

Of a page or a post, which anybody may see, there are the texts and campaign.json alone.

Nothing of it is sent by us, and it holds no address: the tool knows its people by their id.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pandas as pd

from bot.analysis.reach import CHANNELS
from bot.drafting.basis import proof_of
from bot.drafting.brand import Brand
from bot.drafting.cells import write_rows
from bot.drafting.esp import Tool, numbered
from bot.drafting.freeze import draw_of
from bot.drafting.hours import BY_NUMBER, Where, span, wheres
from bot.drafting.merge import PERSONAL, TAG, render, used
from bot.drafting.offers import Offer
from bot.drafting.policy import Policy
from bot.drafting.previews import ours
from bot.drafting.values import Telling, filled
from bot.errors import BadQuestion
from bot.progress import step
from bot.types import Assigned, Campaign, Variant

LEFT = "left_segment"
"""The reason of those who are no longer among the people whom the draft is for: they came back, for one."""
BEFORE = ("campaign_id", "id", "language", "arm", "variant")
AFTER = ("send_from", "send_until", "time_zone", "consent_basis", "proof_source", "proof_date", "rules_version")


@dataclass(frozen=True)
class Parcel:
    """All that an export is made from."""

    campaign: Campaign
    assigned: Sequence[Assigned]
    people: pd.DataFrame
    """The recipients as they are today (see `analysis.recipients`), with country, language and `news` settled."""
    reasons: pd.Series
    """For each of them the rule that holds them back now; empty for none."""
    words: pd.DataFrame
    """What they said on marketing (see `analysis.proof`)."""
    variants: tuple[Variant, ...]
    policy: Policy
    brand: Brand
    offer: Offer | None
    telling: Telling
    told: Mapping[str, str]
    """Reason → its sentence; hypothesis, rule and stop → theirs."""
    since: datetime
    """From when on it may go out, as naive UTC; where `fixed`, the very moment."""
    fixed: bool = False
    hours: Mapping[str, int] = field(default_factory=dict)
    """Person → the hour of their own day at which they use the product."""

    @property
    def to_people(self) -> bool:
        """Whether it is sent to somebody, and not published for all."""
        return self.campaign.document["channel"] in CHANNELS


def leaving(parcel: Parcel) -> tuple[pd.DataFrame, dict[str, int]]:
    """(the treated people who may still get it, each with the proof of it and when it may come; how many no longer may,
    by reason)."""
    treated = {one.person: one.variant for one in parcel.assigned if one.arm == "treatment"}
    rows = parcel.people.assign(reason=parcel.reasons, variant=parcel.people.user_id.map(treated))
    rows = rows[rows.variant.notna()]
    language = parcel.campaign.document["language"]
    reason = rows.reason.where((rows.reason != "") | (rows.language == language), "LOC-01")
    said: dict[Any, Any] = {row["user_id"]: row for row in parcel.words.to_dict("records")}
    told, policy = parcel.campaign.document, parcel.policy
    service = _service(parcel)
    facts = rows[["user_id", "country", "status", "since", "churned_on", "trial_ended_on"]].to_dict("records")
    proofs = [proof_of(one, said.get(one["user_id"]), policy, told["channel"], service=service) for one in facts]
    proof = pd.Series(proofs, index=rows.index, dtype="object")
    # Checked before, and once more where the file is made: nobody is in it on a right that nobody gave.
    reason = reason.where((reason != "") | proof.notna(), "LEG-02")
    slots = pd.Series([*_slots(parcel, rows)], index=rows.index, dtype="object")
    if not service:
        reason = reason.where((reason != "") | slots.notna(), "FRQ-13")
    out = {str(rule): int(n) for rule, n in reason[reason != ""].value_counts().items()}
    if gone := len(treated) - len(rows):
        out[LEFT] = gone
    return rows.assign(proof=proof, slot=slots)[reason == ""], out


def _slots(parcel: Parcel, rows: pd.DataFrame) -> Iterator[tuple[datetime, datetime] | None]:
    """When it may come to each: the first stretch in the hours of their law, from their own hour on where that fits."""
    way = CHANNELS.get(parcel.campaign.document["channel"], CHANNELS["email"])
    codes = {*rows.country.dropna(), *rows.number_country.dropna()}
    laws = {code: parcel.policy.country(code).laws[way.law] for code in codes}

    @cache
    def slot(where: Where, hour: int | None) -> tuple[datetime, datetime] | None:
        return span(where, laws, parcel.since, hour)

    places = wheres(rows, parcel.policy.areas, by_number=way.law in BY_NUMBER)
    hours = [None if parcel.fixed else parcel.hours.get(person) for person in rows.user_id]
    return (slot(*one) for one in zip(places, hours, strict=True))


def export(parcel: Parcel, tool: Tool, link: str | None, folder: Path) -> dict[str, Any]:
    """Write the files into a folder, which is made; the document of `campaign.json`. Raises BadQuestion."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, out = leaving(parcel)
    campaign = parcel.campaign
    texts = {one.name: worded(one, parcel, tool, link) for one in parcel.variants}
    whole = [text for parts in texts.values() for text in parts.values()]
    numbers = numbered(whole) if tool.numbered else {}
    names = [name for name in used(whole) if name in PERSONAL]
    columns = [str(number) for number in numbers.values()] if numbers else [tool.column(name) for name in names]
    files: list[str] = []

    def kept(name: str, head: Sequence[str], lines: Iterator[Mapping[str, Any]], many: int) -> None:
        for number in write_rows(folder / name, head, lines, bom=tool.bom):
            step("step_write", many, number)
        files.append(name)

    unproved: list[str] = []
    if parcel.to_people:
        lines = _people(parcel, rows, names, tool, numbers, unproved)
        kept("people.csv", [*BEFORE, *columns, *AFTER], lines, len(rows))
        held = [one for one in parcel.assigned if one.arm == "holdout"]
        kept(
            "holdout.csv", BEFORE[:4], (_known(campaign, one.person, one.language, one.arm) for one in held), len(held)
        )
        reasons = [("at_approval", campaign.document["suppressed"]), ("since_approval", out)]
        counts = [
            {"campaign_id": campaign.id, "when": when, "rule": rule, "people": n, "reason": parcel.told.get(rule, "")}
            for when, found in reasons
            for rule, n in found.items()
        ]
        kept("suppressed.csv", ["campaign_id", "when", "rule", "people", "reason"], iter(counts), len(counts))
    for name, parts in texts.items():
        written = {part: tool.write(text, numbers) for part, text in parts.items()}
        head = [
            f"campaign_id: {campaign.id}",
            *(f"\n{text}" if part == "body" else f"{part}: {text}" for part, text in written.items()),
        ]
        (folder / f"message-{name}.txt").write_text("\n".join(head) + "\n", encoding="utf-8")
        files.append(f"message-{name}.txt")
    if parcel.to_people:
        query = f"-- campaign_id: {campaign.id}\n{campaign.document['sql']};\n"
        (folder / "segment.sql").write_text(query, encoding="utf-8")
        files.append("segment.sql")
    if tool.headers and campaign.document["channel"] == "email" and not _service(parcel):
        (folder / "headers.txt").write_text("\n".join(headers(tool, campaign)) + "\n", encoding="utf-8")
        files.append("headers.txt")
    counts_of = {"left_out_since": out, "exported": len(rows), "without_proof": len(unproved)}
    document = _document(parcel, tool, files, folder, counts_of, numbers, texts)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (folder / "campaign.json").write_text(text + "\n", encoding="utf-8")
    return document


def _service(parcel: Parcel) -> bool:
    return parcel.policy.kinds[parcel.campaign.document["type"]].service


def headers(tool: Tool, campaign: Campaign) -> tuple[str, ...]:
    """The lines by which a mailbox offers to unsubscribe in one click (RFC 8058); the link must take a POST, and know
    person and list by itself."""
    return (
        f"X-Campaign-ID: {campaign.id}",
        f"List-Unsubscribe: <{tool.write('{unsubscribe}')}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    )


def worded(variant: Variant, parcel: Parcel, tool: Tool, link: str | None) -> dict[str, str]:
    """The parts of a text with what is the same for everybody filled in; a tag that the tool knows itself stays."""
    same = ours(parcel.telling, parcel.brand, parcel.policy, parcel.offer)
    known = {name: value for name, value in same.items() if value and name not in (*tool.own, "link", "unsubscribe")}
    if link is not None:
        known["link"] = tracked(link, parcel.campaign)
    return {part: TAG.sub(lambda tag: known.get(tag[1]) or tag[0], text) for part, text in variant.parts.items()}


def tracked(link: str, campaign: Campaign) -> str:
    """The link with the campaign in it, and with nothing of a person. Raises BadQuestion (`link_not_https`)."""
    parts = urlsplit(link)
    if parts.scheme != "https" or not parts.netloc or parts.username:
        raise BadQuestion("link_not_https", link=link)
    more = {"utm_campaign": campaign.id, "utm_medium": campaign.document["channel"]}
    query = "&".join(filter(None, [parts.query, urlencode(more)]))
    return urlunsplit(parts._replace(query=query))


def _people(
    parcel: Parcel,
    rows: pd.DataFrame,
    names: Sequence[str],
    tool: Tool,
    numbers: Mapping[str, int],
    unproved: list[str],
) -> Iterator[Mapping[str, Any]]:
    """The rows of people.csv, one by one; who has no proof on record is noted in `unproved`."""
    language = parcel.campaign.document["language"]
    values = {name: _lines(found) for name, found in filled(rows, names, parcel.telling).items()}
    people = zip(rows.user_id, rows.variant, rows.proof, rows.slot, strict=True)
    for place, (person, variant, proof, slot) in enumerate(people):
        mine = {name: found[place] for name, found in values.items()}
        if not proof.source:
            unproved.append(person)
        merged = (
            {str(number): " ".join(render(tag, mine).split()) for tag, number in numbers.items()}
            if numbers
            else {tool.column(name): mine[name] for name in names}
        )
        yield {
            **_known(parcel.campaign, person, language, "treatment"),
            "variant": variant,
            **merged,
            "send_from": slot[0].isoformat(timespec="minutes") if slot else "",
            "send_until": slot[1].isoformat(timespec="minutes") if slot else "",
            "time_zone": str(slot[0].tzinfo) if slot else "",
            "consent_basis": proof.basis,
            "proof_source": proof.source,
            "proof_date": proof.on.isoformat() if proof.on else "",
            "rules_version": parcel.policy.version,
        }


def _lines(texts: Sequence[str | None]) -> list[str | None]:
    """Lists with points instead of dashes: a cell must not begin with a minus."""
    return [re.sub(r"^- ", "• ", text, flags=re.MULTILINE) if text else text for text in texts]


def _known(campaign: Campaign, person: str, language: str, arm: str) -> dict[str, Any]:
    return {"campaign_id": campaign.id, "id": person, "language": language, "arm": arm}


def _document(
    parcel: Parcel,
    tool: Tool,
    files: Sequence[str],
    folder: Path,
    counts: Mapping[str, Any],
    numbers: Mapping[str, int],
    texts: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    campaign, told = parcel.campaign, parcel.campaign.document
    draw = draw_of(told)
    tagged = used(text for parts in texts.values() for text in parts.values())
    left = sorted(name for name in tagged if name not in PERSONAL and name not in tool.own)
    return {
        "campaign_id": campaign.id,
        "draft": campaign.draft,
        "company": campaign.company,
        "type": told["type"],
        "play": told["play"],
        "channel": told["channel"],
        "language": told["language"],
        "tool": tool.name,
        "approved_by": campaign.approved_by,
        "approved_at": campaign.approved_at.isoformat(),
        "segment": {"rule": parcel.told["rule"], "query": told["query"], "rights": told["rights"]},
        "people": {
            "chosen": told["before"],
            "suppressed_at_approval": told["suppressed"],
            "read_another_language": told["elsewhere"],
            "assigned": told["arms"],
            **counts,
        },
        "test_plan": {
            "hypothesis": parcel.told["hypothesis"],
            "tested_by": "holdout" if told["arms"]["holdout"] else None,
            "changed_element": told["element"],
            "unit": told["unit"],
            "primary_metric": told["metric"],
            "window_days": told["window_days"],
            "alpha": told["alpha"],
            "power": told["power"],
            "base_rate": told["base_rate"],
            "smallest_effect": told["detectable"],
            "planned_n": told["arms"],
            "starts_on": told["starts_on"],
            "ends_on": campaign.ends_on.isoformat(),
            "stop_rule": {"words": parcel.told["stop"], **told["stop"]},
        },
        "draw": {"salt": draw.salt, "cut": draw.cut, "sql": draw.sql("people", f"{told['unit']}_id")},
        "rules_version": {"at_approval": told["rules"], "at_export": parcel.policy.version},
        "confirmed": told["confirmed"],
        "send_at": f"{parcel.since.isoformat(timespec='minutes')}Z" if parcel.fixed else None,
        "variables": dict(numbers),
        "to_fill_in": left,
        "files": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
    }
