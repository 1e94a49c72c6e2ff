"""The check's report in words: what is mapped, what is odd, which metrics the data allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.errors import ForPerson
from bot.language import Language
from bot.language.refused import said
from bot.types import Finding, Note

MOST_ODDITIES = 5
"""Those that are told in short."""


def health_lines(
    report: Any, metrics: Sequence[Mapping[str, Any]], language: Language, usage: Any, documents: Sequence[Finding],
    own: Sequence[Note],
) -> Iterator[str]:  # fmt: skip
    """One line a fact, in the order in which a person would want them."""
    say = language.say
    if report.snapshot:
        yield say("snapshot")
    else:
        yield say("check_as_of", day=report.as_of)
    if report.stale:
        yield say("stale", day=report.as_of)
    yield ""
    for table in report.tables:
        span = ""
        if table.first and table.last:
            span = say("check_span", first=table.first.date(), last=table.last.date())
        yield say("check_table", table=table.name, n=table.rows, span=span)
        if table.missing:
            yield "  " + say("check_without", columns=list(table.missing))
    yield say("check_unmapped", tables=list(report.missing))
    yield ""
    yield say("check_sources")
    for source in report.sources:
        equal = say("check_raw_equal", n=source.equal_rows) if source.equal_rows else ""
        blanks = [f"{column} ({n})" for column, n in source.blanks.items()]
        blank = say("check_raw_blanks", columns=blanks) if blanks else ""
        yield "  " + say("check_raw", name=source.name, n=source.rows, equal=equal, blanks=blank)
    yield ""
    yield say("check_oddities" if report.oddities else "check_no_oddities")
    for odd in report.oddities:
        yield "  " + odd_line(odd, language)
    if report.role:
        yield ""
        yield say(report.role.key, **report.role.values)
    if usage:
        yield ""
        yield from usage_lines(usage, language)
    yield ""
    yield from (say(one.key, **one.values) for one in documents)
    yield ""
    yield from own_lines(own, language)
    yield say("check_metrics", n=sum(1 for one in metrics if one["available"]), whole=len(metrics))
    for one in metrics:
        if one["available"]:
            yield f"  {one['name']}"
        else:
            yield "  " + say("check_lacks", name=one["name"], missing=one["missing"])


def own_lines(own: Sequence[Note], language: Language) -> Iterator[str]:
    """What the company's own metrics and segments come to, where it has some."""
    if own:
        yield language.say("check_own")
        yield from (f"  {said(language, one.key, one.values)}" for one in own)
        yield ""


def set_lines(found: Iterator[tuple[str, Note | ForPerson]], language: Language) -> Iterator[str]:
    """A line for each further data set: how it stands, or what is wrong with it."""
    for name, one in found:
        if isinstance(one, ForPerson):
            yield language.say("data_set_wrong", name=name, why=said(language, one.key, one.values))
        else:
            yield language.say(one.key, **one.values)


def short(report: Any, ready: tuple[int, int], language: Language, *, counted: bool, shown: bool) -> Iterator[str]:
    """The check for a conversation: which tables there are, what is missing, what is odd, how many metrics of how many.

    `counted`: with how many rows, for who may see all of them; `shown`: with examples, for who may see single people.
    """
    say = language.say
    names = [say("data_table", name=one.name, n=one.rows) if counted else one.name for one in report.tables]
    yield say("data_tables", tables=names)
    if report.missing:
        yield say("check_unmapped", tables=list(report.missing))
    if lacking := [say("data_lack", name=one.name, n=len(one.missing)) for one in report.tables if one.missing]:
        yield say("data_without", tables=lacking)
    if counted:
        yield say("check_oddities" if report.oddities else "check_no_oddities")
        for odd in report.oddities[:MOST_ODDITIES]:
            yield "• " + odd_line(odd if shown else replace(odd, example=None), language)
        if (left := len(report.oddities) - MOST_ODDITIES) > 0:
            yield say("slack_home_more", n=left)
    yield say("data_metrics", n=ready[0], whole=ready[1])
    yield say("data_more")


def usage_lines(usage: Any, language: Language) -> Iterator[str]:
    """How often people seem to use the product, and what to agree on before anybody is called inactive."""
    yield language.say(f"check_usage_{usage.interval}", n=usage.retained, gap=usage.gap)
    if usage.inactive_days != usage.inactive_days_now:
        yield language.say("check_usage_days", now=usage.inactive_days_now, days=usage.inactive_days)
    if usage.candidates and not usage.event_is_set:
        best = usage.candidates[0]
        yield language.say("check_usage_event", event=best.event, part=best.came_back, whole=best.people)


def odd_line(odd: Any, language: Language) -> str:
    """One oddity in a sentence."""
    where = odd.table if odd.column is None else f"{odd.table}.{odd.column}"
    example = language.say("check_example", example=odd.example) if odd.example else ""
    return language.say(
        f"odd_{odd.key}", where=where, n=odd.count, example=example, other=odd.other or "", table=odd.table
    )
