"""docs/performance.md: the tables of one run, with the commit, the machine and the command."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.bounds import Line

ROOT = Path(__file__).resolve().parents[1]
TITLES = {
    "metrics": "Every main metric against SQL written by hand",
    "peers": "Against pandas, Polars and lifelines",
    "growth": "As the company grows",
    "demo": "The bot on the demo company",
    "index": "The index of the playbook",
    "imports": "What is imported",
    "drafts": "A draft for a hundred thousand people",
}


def machine() -> str:
    """What it runs on: the cores, the memory, how busy it is, and the versions."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{pages * size / 2**30:.0f} GiB of memory, load {os.getloadavg()[0]:.1f}"
    )


def commit() -> str:
    """The commit that was measured; empty outside a repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    told = subprocess.run([git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def page(measured: Mapping[str, Sequence[Line]], command: str, events: int) -> Iterator[str]:
    """The lines of the page."""
    yield "# How fast it is"
    yield ""
    yield f"Written by `{command}`, of commit {commit() or 'unknown'}, on {machine()} when it ended."
    yield "`make bench-page` writes it anew: `pip install -r requirements/bench.lock` before."
    yield ""
    yield f"The company has {events:,} events, {events // 10:,} rows of subscriptions and {events // 5:,} orders, as"
    yield "Parquet files. Each way to a number has a process of its own, and they take turns: a ratio is that of the"
    yield "medians. Numbers are compared before times are. The SQL by hand holds the same definitions: merged and test"
    yield "accounts, grace and pause from the beginning of their run, who is too young to be asked after."
    yield ""
    yield "Compiling takes as long on any data and is told apart. Memory beside pandas is what the work takes beyond"
    yield "the libraries, of which each process has loaded the same."
    yield ""
    bounded = [one for lines in measured.values() for one in lines if one.bound.limit is not None]
    broken = [one for one in bounded if not one.bound.holds]
    yield f"Of {len(bounded)} bounds {len(bounded) - len(broken)} hold{'; these do not:' if broken else '.'}"
    if broken:
        yield ""
    yield from (f"- {one.what}: {one.value} {one.unit}, not {one.bound.asked}" for one in broken)
    for name, lines in measured.items():
        yield ""
        yield f"## {TITLES[name]}"
        yield ""
        yield "| what | value | bound | made of |"
        yield "|---|---:|---|---|"
        for one in lines:
            yield f"| {one.what.replace('|', '/')} | {one.value} {one.unit} | {one.verdict} | {one.note} |"
