"""From chosen people to a draft a human may send: pick the text, screen the people, fill in, check, plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from bot.analysis.reach import CHANNELS
from bot.analysis.recipients import Recipients
from bot.drafting import guardrails, offers, testplan
from bot.drafting.aim import Sent
from bot.drafting.audience import Aim, Screened, everybody, screen
from bot.drafting.bounds import Bounds
from bot.drafting.brand import Brand
from bot.drafting.checks import Found, check_audience, state_of
from bot.drafting.guardrails import Copy, Preview
from bot.drafting.merge import FIELDS, PERSONAL
from bot.drafting.messages import ORIGINAL, Message, Text
from bot.drafting.offers import Offer
from bot.drafting.policy import Policy
from bot.drafting.previews import as_read, previews
from bot.drafting.reductions import reductions
from bot.drafting.values import Telling, column_of, coverage, unnamed
from bot.drafting.writer import Ask, Brief, rewritten
from bot.errors import BadQuestion
from bot.playbook.plays import Play
from bot.progress import step
from bot.types import Audience, Check, Definitions, Draft, Note

USUAL = "email"
"""The channel where none is asked for and the text is written for it."""


@dataclass(frozen=True)
class DraftRequest:
    """What is asked for: people, and a play, a draft type, a message or a segment that names the text.

    `rule` says in words who was chosen; `releases` is what may be told, and `offers` what may be offered (see
    `recipients`). Without `language` the draft is in the language most of the remaining people read, without `channel`
    by email, or by what the text is written for.
    """

    people: Callable[[str, tuple[str, ...]], Recipients]
    """Those who were chosen, as they can be reached on a channel, with the facts of these columns."""
    releases: pd.DataFrame
    offers: pd.DataFrame
    rule: Note
    as_of: date
    definitions: Definitions
    brand: Brand
    play: str | None = None
    type: str | None = None
    segment: str | None = None
    language: str | None = None
    channel: str | None = None
    sent: Callable[[str], Sent] = lambda _: Sent()
    """Message → to whom it went before."""
    send_at: datetime | None = None
    """When it is to go out, as naive UTC, where somebody has fixed that."""
    ask: Ask | None = None
    """A language model that words the text anew, where there is one."""
    tone: str = ""
    """How the model is to sound."""
    names: tuple[str, ...] = ()
    """What features, plans and items of the data are called: none is named by a model."""


@dataclass(frozen=True)
class Pick:
    """One text for the people, and how they fare under its rules."""

    play: Play
    message: Message
    channel: str
    offer: Offer | None
    aim: Aim
    recipients: Recipients
    screened: Screened


@dataclass(frozen=True)
class Prepared:
    """A draft with what it was made of: its people one by one, each with the first reason that holds them back, and
    the approved offer that it states."""

    draft: Draft
    screened: Screened
    offer: Offer | None


def prepare(request: DraftRequest, plays: Sequence[Play], messages: Sequence[Message], policy: Policy) -> Prepared:
    """The draft with its audience, checks and test plan; its state says whether it may be sent.

    Raises BadQuestion: `nobody_chosen`, `unknown_play`, `no_text_for` (type, segment or play without
    a message), `no_text_in_language`, `no_such_channel`, `no_text_by_channel`.
    """
    pick = _pick(request, plays, messages, policy)
    language = _language(request, pick)
    left = pick.screened.remaining(language)
    step("step_check", len(left))
    plan = testplan.plan(len(left), pick.aim.kind.base_rate)

    look = _Look(request, pick, language, left, plan, policy, messages, plays)
    text = pick.message.texts[language, pick.channel]
    writing: tuple[Note, ...] = ()
    filled, checks = look.at(text)
    if request.ask is not None and text.writer == "template" and state_of(checks) != "blocked":
        brief = Brief.of(pick.message, text, language, pick.channel, pick.play, request.brand, policy, request.tone)
        tolerated = {one.id for one in checks if not one.passed}
        text, writing = rewritten(brief, text, policy, request.ask, tolerated, lambda one: look.at(one)[1])
        filled, checks = look.at(text)
    elif text.writer != "template":
        writing = (Note(f"writer_{text.writer}"),)
    used = text.tags
    draft = Draft(
        id=_id(pick, text, language, request, left),
        message=pick.message.id,
        type=pick.message.type,
        play=pick.play.id,
        stage=pick.message.stage,
        language=language,
        channel=pick.channel,
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
        variants=text.variants,
        element=text.element,
        facts={name: field.source for name, field in FIELDS.items() if name in used},
        previews=tuple((one.profile, as_read(one.variant)) for one in filled if one.variant.name == "A"),
        checks=checks,
        test_plan=_test_note(plan, pick),
        citations=(pick.play.cite("steps", language),),
        state=state_of(checks),
        brief=_brief(pick),
        writer=text.writer,
        writing=writing,
    )
    return Prepared(draft, pick.screened, pick.offer)


@dataclass(frozen=True)
class _Look:
    """How a text reads for the people of a draft, and what the checks say of both."""

    request: DraftRequest
    pick: Pick
    language: str
    left: pd.DataFrame
    plan: testplan.Plan
    policy: Policy
    messages: Sequence[Message]
    plays: Sequence[Play]

    def at(self, text: Text) -> tuple[tuple[Preview, ...], tuple[Check, ...]]:
        """The previews of a text, and all verdicts."""
        pick, request, language, left = self.pick, self.request, self.language, self.left
        telling = Telling.of(self.policy.words[language], request.as_of, request.brand)
        personal = sorted(name for name in text.tags if name in FIELDS and FIELDS[name].kind == "person")
        strange = unnamed(left, text.tags, telling) if language != request.definitions.language else ()
        if pick.offer is not None and "offer" in text.tags and language != request.definitions.language:
            strange += () if pick.offer.terms in telling.names else (pick.offer.terms,)
        found = Found(
            pick.recipients, pick.screened, pick.aim.kind, language, len(left), self.plan,
            coverage(left, personal, telling) if len(left) else {}, strange, pick.message.offer, pick.offer,
        )  # fmt: skip
        alone = len(pick.screened.people) == 1
        filled = previews(text.variants, left, telling, request.brand, self.policy, pick.offer, alone=alone)
        copy = Copy(
            pick.message.type, pick.message.stage, text.element, language, text.variants, filled, request.brand,
            self.policy, pick.channel, self._bounds(text) if text.writer == "model" else None,
        )  # fmt: skip
        reduced = reductions(pick.offer, set(left.country.dropna()), self.policy)
        return filled, (*check_audience(found), *reduced, *guardrails.check(copy))

    def _bounds(self, text: Text) -> Bounds:
        """What a model's text may say: nobody's name is among it, and nothing's that it was not told."""
        called = [one for names in self.request.brand.names.values() for pair in names.items() for one in pair]
        called += [name for name in self.request.releases.name if isinstance(name, str)]
        named = (name for name in called if " " in name or not name.islower())  # a topic is called in one small word
        unsaid = dict.fromkeys((*self.request.names, *named, *self.pick.recipients.people.company.dropna()))
        return Bounds.of(text, self.policy.words[self.language], self.request.brand, self.messages, self.plays, unsaid)


def _pick(request: DraftRequest, plays: Sequence[Play], messages: Sequence[Message], policy: Policy) -> Pick:
    """The first text, in the order of `_candidates`, that somebody may get; else the first whose stage somebody stands
    in; else the first."""
    first: Pick | None = None
    for play, message, channel in _candidates(request, plays, messages, policy):
        pick = fitted(request, play, message, channel, policy)
        if pick.screened.languages:
            return pick
        if first is None or (pick.screened.in_stage and not first.screened.in_stage):
            first = pick
    if first is None and request.channel and request.segment:
        naming = {play.id for play in plays if request.segment in play.segments}
        near = {channel for one in messages if one.play in naming for channel in one.channels}
        values = {"segment": request.segment, "channel": request.channel, "dimension": "message_channel"}
        raise BadQuestion("no_text_by_channel", **values, near=tuple(sorted(near)))
    if first is None:
        asked = request.play or request.type or request.segment or ""
        raise BadQuestion("no_text_for", asked=asked, near=tuple(sorted({one.type for one in messages})))
    return first


def fitted(request: DraftRequest, play: Play, message: Message, channel: str, policy: Policy) -> Pick:
    """How the people fare under the rules of one text on one channel. Raises BadQuestion (`nobody_chosen`)."""
    facts, needs = facts_of(message, channel, request.language)
    public = bool(policy.channels[channel].get("public"))
    recipients = request.people(USUAL if public else channel, facts)
    if recipients.people.empty:
        raise BadQuestion("nobody_chosen")
    countries = list(recipients.people.country.dropna())
    offer = offers.chosen(request.offers, message.offer, countries, request.as_of) if message.offer else None
    aim = Aim(
        policy.kinds[message.type], message.stage, request.as_of, request.definitions, policy, request.releases,
        needs=needs, countries=offer.countries if offer else frozenset(), sent=request.sent(message.id),
        send_at=request.send_at, for_children=request.brand.for_children,
        competitors=frozenset(map(str.casefold, request.brand.competitors)),
    )  # fmt: skip
    step("step_screen", len(recipients.people))
    found = everybody(recipients, aim) if public else screen(recipients, aim, message.languages(channel))
    return Pick(play, message, channel, offer, aim, recipients, found)


def _candidates(
    request: DraftRequest, plays: Sequence[Play], messages: Sequence[Message], policy: Policy
) -> Iterator[tuple[Play, Message, str]]:
    """The texts that were asked for, in the order of `messages.toml`: for a segment those of the plays that name it;
    for people chosen otherwise, texts for the inactive and for those who leave come first, and none of service. A page
    or a post is written where it is asked for: it writes to nobody."""
    known = {play.id: play for play in plays}
    if request.play is not None and request.play not in known:
        raise BadQuestion("unknown_play", name=request.play, near=tuple(sorted(known)))
    if request.channel is not None and request.channel not in policy.forms:
        raise BadQuestion("no_such_channel", channel=request.channel, near=tuple(policy.forms))
    wanted = [one for one in messages if request.type in (None, one.type, one.id)]
    wanted = [one for one in wanted if request.play in (None, one.play)]
    written = [one for one in wanted if request.channel is None or request.channel in one.channels]
    if wanted and not written:
        near = tuple(dict.fromkeys(channel for one in wanted for channel in one.channels))
        raise BadQuestion("no_such_channel", channel=str(request.channel), near=near)
    named = request.segment if request.play is request.type is None else None
    free = named is request.play is request.type is None
    found = []
    for place, one in enumerate(written):
        play, rules = known[one.play], policy.kinds[one.type]
        if (named is None or named in play.segments) and not (free and rules.service):
            found.append((named is None and not (rules.inactive or rules.farewell), place, play, one))
    for *_, play, one in sorted(found, key=lambda row: row[:2]):
        channel = request.channel or (USUAL if USUAL in one.channels else one.channels[0])
        if request.type or request.channel or not policy.channels[channel].get("public"):
            yield play, one, channel


def facts_of(message: Message, channel: str, language: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that the text tells, and those of them without whose values a person cannot be written to."""
    text = message.texts.get((language or ORIGINAL, channel), message.texts[ORIGINAL, channel])
    told = text.tags & PERSONAL
    needed = {column_of(name) for name in told if FIELDS[name].kind == "needed"}
    return tuple(sorted(map(column_of, told))), tuple(sorted(needed))


def _language(request: DraftRequest, pick: Pick) -> str:
    """The language asked for; else the one most remaining people read; else the usual one of those chosen."""
    written = pick.message.languages(pick.channel)
    if request.language is not None:
        if request.language not in written:
            raise BadQuestion("no_text_in_language", language=request.language, near=written)
        return request.language
    spoken = pick.screened.people.language.value_counts()
    return next((str(code) for code in (*pick.screened.languages, *spoken.index) if code in written), ORIGINAL)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _test_note(plan: testplan.Plan, pick: Pick) -> Note:
    values = {
        "held_out": plan.held_out, "treated": plan.treated, "base_rate": plan.base_rate,
        "effect": plan.detectable, "unit": "share", "metric": pick.aim.kind.metric,
        "days": pick.aim.kind.days,
    }  # fmt: skip
    if pick.aim.kind.farewell:
        return Note("plan_owed", values)
    if pick.channel not in CHANNELS:
        return Note("plan_public", values)
    if plan.detectable is None:
        return Note("plan_single", values)
    return Note("plan_holdout" if plan.worth_it else "plan_too_small", values)


def _brief(pick: Pick) -> tuple[Note, ...]:
    kind = pick.aim.kind
    return (
        Note(f"stg_{pick.message.stage.lower().removeprefix('stg-')}"),
        Note(f"by_{pick.channel}"),
        Note("brief_success", {"metric": kind.metric, "days": kind.days}),
        Note("brief_when"),
        Note("brief_exit"),
    )


def _id(pick: Pick, text: Text, language: str, request: DraftRequest, left: pd.DataFrame) -> str:
    """The same for the same text, people and day."""
    own = [] if text.writer == "template" else [part for one in text.variants for part in one.parts.values()]
    day = request.as_of.isoformat()
    data = [request.definitions.data] if request.definitions.data else []  # another one's people may have the same ids
    made_of = "\n".join((*data, pick.message.id, pick.channel, language, day, *own, *sorted(left.user_id)))
    return "d-" + hashlib.sha256(made_of.encode()).hexdigest()[:10]
