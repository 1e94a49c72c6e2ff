"""The records as a whole: brought up to date, saved and put back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Environment
from bot.wiring.parts import DOCUMENTS

if TYPE_CHECKING:
    from bot.records import Saved


def migrate_records() -> tuple[str, str | None, str]:
    """Where the records are, the migration that was found, the newest, to which they were brought. Raises ForPerson."""
    from bot.records import migrated

    return migrated(Environment().records_url)


def save_records(file: Path, now: datetime) -> Saved:
    """Write the records and all uploaded documents to a new file. Raises ForPerson."""
    from bot.records import save_backup

    environment = Environment()
    return save_backup(environment.records_url, environment.mainstay_home / DOCUMENTS, file, now)


def restore_records(file: Path, *, replace: bool) -> Saved:
    """Put back what a backup holds; `replace` says that what is there may go. Raises ForPerson."""
    from bot.records import restore_backup

    environment = Environment()
    return restore_backup(environment.records_url, environment.mainstay_home / DOCUMENTS, file, replace=replace)
