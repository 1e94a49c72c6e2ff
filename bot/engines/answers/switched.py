"""Whether the owners of accounts newly in trouble are told of them, by a direct message: switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.engines.answers.sentences import sentences
from bot.engines.understanding.alerting import words_of
from bot.errors import BadQuestion, NotAllowed
from bot.language import Language
from bot.types import Answer, Entry, Note, Question

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

ROLES = frozenset({"analyst", "admin"})
"""Who may switch it: it speaks to others, in the company's name."""
KIND: Literal["account_watch"] = "account_watch"
NAME = "owners"
"""There is one of them."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Who switched it on, in which Slack workspace and language, since when, and the owners they know are unreached."""

    by: str
    team: str
    language: str
    since: date
    unreached: tuple[str, ...] = ()


class Switched:
    """The switch of one company. `owned` tells whether its data says who looks after an account."""

    def __init__(self, records: Callable[[], Records], company: str, owned: bool) -> None:
        self._records, self._company, self._owned = records, company, owned

    def now(self) -> Switch | None:
        """The switch as it is; None where it is off."""
        found = self._records().proposals.all(self._company, KIND, "accepted")
        if not found:
            return None
        kept, told = found[0], found[0].document
        return Switch(kept.said_by, told["team"], told["language"], kept.said_at.date(), tuple(told["unreached"]))

    def setting(self, language: Language) -> Entry | None:
        """How it stands, and what is typed to turn it; None where the data names no owners."""
        if not self._owned:
            return None
        switch, word = self.now(), f"{language.say('alerts_word')} {words_of(language.code, 'accounts')[0]}"
        if switch is None:
            return Entry(Note("settings_owners_off"), {"on": f"{word} {words_of(language.code, 'on')[0]}"})
        typed = f"{word} {words_of(language.code, 'off')[0]}"
        return Entry(Note("settings_owners_on", {"day": switch.since}), {"off": typed})

    def turned(self, question: Question, language: Language, team: str, *, on: bool) -> Answer:
        """What "alerts accounts on", or off, does, said in a Slack workspace. Raises NotAllowed, BadQuestion."""
        if question.rights.role not in ROLES:
            raise NotAllowed("owners_not_allowed")
        switch = self.now()
        if not on:
            self._records().proposals.decide(self._company, KIND, NAME, "dropped")
            return sentences(language, [Note("owners_off" if switch else "owners_off_already")])
        if not team:
            raise BadQuestion("owners_only_slack")
        if not self._owned:
            raise BadQuestion("owners_unknown")
        if switch:
            return sentences(language, [Note("owners_on_already", {"day": switch.since})])
        document = {"team": team, "language": language.code, "unreached": []}
        self._records().proposals.keep(
            self._company, KIND, NAME, document=document, state="accepted", by=question.asker, now=question.now
        )
        return sentences(language, [Note("owners_on"), Note("owners_found")])

    def told(self, unreached: Collection[str]) -> None:
        """Keeps which owners whoever switched it on knows of as unreached."""
        found = self._records().proposals.all(self._company, KIND, "accepted")
        for kept in found:
            document = {**kept.document, "unreached": sorted(unreached)}
            self._records().proposals.keep(
                self._company, KIND, NAME, document=document, state="accepted", by=kept.said_by, now=kept.said_at
            )
