"""One run: the workspace, the records, the model and the bots; the load and the faults; what came of it."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.figures import Figure
from bot.playground import Pace, Slack, Weather
from bot.records import open_records
from bot.slack.manifest import EVENTS_PATH
from bot.wiring import manifest
from soak import evidence, load, model, postgres, verdict
from soak.bots import ROOT, Bot
from soak.faults import Faults, Plan
from soak.gate import Gate

FINGERS = ROOT / "tests" / "finger_count"
SETTINGS = """
[limits]
person_questions = 100_000
workspace_questions = 100_000

[agent]
seconds = 8
person_tokens = 1_000_000_000
workspace_tokens = 1_000_000_000
"""
"""What everybody may ask and the model may cost: a soak is none of those who ask too much."""
READY_SECONDS = 300.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """How hard a run is. Shares are of all questions, or of all calls of Slack's; times are in seconds."""

    transport: Literal["socket", "http"]
    questions: int
    a_second: float
    people: int
    channels: int
    schedules: int
    kills: int
    repeated: float
    limited: float
    broken: float
    hanging: float
    cut_every: float
    refusing: float
    retries: tuple[float, ...]
    patience: float
    """How long the last answers may take."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    figures: Sequence[Figure]
    faults: Sequence[verdict.Fault]


def run(terms: Terms, folder: Path) -> Outcome:
    """Runs it all; `folder` takes the bots' logs and what they keep."""
    pace, weather = Pace(retries=terms.retries, repeated=terms.repeated), Weather(terms.limited, terms.broken)
    seconds = terms.questions / terms.a_second
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        gate = stack.enter_context(Gate([server]))
        slack = stack.enter_context(Slack(manifest(), pace, weather=weather))
        thinker = stack.enter_context(model.model(terms.hanging))
        town = load.settle(slack, terms.people, terms.channels)
        direct = _url(server[1])
        records = stack.enter_context(open_records(direct))
        shared = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "MAINSTAY_HOME": str(folder / "home"),
            "MAINSTAY_RECORDS": _url(gate.port),
            "MAINSTAY_MODEL": thinker.name,
            "OPENAI_BASE_URL": thinker.endpoint.url,
            "OPENAI_API_KEY": thinker.key,
        }
        ports = [postgres.free_port() for _ in range(WORKERS)]
        balancer = stack.enter_context(Gate([("127.0.0.1", port) for port in ports]))
        workspace = _workspace(folder)
        bots = [
            Bot(f"bot-{n}", workspace, shared | _way_in(terms, slack, port), folder / f"bot-{n}.log")
            for n, port in enumerate(ports)
        ]
        stack.enter_context(_living(bots))
        if terms.transport == "http":
            slack.wait_for(lambda: all(map(_listens, ports)), READY_SECONDS)
            slack.request_url(f"http://127.0.0.1:{balancer.port}{EVENTS_PATH}")
        else:
            slack.wait_for(lambda: slack.connections == len(bots), READY_SECONDS)
        planned = load.plan(records, slack, town, terms.schedules, seconds)
        cut = balancer.cut if terms.transport == "http" else slack.drop_sockets
        with Faults(Plan(seconds, terms.cut_every, terms.kills, terms.refusing), cut, bots, gate) as faults:
            asked = load.ask(slack, town, terms.questions, terms.a_second)
            faults.played()
            _drain(slack, direct, terms.patience)
        found = evidence.gathered(slack, town, direct)
        lives = [life for bot in bots for life in bot.lives]
        memory, codes = [life.memory for life in lives], [life.process.poll() for life in lives]
        wrong = [*verdict.faults(asked, planned, found), *verdict.growing(memory), *verdict.ended(codes)]
        return Outcome(list(verdict.figures(asked, found, memory)), wrong)


def _way_in(terms: Terms, slack: Slack, port: int) -> dict[str, str]:
    """What tells a bot how Slack reaches it. An empty setting is said too: the run has none of this machine's."""
    none = dict.fromkeys(
        ("SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "MAINSTAY_LISTEN", "MAINSTAY_EMBEDDING",
         "MAINSTAY_CHROMA"), "",
    )  # fmt: skip
    if terms.transport == "http":
        secret = {"SLACK_SIGNING_SECRET": slack.signing_secret, "MAINSTAY_LISTEN": f"127.0.0.1:{port}"}
        return {**none, "SLACK_APP_TOKEN": "", **secret}
    return {**none, "SLACK_APP_TOKEN": slack.app_token}


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _url(port: int) -> str:
    return f"postgresql://mainstay@127.0.0.1:{port}/postgres"


def _workspace(folder: Path) -> Path:
    """The finger-count company, asked as fast as may be."""
    told = (FINGERS / "workspace.toml").read_text().replace('"files:data"', f'"files:{FINGERS / "data"}"')
    path = folder / "workspace.toml"
    path.write_text(told + SETTINGS)
    return path


@contextmanager
def _living(bots: Sequence[Bot]) -> Iterator[None]:
    """The bots, from their start to their end."""
    for bot in bots:
        bot.start()
    try:
        yield
    finally:
        for bot in bots:
            bot.stop()


def _drain(slack: Slack, records: str, patience: float) -> None:
    """Waits until all that was asked is accepted and answered, and a little longer for a second answer to show."""
    until = time.monotonic() + patience
    while (left := evidence.undelivered(slack) + evidence.waiting(records)) and time.monotonic() < until:
        time.sleep(1)
    if left:
        logging.getLogger(__name__).warning("%s questions are still waiting after %g s", left, patience)
    time.sleep(3)
