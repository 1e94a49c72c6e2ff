"""A browser with one page, for the tests marked so. MAINSTAY_TEST_PICTURES names a folder to leave pictures in."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.playground.browser import Page, browser

DESKTOP, PHONE = (1400, 900), (390, 844)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A fresh Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium here")
    with browser(program, tmp_path_factory.mktemp("profile")) as page:
        page.size(*DESKTOP)
        yield page


@pytest.fixture(scope="module")
def picture(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Takes a picture as a desktop and as a phone shows it."""
    folder = Path(os.environ.get("MAINSTAY_TEST_PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        for width, height in (PHONE, DESKTOP):
            page.size(width, height)
            page.settle()
            assert page.run("document.documentElement.scrollWidth") <= width, "wider than the window"
            page.picture(folder / f"{name}-{width}.png")

    return take
