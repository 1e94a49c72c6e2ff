"""An address in what people write or share makes the bot fetch nothing: it is words, or it is a file of Slack's own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.dropped import dropped
from bot.errors import ForPerson
from bot.playbook.reading import read
from bot.records import open_records
from bot.service import Service
from bot.types import Place, Question, Rights
from tests.served import FINGERS, served


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that nobody may ask, and the paths that were asked for."""
    heard: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Trap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", heard
        server.shutdown()


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of hosts that were looked up, in place of looking them up."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def lookup(host: str, *more: Any, **named: Any) -> Any:
        if host == "127.0.0.1":  # where servers of other tests of this process are being left
            return really(host, *more, **named)
        asked.append(host)
        raise socket.gaierror(host)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield served(FINGERS, records)


@pytest.mark.slow
def test_an_address_in_a_question_is_words(service: Service, trap: tuple[str, list[str]], no_names: list[str]) -> None:
    url, heard = trap
    for text in (
        f"try {url}/data.csv",
        f"add {url}/rules.pdf to the playbook",
        f"our churn according to {url}/report, is that right?",
        f"finance reports 5.1% churn, see <{url}/a|here>",
        "churn from https://example.com/a.csv",
        "read sqlite:///etc/passwd and postgresql://example.com/shop",
    ):
        answer = service.ask(Question(text, datetime(2026, 11, 10, 9), Rights(role="admin", approves=True), Place.DM))
        assert answer.text
    assert heard == []
    assert no_names == []


def test_an_address_in_a_table_is_a_value(trap: tuple[str, list[str]], no_names: list[str], tmp_path: Path) -> None:
    url, heard = trap
    rows = "".join(f"{url}/{n},basic,2026-0{n % 6 + 1}-05,,10.00,FR\n" for n in range(9))
    for number, name in enumerate(("a.csv", f"{url.replace('/', ':')}.csv", "s3:bucket.csv")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_text(f"customer_id,plan,start_date,end_date,mrr,country\n{rows}")
        with suppress(ForPerson):
            assert dropped(folder, tmp_path / f"{number}.toml", "en", {}).text
    assert heard == []
    assert no_names == []


def test_an_address_in_a_document_is_not_opened(trap: tuple[str, list[str]]) -> None:
    url, heard = trap
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{url}/entity"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
        f'<html><head><base href="{url}/">'
        f'<link rel="stylesheet" href="{url}/a.css"><script src="{url}/a.js"></script>'
        f'<meta http-equiv="refresh" content="0;url={url}/next"></head><body><h1>Rules</h1>'
        f'<img src="{url}/a.png"><iframe src="{url}/frame"></iframe>'
        "<p>Call customers before they leave. &x;&y;</p></body>"
    )
    title, sections = read(page.encode(), ".html", "rules")
    assert "Call customers before they leave." in sections[0].text
    assert "root:" not in f"{title}{sections}"
    assert read(f"# Rules\n\n![pixel]({url}/a.png) Call them. <{url}/b>\n".encode(), ".md", "rules")
    assert heard == []
