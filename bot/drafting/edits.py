"""A person's own words in the place of a message's: a draft with them is prepared and checked like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.drafting.messages import Message
from bot.errors import BadQuestion
from bot.types import Variant, Writer

BODY = "body"


def edited(variants: Sequence[Variant], element: str, part: str, text: str, variant: str | None) -> tuple[Variant, ...]:
    """The variants with a new text for one part: in the one named, else in all.

    Variants differ in one element only, so a part that is not tested is changed in all of them. Raises BadQuestion
    (`unknown_part_of_draft`, `unknown_variant_of_draft`, `edit_names_variant` where all would become the same).
    """
    names, parts = [one.name for one in variants], list(variants[0].parts)
    if part not in parts:
        raise BadQuestion("unknown_part_of_draft", part=part, near=parts)
    if variant is not None and variant not in names:
        raise BadQuestion("unknown_variant_of_draft", variant=variant, near=names)
    tested = part == element or (part == BODY and element not in parts)
    if variant is None and tested and len(names) > 1:
        raise BadQuestion("edit_names_variant", part=part, near=names)
    here = {variant} if variant is not None and tested else set(names)
    return tuple(one.but(part, text) if one.name in here else one for one in variants)


def with_texts(
    messages: Sequence[Message], id: str, language: str, channel: str, texts: tuple[Variant, ...], writer: Writer
) -> list[Message]:
    """The messages, one of them with these texts, by whomever, for a language and channel."""

    def one(each: Message) -> Message:
        text = each.texts.get((language, channel))
        if each.id != id or text is None:
            return each
        return replace(each, texts={**each.texts, (language, channel): replace(text, variants=texts, writer=writer)})

    return [one(each) for each in messages]
