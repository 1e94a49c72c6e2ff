"""What a look at files that somebody gave to the bot says: how they are read, what is left open, what they tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.documents import plain
from bot.errors import BadData, BadWorkspace
from bot.lent import Found, Open, worded
from bot.trying import MOST_ASKED, Tried, shown, tried


def dropped(folder: Path, workspace: Path, language: str, answered: Mapping[str, str]) -> Found:
    """What is in the files of a folder, what was assumed, and the most telling answers; `answered` are the answers to
    what was left open. Writes the workspace file, and keeps no record of the answers. Raises ForPerson."""
    targets = sorted(str(path) for path in folder.iterdir())
    try:
        result = tried(
            targets, workspace, reply=lambda ask, _: answered.get(ask.id), replace=lambda _: True, seen=harmless,
            language=language,
        )  # fmt: skip
    except BadWorkspace as error:  # the workspace is ours, so its gaps would tell the person nothing
        raise BadData("drop_unread", files=[Path(one).name for one in targets]) from error
    caveats = dict.fromkeys(caveat for _, answer in result.answers for caveat in answer.caveats)
    opens = tuple(Open(one.id, one.key, one.choices, plain(one.values)) for one in result.guess.asks[:MOST_ASKED])
    guessed = [one for one in opens if one.id not in answered]
    return Found("\n".join(told(result, guessed)), opens, tuple(caveats))


def harmless(guess: Any) -> None:
    """Raises BadData for a name such as `${NAME}`, which a workspace would fill with a secret of this machine."""
    written = [text for one in guess.tables for text in (one.map.select or "", *one.map.columns.values())]
    if any("${" in text for text in written):
        raise BadData("drop_unread", files=sorted({source for one in guess.tables for source in one.sources}))


def told(result: Tried, guessed: Sequence[Open]) -> Iterator[str]:
    """The lines of the answer; `guessed` is what nobody has chosen yet."""
    say, language = result.language.say, result.language
    yield from (f"- {line}" for line in re.sub(r"\n +", ": ", "\n".join(shown(result.guess, language))).splitlines())
    # How to change a workspace file helps nobody here; the answers say that days are in UTC.
    of_files = {say("try_note_zone"), say("try_note_as_of_file")}
    assumed = [line for line in result.assumed if line not in of_files]
    for one in guessed:
        question, likeliest = say(one.key, **one.values), worded(one.choices[0], language)
        assumed.append(say("try_assumed", question=question, choice=likeliest))
    if assumed:
        yield ""
        yield f"**{say('try_assumptions')}**"
        yield from (f"- {line}" for line in assumed)
    yield ""
    yield say("try_answers" if result.answers else "try_no_answers")
    for question, answer in result.answers:
        yield f"\n**{question}**\n{answer.text}"
