"""The real bot as a process of its own, for what only a process can show: that it is killed, replaced, told to end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.language import load
from bot.playground import Slack
from tests.served import FINGERS, ROOT

READY = load("en").say("slack_ready")


@contextmanager
def running(slack: Slack, home: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The bot of the finger-count company once it says that it is ready; killed at the end if it still runs.

    It listens on a socket of Slack's and keeps its records in `home`, unless `environment` says otherwise.
    """
    known = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "MAINSTAY_"))}
    own = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "MAINSTAY_HOME": str(home),
        "MAINSTAY_RECORDS": f"sqlite:///{home}/records.sqlite",
    }
    words = [sys.executable, "app.py", "--workspace", str(FINGERS)]
    with subprocess.Popen(words, cwd=ROOT, env=known | own | environment, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().decode().strip() == READY
            yield process
        finally:
            process.kill()
