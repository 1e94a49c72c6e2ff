"""`make play` as a newcomer uses it: the real bot, the demo company, the page in a browser."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.dropped import dropped
from bot.wiring import playing

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def times():
    """How long each click took, printed at the end."""
    kept = {}
    yield kept
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in kept.items())
    sys.stdout.write(f"\nFrom click to answer: {told}\n")


@pytest.fixture(scope="module")
def play(page):
    with playing(ROOT / "workspace.toml", 0, dropped) as url:
        page.open(url)
        page.until("document.querySelectorAll('#thread .message').length === 2")
        yield page


@pytest.fixture
def after(play, times):
    """Does something and waits for what shall be seen then."""

    def wait(name, act, seen):
        began = time.monotonic()
        act()
        play.until(seen)
        times[name] = time.monotonic() - began

    return wait


def thread_says(number, *words):
    texts = " && ".join(f"text.includes({word!r})" for word in words)
    return f"((text) => {texts})(document.querySelectorAll('#thread .message')[{number - 1}].innerText)"


def test_it_opens_on_the_week_with_four_questions(play, picture):
    play.until(thread_says(2, "The week of 2 to 8 November 2026", "Churned customers"))
    assert play.run("document.querySelectorAll('#channel .chip').length") == 4
    picture("play")


def test_a_mention_is_answered(play, after, picture):
    after("a mention", lambda: play.click("#channel .chip", "Churn last month"), thread_says(2, "9.9%", "114 of 1,155"))
    picture("mention")


def test_a_follow_up_in_the_thread_needs_no_mention(play, after, picture):
    play.click("#thread-composer")
    play.type("and by country?")
    after("a follow-up", lambda: play.key("Enter"), thread_says(4, "France", "18.2%", "71"))
    picture("follow-up")


def test_the_receipt_opens_with_its_counts_and_the_other_definitions(play, after, picture):
    shown = "document.querySelector('dialog')?.innerText"
    play.run(
        "document.querySelectorAll('#thread .message')[1].querySelector('.actions').lastElementChild.scrollIntoView()"
    )
    buttons = "[...document.querySelectorAll('#thread .message')[1].querySelectorAll('.button')]"
    press = f"{buttons}.find((one) => one.innerText.includes('Receipt')).click()"
    after("the receipt", lambda: play.run(press), f"{shown}.includes('114') && {shown}.includes('SELECT')")
    began = time.monotonic()
    play.until(f"{shown}.includes('base as Stripe takes it') && {shown}.includes('9.1% (114 of 1,253)')")
    assert time.monotonic() - began < 20
    picture("receipt")


def test_another_definition_is_one_click_away(play, after, picture):
    use = "[...document.querySelectorAll('dialog .section')].find((s) => s.innerText.includes('Stripe'))"
    seen = thread_says(5, "9.1%", "114 of 1,253")
    play.until(f"{use}.querySelector('button')")
    after("another definition", lambda: play.run(f"{use}.querySelector('button').click()"), seen)
    play.key("Escape")
    play.until("!document.querySelector('dialog')")
    picture("switched")


def test_the_command_is_answered_for_its_asker_alone(play, after, picture):
    play.key("Escape")
    play.click("#main-composer")
    play.type("/retention weekly")
    seen = "[...document.querySelectorAll('#channel .ephemeral')].some((one) => one.innerText.includes('The week of'))"
    after("/retention weekly", lambda: play.key("Enter"), seen)
    picture("weekly")


def test_a_draft_is_written_where_drafts_may_be_shown(play, after, picture):
    play.click(".entry", "Mainstay")
    play.until("document.querySelector('#channel h1').innerText === 'Mainstay'")
    after("a draft", lambda: play.click("#channel .chip", "A draft"), thread_says(2, "Draft:", "Held back", "Checks:"))
    picture("draft")


def test_a_guest_is_refused_and_nobody_else_reads_it(play, after, picture):
    play.click(".account", "Gus Weber")
    play.until("document.querySelector('.account[aria-pressed=true]').innerText.includes('Gus')")
    play.click(".entry", "retention")
    play.until("document.querySelector('#channel h1').innerText.includes('retention')")
    seen = "[...document.querySelectorAll('#channel .ephemeral')].some((one) => one.innerText.includes('Guests'))"
    after("a guest", lambda: play.click("#channel .chip", "Why it changed"), seen)
    picture("guest")
    assert play.faults == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_play_says_its_address_and_ends_cleanly(sign):
    command = [sys.executable, "app.py", "play", "--no-open", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:  # fmt: skip
        said = ""
        while "http://127.0.0.1:" not in said:
            said = process.stdout.readline()
            assert said, process.stderr.read()
        process.send_signal(sign)
        rest, trouble = process.communicate(timeout=20)
    assert process.returncode == 0, trouble
    assert "Traceback" not in rest + trouble
