"""The eight steps of a campaign, walked with a person: what each shows of the data, proposes, and takes as an answer.

    1 objective   2 journey   3 segment   4 tool   5 messages   6 flow   7 test   8 watching

What a step shows is measured when it is shown; only the answers are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from bot.analysis.measure import Analyst, measure
from bot.analysis.sample_size import needed
from bot.drafting.agreement import agreement
from bot.drafting.esp import load as tools
from bot.drafting.esp import tool_named
from bot.drafting.pack import Pack
from bot.drafting.programmes import Programme
from bot.engines.answers import flow
from bot.engines.answers.decided import Decided
from bot.engines.answers.drafted import failed_note
from bot.engines.answers.packed import packed
from bot.errors import BadData, BadQuestion
from bot.language import Language
from bot.metrics.segments import SEGMENTS
from bot.types import Intent, Note, Query

OPEN, DONE, DROPPED = "open", "accepted", "dropped"
"""The states of a campaign that is planned, as proposals have them."""
STEPS = ("objective", "journey", "segment", "tool", "messages", "flow", "test", "watch")
BETTER = 0.10
"""How much better than now a target is proposed, relative; an assumption, and said to be one."""
SHARES = (0.05, 0.5)
"""The least and the most that may be held out."""
USUAL_SHARE = 0.10


@dataclass(frozen=True)
class Walk:
    """A campaign under way: whose it is, what was answered, and the data of now."""

    name: str
    programme: Programme
    answers: Mapping[str, Any]
    decided: Decided
    analyst: Analyst
    today: date
    own: tuple[str, ...] = ()
    """Its campaigns, once it is approved."""

    @property
    def segment(self) -> str:
        return str(self.answers.get("segment") or self.programme.segments[0])

    @property
    def share(self) -> float:
        return float(self.answers.get("test") or USUAL_SHARE)

    @property
    def tool(self) -> str:
        return str(self.answers.get("tool") or "neutral")

    @property
    def start(self) -> date:
        kept = self.answers.get("flow")
        return date.fromisoformat(kept) if kept else self.today

    @cached_property
    def chosen(self) -> Programme:
        """The campaign without the steps that were left out."""
        return self.programme.without(self.answers.get("messages") or ())

    @cached_property
    def pack(self) -> Pack:
        """Its people and messages on the data of now. Raises as drafts do."""
        return packed(self.decided, self.analyst, self.chosen, self.segment, self.start, self.share, self.own)

    @cached_property
    def now(self) -> tuple[float, Any, str] | None:
        """(value of the goal's metric, its window, which way is good); None where the data cannot tell."""
        try:
            found = measure(self.analyst, Query(Intent.VALUE, metric=self.programme.goal))
        except (BadData, BadQuestion):
            return None
        value = found.rows[0].get("value") if found.rows else None
        return None if value is None else (float(value), found.query.window, found.good)

    @property
    def target(self) -> float | None:
        """The rate that is aimed at: the one answered, else a tenth better than now."""
        if self.answers.get("objective"):
            return float(self.answers["objective"])
        if self.now is None:
            return None
        value, _, good = self.now
        return value * (1 - BETTER) if good == "down" else min(1.0, value * (1 + BETTER))


# ------------------------------------------------------------ what each step shows


def objective(walk: Walk, language: Language) -> Iterator[Note]:
    """Where the goal stands, and what may be aimed at."""
    goal = walk.programme.goal
    if walk.now is None:
        yield Note("walk_goal_unknown", {"metric": goal})
    else:
        yield Note("walk_goal_now", {"metric": goal, "value": walk.now[0], "window": walk.now[1]})
    yield from _play(walk, language)
    if walk.target is not None:
        key = "walk_target_kept" if walk.answers.get("objective") else "walk_target"
        yield Note(key, {"metric": goal, "target": walk.target, "days": walk.programme.window})


def _play(walk: Walk, language: Language) -> Iterator[Note]:
    play = next((one for one in walk.decided.plays() if one.id == walk.programme.play), None)
    if play is not None:
        yield Note("walk_play", {"title": play.text(language.code).title})


def journey(walk: Walk, language: Language) -> Iterator[Note]:
    """How many stand at each stage, and where this campaign sets in."""
    try:
        rows = measure(walk.analyst, Query(Intent.BREAKDOWN, metric="journey")).rows
    except (BadData, BadQuestion):
        yield Note("walk_journey_unknown")
    else:
        stages = [
            language.say("flow_channel", channel=language.value_name("stage", row["stage"]), n=row["people"])
            for row in rows
        ]
        yield Note("walk_journey", {"stages": stages})
    yield Note("walk_sets_in", {"trigger": flow.trigger(language, walk.programme)})


def segment(walk: Walk, _: Language) -> Iterator[Note]:
    """How many are in the segment, how many of them may be written to, and who else it may be for."""
    made = walk.pack
    values = {"segment": walk.segment, "n": made.chosen, "reached": made.reached}
    yield Note("walk_segment", values)
    if others := [one for one in walk.programme.segments if one != walk.segment]:
        yield Note("walk_segments", {"segments": others})


def tool(walk: Walk, _: Language) -> Iterator[Note]:
    """The tools whose own merge tags are known."""
    yield Note("walk_tools", {"tools": [one.name for one in tools().values()]})
    yield Note("walk_tool", {"tool": tool_named(walk.tool).name})


def messages(walk: Walk, language: Language) -> Iterator[Note]:
    """Every message, and whether they agree."""
    yield Note("walk_messages", {"n": len(walk.pack.texts)})
    for one in walk.pack.steps:
        for (message, channel), drafts in _grouped(walk.pack, one.step.id).items():
            codes = [language.say("draft_elsewhere_one", language=d.language, n=d.audience.after) for d in drafts]
            values = {"step": flow.step_name(language, one.step.id), "message": message, "languages": codes,
                      "channel": language.value_name(flow.CHANNEL, channel)}  # fmt: skip
            worst = next((state for state in ("blocked", "held") if any(d.state == state for d in drafts)), "ready")
            yield Note(f"walk_message_{worst}", values)
        if not one.people:
            yield Note("walk_message_none", {"step": flow.step_name(language, one.step.id)})
    checks = agreement(walk.pack.texts, walk.pack.steps, walk.decided.brand)
    failed = [one for one in checks if not one.passed]
    yield Note("walk_agree", {"passed": len(checks) - len(failed), "failed": len(failed)})
    yield from (failed_note(language, one) for one in failed)
    if left_out := walk.answers.get("messages"):
        yield Note("walk_left_out", {"steps": [flow.step_name(language, one) for one in left_out]})


def _grouped(pack: Pack, step: str) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for one in pack.texts:
        if one.step == step:
            draft = one.prepared.draft
            found.setdefault((draft.message, draft.channel), []).append(draft)
    return found


def flowing(walk: Walk, language: Language) -> Iterator[Note]:
    """The flow, and the caps over all of it."""
    yield Note("walk_flow", {"diagram": flow.diagram(language, walk.pack)})
    yield Note("brief_exit")
    caps = walk.decided.handbook().policy.channels["frequency"]
    yield Note("walk_caps", {name: int(caps[name]) for name in ("day", "week", "month")})
    yield from (Note("walk_remark", {"text": one}) for one in flow.remarks(language, walk.pack))


def test(walk: Walk, _: Language) -> Iterator[Note]:
    """One holdout for the whole campaign, what it can show, and how many people the target would need."""
    plan = walk.pack.plan
    values = {
        "held_out": plan.held_out, "treated": plan.treated, "base_rate": plan.base_rate, "unit": "share",
        "effect": plan.detectable, "metric": walk.programme.goal, "days": walk.programme.window,
    }  # fmt: skip
    if plan.detectable is None:
        yield Note("plan_single", values)
    else:
        yield Note("plan_holdout" if plan.worth_it else "plan_too_small", values)
    yield Note("walk_one_holdout", {"share": walk.share})
    rise = plan.base_rate * (1 - BETTER if walk.now is not None and walk.now[2] == "down" else 1 + BETTER)
    many = needed(plan.base_rate, rise, walk.share).total
    yield Note("walk_needed", {"rate": plan.base_rate, "target": rise, "n": many})


def watch(walk: Walk, language: Language) -> Iterator[Note]:
    """What is watched, when it is read, and where the campaign is weakest."""
    day = walk.pack.last_day + timedelta(days=walk.programme.window)
    yield Note("walk_watch", {"metric": walk.programme.goal, "day": day, "guardrails": walk.programme.guardrails})
    thin = min(walk.pack.steps, key=lambda one: one.people)
    step = flow.step_name(language, thin.step.id)
    yield Note("walk_weakest", {"step": step, "n": thin.people, "all": walk.pack.reached})
    for id in walk.own:
        yield Note("walk_outcome", {"campaign": id})


SHOWN: Mapping[str, Callable[[Walk, Language], Iterator[Note]]] = dict(
    zip(STEPS, (objective, journey, segment, tool, messages, flowing, test, watch), strict=True)
)
"""Step → what it shows."""


# ------------------------------------------------------------ what each step takes


def answered(walk: Walk, step: str, text: str, language: Language) -> Any:
    """What an answer means, as it is kept; empty words take what was proposed. Raises BadQuestion."""
    words = text.strip()
    if not words or words.casefold() in language.say("walk_yes").casefold().split():
        return {"objective": walk.target, "segment": walk.segment, "tool": walk.tool,
                "messages": list(walk.answers.get("messages") or ()), "flow": walk.start.isoformat(),
                "test": walk.share}.get(step, True)  # fmt: skip
    taken = TAKEN.get(step)
    if taken is None:
        raise BadQuestion("walk_answer_yes", text=words)
    return taken(walk, words, language)


def _share(text: str) -> float | None:
    found = re.search(r"(\d+(?:[.,]\d+)?)", text)
    value = float(found[1].replace(",", ".")) / 100 if found else None
    return value if value is not None and 0 < value <= 1 else None


def _target(_: Walk, text: str, __: Language) -> float:
    share = _share(text)
    if share is None:
        raise BadQuestion("walk_answer_share", text=text)
    return share


def _segment(walk: Walk, text: str, language: Language) -> str:
    names = {one: {one, language.value_name("segment", one).casefold()} for one in SEGMENTS}
    wanted = text.casefold()
    found = next((one for one, known in names.items() if wanted in known), None)
    if found is None and walk.analyst.segment(text) is not None:
        found = text
    if found is None:
        raise BadQuestion("walk_answer_segment", text=text, segments=walk.programme.segments)
    return found


def _tool(_: Walk, text: str, __: Language) -> str:
    tool = tool_named(text)
    return next(id for id, one in tools().items() if one.name == tool.name)


def _left_out(walk: Walk, text: str, language: Language) -> list[str]:
    """The steps named in the answer, but never all of them."""
    wanted = text.casefold()
    names = {one.id: (one.id, flow.step_name(language, one.id).casefold()) for one in walk.programme.steps}
    found = [id for id, known in names.items() if any(re.search(rf"\b{re.escape(one)}\b", wanted) for one in known)]
    if not found or len(found) == len(names):
        raise BadQuestion("walk_answer_steps", text=text, steps=[one for _, one in names.values()])
    return found


def _start(walk: Walk, text: str, _: Language) -> str:
    found = re.search(r"\d{4}-\d{2}-\d{2}", text)
    try:
        day = date.fromisoformat(found[0]) if found else None
    except ValueError:
        day = None
    if day is None or day < walk.today:
        raise BadQuestion("walk_answer_day", text=text, day=walk.today)
    return day.isoformat()


def _held(_: Walk, text: str, __: Language) -> float:
    share, (least, most) = _share(text), SHARES
    if share is None or not least <= share <= most:
        raise BadQuestion("walk_answer_holdout", text=text, least=least, most=most)
    return share


TAKEN: Mapping[str, Callable[[Walk, str, Language], Any]] = {
    "objective": _target, "segment": _segment, "tool": _tool, "messages": _left_out, "flow": _start, "test": _held,
}  # fmt: skip
"""Step → what its answer means; the others are only agreed to."""
