"""An alert in words: "churn rate for annual plans above 5%", "mrr drops by 10 %", "alert me when tickets are unusual".

The words of the condition and its figure are read here; what is left is a question, understood like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import get_args

from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.language import Language, fold, load
from bot.language.matcher import Token, words
from bot.metrics import catalogue
from bot.types import Alert, Amount, Grain, Query, Unit, When

WHENS: tuple[When, ...] = get_args(When)
SIGNS = {">": "above", "<": "below"}
JUDGED = (Grain.DAY, Grain.WEEK, Grain.MONTH)
OFFERED = ("5%", "10%")
MOST_BESIDE = 3
"""Words beside a phrase that is a whole sentence: a please, a greeting."""


def asked_for(text: str, code: str) -> str | None:
    """What to type for an alert that a sentence asks for ("alert me when …"); None for any other words."""
    tokens = words(text)
    for phrase in phrases_of(code, "asks"):
        if tuple(token.folded for token in tokens[: len(phrase)]) == phrase:
            rest = text[tokens[len(phrase) - 1].end :].strip(" ,:")
            return f"{load(code).say('alerts_word')} {words_of(code, 'add')[0]} {rest}" if rest else None
    return None


def switched(text: str, code: str) -> str | None:
    """What to type for a sentence that switches the alerts to owners of accounts on or off; None for other words."""
    said = tuple(token.folded for token in words(text))
    for verb in ("on", "off"):
        for phrase in phrases_of(code, f"owners_{verb}"):
            at = range(len(said) - len(phrase) + 1)
            if len(said) <= len(phrase) + MOST_BESIDE and any(said[i : i + len(phrase)] == phrase for i in at):
                return f"{load(code).say('alerts_word')} {words_of(code, 'accounts')[0]} {words_of(code, verb)[0]}"
    return None


def read(text: str, language: Language, understand: Callable[[str], Reading]) -> Alert | Reading:
    """The alert that the words describe, or the reading of its metric where that asks back or declines.

    Raises BadQuestion: no condition, no amount, an amount of another unit, no metric or several, a metric that cannot.
    """
    for sign, when in SIGNS.items():
        text = text.replace(sign, f" {' '.join(phrases_of(language.code, when)[0])} ")
    tokens = words(text)
    found = _condition(tokens, language.code)
    if found is None:
        raise BadQuestion("alert_needs_condition", text=text.strip() or "–")
    when, start, end = found
    stated = [one for one in language.figures(text, tokens) if one.start >= end]
    amount = stated[0] if stated else None
    if when in ("above", "below") and amount is None:
        raise BadQuestion("alert_needs_amount")
    when = "unusual" if amount is None else when  # "alert me when churn rises": more than it does by itself
    cut = [(tokens[start].start, tokens[end - 1].end)]
    if when != "unusual" and amount is not None:
        cut.append((tokens[amount.start].start, tokens[amount.end - 1].end))
    rest = _without(text, cut)
    if not words(rest):
        raise BadQuestion("alert_needs_metric")
    reading = understand(rest)
    if reading.declined is not None or reading.clarify is not None:
        return reading
    measured = [one for one in reading.queries if one.metric]
    if not measured:
        raise BadQuestion("alert_needs_metric")
    if len(measured) > 1:
        raise BadQuestion("alert_one_metric", metrics=[one.metric for one in measured])
    return _alert(measured[0], when, amount.amount if amount else None)


def changed(alert: Alert, text: str, language: Language) -> Alert:
    """The alert with the amount that the words state; a bare number is meant as the amount was before.

    Raises BadQuestion: no amount, an amount of another unit, an alert that has none.
    """
    if alert.when == "unusual":
        raise BadQuestion("alert_no_amount")
    stated = language.figures(text, words(text))
    if not stated:
        raise BadQuestion("alert_needs_amount")
    amount = stated[0].amount
    if alert.relative and amount.unit == "number":
        amount = replace(amount, unit="percent")
    new = _alert(alert.query, alert.when, amount)
    return replace(alert, amount=new.amount, relative=new.relative)


def chosen(text: str, language: Language, metric: str) -> str:
    """The same words about another metric, as they are typed: what an ambiguous one may have meant."""
    tokens = words(text)
    found = _condition(tokens, language.code)
    tail = text[tokens[found[1]].start :] if found else text
    return f"{language.name('metrics', metric)} {tail}"


def words_of(code: str, verb: str) -> tuple[str, ...]:
    """What people type for a verb of the command: the first is the one that is shown to them."""
    return tuple(load(code).say(f"alerts_verb_{verb}").casefold().split())


def _alert(query: Query, when: When, amount: Amount | None) -> Alert:
    grain = query.window.grain if query.window and query.window.grain in JUDGED else None
    query = replace(query, window=None, baseline=None, claim=None, limit=None, subject=None, amounts=())
    if when == "unusual":
        return Alert(query, when, grain=grain)
    assert amount is not None  # read() asks for it
    unit = catalogue()[query.metric or ""].unit
    query = replace(query, by=())
    value = abs(amount.value)
    if when in ("up", "down") and amount.unit == "percent":
        return Alert(query, when, value / 100, relative=True, grain=grain)
    if amount.unit == "percent" and unit not in (Unit.SHARE, Unit.RATIO):
        raise BadQuestion("alert_unit", metric=query.metric, unit=unit.value)
    if amount.unit == "money" and unit is not Unit.MONEY:
        raise BadQuestion("alert_unit", metric=query.metric, unit=unit.value)
    of_hundred = unit is Unit.SHARE and (amount.unit in ("percent", "points") or value > 1)
    of_hundred |= unit is Unit.RATIO and amount.unit == "percent"
    signed = amount.value if unit is Unit.POINTS and when in ("above", "below") else value
    return Alert(query, when, value / 100 if of_hundred else signed, grain=grain)


def _condition(tokens: Sequence[Token], code: str) -> tuple[When, int, int] | None:
    """(when, tokens `[start, end)`) of the longest phrase that says a condition, of equals the last."""
    best: tuple[When, int, int] | None = None
    folded = [token.folded for token in tokens]
    for when in WHENS:
        for phrase in phrases_of(code, when):
            for at in range(len(folded) - len(phrase) + 1):
                longer = best is None or (len(phrase), at) > (best[2] - best[1], best[1])
                if longer and tuple(folded[at : at + len(phrase)]) == phrase:
                    best = (when, at, at + len(phrase))
    return best


@cache
def phrases_of(code: str, what: str) -> tuple[tuple[str, ...], ...]:
    """The phrases of a language for one thing, the words of each folded, the longest first."""
    written = load(code).say(f"alerts_hear_{what}").split("|")
    return tuple(tuple(token.folded for token in words(fold(one))) for one in written)


def _without(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(places, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.replace("$", " ").replace("€", " ").replace("%", " ").replace("£", " ").split())
