"""How good the answers are: ground, eval, eval-plays."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import DEFAULT, AsOf, Engine, Json, Workspace, app
from bot.documents import plain
from bot.evaluation import counts, moved
from bot.terminal import (
    evaluated,
    founded,
    opened,
    show_grades,
    show_json,
    show_moves,
    show_table,
    told,
)
from bot.types import Place


@app.command()
def ground(
    file: Annotated[Path, typer.Argument(help="JSON lines {id, text, evidence}.")],
    workspace: Workspace = DEFAULT,
) -> None:
    """Check that texts say only what their evidence holds: figures, periods, groups, directions, deeds."""

    def work() -> int:
        for document in founded(opened(workspace, None, "analyst", Place.DM, None), file):
            show_json(document)
        return 0

    told(work, None, as_json=False)


@app.command("eval")
def evaluate(
    files: Annotated[
        list[Path], typer.Argument(help="JSON lines {id, language, intent, text, thread?, as_of?, expect}.")
    ],
    workspace: Workspace = DEFAULT,
    as_of: AsOf = None,
    engine: Engine = "auto",
    kept: Annotated[Path | None, typer.Option(help="Grades of an earlier run, to compare with each id by id.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Write the grades of this run into the file of --kept.")] = False,
    as_json: Json = False,
) -> None:
    """Grade the answers to sets of questions, by meaning and numbers.

    What a language model may cost in a day does not bound it, and nothing of it is kept.
    """

    def work() -> int:
        session = opened(workspace, as_of, "analyst", Place.DM, None, engine, graded=True)
        results = [one for file in files for one in evaluated(session, file, workspace, engine)]
        if as_json:
            show_json({"score": counts(results), "questions": [plain(one) for one in results]})
        else:
            show_grades(results)
        if kept is not None:
            if kept.exists() and not as_json:
                show_moves(moved(json.loads(kept.read_text("utf-8")), results))
            if keep:
                kept.write_text(json.dumps({one.id: one.grade for one in results}, indent=0) + "\n", "utf-8")
        return 0

    told(work, None, as_json=as_json)


@app.command("eval-plays")
def evaluate_plays(
    file: Annotated[Path, typer.Argument(help="TOML: questions by language and play, and off_topic.")],
    workspace: Workspace = DEFAULT,
) -> None:
    """How often questions find their play, and how often none is found where none answers."""

    def work() -> int:
        book = opened(workspace, None, "analyst", Place.DM, None).service.playbook
        questions = tomllib.loads(file.read_text(encoding="utf-8"))
        for rows in book.measured(questions):
            show_table(tuple(rows[0]), rows)
        return 0

    told(work, None, as_json=False)
