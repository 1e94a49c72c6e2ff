"""A chat model that gives a whole message in time, or says in our own terms why not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeVar

import httpx2
import openai
import structlog
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI

from bot.errors import ModelFailed
from bot.models.failures import in_our_terms, pause_before_another
from bot.progress import safe_point

log = structlog.get_logger()
Given = TypeVar("Given")

PAUSES = (0.5, 1.0)
"""Seconds before the second try and the third, where the endpoint names none."""
LEAST_SECONDS = 0.05
"""For a call that begins as its time ends: a socket takes no time below nothing."""
GIVEN_IN: Mapping[str, str | None] = {"temperature": None, "reasoning_effort": "none"}
"""What a setting becomes for a model that refuses it as it is; from then on the model is asked so.

Reasoning models take no temperature, and the newest call tools over chat completions only without reasoning.
"""


class PatientChat(ChatOpenAI):
    """ChatOpenAI with one limit of time for all tries of a call together.

    The client's own retries each take the whole time anew, and wait up to two minutes where the endpoint asks for it:
    a question that is answered by a certain moment, one way or another, needs the sum.
    """

    seconds: float
    pause: Callable[[float], None] = time.sleep

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        ask, seconds = super()._generate, kwargs.pop("timeout", self.seconds)
        result = self._tried(seconds, lambda left: ask(messages, stop, run_manager, timeout=left, **kwargs))
        if not result.generations:
            raise ModelFailed("model_empty")
        reply = result.generations[0]
        _whole(reply.message, (reply.generation_info or {}).get("finish_reason"))
        return result

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        ask, seconds = super()._stream, kwargs.pop("timeout", self.seconds)

        def begun(left: float) -> Iterator[ChatGenerationChunk]:
            chunks = ask(*args, timeout=left, **kwargs)
            return chain([next(chunks)], chunks)

        chunks = self._tried(seconds, begun)
        heard = next(chunks)
        yield heard
        while (chunk := _next(chunks)) is not None:
            heard += chunk
            yield chunk
        finish = (heard.generation_info or {}).get("finish_reason")
        _whole(heard.message, finish or "cut")

    def _tried(self, seconds: float, ask: Callable[[float], Given]) -> Given:
        """What `ask` gives in the seconds left to it, at the first try or a later one. Raises ModelFailed."""
        until = time.monotonic() + seconds
        pauses = iter(PAUSES)
        given_in: set[str] = set()
        while True:
            safe_point()
            try:
                return ask(max(until - time.monotonic(), LEAST_SECONDS))
            except Exception as error:  # noqa: BLE001 an endpoint may send anything, and the client then raises anything
                fault = error
            refused = (isinstance(fault, openai.BadRequestError) and fault.param) or ""
            if refused in GIVEN_IN and refused not in given_in:
                given_in.add(refused)
                setattr(self, refused, GIVEN_IN[refused])
                continue
            pause = next(pauses, None)
            pause = None if pause is None else pause_before_another(fault, pause)
            if pause is None or time.monotonic() + pause >= until:
                raise _told(fault)
            self.pause(pause)


def _whole(message: BaseMessage, finish: str | None) -> None:
    """Raise ModelFailed for a message that was refused, cut off, cannot be read, or has nothing in it."""
    if finish == "content_filter" or message.additional_kwargs.get("refusal"):
        raise ModelFailed("model_refused")
    if finish in {"length", "cut"}:
        raise ModelFailed("model_cut")
    if isinstance(message, AIMessageChunk) and not all(_is_json(one["args"]) for one in message.tool_call_chunks):
        raise ModelFailed("model_unreadable")
    calls = isinstance(message, AIMessage) and (message.tool_calls or message.invalid_tool_calls)
    if not calls and not message.text.strip():
        raise ModelFailed("model_empty")


def _is_json(text: str | None) -> bool:
    """Whether arguments are whole: LangChain closes the brackets of those in a stream that were left open."""
    try:
        json.loads(text or "{}")
    except ValueError:
        return False
    return True


def _next(chunks: Iterator[ChatGenerationChunk]) -> ChatGenerationChunk | None:
    """The next part of a reply that has begun, None at its end. Raises ModelFailed."""
    try:
        return next(chunks, None)
    except Exception as error:  # noqa: BLE001 as above
        fault = error
    failed = _told(fault)
    raise ModelFailed("model_cut") if failed.key == "model_unreachable" else failed


def _told(fault: Exception) -> ModelFailed:
    """The failure to raise; the log gets its kind and status, not the endpoint's words."""
    failed = in_our_terms(fault)
    log.warning("model failed", why=failed.key, kind=type(fault).__name__, status=getattr(fault, "status_code", None))
    return failed


def bounded_client() -> httpx2.Client:
    """The client's usual transport, with the time for a reply bounded as a whole.

    The usual bound is on the silence between two bytes, and some endpoints send blank ones for as long as the model
    thinks.
    """
    return openai.DefaultHttpxClient(event_hooks={"request": [_note_the_start], "response": [_bound]})


def _note_the_start(request: httpx2.Request) -> None:
    request.extensions["began"] = time.monotonic()


def _bound(response: httpx2.Response) -> None:
    allowed = response.request.extensions["timeout"]["read"]
    if allowed is not None and isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, response.request.extensions["began"] + allowed)


class _Bounded(httpx2.SyncByteStream):
    """The body of a reply, until a moment of the monotonic clock."""

    def __init__(self, stream: httpx2.SyncByteStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("The reply takes longer than it may.")
            yield part

    def close(self) -> None:
        self._stream.close()
