"""What befalls the bots, and when: sockets cut, processes killed, records that refuse."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from soak.bots import Bot
from soak.gate import Gate

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What befalls them within `seconds`: cuts every so often, so many kills, and for how long the records refuse."""

    seconds: float
    cut_every: float
    kills: int
    refusing: float


class Faults:
    """Lets it happen beside the load, from entering `with` to leaving it, and looks at the bots' memory."""

    def __init__(self, plan: Plan, cut: Callable[[], None], bots: Sequence[Bot], gate: Gate) -> None:
        """`cut` cuts every connection between Slack and the bots; `gate` is the door of the records."""
        self._cut, self._bots, self._gate = cut, bots, gate
        self._over, self._hands = threading.Event(), threading.Lock()
        self._acts = sorted(self._timed(plan), key=lambda one: one[0])
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._play, self._watch)]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def played(self) -> None:
        """Waits until the last of it has happened."""
        self._threads[0].join()

    def _timed(self, plan: Plan) -> list[tuple[float, Callable[[], None]]]:
        cuts = [(turn * plan.cut_every, self._cut) for turn in range(1, int(plan.seconds / plan.cut_every))]
        # All but the first kill fall on one bot: another lives long enough to tell whether its memory stays flat.
        kills = [
            (plan.seconds * (turn + 1) / (plan.kills + 1), self._killing(self._bots[0 if turn else -1]))
            for turn in range(plan.kills)
        ]
        shut = plan.seconds * (plan.kills + 0.5) / (plan.kills + 1)
        return [*cuts, *kills, (shut, self._gate.shut), (shut + plan.refusing, self._gate.open)]

    def _killing(self, bot: Bot) -> Callable[[], None]:
        def act() -> None:
            with self._hands:
                bot.kill()
                bot.start()

        return act

    def _play(self) -> None:
        began = time.monotonic()
        for at, act in self._acts:
            if self._over.wait(max(0.0, began + at - time.monotonic())):
                return
            try:
                act()
            except Exception:
                LOG.exception("a fault did not happen")

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for bot in self._bots:
                with self._hands, suppress(OSError):  # it may end while it is looked at
                    bot.look()
