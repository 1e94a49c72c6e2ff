"""A file somebody gave us, read by a process of its own: it gets no secrets, no more than so much time and memory,
and gives back nothing but text. `python -m bot.playbook.reading .pdf < FILE` prints what it read, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.errors import BadData
from bot.playbook.kinds import readers
from bot.playbook.outline import Section, letters, outlined

ROOT = Path(__file__).parents[2]
MOST_BYTES = 20 * 2**20
MOST_LETTERS = 1_000_000
FEWEST_LETTERS = 20
"""Less is no text: a scan, or a file in which nothing stands."""
CPU_SECONDS = 40
SECONDS = 120
"""A busy machine may take longer over the same work."""
MEMORY = 2 * 2**30
KILLED_FOR_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


def read(data: bytes, suffix: str, name: str) -> tuple[str, tuple[Section, ...]]:
    """The title and the sections of a file of a known kind; `name` is its title where it has none.

    Raises BadData: document_too_large, document_encrypted, document_broken, document_empty, document_too_long,
    document_slow.
    """
    if len(data) > MOST_BYTES:
        raise BadData("document_too_large", most=MOST_BYTES // 2**20)
    command = [sys.executable, "-m", __name__, suffix, name]
    try:
        done = subprocess.run(  # noqa: S603  our own program, and no shell
            command, input=data, capture_output=True, cwd=ROOT, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BadData("document_slow") from error
    if done.returncode in KILLED_FOR_TIME:
        raise BadData("document_slow")
    if done.returncode:
        raise BadData("document_broken")
    found = json.loads(done.stdout)
    if "key" in found:
        raise BadData(found["key"])
    return found["title"], tuple(Section(**one) for one in found["sections"])


def _document(data: bytes, suffix: str, name: str) -> dict[str, Any]:
    """What the parent is told: a document, or why there is none."""
    try:
        title, sections = outlined(readers()[suffix](data), name)
    except BadData as error:
        return {"key": error.key}
    except MemoryError:
        return {"key": "document_too_long"}
    except Exception:  # noqa: BLE001  the libraries have no error of their own for each way of being broken
        return {"key": "document_broken"}
    size = letters(one.text for one in sections)
    if size < FEWEST_LETTERS:
        return {"key": "document_empty"}
    if size > MOST_LETTERS:
        return {"key": "document_too_long"}
    return {"title": title, "sections": [{"heading": one.heading, "text": one.text} for one in sections]}


def main() -> None:
    """The process of its own."""
    limits = {resource.RLIMIT_CPU: CPU_SECONDS, resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CORE: 0}
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):  # not every system bounds memory
            resource.setrlimit(limit, (most, most))
    document = _document(sys.stdin.buffer.read(), sys.argv[1], sys.argv[2])
    sys.stdout.buffer.write(json.dumps(document).encode())


if __name__ == "__main__":
    main()
