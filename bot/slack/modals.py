"""Modals about drafts: whose question one asks, what is put into it, and what is said where that cannot be."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot import errors
from bot.language import Language
from bot.slack.blocks import said_of
from bot.slack.draft_views import View
from bot.slack.people import People
from bot.slack.ports import Service
from bot.slack.reasons import UNREACHED, reason
from bot.types import Question

LOG = logging.getLogger(__name__)
GONE = ("not_found", "hash_conflict")
"""What Slack says where a modal was closed, or changed by another click."""

T = TypeVar("T")


class Modals:
    """Fills open modals."""

    def __init__(self, service: Service, people: People, client: WebClient) -> None:
        self._service, self._people, self._client = service, people, client

    def question(self, user: str, foreign: bool, carried: Mapping[str, Any]) -> Question:
        """A question of the person's, with the rights they have where the modal was asked for. Raises NotAllowed."""
        person = self._people.person(user, foreign)
        place = self._people.place(carried["channel"])
        rights = self._service.admit(person, place, carried["channel"])
        return Question("", self._service.now(), rights, place, person.id, language=carried["language"])

    def about(self, team: str, carried: Mapping[str, Any], answer: str) -> Service:
        """Who drafts for the people of an answer, else for those of where a modal was asked for. Raises ForPerson."""
        sets = self._service.sets
        return sets.behind(answer) if answer else sets.at(team, carried["channel"], carried["thread"])

    def by(self, user: str) -> str:
        """The name in which a person does something."""
        return self._people.person(user).signature

    def put(self, view: str, content: View, hash: str = "") -> bool:  # noqa: A002  Slack's name
        """Shows something else in an open modal; False where it was closed, or changed by another click.

        Raises SlackApiError, or what tells that Slack was not reached.
        """
        try:
            self._client.views_update(view_id=view, view=content, **({"hash": hash} if hash else {}))
        except SlackApiError as error:
            if reason(error) not in GONE:
                raise
            return False
        return True

    def update(self, view: str, content: View, hash: str = "") -> bool:  # noqa: A002  Slack's name
        """The same where nobody would try again: False too where Slack does not take it."""
        try:
            return self.put(view, content, hash)
        except (SlackApiError, *UNREACHED) as error:
            LOG.warning("a draft was not shown: %s", error)
            return False


def attempted(make: Callable[[], T], failed: Callable[[str], T], language: Language) -> T:
    """What is made, or what stands for a sentence that says why nothing is; what no person can mend is logged."""
    try:
        return make()
    except errors.ForPerson as refusal:
        return failed(said_of(refusal, language))
    except (SlackApiError, SlackRequestError, *UNREACHED) as error:
        LOG.warning("a draft was not shown or exported: %s", error)
        return failed(language.say("slack_receipt_file_failed"))
    except Exception:
        LOG.exception("no draft was made")
        return failed(language.say("slack_failed"))
