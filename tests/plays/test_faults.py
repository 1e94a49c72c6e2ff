"""A broken play is told with every fault at once, by file; nothing is guessed."""

import shutil
from pathlib import Path

import pytest

from bot.errors import BadWorkspace
from bot.playbook import load


@pytest.fixture
def folder(tmp_path: Path, knowledge: Path) -> Path:
    shutil.copytree(knowledge, tmp_path / "knowledge")
    return tmp_path / "knowledge"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def gaps(folder: Path, **kwargs) -> str:
    with pytest.raises(BadWorkspace) as caught:
        load(folder, **kwargs)
    assert caught.value.key == "plays_broken"
    return "\n".join(caught.value.values["gaps"])


FAULTS = [
    ("en/win-back.md", "stage: retention", "stage: later", "stage later is none of"),
    ("en/win-back.md", "lever: personalisation\n", "", "lacks lever"),
    ("en/win-back.md", "id: win-back", "id: winback", "its id is winback"),
    ("en/win-back.md", "DT22, DT23", "DT22, DT77", "unknown draft type DT77"),
    ("en/win-back.md", "direction: down", "direction: sideways", "up or down"),
    ("en/win-back.md", "claim: CL17, status: ", "claim: CL17, url: ", "named without its status"),
    ("en/win-back.md", "date: 2026-11-21", "date: autumn", "date must be written as"),
    ("en/win-back.md", "## Risks", "## Dangers", "'Dangers'"),
    (
        "en/win-back.md",
        "  - regain lost accounts\n",
        "  - email to somebody who left us\n",
        "needs 8 different phrases",
    ),
    ("fr/win-back.md", "language: fr", "language: en", "not that of its folder"),
    ("fr/win-back.md", "## Étapes", "## Steps", "lacks the section Étapes"),
    ("fr/win-back.md", "title: ", "stage: retention\ntitle: ", "unknown key stage"),
    ("fr/win-back.md", "---\n", "", "no readable front matter"),
    ("sections.toml", 'risks = "Risques"\n', "", "[fr] lacks risks"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS)
def test_a_fault_is_named(folder: Path, file: str, old: str, new: str, told: str) -> None:
    edit(folder / file, old, new)
    assert told in gaps(folder)


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    edit(folder / "en/farewell.md", "stage: retention", "stage: later")
    edit(folder / "fr/referral.md", "## Risques", "## Dangers")
    (folder / "fr/nobody.md").write_text((folder / "fr/farewell.md").read_text(encoding="utf-8"), encoding="utf-8")
    told = gaps(folder)
    assert "en/farewell.md: stage later" in told
    assert "fr/referral.md: heading 'Dangers'" in told
    assert "fr/nobody.md: its id is farewell" in told


def test_a_metric_outside_the_catalogue_is_a_fault(folder: Path) -> None:
    assert "unknown metric churn_rate" in gaps(folder, metrics={"nps"})
