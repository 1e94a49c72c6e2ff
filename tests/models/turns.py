"""What a scripted model can do at its turn: speak, call tools, decline, or fail in one of the ways models do.

A turn is made by one of the functions below; `Endpoint` plays it. Where nothing else is said, a turn works alike
whether the reply is streamed or not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """A message of the model; `calls` are pairs of a tool's name and its arguments as text."""

    text: str | None = None
    calls: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    finish: str | None = None
    usage: bool = True
    """The real API always gives its count of tokens; some local servers do not."""


@dataclass(frozen=True)
class Refused:
    """An answer with a status other than 200, in the API's form of errors."""

    status: int
    message: str
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Broken:
    """Something that is no answer of the API.

    cut: the connection ends within the reply; trickle: blanks keep it open and no reply comes; hang: nothing at all;
    gone: the connection closes without a word; empty: no choice in the reply; page: a page for a browser;
    unfinished: a stream that ends, in good order, before its message does; error_in_stream: an error in its midst.
    """

    how: Literal["cut", "trickle", "hang", "gone", "empty", "page", "unfinished", "error_in_stream"]
    reply: Reply = Reply("This reply is")


Turn = Reply | Refused | Broken


def say(text: str) -> Reply:
    """The model answers with a text."""
    return Reply(text)


def call(name: str, args: JSON | str) -> Reply:
    """The model calls a tool; arguments given as a string go out as they are, JSON or not."""
    return Reply(calls=((name, args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)),))


def together(*turns: Reply) -> Reply:
    """Several calls in one message, perhaps with a text before them."""
    texts = [turn.text for turn in turns if turn.text]
    return Reply("\n".join(texts) or None, tuple(one for turn in turns for one in turn.calls))


def call_as_text(name: str, args: JSON, form: Literal["bare", "fenced", "tagged", "amid", "openai"] = "bare") -> Reply:
    """A call that a small model writes as text, in the forms that such models use."""
    written = json.dumps({"name": name, "arguments": args}, ensure_ascii=False)
    forms = {
        "bare": written,
        "fenced": f"```json\n{written}\n```",
        "tagged": f"<tool_call>\n{written}\n</tool_call>",
        "amid": f"I will look that up.\n{written}\nOne moment.",
        "openai": json.dumps({"tool_calls": [{"type": "function", "function": {"name": name, "arguments": args}}]}),
    }
    return Reply(forms[form])


def decline(text: str = "I'm sorry, I can't assist with that.") -> Reply:
    """A refusal, as the API marks it."""
    return Reply(refusal=text)


def filtered(text: str = "") -> Reply:
    """A reply that the service's content filter stopped."""
    return Reply(text, finish="content_filter")


def too_long(text: str = "The churn rate was") -> Reply:
    """A reply that ended where the allowed tokens did."""
    return Reply(text, finish="length")


def silent() -> Reply:
    """A message with nothing in it."""
    return Reply("")


def uncounted(reply: Reply) -> Reply:
    """The same reply from a server that does not count tokens."""
    return replace(reply, usage=False)


def rate_limited(retry_after: str | None = None) -> Refused:
    """429; `retry_after` is the header as it is sent: seconds or an HTTP date."""
    wait = (("Retry-After", retry_after),) if retry_after is not None else ()
    message = "Rate limit reached for the model on tokens per min (TPM). Please try again later."
    return Refused(429, message, "tokens", "rate_limit_exceeded", headers=wait)


def out_of_quota() -> Refused:
    """429 too, but waiting mends nothing."""
    message = "You exceeded your current quota, please check your plan and billing details."
    return Refused(429, message, "insufficient_quota", "insufficient_quota")


def fail(status: int = 500) -> Refused:
    """The service has a fault of its own."""
    return Refused(status, "The server had an error while processing your request. Sorry about that!", "server_error")


def hang() -> Broken:
    """Nothing comes, for as long as the client waits."""
    return Broken("hang")


def trickle() -> Broken:
    """Blank bytes come, as from services that keep a connection open while they think, and never a reply."""
    return Broken("trickle")


def cut(text: str = "The churn rate was 4.6% in September and") -> Broken:
    """The connection breaks within the reply."""
    return Broken("cut", Reply(text))


def unfinished(text: str = "The churn rate was 4.6% in September and") -> Broken:
    """A stream that ends in good order, yet before its message does; without streaming the same as `cut`."""
    return Broken("unfinished", Reply(text))


def error_in_stream(text: str = "The churn") -> Broken:
    """An error in the midst of a stream; without streaming a reply of status 200 that is an error."""
    return Broken("error_in_stream", Reply(text))


def gone() -> Broken:
    """The connection closes before any reply."""
    return Broken("gone")


def empty() -> Broken:
    """A reply without a choice."""
    return Broken("empty")


def page() -> Broken:
    """A page for a browser, as a proxy in between sends it."""
    return Broken("page")
