"""A draft for a large audience, from the question to the files, each step as a person at a terminal waits for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.figures import Figure, timed
from benchmarks.starting import ROOT

PEOPLE = 100_000
SECONDS, MEBIBYTES = 60, 2048
"""What all steps together, and the largest of them, are to stay under."""
COMPANY = """
[company]
name = "Brindlewick"
zone = "UTC"
currency = "USD"
language = "en"

[data]
url = "files:data"
as_of = 2026-11-10

[brand]
name = "Brindlewick"
sender = "Camille Roy"
reply_to = "hello@brindlewick.example"
postal_address = "Brindlewick, 12 Harbour Street, Portland, OR 97201, USA"
formality = { fr = "vous", es = "tú", pl = "Ty" }
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One command: what it printed, how long it took, and how much memory it had at most."""

    printed: str
    seconds: float
    mebibytes: float


def drafting(people: int = PEOPLE) -> list[Figure]:
    """Draft, approve and export for a segment of so many people, each in a process of its own."""
    with TemporaryDirectory(prefix="mainstay-bench-") as folder:
        home = Path(folder)
        company(home, people)
        made = run(home, "draft", "--segment", "slipping_away", "--language", "en", "--json")
        [draft] = json.loads(made.printed)["drafts"]
        approved = run(home, "draft", "approve", draft["id"], "--by", "Bench", "--confirm", "--json")
        campaign = next(
            one["values"]["campaign"] for one in json.loads(approved.printed)["findings"] if "campaign" in one["values"]
        )
        files = run(home, "draft", "export", campaign, "--to", str(home / "files"), "--by", "Bench", "--json")
        sent = json.loads((home / "files" / "campaign.json").read_text(encoding="utf-8"))["people"]["exported"]
    steps = (made, approved, files)
    before, after = draft["audience"]["before"], draft["audience"]["after"]
    return [
        Figure(f"draft for {before:,} people", f"{made.seconds:.1f}", "s", f"{made.mebibytes:.0f} MiB"),
        Figure(f"  approve it for the {after:,} left", f"{approved.seconds:.1f}", "s", f"{approved.mebibytes:.0f} MiB"),
        Figure(f"  export it for {sent:,}", f"{files.seconds:.1f}", "s", f"{files.mebibytes:.0f} MiB"),
        Figure("  all three", f"{sum(one.seconds for one in steps):.1f}", "s", f"to stay under {SECONDS} s"),
        Figure("  most memory", f"{max(one.mebibytes for one in steps):.0f}", "MiB", f"to stay under {MEBIBYTES} MiB"),
    ]  # fmt: skip


def company(home: Path, people: int) -> None:
    """A workspace with the data of `many.sql` as Parquet."""
    data = home / "data"
    data.mkdir()
    script = (Path(__file__).parent / "many.sql").read_text(encoding="utf-8").replace("$people", str(people))
    with duckdb.connect() as made:
        made.execute(script)
        for (name,) in made.execute("SELECT table_name FROM duckdb_tables() WHERE table_name <> 'person'").fetchall():
            made.execute(f"COPY {name} TO '{data / name}.parquet' (FORMAT parquet)")
    (home / "workspace.toml").write_text(COMPANY, encoding="utf-8")


def run(home: Path, *arguments: str) -> Run:
    """One command of the terminal on that workspace, in a process of its own that is measured by itself."""
    command = [sys.executable, str(ROOT / "app.py"), *arguments, "--workspace", str(home / "workspace.toml")]
    environment = {**os.environ, "MAINSTAY_RECORDS": f"sqlite:///{home}/records.sqlite"}
    with (home / "printed").open("w+", encoding="utf-8") as printed:
        child = subprocess.Popen(command, cwd=home, stdout=printed, env=environment)
        usage: list[float] = []

        def ended() -> None:
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            usage.append(used.ru_maxrss / 1024)

        seconds = timed(ended)
        printed.seek(0)
        text = printed.read()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, text)
    return Run(text, seconds, usage[0])


def main(arguments: Sequence[str]) -> None:
    """The figures alone, for as many people as are asked for."""
    for one in drafting(int(arguments[0]) if arguments else PEOPLE):
        print(f"{one.what:45} {one.value:>8} {one.unit:4} {one.note}")


if __name__ == "__main__":
    main(sys.argv[1:])
