"""The index on a Chroma server: the same plays are found as in a folder, and a server that is gone is said so."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import Unavailable
from bot.models import embedding
from bot.playbook import Playbook
from tests.playbooks import some_plays

QUESTIONS = {
    "en": "how do we win back former customers",
    "fr": "la carte a expiré, que faire",
    "pl": "odnowienie umowy",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A real one, of the package."""
    program = shutil.which("chroma", path=str(Path(sys.executable).parent))
    assert program
    port = free_port()
    with subprocess.Popen(
        [program, "run", "--path", str(tmp_path / "chroma"), "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.mark.slow
def test_a_server_finds_what_a_folder_finds(server: str, tmp_path: Path) -> None:
    knowledge = some_plays(tmp_path / "knowledge")
    here = Playbook(knowledge, tmp_path / "here", embedding.offline)
    there = Playbook(knowledge, tmp_path / "there", embedding.offline, server=server)
    for language, text in QUESTIONS.items():
        found = there.search(text, language)
        assert [one.play for one in found] == [one.play for one in here.search(text, language)]
        assert found
    again = Playbook(knowledge, tmp_path / "elsewhere", _no_embedder, server=server)
    with pytest.raises(AssertionError, match="only the question"):
        again.search("win back", "en")


class _Silent:
    name, version = embedding.offline().name, embedding.offline().version

    def embed(self, texts: list[str]) -> list[list[float]]:
        raise AssertionError(f"only the question: {len(texts)}" if len(texts) == 1 else "built anew")


def _no_embedder() -> _Silent:
    return _Silent()


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    book = Playbook(some_plays(tmp_path / "knowledge"), tmp_path / "index", embedding.offline, server=nowhere)
    with pytest.raises(Unavailable, match="index_unavailable"):
        book.search("win back", "en")
