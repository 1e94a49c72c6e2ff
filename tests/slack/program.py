"""The real bot as a process of its own, for what only a process can show: that it is killed, replaced, told to end."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.language import load
from bot.playground import Slack
from tests.served import FINGERS, ROOT

READY = load("en").say("slack_ready")
WORDS = ("--workspace", str(FINGERS))
LOADED = (
    "bot.cli", "bot.dropped", "bot.records", "bot.slack.app", "bot.slack.prompts", "bot.wiring.serving",
    "tests.slack.loaded",
)  # fmt: skip
"""What the program loads while it starts."""


@contextmanager
def running(slack: Slack, home: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The bot of the finger-count company once it says that it is ready; killed at the end if it still runs.

    It listens on a socket of Slack's and keeps its records in `home`, unless `environment` says otherwise.
    """
    words = [sys.executable, "app.py", *WORDS]
    known = {**_environment(slack, home), **environment}
    with subprocess.Popen(words, cwd=ROOT, env=known, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().decode().strip() == READY
            yield process
        finally:
            process.kill()


@contextmanager
def forked(slack: Slack, home: Path) -> Iterator[BaseProcess]:
    """The same, once it is connected, from a process that has loaded its modules: for who starts it many times."""
    family = multiprocessing.get_context("forkserver")
    family.set_forkserver_preload(list(LOADED))
    process = family.Process(target=_serve, args=(_environment(slack, home),), daemon=True)
    process.start()
    try:
        slack.wait_for(lambda: slack.connections, seconds=60)
        yield process
    finally:
        process.kill()
        process.join()


def _environment(slack: Slack, home: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MAINSTAY_"))}
    return known | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "MAINSTAY_HOME": str(home),
        "MAINSTAY_RECORDS": f"sqlite:///{home}/records.sqlite",
    }


def _serve(environment: Mapping[str, str]) -> None:
    """What the door does, in a process that was forked."""
    from bot.cli import main

    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = ["app.py", *WORDS]
    main()
