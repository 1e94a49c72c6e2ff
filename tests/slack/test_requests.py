"""The same bot over HTTP, by signed requests; what is unsigned, old, too long or unreadable is refused."""

import json
import signal
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.errors import Unavailable
from bot.language import load
from bot.playground import Pace, Slack
from bot.playground.posting import signed
from bot.playground.sockets import Delivery
from bot.records import Records, open_records
from bot.slack.app import SlackBot, open_bot
from bot.slack.listener import BODY_BYTES
from bot.slack.manifest import EVENTS_PATH
from bot.slack.transports import Requests
from bot.types import Rate
from tests.slack.program import running
from tests.slack.town import MANIFEST, Script, Town, said

EN = load("en")


def alive(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"alive"]


def over_http(service: Script, records: Records, slack: Slack, port: int = 0) -> SlackBot:
    return open_bot(
        service,
        records,
        bot_token=slack.bot_token,
        signing_secret=slack.signing_secret,
        listen=("127.0.0.1", port),
        paths={"/alive": alive},
        try_file=service.try_file,
        api_url=slack.api_url,
        rate=Rate(10_000, 10_000, 1),
    )


def address_of(bot: SlackBot) -> str:
    assert isinstance(bot.transport, Requests)
    return f"http://127.0.0.1:{bot.transport.listener.port}"


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def slack() -> Iterator[Slack]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack:
        yield slack


@pytest.fixture(scope="module")
def bot(script: Script, slack: Slack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlackBot]:
    folder = tmp_path_factory.mktemp("requests")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records, over_http(script, records, slack) as bot:
        slack.request_url(address_of(bot) + EVENTS_PATH)
        yield bot


@pytest.fixture
def town(slack: Slack, bot: SlackBot, script: Script) -> Town:
    slack.advance(61)
    script.asked.clear()
    ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
    return Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def sent(bot: SlackBot, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    """The status and the text of an answer to anybody's request."""
    request = urllib.request.Request(address_of(bot) + path, body or None, headers)  # noqa: S310  our own address
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  likewise
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def refused(bot: SlackBot, length: int) -> bytes:
    """The first line of the answer to a request of so many bytes, asked for before they are sent."""
    address = urlsplit(address_of(bot))
    with socket.create_connection((address.hostname, address.port), timeout=5) as line:
        line.sendall(f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: bot\r\nContent-Length: {length}\r\n\r\n".encode())
        return line.makefile("rb").readline()


def mention(town: Town) -> Delivery:
    town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer()["text"] == "Answer to: churn?"
    return town.slack.deliveries("app_mention")[-1]


def test_a_mention_is_acknowledged_and_answered_in_its_thread(town: Town) -> None:
    root = town.slack.mention(town.ana, town.channel, "churn?")
    assert town.answer()["thread_ts"] == root
    delivery = town.slack.deliveries("app_mention")[-1]
    # The answer may come before Slack has read the acknowledgement.
    assert town.slack.wait_for(lambda: delivery.acked_after) < 3
    assert (delivery.state, delivery.attempt) == ("acked", 0)


def test_a_command_is_answered_for_its_asker_alone(town: Town) -> None:
    delivery = town.slack.command(town.bruno, town.channel, "/retention churn é?")
    assert town.whisper(town.bruno)["text"].endswith("Answer to: churn é?")
    town.slack.wait_for(lambda: delivery.state == "acked")


def test_a_button_opens_a_form_and_the_form_is_taken(town: Town, script: Script) -> None:
    town.slack.mention(town.ana, town.channel, "churn?")
    message = town.answer()
    at = next(n for n, block in enumerate(message["blocks"]) if block["type"] == "context_actions")
    button = message["blocks"][at]["elements"][0]["negative_button"]
    path, chosen = ("blocks", at, "elements", 0), {"text": button["text"], "value": button["value"]}
    town.slack._do(lambda: town.slack._acts.press(town.ana, message, path, chosen, town.channel))
    view = town.slack.wait_for(lambda: town.slack.modal(town.ana))
    assert view["title"]["text"] == EN.say("slack_mark_title")
    town.slack.submit(town.ana, view, {"reason": {"reason": {"selected_option": {"value": "wrong_figure"}}}})
    assert town.whisper(town.ana)["text"] == EN.say("slack_mark_noted")
    town.slack.wait_for(lambda: town.slack.modal(town.ana) is None)


@pytest.mark.parametrize(("secret", "age"), [("another secret", 0.0), (None, 301.0), (None, -301.0)])
def test_a_wrong_signature_and_an_old_one_are_refused_unread(town: Town, secret: str | None, age: float) -> None:
    delivery = mention(town)
    fresh = Delivery("events_api", {**delivery.payload, "event_id": "EvFORGED"})
    fresh.payload["event"] = {**delivery.payload["event"], "ts": f"9{town.channel[1:]}.000001", "text": "forged"}
    forged = town.slack.forge(fresh, secret=secret or town.slack.signing_secret, age=age)
    assert (forged.status, forged.failed) == (401, "http_error")
    town.quiet()
    assert len(town.answers()) == 1


def test_an_unsigned_request_is_refused(bot: SlackBot) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
    assert sent(bot, EVENTS_PATH, body, **{"Content-Type": "application/json"})[0] == 401


def test_a_replayed_event_is_acknowledged_and_not_answered_again(town: Town, script: Script) -> None:
    delivery = mention(town)
    assert town.slack.forge(delivery).status == 200
    assert town.slack.forge(delivery, age=299).status == 200
    town.quiet()
    assert len(town.answers()) == 1
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"\xff\xfe", "application/json"), (b"{", "application/json"), (b"[]", "application/json"), (b"payload=1", "f")],
)
def test_what_nobody_can_read_is_refused_and_is_no_fault_of_ours(bot: SlackBot, body: bytes, kind: str) -> None:
    assert sent(bot, EVENTS_PATH, body, **{"Content-Type": kind})[0] in (400, 401)
    stamped = signed(body.decode(errors="ignore"), Slack.signing_secret, 0)
    assert sent(bot, EVENTS_PATH, body, **{"Content-Type": kind, **stamped})[0] in (400, 401)


def test_what_is_longer_than_slack_ever_sends_is_refused(bot: SlackBot) -> None:
    assert b" 413 " in refused(bot, BODY_BYTES + 1)


def test_every_path_has_its_application_and_no_other_is_served(bot: SlackBot) -> None:
    assert sent(bot, "/alive") == (200, "alive")
    assert sent(bot, "/")[0] == 404
    assert sent(bot, EVENTS_PATH)[0] == 404, "Slack posts, and nobody else has business here"


def test_an_event_that_failed_comes_again_and_says_why(script: Script, tmp_path: Path) -> None:
    with (
        Slack(MANIFEST, Pace(ack=0.5, retries=(0.0, 0.1, 0.1))) as slack,
        open_records(f"sqlite:///{tmp_path}/records.sqlite") as records,
        over_http(script, records, slack) as bot,
    ):
        slack.request_url(address_of(bot) + EVENTS_PATH)
        ana = slack.person("Ana")
        town = Town(slack, ana, ana, slack.channel("retention", members=[ana]))
        accept, failures = records.inbox.accept, iter([True])

        def failing(**row: Any) -> bool:
            if next(failures, False):
                raise Unavailable("records_unavailable", where="nowhere")
            return accept(**row)

        records.inbox.__dict__["accept"] = failing
        slack.mention(ana, town.channel, "churn?")
        assert town.answer()["text"] == "Answer to: churn?"
        slack.wait_for(lambda: all(one.state != "sent" for one in slack.deliveries()))
        failed = {one.payload["event_id"] for one in slack.deliveries() if one.state == "failed"}
        assert len(failed) == 1
        again = [one for one in slack.deliveries() if one.payload["event_id"] in failed and one.attempt]
        assert [(one.state, one.reason) for one in again] == [("acked", "http_error")]


def test_at_the_end_nothing_more_is_accepted_and_answers_in_the_making_go_out(tmp_path: Path) -> None:
    going = threading.Event()
    script = Script(answers={"slow": lambda _: (going.wait(5), said("There at last"))[1]})
    with (
        Slack(MANIFEST, Pace(ack=0.5, retries=(0.0,))) as slack,
        open_records(f"sqlite:///{tmp_path}/records.sqlite") as records,
    ):
        bot = over_http(script, records, slack)
        bot.connect()
        slack.request_url(address_of(bot) + EVENTS_PATH)
        ana = slack.person("Ana")
        town = Town(slack, ana, ana, slack.channel("retention", members=[ana]))
        slack.mention(ana, town.channel, "slow")
        slack.wait_for(lambda: script.asked)
        ending = threading.Thread(target=bot.close)
        ending.start()
        slack.wait_for(lambda: not _answers_at(address_of(bot)))
        going.set()
        ending.join(10)
        assert not ending.is_alive()
        assert [one["text"] for one in town.answers()] == ["There at last"]
        slack.mention(ana, town.channel, "too late")
        slack.wait_for(lambda: slack.deliveries("app_mention")[-1].attempt == 1)
        assert slack.deliveries("app_mention")[-1].reason == "connection_failed"


def _answers_at(address: str) -> bool:
    host, _, port = address.removeprefix("http://").partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def test_an_address_that_is_taken_is_named(bot: SlackBot, slack: Slack, script: Script, tmp_path: Path) -> None:
    port = int(address_of(bot).rpartition(":")[2])
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records, pytest.raises(Unavailable) as told:
        over_http(script, records, slack, port).connect()
    assert (told.value.key, told.value.values) == ("listen_taken", {"address": f"127.0.0.1:{port}"})


@pytest.mark.slow
def test_the_program_serves_requests_and_ends_with_its_answers_when_told_to(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Slack(MANIFEST) as slack:
        requests = {"SLACK_SIGNING_SECRET": slack.signing_secret, "MAINSTAY_LISTEN": f"127.0.0.1:{port}"}
        with running(slack, tmp_path, SLACK_APP_TOKEN="", **requests) as process:
            slack.request_url(f"http://127.0.0.1:{port}{EVENTS_PATH}")
            ana = slack.person("Ana")
            town = Town(slack, ana, ana, slack.channel("retention", members=[ana]))
            slack.mention(ana, town.channel, "what was our churn rate in October?")
            slack.wait_for(lambda: slack.deliveries("app_mention")[-1].state == "acked")
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert "3 of 8" in town.answer()["text"]
