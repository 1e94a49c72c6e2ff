"""Why a call of Slack's failed."""

from __future__ import annotations

import http.client

from slack_sdk.errors import SlackApiError

UNREACHED = (OSError, http.client.HTTPException)
"""What a call fails with whose answer did not come; it may have been taken all the same."""


def reason(error: SlackApiError) -> str:
    """Slack's error code, or the HTTP status where there is none."""
    response = error.response
    if getattr(response, "status_code", 200) >= 500:
        return f"http_{response.status_code}"
    data = getattr(response, "data", response)
    return str(data.get("error", "unknown")) if isinstance(data, dict) else "unknown"
