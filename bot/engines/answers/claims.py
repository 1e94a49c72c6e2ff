"""Is it true? The company's own figures first, what they say of the claim, then its status and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.analysis.measure import Analyst, measure
from bot.analysis.rows import size
from bot.analysis.usage_interval import SPAN_DAYS, usage
from bot.analysis.weigh import Figure, Weight, weigh
from bot.analysis.windows import months_later
from bot.engines.answers.behaviours import hypothesis
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of, scope
from bot.errors import BadData, BadQuestion
from bot.metrics import catalogue
from bot.playbook.claims import Claim, Own, Weighed, register
from bot.types import Evidence, Filters, Grain, Intent, Query, Shape, Unit, Window, filters

TESTED = Own("uplift", months=12)
ENDS = ("first", "last")
OPEN = 99
"""A size that reaches so far has no upper end."""


@dataclass(frozen=True, slots=True)
class Found:
    """One figure of the company's own: where it stands, and how it is called."""

    evidence: Evidence
    row: Mapping[str, Any]
    figure: str
    label: str

    @property
    def read(self) -> Figure | None:
        shares = self.evidence.unit is Unit.SHARE and self.evidence.shape in (Shape.SHARE, Shape.RATIO)
        return Figure.of(self.row, self.figure, counted=shares and self.evidence.parts == "counts")


def claim(desk: Desk, query: Query) -> Part:
    """A claim of the register: own figures, what they say of it, its status, what is known, and the caution."""
    if query.metric is not None:
        return hypothesis(desk, query)
    one = register()[query.subject or ""]
    part = Part(queries=[query])
    measured: dict[Query, Evidence] = {}
    found = [_own(desk, part, query, own, measured) for own in one.own]
    if part.evidence:
        scope(part, replace(part.evidence[0], query=query))
    if one.special == "usage" and not query.filters:
        _usage(desk, part, query)
    elif one.special == "tests":
        _tests(desk, part, query, measured)
    for weighed in one.weighed:
        _weigh(desk, part, one, weighed, found)
    if not one.weighed and one.special != "usage":
        part.say("claim_not_weighed")
    text = one.text(desk.language.code)
    status = desk.language.value_name("claim_status", one.status)
    part.say("claim_status", said=text.said, status=status)
    part.say("claim_known", known=text.known)
    part.say("claim_caution", caution=text.caution)
    first = next((own.metric for own in one.own if not desk.analyst.missing(catalogue()[own.metric])), None)
    part.follow_ups = [desk.language.say("follow_value", metric=first)] if first else []
    return part


def _own(desk: Desk, part: Part, query: Query, own: Own, measured: dict[Query, Evidence]) -> Found | None:
    """Measures and tells one figure; a figure that the data cannot give is said by name."""
    evidence = _evidence(desk, part, query, own, measured)
    if evidence is None:
        return None
    row = _row(evidence, own, desk.analyst.company.definitions.small_sample)
    if row is None:
        part.say("claim_no_row", evidence, label=_label(desk, own, dict(own.row)), window=evidence.query.window)
        part.findings = list({repr(one): one for one in part.findings}.values())  # of two such rows once
        return None
    found = Found(evidence, row, own.figure, _label(desk, own, row))
    _tell(part, found)
    return found


def _evidence(desk: Desk, part: Part, query: Query, own: Own, measured: dict[Query, Evidence]) -> Evidence | None:
    """Each measurement once; what cannot be measured is said, and what is not allowed refuses the whole answer."""
    asked = _asked(desk.analyst, query, own)
    if asked not in measured:
        try:
            evidence = measure(desk.analyst, asked, id=desk.next_id(), role="companion" if measured else "main")
        except (BadData, BadQuestion) as error:
            reason = desk.language.say(error.key, **error.values)
            part.say("claim_lacks", reason=reason)
            return None
        measured[asked] = evidence
        part.keep(evidence)
    return measured[asked]


def _asked(analyst: Analyst, query: Query, own: Own) -> Query:
    by = (own.split,) if own.split else ()
    passing = _both(query.filters, own.filters)
    without = _both(query.exclude, own.exclude)
    return Query(Intent.VALUE, own.metric, _window(analyst, query, own), None, own.variant, passing, without, by)


def _both(first: Filters, second: Filters) -> Filters:
    return filters({**dict(first), **dict(second)})


def _window(analyst: Analyst, query: Query, own: Own) -> Window | None:
    """The period that was asked for; else so many complete months; else the metric's own."""
    if query.window is not None or not own.months:
        return query.window
    end = (analyst.as_of - timedelta(days=own.matured)).replace(day=1)
    zone = analyst.company.definitions.zone
    return Window(months_later(end, -own.months), end, Grain.RANGE, zone, "last_n_months")


def _row(evidence: Evidence, own: Own, small: int) -> Mapping[str, Any] | None:
    """The row that a figure is taken from: the one named, or the first or last whose base is large enough."""
    rows = [row for row in evidence.rows if "unknown" not in row.values()]
    for column, value in own.row:
        if value in ENDS:
            enough = [row for row in _ordered(rows, column) if size(row) >= small]
            rows = enough[:1] if value == "first" else enough[-1:] if len(enough) > 1 else []
        else:
            rows = [row for row in rows if str(row.get(column)) == value]
    return rows[0] if rows else None


def _ordered(rows: list[Mapping[str, Any]], column: str) -> list[Mapping[str, Any]]:
    """Bands of tenure and numbers of orders begin with a number."""
    return sorted(rows, key=lambda row: int("".join(c for c in str(row[column]).split("-")[0] if c.isdigit()) or 0))


def _label(desk: Desk, own: Own, row: Mapping[str, Any]) -> str:
    """What the figure is of: the metric, and the row, the filter or the variant that it is told for."""
    language = desk.language
    columns = [own.named] if own.named else [column for column, _ in own.row]
    facts = [label_of(desk, column, row[column]) for column in columns if row.get(column) not in (None, *ENDS)]
    if own.filters:
        facts.append(language.say("claim_only", filters=own.filters))
    if own.exclude:
        facts.append(language.say("claim_without", filters=own.exclude))
    if own.variant:
        facts.append(language.say("claim_variant", variant=own.variant))
    key = "claim_label_of" if facts else "claim_label"
    return language.say(key, metric=own.metric, facts=", ".join(facts))


def _tell(part: Part, found: Found) -> None:
    evidence, row = found.evidence, found.row
    shared = {
        "label": found.label, "window": evidence.query.window, "unit": evidence.unit.value,
        "currency": evidence.currency,
    }  # fmt: skip
    value = row.get(found.figure)
    if value is None:
        part.say("claim_own_none", evidence, **shared)
    elif found.figure == "change":
        key = "claim_own_more" if value >= 0 else "claim_own_less"
        part.say(key, evidence, value=abs(value), n=row["n"], **shared)
    elif row.get("interval") and "whole" in row:
        key = "claim_own_points" if evidence.unit is Unit.POINTS else "claim_own_share"
        part.say(key, evidence, value=value, part=row["part"], whole=row["whole"], interval=row["interval"], **shared)
    else:
        key = "claim_own_level_interval" if row.get("interval") else "claim_own_level"
        part.say(key, evidence, value=value, n=size(row), interval=row.get("interval"), **shared)


def _weigh(desk: Desk, part: Part, one: Claim, weighed: Weighed, found: list[Found | None]) -> None:
    """Holds one figure against another, or against the size that is claimed, and says what that means."""
    of, against = found[weighed.of], None if weighed.against is None else found[weighed.against]
    if of is None or of.read is None or (weighed.against is not None and (against is None or against.read is None)):
        label = of.label if of is not None else desk.language.say("claim_label", metric=one.own[weighed.of].metric)
        part.say("claim_untold", label=label)
        return
    small = desk.analyst.company.definitions.small_sample
    figures = of.read, against.read if against else None
    weight = weigh(*figures, weighed.unit, weighed.than, weighed.size, small)
    if weight is None:
        part.say("claim_untold", label=of.label)
        return
    evidence = _held(desk, one, weighed, of, against, weight)
    part.keep(evidence)
    if against is not None:
        _compared(part, evidence, weighed, weight, of.label, against.label)
    elif weight.interval is None:
        part.say("claim_bare", evidence)
    _say_verdict(desk, part, evidence, weighed, weight)


def _say_verdict(desk: Desk, part: Part, evidence: Evidence, weighed: Weighed, weight: Weight) -> None:
    if weighed.size is None:
        # A share of what is there anyway has a size of its own: whether it is much, nobody has said.
        part.say("claim_judge" if weighed.unit == "share" else f"claim_{weight.verdict}", evidence)
    else:
        low, high = weighed.size
        claimed = desk.language.say(_size_key(weighed), low=low, high=high)
        part.say(f"claim_{weight.verdict}", evidence, size=claimed)


def _size_key(weighed: Weighed) -> str:
    low, high = weighed.size or (0.0, 0.0)
    form = "exactly" if low == high else "from" if high >= OPEN else "range"
    return f"claim_size_{'share' if weighed.unit == 'share' else 'ratio'}_{form}"


def _held(desk: Desk, one: Claim, weighed: Weighed, of: Found, against: Found | None, weight: Weight) -> Evidence:
    """The comparison as Evidence: what the sentence says of it stands in its one row."""
    low, high = weighed.size or (None, None)
    row = {
        "sign": one.id, "value": weight.value, "before": against.row.get(against.figure) if against else None,
        "interval": list(weight.interval) if weight.interval else None, "n": weight.n, "others": weight.others,
        "claimed_low": low, "claimed_high": high, "verdict": weight.verdict,
    }  # fmt: skip
    return replace(
        of.evidence,
        id=desk.next_id(),
        query=replace(of.evidence.query, intent=Intent.CLAIM, subject=one.id),
        role="driver",
        unit=Unit(weighed.unit),
        shape=Shape.VERDICT,
        parts="averages",
        columns=tuple(row),
        rows=(row,),
        currency=None,
        caveats=(),
    )


def _compared(part: Part, evidence: Evidence, weighed: Weighed, weight: Weight, label: str, against: str) -> None:
    values = {"of": label, "against": against, "value": weight.value, "n": weight.n, "others": weight.others}
    if weighed.unit == "share":
        part.say("claim_share", evidence, **values)
    elif weight.interval is None:
        part.say("claim_times_bare", evidence, **values)
    elif weighed.unit == "points":
        key = "claim_points_above" if weight.value >= 0 else "claim_points_below"
        low, high = weight.interval
        part.say(key, evidence, low=low, high=high, **{**values, "value": abs(weight.value)})
    else:
        low, high = weight.interval
        part.say("claim_times", evidence, low=low, high=high, **values)


def _usage(desk: Desk, part: Part, query: Query) -> None:
    """How often the product is used, and the threshold of inactivity that would fit, beside the one in force."""
    found = usage(desk.analyst)
    if found is None:
        part.say("claim_no_usage")
        return
    analyst = desk.analyst
    end, zone = analyst.as_of, analyst.company.definitions.zone
    window = Window(end - timedelta(days=SPAN_DAYS), end, Grain.RANGE, zone)
    row = {
        "value": found.gap, "n": found.retained, "interval_of_use": found.interval,
        "inactive_days": found.inactive_days, "inactive_days_now": found.inactive_days_now,
    }  # fmt: skip
    evidence = Evidence(
        desk.next_id(), Query(Intent.CLAIM, window=window, subject=query.subject), "driver", Unit.DAYS, "context",
        Shape.LEVEL, 1, tuple(row), (row,), analyst.as_of, rights=analyst.rights.row_filters,
    )  # fmt: skip
    part.keep(evidence)
    use = desk.language.value_name("use", found.interval)
    part.say("claim_usage", evidence, value=found.gap, unit="days", n=found.retained, use=use, window=window)
    part.say("claim_usage_days", evidence, days=found.inactive_days, now=found.inactive_days_now)


def _tests(desk: Desk, part: Part, query: Query, measured: dict[Query, Evidence]) -> None:
    """What the campaigns with a group held back show, and which have none, so that nothing can be told of them."""
    evidence = _evidence(desk, part, query, TESTED, measured)
    if evidence is None:
        return
    untested = []
    for row in evidence.rows:
        if row["value"] is None:
            untested.append(str(row["campaign"]))
        elif row.get("interval") is None:
            part.say("claim_test_few", evidence, campaign=row["campaign"], n=row["n"], held=row["held"])
        else:
            part.say(
                "claim_test", evidence, campaign=row["campaign"], value=row["value"], interval=row["interval"],
                n=row["n"], held=row["held"], unit="share",
            )  # fmt: skip
    if untested:
        part.say("claim_untested", evidence, campaigns=list(dict.fromkeys(untested)))
        part.caveats = [note for note in part.caveats if note.key != "no_holdout"]  # that says the same
    if not evidence.rows:
        part.say("claim_no_tests", evidence)
