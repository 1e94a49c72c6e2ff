"""Files that people lent the bot: each in a folder of its own, answered from for whoever lent it alone, then deleted.

    lent/U123/1f2e3d4c/data/orders.csv   workspace.toml   terms.json

The name of such a data set is its place, `lent/U123/1f2e3d4c`. A process without that folder says that the file is
gone, which is true of it.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from bot.clerk import Clerk
from bot.documents import Receipt
from bot.engines.answers.part import Desk
from bot.engines.answers.sentences import sentences
from bot.errors import BadQuestion, ForPerson
from bot.language import Language, available, load
from bot.language.refused import refusal
from bot.service import Service
from bot.sources import Company
from bot.types import LENT, Answer, Intent, Note, Outcome, Query, Question, Rights

log = structlog.get_logger()
LOOK = timedelta(minutes=5)
"""How often it is looked whose time is over."""
MOST_OTHERS = 3
"""Other readings that have a button; each may be typed."""
DATA, WORKSPACE, TERMS = "data", "workspace.toml", "terms.json"
ROLE = "analyst"
"""Whoever lent a file sees all of it."""


@dataclass(frozen=True, slots=True)
class Open:
    """Something that the file does not tell: `choices` begin with the likeliest."""

    id: str
    key: str
    choices: tuple[str, ...]
    values: Mapping[str, Any]

    def asked(self, choice: str, language: Language) -> str:
        """What a person types, or presses, to choose one."""
        return language.say(
            "lent_take", question=language.say(self.key, **self.values), choice=worded(choice, language)
        )


def worded(choice: str, language: Language) -> str:
    """A choice in words; names of tables and currencies are their own."""
    key = f"try_choice_{choice}"
    return language.say(key) if key in language.keys else choice


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at files came to, in words, and what it left open."""

    text: str
    opens: tuple[Open, ...]
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms files were lent: `until` is naive UTC, told in `zone`; `answered` is what was chosen, `asked` what
    was written beside them, until it is answered."""

    names: tuple[str, ...]
    until: datetime
    zone: str
    opens: tuple[Open, ...] = ()
    answered: Mapping[str, str] | None = None
    asked: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is left that nobody has chosen or confirmed."""
        return {one.id for one in self.opens} <= set(self.answered or ())

    def told(self) -> dict[str, Any]:
        """What sentences say of them."""
        local = self.until.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone))
        return {"files": list(self.names), "day": local.date(), "at": f"{local:%H:%M}", "zone": self.zone}


Look = Callable[[Path, Path, str, Mapping[str, str]], Found]
"""Looks at the files of a folder with the answers given so far, in a language, and writes the workspace file; raises
ForPerson."""


class Lender:
    """Takes the files, opens what answers from them, and deletes them. Safe to use from many threads."""

    def __init__(
        self, main: Service, home: Path, hours: int, look: Look, company_of: Callable[[Path, str], Company]
    ) -> None:
        """`home` is the folder that holds them, for so many hours each; `company_of` opens a workspace file as the
        data set of a name."""
        self.main, self.hours = main, hours
        self._home, self._look, self._company_of = home, look, company_of
        self._opened: dict[str, LentService] = {}
        self._lock = Lock()
        self._looked = datetime.min
        self._bare: set[str] = set()
        """Those that had no terms yet when it was last looked."""
        main.sets.lender = self

    def take(self, files: Sequence[tuple[str, bytes]], question: Question, thread: str) -> Answer:
        """Keeps files (name, bytes), and says what is in them; from then on `thread` is about them. Raises
        ForPerson."""
        owner = re.sub(r"\W", "", question.asker)
        name = f"{LENT}{owner}/{uuid.uuid4().hex[:12]}"
        folder = self._folder(name)
        terms = Terms(
            tuple(one for one, _ in files), question.now + timedelta(hours=self.hours),
            question.zone or self.main.company.definitions.zone, asked=question.text.strip(),
        )  # fmt: skip
        language = load(question.language or "en")
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)  # whatever lies below is for the bot alone
        try:
            (folder / DATA).mkdir(parents=True)
            self._write(name, terms)  # from here on it is swept when its time is over, whatever happens
            for file, content in files:
                placed(folder / DATA, file, content)
            found, terms = self._read(folder, terms, {}, language)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        team, channel, ts = thread.split("/", 2)
        self.main.records.threads.remember(
            team, channel, ts, query=None, language=language.code, now=question.now, data=name
        )
        return self._replied(name, self._told(found, terms, language), question, thread)

    def open(self, name: str) -> Service:
        """What answers from the files of a name. Raises BadQuestion (`lent_gone`)."""
        terms = self._terms(name)
        if terms is not None and terms.until <= self.main.now():
            self.delete(name)
            terms = None
        if terms is None:  # or it lies with another process, which answers from it
            with self._lock:
                self._opened.pop(name, None)
            raise BadQuestion("lent_gone", n=self.hours)
        with self._lock:
            if name not in self._opened:
                company = self._company_of(self._folder(name) / WORKSPACE, name)
                self._opened[name] = LentService(self, company, name)
            return self._opened[name]

    def heard(self, name: str, question: Question, thread: str | None) -> Answer | None:
        """The answer to what is said of the file itself: how to read it, or that it is to be deleted; None for a
        question."""
        terms = self._terms(name)
        said = _folded(question.text)
        if terms is None:
            return None
        for language in map(load, available()):
            if said in map(_folded, language.say("lent_delete_words").split("|")):
                self.delete(name)
                return sentences(language, [Note("lent_deleted", terms.told())], intent=Intent.DATA_HEALTH)
            if terms.opens and said == _folded(language.say("lent_right")):
                self._write(name, replace(terms, opens=()))
                confirmed = sentences(language, [Note("lent_confirmed", terms.told())], intent=Intent.DATA_HEALTH)
                return self._replied(name, confirmed, question, thread)
            for one in terms.opens:
                for choice in one.choices:
                    if said == _folded(one.asked(choice, language)):
                        anew = self._reread(name, terms, {**(terms.answered or {}), one.id: choice}, language)
                        return self._replied(name, anew, question, thread)
        return None

    def terms(self, name: str, language: Language) -> str:
        """The line below each answer: whose file it is from, and until when it is there."""
        terms = self._terms(name)
        return language.say("lent_from", **terms.told()) if terms else ""

    def delete(self, name: str) -> None:
        """Deletes the files of a name, and what was answered from them."""
        with self._lock:
            self._opened.pop(name, None)
        shutil.rmtree(self._folder(name), ignore_errors=True)
        self.main.records.drop(name)

    def sweep(self, now: datetime) -> None:
        """Deletes what is over its time, where it is time to look."""
        if now - self._looked < LOOK:
            return
        self._looked = now
        bare = set()
        for name in list(self._names("*")):
            terms = self._terms(name)
            if terms is None and name not in self._bare:
                bare.add(name)  # it may be coming in just now
            elif terms is None or terms.until <= now:
                self.delete(name)
                log.info("a lent file was deleted: its time is over")
        self._bare = bare

    def count(self, owner: str) -> int:
        """How many looks at files of a person are kept."""
        return len(list(self._names(owner)))

    def forget(self, owner: str) -> int:
        """Deletes all of a person's; how many they were."""
        names = list(self._names(owner))
        for name in names:
            self.delete(name)
        return len(names)

    # ------------------------------------------------------------ pieces

    def _folder(self, name: str) -> Path:
        return self._home / name.removeprefix(LENT)

    def _names(self, owner: str) -> Iterator[str]:
        if re.fullmatch(r"\w+|\*", owner):
            yield from (f"{LENT}{one.parent.name}/{one.name}" for one in sorted(self._home.glob(f"{owner}/*")))

    def _read(self, folder: Path, terms: Terms, answered: Mapping[str, str], language: Language) -> tuple[Found, Terms]:
        found = self._look(folder / DATA, folder / WORKSPACE, language.code, answered)
        terms = replace(terms, opens=found.opens, answered=dict(answered))
        self._write(f"{LENT}{folder.parent.name}/{folder.name}", terms)
        return found, terms

    def _reread(self, name: str, terms: Terms, answered: Mapping[str, str], language: Language) -> Answer:
        found, terms = self._read(self._folder(name), terms, answered, language)
        with self._lock:
            self._opened.pop(name, None)
        return self._told(found, terms, language)

    def _told(self, found: Found, terms: Terms, language: Language) -> Answer:
        """What was read, what may be read otherwise, and for how long it is kept."""
        answered = terms.answered or {}
        others = [
            (one.asked(choice, language), language.say("lent_take_button", choice=worded(choice, language)))
            for one in terms.opens
            for choice in one.choices
            if choice != answered.get(one.id, one.choices[0])
        ]
        right = [(language.say("lent_right"), language.say("lent_right"))] if terms.opens else []
        delete = language.say("lent_delete_words").split("|")[0]
        labels = dict([*right, *others[:MOST_OTHERS], (delete, language.say("lent_delete_button"))])
        seen = language.say("drop_seen", files=list(terms.names))
        waits = [language.say("lent_waits")] if terms.asked and not terms.settled else []
        text = "\n".join([seen, found.text, "", language.say("lent_kept", n=self.hours, **terms.told()), *waits])
        return Answer(
            Outcome.ANSWER, Intent.DATA_HEALTH, language.code, text, caveats=found.caveats,
            follow_ups=tuple(labels), labels=labels,
        )  # fmt: skip

    def _replied(self, name: str, said: Answer, question: Question, thread: str | None) -> Answer:
        """What is said of the file, and with it the answer to what was written beside it, once nothing is open. An
        answer stands first; what is none stands below what was read."""
        terms = self._terms(name)
        if terms is None or not terms.asked or not terms.settled:
            return said
        self._write(name, replace(terms, asked=""))
        answer = self.open(name).ask(replace(question, text=terms.asked), thread)
        if answer.outcome is not Outcome.ANSWER and not answer.clarify and "?" not in terms.asked:  # "here is our list"
            return replace(said, text=f"{said.text}\n\n{load(answer.language).say('slack_file_words')}")
        texts = [f"**{' '.join(terms.asked.split())}**\n{answer.text}", said.text]
        return replace(
            answer,
            text="\n\n".join(texts if answer.outcome is Outcome.ANSWER else texts[::-1]),
            caveats=tuple(dict.fromkeys([*answer.caveats, *said.caveats])),
            follow_ups=tuple(dict.fromkeys([*said.follow_ups, *answer.follow_ups])),
            labels={**answer.labels, **said.labels},
        )

    def _terms(self, name: str) -> Terms | None:
        try:
            kept = json.loads((self._folder(name) / TERMS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        opens = tuple(Open(one["id"], one["key"], tuple(one["choices"]), one["values"]) for one in kept["opens"])
        until = datetime.fromisoformat(kept["until"])
        return Terms(tuple(kept["names"]), until, kept["zone"], opens, kept["answered"], kept.get("asked", ""))

    def _write(self, name: str, terms: Terms) -> None:
        kept = {**asdict(terms), "until": terms.until.isoformat()}
        (self._folder(name) / TERMS).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class LentClerk(Clerk):
    """Keeps nothing that would outlive the file, and tells nothing unasked of it."""

    def _refused(self, question: Question, *_: Any, **__: Any) -> Answer:
        return refusal(self.language(question), BadQuestion("lent_asks_only"))

    schedule = alert = campaign = note = endorse = segments = _refused


class LentService(Service):
    """Answers from the files of one person, to that person, by the rules engine alone."""

    def __init__(self, lender: Lender, company: Company, name: str) -> None:
        main = lender.main
        super().__init__(
            company, main.policy, lambda: main.playbook, lambda: main.records, main.brand, lambda: main.handbook,
            main.now, main.embed,
        )  # fmt: skip
        self.sets = main.sets
        self._lender, self._name = lender, name
        self.clerk = LentClerk(**{one.name: getattr(self.clerk, one.name) for one in fields(self.clerk)})
        self._own = Rights(ROLE, drafts=False)
        given = self.receipt

        def receipt(answer: str, rights: Rights) -> Receipt:
            """Of one's own file, whatever one's role sees of the company's; no definition is endorsed on it."""
            found = given(answer, replace(self._own, role=rights.role))
            return replace(found, endorsable=False, source=lender.terms(name, load(found.language)))

        self.receipt = receipt

    def ask(self, question: Question, thread: str | None = None) -> Answer:
        try:
            said = self._lender.heard(self._name, question, thread)
        except ForPerson as error:
            return refusal(self._language(question), error)
        return said or super().ask(question, thread)

    def _answered(
        self, question: Question, thread: str | None, chosen: Callable[[], Query] | None = None, wish: Any = None
    ) -> Answer:
        question = replace(question, rights=self._own, alone=None)
        answer = super()._answered(question, thread, chosen, wish)
        if answer.error is not None and answer.error.key == "drafts_not_allowed":
            return refusal(load(answer.language), BadQuestion("lent_asks_only"))
        from_it = self._lender.terms(self._name, load(answer.language))
        return replace(answer, caveats=(*filter(None, [from_it]), *answer.caveats), final=None)

    def _desk(self, *given: Any, **named: Any) -> Desk:
        return replace(super()._desk(*given, **named), keep=_kept_nowhere)


def _kept_nowhere(_: object) -> None:
    raise BadQuestion("lent_asks_only")


def placed(folder: Path, name: str, data: bytes) -> Path:
    """The file under a name that is only a name; a second one of the same stem is told apart."""
    suffix = Path(name).suffix.lower()
    stem = re.sub(r"[^\w-]+", "_", Path(name).stem).strip("_") or "data"
    taken = {other.stem.lower() for other in folder.iterdir()}
    names = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    path = folder / f"{next(one for one in names if one.lower() not in taken)}{suffix}"
    path.write_bytes(data)
    return path


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!")
