"""What the bot does, the same for every surface: ask, weekly, measure, draft, decide, plays, check, catalogue.

Total: what goes wrong for a person comes back as an Answer that says so; what goes wrong in the
program comes back as an honest sentence too, and is logged for us.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property, partial
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from bot.access import Policy
from bot.analysis.happenings import on_record
from bot.analysis.kept import Kept
from bot.analysis.measure import Analyst, measure
from bot.analysis.own_figures import proved
from bot.analysis.profile import mentioned
from bot.analysis.risk import learn
from bot.analysis.usage_interval import Usage, usage
from bot.analysis.windows import baseline_of, default_window
from bot.clerk import Clerk
from bot.data_sets import DataSets
from bot.documents import metric_document, query_document, query_from
from bot.drafting import Brand, Handbook
from bot.engines import rules
from bot.engines.agent.reply import Reply
from bot.engines.answers import endorsed, finals, noted, wanted
from bot.engines.answers.actions import weighed
from bot.engines.answers.alerts import Alerts
from bot.engines.answers.alone import fuller
from bot.engines.answers.decided import Decided
from bot.engines.answers.defaults import bare, strange
from bot.engines.answers.drafts import Wish
from bot.engines.answers.exported import exported
from bot.engines.answers.footing import beneath, footing
from bot.engines.answers.marks import REASONS, Marks
from bot.engines.answers.outcome import finished, read
from bot.engines.answers.own_text import looked_at
from bot.engines.answers.part import Desk
from bot.engines.answers.profile import named
from bot.engines.answers.scheduled import Scheduled
from bot.engines.answers.setup import Setup
from bot.engines.answers.taught import Taught
from bot.engines.answers.traces import Traces
from bot.engines.answers.walked import Walks
from bot.engines.answers.why_now import explained
from bot.engines.budget import DaysPurse
from bot.engines.grounding import Fault, faults
from bot.engines.understanding.doubt import Doubt
from bot.engines.understanding.opinion import Embed, Opinion
from bot.engines.understanding.understand import Reading, understand
from bot.errors import BadQuestion, BadWorkspace, ForPerson, Unavailable
from bot.given import Given
from bot.language import Language, available, detect, load
from bot.language.days import Calendar
from bot.language.own import taken
from bot.language.periods import parse
from bot.language.refused import refusal
from bot.memory import Memory
from bot.metrics import catalogue
from bot.metrics.own import own_names
from bot.playbook import Playbook, readers
from bot.sources import Company
from bot.sources.check import Report, examine
from bot.toolbox import Toolbox
from bot.types import (
    Answer,
    Defaults,
    Draft,
    Evidence,
    Final,
    Finding,
    Grain,
    Intent,
    Note,
    Outcome,
    Person,
    Place,
    Query,
    Question,
    Readers,
    Rights,
    Window,
    local_day,
)
from bot.warming import warm

if TYPE_CHECKING:
    from bot.engines.agent.loop import Agent  # LangChain loads with the first question to a model
    from bot.engines.agent.spending import Allowance
    from bot.records import Records  # SQLAlchemy loads with the first record, not with the first question

log = structlog.get_logger()
MayAsk: TypeAlias = "Callable[[], Allowance | None]"


class Service:
    """One company's bot. Safe to use from many threads."""

    def __init__(
        self,
        company: Company,
        policy: Policy,
        playbook: Callable[[], Playbook],
        records: Callable[[], Records],
        brand: Brand,
        handbook: Callable[[], Handbook],
        now: Callable[[], datetime],
        embed: Embed,
        agent: Callable[[], Agent] | None = None,
        defaults: Mapping[str, Defaults] | None = None,
    ) -> None:
        """`now` is the clock of surfaces without `--as-of`, naive UTC. The other callables open their part at first
        use. `embed` turns texts into vectors; `agent` is None where there is no language model; `defaults` are those of
        each channel that has some."""
        self.company, self.data_set = company, company.definitions.data
        self.policy, self.sets = policy, DataSets(self)
        self.brand = brand
        self.now = now
        self._open_playbook = playbook
        self._open_records = records
        self._open_handbook = handbook
        self._open_agent = agent
        self._defaults = defaults or {}
        self.embed, self._opinion = embed, Opinion(embed)
        self._opening = RLock()
        self._kept = Kept()
        self._memory = Memory(lambda: self.records, self.data_set)
        self._taught = Taught(lambda: self.records.proposals, company.definitions.company)
        marks = Marks(lambda: self.records, company.definitions.company)
        self.decided = Decided(
            lambda: self.records, company, brand, lambda: self.handbook,
            lambda: tuple(self.playbook.plays.values()), self._analyst,
        )  # fmt: skip
        self.export, self.outcome = partial(exported, self.decided), partial(read, self.decided)
        self.explain, self.check_text = partial(explained, self.decided), partial(looked_at, self.decided)
        self.document_kinds = tuple(readers())
        self.clerk = Clerk(
            self._taught, noted.Notes(lambda: self.records.proposals, company.definitions.company),
            endorsed.Endorsements(lambda: self.records.proposals, company.definitions.company),
            self.decided, marks, Walks(self.decided),
            Scheduled(lambda: self.records, policy.drafts, company.definitions.zone, self.data_set),
            Alerts(lambda: self.records, company, self._analyst, self._read, lambda: self.playbook, policy.drafts),
            lambda: self.playbook, lambda q: self._analyst(q.rights, q.now), self._language,
            self._memory.keep_anyway,
            Traces(lambda: self.records, company, lambda: self.playbook, self._lent_by),
            Setup(policy, self._defaults, agent is not None),
        )  # fmt: skip
        self.toolbox = Toolbox(self._analyst, self._values, self.clerk, self._answered, company.definitions.language)
        self.reasons, self.mark, self.marks = REASONS, marks.keep, marks.all
        given = Given(lambda: self.records, self.clerk.endorsements, marks, self._analyst, company)
        self.receipt, self.endorse_answer, self.awaited = given.receipt, given.endorse, given.awaited
        self.others = given.others
        self.warm = partial(
            warm, lambda q: self._read(q, self._analyst(q.rights, q.now)),
            lambda q, query: self._answered(q, None, lambda: query), lambda: self.agent,
        )  # fmt: skip

    @cached_property
    def playbook(self) -> Playbook:
        """The plays."""
        with self._opening:
            return self._open_playbook()

    @cached_property
    def records(self) -> Records:
        """What must survive."""
        with self._opening:
            return self._open_records()

    @cached_property
    def handbook(self) -> Handbook:
        """The rules of drafting and the written texts."""
        with self._opening:
            return self._open_handbook()

    @cached_property
    def agent(self) -> Agent | None:
        """The language model with our tools, where there is one."""
        with self._opening:
            return self._open_agent() if self._open_agent else None

    def unfounded(self, text: str, evidence: Sequence[Evidence], language: Language | None = None) -> list[Fault]:
        """What a text says beyond its evidence; every prose passes this before it is posted."""
        read_to = max(
            (one.as_of for one in evidence if one.as_of != date.max), default=self.company.as_of(self.now().date())
        )
        spoken = language or load(detect(text, self.company.definitions.language))
        return faults(text, evidence, spoken, Calendar(read_to + timedelta(days=1)))

    def admit(self, person: Person, place: Place, channel: str | None = None) -> Rights:
        """The rights of a person in a place; NotAllowed for guests, strangers, bots, external channels."""
        return self.policy.rights(person, place, channel)

    def defaults(self, channel: str) -> Defaults:
        """What a channel is about."""
        return self._defaults.get(channel, Defaults())

    def check_defaults(self) -> None:
        """Whether the data has all that channels are about. Raises BadWorkspace with every value it has not."""
        analyst = self._analyst(Rights(), self.now())
        wrong = tuple(gap for channel, one in self._defaults.items() for gap in strange(analyst, channel, one))
        if wrong:
            raise BadWorkspace("access_gaps", gaps=wrong)

    def rights_of(self, role: str, place: Place) -> Rights:
        """The rights a role has in a place: how the terminal asks as somebody."""
        return self.policy.rights_of_role(role, place)

    def ask(self, question: Question, thread: str | None = None) -> Answer:
        """Understand and answer one message; `thread` ("team/channel/ts") is where its memory is kept."""
        return self.clerk.heard(question, thread) or self._answered(question, thread)

    def again(self, answer: str, question: Question, thread: str | None = None) -> Answer:
        """What the kept answer with this id was asked for, asked anew by somebody who may see more, or less, of it."""
        document = self.records.answers.get(answer)
        if document is None:
            return refusal(self._language(question), BadQuestion("question_gone"))
        asked = document["asked"]
        question = replace(self._memory.reminded(question, asked), language=document["language"])
        if asked.get("chosen"):
            return self.choose(question, asked["chosen"], thread)
        return self.ask(question, thread)

    def profile(self, question: Question, words: str) -> Answer:
        """One account on one screen, by its id or its name."""
        return self._answered(question, None, lambda: Query(Intent.PROFILE, subject=words))

    def weekly(
        self, question: Question, thread: str | None = None, grain: Grain = Grain.WEEK, readers: Readers | None = None
    ) -> Answer:
        """The summary of the last complete week, or of another grain, for all readers or for some."""

        def query() -> Query:
            about, as_of = self.company.definitions, self.company.as_of(self._today(question.now))
            window = None if grain is Grain.WEEK else default_window(grain, as_of, about.zone, about.week_start)
            return Query(Intent.WEEKLY, window=window, subject=readers)

        return self._answered(question, thread, query)

    @property
    def admins(self) -> tuple[str, ...]:
        """The admins, as the workspace names them: user ids, addresses, "group:" and a user group."""
        return self.policy.named("admin")

    def choose(self, question: Question, query: Mapping[str, Any], thread: str | None = None) -> Answer:
        """Answer a Query that was picked by a button: it finishes the question that asked back."""
        return self._answered(question, thread, lambda: query_from(query))

    def final(self, question: Question, awaited: Final, thread: str | None = None) -> Answer | None:
        """The answer that was awaited, with then and now; None while the data does not reach its day."""
        if self.company.as_of(self._today(question.now)) < awaited.day:
            return None
        answer = self.choose(question, query_document(awaited.query), thread)
        if answer.outcome is not Outcome.ANSWER:
            return answer
        return finals.told(awaited, answer, load(answer.language))

    def measure(self, query: Query, rights: Rights, now: datetime) -> tuple[Evidence, ...]:
        """One measurement, and its baseline when the query names one. Raises ForPerson."""
        analyst = self._analyst(rights, now)
        main = measure(analyst, query)
        before = baseline_of(main.query, main.query.window) if main.query.window else None
        if before is None:
            return (main,)
        then = replace(main.query, window=before, baseline=None)
        return main, measure(analyst, then, id="e2", role="baseline")

    def window(self, period: str, now: datetime) -> Window:
        """The window of a `--period`. Raises BadQuestion."""
        definitions = self.company.definitions
        as_of = self._analyst(Rights(), now).as_of
        return parse(period, Calendar(as_of, definitions.week_start, definitions.zone))

    def draft(
        self, question: Question, query: Query, play: str | None, draft_type: str | None, channel: str | None,
        tone: str = "",
    ) -> Answer:  # fmt: skip
        """The draft for a Query of intent draft; what is None the drafting room chooses."""
        wish = Wish(play, draft_type, channel, tone=tone)
        return self._answered(question, None, lambda: query, wish)

    def plays(self, text: str, language: str | None, limit: int = 5) -> list[dict[str, Any]]:
        """Retrieval only: ranked plays and own documents (id, language, section, score, title, own), or none."""
        spoken = language or detect(text, self.company.definitions.language)
        return [one.document() for one in self.playbook.search(text, spoken, limit)]

    def catalogue(self) -> list[dict[str, Any]]:
        """Every metric with its definition, and what this company's data lacks for it."""
        analyst = Analyst(self.company, Rights(), date.min)
        return [
            metric_document(one, missing := analyst.missing(one), analyst.instead(one) if missing else [])
            for one in catalogue().values()
        ]

    def check(self, now: datetime) -> Report:
        """The truth about the data: mapping, freshness, oddities."""
        return examine(self.company, now)

    def own(self, now: datetime) -> list[Note]:
        """What the company's own metrics and segments come to, and which of their names mean something else too."""
        return [*proved(self._analyst(Rights(), now), lambda period: self.window(period, now)), *taken(own_names())]

    def usage(self, now: datetime) -> Usage | None:
        """How often the product seems to be used, and the event that tells it best: a proposal to be agreed."""
        return usage(self._analyst(Rights(), now))

    def _lent_by(self, who: str, forget: bool) -> int:
        return self.sets.lent_by(who, forget)

    def _today(self, now: datetime) -> date:
        return local_day(now, self.company.definitions.zone)

    def _analyst(self, rights: Rights, now: datetime) -> Analyst:
        return Analyst(
            self.company, rights, self.company.as_of(self._today(now)), self._kept, learn,
            groups=self._taught.groups(), notes=self.clerk.notes.happenings(),
        )  # fmt: skip

    def _answered(
        self,
        question: Question,
        thread: str | None,
        chosen: Callable[[], Query] | None = None,
        wish: Wish | None = None,
    ) -> Answer:
        """What is not chosen is read from the question's words, by the agent first, where there is one."""
        began = time.perf_counter()
        language = self._language(question)
        query: Query | None = None
        try:
            question = self._memory.recalled(question, thread)
            language = self._language(question)
            analyst = self._analyst(question.rights, question.now)
            query = chosen() if chosen else None
            reading = Reading(language.code, query.intent, (query,)) if query else self._read(question, analyst)
            reading = named(analyst, language, reading)
            language = load(reading.language)
            allowance = cache(partial(self._allowance, question))
            desk = self._desk(question, analyst, language, wish, allowance)
            reply = self._replied(reading, question, desk, allowance) if query is None else Reply()
            answer = reply.answer or self._from(reading, desk)
            notes = [language.say(note.key, **note.values) for note in reply.notes]
            lines = [*footing(answer, analyst, language, question), *self.clerk.endorsements.lines(answer, language)]
            final = finals.final_of(answer, analyst, self._today(question.now))
            answer = replace(answer, caveats=(*answer.caveats, *lines, *notes), final=final)
            answer = replace(answer, fuller=fuller(answer, question), elapsed_ms=_since(began))
            self._memory.remember(self._bare(answer, question), question, thread)
            self._memory.keep(answer, question, query)
            self.decided.keep(answer, question, analyst)
        except ForPerson as error:
            answer = replace(
                refusal(language, error), caveats=tuple(beneath(error.key, self.company, question, language))
            )
            answer = replace(answer, fuller=fuller(answer, question), elapsed_ms=_since(began))
            self._memory.keep_anyway(answer, question, query)
        except Exception:
            log.exception("question failed", question=question.id)
            answer = replace(refusal(language, ForPerson("our_fault")), elapsed_ms=_since(began))
            self._memory.keep_anyway(answer, question, query)
        return answer

    def _language(self, question: Question) -> Language:
        code = question.language or detect(question.text, self.company.definitions.language)
        return load(code if code in available() else "en")

    @staticmethod
    def _bare(answer: Answer, question: Question) -> Answer:
        """The answer as its thread remembers it: in a channel with defaults those are left to the next question."""
        if question.place is Place.DM:
            return answer
        return replace(answer, queries=tuple(bare(query, question.defaults) for query in answer.queries))

    def _read(self, question: Question, analyst: Analyst) -> Reading:
        doubt = Doubt(self._opinion, lambda text: mentioned(analyst, text))
        values, agreed, happened = self._values(analyst), self._taught.agreed(), partial(on_record, analyst)
        return understand(
            question, catalogue(), values, self.company.definitions, analyst.as_of, doubt, agreed, happened
        )

    def _values(self, analyst: Analyst) -> dict[str, tuple[str, ...]]:
        """The values that the data has, by dimension."""
        dimensions = {name for metric in catalogue().values() for name in metric.by}
        values = {name: found for name, found in self.company.values_of(sorted(dimensions)).items() if found}
        values |= {"segment": tuple(one.name for one in analyst.groups)} if analyst.groups else {}
        return values

    def _desk(
        self, question: Question, analyst: Analyst, language: Language, wish: Wish | None, allowance: MayAsk
    ) -> Desk:
        def write(query: Query) -> Draft:
            ask = self.agent.writing(may) if self.agent and (may := allowance()) else None
            return self.decided.write(analyst, query, wish, ask)

        keep = partial(self._taught.keep, asker=question.asker, now=question.now)
        over, weigh = partial(finished, self.decided, analyst), partial(weighed, self.decided, analyst)
        return Desk(
            analyst, language, lambda: self.playbook, write, question.text, question.defaults, keep, over, weigh
        )

    def _replied(self, reading: Reading, question: Question, desk: Desk, allowance: MayAsk) -> Reply:
        if self.agent is None or (may := allowance()) is None:
            return Reply()
        return self.agent.reply(desk, question, reading, self._values(desk.analyst), may)

    def _allowance(self, question: Question) -> Allowance | None:
        """What the question may use of the model, where there is one and its cost can be kept."""
        if self.agent is None:
            return None
        try:
            day, model = self._today(question.now), self.agent.model
            return self.agent.allowance(DaysPurse(self.records.spending, question.asker, day, question.id, model))
        except Unavailable:
            log.exception("what the model costs cannot be kept, so it is not asked")
            return None

    def _from(self, reading: Reading, desk: Desk) -> Answer:
        """The answer of the rules engine."""
        language = desk.language
        if reading.declined is not None:
            key, values = reading.declined.key, reading.declined.values
            after = (*wanted.offered(reading, language), language.say("follow_help"))
            found, said = (Finding(key, values),), language.say(key, **values)
            return Answer(Outcome.REFUSE, reading.intent, language.code, said, findings=found, follow_ups=after)
        if reading.clarify is not None:
            clarify = reading.clarify
            return Answer(Outcome.ASK_BACK, reading.intent, language.code, clarify.question, clarify=clarify)
        return rules.answer(desk, reading.queries, reading.assumed)


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
