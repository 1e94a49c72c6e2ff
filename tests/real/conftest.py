import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the public data sets, too large for the repository."""
    folder = os.environ.get("MAINSTAY_DATA")
    if not folder:
        pytest.skip("MAINSTAY_DATA names no folder")
    return Path(folder)
