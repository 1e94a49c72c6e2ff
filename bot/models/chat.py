"""Chat models behind any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.types import Endpoint, Limits

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NO_KEY = "none"
"""What is sent to an endpoint that asks for no key: the client insists on one."""
LONGEST_MESSAGE = 4096
"""Tokens. An answer or a plan takes a tenth; it stops a small model that has fallen into a loop."""


def open_chat(endpoint: Endpoint, limits: Limits) -> BaseChatModel:
    """The model at an endpoint; nothing is sent yet. Safe to use from many threads.

    A call gives a whole message within `limits.seconds`, or within the `timeout` that is bound to it; it is asked for
    again where another try may help and time is left. Anything else raises `errors.ModelFailed`.
    """
    from bot.models.patient import PatientChat, bounded_client  # the client's libraries take over a second to load

    return PatientChat(
        base_url=endpoint.url,
        api_key=endpoint.key or NO_KEY,
        model=endpoint.model,
        seconds=limits.seconds,
        temperature=0,
        max_completion_tokens=LONGEST_MESSAGE,
        max_retries=0,
        openai_proxy=None,  # HTTPS_PROXY holds for all programs; the client's own variable is not ours to read
        stream_usage=True,
        use_responses_api=False,  # OpenAI's alone; chat completions are spoken everywhere
        http_client=bounded_client(),
    )
