"""How a language says things: templates with typed places, filled by CLDR forms through Babel.

A place is `{name:format}`; `{name}` alone puts the value in as it is. The formats:

    text                the value as a string (also the meaning of no format)
    count               whole number, grouped                     1,234
    number              number with at most two decimals          2.36
    percent             share → percentage with one decimal       8.5%
    points              difference of shares, without its sign    2.1 points
    signed_points       the same with its sign                    +2.1 points
    money               money to the minor unit; reads `currency`      $1,234.50
    rounded_money       money in whole units; reads `currency`         $1,235
    figure              a value by its unit; reads `unit` (and `currency`)
    difference          a difference of two such values, without its sign; reads `unit`
    interval            (low, high) of a value; reads `unit`, a share when none is given    3.4 to 7.3%
    day, short_day      3 March 2026; 3 March
    month, short_month  October 2026; Oct 2026
    window              a `Window` as a name                      October 2026
    during              a `Window` as an adverbial                in October 2026
    metric, dimension, segment, unit, intent, language            the printed name of an id
    metrics, dimensions, segments                                 the names of several, joined by "and"
    value, values       printed values of a dimension; reads `dimension`    France
    filters             `Filters` of a query                      annual, France
    variant             ((parameter, value), ...)                 involuntary departures only
    list, or_list       strings joined by "and", by "or"
    any key of [plurals]   a count with its noun in the right plural form   3 customers

A format written with a capital (`{metric:Metric}`) begins a sentence: its first letter is made one.
"Reads X" means: X is taken from the values given to the same `say`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from string import Formatter
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from bot.errors import OurFault
from bot.language.groups import described
from bot.language.visible import one_line, visible
from bot.types import Grain, Group, Window

ONE_DAY = timedelta(days=1)
SENTENCES = ("say", "slack", "drafting", "errors", "caveats")
"""The sections of a language file whose keys `say` knows."""


class Phrasing:
    """The sentences and names of one language file."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        self.code = code
        self._data = data
        self._locale = Locale.parse(data["locale"])
        self._sentences: dict[str, str] = {}
        for section in SENTENCES:
            self._sentences.update(data[section])
        self._templates: dict[str, list[tuple[str, str | None, str]]] = {}

    @property
    def keys(self) -> frozenset[str]:
        """Every sentence that can be said."""
        return frozenset(self._sentences)

    def say(self, key: str, **values: Any) -> str:
        """The sentence `key` filled with `values`; OurFault for an unknown key or a missing value."""
        if key not in self._sentences:
            raise OurFault(f"language {self.code} has no sentence {key!r}")
        return self._fill(key, self._sentences[key], values)

    def name(self, kind: str, id: str) -> str:
        """The printed name of a metric, dimension, segment, unit or intent."""
        names = self._data["names"][kind]
        if id not in names:
            raise OurFault(f"language {self.code} has no name for {kind} {id!r}")
        return str(names[id])

    def value_name(self, dimension: str, value: str) -> str:
        """A dimension's value as people read it: FR is France, a plan's name stays as it is."""
        if dimension == "country" and value.upper() in self._locale.territories:
            return str(self._locale.territories[value.upper()])
        if dimension == "language" and value.lower() in self._locale.languages:
            return str(self._locale.languages[value.lower()])
        if dimension == "segment" and value in self._data["names"]["segments"]:
            return str(self._data["names"]["segments"][value])
        if dimension == "segment" and (group := Group.of(value)) is not None:
            return described(self, group)
        return one_line(str(self._data["names"]["values"].get(dimension, {}).get(value, value)))

    def _fill(self, key: str, template: str, values: Mapping[str, Any]) -> str:
        if template not in self._templates:
            self._templates[template] = [
                (literal, place, form or "text") for literal, place, form, _ in Formatter().parse(template)
            ]
        out: list[str] = []
        for literal, place, form in self._templates[template]:
            out.append(literal)
            if place is None:
                continue
            if place not in values:
                raise OurFault(f"the sentence {key!r} needs {place!r}; given: {sorted(values)}")
            out.append(self._format(form, values[place], values))
        return "".join(out)

    def _format(self, form: str, value: Any, values: Mapping[str, Any]) -> str:
        if form in self._data["plurals"]:
            return self._plural(form, value)
        if form[:1].isupper():
            text = self._format(form[0].lower() + form[1:], value, values)
            return text[:1].upper() + text[1:]
        if form not in self._forms:
            raise OurFault(f"there is no format {form!r}")
        return self._forms[form](value, values)

    @cached_property
    def _forms(self) -> dict[str, Callable[[Any, Mapping[str, Any]], str]]:
        return {
            "text": lambda v, _: one_line(str(v)),
            "lines": lambda v, _: visible(str(v)),
            "count": lambda v, _: self._decimal(v, "#,##0"),
            "number": lambda v, _: self._decimal(v, "#,##0.##"),
            "percent": lambda v, _: self._percent(v),
            "points": lambda v, _: self._points(abs(v)),
            "signed_points": lambda v, _: self._sign(round(v, 3)) + self._points(abs(v)),
            "money": lambda v, more: self._money(v, self._beside("currency", more), minor=True),
            "rounded_money": lambda v, more: self._money(v, self._beside("currency", more), minor=False),
            "figure": lambda v, more: self._figure(v, str(self._beside("unit", more)), more),
            "difference": self._difference,
            "interval": self._interval,
            "day": lambda v, _: self._day(v, "day"),
            "short_day": lambda v, _: self._day(v, "short_day"),
            "month": lambda v, _: format_date(v, self._data["formats"]["month"], locale=self._locale),
            "short_month": lambda v, _: format_date(v, "LLL y", locale=self._locale),
            "window": lambda v, _: self._window(v, "windows"),
            "during": lambda v, _: self._window(v, "during"),
            "metric": lambda v, _: self.name("metrics", v),
            "dimension": lambda v, _: self.name("dimensions", v),
            "segment": lambda v, _: self.value_name("segment", v),
            "unit": lambda v, _: self.name("units", v),
            "intent": lambda v, _: self.name("intents", v),
            "language": lambda v, _: self.value_name("language", v),
            "metrics": lambda v, _: self._join(self.name("metrics", one) for one in v),
            "dimensions": lambda v, _: self._join(self.name("dimensions", one) for one in v),
            "segments": lambda v, _: self._join(self.value_name("segment", one) for one in v),
            "value": lambda v, more: self.value_name(self._beside("dimension", more), str(v)),
            "values": lambda v, more: self._join(
                self.value_name(self._beside("dimension", more), str(one)) for one in v
            ),
            "filters": lambda v, _: ", ".join(
                self._join((self.value_name(dimension, one) for one in passing), "or") for dimension, passing in v
            ),
            "variant": lambda v, _: ", ".join(self._variant(name, chosen) for name, chosen in v),
            "list": lambda v, _: self._join(one_line(str(one)) for one in v),
            "or_list": lambda v, _: self._join((one_line(str(one)) for one in v), "or"),
        }

    @staticmethod
    def _beside(name: str, values: Mapping[str, Any]) -> Any:
        if values.get(name) is None:
            raise OurFault(f"this format needs {name!r}; given: {sorted(values)}")
        return values[name]

    @staticmethod
    def _sign(value: float) -> str:
        return "\u2212" if value < 0 else "+"

    def _decimal(self, value: float, pattern: str) -> str:
        return str(format_decimal(value, pattern, locale=self._locale))

    def _percent(self, value: float) -> str:
        return self._decimal(value, self._locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0"))

    def _points(self, value: float) -> str:
        return self._plural("point", round(value * 100, 1), "#,##0.0")

    def _money(self, value: float, currency: str, *, minor: bool) -> str:
        if minor:
            return str(format_currency(value, currency, locale=self._locale))
        pattern = self._locale.currency_formats["standard"].pattern.replace(".00", "")
        return str(format_currency(value, currency, pattern, locale=self._locale, currency_digits=False))

    def _figure(self, value: float, unit: str, values: Mapping[str, Any]) -> str:
        match unit:
            case "share":
                return self._percent(value)
            case "money":
                return self._money(value, self._beside("currency", values), minor=True)
            case "count":
                return self._decimal(value, "#,##0" if float(value).is_integer() else "#,##0.#")
            case "hours" | "days" | "months":
                return self._plural(unit, round(value, 1), "#,##0.#")
            case "points" | "score":
                return self._decimal(value, "#,##0.#")
            case "ratio":
                return self._decimal(value, "#,##0.##")
        raise OurFault(f"there is no unit {unit!r}")

    def _difference(self, value: float, values: Mapping[str, Any]) -> str:
        unit = str(self._beside("unit", values))
        if unit == "share":
            return self._points(abs(value))
        if unit in ("points", "score"):
            return self._plural("point", round(abs(value), 1), "#,##0.#")
        return self._figure(abs(value), unit, values)

    def _interval(self, value: tuple[float, float], values: Mapping[str, Any]) -> str:
        unit = str(values.get("unit") or "share")
        low, high = value
        first = self._decimal(round(low * 100, 1), "#,##0.0") if unit == "share" else self._figure(low, unit, values)
        return self._fill(
            "interval", self._data["formats"]["interval"], {"low": first, "high": self._figure(high, unit, values)}
        )

    def _plural(self, noun: str, n: float, pattern: str = "#,##0.##") -> str:
        forms = self._data["plurals"][noun]
        form = self._locale.plural_form(n)
        return self._fill(noun, forms.get(form, forms["other"]), {"n": self._decimal(n, pattern)})

    def _join(self, names: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
        return str(format_list(list(names), style=style, locale=self._locale))

    def _variant(self, name: str, chosen: str) -> str:
        words = self._data["names"]["variants"].get(name, {})
        return str(words.get(chosen) or words.get("any", f"{name} = {{value}}").replace("{value}", chosen))

    def _day(self, value: date, pattern: str) -> str:
        formats = self._data["formats"]
        text = str(format_date(value, formats[pattern], locale=self._locale))
        if value.day == 1 and "first_day" in formats:
            return str(formats["first_day"]) + text.removeprefix("1")
        return text

    def _window(self, window: Window, section: str) -> str:
        """The name of a window: the calendar unit it fills, else its first and last day."""
        last = window.end - ONE_DAY
        kind = shape_of(window)
        values = {
            "month": format_date(window.start, self._data["formats"]["month"], locale=self._locale),
            "first_month": format_date(
                window.start,
                self._data["formats"]["month_alone" if window.start.year == last.year else "month"],
                locale=self._locale,
            ),
            "last_month": format_date(last, self._data["formats"]["month"], locale=self._locale),
            "first": self._day(window.start, self._first_pattern(window.start, last)),
            "last": self._day(last, "day"),
            "last_day": self._day(last, "day_of_month"),
            "last_short": self._day(last, "short_day"),
            "quarter": str((window.start.month + 2) // 3),
            "year": str(window.start.year),
            "n": self._decimal(window.days, "#,##0"),
        }
        return self._fill(kind, self._data[section][kind], values)

    @staticmethod
    def _first_pattern(first: date, last: date) -> str:
        """The first day of a range repeats neither the year nor the month of the last."""
        if first.year != last.year:
            return "day"
        return "day_of_month" if first.month == last.month else "short_day"


def shape_of(window: Window) -> str:
    """Which of the sentences under [windows] fits: told from the days alone, the name only breaks ties."""
    start, end, last = window.start, window.end, window.end - ONE_DAY
    if window.name == "snapshot":
        return "snapshot"
    if window.days == 1:
        return "day"
    if window.name == "last_n_days":
        return "last_n_days"
    if window.name == "to_date" or not window.complete:
        if start.day == 1 and (start.year, start.month) == (last.year, last.month):
            return "month_to_date"
        if start.day == 1 and start.month == 1 and start.year == last.year and window.grain is Grain.YEAR:
            return "year_to_date"
        return "to_date"
    if window.days == 7 and (window.grain is Grain.WEEK or window.name == "week"):
        return "week"
    if start.day == 1 and end.day == 1:
        months = (end.year - start.year) * 12 + end.month - start.month
        if months == 1:
            return "month"
        if months == 12 and start.month == 1:
            return "year"
        if months == 3 and start.month in (1, 4, 7, 10):
            return "quarter"
        return "months"
    return "range"
