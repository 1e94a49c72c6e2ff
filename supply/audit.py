"""`python -m supply.audit PIP-AUDIT LOCK`: looks for known holes in the packages of a lock, and says what came of it.

The tool calls it a success where not one package was looked up: an index without advisories answers "not found" for
each, and it skips them. So what was looked up is counted here. Exit 0: no known hole, or "not run" where no advisories
can be had; 1: holes, packages that nobody knows among others, or nothing to look up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

UNREACHED = ("ConnectionError", "ServiceError", "ReadTimeout", "ConnectTimeout", "Max retries", "HTTPError")
"""What the tool says where it cannot ask."""


def verdict(output: str, complaint: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that say why. `output` is the tool's JSON, `complaint` what it wrote beside it."""
    try:
        found: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        if any(sign in complaint for sign in UNREACHED):
            return 0, [f"Audit not run: the vulnerability database cannot be reached ({last})."]
        return 1, [f"Audit failed: {last}"]
    if not found:
        return 1, ["Audit failed: there was no package to look up."]
    skipped = [one["name"] for one in found if "skip_reason" in one]
    if len(skipped) == len(found):
        return 0, [f"Audit not run: the index of this machine holds no advisories (0 of {len(found)} packages known)."]
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in found
        for hole in one.get("vulns", ())
    ]
    looked = f"{len(found) - len(skipped)} of {len(found)} packages were looked up"
    if skipped:
        return 1, [*holes, f"Audit incomplete: {looked}; not {', '.join(skipped)}."]
    return (1, [*holes, f"Audit failed: {looked}."]) if holes else (0, [f"No known hole: {looked}."])


def main(tool: str, lock: str) -> int:
    """Runs the tool over a lock, and prints the verdict."""
    command = [tool, "--requirement", lock, "--disable-pip", "--require-hashes", "--format", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    code, lines = verdict(done.stdout, done.stderr)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
