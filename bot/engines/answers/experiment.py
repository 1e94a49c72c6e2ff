"""What a test showed, and what a campaign without one cannot show: no cause is told without people held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.analysis.chance import holm
from bot.analysis.experiment import UNFAIR, all_days, assigned, by_campaign, p_value, sized
from bot.analysis.measure import measure
from bot.analysis.sample_size import ALPHA, HOLDOUT, detectable, split
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of, scope
from bot.errors import ForPerson
from bot.metrics import catalogue
from bot.metrics.uplift import NO_HOLDOUT, NO_TEST
from bot.types import Evidence, Grain, Intent, Query, Unit, Window

MOST_TOLD = 3
"""Campaigns that are told one by one; a question about more gets a line each for the tests."""
MOST_SEGMENTS = 12
LIMITS: Mapping[str, tuple[float, float | None]] = {
    "unsubscribe_rate": (0.005, 0.01),
    "complaint_rate": (0.001, 0.003),
    "bounce_rate": (0.02, None),
}
"""Guardrail → (warning, stop). Complaints: Google's sender guidelines; the others are own limits."""
SAID_HERE = ("no_holdout", "no_test", "could_be_a_loss", "attributed_is_not_caused")
"""Caveats of the metrics that this answer says in sentences of its own."""


def read_out(desk: Desk, query: Query) -> Part:
    """The result of every test of the window: difference, people, fairness of the draw, harm, return.

    Without a window all tests of the data are read. A campaign that held nobody out gets its counts, and no cause.
    """
    if desk.analyst.missing(catalogue()["uplift"]):
        return _only_counts(desk, query)
    if query.window is None:
        query = replace(query, window=all_days(desk.analyst))
    elif query.window.grain is not Grain.RANGE:  # one reading, not one for each month
        query = replace(query, window=replace(query.window, grain=Grain.RANGE))
    evidence = measure(desk.analyst, query, id=desk.next_id())
    query = evidence.query
    part = Part(queries=[query])
    part.keep(evidence)
    if query.by:
        _by_segment(desk, part, evidence)
        return part
    part.caveats = [note for note in part.caveats if note.key not in SAID_HERE]
    arms = assigned(desk.analyst, query, desk.next_id())
    part.evidence.append(arms)
    judged: list[Mapping[str, Any]] = []
    tests = {name: both for name, both in by_campaign(arms.rows).items() if all(both)}
    for campaign, (held, treated) in tests.items():
        mine = [row for row in evidence.rows if row["campaign"] == campaign and row["value"] is not None]
        state = _state(held, treated)
        _result(desk, part, evidence, mine, state)
        _draw(part, arms, held, treated, evidence)
        judged += [row for row in mine if state is None and row.get("interval")]
    if not tests:
        part.say("test_none", evidence, window=query.window)
    scope(part, evidence)
    _together(desk, part, evidence, judged)
    if 0 < len(tests) <= MOST_TOLD:
        _beside(desk, part, query, list(tests))
    silent = sorted({str(row["campaign"]) for row in arms.rows} - set(tests))
    if silent and tests:
        part.say("campaign_no_control", arms, campaigns=silent)
    elif silent:
        _without_control(desk, part, query)
    return part


# ------------------------------------------------------------ one test


def _by_segment(desk: Desk, part: Part, evidence: Evidence) -> None:
    """Each segment of each test by its own people held out, the largest first, judged together."""
    query = evidence.query
    held = {str(row["campaign"]) for row in evidence.rows if row.get("held")}  # elsewhere, if not in each segment
    silent = sorted({str(row["campaign"]) for row in evidence.rows if row["verdict"] == NO_HOLDOUT} - held)
    part.caveats = [note for note in part.caveats if note.key not in SAID_HERE]
    rows = sorted((row for row in evidence.rows if row["value"] is not None), key=lambda row: -row["n"])
    if not rows:
        part.say("test_none", evidence, window=query.window)
    scope(part, evidence)
    for row in rows[:MOST_SEGMENTS]:
        labels = [label_of(desk, name, row[name]) for name in query.by if name != "campaign"]
        _line(desk, part, evidence, row, " · ".join((*labels, row["campaign"], row["arm"])), row["verdict"])
    if len(rows) > MOST_SEGMENTS:
        part.say("breakdown_more", evidence, n=len(rows) - MOST_SEGMENTS)
    _together(desk, part, evidence, [row for row in rows if row.get("interval")])
    if silent:
        part.say("campaign_no_control", evidence, campaigns=silent)


def _state(held: Sequence[Mapping[str, Any]], treated: Sequence[Mapping[str, Any]]) -> str | None:
    """Why a test must not be judged: an unfair draw, or people whose days are not over; None: it may be."""
    if held[0]["ratio_p"] < UNFAIR:
        return "unfair"
    return "not_yet" if any(row["n"] < row["value"] for row in (*held, *treated)) else None


def _result(desk: Desk, part: Part, evidence: Evidence, rows: Sequence[Mapping[str, Any]], state: str | None) -> None:
    """The difference of each arm of a test, and what it means for all treated, where it may be judged (`state`)."""
    kind = "share" if evidence.unit is Unit.SHARE else "money"
    shared = {"unit": evidence.unit.value, "currency": evidence.currency}
    for row in rows:
        label = row["campaign"] if len(rows) == 1 else f"{row['campaign']} · {row['arm']}"
        _line(desk, part, evidence, row, label, state or row["verdict"])
        if row.get("interval") and state is None:
            _beyond(part, evidence, row, kind, shared)


def _line(desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any], label: str, verdict: str) -> None:
    """Both rates with their counts, the difference with its interval, and the verdict."""
    say, variant = desk.language.say, dict(evidence.query.variant)
    outcome, days = variant.get("outcome", "retained"), int(variant.get("horizon_days", "90"))
    shared = {"unit": evidence.unit.value, "currency": evidence.currency}
    kind = "share" if evidence.unit is Unit.SHARE else "money"
    counts = {
        "part": row["treated"], "n": row["n"], "treated": row["treated_mean"], "held_part": row["held_part"],
        "held_n": row["held"], "held": row["held_mean"], "outcome": say(f"outcome_{outcome}", days=days),
    }  # fmt: skip
    rates, gap = say(f"test_rates_{kind}", **counts, **shared), say(f"test_gap_{kind}", value=row["value"], **shared)
    if bounds := row.get("interval"):
        gap = say(f"test_gap_{kind}_interval", value=row["value"], low=bounds[0], high=bounds[1], **shared)
    part.say("test_line", evidence, label=label, rates=rates, gap=gap, verdict=say(f"verdict_{verdict}"))


def _beyond(part: Part, evidence: Evidence, row: Mapping[str, Any], kind: str, shared: Mapping[str, Any]) -> None:
    """How much more than would have come anyway, in all and in relation."""
    values = {"value": row["incremental"], "low": row["incremental_low"], "high": row["incremental_high"]}
    if kind == "share":
        values = {name: round(value) for name, value in values.items()}
    part.say(f"test_incremental_{kind}", evidence, **values, **shared)
    if row["relative"] is not None:
        part.say(
            "test_relative", evidence, value=row["relative"], low=row["relative_low"], high=row["relative_high"]
        )  # fmt: skip


def _draw(
    part: Part,
    arms: Evidence,
    held: Sequence[Mapping[str, Any]],
    treated: Sequence[Mapping[str, Any]],
    evidence: Evidence,
) -> None:
    """Who was assigned, whether the draw fits a plan, and whether it is too early to read."""
    first, everybody = held[0], (*held, *treated)
    total, ripe = sum(row["value"] for row in everybody), sum(row["n"] for row in everybody)
    out = sum(row["value"] for row in held)
    part.say("test_arms", arms, label=first["campaign"], held=out, total=total, share=first["share"])
    if first["ratio_p"] < UNFAIR:
        part.say("test_unfair", arms, held=out, total=total, planned=first["planned_share"], seen=first["share"])
    if ripe < total:
        days = int(dict(evidence.query.variant).get("horizon_days", "90"))
        part.say("test_not_yet", arms, ripe=ripe, total=total, days=days, day=max(row["ripe_on"] for row in everybody))
    smallest = min(row["value"] for row in everybody)
    if first["planned"] and smallest < first["planned"]:
        part.say("test_short", arms, planned=first["planned"], n=smallest)


def _together(desk: Desk, part: Part, evidence: Evidence, rows: Sequence[Mapping[str, Any]]) -> None:
    """Several comparisons in one answer: one in twenty looks clear by chance."""
    if len(rows) < 2:
        return
    chances = holm([p_value(row["value"], *row["interval"]) for row in rows])
    by = [name for name in evidence.query.by if name != "campaign"]
    names = [
        " · ".join((*(label_of(desk, name, row[name]) for name in by), row["campaign"], row["arm"]))
        for row, p in zip(rows, chances, strict=True)
        if p <= ALPHA
    ]
    if names:
        part.say("test_several_clear", evidence, n=len(rows), names=names)
    else:
        part.say("test_several_none", evidence, n=len(rows))


# ------------------------------------------------------------ beside a test


def _beside(desk: Desk, part: Part, query: Query, tests: Sequence[str]) -> None:
    """Harm and return of the tested campaigns: guardrails of their messages, revenue, return on their cost."""
    assert query.window is not None
    named = tuple((name, values) for name, values in query.filters if name != "campaign")
    of_tests = tuple(sorted((*named, ("campaign", tuple(sorted(tests))))))
    since = replace(query.window, end=desk.analyst.as_of)
    facts: dict[str, list[str]] = {}
    found: list[Evidence] = []
    for name, limits in LIMITS.items():
        evidence = _of_campaigns(desk, name, since, of_tests)
        if evidence is None:
            continue
        found.append(evidence)
        for row in evidence.rows:
            if row["whole"]:
                facts.setdefault(row["campaign"], []).append(_guard(desk, name, row, limits))
    part.evidence.extend(found)
    for campaign, lines in facts.items():
        part.say("guard_line", *found, label=campaign, facts=" · ".join(lines))
    _returns(desk, part, query, of_tests)


def _guard(desk: Desk, name: str, row: Mapping[str, Any], limits: tuple[float, float | None]) -> str:
    warning, stop = limits
    values = {"metric": name, "value": row["value"], "part": row["part"], "whole": row["whole"]}
    if stop is not None and row["value"] >= stop:
        return desk.language.say("guard_stop", limit=stop, **values)
    if row["value"] >= warning:
        return desk.language.say("guard_warning", limit=warning, **values)
    return desk.language.say("guard_fine", **values)


def _returns(desk: Desk, part: Part, query: Query, of_tests: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """Revenue by those held out, and the return on the cost where it is known."""
    horizon = tuple(pair for pair in query.variant if pair[0] == "horizon_days")
    days = int(dict(horizon).get("horizon_days", "90"))
    revenue = _of_campaigns(desk, "revenue_per_recipient", query.window, of_tests, horizon)
    for row in revenue.rows if revenue else ():
        if revenue and row.get("interval"):
            part.evidence.append(revenue) if revenue not in part.evidence else None
            part.say(
                "test_revenue", revenue, label=row["campaign"], value=row["value"], low=row["interval"][0],
                high=row["interval"][1], total=row["incremental"], days=days, unit="money", currency=revenue.currency,
            )  # fmt: skip
    returned = _of_campaigns(desk, "retention_roi", query.window, of_tests, horizon)
    if returned and any(row["value"] is not None for row in returned.rows):
        part.keep(returned)
        part.caveats = [note for note in part.caveats if note.key not in SAID_HERE]
        for row in returned.rows:
            _return_line(desk, part, returned, row)


def _return_line(desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any]) -> None:
    """What came back for each unit of money spent, with its interval; "could be a loss" where that reaches zero."""
    values = {"label": row["campaign"], "value": row["value"]}
    if row["verdict"] in (NO_HOLDOUT, "no_cost") or row["value"] is None:
        key = "return_no_holdout" if row["verdict"] == NO_HOLDOUT else "return_unknown"
        part.say(key, evidence, label=row["campaign"])
        return
    money = {"gained": row["margin_gained"], "cost": row["cost"], "currency": desk.analyst.company.definitions.currency}
    if row.get("interval"):
        low, high = row["interval"]
        part.say(f"return_{row['verdict']}", evidence, low=low, high=high, **values, **money)
    else:
        part.say("return_too_few", evidence, **values, **money)


def returned(desk: Desk, query: Query) -> Part:
    """`retention_roi` and `cost_per_retained`, campaign by campaign; without people held out neither has a cause."""
    if query.window is None:
        query = replace(query, window=all_days(desk.analyst))
    elif query.window.grain is not Grain.RANGE:
        query = replace(query, window=replace(query.window, grain=Grain.RANGE))
    evidence = measure(desk.analyst, query, id=desk.next_id())
    part = Part(queries=[evidence.query])
    part.keep(evidence)
    part.caveats = [note for note in part.caveats if note.key not in ("no_holdout", "no_test", "could_be_a_loss")]
    told = [row for row in evidence.rows if row["verdict"] not in (NO_HOLDOUT, NO_TEST)]
    silent = sorted({str(row["campaign"]) for row in evidence.rows if row["verdict"] == NO_HOLDOUT})
    if told:
        part.say("return_header", evidence, metric=query.metric, window=evidence.query.window)
    else:
        part.say("test_none", evidence, window=evidence.query.window)
    scope(part, evidence)
    line = _return_line if query.metric == "retention_roi" else _cost_line
    for row in told:
        line(desk, part, evidence, row)
    if silent:
        part.say("campaign_no_control", evidence, campaigns=silent)
    return part


def _cost_line(_desk: Desk, part: Part, evidence: Evidence, row: Mapping[str, Any]) -> None:
    """What one customer cost who would have left; no bound where perhaps nobody was kept at all."""
    values = {"label": row["campaign"], "value": row["value"], "unit": "money", "currency": evidence.currency}
    if row["value"] is None:
        part.say("kept_no_cost" if row["verdict"] == "no_cost" else "kept_nobody", evidence, label=row["campaign"])
    elif row.get("interval"):
        low, high = row["interval"]
        part.say("kept_cost", evidence, low=low, high=high, **values)
    else:
        part.say("kept_without_bound", evidence, **values)


# ------------------------------------------------------------ no test at all


def _only_counts(desk: Desk, query: Query) -> Part:
    """A company that records neither tests nor people held out: counts, and what to do next time."""
    desk.analyst.metric("delivery_rate")  # raises what is missing
    query = replace(query, metric="delivery_rate", variant=())
    query = desk.analyst.settled(replace(query, window=query.window or all_days(desk.analyst)))
    part = Part(queries=[query])
    _without_control(desk, part, query)
    return part


def _without_control(desk: Desk, part: Part, query: Query) -> None:
    """What happened around the messages of campaigns that held nobody out, without a word of cause."""
    measures = ("delivery_rate", "click_rate", "conversion_rate")
    found = {name: _of_campaigns(desk, name, query.window, query.filters) for name in measures}
    kept = {name: one for name, one in found.items() if one is not None}
    part.evidence.extend(kept.values())
    rows = {name: {row["campaign"]: row for row in one.rows} for name, one in kept.items()}
    sent = sorted(rows.get("delivery_rate", {}).values(), key=lambda row: -row["whole"])
    for row in sent[:MOST_TOLD]:
        campaign = row["campaign"]
        clicked, reached = (rows.get(name, {}).get(campaign) for name in ("click_rate", "conversion_rate"))
        part.say(
            "campaign_counts", *kept.values(), label=campaign, sent=row["whole"], delivered=row["part"],
            clicked=clicked["part"] if clicked else 0,
        )  # fmt: skip
        if reached and reached["part"]:  # none at all may as well mean that no goal is recorded
            days = int(catalogue()["conversion_rate"].variants["horizon_days"][0])
            part.say(
                "campaign_converted", kept["conversion_rate"], part=reached["part"], whole=reached["whole"],
                value=reached["value"], days=days,
            )  # fmt: skip
    names = [row["campaign"] for row in sent]
    if not names:
        part.say("campaign_nothing_sent", window=query.window)
        return
    part.say("campaign_no_cause", *kept.values(), campaigns=names)
    if len(names) == 1 or "campaign" in dict(query.filters):
        _next_time(desk, part, query, sent[0]["part"], rows.get("conversion_rate", {}).get(names[0]))


def _next_time(desk: Desk, part: Part, query: Query, audience: int, reached: Mapping[str, Any] | None) -> None:
    """How the same audience would be split, and what the split could show."""
    base = reached["value"] if reached else None
    arms = split(audience)
    if not base or base >= 1 or not arms.treated or not arms.held:
        part.say("campaign_next_time_bare", share=HOLDOUT)
        return
    effect = detectable(base, arms.held, arms.treated)
    row = {
        "base": base, "target": None, "effect": effect, "share": HOLDOUT, "held": arms.held, "treated": arms.treated,
        "value": arms.total, "n": arms.total,
    }  # fmt: skip
    evidence = sized(desk.analyst, query, desk.next_id(), [row])
    part.evidence.append(evidence)
    part.say("campaign_next_time", evidence, held=arms.held, total=arms.total, base=base, effect=effect)


def _of_campaigns(
    desk: Desk,
    name: str,
    window: Window | None,
    passing: tuple[tuple[str, tuple[str, ...]], ...],
    variant: tuple[tuple[str, str], ...] = (),
) -> Evidence | None:
    """A measure by campaign beside the main one; None where the data or the rights do not allow it."""
    assert window is not None
    window = replace(window, grain=Grain.RANGE)
    by = () if "campaign" in catalogue()[name].keys else ("campaign",)
    asked = Query(Intent.VALUE, name, window, variant=variant, filters=passing, by=by)
    try:
        return measure(desk.analyst, asked, id=desk.next_id(), role="companion")
    except ForPerson:
        return None
