"""The records as a whole: migrate, backup, restore."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bot.cli.options import Json, Spoken, app
from bot.language import available, load
from bot.terminal import out, show_json, told


@app.command()
def migrate(language: Spoken = None, as_json: Json = False) -> None:
    """Bring the records to this version, as every start does; those that are newer are left alone."""

    def work() -> int:
        from bot.wiring import migrate_records

        where, found, version = migrate_records()
        if as_json:
            show_json({"where": where, "found": found, "version": version})
            return 0
        key = "records_new" if found is None else "records_current" if found == version else "records_upgraded"
        _say(language, key, where=where, found=found, version=version)
        return 0

    told(work, language, as_json=as_json)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Write the records and the uploaded documents to one file, while the bot goes on working."""

    def work() -> int:
        from bot.wiring import save_records

        saved = save_records(file, datetime.now(UTC).replace(tzinfo=None))
        if as_json:
            _show(file, saved)
        else:
            _say(language, "backup_saved", file=str(file), n=saved.rows, documents=saved.documents)
        return 0

    told(work, language, as_json=as_json)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup has written, on SQLite or PostgreSQL.")],
    replace: Annotated[bool, typer.Option("--replace", help="What is there already may go.")] = False,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Put the records and documents of a backup back, brought to this version; stop the bot before."""

    def work() -> int:
        from bot.wiring import restore_records

        saved = restore_records(file, replace=replace)
        if as_json:
            _show(file, saved)
        else:
            _say(language, "backup_restored", day=saved.made_at.date(), n=saved.rows, documents=saved.documents)
        return 0

    told(work, language, as_json=as_json)


def _say(language: str | None, key: str, **values: object) -> None:
    out.print(escape(load(language if language in available() else "en").say(key, **values)))


def _show(file: Path, saved: Any) -> None:
    show_json(
        {
            "file": str(file),
            "made_at": saved.made_at.isoformat(timespec="seconds"),
            "version": saved.version,
            "rows": saved.rows,
            "documents": saved.documents,
        }
    )
