"""What people want to be told of unasked: the rules, their keeping, and whether one is to be told of now.

    rules    every alert that is kept, for whoever runs them by the clock
    due      the answer to one of them, the first time that its figure is off; None otherwise
    today    what would be told today of all of them, kept nowhere
    said     `alerts VERB …`: list, add, change, delete, snooze, and the accounts in trouble

An alert is judged once a period, on the data and under the rights of who asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import structlog

from bot.analysis.excursions import fresh
from bot.analysis.measure import Analyst
from bot.analysis.unusual import grain_of, may_be_judged, may_be_told
from bot.documents import query_document, query_from
from bot.engines.answers import alerted
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.sentences import sentences
from bot.engines.answers.switched import Switched
from bot.engines.answers.watched import SNOOZE_DAYS, Watched, days_of
from bot.engines.rules import assembled
from bot.engines.understanding.alerting import changed, chosen, read, words_of
from bot.engines.understanding.reading import Reading
from bot.errors import BadQuestion, ForPerson, NotAllowed, OurFault
from bot.language import Language, load
from bot.metrics import catalogue
from bot.playbook import Playbook
from bot.sources import Company
from bot.types import Alert, Answer, Draft, Entry, Grain, Intent, Limit, Note, Outcome, Place, Query, Question, Rights

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

log = structlog.get_logger()

KIND: Literal["alert"] = "alert"
VERBS = ("list", "add", "change", "delete", "snooze", "today", "accounts", "calm")
MOST = 50
"""Alerts of one company."""


@dataclass(frozen=True)
class Rule:
    """An alert that is kept: its number, whose it is, until when it is quiet, and what of it was told.

    `judged` is the first day of the period it was judged on last; `out` the figures that are off since.
    """

    name: str
    alert: Alert
    by: str
    at: datetime
    language: str
    place: str = ""
    """The team and channel in Slack that it tells; empty for one that was set elsewhere."""
    snoozed: date | None = None
    judged: date | None = None
    out: Mapping[str, Mapping[str, Any]] | None = None


class Alerts:
    """The alerts of one company."""

    def __init__(
        self,
        records: Callable[[], Records],
        company: Company,
        analyst: Callable[[Rights, datetime], Analyst],
        understand: Callable[[Question, Analyst], Reading],
        playbook: Callable[[], Playbook],
        drafts: Callable[[str], bool],
    ) -> None:
        """`drafts` tells whether a role may draft, wherever it is asked."""
        self._records, self._analyst, self._understand = records, analyst, understand
        self._playbook, self._drafts = playbook, drafts
        self._company, self._currency = company.definitions.company, company.definitions.currency
        self.accounts = Watched(records, self._company, analyst, self.desk)
        self.owners = Switched(records, self._company, company.has("accounts", "owner_id"))

    def said(self, question: Question, language: Language, thread: str | None = None) -> Answer:
        """What `alerts VERB …` does, said in `thread`. Raises BadQuestion, and what measuring raises."""
        _, verb, rest = (*question.text.split(maxsplit=2), "", "", "")[:3]
        known = {word: one for one in VERBS for word in (one, *words_of(language.code, one))}
        place = "/".join((thread or "").split("/")[:2])
        does: Mapping[str, Callable[[Question, Language, str], Answer]] = {
            "add": partial(self._add, place=place), "change": self._change, "delete": self._delete,
            "snooze": self._snooze, "today": self._today,
            "accounts": partial(self._accounts, place=place), "calm": self.accounts.calm,
        }  # fmt: skip
        return does.get(known.get(verb.casefold(), "list"), self._list)(question, language, rest)

    def rules(self) -> list[Rule]:
        """Every alert that is kept, the oldest first."""
        return sorted((_rule(one) for one in self._kept()), key=lambda one: int(one.name))

    def read_to(self, now: datetime) -> date:
        """The day before which the data is complete: alerts are judged once for each."""
        return self._analyst(Rights(), now).as_of

    def due(self, rule: Rule, question: Question) -> tuple[Answer | None, Rule]:
        """(the answer to be told, once for each time that the alert's figure goes off, or None; the alert after it).

        `question` says whose rights hold, where it will be read, in which language, and when it is now; its text is
        not read. Once the alert is kept as it is after it, it is quiet until the figure was back to what is usual.
        """
        if rule.snoozed is not None and question.now.date() < rule.snoozed:
            return None, rule
        language = load(question.language or rule.language)
        analyst = self._analyst(question.rights, question.now)
        try:
            stands = alerted.found(analyst, rule.alert)
            if rule.judged is not None and stands.window.start <= rule.judged:
                return None, rule
            new, out = fresh(rule.out or {}, stands.seen, analyst.as_of, stands.window.grain)
            answer = self._told(self.desk(analyst, language), rule, stands, new) if new else None
        except ForPerson as error:
            log.warning("an alert cannot be judged", alert=rule.name, reason=error.key)
            return None, rule
        return answer, replace(rule, judged=stands.window.start, out=out)

    def keep(self, rule: Rule) -> None:
        """Keeps an alert as it is, unless it was deleted meanwhile."""
        if rule.name in {one.name for one in self.rules()}:
            self._keep(rule)

    def of(self, rules: Sequence[Rule], question: Question, language: Language) -> list[Note]:
        """A line for each of these alerts."""
        today = question.now.date()
        lines = [_listed(one, self._words(language, one.alert), today) for one in rules]
        own = [one.by == question.asker for one in rules]
        return [
            line if mine else Note("alert_of_others", {"line": language.say(line.key, **line.values)})
            for line, mine in zip(lines, own, strict=True)
        ]

    def coming(self, question: Question, language: Language) -> list[Entry]:
        """Each alert of the asker, wherever it is told."""
        mine = [rule for rule in self.rules() if rule.by == question.asker]
        lines = self.of(mine, question, language)
        return [
            Entry(line, {"end": _typed(language, "delete", rule.name)}, self._limit(rule, language))
            for rule, line in zip(mine, lines, strict=True)
        ]

    def _limit(self, rule: Rule, language: Language) -> Limit | None:
        if rule.alert.when == "unusual":
            return None
        return Limit(rule.name, self._words(language, rule.alert), amount_of(language, rule.alert, self._currency))

    # ------------------------------------------------------------ the deeds

    def _add(self, question: Question, language: Language, rest: str, place: str) -> Answer:
        """In a channel, which everybody there then hears, only for those whose role may draft, and admins."""
        role = question.rights.role
        if question.place is not Place.DM and role != "admin" and not self._drafts(role):
            raise NotAllowed("alert_not_allowed")
        if rest.casefold().strip() in words_of(language.code, "usual"):
            added = [
                self._added(one, question, language, place) for one in alerted.USUAL if self._possible(one, question)
            ]
            notes = [Note("alert_added", {"name": one.name, "rule": self._words(language, one.alert)}) for one in added]
            return sentences(language, notes)
        analyst = self._analyst(question.rights, question.now)

        def understand(text: str) -> Reading:
            return self._understand(replace(question, text=text, previous=None, said=()), analyst)

        found = read(rest, language, understand)
        if isinstance(found, Reading):
            return self._asked_back(found, rest, language)
        metric = analyst.metric(found.query.metric)
        if not (may_be_judged(metric) if found.when == "unusual" else may_be_told(metric)):
            raise BadQuestion("alert_not_judged", metric=metric.name)
        rule = self._added(found, question, language, place)
        notes = [Note("alert_added", {"name": rule.name, "rule": self._words(language, found)}), Note("alert_when")]
        return _with_button(sentences(language, notes), language, "delete", rule.name)

    def _asked_back(self, reading: Reading, text: str, language: Language) -> Answer:
        if reading.declined is not None:
            raise BadQuestion(reading.declined.key, **reading.declined.values)
        assert reading.clarify is not None  # it is one or the other
        metrics = [one.query.metric for one in reading.clarify.choices if one.query.metric]
        word = f"{language.say('alerts_word')} {words_of(language.code, 'add')[0]}"
        typed = tuple(dict.fromkeys(f"{word} {chosen(text, language, one)}" for one in metrics))
        return Answer(
            Outcome.ASK_BACK, Intent.VALUE, language.code, reading.clarify.question, follow_ups=typed
        )  # fmt: skip

    def _change(self, question: Question, language: Language, rest: str) -> Answer:
        """Another amount; it is judged anew, also on the period that it was judged on last."""
        name, _, said = rest.partition(" ")
        rule = self._mine(name, question)
        new = replace(rule, alert=changed(rule.alert, said, language), judged=None, out=None)
        self._keep(new)
        return sentences(
            language, [Note("alert_changed", {"name": new.name, "rule": self._words(language, new.alert)})]
        )

    def _delete(self, question: Question, language: Language, rest: str) -> Answer:
        rule = self._mine(rest, question)
        self._records().proposals.decide(self._company, KIND, rule.name, "dropped")
        return sentences(
            language, [Note("alert_deleted", {"name": rule.name, "rule": self._words(language, rule.alert)})]
        )

    def _snooze(self, question: Question, language: Language, rest: str) -> Answer:
        """An alert by its number, or an account by its id."""
        name, _, until = rest.partition(" ")
        if name and not name.isdigit():
            return self.accounts.calm(question, language, f"{name} {until or SNOOZE_DAYS}")
        rule, day = (
            self._mine(name, question),
            question.now.date() + timedelta(days=days_of(until, question.now.date()) or SNOOZE_DAYS),
        )
        self._keep(replace(rule, snoozed=day))
        values = {"name": rule.name, "rule": self._words(language, rule.alert), "day": day}
        return sentences(language, [Note("alert_snoozed", values)])

    def _accounts(self, question: Question, language: Language, rest: str, place: str) -> Answer:
        """The accounts in trouble; with "on" or "off", whether their owners are told of them by themselves."""
        for verb in ("on", "off"):
            if rest.casefold().strip(" .!") in (verb, *words_of(language.code, verb)):
                return self.owners.turned(question, language, place.partition("/")[0], on=verb == "on")
        return self.accounts.listed(question, language, rest)

    def _list(self, question: Question, language: Language, _: str) -> Answer:
        rules = self.rules()
        notes = self.of(rules, question, language) or [Note("alerts_none")]
        notes += [Note("owners_line", {"day": switch.since})] if (switch := self.owners.now()) else []
        examples = [language.say("alerts_example_above"), language.say("alerts_example_unusual")]
        ways = [_typed(language, "today")] if rules else [_typed(language, "add", words_of(language.code, "usual")[0])]
        return sentences(language, [*notes, Note("alerts_how")], [*ways, *examples])

    def _today(self, question: Question, language: Language, _: str) -> Answer:
        """All that is off now, kept alerts or, where there are none, the usual ones; nothing is kept of it."""
        analyst = self._analyst(question.rights, question.now)
        desk, whole = self.desk(analyst, language), Part()
        alerts = [one.alert for one in self.rules()] or [one for one in alerted.USUAL if self._possible(one, question)]
        for alert in alerts:
            try:
                stands = alerted.found(analyst, alert)
                off = [one.key for one in stands.seen if one.way]
                if off:
                    whole.add(alerted.said(desk, alert, stands, off))
            except ForPerson as error:
                whole.caveats.append(Note("alert_skipped", {"rule": self._words(language, alert)}))
                log.info("an alert cannot be judged", reason=error.key)
        if not whole.findings:
            whole.say("alerts_quiet", n=len(alerts))
        return assembled(desk, whole, Intent.WHY, ())

    # ------------------------------------------------------------ what they share

    def _told(self, desk: Desk, rule: Rule, stands: alerted.Found, keys: tuple[str, ...]) -> Answer:
        part = alerted.said(desk, rule.alert, stands, keys)
        part.say("alert_by_rule", name=rule.name, rule=self._words(desk.language, rule.alert))
        return _with_button(assembled(desk, part, Intent.WHY, ()), desk.language, "snooze", rule.name)

    def _possible(self, alert: Alert, question: Question) -> bool:
        """Whether the data and the rights allow the metric, and it can be broken down so."""
        analyst = self._analyst(question.rights, question.now)
        try:
            metric = analyst.metric(alert.query.metric)
            analyst.check_dimensions(alert.query)
        except ForPerson:
            return False
        return set(alert.query.by) <= set(metric.by)

    def _added(self, alert: Alert, question: Question, language: Language, place: str) -> Rule:
        """The alert under a number of its own; the asker's same one there stays as it is. BadQuestion: too many."""
        if same := [one for one in self.rules() if (one.alert, one.by, one.place) == (alert, question.asker, place)]:
            return same[0]
        every = self._records().proposals.all(self._company, KIND)
        if sum(one.state == "accepted" for one in every) >= MOST:
            raise BadQuestion("alerts_too_many", n=MOST)
        number = max((int(one.name) for one in every), default=0) + 1
        rule = Rule(str(number), alert, question.asker, question.now, language.code, place)
        self._keep(rule)
        return rule

    def _mine(self, name: str, question: Question) -> Rule:
        """An alert by its number, the asker's or for an admin. Raises BadQuestion (`alert_unknown`, `alert_others`)."""
        rules = {one.name: one for one in self.rules()}
        found = rules.get(name.strip(" #."))
        if found is None:
            raise BadQuestion("alert_unknown", name=name.strip() or "–", near=list(rules))
        if found.by != question.asker and question.rights.role != "admin":
            raise BadQuestion("alert_others", name=found.name)
        return found

    def _kept(self) -> list[Any]:
        return self._records().proposals.all(self._company, KIND, "accepted")

    def _keep(self, rule: Rule) -> None:
        self._records().proposals.keep(
            self._company, KIND, rule.name, document=_document(rule), state="accepted", by=rule.by, now=rule.at
        )

    def _words(self, language: Language, alert: Alert) -> str:
        return worded(language, alert, self._currency)

    def desk(self, analyst: Analyst, language: Language) -> Desk:
        """Where what nobody asked for is written; no drafts."""
        return Desk(analyst, language, self._playbook, _writes_nothing)


def _writes_nothing(_query: Query) -> Draft:
    raise OurFault("an alert writes no draft")


def _typed(language: Language, verb: str, name: str = "") -> str:
    """What is typed, or pressed."""
    return f"{language.say('alerts_word')} {words_of(language.code, verb)[0]} {name}".rstrip()


def _with_button(answer: Answer, language: Language, verb: str, name: str) -> Answer:
    """The answer with one deed more, whose button says it in words."""
    typed = _typed(language, verb, name)
    labels = {**answer.labels, typed: language.say(f"alert_button_{verb}")}
    return replace(answer, follow_ups=(*answer.follow_ups, typed), labels=labels)


def worded(language: Language, alert: Alert, currency: str) -> str:
    """An alert in words: the metric, of whom, and when."""
    query = alert.query
    what = language.say("alert_metric", metric=query.metric)
    if query.filters:
        what = language.say("alert_metric_of", what=what, filters=query.filters)
    if query.by:
        what = language.say("alert_metric_by", what=what, dimensions=query.by)
    metric = catalogue()[query.metric or ""]
    values = {
        "what": what,
        "limit": alert.amount,
        "unit": metric.unit.value,
        "currency": currency,
        "change": alert.amount,
    }
    key = f"alert_rule_{alert.when}" + ("_relative" if alert.relative else "")
    worded = language.say(key, **values)
    grain = alert.grain or (grain_of(metric) if alert.when == "unusual" else None)
    return language.say(f"alert_rule_each_{grain.value}", rule=worded) if grain else worded


def amount_of(language: Language, alert: Alert, currency: str) -> str:
    """The amount of an alert as people write it."""
    unit = catalogue()[alert.query.metric or ""].unit.value
    if alert.relative:
        return language.say("alert_amount_relative", change=alert.amount)
    key = "alert_amount" if alert.when in ("above", "below") else "alert_amount_change"
    return language.say(key, amount=alert.amount, unit=unit, currency=currency)


def _listed(rule: Rule, words: str, today: date) -> Note:
    values = {"name": rule.name, "rule": words, "day": rule.snoozed}
    return Note("alert_listed_snoozed" if rule.snoozed and rule.snoozed > today else "alert_listed", values)


def _document(rule: Rule) -> dict[str, Any]:
    alert = rule.alert
    return {
        "query": query_document(alert.query),
        "when": alert.when,
        "amount": alert.amount,
        "relative": alert.relative,
        "grain": alert.grain.value if alert.grain else None,
        "language": rule.language,
        "place": rule.place,
        "snoozed": rule.snoozed.isoformat() if rule.snoozed else None,
        "judged": rule.judged.isoformat() if rule.judged else None,
        "out": {key: dict(one) for key, one in (rule.out or {}).items()},
    }


def _rule(kept: Any) -> Rule:
    one = kept.document
    grain = Grain(one["grain"]) if one["grain"] else None
    alert = Alert(query_from(one["query"]), one["when"], one["amount"], one["relative"], grain)
    snoozed, judged = (date.fromisoformat(one[name]) if one[name] else None for name in ("snoozed", "judged"))
    return Rule(
        kept.name, alert, kept.said_by, kept.said_at, one["language"], one.get("place", ""), snoozed, judged, one["out"]
    )
