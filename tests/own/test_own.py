"""A company's own folder: what is wrong in it is said, and what is right is its alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import additions
from bot.errors import BadWorkspace
from bot.language import available, load
from bot.language.refused import said
from bot.metrics import catalogue
from bot.metrics.segments import SEGMENTS
from bot.settings import read_workspace

ROOT = Path(__file__).parents[2]
METRIC = '''"""Ours."""
from bot.metrics.declare import metric
from bot.metrics.support import created
from bot.types import Shape, Unit


@metric(unit=Unit.COUNT, good="up", shape=Shape.LEVEL, needs=("tickets.created_at",), by=({by}))
def {name}(t, window, by=()):
    """Tickets.

    Formula: tickets.
    At risk: all.
    {example}
    Source: us.
    """
    found = created(t, window)
    return found.agg(value={value}, n=found.count())
'''
SEGMENT = '''"""Ours."""
from bot.metrics.segments.declare import segment
from bot.metrics.segments.frames import kept


@segment("subscriptions")
def {name}(t, day):
    """{rule}"""
    return kept(t, day)
'''


def metric(
    name: str = "our_tickets", example: str = "Example: 2026-10: 6.", by: str = "", value: str = "found.count()"
) -> str:
    return METRIC.format(name=name, example=example, by=by, value=value)


@pytest.fixture(autouse=True)
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has opened no workspace yet."""
    monkeypatch.setattr(additions, "_served", lambda served={}: served)
    additions._served().clear()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The finger-count company with an empty own folder."""
    (tmp_path / "ours").mkdir()
    shutil.copytree(ROOT / "tests" / "finger_count" / "data", tmp_path / "data")
    text = (ROOT / "tests" / "finger_count" / "workspace.toml").read_text(encoding="utf-8")
    (tmp_path / "workspace.toml").write_text(f'{text}\n[own]\nfolder = "ours"\n', encoding="utf-8")
    return tmp_path


def put(workspace: Path, **files: str) -> None:
    """Files of the own folder, "__" for a slash: metrics__a is metrics/a.py, language__xx a TOML, knowledge a play."""
    endings = {"metrics": ".py", "segments": ".py", "language": ".toml", "knowledge": ".md"}
    for name, text in files.items():
        place = workspace / "ours" / (name.replace("__", "/") + endings.get(name.partition("__")[0], ""))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


WORDS = '[metrics.our_tickets]\nname = "our tickets"\n'
FAULTS = [
    ({"metrics__a": "def broken(:\n"}, "metrics/a.py, line 1: SyntaxError"),
    ({"metrics__a": "import math\n\nmath.sqroot(2)\n"}, "metrics/a.py, line 3: AttributeError"),
    ({"metrics__a": "raise SystemExit(3)\n"}, "metrics/a.py, line 1: SystemExit"),
    ({"metrics__a": "x = 1\n"}, "metrics/a.py declares no metric"),
    ({"metrics__a": metric("churn_rate")}, "metrics/a.py: churn_rate is a name of ours already"),
    ({"metrics__a": metric(), "metrics__b": metric()}, "metrics/b.py: our_tickets is declared twice"),
    ({"metrics__a": metric(example="")}, "metrics/a.py: the docstring of our_tickets lacks Example"),
    ({"metrics__a": metric(example="Example: many.")}, 'such as "Example: 2026-10: 3 of 8."'),
    ({"metrics__a": metric(by='"colour",')}, "our_tickets names colour, which no metric here knows"),
    ({"segments__a": SEGMENT.format(name="vip", rule="All.")}, "segments/a.py: vip is a name of ours already"),
    ({"segments__a": SEGMENT.format(name="churn_rate", rule="All.")}, "churn_rate is a name of ours already"),
    ({"segments__a": SEGMENT.format(name="our_all", rule="")}, "the docstring of our_all lacks rule"),
    ({"language__de": ""}, "language/de.toml: I speak no such language."),
    ({"language__en": "name = \n"}, "language/en.toml cannot be read"),
    ({"language__en": WORDS}, "language/en.toml: metrics.our_tickets is unknown."),
    (
        {"metrics__a": metric(), "language__en": "[metrics.our_tickets]\nheard = []\n"},
        "metrics.our_tickets needs a name",
    ),
    ({"metrics__a": metric(), "language__en": WORDS + "heard = 'x'\n"}, "has to be a list of phrases"),
    ({"metrics__a": metric(), "language__en": WORDS + "colour = 'x'\n"}, "metrics.our_tickets.colour is unknown."),
    ({"metrics__a": metric(), "language__en": WORDS + "summary = 'x'\n"}, "it lacks formula and at_risk"),
    ({"knowledge__en__a": "no front matter"}, "knowledge/en/a.md: no readable front matter"),
    ({"knowledge__en__a": "---\nid: a\n---\n"}, "knowledge/en/a.md: lacks "),
    ({"churn.py": "x = 1\n"}, "churn.py is in none of the folders metrics, segments, language, and knowledge"),
]


@pytest.mark.parametrize(("files", "expected"), FAULTS, ids=[expected for _, expected in FAULTS])
def test_each_fault_of_a_folder_is_a_sentence_and_nothing_is_put_in(
    workspace: Path, files: dict[str, str], expected: str
) -> None:
    put(workspace, **files)
    before = set(catalogue()), set(SEGMENTS), load("en").data["names"]["metrics"].copy()
    with pytest.raises(BadWorkspace) as caught:
        additions.settled(read_workspace(workspace / "workspace.toml"))
    assert expected in said(load("en"), caught.value.key, caught.value.values)
    assert all(said(load(code), caught.value.key, caught.value.values) for code in available())
    assert (set(catalogue()), set(SEGMENTS), load("en").data["names"]["metrics"]) == before


def test_a_folder_that_is_not_there_is_named(workspace: Path) -> None:
    (workspace / "ours").rmdir()
    with pytest.raises(BadWorkspace, match="own_folder_missing"):
        additions.settled(read_workspace(workspace / "workspace.toml"))


def test_one_process_serves_one_folder_and_a_look_at_other_data_reads_none(workspace: Path) -> None:
    own, ours = read_workspace(workspace / "workspace.toml"), read_workspace(ROOT / "workspace.toml")
    for first, second in ((own, ours), (ours, own)):
        additions._served().clear()
        additions.settled(first)
        additions.settled(first)
        with pytest.raises(BadWorkspace, match="own_other_folder"):
            additions.settled(second)
    put(workspace, metrics__a="raise ValueError\n")
    from bot.wiring import service_of

    assert service_of(workspace / "workspace.toml", apart=True).catalogue()


def typed(workspace: Path, *arguments: str) -> tuple[int, str]:
    """(exit code, all that is printed) of a command, in a process of its own: what is added stays to its end."""
    done = subprocess.run(
        [sys.executable, ROOT / "app.py", *arguments, "--workspace", workspace / "workspace.toml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_check_tries_each_on_the_companys_data_and_says_what_does_not_hold(workspace: Path) -> None:
    twice = SEGMENT.replace("return kept(t, day)", "return kept(t, day).union(kept(t, day))")
    put(
        workspace,
        metrics__a=metric("our_tickets"),
        metrics__b=metric("more_tickets", "Example: 2026-10: 7."),
        metrics__c=metric("no_tickets", value="found.nowhere.count()"),
        metrics__d=metric("old_tickets", "Example: soon: 1."),
        segments__a=SEGMENT.format(name="our_all", rule="Every customer."),
        segments__b=twice.format(name="our_twice", rule="Twice."),
        segments__c=SEGMENT.format(name="our_none", rule="None.").replace("kept(t, day)", "t.nothing"),
        language__en=WORDS.replace("our tickets", "churn rate"),
        language__fr='[segments.our_all]\nname = "tout le monde"\n',
    )
    code, printed = typed(workspace, "check")
    assert code == 0, printed
    for line in (
        "our_tickets: its example is true (2026-10: 6).",
        "more_tickets: its example says 2026-10: 7, the data says 6.",
        "no_tickets cannot be computed:\n- AttributeError",
        'old_tickets cannot be computed:\n- I cannot read "soon" as a period.',
        "Tout le monde (our_all): ",
        "our_twice has accounts more than once",
        "our_none cannot be computed:\n- AttributeError",
        "The name “churn rate” means churn_rate as well (English)",
    ):
        assert line in printed


def test_a_start_with_a_broken_folder_says_what_to_mend_and_shows_no_traceback(workspace: Path) -> None:
    put(workspace, metrics__a="1 / 0\n")
    code, printed = typed(workspace, "ask", "churn rate?")
    assert code == 2
    assert "metrics/a.py, line 1: ZeroDivisionError" in printed
    assert "Traceback" not in printed
