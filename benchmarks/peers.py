"""Four metrics against pandas and Polars over the same Parquet files, and a curve of survival against lifelines.

Each peer is written as somebody would who knows it: only the columns and rows that are needed, Polars as one lazy plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pandas as pd
import polars as pl

from benchmarks import metrics
from benchmarks.apart import Taken, Way, Work, in_turns
from benchmarks.bounds import Line, at_least, at_most
from benchmarks.by_hand import CASES
from benchmarks.figures import timed
from benchmarks.lake import lake
from benchmarks.metrics import told
from bot.metrics import kaplan_meier

EVENTS = 10_000_000
SPELLS = 1_000_000
FASTER, SMALLER, CURVE = 3.0, 1 / 3, 5.0
"""How many times faster with reading, which share of the memory of pandas, and how many times faster than lifelines."""
COMPARED = ("cohort_retention (active)", "active_users", "repeat_purchase_rate", "churn_rate")
FIRST, LAST = datetime(2026, 10, 1), datetime(2026, 11, 1)
YEAR = datetime(2025, 11, 1)
GRACE, PAUSE = timedelta(days=30), timedelta(days=90)
READ = {
    "cohort_retention (active)": {"events": ["user_id", "account_id", "occurred_at", "is_active_event"]},
    "active_users": {"events": ["user_id", "account_id", "occurred_at", "is_active_event"]},
    "repeat_purchase_rate": {"orders": ["customer_id", "occurred_at", "net_amount", "refund"]},
    "churn_rate": {"subscriptions": ["subscription_id", "account_id", "valid_from", "valid_to", "status", "mrr"]},
}
"""Metric → the table it reads beside the accounts, and which columns of it."""
ACCOUNTS = ["account_id", "is_test", "merged_into"]


def ours(events: int, name: str, memory: bool) -> Work:
    """The metric as the bot measures it, compiled anew each time; over the files, or over tables read before."""
    return metrics.ours(events, [one.name for one in CASES].index(name), memory)


def by_pandas(events: int, name: str, memory: bool) -> Work:
    """The same with pandas: read with its columns, then worked out."""
    folder = lake(events)

    def read() -> tuple[pd.DataFrame, pd.DataFrame]:
        [(table, columns)] = READ[name].items()
        kind = {"dtype_backend": "pyarrow"}
        return (
            pd.read_parquet(folder / f"{table}.parquet", columns=columns, **kind),
            pd.read_parquet(folder / "accounts.parquet", columns=ACCOUNTS, **kind),
        )

    held = read() if memory else None

    def work() -> dict[str, Any]:
        rows, accounts = held or read()
        return {"answer": told(PANDAS[name](rows, accounts))}

    return work


def _owned(rows: pd.DataFrame, accounts: pd.DataFrame, column: str = "account_id") -> pd.DataFrame:
    """The rows with `customer`, the account that carries on; test accounts are out."""
    heirs = accounts.dropna(subset="merged_into").set_index("account_id")["merged_into"]
    rows = rows.assign(customer=rows[column].map(heirs).fillna(rows[column]))
    return rows[rows["customer"].isin(accounts.loc[~accounts["is_test"], "account_id"])]


def _active(rows: pd.DataFrame, accounts: pd.DataFrame) -> list[list[Any]]:
    rows = rows[(rows["occurred_at"] >= FIRST) & (rows["occurred_at"] < LAST) & rows["is_active_event"]]
    many = _owned(rows, accounts)["user_id"].nunique()
    return [[many, many]]


def _churn(rows: pd.DataFrame, accounts: pd.DataFrame) -> list[list[Any]]:
    paused = rows["status"] == "paused"
    rows = rows[paused | (rows["status"].isin(["active", "past_due"]) & (rows["mrr"] > 0))]
    limits = {"past_due": GRACE, "paused": PAUSE}
    # Grace and pause count from where an unbroken run of such stretches began.
    waiting = rows[rows["status"].isin(list(limits))].sort_values("valid_from")
    run = [waiting["subscription_id"], waiting["status"]]
    follows = waiting.groupby(run)["valid_to"].shift() == waiting["valid_from"]
    began = waiting["valid_from"].mask(follows.fillna(False)).groupby(run).ffill()
    longest = began.reindex(rows.index) + pd.to_timedelta(rows["status"].astype(object).map(limits))
    closes = pd.concat([rows["valid_to"].astype("datetime64[us]"), longest.astype("datetime64[us]")], axis=1).min(
        axis=1
    )
    rows = rows.assign(closes=closes.fillna(datetime(2100, 1, 1)), pays=rows["status"] != "paused")
    rows = _owned(rows[(rows["valid_from"] <= LAST) & (rows["closes"] > FIRST)], accounts)
    began = rows.loc[rows["pays"] & (rows["valid_from"] <= FIRST), "customer"].drop_duplicates()
    kept = rows.loc[rows["closes"] > LAST, "customer"]
    return [[len(began) - int(began.isin(kept).sum()), len(began)]]


def _repeat(rows: pd.DataFrame, accounts: pd.DataFrame) -> list[list[Any]]:
    rows = rows[(rows["occurred_at"] >= YEAR) & (rows["occurred_at"] < LAST)]
    rows = rows[(rows["net_amount"] > 0) | ((rows["net_amount"] == 0) & (rows["refund"] <= 0))]
    rows = _owned(rows, accounts, "customer_id")
    days = rows.assign(day=rows["occurred_at"].dt.floor("D")).drop_duplicates(["customer", "day"])
    many = days.groupby("customer").size()
    return [[int((many > 1).sum()), len(many)]]


def _cohorts(rows: pd.DataFrame, accounts: pd.DataFrame) -> list[list[Any]]:
    rows = _owned(rows[rows["is_active_event"]], accounts)
    moment = rows["occurred_at"].astype("datetime64[us]")
    month = moment.dt.year * 12 + moment.dt.month - 1
    seen = pd.DataFrame({"user_id": rows["user_id"], "month": month}).drop_duplicates()
    first = seen.groupby("user_id")["month"].transform("min")
    return _grid(seen.assign(cohort=first, age=seen["month"] - first).groupby(["cohort", "age"]).size().to_dict())


def _grid(counts: dict[Any, int]) -> list[list[Any]]:
    """Rows (cohort, age, part, whole) of the twelve cohorts up to October 2026, counted in months since the year 0."""
    first, last = 2025 * 12 + 10, 2026 * 12 + 9
    return [
        [datetime(month // 12, month % 12 + 1, 1), age, counts.get((month, age), 0), counts[month, 0]]
        for month in range(first, last + 1)
        for age in range(last - month + 1)
    ]


PANDAS = {
    "cohort_retention (active)": _cohorts, "active_users": _active, "repeat_purchase_rate": _repeat,
    "churn_rate": _churn,
}  # fmt: skip


def by_polars(events: int, name: str, memory: bool) -> Work:
    """The same with Polars: a lazy plan over the files, or over frames read before."""
    folder = lake(events)
    [(table, columns)] = READ[name].items()

    def lazily(which: str, wanted: list[str]) -> pl.LazyFrame:
        file = folder / f"{which}.parquet"
        return pl.read_parquet(file, columns=wanted).lazy() if memory else pl.scan_parquet(file)

    rows, accounts = lazily(table, columns), lazily("accounts", ACCOUNTS)

    def work() -> dict[str, Any]:
        found = POLARS[name](rows, accounts).collect()
        if name == "cohort_retention (active)":
            return {"answer": told(_grid({(cohort, age): many for cohort, age, many in found.rows()}))}
        return {"answer": told([list(row) for row in found.rows()])}

    return work


def _of_the_heir(rows: pl.LazyFrame, accounts: pl.LazyFrame, column: str = "account_id") -> pl.LazyFrame:
    heirs = accounts.filter(pl.col("merged_into").is_not_null()).select("account_id", "merged_into")
    rows = rows.join(heirs, left_on=column, right_on="account_id", how="left")
    rows = rows.with_columns(customer=pl.coalesce("merged_into", column))
    return rows.join(accounts.filter(~pl.col("is_test")), left_on="customer", right_on="account_id", how="semi")


def _lazy_active(rows: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    rows = rows.filter((pl.col("occurred_at") >= FIRST) & (pl.col("occurred_at") < LAST) & pl.col("is_active_event"))
    many = pl.col("user_id").n_unique()
    return _of_the_heir(rows, accounts).select(value=many, n=many)


def _lazy_churn(rows: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    paused, due = pl.col("status") == "paused", pl.col("status") == "past_due"
    rows = rows.filter(paused | (pl.col("status").is_in(["active", "past_due"]) & (pl.col("mrr") > 0)))
    opens, run = pl.col("valid_from"), ["subscription_id", "status"]
    # Grace and pause count from where an unbroken run of such stretches began.
    follows = (pl.col("valid_to").shift() == opens).over(run, order_by="valid_from").fill_null(value=False)
    waits = rows.filter(due | paused).with_columns(follows=follows)
    fresh = pl.when(~pl.col("follows")).then(opens)
    began = fresh.forward_fill().over(run, order_by="valid_from")
    waits = waits.with_columns(longest=began + pl.when(due).then(GRACE).otherwise(PAUSE)).drop("follows")
    rows = pl.concat([rows.filter(~(due | paused)), waits], how="diagonal")
    longest = pl.col("longest")
    rows = rows.with_columns(closes=pl.min_horizontal("valid_to", longest).fill_null(datetime(2100, 1, 1)))
    rows = _of_the_heir(rows.filter((opens <= LAST) & (pl.col("closes") > FIRST)), accounts)
    states = rows.group_by("customer").agg(
        began=((pl.col("status") != "paused") & (opens <= FIRST)).any(), kept=(pl.col("closes") > LAST).any()
    )
    return states.select((pl.col("began") & ~pl.col("kept")).sum(), pl.col("began").sum().alias("whole"))


def _lazy_repeat(rows: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    rows = rows.filter((pl.col("occurred_at") >= YEAR) & (pl.col("occurred_at") < LAST))
    rows = rows.filter((pl.col("net_amount") > 0) | ((pl.col("net_amount") == 0) & (pl.col("refund") <= 0)))
    rows = _of_the_heir(rows, accounts, "customer_id")
    days = rows.select("customer", day=pl.col("occurred_at").dt.date()).unique()
    return days.group_by("customer").len().select((pl.col("len") > 1).sum(), pl.len().alias("whole"))


def _lazy_cohorts(rows: pl.LazyFrame, accounts: pl.LazyFrame) -> pl.LazyFrame:
    rows = _of_the_heir(rows.filter(pl.col("is_active_event")), accounts)
    moment = pl.col("occurred_at").dt
    month = moment.year().cast(pl.Int64) * 12 + moment.month().cast(pl.Int64) - 1
    seen = rows.select("user_id", month=month).unique()
    born = seen.group_by("user_id").agg(cohort=pl.col("month").min())
    aged = seen.join(born, on="user_id").select("cohort", age=pl.col("month") - pl.col("cohort"))
    return aged.group_by("cohort", "age").len()


POLARS = {
    "cohort_retention (active)": _lazy_cohorts, "active_users": _lazy_active, "repeat_purchase_rate": _lazy_repeat,
    "churn_rate": _lazy_churn,
}  # fmt: skip


def peers(events: int = EVENTS, times: int = 3) -> Iterator[Line]:
    """Lines for each metric and peer: with reading, in memory, and the memory itself; then the curve."""
    for name in COMPARED:
        makers = ("ours", "by_pandas", "by_polars")
        hand = Way("benchmarks.metrics:by_hand", (events, [one.name for one in CASES].index(name)))
        ways = [Way(f"benchmarks.peers:{maker}", (events, name, False)) for maker in makers]
        *read, best = in_turns([*ways, hand], times)
        held = in_turns([Way(f"benchmarks.peers:{maker}", (events, name, True)) for maker in makers], times)
        if len({str(one.answer) for one in (*read, *held)}) > 1:
            raise AssertionError(name, [one.answer[:3] for one in (*read, *held)])
        for peer, files, memory in zip(("pandas", "Polars"), read[1:], held[1:], strict=True):
            line = _faster(f"{name}: faster than {peer}, with reading", read[0], files, FASTER)
            yield replace(line, note=f"{line.note}; SQL by hand {best.seconds['run'] * 1000:.0f} ms")
            yield _faster(f"{name}: faster than {peer}, in memory", held[0], memory, 1.0)
        own, theirs, third = (one.mebibytes - one.ready for one in read)
        whole = " : ".join(f"{one.mebibytes:.0f}" for one in read[:2])
        note = f"{own:.0f} : {theirs:.0f} MiB; Polars {third:.0f} MiB; with all that is imported {whole} MiB"
        yield Line(f"{name}: memory of pandas", at_most(own / theirs, SMALLER), note)
    own, theirs = in_turns(
        [Way("benchmarks.peers:curve", (SPELLS,)), Way("benchmarks.peers:by_lifelines", (SPELLS,))], times
    )
    if own.answer != theirs.answer:
        raise AssertionError(own.answer[:5], theirs.answer[:5])
    line = _faster(f"survival of {SPELLS:,} spells: faster than lifelines", own, theirs, CURVE)
    yield replace(line, note=f"{line.note}; peak {own.mebibytes:.0f} : {theirs.mebibytes:.0f} MiB")


def _faster(what: str, own: Taken, theirs: Taken, bound: float) -> Line:
    """How many times as long theirs takes as our query; what it takes to compile is told apart, as much on any data."""
    mine, compiling = own.seconds["run"] + own.seconds["fetch"], own.seconds["compile"]
    note = f"{mine * 1000:.0f} ms : {theirs.seconds['total'] * 1000:.0f} ms; compile {compiling * 1000:.0f} ms"
    return Line(what, at_least(theirs.seconds["total"] / mine, bound), note)


def spells(many: int) -> pd.DataFrame:
    """Spells of up to 60 months, four in five of them over: `age` in months, and `left`."""
    dice = np.random.default_rng(7)
    lasting, seen = dice.geometric(0.06, many), dice.integers(1, 61, many)
    return pd.DataFrame({"age": np.minimum(lasting, seen), "left": (lasting <= seen).astype("int64")})


def curve(many: int) -> Work:
    """Our curve with its interval: counted per age by the engine that holds the spells, then told."""
    database = ibis.duckdb.connect()
    rows = database.create_table("spells", spells(many))
    counted = rows.group_by("age").agg(left=rows.left.sum(), censored=(1 - rows.left).sum()).order_by("age")

    def work() -> dict[str, Any]:
        found: dict[str, Any] = {}
        compiling = timed(lambda: found.update(sql=database.compile(counted)))
        running = timed(lambda: found.update(rows=database.raw_sql(found["sql"]).to_arrow_table()))
        fetching = timed(lambda: found.update(curve=kaplan_meier.curve(found["rows"].to_pandas())))
        answer = [f"{value:.9f}" for value in found["curve"]["value"]]
        return {"answer": answer, "compile": compiling, "run": running, "fetch": fetching}

    return work


def by_lifelines(many: int) -> Work:
    """The estimator of lifelines with its interval, fitted to the spells."""
    from lifelines import KaplanMeierFitter  # what measures the others does without it

    rows = spells(many)

    def work() -> dict[str, Any]:
        found = KaplanMeierFitter().fit(rows["age"], rows["left"]).survival_function_
        return {"answer": [f"{value:.9f}" for value in found.loc[1:, "KM_estimate"]]}

    return work
