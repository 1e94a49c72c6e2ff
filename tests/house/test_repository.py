"""The repository speaks of the product alone, its locks are fresh, and every exception has a reason."""

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bot.settings import Environment

ROOT = Path(__file__).parents[2]
UNSAID = {
    "a place on someone's machine": re.compile(r"(?<![\w.}])/(home|root|Users|work|opt|mnt)/\w"),
    "a package registry's host": re.compile(r"pypi[.]org|pythonhosted[.]|npmjs[.]|/simple[/]"),
    "work left undone": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b"),
    "a secret": re.compile(r"\bxox[abp]-\d{6,}|\bsk-[A-Za-z0-9]{20,}|-{5}BEGIN [A-Z ]*PRIVATE KEY"),
    "a merge not ended": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}
WAIVERS = {
    "noqa": re.compile(r"#\s*noqa(?!: [A-Z]+\d+(, ?[A-Z]+\d+)* +[-(\w])"),
    "type: ignore": re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\] +# \w)"),
}
EXTRAS = ("postgres", "models", "spark", "bench", "dev")
TOOLS = ("audit",)  # in an environment of their own, without the base


def files() -> list[Path]:
    """Every text file, with or without git: all that .gitignore does not name."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    ignored = {".git", *(line.strip("/") for line in lines)}
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - ignored)
        found += [Path(folder, name) for name in sorted(set(names) - ignored)]
    return [path for path in found if path.suffix != ".pyc" and b"\0" not in path.read_bytes()[:8192]]


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """`file:line text` wherever the pattern is."""
    return [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("what", UNSAID)
def test_no_file_holds(what: str) -> None:
    """Neither machines, registries, secrets nor unfinished work are written down anywhere."""
    assert lines_with(UNSAID[what], files()) == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a place on someone's machine", "see /ho" + "me/ann/data"),
        ("a package registry's host", "--index-url https://py" + "pi.org/simple"),
        ("work left undone", "# TO" + "DO: later"),
        ("a secret", "xox" + "b-1234567890-abc"),
        ("a merge not ended", "<" * 7 + " HEAD"),
    ],
)
def test_what_must_not_be_said_is_recognised(what: str, line: str) -> None:
    assert UNSAID[what].search(line)


@pytest.mark.parametrize("what", WAIVERS)
def test_a_waiver_in_the_code_has_a_code_and_a_reason(what: str) -> None:
    assert lines_with(WAIVERS[what], [path for path in files() if path.suffix == ".py"]) == []


@pytest.mark.parametrize(
    ("what", "bare", "reasoned"),
    [
        ("noqa", "x = 1  # no" + "qa: S608", "x = 1  # no" + "qa: S608 the names are our own"),
        ("noqa", "x = 1  # no" + "qa", "x = 1  # no" + "qa: S608, E501 - a table of facts"),
        (
            "type: ignore",
            "x = 1  # type" + ": ignore[arg-type]",
            "x = 1  # type" + ": ignore[arg-type]  # stubs lag",
        ),
    ],
)
def test_a_bare_waiver_is_told_from_one_with_a_reason(what: str, bare: str, reasoned: str) -> None:
    assert WAIVERS[what].search(bare)
    assert not WAIVERS[what].search(reasoned)


def test_every_ignored_rule_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignores = text[text.index("\nignore = [") : text.index("[tool.ruff.lint.flake8-builtins]")]
    rules = re.findall(r'^  "[A-Z]+\d*".*$', ignores, re.MULTILINE)
    assert len(rules) > 5
    assert [rule for rule in rules if not re.search(r"#\s+\S.{10}", rule)] == []


def requirements(name: str) -> list[str]:
    """The lines of a requirements file that ask for a package."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def locked(name: str) -> dict[str, list[str]]:
    """Package → the versions that a lock pins (one, unless platforms or Pythons differ)."""
    pins: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([a-z0-9-]+)==([^ ;]+)", line):
            pins.setdefault(match[1], []).append(match[2])
    return pins


@pytest.mark.parametrize("name", ["requirements.txt", *(f"requirements/{extra}.txt" for extra in (*EXTRAS, *TOOLS))])
def test_every_requirement_has_its_reason_beside_it(name: str) -> None:
    assert [line for line in requirements(name) if not re.search(r" # \S.{10}", line)] == []


@pytest.mark.parametrize("name", ["requirements", *(f"requirements/{extra}" for extra in (*EXTRAS, *TOOLS))])
def test_a_lock_answers_its_requirements_with_hashes(name: str) -> None:
    pins = locked(f"{name}.lock")
    for line in requirements(f"{name}.txt"):
        if not line.startswith("-r"):
            wanted = Requirement(line.partition(" #")[0].strip())
            versions = pins[re.sub(r"[-_.]+", "-", wanted.name).lower()]
            assert all(wanted.specifier.contains(version) for version in versions), line
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", text.strip()))
    assert "://" not in text


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_keeps_every_version_of_the_base(extra: str) -> None:
    base, more = locked("requirements.lock"), locked(f"requirements/{extra}.lock")
    assert {name: more.get(name) for name in base} == base


def test_the_example_environment_names_every_setting() -> None:
    """A field added to the settings is documented where people look for it."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    assert {name.upper() for name in Environment.model_fields} - named == set()


def test_make_says_which_python_it_needs_when_none_fits(tmp_path: Path) -> None:
    command = ["make", "-C", str(ROOT), f"VENV={tmp_path / 'venv'}", "PYTHON=no-such-python", "demo"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "Mainstay needs Python 3.11, 3.12 or 3.13" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_every_test_has_a_sentence() -> None:
    """A docstring, or a name of at least four words."""
    tests = [
        (path, node)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    mute = [(path, node) for path, node in tests if node.name.count("_") < 4 and not ast.get_docstring(node)]
    assert [f"{path.relative_to(ROOT)}:{node.lineno} {node.name}" for path, node in mute] == []
