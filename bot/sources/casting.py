"""From whatever a source holds to the pinned types of the canonical tables.

One set of rules for every engine, written as ibis expressions that need no TRY_CAST. A value that
does not fit becomes NULL; `misfit` says which ones did, so that `check` can count them. Text is
trimmed, and blank text is NULL. Text without an offset is UTC; a day where an instant is wanted
is the midnight that opens it in the reporting zone.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from bot.sources.canonical import Column


class Style(StrEnum):
    """How a text column writes its days."""

    ISO = "iso"
    """No value is written in any other way."""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNSURE = "unsure"
    """Both or neither can be proved: only the values that read one way alone are taken."""


TRUE = ("yes", "y", "true", "t", "1", "on")
FALSE = ("no", "n", "false", "f", "0", "off")
NUMBER = r"^[-+]?([0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15})"
FRACTION = r"(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?$"
ZEROS = r"(\.0+)?$"
TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?( ?(Z|UTC|[-+][01][0-9](:?[0-5][0-9])?))?"
LEAP = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
DAY = (
    r"([12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    r"|02-(0[1-9]|1[0-9]|2[0-8]))|" + LEAP + r"-02-29)"
)
"""A day that exists, leap years included: a text that matches can be cast without a fear."""
SLASHED = r"^[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}"
DOTTED = r"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
DAY_SURE = r"^(1[3-9]|2[0-9]|3[01])[/-][0-9]{1,2}[/-][0-9]{4}"
MONTH_SURE = r"^[0-9]{1,2}[/-](1[3-9]|2[0-9]|3[01])[/-][0-9]{4}"

FORMS = {"slashed": SLASHED, "dotted": DOTTED, "day": DAY_SURE, "month": MONTH_SURE}
"""What is counted to tell a column's style; `style` takes the counts in this order."""


builtin: Callable[..., Callable[[Any], Any]] = ibis.udf.scalar.builtin
"""A function that the engine has under this name; Ibis publishes no types."""


@builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
def moment(zone: str, wall: Any) -> Any:
    """The instant at which clocks in `zone` show `wall`."""


@builtin(name="timezone", signature=(("string", "timestamp('UTC')"), "timestamp"))
def clock(zone: str, instant: Any) -> Any:
    """What clocks in `zone` show at an instant."""


def parses(raw: dt.DataType, column: Column) -> bool:
    """Whether text is read into another type on the way."""
    return bool(raw.is_string() and column.kind != "text")


def possible(raw: dt.DataType, column: Column) -> bool:
    """Whether values of this type can fit the column at all."""
    if raw.is_string() or raw.is_null() or column.kind == "text":
        return True
    if column.kind in ("instant", "day"):
        return bool(raw.is_timestamp() or raw.is_date())
    return bool(raw.is_numeric() or raw.is_boolean())


def styles(table: ir.Table, columns: dict[str, Column]) -> ir.Table | None:
    """One row that counts, for each text column of days, the values of each form in FORMS.

    `columns`: column of `table` → the canonical column it feeds. None where no column needs it.
    """
    counts = {}
    for name, column in columns.items():
        if column.kind in ("instant", "day") and table[name].type().is_string():
            value = table[name].strip()
            for what, pattern in FORMS.items():
                counts[f"{column.name}:{what}"] = value.re_search(pattern).ifelse(1, 0).sum()
    return table.aggregate(**counts) if counts else None


def style(slashed: int, dotted: int, day: int, month: int) -> Style:
    """The style those counts prove."""
    if not slashed:
        return Style.DAY_FIRST if dotted else Style.ISO
    if day and not month:
        return Style.DAY_FIRST
    if month and not day:
        return Style.MONTH_FIRST
    return Style.UNSURE


def fitted(raw: Any, column: Column, zone: str, days: Style = Style.ISO) -> ir.Value:
    """The value in the column's pinned type, or NULL where it does not fit."""
    kind = raw.type()
    value: ir.Value
    if kind.is_null():
        value = raw
    elif kind.is_string():
        value = from_text(raw.strip().nullif(""), column, zone, days)
    elif column.kind == "text":
        value = as_text(raw)
    elif column.kind == "flag":
        value = raw if kind.is_boolean() else ibis.cases((raw == 1, True), (raw == 0, False))
    elif column.kind in ("count", "number", "money"):
        value = as_number(raw, column)
    else:
        value = as_time(raw, column, zone)
    return value.cast(column.type)


def misfit(raw: Any, value: Any) -> ir.BooleanValue:
    """True where the source holds something and the fitted value is NULL."""
    filled = raw.strip().nullif("").notnull() if raw.type().is_string() else raw.notnull()
    return filled & value.isnull()


def as_text(raw: Any) -> ir.Value:
    """Ids that a reader took for numbers lose their `.0`."""
    if raw.type().is_floating():
        return (raw == raw.floor()).ifelse(raw.cast("int64").cast("string"), raw.cast("string"))
    return raw.cast("string")


def as_number(raw: Any, column: Column) -> ir.Value:
    """Numbers of any width; NaN, and for counts what is not whole, do not fit."""
    if raw.type().is_boolean():
        raw = ibis.cases((raw, 1), (~raw, 0))
    if column.kind == "count":
        if raw.type().is_integer():
            return raw.cast("int64")
        return (raw == raw.floor()).ifelse(raw, ibis.null(raw.type())).cast("int64")
    if raw.type().is_floating():
        raw = raw.isnan().ifelse(ibis.null(raw.type()), raw)
    return raw.cast("float64")


def as_time(raw: Any, column: Column, zone: str) -> ir.Value:
    """Days and instants from days and instants, through the reporting zone."""
    if raw.type().is_date():
        return raw if column.kind == "day" else midnight(raw.cast("timestamp"), zone)
    naive = raw if raw.type().timezone is None else raw.cast("timestamp('UTC')").cast("timestamp")
    return naive if column.kind == "instant" else day_of(naive, zone)


def day_of(naive: Any, zone: str) -> ir.Value:
    """The calendar day in the zone of an instant (naive UTC)."""
    return naive.date() if zone == "UTC" else clock(zone, naive.cast("timestamp('UTC')")).date()


def from_text(text: Any, column: Column, zone: str, days: Style) -> ir.Value:
    """What trimmed text says, by the rules of the column's kind."""
    match column.kind:
        case "text":
            value: ir.Value = text
        case "flag":
            word = text.lower()
            value = ibis.cases((word.isin(TRUE), True), (word.isin(FALSE), False), else_=ibis.null("boolean"))
        case "count":
            value = where(text.re_search(NUMBER + ZEROS), text.replace(",", "")).cast("float64").cast("int64")
        case "number" | "money":
            value = where(text.re_search(NUMBER + FRACTION), text.replace(",", "")).cast("float64")
        case "instant":
            iso = as_iso(text, days)
            bare = where(iso.re_search(f"^{DAY}$"), iso).cast("timestamp")
            timed = where(iso.re_search(f"^{DAY}{TIME}$"), whole(iso)).cast("timestamp('UTC')").cast("timestamp")
            value = ibis.coalesce(midnight(bare, zone), timed)
        case "day":
            iso = as_iso(text, days)
            value = where(iso.re_search(f"^{DAY}({TIME})?$"), iso.substr(0, 10)).cast("date")
    return value


def where(fits: Any, text: Any) -> Any:
    """The text where it fits, else NULL: what is cast next is always castable."""
    return fits.ifelse(text, ibis.null("string"))


def whole(text: Any) -> Any:
    """A time with its seconds, six digits at most after them, and a plain offset: engines differ in the rest."""
    return (
        text.re_replace(r"^(.{10}.[0-9]{2}:[0-9]{2})($|[^:0-9])", r"\1:00\2")
        .re_replace(r"(\.[0-9]{6})[0-9]+", r"\1")
        .re_replace(r" ?(Z|UTC)$", "+00")
        .re_replace(r" ([-+][0-9:]+)$", r"\1")
    )


def midnight(wall: Any, zone: str) -> ir.Value:
    """The instant (naive UTC) at which a day opens in the zone."""
    return wall if zone == "UTC" else moment(zone, wall).cast("timestamp")


def as_iso(text: Any, days: Style) -> Any:
    """Days first or months first turned round to ISO; dots (31.12.2024) always put the day first."""
    if days is Style.ISO:
        return text
    day_first = turned(text, r"^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})", r"\3-\2-\1")
    if days is Style.DAY_FIRST:
        return day_first
    month_first = turned(text, r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", r"\3-\1-\2")
    if days is Style.MONTH_FIRST:
        return text.re_search(DOTTED).ifelse(day_first, month_first)
    return ibis.cases(
        (text.re_search(DOTTED) | text.re_search(DAY_SURE) | (day_first == month_first), day_first),
        (text.re_search(MONTH_SURE), month_first),
        (text.re_search(SLASHED), ibis.null("string")),
        else_=text,
    )


def turned(text: Any, pattern: str, order: str) -> Any:
    """The date's parts in another order, each with two digits; other text stays as it is."""
    return (
        text.re_replace(pattern, order)
        .re_replace(r"^([0-9]{4})-([0-9])-", r"\1-0\2-")
        .re_replace(r"^([0-9]{4}-[0-9]{2})-([0-9])($|[^0-9])", r"\1-0\2\3")
    )
