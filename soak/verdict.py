"""What should have come of a run, held against what did. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Figure, percentile
from bot.types import Schedule
from soak.evidence import Evidence
from soak.load import Question

POSTED = "posted"
SETTLED, LONG_LIFE = 60.0, 150.0
"""Seconds: a process has loaded all that it needs by then, and has lived long enough to tell whether it stays flat."""
MOST_GROWTH = 1.1
"""What the second half of a settled life may take of memory, against the first."""

Memory = Sequence[tuple[float, float]]
"""(seconds since the start, resident MB) of one process, the earliest first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise that was not kept; `what` it is about."""

    why: str
    what: str


def faults(asked: Sequence[Question], planned: Sequence[Schedule], found: Evidence) -> Iterator[Fault]:
    """Every promise that was not kept."""
    for one in asked:
        told = f"{one.key} {one.words.text!r}"
        answers = found.answers.get(one.key, ())
        if one.key not in found.acked and len(answers) <= 1:
            continue  # Slack has given up, and its person sees that nobody answers: nothing was promised
        if len(answers) != 1:
            yield Fault(f"{len(answers)} answers", told)
        wrong = [text for text in answers if one.words.holds not in text]
        yield from (Fault("not its final answer", f"{told}: {text!r}") for text in wrong)
        if found.kept.get(one.key) != "answered":
            yield Fault("record lost", f"{told}: {found.kept.get(one.key)}")
        if one.key not in found.receipts:
            yield Fault("receipt lost", told)
    yield from (Fault("says what nobody asked", repr(text)) for text in found.others)
    ends = Counter(found.postings)
    for schedule in planned:
        key = f"{schedule.team}/{schedule.channel}/schedule-{schedule.id}-{schedule.due:%Y%m%dT%H%M%S}"
        if (number := len(found.answers.get(key, ()))) != 1:
            yield Fault(f"schedule posted {number} times", key)
        if ends[schedule.id, POSTED] != 1:
            yield Fault("record of a schedule lost", key)


def ended(codes: Sequence[int | None]) -> Iterator[Fault]:
    """The processes that ended by a fault of their own: 1, where 2 says what cannot be served."""
    yield from (Fault("a process failed", f"it ended with {code}") for code in codes if code == 1)


def growing(lives: Sequence[Memory]) -> Iterator[Fault]:
    """The processes whose memory does not stay flat."""
    for early, late, seconds in _halves(lives):
        if late > early * MOST_GROWTH:
            yield Fault("memory grows", f"from {early:.0f} MB to {late:.0f} MB in a life of {seconds:.0f} s")


def figures(asked: Sequence[Question], found: Evidence, lives: Sequence[Memory]) -> Iterator[Figure]:
    """What is measured, besides."""
    accepted = [one for one in asked if one.key in found.acked]
    yield Figure("questions asked, accepted, answered", _three(asked, accepted, found), "")
    if found.acks:
        yield Figure("acknowledged, p50", f"{percentile(found.acks, 0.5) * 1000:.0f}", "ms")
        yield Figure("acknowledged, p99", f"{percentile(found.acks, 0.99) * 1000:.0f}", "ms")
    done = [one for one in accepted if one.key in found.answered]
    for since, began in (("accepted", found.acked), ("asked", {one.key: one.at for one in asked})):
        taken = [max(0.0, found.answered[one.key] - began[one.key]) for one in done]
        for share in (0.5, 0.99, 1.0) if taken else ():
            name = "the longest" if share == 1 else f"p{share * 100:.0f}"
            yield Figure(f"answered since it was {since}, {name}", f"{percentile(taken, share):.2f}", "s")
    for method, number in sorted(found.too_fast.items()):
        yield Figure(f"calls beyond the tier of {method}", str(number), "")
    for early, late, seconds in _halves(lives):
        yield Figure("memory, first and second half", f"{early:.0f} {late:.0f}", "MB", f"a life of {seconds:.0f} s")


def _three(asked: Sequence[Question], accepted: Sequence[Question], found: Evidence) -> str:
    return f"{len(asked)} {len(accepted)} {sum(one.key in found.answers for one in asked)}"


def _halves(lives: Sequence[Memory]) -> Iterator[tuple[float, float, float]]:
    """(the median MB of the first half, of the second, the seconds of the life) of the long lives, once settled."""
    for life in lives:
        if life and life[-1][0] >= LONG_LIFE:
            settled = [memory for second, memory in life if second >= SETTLED]
            middle = len(settled) // 2
            yield median(settled[:middle]), median(settled[middle:]), life[-1][0]
