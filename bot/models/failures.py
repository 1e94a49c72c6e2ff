"""What a failed call of a model means, whether another try may mend it, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import openai

from bot.errors import ModelFailed

REASONS = {
    401: "model_key_refused",
    403: "model_key_refused",
    404: "model_unknown",
    408: "model_timeout",
    413: "model_too_long",
    429: "model_rate_limited",
}
CODES = {
    "insufficient_quota": "model_quota",
    "context_length_exceeded": "model_too_long",
    "content_filter": "model_refused",
}
"""OpenAI's and Azure's codes that say more than the status."""
WITHOUT_TOOLS = re.compile(
    r"\b(not|that) support (tools?|functions?)\b|\btool choice requires\b|\btools param requires\b"
    r"|\b(parameter|argument)\b.*\btools\b",
    re.IGNORECASE,
)
"""How servers say that they, or the model, take no tools: Ollama, OpenRouter, vLLM, llama.cpp, OpenAI and Azure."""
PASSING = frozenset({"model_unreachable", "model_rate_limited", "model_error"})
"""What another try may mend. A time-out is not among them: it has used the time there was."""


def in_our_terms(error: Exception) -> ModelFailed:
    """The failure without any text of the endpoint's: some repeat the key in it."""
    if isinstance(error, ModelFailed):
        return error
    if isinstance(error, openai.APITimeoutError):
        return ModelFailed("model_timeout")
    if isinstance(error, openai.APIConnectionError):
        return ModelFailed("model_unreachable")
    if isinstance(error, openai.APIStatusError):
        if WITHOUT_TOOLS.search(error.message):
            return ModelFailed("model_without_tools")
        otherwise = "model_error" if error.status_code >= 500 else "model_request_refused"
        return ModelFailed(CODES.get(error.code or "", REASONS.get(error.status_code, otherwise)))
    if isinstance(error, openai.LengthFinishReasonError):  # how the client says so of a reply held to a schema
        return ModelFailed("model_cut")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelFailed("model_refused")
    if isinstance(error, openai.APIError):
        return ModelFailed("model_error")
    return ModelFailed("model_unreadable")


def pause_before_another(error: Exception, first: float) -> float | None:
    """Seconds until another try: what the endpoint asks for, else `first`; None if another would be no better."""
    headers: Mapping[str, str] = error.response.headers if isinstance(error, openai.APIStatusError) else {}
    if in_our_terms(error).key not in PASSING or headers.get("x-should-retry") == "false":
        return None
    asked = _asked_for(headers)
    return first if asked is None else asked


def _asked_for(headers: Mapping[str, str]) -> float | None:
    """The seconds of `retry-after-ms` or `Retry-After`: a number, or an instant, set against the answer's `Date`."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        after = headers["retry-after"]
        if after.strip().replace(".", "", 1).isdigit():
            return float(after)
        return max(0.0, (parsedate_to_datetime(after) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return None
