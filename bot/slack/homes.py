"""Where the Home is made: at once with what is known, again when the week is measured; and its questions are asked.

An answer needs a thread, so that it can be asked on: a question pressed on the Home begins one in direct messages.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.language import Language, available, load
from bot.slack import buttons, home
from bot.slack.blocks import mrkdwn, said_of
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.replies import UNREACHED
from bot.types import Place, Question

LOG = logging.getLogger(__name__)
WORKERS = 2
Body = Mapping[str, Any]


class Homes:
    """Shows the Home of whoever opens it. `default` is the company's language."""

    def __init__(self, service: Service, people: People, client: WebClient, default: str) -> None:
        self._service, self._people, self._client, self._default = service, people, client, default
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="home")
        self._at_work: set[str] = set()

    def opened(self, user: str, channel: str) -> None:
        """Somebody opened it; `channel` is their direct messages with the app."""
        if user not in self._at_work:
            self._at_work.add(user)
            self._workers.submit(self._show, user, channel)

    def pressed(self, body: Body, take: Callable[[Heard], None]) -> bool:
        """Takes a click on a question of the Home; False for any other. `take` answers it."""
        if body.get("view", {}).get("type") != "home":
            return False
        carried = buttons.read(body["actions"][0].get("value", ""))
        if carried is not None:
            self._workers.submit(self._asked, body, carried.text, take)
        return True

    def close(self) -> None:
        """Lets what is being shown be shown."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _show(self, user: str, channel: str) -> None:
        language = load(self._default)
        try:
            person = self._people.person(user)
            language = self._language_of(user)
            rights = self._service.admit(person, Place.DM, channel)
            question = Question("", self._service.now(), rights, Place.DM, person.id, language=language.code)
            shown = home.Home(language, self._service.clerk.standing(question))
            self._publish(user, home.view(shown, channel))
            figures = replace(question, rights=replace(rights, drafts=False))  # what to do has no place here
            self._publish(user, home.view(replace(shown, week=self._service.weekly(figures)), channel))
        except errors.ForPerson as refusal:
            self._refuse(user, said_of(refusal, language))
        except Exception:
            LOG.exception("no Home for %s", user)
            self._refuse(user, language.say("slack_failed"))
        finally:
            self._at_work.discard(user)

    def _refuse(self, user: str, sentence: str) -> None:
        try:
            self._publish(user, home.refused(sentence))
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("not even a sentence on the Home of %s: %s", user, error)

    def _publish(self, user: str, view: dict[str, Any]) -> None:
        self._client.views_publish(user_id=user, view=view)

    def _asked(self, body: Body, text: str, take: Callable[[Heard], None]) -> None:
        """A question has its own words above the answer; of what is typed, the answer says what it was."""
        user, action = body["user"]["id"], str(body["actions"][0].get("action_id"))
        typed, root = action.startswith(home.TYPED), ""
        try:
            channel = json.loads(body["view"]["private_metadata"])["channel"]
            if not typed:
                asked = self._language_of(user).say("slack_asked", text=text)
                root = str(self._client.chat_postMessage(channel=channel, text=mrkdwn(asked))["ts"])
        except Exception:
            LOG.exception("a question on the Home of %s was not asked", user)
            return
        press = f"{body['view']['id']}/{user}/{body['actions'][0]['action_ts']}"
        team = body["team"]["id"]
        kind: Literal["button", "direct"] = "button" if typed else "direct"
        take(Heard(press, root or press, kind, team=team, channel=channel, user=user, text=text, thread=root))

    def _language_of(self, user: str) -> Language:
        spoken = self._people.person(user).language
        return load(spoken if spoken in available() else self._default)
