"""What each play came to in this company: its finished tests, read under the asker's rights, and said beside advice.

A test of the company's own tables belongs to the play that names the type of its campaign; one approved here to the
play of its draft. Only what was drawn fairly, with everybody's days over, is part of a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.analysis.experiment import all_days, assigned, by_campaign, is_over, pooled, types_of
from bot.analysis.frozen import with_arms
from bot.analysis.measure import Analyst, measure
from bot.engines.answers.part import Desk, Finished, Part
from bot.engines.answers.shapes import label_of
from bot.errors import NotAllowed
from bot.metrics import catalogue
from bot.playbook import Play, Record
from bot.playbook.plays import type_of
from bot.types import Evidence, Intent, Query, filters

DAYS = 90
"""The horizon at which a play is judged, by the share of customers kept."""
MOST_MARKETS = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """One finished test of a play: its difference against those held out, and its interval."""

    day: date
    """The first day of the test."""
    gain: float
    low: float
    high: float
    markets: tuple[str, ...] = ()
    """The countries of those in it, the largest first."""


@dataclass(frozen=True)
class Told:
    """The record of a play, and a measurement that it rests on; both None where the asker may not see its tests."""

    record: Record | None = None
    evidence: Evidence | None = None


def records(desk: Desk, plays: Iterable[Play]) -> dict[str, Record]:
    """Play → its record, for those of `plays` with a finished test that the asker may see."""
    return {
        play.id: told.record for play in plays if (told := _told(desk, play)) is not None and told.record is not None
    }


def tell(desk: Desk, part: Part, play: Play, *, planned: bool = False) -> None:
    """Says what a play came to here; of one never tested, that a draft of it comes with a plan for a test, or, where
    the draft stands beside it (`planned`), that the plan is there."""
    told = _told(desk, play)
    if told is None:
        if play.draft_types:
            part.say("play_untested_planned" if planned else "play_untested")
        return
    record = told.record
    if record is None or told.evidence is None:
        return
    row = {"play": play.id, "value": record.gain, "n": record.times, "interval": (record.low, record.high)}
    evidence = replace(told.evidence, id=desk.next_id(), columns=tuple(row), rows=(row,))
    part.evidence.append(evidence)
    where = [label_of(desk, "country", one) for one in record.markets[:MOST_MARKETS]]
    key = "play_record" if record.times > 1 else "play_record_once"
    part.say(
        key if where else f"{key}_anywhere", evidence, times=record.times, markets=where, month=record.last,
        gain=record.gain, low=record.low, high=record.high,
    )  # fmt: skip


def _told(desk: Desk, play: Play) -> Told | None:
    """What is told of a play; kept while the data and the asker's rights are the same."""
    analyst, ours = desk.analyst, [one for one in desk.finished() if one.play == play.id]
    seen = frozenset(analyst.rights.dimensions) if analyst.rights.dimensions is not None else None
    key = analyst.key("track record", play.id, tuple(one.campaign for one in ours), seen)
    try:
        return analyst.kept.get(key, lambda: _read(analyst, play, ours))
    except NotAllowed:
        return Told()


def recorded(trials: Sequence[Trial]) -> Record | None:
    """The record of finished tests; None where none has an interval of some width."""
    known = [one for one in trials if one.high > one.low]
    if not known:
        return None
    markets = tuple(dict.fromkeys(market for one in known for market in one.markets))
    found = pooled([{"value": one.gain, "interval": (one.low, one.high)} for one in known])
    low, high = found["interval"]
    return Record(len(known), found["value"], low, high, max(one.day for one in known), markets)


def _read(analyst: Analyst, play: Play, ours: Sequence[Finished]) -> Told | None:
    mine = {one.campaign for one in ours}
    found = list(_trials(analyst, sorted(_campaigns(analyst, play) - mine), DAYS))
    for one in ours:
        found += _trials(with_arms(analyst, one.frozen()), [one.campaign], one.days)
    record = recorded([trial for trial, _ in found])
    return Told(record, found[0][1]) if record else None


def _campaigns(analyst: Analyst, play: Play) -> set[str]:
    """The campaigns of the company's tables that ran this play, by their type."""
    return {name for name, kind in types_of(analyst).items() if type_of(kind) in play.campaign_types}


def _trials(analyst: Analyst, campaigns: Sequence[str], days: int) -> Iterator[tuple[Trial, Evidence]]:
    """(result, measurement) of those that were drawn fairly and are over.

    Raises NotAllowed where the asker may not see them.
    """
    if not campaigns or analyst.missing(catalogue()["uplift"]):
        return
    query = Query(
        Intent.VALUE, "uplift", all_days(analyst), variant=(("horizon_days", str(days)), ("outcome", "retained")),
        filters=filters({"campaign": list(campaigns)}),
    )  # fmt: skip
    evidence = measure(analyst, query, id="track", role="companion")
    arms = by_campaign(assigned(analyst, evidence.query, "track").rows)
    markets = _markets(analyst, query)
    for row in evidence.rows:
        held, treated = arms.get(str(row["campaign"]), ([], []))
        if row.get("interval") and held and treated and is_over([*held, *treated]):
            day = min(one["first_day"] for one in (*held, *treated))
            low, high = row["interval"]
            trial = Trial(day, row["value"], low, high, tuple(markets[row["campaign"]]))
            yield trial, evidence


def _markets(analyst: Analyst, query: Query) -> dict[str, list[str]]:
    """Campaign → the countries of those in it, the largest first; none where the asker may not see countries."""
    found: dict[str, list[str]] = defaultdict(list)
    try:
        rows = measure(analyst, replace(query, by=("country",)), id="track").rows
    except NotAllowed:
        return found
    for row in sorted(rows, key=lambda one: -(one["n"] or 0)):
        if row["n"] and row["country"] not in (None, "unknown", "other"):
            found[row["campaign"]].append(str(row["country"]))
    return found
