"""The real bot on a company, with records that only the test knows."""

from pathlib import Path

from bot.records import Records
from bot.service import Service
from bot.wiring import service_of

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "workspace.toml"
FINGERS = ROOT / "tests" / "finger_count" / "workspace.toml"


def served(workspace: Path, records: Records) -> Service:
    """A service that keeps and remembers in `records`, which a surface may share with it."""
    service = service_of(workspace)
    service.__dict__["records"] = records
    return service
