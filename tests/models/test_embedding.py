"""Vectors of an endpoint: asked for as the API wants it, in their order, of length 1; what goes wrong is said."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ModelFailed
from bot.models import embedding
from bot.models.embedding import EndpointEncoder
from bot.playbook import Playbook
from bot.types import Endpoint

MODEL, KEY = "text-embedding-3-small", "sk-test"
FIELDS = {"model", "input", "encoding_format"}
MOST = 2048


class Embeddings:
    """An endpoint as strict as OpenAI's; its vectors are those of the package, of twice the length, last one first."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.failures: list[tuple[int, dict[str, Any]]] = []
        self.cut = False
        self._encoder = embedding.offline()

    def reply(self, key: str | None, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if key != f"Bearer {KEY}":
            return refused(401, "Incorrect API key provided")
        if unknown := set(asked) - FIELDS:
            return refused(400, f"Unrecognized request arguments supplied: {unknown}")
        if asked.get("model") != MODEL:
            return refused(404, "The model does not exist")
        texts = asked.get("input")
        if not isinstance(texts, list) or not 1 <= len(texts) <= MOST or not all(isinstance(one, str) for one in texts):
            return refused(400, "'$.input' is invalid")
        if not all(texts):
            return refused(400, "input cannot be an empty string")
        self.asked.append(asked)
        if self.failures:
            return self.failures.pop(0)
        vectors = [[2 * x for x in one] for one in self._encoder.embed(texts)]
        rows = [{"object": "embedding", "index": n, "embedding": one} for n, one in enumerate(vectors)][::-1]
        data = rows[1:] if self.cut else rows
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        return 200, {"object": "list", "data": data, "model": MODEL, "usage": usage}


def refused(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": None, "param": None}}


@pytest.fixture
def endpoint() -> Iterator[tuple[Embeddings, Endpoint]]:
    script = Embeddings()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            known = self.path == "/v1/embeddings"
            status, said = script.reply(self.headers["authorization"], body) if known else refused(404, "Not found")
            payload = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield script, Endpoint(f"http://127.0.0.1:{server.server_port}/v1", MODEL, KEY)
    server.shutdown()
    server.server_close()


def test_vectors_come_in_the_order_of_the_texts_and_of_length_1(endpoint: tuple[Embeddings, Endpoint]) -> None:
    script, place = endpoint
    texts = [f"text {number}" for number in range(300)]
    vectors = EndpointEncoder(place).embed(texts)
    assert [len(one["input"]) for one in script.asked] == [256, 44]
    assert all(math.hypot(*one) == pytest.approx(1) for one in vectors)
    expected = embedding.offline().embed(texts)
    assert vectors[7] == pytest.approx(expected[7], abs=1e-6)
    assert vectors[-1] == pytest.approx(expected[-1], abs=1e-6)


def test_nothing_is_asked_for_nothing(endpoint: tuple[Embeddings, Endpoint]) -> None:
    script, place = endpoint
    assert EndpointEncoder(place).embed([]) == []
    assert script.asked == []


def test_an_endpoint_that_is_busy_is_asked_again(endpoint: tuple[Embeddings, Endpoint]) -> None:
    script, place = endpoint
    script.failures = [refused(500, "busy")]
    assert len(EndpointEncoder(place).embed(["a text"])) == 1
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"key": "sk-other"}, "model_key_refused"),
        ({"model": "no-such-model"}, "model_unknown"),
        ({"url": "http://127.0.0.1:9/v1"}, "model_unreachable"),
    ],
)
def test_what_an_endpoint_refuses_is_said(
    endpoint: tuple[Embeddings, Endpoint], changed: dict[str, str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "_TRIES", 0)
    place = Endpoint(**{"url": endpoint[1].url, "model": MODEL, "key": KEY} | changed)
    with pytest.raises(ModelFailed, match=why):
        EndpointEncoder(place).embed(["a text"])


def test_fewer_vectors_than_texts_are_not_taken(endpoint: tuple[Embeddings, Endpoint]) -> None:
    script, place = endpoint
    script.cut = True
    with pytest.raises(ModelFailed, match="model_unreadable"):
        EndpointEncoder(place).embed(["one", "two"])


@pytest.mark.slow
def test_a_playbook_is_indexed_and_searched_with_them(
    endpoint: tuple[Embeddings, Endpoint], tmp_path: Path, small: Path
) -> None:
    script, place = endpoint
    book = Playbook(small, tmp_path, lambda: EndpointEncoder(place))
    assert book.search("how do we win back former customers", "en")[0].play == "win-back"
    built = len(script.asked)
    again = Playbook(small, tmp_path, lambda: EndpointEncoder(place))
    assert again.search("how do we win back former customers", "en")[0].play == "win-back"
    assert len(script.asked) == built + 1  # the question alone
