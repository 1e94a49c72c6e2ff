"""The page of the rules that a draft passes, made from the rules themselves: `make docs` writes docs/drafting.md."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.drafting import Handbook, load_handbook
from bot.drafting.guardrails import Guardrail, guardrails
from bot.drafting.screens import SCREENS
from bot.language import load

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
HEAD = """# The rules of drafts

Made from `bot/drafting/` and `knowledge/policy/` by `make docs`. A draft is shown with what each rule said, and nothing
is sent: a person approves it, on which all of them run again, and another tool sends it.

BLOCK: it cannot be approved. HOLD: a person looks at it first. WARN: it is pointed out.
"""
PEOPLE = """
## Who gets nothing

Each rule holds people back one by one, and the draft says how many it held. "Also service": it holds for messages of
service too, which otherwise heed no marketing rule. A rule whose data is not mapped says that it could not be checked.
"""
TEXTS = """
## What no text may hold

Tried on the text as written, and as it reads for somebody of whom all is known, nothing, and the longest values.
"""
LAWS = """
## Countries

Basis and hours for each channel, holidays and sources: `knowledge/policy/countries/`. It is summarised for engineering
and no legal advice; where two readings are possible the stricter stands. Files: """


def page(handbook: Handbook) -> str:
    """The whole page in Markdown."""
    return "".join(
        (HEAD, PEOPLE, *_screens(), TEXTS, *_texts(), LAWS, ", ".join(sorted(handbook.policy.countries)), ".\n")
    )


def _screens() -> Iterator[str]:
    say = load("en").say
    yield "\n| rule | who is held back | |\n|---|---|---|\n"
    for id, screen in SCREENS.items():
        key = f"why_{id.lower().replace('-', '_')}"
        yield f"| {id} | {say(key)} | {'also service' if screen.service else ''} |\n"


def _texts() -> Iterator[str]:
    groups: dict[str, list[Guardrail]] = {}
    for one in guardrails().values():
        title = (
            "Texts of a language model" if one.of_model else load(one.language).title if one.language else "All texts"
        )
        groups.setdefault(title, []).append(one)
    for title in sorted(groups, key=lambda name: (name != "All texts", name)):
        yield f"\n### {title}\n\n"
        yield from _table(groups[title])


def _table(found: Sequence[Guardrail]) -> Iterator[str]:
    yield "| rule | | what it says | where |\n|---|---|---|---|\n"
    for one in sorted(found, key=lambda rule: rule.id):
        rule = " ".join((one.rule.__doc__ or "").split())
        yield f"| {one.id} | {one.severity} | {rule} | {', '.join(one.channels)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page(load_handbook(KNOWLEDGE)))
