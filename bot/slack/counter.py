"""Where receipts are handed out: a modal on a click, its files into the asker's direct messages.

A modal opens within the three seconds that its trigger lives, so it goes past the inbox: it shows at once that
it loads, then the kept figures, then the other definitions as soon as they are measured.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot import errors
from bot.documents import Receipt
from bot.language import Language, available, load
from bot.slack import receipt as shown
from bot.slack.blocks import said_of
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED, reason
from bot.types import Evidence, Query, Question, Rights

LOG = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
"""Between two changes of one modal, while there is more to come."""
QUICK, SLOW = 4, 2
"""Workers that open modals, which may wait for nothing else, and workers that measure and upload."""
Body = Mapping[str, Any]


class Counter:
    """Answers clicks on receipts. `default` is the company's language."""

    def __init__(self, service: Service, people: People, client: WebClient, default: str) -> None:
        self._service = service
        self._people = people
        self._client = client
        self._default = default
        self._quick = ThreadPoolExecutor(QUICK, thread_name_prefix="modal")
        self._slow = ThreadPoolExecutor(SLOW, thread_name_prefix="receipt")

    def pressed(self, body: Body) -> bool:
        """Takes a click that is about a receipt; False for one that is not, or that asks a question too."""
        action = str(body["actions"][0].get("action_id", ""))
        if action == shown.ACTION:
            self._quick.submit(self._open, body)
        elif action in (shown.CSV, shown.SQL):
            self._slow.submit(self._file, body)
        elif action == shown.ENDORSE:
            self._slow.submit(self._endorse, body)
        elif action.startswith(shown.USE):
            self._quick.submit(self._chosen, body)
            return False
        else:
            return False
        return True

    def close(self) -> None:
        """Ends what is being handed out; a click can be repeated."""
        for pool in (self._quick, self._slow):
            pool.shutdown(wait=True, cancel_futures=True)

    def _open(self, body: Body) -> None:
        metadata = origin(body)
        language = load(self._default)
        try:
            opened = self._client.views_open(
                trigger_id=body["trigger_id"], view=shown.loading(language, json.dumps(metadata))
            )
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a receipt did not open: %s", error)
            return
        self._fill(str(opened["view"]["id"]), body, metadata)

    def _fill(self, view: str, body: Body, metadata: Mapping[str, str]) -> None:
        language, packed = load(self._default), json.dumps(metadata)
        try:
            language, rights = self._reader(body, metadata)
            receipt = self._behind(metadata).receipt(metadata["answer"], rights)
            language = load(receipt.language)
            if self._update(view, shown.view(receipt, (), language, packed, measuring=True)):
                self._slow.submit(self._measure, view, metadata, receipt, rights)
        except errors.ForPerson as refusal:
            self._update(view, shown.refused(language, said_of(refusal, language)))
        except Exception:
            LOG.exception("no receipt for %s", metadata["answer"])
            self._update(view, shown.refused(language, language.say("slack_failed")))

    def _measure(self, view: str, metadata: Mapping[str, str], receipt: Receipt, rights: Rights) -> None:
        """Shows the other definitions as they come, for as long as somebody looks."""
        language, packed = load(receipt.language), json.dumps(metadata)
        found: list[tuple[Query, Evidence]] = []
        told = time.monotonic()
        try:
            for one in self._behind(metadata).others(receipt, rights, self._service.now()):
                found.append(one)
                if time.monotonic() - told > PAUSE_SECONDS:
                    if not self._update(view, shown.view(receipt, found, language, packed, measuring=True)):
                        return
                    told = time.monotonic()
        except Exception:
            LOG.exception("the other definitions could not be measured")
        self._update(view, shown.view(receipt, found, language, packed, measuring=False))

    def _file(self, body: Body) -> None:
        """The rows or the queries of a receipt, as a file for the one who asks for it."""
        metadata = json.loads(body["view"]["private_metadata"])
        language, kind = load(self._default), body["actions"][0]["action_id"]
        try:
            language, rights = self._reader(body, metadata)
            receipt = self._behind(metadata).receipt(metadata["answer"], rights)
            language = load(receipt.language)
            ending = "csv" if kind == shown.CSV else "sql"
            content = shown.table_of(receipt) if kind == shown.CSV else shown.queries_of(receipt)
            name = shown.file_name(receipt, ending)
            direct = self._client.conversations_open(users=body["user"]["id"])["channel"]["id"]
            self._client.files_upload_v2(channel=direct, filename=name, title=name, content=content)
            note = language.say("slack_receipt_file_sent", name=name)
        except errors.ForPerson as refusal:
            note = said_of(refusal, language)
        except (SlackApiError, SlackRequestError, *UNREACHED) as error:
            LOG.warning("a file did not go out: %s", error)
            note = language.say("slack_receipt_file_failed")
        except Exception:
            LOG.exception("no file for %s", metadata.get("answer"))
            note = language.say("slack_failed")
        self._note(body, language, note)

    def _endorse(self, body: Body) -> None:
        """The reader stands by the definition of the answer that the receipt is of."""
        metadata, user = json.loads(body["view"]["private_metadata"]), body["user"]["id"]
        language = self._spoken(body)
        try:
            _, rights = self._reader(body, metadata)
            now, name = self._service.now(), self._people.person(user).name
            question = Question("", now, rights, asker=user, name=name)
            kept = self._behind(metadata).endorse_answer(metadata["answer"], question)
            note = language.say("footing_endorsed", by=kept.by, day=kept.day)
        except errors.ForPerson as refusal:
            note = said_of(refusal, language)
        except Exception:
            LOG.exception("no endorsement of %s", metadata.get("answer"))
            note = language.say("slack_failed")
        self._note(body, language, note)

    def _chosen(self, body: Body) -> None:
        """Another definition was chosen: the answer goes where the first one stands."""
        language = self._spoken(body)
        self._note(body, language, language.say("slack_receipt_switched"))

    def _behind(self, metadata: Mapping[str, str]) -> Service:
        """Whoever gave the answer that the receipt is of. Raises ForPerson."""
        return self._service.sets.behind(metadata["answer"])

    def _note(self, body: Body, language: Language, text: str) -> None:
        view, pressed = body["view"], str(body["actions"][0]["block_id"])
        self._update(view["id"], shown.with_note(language, view, pressed, text))

    def _reader(self, body: Body, metadata: Mapping[str, str]) -> tuple[Language, Rights]:
        """The reader's language and rights where the answer stands; refused like any question of theirs."""
        user = body["user"]
        person = self._people.person(user["id"], user.get("team_id", body["team"]["id"]) != body["team"]["id"])
        language = load(person.language if person.language in available() else self._default)
        place = self._people.place(metadata["channel"])
        return language, self._service.admit(person, place, metadata["channel"])

    def _spoken(self, body: Body) -> Language:
        """The language that an open receipt is written in, by its title."""
        title = body["view"]["title"]["text"]
        spoken = (load(code) for code in available())
        return next((one for one in spoken if one.say("slack_receipt_title") == title), load(self._default))

    def _update(self, view: str, content: shown.View) -> bool:
        """Shows something else in an open modal; False where it was closed meanwhile."""
        try:
            self._client.views_update(view_id=view, view=content)
        except SlackApiError as error:
            if reason(error) != "not_found":
                LOG.warning("a receipt was not shown: %s", error.response.data)
            return False
        except UNREACHED as error:
            LOG.warning("a receipt was not shown: %s", error)
            return False
        return True


def origin(body: Body) -> dict[str, str]:
    """Where a pressed receipt button stands, as the modal's metadata carries it."""
    at = body["container"]
    ephemeral = bool(at.get("is_ephemeral"))
    return {
        "answer": str(body["actions"][0].get("value", "")),
        "channel": at["channel_id"],
        "thread": "" if ephemeral else str(at.get("thread_ts") or at["message_ts"]),
        "response_url": body["response_url"] if ephemeral else "",
    }
