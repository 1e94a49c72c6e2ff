"""Merge tags: known, complete, and whole for every reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.drafting.guardrails import Copy, guardrail
from bot.drafting.merge import FIELDS, TAG, tags

_NO_WORDS = {"null", "none", "n/a", "na", "-", "undefined", "nan", "test"}
_OTHER_TOOLS = re.compile(
    r"\{\{|\}\}|\{%|%\}|\*\||\|\*|%%|%[A-Z_]{3,}%|\[\[|\$\{|<%|\[(?:if|else|end)\b|\[unsubscribe_url\]"
)
_IN_HOST = re.compile(r"https?://[^/\s]*\{")


@guardrail("TAG-01", "BLOCK")
def kept_in_the_neutral_form(copy: Copy) -> Iterator[str]:
    """Tags are in the neutral form, `{field|fallback}`: read and written again they are the same."""
    for _, text in copy.texts():
        for found in TAG.finditer(text):
            if found[2] is not None and found[2] != found[2].strip():
                yield found[0]


@guardrail("TAG-02", "BLOCK")
def known_fields_only(copy: Copy) -> Iterator[str]:
    """Only fields of the mapping table, written as there."""
    yield from (str(tag) for _, text in copy.texts() for tag in tags(text) if tag.name not in FIELDS)


@guardrail("TAG-03", "BLOCK")
def fallbacks_are_words(copy: Copy) -> Iterator[str]:
    """A fallback is a word that fits the sentence; "null" and "N/A" are none."""
    for _, text in copy.texts():
        for tag in tags(text):
            if tag.fallback is not None and tag.fallback.strip().lower() in _NO_WORDS:
                yield str(tag)


@guardrail("TAG-04", "WARN")
def subject_works_without_tags(copy: Copy) -> Iterator[str]:
    """The subject says something also when every tag about the person is empty."""
    for _, subject in copy.texts("subject"):
        if len(TAG.sub("", subject).split()) < 3:
            yield subject


@guardrail("TAG-05", "BLOCK")
def straight_tags_outside_hosts(copy: Copy) -> Iterator[str]:
    """No curly quote inside a tag, and no tag inside the host of a link."""
    for _, text in copy.texts():
        yield from (found[0] for found in TAG.finditer(text) if found[2] and re.search("[“”„«»]", found[2]))
        yield from _IN_HOST.findall(text)


@guardrail("TAG-06", "BLOCK")
def no_other_tools_syntax(copy: Copy) -> Iterator[str]:
    """Braces are balanced, and no tag of a sending tool is left in the text."""
    for _, text in copy.texts():
        yield from _OTHER_TOOLS.findall(text)
        yield from re.findall(r"\S*[{}]\S*", TAG.sub("", text))


@guardrail("TAG-08", "BLOCK")
def tags_where_no_form_changes(copy: Copy) -> Iterator[str]:
    """No tag where the language would bend the words around it: "que {company}" may have to be "qu’"."""
    for _, text in copy.texts():
        yield from copy.words.found("bent_by_tag", text)


@guardrail("OUT-07", "BLOCK")
def whole_for_every_reader(copy: Copy) -> Iterator[str]:
    """Tags about a person have fallbacks; full, empty and longest profiles render whole."""
    for _, text in copy.texts():
        for tag in tags(text):
            if tag.fallback is None and tag.name in FIELDS and FIELDS[tag.name].kind == "person":
                yield str(tag)
    if {preview.profile for preview in copy.previews} != {"full", "empty", "longest"}:
        yield "full, empty, longest"
    for preview in copy.previews:
        for text in preview.variant.parts.values():
            yield from re.findall(r"\{[^}\n]*\}?|\}", text)
