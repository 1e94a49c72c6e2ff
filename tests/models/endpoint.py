"""A scripted model on this machine that speaks OpenAI's chat completions as strictly as the real API.

    with ScriptedModel([call("measure", {"metric": "churn_rate"}), say("It was 4.6%.")]) as model:
        chat = open_chat(model.endpoint, Limits())
        ...
        assert model.requests[1].results == [...]

A script is a list with a turn for each request, or a function of the request (`Asked`) that gives the turn, so that a
model can be wrong half of the time. A request that the API would refuse is refused and uses up no turn. Leaving the
`with` raises AssertionError if more was asked than the script has.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import TracebackType
from typing import Any, Self

from bot.types import Endpoint
from tests.models.strictness import Refusal, check, names
from tests.models.turns import Broken, Refused, Reply, Turn

CREATED = 1_793_000_000
PIECE = 12
"""Characters in a chunk of a stream."""
LONGEST_WAIT_SECONDS = 10
"""For which a client that knows no limit is kept waiting: its test fails then, and does not hang."""


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body["messages"])

    @property
    def tools(self) -> list[str]:
        """The names of the tools it offers."""
        return names(self.body)

    @property
    def streamed(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def question(self) -> str:
        """The last words of the user."""
        return next((_text(one) for one in reversed(self.messages) if one["role"] == "user"), "")

    @property
    def results(self) -> list[str]:
        """What tools answered since the user's last words: the evidence seen."""
        since: list[str] = []
        for one in reversed(self.messages):
            if one["role"] == "user":
                break
            if one["role"] == "tool":
                since.append(_text(one))
        return since[::-1]

    @property
    def step(self) -> int:
        """How often the model has spoken since the user's last words."""
        roles = [one["role"] for one in self.messages]
        last = max((number for number, role in enumerate(roles) if role == "user"), default=-1)
        return roles[last + 1 :].count("assistant")


Script = Sequence[Turn] | Callable[[Asked], Turn]


class ScriptedModel:
    """The server, from entering `with` to leaving it."""

    def __init__(
        self,
        script: Script,
        *,
        model: str = "scripted",
        key: str = "sk-not-a-real-key",
        reasoning: bool = False,
        no_tools: Refused | None = None,
    ) -> None:
        """`reasoning` refuses what OpenAI's reasoning models refuse; `no_tools` is said to who offers tools."""
        self.name = model
        self.key = key
        self.requests: list[Asked] = []
        """The requests that were taken, in the order they came."""
        self.refusals: list[Refused] = []
        """What was said to those that were not."""
        self.faults: list[str] = []
        """What went wrong in the script itself."""
        self._script = script
        self._reasoning = reasoning
        self._no_tools = no_tools
        self._turns = threading.Lock()
        self._ids = count(1)
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def endpoint(self) -> Endpoint:
        """Where it is, as the settings would say it."""
        return Endpoint(f"http://127.0.0.1:{self._server.server_address[1]}/v1", self.name, self.key)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        if kind is None and self.faults:
            raise AssertionError("; ".join(self.faults))

    def play(self, path: str, headers: Mapping[str, str], raw: bytes) -> tuple[Turn, Mapping[str, Any]]:
        """The turn for a request, and its body."""
        try:
            body = self._admitted(path, headers, raw)
        except Refusal as no:
            refused = Refused(400, no.message, code=no.code, param=no.param)
        except _Turned as no:
            refused = no.refused
        else:
            return self._next(Asked(body, headers)), body
        with self._turns:
            self.refusals.append(refused)
        return refused, {}

    def _admitted(self, path: str, headers: Mapping[str, str], raw: bytes) -> dict[str, Any]:
        if path != "/v1/chat/completions":
            raise _Turned(Refused(404, f"Invalid URL (POST {path})"))
        given = headers.get("authorization", "")
        if not given.startswith("Bearer "):
            raise _Turned(Refused(401, "You didn't provide an API key."))
        if given != f"Bearer {self.key}":
            # The real API masks most of it; others do not, so nobody may rely on that.
            raise _Turned(Refused(401, f"Incorrect API key provided: {given[7:]}.", code="invalid_api_key"))
        if headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refusal("Unsupported content type: the body has to be application/json.")
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refusal("We could not parse the JSON body of your request.") from None
        check(body, reasoning=self._reasoning)
        if self._no_tools is not None and body.get("tools"):
            raise _Turned(self._no_tools)
        if body["model"] != self.name:
            message = f"The model `{body['model']}` does not exist or you do not have access to it."
            raise _Turned(Refused(404, message, code="model_not_found"))
        return dict(body)

    def _next(self, asked: Asked) -> Turn:
        with self._turns:
            self.requests.append(asked)
            number = len(self.requests)
            try:
                if callable(self._script):
                    return self._script(asked)
                if number <= len(self._script):
                    return self._script[number - 1]
                self.faults.append(f"request {number} of a script of {len(self._script)} turns")
            except Exception as error:  # noqa: BLE001 whatever a test's function raises is told at the end
                self.faults.append(f"the script failed at request {number}: {error!r}")
            return Refused(500, "The script is at its end.", "server_error", headers=(("x-should-retry", "false"),))

    def id(self, kind: str) -> str:
        """An id that was not given before."""
        return f"{kind}{next(self._ids):024d}"


class _Turned(Exception):
    """A status other than 400."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def _handler(model: ScriptedModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a small write would wait for the acknowledgement of the one before

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            turn, body = model.play(self.path, headers, raw)
            with suppress(BrokenPipeError, ConnectionResetError):
                _Wire(self, model, body).send(turn)

        def do_GET(self) -> None:
            refused = Refused(404, f"Invalid URL (GET {self.path})")
            _Wire(self, model, {}).send(refused)

        def log_message(self, *args: object) -> None:
            """The tests read `requests`, not a log."""

    return Handler


class _Wire:
    """One reply on its connection."""

    def __init__(self, handler: BaseHTTPRequestHandler, model: ScriptedModel, body: Mapping[str, Any]) -> None:
        self._handler = handler
        self._model = model
        self._body = body

    def send(self, turn: Turn) -> None:
        """Play the turn."""
        if isinstance(turn, Refused):
            error = {"message": turn.message, "type": turn.type, "param": turn.param, "code": turn.code}
            self._json(turn.status, {"error": error}, turn.headers)
        elif isinstance(turn, Broken):
            self._broken(turn)
        elif self._body.get("stream"):
            self._stream([*self._events(turn), "[DONE]"])
        else:
            self._json(200, self._completion(turn))

    def _broken(self, turn: Broken) -> None:
        streamed, whole = bool(self._body.get("stream")), self._completion(turn.reply)
        error = {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}
        if turn.how == "hang":
            self._model.closing.wait(LONGEST_WAIT_SECONDS)
        elif turn.how == "trickle":
            self._trickle(streamed)
        elif turn.how == "page":
            self._page()
        elif turn.how == "empty":
            whole |= {"choices": []}
            self._stream([whole | {"object": "chat.completion.chunk"}, "[DONE]"]) if streamed else self._json(
                200, whole
            )
        elif turn.how == "error_in_stream":
            started = list(self._events(turn.reply))[:-1]
            self._stream([*started, error]) if streamed else self._json(200, error)
        elif turn.how == "unfinished" and streamed:
            self._stream(list(self._events(turn.reply))[:3])
        elif turn.how != "gone":
            self._cut(streamed, turn.reply)
        if turn.how != "empty":
            self._handler.close_connection = True

    def _cut(self, streamed: bool, reply: Reply) -> None:
        if streamed:
            self._stream(list(self._events(reply))[:3], whole=False)
            return
        sent = json.dumps(self._completion(reply)).encode()
        self._head(200, "application/json", [("Content-Length", str(len(sent)))])
        self._handler.wfile.write(sent[: len(sent) // 2])

    def _trickle(self, streamed: bool) -> None:
        self._head(200, "text/event-stream" if streamed else "application/json", [("Transfer-Encoding", "chunked")])
        for _ in range(LONGEST_WAIT_SECONDS * 50):
            if self._model.closing.wait(0.02):
                break
            self._chunk(b": keep-alive\n\n" if streamed else b"\n")

    def _page(self) -> None:
        page = b"<!DOCTYPE html><title>Sign in</title>"
        self._head(200, "text/html", [("Content-Length", str(len(page)))])
        self._handler.wfile.write(page)

    def _completion(self, reply: Reply) -> dict[str, Any]:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": reply.text,
            "refusal": reply.refusal,
            "annotations": [],
        }
        if reply.calls:
            message["tool_calls"] = self._calls(reply)
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(reply)}
        head = self._frame("chat.completion") | {"choices": [choice]}
        return head | {"usage": self._usage(reply)} if reply.usage else head

    def _events(self, reply: Reply) -> Iterator[dict[str, Any]]:
        """The chunks of a streamed reply, as the API cuts them."""
        frame = self._frame("chat.completion.chunk")
        counted = bool((self._body.get("stream_options") or {}).get("include_usage")) and reply.usage
        if counted:
            frame["usage"] = None

        def chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
            return frame | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

        yield chunk({"role": "assistant", "content": None if reply.calls else "", "refusal": None})
        for name in ("text", "refusal"):
            for piece in _pieces(getattr(reply, name) or ""):
                yield chunk({"content" if name == "text" else name: piece})
        for number, one in enumerate(self._calls(reply)):
            written = one["function"]["arguments"]
            yield chunk({"tool_calls": [{"index": number, **one, "function": {**one["function"], "arguments": ""}}]})
            for piece in _pieces(written):
                yield chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        yield chunk({}, _finish(reply))
        if counted:
            yield frame | {"choices": [], "usage": self._usage(reply)}

    def _calls(self, reply: Reply) -> list[dict[str, Any]]:
        return [
            {"id": self._model.id("call_"), "type": "function", "function": {"name": name, "arguments": args}}
            for name, args in reply.calls
        ]

    def _frame(self, kind: str) -> dict[str, Any]:
        return {
            "id": self._model.id("chatcmpl-"), "object": kind, "created": CREATED, "model": self._model.name,
            "service_tier": "default", "system_fingerprint": None,
        }  # fmt: skip

    def _usage(self, reply: Reply) -> dict[str, Any]:
        """A quarter of a token a character, as English has it about."""
        read = len(json.dumps([self._body.get("messages"), self._body.get("tools")])) // 4
        written = (
            1
            + sum(map(len, (reply.text or "", reply.refusal or "", *(part for one in reply.calls for part in one))))
            // 4
        )
        return {
            "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }  # fmt: skip

    def _json(self, status: int, document: Any, headers: Sequence[tuple[str, str]] = ()) -> None:
        sent = json.dumps(document).encode()
        self._head(status, "application/json", [("Content-Length", str(len(sent))), *headers])
        self._handler.wfile.write(sent)

    def _stream(self, events: Sequence[Any], *, whole: bool = True) -> None:
        self._head(200, "text/event-stream; charset=utf-8", [("Transfer-Encoding", "chunked")])
        for event in events:
            written = event if isinstance(event, str) else json.dumps(event)
            self._chunk(f"data: {written}\n\n".encode())
        if whole:
            self._handler.wfile.write(b"0\r\n\r\n")

    def _chunk(self, sent: bytes) -> None:
        self._handler.wfile.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n")
        self._handler.wfile.flush()

    def _head(self, status: int, kind: str, headers: Sequence[tuple[str, str]]) -> None:
        self._handler.send_response_only(status)
        for name, value in (("Content-Type", kind), ("x-request-id", self._model.id("req_")), *headers):
            self._handler.send_header(name, value)
        self._handler.end_headers()


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
