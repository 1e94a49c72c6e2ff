from pathlib import Path

import pytest

from bot.terminal import Session, opened
from bot.types import Place

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo() -> Session:
    """A conversation of an analyst about the demo company."""
    return opened(ROOT / "workspace.toml", None, "analyst", Place.DM, None)


@pytest.fixture(scope="session")
def fingers() -> Session:
    """The same about the company that is counted on fingers."""
    return opened(ROOT / "tests" / "finger_count" / "workspace.toml", None, "analyst", Place.DM, None)
