"""The door: without arguments it starts the Slack bot; `python app.py --help` lists the rest."""

import atexit
import gc

# What loads at the start stays to the end: looking through it for garbage takes a third of a short command's time.
gc.disable()

from bot.cli import main  # noqa: E402 - after the collector is off, which is the point

gc.freeze()
gc.enable()
gc.set_threshold(50_000, 20, 100)  # an answer makes much that goes by itself; what it reads in the languages stays
atexit.register(gc.freeze)

if __name__ == "__main__":
    main()
