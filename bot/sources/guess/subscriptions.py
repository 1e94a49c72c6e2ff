"""Subscriptions out of rows with a start and an end: renewals that chain become stretches of one subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.sources.casting import TRUE
from bot.sources.files import literal
from bot.sources.guess.look import Seen, asked, cents
from bot.sources.guess.match import Fit
from bot.sources.guess.names import fold, meaning
from bot.sources.guess.proposal import Ask, Scene, TableGuess, told
from bot.sources.guess.sql import Speech, name_of, only, select, source
from bot.sources.mapping import TableMap
from bot.types import Note

OVERLAPPING = 0.01
"""Lines of renewals in which more rows than this begin before the one before has ended are no lines."""
CHAINED = 0.5
"""Rows are renewals when at least this share of those that are followed are followed within a day."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How rows hang together: the SQL that names a line, the last start, and how many one-day holes there are."""

    line: str
    last: date
    holes: int


def subscriptions(scene: Scene, fit: Fit) -> list[TableGuess]:
    """The subscriptions of a sheet, and the plans they name where no price list does."""
    chain = chain_of(scene, fit)
    if chain is not None:
        scene.as_of = chain.last
    notes: list[Note] = []
    mrr = revenue(scene, fit, notes)
    plan = plan_id(fit)
    columns = {
        "subscription_id": "_line" if chain else identity(fit),
        "account_id": name_of(fit["account_id"].name),
        "valid_from": "_starts" if chain else scene.speech.moment(fit["valid_from"]),
        "valid_to": ends(scene, fit, chain),
        "status": status(scene.speech, fit, chain),
        "plan_id": plan,
        "quantity": number(scene, fit, "quantity"),
        "mrr": mrr,
        "trial_end": moment(scene, fit, "trial_end"),
        "term_end": "_ends" if chain else None,
        "reason_code": plain_name(fit, "reason_code"),
    }
    query = select(only(columns), ["FROM mainstay_following" if chain else source(fit.sheet.name)])
    if chain is not None:
        notes.append(Note("try_note_renewals", {"table": fit.sheet.name}))
        if chain.holes:
            notes.append(Note("try_note_holes", {"n": chain.holes}))
        query = "\n".join([*steps(scene.speech, fit, chain), query])
    feeds: dict[str, tuple[str, ...]] = {name: (name,) for name in columns}
    if "mrr" not in fit.columns:
        feeds["mrr"] = ("_arr",) if "_arr" in fit.columns else ("_amount", "_interval", "_months")
    feeds |= {"status": ("status", "_trial"), "plan_id": ("plan_id", "_interval", "_months")}
    guess = TableGuess(
        "subscriptions", TableMap(select=query), fit.confidence, (fit.sheet.name,), told(fit, feeds), tuple(notes)
    )
    return [guess, *plans(scene, fit)]


def chain_of(scene: Scene, fit: Fit) -> Chain | None:
    """The lines along which the rows of an account follow each other; None where rows are subscriptions."""
    if "valid_to" not in fit.columns:
        return None
    own = fit.get("subscription_id")
    if own is not None and not fit.sheet.unique(own.name):
        return None
    account = name_of(fit["account_id"].name)
    kind, plan = fit.get("_kind"), fit.get("plan_id")
    if (found := tested(scene, fit, account, None)) and passes(found):
        return chain(account, found)
    if kind is not None:
        found = tested(scene, fit, account, kind)
        single = [row["grp"] for row in found if passes([row])]
        if found and len(single) == len(found):
            return chain(f"{account} || '-' || {name_of(kind.name)}", found)
        if single and plan is not None:
            listed = ", ".join(literal(str(value)) for value in single)
            line = (
                f"{account} || '-' || CASE WHEN {name_of(kind.name)} IN ({listed}) THEN {name_of(kind.name)} "
                f"ELSE {name_of(plan.name)} END"
            )
            if (found := tested(scene, fit, line, None)) and passes(found):
                return chain(line, found)
    if plan is not None:
        line = f"{account} || '-' || {name_of(plan.name)}"
        if (found := tested(scene, fit, line, None)) and passes(found):
            return chain(line, found)
    return None


def tested(scene: Scene, fit: Fit, line: str, group: Seen | None) -> list[dict[str, Any]]:
    """Rows, rows that are followed, overlaps, rows followed within a day, one-day holes; by group."""
    speech = scene.speech
    begun, ended = speech.day(fit["valid_from"]), speech.day(fit["valid_to"])
    of = name_of(group.name) if group else "1"
    lines = [
        "FROM ("
        + select({"_line": line, "_group": of, "_starts": begun, "_ends": ended}, [source(fit.sheet.name)])
        + ") AS raw_rows"
    ]
    follow = {
        "_group": "_group",
        "_starts": "_starts",
        "_ends": "_ends",
        "_next": "lead(_starts) OVER (PARTITION BY _line, _group ORDER BY _starts)",
    }
    inner = "FROM (" + select(follow, lines) + ") AS followed_rows"
    counted = {
        "grp": "_group",
        "n": "count(*)",
        "followed": "count(_next)",
        "last": "max(_starts)",
        "latest": "max(_ends)",
        "overlaps": "sum(CASE WHEN _next < _ends THEN 1 ELSE 0 END)",
        "chained": "sum(CASE WHEN _next - _ends IN (0, 1) THEN 1 ELSE 0 END)",
        "holes": "sum(CASE WHEN _next - _ends = 1 THEN 1 ELSE 0 END)",
    }
    return asked(scene.connection, select(counted, [inner, "GROUP BY _group"]))


def passes(found: list[dict[str, Any]]) -> bool:
    """Whether those rows are renewals along their line."""
    n, followed = (sum(row[what] or 0 for row in found) for what in ("n", "followed"))
    overlaps, hits = (sum(row[what] or 0 for row in found) for what in ("overlaps", "chained"))
    return bool(followed >= n * 0.2 and overlaps <= n * OVERLAPPING and hits >= followed * CHAINED)


def chain(line: str, found: list[dict[str, Any]]) -> Chain:
    """The chain along a line that passed."""
    last = max(row["last"] for row in found)
    day = last.date() if hasattr(last, "date") else last
    return Chain(line, day, sum(int(row["holes"] or 0) for row in found))


def steps(speech: Speech, fit: Fit, chain: Chain) -> list[str]:
    """What a SELECT over chained rows begins with: each row's line, and the start of the row that follows on it."""
    added = {"_line": chain.line, "_starts": speech.day(fit["valid_from"]), "_ends": speech.day(fit["valid_to"])}
    lined = ", ".join(f"{expression} AS {name}" for name, expression in added.items())
    follow = "SELECT *, lead(_starts) OVER (PARTITION BY _line ORDER BY _starts) AS _next"
    return [
        "WITH mainstay_lines AS (",
        f"  SELECT *, {lined}",
        f"  {source(fit.sheet.name)}",
        "), mainstay_following AS (",
        f"  {follow}",
        "  FROM mainstay_lines",
        ")",
    ]


def ends(scene: Scene, fit: Fit, chain: Chain | None) -> str | None:
    """When a stretch ends: a renewal at the next start, also over a hole of a day; a paid-up term not before it is."""
    if chain is not None:
        return (
            f"CASE WHEN _next - _ends IN (0, 1) THEN _next\n"
            f"            WHEN _ends <= DATE '{chain.last.isoformat()}' THEN _ends END"
        )
    return moment(scene, fit, "valid_to")


def identity(fit: Fit) -> str:
    """The subscription's own id; else the account's, where one account has one row."""
    own = fit.get("subscription_id")
    if own is not None:
        return name_of(own.name)
    account = name_of(fit["account_id"].name)
    if fit.sheet.unique(fit["account_id"].name) or "plan_id" not in fit.columns:
        return account
    return f"{account} || '-' || {name_of(fit['plan_id'].name)}"


def status(speech: Speech, fit: Fit, chain: Chain | None) -> str:
    """The words of the source as canonical ones. What has ended was paid for as long as it ran."""
    seen, trial = fit.get("status"), fit.get("_trial")
    parts = []
    if trial is not None:
        words = ", ".join(literal(word) for word in TRUE)
        kind = "VARCHAR" if speech.dialect == "duckdb" else "TEXT"
        parts.append(f"WHEN lower(CAST({name_of(trial.name)} AS {kind})) IN ({words}) THEN 'trial'")
    if seen is not None:
        groups: dict[str, list[str]] = {}
        for value in seen.values:
            groups.setdefault(meaning(value, "status") or "active", []).append(literal(value))
        end = fit.get("valid_to") if chain is None else None
        for word, values in groups.items():
            if word == "active":
                continue
            running = f" AND {speech.day(end)} IS NULL" if word == "ended" and end else ""
            parts.append(f"WHEN {name_of(seen.name)} IN ({', '.join(values)}){running} THEN '{word}'")
    return "CASE " + "\n            ".join(parts) + " ELSE 'active' END" if parts else "'active'"


def revenue(scene: Scene, fit: Fit, notes: list[Note]) -> str:
    """Monthly revenue from whatever amount there is."""
    speech = scene.speech
    by = " / 100" if cents([fit[role] for role in ("mrr", "_amount", "_arr") if role in fit.columns]) else ""
    if by:
        notes.append(Note("try_note_cents", {"table": fit.sheet.name}))
    if (mrr := fit.get("mrr")) is not None:
        return speech.number(mrr) + by
    if (arr := fit.get("_arr")) is not None:
        return f"{speech.number(arr)}{by} / 12"
    amount = fit.get("_amount")
    if amount is None:
        notes.append(Note("try_note_no_price", {"table": fit.sheet.name}))
        return "1"
    worth = speech.number(amount) + by
    if "unit" in fold(amount.name).split() and "quantity" in fit.columns:
        worth = f"{worth} * {speech.number(fit['quantity'])}"
    months = term(speech, fit)
    if months is None:
        return worth
    if scene.choose(Ask("amount", "try_ask_amount", ("term", "month"), {"column": amount.name})) == "month":
        return worth
    notes.append(Note("try_note_by_term", {"column": amount.name}))
    return f"{worth} / {months}"


def term(speech: Speech, fit: Fit) -> str | None:
    """The months of a term as SQL; None where every term is a month, or nothing tells."""
    interval, months = fit.get("_interval"), fit.get("_months")
    if months is not None:
        return speech.number(months) if months.distinct > 1 or months.values != ("1",) else None
    if interval is None:
        return None
    found = {value: meaning(value, "interval") for value in interval.values}
    if set(found.values()) <= {"1", None}:
        return None
    parts = " ".join(f"WHEN {literal(value)} THEN {count}" for value, count in found.items() if count)
    return f"CASE {name_of(interval.name)} {parts} ELSE 1 END"


def plan_id(fit: Fit) -> str | None:
    """The plan; with its term where plans are sold for several."""
    plan = fit.get("plan_id")
    if plan is None:
        return None
    by = fit.get("_months") or fit.get("_interval")
    return f"{name_of(plan.name)} || '-' || {name_of(by.name)}" if by else name_of(plan.name)


def plans(scene: Scene, fit: Fit) -> list[TableGuess]:
    """The price list that the rows imply."""
    plan = fit.get("plan_id")
    if plan is None or "plans" in scene.fits:
        return []
    interval, months = fit.get("_interval"), fit.get("_months")
    of = interval or (plan if any(meaning(value, "interval") for value in plan.values) else None)
    columns = {"plan_id": plan_id(fit), "name": name_of(plan.name)}
    if months is not None:
        columns |= {"interval": "'month'", "interval_count": name_of(months.name)}
    elif of is not None:
        columns |= intervals(of)
    by = "_months" if months else "_interval" if interval else "plan_id"
    known = told(fit, {"plan_id": ("plan_id",), "name": ("plan_id",), "interval": (by,) if len(columns) > 2 else ()})
    query = select(only(columns), [source(fit.sheet.name), f"WHERE {name_of(plan.name)} IS NOT NULL"], distinct=True)
    return [TableGuess("plans", TableMap(select=query), fit.confidence, (fit.sheet.name,), known)]


def intervals(of: Seen) -> dict[str, str]:
    """The unit and length of a term by the words of a column."""
    found = {value: int(months) for value in of.values if (months := meaning(value, "interval"))}
    unit = " ".join(f"WHEN {literal(value)} THEN '{'month' if n % 12 else 'year'}'" for value, n in found.items())
    length = " ".join(f"WHEN {literal(value)} THEN {n if n % 12 else n // 12}" for value, n in found.items())
    column = name_of(of.name)
    return {"interval": f"CASE {column} {unit} END", "interval_count": f"CASE {column} {length} END"}


def number(scene: Scene, fit: Fit, column: str) -> str | None:
    """A column of numbers, if there is one."""
    seen = fit.get(column)
    if seen is None:
        return None
    return scene.speech.number(seen) if seen.kind in ("comma", "marked") else name_of(seen.name)


def moment(scene: Scene, fit: Fit, column: str) -> str | None:
    """A column of instants, if there is one."""
    seen = fit.get(column)
    return scene.speech.moment(seen) if seen else None


def plain_name(fit: Fit, column: str) -> str | None:
    """A column as it is, if there is one."""
    seen = fit.get(column)
    return name_of(seen.name) if seen else None
