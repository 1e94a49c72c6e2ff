"""From chosen people to a draft a human may send: pick the text, screen the people, fill in, check, plan."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from bot.analysis.recipients import Recipients
from bot.drafting import guardrails, testplan
from bot.drafting.audience import Aim, Screened, screen
from bot.drafting.brand import Brand
from bot.drafting.checks import Found, check_audience
from bot.drafting.guardrails import Copy, Preview, Profile
from bot.drafting.merge import FIELDS, coverage, listed, render, tags, values_of
from bot.drafting.policy import Policy
from bot.errors import BadQuestion, OurFault
from bot.playbook.messages import Message
from bot.playbook.plays import ORIGINAL, Play
from bot.types import Audience, Check, Definitions, Draft, Note, Variant

LONGEST = {
    "first_name": "Maximilienne-Alexandrine de Castelbajac",
    "company": "Société coopérative des artisans réunis du Val-de-Montferrand",
}
"""The longest values that merge tags let through (see `merge`)."""


@dataclass(frozen=True)
class DraftRequest:
    """What is asked for: people, and a play, a draft type or a segment that names the text.

    `rule` says in words who was chosen; `releases` is what may be told (`recipients.shipped`).
    Without `language` the draft is in the language most of the remaining people read.
    """

    recipients: Recipients
    releases: pd.DataFrame
    rule: Note
    as_of: date
    definitions: Definitions
    brand: Brand
    play: str | None = None
    type: str | None = None
    segment: str | None = None
    language: str | None = None
    channel: str = "email"


@dataclass(frozen=True)
class _Pick:
    """One text for the people, and how they fare under its rules."""

    play: Play
    message: Message
    aim: Aim
    screened: Screened
    languages: tuple[str, ...]


def prepare(request: DraftRequest, plays: Sequence[Play], policy: Policy) -> Draft:
    """The draft with its audience, checks and test plan; its state says whether it may be sent.

    Raises BadQuestion: `nobody_chosen`, `unknown_play`, `no_text_for` (type, segment or play without
    a message), `no_text_in_language`, `no_such_channel`.
    """
    if request.recipients.people.empty:
        raise BadQuestion("nobody_chosen")
    if request.channel != "email":
        raise BadQuestion("no_such_channel", channel=request.channel, near=("email",))
    pick = _pick(request, plays, policy)
    language = _language(request, pick)
    left = pick.screened.remaining(language)
    message = pick.play.texts[language].messages[pick.message.type]
    filled = _profiles(left, request, language, policy)
    previews = tuple(
        Preview(profile, _fill(variant, values)) for variant in message.variants for profile, values in filled.items()
    )
    plan = testplan.plan(len(left), pick.aim.kind.base_rate)
    used = {tag.name for variant in message.variants for part in _parts(variant) for tag in tags(part)}
    personal = sorted(name for name in used if name in FIELDS and FIELDS[name].kind == "person")
    found = Found(
        request.recipients, pick.screened, pick.aim.kind, language, len(left), plan,
        coverage(left, personal, language, request.as_of) if len(left) else {},
        foreign_names="features_new" in used and language != request.definitions.language,
    )  # fmt: skip
    copy = Copy(
        message.type, message.stage, message.element, language, message.variants, previews, request.brand,
        policy, request.channel,
    )  # fmt: skip
    checks = (*check_audience(found), *guardrails.check(copy))
    return Draft(
        id=_id(pick, language, request, left),
        type=message.type,
        play=pick.play.id,
        stage=message.stage,
        language=language,
        channel=request.channel,
        audience=Audience(
            rule=request.rule,
            before=len(pick.screened.people),
            suppressed=pick.screened.counts,
            after=len(left),
            people=tuple(_rows(left[["account_id", "user_id"]])),
            elsewhere={code: n for code, n in pick.screened.languages.items() if code != language},
        ),
        objective=f"objective_{pick.aim.kind.objective}",
        metric=pick.aim.kind.metric,
        variants=message.variants,
        element=message.element,
        facts={name: field.source for name, field in FIELDS.items() if name in used},
        previews=tuple(
            (
                preview.profile,
                f"{preview.variant.subject}\n{preview.variant.preheader}\n\n{preview.variant.body}",
            )
            for preview in previews
            if preview.variant.name == "A"
        ),
        checks=checks,
        test_plan=_test_note(plan, pick),
        citations=(pick.play.cite("steps", language),),
        state=_state(checks),
        brief=_brief(pick),
    )


def _pick(request: DraftRequest, plays: Sequence[Play], policy: Policy) -> _Pick:
    """The first text, in the order of `_candidates`, whose stage somebody stands in; else the first."""
    first: _Pick | None = None
    for play, message in _candidates(request, plays, policy):
        languages = tuple(code for code, text in play.texts.items() if message.type in text.messages)
        aim = Aim(policy.kinds[message.type], message.stage, request.as_of, request.definitions, policy,
                  request.releases)  # fmt: skip
        pick = _Pick(play, message, aim, screen(request.recipients, aim, languages), languages)
        if pick.screened.in_stage:
            return pick
        first = first or pick
    if first is None:
        asked = request.play or request.type or request.segment or ""
        near = sorted({kind for play in plays for kind in play.texts[ORIGINAL].messages})
        raise BadQuestion("no_text_for", asked=asked, near=tuple(near))
    return first


def _candidates(request: DraftRequest, plays: Sequence[Play], policy: Policy) -> Iterator[tuple[Play, Message]]:
    """The texts that were asked for. For a segment, the play that names it earliest comes first; for
    people chosen otherwise, texts for the inactive and for those who leave come first."""
    if request.play is not None and request.play not in {play.id for play in plays}:
        raise BadQuestion("unknown_play", name=request.play, near=tuple(sorted(play.id for play in plays)))
    found = []
    for play in plays:
        if request.play not in (None, play.id):
            continue
        if (
            request.segment is not None
            and request.play is request.type is None
            and request.segment not in play.segments
        ):
            continue
        for kind, message in play.texts[ORIGINAL].messages.items():
            if kind not in policy.kinds:
                raise OurFault(f"draft_types.toml has no {kind}, which the play {play.id} needs")
            if request.type not in (None, kind):
                continue
            rules = policy.kinds[kind]
            place = play.segments.index(request.segment) if request.segment in play.segments else 0
            order = (place, not (rules.inactive or rules.farewell), play.id, kind)
            found.append((order, play, message))
    yield from ((play, message) for _, play, message in sorted(found, key=lambda row: row[0]))


def _language(request: DraftRequest, pick: _Pick) -> str:
    """The language asked for; else the one most remaining people read; else the usual one of those chosen."""
    if request.language is not None:
        if request.language not in pick.languages:
            raise BadQuestion("no_text_in_language", language=request.language, near=pick.languages)
        return request.language
    spoken = pick.screened.people.language.value_counts()
    return next((str(code) for code in (*pick.screened.languages, *spoken.index) if code in pick.languages), ORIGINAL)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _parts(variant: Variant) -> tuple[str, str, str]:
    return variant.subject, variant.preheader, variant.body


def _fill(variant: Variant, values: Mapping[str, str | None]) -> Variant:
    subject, preheader, body = (render(part, values) for part in _parts(variant))
    return Variant(variant.name, subject, preheader, body)


def _profiles(
    left: pd.DataFrame, request: DraftRequest, language: str, policy: Policy
) -> dict[Profile, dict[str, str | None]]:
    """Tag → value for a full, an empty and the longest profile.

    One person's draft shows their own values; that of several shows an invented name and company
    beside values that somebody of them has, so that a preview gives nobody away.
    """
    words, brand = policy.words[language], request.brand
    ours = {
        "brand": brand.name, "sender_name": brand.sender, "postal_address": brand.postal_address,
        "link": words["link"], "unsubscribe": words["unsubscribe_link"],
    }  # fmt: skip
    rows = _rows(left.head(200))
    people = [values_of(row, language, request.as_of) for row in rows]
    news = sorted((list(row["news"]) for row in rows if row["news"]), key=len)
    typical = max(people, key=lambda values: sum(value is not None for value in values.values()), default={})
    if len(request.recipients.people) != 1:
        typical = {**typical, "first_name": words["example_name"], "company": words["example_company"]}
    longest = {
        name: max((value for values in people if (value := values[name])), key=len, default=None)
        for name in ("plan", "tenure_years", "last_active_month")
    }
    told = [listed(names) for names in (news[len(news) // 2], news[0], news[-1])] if news else [None] * 3
    sample = f"- {words['features']}"
    return {
        "full": {**ours, **typical, "features_new": told[0] or sample},
        "empty": {**ours, "features_new": told[1] or sample},
        "longest": {**ours, **longest, **LONGEST, "features_new": told[2] or sample},
    }


def _test_note(plan: testplan.Plan, pick: _Pick) -> Note:
    values = {
        "held_out": plan.held_out, "treated": plan.treated, "base_rate": plan.base_rate,
        "effect": plan.detectable, "unit": "share", "metric": pick.aim.kind.metric,
        "days": pick.aim.kind.days,
    }  # fmt: skip
    if pick.aim.kind.farewell:
        return Note("plan_owed", values)
    if plan.detectable is None:
        return Note("plan_single", values)
    return Note("plan_holdout" if plan.worth_it else "plan_too_small", values)


def _brief(pick: _Pick) -> tuple[Note, ...]:
    kind = pick.aim.kind
    return (
        Note(pick.message.stage.lower().replace("-", "_")),
        Note("brief_success", {"metric": kind.metric, "days": kind.days}),
        Note("brief_when"),
        Note("brief_exit"),
    )


def _state(checks: Sequence[Check]) -> Any:
    failed = {check.severity for check in checks if not check.passed}
    return "blocked" if "BLOCK" in failed else "held" if "HOLD" in failed else "ready"


def _id(pick: _Pick, language: str, request: DraftRequest, left: pd.DataFrame) -> str:
    """The same for the same text, people and day."""
    made_of = "\n".join((pick.play.id, pick.message.type, language, request.as_of.isoformat(), *sorted(left.user_id)))
    return "d-" + hashlib.sha256(made_of.encode()).hexdigest()[:10]
