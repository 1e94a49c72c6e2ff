"""The files of a direct message, fetched with the bot's token from Slack and from nowhere else."""

from __future__ import annotations

import http.client
import logging
import re
from collections.abc import Collection, Mapping, Sequence
from mimetypes import guess_type
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
TABLES: Final = (".csv", ".tsv", ".parquet")
TIMEOUT_SECONDS: Final = 20
HOST: Final = re.compile(r"[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE | re.ASCII)
"""A name and a port, with no user, no escapes and nothing else in it."""


def pictured(name: str) -> bool:
    """Whether a file of this name is there to be looked at or listened to, beside the words."""
    return str(guess_type(name)[0]).startswith(("image/", "audio/", "video/"))


class Stay(HTTPRedirectHandler):
    """A redirect is a failure: Slack sends to its sign-in page whom it gives nothing, and a token stays where it is."""

    def redirect_request(self, *_: Any) -> None:
        """Follows none."""


class Files:
    """Fetches what people share with the bot: tables, and documents of these kinds (endings, small)."""

    def __init__(self, client: WebClient, documents: Collection[str]) -> None:
        self._documents = documents
        self._client = client
        self._slack = urlsplit(client.base_url)
        self._opener = build_opener(Stay)

    def documents(self, listed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether they are documents, all of them."""
        return all(_kind(one) in self._documents for one in listed)

    def fetch(self, listed: Sequence[Mapping[str, Any]]) -> list[tuple[str, bytes]]:
        """Name and bytes of each; raises BadData for what is neither all tables nor all documents, or too large,
        Unavailable for what does not come.

        `listed` are file objects of Slack: `name`, `size` in bytes, `url_private_download`.
        """
        known = {"known": list(TABLES), "documents": sorted(self._documents)}
        wrong = [str(one.get("name")) for one in listed if _kind(one) not in {*TABLES, *self._documents}]
        if wrong:
            raise errors.BadData("slack_file_kind", files=wrong, **known)
        if len({_kind(one) in TABLES for one in listed}) > 1:
            raise errors.BadData("slack_file_mixed")
        if sum(int(one.get("size") or 0) for one in listed) > MOST_BYTES:
            raise self._too_large(listed)
        got: list[tuple[str, bytes]] = []
        left = MOST_BYTES
        for one in listed:
            data = self._bytes(str(one.get("url_private_download") or ""), left)
            if len(data) > left:
                raise self._too_large(listed)
            left -= len(data)
            got.append((str(one["name"]), data))
        return got

    def _bytes(self, url: str, most: int) -> bytes:
        """At most one byte more than so many; a file that is only linked lies elsewhere: the token stays here."""
        if not self._ours(url):
            raise errors.Unavailable("slack_file_not_fetched")
        try:
            with self._opener.open(
                Request(url, headers={"Authorization": f"Bearer {self._client.token}"}),  # noqa: S310  Slack's own, see _ours
                timeout=TIMEOUT_SECONDS,
            ) as answer:
                data: bytes = answer.read(most + 1)
        except (OSError, http.client.HTTPException) as error:
            LOG.warning("a file was not fetched: %s", error.code if isinstance(error, HTTPError) else type(error))
            raise errors.Unavailable("slack_file_not_fetched") from error
        return data

    def _too_large(self, listed: Sequence[Mapping[str, Any]]) -> errors.BadData:
        key = "slack_document_too_large" if self.documents(listed) else "slack_file_too_large"
        return errors.BadData(key, most=MOST_BYTES // 2**20)

    def _ours(self, url: str) -> bool:
        """Whether this is the Slack that the bot talks to, or its files beside it."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if not HOST.fullmatch(parts.netloc):  # what reads an address later may take other signs for the host's end
            return False
        home = self._slack.netloc.removeprefix("www.")
        return parts.scheme == self._slack.scheme and (parts.netloc == home or parts.netloc.endswith(f".{home}"))


def _kind(listed: Mapping[str, Any]) -> str:
    return PurePath(str(listed.get("name"))).suffix.lower()
