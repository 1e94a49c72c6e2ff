"""The model as a writer: a brief goes out, the parts of a text come back as JSON. No tools, and nothing of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Event
from typing import Any

import structlog
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from bot.drafting.writer import Brief, NotWritten, Turned, Written
from bot.engines.agent.lenient import objects, prose_of
from bot.engines.agent.prompts import prompts
from bot.engines.agent.schemas import Schema, text
from bot.engines.agent.spending import Allowance, LimitReached
from bot.engines.agent.strict import closed
from bot.errors import ModelFailed
from bot.language import Language, load
from bot.progress import step
from bot.types import Check, Note

log = structlog.get_logger()
PARTS, OTHER = "a", "b"
"""The two fields of the reply: the parts of A, and the element as B has it."""
MOST_NAMED = 8


class Writing:
    """Asks the model for the texts of one question's drafts, within what the question may use."""

    def __init__(self, chat: BaseChatModel, allowance: Allowance, form_refused: Event) -> None:
        """`form_refused` is set once the endpoint has refused a schema for its reply, and holds for later questions."""
        self._chat, self._allowance, self._form_refused = chat, allowance, form_refused

    def __call__(self, brief: Brief, before: Turned | None) -> Written:
        """The model's text for a brief, or the one before mended. Raises NotWritten."""
        try:
            return _read(self._asked(_conversation(brief, before), brief))
        except LimitReached as error:
            raise NotWritten(error.note) from error
        except ModelFailed as error:
            raise NotWritten(Note(error.key, error.values)) from error
        except Exception as error:
            log.exception("the writer failed")
            raise NotWritten(Note("model_unreadable")) from error

    def _asked(self, messages: list[AnyMessage], brief: Brief) -> str:
        """What the model says; without a schema for its reply where the endpoint takes none."""
        if not self._form_refused.is_set():
            form = {"name": "text", "strict": True, "schema": form_of(brief)}
            try:
                return self._said(messages, response_format={"type": "json_schema", "json_schema": form})
            except ModelFailed as error:
                if error.key != "model_request_refused":
                    raise
            self._form_refused.set()
        return self._said(messages)

    def _said(self, messages: list[AnyMessage], **settings: Any) -> str:
        step("step_word", 1)
        reply = self._chat.invoke(messages, timeout=self._allowance.seconds(), **settings)
        self._allowance.count(reply, messages)
        return prose_of(reply)


def form_of(brief: Brief) -> Schema:
    """The schema of a reply: every part of A, and the element of B."""
    return closed({PARTS: closed({part: text() for part in brief.said}), OTHER: text()})


def _read(said: str) -> Written:
    """The text of a reply. Raises ModelFailed."""
    for found in objects(said):
        if isinstance(found, Mapping) and isinstance(found.get(PARTS), Mapping) and isinstance(found.get(OTHER), str):
            parts = found[PARTS]
            if all(isinstance(one, str) for one in parts.values()):
                return Written({str(name): one for name, one in parts.items()}, found[OTHER])
    raise ModelFailed("model_unreadable")


# ------------------------------------------------------------ what it is told


def _conversation(brief: Brief, before: Turned | None) -> list[AnyMessage]:
    spoken = load(brief.language)
    task = json.dumps(told(brief), ensure_ascii=False)
    head: list[AnyMessage] = [
        SystemMessage(prompts()["writer"].filled(language=spoken.title)),
        HumanMessage(task),
    ]
    if before is None:
        return head
    written = json.dumps({PARTS: dict(before.written.parts), OTHER: before.written.words}, ensure_ascii=False)
    faults = "\n".join(f"- {one}" for one in _faults(before, load("en")))
    mend = prompts()["rewrite"].filled(faults=faults, language=spoken.title)
    return [*head, AIMessage(written), HumanMessage(mend)]


def _faults(before: Turned, language: Language) -> list[str]:
    """What was wrong with a text, a sentence each: which check, which words."""
    if before.form:
        return [f"Its form: it {before.form}."]
    return [_fault(one, language) for one in before.checks[:MOST_NAMED]]


def _fault(check: Check, language: Language) -> str:
    return f"{check.id}: {language.say(check.reason.key, **check.reason.values)}"


def told(brief: Brief) -> dict[str, Any]:
    """The brief as the model gets it, in JSON types."""
    say = load("en").say
    return {
        "purpose": say(f"objective_{brief.objective}"),
        "approach": say(f"stg_{brief.stage.lower().removeprefix('stg-')}"),
        "channel": brief.channel,
        "limits": {name: dict(bounds) for name, bounds in brief.limits.items()},
        "language": brief.language,
        "form_of_address": brief.formality,
        "company": brief.brand,
        "sender": brief.sender,
        "voice": {
            "use": list(brief.voice.use), "avoid": list(brief.voice.avoid), "examples": list(brief.voice.examples),
        },
        **({"tone": brief.tone} if brief.tone else {}),
        "merge_tags": dict(brief.tags),
        "needed_tags": list(brief.needed),
        "our_text": {PARTS: dict(brief.said), OTHER: brief.words},
        "b_replaces": brief.element,
        "quoted_guidance": brief.play,
    }  # fmt: skip
