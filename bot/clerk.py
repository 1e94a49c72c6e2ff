"""What is kept for a company when somebody types it: requests, notes, endorsements, campaigns, alerts, schedules,
documents. Total, as the service is: what goes wrong for a person comes back as an Answer that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.analysis.measure import Analyst
from bot.engines.answers import endorsed, noted, own, proposed
from bot.engines.answers.alerts import Alerts, Rule
from bot.engines.answers.decided import Decided
from bot.engines.answers.footing import footing
from bot.engines.answers.scheduled import Scheduled
from bot.engines.answers.standing import standing
from bot.engines.answers.taught import Taught
from bot.engines.answers.walked import Walks
from bot.engines.understanding.alerting import asked_for
from bot.engines.understanding.planned import planned
from bot.engines.understanding.scheduled import scheduled
from bot.errors import BadQuestion, ForPerson
from bot.language import Language
from bot.language.refused import refusal
from bot.playbook import Playbook
from bot.types import Answer, Finding, Question, Standing
from bot.types.sizes import LONGEST_QUESTION


@dataclass(frozen=True, slots=True)
class Clerk:
    """One company's books. `language` tells what a question is answered in; the other callables open their part."""

    taught: Taught
    notes: noted.Notes
    endorsements: endorsed.Endorsements
    decided: Decided
    walks: Walks
    schedules: Scheduled
    alerts: Alerts
    playbook: Callable[[], Playbook]
    analyst: Callable[[Question], Analyst]
    language: Callable[[Question], Language]
    keep: Callable[[Answer, Question], None]

    def heard(self, question: Question, thread: str | None) -> Answer | None:
        """The answer to what is asked of the clerk in words ("plan a win-back campaign with me"); None for others."""
        try:
            work = self.meant(question, thread)
        except ForPerson as error:
            return refusal(self.language(question), error)
        return work() if work else None

    def meant(self, question: Question, thread: str | None = None) -> Callable[[], Answer] | None:
        """What the words ask of the clerk, not yet done; None for other questions. Raises BadQuestion (too long)."""
        _bounded(question)
        code = self.language(question).code
        if typed := planned(question.text, code):
            return partial(self.campaign, replace(question, text=typed))
        if scheduled(question.text, code):
            return partial(self.schedule, question, thread)
        if typed := asked_for(question.text, code):
            return partial(self.alert, replace(question, text=typed), thread)
        return None

    def requests(self, question: Question) -> Answer:
        """What people proposed, or the decision on it ("requests accept NAME"), for admins."""
        return self._told(question, lambda language: proposed.listed(question, language, self.taught))

    def note(self, question: Question) -> Answer:
        """What `note DATE WORDS [COUNTRY]`, `note drop N` or `note list` does: what happened on a day, for context."""
        return self._told(question, lambda language: noted.said(question, language, self.notes, self.analyst(question)))

    def endorse(self, question: Question) -> Answer:
        """What `endorse METRIC`, `endorse drop METRIC` or `endorse` does: definitions that an analyst stands by."""
        return self._told(question, lambda language: endorsed.said(question, language, self.endorsements))

    def campaign(self, question: Question) -> Answer:
        """What `campaign VERB NAME ANSWER` does: a campaign planned in eight steps."""
        return self._told(question, lambda language: self.walks.said(question, language))

    def schedule(self, question: Question, thread: str | None) -> Answer:
        """What `schedule …` does: a summary that comes by itself, made, listed or changed."""
        return self._told(question, lambda language: self.schedules.said(question, language, thread))

    def alert(self, question: Question, thread: str | None = None) -> Answer:
        """What `alerts VERB …` does: what to be told of unasked, by a threshold or when it is unusual."""
        return self._told(question, lambda language: self.alerts.said(question, language, thread))

    def judged(self, rule: Rule, question: Question) -> tuple[Answer | None, Rule]:
        """As `Alerts.due`, with what its figures stand on, and kept for its receipt."""
        answer, after = self.alerts.due(rule, question)
        if answer is not None:
            lines = footing(answer, self.analyst(question), self.language(question), question)
            answer = replace(answer, caveats=(*answer.caveats, *lines))
            self.keep(answer, question)
        return answer, after

    def documents(self, question: Question) -> Answer:
        """The company's own documents, or the removal of one ("documents drop NAME"), for admins."""
        return self._told(question, lambda language: own.listed(question, language, self.playbook()))

    def add_documents(self, files: own.Files, question: Question) -> Answer:
        """Puts documents into the playbook, for admins."""
        return self._told(question, lambda language: own.added(files, question, language, self.playbook()))

    def told_of_documents(self) -> list[Finding]:
        """Which documents the playbook holds, and why the others could not be read."""
        documents = self.playbook().documents
        return list(own.told(documents)) if documents else []

    def standing(self, question: Question) -> Standing:
        """How far the data reaches, the segments, what waits for a decision, what was noted: for who asks nothing yet.

        Raises ForPerson.
        """
        analyst, language = self.analyst(question), self.language(question)
        mine = [rule for rule in self.alerts.rules() if rule.by == question.asker]
        coming = (*self.schedules.of(question.asker, language), *self.alerts.of(mine, question, language))
        found = standing(question, language, analyst, self.decided, self.taught, self.notes)
        return replace(found, coming=coming)

    def _told(self, question: Question, tell: Callable[[Language], Answer]) -> Answer:
        language = self.language(question)
        try:
            _bounded(question)
            return tell(language)
        except ForPerson as error:
            return refusal(language, error)


def _bounded(question: Question) -> None:
    if len(question.text) > LONGEST_QUESTION:
        raise BadQuestion("question_too_long", n=len(question.text), most=LONGEST_QUESTION)
