"""A draft as it is shown: who gets it and who is held back, its text, what the checks say, and what it can teach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.engines.answers import risk
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.track import tell
from bot.language import Language
from bot.types import Check, Draft, Note, Query, Variant


def draft(desk: Desk, query: Query) -> Part:
    """Drafts for the people a query names, with who is held back, which checks passed, and why."""
    part = Part()
    if query.metric == risk.METRIC:  # everybody has a risk: a draft is for those whom a rule calls at risk
        query = replace(query, metric=None, window=None, variant=(), subject="at_risk")
        part.say("risk_draft")
    part.queries.append(query)
    one = desk.write(query)
    part.drafts.append(one)
    part.citations.extend(one.citations)
    show(desk, part, one)
    part.say("draft_not_sent")
    return part


def show(desk: Desk, part: Part, one: Draft) -> None:
    """Says who gets a draft, its text, and what the checks say."""
    _people(desk, part, one)
    _texts(desk, part, one)
    _verdict(desk, part, one)


def _people(desk: Desk, part: Part, one: Draft) -> None:
    language = desk.language
    title = desk.playbook().plays[one.play].text(language.code).title
    channel = language.value_name("message_channel", one.channel)
    part.say("draft_header", title=title, language=one.language, channel=channel)
    tell(desk, part, desk.playbook().plays[one.play], planned=True)
    part.say("draft_audience", before=one.audience.before, after=one.audience.after)
    if one.audience.suppressed:
        part.say("draft_held_back", reasons=held_back(language, one.audience.suppressed))
    if one.audience.elsewhere:
        others = [language.say("draft_elsewhere_one", language=code, n=n) for code, n in one.audience.elsewhere.items()]
        part.say("draft_elsewhere", languages=others)


def _texts(desk: Desk, part: Part, one: Draft) -> None:
    """The first variant whole; of the others what differs, for the rest is read already."""
    first, *others = one.variants
    heads = [text for name, text in first.parts.items() if name != "body" and text]
    part.say("draft_variant", name=first.name, heads="\n".join(heads), body=first["body"])
    element = desk.language.value_name("draft_part", one.element)
    for other in others:
        part.say("draft_variant_other", name=other.name, part=element, text="\n".join(differing(first, other)))
    for note in one.writing:
        part.say(note.key, **note.values)


def differing(first: Variant, other: Variant) -> Iterator[str]:
    """The parts, and of the body the paragraphs, in which a variant differs from the first."""
    for part, text in other.parts.items():
        if text != first[part]:
            before = first[part].split("\n\n") if part == "body" else ()
            yield from (one for one in text.split("\n\n") if one not in before)


def _verdict(desk: Desk, part: Part, one: Draft) -> None:
    language = desk.language
    failed = [check for check in one.checks if not check.passed]
    part.say(f"draft_state_{one.state}")
    part.say("draft_checks", passed=len(one.checks) - len(failed), failed=len(failed))
    for note in (failed_note(language, check) for check in failed):
        part.say(note.key, **note.values)
    part.say("draft_test_plan", plan=language.say(one.test_plan.key, **one.test_plan.values))


# ------------------------------------------------------------ said of a draft elsewhere too


def why(language: Language, rule: str) -> str:
    """What holds a person back, by the id of its rule."""
    return language.say(f"why_{rule.lower().replace('-', '_')}")


def held_back(language: Language, counts: Mapping[str, int]) -> list[str]:
    """How many people each rule holds back, in words."""
    return [language.say("held_back_reason", n=n, reason=why(language, rule)) for rule, n in counts.items()]


def failed_note(language: Language, check: Check) -> Note:
    """One check that did not pass, with its reason."""
    reason = language.say(check.reason.key, **check.reason.values)
    return Note("draft_check_failed", {"id": check.id, "severity": check.severity, "reason": reason})
