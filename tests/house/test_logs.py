"""No log holds a secret, an address, a number or a name, whoever logs and whatever went wrong."""

from __future__ import annotations

import ast
import io
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from bot import discreet
from bot.records.database import connect
from bot.settings import Environment

ROOT = Path(__file__).parents[2]
SECRETS = {
    "xoxb-1234-abcDEF": "the token is xoxb-1234-abcDEF",
    "xapp-1-A02-99-feed": "connecting with xapp-1-A02-99-feed now",
    "sk-proj-abcdef123456": "refused key sk-proj-abcdef123456",
    "hunter2": "cannot open postgresql://ana:hunter2@db.example/records",
    "p@ss%2Fword": "redis://:p@ss%2Fword@host and mysql://root:p%40ss@host",
    "eyJhbGciOi.J9": "Authorization: Bearer eyJhbGciOi.J9",
    "s3same": "GET https://api.example/v1?user=1&api_key=s3same&x=2",
    "letmein": "{'password': 'letmein', 'user': 'ana'}",
    "T0/B1/secretpath": "posting to https://hooks.slack.com/commands/T0/B1/secretpath failed",
    "marie.dubreuil+shop@example.co.uk": "no account for marie.dubreuil+shop@example.co.uk",
    "+33 6 12 34 56 78": "called +33 6 12 34 56 78 twice",
    "06 12 34 56 78": "called 06 12 34 56 78 twice",
    "(555) 123-4567": "called (555) 123-4567 twice",
    "+48600700800": "called +48600700800 twice",
}
HARMLESS = (
    "declined T0AB12/C0DEF34/1762765432.123456: not_allowed",
    "schedule 12 of U0MARIE77 is paused since 2026-11-10 09:00:00, 3 of 8 left",
    "row A0613 of 2026-10-01..2026-10-31 has 1,234.50 and 100 200 rows",
    "listening on http://127.0.0.1:8080/retention?page=2",
)


class Heard:
    """What a handler wrote."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    @property
    def text(self) -> str:
        return self._stream.getvalue()


@pytest.fixture
def heard() -> Iterator[Heard]:
    """A logger of another library's with a handler of its own, after the filter was put in."""
    undo, found = discreet.install(), Heard()
    logger = logging.getLogger("some_library.deep.inside")
    logger.addHandler(found.handler)
    yield found
    logger.removeHandler(found.handler)
    undo()


LOG = logging.getLogger("some_library.deep.inside")
OF_A_ROW = "Could not convert string 'Marie Dubreuil' to INT32\nLINE 1: SELECT \"Zofia Nowak\""
OF_ANOTHER = "Jean Petit"
OF_AN_ADDRESS = "no 'Marie Dubreuil' at postgresql://ana:hunter2@db/x"


def failing(message: str) -> None:
    raise ValueError(message)


@pytest.mark.parametrize(("secret", "said"), SECRETS.items(), ids=range(len(SECRETS)))
def test_what_is_secret_or_names_a_person_is_masked_however_it_is_logged(heard: Heard, secret: str, said: str) -> None:
    assert secret in said
    LOG.warning(said.replace("%", "%%"))
    LOG.warning("told: %s", said)
    LOG.warning("told: %(it)s", {"it": said})
    try:
        failing(said)
    except ValueError:
        LOG.exception("it failed")
        LOG.warning("again", exc_info=True)
    assert secret not in heard.text
    assert heard.text.count("ValueError") >= 2
    assert "in failing" in heard.text  # where it happened is still told
    assert "…" in heard.text


@pytest.mark.parametrize("said", HARMLESS)
def test_ids_days_and_figures_stay(heard: Heard, said: str) -> None:
    LOG.warning(said)
    assert said in heard.text


def test_what_an_exception_quotes_is_not_told_and_the_chain_of_them_neither(heard: Heard) -> None:
    try:
        try:
            failing(OF_A_ROW)
        except ValueError as error:
            raise KeyError(OF_ANOTHER) from error
    except KeyError:
        LOG.exception("a row of %s cannot be read", "accounts")
    for name in ("Marie", "Zofia", "Jean", "Petit"):
        assert name not in heard.text
    assert "Could not convert string … to INT32" in heard.text
    assert "a row of accounts cannot be read" in heard.text


def test_a_database_does_not_repeat_the_values_of_a_statement(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/r.sqlite")
    with pytest.raises(Exception, match="records_unavailable") as raised, database.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Marie Dubreuil"})
    assert "Marie" not in repr(raised.value.__cause__)
    assert "Marie" not in str(raised.value.__cause__)


def test_events_of_structlog_pass_the_same_filter() -> None:
    told = io.StringIO()
    log = structlog.wrap_logger(
        structlog.PrintLogger(told),
        processors=[structlog.processors.format_exc_info, discreet.in_events, structlog.processors.KeyValueRenderer()],
    )
    try:
        failing(OF_AN_ADDRESS)
    except ValueError:
        log.exception(
            "failed for marie@example.com", question="T1/C1/1762765432.123456", error=KeyError("hunter2 token=abc")
        )
    for secret in ("Marie", "hunter2@", "marie@", "token=abc"):
        assert secret not in told.getvalue()
    assert "T1/C1/1762765432.123456" in told.getvalue()
    assert "in failing" in told.getvalue()


def test_what_nobody_caught_passes_it_too(heard: Heard) -> None:
    logging.getLogger("bot.discreet").addHandler(heard.handler)
    thread = threading.Thread(target=failing, args=("xoxb-1234-abcDEF of 'Marie'",))
    thread.start()
    thread.join()
    logging.getLogger("bot.discreet").removeHandler(heard.handler)
    assert "in failing" in heard.text
    assert "xoxb" not in heard.text
    assert "Marie" not in heard.text


def test_the_terminal_and_so_the_bot_put_it_in_before_anything_runs() -> None:
    script = """
import sys, bot.cli.data
def boom(*_): raise ValueError("no 'Marie Dubreuil' at postgresql://ana:hunter2@db/x, ask ana@example.com")
bot.cli.data.opened = boom
sys.argv = ["app.py", "check"]
from bot.cli import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "ValueError" in ran.stderr
    for secret in ("Marie", "hunter2", "ana@"):
        assert secret not in ran.stderr + ran.stdout


def test_settings_do_not_show_their_tokens() -> None:
    shown = repr(
        Environment(
            slack_bot_token="xoxb-1", slack_app_token="xapp-1", openai_api_key="sk-1", mainstay_records="postgresql://a:b@c/d"
        )
    )  # fmt: skip
    for secret in ("xoxb-1", "xapp-1", "sk-1", "a:b@c"):
        assert secret not in shown


NEVER_LOGGED = {"text", "words", "email", "name_of", "asker_name", "payload", "document", "parts", "texts"}


def logged(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, attribute) of each attribute among the values of a log call."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "LOG"))):
                for value in (*node.args[1:], *(one.value for one in node.keywords)):
                    yield from (
                        (node.lineno, inner.attr) for inner in ast.walk(value) if isinstance(inner, ast.Attribute)
                    )


def test_no_log_call_of_ours_is_given_what_people_typed() -> None:
    planted = ast.parse("log.info('asked', text=question.text)")
    assert list(logged(planted)) == [(1, "text")]
    found = [
        f"{path.relative_to(ROOT)}:{line} logs .{name}"
        for path in (ROOT / "bot").rglob("*.py")
        for line, name in logged(ast.parse(path.read_text("utf-8")))
        if name in NEVER_LOGGED
    ]
    assert found == []
