"""Accounts, what they do, ask and say; and the undated picture of customers who stayed or left."""

from __future__ import annotations

from datetime import date

from bot.sources.casting import TRUE
from bot.sources.files import literal
from bot.sources.guess.look import Seen, asked
from bot.sources.guess.match import Fit, assigned
from bot.sources.guess.names import country_code, fold, meaning, words
from bot.sources.guess.orders import customer
from bot.sources.guess.proposal import ColumnGuess, Scene, TableGuess, plain, told
from bot.sources.guess.sql import cases, name_of, only, select, source, translated
from bot.sources.guess.subscriptions import plans
from bot.sources.mapping import TableMap
from bot.types import Note

NOMINAL = date(2020, 1, 1)
"""The day an undated picture is laid on: those who left did so in the month before."""
JOINED = 0.9
"""Columns name the same things when at least this share of the values of one is found in the other."""


def accounts(scene: Scene, fit: Fit) -> TableGuess:
    """The accounts of a sheet; seats or employees become bands of size."""
    changed = {}
    if (seats := fit.get("_seats")) is not None:
        n = scene.speech.whole(seats)
        changed["size"] = (
            f"CASE WHEN {n} <= 10 THEN '1-10' WHEN {n} <= 50 THEN '11-50' "
            f"WHEN {n} <= 200 THEN '51-200' WHEN {n} > 200 THEN '201+' END"
        )
    return plain(scene, fit, changed, {"size": ("_seats",)})


def derived_accounts(scene: Scene, fit: Fit) -> TableGuess:
    """The accounts that another sheet names, each from its first day."""
    key, when = ("customer_id", "occurred_at") if fit.kind == "orders" else ("account_id", "valid_from")
    if fit.kind == "events":
        key, when = ("account_id" if "account_id" in fit.columns else "user_id"), "occurred_at"
    who = customer(fit) if fit.kind == "orders" else name_of(fit[key].name)
    columns = {"account_id": who, "signup_at": f"min({scene.speech.ordered(fit[when])})"}
    known = [*told(fit, {"account_id": (key,), "signup_at": (when,)})]
    for column, seen, sure in attributes(fit):
        value = name_of(seen.name)
        columns[column] = translated(seen, f"max({value})", country_code) if column == "country" else f"max({value})"
        known.append(ColumnGuess(column, seen.name, sure))
    rest = [source(fit.sheet.name), f"WHERE {name_of(fit[key].name)} IS NOT NULL", f"GROUP BY {who}"]
    return TableGuess(
        "accounts",
        TableMap(select=select(columns, rest)),
        fit.confidence,
        (fit.sheet.name,),
        tuple(known),
        (Note("try_note_accounts", {"table": fit.sheet.name}),),
    )


def attributes(fit: Fit) -> list[tuple[str, Seen, float]]:
    """What else a sheet tells of its accounts."""
    taken = {seen.name for seen, _ in fit.columns.values()}
    found = assigned(fit.sheet, "accounts")
    wanted = ("country", "region", "industry", "language", "acquisition_channel")
    return [(column, *found[column]) for column in wanted if column in found and found[column][0].name not in taken]


def events(scene: Scene, fit: Fit) -> list[TableGuess]:
    """What was done; through the subscription where only that says by whom. Event names are features."""
    names = fit["name"]
    column = name_of(names.name)
    features = TableGuess(
        "features",
        TableMap(
            select=select(
                {"feature_id": column, "name": f"replace({column}, '_', ' ')", "core_event": column},
                [source(fit.sheet.name), f"WHERE {column} IS NOT NULL"],
                distinct=True,
            )
        ),
        fit.confidence,
        (fit.sheet.name,),
        told(fit, {"feature_id": ("name",), "core_event": ("name",)}),
    )
    mine = by_subscription(scene, fit) or plain(scene, fit, owner(scene, fit))
    return [mine, features] if len(names.values) > 1 else [mine]


def owner(scene: Scene, fit: Fit) -> dict[str, str]:
    """The account of a user, where the users are the accounts."""
    user, known = fit.get("user_id"), scene.fits.get("accounts") or scene.fits.get("subscriptions")
    if user is None or "account_id" in fit.columns or "users" in scene.fits:
        return {}
    if known is None or joined(scene, fit.sheet.name, user, known.sheet.name, known["account_id"]):
        return {"account_id": name_of(user.name)}
    return {}


def by_subscription(scene: Scene, fit: Fit) -> TableGuess | None:
    """Rows that name a subscription and nobody: the subscription knows whose it is."""
    link, subs = fit.get("_subscription"), scene.fits.get("subscriptions")
    if link is None or subs is None or "account_id" in fit.columns or "user_id" in fit.columns:
        return None
    own = subs.get("subscription_id")
    if own is None or not subs.sheet.unique(own.name):
        return None
    columns = {
        column: f"used.{name_of(fit[column].name)}"
        for column in ("event_id", "name", "occurred_at", "platform")
        if column in fit.columns
    }
    columns["account_id"] = f"held.{name_of(subs['account_id'].name)}"
    join = f"{source(subs.sheet.name).replace('FROM', 'JOIN', 1)} AS held"
    on = f"ON held.{name_of(own.name)} = used.{name_of(link.name)}"
    rest = [f"{source(fit.sheet.name)} AS used", f"{join} {on}"]
    known = (
        *told(fit, {column: (column,) for column in columns}),
        ColumnGuess(
            "account_id", f"{link.name} → {subs.sheet.name}.{subs['account_id'].name}", fit.sure("_subscription")
        ),
    )
    return TableGuess(
        "events", TableMap(select=select(columns, rest)), fit.confidence, (fit.sheet.name, subs.sheet.name), known
    )


def tickets(scene: Scene, fit: Fit) -> TableGuess:
    """Calls for help."""
    changed = {}
    if (minutes := fit.get("_reply_minutes")) is not None:
        opened = f"CAST({scene.speech.moment(fit['created_at'])} AS TIMESTAMP)"
        changed["first_reply_at"] = f"{opened} + INTERVAL '1 minute' * {scene.speech.whole(minutes)}"
    if (priority := fit.get("priority")) is not None and "medium" in {fold(value) for value in priority.values}:
        changed["priority"] = translated(
            priority, name_of(priority.name), lambda value: "normal" if fold(value) == "medium" else value
        )
    return plain(scene, fit, changed, {"first_reply_at": ("created_at", "_reply_minutes")})


def answers(scene: Scene, fit: Fit) -> TableGuess:
    """What people answered when they left, or how likely they would recommend."""
    changed = {"type": "'churn'" if fit.kind == "churn_answers" else "'nps'"}
    if "answer_id" not in fit.columns:
        changed["answer_id"] = f"row_number() OVER (ORDER BY {name_of(fit['account_id'].name)})"
    return plain(scene, fit, changed)


def snapshot(scene: Scene, fit: Fit, others: list[Fit]) -> list[TableGuess]:
    """An undated picture: a nominal month in which those who left did so, after their tenure."""
    scene.as_of = NOMINAL
    beside = next(
        (
            other
            for other in others
            if other.columns.keys() - fit.columns.keys()
            and joined(scene, fit.sheet.name, fit["account_id"], other.sheet.name, other["account_id"])
        ),
        None,
    )
    pair = Pair(fit, beside)
    opened, closed = date(NOMINAL.year - 1, 12, 1), date(NOMINAL.year - 1, 12, 31)
    begun = f"DATE '{opened.isoformat()}'"
    if (tenure := fit.get("_tenure")) is not None:
        begun = f"{begun} - INTERVAL '1 month' * {scene.speech.whole(tenure, pair.one)}"
    who = pair.one + name_of(fit["account_id"].name)
    place = fit.get("country") or (beside.get("country") if beside else None)
    notes = [Note("try_note_snapshot", {"table": fit.sheet.name, "column": fit["_churned"].name})]
    money = fit.get("mrr")
    if money is None:
        notes.append(Note("try_note_no_price", {"table": fit.sheet.name}))
    left = f"{pair.one}{name_of(fit['_churned'].name)}"
    whose = {"account_id": who, "country": pair.of("country", place), "region": pair.of("region"), "signup_at": begun}
    subscribed = {
        "subscription_id": who,
        "account_id": who,
        "valid_from": begun,
        "valid_to": f"CASE WHEN {gone(fit['_churned'], left, scene)} THEN DATE '{closed.isoformat()}' END",
        "status": "'active'",
        "plan_id": pair.of("plan_id"),
        "mrr": scene.speech.number(money, pair.one) if money else "1",
        "reason_code": pair.of("reason_code"),
    }
    rest = pair.rest()
    names = (fit.sheet.name, *([beside.sheet.name] if beside else ()))
    found = [
        TableGuess(
            "accounts",
            TableMap(select=select(only(whose), rest)),
            fit.confidence,
            names,
            pair.told(
                {
                    "account_id": ("account_id",),
                    "country": ("country",),
                    "region": ("region",),
                    "signup_at": ("_tenure",),
                }
            ),
        ),
        TableGuess(
            "subscriptions",
            TableMap(select=select(only(subscribed), rest)),
            fit.confidence,
            names,
            pair.told(
                {
                    "account_id": ("account_id",),
                    "valid_from": ("_tenure",),
                    "valid_to": ("_churned",),
                    "plan_id": ("plan_id",),
                    "mrr": ("mrr",),
                    "reason_code": ("reason_code",),
                }
            ),
            tuple(notes),
        ),
        *plans(scene, fit),
    ]
    holder = fit if "reason_code" in fit.columns else beside
    if holder is not None and "reason_code" in holder.columns:
        found.append(reasons(holder))
    return found


class Pair:
    """A picture of customers, and another sheet about the same ones that may know more of them."""

    def __init__(self, fit: Fit, beside: Fit | None) -> None:
        self.fit, self.beside = fit, beside
        self.one = "mine." if beside else ""

    def of(self, column: str, seen: Seen | None = None) -> str | None:
        """The SQL for a column that either has."""
        holder = self.fit if column in self.fit.columns else self.beside
        if holder is None or column not in holder.columns:
            return None
        seen = seen or holder[column]
        text = (self.one if holder is self.fit else "more.") + name_of(seen.name)
        return translated(seen, text, country_code) if column == "country" else text

    def rest(self) -> list[str]:
        """FROM the one, joined with the other."""
        mine = source(self.fit.sheet.name)
        if self.beside is None:
            return [mine]
        other = source(self.beside.sheet.name).replace("FROM", "LEFT JOIN", 1)
        here, there = name_of(self.fit["account_id"].name), name_of(self.beside["account_id"].name)
        return [f"{mine} AS mine", f"{other} AS more ON more.{there} = mine.{here}"]

    def told(self, feeds: dict[str, tuple[str, ...]]) -> tuple[ColumnGuess, ...]:
        """What each canonical column comes from."""
        mine = told(self.fit, feeds)
        known = {guess.column for guess in mine}
        also = (
            told(self.beside, {column: roles for column, roles in feeds.items() if column not in known})
            if self.beside
            else ()
        )
        return (*mine, *also)


def gone(seen: Seen, column: str, scene: Scene) -> str:
    """The condition that says that a customer left."""
    kind = "VARCHAR" if scene.speech.dialect == "duckdb" else "TEXT"
    left = set(words()["snapshot"]["columns"]["_churned"]) | {"attrited", "attrited customer", "gone", "lost"}
    named = [value for value in seen.values if fold(value) in left or fold(value).split()[:1] == ["attrited"]]
    yes = [value for value in seen.values if fold(value) in (*TRUE, "oui", "si", "ja", "tak")]
    listed = ", ".join(literal(value.lower()) for value in named or yes)
    return f"lower(CAST({column} AS {kind})) IN ({listed})" if listed else "FALSE"


def reasons(fit: Fit) -> TableGuess:
    """The code list that a column of reasons implies; the parents by the words in them."""
    seen = fit["reason_code"]
    column = name_of(seen.name)
    parents = {value: meaning(value, "reason") or "other" for value in seen.values}
    columns = {"reason_code": column, "name": column, "parent": cases(column, parents, "'other'")}
    query = select(columns, [source(fit.sheet.name), f"WHERE {column} IS NOT NULL"], distinct=True)
    return TableGuess(
        "churn_reasons",
        TableMap(select=query),
        fit.confidence,
        (fit.sheet.name,),
        told(fit, {"reason_code": ("reason_code",), "parent": ("reason_code",)}),
    )


def joined(scene: Scene, one: str, mine: Seen, other: str, theirs: Seen) -> bool:
    """Whether most values of a column are found in a column of another sheet."""
    kind = "VARCHAR" if scene.speech.dialect == "duckdb" else "TEXT"

    def distinct(sheet: str, seen: Seen, name: str) -> str:
        column = f"CAST({name_of(seen.name)} AS {kind})"
        values = select({"value": column}, [source(sheet), f"WHERE {column} IS NOT NULL"], distinct=True)
        return f"({values}) {name}"

    rest = [
        f"FROM {distinct(one, mine, 'mine')}",
        f"LEFT JOIN {distinct(other, theirs, 'theirs')} ON theirs.value = mine.value",
    ]
    found = asked(scene.connection, select({"n": "count(*)", "hits": "count(theirs.value)"}, rest))
    return bool(found and found[0]["n"] and found[0]["hits"] >= found[0]["n"] * JOINED)
