"""The bot itself, and its demo, its playground and its manifest."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sys
import threading
import webbrowser
from typing import Annotated

import typer

from bot import trail
from bot.cli.options import DEFAULT, Workspace, app
from bot.errors import BadQuestion
from bot.language import load
from bot.terminal import (
    opened,
    out,
    told,
)
from bot.types import Place


@app.callback(invoke_without_command=True)
def start(context: typer.Context, workspace: Workspace = DEFAULT) -> None:
    """Without a command: start the Slack bot."""
    if context.invoked_subcommand is None:
        from bot.dropped import dropped
        from bot.wiring import start_slack

        trail.aloud()
        ready = load("en").say("slack_ready")
        told(lambda: start_slack(workspace, dropped, lambda: out.print(ready)), None, as_json=False)


@app.command()
def demo(workspace: Workspace = DEFAULT) -> None:
    """One conversation with the demo company, then yours."""

    def work() -> int:
        from bot.tour import tour

        return tour(opened(workspace, None, "analyst", Place.DM, None))

    told(work, None, as_json=False)


@app.command()
def play(
    port: Annotated[int, typer.Option(help="Where on 127.0.0.1 its page is; 0 takes a free port.")] = 8765,
    shown: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    workspace: Workspace = DEFAULT,
) -> None:
    """A small Slack on this machine with the bot in it, until Ctrl-C."""

    def work() -> int:
        from bot.dropped import dropped
        from bot.wiring import playing

        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.default_int_handler)  # also where the shell that started it ignores them
        words = load("en")
        out.print(words.say("play_starting"))
        with contextlib.suppress(KeyboardInterrupt), playing(workspace, port, dropped) as url:
            out.print(words.say("play_ready", url=url))
            if shown:
                webbrowser.open(url)
            threading.Event().wait()
        return 0

    told(work, None, as_json=False)


@app.command()
def manifest(
    url: Annotated[str, typer.Option(help="Where Slack calls the bot over HTTP, such as https://bot.example.")] = "",
) -> None:
    """Print the Slack app manifest."""

    def work() -> int:
        from bot.wiring import manifest as printed

        if url and not re.fullmatch(r"https://[^\s/?#@]+(/[^\s?#]*)?", url):
            raise BadQuestion("manifest_url", url=url)
        sys.stdout.write(json.dumps(printed(url), indent=2, ensure_ascii=False) + "\n")
        return 0

    told(work, None, as_json=False)
