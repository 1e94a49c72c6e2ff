"""Where the Home is made: at once with what is known, again when the week is measured; its questions are asked, what
stands on it is changed in a form, and when that is done it is shown anew.

An answer needs a thread, so that it can be asked on: a question pressed on the Home begins one in direct messages.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import Any, TypeAlias

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.language import Language, available, load
from bot.slack import buttons, home, home_forms
from bot.slack.blocks import mrkdwn, said_of
from bot.slack.heard import Heard
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED
from bot.types import Place, Question, Standing

LOG = logging.getLogger(__name__)
WORKERS, QUICK = 2, 2
"""Those that make the Home, and those that open forms, which may wait for nothing else."""
Body = Mapping[str, Any]
Take: TypeAlias = "Callable[[Heard], Future[None] | None]"
"""Takes what was heard; gives what tells when it is answered, if it was taken here."""


class Homes:
    """Shows the Home of whoever opens it. `default` is the company's language."""

    def __init__(self, service: Service, people: People, client: WebClient, default: str) -> None:
        self._service, self._people, self._client, self._default = service, people, client, default
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="home")
        self._quick = ThreadPoolExecutor(QUICK, thread_name_prefix="home form")
        self._at_work: set[str] = set()
        self._behind: set[str] = set()
        """Those whose Home is being shown, and has to be once more: what it shows has changed since."""
        self._lock, self._closed = Lock(), False

    def opened(self, user: str, channel: str) -> None:
        """Somebody opened it; `channel` is their direct messages with the app."""
        with self._lock:
            if self._closed:
                return
            if user in self._at_work:
                self._behind.add(user)
                return
            self._at_work.add(user)
            self._workers.submit(self._show, user, channel)

    def pressed(self, body: Body, take: Take) -> bool:
        """Takes a click on the Home; False for any other. `take` answers what it asks."""
        if body.get("view", {}).get("type") != "home":
            return False
        action = body["actions"][0]
        name, carried = str(action.get("action_id")), buttons.read(action.get("value", ""))
        if name.startswith(home_forms.CHANGE):
            self._quick.submit(self._form, body)
        elif carried is not None and name.startswith(home.TYPED):  # kept before it is acknowledged, as all that is
            self._taken(body, _press(body), _channel(body), carried.text, take)
        elif carried is not None:
            self._workers.submit(self._asked, body, carried.text, take)
        return True

    def submitted(self, body: Body, take: Take) -> bool:
        """Takes a form of the Home that was filled in; False for any other. `take` does what it says."""
        view = body["view"]
        if view.get("callback_id") != home_forms.CHANGE:
            return False
        if not home_forms.wrong(view) and (text := home_forms.typed(view)):
            press = f"{view['id']}/{body['user']['id']}/{view.get('hash')}"
            self._taken(body, press, home_forms.channel_of(view), text, take)
        return True

    def in_place(self, body: Body) -> dict[str, Any]:
        """What the acknowledgement of a form of the Home says: what in it cannot be so; else nothing."""
        view = body["view"]
        faults = home_forms.wrong(view) if view.get("callback_id") == home_forms.CHANGE else {}
        return {"response_action": "errors", "errors": faults} if faults else {}

    def close(self) -> None:
        """Lets what is being shown be shown."""
        with self._lock:
            self._closed = True
        self._quick.shutdown(wait=True, cancel_futures=True)
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
            sized = self._service.clerk.standing(question, measured=True)
            figures = replace(question, rights=replace(rights, drafts=False))  # what to do has no place here
            week, elsewhere = self._service.weekly(figures), tuple(self._elsewhere(question, sized))
            self._publish(user, home.view(replace(shown, standing=sized, week=week, elsewhere=elsewhere), channel))
        except errors.ForPerson as refusal:
            self._refuse(user, said_of(refusal, language))
        except Exception:
            LOG.exception("no Home for %s", user)
            self._refuse(user, language.say("slack_failed"))
        finally:
            self._shown(user, channel)

    def _elsewhere(self, question: Question, main: Standing) -> Iterator[home.Elsewhere]:
        """The other data sets that somebody may know of, with what waits there: where a channel is open to all, or the
        person is an admin; in a private one, what they have there themselves."""
        sets = self._service.sets
        for service in sets.all()[1:]:
            try:
                channels = [one for one in sets.channels(service.data_set) if self._people.sits_in(one)]
                kept = service.clerk.standing(question)
                own = tuple(one for one in kept.coming if one not in main.coming)  # summaries are listed once
                free = question.rights.role == "admin" or any(self._people.place(c) is Place.PUBLIC for c in channels)
            except errors.ForPerson as error:
                LOG.warning("the Home goes without the data set %s: %s", service.data_set, error.key)
                continue
            if channels and free:
                yield home.Elsewhere(replace(kept, coming=own), channels)
            elif channels and own:
                yield home.Elsewhere(Standing(kept.company, coming=own), channels)

    def _shown(self, user: str, channel: str) -> None:
        with self._lock:
            self._at_work.discard(user)
            behind = user in self._behind
            self._behind.discard(user)
        if behind:
            self.opened(user, channel)

    def _refuse(self, user: str, sentence: str) -> None:
        try:
            self._publish(user, home.refused(sentence))
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("not even a sentence on the Home of %s: %s", user, error)

    def _publish(self, user: str, view: dict[str, Any]) -> None:
        self._client.views_publish(user_id=user, view=view)

    def _form(self, body: Body) -> None:
        try:
            view = home_forms.form(body["actions"][0]["value"], _channel(body))
            self._client.views_open(trigger_id=body["trigger_id"], view=view)
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a form of the Home did not open: %s", error)
        except Exception:
            LOG.exception("a form of the Home did not open")

    def _asked(self, body: Body, text: str, take: Take) -> None:
        """A question has its own words above the answer; of what is typed, the answer says what it was."""
        user, channel = body["user"]["id"], _channel(body)
        try:
            asked = self._language_of(user).say("slack_asked", text=text)
            root = str(self._client.chat_postMessage(channel=channel, text=mrkdwn(asked))["ts"])
        except Exception:
            LOG.exception("a question on the Home of %s was not asked", user)
            return
        team, press = body["team"]["id"], _press(body)
        take(Heard(press, root, "direct", team=team, channel=channel, user=user, text=text, thread=root))

    def _taken(self, body: Body, press: str, channel: str, text: str, take: Take) -> None:
        """What is typed is done, and the Home then shown as it is after it."""
        user = body["user"]["id"]
        done = take(Heard(press, press, "button", team=body["team"]["id"], channel=channel, user=user, text=text))
        if done is not None:
            done.add_done_callback(lambda _: self.opened(user, channel))

    def _language_of(self, user: str) -> Language:
        spoken = self._people.person(user).language
        return load(spoken if spoken in available() else self._default)


def _channel(body: Body) -> str:
    """The direct messages of whoever the Home is shown to."""
    return str(json.loads(body["view"]["private_metadata"])["channel"])


def _press(body: Body) -> str:
    """What names one click, also where it is delivered twice."""
    return f"{body['view']['id']}/{body['user']['id']}/{body['actions'][0]['action_ts']}"
