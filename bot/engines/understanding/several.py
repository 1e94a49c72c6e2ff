"""Several questions in one message, each with a period, a group or a split of its own: "MRR by plan and churn by
country". What they share is said once ("churn and NPS in May") and is read in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.types import Intent, Question

SENTENCE = re.compile(r"[?!;]+|\.(?=\s)")
BREAK = re.compile(rf"{SENTENCE.pattern}|,(?=\s)")
LISTED = Intent.LIST_PEOPLE.value
ADVISED = Intent.ADVISE.value
WEEKLY = Intent.WEEKLY.value
FIRST = 2
"""Words that may stand before "who", where a list is asked for."""
Hearing = Callable[[str], Heard]


def apart(text: str, heard: Heard, hear: Hearing) -> list[str]:
    """The questions of a text, one text each; none where it is one question, or what it says is of all its figures."""
    if heard.message or "draft" in heard.intents:
        return _then_drafted(text, heard, hear)
    if ADVISED in heard.intents and (found := _then_advised(text, heard, hear)):
        return found
    if len(_figures(heard)) < 2 or heard.compare or heard.in_turn:
        return []
    parts: list[str] = []
    begin = 0
    for end, after, sentence in _joints(text, heard):
        if end <= begin:
            continue
        try:
            left, right = hear(text[begin:end]), hear(text[after:])
        except BadQuestion:
            return []
        summary = any(one.id == WEEKLY and one.length > 1 for one in right.spans)  # "weekly" alone is a rhythm
        parted = _differ(left, right, sentence) or (_figures(right) == {WEEKLY} and bool(left.metrics) and summary)
        parted = parted or (bool(text[end:after].strip(" ,")) and _lists_after(left, right))
        if parted and (_both_asked(text[begin : end + 1], left) if sentence else not _in_clause(left)):
            parts.append(text[begin:end])
            begin = after
    return _shared([*parts, text[begin:]], hear, SENTENCE.search(text) is not None) if parts else []


def in_turn(question: Question, parts: Sequence[str], hear: Hearing, read: Callable[[Question], Reading]) -> Reading:
    """The readings of several questions; a message to nobody in particular is for those of the question before it."""
    readings: list[Reading] = []
    for text in parts:
        heard = hear(text)
        goes_on = _drafts(heard) or (ADVISED in heard.intents and not _figures(heard))
        whom = heard.segments or heard.account or heard.filters or heard.exclude or not goes_on
        before = readings[-1].queries[-1] if readings and readings[-1].queries and not whom else question.previous
        readings.append(read(replace(question, text=text, previous=before)))
    return together(readings)


def _then_drafted(text: str, heard: Heard, hear: Hearing) -> list[str]:
    """A question, and after it a message that is asked for: "churn in May? And draft something for our VIPs"."""
    for end, after, sentence in _joints(text, heard):
        if not (text[:end].strip() and (sentence or text[end:after].strip(" ,"))):
            continue
        try:
            left, right = hear(text[:end]), hear(text[after:])
        except BadQuestion:
            return []
        whom = right.segments or right.account or right.filters
        asks = left.metrics or left.unclear or (left.segments and (LISTED in left.intents or not whom))
        if asks and not _drafts(left) and "message" not in left.intents and "draft" in right.intents:
            return [text[:end], text[after:]]
    return []


def _then_advised(text: str, heard: Heard, hear: Hearing) -> list[str]:
    """A question, and after it what to do about it: "churn by country and what can we do"; not "churn went up, what
    can we do", which asks for advice alone.
    """
    for end, after, sentence in _joints(text, heard):
        if not (text[:end].strip() and text[end:after].strip(" ,")) or (sentence and "?" not in text[end:after]):
            continue
        try:
            left, right = hear(text[:end]), hear(text[after:])
        except BadQuestion:
            return []
        asks = left.asks - {ADVISED} or left.by or left.which or left.mentioned or not left.claims
        listed = LISTED in left.intents and left.segments
        said = left.periods or left.filters or left.by or left.mentioned or left.intents or sentence
        advised = ADVISED in right.intents and not (_figures(right) or right.filters or right.periods)
        if advised and ADVISED not in left.intents and asks and (listed or ((left.metrics or left.unclear) and said)):
            return [text[:end], text[after:]]
    return []


def _drafts(heard: Heard) -> bool:
    return bool(heard.message) or "draft" in heard.intents


def gone_on(question: Question, heard: Heard, hear: Hearing, read: Callable[[Question], Reading]) -> Reading | None:
    """The readings of a question and of another that goes on from it: "churn in Spain? And in France?". None where the
    text is no such two, or the first is not answered; what only asks why, or names a figure, is read with the rest.
    """
    ends = [
        one for one in SENTENCE.finditer(question.text) if "?" in one.group() and question.text[one.end() :].strip()
    ]
    if len(_figures(heard)) != 1 or len(ends) != 1 or heard.message or "draft" in heard.intents:
        return None
    head, rest = question.text[: ends[0].end()], question.text[ends[0].end() :]
    try:
        left, right = hear(head), hear(rest)
    except BadQuestion:
        return None
    if not (_figures(left) and _only_changes(right)) or left.compare:
        return None
    first = read(replace(question, text=head))
    if len(first.queries) != 1:
        return None
    return together([first, read(replace(question, text=rest, previous=first.queries[0]))])


def _only_changes(heard: Heard) -> bool:
    """Whether the words change a question before them, and ask for nothing else."""
    of_whom = heard.filters or heard.exclude or heard.segments
    changes = bool(of_whom or heard.by or heard.mentioned or heard.periods or heard.rhythm)
    other = _figures(heard) - set(heard.segments) or heard.asks or heard.compare
    return heard.follows and changes and not other


def together(readings: Sequence[Reading]) -> Reading:
    """The readings as one; the first that asks back or declines alone."""
    if open_one := next((one for one in readings if one.clarify is not None or one.declined is not None), None):
        return open_one
    queries = tuple(query for one in readings for query in one.queries)
    notes = {(note.key, str(note.values)): note for one in readings for note in one.assumed}
    return replace(readings[0], intent=Intent.MULTI, queries=queries, assumed=tuple(notes.values()))


def _joints(text: str, heard: Heard) -> Iterator[tuple[int, int, bool]]:
    """(end of what stands before, begin of what stands after, whether a sentence ends) of each place to part at."""
    joins = {(one.start, one.end) for one in heard.spans if (one.kind, one.id) == ("word", "join")}
    found = [(heard.tokens[start].start, heard.tokens[end - 1].end, False) for start, end in joins]
    found += [
        (one.start(), one.end(), bool(SENTENCE.match(one.group())))
        for one in BREAK.finditer(text)
        if text[one.end() :].strip()
    ]
    yield from sorted(found)


def _figures(heard: Heard) -> frozenset[str]:
    """What is asked for: figures, and groups that are to be listed."""
    figures = {one.metric for one in heard.metrics} | {one.name for one in heard.unclear}
    figures |= {WEEKLY} & heard.intents
    return frozenset(figures | (set(heard.segments) if LISTED in heard.intents or not figures else set()))


def _both_asked(sentence: str, heard: Heard) -> bool:
    return "?" in sentence or ";" in sentence or bool(heard.asks)


def _in_clause(heard: Heard) -> bool:
    """Whether "and" may go on with what customers did: "who joined in May and left in June"."""
    return any((one.kind, one.id) == ("word", "relative") for one in heard.spans)


def _differ(left: Heard, right: Heard, sentence: bool) -> bool:
    """Whether each side names a figure, and says something of it that the other says otherwise."""
    figures = _figures(left), _figures(right)
    if not all(figures) or (figures[0] & figures[1]) or right.those:
        return False
    pairs = (
        (left.by or left.which, right.by or right.which),
        (left.periods, right.periods),
        (left.filters, right.filters),
        (left.exclude, right.exclude),
        (left.asks, right.asks),
    )
    return sentence or any(one and other and one != other for one, other in pairs)


def _lists_after(left: Heard, right: Heard) -> bool:
    """Whether a figure is asked for, and after an "and" who is in a group: "churn in May and who is at risk"."""
    groups = [one.start for one in right.spans if one.kind == "segment"]
    whose = any(one.id == LISTED and one.start <= FIRST and one.end <= min(groups, default=0) for one in right.spans)
    return whose and bool(left.metrics) and LISTED in right.asks - left.asks and not right.metrics


def _shared(parts: list[str], hear: Hearing, sentences: bool) -> list[str]:
    """The parts, with the one period that only one of them names; sentences share none."""
    heard = [hear(one) for one in parts]
    dated = [one for one in heard if one.periods]
    if sentences or len(dated) != 1 or len(dated[0].periods) != 1:
        return parts
    period = dated[0].periods[0]
    words = dated[0].words(period.start, period.end)
    shares = [not one.periods and bool(one.metrics or one.unclear) for one in heard]  # a group is one of now
    return [f"{text.strip()} {words}" if own else text for text, own in zip(parts, shares, strict=True)]
