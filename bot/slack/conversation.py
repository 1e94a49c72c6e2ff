"""One question, from identity to answer. It ends in words: an answer, a refusal, or an honest failure."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import errors
from bot.language import Language, available, detect, load
from bot.progress import Stopped
from bot.slack import blocks
from bot.slack.claims import Claims
from bot.slack.commands import Asked, Command
from bot.slack.files import Files
from bot.slack.gauges import Gauges
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import Draw, Service, TryFile
from bot.slack.prompts import prompts
from bot.slack.replies import Replies, Reply
from bot.slack.shelves import Records
from bot.slack.stops import Stops
from bot.slack.telling import Teller, Telling
from bot.slack.turnstile import Turnstile
from bot.types import Answer, Defaults, Intent, Outcome, Person, Place, Question, Rights
from bot.types.sizes import LONGEST_QUESTION

LOG = logging.getLogger(__name__)
MOST_TRIES = 5
PASSING = frozenset({"records_unavailable", "slack_unavailable", "source_down"})
"""What is over in a moment, mostly: who asked is told of it once, and answered after it, unless it does not end within
so many tries."""
UNMARKED = frozenset({Intent.HELP, Intent.SMALLTALK, Intent.DATA_HEALTH})
"""Intents whose answers nobody has to judge."""


LISTS = frozenset({"alerts", "campaign", "segments"})
"""Commands that list what each data set has of its own."""


def utc() -> datetime:
    """This instant, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


class Conversation:
    """Answers what was heard.

    `teller` tells of the work, and `stops` may end it; `files` fetches those of a message, `try_file` answers from
    tables among them; `default` is the language of a person who gives no sign of theirs; `draw` makes pictures of
    answers; `gauges` count what becomes of questions.
    """

    def __init__(
        self,
        service: Service,
        records: Records,
        claims: Claims,
        people: People,
        replies: Replies,
        teller: Teller,
        stops: Stops,
        commands: tuple[Command, ...],
        files: Files,
        try_file: TryFile,
        turnstile: Turnstile,
        *,
        default: str,
        draw: Draw | None = None,
        clock: Callable[[], datetime] = utc,
        gauges: Gauges,
    ) -> None:
        self._service = service
        self._records = records
        self._claims = claims
        self._people = people
        self._replies = replies
        self._teller = teller
        self._stops = stops
        self._commands = commands
        self._files = files
        self._try_file = try_file
        self._turnstile = turnstile
        self._default = default
        self._draw = draw
        self._clock = clock
        self._gauges = gauges

    def joined(self, team: str, channel: str, thread: str) -> bool:
        """Whether the bot takes part in a thread."""
        return self._records.threads.recall(team, channel, thread) is not None

    def answer(self, heard: Heard) -> None:
        """Answers one question, if no other worker has it; runs in a worker, after the acknowledgement."""
        with self._claims.of(heard) as claim:
            if claim is None:
                return
            with self._stops.heeded(heard, claim.accepted) as stopped:
                this = Try(claim.accepted.tries, claim.holds, not heard.response_url)
                told = self._answered(heard, stopped, this)
            if told is not None:
                claim.finish(told or None)
                self._gauges.answered(claim.seconds())

    def _answered(self, heard: Heard, stopped: threading.Event, this: Try) -> str | None:
        """The ts of the answer, empty for an ephemeral one; None when it is to be tried again."""
        reply = self._replies.to(heard, again=this.again)
        language = load(detect(heard.text, self._default))
        try:
            placed = self._placed(heard)
            question, language = self._question(placed, self._asked(placed).defaults(heard.channel))
            if not this.again and not self._in_turn(heard, language):
                return ""
        except errors.ForPerson as refusal:
            if this.again and this.passes(refusal.key):
                return None
            told = self._declined(heard, reply, refusal, language)
            return None if this.passes(refusal.key) else told
        except Exception:
            LOG.exception("no identity for %s", heard.key)
            return self._declined(heard, reply, errors.Unavailable("slack_failed"), language)
        if placed != heard:
            heard, asked_at, reply = placed, reply, self._replies.to(placed, again=this.again)
            if heard.kind == "alone" and not this.again:
                self._noted(asked_at, language.say("slack_alone_sent"))
        telling = self._teller.of(heard, reply, language, stopped, again=this.again)
        try:
            return self._given(heard, reply, question, language, this, telling)
        finally:
            telling.close()

    def language_of(self, person: Person) -> Language:
        """The language of a person who has not said anything yet."""
        return load(person.language if person.language in available() else self._default)

    def suggest(self, user: str, channel: str) -> None:
        """Puts questions to start from above a direct conversation, for who may ask any."""
        try:
            person = self._people.person(user)
            self._service.admit(person, Place.DM, channel)
            self._replies.suggest(channel, prompts(self.language_of(person)))
        except errors.ForPerson as refusal:
            LOG.info("no prompts for %s: %s", user, refusal.key)
        except Exception:
            LOG.exception("no prompts for %s", user)

    def meet(self) -> None:
        """Learns who may ask, before they do."""
        try:
            self._people.meet()
        except errors.ForPerson as refusal:
            LOG.info("who is here is looked up one by one: %s", refusal.key)
        except Exception:
            LOG.exception("who is here could not be looked up")

    def changed(self, user: str) -> None:
        """What is known of a person no longer holds."""
        self._people.changed(user)

    # --- steps ---------------------------------------------------------------------------------

    def _placed(self, heard: Heard) -> Heard:
        """Where the answer goes: what is shared into the channel; what is for one person alone into their direct
        messages; to a shortcut under the message, ephemeral where the bot is no member, and also direct where it cannot
        see who reads along."""
        if heard.kind == "share":
            if not self._people.inside(heard.channel):
                raise errors.BadQuestion("slack_share_not_inside")
            return replace(heard, thread="", response_url="")
        member = self._people.sits_in(heard.channel) if heard.kind == "shortcut" else None
        if heard.kind == "shortcut" and not heard.text:
            raise errors.BadQuestion("slack_shortcut_nothing")
        if member is not None:
            return replace(heard, response_url="") if member else replace(heard, thread="")
        if heard.kind not in ("alone", "shortcut"):
            return heard
        person = self._people.person(heard.user, heard.foreign)
        self._service.admit(person, Place.DM, None)  # who may not ask gets no conversation opened
        return replace(heard, channel=self._people.direct(heard.user), thread="", response_url="")

    def _question(self, heard: Heard, defaults: Defaults) -> tuple[Question, Language]:
        """The question with its rights, and what its channel is about. Who is refused is refused here, before anything
        runs."""
        person = self._people.person(heard.user, heard.foreign)
        thread = self._records.threads.recall(*heard.conversation)
        prior = thread.language if thread else None
        usual = load(defaults.language) if defaults.language else self.language_of(person)
        code = usual.code
        if not (heard.kind == "command" and any(one.means(heard.text, usual) for one in self._commands)):
            code = detect(heard.text, usual.code, prior)
        try:
            place = self._place(heard)
            rights = self._service.admit(person, place, heard.channel)
            alone = rights if place is Place.DM else self._service.admit(person, Place.DM, None)
            if heard.kind == "file":
                self._allow(heard, place, rights)
            if len(heard.text) > LONGEST_QUESTION:
                raise errors.BadQuestion("question_too_long", n=len(heard.text), most=LONGEST_QUESTION)
        except errors.ForPerson as refusal:
            raise Refusal(refusal, code) from refusal
        question = Question(
            text=heard.text,
            now=self._service.now(),
            rights=rights,
            place=place,
            asker=person.id,
            alone=alone if alone != rights else None,
            defaults=defaults,
            name=person.name,
            language=code,
            id=heard.key,
            zone=person.zone,
        )
        return question, load(code)

    def _place(self, heard: Heard) -> Place:
        """Where it was asked. A direct message says so itself, and costs none of the few look-ups that Slack allows."""
        if heard.kind in ("direct", "file"):
            return Place.EXTERNAL if heard.external else Place.DM
        return self._people.place(heard.channel, heard.external)

    def _allow(self, heard: Heard, place: Place, rights: Rights) -> None:
        """A table may list customers, and a document answers everybody: who may not give one is told before a fetch."""
        documents = self._files.documents(heard.files)
        if place is not Place.DM or not (rights.role == "admin" if documents else rights.person_level):
            raise errors.NotAllowed("documents_not_allowed" if documents else "slack_file_not_allowed")

    def _in_turn(self, heard: Heard, language: Language) -> bool:
        """Whether its asker may ask now; help by a command is for them alone and costs nothing. Raises Refusal."""
        if heard.kind == "command" and (not heard.text or self._named("help").means(heard.text, language)):
            return True
        try:
            return self._turnstile.admits(heard)
        except errors.ForPerson as refusal:
            raise Refusal(refusal, language.code) from refusal

    def _declined(self, heard: Heard, reply: Reply, refusal: errors.ForPerson, language: Language) -> str | None:
        if isinstance(refusal, Refusal):
            language, refusal = load(refusal.language), refusal.what
        LOG.info("declined %s: %s", heard.key, refusal.key)
        self._gauges.ended("declined", "")
        try:
            reply.decline(blocks.mrkdwn(blocks.said_of(refusal, language)))
        except Exception:
            LOG.exception("the refusal of %s did not go out", heard.key)
            return None
        return ""

    @staticmethod
    def _noted(reply: Reply, text: str) -> None:
        """Tells the asker where the answer is; it comes there also where this cannot be told."""
        try:
            reply.decline(text)
        except Exception:
            LOG.exception("where the answer is could not be told")

    def _given(
        self, heard: Heard, reply: Reply, question: Question, language: Language, this: Try, telling: Telling
    ) -> str | None:
        failed = "slack_failed"
        asked = heard.text if heard.kind in ("button", "command", "alone", "shortcut") else ""
        try:
            note = language.say("slack_working_on", text=asked) if asked else language.say("slack_working")
            if not reply.begin(blocks.mrkdwn(note), this.again):
                return reply.finish(blocks.run_again(language, heard.text, heard.query))
            heard = replace(heard, thread=heard.thread or reply.root)
            self._join(heard, language)
            with telling.told():
                answer = self._answer(heard, question, language)
            marked = heard.kind != "file" and answer.intent not in UNMARKED
            whispered = bool(heard.response_url) and question.place is not Place.DM
            shared = [language.say("slack_shared", name=question.name, text=heard.text)]
            message = blocks.build(
                answer, load(answer.language), asked=asked, key=heard.key, marked=marked, text_of=heard.text,
                whispered=whispered, above=shared if heard.kind == "share" else (),
            )  # fmt: skip
            if not this.holds():
                return None
            ts = reply.finish(message)
            if answer.error is not None and this.passes(answer.error.key):
                return None
        except Stopped:
            failed = "slack_stopped"
        except Exception:
            LOG.exception("no answer for %s", heard.key)
        else:
            LOG.info("answered: %s by %s", answer.outcome.value, answer.engine)
            self._gauges.ended(answer.outcome.value, answer.engine)
            self._pictured(reply, answer)
            return ts
        self._gauges.ended(failed.removeprefix("slack_"), "")
        if not this.holds():
            return None
        try:
            return reply.finish(blocks.sentence(language.say(failed)))
        except Exception:
            LOG.exception("not even the failure of %s could be told", heard.key)
        return None

    def _pictured(self, reply: Reply, answer: Answer) -> None:
        """Puts a picture under an answer that was given; without it the table says the same."""
        try:
            if self._draw is not None and (picture := self._draw(answer, load(answer.language))) is not None:
                reply.picture(picture)
        except Exception:
            LOG.exception("an answer goes without its picture")

    def _join(self, heard: Heard, language: Language) -> None:
        """From the first question on, what is said in this thread is for the bot."""
        if not self.joined(*heard.conversation):
            about, now = self._asked(heard).data_set, self._clock()
            self._records.threads.remember(
                *heard.conversation, query=None, language=language.code, now=now, data=about
            )  # fmt: skip

    def _asked(self, heard: Heard) -> Service:
        """Who is to answer: whoever gave the answer that is wanted anew, else of what its place is about. Raises
        ForPerson."""
        sets = self._service.sets
        if heard.kind == "file":  # also in the thread of one that is gone
            return self._service
        return sets.behind(heard.answer) if heard.answer else sets.at(*heard.conversation)

    def _answer(self, heard: Heard, question: Question, language: Language) -> Answer:
        if heard.kind == "file":
            return self._of_files(heard, question, language)
        thread, service = "/".join(heard.conversation), self._asked(heard)
        if heard.answer:
            return service.again(heard.answer, question, thread)
        if heard.query:
            return service.choose(question, json.loads(heard.query), thread)
        asked = Asked(
            service, self._commands, question, thread, language, lambda: self._people.inside(heard.channel),
            self._people.named,
        )  # fmt: skip
        if not heard.text:
            return self._named("help").run(asked)
        for command in self._commands:
            if heard.kind in ("command", "button") and command.means(heard.text, language):
                return self._of_the_main(command.run(asked), command, asked)
        return service.ask(question, thread)

    @staticmethod
    def _of_the_main(answer: Answer, command: Command, asked: Asked) -> Answer:
        """A list that is asked for in a direct message says that it is of the main data, where there is other data."""
        service = asked.service
        if command.name not in LISTS or asked.question.place is not Place.DM or service.data_set:
            return answer
        main = [load(answer.language).say("slack_main_alone")] if service.sets.names else []
        return replace(answer, caveats=(*answer.caveats, *main))

    def _of_files(self, heard: Heard, question: Question, language: Language) -> Answer:
        """What the files of a message say, with the answer to the words beside them; or that they are in the playbook
        now: words beside a document are no question, and neither are those beside what cannot be read."""
        documents, read = self._files.documents(heard.files), True
        try:
            files = self._files.fetch(heard.files)
            shelve, look = self._service.clerk.add_documents, self._try_file
            answer = shelve(files, question) if documents else look(files, question, "/".join(heard.conversation))
        except errors.ForPerson as trouble:
            said, read = blocks.said_of(trouble, language), False
            answer = Answer(Outcome.REFUSE, Intent.DATA_HEALTH, language.code, said)
        named = language.say("slack_document_words").split()
        taken = any(word in heard.text.casefold() for word in named) if documents else read
        beside = language.say("slack_file_words") if heard.text and not taken else ""
        return replace(answer, text="\n".join(filter(None, [answer.text, beside])))

    def _named(self, name: str) -> Command:
        return next(command for command in self._commands if command.name == name)


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a question, the first or a later one; `holds()` tells whether it is still this worker's.

    A whispered answer is given once: there is no `later` for it.
    """

    number: int
    holds: Callable[[], bool]
    later: bool

    @property
    def again(self) -> bool:
        """An earlier try was cut off, or came to nothing."""
        return self.number > 1

    def passes(self, key: str) -> bool:
        """Whether it is worth waiting for the end of this error."""
        return self.later and key in PASSING and self.number < MOST_TRIES


class Refusal(errors.ForPerson):
    """A refusal together with the language to say it in."""

    def __init__(self, what: errors.ForPerson, language: str) -> None:
        super().__init__(what.key, **what.values)
        self.what = what
        self.language = language
