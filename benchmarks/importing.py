"""What the terminal's first import costs, by package."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[1]


def importing(most: int = 8) -> list[Figure]:
    """What a question imports, all together, and the packages whose own modules take longest."""
    imports = "import bot.cli, bot.wiring, ibis; ibis.duckdb"
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", imports], cwd=ROOT, capture_output=True, text=True, check=True
    ).stderr
    spent: Counter[str] = Counter()
    for line in told.splitlines():
        own, _, module = (part.strip() for part in line.removeprefix("import time:").split("|"))
        if own.isdigit():
            spent[module.partition(".")[0]] += int(own)
    return [
        Figure("import everything", f"{sum(spent.values()) / 1000:.0f}", "ms", "with the cost of timing each module"),
        *(Figure(f"  of which {name}", f"{micro / 1000:.0f}", "ms") for name, micro in spent.most_common(most)),
    ]
