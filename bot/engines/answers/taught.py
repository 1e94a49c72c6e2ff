"""What people taught the bot about a company: segments made from sentences, metrics that they miss, words' meanings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import structlog

from bot.errors import BadQuestion, Unavailable
from bot.types import Group, Meaning, Wanted, filters

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Proposal, Proposals

log = structlog.get_logger()


class Taught:
    """The lessons about one company; `proposals` opens the records they are kept in."""

    def __init__(self, proposals: Callable[[], Proposals], company: str) -> None:
        self._proposals, self._company = proposals, company

    def groups(self) -> tuple[Group, ...]:
        """The segments that people made; none where the records cannot be read."""
        try:
            kept = self._proposals().all(self._company, "segment", "accepted")
        except Unavailable:
            log.exception("the segments of the company cannot be read")
            return ()
        return tuple(group for one in kept if (group := Group.of(one.document.get("rule"))) is not None)

    def owners(self) -> dict[str, str]:
        """Segment → who saved it, the oldest first."""
        kept = self._proposals().all(self._company, "segment", "accepted")
        return {group.name: one.said_by for one in kept if (group := Group.of(one.document.get("rule"))) is not None}

    def forget_group(self, name: str) -> None:
        """Deletes a segment; what was made of it keeps its rule."""
        self._proposals().decide(self._company, "segment", name.casefold(), "dropped")

    def metrics(self) -> list[Proposal]:
        """The metrics that people miss, the oldest request first; `document` has name, formula, columns, askers."""
        return self._proposals().all(self._company, "metric", "open")

    def agreed(self) -> tuple[Meaning, ...]:
        """What words mean to everybody; nothing where the records cannot be read."""
        try:
            kept = self._proposals().all(self._company, "meaning", "accepted")
        except Unavailable:
            log.exception("the meanings of words cannot be read")
            return ()
        found = (Meaning.of(one.document.get("meaning"), agreed=True) for one in kept)
        return tuple(one for one in found if one is not None)

    def meanings(self, state: Literal["open", "accepted"]) -> list[tuple[Meaning, Proposal]]:
        """What words are proposed, or agreed, to mean, the oldest first; `document` has the askers."""
        kept = self._proposals().all(self._company, "meaning", state)
        read = ((Meaning.of(one.document.get("meaning")), one) for one in kept)
        return [(meaning, one) for meaning, one in read if meaning is not None]

    def decide(self, name: str, state: Literal["accepted", "dropped"]) -> Meaning | Wanted:
        """Accept or drop what a word is proposed to mean, or the request for a metric; BadQuestion
        (`proposal_unknown`) where nobody proposed it.

        A word means one thing: what was agreed before gives way to what is accepted.
        """
        missed = next((one for one in self.metrics() if one.name == name.casefold()), None)
        if missed is not None:
            self._proposals().decide(self._company, "metric", missed.name, state)
            return Wanted(missed.document["name"], missed.document["formula"], missed.document["columns"])
        known = {meaning.name: meaning for known in ("open", "accepted") for meaning, _ in self.meanings(known)}
        if name not in known:
            raise BadQuestion("proposal_unknown", name=name)
        if state == "accepted":
            for one in self.agreed():
                if one.words == known[name].words and one.name != name:
                    self._proposals().decide(self._company, "meaning", one.name, "dropped")
        self._proposals().decide(self._company, "meaning", name, state)
        return known[name]

    def keep(self, what: Group | Wanted | Meaning, asker: str, now: datetime) -> None:
        """Keep a segment under its name, a request, a meaning. BadQuestion (`segment_name_kept`) for another's name."""
        if isinstance(what, Group):
            self._keep_group(what, asker, now)
        elif isinstance(what, Meaning):
            self._keep_meaning(what, asker, now)
        else:
            self._keep_request(what, asker, now)

    def _keep_group(self, group: Group, asker: str, now: datetime) -> None:
        """What a segment is made of is frozen, so that no two can be made of each other."""
        name = group.name.casefold()
        kept = self._proposals().all(self._company, "segment", "accepted")
        if any(one.name == name and one.said_by != asker for one in kept):
            raise BadQuestion("segment_name_kept", name=group.name)
        rules = {one.name: replace(one, name="").text for one in self.groups()}
        left = {name: [rules.get(one, one) for one in found] for name, found in group.exclude}
        segments = tuple(rules.get(one, one) for one in group.segments)
        document = {"rule": replace(group, segments=segments, exclude=filters(left)).text}
        self._proposals().keep(self._company, "segment", name, document=document, state="accepted", by=asker, now=now)

    def _keep_meaning(self, meaning: Meaning, asker: str, now: datetime) -> None:
        """One proposal for each meaning of a word; what is agreed stays so, whoever says it again."""
        if any(one.name == meaning.name for one in self.agreed()):
            return
        before = {one.name: kept.document for one, kept in self.meanings("open")}.get(meaning.name, {})
        document = {"meaning": meaning.text, "askers": sorted({*before.get("askers", ()), asker})}
        self._proposals().keep(
            self._company, "meaning", meaning.name, document=document, state="open", by=asker, now=now
        )

    def _keep_request(self, wanted: Wanted, asker: str, now: datetime) -> None:
        """One request a name: whoever asks again is counted, and may say the formula that lacked."""
        name = wanted.name.casefold()
        before = next((one.document for one in self.metrics() if one.name == name), {})
        document = {
            "name": wanted.name,
            "formula": wanted.formula or before.get("formula", ""),
            "columns": wanted.columns or before.get("columns", ""),
            "askers": sorted({*before.get("askers", ()), asker}),
        }
        self._proposals().keep(self._company, "metric", name, document=document, state="open", by=asker, now=now)
