"""A test learns something only when one thing differs."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail


@guardrail("OUT-09", "WARN")
def one_element_differs(copy: Copy) -> Iterator[str]:
    """Two variants, A and B, differ in the named element and in nothing else."""
    if [variant.name for variant in copy.variants] != ["A", "B"]:
        yield ", ".join(variant.name for variant in copy.variants)
        return
    a, b = copy.variants
    first, second = a.body.split("\n\n"), b.body.split("\n\n")
    other = {place for place, (x, y) in enumerate(zip(first, second, strict=False)) if x != y}
    differ = {"subject": a.subject != b.subject, "preheader": a.preheader != b.preheader}
    differ["opening"] = 1 in other
    differ["call_to_action"] = any("{link}" in first[place] for place in other)
    differ["body"] = len(first) != len(second) or any(place != 1 and "{link}" not in first[place] for place in other)
    if not differ.get(copy.element):
        yield copy.element
    yield from (name for name, differs in differ.items() if differs and name != copy.element)
