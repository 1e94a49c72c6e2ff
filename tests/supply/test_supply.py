"""What the bot is built from may be shipped, and an audit never claims more than it looked up."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from supply.audit import verdict
from supply.licences import ACCEPTED, licence, packages, page, shippable

ROOT = Path(__file__).parents[2]
SKIPPED = {"name": "aiohttp", "skip_reason": "Dependency not found on PyPI and could not be audited: aiohttp (3.14.5)"}
SOUND = {"name": "numpy", "version": "2.4.0", "vulns": []}
HOLE = {"name": "pypdf", "version": "7.1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["7.1.1"]}]}


def told(*dependencies):
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_the_page_of_licences_names_the_packages_of_the_locks_and_no_others() -> None:
    rows = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines()[6:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(packages())
    assert len(rows) > 100


def test_the_page_is_what_the_packages_say() -> None:
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8").splitlines() == list(page())


def test_every_package_may_be_shipped_or_stands_in_the_list_with_a_reason() -> None:
    refused = {name for name in packages() if licence(name) and not shippable(licence(name))}
    assert refused == set(ACCEPTED)
    assert all(len(reason) > 20 for reason in ACCEPTED.values())


def test_a_package_without_a_licence_here_belongs_to_another_platform() -> None:
    silent = {name: where for name, where in packages().items() if not licence(name)}
    assert all(re.search(r"win32|Windows|emscripten", where) for where in silent.values())


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("GPL-3.0-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("AGPL-3.0-only", False),
        ("GNU Affero General Public License v3", False),
        ("LGPL-3.0-only", False),
        ("SSPL-1.0", False),
        ("", False),
    ],
)
def test_a_licence_that_binds_the_whole_program_is_refused_and_so_is_none(said: str, may: bool) -> None:
    assert shippable(said) is may


@pytest.mark.parametrize(
    ("output", "complaint", "code", "words"),
    [
        (told(SOUND), "", 0, "No known hole: 1 of 1"),
        (told(SKIPPED, SKIPPED), "No known vulnerabilities found", 0, "Audit not run: the index .*0 of 2"),
        ("", "requests.exceptions.ConnectionError: no route", 0, "Audit not run: .* cannot be reached"),
        (told(SOUND, HOLE), "", 1, "pypdf 7.1.0: CVE-2026-1, mended in 7.1.1\nAudit failed: 2 of 2"),
        (told(SOUND, SKIPPED), "", 1, "Audit incomplete: 1 of 2 .* not aiohttp"),
        (told(HOLE, SKIPPED), "", 1, "CVE-2026-1.*\nAudit incomplete"),
        (told(), "No known vulnerabilities found", 1, "Audit failed: there was no package"),
        ("", "", 1, "Audit failed: it said nothing"),
        ("{}", "a wrong option", 1, "Audit failed: a wrong option"),
    ],
)
def test_an_audit_says_what_was_looked_up(output: str, complaint: str, code: int, words: str) -> None:
    found, lines = verdict(output, complaint)
    assert found == code
    assert re.search(words, "\n".join(lines))
    assert code == 0 or "No known hole" not in "\n".join(lines)


def test_the_tool_is_asked_for_the_lock_and_its_verdict_is_printed(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!{sys.executable}\nimport sys\nassert 'requirements.lock' in sys.argv\nprint({told(HOLE)!r})\n")
    tool.chmod(0o755)
    command = [sys.executable, "-m", "supply.audit", str(tool), "requirements.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "CVE-2026-1" in done.stdout
