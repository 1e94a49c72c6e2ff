"""Steps of people's workflows: the week's summary, and one metric with its change.

Whoever runs a workflow is not told to the app in a way that could not be chosen by whoever built it, so a step shows
what everybody may see in any channel. Each run is kept in the inbox and completed once.

Sources: docs.slack.dev/reference/events/function_executed, /reference/methods/functions.completeSuccess.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import errors
from bot.documents import query_document
from bot.language import Language, detect, load
from bot.slack.blocks import said_of
from bot.slack.heard import Heard
from bot.slack.ports import Service
from bot.slack.reasons import reason
from bot.slack.shelves import Inbox
from bot.types import Answer, Evidence, Outcome, Place, Question, Unit

LOG = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
"""How long a worker has for one run; of one that died another takes over after it."""
MOST_TRIES = 3
OVER = ("execution_not_in_running_state", "function_execution_not_found")
"""Slack's words for a run that is complete already, or was ended by others."""
Outputs = Mapping[str, Any]


class Steps:
    """Runs them. `default` is the company's language."""

    def __init__(
        self, service: Service, inbox: Inbox, client: WebClient, default: str, clock: Callable[[], datetime]
    ) -> None:
        self._service, self._inbox, self._client = service, inbox, client
        self._default, self._clock = default, clock

    def run(self, heard: Heard) -> None:
        """Completes one run, if no other worker has it."""
        worker = uuid.uuid4().hex
        accepted = self._inbox.claim(self._clock(), worker, LEASE, heard.event)
        if accepted is None:
            return
        language = load(detect(_words(heard), self._default))
        try:
            self._complete(heard, language)
        except Exception:
            LOG.exception("the step %s was not completed", heard.key)
            if accepted.tries < MOST_TRIES:
                return  # the lease ends, and it is tried again
            self._fail(heard, language.say("slack_failed"))
        self._inbox.finish(accepted.id, worker, self._clock())

    def _complete(self, heard: Heard, language: Language) -> None:
        step = {"weekly_summary": self._weekly, "metric_value": self._metric}.get(heard.text)
        if step is None:
            self._fail(heard, language.say("slack_step_unknown", name=heard.text))
            return
        try:
            outputs = step(*self._asked(heard, language))
        except errors.ForPerson as refusal:
            self._fail(heard, said_of(refusal, language))
            return
        self._call(
            lambda: self._client.functions_completeSuccess(function_execution_id=heard.event, outputs=dict(outputs))
        )

    def _asked(self, heard: Heard, language: Language) -> tuple[Service, Question]:
        """Who answers about the channel that the step names, and what it asks. Raises ForPerson."""
        channel = str(heard.inputs.get("channel") or "")
        service = self._service.sets.at(heard.team, channel)
        question = Question(
            _words(heard), service.now(), service.policy.unnamed, Place.PUBLIC, asker="workflow",
            language=language.code, defaults=service.defaults(channel),
        )  # fmt: skip
        return service, question

    @staticmethod
    def _weekly(service: Service, question: Question) -> Outputs:
        """The last complete week in words. Raises ForPerson."""
        return {"text": _text(service.weekly(question))}

    @staticmethod
    def _metric(service: Service, question: Question) -> Outputs:
        """One metric: its value, the change against the period before, and both in words. Raises ForPerson."""
        query = service.clerk.named_metric(question)
        answer = service.choose(question, {**query_document(query), "baseline": "previous"})
        text = _text(answer)
        main = _single(answer, "main")
        if main is None or (value := _value(main)) is None:
            raise errors.BadQuestion("slack_step_no_value", metric=query.metric)
        before = _single(answer, "baseline")
        then = _value(before) if before is not None else None
        change = {} if then is None else {"change": round(value - then, 4)}
        return {"text": text, "value": value, **change}

    def _fail(self, heard: Heard, sentence: str) -> None:
        self._call(lambda: self._client.functions_completeError(function_execution_id=heard.event, error=sentence))

    @staticmethod
    def _call(call: Callable[[], Any]) -> None:
        """Completes a run; one that is over stays as it is."""
        try:
            call()
        except SlackApiError as error:
            if reason(error) not in OVER:
                raise
            LOG.info("a step was over: %s", reason(error))


def _words(heard: Heard) -> str:
    """What a step was given, as one would type it."""
    return " ".join(str(heard.inputs.get(name) or "") for name in ("metric", "period")).strip()


def _text(answer: Answer) -> str:
    """An answer in words. Raises ForPerson where it is none."""
    if answer.outcome is not Outcome.ANSWER:
        raise errors.BadQuestion("gap_plain", text=answer.text)
    return "\n".join([answer.text, *(caveat for caveat in answer.caveats if caveat not in answer.text)])


def _single(answer: Answer, role: str) -> Evidence | None:
    """The one figure of a role; None where there is none, or where there are several rows."""
    found = next((one for one in answer.evidence if one.role == role), None)
    return found if found is not None and len(found.rows) == 1 else None


def _value(evidence: Evidence) -> float | None:
    """Its number; a share in per cent, as people write it. None where it is not defined."""
    value = evidence.rows[0].get("value")
    if not isinstance(value, (int, float)):
        return None
    return round(value * 100 if evidence.unit is Unit.SHARE else value, 4)
