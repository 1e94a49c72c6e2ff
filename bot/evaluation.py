"""Grades answers against a question set: by meaning and numbers, never by words.

A question set is JSON lines `{id, language, intent, text, thread?, as_of?, expect}`; a null `expect` is still to be
filled in, and nothing is graded before. Of the answer's document only what `expect` names is compared:

    outcome, intent, language, error     of the answer; `error` is the key of what it could not do
    metric, window, baseline, filters, exclude, by, variant, claim, subject, wish, limit
                                         of its first query; `window` is [start, end); `metric` may be a list,
                                         the metrics of all queries; `wish` is the language asked for
    choices                              partial queries, each of which a question back must offer
    numbers                              {part, whole, value, ...} of a row of the main evidence, or a list of these;
                                         `role` and `metric` pick another evidence, `row` picks the row by its columns,
                                         `rows` is the number of rows, all of them counted
    audience                             {before, after} of the draft

Grades: right; asked (it asked back where something else was expected); refused (likewise);
wrong: it answered something else than was asked, and nobody would notice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ASKED = frozenset({"id", "language", "intent", "text", "expect"})
"""What each line of a question set has."""

GRADES = ("right", "asked", "refused", "wrong")
GIVEN = {"answer": "wrong", "ask_back": "asked", "refuse": "refused"}
"""Outcome of an answer that is not right → its grade."""

OF_ANSWER = ("outcome", "intent", "language")
OF_QUERY = {
    "window": "window", "baseline": "baseline", "filters": "filters", "exclude": "exclude", "by": "by",
    "variant": "variant", "claim": "claim", "subject": "subject", "wish": "language", "limit": "limit",
}  # fmt: skip
"""Name in `expect` → name in a query document."""

PICKS = frozenset({"role", "metric", "row", "rows"})
"""What in `numbers` says which row is meant; all else are figures."""

NUMBERS = ("part", "whole", "value", "n")
"""What a row says; an answer is told by these where it is made into an expectation."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graded:
    """One question's grade, and what was expected and found where they differ."""

    id: str
    language: str
    intent: str
    text: str
    grade: str
    faults: tuple[str, ...]
    engine: str
    """Who answered, rules or agent; "none" where nothing could."""


def graded(asked: Document, answer: Document) -> Graded:
    """The grade of an answer's document to one line of a question set."""
    faults = tuple(_faults(asked["expect"], answer))
    given = GIVEN[answer.get("outcome", "refuse")]
    return Graded(
        str(asked["id"]),
        asked["language"],
        asked["intent"],
        asked["text"],
        given if faults else "right",
        faults,
        answer.get("engine", "none"),
    )


def table(results: Sequence[Graded], group: Callable[[Graded], str]) -> list[dict[str, Any]]:
    """How many of each grade, a row for each group in the order they come up."""
    names = dict.fromkeys(group(one) for one in results)
    return [{"group": name, **counts([one for one in results if group(one) == name])} for name in names]


def counts(results: Sequence[Graded]) -> dict[str, int]:
    """How many of each grade, and of how many."""
    return {**{grade: sum(one.grade == grade for one in results) for grade in GRADES}, "of": len(results)}


def moved(before: Mapping[str, str], results: Sequence[Graded]) -> list[tuple[Graded, str]]:
    """The questions graded otherwise than before, with the grade they had; those asked for the first time are none."""
    return [(one, before[one.id]) for one in results if before.get(one.id, one.grade) != one.grade]


def question_of(mark: Document) -> dict[str, Any]:
    """A marked answer as a line of a question set. `expect` is null until somebody says what would have been right;
    `answered` is what was answered, in the same words, to be copied and mended."""
    answer = mark["answer"]
    line = {"id": mark["id"], "language": answer["language"], "intent": answer["intent"], **answer["asked"]}
    said = {"reason": mark["reason"], "words": mark["words"]}
    return {**line, "expect": None, "answered": expectation(answer), **said}


def expectation(answer: Document) -> dict[str, Any]:
    """What a line of a question set would expect whose right answer this is: what it was taken for, and its number."""
    found = {name: answer.get(name) for name in OF_ANSWER}
    if answer["outcome"] == "refuse":
        return {**found, "error": _key(answer)}
    queries = answer.get("queries") or []
    if len(queries) == 1:
        found |= {name: _plain(queries[0].get(field)) for name, field in OF_QUERY.items()}
    if queries:
        found["metric"] = queries[0].get("metric") if len(queries) == 1 else [query.get("metric") for query in queries]
    main = [one for one in answer.get("evidence") or [] if one["role"] == "main" and len(one["rows"]) == 1]
    if main:
        row = main[0]["rows"][0]
        numbers = {name: row[name] for name in NUMBERS if row.get(name) is not None}
        found["numbers"] = {"metric": main[0]["metric"], **numbers}
    return found


def _faults(expect: Document, answer: Document) -> Iterator[str]:
    for name in OF_ANSWER:
        if name in expect:
            yield from _differs(name, expect[name], answer.get(name))
    if "error" in expect:
        yield from _differs("error", expect["error"], _key(answer))
    yield from _query_faults(expect, answer.get("queries") or [])
    if "choices" in expect:
        offered = [choice["query"] for choice in (answer.get("clarify") or {}).get("choices", ())]
        for choice in expect["choices"]:
            if not any(_fits(choice, query) for query in offered):
                yield f"choices: {choice} is not offered"
    if "numbers" in expect:
        numbers = expect["numbers"]
        for one in [numbers] if isinstance(numbers, Mapping) else numbers:
            yield from _number_faults(one, answer.get("evidence") or [])
    if "audience" in expect:
        drafts = answer.get("drafts") or [{"audience": {}}]
        for name, number in expect["audience"].items():
            yield from _differs(name, number, drafts[0]["audience"].get(name))


def _key(answer: Document) -> str | None:
    """What an answer could not do: the key of its error, or of the sentence that declines."""
    if "error" in answer:
        return str(answer["error"]["key"])
    findings = answer.get("findings") or []
    return str(findings[0]["key"]) if answer["outcome"] == "refuse" and findings else None


def _query_faults(expect: Document, queries: Sequence[Document]) -> Iterator[str]:
    first: Document = queries[0] if queries else {}
    if isinstance(expect.get("metric"), list):
        yield from _differs("metric", sorted(expect["metric"]), sorted(str(query["metric"]) for query in queries))
    elif "metric" in expect:
        yield from _differs("metric", expect["metric"], first.get("metric"))
    for name, field in OF_QUERY.items():
        if name in expect:
            yield from _differs(name, _plain(expect[name]), _plain(first.get(field)))


def _fits(choice: Document, query: Document) -> bool:
    return all(_plain(query.get(OF_QUERY.get(name, name))) == _plain(value) for name, value in choice.items())


def _plain(value: Any) -> Any:
    """Windows as [start, end), sets of values in one order."""
    if isinstance(value, Mapping):
        if "start" in value and "end" in value:
            return [value["start"], value["end"]]
        return {name: _plain(one) for name, one in value.items()}
    return sorted(value) if isinstance(value, list) else value


def _number_faults(wanted: Document, evidence: Sequence[Document]) -> Iterator[str]:
    metric = wanted.get("metric")
    fitting = [
        one
        for one in evidence
        if one["role"] == wanted.get("role", "main") and (metric is None or one["metric"] == metric)
    ]
    if not fitting:
        yield f"numbers: no evidence for {dict(wanted)}"
        return
    rows = fitting[0]["rows"]
    if "rows" in wanted:
        yield from _differs("rows", wanted["rows"], len(rows))
    named = wanted.get("row", {})
    chosen = [row for row in rows if all(row.get(column) == value for column, value in named.items())]
    figures = {name: value for name, value in wanted.items() if name not in PICKS}
    if figures and len(chosen) != 1:
        yield f"numbers: {len(chosen)} rows where one was expected: {dict(named)}"
        return
    for name, value in figures.items():
        found = chosen[0].get(name)
        if not _same(value, found):
            yield f"{name}: expected {value}, found {found}"


def _same(expected: Any, found: Any) -> bool:
    """Equal, or equal to a millionth: counts come out exact, money and shares may round."""
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9)
    return bool(expected == found)


def _differs(name: str, expected: Any, found: Any) -> Iterable[str]:
    if expected != found:
        yield f"{name}: expected {expected}, found {found}"
