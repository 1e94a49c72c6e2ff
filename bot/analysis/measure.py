"""Measure one Query: the only way from a metric function to Evidence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal

import ibis
import pandas as pd

from bot.analysis.kept import Kept
from bot.analysis.outside import Seen
from bot.analysis.rows import columns_of, empty, has_money, largest, ordered, row_of, size, small_cells_hidden
from bot.analysis.windows import bounded, default_window, is_trend, steps
from bot.errors import BadData, BadQuestion, NotAllowed
from bot.metrics import catalogue
from bot.metrics.confine import Confined
from bot.metrics.declare import Asked
from bot.metrics.dimensions import LONGEST_TENURE, TENURE_BANDS
from bot.metrics.groups import found
from bot.metrics.membership import ready
from bot.metrics.segments import Segment
from bot.metrics.tables import SEGMENT, UNKNOWN, Tables
from bot.metrics.vendors import expanded
from bot.sources import Company
from bot.sources.volume import LOGS, Cut, cut_of
from bot.types import Evidence, Filters, Group, Happening, Intent, Metric, Note, Query, Rights, Shape, Unit, Window

Role = Literal["main", "baseline", "companion", "driver"]
MOST_ROWS = 1000
"""Rows of one answer; more segments than that is no answer for a person."""
MOST_NEAR = 4
"""What is offered instead of a metric that cannot be told."""
MOST_DAYS = 1_096
"""Days that a variant may count: two years."""


@dataclass(frozen=True)
class Analyst:
    """A company's data as one asker may see it, on one day. Everything in analysis starts from it."""

    company: Company
    rights: Rights
    as_of: date
    kept: Kept = field(default_factory=Kept, compare=False)
    learner: Callable[[Analyst, int, date], Any] | None = field(default=None, compare=False)
    """What learns the risk of customers (`analysis.risk.learn`); without it the plain score is told."""
    groups: tuple[Group, ...] = ()
    """The company's own segments, made from sentences."""
    notes: tuple[Happening, ...] = ()
    """What people noted beside the annotations of the data."""

    def key(self, *what: Hashable) -> Hashable:
        """What a result depends on besides the question: whose rights, which day, which data."""
        rights = (self.rights.row_filters, self.rights.smallest_cell)
        return (*what, *rights, self.as_of, self.company.version, self.groups)

    def tables(self, query: Query) -> Tables:
        """The canonical tables confined to the rights, with the question's filters beside them."""
        return Tables(
            Confined(self.company.tables, self.company.has, self.rights.row_filters, self.company.definitions),
            self.company.definitions,
            self.as_of,
            self.company.has,
            query.filters,
            query.exclude,
            self.company.rates,
            self.company.filled,
            groups=self.groups,
            among=(query.subject,) if query.subject and SEGMENT in query.by else (),
            learned=self.learned,
        )

    def segment(self, name: str | None) -> Segment | None:
        """The segment of a name, built in or the company's own, or that a text describes; None where there is none."""
        return found(self.tables(Query(Intent.SEGMENT)), name)

    def learned(self, horizon: int, day: date) -> Any:
        """What could be learned by a day of losses within a horizon; None where nothing learns."""
        return None if self.learner is None else self.learner(self, horizon, day)

    def metric(self, name: str | None) -> Metric:
        """The catalogue entry, if it exists, is allowed, and the data has what it needs."""
        known = catalogue()
        if name is None or name not in known:
            near = difflib.get_close_matches(name or "", list(known), n=3)
            raise BadQuestion("unknown_metric", name=name or "", near=near or sorted(known))
        if self.rights.metrics is not None and name not in self.rights.metrics:
            raise NotAllowed("metric_not_allowed", metric=name)
        if missing := self.missing(known[name]):
            raise BadData("metric_unavailable", metric=name, missing=missing, ready=self.instead(known[name]))
        return known[name]

    def instead(self, metric: Metric) -> list[str]:
        """What the data allows that comes nearest to a metric it does not allow: its companions, then its family."""
        known = catalogue()
        family = [one.name for one in known.values() if one.expression.__module__ == metric.expression.__module__]
        near = [one for one in (*metric.companions, *family, *known) if one in known and not self.missing(known[one])]
        return list(dict.fromkeys(near))[:MOST_NEAR]

    def missing(self, metric: Metric) -> list[str]:
        """The tables and columns the metric needs and the company does not map."""
        gaps: list[str] = []
        for need in metric.needs:
            gap = [self._gap(one) for one in need.split("|")]
            gaps.extend(one for one in gap[:1] if one and all(gap))
        return list(dict.fromkeys(gaps))

    def _gap(self, need: str) -> str | None:
        table, _, column = need.partition(".")
        if not self.company.has(table):
            return table
        return need if column and not self.company.has(table, column) else None

    def settled(self, query: Query) -> Query:
        """The query with its window filled in and cut at as-of, and every part of it checked."""
        metric = self.metric(query.metric)
        query = replace(query, variant=expanded(query.variant, metric))
        self._check_names(query, metric)
        definitions = self.company.definitions
        first = self.first_day(metric)
        window = query.window or default_window(
            metric.window, self.as_of, definitions.zone, definitions.week_start, first
        )
        # An undated picture has no periods: whatever was asked for, it is the picture that answers.
        name = "snapshot" if definitions.snapshot else window.name
        window = replace(window, zone=definitions.zone, name=name)
        return replace(query, window=bounded(window, first, self.as_of))

    def first_day(self, metric: Metric) -> date:
        """The first day the metric's main table has anything to say about."""
        for need in (one for alternatives in metric.needs for one in alternatives.split("|")):
            table, _, name = need.partition(".")
            if name in INSTANTS and self.company.has(table, name):
                return self.company.first_day(table, name) or self.as_of
        return date.min

    def cut(self, metric: Metric) -> Cut | None:
        """Where the log that the metric reads falls to a trickle for good, if it does."""
        for need in metric.needs:
            table, _, column = need.partition(".")
            if (table, column) in LOGS and self.company.has(table, column):
                key = ("cut", need, self.as_of, self.company.version)
                return self.kept.get(key, partial(cut_of, self.company, table, column, self.as_of))
        return None

    def _check_names(self, query: Query, metric: Metric) -> None:
        allowed = dict(query.variant)
        for name, value in allowed.items():
            if not takes(metric, name, value):
                raise BadQuestion("unknown_variant", metric=metric.name, name=f"{name}={value}", near=_offers(metric))
        named = [*query.by, *(name for name, _ in query.filters), *(name for name, _ in query.exclude)]
        for dimension in named:
            if dimension not in metric.by:
                raise BadQuestion(
                    "dimension_not_available", metric=metric.name, dimension=dimension, near=list(metric.by)
                )
        self.check_dimensions(query)

    def check_dimensions(self, query: Query) -> None:
        """Whether the asker may see every dimension and every row of the query, and each value exists. Raises what
        says which not."""
        for dimension in self.touched(query):
            if self.rights.dimensions is not None and dimension not in self.rights.dimensions:
                raise NotAllowed("dimension_not_allowed", dimension=dimension)
        for dimension, values in (*query.filters, *query.exclude):
            self._check_values(dimension, values)
        for filters, exclude in self._confining(query):
            self.seen.check(filters, exclude)

    @property
    def seen(self) -> Seen:
        """The rows that the asker may see."""
        return Seen(self.rights.row_filters, dict(self.company.definitions.markets))

    def outside(self, query: Query) -> Filters:
        """What the query asks for beside what the asker may see."""
        return tuple(one for filters, _ in self._confining(query) for one in self.seen.outside(filters))

    def touched(self, query: Query) -> list[str]:
        """The dimensions of a query, those of the rules of its own segments among them."""
        asked = [*query.by, *(name for filters, exclude in self._confining(query) for name, _ in (*filters, *exclude))]
        return [*asked, *(["feature"] if any(one.of for g in self._groups(query) for one in g.conditions) else [])]

    def _confining(self, query: Query) -> list[tuple[Filters, Filters]]:
        """What passes and what does not: by the query's own filters, and by the rules of the segments it names."""
        groups = self._groups(query)
        return [(query.filters, query.exclude), *((one.filters, one.exclude) for one in groups)]

    def _groups(self, query: Query) -> list[Group]:
        """The company's own segments that a query names, and those that they are made of."""
        own = {one.name: one for one in self.groups}
        asked = (*query.filters, *query.exclude)
        names = [query.subject or "", *(one for name, values in asked if name == SEGMENT for one in values)]
        named = [group for name in names if (group := Group.of(name) or own.get(name)) is not None]
        inner = [self._groups(replace(query, subject=None, filters=g.filters, exclude=g.exclude)) for g in named]
        return [*named, *(one for groups in inner for one in groups)]

    def _check_values(self, dimension: str, values: tuple[str, ...]) -> None:
        if dimension == SEGMENT:
            values = tuple(one for one in values if Group.of(one) is None)
        known = self.values(dimension)
        for value in values:
            if known and value not in (*known, UNKNOWN):
                by_case = {one.lower(): one for one in known}
                near = difflib.get_close_matches(value.lower(), list(by_case), n=3, cutoff=0.4)
                offers = [by_case[one] for one in near] or list(known[:5])
                raise BadQuestion("unknown_value", dimension=dimension, value=value, near=offers)

    def values(self, dimension: str) -> tuple[str, ...]:
        """The values the data has for a dimension; empty where they are not listed anywhere."""
        if dimension == "market":
            return tuple(name for name, _ in self.company.definitions.markets)
        if dimension == SEGMENT:
            return ready(self.tables(Query(Intent.SEGMENT)))
        if dimension == "tenure":
            return (*(band for band, _ in TENURE_BANDS), LONGEST_TENURE)
        return self.company.values(dimension)


TIMELESS = (Shape.GRID, Shape.ROSTER, Shape.CURVE, Shape.VERDICT)
"""Shapes that follow their window through time themselves: no trend of them."""
INSTANTS = ("valid_from", "occurred_at", "answered_at", "created_at", "sent_at")


def measure(analyst: Analyst, query: Query, *, id: str = "e1", role: Role = "main") -> Evidence:
    """One measurement. A window of several steps of its grain gives one row per step, named `period`."""
    query = analyst.settled(query)
    return measure_all(analyst, query, (_window(query),), ids=(id,), roles=(role,))[0]


def measure_all(
    analyst: Analyst,
    query: Query,
    windows: Sequence[Window],
    *,
    ids: Sequence[str],
    roles: Sequence[Role],
) -> list[Evidence]:
    """The same settled query in several windows, fetched together: one Evidence each, in their order."""
    metric = catalogue()[query.metric or ""]
    trends = [metric.shape not in TIMELESS and is_trend(window) for window in windows]
    asked_for = (query.metric, query.variant, query.filters, query.exclude, query.by, query.subject)
    fetched, sql = analyst.kept.get(
        analyst.key("measure", asked_for, tuple(windows)),
        lambda: _fetched(analyst, query, windows, trends),
    )
    found = []
    for side, window in enumerate(windows):
        rows = fetched[fetched["side"] == side].drop(columns=["side"] if trends[side] else ["side", "period"])
        asked = replace(query, window=window, baseline=query.baseline if roles[side] == "main" else None)
        found.append(_evidence(analyst, asked, rows, sql, ids[side], roles[side], trend=trends[side]))
    return found


def _fetched(
    analyst: Analyst, query: Query, windows: Sequence[Window], trends: Sequence[bool]
) -> tuple[pd.DataFrame, str]:
    """The rows of all windows, told apart by `side` and `period`, and the SQL that gave them."""
    metric, tables = catalogue()[query.metric or ""], analyst.tables(query)
    sides = [
        (side, part) for side, window in enumerate(windows) for part in (steps(window) if trends[side] else [window])
    ]
    parts = [
        metric(tables, part, query.by, **dict(query.variant)).mutate(
            side=ibis.literal(side), period=ibis.literal(part.start.isoformat())
        )
        for side, part in sides
    ]
    fetched, sql = analyst.company.query(ibis.union(*parts) if len(parts) > 1 else parts[0])
    return (_finished(analyst, metric, query, fetched, sides) if metric.finish else fetched), sql


def _finished(
    analyst: Analyst, metric: Metric, query: Query, fetched: pd.DataFrame, sides: Sequence[tuple[int, Window]]
) -> pd.DataFrame:
    """The rows after the metric's own last step, which sees those of one window at a time."""
    assert metric.finish is not None
    finished = []
    for side, window in sides:
        period = window.start.isoformat()
        mine = fetched[(fetched["side"] == side) & (fetched["period"] == period)].drop(columns=["side", "period"])
        rows: pd.DataFrame = metric.finish(mine.reset_index(drop=True), asked_of(analyst, metric, query, window))
        finished.append(rows.assign(side=side, period=period))
    return pd.concat(finished, ignore_index=True)


def asked_of(analyst: Analyst, metric: Metric, query: Query, window: Window) -> Asked:
    """What the last step of a metric, or of its roster, may know of the question."""
    variant = {name: values[0] for name, values in metric.variants.items()} | dict(query.variant)
    return Asked(window, query.by, variant, analyst.company.definitions, analyst.as_of, analyst.learned)


def _evidence(
    analyst: Analyst, query: Query, frame: pd.DataFrame, sql: str, id: str, role: Role, *, trend: bool
) -> Evidence:
    metric, window = _in_its_unit(catalogue()[query.metric or ""], query), _window(query)
    caveats = _caveats(analyst, metric, query, window)
    if len(frame) > MOST_ROWS:
        caveats.append(Note("rows_cut", {"n": len(frame), "shown": MOST_ROWS}))
        frame = largest(frame, MOST_ROWS)
    frame = ordered(metric, frame, query.by, trend=trend)
    rows = [row_of(metric, record) for record in frame.to_dict("records")]
    if not rows and not query.by and not trend:
        rows = [row_of(metric, empty(metric))]
    if trend and not window.complete:
        caveats.append(Note("last_step_to_date", {"end": window.end}))
    narrowed = bool(query.filters or query.exclude) and not query.by
    if narrowed and any(size(row) < analyst.rights.smallest_cell for row in rows):
        # A filter can single people out as well as a breakdown can.
        raise NotAllowed("too_few_to_show", smallest=analyst.rights.smallest_cell)
    rows, hidden = small_cells_hidden(rows, query.by, metric, analyst.rights.smallest_cell)
    if hidden:
        caveats.append(Note("small_cells_hidden", {"n": hidden, "smallest": analyst.rights.smallest_cell}))
    caveats.extend(metric.notes(rows, asked_of(analyst, metric, query, window)) if metric.notes else ())
    columns = columns_of(metric, query.by, rows, trend=trend)
    return Evidence(
        id=id,
        query=query,
        role=role,
        unit=metric.unit,
        good=metric.good,
        shape=metric.shape,
        version=metric.version,
        parts=metric.parts,
        columns=columns,
        rows=tuple({column: row.get(column) for column in columns} for row in rows),
        as_of=analyst.as_of,
        currency=analyst.company.definitions.currency if has_money(metric, columns) else None,
        rights=analyst.rights.row_filters,
        sql=sql,
        caveats=tuple(caveats),
    )


def _in_its_unit(metric: Metric, query: Query) -> Metric:
    """The metric as the variant of the question tells it: a difference of spending is money, one of rates a share."""
    units = [metric.units[value] for _, value in query.variant if value in metric.units]
    return replace(metric, unit=units[0]) if units else metric


def _window(query: Query) -> Window:
    assert query.window is not None  # settled fills it
    return query.window


def _caveats(analyst: Analyst, metric: Metric, query: Query, window: Window) -> list[Note]:
    definitions = analyst.company.definitions
    notes = []
    if definitions.snapshot:
        notes.append(Note("snapshot"))
    elif window.start < (first := analyst.first_day(metric)):
        notes.append(Note("data_begins", {"day": first}))
    if not definitions.snapshot and (cut := analyst.cut(metric)) and window.end > cut.day:
        notes.append(Note("log_ends", {"day": cut.day, "before": round(cut.before), "since": round(cut.since, 1)}))
    if not definitions.snapshot and not window.complete:
        notes.append(Note("to_date", {"end": window.end - timedelta(days=1)}))
    if "events" in {need.partition(".")[0] for need in metric.needs} and not analyst.company.has(
        "events", "is_active_event"
    ):
        notes.append(Note("every_event_counts"))
    if metric.name == "cohort_retention":
        notes.append(Note("unfinished_cells_left_out", {"as_of": analyst.as_of}))
    if SEGMENT in {*query.by, *(name for name, _ in (*query.filters, *query.exclude))}:
        notes.append(Note("segments_at_start", {"day": window.start}))
        if SEGMENT in query.by and query.subject is None:
            notes.append(Note("accounts_in_several_segments"))
    if query.by and metric.unit is Unit.COUNT and metric.entity == "user" and "platform" in query.by:
        notes.append(Note("people_in_several_segments"))
    return notes


DAYS = re.compile(r"[1-9]\d{0,3}")
SHARE = re.compile(r"0?\.\d{1,4}|[01](\.0)?")
WORDS = re.compile(r"[\w .:/-]{1,80}")
BRACKETS = re.compile(r"\d{1,3}-\d{1,3}(,\d{1,3}-\d{1,3}){0,9}")


def takes(metric: Metric, name: str, value: str) -> bool:
    """Whether a variant of the metric may have this value: one that is declared, or another of its kind."""
    declared = metric.variants.get(name, ())
    return value in declared or any(_alike(value, one) for one in declared)


def _alike(value: str, declared: str) -> bool:
    """Whether a value that is not declared is of the kind of one that is: days, a share, brackets, or any words."""
    if declared == "*":
        return bool(WORDS.fullmatch(value))
    if declared.isdigit():
        return bool(DAYS.fullmatch(value)) and int(value) <= MOST_DAYS
    return any(kind.fullmatch(declared) and kind.fullmatch(value) for kind in (BRACKETS, SHARE))


def _offers(metric: Metric) -> list[str]:
    return [f"{name}={value}" for name, values in metric.variants.items() for value in values]
