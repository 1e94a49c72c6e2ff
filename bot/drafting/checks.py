"""The checks on an audience and its plan, beside those on the text (see `guardrails`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.analysis.recipients import Recipients
from bot.drafting.audience import Screened
from bot.drafting.offers import Offer
from bot.drafting.policy import Kind
from bot.drafting.testplan import Plan
from bot.types import Check, Note

ENOUGH = 0.8
"""Below this share of people with a value, a tag mostly shows its fallback."""

REASON_OF = {"SUP-08": "FRQ-01", "SUP-10": "FRQ-12"}
"""Rules that are told under the id of the one that sets their numbers."""


@dataclass(frozen=True)
class Found:
    """What is known of a draft's audience once it is screened."""

    recipients: Recipients
    screened: Screened
    kind: Kind
    language: str
    after: int
    plan: Plan
    coverage: Mapping[str, float]
    """Merge tag → share of the remaining people with a value."""
    strange: tuple[str, ...]
    """Names and terms of the data, in the company's language, that the text states in another."""
    offers: str | None
    """The kind of offer that the text states."""
    offer: Offer | None
    """The approved offer of that kind, if there is one."""


def check_audience(found: Found) -> tuple[Check, ...]:
    """All verdicts on who gets the draft, and on what the sending can show."""
    return (*_somebody(found), *_screens(found), *_mixture(found), *_plan(found))


def state_of(checks: Iterable[Check]) -> Literal["ready", "held", "blocked"]:
    """What the verdicts come to: a block stops a draft, a hold needs a person's name."""
    failed = {check.severity for check in checks if not check.passed}
    return "blocked" if "BLOCK" in failed else "held" if "HOLD" in failed else "ready"


def _somebody(found: Found) -> Iterator[Check]:
    values = {"before": len(found.screened.people), "after": found.after}
    key = "out_01" if found.after else "out_01_failed"
    yield Check("OUT-01", "BLOCK", found.after > 0, Note(key, values))


def _screens(found: Found) -> Iterator[Check]:
    """Every rule about such a draft that takes people out, with how many; one that no data can answer is held."""
    unchecked = {REASON_OF.get(rule, rule) for rule in found.recipients.unchecked}
    counts = found.screened.counts
    for rule in found.screened.tried:
        if rule in found.recipients.unasked:
            continue
        if rule in unchecked:
            yield Check(rule, "HOLD", passed=False, reason=Note(f"unchecked_{_key(rule)}"))
        else:
            yield Check(rule, "BLOCK", passed=True, reason=Note(_key(rule), {"n": counts.get(rule, 0)}))
    if found.screened.late:
        reason = Note("frq_12_held", {"n": found.screened.late})
        yield Check("FRQ-12", "HOLD", passed=False, reason=reason)


def _mixture(found: Found) -> Iterator[Check]:
    if found.screened.tried:
        yield from _kinds_of_people(found)
    yield from _offer(found)
    if found.kind.personal:
        yield Check("CON-16", "HOLD", passed=False, reason=Note("con_16_failed"))


def _kinds_of_people(found: Found) -> Iterator[Check]:
    mixed = found.screened.mixed
    yield Check("SUP-21", "BLOCK", not mixed, Note("sup_21_failed" if mixed else "sup_21"))
    everybody = found.recipients.base > 1 and found.screened.people.account_id.nunique() >= found.recipients.base
    yield Check("SUP-22", "BLOCK", not everybody, Note("sup_22_failed" if everybody else "sup_22"))


def _offer(found: Found) -> Iterator[Check]:
    """An offer is one of the catalogue; whether these people may have it is for a person to say."""
    if found.offers is not None and found.offer is None:
        yield Check("OFF-02", "BLOCK", passed=False, reason=Note("off_02_none", {"kind": found.offers}))
    elif found.offer is not None:
        reason = Note("off_02_eligible", {"id": found.offer.id, "rule": found.offer.eligible})
        yield Check("OFF-02", "HOLD", passed=False, reason=reason)


def _plan(found: Found) -> Iterator[Check]:
    if found.strange:
        yield Check("LOC-02", "HOLD", passed=False, reason=Note("loc_02_names", {"names": found.strange}))
    rare = {name: share for name, share in found.coverage.items() if share < ENOUGH}
    if rare:
        worst = min(rare, key=lambda name: rare[name])
        reason = Note("tag_07_failed", {"tags": tuple(f"{{{name}}}" for name in sorted(rare)), "share": rare[worst]})
        yield Check("TAG-07", "WARN", passed=False, reason=reason)
    else:
        yield Check("TAG-07", "WARN", passed=True, reason=Note("tag_07"))
    if found.screened.tried and found.after > 1 and not found.kind.farewell:
        worth = found.plan.worth_it
        yield Check("EXP-03", "WARN", worth, Note("exp_03" if worth else "exp_03_failed"))


def _key(rule: str) -> str:
    return rule.lower().replace("-", "_")
