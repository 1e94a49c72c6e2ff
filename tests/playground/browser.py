"""A headless Chromium, driven over its own debugging protocol: one page, real keys and real clicks."""

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
)  # fmt: skip
PATIENCE = 60.0
SETTLED = 0.05
"""Seconds after which what stands where it stood is taken to stay."""
KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38}


class Page:
    """One page of the browser."""

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self._numbers = count(1)
        self.faults: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """One call of the protocol; what the page complains of meanwhile is kept in `faults`."""
        number = next(self._numbers)
        self._wire.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self._wire.recv(timeout=PATIENCE))
            if said.get("method") == "Runtime.exceptionThrown":
                self.faults.append(str(said["params"]["exceptionDetails"].get("exception", {}).get("description")))
            if said.get("method") == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.faults.append(f"{said['params']['entry']['text']} {said['params']['entry'].get('url', '')}")
            if said.get("id") == number:
                assert "error" not in said, said["error"]
                return said["result"]

    def run(self, script: str) -> Any:
        """The value of an expression on the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def open(self, url: str) -> None:
        """Goes to an address."""
        self.call("Page.navigate", url=url)

    def size(self, width: int, height: int, dark: bool = False) -> None:
        """A window of this size; a narrow one is a phone."""
        narrow = width < 600
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=narrow)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def until(self, script: str, seconds: float = PATIENCE) -> None:
        """Waits until an expression is true; what cannot be looked at yet is not."""
        end = time.monotonic() + seconds
        while not self.run(f"(() => {{ try {{ return Boolean({script}); }} catch {{ return false; }} }})()"):
            assert time.monotonic() < end, f"not seen: {script}\n{self.run('document.body?.innerText')}"
            time.sleep(0.02)

    def settle(self) -> None:
        """Waits until the page has drawn what it knows and nothing moves any more."""
        self.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250)))")

    def click(self, selector: str, text: str = "") -> None:
        """Clicks the last visible element of this kind with this text in it, once it stands still."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})].filter((one) => one.offsetParent"
            f" && one.textContent.includes({json.dumps(text)})).at(-1)"
        )
        self.until(f"Boolean({find})")
        place = (
            f"(() => {{ const one = {find}; if (!one) return null; one.scrollIntoView({{block: 'center'}});"
            " const at = one.getBoundingClientRect(); return [at.x + at.width / 2, at.y + at.height / 2]; })()"
        )
        before, spot = None, self.run(place)
        while spot is None or spot != before:  # what is being drawn may be drawn anew under the mouse
            time.sleep(SETTLED)
            before, spot = spot, self.run(place)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1)

    def type(self, text: str) -> None:
        """Types where the cursor stands."""
        self.call("Input.insertText", text=text)

    def key(self, name: str, shift: bool = False) -> None:
        """Presses one key."""
        more = {"text": "\r"} if name == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind, key=name, code=name, windowsVirtualKeyCode=KEYS[name], modifiers=8 if shift else 0,
                **(more if kind == "keyDown" else {}),
            )  # fmt: skip

    def picture(self, path: Path) -> None:
        """A picture of the window as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Page]:
    """A fresh browser with one page."""
    process = subprocess.Popen(
        [program, *QUIET, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(profile), max_size=None) as wire:
            yield Page(wire)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _address(profile: Path) -> str:
    """Where the first page listens, once the browser has said its port."""
    port = profile / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if port.exists() and (lines := port.read_text().splitlines()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json") as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise TimeoutError("the browser did not start")
