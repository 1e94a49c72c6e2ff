"""The plays, read once, and one index of them for all tests of the search."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.models import embedding
from bot.playbook import Playbook
from bot.settings import Environment

ROOT = Path(__file__).parents[2]
KNOWLEDGE = ROOT / "knowledge"


@pytest.fixture(scope="session")
def knowledge() -> Path:
    return KNOWLEDGE


@pytest.fixture(scope="session")
def encoder() -> embedding.SentenceEncoder:
    return embedding.offline()


@pytest.fixture(scope="session")
def book(encoder: embedding.SentenceEncoder) -> Playbook:
    """On the index that the bot itself keeps: whoever comes first builds it, and it stays for the next run."""
    return Playbook(KNOWLEDGE, Environment().mainstay_home / "index", lambda: encoder)


@pytest.fixture(scope="session")
def questions() -> Mapping[str, Mapping[str, list[str]]]:
    """The written questions: by language, `held` and `first` (by language too), `off_topic`."""
    return tomllib.loads((Path(__file__).parent / "queries.toml").read_text(encoding="utf-8"))
