"""What a campaign came to: a scorecard, from who was chosen to what it earned, and what to try next.

The result is told against the people held out, once the planned end is over, and not before: whoever looks early and
again finds differences that are not there. Without people held out there are counts, and no cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from bot.analysis.experiment import UNFAIR, all_days, assigned, by_campaign, p_value, pooled
from bot.analysis.frozen import Frozen, is_triggered, with_arms
from bot.analysis.measure import Analyst, measure
from bot.analysis.sample_size import ALPHA, HOLDOUT, needed, weeks
from bot.engines.answers.decided import Decided
from bot.engines.answers.drafted import held_back
from bot.engines.answers.experiment import LIMITS, read_out
from bot.engines.answers.part import Desk, Finished, Part
from bot.engines.answers.shapes import label_of
from bot.errors import BadQuestion, ForPerson, Unavailable
from bot.language import Language
from bot.metrics.experiments import OUTCOMES
from bot.metrics.uplift import HORIZONS
from bot.types import Answer, Campaign, Evidence, Grain, Intent, Outcome, Query, Question, Unit, filters

READ_AT = (30, 90, 180, 365)
"""Days after which a result is read again: what lasts."""
MOST_MARKETS = 6
MOST_FINISHED = 6
"""So many of our own campaigns are part of what plays came to: each is read by itself, and an answer waits for them."""
PUBLIC = "plan_public"
"""The plan of a text that anybody may see: nobody gets it, and nothing can be told of its effect."""
STRONG = 0.01
"""Below this probability by chance, in arms as large as planned, evidence is called strong."""


def read(decided: Decided, question: Question, id: str, outcome: str, language: Language) -> Answer:
    """The scorecard of a campaign, by its id or that of its draft, as an answer. Raises ForPerson."""
    kept = decided.records().campaigns.get(id)
    if kept is not None and kept.company != decided.company.definitions.company:
        kept = None  # another's, whose people are not in this data
    frozen = None
    if kept is not None:
        frozen = frozen_of(kept, decided)
    analyst = decided.analyst(question.rights, question.now)
    desk = decided.desk(analyst, language)
    part = scorecard(desk, kept.id if kept else id, kept, frozen, analyst.as_of, outcome)
    return Answer(
        Outcome.ANSWER, Intent.VALUE, language.code,
        "\n".join(language.say(one.key, **one.values) for one in part.findings),
        queries=tuple(part.queries), evidence=tuple(part.evidence), findings=tuple(part.findings),
        caveats=tuple(language.say(note.key, **note.values) for note in part.caveats),
    )  # fmt: skip


def scorecard(
    desk: Desk, campaign: str, kept: Campaign | None, frozen: Frozen | None, today: date, outcome: str = "retained"
) -> Part:
    """Everything about one campaign, ours (`kept`, `frozen`) or one of the data.

    Raises BadQuestion: `no_such_campaign`, `unknown_outcome`.
    """
    if outcome not in OUTCOMES:
        raise BadQuestion("unknown_outcome", name=outcome, near=list(OUTCOMES))
    known = desk.analyst.company.values("campaign")
    if frozen is None and campaign not in known:
        raise BadQuestion("no_such_campaign", id=campaign, near=list(known[:5]))
    if frozen is not None:
        desk = replace(desk, analyst=with_arms(desk.analyst, frozen))
    part = Part()
    _head(desk, part, campaign, kept)
    if kept is not None:
        _eligible(desk, part, kept)
    if kept is not None and kept.document.get("plan") == PUBLIC:
        part.say(PUBLIC)
        _verdict(desk, part, "unproven", "none")
        return part
    if kept is not None and today < read_on(kept):
        _sent(desk, part, campaign)
        part.say("outcome_not_yet", day=read_on(kept))
        part.say("outcome_unproven", strength=desk.language.say("strength_none"))
        part.say("outcome_wait", day=read_on(kept))
        return part
    query = _query(desk, campaign, outcome, headline(kept))
    read = read_out(desk, query)
    main = _main(read, campaign)
    if main is None:
        part.add(read)
        _verdict(desk, part, "unproven", "none")
        part.say("outcome_next_holdout", share=HOLDOUT)
        return part
    _sent(desk, part, campaign)
    part.add(read)
    _later(desk, part, query, main)
    _beside(desk, part, query)
    _markets(desk, part, query, main)
    _ways(desk, part, query)
    verdict, strength = _judged(part, main)
    _verdict(desk, part, verdict, strength)
    if verdict == "works":
        part.say("outcome_next_better", element=desk.language.say("outcome_element_offer"), share=HOLDOUT)
    elif verdict == "adjust":
        part.say("outcome_next_other", share=HOLDOUT)
    else:
        _again(part, query, main)
    return part


def finished(decided: Decided, analyst: Analyst) -> tuple[Finished, ...]:
    """Our own campaigns whose results may be read, the newest few; none where nothing can be kept."""
    try:
        kept = decided.records().campaigns.all(analyst.company.definitions.company)
        tried = (one for one in kept if one.document.get("plan") != PUBLIC)
        over = [one for one in tried if read_on(one) <= analyst.as_of][:MOST_FINISHED]
        return tuple(
            Finished(one.id, str(one.document["play"]), headline(one), partial(frozen_of, one, decided)) for one in over
        )
    except Unavailable:
        return ()


def frozen_of(kept: Campaign, decided: Decided) -> Frozen:
    """The people and arms that the approval of a campaign froze, from the day it left the house."""
    people = decided.records().campaigns.people(kept.id)
    return Frozen(kept.id, str(kept.document["unit"]), kept.exported_at or kept.approved_at, people)


def read_on(kept: Campaign) -> date:
    """The first day on which the result may be read: the planned end, counted from when it left the house."""
    planned = kept.ends_on
    if kept.exported_at is None:
        return planned
    return max(planned, kept.exported_at.date() + timedelta(weeks=weeks(int(kept.document["window_days"]))))


# ------------------------------------------------------------ who and what


def _head(desk: Desk, part: Part, campaign: str, kept: Campaign | None) -> None:
    triggered = is_triggered(desk.analyst.company, campaign)
    way = "unsent" if triggered is None else "triggered" if triggered else "broadcast"
    part.say("outcome_header", campaign=campaign, way=desk.language.say(f"outcome_way_{way}"))
    if kept is not None:
        part.say("outcome_approved", by=kept.approved_by, day=kept.approved_at.date(), metric=kept.document["metric"])


def _eligible(desk: Desk, part: Part, kept: Campaign) -> None:
    told = kept.document
    part.say("outcome_eligible", before=told["before"], after=sum(told["arms"].values()))
    if told["suppressed"]:
        part.say("draft_held_back", reasons=held_back(desk.language, told["suppressed"]))
    part.say("outcome_arms", treated=told["arms"]["treatment"], held=told["arms"]["holdout"])


def _sent(desk: Desk, part: Part, campaign: str) -> None:
    """What the messages table knows: sent, delivered, clicked; nothing of it is a result."""
    rows = {}
    found = []
    for name in ("delivery_rate", "click_rate", "conversion_rate"):
        evidence = _of(desk, name, campaign)
        if evidence is not None and evidence.rows:
            rows[name] = evidence.rows[0]
            found.append(evidence)
    part.evidence.extend(found)
    sent, clicked = rows.get("delivery_rate"), rows.get("click_rate")
    if sent is None or not sent["whole"]:
        part.say("outcome_nothing_sent")
        return
    part.say(
        "campaign_counts", *found, label=campaign, sent=sent["whole"], delivered=sent["part"],
        clicked=clicked["part"] if clicked else 0,
    )  # fmt: skip
    if (reached := rows.get("conversion_rate")) and reached["part"]:
        part.say("outcome_attributed", *found, part=reached["part"], whole=reached["whole"])


# ------------------------------------------------------------ what it did


def _query(desk: Desk, campaign: str, outcome: str, days: int) -> Query:
    return Query(
        Intent.VALUE, "uplift", all_days(desk.analyst),
        variant=(("horizon_days", str(days)), ("outcome", outcome)), filters=filters({"campaign": [campaign]}),
    )  # fmt: skip


def headline(kept: Campaign | None) -> int:
    """The horizon that was planned, or the next one that can be read; 90 days where no plan is known."""
    known = sorted(int(one) for one in HORIZONS)
    days = int(kept.document["window_days"]) if kept else 90
    return next((one for one in known if one >= days), known[-1])


def _with(query: Query, **changed: str) -> Query:
    return replace(query, variant=tuple(sorted({**dict(query.variant), **changed}.items())))


def _later(desk: Desk, part: Part, query: Query, main: Mapping[str, Any]) -> None:
    """The same difference at 30, 90, 180 and 365 days, each where everybody's days are over, and whether it lasts."""
    days = int(dict(query.variant)["horizon_days"])
    lines, found = [], []
    fading = None
    for horizon in READ_AT:
        if horizon == days:
            continue
        evidence = _measured(desk, _with(query, horizon_days=str(horizon)))
        ripe, day = _ripe(desk, _with(query, horizon_days=str(horizon)))
        if evidence is None:
            continue
        if not ripe:
            lines.append(desk.language.say("outcome_at_later", days=horizon, day=day))
        elif row := _row(evidence):
            found.append(evidence)
            lines.append(desk.language.say("outcome_at", days=horizon, gap=_gap(desk, evidence, row)))
            if horizon > days:
                fading = horizon if main["verdict"] == "clear_gain" != row["verdict"] else None
    part.evidence.extend(found)
    if lines:
        part.say("outcome_lasting", *found, lines=lines)
    if fading is not None:
        part.say("outcome_fading", *found, days=fading)


def _beside(desk: Desk, part: Part, query: Query) -> None:
    """The other outcomes at the same horizon; the one that was planned decides."""
    own = dict(query.variant)["outcome"]
    lines, found = [], []
    for outcome in OUTCOMES:
        evidence = None if outcome == own else _measured(desk, _with(query, outcome=outcome))
        if evidence is not None and (row := _row(evidence)):
            days = int(dict(query.variant)["horizon_days"])
            found.append(evidence)
            name = desk.language.say(f"outcome_{outcome}", days=days)
            lines.append(desk.language.say("outcome_other", outcome=name, gap=_gap(desk, evidence, row)))
    part.evidence.extend(found)
    if lines:
        part.say("outcome_others", *found, lines=lines)


def _markets(desk: Desk, part: Part, query: Query, main: Mapping[str, Any]) -> None:
    """By country, the largest first; said where the whole points another way than all of its parts."""
    evidence = _measured(desk, replace(query, by=("country",)))
    rows = sorted(
        (row for row in (evidence.rows if evidence else ()) if row["value"] is not None), key=lambda r: -r["n"]
    )
    if evidence is None or len(rows) < 2:
        return
    part.evidence.append(evidence)
    lines = [
        desk.language.say(
            "outcome_other", outcome=label_of(desk, "country", row["country"]), gap=_gap(desk, evidence, row)
        )
        for row in rows[:MOST_MARKETS]
    ]
    part.say("outcome_markets", evidence, lines=lines)
    if all(row["value"] * main["value"] < 0 for row in rows):
        part.say("outcome_reversed", evidence)


def _ways(desk: Desk, part: Part, query: Query) -> None:
    """Campaigns that people set off against those sent to all, each kind pooled by how sure its differences are."""
    evidence = _measured(desk, replace(query, filters=()))
    rows = [row for row in (evidence.rows if evidence else ()) if row.get("interval")]
    ways: dict[bool, list[Mapping[str, Any]]] = {True: [], False: []}
    for row in rows:
        triggered = is_triggered(desk.analyst.company, row["campaign"])
        if triggered is not None:
            ways[triggered].append(row)
    if evidence is None or not any(ways.values()):
        return
    part.evidence.append(evidence)
    if not all(ways.values()):
        way = "triggered" if ways[True] else "broadcast"
        part.say("outcome_one_way", evidence, way=desk.language.say(f"outcome_way_{way}"))
        return
    gaps = {
        name: _gap(desk, evidence, pooled(ways[kind])) for kind, name in ((True, "triggered"), (False, "broadcast"))
    }
    part.say("outcome_ways", evidence, **gaps, n_triggered=len(ways[True]), n_broadcast=len(ways[False]))


def judged(desk: Desk, query: Query) -> Part:
    """The result of the tests a question is about; of one campaign also what it comes to."""
    part = read_out(desk, query)
    asked = dict(query.filters).get("campaign", ())
    if len(asked) == 1 and not query.by:
        main = _main(part, asked[0])
        _verdict(desk, part, *(("unproven", "none") if main is None else _judged(part, main)))
    return part


def _main(part: Part, campaign: str) -> Mapping[str, Any] | None:
    """The row of a campaign's difference; None where nobody was held out."""
    rows = [row for one in part.evidence if one.query.metric == "uplift" and one.role == "main" for row in one.rows]
    return next((row for row in rows if row["campaign"] == campaign and row.get("value") is not None), None)


def _judged(part: Part, main: Mapping[str, Any]) -> tuple[str, str]:
    """(works, adjust or unproven; how strong the evidence is)."""
    arms = next((one for one in part.evidence if "ratio_p" in one.columns), None)
    held, treated = by_campaign(arms.rows)[main["campaign"]] if arms else ([], [])
    fair = not held or held[0]["ratio_p"] is None or held[0]["ratio_p"] >= UNFAIR
    ripe = all(row["n"] >= row["value"] for row in (*held, *treated))
    if not fair or not ripe:
        return "unproven", "none"
    if not (bounds := main.get("interval")):
        return "unproven", "weak"
    p = p_value(main["value"], *bounds)
    strength = "strong" if p <= STRONG else "fair" if p <= ALPHA else "weak"
    if main["verdict"] not in ("clear_gain", "clear_loss"):
        return "unproven", "weak"
    return "works" if main["verdict"] == "clear_gain" and not _stopped(part) else "adjust", strength


def _verdict(desk: Desk, part: Part, verdict: str, strength: str) -> None:
    part.say(f"outcome_{verdict}", strength=desk.language.say(f"strength_{strength}"))


def _again(part: Part, query: Query, main: Mapping[str, Any]) -> None:
    """How many people the same test would need to show what it seems to show, if anything."""
    base, gap = main["held_mean"], main["value"]
    if dict(query.variant)["outcome"] == "spend" or not base or not 0 < base + gap < 1 or abs(gap) < 0.001:
        part.say("outcome_next_other", share=HOLDOUT)
        return
    arms = needed(base, base + gap, HOLDOUT)
    evidence = next(one for one in part.evidence if one.query.metric == "uplift")
    part.say("outcome_next_again", evidence, total=arms.total, held=arms.held, effect=abs(gap))


def _stopped(part: Part) -> bool:
    """Whether a guardrail's stop was reached."""
    for one in part.evidence:
        limit = LIMITS.get(one.query.metric or "", (0.0, None))[1]
        if limit is not None and any((row.get("value") or 0) >= limit for row in one.rows):
            return True
    return False


# ------------------------------------------------------------ measuring


def _of(desk: Desk, name: str, campaign: str) -> Evidence | None:
    window = replace(all_days(desk.analyst), grain=Grain.RANGE)
    return _measured(desk, Query(Intent.VALUE, name, window, filters=filters({"campaign": [campaign]})))


def _measured(desk: Desk, query: Query) -> Evidence | None:
    try:
        return measure(desk.analyst, query, id=desk.next_id(), role="companion")
    except ForPerson:
        return None


def _ripe(desk: Desk, query: Query) -> tuple[bool, date | None]:
    """Whether the horizon of everybody assigned is over, and by which day it will be."""
    arms = assigned(desk.analyst, desk.analyst.settled(query), desk.next_id())
    rows = [row for row in arms.rows if row["campaign"] in dict(query.filters)["campaign"]]
    day = max((row["ripe_on"] for row in rows), default=None)
    return bool(rows) and all(row["n"] >= row["value"] for row in rows), day


def _row(evidence: Evidence) -> Mapping[str, Any] | None:
    return next((row for row in evidence.rows if row["value"] is not None), None)


def _gap(desk: Desk, evidence: Evidence, row: Mapping[str, Any]) -> str:
    kind = "share" if evidence.unit is Unit.SHARE else "money"
    shared = {"unit": evidence.unit.value, "currency": evidence.currency, "value": row["value"]}
    if bounds := row.get("interval"):
        return desk.language.say(f"test_gap_{kind}_interval", low=bounds[0], high=bounds[1], **shared)
    return desk.language.say(f"test_gap_{kind}", **shared) + desk.language.say("outcome_few")
