"""A segment from a sentence: "annual customers in Spain who stopped using reports", shown, and kept under a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.analysis.groups import sized
from bot.engines.answers.part import Desk, Part
from bot.engines.understanding.clauses import Clauses, lasting, without
from bot.engines.understanding.groups_named import apart, of_groups, of_those
from bot.engines.understanding.heard import COUNTED, Heard
from bot.engines.understanding.lists import EVERYBODY
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.language import available, fold, load
from bot.language.matcher import words
from bot.language.visible import unquoted
from bot.metrics.groups import DESCRIBING
from bot.metrics.segments import SEGMENTS
from bot.types import Group, Intent, Query, filters

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

ABOUT_A_GROUP = (Intent.SEGMENT, Intent.LIST_PEOPLE, Intent.DRAFT)
LATEST_SAVE = 2
"""Words that may stand before "save it as"."""
NAME = re.compile(r"[^\W_](?:[\w '’&+./-]{1,58})[\w+.]")
MEANING = frozenset({"metric", "ambiguous", "segment", "value", "dimension", "stranger", "period", "intent", "variant"})
"""Kinds of phrase that a name must not be as a whole."""


# ---------------------------------------------------------------- what is asked


def saved(asked: Understanding) -> Reading | None:
    """ "Save it as X", of the segment that the thread is about."""
    heard, previous = asked.heard, asked.question.previous
    saying = next((one for one in heard.language.conditions(heard.tokens) if one.id == "save"), None)
    if saying is None or saying.start > LATEST_SAVE or saying.end >= len(heard.tokens):
        return None
    group = None if previous is None else _of_query(previous, asked.values.get("segment", ()))
    if previous is None or group is None:
        return asked.refusals.say(Intent.SEGMENT, "segment_nothing_to_save")
    name = unquoted(asked.question.text[heard.tokens[saying.end].start :])
    _usable(name, asked.values)
    return asked.done(Query(Intent.SEGMENT, subject=replace(group, name=name).text))


def narrowed(asked: Understanding) -> Understanding:
    """The question without what its clauses say that customers did, which becomes conditions on them. BadQuestion."""
    heard = asked.heard
    found = Clauses(heard, asked.values.get("feature", ())).read()
    wanted = [span for span in heard.language.conditions(heard.tokens) if span.id == "segment"]
    figures = {at for one in heard.metrics for at in range(one.start, one.start + len(one.words.split()))}
    wanted = [span for span in wanted if figures.isdisjoint(range(span.start, span.end))]
    covered = found.covered.union(*(range(span.start, span.end) for span in wanted))
    if not covered:
        return asked
    rest = asked.again(without(asked.question.text, heard, covered), asked.question.meanings)
    rest.question = asked.question
    rest.heard.conditions, rest.heard.describes = tuple(dict.fromkeys(found.conditions)), bool(wanted)
    counted = {
        rest.heard.words(one.start, one.end) for one in rest.heard.spans if one.kind == "stranger" and one.id in COUNTED
    }
    if found.conditions:  # "how many customers have been with us for two years" is the size of the group
        rest.heard.strangers = [one for one in rest.heard.strangers if one not in counted]
    return rest


def described(asked: Understanding) -> Reading | None:
    """Customers that a sentence describes; beside a metric they become a filter of it. None where none are."""
    heard = asked.heard
    conditions = heard.conditions
    if not (conditions or heard.describes or _alone(asked)):
        return None
    if not _lists(heard):
        heard.intents.discard("list_people")
    named = [one for one in dict.fromkeys(heard.segments) if one != EVERYBODY]
    group = Group(segments=tuple(named), conditions=conditions)
    if conditions and _goes_on(asked):
        heard.segments = [group.text]
        return None
    if heard.metrics or heard.unclear or heard.strangers or {"draft", "advise"} & heard.intents:
        if conditions:
            heard.segments = [group.text]
            heard.by += ["segment"] if heard.compare or "compare" in heard.intents else []
        return None
    if (refused := _not_understood(asked)) is not None:
        return refused
    group = replace(group, conditions=tuple(lasting(heard, one) for one in conditions))
    query = asked.plain(Intent.SEGMENT)
    for name, _ in (*query.filters, *query.exclude):
        if name not in DESCRIBING:
            return asked.refusals.say(Intent.SEGMENT, "segment_dimension", dimension=name)
    intent = Intent.LIST_PEOPLE if _lists(heard) or heard.limit else Intent.SEGMENT
    if apart(heard) and not conditions:
        return of_groups(asked, replace(query, intent=intent, limit=heard.limit))
    one = group.segments[0] if len(group.segments) == 1 and not conditions else None
    return asked.done(replace(query, intent=intent, subject=one or group.text, limit=heard.limit))


def _not_understood(asked: Understanding) -> Reading | None:
    """A refusal where something of the sentence says nothing of people."""
    heard = asked.heard
    if heard.beside or heard.placed or heard.misfits:
        return asked.refusals.unknown_words()
    if heard.names_rate:  # "what share of customers pay annually": their number is none
        return asked.refusals.say(Intent.SEGMENT, "segment_not_understood", words=asked.question.text)
    if heard.unexplained or heard.by or heard.compare or heard.claims:
        left = heard.unexplained or [asked.question.text]
        return asked.refusals.say(Intent.SEGMENT, "segment_not_understood", words=" … ".join(left))
    if heard.conditions and _of_no_people(heard):  # "plans with more than 10 users"
        return asked.refusals.say(Intent.SEGMENT, "segment_not_understood", words=asked.question.text)
    return None


def _goes_on(asked: Understanding) -> bool:
    """Whether the clause is of those before: "only those who never used exports" after a figure or a list."""
    previous, heard = asked.question.previous, asked.heard
    named = any(one.folded.startswith(heard.language.people) for one in words(asked.question.text))
    own = named or heard.segments or heard.filters or heard.exclude  # "which ones pay over 300?" names nobody
    if previous is None or (own and not (heard.follows or of_those(heard))):
        return False
    heard.narrows = not own
    return previous.metric is not None or _of_query(previous, asked.values.get("segment", ())) is not None


def _alone(asked: Understanding) -> bool:
    """Whether a text that opens a thread is nothing but customers: by a value, or by several segments."""
    heard = asked.heard
    several = len(set(heard.segments)) > 1
    named = _names_people(heard)
    said = heard.metrics or heard.unclear or heard.strangers or heard.unexplained or heard.periods or heard.account
    mentioned = set(heard.mentioned) - {*heard.filters, *heard.exclude}  # not "on the Pro plan"
    more = heard.by or heard.which or mentioned or heard.compare or heard.claims or heard.variants
    if said or more or asked.question.previous is not None:
        return False
    if several:
        return heard.intents <= {"list_people"}
    of_whom = heard.exclude or (heard.filters and not heard.negates)
    return named and not heard.segments and bool(of_whom) and heard.intents <= {"list_people"}


def _of_no_people(heard: Heard) -> bool:
    """Whether something else than people is described: a dimension is named, and nobody beside it."""
    mentioned = set(heard.mentioned) - {*heard.filters, *heard.exclude}
    return bool(mentioned or heard.which) and not _names_people(heard)


def _names_people(heard: Heard) -> bool:
    return any(one.folded.startswith(heard.language.people) for one in heard.tokens)


def _lists(heard: Heard) -> bool:
    """Whether the text begins by asking for a list; the "who" of "customers who" does not."""
    return any(one.kind == "intent" and one.id == "list_people" and one.start == 0 for one in heard.spans)


def _of_query(query: Query, own: Collection[str]) -> Group | None:
    """The whole rule that a query of people is about, `own` being the company's segments; None where there is none."""
    if query.metric is not None or query.subject is None or query.intent not in ABOUT_A_GROUP:
        return None
    group = Group.of(query.subject)
    if group is None:
        if query.subject not in SEGMENTS and query.subject not in own:
            return None
        group = Group(segments=(query.subject,))
    passing = filters({**dict(group.filters), **dict(query.filters)})
    leaving = filters({**dict(group.exclude), **dict(query.exclude)})
    return replace(group, filters=passing, exclude=leaving)


def _usable(name: str, values: Mapping[str, tuple[str, ...]]) -> None:
    """BadQuestion for a name that means something already, or that is none."""
    if not NAME.fullmatch(name):
        raise BadQuestion("segment_name_unusable", name=name)
    own = {fold(one) for one in values.get("segment", ())}
    if fold(name) in {fold(one) for found in values.values() for one in found} - own:
        raise BadQuestion("segment_name_taken", name=name)
    for language in map(load, available()):
        tokens, spans = language.hear(name)
        if any(one.length == len(tokens) and one.kind in MEANING and not one.guessed for one in spans):
            raise BadQuestion("segment_name_taken", name=name)
        if all(token.folded in language.filler for token in tokens):
            raise BadQuestion("segment_name_unusable", name=name)


# ---------------------------------------------------------------- what is told


def shown(desk: Desk, query: Query) -> Part:
    """The group in words, how many are in it and were a month before; one with a name is kept."""
    language, told = desk.language, query
    group = _of_query(query, [one.name for one in desk.analyst.groups])
    if group is None:
        raise BadQuestion("for_whom", near=[])
    if group.name:
        desk.keep(group)
        query, told = replace(query, subject=replace(group, name="").text), Query(Intent.SEGMENT, subject=group.name)
    now, before = sized(desk.analyst, query, (desk.next_id(), desk.next_id()))
    part = Part(queries=[told])
    part.keep(now)
    n, day = now.rows[0]["value"], now.as_of
    part.say("segment_size", now, n=n, day=day)
    rule = replace(group, name="").text
    part.say("list_segment_rule", now, rule=language.value_name("segment", rule))
    if before is not None and before.query.window is not None:
        part.keep(before)
        change = n - before.rows[0]["value"]
        key = "more" if change > 0 else "fewer" if change < 0 else "same"
        part.say(
            f"segment_{key}",
            now,
            before,
            before=before.rows[0]["value"],
            day=before.query.window.start,
            change=abs(change),
        )
    if group.name:
        part.say("segment_kept", name=group.name)
        part.follow_ups = [language.say("follow_churn_of", name=group.name), language.say("follow_draft")]
    else:
        part.say("segment_not_kept")
        name = language.say("segment_default_name", names=" ".join(_parts(desk, group)))
        part.follow_ups = [
            language.say("follow_save", name=name),
            language.say("follow_who"),
            language.say("follow_draft"),
        ]
    return part


def _parts(desk: Desk, group: Group) -> list[str]:
    """What a group may be called by: its values, segments and features."""
    named = [("segment", one) for one in group.segments if "{" not in one]
    named += [(dimension, one) for dimension, found in group.filters for one in found]
    named += [("feature", one.of) for one in group.conditions if one.of]
    return list(dict.fromkeys(desk.language.value_name(dimension, one) for dimension, one in named))
