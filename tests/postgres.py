"""Databases of their own, on the PostgreSQL server of the environment, for tests marked `postgres`."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest


def server() -> str:
    """The URL of a database whose user may create others; without one the test fails."""
    url = os.environ.get("MAINSTAY_TEST_POSTGRES")
    if not url:
        pytest.fail("Tests marked postgres need MAINSTAY_TEST_POSTGRES: a URL that may create databases.")
    return url


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database, which is gone at the end, whoever is still connected."""
    name = f"mainstay_{uuid.uuid4().hex}"
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server().rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
