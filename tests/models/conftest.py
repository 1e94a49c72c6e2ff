"""What the tests of models share."""

from pathlib import Path

import pytest

from tests.playbooks import some_plays


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The knowledge of four plays."""
    return some_plays(tmp_path / "knowledge")
