"""A test learns something only when one thing differs."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.messages import CALL_TO_ACTION


@guardrail("OUT-09", "WARN")
def one_element_differs(copy: Copy) -> Iterator[str]:
    """Two variants, A and B, differ in the named element and in nothing else."""
    if [variant.name for variant in copy.variants] != ["A", "B"]:
        yield ", ".join(variant.name for variant in copy.variants)
        return
    a, b = copy.variants
    differ = {part for part in a.parts if a[part] != b[part]}
    if "body" in differ and copy.element != "body":
        (first, second), (opening, other) = copy.paragraphs(), (parts[0] for parts in copy.prose())
        differ = differ - {"body"} | set(_elements(first, second, (opening, other)))
    if copy.element not in differ:
        yield copy.element
    yield from sorted(differ - {copy.element})


def _elements(first: list[str], second: list[str], openings: tuple[str, str]) -> Iterator[str]:
    """What differs in two bodies: the opening, the call to action, or the rest."""
    if len(first) != len(second):
        yield "body"
    for x, y in zip(first, second, strict=False):
        if x != y:
            yield "opening" if (x, y) == openings else CALL_TO_ACTION if "{link}" in x else "body"
