"""Accounts in trouble, told to those who look after them: once, with days left and reasons; quiet after a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from bot.analysis.measure import Analyst
from bot.analysis.trouble import SIGNS, customer, troubled
from bot.engines.answers import risk
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.sentences import sentences
from bot.engines.rules import assembled
from bot.engines.understanding.alerting import words_of
from bot.errors import BadQuestion, NotAllowed
from bot.language import Language, load
from bot.types import Answer, Evidence, Intent, Note, Question, Rights

if TYPE_CHECKING:  # SQLAlchemy loads with the first record
    from bot.records import Records

KIND: Literal["account_alert"] = "account_alert"
MOST_TOLD = 5
"""Accounts of one message; the others of an owner are told the next day, if they are in trouble still."""
QUIET_DAYS = 30
"""Days for which an account that was told of, or is no risk, is not told of again for the same sign."""
SNOOZE_DAYS = 7


@dataclass(frozen=True)
class ForOwner:
    """What one owner is to be told; `owner` as the accounts have it (a name, an address), None for nobody's."""

    owner: str | None
    accounts: tuple[str, ...]
    answer: Answer
    deeds: tuple[Mapping[str, str], ...]
    """Of each account: what may be done about it (draft, snooze, calm) → how that is asked for."""


class Watched:
    """The accounts of one company that were told of, and what was said of them."""

    def __init__(
        self,
        records: Callable[[], Records],
        company: str,
        analyst: Callable[[Rights, datetime], Analyst],
        desk: Callable[[Analyst, Language], Desk],
    ) -> None:
        self._records, self._company, self._analyst, self._desk = records, company, analyst, desk

    def owners(self, now: datetime) -> list[str]:
        """Those who look after accounts newly in trouble, as the data names them, whoever may hear of it."""
        return [owner for owner in self._by_owner(self._analyst(Rights(), now)) if owner]

    def of(self, owner: str, question: Question) -> ForOwner | None:
        """What one owner is to be told, those that pay most first; None where that is nothing.

        `question` says whose rights hold, in which language, and when it is now. Raises NotAllowed.
        """
        analyst = self._analyst(question.rights, question.now)
        rows = self._by_owner(analyst).get(owner)
        language = load(question.language or analyst.company.definitions.language)
        return self._message(analyst, language, owner, rows[:MOST_TOLD]) if rows else None

    def told(self, message: ForOwner, question: Question) -> None:
        """Keeps that a message was given: it is quiet about these accounts until a new sign of them shows."""
        for row in message.answer.evidence[0].rows:
            self._quiet(row["account_id"], QUIET_DAYS, row["signs"], message.answer.evidence[0].as_of, question)

    def listed(self, question: Question, language: Language, _: str) -> Answer:
        """The same for reading, owner by owner; nothing is kept of it. Raises NotAllowed."""
        analyst = self._analyst(question.rights, question.now)
        found = self._by_owner(analyst)
        messages = [self._message(analyst, language, owner, rows[:MOST_TOLD]) for owner, rows in found.items()]
        desk, whole = self._desk(analyst, language), Part()
        for one in messages:
            key = "trouble_owner" if one.owner else "trouble_nobodys"
            whole.say(key, **({"owner": one.owner} if one.owner else {}))
            whole.findings += one.answer.findings
            whole.evidence += [replace(evidence, id=desk.next_id()) for evidence in one.answer.evidence]
            whole.follow_ups += one.answer.follow_ups[:2]
            whole.labels |= one.answer.labels
        if not messages:
            whole.say("trouble_none")
        return assembled(desk, whole, Intent.LIST_PEOPLE, ())

    def calm(self, question: Question, language: Language, rest: str) -> Answer:
        """`alerts not-a-risk A0613` is quiet for long; with a day, or a number of days, it is snoozed until then."""
        account, _, until = rest.strip().partition(" ")
        if not account:
            raise BadQuestion("trouble_which")
        days = days_of(until, question.now.date())
        analyst = self._analyst(question.rights, question.now)
        if not analyst.rights.person_level:
            raise NotAllowed("people_not_allowed")
        id = customer(analyst, account)
        if id is None:
            raise BadQuestion("trouble_gone", id=account)
        day, said = analyst.as_of + timedelta(days=days or QUIET_DAYS), self._said(id)
        if said is not None and said >= day:
            return sentences(language, [Note("trouble_already", {"id": id, "day": said})])
        self._quiet(id, days or QUIET_DAYS, SIGNS, analyst.as_of, question, said=day)
        return sentences(language, [Note("trouble_snoozed" if days else "trouble_calm", {"id": id, "day": day})])

    # ------------------------------------------------------------ what they share

    def _by_owner(self, analyst: Analyst) -> dict[str | None, list[Mapping[str, Any]]]:
        """Owner, None for nobody → the accounts to be told of. Raises NotAllowed."""
        quiet = self._quiet_now(analyst.as_of)
        owners: dict[str | None, list[Mapping[str, Any]]] = {}
        for row in troubled(analyst).rows:
            if set(row["signs"]) - quiet.get(row["account_id"], set()):
                owners.setdefault(row["owner"] or None, []).append(row)
        return owners

    def _message(
        self, analyst: Analyst, language: Language, owner: str | None, rows: list[Mapping[str, Any]]
    ) -> ForOwner:
        desk, part = self._desk(analyst, language), Part()
        mine = replace(troubled(analyst), id=desk.next_id(), rows=tuple(rows))
        part.queries.append(mine.query)
        part.keep(mine)
        part.say("trouble_header", mine, n=len(rows))
        for row in rows:
            name = row["name"] or row["account_id"]
            part.say("person_line", mine, name=name, id=row["account_id"], facts=", ".join(_facts(desk, row, mine)))
        if any(row["risk"] is not None for row in rows):
            part.say("risk_reading")
        accounts = tuple(row["account_id"] for row in rows)
        deeds = tuple(_deeds(language, one, drafts=analyst.rights.drafts) for one in accounts)
        part.follow_ups = [asked for one in deeds for asked in one.values()]
        part.labels = {
            one[deed]: language.say(f"follow_account_{deed}", id=id)
            for id, one in zip(accounts, deeds, strict=True)
            for deed in ("snooze", "calm")
        }
        return ForOwner(owner, accounts, assembled(desk, part, Intent.LIST_PEOPLE, ()), deeds)

    def _quiet_now(self, day: date) -> dict[str, set[str]]:
        """Account → the signs that it is not told of for on this day."""
        kept = self._records().proposals.all(self._company, KIND)
        return {
            one.name: {sign for sign, until in one.document["quiet"].items() if until > day.isoformat()} for one in kept
        }

    def _said(self, account: str) -> date | None:
        """Until when somebody said to be quiet about an account."""
        said = self._kept(account).get("said")
        return date.fromisoformat(said) if said else None

    def _kept(self, account: str) -> Mapping[str, Any]:
        every = self._records().proposals.all(self._company, KIND)
        return next((one.document for one in every if one.name == account), {})

    def _quiet(
        self, account: str, days: int, signs: Any, day: date, question: Question, said: date | None = None
    ) -> None:
        kept, until = self._kept(account), (day + timedelta(days=days)).isoformat()
        quiet = {**kept.get("quiet", {}), **dict.fromkeys(signs, until)}
        document = {"quiet": quiet, "said": said.isoformat() if said else kept.get("said")}
        self._records().proposals.keep(
            self._company, KIND, account, document=document, state="open", by=question.asker, now=question.now
        )


def days_of(text: str, today: date) -> int:
    """How many days "7" or "2026-12-01" means; 0 for no word of a day. Raises BadQuestion (`alert_day`)."""
    words = text.split()
    if not words:
        return 0
    try:
        days = int(words[0]) if words[0].isdigit() else (date.fromisoformat(words[0]) - today).days
    except ValueError:
        days = 0
    if not 0 < days <= 366:
        raise BadQuestion("alert_day", text=text.strip(), day=today)
    return days


def _deeds(language: Language, account: str, *, drafts: bool) -> dict[str, str]:
    """What may be done about an account → how that is asked for."""
    alerts = language.say("alerts_word")
    snooze, calm = (f"{alerts} {words_of(language.code, verb)[0]} {account}" for verb in ("snooze", "calm"))
    draft = {"draft": language.say("follow_draft_account", id=account)} if drafts else {}
    return {**draft, "snooze": f"{snooze} {SNOOZE_DAYS}", "calm": calm}


def _facts(desk: Desk, row: Mapping[str, Any], evidence: Evidence) -> list[str]:
    """Why an account is told of: the signs, what it pays, the days left, and what goes with its risk."""
    say, currency = desk.language.say, evidence.currency
    facts = [say(f"trouble_{sign}", risk=row["risk"], was=row["was"]) for sign in row["signs"]]
    if row["mrr"]:
        facts.append(say("person_mrr", amount=row["mrr"], currency=currency))
    if row["days_left"] is not None:
        facts.append(say("trouble_days_left", days=row["days_left"], day=row["renews_on"]))
    if row["drivers"]:
        facts.append(say("risk_goes_with", reasons=risk.reasons(desk, row["drivers"], currency)))
    return facts
