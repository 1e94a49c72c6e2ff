"""Whether an answer is refused, or shows less, because of who else reads along, and not because of its asker's role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.types import Answer, Intent, Note, Question, Rights

Test = Callable[[Mapping[str, Any], Rights, Rights], bool]
"""(values of a refusal, the asker's own rights, those here) → whether the own ones would not have refused."""


def _rows(_values: Mapping[str, Any], own: Rights, here: Rights) -> bool:
    return set(own.row_filters) < set(here.row_filters)


REFUSED: Mapping[str, Test] = {
    "people_not_allowed": lambda _values, own, _here: own.person_level,
    "drafts_not_allowed": lambda _values, own, _here: own.drafts,
    "too_few_to_show": lambda values, own, _here: own.smallest_cell < values["smallest"],
    "metric_not_allowed": lambda values, own, _here: own.metrics is None or values["metric"] in own.metrics,
    "dimension_not_allowed": lambda values, own, _here: own.dimensions is None or values["dimension"] in own.dimensions,
    "outside_rights": _rows,
    "outside_rights_rest": _rows,
    "account_outside": _rows,
    "spend_is_whole": _rows,
}
"""Refusals that a role or a place may be the reason of → how it is told which."""


SKIPPING = frozenset({Intent.WEEKLY, Intent.WHY})
"""Intents whose answers leave out, without a word, what may not be shown: a figure of the week, a way to split."""


def fuller(answer: Answer, question: Question) -> bool:
    """Whether the asker may see more of this where nobody reads along."""
    own, here = question.alone, question.rights
    if own is None:
        return False
    if answer.error is not None:
        return answer.error.key in REFUSED and REFUSED[answer.error.key](answer.error.values, own, here)
    hidden = own.smallest_cell < here.smallest_cell and any(_hides(note) for e in answer.evidence for note in e.caveats)
    left_out = any(set(one.rights) - set(own.row_filters) for one in answer.evidence)
    actions = answer.intent is Intent.WEEKLY and own.drafts and not here.drafts
    names = answer.intent is Intent.RECONCILE and own.person_level and not here.person_level
    skipped = answer.intent in SKIPPING and (own.metrics, own.dimensions) != (here.metrics, here.dimensions)
    return hidden or left_out or actions or names or skipped


def _hides(note: Note) -> bool:
    return note.key == "small_cells_hidden"
