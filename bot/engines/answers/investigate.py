"""What is going on with a number: one page, each line a measurement of its own, and what was ruled out with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.analysis.investigate import Investigation, investigate, loudest
from bot.analysis.windows import step_after
from bot.analysis.witnesses import Moved
from bot.engines.answers.noted import event
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.plays import answering
from bot.engines.answers.reasons import premise, signals_of, why
from bot.engines.answers.shapes import label_of, scope
from bot.engines.understanding.reading import INVESTIGATE
from bot.metrics import catalogue
from bot.types import Evidence, Finding, Grain, Intent, Query, Shape, Unit

MOST_EVENTS = 3
MOST_BANDS = 3
MOST_CAMPAIGNS = 2
NEGLIGIBLE = 0.1
"""A part of the change under this share of it is ruled out by its number."""
COLUMNS = ("line", "label", "value", "before", "low", "high", "chance", "n")


@dataclass
class _Page:
    """One answer being written: evidence gets its id when a line first stands on it.

    `ledger` holds what was worked out of the measurements, a row a figure: it is a receipt of its own.
    """

    desk: Desk
    part: Part
    found: Investigation
    ledger: list[dict[str, Any]] = field(default_factory=list)
    ruled: list[str] = field(default_factory=list)
    ruled_by: list[Evidence] = field(default_factory=list)
    kept: dict[int, Evidence] = field(default_factory=dict)
    ledger_id: str = ""

    def of(self, evidence: Evidence) -> Evidence:
        """The evidence under its id in this answer."""
        if id(evidence) not in self.kept:
            self.kept[id(evidence)] = replace(evidence, id=self.desk.next_id())
            self.part.evidence.append(self.kept[id(evidence)])
        return self.kept[id(evidence)]

    def say(self, key: str, *evidence: Evidence, derived: bool = False, **values: Any) -> None:
        """A line with its receipts (`derived`: the ledger too); unit and currency are the page's unless given."""
        main = self.found.comparison.main
        shared = {"unit": main.unit.value, "currency": main.currency, "metric": main.query.metric}
        ids = dict.fromkeys(self.of(one).id for one in evidence)
        ids |= {self.ledger_id: None} if derived else {}
        self.part.findings.append(Finding(key, {**shared, **values}, tuple(ids)))

    def derive(self, line: str, label: str = "", **figures: Any) -> None:
        """Keep a figure that was worked out of others."""
        self.ledger_id = self.ledger_id or self.desk.next_id()
        self.ledger.append({**dict.fromkeys(COLUMNS), "line": line, "label": label, **figures})

    def close(self) -> None:
        """Add the ledger to the answer."""
        main = self.found.comparison.main
        if self.ledger:
            rows, shape = tuple(self.ledger), Shape.VERDICT
            ledger = replace(
                main, id=self.ledger_id, role="driver", shape=shape, columns=COLUMNS, rows=rows, caveats=()
            )
            self.part.evidence.append(ledger)


def explained(desk: Desk, query: Query) -> Part:
    """A why: the short answer, or the whole page where that was asked for."""
    if query.subject == INVESTIGATE:
        return looked_into(desk, query)
    part = why(desk, query)
    metric = catalogue()[query.metric or ""]
    if metric.shape is not Shape.FLOW and len(part.findings) > 1:
        part.follow_ups = [*part.follow_ups, desk.language.say("follow_look")]
    return part


def looked_into(desk: Desk, query: Query) -> Part:
    """The whole page. Association only: it says what moved together, and what did not move."""
    query = replace(query, subject=None)
    figures = 0
    if query.metric is None:
        query, figures = loudest(desk.analyst, query)
    found = investigate(desk.analyst, query)
    comparison = found.comparison
    asked = replace(query, window=comparison.main.query.window, baseline=comparison.main.query.baseline)
    part = Part(queries=[replace(asked, intent=Intent.WHY, subject=INVESTIGATE)])
    page = _Page(desk, part, found)
    part.caveats.extend(comparison.main.caveats)
    numbered = replace(comparison, main=page.of(comparison.main), baseline=page.of(comparison.baseline))
    if figures:
        page.say("look_loudest", comparison.main, n=figures)
    _running(page)
    _quiet(page)
    if found.moved is None or found.moved.outside:
        premise(desk, part, numbered, query.claim)
    scope(part, numbered.main)
    _how_sure(page)
    if found.real:
        _when(page)
        _season(page)
        _where(page)
        _tenure(page)
    _reasons(page)
    _beside(page)
    _events(page)
    _campaigns(page)
    _features(page)
    if found.real:
        _ruled_out(page)
    page.say("look_unseen", comparison.main)
    if found.lacking:
        page.say("look_lacking", comparison.main, tables=list(found.lacking))
    if found.real:
        page.say("why_association", comparison.main)
    _play(page)
    page.close()
    say = desk.language.say
    people = catalogue()[query.metric or ""].people is not None and found.real
    part.follow_ups = [say("follow_who"), say("follow_draft")] if people else [say("follow_trend")]
    return part


def _running(page: _Page) -> None:
    """A period that is not over is compared with the same days before, and that is said first."""
    main = page.found.comparison.main
    window = main.query.window
    if window is None or window.complete or window.grain not in (Grain.MONTH, Grain.WEEK, Grain.QUARTER, Grain.YEAR):
        return
    end = step_after(window.start, window.grain)
    page.say("look_running", main, window=window, n=window.days, days=(end - window.start).days)


def _quiet(page: _Page) -> None:
    """Where the last period shows nothing, the page is about the sharpest month, and says so."""
    quiet = page.found.quiet
    if quiet is None:
        return
    page.say(
        "look_quiet", quiet.main, quiet.baseline, before=quiet.baseline.rows[0]["value"],
        after=quiet.main.rows[0]["value"], baseline=quiet.baseline.query.window, window=quiet.main.query.window,
        sharpest=page.found.comparison.main.query.window, n=page.found.looks,
    )  # fmt: skip


def _how_sure(page: _Page) -> None:
    """The interval of the change, or how it compares with what the figure does by itself."""
    comparison, moved = page.found.comparison, page.found.moved
    both = (comparison.main, comparison.baseline)
    if comparison.interval is not None and page.found.real:
        low, high = sorted(abs(one) for one in comparison.interval)
        page.derive("change", value=comparison.change, low=comparison.interval[0], high=comparison.interval[1])
        page.say("look_sure", *both, derived=True, range=_range(page, low, high))
    if comparison.interval is None and moved is not None:
        page.derive("usual changes", value=comparison.change, low=moved.low, high=moved.high, chance=moved.p, n=moved.n)
        now, then = (one.rows[0]["value"] for one in both)
        page.say(
            "look_unusual" if moved.outside else "look_noise", *both, derived=True, n=moved.n, before=then, after=now,
            range=_range(page, moved.low, moved.high), window=comparison.main.query.window,
            baseline=comparison.baseline.query.window, change=comparison.change,
        )  # fmt: skip


def _range(page: _Page, low: float, high: float, unit: Unit | None = None) -> str:
    """Two figures whose unit stands beside them; those of shares are points."""
    main = page.found.comparison.main
    unit = unit or main.unit
    shared = {"unit": unit.value, "currency": main.currency}
    if unit is Unit.SHARE:
        low, high, shared["unit"] = low * 100, high * 100, "points"
    elif unit is Unit.COUNT:
        low, high = round(low), round(high)
    elif unit is not Unit.MONEY:
        shared["unit"] = "score"
    return page.desk.language.say("look_range", range=(low, high), **shared)


def _when(page: _Page) -> None:
    found = page.found.began
    if found is None:
        page.say("look_no_date", page.found.comparison.main)
        return
    page.derive(
        "began", label=found.start.isoformat(), value=found.inside, before=found.before, low=found.earliest.isoformat(),
        high=found.latest.isoformat(), chance=found.p, n=len(found.series.rows),
    )  # fmt: skip
    shared = {"start": found.start, "earliest": found.earliest, "latest": found.latest, "end": found.end}
    key = "look_began" if found.end is None else "look_began_ended"
    if found.step is Grain.WEEK:
        key += "_week"
    page.say(f"{key}_sure" if found.earliest == found.latest else key, found.series, derived=True, **shared)


def _season(page: _Page) -> None:
    """What the same two periods did a year before, in the place where there is one."""
    year, comparison = page.found.year, page.found.comparison
    if year is None or not comparison.change:
        return
    now, then = year[0].rows[0]["value"], year[1].rows[0]["value"]
    alike = (now - then) * comparison.change > 0 and abs(now - then) > NEGLIGIBLE * abs(comparison.change)
    key = "look_season_alike" if alike else "look_season_other"
    if comparison.main.shape is Shape.LEVEL:  # it grows with the company: what the season does is for the reader
        key = "look_season_told"
    page.say(f"{key}_there" if page.found.place else key, *year, before=then, after=now)


def _where(page: _Page) -> None:
    place, comparison = page.found.place, page.found.comparison
    if place is None:
        page.say("look_nowhere", *page.found.explanation.drivers[:1] or (comparison.main,))
        return
    label = ", ".join(label_of(page.desk, name, value) for name, value in place.where)
    row = place.row
    low, high = place.interval or (None, None)
    page.derive("where", label=label, value=place.effect, low=low, high=high, chance=place.p)
    shared = {"label": label, "part": place.effect, "change": comparison.change}
    if comparison.main.shape is Shape.LEVEL:
        key = "look_where_level" if place.interval else "look_where_sum"
        shared |= {"before": row["baseline_part"], "now": row["part"]}
    else:
        key = "look_where" if place.interval else "look_where_rate"
        shared |= {
            "before": row["baseline_part"], "whole_before": row["baseline_whole"], "now": row["part"],
            "whole": row["whole"],
        }  # fmt: skip
    if place.interval:
        low, high = sorted(abs(one) for one in place.interval)
    shared["range"] = _range(page, low, high) if low is not None and high is not None else ""
    page.say(key, place.evidence, derived=True, **shared)


def _tenure(page: _Page) -> None:
    """How the change splits over new and old customers."""
    split = page.found.tenure
    if split is None or len(split.rows) < 2 or split.shape is Shape.LEVEL:  # of a sum, every year grows a year older
        return
    largest = sorted(split.rows, key=lambda row: -abs(row["effect"]))[:MOST_BANDS]
    page.say("look_tenure", split, pieces=[_piece(page, "tenure", row) for row in largest])


def _piece(page: _Page, dimension: str, row: Mapping[str, Any]) -> str:
    main = page.found.comparison.main
    with_it = row["effect"] * (page.found.comparison.change or 0) >= 0
    return page.desk.language.say(
        "look_piece" if with_it else "look_piece_against", label=label_of(page.desk, dimension, row[dimension]),
        part=row["effect"], unit=main.unit.value, currency=main.currency,
    )  # fmt: skip


def _reasons(page: _Page) -> None:
    said = page.found.said
    if not said:
        return
    first = next((one for one in said if one.clear), None)
    one = first or max(said, key=lambda each: each.now[0])
    key = "look_reason" if first else "look_reasons_same"
    page.say(
        key, *one.evidence, label=_plain(page, "reason", one.reason), now=one.now[0], whole=one.now[1],
        before=one.before[0], whole_before=one.before[1],
    )  # fmt: skip


def _beside(page: _Page) -> None:
    """What of support was out of its usual range; what was in it is ruled out."""
    for one in page.found.beside:
        low, high = one.usual.low, one.usual.high
        page.derive(one.metric, value=one.now, low=low, high=high, chance=one.p, n=one.usual.n)
        if one.clear:
            key = "look_moved_among" if one.among else "look_moved"
            page.say(key, one.evidence, derived=True, **_figures(page, one))
        else:
            page.ruled.append(page.desk.language.say("look_not_metric", **_figures(page, one)))
            page.ruled_by.append(one.evidence)


def _figures(page: _Page, one: Moved) -> dict[str, Any]:
    unit = one.evidence.unit
    interval = (max(0.0, one.usual.low), min(1.0, one.usual.high) if unit is Unit.SHARE else one.usual.high)
    shown = {"metric": one.metric, "now": one.now, "unit": unit.value, "currency": one.evidence.currency}
    return shown | {"range": _range(page, *interval, unit)}


def _events(page: _Page) -> None:
    """What is on record of those days: first what may belong to the beginning, then what came after it."""
    found, start = page.found.happened, page.found.began
    rows = [row for row in found.rows if row["kind"] != "campaign"] if found else []
    if found is None or not rows:
        if found is not None:
            page.ruled.append(page.desk.language.say("look_nothing_noted"))
            page.ruled_by.append(found)
        return
    country = dict(page.found.place.where).get("country") if page.found.place else None
    latest = start.latest + timedelta(days=6 if start.step is Grain.WEEK else 0) if start else None
    fitting = [row for row in rows if row["country"] in (None, country) or country is None]
    before = [row for row in fitting if latest is None or row["day"] <= latest]
    after = [row for row in fitting if row not in before]
    if before:  # the more exact the place and the nearer to the beginning, the likelier it belongs to it
        day = start.start if start else None
        before.sort(key=lambda row: (row["country"] is None, abs((row["day"] - day).days) if day else 0))
        page.say(
            "look_noted" if start else "look_noted_undated",
            found,
            texts=[event(page.desk.language, row) for row in before[:MOST_EVENTS]],
        )
    if after and before:
        page.say("look_later", found, texts=[event(page.desk.language, row) for row in after[:MOST_EVENTS]])
    elif after:
        page.say("look_only_later", found, texts=[event(page.desk.language, row) for row in after[:MOST_EVENTS]])


def _campaigns(page: _Page) -> None:
    """Campaigns of those days, with what they caused where some were held back to tell it."""
    found, caused = page.found.happened, page.found.caused
    rows = [row for row in found.rows if row["kind"] == "campaign"] if found else []
    if found is not None and not rows and "campaigns" not in page.found.lacking:
        page.ruled.append(page.desk.language.say("look_no_campaign"))
        page.ruled_by.append(found)
    told = {row["campaign"]: row for row in (caused.rows if caused else ())}
    days = dict(caused.query.variant).get("horizon_days", "90") if caused else ""
    for row in rows[:MOST_CAMPAIGNS]:
        shared = {"name": row["what"], "day": row["day"]}
        arm = told.get(row["id"])
        if arm is None or caused is None:
            page.say("look_campaign_early", found or page.found.comparison.main, **shared)
        elif arm["value"] is None or not arm.get("interval"):
            page.say("look_campaign_untold" if not arm["held"] else "look_campaign_few", caused, **shared, n=arm["n"])
        else:
            low, high = arm["interval"]
            clear = not low <= 0 <= high
            page.say(
                "look_campaign_told" if clear else "look_campaign_nothing", caused, **{**shared, "unit": "share"},
                share=arm["treated_mean"], n=arm["n"], held_share=arm["held_mean"], held=arm["held"],
                value=arm["value"], range=_range(page, low, high, Unit.SHARE), days=int(days),
            )  # fmt: skip


def _features(page: _Page) -> None:
    """Features that go with staying among alike customers, and those that only seem to."""
    if page.found.kept is None:
        return
    evidence, features = page.found.kept
    seems = [_plain(page, "feature", one.feature) for one in features if one.seems]
    keeps = [one for one in features if one.keeps]
    if keeps:
        best = min(keeps, key=lambda one: one.alike[0])
        low, high = sorted(abs(one) for one in best.alike[1:])
        label, unit = _plain(page, "feature", best.feature), Unit.SHARE
        shown = _range(page, low, high, unit)
        page.say("look_keeps", evidence, label=label, part=best.alike[0], range=shown, unit=unit.value)
    if seems:
        page.say("look_seems", evidence, texts=seems)


def _plain(page: _Page, dimension: str, name: str) -> str:
    """A code of the company's own as words."""
    return label_of(page.desk, dimension, name).replace("_", " ")


def _ruled_out(page: _Page) -> None:
    """What did not move enough to be it, each with its number."""
    language, comparison = page.desk.language, page.found.comparison
    change = comparison.change or 0.0
    shared = {"unit": comparison.main.unit.value, "currency": comparison.main.currency}
    pieces: list[str] = []
    by: list[Evidence] = []
    place = page.found.place
    if place is not None and place.mix is not None and abs(place.mix) <= NEGLIGIBLE * abs(change):
        pieces.append(language.say("look_not_mix", part=place.mix, change=change, **shared))
        page.derive("mix", value=place.mix)
        by.append(place.evidence)
    if place is not None and len(place.where) == 1:
        name = place.where[0][0]
        others = [row for row in place.evidence.rows if row is not place.row and row["whole"]]
        other = max(others, key=lambda row: row["whole"], default=None)
        if other is not None and abs(other["effect"]) <= NEGLIGIBLE * abs(change):
            pieces.append(language.say("look_not_other", label=label_of(page.desk, name, other[name]),
                part=other["effect"], **shared))  # fmt: skip
            by.append(place.evidence)
    if page.found.payments is not None and abs(page.found.payments[0]) <= NEGLIGIBLE * abs(change):
        pieces.append(language.say("look_not_payments", part=page.found.payments[0], **shared))
        page.derive("failed payments", value=page.found.payments[0])
        by += page.found.payments[1]
    pieces += page.ruled
    by += page.ruled_by
    if not pieces:
        return
    page.say("look_ruled_out", *by, derived=bool(page.ledger), texts=pieces)


def _play(page: _Page) -> None:
    """The play whose own signals fit."""
    if not page.found.real:
        return
    found = page.found.explanation
    signals = signals_of(page.found.comparison, found.driver, page.desk, found.pair)
    answering(page.desk, page.part, signals)
