""" "Tell me when it is final": a button under an answer that will still change, and the message that keeps the promise.

A promise is kept once, in the thread it was made in, with the rights that the asker has then. Whoever asked in private
by a command has no thread: theirs is begun in their direct messages. What was posted unasked is such a promise too: to
say in its thread what the data says otherwise, looked at once a day for some weeks.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.documents import final_document, final_from
from bot.language import load
from bot.slack import blocks
from bot.slack.blocks import FINAL, mrkdwn, said_of
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED
from bot.slack.replies import Replies
from bot.slack.shelves import Promise, Records
from bot.slack.unasked import hold
from bot.types import Answer, Outcome, Question

LOG = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
"""How long a worker has for one answer; of one that died another takes over after it."""
LATER = timedelta(hours=1)
"""When it is looked again whether the data has come."""
NEXT_DAY = timedelta(days=1)
"""When a post is held against the data again."""
MOST_TRIES = 12
WORKERS = 2
Body = Mapping[str, Any]


class Finals:
    """Makes promises on a click, and keeps those that are due."""

    def __init__(
        self,
        service: Service,
        records: Records,
        people: People,
        client: WebClient,
        replies: Replies,
        team: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._service, self._records, self._people = service, records, people
        self._client, self._replies, self._team, self._clock = client, replies, team, clock
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="final")

    def pressed(self, body: Body) -> bool:
        """Takes a click on such a button; False for any other."""
        if body["actions"][0].get("action_id") != FINAL:
            return False
        self._workers.submit(self._made, body)
        return True

    def sweep(self) -> None:
        """Has workers look at what is due."""
        for id in self._records.promises.due(self._clock()):
            self._workers.submit(self.keep, id)

    def close(self) -> None:
        """Lets what is being written go out; the rest waits in the records."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    # --- making --------------------------------------------------------------------------------

    def _made(self, body: Body) -> None:
        code, key = str(body["actions"][0]["value"]).split(" ", 1)
        language, at, user = load(code), body["container"], body["user"]
        channel, ephemeral = at["channel_id"], bool(at.get("is_ephemeral"))
        thread = str(at.get("thread_ts") or ("" if ephemeral else at["message_ts"]))
        try:
            person = self._people.person(user["id"], user.get("team_id", body["team"]["id"]) != body["team"]["id"])
            self._service.admit(person, self._people.place(channel), channel)
            service = self._service.sets.behind(key)
            asked, final = service.awaited(key)
            note = mrkdwn(language.say("slack_final_promised", text=asked, day=final.day))
            if ephemeral:
                channel, thread = self._begun(user["id"], note)
            document = {"final": final_document(final), "language": code, "data": service.data_set}
            self._records.promises.make(
                f"{key}/{user['id']}", channel=channel, thread=thread, asker=user["id"], document=document,
                due=final.day, now=self._clock(),
            )  # fmt: skip
        except errors.ForPerson as refusal:
            note = mrkdwn(said_of(refusal, language))
        except Exception:
            LOG.exception("no promise was made for %s", key)
            note = language.say("slack_failed")
        self._tell(user["id"], at["channel_id"], str(at.get("thread_ts") or ""), note)

    def _begun(self, user: str, note: str) -> tuple[str, str]:
        """(channel, thread) in the direct messages of a person, where the promise stands."""
        direct = self._people.direct(user)
        return direct, str(self._client.chat_postMessage(channel=direct, text=note)["ts"])

    def _tell(self, user: str, channel: str, thread: str, note: str) -> None:
        try:
            self._client.chat_postEphemeral(channel=channel, user=user, text=note, thread_ts=thread or None)
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a promise was made, and nobody told: %s", error)

    # --- keeping -------------------------------------------------------------------------------

    def keep(self, id: str) -> None:
        """Keeps one promise, if it is due and no other worker has it."""
        worker = uuid.uuid4().hex
        promise = self._records.promises.claim(id, self._clock(), worker, LEASE)
        if promise is None:
            return
        try:
            settled = self._held(promise) if "stated" in promise.document else self._told(promise)
        except errors.NotAllowed as refusal:
            LOG.info("%s is not told: %s", id, refusal.key)
            settled = True
        except Exception:
            LOG.exception("%s could not be told", id)
            if promise.tries < MOST_TRIES:
                return  # the lease ends, and it is tried again
            settled = True
        if settled:
            self._records.promises.finish(id, worker)
        else:
            again = NEXT_DAY if "stated" in promise.document else LATER
            self._records.promises.wait(id, worker, self._clock() + again)

    def _told(self, promise: Promise) -> bool:
        """Posts the answer; False while it is not final. Raises NotAllowed where the asker may not see it any more."""
        heard = self._heard(promise)
        question = self._question(promise, heard)
        service = self._promised(promise)
        answer = service.final(question, final_from(promise.document["final"]), "/".join(heard.conversation))
        if answer is None:
            return False
        if answer.outcome is Outcome.REFUSE:
            raise errors.NotAllowed(answer.error.key if answer.error else "slack_failed")
        self._post(promise, heard, answer)
        if (stated := service.clerk.stated(answer, question)) is not None:
            hold(self._records, heard, promise.thread, stated, answer.language, self._clock(), service.data_set)
        return True

    def _held(self, promise: Promise) -> bool:
        """Says what is restated of a post, and holds it on as it is now; False while it stands. Raises NotAllowed."""
        stated = promise.document["stated"]
        if self._clock().date() > date.fromisoformat(stated["until"]):
            return True
        heard, service = self._heard(promise), self._promised(promise)
        found = service.clerk.restated(stated, self._question(promise, heard))
        if found is None:
            return False
        answer, after = found
        self._post(promise, heard, answer)
        hold(self._records, heard, promise.thread, after, answer.language, self._clock(), service.data_set)
        return True

    def _promised(self, promise: Promise) -> Service:
        """Whoever gave the answer that the promise is about. Raises ForPerson."""
        return self._service.sets.named(promise.document.get("data", ""))

    def _heard(self, promise: Promise) -> Heard:
        return Heard(
            event=promise.id, ts=f"final/{promise.id}", kind="button", team=self._team, channel=promise.channel,
            user=promise.asker, text="", thread=promise.thread,
        )  # fmt: skip

    def _question(self, promise: Promise, heard: Heard) -> Question:
        """The promise with its asker's rights, cut by those of the place, as they are now. Raises ForPerson."""
        person, place = self._people.person(promise.asker), self._people.place(promise.channel)
        rights = self._service.admit(person, place, promise.channel)
        code = promise.document["language"]
        return Question("", self._service.now(), rights, place, promise.asker, language=code, id=heard.key)

    def _post(self, promise: Promise, heard: Heard, answer: Answer) -> None:
        message = blocks.build(answer, load(answer.language), key=heard.key, marked=True)
        self._replies.post(heard, message, again=promise.tries > 1)
