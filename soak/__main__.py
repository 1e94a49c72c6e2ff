"""`python -m soak`: runs it, prints what came of it, and exits with 1 where a promise was not kept."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from bot.playground.limits import RETRY_SECONDS
from soak.run import Outcome, Terms, run

SHOWN = 5
"""Faults of one kind that are printed whole."""


def terms(words: list[str] | None = None) -> tuple[Terms, Path | None]:
    """The terms of a run and the folder for its logs, from the words of a command line."""
    parser = argparse.ArgumentParser(prog="python -m soak", description="The bot under load while everything fails.")
    parser.add_argument("--transport", choices=("socket", "http"), default="socket")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--a-second", type=float, default=5.0)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--schedules", type=int, default=20, help="summaries that fall due meanwhile")
    parser.add_argument("--kills", type=int, default=5, help="processes ended with SIGKILL, and started again")
    parser.add_argument("--repeated", type=float, default=0.05, help="share of events delivered twice")
    parser.add_argument("--limited", type=float, default=0.02, help="share of calls that are answered with 429")
    parser.add_argument("--broken", type=float, default=0.02, help="share of calls that are answered with 503")
    parser.add_argument("--hanging", type=float, default=0.03, help="share of questions at which the model hangs")
    parser.add_argument("--cut-every", type=float, default=20.0, help="seconds between two cuts of all sockets")
    parser.add_argument("--refusing", type=float, default=10.0, help="seconds for which the records refuse")
    parser.add_argument("--retries", type=float, nargs="*", default=RETRY_SECONDS, help="Slack's pauses in seconds")
    parser.add_argument("--patience", type=float, default=480.0, help="seconds that the last answers may take")
    parser.add_argument("--folder", type=Path, help="where the logs stay; else they go")
    given = vars(parser.parse_args(words))
    folder = given.pop("folder")
    return Terms(**{**given, "retries": tuple(given["retries"])}), folder


def told(outcome: Outcome, console: Console) -> None:
    """Prints the figures, then the faults, some of each kind whole."""
    table = Table("what", "value", "unit", "note")
    for one in outcome.figures:
        table.add_row(one.what, one.value, one.unit, one.note)
    console.print(table)
    for why, number in Counter(one.why for one in outcome.faults).items():
        console.print(f"{why}: {number}", style="bold")
        for what in [one.what for one in outcome.faults if one.why == why][:SHOWN]:
            console.print(f"  {what}", markup=False)
    if not outcome.faults:
        console.print("Every accepted question has one final answer; no summary and no record is lost.")


def main() -> None:
    """Runs it once."""
    chosen, folder = terms()
    with TemporaryDirectory(prefix="soak-") as gone:
        place = folder or Path(gone)
        place.mkdir(parents=True, exist_ok=True)
        outcome = run(chosen, place)
    told(outcome, Console(width=120))
    sys.exit(bool(outcome.faults))


if __name__ == "__main__":
    main()
