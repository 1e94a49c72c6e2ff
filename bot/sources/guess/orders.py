"""Orders as they are, or made from their lines; where nothing numbers them, from what one customer bought on a day."""

from __future__ import annotations

import re

from bot.sources.files import literal
from bot.sources.guess.look import asked, cents
from bot.sources.guess.match import Fit
from bot.sources.guess.names import fold, words
from bot.sources.guess.proposal import Scene, TableGuess, expressed, plain, told
from bot.sources.guess.sql import name_of, only, select, source
from bot.sources.mapping import TableMap
from bot.types import Note


def orders(scene: Scene, fit: Fit) -> list[TableGuess]:
    """The orders of a sheet, and the lines they are made of where it has those."""
    number = fit.get("order_id")
    if number is not None and fit.sheet.unique(number.name):
        return [whole(scene, fit)]
    if number is None:
        return [daily(scene, fit)]
    return lined(scene, fit)


def customer(fit: Fit) -> str:
    """Who bought; where only an address names them, a hash of it stands for it."""
    seen = fit["customer_id"]
    column = name_of(seen.name)
    return f"md5(lower(trim({column})))" if "email" in fold(seen.name).split() else column


def worth(scene: Scene, fit: Fit, notes: list[Note]) -> str:
    """The SQL for the amount of a row."""
    price, amount, items = fit.get("_price"), fit.get("net_amount"), fit.get("items")
    by = " / 100" if cents([seen for seen in (price, amount) if seen]) else ""
    if by:
        notes.append(Note("try_note_cents", {"table": fit.sheet.name}))
    if amount is not None:
        return scene.speech.number(amount) + by
    if price is None:
        notes.append(Note("try_note_no_price", {"table": fit.sheet.name}))
        return "1"
    return scene.speech.number(price) + by + (f" * {scene.speech.number(items)}" if items else "")


def whole(scene: Scene, fit: Fit) -> TableGuess:
    """One row an order."""
    notes: list[Note] = []
    amount = worth(scene, fit, notes)
    changed = {}
    if customer(fit) != name_of(fit["customer_id"].name):
        changed["customer_id"] = customer(fit)
    if notes or "net_amount" not in fit.columns:
        changed["net_amount"] = amount
    if "refund" not in fit.columns and negative(scene, fit, amount):
        notes.append(Note("try_note_refunds", {"table": fit.sheet.name}))
        changed["refund"] = f"CASE WHEN {amount} < 0 THEN -({amount}) ELSE 0 END"
    feeds = {"net_amount": ("net_amount",) if "net_amount" in fit.columns else ("_price", "items")}
    return plain(scene, fit, changed, feeds, tuple(notes))


def daily(scene: Scene, fit: Fit) -> TableGuess:
    """What one customer bought on one day is one order."""
    notes = [Note("try_note_same_day", {"table": fit.sheet.name})]
    who, day = customer(fit), scene.speech.day(fit["occurred_at"])
    columns = {
        "order_id": f"{who} || '-' || {day}",
        "customer_id": who,
        "occurred_at": day,
        **summed(scene, fit, f"sum({worth(scene, fit, notes)})"),
    }
    rest = [source(fit.sheet.name), f"WHERE {name_of(fit['customer_id'].name)} IS NOT NULL", f"GROUP BY {who}, {day}"]
    return made(fit, columns, rest, notes)


def lined(scene: Scene, fit: Fit) -> list[TableGuess]:
    """Orders from their lines, and the lines."""
    notes = [Note("try_note_lines", {"table": fit.sheet.name})]
    number = name_of(fit["order_id"].name)
    line = worth(scene, fit, notes)
    total = f"max({line})" if repeated(scene, fit, line) else f"round(CAST(sum({line}) AS DECIMAL(18, 4)), 2)"
    columns = {
        "order_id": number,
        "customer_id": f"max({customer(fit)})",
        "occurred_at": f"min({scene.speech.ordered(fit['occurred_at'])})",
        **summed(scene, fit, total),
    }
    if negative(scene, fit, line):
        notes.append(Note("try_note_refunds", {"table": fit.sheet.name}))
        columns["refund"] = f"CASE WHEN {total} < 0 THEN -({total}) ELSE 0 END"
    goods = ""
    if codes := not_goods(scene, fit):
        notes.append(Note("try_note_not_goods", {"table": fit.sheet.name, "codes": codes}))
        product = name_of(fit["_product"].name)
        goods = f" AND ({product} IS NULL OR {product} NOT IN ({', '.join(map(literal, codes))}))"
    rest = [source(fit.sheet.name), f"WHERE {number} IS NOT NULL{goods}", f"GROUP BY {number}"]
    orders_ = made(fit, columns, rest, notes)
    if total.startswith("max"):
        return [orders_]
    lines = {
        "order_id": number,
        "product_id": name_of(fit["_product"].name) if "_product" in fit.columns else None,
        "quantity": expressed(scene.speech, "quantity", fit["items"], "order_items")
        if "items" in fit.columns
        else None,
        "net_amount": line,
    }
    known = told(
        fit,
        {
            "order_id": ("order_id",),
            "product_id": ("_product",),
            "quantity": ("items",),
            "net_amount": ("net_amount", "_price", "items"),
        },
    )
    items = TableGuess(
        "order_items", TableMap(select=select(only(lines), rest[:2])), fit.confidence, (fit.sheet.name,), known
    )
    return [orders_, items]


def not_goods(scene: Scene, fit: Fit) -> list[str]:
    """The codes of postage, fees and the like: their label says so, and they are no article numbers."""
    product, label = fit.get("_product"), fit.get("_label")
    if product is None or label is None or not product.is_text:
        return []
    code, says = name_of(product.name), f"(' ' || lower({name_of(label.name)}) || ' ')"
    likes = " OR ".join(f"{says} LIKE {literal(f'% {word} %')}" for word in words()["values"]["lines"]["not_goods"])
    found = asked(scene.connection, select({"code": code}, [source(fit.sheet.name), f"WHERE {likes}"], distinct=True))
    codes = sorted(str(row["code"]) for row in found if row["code"] is not None)
    return [value for value in codes if not re.search(r"\d{3}", value)][:20]


def summed(scene: Scene, fit: Fit, total: str) -> dict[str, str]:
    """The amount, the pieces and the words of several rows together."""
    items, category = fit.get("items"), fit.get("category")
    found = {"net_amount": total}
    if items is not None:
        found["items"] = f"sum(abs({scene.speech.number(items)}))"
    for column in ("currency", "channel"):
        if (seen := fit.get(column)) is not None:
            found[column] = f"max({name_of(seen.name)})"
    if category is not None:
        found["category"] = f"max({name_of(category.name)})"
    return found


def made(fit: Fit, columns: dict[str, str], rest: list[str], notes: list[Note]) -> TableGuess:
    """The table of orders behind a SELECT that groups."""
    amount = ("net_amount",) if "net_amount" in fit.columns else ("_price", "items")
    number = ("order_id",) if "order_id" in fit.columns else ("customer_id", "occurred_at")
    known = told(
        fit,
        {
            "order_id": number,
            "customer_id": ("customer_id",),
            "occurred_at": ("occurred_at",),
            "net_amount": amount,
            "items": ("items",),
        },
    )
    return TableGuess(
        "orders", TableMap(select=select(columns, rest)), fit.confidence, (fit.sheet.name,), known, tuple(notes)
    )


def negative(scene: Scene, fit: Fit, amount: str) -> bool:
    """Whether some rows are worth less than nothing."""
    found = asked(scene.connection, select({"least": f"min({amount})"}, [source(fit.sheet.name)]))
    return bool(found and found[0]["least"] is not None and float(found[0]["least"]) < 0)


def repeated(scene: Scene, fit: Fit, line: str) -> bool:
    """Whether every line of an order repeats the order's own total."""
    if "net_amount" not in fit.columns:
        return False
    number = name_of(fit["order_id"].name)
    orders_ = (
        "FROM ("
        + select(
            {"least": f"min({line})", "most": f"max({line})", "n": f"count({line})"},
            [source(fit.sheet.name), f"GROUP BY {number}"],
        )
        + ") AS order_rows"
    )
    counted = {
        "several": "sum(CASE WHEN n > 1 THEN 1 ELSE 0 END)",
        "differing": "sum(CASE WHEN n > 1 AND least <> most THEN 1 ELSE 0 END)",
    }
    found = asked(scene.connection, select(counted, [orders_]))
    return bool(found and (found[0]["several"] or 0) >= 5 and not found[0]["differing"])
