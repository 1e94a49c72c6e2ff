"""Hypotheses on behaviour: do those who did something stay longer, and which feature goes with staying most?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.analysis.behaviours import METRIC, SIGN, Deed, compared, deeds, ranked
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.engines.understanding.heard import Heard
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion
from bot.language import Language
from bot.types import Evidence, Intent, Query

if TYPE_CHECKING:  # understanding asks this reader, and it builds with it
    from bot.engines.understanding.understand import Understanding

FEATURES = "features"
"""The subject of a question for the feature that goes with staying most; else it is the question's own words."""
OUTCOMES = frozenset({"keep", "stay", "leave"})
EARLY = {"first_week": "7", "first_month": "30"}
DAY, HORIZON = "30", "90"
MOST_NAMED = 12
HALF = 0.5
"""So much of a deed's name must be said."""


def supposes(heard: Heard) -> bool:
    """Whether the text holds a supposition on what those do who stay or leave; groups and filters are none."""
    found = set(heard.ideas)
    about = "who" in found or {"features", "linked"} <= found
    doubted = "doubt" in found or "linked" in found or "claim" in heard.intents or _weighed(heard)
    named = heard.filters or heard.exclude or heard.segments or any(one.metric == METRIC for one in heard.metrics)
    return bool(about and doubted and found & OUTCOMES and (not named or _only_features(heard)))


def _weighed(heard: Heard) -> bool:
    """Whether those who use something are said to do it more, or less: "do those who use forms leave less"."""
    degree = any(one.kind == "degree" and one.id in ("more", "less") for one in heard.spans)
    other = heard.periods or heard.by or heard.which or heard.intents & {Intent.WHY, Intent.LIST_PEOPLE}
    return degree and {"who", "use"} <= set(heard.ideas) and not other


def _only_features(heard: Heard) -> bool:
    return not (heard.exclude or heard.segments or set(heard.filters) - {"feature"})


def read(asked: Understanding) -> Reading | None:
    """The hypothesis: what is done (or any feature), by which day, and staying for how long."""
    heard = asked.heard
    if not supposes(heard):
        return None
    found = heard.ideas
    day = next((days for idea, days in EARLY.items() if idea in found), DAY)
    said = [dict(one.fixed).get("n") for one in heard.metrics if one.metric == "n_day_retention"]
    horizon = next((n for n in said if n), HORIZON)
    every = {"features", "linked"} <= set(found) and "who" not in found
    variant = (("day", day), ("horizon_days", horizon))
    subject = FEATURES if every else asked.question.text
    return Reading(heard.language.code, Intent.CLAIM, (Query(Intent.CLAIM, METRIC, variant=variant, subject=subject),))


def hypothesis(desk: Desk, query: Query) -> Part:
    """What became of those who did, beside those who could have and did not; or all features, the strongest first."""
    desk.analyst.metric(METRIC)
    known = deeds(desk.analyst)
    return _features(desk, query, known) if query.subject == FEATURES else _one(desk, query, known)


def _one(desk: Desk, query: Query, known: tuple[Deed, ...]) -> Part:
    deed = meant(desk.language, query.subject or "", known)
    if deed is None:
        raise BadQuestion("unknown_behaviour", near=[one.name for one in known[:MOST_NAMED]])
    asked = dict(query.variant)
    evidence = compared(
        desk.analyst, deed.name, asked["day"], asked["horizon_days"], query.window, query.filters, desk.next_id()
    )
    part = Part(queries=[query])
    part.keep(evidence)
    part.caveats = [note for note in part.caveats if note.key != "association_only"]  # said as a line of its own
    _header(part, evidence, "supposed_header", did=deed.name)
    row = next(one for one in evidence.rows if one["sign"] == SIGN)
    if row["difference"] is None:
        part.say("supposed_nobody", evidence, n=row["n"], others=row["others"])
        return part
    low, high = row["difference_low"], row["difference_high"]
    part.say(
        "supposed_stayed", evidence, value=row["value"], n=row["n"], before=row["before"], others=row["others"],
        change=row["difference"], low=low, high=high,
    )  # fmt: skip
    small = min(row["n"], row["others"]) < desk.analyst.company.definitions.small_sample
    verdict = "small" if small else "more" if low > 0 else "less" if high < 0 else "unclear"
    part.say(f"supposed_{verdict}", evidence)
    part.say("supposed_association", evidence)
    return part


def _features(desk: Desk, query: Query, known: tuple[Deed, ...]) -> Part:
    asked = dict(query.variant)
    features = [one for one in known if one.feature]
    first, ranking = ranked(
        desk.analyst, features, asked["day"], asked["horizon_days"], query.window, query.filters,
        (desk.next_id(), desk.next_id()),
    )  # fmt: skip
    part = Part(queries=[query])
    part.keep(first, ranking)
    part.caveats.clear()  # they are of one feature
    _header(part, first, "supposed_features", n=len(ranking.rows))
    for row in ranking.rows:
        low, high = row["interval"]
        counts = {name: row[name] for name in ("did", "value", "n", "before", "others")}
        key = "supposed_line_clear" if row["clear"] else "supposed_line"
        part.say(key, ranking, change=row["difference"], low=low, high=high, **counts)
    clear = [str(row["did"]) for row in ranking.rows if row["clear"]]
    part.say("supposed_some" if clear else "supposed_none", ranking, names=clear, n=len(ranking.rows))
    part.say("supposed_association", ranking)
    return part


def _header(part: Part, evidence: Evidence, key: str, **values: object) -> None:
    asked = dict(evidence.query.variant)
    part.say(
        key, evidence, day=int(asked["day"]), horizon=int(asked["horizon_days"]), window=evidence.query.window, **values
    )
    if evidence.query.filters or evidence.rights:
        scope(part, evidence)


def meant(language: Language, text: str, known: Iterable[Deed]) -> Deed | None:
    """The deed that a text names: the one most of whose name is said, in any language. None where two fit alike."""
    said = language.deeds(text)
    scores = []
    for deed in known:
        hit = sum(any(word.startswith(stem) or stem.startswith(word) for stem in said) for word in deed.words)
        if hit and hit / len(deed.words) >= HALF:
            scores.append(((hit / len(deed.words), hit), deed))
    best = max((score for score, _ in scores), default=None)
    fitting = [deed for score, deed in scores if score == best]
    features = [deed for deed in fitting if deed.feature]
    if len(fitting) == 1 or (len(features) == 1 and best and best[0] == 1):
        return (features or fitting)[0]
    return None
