"""The files of a direct message, fetched with the bot's token from Slack and from nowhere else."""

from __future__ import annotations

import http.client
import logging
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from bot import errors

LOG = logging.getLogger(__name__)
MOST_BYTES: Final = 20 * 2**20
"""All files of one message together."""
KINDS: Final = (".csv", ".tsv", ".parquet")
TIMEOUT_SECONDS: Final = 20


def readable(name: str) -> bool:
    """Whether a file of this name may be a table."""
    return PurePath(name).suffix.lower() in KINDS


class Stay(HTTPRedirectHandler):
    """A redirect is a failure: Slack sends to its sign-in page whom it gives nothing, and a token stays where it is."""

    def redirect_request(self, *_: Any) -> None:
        """Follows none."""


class Files:
    """Fetches what people share with the bot."""

    def __init__(self, client: WebClient) -> None:
        self._token = client.token
        self._slack = urlsplit(client.base_url)
        self._opener = build_opener(Stay)

    def fetch(self, listed: Sequence[Mapping[str, Any]]) -> list[tuple[str, bytes]]:
        """Name and bytes of each; raises BadData for what is no table or too large, Unavailable for what does not come.

        `listed` are file objects of Slack: `name`, `size` in bytes, `url_private_download`.
        """
        wrong = [str(one.get("name")) for one in listed if not readable(str(one.get("name")))]
        if wrong:
            raise errors.BadData("slack_file_kind", files=wrong, known=list(KINDS))
        if sum(int(one.get("size") or 0) for one in listed) > MOST_BYTES:
            raise _too_large()
        got: list[tuple[str, bytes]] = []
        left = MOST_BYTES
        for one in listed:
            data = self._bytes(str(one.get("url_private_download") or ""), left)
            left -= len(data)
            got.append((str(one["name"]), data))
        return got

    def _bytes(self, url: str, most: int) -> bytes:
        """At most so many bytes; a file that is only linked lies elsewhere, and the token does not go there."""
        if not self._ours(url):
            raise errors.Unavailable("slack_file_not_fetched")
        try:
            with self._opener.open(
                Request(url, headers={"Authorization": f"Bearer {self._token}"}),  # noqa: S310  Slack's own, see _ours
                timeout=TIMEOUT_SECONDS,
            ) as answer:
                data: bytes = answer.read(most + 1)
        except (OSError, http.client.HTTPException) as error:
            LOG.warning("a file was not fetched: %s", error.code if isinstance(error, HTTPError) else type(error))
            raise errors.Unavailable("slack_file_not_fetched") from error
        if len(data) > most:
            raise _too_large()
        return data

    def _ours(self, url: str) -> bool:
        """Whether this is the Slack that the bot talks to, or its files beside it."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        home = self._slack.netloc.removeprefix("www.")
        return parts.scheme == self._slack.scheme and (parts.netloc == home or parts.netloc.endswith(f".{home}"))


def _too_large() -> errors.BadData:
    return errors.BadData("slack_file_too_large", most=MOST_BYTES // 2**20)
