"""The three actions worth most this week: what the weekly ends with, each with the words that open its draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil, floor, log10
from typing import Any

from bot.analysis.account_value import Members, members, values
from bot.analysis.experiment import types_of
from bot.analysis.measure import Analyst
from bot.analysis.own_tests import Effect, Own, finished, moderated
from bot.analysis.recipients import SIGNS, Recipients, recipients, shipped
from bot.drafting.draft import USUAL
from bot.drafting.policy import Assumed
from bot.drafting.worth import FEWEST, Action, Room, actions, segments
from bot.engines.answers.decided import Decided
from bot.engines.answers.outcome import frozen_of, read_on
from bot.engines.answers.part import Desk, Part, Weighed
from bot.engines.understanding.offered import ACTIONS
from bot.errors import BadData
from bot.types import Campaign, Evidence, Intent, Query, Shape, Unit

COLUMNS = (
    "segment", "message", "message_channel", "n", "before", "elsewhere", "effect_low", "effect_mid", "effect_high",
    "a_customer", "cost", "value", "interval", "break_even", "tests",
)  # fmt: skip
OUTCOMES = {"retained": "subscriptions", "conversion": "orders"}
"""Outcome of a test → the table without which nothing has it."""


def told(desk: Desk, part: Part, most: int = 3) -> None:
    """Adds the actions to an answer, at most so many; nothing for those who may not draft."""
    if not desk.analyst.rights.drafts:
        return
    try:
        found = desk.weigh()
        found = replace(found, actions=found.actions[:most])
    except BadData:  # without users nobody can be written to
        return
    if not found.values:
        part.say("actions_no_value")
        return
    evidence = _evidence(desk, found)
    part.say("actions_header" if len(found.actions) > 1 else "actions_header_one" if found.actions else "actions_none")
    if not found.actions:
        return
    for one in (*found.values, *(replace(one, caveats=()) for one in found.evidence)):
        part.keep(replace(one, id=desk.next_id()))
    part.keep(evidence)
    follow_ups = []
    for number, (action, row) in enumerate(zip(found.actions, evidence.rows, strict=True), 1):
        _line(desk, part, evidence, number, action, row)
        values = {"message": action.message.id, "segment": action.segment, "language": action.language}
        follow_ups.append(desk.language.say("follow_action", **values))
        part.labels[follow_ups[-1]] = desk.language.say("follow_action_label", number=number, play=_play(desk, action))
    part.follow_ups = follow_ups
    part.say("actions_beside", evidence)


def _line(desk: Desk, part: Part, evidence: Evidence, number: int, action: Action, row: Mapping[str, Any]) -> None:
    low, high = row["interval"]
    part.say(
        "action_line", evidence, number=number, segment=action.segment, play=_play(desk, action), n=row["n"],
        before=row["before"], channel=desk.language.value_name("message_channel", USUAL), language=action.language,
    )  # fmt: skip
    tests = action.effect.campaigns
    source = desk.language.say(
        "action_tested" if tests else "action_assumed", tests=list(tests), effect=row["effect_mid"],
        low=row["effect_low"], high=row["effect_high"],
    )  # fmt: skip
    part.say(
        "action_worth_unsure" if low < 0 else "action_worth", evidence, value=row["value"], low=low, high=high,
        cost=row["cost"], even=row["break_even"], n=row["n"], currency=evidence.currency, source=source,
    )  # fmt: skip


def _play(desk: Desk, action: Action) -> str:
    """What the play of an action is called."""
    return desk.playbook().plays[action.message.play].text(desk.language.code).title


def _evidence(desk: Desk, found: Weighed) -> Evidence:
    analyst = desk.analyst
    return Evidence(
        id=desk.next_id(),
        query=Query(Intent.WEEKLY, "clv_predicted", subject=ACTIONS),
        role="driver",
        unit=Unit.MONEY,
        good="context",
        shape=Shape.VERDICT,
        version=1,
        columns=COLUMNS,
        rows=tuple(_row(one) for one in found.actions),
        as_of=analyst.as_of,
        currency=analyst.company.definitions.currency,
        rights=analyst.rights.row_filters,
        sql=found.sql,
    )


def _row(one: Action) -> dict[str, Any]:
    low, high = one.interval
    return {
        "segment": one.segment, "message": one.message.id, "message_channel": USUAL, "n": one.accounts,
        "before": one.before, "elsewhere": one.elsewhere, "effect_low": one.effect.low,
        "effect_mid": one.effect.value, "effect_high": one.effect.high, "a_customer": two_digits(one.a_customer),
        "cost": ceil(one.cost), "value": two_digits(one.worth(one.effect.value)),
        "interval": (two_digits(low), two_digits(high)), "break_even": one.break_even,
        "tests": ", ".join(one.effect.campaigns) or None,
    }  # fmt: skip


def two_digits(amount: float) -> float:
    """An amount as exactly as an estimate of effect allows: to two digits, whole from ten on."""
    if amount == 0:
        return 0.0
    return round(amount, min(1 - floor(log10(abs(amount))), 2))


def weighed(decided: Decided, analyst: Analyst) -> Weighed:
    """The actions worth most for the people whom an asker may see. Raises BadData where there are no people at all."""
    campaigns = decided.records().campaigns.all(analyst.company.definitions.company)
    state = tuple((one.id, one.exported_at) for one in campaigns)
    key = analyst.key("actions", state, decided.handbook().policy.version)
    return analyst.kept.get(key, partial(_weighed, decided, analyst, campaigns))


def _weighed(decided: Decided, analyst: Analyst, campaigns: Sequence[Campaign]) -> Weighed:
    company = analyst.company
    handbook, ours = decided.handbook(), decided.ours(analyst)
    worth = values(analyst)
    tests = _Tests(analyst, handbook.policy.effects, [_own(decided, one) for one in campaigns])
    room = Room(
        plays=decided.plays(), messages=handbook.messages, policy=handbook.policy, definitions=company.definitions,
        as_of=analyst.as_of, releases=shipped(company, analyst.as_of), effect=tests.effect, sent=ours.sent,
        for_children=decided.brand.for_children,
    )  # fmt: skip
    inside, sql = members(analyst, segments(room))

    def people(accounts: Sequence[str]) -> Recipients:
        found = ours.told(recipients(company, accounts, analyst.as_of, USUAL), analyst.as_of, company.definitions.zone)
        # Signs are those of the whole company: where only a part may be seen they are looked up anew.
        return found if analyst.rights.row_filters else replace(found, look=_looking_in(inside, found.look))

    found = actions(room, inside, worth, people, max(FEWEST, analyst.rights.smallest_cell))
    queries = ";\n\n".join(one for one in (sql, worth.sql) if one)
    return Weighed(found, tests.behind(found), worth.evidence, queries)


def _own(decided: Decided, one: Campaign) -> Own:
    """A campaign approved here, as a test of its objective."""
    kind = decided.handbook().policy.kinds[str(one.document["type"])]
    return Own(frozen_of(one, decided), kind.objective, read_on(one))


def _looking_in(inside: Members, look: Callable[[str], frozenset[str]]) -> Callable[[str], frozenset[str]]:
    """Sign → the accounts that show it, by the segments that were read already where they tell it."""

    def shown(sign: str) -> frozenset[str]:
        known = all(name in inside for name in SIGNS[sign])
        return frozenset().union(*(inside[name] for name in SIGNS[sign])) if known else look(sign)

    return shown


class _Tests:
    """Our own finished tests, those of an outcome measured when one of its objectives is asked for."""

    def __init__(self, analyst: Analyst, effects: Mapping[str, Assumed], own: Sequence[Own]) -> None:
        self._analyst, self._effects = analyst, effects
        self._types, self._own = types_of(analyst), own
        self._found: dict[str, tuple[list[Mapping[str, Any]], list[Evidence]]] = {}

    def effect(self, objective: str, assumed: Assumed) -> Effect:
        """What our tests of an objective found, moderated by what is assumed of it."""
        if assumed.outcome not in self._found:
            self._found[assumed.outcome] = self._measured(assumed.outcome)
        mine = {one.frozen.campaign for one in self._own if one.objective == objective}
        mine |= self._of(assumed)
        rows = [row for row in self._found[assumed.outcome][0] if row["campaign"] in mine]
        return moderated(Effect(assumed.mid, assumed.low, assumed.high), rows)

    def behind(self, found: Sequence[Action]) -> list[Evidence]:
        """What measured the tests of these actions."""
        used = {name for one in found for name in one.effect.campaigns}
        evidence = [one for _, measured in self._found.values() for one in measured]
        return [one for one in evidence if any(row["campaign"] in used for row in one.rows)]

    def _measured(self, outcome: str) -> tuple[list[Mapping[str, Any]], list[Evidence]]:
        alike = {name: one for name, one in self._effects.items() if one.outcome == outcome}
        named = sorted({campaign for one in alike.values() for campaign in self._of(one)})
        own = [one for one in self._own if one.objective in alike]
        if not (named or own) or not self._analyst.company.has(OUTCOMES[outcome]):
            return [], []
        return finished(self._analyst, outcome, named, own)

    def _of(self, assumed: Assumed) -> set[str]:
        """The campaigns of the data that tell such an effect; one approved here is told by its own message."""
        approved = {one.frozen.campaign for one in self._own}
        return {name for name, kind in self._types.items() if kind in assumed.campaigns} - approved
