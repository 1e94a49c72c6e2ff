"""What is kept for a company when somebody types it: requests, notes, endorsements, campaigns, alerts, schedules,
documents, words for the admins; and what is told of its data, and of a metric that is typed exactly.

Total, as the service is: what goes wrong for a person comes back as an Answer that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from bot.analysis.measure import Analyst
from bot.engines.answers import endorsed, feedback, noted, own, proposed, restated, segments, typed
from bot.engines.answers.alerts import Alerts, Rule
from bot.engines.answers.audited import Wanted
from bot.engines.answers.composed import Composer
from bot.engines.answers.decided import Decided
from bot.engines.answers.footing import footing, reach, source
from bot.engines.answers.forgotten import Askers
from bot.engines.answers.marks import Marks
from bot.engines.answers.scheduled import Scheduled
from bot.engines.answers.setup import Setup
from bot.engines.answers.standing import standing
from bot.engines.answers.taught import Taught
from bot.engines.answers.traces import Traces
from bot.engines.answers.walked import Walks
from bot.engines.answers.watched import ForOwner
from bot.engines.understanding.alerting import asked_for, switched
from bot.engines.understanding.planned import planned
from bot.engines.understanding.scheduled import scheduled
from bot.engines.understanding.shelved import deletes
from bot.errors import BadQuestion, ForPerson
from bot.health import short
from bot.language import Language
from bot.language.refused import refusal
from bot.metrics import catalogue
from bot.playbook import Playbook
from bot.sources.check import examine
from bot.types import Answer, Entry, Finding, Intent, Order, Outcome, Query, Question, Standing
from bot.types.sizes import LONGEST_QUESTION

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Clerk:
    """One company's books. `language` tells what a question is answered in; the other callables open their part."""

    taught: Taught
    notes: noted.Notes
    endorsements: endorsed.Endorsements
    decided: Decided
    marks: Marks
    walks: Walks
    schedules: Scheduled
    alerts: Alerts
    playbook: Callable[[], Playbook]
    analyst: Callable[[Question], Analyst]
    language: Callable[[Question], Language]
    keep: Callable[[Answer, Question], None]
    traces: Traces
    setup: Setup

    @property
    def composer(self) -> Composer:
        """What turns a form into a draft."""
        return Composer(self.decided, self.playbook, self.analyst)

    def heard(self, question: Question, thread: str | None) -> Answer | None:
        """The answer to what is asked of the clerk in words ("plan a win-back campaign with me"), and to what is too
        long to be read; None for others."""
        try:
            work = self.meant(question, thread)
        except ForPerson as error:
            answer = refusal(self.language(question), error)
            self.keep(answer, replace(question, text=question.text[:LONGEST_QUESTION]))
            return answer
        return work() if work else None

    def meant(self, question: Question, thread: str | None = None) -> Callable[[], Answer] | None:
        """What the words ask of the clerk, not yet done; None for other questions. Raises BadQuestion (too long)."""
        _bounded(question)
        code = self.language(question).code
        if typed := planned(question.text, code):
            return partial(self.campaign, replace(question, text=typed))
        if scheduled(question.text, code):
            return partial(self.schedule, question, thread)
        if typed := switched(question.text, code) or asked_for(question.text, code):
            return partial(self.alert, replace(question, text=typed), thread)
        if deletes(question.text) is not None:
            return partial(self.segments, question)
        return None

    def requests(self, question: Question) -> Answer:
        """What people proposed, or the decision on it ("requests accept NAME"), for admins."""
        return self._told(question, lambda language: proposed.listed(question, language, self.taught))

    def segments(self, question: Question) -> Answer:
        """What `segments` does: those that people saved, with their sizes; `segments delete NAME` deletes one."""
        watching = [(one.name, one.alert) for one in self.alerts.rules()]
        analyst = self.analyst(question)
        return self._told(question, lambda lang: segments.said(question, lang, self.taught, analyst, watching))

    def note(self, question: Question) -> Answer:
        """What `note DATE WORDS [COUNTRY]`, `note drop N` or `note list` does: what happened on a day, for context."""
        return self._told(question, lambda language: noted.said(question, language, self.notes, self.analyst(question)))

    def endorse(self, question: Question) -> Answer:
        """What `endorse METRIC`, `endorse drop METRIC` or `endorse` does: definitions that an analyst stands by."""
        return self._told(question, lambda language: endorsed.said(question, language, self.endorsements))

    def campaign(self, question: Question) -> Answer:
        """What `campaign VERB NAME ANSWER` does: a campaign planned in eight steps."""
        return self._told(question, lambda language: self.walks.said(question, language))

    def export(self, question: Question, order: Order, language: Language) -> Answer:
        """An approved draft, with all of the campaign that it is a message of, as files. Raises ForPerson."""
        return self.walks.export_together(question, order, language)

    def metric(self, question: Question, choose: Callable[[Query], Answer]) -> Answer:
        """What `metric NAME [period] [by …]` does: one metric, exactly, as `choose` answers it; alone, all of them."""
        return self._told(question, lambda lang: typed.answered(question, lang, self.analyst(question), choose))

    def named_metric(self, question: Question) -> Query:
        """The query that words such as "churn rate 2026-10" name exactly. Raises ForPerson."""
        return typed.read(question.text, self.language(question), self.analyst(question))

    def feedback(self, question: Question) -> Answer:
        """What `feedback [WORDS]` does: a word for the admins, and for them the bad answers in short."""
        return self._told(question, lambda language: feedback.said(question, language, self.marks))

    def data(self, question: Question) -> Answer:
        """The check of the data in short: how far it reaches, what is odd, what is missing."""
        return self._told(question, lambda language: self._checked(question, language))

    def _checked(self, question: Question, language: Language) -> Answer:
        analyst, rights = self.analyst(question), question.rights
        key = ("check", analyst.company.version, question.now.date())
        report = analyst.kept.get(key, lambda: examine(analyst.company, question.now))
        ready = sum(not analyst.missing(one) for one in catalogue().values())
        lines = [*source(analyst.company, language)]
        lines += [language.say(note.key, **note.values) for note in reach(analyst, question.now, analyst.as_of)]
        whole = not rights.row_filters and rights.metrics is None
        lines += short(report, (ready, len(catalogue())), language, counted=whole, shown=rights.person_level)
        return Answer(Outcome.ANSWER, Intent.DATA_HEALTH, language.code, "\n".join(lines))

    def schedule(self, question: Question, thread: str | None) -> Answer:
        """What `schedule …` does: a summary that comes by itself, made, listed or changed."""
        return self._told(question, lambda language: self.schedules.said(question, language, thread))

    def alert(self, question: Question, thread: str | None = None) -> Answer:
        """What `alerts VERB …` does: what to be told of unasked, by a threshold or when it is unusual."""
        return self._told(question, lambda language: self.alerts.said(question, language, thread))

    def judged(self, rule: Rule, question: Question) -> tuple[Answer | None, Rule]:
        """As `Alerts.due`, with what its figures stand on, and kept for its receipt."""
        answer, after = self.alerts.due(rule, question)
        return (None if answer is None else self._stood(answer, question)), after

    def troubled(self, owner: str, question: Question) -> ForOwner | None:
        """As `Watched.of`, with what its figures stand on, and kept for its receipt. Raises NotAllowed."""
        found = self.alerts.accounts.of(owner, question)
        return None if found is None else replace(found, answer=self._stood(found.answer, question))

    def stated(self, answer: Answer, question: Question) -> dict[str, Any] | None:
        """What is to be held against the data later of an answer that was posted unasked; None for nothing."""
        try:
            return restated.stated(answer, self.analyst(question), question.now.date())
        except Exception:
            log.exception("what is posted will not be held against the data")  # and is posted all the same
            return None

    def restated(self, kept: Mapping[str, Any], question: Question) -> tuple[Answer, dict[str, Any]] | None:
        """What is to be said of it now, and what is to be held against the data from then on; None where all stands."""
        found = restated.restated(kept, self.alerts.desk(self.analyst(question), self.language(question)))
        return None if found is None else (self._stood(found[0], question), found[1])

    def _stood(self, answer: Answer, question: Question) -> Answer:
        """What nobody asked for, with what its figures stand on, and kept for its receipt."""
        lines = footing(answer, self.analyst(question), self.language(question), question)
        answer = replace(answer, caveats=(*answer.caveats, *lines))
        self.keep(answer, question)
        return answer

    def documents(self, question: Question) -> Answer:
        """The company's own documents, or the removal of one ("documents drop NAME"), for admins."""
        return self._told(question, lambda language: own.listed(question, language, self.playbook()))

    def add_documents(self, files: own.Files, question: Question) -> Answer:
        """Puts documents into the playbook, for admins."""
        return self._told(question, lambda language: own.added(files, question, language, self.playbook()))

    def audit(self, question: Question, wanted: Wanted | None = None) -> Answer:
        """What `audit [words|@person|date|metric]` does: who asked what, for admins. That it was read is kept too."""
        language = self.language(question)
        try:
            answer = self.traces.audit.said(question, language, wanted)
        except ForPerson as error:
            answer = refusal(language, error)
        self.keep(replace(answer, text="", findings=()), question)  # what it shows is kept once already
        return answer

    def forget(self, question: Question, askers: Askers) -> Answer:
        """What `forget PERSON [confirm]` does, for admins; `askers` tells whom the surface knows by an address."""
        language, kept = self.language(question), replace(question, text="")
        try:
            answer, kept = self.traces.forgotten.said(question, language, askers)
        except ForPerson as error:
            answer = refusal(language, error)
        self.keep(replace(answer, text="", findings=(), follow_ups=()), kept)
        return answer

    def told_of_documents(self) -> list[Finding]:
        """Which documents the playbook holds, and why the others could not be read."""
        documents = self.playbook().documents
        return list(own.told(documents)) if documents else []

    def standing(self, question: Question, *, measured: bool = False) -> Standing:
        """How far the data reaches, the segments, what waits for a decision, what was noted: for who asks nothing yet.

        `measured`: the segments with their sizes. Raises ForPerson.
        """
        analyst, language = self.analyst(question), self.language(question)
        coming = (*self.schedules.of(question.asker, language), *self.alerts.coming(question, language))
        found = standing(question, language, analyst, self.decided, self.taught, self.notes, measured=measured)
        settings = tuple(self._settings(analyst, language)) if question.rights.role == "admin" else ()
        return replace(found, coming=coming, settings=settings)

    def _settings(self, analyst: Analyst, language: Language) -> Iterator[Entry]:
        """How the bot is set up, and what of it an admin may turn."""
        if (switch := self.alerts.owners.setting(language)) is not None:
            yield switch
        yield from self.setup.lines(analyst.company.definitions, language)

    def _told(self, question: Question, tell: Callable[[Language], Answer]) -> Answer:
        language = self.language(question)
        try:
            _bounded(question)
            answer = tell(language)
        except ForPerson as error:
            answer = refusal(language, error)
        self.keep(answer, question)
        return answer


def _bounded(question: Question) -> None:
    if len(question.text) > LONGEST_QUESTION:
        raise BadQuestion("question_too_long", n=len(question.text), most=LONGEST_QUESTION)
