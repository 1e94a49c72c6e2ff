"""Whether everything that a start needs is there: one line each, with what would mend it."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from bot.errors import ForPerson
from bot.language import load
from bot.language.refused import said
from bot.service import Service
from bot.terminal import Session
from bot.wiring import home, installed_in, reach_model, reach_slack

LEAST_ROOM = 10**9
"""Bytes that the disk should have left: indexes and copies of files take some hundred millions."""
MARKS = {"fine": "✓", "lacking": "–", "wrong": "✗"}
State = Literal["fine", "lacking", "wrong"]
"""lacking: the bot works without it."""


@dataclass(frozen=True)
class Line:
    """One thing that was looked at; `key` and `values` say it in a person's language."""

    part: str
    state: State
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def looked_at(workspace: Path, open_session: Callable[[], Session]) -> Iterator[Line]:
    """Each part in the order in which a start needs it; what hangs on a part that is wrong is not looked at."""
    yield Line("python", "fine", "doctor_python", {"version": platform.python_version()})
    yield _disk()
    try:
        session = open_session()
    except ForPerson as error:
        yield Line("workspace", "wrong", error.key, error.values)
    else:
        yield Line("workspace", "fine", "doctor_workspace", {"path": str(workspace)})
        yield _tried("data", lambda: _data(session))
        yield from _sets(session)
        yield _tried("records", lambda: _records(session.service))
        yield _tried("playbook", lambda: _playbook(session.service))
        yield _tried("model", lambda: _model(workspace))
    yield _tried("slack", _slack)


def _tried(part: str, look: Callable[[], Line]) -> Line:
    try:
        return look()
    except ForPerson as error:
        return Line(part, "wrong", error.key, error.values)


def _disk() -> Line:
    free = shutil.disk_usage(next(one for one in (home(), *home().parents) if one.exists())).free
    return Line("disk", "fine" if free >= LEAST_ROOM else "wrong", "doctor_disk", {"free": free // 10**9, "least": 1})


def _data(session: Session) -> Line:
    report = session.service.check(session.now)
    values = {
        "tables": len(report.tables),
        "day": report.as_of - timedelta(days=1),
        "odd": len(report.oddities),
        "metrics": sum(1 for one in session.service.catalogue() if one["available"]),
    }
    return Line("data", "lacking" if report.stale else "fine", "doctor_data", values)


def _sets(session: Session) -> Iterator[Line]:
    """Each further data set; the bot works without one that is wrong, and says so where that is asked."""
    for name, found in session.service.sets.checked(session.now):
        if isinstance(found, ForPerson):
            why = said(load(session.language or "en"), found.key, found.values)
            yield Line(f"data {name}", "wrong", "data_set_wrong", {"name": name, "why": why})
        else:
            yield Line(f"data {name}", "fine", found.key, found.values)


def _records(service: Service) -> Line:
    return Line("records", "fine", "doctor_records", {"where": service.records.where})


def _playbook(service: Service) -> Line:
    service.playbook.build()
    return Line("playbook", "fine", "doctor_playbook", {"n": len(service.playbook.plays)})


def _model(workspace: Path) -> Line:
    name = reach_model(workspace)
    if name is None:
        return Line("model", "lacking", "doctor_no_model")
    return Line("model", "fine", "doctor_model", {"name": name})


def _slack() -> Line:
    if (workspaces := installed_in()) is not None:
        return Line("slack", "fine" if workspaces else "lacking", "doctor_slack_several", {"n": workspaces})
    found = reach_slack()
    if found is None:
        return Line("slack", "lacking", "doctor_no_slack")
    return Line("slack", "fine", "doctor_slack", {"team": found[0], "name": found[1]})
