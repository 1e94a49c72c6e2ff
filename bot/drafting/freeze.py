"""What an approval freezes: who is in which arm, what they are told, and by what plan the result is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.analysis.sample_size import ALPHA, POWER, weeks
from bot.drafting.arms import Draw, draw
from bot.types import Assigned, Campaign, Draft

STOPS = {"complaint_rate": 0.003, "unsubscribe_times": 2.0, "unsubscribe_p": 0.01}
"""At these a campaign is stopped at once: complaints, and unsubscribes against those of the people held out."""


@dataclass(frozen=True, slots=True)
class Approval:
    """By whom, when, and by which rules a draft was approved."""

    by: str
    at: datetime
    as_of: date
    """The day of the data, from which the test runs."""
    confirmed: tuple[str, ...]
    """The checks that were held and that this person took on."""
    rules: str
    """The version of `knowledge/policy/`."""


def frozen(
    draft: Draft,
    people: Sequence[Mapping[str, Any]],
    approval: Approval,
    company: str,
    unit: Literal["user", "account"],
    more: Mapping[str, Any],
    of_all: Draw | None = None,
) -> tuple[Campaign, list[Assigned]]:
    """The campaign of a draft and its people, each in an arm.

    `people` have account_id, user_id, country and language; `more` is what the export repeats of how they were chosen;
    `of_all` is the draw of a whole campaign, where the draft is one of its messages.
    """
    id = f"{draft.type.lower()}-{draft.language}-{approval.as_of.isoformat()}-{draft.id[-6:]}"
    planned = dict(draft.test_plan.values)
    held = int(planned.get("held_out") or 0) if tested(draft) else 0
    names = tuple(one.name for one in draft.variants)
    units = [str(one[f"{unit}_id"]) for one in people]
    made = of_all or draw(units, id, held, names)
    assigned = [
        Assigned(
            str(one["user_id"]), str(one["account_id"]), made.arm(key), made.variant(key), one["country"] or "",
            one["language"] or "",
        )
        for key, one in zip(units, people, strict=True)
    ]  # fmt: skip
    days = int(planned.get("days") or 0)
    ends = approval.as_of + timedelta(weeks=weeks(days))
    counts = {arm: sum(one.arm == arm for one in assigned) for arm in ("holdout", "treatment")}
    document = {
        **more,
        "draft": draft.id,
        "play": draft.play,
        "message": draft.message,
        "type": draft.type,
        "stage": draft.stage,
        "channel": draft.channel,
        "language": draft.language,
        "element": draft.element,
        "salt": made.salt,
        "cut": made.cut,
        "unit": unit,
        "arms": counts,
        "texts": {name: sum(one.variant == name for one in assigned) for name in names},
        "before": draft.audience.before,
        "suppressed": dict(draft.audience.suppressed),
        "elsewhere": dict(draft.audience.elsewhere),
        "metric": draft.metric,
        "window_days": days,
        "base_rate": planned.get("base_rate"),
        "detectable": planned.get("effect"),
        "plan": draft.test_plan.key,
        "alpha": ALPHA,
        "power": POWER,
        "starts_on": approval.as_of.isoformat(),
        "stop": dict(STOPS),
        "confirmed": list(approval.confirmed),
        "rules": approval.rules,
    }
    return Campaign(id, draft.id, company, document, approval.by, approval.at, ends), assigned


def tested(draft: Draft) -> bool:
    """Whether a test is planned: not where everybody is owed the message, nor for one person."""
    return draft.test_plan.key in ("plan_holdout", "plan_too_small")


def draw_of(document: Mapping[str, Any]) -> Draw:
    """The draw of a frozen campaign."""
    return Draw(document["salt"], document["cut"], tuple(document["texts"]))
