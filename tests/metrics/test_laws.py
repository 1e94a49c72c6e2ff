"""Laws that hold for every company, tried on small invented ones with lives as odd as data allows.

The companies live in Paris time, so that windows begin at 23:00 or 22:00 UTC; the two windows hold a leap day and
a change to summer time. Changes fall on any instant, often exactly on the border of a window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.metrics.confine import Confined
from bot.metrics.tables import Tables
from bot.sources import Company
from bot.sources.canonical import TABLES
from bot.sources.embedded import Embedded
from bot.sources.mapping import mapping
from bot.types import Definitions, Filters, Grain, RowFilter, Window
from tests.metrics.laws import ACTIVE, SUBSCRIBED, Case, Law, beyond, case, sums_of

ZONE = "Europe/Paris"
AS_OF = date(2024, 6, 1)
LEAP = Window(date(2024, 2, 1), date(2024, 3, 1), Grain.MONTH, ZONE)
SUMMER_TIME = Window(date(2024, 3, 1), date(2024, 4, 1), Grain.MONTH, ZONE)
WINDOWS = (LEAP, SUMMER_TIME)
KINDS = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "int64": "BIGINT", "float64": "DOUBLE", "timestamp": "TIMESTAMP",
    "date": "DATE",
}  # fmt: skip
FORMS = ("in_period", "lifetime", "returning", "cohort")
SPLITS = ("none", "voluntary", "involuntary", "to_free", "pause_expired")
POLICIES: tuple[dict[str, str], ...] = (
    {}, {"grace_days": "3"}, {"pause_policy": "keep_mrr"}, {"pause_policy": "churn"}, {"free_policy": "active"},
    {"recognition": "request"},
)  # fmt: skip

Rows = dict[str, list[tuple[Any, ...]]]
Sums = dict[tuple[Case, tuple[str, ...]], tuple[float, float]]
"""(case, segment) → (part, whole), or (value, n)."""

COLUMNS = {
    "accounts": ("account_id", "country", "acquisition_channel", "is_test", "merged_into"),
    "users": ("user_id", "account_id", "role", "created_at"),
    "plans": ("plan_id", "name", "interval", "interval_count"),
    "subscriptions": (
        "subscription_id", "account_id", "valid_from", "valid_to", "status", "plan_id", "mrr", "cancel_requested_at",
        "end_type", "reason_code",
    ),
    "events": ("event_id", "user_id", "account_id", "name", "occurred_at", "platform", "is_active_event"),
    "features": ("feature_id", "core_event", "tier", "entitled_plans"),
    "orders": ("order_id", "customer_id", "occurred_at", "net_amount", "refund"),
    "survey_answers": ("answer_id", "user_id", "account_id", "type", "score", "answered_at"),
}  # fmt: skip


class Invented:
    """One company whose rows are replaced for each example; its questions are compiled once."""

    def __init__(self) -> None:
        self.source = Embedded(copy_selects=False)
        for name, columns in COLUMNS.items():
            kinds = ", ".join(f'"{column}" {KINDS[str(TABLES[name].schema[column])]}' for column in columns)
            self.source.database.execute(f'CREATE TABLE "{name}" ({kinds})')
        definitions = Definitions(zone=ZONE, markets=(("iberia", ("ES", "PT")),))
        self.company = Company(self.source, mapping(self.source, {}), definitions, AS_OF)
        self.cursor = self.source.database.cursor()
        self.cursor.execute("SET threads = 1")
        self.prepared: dict[Any, str] = {}

    def fill(self, rows: Rows) -> None:
        self.cursor.execute("BEGIN")
        for name, columns in COLUMNS.items():
            self.cursor.execute(f'DELETE FROM "{name}"')
            if table := rows[name]:
                marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in table)
                self.cursor.execute(f'INSERT INTO "{name}" VALUES {marks}', [cell for row in table for cell in row])
        self.cursor.execute("COMMIT")

    def tables(self, filters: Filters = (), seen: tuple[RowFilter, ...] = ()) -> Tables:
        company = self.company
        confined = Confined(company.tables, company.has, seen, company.definitions)
        return Tables(confined, company.definitions, AS_OF, company.has, filters)

    def statement(self, window: Window, cases: tuple[Case, ...], filters: Filters, seen: tuple[RowFilter, ...]) -> str:
        """The SQL of all cases in one query: (number of the case, segment, part, whole)."""
        t = self.tables(filters, seen)
        parts = [sums_of(t, window, one, number) for number, one in enumerate(cases)]
        return self.company.sql(ibis.union(*parts) if len(parts) > 1 else parts[0])

    def told(self, window: Window, *cases: Case, filters: Filters = (), seen: tuple[RowFilter, ...] = ()) -> Sums:
        key = (window, cases, filters, seen)
        if key not in self.prepared:
            name = f"law_{len(self.prepared)}"
            self.cursor.execute(f"PREPARE {name} AS {self.statement(*key)}")
            self.prepared[key] = name
        return {
            (cases[number], tuple(segment.split("|")) if segment else ()): (part or 0.0, whole or 0.0)
            for number, segment, part, whole in self.cursor.execute(f"EXECUTE {self.prepared[key]}").fetchall()
        }


@pytest.fixture(scope="module")
def invented() -> Invented:
    return Invented()


BORDERS = [
    moment + shift
    for window in WINDOWS
    for moment in (window.first, window.last)
    for shift in (timedelta(), timedelta(microseconds=-1), timedelta(microseconds=1), timedelta(hours=1))
]
INSTANTS = st.one_of(
    st.sampled_from([*BORDERS, datetime(2024, 2, 29), datetime(2024, 2, 29, 23), datetime(2024, 3, 31, 1)]),
    st.datetimes(datetime(2023, 10, 1), datetime(2024, 5, 20)),
)
WHO = st.integers(0, 5).map("a{}".format)
STATUSES = st.sampled_from(["active", "active", "active", "past_due", "paused", "trial", "free", "ended"])
STRETCHES = st.lists(
    st.tuples(
        INSTANTS, STATUSES, st.sampled_from(["p1", "p2", "p3", None]), st.sampled_from([10.0, 19.99, 100.0, 0.0]),
        st.booleans(),
    ),
    min_size=1, max_size=5, unique_by=lambda stretch: stretch[0],
)  # fmt: skip
SUBSCRIPTIONS = st.tuples(
    WHO, STRETCHES, st.booleans(), st.sampled_from([None, "voluntary", "involuntary", "other"]),
    st.sampled_from([None, "price", "no_need"]), st.none() | INSTANTS,
)  # fmt: skip
PLANS = [("p1", "Small", "month", 1), ("p2", "Large", "month", 1), ("p3", "Large", "year", 1)]
FEATURES = [("f1", "did", "basic", None), ("f2", "built", "advanced", "p2,p3")]


@st.composite
def companies(draw: st.DrawFn, *, merging: bool = True) -> Rows:
    """Six accounts with up to eight subscriptions, and what their people did, bought and said."""
    countries = draw(st.lists(st.sampled_from(["FR", "ES", "PT", None]), min_size=6, max_size=6))
    tests = draw(st.sampled_from([(), (), ("a5",)]))
    moved = draw(st.sampled_from([{}, {"a4": "a0"}])) if merging else {}
    accounts = [
        (f"a{index}", country, "ads" if index % 2 else None, f"a{index}" in tests, moved.get(f"a{index}"))
        for index, country in enumerate(countries)
    ]
    subscriptions: list[tuple[Any, ...]] = []
    for number, (who, stretches, still, end_type, reason, asked) in enumerate(
        draw(st.lists(SUBSCRIPTIONS, min_size=1, max_size=8))
    ):
        ordered = sorted(stretches)
        ends = [one[0] for one in ordered[1:]] + [None]
        for place, ((begins, status, plan, mrr, gap), ends_at) in enumerate(zip(ordered, ends, strict=True)):
            last = place == len(ordered) - 1
            closes = ends_at if not last or still else begins + timedelta(days=20)
            if gap and closes:
                closes = begins + (closes - begins) / 2
            paid = mrr if status in ("active", "past_due") else 0.0
            why = (end_type, reason) if last else (None, None)
            asked_on = asked if last and asked and asked >= begins else None
            subscriptions.append((f"s{number}", who, begins, closes, status, plan, paid, asked_on, *why))
    joined = draw(st.lists(INSTANTS, min_size=8, max_size=8))
    users = [(f"u{index}", f"a{index % 6}", "admin" if index < 6 else None, joined[index]) for index in range(8)]
    events = [
        (f"e{number}", user, f"a{int(user[1:]) % 6}" if known else None, name, moment, "web", active)
        for number, (user, known, name, moment, active) in enumerate(draw(st.lists(st.tuples(
            st.integers(0, 7).map("u{}".format), st.booleans(), st.sampled_from(["did", "built", "saw"]), INSTANTS,
            st.sampled_from([True, True, False, None])), max_size=12)))
    ]  # fmt: skip
    orders = [
        (f"o{number}", who, moment, amount, 5.0 if amount == 0 else None)
        for number, (who, moment, amount) in enumerate(
            draw(st.lists(st.tuples(WHO, INSTANTS, st.sampled_from([0.0, 5.0, 12.5])), max_size=10)))
    ]  # fmt: skip
    answers = [
        (f"n{number}", user, None, "nps", float(score), moment)
        for number, (user, score, moment) in enumerate(draw(st.lists(
            st.tuples(st.integers(0, 7).map("u{}".format), st.integers(0, 10), INSTANTS), max_size=8)))
    ]  # fmt: skip
    return {
        "accounts": accounts, "users": users, "plans": list(PLANS), "subscriptions": subscriptions, "events": events,
        "features": list(FEATURES), "orders": orders, "survey_answers": answers,
    }  # fmt: skip


few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

SHARES = (
    *(case("churn_rate", split=split) for split in SPLITS), case("churn_rate", "plan"),
    case("grr", "plan"), case("churn_reasons", "country"),
    case("cohort_retention"), case("cohort_retention", basis="active"),
    case("stickiness", "role"), case("feature_adoption", "feature"),
    *(case("repeat_purchase_rate", form=form) for form in FORMS),
)  # fmt: skip


@given(rows=companies(), window=st.just(LEAP))
@few
def test_the_part_of_a_share_lies_between_nothing_and_the_whole(invented: Invented, rows: Rows, window: Window) -> None:
    invented.fill(rows)
    for (asked, segment), (part, whole) in invented.told(window, *SHARES).items():
        assert 0 <= part <= whole + 1e-9, (asked, segment, part, whole)


ADDITIVE = (
    case("churn_rate"), case("churn_rate", method="events"), case("churn_rate", method="stripe_like"),
    case("churn_rate", method="average"), case("churn_rate", include_early="true"), case("churn_rate", basis="active"),
    case("retention_rate"), case("churned_customers"), case("new_customers"), case("new_customers", method="events"),
    case("grr"), case("grr", grr_method="flow"), case("nrr"), case("nrr", include_reactivation="true"),
    case("mrr_movements"), case("mrr_movements", method="events"),
)  # fmt: skip
SPLIT_BY = (("country",), ("plan", "tenure"))
OF_PEOPLE = (case("active_users"), case("nps"), case("feature_adoption"), case("cohort_retention"), case("mrr"))


@pytest.mark.slow
@given(rows=companies(), window=st.just(SUMMER_TIME), by=st.sampled_from(SPLIT_BY))
@few
def test_the_segments_of_a_breakdown_add_up_to_the_whole(
    invented: Invented, rows: Rows, window: Window, by: tuple[str, ...]
) -> None:
    invented.fill(rows)
    wholes = (
        ADDITIVE + (OF_PEOPLE if by == ("country",) else ()) + (case("repeat_purchase_rate"),) * (by == ("country",))
    )
    parts = tuple((metric, by, variant) for metric, _, variant in wholes)
    total: dict[tuple[str, Any, tuple[str, ...]], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for ((metric, _, variant), segment), (part, whole) in invented.told(window, *parts).items():
        one = total[metric, variant, segment[len(by) :]]
        one[0], one[1] = one[0] + part, one[1] + whole
    for ((metric, _, variant), segment), (part, whole) in invented.told(window, *wholes).items():
        found = total[metric, variant, segment]
        assert found == pytest.approx([part, whole], abs=1e-6), (metric, variant, segment, by)


def doubled(rows: Rows) -> Rows:
    """Every customer twice, under another name; plans and features stay as they are."""
    keys = {"accounts": (0, 4), "users": (0, 1), "subscriptions": (0, 1), "events": (0, 1, 2), "orders": (0, 1),
            "survey_answers": (0, 1, 2)}  # fmt: skip
    return {
        name: [*table, *(
            tuple(f"{cell}x" if place in keys[name] and cell is not None else cell for place, cell in enumerate(row))
            for row in table
        )] if name in keys else table
        for name, table in rows.items()
    }  # fmt: skip


@given(rows=companies(), window=st.just(LEAP))
@few
def test_twice_the_customers_give_the_same_shares(invented: Invented, rows: Rows, window: Window) -> None:
    cases = (
        *SHARES[::2],
        case("churn_rate", method="events"),
        case("nrr"),
        case("nps"),
        case("mrr"),
        case("mrr_movements"),
    )
    invented.fill(rows)
    once = invented.told(window, *cases)
    invented.fill(doubled(rows))
    twice = invented.told(window, *cases)
    assert twice == {key: pytest.approx((2 * part, 2 * whole), abs=1e-6) for key, (part, whole) in once.items()}


@given(rows=companies(), window=st.just(SUMMER_TIME))
@few
def test_the_bridge_of_mrr_closes_netted_and_by_events(invented: Invented, rows: Rows, window: Window) -> None:
    invented.fill(rows)
    netted, events, end = case("mrr_movements"), case("mrr_movements", method="events"), case("mrr")
    told = invented.told(window, netted, events, end, case("nrr"))
    # `part` of a bridge is each part's effect: start and the moves add up to what mrr says of the end.
    level = told[end, ()][0]
    for bridge in (netted, events):
        assert sum(part for (asked, _), (part, _) in told.items() if asked == bridge) == pytest.approx(level, abs=1e-6)
    assert told.get((netted, ("start",)), (0.0,))[0] == pytest.approx(told.get((case("nrr"), ()), (0.0, 0.0))[1])


@given(rows=companies(), window=st.just(LEAP))
@few
def test_gross_retention_never_exceeds_net_retention_or_all(invented: Invented, rows: Rows, window: Window) -> None:
    invented.fill(rows)
    told = invented.told(window, case("grr", "plan"), case("nrr", "plan"))
    for (asked, segment), (part, whole) in told.items():
        if asked[0] == "grr":
            assert part <= min(whole, told[case("nrr", "plan"), segment][0]) + 1e-9


@given(rows=companies(), window=st.just(SUMMER_TIME))
@few
def test_who_stayed_and_who_left_are_everybody_under_each_policy(
    invented: Invented, rows: Rows, window: Window
) -> None:
    invented.fill(rows)
    variants = (*POLICIES, {"basis": "active"})
    told = invented.told(
        window, *(case(metric, "tenure", **one) for metric in ("churn_rate", "retention_rate") for one in variants)
    )
    for (asked, segment), (left, whole) in told.items():
        if asked[0] == "churn_rate":
            stayed, same_whole = told[("retention_rate", *asked[1:]), segment]
            assert (left + stayed, same_whole) == (whole, whole)


@pytest.mark.parametrize("laws", [SUBSCRIBED, ACTIVE], ids=["subscriptions", "activity"])
@given(rows=companies(), window=st.just(LEAP))
@settings(few, max_examples=10)
def test_every_law_holds_of_every_company(
    invented: Invented, laws: Mapping[str, Law], rows: Rows, window: Window
) -> None:
    invented.fill(rows)
    told = invented.told(window, *dict.fromkeys(one for law in laws.values() for one in law.cases))
    assert {name: found for name, law in laws.items() if (found := list(law.broken(told)))} == {}
    assert list(beyond(told)) == []


CONFINED = (
    case("churn_rate", "plan"), case("churn_rate", method="daily_sum"), case("churn_rate", basis="active"),
    case("churned_customers", "reason"), case("new_customers"), case("mrr"), case("mrr_movements", method="events"),
    case("grr", grr_method="flow"), case("nrr"), case("cohort_retention"), case("cohort_retention", basis="active"),
    case("active_users"), case("feature_adoption", "feature"), case("nps"), case("churn_reasons"),
    case("repeat_purchase_rate", form="cohort"),
)  # fmt: skip
SEEN = (("country", ("ES", "FR")), ("market", ("iberia",)))


@pytest.mark.slow
@given(rows=companies(), window=st.just(LEAP), dimension=st.sampled_from(SEEN))
@few
def test_what_a_person_may_see_is_what_a_filter_by_the_same_dimension_gives(
    invented: Invented, rows: Rows, window: Window, dimension: tuple[str, tuple[str, ...]]
) -> None:
    invented.fill(rows)
    confined = invented.told(window, *CONFINED, seen=(RowFilter(*dimension),))
    filtered = invented.told(window, *CONFINED, filters=(dimension,))
    assert confined == {key: pytest.approx(row, abs=1e-9) for key, row in filtered.items()}


def lives(rows: Rows) -> Mapping[str, list[tuple[datetime, datetime, str, float]]]:
    """Account → (begins, ends, pays or rests, mrr), with grace and pause counted from the start of their runs."""
    moved = {row[0]: row[4] or row[0] for row in rows["accounts"] if not row[3]}
    tests = {row[0] for row in rows["accounts"] if row[3]}
    found: dict[str, list[tuple[datetime, datetime, str, float]]] = defaultdict(list)
    run: dict[str, tuple[str, datetime | None, datetime]] = {}
    for sub, account, begins, closes, status, _, mrr, *_ in sorted(
        rows["subscriptions"], key=lambda row: (row[0], row[2])
    ):
        who = moved.get(account, account)
        before = run.get(sub)
        since = before[2] if before and before[:2] == (status, begins) else begins
        run[sub] = (status, closes, since)
        ends = closes or datetime.max
        if status in ("past_due", "paused"):
            ends = min(ends, since + timedelta(days=30 if status == "past_due" else 90))
        pays = status in ("active", "past_due") and mrr > 0
        if who not in tests and (pays or status == "paused"):
            found[who].append((begins, ends, "pays" if pays else "rests", mrr))
    return found


@given(rows=companies(), window=st.sampled_from(WINDOWS))
@few
def test_the_state_at_an_instant_is_that_of_the_stretches_that_hold_it(
    invented: Invented, rows: Rows, window: Window
) -> None:
    invented.fill(rows)
    told = invented.told(window, case("churn_rate"), case("mrr"), case("grr"), case("nrr"))

    def at(moment: datetime, kinds: tuple[str, ...]) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for who, life in lives(rows).items():
            for begins, ends, kind, mrr in life:
                if begins <= moment < ends and kind in kinds:
                    sums[who] += mrr
        return sums

    start, end = at(window.first, ("pays",)), at(window.last, ("pays",))
    kept = at(window.last, ("pays", "rests"))
    assert told[case("mrr"), ()] == pytest.approx((sum(end.values()), len(end)))
    if start:
        assert told[case("churn_rate"), ()] == (len(set(start) - set(kept)), len(start))
        base = sum(start.values())
        assert told[case("nrr"), ()] == pytest.approx((sum(end.get(who, 0) for who in start), base))
        assert told[case("grr"), ()] == pytest.approx(
            (sum(min(mrr, end.get(who, 0)) for who, mrr in start.items()), base)
        )
